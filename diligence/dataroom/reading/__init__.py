"""Reading: from a folder, zip, DuckDB file or database to cells with their rows. Nothing is read into them yet."""

from diligence.dataroom.reading.grid import grid
from diligence.dataroom.reading.opening import open_place
from diligence.dataroom.reading.place import Place
from diligence.dataroom.reading.raw import Raw, read, read_raw
from diligence.dataroom.reading.sources import Item, Source, find_sources, items, unknown_tables, unread_files

__all__ = [
    "Item",
    "Place",
    "Raw",
    "Source",
    "find_sources",
    "grid",
    "items",
    "open_place",
    "read",
    "read_raw",
    "unknown_tables",
    "unread_files",
]
