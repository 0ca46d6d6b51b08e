"""Price and volume, list to pocket, increases: what prices did and what became of them."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.commercial_model.scope import NO_QUOTES, Scope
from diligence.facts.sheet import NAN
from diligence.metrics.discounts import credit_note_rate, discount_lines, pocket_waterfall, price_realisation
from diligence.metrics.price_events import churn_after_increase, increase_realisation, price_increases
from diligence.metrics.price_position import below_list, price_by_size, static_cohort_growth
from diligence.metrics.price_volume import price_changes, price_volume, price_volume_mix
from diligence.models.discount_structure import churn_difference
from diligence.models.intervals import ratio_interval
from diligence.periods import add_months, month_index, month_label, window_label

PAIR = ["customer_id", "product_id"]
GRAINS = {"product": ["product_id"], "customer and product": PAIR}
CENT = 0.01


def price_and_volume(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in price, volume and mix over the year, and the price change of what continued; give the steps and their proof."""
    if not scope.has_year or scope.live(scope.end).empty:
        return {}, []
    then, now = scope.ends()
    steps = price_volume(then, now, by=PAIR)
    exchange = float(now["amount_now"].sum() - now["amount"].sum())
    rows = [*steps.itertuples(index=False, name=None)]
    rows.insert(-1, ("fx", exchange, int((now["amount_now"] - now["amount"]).abs().gt(CENT).sum())))
    rows[-1] = ("closing", float(now["amount_now"].sum()), rows[-1][2])
    shown = pd.DataFrame([row for row in rows if row[0] != "joint"], columns=["effect", "amount", "n"])
    for row in shown.itertuples():
        scope.sheet.add(f"commercial.pvm_{row.effect}", row.amount, n=max(int(row.n), 1), period=scope.year)
    checks = [Check("opening + price and volume = closing", float(shown["amount"].iloc[:-1].sum()), float(shown["amount"].iloc[-1]), CENT)]
    mixes = _mix(scope, then, now, checks)
    _price_change(scope, then, now, shown.set_index("effect")["amount"])
    return {"price_volume": shown, "mix": mixes}, checks


def _mix(scope: Scope, then: pd.DataFrame, now: pd.DataFrame, checks: list[Check]) -> pd.DataFrame:
    parts = []
    for grain, by in GRAINS.items():
        found = price_volume_mix(then, now, by=by)
        gap = float(found["amount"].iloc[:-1].sum())
        checks.append(Check(f"opening + volume, mix and price = closing, by {grain}", gap, float(found["amount"].iloc[-1]), CENT))
        amounts = found.set_index("effect")
        for effect in ("volume", "mix", "price"):
            name, value = f"commercial.mix_{effect}", float(amounts.loc[effect, "amount"])
            n = int(amounts.loc[effect, "n"])
            reason = "" if n else "no item was sold with a quantity in both periods"
            cuts: list[dict[str, Any]] = [{"object": "grain", "object_id": grain}, *([{}] if grain == "product" else [])]
            for cut in cuts:
                scope.sheet.add(name, value if n else NAN, n=n, period=scope.year, reason=reason, **cut)
        parts.append(found.assign(grain=grain))
    return pd.concat(parts, ignore_index=True)


def _price_change(scope: Scope, then: pd.DataFrame, now: pd.DataFrame, effects: pd.Series) -> None:
    items = price_changes(then, now, by=PAIR)
    items = items[items["kind"] == "continued"]
    items = items.assign(
        effect=(items["price_now"] - items["price_then"]) * items["quantity_now"],
        base=items["price_then"] * items["quantity_now"],
        segment=items["customer_id"].map(scope.segment_of).fillna(""),
    )
    for segment in ["", *scope.segments]:
        mine = items[items["segment"] == segment] if segment else items
        sums = mine.groupby("customer_id")[["effect", "base"]].sum()
        low, high = ratio_interval(sums["effect"], sums["base"], scope.generator())
        part, base = float(sums["effect"].sum()), float(sums["base"].sum())
        scope.sheet.add(
            "commercial.price_change", part / base if base else NAN, low=low, high=high, n=len(sums), numerator=part, denominator=base,
            segment=segment, period=scope.year, reason="no customer and product with a quantity in both months",
        )  # fmt: skip
    grown = float(effects["price"] + effects["volume"])
    value = float(effects["price"]) / grown if grown > 0 else NAN
    scope.sheet.add(
        "commercial.price_contribution", value, n=len(items), numerator=float(effects["price"]), denominator=grown, period=scope.year,
        reason="like for like, revenue did not grow",
    )  # fmt: skip


