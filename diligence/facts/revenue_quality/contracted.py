"""What is under contract: annual recurring revenue as contracted, its way to the invoices, renewals of what came up, subscriptions."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.revenue_quality.scope import SEGMENT, Scope
from diligence.facts.sheet import NAN
from diligence.metrics.arr import ENDED, LIVE, STEPS, arr_bridge, contract_state
from diligence.metrics.renewal_rates import renewal_rates, renewals_due, subscription_cohort
from diligence.models.intervals import ratio_interval, wilson
from diligence.periods import month_label, window_label

LEVELS = ("contracted", "evergreen", "notice", *STEPS, "invoiced", "metered", "with_metered")
SIGNED_MONTHS = 6
"""A deal won longer ago that never became a contract is no signed business."""
CENT = 0.01


def contracted(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in annual recurring revenue under contract, its bridge to what is invoiced, and what became of the contracts that came up."""
    room = scope.room
    if not room.has("contracts"):
        return {}, []
    held = room.table("contracts")
    mine = room.customers.set_index("customer_id")
    segments = room.segments(scope.segment_by or None)
    held = held.assign(
        account_id=held["customer_id"].map(mine["account_id"]).fillna(held["customer_id"]),
        segment=held["customer_id"].map(segments).fillna("(not given)"),
        notice=_noticed(scope, held),
    )
    cube = room.revenue(None)
    cube = cube.assign(segment=cube["customer_id"].astype("str").map(segments).fillna("(not given)"))
    as_of = room.deal.target.as_of
    table = arr_bridge(held, cube, as_of=as_of, month=scope.end)
    _levels(scope, table, "")
    cut = arr_bridge(held, cube, as_of=as_of, month=scope.end, by=SEGMENT)
    for segment in scope.segments:
        _levels(scope, cut[cut[SEGMENT] == segment], segment)
    _apart(scope, held, as_of)
    _agreement(scope, table.set_index("step")["amount"])
    _renewals(scope, held, as_of)
    _subscriptions(scope, held, as_of)
    path = table.set_index("step")["amount"]
    steps = float(path["contracted"] + path[list(STEPS)].sum())
    checks = [Check("contracted revenue + steps = invoiced revenue", steps, float(path["invoiced"]), CENT)]
    over = cut.groupby("step")["amount"].sum().reindex(path.index)
    checks.append(Check("contracted revenue by segment adds up", float((over - path).abs().max()), 0.0, CENT))
    return {"arr_bridge": table, "arr_bridge_segment": cut}, checks


def _noticed(scope: Scope, held: pd.DataFrame) -> pd.Series:
    """Contracts whose renewal is already lost while the term runs."""
    if scope.sheet.lacking("arr.notice"):
        return pd.Series(False, index=held.index)
    deals = scope.room.table("opportunities")
    lost = deals[(deals["type"] == "renewal") & (deals["status"] == "lost")].assign(closed=lambda frame: pd.to_datetime(frame["closed_on"]))
    both = held[["contract_id", "customer_id", "start_date", "end_date"]].merge(lost[["customer_id", "closed"]], on="customer_id")
    start, end = pd.to_datetime(both["start_date"]), pd.to_datetime(both["end_date"])
    given = both.loc[(both["closed"] >= start) & (end.isna() | (both["closed"] <= end)), "contract_id"]
    return held["contract_id"].isin(given)


def _levels(scope: Scope, table: pd.DataFrame, segment: str) -> None:
    rows = table.set_index("step")
    spot, month = str(scope.room.deal.target.as_of), month_label(scope.end)
    for name in LEVELS:
        metric, row = f"arr.{name}", rows.loc[name] if name in rows.index else None
        period = {"invoiced": month, "with_metered": month, "metered": window_label(scope.end, 3)}.get(name, spot)
        lacks = scope.sheet.lacking(metric)
        value = NAN if lacks or row is None else float(row["amount"])
        n = max(int(row["n"]), 1) if row is not None else 0
        scope.sheet.add(metric, value, n=n, segment=segment, period=period, reason=lacks or "no contracts and no revenue here")


