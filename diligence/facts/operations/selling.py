"""Sellers: what they reach of their quotas, what they can bring, how long they ramp."""

import pandas as pd

from diligence.facts.deals import Deals
from diligence.facts.sheet import NAN
from diligence.metrics.attainment import RAMP_MONTHS, attainment_spread, quota_attainment, selling_capacity
from diligence.models.intervals import ratio_interval
from diligence.models.ramp_time import ramp_table, ramp_time

YEAR = 12
NOBODY = "no seller had a quota in the period"


def reached(deals: Deals) -> pd.DataFrame:
    """Give each seller's attainment over the last twelve months; empty where quotas, deals or sellers lack."""
    room = deals.room
    if not room.has("reps", "annual_quota") or not room.has("opportunities", "rep_id", "amount", "closed_on"):
        return pd.DataFrame()
    return quota_attainment(deals.sold, room.table("reps"), deals.since(YEAR), deals.last_day)


def quota(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in attainment and its spread, leavers kept in."""
    table = reached(deals)
    if table.empty:
        return {}
    spread = attainment_spread(table).set_index("who")
    everyone, stayed = spread.loc["all"], spread.loc["stayed"]
    _of_sums(deals, "operations.attainment", table)
    if deals.room.has("reps", "hired_on"):
        _of_sums(deals, "operations.attainment_ramped", table[table["tenure_days"] >= RAMP_MONTHS * 30.4375])
    deals.share("operations.at_quota", everyone["at"], everyone["n"])
    deals.share("operations.at_quota_stayed", stayed["at"], stayed["n"])
    deals.number("operations.attainment_median", everyone["median"], n=everyone["n"])
    years = float(table["days"].sum()) / 365.25
    deals.number(
        "operations.productivity", float(table["won"].sum()) / years, n=len(table), numerator=float(table["won"].sum()), denominator=years
    )
    for row in table.itertuples():
        deals.number(
            "operations.rep_attainment",
            row.attainment,
            n=1,
            numerator=row.won,
            denominator=row.quota,
            object="rep",
            object_id=str(row.rep_id),
        )
    return {"attainment": table.sort_values(["attainment", "rep_id"], ascending=[False, True], ignore_index=True)}


def _of_sums(deals: Deals, metric: str, table: pd.DataFrame) -> None:
    won, owed = float(table["won"].sum()), float(table["quota"].sum())
    low, high = ratio_interval(table["won"], table["quota"], deals.generator())
    value = won / owed if owed else NAN
    deals.number(metric, value, n=len(table), low=low, high=high, numerator=won, denominator=owed, reason=NOBODY)


def capacity(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the sum of quotas, what of it is capacity, and turnover."""
    room = deals.room
    if not room.has("reps", "annual_quota"):
        return {}
    reps = room.table("reps")
    _turnover(deals, reps)
    seats = selling_capacity(reps, deals.as_of)
    total = float(seats["quota"].sum())
    deals.number("operations.quota_sum", total, n=len(seats))
    table = reached(deals)
    if table.empty or not room.has("reps", "hired_on") or not total:
        return {}
    rate = float(table["won"].sum()) / float(table["quota"].sum())
    low, high = ratio_interval(table["won"], table["quota"], deals.generator())
    able = float(selling_capacity(reps, deals.as_of, attainment=rate)["capacity"].sum())
    ends = {"low": able * low / rate if rate else NAN, "high": able * high / rate if rate else NAN}
    deals.number("operations.capacity", able, n=len(seats), **ends)
    deals.number("operations.capacity_share", able / total, n=len(seats), numerator=able, denominator=total)
    won = float(table["won"].sum())
    deals.number(
        "operations.capacity_cover", able / won if won else NAN, n=len(seats), numerator=able, denominator=won, reason="nothing was won"
    )
    return {}


def _turnover(deals: Deals, reps: pd.DataFrame) -> None:
    if not deals.room.has("reps", "left_on"):
        return
    mine = reps[reps["annual_quota"] > 0]
    hired, left = pd.to_datetime(mine["hired_on"]), pd.to_datetime(mine["left_on"])
    start, end = pd.Timestamp(deals.since(YEAR)), pd.Timestamp(deals.last_day)
    there = [float(((hired <= day) | hired.isna()).sum() - (left < day).sum()) for day in (start, end)]
    gone, mean = float(left.between(start, end).sum()), sum(there) / 2
    deals.number("operations.rep_turnover", gone / mean if mean else NAN, n=mean, numerator=gone, denominator=mean, reason=NOBODY)


def ramp(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the months to the first productive quarter, with leavers kept in."""
    room, table = deals.room, reached(deals)
    if table.empty or not room.has("reps", "hired_on"):
        return {}
    level = float(table["won"].sum()) / float(table["quota"].sum())
    names = ["operations.ramp_months", "operations.ramp_months_naive"]
    followed = ramp_table(deals.sold, room.table("reps"), deals.as_of, level=level) if level > 0 else pd.DataFrame()
    found = ramp_time(followed) if len(followed) else None
    if found is None:
        deals.sheet.complete(names, "no seller was hired within the data, or nothing was won")
        return {}
    reason = "fewer than half of the sellers have become productive"
    period = deals.label(deals.reach)
    deals.number(names[0], found.median, n=found.reps, low=found.low, high=found.high, period=period, reason=reason)
    deals.number(names[1], found.naive, n=found.productive, period=period, reason="no seller has become productive")
    return {"ramp": found.curve}
