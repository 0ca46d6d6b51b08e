"""What management reported, against the same reading of the lines: the figure of their period, computed as the catalogue says."""

import re
from collections.abc import Callable

import pandas as pd

from diligence.dataroom.room import Room
from diligence.metrics.retention import ACCOUNT, CUSTOMER, opening_cohort
from diligence.periods import month_index, month_start

COLUMNS = ["period", "month", "metric", "reported_by", "reported", "ours", "difference", "share", "reading", "format"]
QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])|Q([1-4])[- ]?(\d{4})")
YEAR = re.compile(r"FY ?(\d{4})|FY ?(\d{2})|(\d{4})")
MONTH = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?")

Reading = Callable[[Room, int, int], float]
"""Gives a metric over the months from the first index to the last."""


def period_months(label: str, fiscal_year_end_month: int) -> tuple[int, int] | None:
    """Read a period as it is reported: a month, a calendar quarter or a fiscal year; give its first and last month index.

    Examples
    --------
    >>> period_months("2025Q3", 6), period_months("FY2025", 6), period_months("2025-06", 6), period_months("last year", 6)
    ((24306, 24308), (24294, 24305), (24305, 24305), None)
    """
    label = label.strip().upper()
    if found := MONTH.fullmatch(label):
        index = 12 * int(found[1]) + int(found[2]) - 1
        return index, index
    if found := QUARTER.fullmatch(label):
        first = 12 * int(found[1] or found[4]) + 3 * (int(found[2] or found[3]) - 1)
        return first, first + 2
    if found := YEAR.fullmatch(label):
        year = int(found[1] or found[3] or 2000 + int(found[2]))
        last = 12 * year + fiscal_year_end_month - 1
        return last - 11, last
    return None


def reported_against_ours(room: Room) -> pd.DataFrame:
    """Hold each reported figure that the catalogue reads too against ours, at the end of its period.

    Returns
    -------
    DataFrame
        ``period, month`` (its last), ``metric, reported_by, reported, ours, difference`` (reported less ours), ``share`` (over ours),
        ``reading`` (our fact), ``format`` (how it reads). Periods that reach outside the data are left out, as are names that the catalogue has no reading for.
    """
    rows = []
    known: dict[tuple[str, int, int], float] = {}
    for row in room.table("reported").itertuples():
        named = READINGS.get(re.sub(r"[\s-]+", "_", str(row.metric).strip().lower()))
        months = period_months(str(row.period), room.deal.target.fiscal_year_end_month)
        if named is None or months is None or months[0] < month_index(room.first_month) or months[1] > month_index(room.month):
            continue
        reading, compute = named
        key = (reading, *months)
        if key not in known:
            known[key] = compute(room, *months)
        value, ours = float(row.value), known[key]
        share = (value - ours) / abs(ours) if ours else float("nan")
        rows.append(
            (row.period, month_start(months[1]), row.metric, row.reported_by, value, ours, value - ours, share, reading, _format(reading))
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["metric", "month", "reported_by"], kind="stable", ignore_index=True)


def _format(reading: str) -> str:
    if "retention" in reading:
        return "percent1"
    return "count" if reading.startswith(("customers", "accounts")) else "money_full"


def _annual(room: Room, first: int, last: int) -> float:
    return _sum(room, "recurring", last - room.window + 1, last) * 12 / room.window


def _sum(room: Room, kind: str | None, first: int, last: int) -> float:
    cube = room.cube if kind is None else room.revenue(kind)
    inside = (cube["month"] >= month_start(first)) & (cube["month"] <= month_start(last))
    return float(cube.loc[inside, "amount"].sum())


def _live(grain: str) -> Reading:
    def count(room: Room, first: int, last: int) -> float:
        cube = room.revenue("recurring")
        inside = cube[(cube["month"] > month_start(last - room.window)) & (cube["month"] <= month_start(last))]
        return float((inside.groupby(grain, observed=True)["amount"].sum() > 0).sum())

    return count


def _kept(what: str, grain: tuple[str, ...] = ACCOUNT) -> Reading:
    def share(room: Room, first: int, last: int) -> float:
        if last - 12 - room.window + 1 < month_index(room.first_month):
            return float("nan")
        cohort = opening_cohort(room.revenue("recurring"), month_start(last), window=room.window, grain=grain)
        then, now = cohort["then"], cohort["now"]
        kept = {"net": now, "gross": now.clip(lower=0, upper=then), "lost": then.where(now <= 0, 0.0), "logo": (now > 0).astype("float64")}[
            what
        ]
        base = float(len(cohort)) if what == "logo" else float(then.sum())
        return float(kept.sum()) / base if base else float("nan")

    return share


def _churned(room: Room, first: int, last: int) -> float:
    return 1 - _kept("logo")(room, first, last)


READINGS: dict[str, tuple[str, Reading]] = {
    **dict.fromkeys(("arr", "annual_recurring_revenue", "revenue.recurring"), ("revenue.recurring", _annual)),
    **dict.fromkeys(("mrr", "monthly_recurring_revenue"), ("revenue.recurring / 12", lambda room, first, last: _annual(room, first, last) / 12)),
    **dict.fromkeys(("revenue", "total_revenue", "net_revenue"), ("revenue of the period", lambda room, first, last: _sum(room, None, first, last))),
    "recurring_revenue": ("recurring revenue of the period", lambda room, first, last: _sum(room, "recurring", first, last)),
    **dict.fromkeys(("customers", "active_customers"), ("customers with recurring revenue", _live("customer_id"))),
    **dict.fromkeys(("accounts", "logos"), ("accounts with recurring revenue", _live("account_id"))),
    **dict.fromkeys(("nrr", "ndr", "net_revenue_retention", "retention.nrr_ltm"), ("retention.nrr_ltm", _kept("net"))),
    **dict.fromkeys(("grr", "gross_revenue_retention", "retention.grr_ltm"), ("retention.grr_ltm", _kept("gross"))),
    **dict.fromkeys(("logo_retention", "customer_retention", "retention.logo_customer"), ("retention.logo_customer", _kept("logo", CUSTOMER))),
    **dict.fromkeys(("churn", "revenue_churn", "churn_rate", "retention.churn_rate"), ("retention.churn_rate", _kept("lost"))),
    **dict.fromkeys(("logo_churn", "customer_churn"), ("1 - retention.logo_ltm", _churned)),
}  # fmt: skip
"""Names under which a figure is reported, each with our reading of it."""
