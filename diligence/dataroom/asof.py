"""The as-of cut: what was not yet known on that date cannot reach a number."""

from datetime import date

import duckdb

from diligence.dataroom.engine import name
from diligence.dataroom.schema import Column, Table

RESETS = {
    ("opportunities", "closed_on"): {"status": "'open'", "stage": "NULL", "loss_reason": "NULL"},
    ("contracts", "end_date"): {"status": "'active'", "end_reason": "NULL"},
}
"""What else is unknown while the first column lies ahead: a deal that closes later is open, a contract that ends later runs."""


def cut(connection: duckdb.DuckDBPyConnection, table: Table, as_of: date) -> int:
    """Put the rows of ``typed_<table>`` known on the date into ``t_<table>``; give the number of rows left out.

    Rows dated later go; dates of later events on rows that stay are blanked, with what followed from them.
    """
    limit = f"DATE '{as_of.isoformat()}'"
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
    known = _known(table.name, table.row_date, as_of)
    connection.execute(f"CREATE OR REPLACE TABLE t_{table.name} AS SELECT *{replaced} FROM typed_{table.name} WHERE {known}")
    before, after = (connection.execute(f"SELECT count(*) FROM {prefix}_{table.name}").fetchall()[0][0] for prefix in ("typed", "t"))
    return before - after


def _known(table: str, column: Column | None, as_of: date) -> str:
    if column is None:
        return "true"
    cell, limit = name(column.name), f"DATE '{as_of.isoformat()}'"
    if column.type == "integer":
        return f"{cell} <= {as_of.year}"
    if column.type == "string":
        # a period that cannot be dated cannot be shown to lie before the date
        quarter = f"CASE WHEN regexp_matches({cell}, '^\\d{{4}}Q[1-4]$') THEN make_date(CAST({cell}[1:4] AS INT), 3 * CAST({cell}[6:6] AS INT) - 2, 1) END"
        return f"COALESCE(CAST(TRY_STRPTIME({cell}, '%Y-%m') AS DATE), {quarter}) <= {limit}"
    undated = f"{cell} IS NULL"
    if column.required:
        # a row that should have a date and has none is known from the export on, not before
        undated += f" AND {limit} >= (SELECT max({cell}) FROM typed_{table})"
    return f"(({undated}) OR CAST({cell} AS DATE) <= {limit})"
