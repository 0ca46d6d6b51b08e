"""Cells to governed types: one rule for each type, every cell that does not read told with its row."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from diligence.dataroom.cleaning import is_on
from diligence.dataroom.engine import TICKS, name, text
from diligence.dataroom.expressions import CODES, SAME, SIGNS, How, expressions, formats, later_format, sql_type
from diligence.dataroom.reading import Source, read
from diligence.dataroom.reading.delimited import LONGEST, too_long
from diligence.dataroom.reading.grid import likely_header
from diligence.dataroom.reading.header import cells_read
from diligence.dataroom.reading.wide import HEADER, unpivot
from diligence.dataroom.schema import Column, Table
from diligence.dataroom.totals import silent_test, totals_test
from diligence.deal import TableSource
from diligence.errors import InputError, Problem, nearest

SHOWN = 3
LATER = "later_format_"
ROW = "source_row"
"""What a deal file maps to an id where the file has none and each row is one: the row's number."""
MAY_BE_BLANK = {("revenue", "customer_id"), ("opportunities", "created_on"), ("leads", "created_on")}
"""Required cells that a named repair fills."""


@dataclass(frozen=True)
class TypedTable:
    """A governed table in the engine, as given: before the as-of date and before any repair."""

    table: Table
    source: Source
    rows: int
    given: tuple[str, ...]
    formatted: tuple[str, ...] = ()
    """Date columns with several formats; ``later_format_<column>`` says which read the cell where the first could not."""
    left_out: int = 0
    """Rows that the deal file's ``keep`` leaves out."""
    unread: tuple[str, ...] = ()
    """Columns of the file that nothing reads."""
    hidden: tuple[str, ...] = ()
    """Hidden sheets of the workbook."""
    totals: tuple[tuple[int, int], ...] = ()
    """Rows that add up other rows, left out: each with its amount in ticks."""


def type_table(connection: duckdb.DuckDBPyConnection, table: Table, source: Source, off: Collection[str] = ()) -> TypedTable:
    """Read a source into ``typed_<table>``; ``off`` names repairs to leave undone.

    Raises
    ------
    InputError
        With all problems of the file: columns that are not there, cells that do not read, words that are not allowed.
    """
    view = f"raw_{table.name}"
    raw = read(connection, source, view)
    source = replace(source, entry=source.entry.model_copy(update={"sheet": raw.sheet}))
    cells = unpivot(connection, table, source, view, raw.cells)
    cells |= {ROW: "BIGINT"} if ROW in source.entry.columns.values() else {}
    how = How(source.entry, source.of_database or bool(raw.epoch), raw.epoch)
    plan, problems = _plan(table, source, how, cells)
    if problems:
        raise InputError(problems)
    kept = _kept(source.entry)
    given_rows = connection.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0]
    kept_rows = connection.execute(f"SELECT count(*) FROM {view} WHERE {kept}").fetchall()[0][0]
    totals, where = tuple[tuple[int, int], ...](), kept
    if is_on(off, "totals_row", table.name):
        found = _totals(connection, view, kept, (silent_test(table, plan), totals_test(table, plan, cells)), plan)
        if found:
            totals = tuple((row, round(amount * TICKS)) for row, amount in found)
            where = f"{kept} AND source_row NOT IN ({', '.join(str(row) for row, _ in found)})"
    later = _write(connection, table, source, how, plan, cells, where)
    problems = list(_unread(connection, table, source, how, plan, cells, where))
    if problems:
        raise InputError(problems)
    given = tuple(column for column in table.names if column in plan)
    connection.execute(f"DROP {'VIEW' if raw.is_view and source.entry.unpivot is None else 'TABLE'} {view}")
    rows = connection.execute(f"SELECT count(*) FROM typed_{table.name}").fetchall()[0][0]
    return TypedTable(
        table, source, rows, given, later, given_rows - kept_rows, _unread_columns(table, source.entry, cells), raw.hidden, totals
    )


def _totals(connection: duckdb.DuckDBPyConnection, view: str, kept: str, tests: tuple[str, str], plan: "Plan") -> list[tuple[int, Any]]:
    """Find the rows that are totals, each with its amount; a quick look first, so that a room without any pays little."""
    if not connection.execute(f"SELECT count(*) FROM {view} WHERE {kept} AND {tests[0]}").fetchall()[0][0]:
        return []
    amount = f"coalesce({plan['amount'][1]}, 0)" if "amount" in plan else "0"
    where = f"{kept} AND {' AND '.join(tests)}"
    return connection.execute(f"SELECT source_row, sum({amount}) FROM {view} WHERE {where} GROUP BY 1 ORDER BY 1").fetchall()


