"""Service and tools: tickets, use of the product, and the stack."""

import pandas as pd

from diligence.facts.deals import Deals
from diligence.facts.sheet import NAN
from diligence.metrics.service import resolution_times, seat_utilisation, ticket_load, usage_decline
from diligence.metrics.stack import tool_overlap
from diligence.models.intervals import ratio_interval
from diligence.periods import month_index, month_label, month_start

YEAR = 12
SEVERE = 2


def tickets(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the load of tickets, its change, and how long severe ones take."""
    if not deals.room.has("tickets"):
        return {}
    table = deals.room.table("tickets")
    cube = deals.room.revenue("recurring")
    live = cube[cube["amount"] > 0].groupby("month")["customer_id"].nunique()
    months = [month_start(month_index(deals.end) - back) for back in range(2 * YEAR - 1, -1, -1)]
    active = pd.DataFrame({"month": months, "customers": [int(live.get(month, 0)) for month in months]})
    load = ticket_load(table, active)
    now, before = load.tail(YEAR), load.head(YEAR)
    rates = [float(part["tickets"].sum() / part["customers"].sum()) if part["customers"].sum() else NAN for part in (before, now)]
    none = "no customer has recurring revenue in these months"
    low, high = ratio_interval(now["tickets"], now["customers"], deals.generator())
    n, over = float(now["tickets"].sum()), float(now["customers"].sum())
    deals.number("operations.ticket_load", rates[1], n=n, low=low, high=high, numerator=n, denominator=over, reason=none)
    whole = before["customers"].gt(0).all() and rates[0] > 0
    deals.number(
        "operations.ticket_load_change", rates[1] / rates[0] - 1 if whole else NAN, n=n, reason="no tickets or customers in the year before"
    )
    _severity(deals, table)
    return {"tickets": load}


def _severity(deals: Deals, table: pd.DataFrame) -> None:
    day = pd.to_datetime(table["opened_on"])
    recent = table[(day >= pd.Timestamp(deals.since(YEAR))) & (day <= pd.Timestamp(deals.last_day))]
    if deals.room.has("tickets", "severity"):
        known = recent["severity"].dropna()
        deals.share("operations.severe_share", float((known <= SEVERE).sum()), len(known))
    if not deals.room.has("tickets", "closed_on"):
        return
    for row in resolution_times(recent, deals.as_of).dropna(subset=["severity"]).itertuples():
        deals.number(
            "operations.resolution_days",
            row.median_days,
            n=row.closed,
            object="severity",
            object_id=f"{row.severity:.0f}",
            reason="none is closed",
        )
    severe = recent[recent["severity"] <= SEVERE] if deals.room.has("tickets", "severity") else recent.head(0)
    days = (pd.to_datetime(severe["closed_on"]) - pd.to_datetime(severe["opened_on"])).dt.days.dropna()
    deals.number("operations.severe_days", days.median(), n=len(days), reason="no severe ticket was closed")


def usage(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in seats in use, and the revenue of customers whose use falls."""
    room = deals.room
    if not room.has("usage", "active_users"):
        return {}
    table = room.table("usage")
    frames = {}
    if room.has("usage", "licensed_users"):
        seats = seat_utilisation(table)
        frames["usage"] = seats
        by_month = seats.set_index("month")
        now, before = deals.end, month_start(month_index(deals.end) - YEAR)
        if now in by_month.index:
            row, then = by_month.loc[now], by_month["value"].get(before, NAN)
            label, n = month_label(now), float(row["customers"])
            deals.number(
                "operations.seat_utilisation", row["value"], n=n, numerator=row["active"], denominator=row["licensed"], period=label
            )
            deals.number("operations.seat_utilisation_change", row["value"] - then, n=n, period=label, reason="no use a year ago")
            deals.share("operations.below_half", round(row["below_half"] * n), n, period=label)
    return frames | _falling(deals, table)


def _falling(deals: Deals, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    judged = usage_decline(table, deals.end, worth=deals.worth)
    judged = judged[judged["change"].notna()]
    deals.share("operations.usage_decline_customers", float(judged["falling"].sum()), len(judged))
    worth = judged["amount"].fillna(0.0)
    part, whole = float(worth[judged["falling"].astype("bool")].sum()), float(worth.sum())
    low, high = ratio_interval(worth.where(judged["falling"].astype("bool"), 0.0), worth, deals.generator())
    value = part / whole if whole else NAN
    deals.number(
        "operations.usage_decline", value, n=len(judged), low=low, high=high, numerator=part, denominator=whole,
        period=month_label(deals.end), reason="no customer with use over six months has recurring revenue",
    )  # fmt: skip
    return {"falling": judged[judged["falling"]].sort_values(["amount", "customer_id"], ascending=[False, True], ignore_index=True)}


def tools(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what the stack costs, what overlaps, what is idle and what nobody owns."""
    if not deals.room.has("stack"):
        return {}
    stack = deals.room.table("stack")
    table = tool_overlap(stack)
    n = len(stack)
    deals.number("operations.tools", float(n), n=n)
    deals.share("operations.tool_overlap", float(table["extra"].sum()), n)
    cost = stack["annual_cost"].astype("float64") if deals.room.has("stack", "annual_cost") else pd.Series(NAN, index=stack.index)
    deals.number("operations.tool_cost", cost.sum(min_count=1), n=n)
    deals.number("operations.overlap_cost", table["overlap_cost"].sum(min_count=1), n=n)
    if deals.room.has("stack", "annual_cost", "used_share"):
        known = stack["used_share"].notna() & cost.notna()
        paid = float(cost[known].sum())
        used = float((cost * stack["used_share"])[known].sum())
        deals.number(
            "operations.tool_utilisation",
            used / paid if paid else NAN,
            n=float(known.sum()),
            numerator=used,
            denominator=paid,
            reason="no tool has a cost and a use",
        )
        deals.number("operations.idle_cost", paid - used, n=float(known.sum()))
    for metric, column in (("unowned_tools", "owner"), ("unapproved_tools", "approved_by"), ("alone_tools", "integrated_with")):
        if deals.room.has("stack", column):
            deals.share(f"operations.{metric}", float(stack[column].isna().sum()), n)
    return {"stack": table}
