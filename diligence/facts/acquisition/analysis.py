"""The analysis of acquisition: all families of its facts, in their order."""

from diligence.dataroom.room import Room
from diligence.facts.acquisition.conversion import conversion
from diligence.facts.acquisition.cost import cost
from diligence.facts.acquisition.credit import credit
from diligence.facts.acquisition.saturation import saturation
from diligence.facts.acquisition.scope import Scope
from diligence.facts.acquisition.sources import sources
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.new_sheet import new_sheet

NAME = "07_acquisition"
NOTHING = "no opportunity of new business, or no spend of the period, to read it from"


def acquisition(room: Room, *, segment_by: str = "") -> Analysis:
    """Compute the facts of acquisition: funnel, cycle, cost, sources and claims, attribution, saturation.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column of leads and opportunities to cut by; blank takes the deal file's. Where they lack it there is no cut.

    Returns
    -------
    Analysis
        Facts; frames ``funnel, funnel_channel, funnel_cohorts, outcomes, cycle, cac, cac_channel, incremental, magic_number, mix, claims,
        claims_shared, attribution, attribution_intervals, attribution_pairs, attribution_quarters, response, response_curve, response_months``
        (those that could be assessed); and the checks that must hold.

    Examples
    --------
    >>> found = acquisition(open_room("demo"))  # doctest: +SKIP
    """
    scope = Scope(room, new_sheet(room, NAME), segment_by)
    frames = conversion(scope) | cost(scope)
    mixed, proved = sources(scope)
    credited, shared = credit(scope)
    frames |= mixed | credited | saturation(scope)
    scope.sheet.complete([name for name in catalogue() if name.startswith("acquisition.")], NOTHING)
    return Analysis(NAME, room.deal, scope.sheet.frame(), frames, (*proved, *shared))
