"""The analysis of the commercial model: all families of its facts, in their order."""

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.commercial_model.cash import conversion, receivables, self_financing
from diligence.facts.commercial_model.discounting import discounts, rivals
from diligence.facts.commercial_model.pricing import increases, list_to_pocket, paid_prices, price_and_volume
from diligence.facts.commercial_model.scope import Scope
from diligence.facts.commercial_model.terms import demand, terms, usage_priced
from diligence.facts.commercial_model.willingness import choices, elasticities, survey
from diligence.facts.new_sheet import new_sheet

NAME = "05_commercial_model"
NOTHING = "nothing in the data to measure it by"


def commercial_model(room: Room, *, segment_by: str = "") -> Analysis:
    """Compute the facts of the commercial model.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column of ``customers`` to cut by; blank takes the deal file's.

    Returns
    -------
    Analysis
        Facts; frames ``price_volume, mix, price_by_size, waterfall, increases, raised, dispersion, discounted, approvers, rivals, price_curves,
        demand, worth, brand_shares, list_response, terms, billing, ageing, cash_bridge, conversion, self_financing`` (those that could be
        assessed); and the checks that must hold.

    Examples
    --------
    >>> found = commercial_model(open_room("demo"))  # doctest: +SKIP
    """
    scope = Scope(room, new_sheet(room, NAME), segment_by)
    frames, checks = price_and_volume(scope)
    for family in (paid_prices, list_to_pocket, increases, discounts, rivals, survey, choices, elasticities, terms, receivables):
        frames |= family(scope)
    demand(scope)
    usage_priced(scope)
    for proved in (conversion, self_financing):
        found, held = proved(scope)
        frames |= found
        checks += held
    scope.sheet.complete([name for name in catalogue() if name.startswith("commercial.")], NOTHING)
    return Analysis(NAME, room.deal, scope.sheet.frame(), frames, tuple(checks))
