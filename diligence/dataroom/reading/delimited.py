"""Text files in columns: plain ones go straight into the engine, awkward ones are written out clean first."""

import csv
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import duckdb

from diligence.dataroom.engine import name, text
from diligence.dataroom.reading.archive import too_large
from diligence.dataroom.reading.encodings import encoding_of, is_utf8, likely_encoding, undecoded_sample
from diligence.dataroom.reading.header import cells_read, joined, named_columns, numbered
from diligence.dataroom.reading.sources import Source
from diligence.dataroom.schema import tables
from diligence.errors import InputError, Problem

SEPARATORS = ",;\t|"
LONGEST = 32_767
"""What a cell of a spreadsheet holds; a longer one is lines run together, or no table at all."""
CHUNK = 1 << 22
Records = Iterator[tuple[int, list[str]]]


def read_delimited(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> None:
    """Put a text file into ``view``, every cell as text; rows count as a spreadsheet counts them.

    Raises
    ------
    InputError
        The file is too large, empty, in another encoding, or has a line that does not fit its header.
    """
    file, entry = source.fetch(), source.entry
    size = file.stat().st_size
    if size > source.place.largest:
        raise InputError(too_large(source.label, size, source.place.largest))
    if size == 0:
        raise InputError(Problem("a table with a header", "an empty file", "export the table again", source.label))
    _refuse_other_kinds(source, file)
    encoding = entry.encoding or encoding_of(file)
    if is_utf8(encoding) and _holds_zeros(file):
        raise InputError(_undecodable(source, file, encoding))
    simple = entry.header_row >= 1 and entry.header_rows == 1 and not entry.comment and entry.separator != "whitespace"
    if simple and is_utf8(encoding) and _is_plain(file, entry.header_row) and _load_plain(connection, source, view, file):
        return
    with tempfile.TemporaryDirectory(prefix="diligence-") as folder:
        clean = Path(folder) / "clean.csv"
        columns = _write_clean(source, file, encoding, clean)
        _load(connection, view, clean, ["source_row", *columns], 0, columns)


def _holds_zeros(file: Path) -> bool:
    """Zero bytes are UTF-16 without its mark: as UTF-8 they read, and mean nothing."""
    with file.open("rb") as stream:
        return b"\0" in stream.read(1024)


def _refuse_other_kinds(source: Source, file: Path) -> None:
    with file.open("rb") as stream:
        start = stream.read(64).lstrip().lower()
    kinds = {b"pk\x03\x04": "a zip or a workbook", b"\xd0\xcf\x11\xe0": "a workbook", b"par1": "a Parquet file", b"%pdf": "a PDF"}
    kinds |= {b"<!doctype html": "a web page", b"<html": "a web page", b"<?xml": "an XML file"}
    for sign, kind in kinds.items():
        if start.startswith(sign):
            do = "give the file the ending of what it is, or export the table as CSV"
            raise InputError(Problem("a text file in columns", kind, do, source.label))


def _is_plain(file: Path, header_row: int) -> bool:
    """Whether the engine's count of rows is a spreadsheet's: no blank line, one kind of line end, no quoted line end above the header."""
    before = b"\n"
    with file.open("rb") as stream:
        above = b"".join(islice(stream, header_row))
        if above.count(b'"') % 2 or (header_row > 1 and b'"' in above):
            return False
        stream.seek(0)
        while chunk := stream.read(CHUNK):
            joint = before + chunk
            if (
                b"\n\n" in joint
                or b"\n\r" in joint
                or b"\r\r" in joint
                or joint.count(b"\r") - joint.endswith(b"\r") != joint.count(b"\r\n")
            ):
                return False
            before = chunk[-1:]
    return True


def _load_plain(connection: duckdb.DuckDBPyConnection, source: Source, view: str, file: Path) -> bool:
    """Load a plain file; where the engine stumbles, the careful pass finds the line or reads it all the same."""
    row = source.entry.header_row
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            header_line = next(islice(lines, row - 1, None), "")
    except UnicodeDecodeError:
        return False
    header = next(csv.reader([header_line], delimiter=source.entry.separator or separator_of([header_line])), [])
    columns = named_columns(header, source.label, source.entry)
    spec = [columns.get(place, f"unnamed column {place}") for place in range(len(header))]
    try:
        _load(connection, view, file, spec, row, list(columns.values()), source.entry.separator or separator_of([header_line]))
    except duckdb.Error:
        return False
    return True


def _load(
    connection: duckdb.DuckDBPyConnection, view: str, file: Path, spec: list[str], skip: int, columns: list[str], separator: str = ","
) -> None:
    """Read with nothing left to guess: a guessed comment sign drops lines, a guessed separator hides a ragged one."""
    kinds = ", ".join(f"{text(column)}: 'VARCHAR'" for column in spec)
    options = f"auto_detect = false, header = false, skip = {skip}, columns = {{{kinds}}}, delim = {text(separator)}"
    options += ", quote = '\"', escape = '\"', comment = '', null_padding = false"
    clean = spec[0] == "source_row"
    options += ", new_line = '\\n'" if clean else ""
    row = "CAST(source_row AS BIGINT)" if clean else f"(row_number() OVER () + {skip})::BIGINT"
    listed = ", ".join(name(column) for column in columns)
    connection.execute(
        f"CREATE OR REPLACE TABLE {view} AS SELECT * FROM "
        f"(SELECT {row} AS source_row, {listed} FROM read_csv({text(str(file))}, {options})) WHERE coalesce({listed}) IS NOT NULL"
    )


def separator_of(lines: list[str]) -> str:
    """Find the sign that parts the cells of a header: the one that makes most cells of it.

    >>> separator_of(['"Smith, Jones, Lee";Date'])
    ';'
    """

    def cells(sign: str) -> int:
        return sum(len(row) - 1 for row in csv.reader(lines, delimiter=sign))

    with long_cells():
        return max(SEPARATORS, key=cells)


@contextmanager
def long_cells() -> Iterator[None]:
    """Let Python's reader take cells of any length, so that a long one can be told with its place."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _write_clean(source: Source, file: Path, encoding: str, clean: Path) -> list[str]:
    reading = "utf-8-sig" if is_utf8(encoding) else encoding
    try:
        with long_cells(), file.open(encoding=reading, newline="") as lines, clean.open("w", encoding="utf-8", newline="") as out:
            records = _records(lines, source, file, reading)
            header, first = _header(records, source)
            columns = named_columns(header, source.label, source.entry)
            # a return within a cell would end the line, and is not quoted unless all is
            writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
            wanted = cells_read(tables()[source.table], source.entry)
            checked = _checked(source, len(header), columns, wanted)
            for number, row in first:
                writer.writerow([number, *checked(number, row)])
            for number, row in records:
                if any(row) and (len(row) > 1 or row[0].strip()):
                    writer.writerow([number, *checked(number, row)])
    except UnicodeError:
        raise InputError(_undecodable(source, file, encoding)) from None
    except csv.Error as error:
        raise InputError(Problem("a text file in columns", str(error), "export the table again", source.label)) from None
    return list(columns.values())


def _records(lines: Iterator[str], source: Source, file: Path, encoding: str) -> Records:
    """Give the records with the row at which a spreadsheet shows them, without lines of comment."""
    entry = source.entry
    if entry.separator == "whitespace":
        numbered_rows = enumerate((line.split() for line in lines), 1)
    else:
        separator = entry.separator or _sniffed(file, encoding, entry.header_row)
        numbered_rows = enumerate(csv.reader(lines, delimiter=separator), 1)
    for number, row in numbered_rows:
        if not (entry.comment and row and row[0].lstrip().startswith(entry.comment)):
            yield number, row


def _sniffed(file: Path, encoding: str, header_row: int) -> str:
    with file.open(encoding=encoding, newline="") as lines:
        return separator_of(list(islice(lines, max(header_row - 1, 0), max(header_row, 1))))


def _header(records: Records, source: Source) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Take the header from the records; without one, columns are numbered and the first row is data."""
    entry = source.entry
    if entry.header_row == 0:
        first = next(((number, row) for number, row in records if any(row)), (1, []))
        return numbered(len(first[1])), [first]
    rows = [next((row for number, row in records if number >= entry.header_row), [])]
    rows += [row for _, row in islice(records, entry.header_rows - 1)]
    return joined(rows), []


def _checked(source: Source, width: int, columns: dict[int, str], wanted: set[str] | None) -> Callable[[int, list[str]], list[str]]:
    """Make the check of a row: it fits the header, and no cell that is read is beyond what a cell holds."""
    least, places = max(columns) + 1, list(columns)
    read = {place for place, column in columns.items() if wanted is None or column in wanted}

    def check(number: int, row: list[str]) -> list[str]:
        if len(row) < least or (len(row) > width and any(row[width:])):
            do = "quote cells that hold the separator, or correct the line; if another sign parts the cells, set separator"
            raise InputError(Problem(f"{width} cells, as in the header", f"{len(row)}", do, source.label, row=number))
        if max(map(len, row)) > LONGEST:
            for place in read:
                if len(row[place]) > LONGEST:
                    raise InputError(too_long(source.label, source.entry.sheet, number, columns[place], len(row[place])))
            return [row[place][:LONGEST] for place in places]
        return [row[place] for place in places]

    return check


def too_long(label: str, sheet: str, row: int, column: str, length: int) -> Problem:
    """Say that a cell is longer than a spreadsheet could hold.

    >>> too_long("f.csv", "", 2, "name", 1_000_000).got
    '1,000,000'
    """
    do = "look at the line in an editor: a quote that is not closed runs lines together; correct it, or ask for the export again"
    return Problem(f"a cell of at most {LONGEST:,} characters", f"{length:,}", do, label, sheet, row, column)


def _undecodable(source: Source, file: Path, encoding: str) -> Problem:
    """Name the first row that the encoding does not read, and the encoding that would."""
    key = f"room.tables.{source.table}.encoding"
    likely = likely_encoding(undecoded_sample(file))
    do = f'set {key} = "{likely}"'
    row = None
    if is_utf8(encoding) and not likely.startswith("utf-16"):
        with long_cells(), file.open(encoding="utf-8", errors="surrogateescape", newline="") as lines:
            separator = source.entry.separator if len(source.entry.separator) == 1 else ","
            rows = enumerate(csv.reader(lines, delimiter=separator), 1)
            row = next((number for number, cells in rows if any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell)), None)
    return Problem(f"text in {'UTF-8' if is_utf8(encoding) else encoding}", "bytes that are none", do, source.label, row=row)
