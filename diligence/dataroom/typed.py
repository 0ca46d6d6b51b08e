"""Cells to governed types: one rule for each type, every cell that does not read told with its row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from diligence.dataroom.engine import name, text
from diligence.dataroom.schema import Column, Table
from diligence.dataroom.sources import Source, read_raw
from diligence.deal import TableSource
from diligence.errors import InputError, Problem, nearest

DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y", "%Y/%m/%d")
TRUE, FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
SHOWN = 3
LATER = "later_format_"
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


def type_table(connection: duckdb.DuckDBPyConnection, table: Table, source: Source) -> TypedTable:
    """Read a source into ``typed_<table>``.

    Raises
    ------
    InputError
        With all problems of the file: columns that are not there, cells that do not read, words that are not allowed.
    """
    cells = read_raw(connection, source, f"raw_{table.name}")
    plan, problems = _plan(table, source, cells)
    if problems:
        raise InputError(problems)
    body = [f"{expression} AS {name(column)}" for column, (_, expression) in plan.items()]
    body += [
        f"CAST(NULL AS {_sql_type(column)}) AS {name(column.name)}"
        for column in table.columns
        if column.name not in plan and column.name != "*"
    ]
    body += [f"CAST({name(cell)} AS VARCHAR) AS {name(cell)}" for cell in _attributes(table, source.entry, cells)]
    later = dict(_later_formats(table, source, plan))
    body += [f"{expression} AS {name(LATER + column)}" for column, expression in later.items()]
    connection.execute(
        f"CREATE OR REPLACE TABLE typed_{table.name} AS SELECT {', '.join(body)}, {text(source.label)} AS source_file, source_row "
        f"FROM raw_{table.name}{_kept(source.entry)}"
    )
    problems = list(_unread(connection, table, source, plan))
    if problems:
        raise InputError(problems)
    rows = connection.execute(f"SELECT count(*) FROM typed_{table.name}").fetchall()[0][0]
    given = tuple(column for column in table.names if column in plan)
    left_out = connection.execute(f"SELECT count(*) FROM raw_{table.name}").fetchall()[0][0] - rows
    connection.execute(f"DROP {'VIEW' if source.file.suffix.lower() == '.parquet' else 'TABLE'} raw_{table.name}")
    return TypedTable(table, source, rows, given, tuple(later), left_out, _unread_columns(table, source.entry, cells))


Plan = dict[str, tuple[str, str]]
"""For each given column: the cell as text (NULL where blank), and the expression that types it."""


def _plan(table: Table, source: Source, cells: dict[str, str]) -> tuple[Plan, list[Problem]]:
    entry, plan, problems = source.entry, dict[str, tuple[str, str]](), list[Problem]()
    for word in [*entry.columns, *entry.values, *entry.constants, *entry.multiply, *entry.scale]:
        if word not in table.names:
            key = f"room.tables.{table.name}"
            problems.append(Problem(f"a column of {table.name}", f"'{word}'", nearest(word, table.names), "deal file", key=key))
    for named in [*entry.columns.values(), *entry.keep, *(part for pair in entry.multiply.values() for part in pair)]:
        if named not in cells:
            problems.append(
                Problem("a column of the file", f"'{named}', which is not there", nearest(named, list(cells)), source.label, entry.sheet)
            )
    if problems:
        return plan, problems
    for column in table.columns:
        found = _expressions(column, entry, cells)
        if found:
            plan[column.name] = found
        elif column.required:
            named = entry.columns.get(column.name, column.name)
            remedy = f'map it: room.tables.{table.name}.columns = {{ {column.name} = "..." }}; the file has {", ".join(list(cells)[:12])}'
            problems.append(Problem("a required column", "none", remedy, source.label, entry.sheet, entry.header_row, named))
    return plan, problems


def _expressions(column: Column, entry: TableSource, cells: dict[str, str]) -> tuple[str, str] | None:
    if column.name in entry.multiply:
        parts = [_number(_text(name(part), cells[part], entry), entry, cells[part]) for part in entry.multiply[column.name]]
        product = " * ".join(f"CAST({part} AS DECIMAL(18,4))" for part in parts)
        return f"CAST({product} AS VARCHAR)", f"CAST({product} AS {_sql_type(column)})"
    if column.name in entry.constants:
        constant = text(entry.constants[column.name])
        return constant, _typed(column, constant, "VARCHAR", entry)
    cell = entry.columns.get(column.name, column.name)
    if cell not in cells or column.name == "*":
        return None
    words = _text(name(cell), cells[cell], entry)
    mapped = entry.values.get(column.name, {})
    if mapped:
        words = f"CASE {words} {' '.join(f'WHEN {text(k)} THEN {text(v)}' for k, v in mapped.items())} ELSE {words} END"
        return words, _typed(column, words, "VARCHAR", entry)
    raw = words if cells[cell] == "VARCHAR" else name(cell)
    return words, _typed(column, raw, cells[cell], entry)


def _text(cell: str, kind: str, entry: TableSource) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        # an id read as a number by an earlier tool: 17850.0 is 17850
        cell = f"CASE WHEN {cell} = floor({cell}) AND abs({cell}) < 1e15 THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
    elif kind != "VARCHAR":
        cell = f"CAST({cell} AS VARCHAR)"
    words = f"nullif(trim({cell}), '')"
    for blank in entry.blanks:
        words = f"nullif({words}, {text(blank)})"
    return words


def _typed(column: Column, cell: str, kind: str, entry: TableSource) -> str:
    if column.type == "decimal":
        number = _number(cell, entry, kind)
        factor = entry.scale.get(column.name)
        if factor is not None:
            number = f"{number} * {format(Decimal(str(factor)), 'f')}"
        return f"TRY_CAST({number} AS {_sql_type(column)})"
    if column.type == "integer":
        return _integer(column, cell, kind, entry)
    if column.type == "boolean":
        words = f"lower(CAST({cell} AS VARCHAR))"
        return f"CASE WHEN {words} IN {TRUE} THEN true WHEN {words} IN {FALSE} THEN false END"
    if column.type in ("date", "month", "datetime"):
        moment = _moment(cell, kind, _formats(column, entry))
        if column.type == "datetime":
            return moment
        return f"CAST({moment} AS DATE)" if column.type == "date" else f"CAST(date_trunc('month', {moment}) AS DATE)"
    words = cell if kind == "VARCHAR" else _text(cell, kind, entry)
    return f"lower({words})" if column.choices else words


def _number(cell: str, entry: TableSource, kind: str) -> str:
    if kind != "VARCHAR":
        return f"CAST({cell} AS DECIMAL(24,8))"
    plain = f"regexp_replace({cell}, '[\\s\\x{{00A0}}\\x{{202F}}€$£]', '', 'g')"
    plain = f"replace({plain}, '−', '-')"
    mark = entry.thousands.strip()
    if mark:
        # a mark of thousands without three digits after it is a decimal sign: 1.50 must not read as 150
        stray = text(f"{re.escape(mark)}\\d{{0,2}}([^\\d{re.escape(mark)}]|$)|{re.escape(mark)}\\d{{4}}")
        plain = f"CASE WHEN regexp_matches({plain}, {stray}) THEN NULL ELSE replace({plain}, {text(mark)}, '') END"
    if entry.decimal == ",":
        # a point that is no mark of thousands makes the cell unreadable rather than a thousand times too small
        plain = f"translate({plain}, '.,', '?.')"
    return f"TRY_CAST(regexp_replace({plain}, '^\\((.*)\\)$', '-\\1') AS DECIMAL(24,8))"


def _integer(column: Column, cell: str, kind: str, entry: TableSource) -> str:
    if column.name == "year" and (entry.date_format or kind.startswith(("DATE", "TIMESTAMP"))):
        return f"CAST(year({_moment(cell, kind, _formats(column, entry))}) AS BIGINT)"
    number = _number(cell, entry, kind)
    return f"CASE WHEN {number} = round({number}) THEN CAST({number} AS BIGINT) END"


def _formats(column: Column, entry: TableSource) -> tuple[str, ...]:
    months = ("%Y-%m",) if column.type == "month" else ()
    minutes = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M") if column.type == "datetime" else ()
    if not entry.date_format:
        return (*DATE_FORMATS, *months, *minutes)
    # a date cell of a workbook comes as this, whatever the formats of the cells that hold text
    return (*entry.date_format, *(("%Y-%m-%d %H:%M:%S",) if entry.file.lower().endswith(".xlsx") else ()))


def _moment(cell: str, kind: str, formats: tuple[str, ...]) -> str:
    if kind.startswith(("DATE", "TIMESTAMP")):
        return f"CAST({cell} AS TIMESTAMP)"
    cell = cell if kind == "VARCHAR" else f"CAST({cell} AS VARCHAR)"
    return f"COALESCE({', '.join(f'TRY_STRPTIME({cell}, {text(form)})' for form in formats)})"


def _sql_type(column: Column) -> str:
    money = column.unit.startswith("currency") or column.unit == "units"
    kinds = {"decimal": "DECIMAL(18,4)" if money else "DECIMAL(18,8)", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
    return {**kinds, "month": "DATE", "datetime": "TIMESTAMP"}.get(column.type, "VARCHAR")


def _kept(entry: TableSource) -> str:
    tests = [f"trim(CAST({name(cell)} AS VARCHAR)) IN ({', '.join(text(word) for word in words)})" for cell, words in entry.keep.items()]
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _unread_columns(table: Table, entry: TableSource, cells: dict[str, str]) -> tuple[str, ...]:
    read = {*entry.columns.values(), *entry.keep, *(part for pair in entry.multiply.values() for part in pair)}
    read |= {column for column in table.names if column not in entry.columns}
    return () if table.open else tuple(cell for cell in cells if cell not in read)


def _attributes(table: Table, entry: TableSource, cells: dict[str, str]) -> list[str]:
    taken = {*table.names, *entry.columns.values()}
    return [cell for cell in cells if cell not in taken] if table.open else []


def _unread(connection: duckdb.DuckDBPyConnection, table: Table, source: Source, plan: Plan) -> Iterator[Problem]:
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
    from_raw = f"FROM raw_{table.name}{_kept(source.entry)}"
    counts = connection.execute(f"SELECT {', '.join(f'count(*) FILTER (WHERE {test})' for test in tests.values())} {from_raw}").fetchall()[
        0
    ]
    for ((column, kind), test), count in zip(tests.items(), counts, strict=True):
        if count:
            sample = connection.execute(
                f"SELECT source_row, {plan[column][0]} {from_raw}{' AND ' if source.entry.keep else ' WHERE '}{test} ORDER BY source_row LIMIT {SHOWN}"
            ).fetchall()
            yield from _cell_problems(table[column], kind, count, sample, source)


def _cell_problems(column: Column, kind: str, count: int, sample: list[tuple], source: Source) -> Iterator[Problem]:
    named = source.entry.columns.get(column.name, column.name)
    expected, remedy = _wanted(column, kind, source)
    for place, (row, cell) in enumerate(sample):
        more = f" (and {count - SHOWN} more such cells)" if place == SHOWN - 1 and count > SHOWN else ""
        got = "an empty cell" if cell is None else f"'{cell}'"
        yield Problem(expected, got + more, remedy, source.label, source.entry.sheet, row, named)


def _wanted(column: Column, kind: str, source: Source) -> tuple[str, str]:
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
    formats = " or ".join(_formats(column, source.entry))
    return remedies.get(
        column.type, (f"a date written {formats}", f"set {key}.date_format (a list is tried in order), or correct the cell")
    )


def _later_formats(table: Table, source: Source, plan: Plan) -> Iterator[tuple[str, str]]:
    """For each date column with several formats: the later format that read the cell, blank where the first did.

    Two formats in one column are a repair, not a habit; it is counted when it is known which rows count at all.
    """
    formats = source.entry.date_format
    for column, (words, _) in plan.items() if len(formats) > 1 else ():
        if table[column].type in ("date", "month", "datetime"):
            tests = [
                f"WHEN TRY_STRPTIME({words}, {text(form)}) IS NOT NULL THEN {text(form) if place else 'NULL'}"
                for place, form in enumerate(formats)
            ]
            yield column, f"CASE {' '.join(tests)} END"
