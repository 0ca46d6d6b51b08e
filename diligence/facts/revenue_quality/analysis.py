"""The analysis of revenue quality: all families of its facts, in their order."""

import pandas as pd

from diligence.dataroom.room import Room
from diligence.errors import InputError, Problem
from diligence.facts.analysis import Analysis, Check
from diligence.facts.catalogue import catalogue
from diligence.facts.new_sheet import new_sheet
from diligence.facts.revenue_quality.contracted import contracted
from diligence.facts.revenue_quality.cuts import cut_facts
from diligence.facts.revenue_quality.definitions import definitions
from diligence.facts.revenue_quality.dependence import concentration, contracts
from diligence.facts.revenue_quality.growth import NOTHING, TOO_SHORT, growth, revenue_bridge, season
from diligence.facts.revenue_quality.retained import cohort_table, lapse, retention
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.revenue_quality.split import split

PREFIXES = ("revenue.", "bridge.", "retention.", "concentration.", "renewal.", "season.", "arr.", "definition.")
OTHERS = ("cohort.deterioration",)


def revenue_quality(room: Room, *, segment_by: str = "", months: int = 12) -> Analysis:
    """Compute the facts of revenue quality.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column of ``customers`` to cut by; blank takes the deal file's.
    months
        Length of the period of retention and bridge.

    Returns
    -------
    Analysis
        Facts; frames ``recurring, bridge, bridge_period, bridge_years, price_volume, arr_bridge, definition_bridge, cuts, readings,
        reading_steps, trend, cohorts, concentration, renewal_wall, season`` (those that could be assessed); and the checks that must hold.

    Examples
    --------
    >>> found = revenue_quality(open_room("demo"))  # doctest: +SKIP
    """
    if not 1 <= months <= 60:
        raise InputError(Problem("months between 1 and 60", str(months), "set months = 12", key="months"))
    scope = Scope(room, new_sheet(room, "01_revenue_quality", months), segment_by, months)
    frames = growth(scope)
    bridges, checks = revenue_bridge(scope)
    retained, tied = retention(scope, bridges.get("bridge", pd.DataFrame()))
    lapse(scope)
    parts, whole = split(scope)
    signed, met = contracted(scope)
    frames |= parts | signed | cut_facts(scope) | definitions(scope)
    frames |= bridges | retained | cohort_table(scope) | concentration(scope) | contracts(scope) | season(scope)
    metrics = [name for name in catalogue() if name.startswith(PREFIXES)]
    metrics += OTHERS
    scope.sheet.complete(metrics, NOTHING if scope.cube.empty else TOO_SHORT)
    return Analysis("01_revenue_quality", room.deal, scope.sheet.frame(), frames, (*checks, *tied, *whole, *met, _cube_ties(room)))


def _cube_ties(room: Room) -> Check:
    """The cube, and what service periods carry beyond the as-of date, hold the money of the lines."""
    held = float(room.cube["amount"].sum()) + room.described["beyond"]
    return Check("the cube holds the revenue lines", held, room.described["revenue"], 0.01)
