"""Files of the data room, as they are: every cell with its row, nothing read into it yet."""

import csv
import re
import shutil
import tempfile
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from diligence.dataroom.engine import name, text
from diligence.deal import Deal, TableSource
from diligence.errors import InputError, Problem, nearest

SUFFIXES = (".csv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Source:
    """One file (and sheet) that stands for one governed table."""

    table: str
    file: Path
    label: str
    entry: TableSource


def find_sources(deal: Deal, tables: tuple[str, ...]) -> list[Source]:
    """Say which file holds which table: by the deal file's entry, else by the governed name."""
    room, found = deal.room_path, []
    for table in tables:
        entry = deal.room.tables.get(table, TableSource())
        candidates = [room / entry.file] if entry.file else [room / f"{table}{suffix}" for suffix in SUFFIXES]
        file = next((path for path in candidates if path.is_file()), None)
        if file is not None:
            label = file.relative_to(room).as_posix()
            found.append(Source(table, file, label, entry.model_copy(update={"file": label})))
    return found


def unknown_tables(deal: Deal, tables: tuple[str, ...]) -> list[Problem]:
    """Entries of the deal file that name no governed table, or whose file is nowhere."""
    problems, placed = [], {source.table for source in find_sources(deal, tables)}
    for table in deal.room.tables:
        key = f"room.tables.{table}"
        if table not in tables:
            problems.append(Problem("a governed table", f"'{table}'", nearest(table, list(tables)), str(deal.path), key=key))
        elif table not in placed:
            problems.append(
                Problem("a file for this table", "none", f"set {key}.file, or put {table}.csv into the room", str(deal.path), key=key)
            )
    return problems


def read_raw(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> dict[str, str]:
    """Put the file's cells into the engine under ``view``, with ``source_row``; give each column's type there.

    Rows count as a spreadsheet counts them: the header is row ``header_row``.

    Raises
    ------
    InputError
        The file cannot be read as what its ending says, or a header stands twice.
    """
    readers = {".csv": _read_csv, ".parquet": _read_parquet, ".xlsx": _read_xlsx}
    reader = readers.get(source.file.suffix.lower())
    if reader is None:
        raise InputError(
            Problem("a CSV, XLSX or Parquet file", f"'{source.file.suffix}'", "export the table in one of these formats", source.label)
        )
    try:
        reader(connection, source, view)
    except (duckdb.Error, zipfile.BadZipFile, LookupError, ValueError, OSError) as error:
        if isinstance(error, InputError):
            raise
        ragged = _ragged(source) if source.file.suffix.lower() == ".csv" else None
        if ragged is not None:
            raise InputError(ragged) from None
        first = re.sub(r"(/[^/\s\"']+){2,}", source.label, str(error).strip().splitlines()[0])
        remedy = "check the file opens elsewhere; then set separator, encoding, header_row or sheet in the deal file"
        raise InputError(Problem(f"a readable {source.file.suffix[1:].upper()} file", first, remedy, source.label)) from None
    described = connection.execute(f"DESCRIBE {view}").fetchall()
    return {row[0]: row[1] for row in described if row[0] != "source_row"}


def _read_csv(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> None:
    entry, file = source.entry, source.file
    if file.stat().st_size == 0:
        raise InputError(Problem("a table with a header", "an empty file", "export the table again", source.label))
    if entry.encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        _load_csv(connection, source, view, file)
        return
    with tempfile.TemporaryDirectory(prefix="diligence-") as folder:
        _load_csv(connection, source, view, _as_utf8(file, entry.encoding, Path(folder)))


def _load_csv(connection: duckdb.DuckDBPyConnection, source: Source, view: str, file: Path) -> None:
    entry = source.entry
    separator = entry.separator or _separator(file, entry.header_row)
    _refuse_double_header(source, file, separator)
    # nothing is left to guess: a guessed comment sign drops the lines that begin with it, a guessed separator hides a ragged line
    options = ["all_varchar = true", "header = true", "quote = '\"'", "escape = '\"'", "comment = ''", f"delim = {text(separator)}"]
    options += [f"skip = {entry.header_row - 1}", "null_padding = false"]
    connection.execute(
        f"CREATE OR REPLACE TABLE {view} AS "
        f"SELECT (row_number() OVER () + {entry.header_row})::BIGINT AS source_row, * "
        f"FROM read_csv({text(str(file))}, {', '.join(options)})"
    )


def _ragged(source: Source) -> Problem | None:
    """Find the first line with more or fewer cells than the header, as the reason why a file did not read."""
    entry = source.entry
    try:
        separator = entry.separator or _separator(source.file, entry.header_row)
        with source.file.open(encoding=entry.encoding if entry.encoding != "utf-8" else "utf-8-sig", newline="") as lines:
            rows = csv.reader(islice(lines, entry.header_row - 1, None), delimiter=separator)
            width = len(next(rows, []))
            for number, row in enumerate(rows, entry.header_row + 1):
                if row and len(row) != width:
                    do = "quote cells that hold the separator, or correct the line; if another sign parts the cells, set separator"
                    return Problem(f"{width} cells, as in the header", f"{len(row)}", do, source.label, row=number)
    except (OSError, ValueError, LookupError, csv.Error):
        return None
    return None


def _as_utf8(file: Path, encoding: str, folder: Path) -> Path:
    target = folder / file.name
    with file.open(encoding=encoding, newline="") as read, target.open("w", encoding="utf-8", newline="") as write:
        shutil.copyfileobj(read, write)
    return target


def _separator(file: Path, header_row: int) -> str:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(islice(lines, header_row - 1, None), "")
    return max(",;\t|", key=header.count)


def _refuse_double_header(source: Source, file: Path, separator: str) -> None:
    """DuckDB renames a header that stands twice; the analyst should choose instead."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(islice(lines, source.entry.header_row - 1, None), delimiter=separator), [])
    _refuse_twice([cell.strip() for cell in header], source)


def _refuse_twice(header: list[str], source: Source) -> None:
    twice = [word for word, count in Counter(cell for cell in header if cell).items() if count > 1]
    if twice:
        raise InputError(
            [
                Problem(
                    "each header once",
                    f"'{word}' {header.count(word)} times",
                    "rename one of them in the file",
                    source.label,
                    source.entry.sheet,
                    source.entry.header_row,
                    word,
                )
                for word in twice
            ]
        )


def _read_parquet(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> None:
    connection.execute(
        f"CREATE OR REPLACE VIEW {view} AS SELECT file_row_number + 1 AS source_row, * EXCLUDE (file_row_number) "
        f"FROM read_parquet({text(str(source.file))}, file_row_number = true)"
    )


def _read_xlsx(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> None:
    """Cells come as text (dates in ISO form), so that one rule of reading holds for all formats."""
    import pyarrow as pa
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = load_workbook(source.file, read_only=True, data_only=True)
    try:
        wanted = source.entry.sheet or book.sheetnames[0]
        if wanted not in book.sheetnames:
            raise InputError(Problem("a sheet of the workbook", f"'{wanted}'", nearest(wanted, book.sheetnames), source.label, key="sheet"))
        rows = list(book[wanted].iter_rows(min_row=source.entry.header_row, values_only=True))
    finally:
        book.close()
    header = ["" if cell is None else str(cell).strip() for cell in (rows[0] if rows else ())]
    _refuse_twice(header, source)
    kept = [(place, cell) for place, cell in enumerate(header) if cell]
    if not kept:
        raise InputError(
            Problem("a header", "an empty row", "set header_row in the deal file", source.label, wanted, source.entry.header_row)
        )
    body = [(number, row) for number, row in enumerate(rows[1:], source.entry.header_row + 1) if any(cell is not None for cell in row)]
    columns = {
        cell if cell != "source_row" else "source_row_1": pa.array(
            [_cell(row, place, source.entry.decimal) for _, row in body], pa.string()
        )
        for place, cell in kept
    }
    columns["source_row"] = pa.array([number for number, _ in body], pa.int64())
    connection.register(f"{view}_cells", pa.table(columns))
    connection.execute(f"CREATE OR REPLACE TABLE {view} AS SELECT * FROM {name(view + '_cells')}")
    connection.unregister(f"{view}_cells")


def _cell(row: tuple[object, ...], place: int, decimal: str) -> str | None:
    """Write a number as the deal file says that numbers are written: a workbook may hold both numbers and text."""
    value = row[place] if place < len(row) else None
    if value is None:
        return None
    return str(value).replace(".", decimal) if isinstance(value, float) else str(value)
