"""Intake: from the files of a room to an evidence folder that every notebook shares. Runs once; the only code that touches lines."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from diligence.dataroom import asof, reduction
from diligence.dataroom.checks import Scope, run_checks
from diligence.dataroom.cleaning import Repair, is_on, log_frame, repair
from diligence.dataroom.customers import UNIDENTIFIED, ultimate_parents
from diligence.dataroom.engine import TICKS, connect, has_table, text, write_parquet
from diligence.dataroom.lines import Lines, customer_frame, govern_lines, month_range
from diligence.dataroom.schema import tables
from diligence.dataroom.sources import find_sources, unknown_tables
from diligence.dataroom.tieout import tie_out
from diligence.dataroom.typed import type_table
from diligence.deal import Deal
from diligence.errors import InputError, Problem
from diligence.periods import last_complete_month, month_index, month_label

Given = dict[str, dict[str, Any]]
"""For each table given: file, rows, columns given, rows of each later date format."""

Step = Callable[[str], None]


def take_in(deal: Deal, folder: Path, step: Step = lambda _: None) -> None:
    """Read, type, cut, repair, reduce and check a room; leave everything in ``folder``.

    Raises
    ------
    InputError
        With the problems of all files at once. Nothing is left behind that a later reader could take for whole.
    """
    if deal.run.engine != "duckdb":
        raise InputError(
            Problem("an engine of this version", f"'{deal.run.engine}'", 'set engine = "duckdb"', str(deal.path), key="run.engine")
        )
    (folder / "typed").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="diligence-spill-") as spill:
        connection = connect(deal.run.memory_limit, Path(spill))
        try:
            given = _type_all(connection, deal, step)
            for table in given:
                write_parquet(connection, f"SELECT * FROM typed_{table} ORDER BY source_row", folder / "typed" / f"{table}.parquet")
            (folder / "given.json").write_text(json.dumps(given, indent=1), encoding="utf-8")
            _govern(connection, deal, given, folder, step)
        finally:
            connection.close()


def govern_again(deal: Deal, source: Path, folder: Path) -> None:
    """Look at a room already read from another as-of date: cut, repair and reduce anew from its typed tables."""
    given = json.loads((source / "given.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    connection = connect(deal.run.memory_limit)
    try:
        for table in given:
            connection.execute(
                f"CREATE VIEW typed_{table} AS SELECT * FROM read_parquet({text(str(source / 'typed' / f'{table}.parquet'))})"
            )
        _govern(connection, deal, given, folder, lambda _: None)
    finally:
        connection.close()


def _type_all(connection: duckdb.DuckDBPyConnection, deal: Deal, step: Step) -> Given:
    names = tuple(tables())
    problems = unknown_tables(deal, names)
    sources = find_sources(deal, names)
    if not any(source.table == "revenue" for source in sources):
        do = "map the revenue lines: [room.tables.revenue] file = ..., or put revenue.csv into the room"
        problems.append(Problem("a revenue table", "none", do, str(deal.path), key="room.tables.revenue"))
    given: Given = {}
    for source in sources:
        step(f"reading {source.label}")
        try:
            typed = type_table(connection, tables()[source.table], source)
        except InputError as error:
            problems += error.problems
            continue
        if not typed.rows and source.table == "revenue":
            problems.append(Problem("revenue lines", "a header only", "export the table again", source.label))
        given[source.table] = {
            "file": source.label,
            "sha256": _sha256(source.file),
            "rows": typed.rows,
            "columns": list(typed.given),
            "second_formats": [list(entry) for entry in typed.second_formats],
        }
    if problems:
        raise InputError(problems)
    return given


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _govern(connection: duckdb.DuckDBPyConnection, deal: Deal, given: Given, folder: Path, step: Step) -> None:
    log = _cut_and_key(connection, deal, given)
    step("repairing revenue lines")
    label = given["revenue"]["file"]
    lines = govern_lines(connection, deal, tuple(given["revenue"]["columns"]), label)
    log += lines.repairs
    log += _customers(connection, deal, label, lines)
    step("reducing lines to the cube")
    first, last = month_range(connection, deal.target.as_of)
    _reduce(connection, first, last)
    step("checking and tying out")
    _write(connection, deal, given, folder, log, first, last)


def _cut_and_key(connection: duckdb.DuckDBPyConnection, deal: Deal, given: Given) -> list[Repair]:
    log = []
    for table, facts in given.items():
        governed = tables()[table]
        late = asof.cut(connection, governed, deal.target.as_of)
        if late:
            after = f"left out: as of {deal.target.as_of}"
            entry = repair("duplicate_rows", table=table, file=facts["file"], rows=late, before="dated after the as-of date", after=after)
            log.append(
                Repair(
                    "after_as_of",
                    "after_as_of",
                    table,
                    entry.file,
                    late,
                    0.0,
                    entry.before,
                    after,
                    "what was not known then reaches no number",
                    "target.as_of",
                )
            )
        for column, form, rows in facts["second_formats"]:
            log.append(
                repair(
                    "second_date_format",
                    table=table,
                    file=facts["file"],
                    rows=rows,
                    before=f"{column} written {form}",
                    after="date",
                    item=f"{table}.{column}",
                )
            )
        log += _undated(connection, deal, table, facts["file"])
        log += _one_row_a_key(connection, deal, table, governed.primary, facts["file"])
    _refuse_off_formats(deal, given)
    return log


def _refuse_off_formats(deal: Deal, given: Given) -> None:
    """A second format left undone would leave dates unread: say which, rather than drop the rows."""
    found = [
        Problem(
            f"dates of {table}.{column} in one format",
            f"{rows} written {form}",
            "take second_date_format out of repairs.off",
            facts["file"],
            column=column,
        )
        for table, facts in given.items()
        for column, form, rows in facts["second_formats"]
        if not is_on(deal.repairs.off, "second_date_format", f"{table}.{column}")
    ]
    if found:
        raise InputError(found)


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


def _customers(connection: duckdb.DuckDBPyConnection, deal: Deal, label: str, lines: Lines) -> list[Repair]:
    """Make the table ``customers``: one row a customer with its ultimate parent; stubs for those that the list lacks."""
    log = []
    merged = {pair.merged_id: pair.kept_id for pair in lines.spellings}
    listed = customer_frame(connection)
    for column in tables()["customers"].names:
        if column not in listed:
            listed[column] = None
    listed["parent_id"] = listed["parent_id"].replace(merged)
    lacking = f"customer_id <> '{UNIDENTIFIED}'" + (
        " AND customer_id NOT IN (SELECT customer_id FROM t_customers)" if has_table(connection, "t_customers") else ""
    )
    rows, ticks = connection.execute(f"SELECT count(*), coalesce(sum(ticks), 0) FROM lines WHERE {lacking}").fetchall()[0]
    stubs = connection.execute(f"SELECT DISTINCT customer_id FROM lines WHERE {lacking} OR customer_id = '{UNIDENTIFIED}' ORDER BY 1").df()
    stubs = stubs[~stubs["customer_id"].isin(listed["customer_id"])]
    if rows and is_on(deal.repairs.off, "missing_customer_row"):
        after = f"{len(stubs)} rows without attributes"
        log.append(
            repair(
                "missing_customer_row",
                table="customers",
                file=label,
                rows=rows,
                amount=float(ticks) / TICKS,
                before="no row in the customer list",
                after=after,
            )
        )
    elif rows:
        stubs = stubs[stubs["customer_id"] == UNIDENTIFIED]
    frame = pd.concat([listed, stubs], ignore_index=True).sort_values("customer_id", kind="stable", ignore_index=True)
    frame["account_id"] = ultimate_parents(frame)
    connection.register("customer_rows", frame[["customer_id", "account_id"]])
    connection.execute("CREATE OR REPLACE TABLE accounts AS SELECT * FROM customer_rows")
    connection.unregister("customer_rows")
    if has_table(connection, "t_customers"):
        attributes = "SELECT * FROM t_customers WHERE customer_id NOT IN (SELECT merged_id FROM joined)"
        connection.execute(
            f"CREATE OR REPLACE TABLE customers AS SELECT attributes.* EXCLUDE (customer_id), accounts.* FROM accounts LEFT JOIN ({attributes}) AS attributes USING (customer_id)"
        )
    else:
        empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {column}" for column in tables()["customers"].names if column != "customer_id")
        connection.execute(f"CREATE OR REPLACE TABLE customers AS SELECT *, {empty} FROM accounts")
    connection.execute(
        "CREATE OR REPLACE TABLE lines AS SELECT lines.*, coalesce(account_id, customer_id) AS account_id FROM lines LEFT JOIN accounts USING (customer_id)"
    )
    return log


def _reduce(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Run the reduction in the engine; the credit notes moved are reduced twice, as booked and as matched, for the tie-out."""
    import ibis

    calendar = reduction.calendar(first, last)
    connection.register("calendar_rows", calendar)
    connection.execute("CREATE OR REPLACE TABLE calendar AS SELECT * FROM calendar_rows")
    connection.unregister("calendar_rows")
    engine = ibis.duckdb.from_connection(connection)
    months = engine.table("calendar")
    connection.execute(f"CREATE OR REPLACE TABLE cube AS {ibis.to_sql(reduction.cube(engine.table('lines'), months), dialect='duckdb')}")
    beyond = connection.execute("SELECT coalesce(max(last_day), 0) // 28 + 12 * 1970 + 12 FROM lines").fetchall()[0][0]
    connection.register("later_rows", reduction.calendar(last + 1, max(int(beyond), last + 1)))
    connection.execute("CREATE OR REPLACE TABLE later AS SELECT * FROM later_rows")
    connection.unregister("later_rows")
    served = reduction.monthly_lines(engine.table("lines"), engine.table("later"))
    connection.execute(
        f"CREATE OR REPLACE TABLE beyond AS SELECT coalesce(sum(ticks), 0)::BIGINT AS ticks FROM ({ibis.to_sql(served, dialect='duckdb')})"
    )
    connection.execute("CREATE OR REPLACE TABLE booked AS SELECT *, customer_id AS account_id FROM credits_as_booked")
    connection.execute("CREATE OR REPLACE TABLE matched AS SELECT * FROM lines SEMI JOIN credits_as_booked USING (source_row)")
    as_booked, as_matched = (ibis.to_sql(reduction.cube(engine.table(name), months), dialect="duckdb") for name in ("booked", "matched"))
    connection.execute(
        "CREATE OR REPLACE TABLE credit_moves AS SELECT month_index, kind, sum(ticks)::BIGINT AS ticks FROM "
        f"(SELECT month_index, kind, ticks FROM ({as_matched}) UNION ALL SELECT month_index, kind, -ticks FROM ({as_booked})) GROUP BY ALL"
    )


