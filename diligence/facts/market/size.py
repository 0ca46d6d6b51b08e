"""How large the market is, by two methods; the target's share of it, and what is said of the sellers."""

import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.customer_scope import NO_REVENUE
from diligence.facts.market.scope import NO_MATCH, Scope
from diligence.facts.sheet import NAN
from diligence.metrics.market_share import share_of_market, stated_shares, vendor_concentration
from diligence.metrics.market_size import bottom_up_market, market_growth, market_triangulation, top_down_market

CENT = 0.01


def size(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in both sizes and how they agree; give them side by side."""
    frames: dict[str, pd.DataFrame] = {}
    checks: list[Check] = []
    if not scope.lacks("market.tam_bottom_up"):
        by, whole = bottom_up_market(scope.accounts), bottom_up_market(scope.accounts, by=None)
        for name, column in (("accounts_named", "accounts"), ("tam_bottom_up", "tam"), ("sam_bottom_up", "sam")):
            _both(scope, f"market.{name}", by.assign(value=by[column]), whole.assign(value=whole[column]), n="accounts")
        checks.append(Check("named accounts by segment make the whole", float(by["tam"].sum()), float(whole["tam"].sum()), CENT))
    if not scope.lacks("market.tam_top_down"):
        by = top_down_market(scope.market)
        whole = top_down_market(scope.market, by=None)
        frames["market_years"] = _years(scope)
        for name in ("tam", "sam"):
            _both(scope, f"market.{name}_top_down", by.rename(columns={name: "value"}), whole.rename(columns={name: "value"}))
        _growth(scope)
    if scope.room.has("universe", "potential", "fit") and scope.room.has("market"):
        frames["triangulation"] = _agreement(scope)
    return frames, checks


def _both(scope: Scope, metric: str, by: pd.DataFrame, whole: pd.DataFrame, n: str = "") -> None:
    if not len(whole):
        return
    for row in whole.to_dict("records"):
        scope.fill(metric, {"value": row["value"], "n": row.get(n, 1)})
    for row in by.to_dict("records"):
        scope.fill(metric, {"value": row["value"], "n": row.get(n, 1)}, segment=str(row["segment"]))


def _agreement(scope: Scope) -> pd.DataFrame:
    table = market_triangulation(scope.accounts, scope.market)
    sums = table.select_dtypes("number").sum(min_count=1)
    for name in ("accounts", "tam", "sam"):
        metric = {"accounts": "market.named_coverage"}.get(name, f"market.{name}_ratio")
        top, below = f"{name}_bottom_up", f"{name}_top_down"
        scope.sheet.add(
            metric, sums[top] / sums[below] if sums[below] else NAN, n=sums["accounts_bottom_up"], numerator=sums[top], denominator=sums[below],
            period=scope.spot,
        )  # fmt: skip
        rows = table.rename(columns={f"{name}_ratio": "value", top: "numerator", below: "denominator"}).assign(
            n=table["accounts_bottom_up"]
        )
        scope.fill_cut(metric, rows.dropna(subset=["n"]))
    return table


def _growth(scope: Scope) -> None:
    last = int(scope.market["year"].max()) if len(scope.market) else 0
    for metric, years in (("market.sam_growth", 1), ("market.sam_cagr_3y", 3)):
        whole = market_growth(scope.market, start=last - years, end=last, by=None)
        period = f"{last - years}..{last}"
        if not len(whole) or whole["value"].isna().all():
            scope.sheet.refuse(metric, f"the market table does not reach back {years} year{'s' if years > 1 else ''}")
            continue
        scope.fill(metric, whole.iloc[0].to_dict() | {"n": 1}, period=period)
        scope.fill_cut(metric, market_growth(scope.market, start=last - years, end=last).assign(n=1), period=period)


def _years(scope: Scope) -> pd.DataFrame:
    return scope.market.groupby(["segment", "year"], sort=True)[["accounts", "tam", "sam"]].sum(min_count=1).reset_index()


def share(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in the target's share from its own revenue, beside the share that is stated, and how concentrated the sellers are."""
    frames: dict[str, pd.DataFrame] = {}
    if not scope.lacks("market.share_stated"):
        frames["sellers"] = _stated(scope)
    if not scope.lacks("market.share"):
        frames["share"] = _own(scope)
    return frames, []


def _own(scope: Scope) -> pd.DataFrame:
    if scope.recurring.sum() <= 0:
        scope.sheet.complete(["market.share", "market.share_sam", "market.share_change", "market.share_gap"], NO_REVENUE)
        return pd.DataFrame()
    last = int(scope.market["year"].max())
    market, own = top_down_market(scope.market, year=last), scope.recurring.rename("amount").reset_index()
    if not set(market["segment"]) & set(own["segment"]):
        scope.sheet.complete(["market.share", "market.share_sam", "market.share_change", "market.share_gap"], NO_MATCH)
        return pd.DataFrame()
    found = {}
    for metric, of in (("market.share", "tam"), ("market.share_sam", "sam")):
        table = share_of_market(own, market, of=of)
        found[of] = table
        known = table[table["denominator"].notna()]
        top, base = float(known["numerator"].sum()), float(known["denominator"].sum())
        scope.sheet.add(metric, top / base if base else NAN, numerator=top, denominator=base, n=len(scope.live), period=_month(scope))
        scope.fill_cut(metric, known.assign(n=len(scope.live)), period=_month(scope))
    _change(scope, found["tam"], last)
    _gap(scope, found["tam"])
    return found["tam"].merge(found["sam"], on="segment", suffixes=("_tam", "_sam"))


def _month(scope: Scope) -> str:
    return f"{scope.end:%Y-%m}"


def _change(scope: Scope, now: pd.DataFrame, last: int) -> None:
    """Own share a year ago is that year's revenue over that year's market."""
    metric = "market.share_change"
    before = top_down_market(scope.market, year=last - 1)
    if not scope.has_year or before.empty:
        scope.sheet.refuse(metric, "revenue or the market table do not reach back a year")
        return
    then = share_of_market(scope.recurring_at(scope.start).rename("amount").reset_index(), before)
    both = now.merge(then, on="segment", suffixes=("", "_then"))
    whole = both[["numerator", "denominator", "numerator_then", "denominator_then"]].sum()
    change = whole["numerator"] / whole["denominator"] - whole["numerator_then"] / whole["denominator_then"]
    scope.sheet.add(metric, change, n=len(scope.live))
    for row in both.itertuples():
        scope.sheet.add(metric, float(row.value) - float(row.value_then), n=len(scope.live), segment=str(row.segment))


def _gap(scope: Scope, own: pd.DataFrame) -> None:
    """Own share as computed less the share that is stated, by segment: two sources of one number."""
    if not scope.room.has("competitors", "share"):
        return
    stated = stated_shares(scope.rivals)
    mine = stated[stated["competitor"] == "self"].set_index("segment")["share"]
    for row in own.itertuples():
        gap = float(row.value) - float(mine.get(row.segment, NAN))
        scope.sheet.add("market.share_gap", gap, segment=str(row.segment), period=scope.spot, reason="no stated share of the target")


def _stated(scope: Scope) -> pd.DataFrame:
    table = stated_shares(scope.rivals)
    mine = table[table["competitor"] == "self"].rename(columns={"share": "value"}).assign(n=1)
    scope.fill_cut("market.share_stated", mine[["segment", "value", "n"]])
    scope.fill_cut("market.relative_share", mine.drop(columns="value").rename(columns={"relative_share": "value"}))
    concentrated = vendor_concentration(scope.rivals)
    scope.fill_cut("market.vendor_hhi", concentrated.assign(low=concentrated["value"]))
    return table
