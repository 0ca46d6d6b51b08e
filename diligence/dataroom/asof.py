"""The as-of cut: what was not yet known on that date cannot reach a number; then each key once."""

from typing import Any

import duckdb

from diligence.dataroom.cleaning import Repair, is_on, repair
from diligence.dataroom.engine import name
from diligence.dataroom.schema import Column, Table, tables
from diligence.dataroom.typed import LATER
from diligence.deal import Deal
from diligence.errors import InputError, Problem

Given = dict[str, dict[str, Any]]
"""For each table given: file, hash, rows known, columns given, date columns with several formats."""

RESETS = {
    ("opportunities", "closed_on"): {"status": "'open'", "stage": "NULL", "loss_reason": "NULL"},
    ("contracts", "end_date"): {"status": "'active'", "end_reason": "NULL"},
}
"""What else is unknown while the first column lies ahead: a deal that closes later is open, a contract that ends later runs."""


def known_rows(connection: duckdb.DuckDBPyConnection, deal: Deal, given: Given) -> list[Repair]:
    """Make ``t_<table>`` of every table: rows known on the date, dates of one kind, each key once; note how many rows are known."""
    log = []
    for table, facts in given.items():
        governed = tables()[table]
        late = cut(connection, governed, deal)
        if late:
            before, after, reason = (
                "dated after the as-of date",
                f"left out: as of {deal.target.as_of}",
                "what was not known then reaches no number",
            )
            log.append(Repair("after_as_of", "after_as_of", table, facts["file"], late, 0.0, before, after, reason, "target.as_of"))
        if facts["left_out"]:
            told = ("rows without the words of keep", "left out, as the deal file asks", "the deal file keeps only some rows")
            log.append(Repair(f"keep/{table}", "keep", table, facts["file"], facts["left_out"], 0.0, *told, f"room.tables.{table}.keep"))
        if facts["totals"]["rows"]:
            log.append(_totals(table, facts))
        log += _dates(connection, deal, table, facts)
        log += _undated(connection, deal, table, facts["file"])
        log += _one_row_a_key(connection, deal, table, governed.primary, facts["file"])
        facts["rows"] = connection.execute(f"SELECT count(*) FROM t_{table}").fetchall()[0][0]
    return log


def _totals(table: str, facts: dict[str, Any]) -> Repair:
    told = {"before": "rows that add up other rows", "after": "left out", "item": table}
    return repair("totals_row", table=table, file=facts["file"], rows=facts["totals"]["rows"], amount=facts["totals"]["amount"], **told)


def cut(connection: duckdb.DuckDBPyConnection, table: Table, deal: Deal) -> int:
    """Put the rows of ``typed_<table>`` known on the date into ``t_<table>``; give the number of rows left out.

    Rows dated later go; dates of later events on rows that stay are blanked, with what followed from them.
    """
    limit = f"DATE '{deal.target.as_of.isoformat()}'"
    blanked = {
        column.name: f"CASE WHEN CAST({name(column.name)} AS DATE) > {limit} THEN NULL ELSE {name(column.name)} END"
        for column in table.columns
        if column.as_of == "mask"
    }
    for (owner, trigger), resets in RESETS.items():
        if owner == table.name:
            blanked |= {
                c: f"CASE WHEN {name(trigger)} > {limit} AND {name(c)} IS NOT NULL THEN {then} ELSE {name(c)} END"
                for c, then in resets.items()
            }
    replaced = f" REPLACE ({', '.join(f'{expression} AS {name(column)}' for column, expression in blanked.items())})" if blanked else ""
    known = _known(table.row_date, deal)
    connection.execute(f"CREATE OR REPLACE TABLE t_{table.name} AS SELECT *{replaced} FROM typed_{table.name} WHERE {known}")
    before, after = (connection.execute(f"SELECT count(*) FROM {prefix}_{table.name}").fetchall()[0][0] for prefix in ("typed", "t"))
    return before - after


