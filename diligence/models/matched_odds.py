"""A gap between win rates within cells: Mantel-Haenszel."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.matching import standardised_rates
from diligence.metrics.measure import need

NAN = float("nan")
COUNTS = ["won_with", "lost_with", "won_without", "lost_without"]


@dataclass(frozen=True)
class MatchedOdds:
    """Win rates with a factor and without, crude and within cells.

    Attributes
    ----------
    odds_ratio, low, high
        Common odds ratio of Mantel and Haenszel with its 95% interval; NaN where no cell has both sides and both outcomes.
    p_value
        That the odds are the same in every cell on both sides (Cochran-Mantel-Haenszel).
    p_equal
        That the odds ratio is the same in every cell (Breslow-Day); small: the factor works differently from cell to cell, and one number hides it.
    crude_odds_ratio
        Of the table that forgets the cells.
    crude_with, crude_without, adjusted_with, adjusted_without
        Win rates, crude and standardised (:func:`diligence.metrics.matching.standardised_rates`).
    gap, gap_low, gap_high
        Adjusted rate with the factor less without, with its interval.
    ratio, ratio_low, ratio_high
        Adjusted rate with the factor over without.
    overlap
        Share of the deals in cells that have both sides.
    n
        Deals compared.
    """

    odds_ratio: float
    low: float
    high: float
    p_value: float
    p_equal: float
    crude_odds_ratio: float
    crude_with: float
    crude_without: float
    adjusted_with: float
    adjusted_without: float
    gap: float
    gap_low: float
    gap_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    overlap: float
    n: float


def matched_odds(table: pd.DataFrame) -> MatchedOdds:
    """Compare outcomes with a factor and without inside cells: ``OR = sum(a d / n) / sum(b c / n)`` (statsmodels' StratifiedTable).

    What is compared is like with like in the cells, and nothing else: a founder who takes the best leads of a cell still looks good.
    The interval of the gap counts one more win and one more loss on each side of each cell (Agresti and Caffo 2000), so that a cell
    without a loss is not taken for certain.

    Parameters
    ----------
    table
        One row a cell: ``won_with, lost_with, won_without, lost_without``, as :func:`diligence.metrics.matching.win_rate_by_cell` gives it.

    Returns
    -------
    MatchedOdds
        Ratios and fractions.

    Notes
    -----
    Source: Mantel and Haenszel 1959; Robins, Breslow and Greenland 1986 for the interval.

    Examples
    --------
    >>> table = pd.DataFrame([[10, 10, 20, 10], [5, 15, 10, 10]], columns=["won_with", "lost_with", "won_without", "lost_without"])
    >>> round(matched_odds(table).odds_ratio, 3)
    0.419
    """
    need(table, *COUNTS)
    rates = standardised_rates(table)
    counts = table[COUNTS].to_numpy(dtype="float64")
    both = counts[(counts[:, :2].sum(axis=1) > 0) & (counts[:, 2:].sum(axis=1) > 0)]
    a, b, c, d = counts.sum(axis=0) if len(counts) else np.zeros(4)
    crude = a * d / (b * c) if b * c else NAN
    spread = _spread(both)
    gap, ratio = rates["gap"], rates["ratio"]
    logs = 1.96 * float(np.sqrt(sum(v / r**2 for v, r in zip(spread, _pair(rates), strict=True)))) if ratio > 0 else NAN
    half = 1.96 * float(np.sqrt(sum(spread)))
    return MatchedOdds(
        **_pooled(both),
        crude_odds_ratio=float(crude),
        crude_with=rates["crude_with"],
        crude_without=rates["crude_without"],
        adjusted_with=rates["adjusted_with"],
        adjusted_without=rates["adjusted_without"],
        gap=gap,
        gap_low=max(-1.0, gap - half) if np.isfinite(gap) else NAN,
        gap_high=min(1.0, gap + half) if np.isfinite(gap) else NAN,
        ratio=ratio,
        ratio_low=float(ratio * np.exp(-logs)),
        ratio_high=float(ratio * np.exp(logs)),
        overlap=rates["overlap"],
        n=rates["n"],
    )


def _pair(rates: dict[str, float]) -> tuple[float, float]:
    return rates["adjusted_with"], rates["adjusted_without"]


def _spread(both: np.ndarray) -> tuple[float, float]:
    """Variances of the two standardised rates, each cell with one more win and one more loss a side."""
    if not len(both):
        return NAN, NAN
    weight = both.sum(axis=1) / both.sum()
    found = []
    for won, lost in ((both[:, 0], both[:, 1]), (both[:, 2], both[:, 3])):
        n = won + lost + 2
        p = (won + 1) / n
        found.append(float((weight**2 * p * (1 - p) / n).sum()))
    return found[0], found[1]


def _pooled(both: np.ndarray) -> dict[str, float]:
    told = dict.fromkeys(("odds_ratio", "low", "high", "p_value", "p_equal"), NAN)
    if not len(both) or not (both[:, 0] * both[:, 3]).sum() or not (both[:, 1] * both[:, 2]).sum():
        return told
    from statsmodels.stats.contingency_tables import StratifiedTable

    cells = StratifiedTable([[[a, b], [c, d]] for a, b, c, d in both])
    with warnings.catch_warnings():
        # a cell without a win has no odds of its own; the test over all cells stands without it
        warnings.simplefilter("ignore")
        low, high = cells.oddsratio_pooled_confint()
        told |= {"odds_ratio": float(cells.oddsratio_pooled), "low": float(low), "high": float(high)}
        told["p_value"] = float(cells.test_null_odds().pvalue)
        told["p_equal"] = float(cells.test_equal_odds().pvalue) if len(both) > 1 else NAN
    return told
