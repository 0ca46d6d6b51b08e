"""Back from a number to the rows behind it: the lines of a run's evidence, asked by a predicate of the catalogue."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from diligence.dataroom.engine import TICKS, connect, name, text
from diligence.dataroom.room import NOT_GIVEN, Room
from diligence.dataroom.schema import tables
from diligence.dataroom.statements import monthly_lines
from diligence.errors import InputError, Problem

Parameter = str | int | date


def rows_behind(
    room: Room, table: str, predicate: str, parameters: dict[str, Parameter], *, segment_by: str = "", cut: pd.Series | None = None
) -> pd.DataFrame:
    """Select the rows of a governed table that a predicate names.

    For ``revenue`` these are the lines with the months that they serve (``ticks`` is each line's share of the month), so that their
    sum can be held against the fact; ``source_file`` and ``source_row`` say where each line stands in the target's own export.

    Parameters
    ----------
    predicate
        Of the catalogue: our own text. What comes from the data room (segments, ids) goes in as bound parameters.
    segment_by
        The column of ``customers`` that is the segment.
    cut
        What stands for the segment where a fact is cut by something else: values by the id that the index names.
    """
    used = {key: value for key, value in parameters.items() if f"${key}" in predicate}
    connection = connect(room.deal.run.memory_limit)
    try:
        if table != "revenue":
            source = _parquet(room.folder / "tables" / f"{table}.parquet")
            _tables(connection, room, segment_by)
            governed = tables()[table].names
            if "$segment" in predicate and "customer_id" in governed and "segment" not in governed:
                source = f"(SELECT rows.*, segment FROM {source} AS rows LEFT JOIN segmented USING (customer_id))"
            return connection.execute(f"SELECT * FROM {source} WHERE {predicate} ORDER BY source_row", used).df()
        _monthly(connection, room, segment_by, cut)
        found = connection.execute(f"SELECT * FROM monthly WHERE {predicate} ORDER BY source_row, month_index", used).df()
    finally:
        connection.close()
    found.insert(0, "month", [f"{index // 12}-{index % 12 + 1:02d}" for index in found.pop("month_index")])
    found.insert(4, "amount", found.pop("ticks") / TICKS)
    return found.drop(columns=["local_ticks", "rate_ticks", "local_rate_ticks", "rate_quantity", "arrived"])


def _monthly(connection: duckdb.DuckDBPyConnection, room: Room, segment_by: str, cut: pd.Series | None) -> None:
    """Make ``monthly``: each line's share of each month, its segment or cut, and when a customer that was bought arrived."""
    for view in ("lines", "calendar"):
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {_parquet(room.folder / f'{view}.parquet')}")
    _customers(connection, room)
    connection.execute(f"CREATE TABLE served AS SELECT * EXCLUDE (date) FROM ({monthly_lines('lines')})")
    key, segments = "customer_id", _segments(room, segment_by)
    if cut is not None:
        key = name(str(cut.index.name))
        connection.register("cut_values", pd.DataFrame({str(cut.index.name): cut.index.astype("str"), "segment": cut.to_numpy()}))
        segments = f"SELECT {key}, segment FROM cut_values"
    connection.execute(
        f"CREATE TABLE monthly AS SELECT served.*, coalesce(segment, {text(NOT_GIVEN)}) AS segment, arrived FROM served "
        f"LEFT JOIN ({segments}) USING ({key}) "
        "LEFT JOIN (SELECT customer_id, min(month_index) AS arrived FROM served JOIN customers USING (customer_id) "
        "WHERE ticks > 0 AND kind = 'recurring' AND sourced_by = 'acquisition' GROUP BY customer_id) USING (customer_id)"
    )


def _tables(connection: duckdb.DuckDBPyConnection, room: Room, segment_by: str) -> None:
    """Give every table by its name, so that a predicate may look beyond its own; and ``segmented``, the segment of each customer."""
    for table, governed in tables().items():
        file = room.folder / "tables" / f"{table}.parquet"
        absent = f"SELECT {', '.join(f'NULL AS {name(column)}' for column in governed.names if column != '*')} WHERE false"
        connection.execute(f"CREATE VIEW {name(table)} AS {f'SELECT * FROM {_parquet(file)}' if file.is_file() else absent}")
    connection.execute(f"CREATE VIEW segmented AS {_segments(room, segment_by)}")


def _customers(connection: duckdb.DuckDBPyConnection, room: Room) -> None:
    connection.execute(f"CREATE VIEW customers AS SELECT * FROM {_parquet(room.folder / 'tables' / 'customers.parquet')}")


def _segments(room: Room, segment_by: str) -> str:
    column, nowhere = name(segment_by or room.deal.defaults.segment_by), text(NOT_GIVEN)
    return f"SELECT customer_id, coalesce(CAST({column} AS VARCHAR), {nowhere}) AS segment FROM customers"


def _parquet(file: Path) -> str:
    if not file.is_file():
        raise InputError(Problem("the evidence of a run", f"no {file.name}", "run the deal again with `diligence run`", str(file.parent)))
    return f"read_parquet({text(str(file))})"
