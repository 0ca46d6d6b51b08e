"""The right to win by segment: deals won, customers kept, money left."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.market.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.retention import opening_cohort
from diligence.metrics.segment_advantage import advantage, segment_contribution, win_rates
from diligence.models.intervals import ratio_interval
from diligence.models.share_intervals import difference_interval, with_wilson
from diligence.models.shrinkage import shrunken_rates

SELLERS = ("account_executive", "sales_development", "account_manager", "customer_success", "partner_manager")


def right_to_win(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in win rates, retention against the others and contribution, by segment; give them side by side."""
    parts = [table for table in (_wins(scope), _kept(scope), _contribution(scope)) if table is not None]
    if not parts:
        return {}
    table = parts[0]
    for more in parts[1:]:
        table = table.merge(more, on="segment", how="outer")
    return {"right_to_win": table.sort_values("segment", ignore_index=True)}


def _wins(scope: Scope) -> pd.DataFrame | None:
    names = ["market.win_rate", "market.win_rate_shrunken", "market.win_ratio"]
    if scope.lacks(*names):
        scope.sheet.complete(names, "another column that it needs is not given")
        return None
    rates = win_rates(scope.new_deals)
    if rates.empty:
        scope.sheet.complete(names, "no decided deals for new business")
        return None
    table = with_wilson(rates).assign(n=rates["denominator"])
    whole = table[["numerator", "denominator"]].sum()
    scope.fill(
        "market.win_rate",
        with_wilson(pd.DataFrame([whole]))
        .assign(value=whole["numerator"] / whole["denominator"], n=whole["denominator"])
        .iloc[0]
        .to_dict(),
    )
    scope.fill_cut("market.win_rate", table)
    drawn = shrunken_rates(rates).assign(n=rates["denominator"])
    if len(rates) < 2:
        scope.sheet.complete(names, "fewer than two segments with decided deals")
        return table[["segment"]].assign(win_rate=NAN, low=NAN, high=NAN, deals=rates["denominator"])
    scope.fill_cut("market.win_rate_shrunken", drawn)
    found = advantage(rates)
    for row in found.to_dict("records"):
        few = min(row["n"], row["n_others"])
        place: dict[str, Any] = {
            "segment": str(row["segment"]),
            "period": scope.spot,
            "numerator": row["value"],
            "denominator": row["others"],
        }
        scope.sheet.add("market.win_ratio", row["ratio"], n=few, reason="no deal was won elsewhere", **place)
    return drawn.rename(columns={"value": "win_rate", "n": "deals"})[["segment", "win_rate", "low", "high", "deals"]]


def _kept(scope: Scope) -> pd.DataFrame | None:
    metric = "market.retention_gap"
    if not scope.has_year:
        scope.sheet.refuse(metric, "the data do not reach back to the opening of the period")
        return None
    # who came with an acquired company within the period has no opening of his own
    cohort = opening_cohort(scope.cube, scope.end, window=scope.room.window, by="segment")
    rows = pd.DataFrame(
        {"segment": cohort["segment"], "numerator": np.minimum(cohort["now"], cohort["then"]).clip(lower=0), "denominator": cohort["then"]}
    )
    found, count = advantage(rows), rows.groupby("segment").size()
    for row in found.to_dict("records"):
        mine = rows["segment"] == row["segment"]
        sides = [
            (row[name], *ratio_interval(some["numerator"], some["denominator"], scope.generator()))
            for name, some in (("value", rows[mine]), ("others", rows[~mine]))
        ]
        low, high = difference_interval(*sides)
        place: dict[str, Any] = {"segment": str(row["segment"]), "numerator": row["value"], "denominator": row["others"]}
        scope.sheet.add(metric, row["gap"], low=low, high=high, n=float(count[row["segment"]]), reason="there is one segment only", **place)
    return found.rename(columns={"value": "kept", "gap": "kept_gap"})[["segment", "kept", "kept_gap"]]


def _contribution(scope: Scope) -> pd.DataFrame | None:
    names = ["market.contribution_margin", "market.negative_contribution"]
    if scope.lacks(*names):
        scope.sheet.complete(names, "another column that it needs is not given")
        return None
    margin = scope.room.table("products").drop_duplicates("product_id").set_index("product_id")["gross_margin"]
    inside = scope.cube[(scope.cube["month"] > scope.start) & (scope.cube["month"] <= scope.end)]
    sums = (
        inside.assign(product_id=inside["product_id"].astype("str"))
        .groupby(["segment", "product_id"], observed=True)["amount"]
        .sum()
        .reset_index()
    )
    table = segment_contribution(sums.assign(gross_margin=sums["product_id"].map(margin).astype("float64")), _costs(scope))
    n = len(scope.live)
    for row in table.to_dict("records"):
        scope.sheet.add(
            "market.contribution_margin", row["value"], n=n, segment=str(row["segment"]), numerator=row["numerator"], denominator=row["denominator"],
            reason="the margin of a product that is sold is not known",
        )  # fmt: skip
    below = table.loc[table["numerator"] < 0, "denominator"].sum()
    whole = float(table["denominator"].sum())
    value = below / whole if whole > 0 and table["numerator"].notna().all() else NAN
    scope.sheet.add(
        "market.negative_contribution", value, n=n, numerator=below, denominator=whole, reason="a segment's contribution is not known"
    )
    return table.rename(columns={"value": "contribution_margin"})[["segment", "contribution_margin"]]


def _costs(scope: Scope) -> pd.DataFrame:
    """People who serve one segment, for the part of the year that they were there, and its territories."""
    reps, territories = scope.room.table("reps"), scope.room.table("territories")
    end = pd.Timestamp(scope.room.deal.target.as_of)
    start = end - pd.DateOffset(years=1)
    reps = reps[reps["role"].isin(SELLERS) & reps["segment"].notna()]
    came = pd.to_datetime(reps["hired_on"]).fillna(start).clip(lower=start)
    left = pd.to_datetime(reps["left_on"]).fillna(end).clip(upper=end)
    part = ((left - came).dt.days / (end - start).days).clip(lower=0)
    people = pd.DataFrame({"segment": reps["segment"], "amount": reps["annual_cost"] * part})
    places = territories.reindex(columns=["segment", "annual_cost"]).rename(columns={"annual_cost": "amount"})
    return pd.concat([people, places.dropna()], ignore_index=True).astype({"amount": "float64"})
