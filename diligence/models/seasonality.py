"""Seasonality of a monthly series: factors by month of the year, and how much of the movement they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices


@dataclass(frozen=True)
class Seasonality:
    """A seasonal pattern.

    Attributes
    ----------
    factors
        ``month_of_year, factor, low, high, n``: factor 1.1 is a month ten per cent above trend; the interval is Student's, over years.
    strength
        Share of the detrended variance that the season is, 0 to 1.
    months
        Months in the series.
    """

    factors: pd.DataFrame
    strength: float
    months: int


def seasonality(series: pd.DataFrame) -> Seasonality | None:
    """Decompose a monthly series into trend, season and rest (statsmodels' robust STL, on logarithms where all is positive).

    Strength is ``max(0, 1 - var(rest) / var(season + rest))`` (Wang, Smith and Hyndman 2006).

    Parameters
    ----------
    series
        ``month, amount``: one row a month without gaps.

    Returns
    -------
    Seasonality or None
        None where the series has fewer than 24 months, a gap, or a month at or below zero: not assessable.
    """
    need(series, "month", "amount")
    ordered = series.sort_values("month", kind="stable")
    months = month_indices(ordered["month"])
    values = ordered["amount"].to_numpy(dtype="float64")
    if len(values) < 24 or (np.diff(months) != 1).any() or not (values > 0).all():
        return None
    from scipy import stats
    from statsmodels.tsa.seasonal import STL

    fit = STL(np.log(values), period=12, robust=True).fit()
    detrended = fit.seasonal + fit.resid
    spread = float(np.var(detrended))
    strength = 0.0 if spread < 1e-18 else max(0.0, 1 - float(np.var(fit.resid)) / spread)
    rows = []
    for of_year in range(12):
        logs = detrended[months % 12 == of_year]
        centre = float(np.mean(logs))
        half = float(stats.t.ppf(0.975, len(logs) - 1) * np.std(logs, ddof=1) / np.sqrt(len(logs))) if len(logs) > 1 else float("nan")
        rows.append((of_year + 1, np.exp(centre), np.exp(centre - half), np.exp(centre + half), len(logs)))
    return Seasonality(pd.DataFrame(rows, columns=["month_of_year", "factor", "low", "high", "n"]), strength, len(values))
