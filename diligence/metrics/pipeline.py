"""The pipeline as it stood on a day, and whether it covers what is needed."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


def pipeline_at(history: pd.DataFrame, opportunities: pd.DataFrame, when: date) -> pd.DataFrame:
    """Give the open pipeline as it stood at the end of a day: stage, amount and expected close date from the history, not from today.

    Amounts are overwritten as a deal goes on; a past pipeline with today's amounts knows the outcome.

    Parameters
    ----------
    history
        ``opportunity_id, stage, entered_on, amount`` (currency), ``expected_close_on``.
    opportunities
        ``opportunity_id, closed_on``: a deal closed by that day is not open.

    Returns
    -------
    DataFrame
        ``opportunity_id, stage, amount, expected_close_on`` as they stood.

    Examples
    --------
    >>> history = pd.DataFrame({"opportunity_id": "o", "stage": ["1", "2"], "entered_on": ["2026-01-01", "2026-03-01"], "amount": [10.0, 99.0], "expected_close_on": "2026-06-30"})
    >>> pipeline_at(history, pd.DataFrame({"opportunity_id": ["o"], "closed_on": ["2026-04-01"]}), date(2026, 2, 1))["amount"].tolist()
    [10.0]
    """
    need(history, "opportunity_id", "stage", "entered_on", "amount", "expected_close_on")
    need(opportunities, "opportunity_id", "closed_on")
    day = pd.Timestamp(when)
    closed = pd.to_datetime(opportunities["closed_on"])
    still = opportunities.loc[closed.isna() | (closed > day), "opportunity_id"]
    entered = pd.to_datetime(history["entered_on"])
    known = history[(entered <= day) & history["opportunity_id"].isin(still)]
    rows = known.assign(entered_on=entered[known.index]).sort_values(["opportunity_id", "entered_on", "stage"])
    last = rows.drop_duplicates("opportunity_id", keep="last")[["opportunity_id", "stage", "amount", "expected_close_on"]]
    last = last.assign(amount=last["amount"].astype("float64"), expected_close_on=pd.to_datetime(last["expected_close_on"]))
    return last.reset_index(drop=True)


def pipeline_yield(history: pd.DataFrame, opportunities: pd.DataFrame, as_of: date, *, quarters: int = 8) -> pd.DataFrame:
    """Give what the pipeline at the start of each past quarter became: ``yield = won of it in the quarter / open in-period at the start``.

    Parameters
    ----------
    history
        As :func:`pipeline_at` takes it.
    opportunities
        ``opportunity_id, status, closed_on, amount``.
    as_of
        Only quarters that ended by then count.
    quarters
        How many, the latest last.

    Returns
    -------
    DataFrame
        ``quarter``, ``open`` (in-period pipeline on the day before the quarter, currency), ``deals``, ``won_of_open`` (of it won within the
        quarter, at the amount won), ``won`` (all won within the quarter), ``value`` (yield, fraction), ``share_created_later`` (of what was
        won, the part that was not in that pipeline).

    Examples
    --------
    >>> history = pd.DataFrame({"opportunity_id": ["a", "b"], "stage": "1", "entered_on": "2025-12-01", "amount": [10.0, 30.0], "expected_close_on": "2026-02-01"})
    >>> deals = pd.DataFrame({"opportunity_id": ["a", "b"], "status": ["won", "lost"], "closed_on": "2026-02-05", "amount": [10.0, 30.0]})
    >>> pipeline_yield(history, deals, date(2026, 3, 31), quarters=1)["value"].tolist()
    [0.25]
    """
    need(opportunities, "opportunity_id", "status", "closed_on", "amount")
    need(history, "opportunity_id", "stage", "entered_on", "amount", "expected_close_on")
    last = pd.Period(pd.Timestamp(as_of), freq="Q")
    last = last if pd.Timestamp(as_of).normalize() >= last.end_time.normalize() else last - 1
    closed = pd.to_datetime(opportunities["closed_on"])
    won = opportunities["status"].astype("str").eq("won")
    rows = []
    for back in range(quarters - 1, -1, -1):
        period = last - back
        start, end = period.start_time, period.end_time
        there = pipeline_at(history, opportunities, (start - pd.Timedelta(days=1)).date())
        there = there[there["expected_close_on"].between(start, end)]
        inside = opportunities[won & closed.between(start, end)]
        amount = inside["amount"].astype("float64")
        mine = float(amount[inside["opportunity_id"].isin(there["opportunity_id"])].sum())
        whole, base = float(amount.sum()), float(there["amount"].sum())
        if base or whole:
            part = (mine / base if base > 0 else np.nan, 1 - mine / whole if whole > 0 else np.nan)
            rows.append((str(period), base, len(there), mine, whole, *part))
    return pd.DataFrame(rows, columns=["quarter", "open", "deals", "won_of_open", "won", "value", "share_created_later"])


def pipeline_coverage(pipeline: pd.DataFrame, start: date, end: date, *, target: float, rate: float) -> dict[str, float]:
    """Set the open pipeline that closes in a period against what is still to be won: ``coverage = open in-period / target``, ``required = 1 / rate``.

    Three times is enough for who wins a third of it. What is needed is one over the money that such a pipeline becomes.

    Parameters
    ----------
    pipeline
        ``amount``, ``expected_close_on``, as :func:`pipeline_at` gives them.
    start, end
        The period.
    target
        What remains to be won in it (currency).
    rate
        Part of the money in such a pipeline that is won in the period (:func:`pipeline_yield`).

    Returns
    -------
    dict
        ``open`` (currency), ``deals``, ``coverage``, ``required``, ``adequacy`` (coverage over required: 1 is enough), ``expected`` (currency).

    Examples
    --------
    >>> there = pd.DataFrame({"amount": [30.0, 30.0, 50.0], "expected_close_on": pd.to_datetime(["2026-07-01", "2026-09-01", "2026-12-01"])})
    >>> pipeline_coverage(there, date(2026, 7, 1), date(2026, 9, 30), target=20.0, rate=0.25)
    {'open': 60.0, 'deals': 2, 'coverage': 3.0, 'required': 4.0, 'adequacy': 0.75, 'expected': 15.0}
    """
    need(pipeline, "amount", "expected_close_on")
    inside = pd.to_datetime(pipeline["expected_close_on"]).between(pd.Timestamp(start), pd.Timestamp(end))
    there = float(pipeline.loc[inside, "amount"].astype("float64").sum())
    coverage = there / target if target > 0 else np.nan
    required = 1 / rate if rate > 0 else np.nan
    return {
        "open": there,
        "deals": int(inside.sum()),
        "coverage": coverage,
        "required": required,
        "adequacy": coverage / required,
        "expected": there * rate,
    }
