"""A sheet to fill, for a room: it knows which tables were given, and what the tie-out says of the revenue."""

from diligence.dataroom.room import Room
from diligence.facts.sheet import FactSheet
from diligence.facts.tied import ties_of
from diligence.periods import window_label


def new_sheet(room: Room, notebook: str, months: int = 12, *, period: str = "") -> FactSheet:
    """Start a sheet. Its facts are of the last ``months``, unless another ``period`` is named.

    Examples
    --------
    >>> new_sheet(open_room("demo"), "01_revenue_quality").period  # doctest: +SKIP
    '2025-07..2026-06'
    """
    files = {table: facts["file"] for table, facts in room.given.items()}
    given = {table: tuple(facts["columns"]) for table, facts in room.given.items()}
    return FactSheet(period or window_label(room.month, months), notebook, files, given, ties=ties_of(room))