def _write(
    connection: duckdb.DuckDBPyConnection, table: Table, source: Source, how: How, plan: "Plan", cells: dict[str, str], where: str
) -> tuple[str, ...]:
    """Write the typed rows; give the date columns that several formats read."""
    body = [f"{expression} AS {name(column)}" for column, (_, expression) in plan.items()]
    body += [
        f"CAST(NULL AS {sql_type(column)}) AS {name(column.name)}"
        for column in table.columns
        if column.name not in plan and column.name != "*"
    ]
    body += [f"CAST({name(cell)} AS VARCHAR) AS {name(cell)}" for cell in _attributes(table, source.entry, cells)]
    dated = {
        column: later_format(table[column], words, how)
        for column, (words, _) in plan.items()
        if table[column].type in ("date", "month", "datetime")
    }
    later = {column: flag for column, flag in dated.items() if flag is not None}
    body += [f"{flag} AS {name(LATER + column)}" for column, flag in later.items()]
    connection.execute(
        f"CREATE OR REPLACE TABLE typed_{table.name} AS SELECT {', '.join(body)}, {text(source.label)} AS source_file, source_row "
        f"FROM raw_{table.name} WHERE {where}"
    )
    return tuple(later)


Plan = dict[str, tuple[str, str]]
"""For each given column: the cell as text (NULL where blank), and the expression that types it."""


def _plan(table: Table, source: Source, how: How, cells: dict[str, str]) -> tuple[Plan, list[Problem]]:
    entry, plan, problems = source.entry, dict[str, tuple[str, str]](), list[Problem]()
    own = [*entry.columns, *entry.values, *entry.constants, *entry.multiply, *entry.scale, *entry.subtract, *entry.negate, *entry.pad]
    for word in own:
        if word not in table.names:
            key = f"room.tables.{table.name}"
            problems.append(Problem(f"a column of {table.name}", f"'{word}'", nearest(word, table.names), "deal file", key=key))
    hint = ""
    for named in [
        *entry.columns.values(),
        *entry.keep,
        *(part for pair in (*entry.multiply.values(), *entry.subtract.values()) for part in pair),
    ]:
        if named not in cells:
            hint = hint or likely_header(source, table, list(cells))
            do = hint or nearest(named, list(cells))
            problems.append(Problem("a column of the file", f"'{named}', which is not there", do, source.label, entry.sheet))
    if problems:
        return plan, problems
    for column in table.columns:
        found = expressions(column, how, cells)
        if found:
            plan[column.name] = found
        elif column.required:
            hint = hint or likely_header(source, table, list(cells))
            named = entry.columns.get(column.name, column.name)
            remedy = f'map it: room.tables.{table.name}.columns = {{ {column.name} = "..." }}; the file has {", ".join(list(cells)[:12])}; `diligence map` proposes it'
            row = entry.header_row or None
            problems.append(Problem("a required column", "none", hint or remedy, source.label, entry.sheet, row, named))
    return plan, problems


def _kept(entry: TableSource) -> str:
    tests = [
        f"coalesce(trim(CAST({name(cell)} AS VARCHAR)) IN ({', '.join(text(word) for word in words)}), false)"
        for cell, words in entry.keep.items()
    ]
    return " AND ".join(tests) or "true"


def _unread_columns(table: Table, entry: TableSource, cells: dict[str, str]) -> tuple[str, ...]:
    read = cells_read(table, entry.model_copy(update={"unpivot": None}))
    return () if read is None else tuple(cell for cell in cells if cell not in {*read, HEADER})


def _attributes(table: Table, entry: TableSource, cells: dict[str, str]) -> list[str]:
    taken = {*table.names, *entry.columns.values()}
    return [cell for cell in cells if cell not in taken] if table.open else []


