"""Wide layouts made long: a column a month or a channel becomes rows; a row keeps the number that it has in the file."""

from fnmatch import fnmatchcase

import duckdb

from diligence.dataroom.engine import name, text
from diligence.dataroom.reading.sources import Source
from diligence.dataroom.schema import Table
from diligence.deal import Unpivot
from diligence.errors import InputError, Problem, nearest

HEADER = "source_column"
"""Where the header of the cell is kept, so that a line can name it."""


def unpivot(connection: duckdb.DuckDBPyConnection, table: Table, source: Source, view: str, cells: dict[str, str]) -> dict[str, str]:
    """Turn the columns named into rows of ``view``; give the columns that it has then. A blank cell gives no row.

    Raises
    ------
    InputError
        A column that is not there, or a governed column that is taken already.
    """
    wide = source.entry.unpivot
    if wide is None:
        return cells
    chosen = _chosen(table, source, wide, cells)
    kept = [cell for cell in cells if cell not in chosen]
    blank = ", ".join(text(word) for word in ("", *source.entry.blanks))
    long = ", ".join(
        f"{{'head': {text(cell)}, 'said': {text(wide.labels.get(cell, cell))}, 'cell': CAST({name(cell)} AS VARCHAR)}}" for cell in chosen
    )
    listed = "".join(f"{name(cell)}, " for cell in kept)
    connection.execute(
        f"CREATE OR REPLACE TABLE {view}_long AS SELECT source_row, {listed}one.head AS {name(HEADER)}, "
        f"one.said AS {name(wide.name)}, one.cell AS {name(wide.value)} "
        f"FROM (SELECT *, unnest([{long}]) AS one FROM {view}) WHERE trim(coalesce(one.cell, '')) NOT IN ({blank})"
    )
    connection.execute(f"DROP {'VIEW' if source.suffix == '.parquet' else 'TABLE'} {view}")
    connection.execute(f"ALTER TABLE {view}_long RENAME TO {view}")
    return {cell: kind for cell, kind in cells.items() if cell in kept} | {HEADER: "VARCHAR", wide.name: "VARCHAR", wide.value: "VARCHAR"}


def _chosen(table: Table, source: Source, wide: Unpivot, cells: dict[str, str]) -> list[str]:
    key, problems, chosen = f"room.tables.{table.name}.unpivot", list[Problem](), list[str]()
    for pattern in wide.columns:
        found = [cell for cell in cells if cell == pattern] or [cell for cell in cells if "*" in pattern and fnmatchcase(cell, pattern)]
        chosen += [cell for cell in found if cell not in chosen]
        if not found:
            got = f"'{pattern}', which is not there"
            problems.append(Problem("a column of the file", got, nearest(pattern, list(cells)), source.label, source.entry.sheet, key=key))
    for governed in (wide.name, wide.value):
        if governed not in table.names:
            problems.append(Problem(f"a column of {table.name}", f"'{governed}'", nearest(governed, table.names), "deal file", key=key))
        elif governed in source.entry.columns or governed in cells:
            do = "let one of the two fill it: take it out of columns, or rename the column in the file"
            problems.append(Problem(f"{governed} filled once", "a column of the file too", do, source.label, source.entry.sheet, key=key))
    if problems:
        raise InputError(problems)
    return chosen
