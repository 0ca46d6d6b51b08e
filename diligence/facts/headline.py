"""The headline of a room in a few numbers: what a repair, a new drop or a switch is held against."""

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.sheet import NAN, FactSheet
from diligence.metrics.concentration import customer_shares, top_share
from diligence.metrics.retention import gross_revenue_retention, logo_retention, net_revenue_retention
from diligence.periods import add_months

HEADLINE = ("revenue_ltm", "recurring", "nrr", "grr", "logo", "customers", "top10")
RETAINED = {"nrr": net_revenue_retention, "grr": gross_revenue_retention, "logo": logo_retention}
MONTHS = 12
TOP = 10


def headline(room: Room) -> dict[str, float]:
    """Compute the headline of a room: the same readings as the facts of these names, without their cuts and intervals.

    Returns
    -------
    dict
        ``revenue_ltm`` (all kinds, last twelve months), ``recurring`` (the annualised rate of the last month under
        contract, twelve months' revenue where customers repeat), ``nrr, grr, logo`` (fractions, last twelve months, by ultimate parent),
        ``customers`` (accounts with recurring revenue), ``top10`` (share of the ten largest). NaN where it is not assessable.
    """
    scope = Scope(room, FactSheet("", "", {}, {}), "", MONTHS)
    cube = room.cube
    year = (cube["month"] > add_months(room.month, -MONTHS)) & (cube["month"] <= room.month)
    ranked = customer_shares(scope.cube, scope.end, window=scope.window)
    found = {"revenue_ltm": float(cube.loc[year, "amount"].sum()), "recurring": float(ranked["amount"].sum()) if len(ranked) else NAN}
    organic = _monthly(scope.organic(scope.end)) if scope.has_period else None
    for name, metric in RETAINED.items():
        found[name] = NAN if organic is None else float(metric(organic, scope.end, months=MONTHS, window=scope.window).iloc[0]["value"])
    top = top_share(ranked["share"], TOP)
    return found | {"customers": float(len(ranked)), "top10": float(top) if np.isfinite(top) else NAN}


def _monthly(cube: pd.DataFrame) -> pd.DataFrame:
    return cube.groupby(["account_id", "month"], observed=True)["amount"].sum().reset_index()
