"""What is sold: the mix of bookings and revenue, its margin, launches; why deals are lost; what buyers weigh; how soon customers are live."""

from typing import Any

import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.customer_scope import NO_REVENUE
from diligence.facts.offer.scope import NO_PRODUCT, Scope
from diligence.facts.sheet import NAN
from diligence.metrics.attach import products_held
from diligence.metrics.bridge import movements_between
from diligence.metrics.losses import loss_reasons
from diligence.metrics.measure import TICKS
from diligence.metrics.offer_mix import booking_mix, launch_share, margin_mix, revenue_mix, share_shift
from diligence.metrics.time_to_value import time_to_value_spans
from diligence.models.criteria_gap import criteria_gaps
from diligence.models.share_intervals import with_wilson
from diligence.models.waiting_time import happened_by, waiting_curve, waiting_quantile
from diligence.periods import add_months, month_index, month_label

YEARS_OF_LOSSES = 2


def bookings(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in the entry offer's share of bookings and how it shifted; give the mix by quarter."""
    names = ("offer.entry_share", "offer.entry_shift")
    if scope.lacks(*names):
        return {}, []
    won = scope.deals[scope.deals["status"].eq("won")]
    last = month_index(scope.end) // 3 - (0 if scope.end.month % 3 == 0 else 1)
    mix = booking_mix(won)
    mix = mix[mix["index"] <= last]
    first = won[won["type"].eq("new")]["product_id"].dropna().astype("str")
    if mix.empty or first.empty:
        scope.sheet.complete(list(names), "no won deal names a product")
        return {}, []
    entry = str(first.value_counts().sort_index().idxmax())
    found = share_shift(mix, entry, end=last)
    deals = float(mix.loc[mix["index"] > last - 4, "n"].sum())
    place: dict[str, Any] = {"period": scope.spot, "object": "product", "object_id": entry}
    few = "fewer than four quarters of won deals"
    scope.sheet.add(names[0], found["now"], n=deals, numerator=found["numerator"], denominator=found["denominator"], reason=few, **place)
    scope.sheet.add(names[1], found["shift"], n=deals, reason="fewer than twelve quarters of won deals", **place)
    _cycle(scope, entry)
    total = float(mix.groupby("index")["value"].sum().sub(1).abs().max())
    return {"bookings": mix.assign(entry=mix["product_id"].eq(entry), product=scope.named_product(mix["product_id"]))}, [
        Check("shares of bookings of a quarter add up to one", total, 0.0, 1e-9)
    ]


def _cycle(scope: Scope, entry: str) -> None:
    """Median cycle of deals won for other products over that of the entry offer: whether the offer that should grow is hard to buy."""
    metric = "offer.cycle_ratio"
    if scope.lacks(metric):
        return
    won = scope.deals[scope.deals["status"].eq("won") & scope.deals["product_id"].notna()]
    days = (pd.to_datetime(won["closed_on"]) - pd.to_datetime(won["created_on"])).dt.days
    # a deal that is entered when it is signed has no cycle
    days, first = days[days > 0], won["product_id"].astype("str")[days > 0].eq(entry)
    other, own = float(days[~first].median()), float(days[first].median())
    n = min(int((~first).sum()), int(first.sum()))
    value = other / own if own > 0 else NAN
    scope.sheet.add(metric, value, n=n, numerator=other, denominator=own, period=scope.spot, reason="no deal was won for another product")


def expansion_share(scope: Scope) -> None:
    """Fill in how much of what was added in twelve months came from customers that were there."""
    metric = "offer.expansion_share"
    if not scope.has_year:
        scope.sheet.refuse(metric, NO_REVENUE if scope.cube.empty else "the data do not reach back to the opening of the period")
        return
    moves = movements_between(scope.cube, scope.start, scope.end, window=scope.room.window)
    sums = moves.groupby("movement")["ticks"].sum()
    grown, new = (float(sums.reindex(names).fillna(0).sum()) for names in (["cross_sell", "upsell"], ["new_logo"]))
    whole = (grown + new) * 12 / scope.room.window / TICKS
    n = (
        moves.loc[moves["movement"].isin(["cross_sell", "upsell", "new_logo"]), "account_id"].nunique()
        if "account_id" in moves
        else len(moves)
    )
    part = grown * 12 / scope.room.window / TICKS
    scope.sheet.add(
        metric, part / whole if whole > 0 else NAN, n=n, numerator=part, denominator=whole, reason="nothing was added in the period"
    )


def revenue(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in revenue by what the price is charged on, the margin of the mix, and the share of launches."""
    frames: dict[str, pd.DataFrame] = {}
    checks: list[Check] = []
    held = scope.held[["product_id", "amount"]]
    nothing = NO_REVENUE if scope.cube.empty else NO_PRODUCT
    if held.empty:
        scope.sheet.complete(["offer.pricing_metric_share", "offer.gross_margin", "offer.margin_shift", "offer.launch_share"], nothing)
        return frames, checks
    whole, month = float(held["amount"].sum()), month_label(scope.end)
    if not scope.lacks("offer.pricing_metric_share"):
        table = revenue_mix(held, scope.room.table("products")).assign(denominator=whole)
        scope.fill_cut("offer.pricing_metric_share", table.assign(numerator=table["amount"]), "pricing_metric", period=month)
        checks.append(Check("revenue by pricing metric makes the whole", float(table["amount"].sum()), whole, 0.01))
        frames["pricing_metric"] = table
    if not scope.lacks("offer.gross_margin", "offer.margin_shift"):
        _margin(scope, held)
    if not scope.lacks("offer.launch_share"):
        found = launch_share(held, scope.room.table("products"), scope.end)
        place: dict[str, Any] = {"numerator": found["numerator"], "denominator": found["denominator"], "period": month, "n": len(held)}
        scope.sheet.add("offer.launch_share", found["value"], reason="no product that is sold has a date of launch", **place)
    return frames, checks


def _margin(scope: Scope, held: pd.DataFrame) -> None:
    then = products_held(scope.named, scope.start, window=scope.room.window)
    found = margin_mix(then, held, scope.room.table("products"))
    few = "no product that is sold has a margin on record"
    scope.sheet.add("offer.gross_margin", found["now"], n=len(held), period=month_label(scope.end), reason=few)
    shift = found["shift"] if scope.has_year else NAN
    scope.sheet.add("offer.margin_shift", shift, n=len(held), reason="the data do not reach back to the opening of the period")


def lost(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in no decision and product gaps among losses of the last two years, by segment and product; give all reasons."""
    names = ("offer.no_decision", "offer.product_gap", "offer.uncoded_losses")
    if scope.lacks(*names):
        return {}
    since = scope.as_of - pd.DateOffset(years=YEARS_OF_LOSSES)
    deals = scope.deals[pd.to_datetime(scope.deals["closed_on"]) > since]
    table = loss_reasons(deals)
    if table.empty:
        scope.sheet.complete(list(names), "no deal lost in the last two years has a reason")
        return {}
    period = f"{month_label(add_months(scope.end, 1 - 12 * YEARS_OF_LOSSES))}..{month_label(scope.end)}"
    for metric, reason in zip(names[:2], ("no_decision", "product"), strict=True):
        scope.fill(metric, _of(table, reason), period=period)
        for cut, column in (("segment", "segment"), ("product", "product_id")):
            if scope.room.has("opportunities", column):
                by = loss_reasons(deals.dropna(subset=[column]), by=column)
                for value, some in by.groupby(column):
                    where = {"segment": str(value)} if cut == "segment" else {"object": cut, "object_id": str(value)}
                    scope.fill(metric, _of(some, reason), period=period, **where)
    n = float(deals["status"].eq("lost").sum())
    scope.sheet.add(names[2], float(table["uncoded"].iloc[0]), n=n, period=period)
    return {"losses": with_wilson(table).sort_values(["numerator", "loss_reason"], ascending=[False, True], ignore_index=True)}


def _of(table: pd.DataFrame, reason: str) -> dict[str, float]:
    base = int(table["denominator"].iloc[0])
    hits = int(table.loc[table["loss_reason"] == reason, "numerator"].sum())
    return with_wilson(pd.DataFrame({"numerator": [hits], "denominator": [base]})).assign(value=hits / base).iloc[0].to_dict()


def criteria(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in what buyers weigh and where the target stands against the rival that they know; give it by criterion."""
    names = ("offer.criterion_importance", "offer.criterion_gap", "offer.criteria_gap")
    if scope.lacks(*names):
        return {}
    answers = scope.room.table("purchase_criteria")
    table = criteria_gaps(answers, scope.generator())
    if table.empty:
        scope.sheet.complete(list(names), "no answer names a criterion")
        return {}
    for row in table.to_dict("records"):
        place: dict[str, Any] = {"object": "criterion", "object_id": str(row["criterion"])}
        importance = {"value": row["importance"], "low": row["importance_low"], "high": row["importance_high"], "n": row["n"]}
        scope.fill("offer.criterion_importance", importance, **place)
        scope.fill("offer.criterion_gap", {"value": row["gap"], "low": row["low"], "high": row["high"], "n": row["n_both"]}, **place)
    for segment in ["", *sorted(set(answers["segment"].dropna()))]:
        some = table if not segment else criteria_gaps(answers[answers["segment"] == segment], scope.generator())
        first = some.iloc[0]
        people = answers if not segment else answers[answers["segment"] == segment]
        row = {
            "value": first["weighted"],
            "low": first["weighted_low"],
            "high": first["weighted_high"],
            "n": people["respondent_id"].nunique(),
        }
        scope.fill("offer.criteria_gap", row, segment=segment)
    return {"criteria": table}


def live(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the time from contract to first productive use, for customers of the last three years; give the curve."""
    names = ("offer.go_live_median", "offer.go_live_p75", "offer.live_in_90")
    if scope.lacks(*names):
        return {}
    customers = scope.room.customers.assign(segment=scope.room.customers["customer_id"].map(scope.segment_of))
    customers = customers[customers["sourced_by"].ne("acquisition").fillna(True)] if "sourced_by" in customers else customers
    spans = time_to_value_spans(customers, scope.as_of, by="segment", since=scope.as_of - pd.DateOffset(years=3))
    if spans.empty:
        scope.sheet.complete(list(names), "no customer of the last three years has a date of first contract")
        return {}
    for segment in ["", *sorted(set(spans["segment"].dropna()))]:
        some = spans if not segment else spans[spans["segment"] == segment]
        longer = "fewer customers are live than that"
        for metric, share in zip(names[:2], (0.5, 0.75), strict=True):
            scope.fill(metric, waiting_quantile(some, share) | {"denominator": NAN}, segment=segment, reason=longer)
        scope.fill(names[2], happened_by(some, 90) | {"denominator": NAN}, segment=segment, reason="nobody was watched for that long")
    curve = waiting_curve(spans)
    return {
        "go_live": pd.DataFrame(
            {
                "days": curve["time"],
                "value": 1 - curve["waiting"],
                "low": 1 - curve["high"],
                "high": 1 - curve["low"],
                "n": curve["at_risk"],
            }
        )
    }
