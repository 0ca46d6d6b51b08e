"""The first rows of anything in a room, as text, before a header is chosen: to look at, and to propose from."""

import csv
import json
from itertools import islice
from pathlib import Path

from diligence.dataroom.reading.delimited import long_cells, separator_of
from diligence.dataroom.reading.encodings import encoding_of, likely_encoding, undecoded_sample
from diligence.dataroom.reading.header import ROWS, best_row, known_names
from diligence.dataroom.reading.json_lines import flattened
from diligence.dataroom.reading.sources import LINES, Item, Source
from diligence.dataroom.reading.workbook import WORKBOOKS, as_text, open_workbook, sheets
from diligence.dataroom.schema import Table
from diligence.errors import InputError, Problem

SHOWN = 32_767


def grid(item: Item, rows: int = ROWS, *, encoding: str = "", separator: str = "") -> list[list[str]]:
    """Give the first rows as they stand, blank cells as ''.

    Parameters
    ----------
    item
        A file, sheet or table of a room.
    rows
        How many rows.
    encoding, separator
        Of a text file; blank finds them. ``whitespace`` parts at runs of blanks.

    Raises
    ------
    InputError
        The file does not open as what its ending says.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".csv") as file:
    ...     _ = file.write(b"Sales;\\n\\nDate;Net\\n"), file.flush()
    ...     grid(Item("sales.csv", Path(file.name), "", False, 0))
    [['Sales', ''], [], ['Date', 'Net']]
    """
    if item.file is None:
        return []
    suffix = item.file.suffix.lower()
    try:
        if suffix in WORKBOOKS:
            with open_workbook(item.file, item.label) as book:
                found = book.get_sheet_by_name(item.sheet).to_python(skip_empty_area=False, nrows=rows)
            return [[as_text(cell, ".") or "" for cell in row] for row in found]
        if suffix == ".parquet":
            return _parquet(item.file, rows)
        if suffix in LINES:
            return _json_lines(item.file, rows)
        return _text(item.file, rows, encoding, separator)
    except (OSError, ValueError, LookupError, csv.Error) as error:
        told = (str(error).strip().splitlines() or [type(error).__name__])[0].replace(str(item.file), item.label)
        raise InputError(Problem("a file that opens", told, "check the file opens elsewhere", item.label)) from None


def _text(file: Path, rows: int, encoding: str, separator: str) -> list[list[str]]:
    stated = encoding or encoding_of(file)
    lines = _lines(file, rows, stated if encoding or stated != "utf-8" else "")
    if separator == "whitespace":
        return [line.split() for line in lines]
    # a preamble may hold other signs than the table below it: the line with most cells decides
    widest = max(((sign, max(_widths(lines, sign), default=0)) for sign in ",;\t|"), key=lambda pair: pair[1])
    sign = separator or (widest[0] if widest[1] > 1 else separator_of(lines))
    with long_cells():
        return [[cell[:SHOWN] for cell in row] for row in csv.reader(lines, delimiter=sign)][:rows]


def _widths(lines: list[str], sign: str) -> list[int]:
    with long_cells():
        return [len(row) for row in csv.reader(lines, delimiter=sign)]


def _lines(file: Path, rows: int, encoding: str) -> list[str]:
    if not encoding:
        try:
            return _lines(file, rows, "utf-8-sig")
        except UnicodeDecodeError:
            encoding = likely_encoding(undecoded_sample(file))
    with file.open(encoding=encoding, newline="") as stream:
        return [line[: 1 << 20] for line in islice(stream, rows)]


def _parquet(file: Path, rows: int) -> list[list[str]]:
    import pyarrow.parquet as pq

    batch = next(pq.ParquetFile(file).iter_batches(rows), None)
    if batch is None:
        return [list(pq.read_schema(file).names)]
    cells = [["" if cell is None else str(cell) for cell in column.to_pylist()] for column in batch.columns]
    return [list(batch.schema.names), *(list(row) for row in zip(*cells, strict=True))][:rows]


def _json_lines(file: Path, rows: int) -> list[list[str]]:
    lines = [line for line in _lines(file, rows, encoding_of(file)) if line.strip()]
    records = [flattened(record) for record in (json.loads(line) for line in lines) if isinstance(record, dict)]
    header = list(dict.fromkeys(key for record in records for key in record))
    return [header, *([record.get(key) or "" for key in header] for record in records)][:rows]


def likely_header(source: Source, table: Table, header: list[str]) -> str:
    """Say where a better header than this one seems to be, in words of the deal file; blank where there is none.

    A row is better that holds at least two names of the table or its mapping, and more than the header has.
    """
    known = known_names(table, source.entry)
    entry, best = source.entry, ("", 0, max(1, len({cell.strip().casefold() for cell in header} & known)))
    found = sheets(source.file, source.label) if source.suffix in WORKBOOKS else {"": False}
    for sheet, hidden in found.items():
        rows = grid(Item(source.label, source.file, sheet, hidden, 0), encoding=entry.encoding, separator=entry.separator)
        row, hits = best_row(rows, known)
        if hits > best[2]:
            best = (sheet, row, hits)
    sheet, row, _ = best
    if not row:
        return ""
    if sheet in ("", entry.sheet) or len(found) == 1:
        return f"row {row} looks like the header: set header_row = {row}"
    return f"row {row} of sheet '{sheet}' looks like the header: set sheet = \"{sheet}\" and header_row = {row}"
