"""How good a forecast was, held against what happened: the continuous ranked probability score, the pinball loss, coverage."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from diligence.metrics.measure import need


def normal_score(mean: ArrayLike, deviation: ArrayLike, observed: ArrayLike) -> np.ndarray:
    """Continuous ranked probability score of a normal forecast: ``s [z (2 F(z) - 1) + 2 f(z) - 1 / sqrt(pi)]`` with ``z = (y - m) / s``.

    In the unit of the forecast; less is better; the absolute error where the deviation is nought.

    Notes
    -----
    Gneiting and Raftery 2007. SciPy's normal distribution stands behind.

    Examples
    --------
    >>> float(normal_score(0.0, 1.0, 0.0).round(4))
    0.2337
    """
    from scipy.stats import norm

    mean, deviation, observed = (np.asarray(one, dtype="float64") for one in (mean, deviation, observed))
    wide = np.where(deviation > 0, deviation, 1.0)
    z = (observed - mean) / wide
    score = wide * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    return np.where(deviation > 0, score, np.abs(observed - mean))


def ensemble_score(members: ArrayLike, observed: ArrayLike, *, fair: bool = True) -> np.ndarray:
    """Continuous ranked probability score of drawn paths: ``mean |x - y| - mean |x - x'| / 2``.

    ``fair`` takes the mean over pairs of different members (Ferro 2014), so that few draws are not punished for being few.

    Parameters
    ----------
    members
        Draws along the last axis.
    observed
        What happened, one value a row of members.

    Examples
    --------
    >>> float(ensemble_score([0.0, 1.0, 2.0, 3.0], 1.0, fair=False))
    0.375
    """
    drawn, seen = np.sort(np.asarray(members, dtype="float64"), axis=-1), np.asarray(observed, dtype="float64")
    size = drawn.shape[-1]
    away = np.abs(drawn - seen[..., None]).mean(axis=-1)
    # the sum over all pairs of a sorted sample
    weight = 2 * np.arange(1, size + 1) - size - 1
    apart = 2 * (drawn * weight).sum(axis=-1)
    pairs = size * (size - 1) if fair else size**2
    return away - apart / (2 * pairs) if pairs else away


def pinball_loss(forecast: ArrayLike, observed: ArrayLike, *, quantile: float) -> np.ndarray:
    """Loss of a quantile forecast: ``max(q (y - x), (q - 1) (y - x))``.

    >>> pinball_loss([10.0, 10.0], [12.0, 8.0], quantile=0.9).round(9).tolist()
    [1.8, 0.2]
    """
    off = np.asarray(observed, dtype="float64") - np.asarray(forecast, dtype="float64")
    return np.maximum(quantile * off, (quantile - 1) * off)


def forecast_skill(scores: pd.DataFrame, *, method: str, against: str) -> float:
    """Skill of a method: ``1 - mean score / mean score of the other``, over the forecasts that both made; NaN without any.

    Parameters
    ----------
    scores
        ``method, origin, horizon, score``: one row a forecast.

    Examples
    --------
    >>> scores = pd.DataFrame({"method": ["ours", "naive"], "origin": "2024-06", "horizon": 1, "score": [3.0, 4.0]})
    >>> forecast_skill(scores, method="ours", against="naive")
    0.25
    """
    need(scores, "method", "origin", "horizon", "score")
    wide = scores.pivot_table(index=["origin", "horizon"], columns="method", values="score", aggfunc="mean")
    if method not in wide or against not in wide:
        return float("nan")
    both = wide[[method, against]].dropna()
    there = float(both[against].mean()) if len(both) else 0.0
    return 1 - float(both[method].mean()) / there if there else float("nan")
