"""Breaks of level in a series, and whether they fall on the days when a definition changed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices

NAN = float("nan")
SHORTEST = 6


@dataclass(frozen=True)
class LevelBreak:
    """The one break that parts a series best.

    Attributes
    ----------
    at
        Place of the first value of the new level, counted from 0.
    before, after
        Means on either side.
    f
        How much the two means explain: ``(RSS0 - RSS1) / (RSS1 / (n - 2))``. Its place was sought, so it is no F to be looked up; above
        about 8.6 it is unlikely to be chance (Andrews 1993, five per cent, middle seventy per cent of the series).
    rss, rss_one
        Residual sums of squares with the break and without.
    n
        Values.
    """

    at: int
    before: float
    after: float
    f: float
    rss: float
    rss_one: float
    n: int


def single_break(series: pd.DataFrame, *, shortest: int = 2) -> LevelBreak | None:
    """Find the one break of level that leaves the least: ``min over t of RSS(before t) + RSS(from t)`` (ruptures' Binseg, jump 1).

    ruptures looks at every fifth place unless told otherwise; here at every one.

    Parameters
    ----------
    series
        ``value``, in the order of ``month`` where it has one. Missing values are left out.
    shortest
        Fewest values on either side.

    Returns
    -------
    LevelBreak or None
        None for fewer than ``2 x shortest`` values.

    Examples
    --------
    >>> single_break(pd.DataFrame({"value": [1.0, 1.1, 0.9, 5.0, 5.1, 4.9]})).at
    3
    """
    x = _values(series)
    if len(x) < 2 * shortest or len(x) < 3:
        return None
    import ruptures

    place = int(ruptures.Binseg(model="l2", jump=1, min_size=shortest).fit(x).predict(n_bkps=1)[0])
    before, after = x[:place], x[place:]
    rss = float(((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum())
    whole = float(((x - x.mean()) ** 2).sum())
    f = (whole - rss) / (rss / (len(x) - 2)) if rss > 1e-12 * max(whole, 1e-300) else NAN
    return LevelBreak(place, float(before.mean()), float(after.mean()), f, rss, whole, len(x))


def level_breaks(series: pd.DataFrame, *, shortest: int = SHORTEST) -> pd.DataFrame:
    """Find the breaks of level of a monthly series: PELT on squared loss, ``min RSS + breaks x 3 sigma^2 ln n`` (ruptures, jump 1).

    ``sigma`` is taken from the differences of neighbours, so that the breaks themselves do not widen it. The penalty is that of BIC with
    one mean and one place a break, and half as much again, since a series of months is seldom free of memory.

    Parameters
    ----------
    series
        ``month, value``; months without a value are left out.
    shortest
        Fewest months of a level.

    Returns
    -------
    DataFrame
        ``month`` (first of the new level), ``before, after`` (means of the neighbouring levels), ``change``; none where the level holds, or
        there are too few months.

    Notes
    -----
    Source: Killick, Fearnhead and Eckley 2012.

    Examples
    --------
    >>> months = pd.date_range("2025-01-01", periods=16, freq="MS")
    >>> found = level_breaks(pd.DataFrame({"month": months, "value": [0.30, 0.32] * 4 + [0.50, 0.52] * 4}))
    >>> found["month"].dt.strftime("%Y-%m").tolist(), found["change"].round(2).tolist()
    (['2025-09'], [0.2])
    """
    need(series, "month", "value")
    ordered = series[series["value"].notna()].sort_values("month", kind="stable")
    x = ordered["value"].to_numpy(dtype="float64")
    columns = ["month", "before", "after", "change"]
    none = pd.DataFrame({"month": pd.to_datetime([]), **{name: pd.Series(dtype="float64") for name in columns[1:]}})
    steps = np.abs(np.diff(x))
    sigma = float(np.median(steps)) / (0.6745 * np.sqrt(2)) if len(steps) else 0.0
    sigma = sigma or (float(np.std(steps)) / np.sqrt(2) if len(steps) else 0.0)
    if len(x) < 2 * shortest or not sigma > 0:
        return none
    import ruptures

    ends = ruptures.Pelt(model="l2", jump=1, min_size=shortest).fit(x).predict(pen=3 * sigma**2 * np.log(len(x)))
    starts = [0, *ends[:-1]]
    means = [float(x[start:end].mean()) for start, end in zip(starts, ends, strict=True)]
    rows = [
        (ordered["month"].iloc[start], before, after, after - before)
        for start, before, after in zip(starts[1:], means[:-1], means[1:], strict=True)
    ]
    return pd.DataFrame(rows, columns=columns) if rows else none


def breaks_at_changes(breaks: pd.DataFrame, definitions: pd.DataFrame, *, near: int = 1) -> pd.DataFrame:
    """Say of each break whether a definition changed within some months of it: a break on a change of definition is no change of the business.

    ``gap = months from the nearest change to the break``. The first entry of a term sets it up and changes nothing.

    Parameters
    ----------
    breaks
        ``month``, as :func:`level_breaks` gives it.
    definitions
        ``term, effective_from``: the terms that the series rests on.
    near
        Months either way.

    Returns
    -------
    DataFrame
        ``month, change_on`` (nearest change; missing where there is none), ``term, gap`` (months), ``explained`` (bool).

    Examples
    --------
    >>> breaks = pd.DataFrame({"month": pd.to_datetime(["2024-04-01", "2025-09-01"])})
    >>> log = pd.DataFrame({"term": "mql", "effective_from": ["2021-07-01", "2024-04-01"]})
    >>> breaks_at_changes(breaks, log)["explained"].tolist()
    [True, False]
    """
    need(breaks, "month")
    need(definitions, "term", "effective_from")
    dated = definitions[definitions["effective_from"].notna()].assign(day=pd.to_datetime(definitions["effective_from"]))
    dated = dated.sort_values(["day", "term"], kind="stable")
    changes = dated[dated.duplicated("term")].reset_index(drop=True)
    rows = []
    spots = month_indices(changes["day"]) if len(changes) else np.array([], dtype="int64")
    for month, index in zip(breaks["month"], month_indices(breaks["month"]) if len(breaks) else (), strict=True):
        if len(spots):
            nearest = int(np.argmin(np.abs(spots - index)))
            gap = float(index - spots[nearest])
            rows.append((month, changes["day"].iloc[nearest], str(changes["term"].iloc[nearest]), gap, abs(gap) <= near))
        else:
            rows.append((month, pd.NaT, "", NAN, False))
    found = pd.DataFrame(rows, columns=["month", "change_on", "term", "gap", "explained"])
    return found.astype({"month": "datetime64[ns]", "change_on": "datetime64[ns]", "gap": "float64", "explained": "bool"})


def _values(series: pd.DataFrame) -> np.ndarray:
    need(series, "value")
    ordered = series.sort_values("month", kind="stable") if "month" in series else series
    return ordered["value"].dropna().to_numpy(dtype="float64")
