"""Intake: from the files of a room to an evidence folder that every notebook shares. Runs once; the only code that touches lines."""

import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb

from diligence.dataroom import reduction, statements
from diligence.dataroom.asof import Given, known_rows
from diligence.dataroom.checks import Scope, run_checks
from diligence.dataroom.cleaning import log_frame
from diligence.dataroom.engine import TICKS, connect, text, write_parquet
from diligence.dataroom.expressions import sql_type
from diligence.dataroom.lines import govern_lines
from diligence.dataroom.mapping.presets import with_presets
from diligence.dataroom.padding import unpadded
from diligence.dataroom.reading import Source, find_sources, open_place, unknown_tables, unread_files
from diligence.dataroom.regime import found_regime
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.repairs.identity import acquired_books, one_format
from diligence.dataroom.repairs.periods import BRIDGED, month_range
from diligence.dataroom.resolution.accounts import join_accounts
from diligence.dataroom.resolution.decisions import RULINGS, take_rulings
from diligence.dataroom.resolution.review import write_review
from diligence.dataroom.schema import tables
from diligence.dataroom.tieout import write_tie_out
from diligence.dataroom.typed import type_table
from diligence.deal import Deal
from diligence.errors import InputError, Problem
from diligence.periods import last_complete_month, month_index, month_label, month_start

Step = Callable[[str], None]
OF_THE_LINES = ("revenue", "customers", "products", "contracts", "invoices", "fx")
"""Tables that a repair of the revenue lines reads."""


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
            for table in RULINGS:
                write_parquet(connection, f"SELECT * FROM {table} ORDER BY ALL", folder / "typed" / f"{table}.parquet")
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
    if later:
        raise InputError(later)


def govern_again(deal: Deal, source: Path, folder: Path, *, cube_only: bool = False) -> None:
    """Look at a room already read from another as-of date, or with other repairs: cut, repair and reduce anew from its typed tables.

    Parameters
    ----------
    cube_only
        Leave the cube and the customers and nothing else: no lines, issues, tie-out or other tables.
    """
    given: Given = json.loads((source / "given.json").read_text(encoding="utf-8"))
    given = {table: facts for table, facts in given.items() if not cube_only or table in OF_THE_LINES}
    folder.mkdir(parents=True, exist_ok=True)
    connection = connect(deal.run.memory_limit)
    try:
        for table in given:
            _view(connection, f"typed_{table}", source / "typed" / f"{table}.parquet")
        for table in RULINGS:
            _view(connection, table, source / "typed" / f"{table}.parquet")
        _govern(connection, deal, given, folder, lambda _: None, cube_only=cube_only)
    finally:
        connection.close()


def _view(connection: duckdb.DuckDBPyConnection, view: str, file: Path) -> None:
    connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet({text(str(file))})")


def _type_all(connection: duckdb.DuckDBPyConnection, deal: Deal, step: Step) -> Given:
    names = tuple(tables())
    with open_place(deal) as place:
        deal = with_presets(deal, place)
        problems = unknown_tables(place, deal, names)
        sources = find_sources(place, deal, names)
        lacking = not any(source.table == "revenue" for source in sources)
        if lacking and not deal.room.partial and not problems:
            do = "map the revenue lines: [room.tables.revenue] file = ..., or put revenue.csv into the room; "
            do += "to take in the other tables before they come, set partial = true under [room]"
            problems.append(Problem("a revenue table", "none", do, str(deal.path), key="room.tables.revenue"))
        given: Given = {}
        for source, found in zip(
            sources, _side_by_side(connection, deal, sources, step, workers=1 if place.tables is not None else 2), strict=True
        ):
            if isinstance(found, InputError):
                problems += found.problems
            else:
                given[source.table] = found
        try:
            take_rulings(connection, deal)
        except InputError as error:
            problems += error.problems
        if not problems:
            problems += unpadded(connection, deal, given)
        if problems:
            raise InputError(problems)
        if lacking:
            given["revenue"] = _no_revenue(connection)
        given["revenue"]["unread_files"] = unread_files(place, sources)
    return given


