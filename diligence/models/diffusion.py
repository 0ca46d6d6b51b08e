"""What follows from a curve of adoption: its peak, its steady share under churn, and which curve forecast best."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from diligence.metrics.measure import need
from diligence.models.growth_curves import FEWEST, GrowthCurve, bass_diffusion, gompertz_growth, logistic_growth

NAN = float("nan")
FITS: dict[str, Callable[..., GrowthCurve]] = {
    "bass": bass_diffusion,
    "logistic": logistic_growth,
    "gompertz": gompertz_growth,
}


def bass_peak(p: float, q: float, potential: float) -> tuple[float, float]:
    """Time and size of the peak of adoption: ``t* = ln(q/p) / (p+q)``, ``S* = m (p+q)^2 / 4q`` (Bass 1969).

    Where imitation is not stronger than innovation the peak is the start, ``(0, m p)``. NaN for parameters that are none.

    Examples
    --------
    >>> time, size = bass_peak(0.010399, 0.41861, 16895)
    >>> round(time, 2), round(size)
    (8.61, 1857)
    """
    if not (p > 0 and q >= 0 and np.isfinite(potential)):
        return NAN, NAN
    if q <= p:
        return 0.0, potential * p
    return float(np.log(q / p) / (p + q)), potential * (p + q) ** 2 / (4 * q)


def bass_steady_share(p: float, q: float, churn: float) -> float:
    """Share of the potential that is held in the long run when customers leave and may come back.

    Fixed point of ``n' = n (1-c) + (p + q n/M)(M - n)``: ``x = ((q-p-c) + sqrt((q-p-c)^2 + 4qp)) / 2q`` (after Libai, Muller and Peres
    2009). Without imitation it is ``p / (p+c)``. Churn lowers the ceiling itself.

    Examples
    --------
    >>> round(bass_steady_share(0.02, 0.35, 0.12), 6)
    0.683592
    """
    if not (p >= 0 and q >= 0 and churn >= 0 and p + q > 0):
        return NAN
    if q == 0:
        return p / (p + churn)
    rest = q - p - churn
    return float((rest + np.sqrt(rest**2 + 4 * q * p)) / (2 * q))


def crps_normal(mean: ArrayLike, sigma: ArrayLike, observed: ArrayLike) -> np.ndarray:
    """Continuous ranked probability score of a normal forecast: ``s (z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi))`` (Gneiting and Raftery 2007).

    Zero is perfect; with ``sigma`` of zero it is the absolute error. scipy stands behind.

    Examples
    --------
    >>> crps_normal(0, 1, [0, 1]).round(6).tolist()
    [0.233695, 0.602441]
    """
    from scipy.stats import norm

    m, s, y = np.broadcast_arrays(*(np.asarray(one, dtype="float64") for one in (mean, sigma, observed)))
    safe = np.where(s > 0, s, 1.0)
    z = (y - m) / safe
    score = safe * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    return np.where(s > 0, score, np.abs(y - m))


def curve_choice(adoption: pd.DataFrame, *, ahead: int = 4, origins: int = 4) -> pd.DataFrame:
    """Hold the three curves against periods that they have not seen, beside a forecast of no model.

    From each of the last ``origins`` origins each curve is fitted to what came before and forecasts the next ``ahead`` periods as a normal
    with the residual error of its fit; the score is the mean continuous ranked probability score. ``mean`` forecasts the average of the
    last four periods. ``skill = 1 - score / score of the mean``. A curve that fits best in sample need not forecast best.

    Parameters
    ----------
    adoption
        ``period`` (whole number from the first period of the offer), ``adopters`` (count).

    Returns
    -------
    DataFrame
        ``curve, score`` (adopters a period), ``skill`` (at most 1), ``n`` (forecasts), ``chosen`` (bool: the lowest score); best first.
        Score and skill are NaN where the data do not reach.

    Examples
    --------
    >>> vcr = pd.DataFrame({"period": range(1, 11), "adopters": [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]})
    >>> curve_choice(vcr, ahead=1, origins=2)["curve"].tolist()[::3]
    ['gompertz', 'mean']
    """
    need(adoption, "period", "adopters")
    sums = adoption.dropna(subset=["period"]).groupby("period")["adopters"].sum().astype("float64")
    whole = sums.reindex(range(int(sums.index.min()), int(sums.index.max()) + 1), fill_value=0.0) if len(sums) else sums
    scores: dict[str, list[float]] = {name: [] for name in (*FITS, "mean")}
    for back in range(origins):
        cut = len(whole) - ahead - back
        if cut < FEWEST + 1:
            continue
        known, then = whole.iloc[:cut], whole.iloc[cut : cut + ahead]
        for name, fit in FITS.items():
            scores[name] += _scores(fit(known.rename("adopters").rename_axis("period").reset_index(), interval=False), then)
        spread = float(known.diff().dropna().std(ddof=1))
        scores["mean"] += crps_normal(float(known.tail(4).mean()), spread, then.to_numpy()).tolist()
    rows = [(name, float(np.mean(some)) if some else NAN, len(some)) for name, some in scores.items()]
    table = pd.DataFrame(rows, columns=["curve", "score", "n"])
    naive = float(table.loc[table["curve"] == "mean", "score"].iloc[0])
    table.insert(2, "skill", 1 - table["score"] / naive if naive > 0 else NAN)
    table = table.sort_values(["score", "curve"], kind="stable", ignore_index=True)
    # a curve that could not be fitted from every origin is not compared with those that could
    eligible = table["score"].where(table["n"] == table["n"].max())
    return table.assign(chosen=eligible.notna() & (eligible == eligible.min()))


def _scores(fit: GrowthCurve, then: pd.Series) -> list[float]:
    if not np.isfinite(fit.asymptote):
        return []
    times = then.index.to_numpy(dtype="float64")
    return [float(score) for score in crps_normal(fit.adopters(times), fit.sigma, then.to_numpy())]
