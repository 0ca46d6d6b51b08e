"""Leads on their way: how fast they are answered and handed on, what becomes of them, and whether their source is known."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices, month_starts

STEPS = (("created_on", "mql_on"), ("mql_on", "sql_on"))
UTM = ("utm_source", "utm_medium", "utm_campaign")


def handoff_times(leads: pd.DataFrame) -> pd.DataFrame:
    """Days from one step of a lead to the next: median, ninth decile, share within two days.

    Only what was handed on has a time: the share that never was stands beside it.

    Parameters
    ----------
    leads
        ``created_on``, and ``mql_on, sql_on`` where given (dates).

    Returns
    -------
    DataFrame
        ``step`` (``created_on to mql_on`` ...), ``of`` (leads at the first step), ``n`` (handed on), ``median_days, p90_days, within_two_days``
        (fraction of n), ``reversed`` (handed on before they came: left out of the times).

    Examples
    --------
    >>> leads = pd.DataFrame({"created_on": "2026-01-01", "mql_on": ["2026-01-02", "2026-01-05", None]})
    >>> handoff_times(leads)[["of", "n", "median_days", "within_two_days"]].values.tolist()
    [[3.0, 2.0, 2.5, 0.5]]
    """
    need(leads, "created_on")
    rows = []
    for first, then in STEPS:
        if first not in leads or then not in leads:
            continue
        start, end = pd.to_datetime(leads[first]).dt.normalize(), pd.to_datetime(leads[then]).dt.normalize()
        days = (end - start).dt.days.dropna()
        good = days[days >= 0]
        near = (good <= 2).mean() if len(good) else np.nan
        rows.append(
            (f"{first} to {then}", int(start.notna().sum()), len(good), good.median(), good.quantile(0.9), near, int((days < 0).sum()))
        )
    columns = ["step", "of", "n", "median_days", "p90_days", "within_two_days", "reversed"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:6], "float64"))


def response_times(leads: pd.DataFrame, *, sla_minutes: float = 60.0) -> pd.DataFrame:
    """Time from a lead to its first human answer: minutes where leads carry the hour they came, else days and a bound in hours.

    Where ``created_on`` is a day, the hour is not known and minutes cannot be told; ``most_hours`` counts from the start of that day and is
    never below the truth. Leads without an answer are in ``of`` and in ``unanswered``, and in no median.

    Parameters
    ----------
    leads
        ``created_on`` (date or time), ``responded_at`` (time).
    sla_minutes
        The promise.

    Returns
    -------
    DataFrame
        One row: ``of`` (leads), ``n`` (answered), ``unanswered`` (fraction), ``median_minutes, p90_minutes, within_sla`` (NaN for days),
        ``median_days`` (whole days), ``next_day`` (fraction answered by the end of the next day), ``most_hours`` (median).

    Notes
    -----
    Source: Oldroyd, McElheran and Elkington, The short life of online sales leads, HBR March 2011, for why the hour matters.

    Examples
    --------
    >>> leads = pd.DataFrame({"created_on": ["2026-01-01 09:00", "2026-01-01 10:00"], "responded_at": ["2026-01-01 09:30", None]})
    >>> response_times(leads)[["unanswered", "median_minutes", "within_sla"]].values.tolist()
    [[0.5, 30.0, 1.0]]
    """
    need(leads, "created_on", "responded_at")
    came, answered = pd.to_datetime(leads["created_on"]), pd.to_datetime(leads["responded_at"])
    known = came.notna() & answered.notna()
    minutes = (answered - came)[known].dt.total_seconds() / 60
    timed = bool((came.dropna() != came.dropna().dt.normalize()).any())
    days = (answered.dt.normalize() - came.dt.normalize())[known].dt.days.astype("float64")
    of, n = int(came.notna().sum()), int(known.sum())
    told = minutes[minutes >= 0] if timed else minutes.head(0)
    row = {
        "of": of,
        "n": n,
        "unanswered": 1 - n / of if of else np.nan,
        "median_minutes": told.median(),
        "p90_minutes": told.quantile(0.9),
        "within_sla": (told <= sla_minutes).mean() if len(told) else np.nan,
        "median_days": days.median(),
        "next_day": (days <= 1).mean() if len(days) else np.nan,
        "most_hours": ((answered - came.dt.normalize())[known].dt.total_seconds() / 3600).median(),
    }
    return pd.DataFrame([row]).astype("float64")


def lead_conversion(leads: pd.DataFrame, as_of: date, *, of: str = "mql_on", to: str = "sql_on", mature_days: int = 60) -> pd.DataFrame:
    """Conversion of leads by the month in which they reached a step: ``value = converted / n``, a month of lead cohorts.

    Parameters
    ----------
    leads
        The dates ``of`` and ``to``.
    as_of
        A month whose last day lies less than ``mature_days`` before it is not mature: its leads may still convert.

    Returns
    -------
    DataFrame
        ``month, n, converted, value, mature``; months without leads have n of nought and no value.

    Examples
    --------
    >>> leads = pd.DataFrame({"mql_on": ["2026-01-05", "2026-01-09", "2026-03-02"], "sql_on": ["2026-01-07", None, None]})
    >>> lead_conversion(leads, date(2026, 4, 30))[["n", "value", "mature"]].values.tolist()
    [[2, 0.5, True], [0, nan, True], [1, 0.0, False]]
    """
    need(leads, of, to)
    mine = leads[leads[of].notna()]
    if mine.empty:
        return pd.DataFrame({"month": pd.to_datetime([]), "n": [], "converted": [], "value": [], "mature": []})
    months = month_indices(mine[of])
    frame = pd.DataFrame({"n": 1, "converted": mine[to].notna().astype("int64").to_numpy()})
    found = frame.groupby(months).sum().reindex(range(int(months.min()), int(months.max()) + 1), fill_value=0)
    found["value"] = found["converted"] / found["n"].where(found["n"] > 0)
    found.insert(0, "month", month_starts(found.index.to_numpy()))
    ended = found["month"] + pd.offsets.MonthEnd(1)
    return found.assign(mature=ended + pd.Timedelta(days=mature_days) <= pd.Timestamp(as_of)).reset_index(drop=True)


def utm_coverage(leads: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Share of leads whose source is tracked: ``tagged / n``, tagged is source, medium and campaign all filled.

    Parameters
    ----------
    leads
        ``utm_source, utm_medium, utm_campaign``; ``by``.

    Returns
    -------
    DataFrame
        ``by``, ``n, tagged, value`` and ``any`` (at least one of the three, fraction).

    Examples
    --------
    >>> leads = pd.DataFrame({"utm_source": ["g", "g"], "utm_medium": ["cpc", None], "utm_campaign": ["x", None]})
    >>> utm_coverage(leads)[["value", "any"]].values.tolist()
    [[0.5, 1.0]]
    """
    need(leads, *UTM, *([by] if by else []))
    filled = leads[list(UTM)].notna()
    frame = pd.DataFrame(
        {"n": 1, "tagged": filled.all(axis=1).astype("int64"), "any": filled.any(axis=1).astype("int64")}, index=leads.index
    )
    if by:
        key = leads[by].astype("object").where(leads[by].notna(), "(not given)").astype("str").rename(by)
        found = frame.groupby(key, sort=True).sum().reset_index()
    else:
        found = frame.sum().to_frame().T
    found["value"] = found["tagged"] / found["n"].where(found["n"] > 0)
    found["any"] = found["any"] / found["n"].where(found["n"] > 0)
    return found[[*([by] if by else []), "n", "tagged", "value", "any"]]