def _side_by_side(
    connection: duckdb.DuckDBPyConnection, deal: Deal, sources: list[Source], step: Step, *, workers: int
) -> list[dict[str, Any] | InputError]:
    """Type the tables two at a time, each on a cursor of its own: a small table keeps one core busy, and most are small.

    Tables of a database come one after another over its one connection.
    """

    def one(source: Source) -> dict[str, Any] | InputError:
        step(f"reading {source.label}")
        try:
            with connection.cursor() as cursor:
                return _type_one(cursor, source, deal)
        except InputError as error:
            return error

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(one, sources))


def _type_one(connection: duckdb.DuckDBPyConnection, source: Source, deal: Deal) -> dict[str, Any]:
    typed = type_table(connection, tables()[source.table], source, deal.repairs.off)
    if not typed.rows and source.table == "revenue":
        raise InputError(Problem("revenue lines", "a header only", "export the table again", source.label))
    return {
        "file": source.label,
        "sha256": source.sha256(),
        "rows": typed.rows,
        "columns": list(typed.given),
        "formatted": list(typed.formatted),
        "left_out": typed.left_out,
        "totals": [list(pair) for pair in typed.totals],
        "unread": list(typed.unread),
        "hidden": list(typed.hidden),
    }


def _no_revenue(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Stand in for the revenue lines of a partial room: none, so that what follows has its table; ``absent`` keeps it out of what was given."""
    revenue = tables()["revenue"]
    typed = ", ".join(f"CAST(NULL AS {sql_type(column)}) AS {column.name}" for column in revenue.columns)
    source = "CAST(NULL AS VARCHAR) AS source_file, CAST(NULL AS BIGINT) AS source_row"
    connection.execute(f"CREATE OR REPLACE TABLE typed_revenue AS SELECT {typed}, {source} WHERE false")
    nothing = {
        "file": "",
        "sha256": "",
        "rows": 0,
        "formatted": [],
        "left_out": 0,
        "totals": [],
        "unread": [],
        "hidden": [],
        "unpadded": [],
    }
    return {**nothing, "columns": [column.name for column in revenue.columns if column.required], "absent": True}


def _govern(connection: duckdb.DuckDBPyConnection, deal: Deal, given: Given, folder: Path, step: Step, *, cube_only: bool = False) -> None:
    columns = {table: tuple(facts["columns"]) for table, facts in given.items()}
    bench = Bench(connection, deal, columns, given["revenue"]["file"])
    known_rows(bench, given)
    step("repairing revenue lines")
    one_format(bench)
    govern_lines(bench)
    join_accounts(bench)
    acquired_books(bench)
    step("reducing lines to the cube")
    first, last = month_range(bench)
    _reduce(bench, first, last)
    _write_cube(bench, folder)
    described = _described(bench, given, first, last)
    if not cube_only:
        step("checking and tying out")
        _reduce_for_checks(bench, last)
        described["beyond"] = float(bench.one("SELECT ticks FROM beyond")[0]) / TICKS
        log_frame(bench.log).to_csv(folder / "cleaning.csv", index=False, lineterminator="\n")
        _write_tables(bench, folder)
        _write_checks(bench, given, folder, first, last)
    (folder / "room.json").write_text(json.dumps(described, indent=1, sort_keys=True), encoding="utf-8")


def _reduce(bench: Bench, first: int, last: int) -> None:
    connection = bench.connection
    _calendar(connection, "calendar", first, last)
    bench.make("cube", statements.cube("lines"))


def _reduce_for_checks(bench: Bench, last: int) -> None:
    """Reduce what lies beyond the as-of month, and the credit notes moved, as booked and as matched, for the tie-out."""
    beyond = bench.one("SELECT coalesce(max(last_day), 0) // 28 + 12 * 1970 + 12 FROM lines")[0]
    _calendar(bench.connection, "later", last + 1, max(int(beyond), last + 1))
    served = statements.monthly_lines("lines", "later")
    bench.make("beyond", f"SELECT coalesce(sum(ticks), 0)::BIGINT AS ticks FROM ({served})")
    bench.make("booked", "SELECT *, customer_id AS account_id FROM credits_as_booked")
    bench.make("matched", "SELECT * FROM lines SEMI JOIN credits_as_booked USING (source_row)")
    as_booked, as_matched = (statements.cube(table) for table in ("booked", "matched"))
    bench.make(
        "credit_moves",
        "SELECT month_index, kind, sum(ticks)::BIGINT AS ticks FROM "
        f"(SELECT month_index, kind, ticks FROM ({as_matched}) UNION ALL SELECT month_index, kind, -ticks FROM ({as_booked})) GROUP BY ALL",
    )


def _calendar(connection: duckdb.DuckDBPyConnection, table: str, first: int, last: int) -> None:
    connection.register("calendar_rows", reduction.calendar(first, last))
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM calendar_rows")
    connection.unregister("calendar_rows")


def _write_cube(bench: Bench, folder: Path) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    keys = ", ".join(reduction.CUBE_KEYS)
    write_parquet(bench.connection, f"SELECT * FROM cube ORDER BY {keys}", folder / "cube.parquet")
    write_parquet(bench.connection, "SELECT * FROM customers ORDER BY customer_id", folder / "tables" / "customers.parquet")


def _write_tables(bench: Bench, folder: Path) -> None:
    connection = bench.connection
    for table, columns in bench.given.items():
        if table in ("revenue", "customers"):
            continue
        if "customer_id" in columns:
            connection.execute(f"UPDATE t_{table} SET customer_id = kept_id FROM joined WHERE customer_id = merged_id")
        write_parquet(connection, f"SELECT * FROM t_{table} ORDER BY source_row", folder / "tables" / f"{table}.parquet")
    write_parquet(connection, "SELECT * FROM lines ORDER BY source_row", folder / "lines.parquet")
    write_parquet(connection, "SELECT * FROM touched ORDER BY ALL", folder / "repaired_rows.parquet")
    write_parquet(connection, "SELECT * FROM calendar ORDER BY month_index", folder / "calendar.parquet")


def _write_checks(bench: Bench, given: Given, folder: Path, first: int, last: int) -> None:
    whole = month_index(last_complete_month(bench.deal.target.as_of))
    absolute = bench.one("SELECT coalesce(sum(abs(ticks)), 0) FROM lines")[0]
    scope = Scope(bench.connection, bench.given, first, last, whole == last, float(absolute) / TICKS, given, bench.deal)
    run_checks(scope).to_csv(folder / "issues.csv", index=False, lineterminator="\n")
    write_review(bench.connection, folder, whole)
    write_tie_out(bench.connection, bench.deal, first, whole, folder)


def _described(bench: Bench, given: Given, first: int, last: int) -> dict[str, Any]:
    deal = bench.deal
    total, absolute = bench.one("SELECT coalesce(sum(ticks), 0), coalesce(sum(abs(ticks)), 0) FROM lines")
    # a refund is split over the lines that it takes back, and a month bridged is no line of the export
    rows = bench.one(f"SELECT count(DISTINCT source_row) FROM lines WHERE NOT starts_with(source_file, {text(BRIDGED)})")[0]
    return {
        "deal": deal.model_dump(mode="json"),
        "given": given,
        "first_month": month_label(month_start(first)),
        "last_month": month_label(last_complete_month(deal.target.as_of)),
        "regime": deal.defaults.regime or found_regime(bench.connection, last),
        "regime_found": not deal.defaults.regime,
        "lines": rows,
        "lines_known": given["revenue"]["rows"],
        "lines_with_currency": bench.one("SELECT count(currency) FROM t_revenue")[0],
        "listed_customers": bench.one("SELECT count(*) FROM t_customers")[0] if "customers" in given else 0,
        "revenue": float(total) / TICKS,
        "revenue_as_given": float(bench.one("SELECT coalesce(sum(ticks), 0) FROM as_given")[0]) / TICKS,
        "absolute_revenue": float(absolute) / TICKS,
    }
