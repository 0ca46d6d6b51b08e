"""Ids that a spreadsheet read as numbers: their leading zeros are gone, and they match nothing."""

import duckdb

from diligence.dataroom.asof import Given
from diligence.dataroom.engine import name
from diligence.dataroom.schema import tables
from diligence.deal import Deal
from diligence.errors import Problem

MOST = 0.5


def unpadded(connection: duckdb.DuckDBPyConnection, deal: Deal, given: Given) -> list[Problem]:
    """Find ids that match the table that they point to once they are padded to its one width.

    Where none matches as it stands and most would, the table is refused; else the line is kept with the table's facts,
    under ``unpadded``, for the checks to tell.
    """
    problems = []
    for table, facts in given.items():
        facts["unpadded"] = []
        for column in facts["columns"]:
            owner, _, key = tables()[table][column].key.partition(".")
            if not key or owner == table or key not in given.get(owner, {}).get("columns", ()) or column in _padded(deal, table):
                continue
            found = _found(connection, (table, column), (owner, key))
            if found is None:
                continue
            distinct, matched, padded, width, padded_side = found
            side, named = padded_side
            got = f"ids without their leading zeros: {padded:,} of {table}.{column} match {owner}.{key} padded to {width} digits"
            do = f"set room.tables.{side}.pad = {{ {named} = {width} }}"
            if matched == 0 and padded > MOST * distinct:
                wanted = given[side]["file"]
                problems.append(Problem(f"ids as in {owner if side == table else table}", got, do, wanted, column=named))
            elif padded:
                facts["unpadded"].append(f"{got}; {do}")
    return problems


def _padded(deal: Deal, table: str) -> dict[str, int]:
    entry = deal.room.tables.get(table)
    return entry.pad if entry is not None else {}


Found = tuple[int, int, int, int, tuple[str, str]]
"""Ids, how many match as they stand, how many more when padded, to which width, and which column lost its zeros."""


def _found(connection: duckdb.DuckDBPyConnection, child: tuple[str, str], owner: tuple[str, str]) -> Found | None:
    """Compare the ids of the two columns; only a column whose ids are digits of one width says what was lost."""
    ids = [
        f"(SELECT DISTINCT {name(column)} AS id FROM typed_{table} WHERE {name(column)} IS NOT NULL)" for table, column in (child, owner)
    ]
    width = [
        connection.execute(
            f"SELECT CASE WHEN min(length(id)) = max(length(id)) AND bool_or(starts_with(id, '0')) AND bool_and(regexp_full_match(id, '\\d+')) "
            f"THEN max(length(id)) END FROM {listed}"
        ).fetchall()[0][0]
        for listed in ids
    ]
    for lost, whole, place in ((0, 1, child), (1, 0, owner)):
        if width[whole] is None or width[lost] is not None:
            continue
        digits = f"regexp_full_match(lost.id, '\\d{{1,{width[whole] - 1}}}')"
        distinct, matched, padded = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE lost.id IN (SELECT id FROM {ids[whole]})), "
            f"count(*) FILTER (WHERE {digits} AND lpad(lost.id, {width[whole]}, '0') IN (SELECT id FROM {ids[whole]})) FROM {ids[lost]} AS lost"
        ).fetchall()[0]
        if padded:
            return distinct, matched, padded, int(width[whole]), place
    return None
