"""Rows of two drops of one table held against each other in the engine: the same, restated, remapped, removed, added."""

from collections.abc import Collection, Sequence

import duckdb

from diligence.dataroom.asof import known_on
from diligence.dataroom.engine import name, text
from diligence.dataroom.schema import Table
from diligence.dataroom.typed import LATER
from diligence.deal import Deal

REMAPPED, RESTATED, REMOVED, ADDED, NEW_TABLE, TABLE_GONE = "remapped", "restated", "removed", "added", "new table", "table gone"
KINDS = (REMAPPED, RESTATED, REMOVED, ADDED, NEW_TABLE, TABLE_GONE)
"""Kinds of change, in the order in which they are told and applied."""

HISTORY, NEW_PERIOD, UNDATED = "history", "new period", "undated"
"""An added row dated up to the old drop's as-of date restates history; a later one is of a new period."""

OWN = ("source_file", "source_row")


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Give the columns of a typed table that hold what the target gave."""
    found = [row[0] for row in connection.execute(f"DESCRIBE {relation}").fetchall()]
    return [column for column in found if column not in (*OWN, "place") and not column.startswith(LATER)]


def compare_rows(connection: duckdb.DuckDBPyConnection, table: Table, remapped: Collection[str], old_deal: Deal) -> None:
    """Make ``changes_<table>`` from ``old_<table>`` and ``new_<table>``: ``kind, dated, old_place, new_place``.

    Rows that are equal in every column are the same rows, wherever they stand and however often, one for one. The rest is paired
    by key: rows equal but for remapped columns first, then by the table's own key. What finds no partner was removed or added.
    """
    old, new = f"old_{table.name}", f"new_{table.name}"
    columns = _aligned(connection, old, new)
    _unequal(connection, old, new, columns)
    connection.execute("CREATE OR REPLACE TABLE pairs (old_place BIGINT, new_place BIGINT)")
    for key, needed in _passes(connection, table, columns, remapped):
        _pair(connection, key, needed, [column for column in columns if column not in key])
    own = [column for column in columns if column not in remapped]
    differs = " OR ".join(f"o.{name(column)} IS DISTINCT FROM n.{name(column)}" for column in own) or "false"
    connection.execute(
        f"CREATE OR REPLACE TABLE changes_{table.name} AS "
        f"SELECT CASE WHEN {differs} THEN '{RESTATED}' ELSE '{REMAPPED}' END AS kind, '' AS dated, old_place, new_place FROM pairs "
        "JOIN left_old AS o ON o.place = old_place JOIN left_new AS n ON n.place = new_place "
        f"UNION ALL SELECT '{REMOVED}', '', place, NULL FROM left_old WHERE place NOT IN (SELECT old_place FROM pairs) "
        f"UNION ALL SELECT '{ADDED}', {_dated(table, old_deal)}, NULL, place FROM left_new WHERE place NOT IN (SELECT new_place FROM pairs)"
    )


def whole_table(connection: duckdb.DuckDBPyConnection, table: Table, kind: str, old_deal: Deal) -> None:
    """Make ``changes_<table>`` of a table that only one drop has."""
    if kind == NEW_TABLE:
        query = f"SELECT '{kind}' AS kind, {_dated(table, old_deal)} AS dated, NULL::BIGINT AS old_place, place AS new_place FROM new_{table.name}"
    else:
        query = f"SELECT '{kind}' AS kind, '' AS dated, place AS old_place, NULL::BIGINT AS new_place FROM old_{table.name}"
    connection.execute(f"CREATE OR REPLACE TABLE changes_{table.name} AS {query}")


def _aligned(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> list[str]:
    """Give both views the same columns: an attribute of a table with open columns may stand in one drop only."""
    had, has = columns_of(connection, old), columns_of(connection, new)
    both = list(dict.fromkeys([*had, *has]))
    for view, own, place in ((old, had, "left_old"), (new, has, "left_new")):
        lacking = "".join(f", NULL::VARCHAR AS {name(column)}" for column in both if column not in own)
        connection.execute(f"CREATE OR REPLACE VIEW all_{place} AS SELECT *{lacking} FROM {view}")
    return both


def _unequal(connection: duckdb.DuckDBPyConnection, old: str, new: str, columns: Sequence[str]) -> None:
    """Make ``left_old`` and ``left_new``: the rows left when every row has been struck off against an equal one."""
    named = ", ".join(name(column) for column in columns)
    connection.execute(
        f"CREATE OR REPLACE TABLE uneven AS SELECT {named}, sum(a)::BIGINT AS olds, sum(b)::BIGINT AS news FROM ("
        f"SELECT {named}, count(*) AS a, 0 AS b FROM all_left_old GROUP BY ALL UNION ALL "
        f"SELECT {named}, 0, count(*) FROM all_left_new GROUP BY ALL) GROUP BY {named} HAVING sum(a) <> sum(b)"
    )
    for left, others in (("left_old", "news"), ("left_new", "olds")):
        equal = " AND ".join(f"r.{name(column)} IS NOT DISTINCT FROM u.{name(column)}" for column in columns)
        mine = ", ".join(f"r.{name(column)}" for column in columns)
        connection.execute(
            f"CREATE OR REPLACE TABLE {left} AS SELECT * EXCLUDE (among, {others}) FROM (SELECT r.place, {mine}, u.{others}, "
            f"row_number() OVER (PARTITION BY {mine} ORDER BY r.place) AS among FROM all_{left} AS r JOIN uneven AS u ON {equal}) WHERE among > {others}"
        )


Pass = tuple[list[str], list[str]]
"""The columns of a key, and those of them that may not be blank."""


def _passes(connection: duckdb.DuckDBPyConnection, table: Table, columns: list[str], remapped: Collection[str]) -> list[Pass]:
    """Give the keys by which rows are paired, the surest first; a remapped column is part of none."""
    found: list[Pass] = [(columns, [])] if remapped else []
    if table.primary:
        found.append(([table.primary], [table.primary]))
    elif table.name == "revenue":
        found.append(([column for column in columns if column != "amount"], []))
        found.append((["invoice_id", "product_id"], ["invoice_id"]))
    else:
        found += [(key, []) for key in _natural(connection, table, columns, remapped)]
    kept = [([column for column in key if column not in remapped], needed) for key, needed in found]
    return [(key, needed) for key, needed in kept if key and not set(needed) & set(remapped)]


def _natural(connection: duckdb.DuckDBPyConnection, table: Table, columns: list[str], remapped: Collection[str]) -> list[list[str]]:
    """Give the smallest set of columns that tells every row of both drops apart; without one, only whole rows compare."""
    measures = {column.name for column in table.columns if column.type == "decimal"}
    required = [column.name for column in table.columns if column.required and column.name not in measures]
    for key in (required, [column for column in columns if column not in measures]):
        named = [name(column) for column in key if column not in remapped]
        if named and not any(
            connection.execute(
                f"SELECT count(*) > 0 FROM (SELECT 1 FROM {view} GROUP BY {', '.join(named)} HAVING count(*) > 1)"
            ).fetchall()[0][0]
            for view in ("all_left_old", "all_left_new")
        ):
            return [key]
    return []


def _pair(connection: duckdb.DuckDBPyConnection, key: Sequence[str], needed: Sequence[str], rest: Sequence[str]) -> None:
    """Pair the rows not yet paired that are equal in the key; among several the order of their other values decides, not of the file."""
    keys, order = ", ".join(map(name, key)), ", ".join([*map(name, rest), "place"])
    there = " AND ".join(["true", *(f"{name(column)} IS NOT NULL" for column in needed)])
    sides = [
        f"(SELECT place, {keys}, row_number() OVER (PARTITION BY {keys} ORDER BY {order}) AS among FROM {left} "
        f"WHERE {there} AND place NOT IN (SELECT {paired} FROM pairs))"
        for left, paired in (("left_old", "old_place"), ("left_new", "new_place"))
    ]
    equal = " AND ".join(f"o.{name(column)} IS NOT DISTINCT FROM n.{name(column)}" for column in key)
    connection.execute(
        f"INSERT INTO pairs SELECT o.place, n.place FROM {sides[0]} AS o JOIN {sides[1]} AS n ON o.among = n.among AND {equal}"
    )


def _dated(table: Table, old_deal: Deal) -> str:
    """Tell when an added row is dated: before the old drop's as-of date, or after it."""
    dated = table.row_date
    if dated is None:
        return "''"
    known = known_on(dated, old_deal)
    return f"CASE WHEN {name(dated.name)} IS NULL THEN {text(UNDATED)} WHEN {known} THEN {text(HISTORY)} ELSE {text(NEW_PERIOD)} END"
