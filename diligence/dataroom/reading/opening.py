"""Where a room lies: a folder, a zip, a DuckDB file or a database; opened, and closed with nothing left behind."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diligence.dataroom.reading.archive import unpack
from diligence.dataroom.reading.duckdb_file import duckdb_file
from diligence.dataroom.reading.place import Place, files_of
from diligence.dataroom.reading.postgres import postgres
from diligence.deal import Deal


@contextmanager
def open_place(deal: Deal) -> Iterator[Place]:
    """Open the room of a deal; what is unpacked or laid down goes when it closes.

    Raises
    ------
    InputError
        A zip that is broken, locked or too large; a database that cannot be reached or may not be read.

    Examples
    --------
    >>> from diligence.deal import load_deal
    >>> with open_place(load_deal("demo")) as place:
    ...     place.labels()[:2]
    ['CRM accounts.csv', 'CRM opportunities.csv']
    """
    path = deal.room_path
    if not deal.room.is_database and path.is_dir():
        yield Place(deal.room.source, path, deal.room.largest_bytes, by_label=files_of(path))
        return
    with tempfile.TemporaryDirectory(prefix="diligence-room-", ignore_cleanup_errors=True) as aside:
        folder = Path(aside)
        if deal.room.is_database:
            with postgres(deal, folder) as place:
                yield place
        elif path.suffix.lower() == ".duckdb":
            with duckdb_file(deal, folder) as place:
                yield place
        else:
            inside = unpack(path, folder, deal.room.largest_bytes)
            yield Place(deal.room.source, inside, deal.room.largest_bytes, by_label=files_of(inside))
