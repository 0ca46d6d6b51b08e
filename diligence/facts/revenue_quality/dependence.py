"""On whom the revenue rests, and when it comes up: concentration by ultimate parent, contracts, the renewal wall."""

from math import sqrt

import numpy as np
import pandas as pd

from diligence.facts.revenue_quality.growth import NOTHING
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.concentration import customer_shares, effective_number, herfindahl, top_share
from diligence.metrics.measure import within
from diligence.metrics.renewals import EVERGREEN, LATER, renewal_wall, running_contracts
from diligence.periods import add_months, month_index, month_label

FAMILY = ("top1", "top5", "top10", "hhi", "effective_number", "hhi_change_2y", "top10_customer", "loss_p95", "top_industry", "top10_cover")
P95 = 1.645


def concentration(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in shares of the largest customers and the Herfindahl index; give the ranking."""
    sheet, end, spot = scope.sheet, scope.end, month_label(scope.end)
    ranked = customer_shares(scope.accounts, end, window=scope.window)
    if ranked.empty:
        sheet.complete([f"concentration.{name}" for name in FAMILY], NOTHING)
        return {}
    shares, n, total = ranked["share"], len(ranked), float(ranked["amount"].sum())
    for name, top in (("top1", 1), ("top5", 5), ("top10", 10)):
        part = float(ranked["amount"].head(top).sum())
        sheet.add(f"concentration.{name}", top_share(shares, top), n=n, numerator=part, denominator=total, period=spot)
    sheet.add("concentration.hhi", herfindahl(shares), n=n, period=spot)
    sheet.add("concentration.effective_number", effective_number(shares), n=n, period=spot)
    rows = customer_shares(scope.cube, end, window=scope.window, grain="customer_id")
    sheet.add("concentration.top10_customer", top_share(rows["share"], 10), n=len(rows), period=spot)
    before = add_months(end, -24)
    if month_index(before) - scope.window + 1 >= month_index(scope.room.first_month):
        old = customer_shares(scope.accounts, before, window=scope.window)["share"]
        was, now = herfindahl(old), sheet.row("concentration.hhi")
        low, high, _ = sheet.carried("concentration.hhi", was, month_label(before))
        sheet.add("concentration.hhi_change_2y", herfindahl(shares) - was, n=n, tie=(now["tie_low"] - high, now["tie_high"] - low))
    else:
        sheet.refuse("concentration.hhi_change_2y", "the data do not reach back two years")
    _bad_year(scope, n)
    _industry(scope, total, spot)
    _cover(scope, ranked["account_id"].head(10))
    segment = scope.accounts.drop_duplicates("account_id").set_index("account_id")["segment"]
    return {"concentration": ranked.assign(segment=ranked["account_id"].map(segment).astype("str"))}


def _bad_year(scope: Scope, n: int) -> None:
    rows = {row["metric"]: row["value"] for row in scope.sheet.rows if not row["segment"] and not row["object_id"]}
    lost = 1 - rows.get("retention.logo_ltm", NAN)
    value = lost + P95 * sqrt(max(lost * (1 - lost), 0) * rows["concentration.hhi"]) if np.isfinite(lost) else NAN
    scope.sheet.add("concentration.loss_p95", value, n=n, reason="logo retention is not assessable")


def _industry(scope: Scope, total: float, spot: str) -> None:
    metric = "concentration.top_industry"
    if lacks := scope.sheet.lacking(metric):
        scope.sheet.refuse(metric, lacks)
        return
    now = scope.cube[within(scope.cube["month"], scope.end, scope.window)]
    industry = now["customer_id"].astype("str").map(scope.room.customers.set_index("customer_id")["industry"])
    sums = now.groupby(industry)["amount"].sum() * 12 / scope.window
    part = float(sums.max()) if len(sums) else NAN
    scope.sheet.add(metric, part / total, n=len(sums), numerator=part, denominator=total, period=spot, reason="no customer has an industry")


def _cover(scope: Scope, largest: pd.Series) -> None:
    metric = "concentration.top10_cover"
    if lacks := scope.sheet.lacking(metric):
        scope.sheet.refuse(metric, lacks)
        return
    as_of = scope.room.deal.target.as_of
    live = running_contracts(scope.room.table("contracts"), as_of)
    account = live["customer_id"].map(scope.room.customers.set_index("customer_id")["account_id"])
    live = live[account.isin(largest)]
    months = ((pd.to_datetime(live["end_date"]) - pd.Timestamp(as_of)).dt.days / 30.4375).fillna(0.0)
    total = float(live["annual_value"].sum())
    value = float((months * live["annual_value"]).sum()) / total if total else NAN
    scope.sheet.add(metric, value, n=len(live), period=str(as_of), reason="none of the ten largest is under contract")


def contracts(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in what contracts are in force, what may end them, and when they come up."""
    sheet, room = scope.sheet, scope.room
    family = [
        f"renewal.{name}" for name in ("contracted", "cover", "next_12m", "peak_quarter", "auto_renew", "convenience", "change_of_control")
    ]
    if not room.has("contracts"):
        sheet.complete(family, "")
        return {}
    as_of, spot = room.deal.target.as_of, str(room.deal.target.as_of)
    live = running_contracts(room.table("contracts"), as_of)
    total, n = float(live["annual_value"].sum()), len(live)
    recurring = next((row["value"] for row in sheet.rows if row["metric"] == "revenue.recurring" and not row["segment"]), NAN)
    sheet.add("renewal.contracted", total, n=n, period=spot)
    sheet.add(
        "renewal.cover", total / recurring if recurring else NAN, n=n, numerator=total, denominator=recurring, period=spot, reason=NOTHING
    )
    ends = pd.to_datetime(live["end_date"])
    flags = {
        "renewal.next_12m": ends <= pd.Timestamp(as_of) + pd.DateOffset(years=1),
        "renewal.auto_renew": live["auto_renew"] == True,  # noqa: E712 - a blank is neither
        "renewal.convenience": (live["terminable_for_convenience"] == True) & (live["notice_days"].fillna(0) <= 90),  # noqa: E712
        "renewal.change_of_control": live["change_of_control"] == "termination_right",
    }
    for metric, flag in flags.items():
        lacks = sheet.lacking(metric)
        part = float(live.loc[flag, "annual_value"].sum())
        value = NAN if lacks or not total else part / total
        sheet.add(metric, value, n=n, numerator=part, denominator=total, period=spot, reason=lacks)
    wall = renewal_wall(live, as_of)
    quarters = wall[~wall["quarter"].isin([LATER, EVERGREEN])].groupby("quarter")["share"].sum()
    sheet.add("renewal.peak_quarter", float(quarters.max()), n=n, period=spot, reason=sheet.lacking("renewal.peak_quarter"))
    return {"renewal_wall": wall}
