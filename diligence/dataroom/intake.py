"""Intake: from the files of a room to an evidence folder that every notebook shares. Runs once; the only code that touches lines."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from diligence.dataroom import reduction
from diligence.dataroom.accounts import join_accounts
from diligence.dataroom.asof import Given, known_rows
from diligence.dataroom.checks import Scope, run_checks
from diligence.dataroom.cleaning import Repair, log_frame
from diligence.dataroom.engine import TICKS, connect, text, write_parquet
from diligence.dataroom.lines import govern_lines
from diligence.dataroom.regime import found_regime
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.repairs.identity import acquired_books, one_format
from diligence.dataroom.repairs.periods import month_range
from diligence.dataroom.schema import tables
from diligence.dataroom.sources import find_sources, unknown_tables
from diligence.dataroom.tieout import write_tie_out
from diligence.dataroom.typed import type_table
from diligence.deal import Deal
from diligence.errors import InputError, Problem
from diligence.periods import last_complete_month, month_index, month_label

Step = Callable[[str], None]


def take_in(deal: Deal, folder: Path, step: Step = lambda _: None) -> None:
    """Read, type, cut, repair, reduce and check a room; leave everything in ``folder``.

    Raises
    ------
    InputError
        With the problems of all files at once. Nothing is left behind that a later reader could take for whole.
    """
    _refuse_later(deal)
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


def _refuse_later(deal: Deal) -> None:
    """Refuse what the deal file may name and this version does not do: ignoring it would be to guess."""
    later = []
    if deal.run.engine != "duckdb":
        later.append(
            Problem("an engine of this version", f"'{deal.run.engine}'", 'set engine = "duckdb"', str(deal.path), key="run.engine")
        )
    if deal.room.preset:
        do = 'set preset = "" and map the columns under [room.tables]'
        later.append(Problem("no preset in this version", f"'{deal.room.preset}'", do, str(deal.path), key="room.preset"))
    if later:
        raise InputError(later)


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
            "formatted": list(typed.formatted),
            "left_out": typed.left_out,
            "unread": list(typed.unread),
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
    columns = {table: tuple(facts["columns"]) for table, facts in given.items()}
    bench = Bench(connection, deal, columns, given["revenue"]["file"])
    known_rows(bench, given)
    step("repairing revenue lines")
    one_format(bench)
    spellings = govern_lines(bench)
    join_accounts(bench, spellings)
    acquired_books(bench)
    step("reducing lines to the cube")
    first, last = month_range(bench)
    _reduce(connection, first, last)
    step("checking and tying out")
    _write(connection, deal, given, folder, bench.log, first, last)


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
    write_parquet(connection, "SELECT * FROM touched ORDER BY ALL", folder / "repaired_rows.parquet")
    write_parquet(connection, "SELECT * FROM calendar ORDER BY month_index", folder / "calendar.parquet")
    as_given = connection.execute("SELECT coalesce(sum(ticks), 0) FROM as_given").fetchall()[0][0]
    total, absolute, rows = connection.execute(
        "SELECT coalesce(sum(ticks), 0), coalesce(sum(abs(ticks)), 0), count(*) FROM lines"
    ).fetchall()[0]
    whole = last_complete_month(deal.target.as_of)
    columns = {table: tuple(facts["columns"]) for table, facts in given.items()}
    unread = {table: tuple(facts["unread"]) for table, facts in given.items()}
    scope = Scope(connection, columns, first, last, month_index(whole) == last, float(absolute) / TICKS, unread)
    run_checks(scope).to_csv(folder / "issues.csv", index=False, lineterminator="\n")
    log_frame(log).to_csv(folder / "cleaning.csv", index=False, lineterminator="\n")
    write_tie_out(connection, deal, first, month_index(whole), folder)
    described = {
        "deal": deal.model_dump(mode="json"),
        "given": given,
        "first_month": month_label(pd.Timestamp(year=first // 12, month=first % 12 + 1, day=1)),
        "last_month": month_label(whole),
        "regime": deal.defaults.regime or found_regime(connection, last),
        "regime_found": not deal.defaults.regime,
        "lines": rows,
        "lines_known": given["revenue"]["rows"],
        "lines_with_currency": connection.execute("SELECT count(currency) FROM t_revenue").fetchall()[0][0],
        "listed_customers": connection.execute("SELECT count(*) FROM t_customers").fetchall()[0][0] if "customers" in given else 0,
        "revenue": float(total) / TICKS,
        "revenue_as_given": float(as_given) / TICKS,
        "beyond": float(connection.execute("SELECT ticks FROM beyond").fetchall()[0][0]) / TICKS,
        "absolute_revenue": float(absolute) / TICKS,
    }
    (folder / "room.json").write_text(json.dumps(described, indent=1, sort_keys=True), encoding="utf-8")
