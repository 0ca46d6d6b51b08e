"""What lies in a room, and the first rows of each thing in it as text, before anything is known of its layout."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb

from diligence.dataroom.engine import connect, text
from diligence.errors import InputError, Problem

WORKBOOKS, TEXTS = (".xlsx", ".xls"), (".csv", ".tsv", ".txt", ".dat")


@dataclass(frozen=True)
class Item:
    """One thing in a room that can be read: a file, or a sheet of a workbook."""

    label: str
    file: Path | None
    sheet: str
    hidden: bool
    size: int


def items(room: Path) -> list[Item]:
    """List everything in a folder that can be read; a workbook gives one item a sheet."""
    found = []
    for path in sorted(room.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        label, suffix, size = path.relative_to(room).as_posix(), path.suffix.lower(), path.stat().st_size
        if suffix in WORKBOOKS:
            found += [Item(label, path, sheet, hidden, size) for sheet, hidden in _sheets(path, label)]
        elif suffix in (*TEXTS, ".parquet"):
            found.append(Item(label, path, "", False, size))
    return found


def _sheets(path: Path, label: str) -> list[tuple[str, bool]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise InputError(Problem("a readable workbook", str(error), "check the file opens elsewhere", label)) from None
    return [(sheet.name, str(sheet.visible).rsplit(".", 1)[-1] != "Visible") for sheet in book.sheets_metadata]


def grid(item: Item, rows: int = 60, *, encoding: str = "", separator: str = "") -> list[list[str]]:
    """Give the first rows as text, before a header is chosen; of a Parquet file the first row is its columns' names."""
    if item.file is None:
        return []
    suffix = item.file.suffix.lower()
    if suffix in WORKBOOKS:
        from python_calamine import CalamineWorkbook

        sheet = CalamineWorkbook.from_path(str(item.file)).get_sheet_by_name(item.sheet)
        return [[_shown(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False, nrows=rows)]
    if suffix == ".parquet":
        connection = connect()
        try:
            found = connection.execute(f"SELECT * FROM read_parquet({text(str(item.file))}) LIMIT {int(rows)}")
            header = [column[0] for column in found.description or ()]
            return [header, *([_shown(cell) for cell in row] for row in found.fetchall())]
        except duckdb.Error:
            raise InputError(
                Problem("a readable Parquet file", "one that does not open", "export the table again, or take the file out", item.label)
            ) from None
        finally:
            connection.close()
    return _delimited(item.file, rows, encoding or "utf-8-sig", separator or ",")


def _delimited(file: Path, rows: int, encoding: str, separator: str) -> list[list[str]]:
    with file.open(encoding=encoding, errors="replace", newline="") as stream:
        if separator == "whitespace":
            return [line.split() for _, line in zip(range(rows), stream, strict=False)]
        lines = (line.replace("\0", "") for line in io.StringIO(stream.read(rows * 20_000), newline=""))
        return [row for _, row in zip(range(rows), csv.reader(lines, delimiter=separator), strict=False)]


def _shown(cell: object) -> str:
    """Write a cell as intake will read it: whole numbers without a point, dates in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    words = str(cell)
    return words.removesuffix(" 00:00:00") if len(words) == 19 else words
