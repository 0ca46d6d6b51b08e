"""What customers are worth: lifetime value from survival against the naive one, and what today's base will still bring."""

import numpy as np
import pandas as pd

from diligence.facts.customer_lifetime.scope import HORIZON, Lifetimes
from diligence.facts.customer_lifetime.staying import FEW, followed
from diligence.facts.sheet import NAN
from diligence.metrics.lifespans import life_table
from diligence.metrics.lifetime_value import lifetime_value
from diligence.metrics.retention import logo_retention
from diligence.models.retention_curve import residual_value, shifted_beta_geometric
from diligence.models.survival import kaplan_meier
from diligence.models.value_interval import lifetime_value_interval
from diligence.periods import add_months

COVERED = 0.9
NO_MARGIN = "neither the products' gross margin nor the ledger's revenue and cost of sales are given"


def worth(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in lifetime value whole and by segment, and the value of the base; give them side by side."""
    if scope.known.empty:
        return {}
    rows = [_value(scope, scope.lives, "")]
    rows += [_value(scope, scope.lives[scope.lives["segment"] == segment], segment) for segment in scope.segments]
    _by_cut(scope)
    _base(scope)
    frame = pd.DataFrame(
        [row for row in rows if row], columns=["segment", "value", "low", "high", "naive", "annual_value", "gross_margin", "n"]
    )
    return {"values": frame} if frame["value"].notna().any() else {}


def _value(scope: Lifetimes, lives: pd.DataFrame, segment: str) -> tuple[str, float, float, float, float, float, float, int] | None:
    sheet = scope.sheet
    known, today = lives[lives["exit"].notna()], lives[lives["amount"].notna()]
    if known.empty or today.empty:
        return None
    accounts = set(lives["account_id"])
    mine = scope.cube[scope.cube["account_id"].isin(accounts)] if segment else scope.cube
    margin, n = gross_margin(scope, mine)
    annual = float(today["amount"].mean())
    sheet.add(
        "lifetime.annual_value",
        annual,
        n=len(today),
        numerator=float(today["amount"].sum()),
        denominator=len(today),
        segment=segment,
        period=scope.spot,
    )
    sheet.add("lifetime.gross_margin", margin, n=n, segment=segment, reason=NO_MARGIN)
    churn = _yearly_churn(scope, mine)
    economics = pd.DataFrame({"annual_value": [annual], "gross_margin": [margin], "yearly_churn": [churn]})
    curve = kaplan_meier(known)
    found = lifetime_value(curve, economics, discount_rate=scope.discount_rate, horizon=HORIZON).iloc[0]
    n, why = len(known), NO_MARGIN if pd.isna(margin) else FEW
    low = high = NAN
    if followed(curve, HORIZON - 1) and pd.notna(found["value"]):
        drawn = lifetime_value_interval(
            lives, scope.generator(), gross_margin=margin, discount_rate=scope.discount_rate, horizon=HORIZON
        ).iloc[0]
        low, high = float(drawn["low"]), float(drawn["high"])
    else:
        found["value"] = NAN
    sheet.add("lifetime.value", found["value"], low=low, high=high, n=n, segment=segment, period=scope.spot, reason=why)
    never = NO_MARGIN if pd.isna(margin) else "no customer left in the last twelve months: the formula divides by nought"
    sheet.add("lifetime.value_naive", found["naive"], n=n, segment=segment, period=scope.spot, reason=never)
    excess = found["naive"] / found["value"] - 1 if found["value"] > 0 else NAN
    sheet.add(
        "lifetime.value_naive_excess", excess, n=n, segment=segment, period=scope.spot, reason=why if pd.isna(found["value"]) else never
    )
    return segment or "all", found["value"], low, high, found["naive"], annual, margin, n


def _by_cut(scope: Lifetimes) -> None:
    """Fill in the value of a customer of each size, country and channel; groups too few to be followed are refused."""
    for cut in ("size_band", "country", "channel"):
        lives = scope.lives[scope.lives[cut].notna()]
        for name in sorted(lives[cut].astype("str").unique()):
            part = lives[lives[cut].astype("str") == name]
            known, today = part[part["exit"].notna()], part[part["amount"].notna()]
            if known.empty or today.empty:
                continue
            margin, _ = gross_margin(scope, scope.cube[scope.cube["account_id"].isin(set(part["account_id"]))])
            low = high = value = NAN
            if np.isfinite(margin) and followed(kaplan_meier(known), HORIZON - 1):
                rate = scope.discount_rate
                drawn = lifetime_value_interval(part, scope.generator(), gross_margin=margin, discount_rate=rate, horizon=HORIZON).iloc[0]
                value, low, high = float(drawn["value"]), float(drawn["low"]), float(drawn["high"])
            why, n = FEW if np.isfinite(margin) else NO_MARGIN, len(known)
            cell = {"object": cut, "object_id": name, "period": scope.spot}
            scope.sheet.add("lifetime.value", value, low=low, high=high, n=n, reason=why, **cell)


def gross_margin(scope: Lifetimes, cube: pd.DataFrame) -> tuple[float, int]:
    """Give the gross margin of recurring revenue over the last twelve months, and the rows behind it.

    By product, weighted by revenue, where products with a margin carry nine tenths of it; else the ledger's, which is that of all revenue.
    """
    year = cube[(cube["month"] <= scope.end) & (cube["month"] > add_months(scope.end, -12))]
    if scope.room.has("products", "gross_margin") and scope.room.has("revenue", "product_id"):
        products = scope.room.table("products").drop_duplicates("product_id").set_index("product_id")["gross_margin"]
        sums = year.groupby(year["product_id"].astype("str"))["amount"].sum()
        rate = products.reindex(sums.index).astype("float64")
        told, whole = float(sums[rate.notna()].sum()), float(sums.sum())
        if whole > 0 and told / whole >= COVERED:
            return float((sums * rate).sum()) / told, int(rate.notna().sum())
    if scope.room.has("ledger"):
        ledger = scope.room.table("ledger")
        month = pd.to_datetime(ledger["month"])
        rows = ledger[(month <= scope.end) & (month > add_months(scope.end, -12))]
        sums = rows.groupby("line")["amount"].sum()
        if sums.get("revenue", 0.0) > 0 and "cogs" in sums:
            return 1 - float(sums["cogs"]) / float(sums["revenue"]), len(rows[rows["line"].isin(["revenue", "cogs"])])
    return NAN, 0


def _yearly_churn(scope: Lifetimes, cube: pd.DataFrame) -> float:
    """Logos lost of those that stood a year ago: the churn of the naive formula."""
    found = logo_retention(cube, scope.end, window=scope.room.window).iloc[0]
    return 1 - float(found["value"])


def _base(scope: Lifetimes) -> None:
    """Fill in what today's customers will still bring within five years, by the curve and by one retention rate."""
    names = ["base_value", "base_value_naive", "base_understatement"]
    table = life_table(scope.known, months=12)
    curve, margin = shifted_beta_geometric(table), gross_margin(scope, scope.cube)[0]
    today = scope.known[scope.known["amount"].notna()]
    if curve is None or pd.isna(margin) or today.empty:
        why = NO_MARGIN if pd.isna(margin) else "no retention curve can be fitted"
        for name in names:
            scope.sheet.refuse(f"lifetime.{name}", why)
        return
    accounts = pd.DataFrame({"age": ((today["exit"] - 1) // 12).astype("int64"), "amount": today["amount"]})
    found = residual_value(accounts, curve, gross_margin=margin, discount_rate=scope.discount_rate).iloc[0]
    for name, column in zip(names, ("value", "naive", "understatement"), strict=True):
        scope.sheet.add(f"lifetime.{name}", found[column], n=len(accounts), period=scope.spot)
