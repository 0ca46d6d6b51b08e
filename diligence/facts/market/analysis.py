"""The analysis of the market: all families of its facts, in their order."""

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.customer_scope import NO_REVENUE
from diligence.facts.market.advantage import right_to_win
from diligence.facts.market.growth import adoption, concentration, plan, sources
from diligence.facts.market.penetrated import arrivals, taken
from diligence.facts.market.scope import Scope
from diligence.facts.market.size import share, size
from diligence.facts.new_sheet import new_sheet

PREFIX = "market."


def market(room: Room, *, segment_by: str = "") -> Analysis:
    """Compute the facts of the market.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column of ``customers`` to cut by; blank takes the deal file's. Shares of market need segments that the market table names too.

    Returns
    -------
    Analysis
        Facts; frames ``triangulation, market_years, share, sellers, penetration, white_space, new_customers, hazard, growth_sources, adoption,
        adoption_fits, right_to_win`` (those that could be assessed); and the checks that must hold.

    Examples
    --------
    >>> found = market(open_room("demo"))  # doctest: +SKIP
    """
    scope = Scope(room, new_sheet(room, "03_market"), segment_by)
    sized, counted = size(scope)
    shared, _ = share(scope)
    grown, summed = sources(scope)
    concentration(scope)
    frames = sized | shared | grown | taken(scope) | arrivals(scope) | adoption(scope) | right_to_win(scope)
    plan(scope)
    scope.sheet.complete(
        [name for name in catalogue() if name.startswith(PREFIX)],
        NO_REVENUE if scope.cube.empty else "nothing in the tables to assess it by",
    )
    return Analysis("03_market", room.deal, scope.sheet.frame(), frames, (*counted, *summed))
