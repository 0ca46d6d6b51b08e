"""Workbooks: values of one sheet, every cell as text; what is locked, holds a program or was never calculated is refused."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from diligence.dataroom.reading.archive import too_large
from diligence.dataroom.reading.header import cells_read, joined, named_columns, numbered
from diligence.dataroom.reading.sheet_xml import SheetXml, sheet_xml
from diligence.dataroom.schema import tables
from diligence.errors import InputError, Problem, nearest

WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECOND = timedelta(seconds=1)


def open_workbook(file: Path, label: str) -> Any:
    """Open a workbook, once it is known to hold values and nothing that runs.

    Raises
    ------
    InputError
        It is locked with a password, holds macros, or is no workbook.
    """
    import python_calamine

    with file.open("rb") as stream:
        start = stream.read(8)
    _refuse_programs(file, label, start)
    try:
        return python_calamine.load_workbook(file)
    except python_calamine.PasswordError:
        raise InputError(_locked(label)) from None
    except python_calamine.CalamineError as error:
        kind = "a readable XLSX file" if file.suffix.lower() == ".xlsx" else "a readable XLS file"
        do = "check the file opens elsewhere; then save it again as an Excel workbook (.xlsx)"
        raise InputError(Problem(kind, str(error).strip().splitlines()[0], do, label)) from None


def _locked(label: str) -> Problem:
    return Problem("a workbook without a password", "one that is locked", "open it with its password and save it without one", label)


def _refuse_programs(file: Path, label: str, start: bytes) -> None:
    macros = Problem("a workbook without macros", "one that holds a program", "save it as an Excel workbook (.xlsx)", label)
    if file.suffix.lower() in (".xlsm", ".xlsb"):
        raise InputError(macros)
    if start == OLE:
        content = file.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise InputError(_locked(label))
        if "_VBA_PROJECT".encode("utf-16-le") in content:
            raise InputError(macros)
    elif start.startswith(b"PK") and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            if any(part.lower().endswith("vbaproject.bin") for part in packed.namelist()):
                raise InputError(macros)


def sheets(file: Path, label: str) -> dict[str, bool]:
    """Name the sheets that hold cells, in order, each with whether it is hidden."""
    with open_workbook(file, label) as book:
        return _sheets(book)


def _sheets(book: Any) -> dict[str, bool]:
    import python_calamine

    return {
        sheet.name: sheet.visible != python_calamine.SheetVisibleEnum.Visible
        for sheet in book.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    }


def chosen_sheet(found: dict[str, bool], wanted: str, table: str, label: str) -> str:
    """Say which sheet is read: the one named, else the one called as the table, else the first that shows.

    Raises
    ------
    InputError
        There is no sheet of the name given.

    Examples
    --------
    >>> chosen_sheet({"Notes": True, "Cover": False, "Revenue": False}, "", "revenue", "book.xlsx")
    'Revenue'
    """
    if wanted and wanted not in found:
        raise InputError(Problem("a sheet of the workbook", f"'{wanted}'", nearest(wanted, list(found)), label, key="sheet"))
    alike = [sheet for sheet in found if sheet.strip().casefold() == table]
    visible = [sheet for sheet, hidden in found.items() if not hidden]
    choice = [wanted] if wanted else alike + visible + list(found)
    if not choice:
        raise InputError(Problem("a sheet with cells", "none", "export the table again", label))
    return choice[0]


def read_workbook(connection: duckdb.DuckDBPyConnection, source: Any, view: str) -> tuple[str, str, tuple[str, ...]]:
    """Put one sheet into ``view``; give its name, the year from which its serial dates count, and the hidden sheets.

    Raises
    ------
    InputError
        A sheet or header that is not there; a formula in a column that is read, unless ``formulas`` says what is stored will do.
    """
    import pyarrow as pa

    file, entry, label = source.fetch(), source.entry, source.label
    _refuse_bomb(file, label, source.place.largest)
    with open_workbook(file, label) as book:
        found = _sheets(book)
        wanted = chosen_sheet(found, entry.sheet, source.table, label)
        rows = [list(row) for row in book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)]
    if not any(cell != "" for row in rows for cell in row):
        raise InputError(
            Problem("a table", "an empty sheet", "name another with sheet in the deal file, or export the table again", label, wanted)
        )
    entry = entry.model_copy(update={"sheet": wanted})
    behind = sheet_xml(file, wanted)
    for (row, column), error in behind.errors.items():
        if row <= len(rows) and column < len(rows[row - 1]):
            rows[row - 1][column] = error
    header, first = _header(rows, entry.header_row, entry.header_rows)
    columns = named_columns(header, label, entry)
    read = cells_read(tables()[source.table], entry)
    places = {place: column for place, column in columns.items() if read is None or column in read}
    _refuse_formulas(source, wanted, behind, places, first)
    body = [(number, row) for number, row in enumerate(rows[first - 1 :], first) if any(cell != "" for cell in row)]
    cells = {column: pa.array([as_text(row[place], entry.decimal) for _, row in body], pa.string()) for place, column in columns.items()}
    cells["source_row"] = pa.array([number for number, _ in body], pa.int64())
    connection.register(f"{view}_cells", pa.table(cells))
    connection.execute(f"CREATE OR REPLACE TABLE {view} AS SELECT * FROM {view}_cells")
    connection.unregister(f"{view}_cells")
    return wanted, behind.epoch, tuple(sheet for sheet, hidden in found.items() if hidden)


def _refuse_bomb(file: Path, label: str, largest: int) -> None:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > largest:
            raise InputError(too_large(label, size, largest))


def _header(rows: Sequence[Sequence[object]], row: int, count: int) -> tuple[list[str], int]:
    """Give the names of the columns, and the first row below them."""
    if row == 0:
        return numbered(max((len(cells) for cells in rows), default=0)), 1
    taken = [[as_text(cell, ".") or "" for cell in cells] for cells in rows[row - 1 : row - 1 + count]]
    return joined(taken), row + count


def _refuse_formulas(source: Any, sheet: str, behind: SheetXml, places: dict[int, str], first: int) -> None:
    key = f"room.tables.{source.table}"
    for (row, column), stored in behind.formulas.items():
        if row < first or column not in places or (stored and source.entry.formulas == "stored"):
            continue
        told = {"file": source.label, "sheet": sheet, "row": row, "column": places[column]}
        if not stored:
            do = "open the workbook, let it calculate and save it, or paste the sheet as values"
            raise InputError(Problem("a value", f"a formula that was never calculated{_others(behind, places)}", do, **told))
        do = f'paste the sheet as values, or set {key}.formulas = "stored" to read what the workbook stored'
        raise InputError(Problem("a value", f"a formula{_others(behind, places)}", do, **told))


def _others(behind: SheetXml, places: dict[int, str]) -> str:
    count = sum(column in places for _, column in behind.formulas) - 1
    return f" (and {count:,} more such cells)" if count > 0 else ""


def as_text(value: object, decimal: str) -> str | None:
    """Write a cell as text: dates in ISO form, numbers as the deal file says that numbers are written.

    >>> [as_text(value, ",") for value in (17850.0, 0.5, 1e-07, datetime(2026, 1, 31), True, "")]
    ['17850', '0,5', '0,0000001', '2026-01-31 00:00:00', 'True', None]
    """
    if value == "" or value is None:
        return None
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return format(Decimal(repr(value)), "f").replace(".", decimal)
    if isinstance(value, datetime):
        return f"{(value + SECOND / 2).replace(microsecond=0):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date) and not isinstance(value, time):
        return f"{value:%Y-%m-%d} 00:00:00"
    return str(value)
