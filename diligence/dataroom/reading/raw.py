"""A source into the engine: every cell with its row, nothing read into it yet; what does not open is told in one line."""

import re
import zipfile
from dataclasses import dataclass

import duckdb

from diligence.dataroom.reading.delimited import read_delimited
from diligence.dataroom.reading.json_lines import read_json_lines
from diligence.dataroom.reading.parquet import read_parquet
from diligence.dataroom.reading.sources import LINES, TEXTS, Source
from diligence.dataroom.reading.workbook import WORKBOOKS, read_workbook
from diligence.errors import InputError, Problem


@dataclass(frozen=True)
class Raw:
    """What was put into the engine.

    Attributes
    ----------
    cells
        Type of each column there, by name.
    is_view
        Whether the rows still lie in their file.
    sheet
        Of a workbook: the sheet that was read.
    epoch
        Of a workbook: the year from which numbers that are dates count, ``1900`` or ``1904``.
    hidden
        Hidden sheets of the workbook.
    """

    cells: dict[str, str]
    is_view: bool = False
    sheet: str = ""
    epoch: str = ""
    hidden: tuple[str, ...] = ()


def read_raw(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> dict[str, str]:
    """Put a source's cells into ``view`` with ``source_row``; give each column's type there.

    Rows count as a spreadsheet counts them: the first row of the file is row 1.

    Raises
    ------
    InputError
        The file cannot be read as what its ending says.
    """
    return read(connection, source, view).cells


def read(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> Raw:
    """Put a source's cells into ``view``, and say what else was seen."""
    sheet, epoch, hidden = "", "", tuple[str, ...]()
    try:
        if source.suffix in TEXTS:
            read_delimited(connection, source, view)
        elif source.suffix in LINES:
            read_json_lines(connection, source, view)
        elif source.suffix in WORKBOOKS:
            sheet, epoch, hidden = read_workbook(connection, source, view)
        elif source.suffix == ".parquet":
            read_parquet(connection, source, view)
        else:
            wanted = "a CSV, TSV, XLSX, XLS, Parquet or JSON lines file"
            raise InputError(Problem(wanted, f"'{source.suffix}'", "export the table in one of these formats", source.label))
    except (duckdb.Error, zipfile.BadZipFile, LookupError, ValueError, OSError, MemoryError) as error:
        raise InputError(_unreadable(source, error)) from None
    described = connection.execute(f"DESCRIBE {view}").fetchall()
    cells = {row[0]: row[1] for row in described if row[0] != "source_row"}
    return Raw(cells, source.suffix == ".parquet", sheet, epoch, hidden)


def _unreadable(source: Source, error: Exception) -> Problem:
    """Tell what a library said in its first line, without paths of this machine."""
    told = str(error).strip().splitlines() or [type(error).__name__]
    first = re.sub(r"(/[^/\s\"']+){2,}", source.label, told[0])
    remedy = "check the file opens elsewhere; then set separator, encoding, header_row or sheet in the deal file"
    return Problem(f"a readable {source.suffix[1:].upper()} file", first, remedy, source.label)