def _apart(scope: Scope, held: pd.DataFrame, as_of: date) -> None:
    """What is signed and not live, what ends on the day, and what was paid ahead for years and may be ended."""
    sheet, spot = scope.sheet, str(as_of)
    stated = contract_state(held, as_of)
    live = stated[stated["state"] == LIVE]
    value = live["annual_value"].astype("float64")
    today = pd.to_datetime(live["end_date"]) == pd.Timestamp(as_of)
    sheet.add("arr.ends_on_the_day", float(value[today].sum()), n=max(int(today.sum()), 1), period=spot)
    if not sheet.lacking("arr.prepaid_terminable"):
        years = (pd.to_datetime(live["end_date"]) - pd.to_datetime(live["start_date"])).dt.days > 366
        flag = years & (live["billing"] == "annual_upfront") & (live["terminable_for_convenience"] == True)  # noqa: E712 - a blank is neither
        sheet.add("arr.prepaid_terminable", float(value[flag].sum()), n=max(int(flag.sum()), 1), period=spot)
    if sheet.lacking("arr.signed"):
        return
    deals = scope.room.table("opportunities")
    closed = pd.to_datetime(deals["closed_on"])
    since = pd.Timestamp(as_of) - pd.DateOffset(months=SIGNED_MONTHS)
    won = deals[(deals["type"] == "new") & (deals["status"] == "won") & (closed > since)]
    now = scope.cube[scope.cube["month"] == scope.end]
    there = set(stated.loc[stated["state"] != ENDED, "customer_id"]) | set(now["customer_id"].astype("str"))
    signed = won[won["customer_id"].notna() & ~won["customer_id"].isin(there)]
    amount = float(signed["amount"].sum())
    sheet.add("arr.signed", amount, n=max(len(signed), 1), period=spot)
    sheet.add("arr.committed", float(value.sum()) + amount, n=len(live) + len(signed), period=spot)


def _agreement(scope: Scope, path: pd.Series) -> None:
    """The widest gap between the systems that state annual recurring revenue."""
    said = [float(path["contracted"]), float(path["invoiced"])]
    gap = (max(said) - min(said)) / said[1] if said[1] > 0 else NAN
    scope.sheet.add("arr.disagreement", gap, n=len(said), numerator=max(said) - min(said), denominator=said[1])
    share = float(path["metered"]) / said[1] if said[1] > 0 else NAN
    scope.sheet.add("arr.metered_share", share, numerator=float(path["metered"]), denominator=said[1], period=window_label(scope.end, 3))


def _renewals(scope: Scope, held: pd.DataFrame, as_of: date) -> None:
    first = (pd.Timestamp(as_of) - pd.DateOffset(months=scope.months) + pd.Timedelta(days=1)).date()
    due = renewals_due(held, first, as_of)
    segment = held.set_index("contract_id")["segment"]
    due = due.assign(segment=due["contract_id"].map(segment))
    for name, part in (("", due), *((one, due[due["segment"] == one]) for one in scope.segments)):
        rates = renewal_rates(part).set_index("reading")
        owners = part[~part["consolidated"]].assign(kept=np.minimum(part["followed"], part["due"]))
        sums = owners.groupby("customer_id")[["kept", "followed", "due"]].sum()
        for reading, column in (("gross", "kept"), ("net", "followed"), ("count", "")):
            row = rates.loc[reading]
            low, high = (
                ratio_interval(sums[column], sums["due"], scope.generator()) if column else wilson(float(row["numerator"]), float(row["n"]))
            )
            scope.sheet.add(
                f"retention.renewal_{reading}",
                float(row["value"]),
                low=low,
                high=high,
                n=float(row["n"]),
                numerator=float(row["numerator"]),
                denominator=float(row["denominator"]),
                segment=name,
                reason="no contract came up in the period",
            )
    if len(due):
        scope.sheet.add("retention.consolidated", float(due.loc[due["consolidated"], "due"].sum()), n=len(due))


def _subscriptions(scope: Scope, held: pd.DataFrame, as_of: date) -> None:
    """Retention by subscription: chains of contracts, from their own dates; no invoice is in it."""
    if scope.sheet.lacking("retention.nrr_subscription"):
        return
    opening = (pd.Timestamp(as_of) - pd.DateOffset(months=scope.months)).date()
    cohort = subscription_cohort(held, opening, as_of)
    bought = scope.arrivals(scope.end)
    cohort = cohort[~cohort["customer_id"].isin(list(bought))]
    owners = cohort.assign(kept=np.minimum(cohort["now"], cohort["then"])).groupby("customer_id")[["then", "now", "kept"]].sum()
    base, n = float(cohort["then"].sum()), len(cohort)
    for name, column in (("nrr", "now"), ("grr", "kept")):
        low, high = ratio_interval(owners[column], owners["then"], scope.generator())
        top = float(owners[column].sum())
        value = top / base if base else NAN
        scope.sheet.add(f"retention.{name}_subscription", value, low=low, high=high, n=n, numerator=top, denominator=base)
    alive = int((cohort["now"] > 0).sum())
    low, high = wilson(alive, n)
    scope.sheet.add("retention.logo_subscription", alive / n if n else NAN, low=low, high=high, n=n, numerator=alive, denominator=n)
