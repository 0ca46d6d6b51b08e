"""The as-of cut: what was not yet known on that date cannot reach a number; then each key once."""

from typing import Any

import duckdb

from diligence.dataroom.cleaning import Repair
from diligence.dataroom.engine import TICKS, name
from diligence.dataroom.repairs.bench import Bench
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


def known_rows(bench: Bench, given: Given) -> None:
    """Make ``t_<table>`` of every table: rows known on the date, dates of one kind, each key once; note how many rows are known."""
    for table, facts in given.items():
        governed = tables()[table]
        cut(bench.connection, governed, bench.deal)
        late = f"SELECT source_row, {_ticks(governed)} AS ticks FROM typed_{table} ANTI JOIN t_{table} USING (source_row)"
        bench.note(
            "after_as_of", late, before="dated after the as-of date", after=f"left out: as of {bench.deal.target.as_of}",
            item=table, table=table, file=facts["file"], reason="what was not known then reaches no number", turn_off="target.as_of",
        )  # fmt: skip
        if facts["left_out"]:
            told = ("rows without the words of keep", "left out, as the deal file asks", "the deal file keeps only some rows")
            bench.log.append(
                Repair(f"keep/{table}", "keep", table, facts["file"], facts["left_out"], 0.0, *told, f"room.tables.{table}.keep")
            )
        _totals(bench, table, facts)
        _dates(bench, table, facts)
        _undated(bench, table, facts["file"])
        _one_row_a_key(bench, table, governed.primary, facts["file"])
        facts["rows"] = bench.one(f"SELECT count(*) FROM t_{table}")[0]


def _ticks(table: Table) -> str:
    """The money of a row, where it is money of the deal: what a row of another table says is not revenue."""
    return f"CAST(amount * {TICKS} AS BIGINT)" if table.name == "revenue" else "0"


def _totals(bench: Bench, table: str, facts: dict[str, Any]) -> None:
    """Log the totals that were left out while reading; they are gone from the typed rows, so the switch needs the files again."""
    rows = ", ".join(f"({row}, {ticks if table == 'revenue' else 0})" for row, ticks in facts["totals"])
    if not rows:
        return
    if not bench.on("totals_row", table):
        raise InputError(
            Problem(f"{table} without totals", f"{len(facts['totals'])} rows that add up others", "read the files again", facts["file"])
        )
    query = f"SELECT * FROM (VALUES {rows}) AS t(source_row, ticks)"
    bench.note("totals_row", query, before="rows that add up other rows", after="left out", item=table, table=table, file=facts["file"])


def cut(connection: duckdb.DuckDBPyConnection, table: Table, deal: Deal) -> None:
    """Put the rows of ``typed_<table>`` known on the date into ``t_<table>``.

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
    known = known_on(table.row_date, deal)
    connection.execute(f"CREATE OR REPLACE TABLE t_{table.name} AS SELECT *{replaced} FROM typed_{table.name} WHERE {known}")


def known_on(column: Column | None, deal: Deal) -> str:
    """Give the test that a row was known on the deal's as-of date, by the column that dates it."""
    if column is None:
        return "true"
    as_of = deal.target.as_of
    cell, limit = name(column.name), f"DATE '{as_of.isoformat()}'"
    if column.type == "integer":
        return f"{cell} <= {as_of.year}"
    if column.type == "string":
        # a period that cannot be dated cannot be shown to lie before the date
        quarter = f"CASE WHEN regexp_matches({cell}, '^\\d{{4}}Q[1-4]$') THEN make_date(CAST({cell}[1:4] AS INT), 3 * CAST({cell}[6:6] AS INT) - 2, 1) END"
        # the figure of a fiscal year is known when the year has ended, not while it runs
        ends = f"last_day(make_date(CAST(regexp_extract({cell}, '\\d{{4}}') AS INT), {deal.target.fiscal_year_end_month}, 1))"
        year = f"CASE WHEN regexp_matches({cell}, '^(FY ?)?\\d{{4}}$') THEN {ends} END"
        return f"COALESCE(CAST(TRY_STRPTIME({cell}, '%Y-%m') AS DATE), {quarter}, {year}) <= {limit}"
    # a row that should have a date and has none is known at the deal's own date, when the room was exported, and not before
    undated = f"{cell} IS NULL" if not column.required or as_of >= deal.exported else "false"
    return f"({undated} OR CAST({cell} AS DATE) <= {limit})"


def _dates(bench: Bench, table: str, facts: dict[str, Any]) -> None:
    """Count the dates that a later format read; left undone they would stay unread, so that is refused rather than rows dropped."""
    refused = []
    for column in facts["formatted"]:
        flag, item, file = name(LATER + column), f"{table}.{column}", facts["file"]
        counts = bench.connection.execute(
            f"SELECT {flag}, count(*) FROM t_{table} WHERE {flag} IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
        if counts and bench.on("second_date_format", item):
            written = " or ".join(form for form, _ in counts)
            later = f"SELECT source_row, 0 AS ticks FROM t_{table} WHERE {flag} IS NOT NULL"
            bench.note("second_date_format", later, before=f"{column} written {written}", after="date", item=item, table=table, file=file)
        for form, rows in counts if not bench.on("second_date_format", item) else ():
            do = "take second_date_format out of repairs.off"
            refused.append(Problem(f"dates of {item} in one format", f"{rows} written {form}", do, file, column=column))
        bench.connection.execute(f"ALTER TABLE t_{table} DROP COLUMN {flag}")
    if refused:
        raise InputError(refused)


def _undated(bench: Bench, table: str, file: str) -> None:
    dated = tables()[table].row_date
    if dated is None or not dated.required:
        return
    kept = bench.on("undated_row", table)
    after = "kept without a date" if kept else "not in any number, as the deal file asks"
    rows = f"SELECT source_row, 0 AS ticks FROM t_{table} WHERE {dated.name} IS NULL"
    if bench.note("undated_row", rows, before=f"{dated.name} is blank", after=after, item=table, table=table, file=file) and not kept:
        bench.connection.execute(f"DELETE FROM t_{table} WHERE {dated.name} IS NULL")


def _one_row_a_key(bench: Bench, table: str, key: str | None, file: str) -> None:
    if key is None:
        return
    doubled = f"SELECT {key} FROM t_{table} WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    first = bench.one(f"SELECT min({key}) FROM ({doubled})")[0]
    if first is None:
        return
    if not bench.on("duplicate_rows", table):
        do = "correct the file, or let duplicate_rows be repaired"
        raise InputError(Problem(f"each {key} once", f"'{first}' twice", do, file, column=key))
    earlier = f"{key} IS NOT NULL AND source_row NOT IN (SELECT max(source_row) FROM t_{table} GROUP BY {key})"
    rows, before = f"SELECT source_row, 0 AS ticks FROM t_{table} WHERE {earlier}", f"{key} stands more than once"
    bench.note("duplicate_rows", rows, before=before, after="the last row holds", item=table, table=table, file=file)
    bench.connection.execute(f"DELETE FROM t_{table} WHERE {earlier}")
