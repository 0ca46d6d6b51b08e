"""How much sellers differ in winning once chance and the mix of their deals are taken out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")
NONE = 1e-6
MOST = 0.95


@dataclass(frozen=True)
class RepVariance:
    """The spread of win rates over sellers.

    Attributes
    ----------
    icc
        Share of the variance of a deal's outcome that lies between sellers, 0 to 1; nought: sellers differ by chance alone.
    low, high
        Its 95% interval, by profile likelihood.
    p_value
        That sellers do not differ (likelihood ratio; half of chi-squared with one degree, since nought is at the edge).
    reps, n
        Sellers and decided deals.
    """

    icc: float
    low: float
    high: float
    p_value: float
    reps: int
    n: int


def rep_variance(opportunities: pd.DataFrame, *, cells: tuple[str, ...] = ("segment",)) -> RepVariance:
    """Estimate the variance of win rates between sellers: a beta-binomial with each seller's expected rate given by the mix of its deals.

    ``won_r ~ BetaBinomial(n_r, m_r, rho)``, ``icc = rho``; ``m_r`` is the mean over the seller's deals of the win rate of their cell.
    Raw win rates differ by chance and by the mix; a spread of them is no spread of skill. The likelihood is maximised by scipy.

    Parameters
    ----------
    opportunities
        ``status``, ``rep_id`` (rows without one are left out), and the columns of ``cells``; open deals are left out.
    cells
        Columns that make the mix; none compares with the overall rate.

    Returns
    -------
    RepVariance
        NaN with fewer than two sellers, or where all is won or all lost.

    Notes
    -----
    Source: Williams 1982 for the form; Self and Liang 1987 for the test at the edge.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost"] * 10, "rep_id": ["a", "a", "b", "b"] * 5})
    >>> round(rep_variance(deals, cells=()).icc, 3)
    0.0
    """
    need(opportunities, "status", "rep_id", *cells)
    kept = opportunities[opportunities["status"].astype("str").isin(["won", "lost"]) & opportunities["rep_id"].notna()]
    won = kept["status"].astype("str").eq("won").astype("float64")
    names = [kept[column].astype("object").where(kept[column].notna(), "").astype("str") for column in cells]
    expected = won.groupby(names).transform("mean") if names and len(kept) else pd.Series(won.mean(), index=kept.index)
    table = (
        pd.DataFrame({"won": won, "m": expected})
        .groupby(kept["rep_id"].astype("str"))
        .agg(won=("won", "sum"), n=("won", "size"), m=("m", "mean"))
    )
    inside = table[(table["m"] > 0) & (table["m"] < 1)]
    reps, n = len(table), int(table["n"].sum())
    if len(inside) < 2:
        return RepVariance(NAN, NAN, NAN, NAN, reps, n)
    return _fitted(inside["won"].to_numpy(), inside["n"].to_numpy(dtype="float64"), inside["m"].to_numpy(), reps, n)


def _fitted(won: np.ndarray, n: np.ndarray, m: np.ndarray, reps: int, deals: int) -> RepVariance:
    from scipy import optimize, special, stats

    def likelihood(rho: float) -> float:
        size = 1 / rho - 1
        a, b = m * size, (1 - m) * size
        return float((special.betaln(won + a, n - won + b) - special.betaln(a, b)).sum())

    none = float((won * np.log(m) + (n - won) * np.log1p(-m)).sum())
    best = optimize.minimize_scalar(lambda rho: -likelihood(rho), bounds=(NONE, MOST), method="bounded", options={"xatol": 1e-8})
    top = max(none, -float(best.fun))
    icc = 0.0 if top <= none + 1e-9 else float(best.x)
    drop = float(stats.chi2.ppf(0.95, 1)) / 2

    def below(rho: float) -> float:
        return likelihood(rho) - top + drop

    low = 0.0 if none >= top - drop else float(optimize.brentq(below, NONE, max(icc, 2 * NONE)))
    high = 1.0 if below(MOST) > 0 else float(optimize.brentq(below, max(icc, NONE), MOST))
    return RepVariance(icc, low, high, float(stats.chi2.sf(2 * (top - none), 1)) / 2 if icc else 0.5, reps, deals)


def rep_funnel(opportunities: pd.DataFrame, *, cells: tuple[str, ...] = ("segment",), confidence: float = 0.95) -> pd.DataFrame:
    """Set each seller's wins against what chance leaves at the mix of its deals: ``low, high`` of a binomial at the expected rate.

    A seller outside the limits differs by more than chance; one inside is no better or worse, whatever the rank. Of twenty sellers who
    are all alike one falls outside.

    Parameters
    ----------
    opportunities
        As :func:`rep_variance` takes them.

    Returns
    -------
    DataFrame
        ``rep_id, won, n, value`` (win rate), ``expected`` (at the mix), ``low, high`` (fractions), ``outside`` (-1 below, 0, 1 above).

    Notes
    -----
    Source: Spiegelhalter, Funnel plots, Statistics in Medicine 2005; limits of scipy's exact binomial.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won"] * 12 + ["lost"] * 12, "rep_id": ["a"] * 12 + ["b"] * 12})
    >>> rep_funnel(deals, cells=())["outside"].tolist()
    [1, -1]
    """
    need(opportunities, "status", "rep_id", *cells)
    from scipy import stats

    kept = opportunities[opportunities["status"].astype("str").isin(["won", "lost"]) & opportunities["rep_id"].notna()]
    won = kept["status"].astype("str").eq("won").astype("float64")
    names = [kept[column].astype("object").where(kept[column].notna(), "").astype("str") for column in cells]
    expected = won.groupby(names).transform("mean") if names and len(kept) else pd.Series(won.mean(), index=kept.index, dtype="float64")
    frame = pd.DataFrame({"rep_id": kept["rep_id"].astype("str"), "won": won, "expected": expected})
    table = frame.groupby("rep_id", sort=True).agg(won=("won", "sum"), n=("won", "size"), expected=("expected", "mean")).reset_index()
    table.insert(3, "value", table["won"] / table["n"])
    tail = (1 - confidence) / 2
    table["low"] = stats.binom.ppf(tail, table["n"], table["expected"]) / table["n"]
    table["high"] = stats.binom.ppf(1 - tail, table["n"], table["expected"]) / table["n"]
    table["outside"] = (table["value"] > table["high"]).astype("int64") - (table["value"] < table["low"]).astype("int64")
    return table
