"""What upsell and contraction are made of, retention at constant prices and rates, and what annual retention does not see."""

import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.revenue_quality.growth import CENT
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.retention import constant_currency_cohort, joiners_losses
from diligence.metrics.upsell_split import PARTS, SPLIT, upsell_split, volume_retention
from diligence.models.intervals import ratio_interval

NO_QUANTITY = "no line of recurring revenue has a quantity at both ends of the period"


def split(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in upsell and contraction by price, contracted uplift and volume; and the retention that they leave."""
    if not scope.has_period:
        return {}, []
    _rates(scope)
    _joiners(scope)
    _expansion(scope)
    if not scope.room.has("revenue", "quantity"):
        return {}, []
    contracts = scope.room.table("contracts") if scope.room.has("contracts", "uplift_rate", "product_id") else None
    found = upsell_split(scope.cube, contracts, start=scope.start, end=scope.end, window=scope.window, acquired=scope.acquired)
    found = found.assign(segment=found["customer_id"].map(scope.segment_of).astype("str"))
    if not (found["unsplit"] == 0).any() and len(found):
        scope.sheet.complete([f"bridge.{movement}_{part}" for movement in SPLIT for part in PARTS], NO_QUANTITY)
        return {}, []
    for name in ("", *scope.segments):
        _parts(scope, found[found["segment"] == name] if name else found, name)
    _volume(scope)
    bridged = {row["metric"]: row["value"] for row in scope.sheet.rows if not row["segment"] and not row["object_id"]}
    checks = [
        Check(f"price + uplift + volume + not split = {movement}", _sum(found, movement), bridged[f"bridge.{movement}"], CENT)
        for movement in SPLIT
    ]
    return {"price_volume": found}, checks


def _sum(found: pd.DataFrame, movement: str) -> float:
    return float(found.loc[found["movement"] == movement, list(PARTS)].to_numpy().sum())


def _parts(scope: Scope, found: pd.DataFrame, segment: str) -> None:
    sheet = scope.sheet
    for movement in SPLIT:
        mine = found[found["movement"] == movement]
        for part in PARTS:
            metric = f"bridge.{movement}_{part}"
            lacks = sheet.lacking(metric)
            value = NAN if lacks else float(mine[part].sum())
            sheet.add(metric, value, n=max(int((mine[part] != 0).sum()), 1), segment=segment, reason=lacks)
    hidden = found[(found["movement"] == "upsell") & (found["volume"] < 0)]
    sheet.add("bridge.hidden_contraction", float(hidden["volume"].sum()), n=max(len(hidden), 1), segment=segment)


def _volume(scope: Scope) -> None:
    kept = volume_retention(scope.organic(scope.end), scope.end, months=scope.months, window=scope.window)
    sums = kept.groupby("customer_id", observed=True)[["then", "kept"]].sum()
    base, top = float(kept["then"].sum()), float(kept["kept"].sum())
    low, high = ratio_interval(sums["kept"], sums["then"], scope.generator())
    value = top / base if base else NAN
    scope.sheet.add("retention.grr_volume", value, low=low, high=high, n=len(sums), numerator=top, denominator=base, reason=NO_QUANTITY)


def _rates(scope: Scope) -> None:
    cohort = constant_currency_cohort(scope.organic(scope.end), scope.end, months=scope.months, window=scope.window)
    now, then = cohort["now_constant"], cohort["then"]
    low, high = ratio_interval(now, then, scope.generator())
    top, base = float(now.sum()), float(then.sum())
    value = top / base if base else NAN
    scope.sheet.add("retention.nrr_constant_fx", value, low=low, high=high, n=len(cohort), numerator=top, denominator=base)


def _joiners(scope: Scope) -> None:
    if scope.window > 1:
        scope.sheet.refuse("retention.joiners_losses", "without contracts a month without an invoice is no loss")
        return
    lost = joiners_losses(scope.cube, scope.moves, scope.end, months=scope.months)
    scope.sheet.add("retention.joiners_losses", -float(lost["amount"].sum()), n=max(int(lost["n"].sum()), 1))


def _expansion(scope: Scope) -> None:
    rows = {row["metric"]: row["value"] for row in scope.sheet.rows if not row["segment"] and not row["object_id"]}
    grown = rows["bridge.upsell"] + rows["bridge.cross_sell"]
    whole = grown + rows["bridge.new_logo"]
    value = grown / whole if whole > 0 else NAN
    scope.sheet.add("bridge.expansion_share", value, numerator=grown, denominator=whole, reason="nothing new and no expansion")
