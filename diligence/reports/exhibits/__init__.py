"""The exhibits of each notebook: one question, one message, one figure or table. Nothing here computes a metric."""

from collections.abc import Callable

from diligence.errors import InputError, Problem, nearest
from diligence.facts.analysis import Analysis
from diligence.reports.exhibit import Exhibit
from diligence.reports.exhibits import (
    acquisition,
    authority,
    commercial_model,
    customer_lifetime,
    data_room,
    market,
    offer,
    operations,
    revenue_quality,
)

BOOK: dict[str, dict[str, Callable[[Analysis], Exhibit]]] = {
    "00_data_room": data_room.EXHIBITS,
    "01_revenue_quality": revenue_quality.EXHIBITS,
    "02_customer_lifetime": customer_lifetime.EXHIBITS,
    "03_market": market.EXHIBITS,
    "04_offer": offer.EXHIBITS,
    "05_commercial_model": commercial_model.EXHIBITS,
    "06_authority": authority.EXHIBITS,
    "07_acquisition": acquisition.EXHIBITS,
    "08_operations": operations.EXHIBITS,
}


def show(analysis: Analysis, name: str) -> Exhibit:
    """Give one exhibit of an analysis by its name; a notebook that ends a cell with it shows it, and the report collects it.

    Raises
    ------
    InputError
        No exhibit of this analysis has this name; the nearest is proposed.
    """
    known = BOOK[analysis.name]
    if name not in known:
        raise InputError(Problem(f"an exhibit of {analysis.name}", f"'{name}'", nearest(name, list(known))))
    return known[name](analysis)