def _unread(
    connection: duckdb.DuckDBPyConnection, table: Table, source: Source, how: How, plan: Plan, cells: dict[str, str], where: str
) -> Iterator[Problem]:
    """Find cells that are there and did not read, words that are not allowed, and blanks where a value is required."""
    tests = {}
    for column, (words, expression) in plan.items():
        governed = table[column]
        tests[column, "reads"] = f"({words}) IS NOT NULL AND ({expression}) IS NULL"
        if governed.choices:
            tests[column, "allowed"] = f"({expression}) NOT IN ({', '.join(text(word) for word in governed.choices)})"
        if governed.bounds:
            tests[column, "allowed"] = f"({expression}) NOT BETWEEN {governed.bounds[0]} AND {governed.bounds[1]}"
        if governed.required and (table.name, column) not in MAY_BE_BLANK:
            tests[column, "blank"] = f"({words}) IS NULL"
        if governed.unit.startswith("currency") and "currency" not in plan:
            tests[column, "marks"] = f"({words}) IS NOT NULL AND regexp_matches({words}, '{SIGNS}|{CODES}')"
        if sql_type(governed) == "VARCHAR":
            tests[column, "long"] = f"strlen({words}) > {LONGEST} AND length({words}) > {LONGEST}"
    from_raw = f"FROM raw_{table.name} WHERE {where}"
    counts = connection.execute(f"SELECT {', '.join(f'count(*) FILTER (WHERE {test})' for test in tests.values())} {from_raw}").fetchall()[
        0
    ]
    header = name(HEADER) if source.entry.unpivot is not None else "NULL"
    for ((column, kind), test), count in zip(tests.items(), counts, strict=True):
        if count and kind == "marks":
            yield from _mixed(connection, column, plan[column][0], from_raw, source)
        elif count:
            sample = connection.execute(
                f"SELECT source_row, {plan[column][0]}, {header} {from_raw} AND {test} ORDER BY source_row LIMIT {SHOWN}"
            ).fetchall()
            yield from _cell_problems(table[column], kind, count, sample, source, how)


def _mixed(connection: duckdb.DuckDBPyConnection, column: str, words: str, from_raw: str, source: Source) -> Iterator[Problem]:
    """Amounts whose cells name several currencies cannot be added; signs that stand for one currency are one."""
    rows = connection.execute(
        f"SELECT regexp_extract({words}, '{SIGNS}|{CODES}') AS mark, min(source_row) {from_raw} GROUP BY 1 HAVING mark <> '' ORDER BY 2"
    ).fetchall()
    marks = {SAME.get(mark, mark): row for mark, row in reversed(rows)}
    if len(marks) > 1:
        got = ", ".join(sorted(marks))
        do = "give the currency its own column and map it to currency, or ask for the amounts in one currency"
        yield Problem(
            "amounts of one currency",
            got,
            do,
            source.label,
            source.entry.sheet,
            max(marks.values()),
            source.entry.columns.get(column, column),
        )


def _cell_problems(column: Column, kind: str, count: int, sample: list[tuple], source: Source, how: How) -> Iterator[Problem]:
    named = source.entry.columns.get(column.name, column.name)
    expected, remedy = _wanted(column, kind, source, how)
    wide = source.entry.unpivot
    for place, (row, cell, header) in enumerate(sample):
        where = header if wide is not None and column.name in (wide.name, wide.value) else named
        if kind == "long":
            yield too_long(source.label, source.entry.sheet, row, where, len(cell))
            continue
        more = f" (and {count - SHOWN} more such cells)" if place == SHOWN - 1 and count > SHOWN else ""
        got = "an empty cell" if cell is None else f"'{cell}'"
        yield Problem(expected, got + more, remedy, source.label, source.entry.sheet, row, where)


def _wanted(column: Column, kind: str, source: Source, how: How) -> tuple[str, str]:
    key = f"room.tables.{source.table}"
    if kind == "blank":
        return (
            f"a value ({column.name} is required)",
            f"ask the target for it; where the row is no record (a total, a footer), leave it out with {key}.keep",
        )
    if kind == "allowed":
        allowed = ", ".join(column.choices) or column.allowed
        return f"one of {allowed}", f'map it: {key}.values = {{ {column.name} = {{ "theirs" = "ours" }} }}'
    remedies = {
        "decimal": ("a number", f"set {key}.decimal or .thousands, or name the word in {key}.blanks"),
        "integer": ("a whole number", f"correct the cell, or name the word in {key}.blanks"),
        "boolean": ("yes or no", f'map it: {key}.values = {{ {column.name} = {{ "theirs" = "true" }} }}'),
    }
    written = " or ".join(formats(column, how))
    return remedies.get(
        column.type, (f"a date written {written}", f"set {key}.date_format (a list is tried in order), or correct the cell")
    )
