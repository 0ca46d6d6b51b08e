"""Rates of small groups, drawn to what all groups have in common: the beta-binomial model, its prior learnt from the groups themselves."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.models.intervals import CONFIDENCE

LOOSEST, TIGHTEST = 0.5, 1e5
"""Bounds of ``alpha + beta``: at the upper one the groups do not differ by more than chance."""


def beta_binomial_prior(rates: pd.DataFrame) -> tuple[float, float]:
    """Prior of a rate that several groups share, by maximum marginal likelihood: ``k ~ BetaBinomial(n, alpha, beta)``.

    scipy's bounded search stands behind, over the mean and ``alpha + beta``.

    Parameters
    ----------
    rates
        ``numerator, denominator``: successes and trials of each group.

    Returns
    -------
    tuple of float
        ``alpha, beta``. NaN with fewer than two groups that were tried, or where none or all succeeded.

    Examples
    --------
    >>> groups = pd.DataFrame({"numerator": [2, 18, 9, 5], "denominator": [20, 20, 20, 20]})
    >>> [round(float(one), 2) for one in beta_binomial_prior(groups)]
    [1.07, 1.35]
    """
    need(rates, "numerator", "denominator")
    from scipy.optimize import minimize
    from scipy.special import betaln, expit, logit

    tried = rates[rates["denominator"] > 0]
    pairs = tried[["numerator", "denominator"]].to_numpy(dtype="float64")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    hits, base = pairs[:, 0], pairs[:, 1]
    if len(hits) < 2 or hits.sum() <= 0 or hits.sum() >= base.sum():
        return float("nan"), float("nan")

    def minus_log(x: np.ndarray) -> float:
        mean, strength = expit(x[0]), np.exp(x[1])
        a, b = mean * strength, (1 - mean) * strength
        return -float(np.sum(betaln(hits + a, base - hits + b) - betaln(a, b)))

    pooled = float(logit(hits.sum() / base.sum()))
    bounds = [(pooled - 4, pooled + 4), (np.log(LOOSEST), np.log(TIGHTEST))]
    fits = [
        minimize(minus_log, [pooled, np.log(start)], bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-13})
        for start in (3.0, 30.0, 1000.0)
    ]
    best = min(fits, key=lambda fit: round(float(fit.fun), 9))
    mean, strength = float(expit(best.x[0])), float(np.exp(best.x[1]))
    return mean * strength, (1 - mean) * strength


def shrunken_rates(rates: pd.DataFrame, *, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Rate of each group drawn to the common mean, more the fewer its trials: ``(alpha + k) / (alpha + beta + n)``.

    Picking the best of many small groups by their raw rates picks the luckiest: shrunken, an extreme of few trials comes back to the mean.

    Parameters
    ----------
    rates
        ``numerator, denominator`` (counts) and any columns that name the group.

    Returns
    -------
    DataFrame
        The same with ``raw`` (fraction), ``value`` (shrunken), ``low, high`` (of the posterior), ``weight`` (of the group's own rate, 0 to 1). Where no
        prior can be learnt the value is NaN.

    Examples
    --------
    >>> groups = pd.DataFrame({"segment": ["a", "b"], "numerator": [3, 30], "denominator": [3, 100]})
    >>> shrunken_rates(groups)[["raw", "value"]].round(2).values.tolist()
    [[1.0, 0.85], [0.3, 0.31]]
    """
    need(rates, "numerator", "denominator")
    from scipy.stats import beta

    a, b = beta_binomial_prior(rates)
    hits, base = rates["numerator"].to_numpy(dtype="float64"), rates["denominator"].to_numpy(dtype="float64")
    known = (base > 0) & np.isfinite(a)
    up, down = np.where(known, a + hits, 1.0), np.where(known, b + base - hits, 1.0)
    tail = (1 - confidence) / 2
    return rates.assign(
        raw=np.where(base > 0, hits / np.where(base > 0, base, 1.0), np.nan),
        value=np.where(known, up / (up + down), np.nan),
        low=np.where(known, beta.ppf(tail, up, down), np.nan),
        high=np.where(known, beta.ppf(1 - tail, up, down), np.nan),
        weight=np.where(known, base / (base + a + b if np.isfinite(a) else 1.0), np.nan),
    )