def _write(connection: duckdb.DuckDBPyConnection, deal: Deal, given: Given, folder: Path, log: list[Repair], first: int, last: int) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    for table in given:
        if table in ("revenue", "customers"):
            continue
        if "customer_id" in given[table]["columns"]:
            connection.execute(f"UPDATE t_{table} SET customer_id = kept_id FROM joined WHERE customer_id = merged_id")
        write_parquet(connection, f"SELECT * FROM t_{table} ORDER BY source_row", folder / "tables" / f"{table}.parquet")
    write_parquet(connection, "SELECT * FROM customers ORDER BY customer_id", folder / "tables" / "customers.parquet")
    keys = ", ".join(reduction.CUBE_KEYS)
    write_parquet(connection, f"SELECT * FROM cube ORDER BY {keys}", folder / "cube.parquet")
    write_parquet(connection, "SELECT * FROM lines ORDER BY source_row", folder / "lines.parquet")
    write_parquet(connection, "SELECT * FROM calendar ORDER BY month_index", folder / "calendar.parquet")
    as_given = connection.execute("SELECT coalesce(sum(ticks), 0) FROM as_given").fetchall()[0][0]
    total, absolute, rows = connection.execute(
        "SELECT coalesce(sum(ticks), 0), coalesce(sum(abs(ticks)), 0), count(*) FROM lines"
    ).fetchall()[0]
    whole = last_complete_month(deal.target.as_of)
    columns = {table: tuple(facts["columns"]) for table, facts in given.items()}
    scope = Scope(connection, columns, first, last, month_index(whole) == last, float(absolute) / TICKS)
    run_checks(scope).to_csv(folder / "issues.csv", index=False, lineterminator="\n")
    log_frame(log).to_csv(folder / "cleaning.csv", index=False, lineterminator="\n")
    tie_out(connection, first, month_index(whole)).to_csv(folder / "tieout.csv", index=False, lineterminator="\n")
    described = {
        "deal": deal.model_dump(mode="json"),
        "given": given,
        "first_month": month_label(pd.Timestamp(year=first // 12, month=first % 12 + 1, day=1)),
        "last_month": month_label(whole),
        "regime": deal.defaults.regime or _regime(connection, last),
        "regime_found": not deal.defaults.regime,
        "lines": rows,
        "listed_customers": connection.execute("SELECT count(*) FROM t_customers").fetchall()[0][0] if "customers" in given else 0,
        "revenue": float(total) / TICKS,
        "revenue_as_given": float(as_given) / TICKS,
        "beyond": float(connection.execute("SELECT ticks FROM beyond").fetchall()[0][0]) / TICKS,
        "absolute_revenue": float(absolute) / TICKS,
    }
    (folder / "room.json").write_text(json.dumps(described, indent=1, sort_keys=True), encoding="utf-8")


def _regime(connection: duckdb.DuckDBPyConnection, last: int) -> str:
    """Tell contracts from repeat purchase by how regularly customers are billed once their invoices are spread.

    Share of the months between a customer's first and last with recurring revenue, weighed by money, over customers seen for
    half a year or longer: 0.85 and above is contractual.
    """
    found = connection.execute(
        "SELECT sum(share * money) / nullif(sum(money), 0) FROM (SELECT count(DISTINCT month_index) / (max(month_index) - min(month_index) + 1) AS share, "
        f"sum(ticks) AS money FROM cube WHERE kind = 'recurring' AND ticks > 0 AND month_index <= {last} AND customer_id <> '{UNIDENTIFIED}' "
        "GROUP BY customer_id HAVING max(month_index) - min(month_index) >= 5)"
    ).fetchall()[0][0]
    return "contractual" if found is not None and found >= 0.85 else "repeat"
