"""Retention and growth by every cut that the customer list, the products and the revenue itself allow."""

from functools import partial

import numpy as np
import pandas as pd

from diligence.dataroom.room import NOT_GIVEN, Room
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.cuts import cohort_years, cut_cohorts, cut_retention, first_revenue, tenure_bands
from diligence.models.intervals import ratio_intervals, wilson
from diligence.periods import month_index, month_label

OF_CUSTOMERS = ("size_band", "country", "industry", "channel")
CUTS = (*OF_CUSTOMERS, "product", "product_family", "tenure", "cohort_year")
LIVED = ("tenure", "cohort_year")
"""Cuts by when an account came: their growth is their retention."""


def cut_values(room: Room, opening: pd.Timestamp) -> dict[str, pd.Series]:
    """Give the values of each cut that the room allows, by customer, account or product (the name of the index says which).

    Tenure is read at the opening of the period.
    """
    customers = room.customers.set_index("customer_id")
    found = {name: customers[name].fillna(NOT_GIVEN).astype("str") for name in OF_CUSTOMERS if room.has("customers", name)}
    cube = room.revenue("recurring")
    if room.has("revenue", "product_id"):
        ids = cube["product_id"].astype("str").unique()
        found["product"] = pd.Series(ids, index=pd.Index(ids, name="product_id"))
    if room.has("products", "family"):
        found["product_family"] = room.table("products").set_index("product_id")["family"].fillna(NOT_GIVEN).astype("str")
    if len(cube):
        first, start = first_revenue(cube), month_index(room.first_month)
        found["tenure"] = tenure_bands(first, opening, start=start)
        found["cohort_year"] = cohort_years(first, year_end_month=room.deal.target.fiscal_year_end_month, start=start)
    return found


def cut_facts(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the headline figures of every cut; give them as a table with their intervals."""
    if not scope.has_period:
        return {}
    values = cut_values(scope.room, scope.start)
    for name in CUTS:
        if name not in values:
            needs = {"product": "revenue.product_id", "product_family": "products.family"}.get(name, f"customers.{name}")
            scope.sheet.add("retention.nrr_ltm", NAN, n=0, object=name, object_id=NOT_GIVEN, reason=f"not given: {needs}")
    cohorts_of = partial(cut_cohorts, end=scope.end, cuts=values, months=scope.months, window=scope.window)
    whole = cohorts_of(scope.cube)
    organic = cohorts_of(scope.organic(scope.end)) if scope.arrivals(scope.end) else whole
    _levels(scope, cut_retention(whole))
    rates = cut_retention(organic).set_index(["cut", "value"])
    shown = [_retention(scope, key, part, rates.loc[key]) for key, part in organic.groupby(["cut", "value"], sort=True)]
    return {"cuts": pd.DataFrame(shown)}


def _levels(scope: Scope, table: pd.DataFrame) -> None:
    spot = month_label(scope.end)
    for row in table.itertuples():
        cut = {"object": row.cut, "object_id": row.value}
        scope.sheet.add("revenue.recurring", row.closing, period=spot, **cut)
        if row.cut not in LIVED and row.before > 0:
            scope.sheet.add("revenue.recurring_growth", row.growth, numerator=row.closing, denominator=row.before, **cut)


def _retention(scope: Scope, key: tuple[str, str], part: pd.DataFrame, row: pd.Series) -> dict[str, object]:
    opened = part[part["then"] > 0]
    kept = np.minimum(opened["now"], opened["then"]).clip(lower=0)
    ends = ratio_intervals(np.column_stack([opened["now"], kept]), opened["then"], scope.generator())
    n, stayed = int(row["n"]), int(row["stayed"])
    intervals = {"nrr": ends[0], "grr": ends[1], "logo": wilson(stayed, n)}
    tops = {"nrr": (row["retained"], row["opening"]), "grr": (row["kept"], row["opening"]), "logo": (stayed, n)}
    shown: dict[str, object] = {"cut": key[0], "value": key[1], "n": n, "opening": row["opening"], "closing": row["closing"]}
    for name, (low, high) in intervals.items():
        top, base = tops[name]
        scope.sheet.add(
            f"retention.{name}_ltm",
            row[name],
            low=low,
            high=high,
            n=n,
            numerator=top,
            denominator=base,
            object=key[0],
            object_id=key[1],
            reason="nobody of this value stood at the opening",
        )
        told = scope.sheet.rows[-1]["status"] == "ok"
        shown |= {name: row[name] if told else NAN, f"{name}_low": low if told else NAN, f"{name}_high": high if told else NAN}
    return shown
