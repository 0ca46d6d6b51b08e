"""Intervals for a whole table of shares or of ratios of money at once, one row a cut."""

from copy import deepcopy

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.models.intervals import CONFIDENCE, ratio_interval


def with_wilson(shares: pd.DataFrame, *, part: str = "numerator", of: str = "denominator", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Add the Wilson score interval to a table of shares: ``low, high`` (statsmodels stands behind; Wilson 1927).

    Parameters
    ----------
    shares
        ``numerator, denominator`` (counts) or the columns that ``part`` and ``of`` name, any other columns.

    Returns
    -------
    DataFrame
        The same with ``low, high``; NaN where the denominator is zero.

    Examples
    --------
    >>> with_wilson(pd.DataFrame({"numerator": [1], "denominator": [29]}))[["low", "high"]].round(5).values.tolist()
    [[0.00611, 0.17176]]
    """
    need(shares, part, of)
    from statsmodels.stats.proportion import proportion_confint

    hits, tried = shares[part].to_numpy(dtype="float64"), shares[of].to_numpy(dtype="float64")
    known = (tried > 0) & (hits >= 0) & (hits <= tried)
    low, high = proportion_confint(np.where(known, hits, 0.0), np.where(known, tried, 1.0), alpha=1 - confidence, method="wilson")
    return shares.assign(low=np.where(known, low, np.nan), high=np.where(known, high, np.nan))


def ratio_by_group(
    rows: pd.DataFrame, generator: np.random.Generator, *, by: str | None = None, draws: int = 1000, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Ratio of sums by group with its interval: ``sum(numerator) / sum(denominator)``, customers drawn whole (percentile bootstrap).

    Parameters
    ----------
    rows
        ``numerator, denominator``: one row a customer; ``by``.
    generator
        Source of randomness; each group draws from the state it is given in, so that a group's interval does not depend on the others.

    Returns
    -------
    DataFrame
        ``by, value, low, high, numerator, denominator, n`` (rows); NaN where a group has fewer than two rows or nothing below the line.

    Examples
    --------
    >>> rows = pd.DataFrame({"numerator": [9.0, 11.0], "denominator": [10.0, 10.0]})
    >>> ratio_by_group(rows, np.random.default_rng(1))[["value", "low", "high"]].values.tolist()
    [[1.0, 0.9, 1.1]]
    """
    need(rows, "numerator", "denominator", *([by] if by else []))
    groups = list(rows.groupby(by, sort=True, observed=True)) if by else [("", rows)]
    found = []
    for name, some in groups:
        low, high = ratio_interval(some["numerator"], some["denominator"], deepcopy(generator), draws=draws, confidence=confidence)
        top, base = float(some["numerator"].sum()), float(some["denominator"].sum())
        found.append((str(name), top / base if base > 0 else np.nan, low, high, top, base, len(some)))
    table = pd.DataFrame(found, columns=[by or "whole", "value", "low", "high", "numerator", "denominator", "n"])
    return table if by else table.drop(columns="whole")


def difference_interval(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float]:
    """Interval of a difference of two estimates from the intervals of each, which need not be symmetric.

    ``low = d - sqrt((v1 - l1)^2 + (h2 - v2)^2)``, ``high = d + sqrt((h1 - v1)^2 + (v2 - l2)^2)`` (Zou and Donner 2008).

    Parameters
    ----------
    one, other
        Value, low and high of each; the two are independent.

    Examples
    --------
    >>> [round(end, 3) for end in difference_interval((0.5, 0.4, 0.6), (0.3, 0.2, 0.4))]
    [0.059, 0.341]
    """
    (v1, l1, h1), (v2, l2, h2) = one, other
    d = v1 - v2
    return float(d - np.hypot(v1 - l1, h2 - v2)), float(d + np.hypot(h1 - v1, v2 - l2))
