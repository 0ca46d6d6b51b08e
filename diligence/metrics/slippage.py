"""Close dates: how often they are pushed, how late deals close, and whether renewals are signed in time."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

GRACE = 7


def close_date_pushes(history: pd.DataFrame, *, least_days: int = 1) -> pd.DataFrame:
    """Count how often a deal's expected close date was moved later: ``pushes``, from the history of the field.

    The field as it stands today shows the last date only; a deal pushed five times looks like one on time.

    Parameters
    ----------
    history
        ``opportunity_id, entered_on, expected_close_on``; rows without an expected date are left out.
    least_days
        A move by fewer days is none.

    Returns
    -------
    DataFrame
        ``opportunity_id, pushes, pulls`` (moved earlier), ``first_expected, last_expected`` (dates), ``days_moved`` (last less first).

    Examples
    --------
    >>> history = pd.DataFrame({"opportunity_id": "o", "entered_on": ["2026-01-01", "2026-02-01"], "expected_close_on": ["2026-03-01", "2026-03-31"]})
    >>> close_date_pushes(history)[["pushes", "days_moved"]].values.tolist()
    [[1, 30]]
    """
    need(history, "opportunity_id", "entered_on", "expected_close_on")
    kept = history[history["expected_close_on"].notna() & history["opportunity_id"].notna() & history["entered_on"].notna()]
    rows = pd.DataFrame(
        {
            "opportunity_id": kept["opportunity_id"],
            "entered_on": pd.to_datetime(kept["entered_on"]),
            "expected": pd.to_datetime(kept["expected_close_on"]),
        }
    ).sort_values(["opportunity_id", "entered_on", "expected"], ignore_index=True)
    rows["moved"] = rows.groupby("opportunity_id")["expected"].diff().dt.days
    rows["push"], rows["pull"] = rows["moved"] >= least_days, rows["moved"] <= -least_days
    found = rows.groupby("opportunity_id", sort=True).agg(
        pushes=("push", "sum"), pulls=("pull", "sum"), first_expected=("expected", "first"), last_expected=("expected", "last")
    )
    found["days_moved"] = (found["last_expected"] - found["first_expected"]).dt.days
    return found.reset_index()


def slipped_share(opportunities: pd.DataFrame, *, grace_days: int = GRACE) -> pd.DataFrame:
    """Share of won deals that closed late: ``late / n``, late is more than ``grace_days`` after the expected date.

    Two readings where both dates are there: against the date that the record shows now, and against the first that was ever named.

    Parameters
    ----------
    opportunities
        ``status, closed_on, expected_close_on``; ``first_expected`` where known, as :func:`close_date_pushes` gives it.

    Returns
    -------
    DataFrame
        ``reading`` (``last``, ``first``), ``n, late, share, median_days`` (closed less expected).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": "won", "closed_on": ["2026-03-20", "2026-03-01"], "expected_close_on": ["2026-03-01", "2026-03-01"]})
    >>> slipped_share(deals)[["late", "share"]].values.tolist()
    [[1.0, 0.5]]
    """
    need(opportunities, "status", "closed_on", "expected_close_on")
    won = opportunities[opportunities["status"].astype("str").eq("won")]
    closed = pd.to_datetime(won["closed_on"])
    rows = []
    for reading, column in (("last", "expected_close_on"), ("first", "first_expected")):
        if column in won:
            days = (closed - pd.to_datetime(won[column])).dt.days.dropna()
            late = int((days > grace_days).sum())
            rows.append((reading, len(days), late, late / len(days) if len(days) else np.nan, days.median()))
    return pd.DataFrame(rows, columns=["reading", "n", "late", "share", "median_days"]).astype({"median_days": "float64"})


def on_time_renewals(opportunities: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Share of renewals signed by the day they were due, in two readings: of those signed, and of all that have come due.

    Of the signed, what was never signed and what is late and still open fall out, and the desk looks punctual.

    Parameters
    ----------
    opportunities
        ``type, status, closed_on, expected_close_on`` (the day the term ends); rows of another type, and without a due day, are left out.
    as_of
        A renewal due by this day and still open is late.

    Returns
    -------
    DataFrame
        ``reading`` (``of_signed``, ``of_due``), ``n, on_time, share``.

    Examples
    --------
    >>> deals = pd.DataFrame({"type": "renewal", "status": ["won", "won", "open", "lost"], "closed_on": ["2026-03-01", "2026-03-09", None, "2026-03-01"], "expected_close_on": "2026-03-05"})
    >>> on_time_renewals(deals, date(2026, 6, 30))[["n", "share"]].round(2).values.tolist()
    [[2.0, 0.5], [4.0, 0.25]]
    """
    need(opportunities, "type", "status", "closed_on", "expected_close_on")
    mine = opportunities[opportunities["type"].astype("str").eq("renewal") & opportunities["expected_close_on"].notna()]
    due, closed = pd.to_datetime(mine["expected_close_on"]), pd.to_datetime(mine["closed_on"])
    won = mine["status"].astype("str").eq("won") & closed.notna()
    good = int((won & (closed <= due)).sum())
    counts = {"of_signed": int(won.sum()), "of_due": int((won | (due <= pd.Timestamp(as_of))).sum())}
    rows = [(reading, n, good, good / n if n else np.nan) for reading, n in counts.items()]
    return pd.DataFrame(rows, columns=["reading", "n", "on_time", "share"])
