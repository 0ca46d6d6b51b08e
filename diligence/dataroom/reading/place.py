"""Where a room lies: a folder, a zip, a DuckDB file or a database; opened, listed, and closed with nothing left behind."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from diligence.deal import Deal

IGNORED = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
LOCKS = ("~$", "._")
"""What office tools and operating systems leave beside files."""

Lay = Callable[[str, Path, int | None], None]


@dataclass(frozen=True)
class Place:
    """An open room: files in a folder, or tables that are laid down as files when they are asked for.

    Attributes
    ----------
    shown
        How lines name the room.
    folder
        Where its files lie; for a database, where tables are laid down.
    largest
        Size in bytes above which a text file is not read.
    tables
        Tables of a database, ``schema.table``, with their rows or bytes; None for files.
    lay
        Writes the rows of a table (all, or the first) into a file.
    views
        Views of a stranger's database file: programs, which are not run.
    """

    shown: str
    folder: Path
    largest: int
    tables: dict[str, int] | None = None
    lay: Lay | None = None
    suffix: str = ".csv"
    by_label: dict[str, Path] = field(default_factory=dict)
    views: tuple[str, ...] = ()

    def labels(self) -> list[str]:
        """Name every file (or table) of the room, in order."""
        return list(self.tables) if self.tables is not None else list(self.by_label)

    def find(self, named: str) -> str | None:
        """Give the label that a deal file's ``file`` means: of a table the schema may be left out where that leaves no doubt."""
        if self.tables is None:
            return named if named in self.by_label else None
        if named in self.tables:
            return named
        found = [label for label in self.tables if label.partition(".")[2] == named]
        public = [label for label in found if label.partition(".")[0] in ("public", "main")]
        return (public or found)[0] if len(public or found) == 1 else None

    def path(self, label: str) -> Path:
        """Say where the file lies; that of a table may have to be laid down first."""
        if self.tables is None:
            return self.by_label[label]
        return self.folder / f"{list(self.tables).index(label)}{self.suffix}"


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
    from diligence.dataroom.reading.archive import unpack
    from diligence.dataroom.reading.duckdb_file import duckdb_file
    from diligence.dataroom.reading.postgres import postgres

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


def files_of(folder: Path) -> dict[str, Path]:
    """List the files under a folder by their label; what a link takes from elsewhere is not of the room.

    >>> files_of(Path("no such folder"))
    {}
    """
    root = folder.resolve()
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {label: path for label, path in found.items() if is_of_the_room(label) and path.resolve().is_relative_to(root)}


def is_of_the_room(label: str) -> bool:
    """Say whether a file is the target's, and not what an operating system or an open office program left there.

    >>> [is_of_the_room(label) for label in ("sales.csv", "__MACOSX/._sales.csv", "~$sales.xlsx")]
    [True, False, False]
    """
    parts = label.split("/")
    return not any(part in IGNORED for part in parts) and not parts[-1].startswith(LOCKS)