def paid_prices(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in what customers pay against today's list, by size, and how the same customers' spend grew."""
    sheet, live = scope.sheet, scope.live(scope.end)
    found = static_cohort_growth(scope.cube, scope.end)
    sheet.add(
        "commercial.static_cohort_growth", found["growth"], n=found["n"], numerator=found["numerator"], denominator=found["denominator"],
        period=window_label(scope.end, 24), reason="no customer that was there two years ago is there now",
    )  # fmt: skip
    sold = live[live["quantity"].notna()]
    if sheet.lacking("commercial.grandfathered") == "" and len(sold):
        listed = below_list(sold, scope.room.table("products"))
        reason = "no product sold has a list price"
        sheet.add(
            "commercial.grandfathered", listed["share"], n=listed["n"], numerator=listed["numerator"], denominator=listed["denominator"],
            period=scope.month, reason=reason,
        )  # fmt: skip
        sheet.add("commercial.paid_to_list", listed["realisation"], n=listed["n"], period=scope.month, reason=reason)
    if sold.empty:
        return {}
    bands = price_by_size(sold.assign(currency=""), by=["product_id"])
    for product, rows in bands.groupby("product_id"):
        first, last = rows.iloc[0], rows.iloc[-1]
        value = float(last["price"] / first["price"]) - 1 if len(rows) > 1 else NAN
        n = int(first["n"] + last["n"])
        cut: dict[str, Any] = {"object": "product", "object_id": str(product), "period": scope.month}
        sheet.add("commercial.size_discount", value, n=n, reason="all customers buy alike quantities", **cut)
    return {"price_by_size": bands}


def list_to_pocket(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in price realisation from list to net to pocket, leak by leak; give the waterfall."""
    sheet, lines = scope.sheet, discount_lines(scope.won_year)
    credit = credit_note_rate(_billed(scope)) if scope.room.has("invoices") else {"rate": NAN, "numerator": NAN, "denominator": NAN, "n": 0}
    if scope.room.has("invoices"):
        sheet.add(
            "commercial.credit_note_rate", credit["rate"], n=len(_billed(scope)), numerator=credit["numerator"], denominator=credit["denominator"],
            reason="nothing was invoiced in the year",
        )  # fmt: skip
    if lines.empty:
        return {}
    for name, column in (
        ("", ""),
        *(("segment", one) for one in scope.segments),
        *(("product", one) for one in sorted(lines["product_id"].dropna().unique())),
    ):
        _realisation(scope, lines, name, column)
    whole = float(price_realisation(lines, credit_rate=credit["rate"])["realisation"].iloc[0])
    sheet.add("commercial.pocket_realisation", whole, n=len(lines), reason="not given: invoices, for the credits after the invoice")
    steps = pocket_waterfall(lines, credit_rate=credit["rate"] if np.isfinite(credit["rate"]) else 0.0)
    leaks = steps[(steps["kind"] == "leak") & (steps["step"] != "credits")]
    total = float(steps["amount"].iloc[0])
    for row in leaks.itertuples():
        cut: dict[str, Any] = {"object": "reason", "object_id": str(row.step)}
        sheet.add("commercial.leak", -row.amount / total, n=row.n, numerator=-row.amount, denominator=total, **cut)
    return {"waterfall": steps if np.isfinite(credit["rate"]) else steps[~steps["step"].isin(["credits", "pocket"])]}


def _billed(scope: Scope) -> pd.DataFrame:
    invoices = scope.room.table("invoices")
    issued = pd.to_datetime(invoices["issued_on"])
    return invoices[(issued > scope.as_of - pd.DateOffset(years=1)) & (issued <= scope.as_of)]


def _realisation(scope: Scope, lines: pd.DataFrame, kind: str, value: str) -> None:
    mine = lines if not kind else lines[lines["segment" if kind == "segment" else "product_id"].astype("str") == value]
    found = price_realisation(mine).iloc[0]
    deals = mine.groupby(mine["opportunity_id"].fillna(mine["quote_id"]))[["net_amount", "list_amount"]].sum()
    low, high = ratio_interval(deals["net_amount"], deals["list_amount"], scope.generator())
    cut: dict[str, Any] = {"segment": value} if kind == "segment" else {"object": "product", "object_id": value} if kind else {}
    scope.sheet.add(
        "commercial.price_realisation", found["realisation"], low=low, high=high, n=int(found["n"]), numerator=found["numerator"],
        denominator=found["denominator"], reason=NO_QUOTES, **cut,
    )  # fmt: skip


def increases(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in changes of the list, how much of them arrived, who was raised, and who left afterwards."""
    sheet, changes = scope.sheet, scope.list_changes
    frames: dict[str, pd.DataFrame] = {}
    if len(changes):
        last = changes["date"].max()
        sheet.add("commercial.list_staleness", float(month_index(scope.end) - month_index(last)), n=len(changes), period=scope.spot)
        for row in changes.itertuples():
            name = f"{row.product_id} {month_label(row.date)}"
            sheet.add("commercial.list_change", row.change, n=row.n, object="list_change", object_id=name, period=month_label(row.date))
    if len(changes) and len(scope.prices):
        frames["increases"] = _arrived(scope, changes[changes["change"] > 0])
    if len(scope.prices):
        frames["raised"] = _raised(scope)
        _left(scope)
    return frames


def _arrived(scope: Scope, changes: pd.DataFrame) -> pd.DataFrame:
    found = increase_realisation(scope.prices, changes)
    passed = pd.to_datetime(found["date"]) <= add_months(scope.end, -12) + pd.offsets.MonthEnd(0)
    found["share"] = found["share"].where(passed)
    short = "twelve months have not passed since, or no customer of that time is left"
    for row in found.itertuples():
        name = f"{row.product_id} {month_label(row.date)}"
        cut: dict[str, Any] = {"object": "list_change", "object_id": name, "period": month_label(row.date), "reason": short}
        scope.sheet.add("commercial.increase_realised", row.share, n=row.n, numerator=row.numerator, denominator=row.denominator, **cut)
    known = found[found["share"].notna()]
    part, whole = float(known["numerator"].sum()), float(known["denominator"].sum())
    scope.sheet.add(
        "commercial.increase_realised",
        part / whole if whole else NAN,
        n=int(known["n"].sum()),
        numerator=part,
        denominator=whole,
        reason=short,
    )
    return found


def _raised(scope: Scope) -> pd.DataFrame:
    """Customer and product pairs live at both ends of the year: how many were raised, and by how much."""
    rises = price_increases(scope.prices)
    year = rises[rises["month"] > scope.start]
    ends = [scope.prices[scope.prices["month"] == when].set_index(PAIR)["amount"] for when in (scope.start, scope.end)]
    both = ends[0][ends[0].index.isin(ends[1].index)]
    raised = both[both.index.isin(pd.MultiIndex.from_frame(year[PAIR]))]
    part, whole = float(raised.sum()), float(both.sum())
    reason = "no customer and product with a quantity in both months"
    scope.sheet.add(
        "commercial.raised",
        part / whole if whole else NAN,
        n=len(both),
        numerator=part,
        denominator=whole,
        period=scope.year,
        reason=reason,
    )
    weight = float(year["amount"].sum())
    mean = float((year["change"] * year["amount"]).sum()) / weight if weight else NAN
    scope.sheet.add("commercial.mean_increase", mean, n=len(year), period=scope.year, reason="no price rose in the year")
    return rises


def _left(scope: Scope) -> None:
    cells = churn_after_increase(scope.prices, by=("product_id", "segment"))
    reason = "no month with both customers whose price rose and like customers whose price did not, a year ago or more"
    for segment in ["", *scope.segments]:
        found = churn_difference(cells[cells["segment"] == segment] if segment else cells)
        scope.sheet.add(
            "commercial.churn_after_increase", found["difference"], low=found["low"], high=found["high"], n=found["n"], segment=segment,
            period=f"to {scope.month}", reason=reason,
        )  # fmt: skip
        if not segment:
            for name in ("raised_churn", "others_churn"):
                scope.sheet.add(f"commercial.{name}", found[name], n=found["n"], period=f"to {scope.month}", reason=reason)