def _known(column: Column | None, deal: Deal) -> str:
    if column is None:
        return "true"
    as_of = deal.target.as_of
    cell, limit = name(column.name), f"DATE '{as_of.isoformat()}'"
    if column.type == "integer":
        return f"{cell} <= {as_of.year}"
    if column.type == "string":
        # a period that cannot be dated cannot be shown to lie before the date
        quarter = f"CASE WHEN regexp_matches({cell}, '^\\d{{4}}Q[1-4]$') THEN make_date(CAST({cell}[1:4] AS INT), 3 * CAST({cell}[6:6] AS INT) - 2, 1) END"
        return f"COALESCE(CAST(TRY_STRPTIME({cell}, '%Y-%m') AS DATE), {quarter}) <= {limit}"
    # a row that should have a date and has none is known at the deal's own date, when the room was exported, and not before
    undated = f"{cell} IS NULL" if not column.required or as_of >= deal.exported else "false"
    return f"({undated} OR CAST({cell} AS DATE) <= {limit})"


def _dates(connection: duckdb.DuckDBPyConnection, deal: Deal, table: str, facts: dict[str, Any]) -> list[Repair]:
    """Count the dates that a later format read; left undone they would stay unread, so that is refused rather than rows dropped."""
    log, refused = [], []
    for column in facts["formatted"]:
        flag = name(LATER + column)
        counts = connection.execute(f"SELECT {flag}, count(*) FROM t_{table} WHERE {flag} IS NOT NULL GROUP BY 1 ORDER BY 1").fetchall()
        connection.execute(f"ALTER TABLE t_{table} DROP COLUMN {flag}")
        for form, rows in counts:
            item, file = f"{table}.{column}", facts["file"]
            if is_on(deal.repairs.off, "second_date_format", item):
                log.append(
                    repair(
                        "second_date_format", table=table, file=file, rows=rows, before=f"{column} written {form}", after="date", item=item
                    )
                )
            else:
                do = "take second_date_format out of repairs.off"
                refused.append(Problem(f"dates of {item} in one format", f"{rows} written {form}", do, file, column=column))
    if refused:
        raise InputError(refused)
    return log


def _undated(connection: duckdb.DuckDBPyConnection, deal: Deal, table: str, file: str) -> list[Repair]:
    dated = tables()[table].row_date
    if dated is None or not dated.required:
        return []
    rows = connection.execute(f"SELECT count(*) FROM t_{table} WHERE {dated.name} IS NULL").fetchall()[0][0]
    if not rows:
        return []
    after = "kept without a date"
    if not is_on(deal.repairs.off, "undated_row", table):
        connection.execute(f"DELETE FROM t_{table} WHERE {dated.name} IS NULL")
        after = "not in any number, as the deal file asks"
    return [repair("undated_row", table=table, file=file, rows=rows, before=f"{dated.name} is blank", after=after, item=table)]


def _one_row_a_key(connection: duckdb.DuckDBPyConnection, deal: Deal, table: str, key: str | None, file: str) -> list[Repair]:
    if key is None:
        return []
    doubled = f"SELECT {key} FROM t_{table} WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    rows = connection.execute(f"SELECT count(*) - count(DISTINCT {key}), min({key}) FROM t_{table} WHERE {key} IN ({doubled})").fetchall()[
        0
    ]
    if not rows[0]:
        return []
    if not is_on(deal.repairs.off, "duplicate_rows", table):
        raise InputError(
            Problem(f"each {key} once", f"'{rows[1]}' twice", "correct the file, or let duplicate_rows be repaired", file, column=key)
        )
    connection.execute(
        f"DELETE FROM t_{table} WHERE {key} IS NOT NULL AND source_row NOT IN (SELECT max(source_row) FROM t_{table} GROUP BY {key})"
    )
    return [
        repair(
            "duplicate_rows",
            table=table,
            file=file,
            rows=rows[0],
            before=f"{key} stands more than once",
            after="the last row holds",
            item=table,
        )
    ]
