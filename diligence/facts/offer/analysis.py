"""The analysis of the offer: all families of its facts, in their order."""

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.customer_scope import NO_REVENUE
from diligence.facts.new_sheet import new_sheet
from diligence.facts.offer.scope import Scope
from diligence.facts.offer.sold import bookings, criteria, expansion_share, live, lost, revenue
from diligence.facts.offer.taken import attach, wallet

PREFIX = "offer."


def offer(room: Room, *, segment_by: str = "") -> Analysis:
    """Compute the facts of the offer.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column of ``customers`` to cut by; blank takes the deal file's.

    Returns
    -------
    Analysis
        Facts; frames ``attach, attach_segment, second_product, wallet, wallets, bookings, pricing_metric, losses, criteria, go_live`` (those that could
        be assessed); and the checks that must hold.

    Examples
    --------
    >>> found = offer(open_room("demo"))  # doctest: +SKIP
    """
    scope = Scope(room, new_sheet(room, "04_offer"), segment_by)
    expansion_share(scope)
    booked, of_bookings = bookings(scope)
    earned, of_revenue = revenue(scope)
    frames = attach(scope) | wallet(scope) | booked | earned | lost(scope) | criteria(scope) | live(scope)
    scope.sheet.complete(
        [name for name in catalogue() if name.startswith(PREFIX)],
        NO_REVENUE if scope.cube.empty else "nothing in the tables to assess it by",
    )
    return Analysis("04_offer", room.deal, scope.sheet.frame(), frames, (*of_bookings, *of_revenue))
