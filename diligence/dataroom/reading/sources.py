"""Which file of the room holds which governed table, and what no table reads."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from diligence.dataroom.reading.place import Place
from diligence.dataroom.reading.workbook import WORKBOOKS, sheets
from diligence.deal import Deal, TableSource
from diligence.errors import InputError, Problem, nearest

TEXTS = (".csv", ".tsv", ".txt", ".dat")
LINES = (".jsonl", ".ndjson")
SUFFIXES = (".csv", ".parquet", ".xlsx", ".tsv", ".txt", ".dat", ".xls", ".jsonl", ".ndjson")
SAMPLE = 200
"""Rows of a database's table that are laid down to be looked at."""


@dataclass(frozen=True)
class Source:
    """One file (and sheet) that stands for one governed table."""

    table: str
    file: Path
    label: str
    entry: TableSource
    place: Place

    @property
    def suffix(self) -> str:
        """Ending of the file in small letters: it says how to read it."""
        return self.file.suffix.lower()

    @property
    def of_database(self) -> bool:
        """Whether the rows come from a table, and their types with them."""
        return self.place.tables is not None

    def fetch(self) -> Path:
        """Give the file; a table of a database is laid down first, once."""
        if self.place.lay is not None and not self.file.exists():
            self.place.lay(self.label, self.file, None)
        return self.file

    def sha256(self) -> str:
        """Hash what is read: the file, or of a database the rows as they came."""
        with self.fetch().open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Item:
    """One thing in a room that can be read: a file, a sheet of a workbook, a table. ``size`` is in bytes, of a DuckDB table in rows."""

    label: str
    file: Path | None
    sheet: str
    hidden: bool
    size: int


def find_sources(place: Place, deal: Deal, tables: tuple[str, ...]) -> list[Source]:
    """Say which file holds which table: by the deal file's entry, else by the governed name."""
    found = []
    for table in tables:
        entry = deal.room.tables.get(table, TableSource())
        label = place.find(entry.file) if entry.file else _by_name(place, table)
        if label is not None:
            found.append(Source(table, place.path(label), label, entry.model_copy(update={"file": label}), place))
    return found


def _by_name(place: Place, table: str) -> str | None:
    """Find a file of the governed name, however its letters are written; of several the first of :data:`SUFFIXES`."""
    if place.tables is not None:
        return place.find(table)
    small = {label.lower(): label for label in reversed(place.labels())}
    return next((small[table + suffix] for suffix in SUFFIXES if table + suffix in small), None)


def unknown_tables(place: Place, deal: Deal, tables: tuple[str, ...]) -> list[Problem]:
    """Entries of the deal file that name no governed table, or whose file is nowhere."""
    problems, placed = [], {source.table for source in find_sources(place, deal, tables)}
    what = "table of the database" if place.tables is not None else "file of the room"
    for table, entry in deal.room.tables.items():
        key, where = f"room.tables.{table}", str(deal.path)
        if table not in tables:
            problems.append(Problem("a governed table", f"'{table}'", nearest(table, list(tables)), where, key=key))
        elif table not in placed and entry.file:
            remedy = nearest(entry.file, place.labels()) if place.labels() else "the room is empty"
            problems.append(Problem(f"a {what}", f"'{entry.file}', which is not there", remedy, where, key=f"{key}.file"))
        elif table not in placed:
            do = f"set {key}.file, or put {table}.csv into the room"
            problems.append(Problem("a file for this table", "none", do, where, key=key))
    for view in place.views:
        if view.partition(".")[2] in tables and view.partition(".")[2] not in placed:
            do = "ask for it as a table: a view is a program, and a stranger's is not run"
            problems.append(Problem("a table of the database", "a view", do, view))
    folders = [f"{table}{suffix}" for table in tables for suffix in SUFFIXES] if place.tables is None else []
    for folder in folders:
        if (place.folder / folder).is_dir():
            do = "name the file inside it with file in the deal file, or take the folder away"
            problems.append(Problem("a file", "a folder", do, folder))
    return problems


def unread_files(place: Place, sources: list[Source]) -> list[str]:
    """Name the files (or tables, and views that are not run) that no governed table reads.

    >>> unread_files(Place("room", Path(), 1, by_label={"notes.pdf": Path("notes.pdf")}), [])
    ['notes.pdf']
    """
    read = {source.label for source in sources}
    return [label for label in place.labels() if label not in read] + [f"{view} (a view)" for view in place.views]


def items(place: Place) -> list[Item]:
    """List everything in the room that can be read; a workbook gives one item a sheet.

    A workbook that does not open is one item, and told when it is looked into; a table that may not be read has no file.
    """
    found = []
    for label in place.labels():
        path = place.path(label)
        if place.lay is not None and place.tables is not None:
            found.append(Item(label, _sample(place, label), "", False, place.tables[label]))
        elif path.suffix.lower() in WORKBOOKS:
            found += _sheets_of(label, path)
        elif path.suffix.lower() in SUFFIXES:
            found.append(Item(label, path, "", False, path.stat().st_size))
    return found


def _sample(place: Place, label: str) -> Path | None:
    path = place.path(label)
    sample = path.with_stem(f"{path.stem}-sample")
    try:
        if place.lay is not None and not sample.exists():
            place.lay(label, sample, SAMPLE)
    except InputError:
        return None
    return sample


def _sheets_of(label: str, path: Path) -> list[Item]:
    try:
        return [Item(label, path, sheet, hidden, path.stat().st_size) for sheet, hidden in sheets(path, label).items()]
    except InputError:
        return [Item(label, path, "", False, path.stat().st_size)]
