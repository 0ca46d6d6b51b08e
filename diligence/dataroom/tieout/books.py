"""What the tie-out reads: lines by the month in which they were billed and the months that they serve, and the registers beside them."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from diligence.dataroom.engine import TICKS, has_table, text
from diligence.dataroom.repairs.periods import BRIDGED
from diligence.dataroom.statements import monthly_lines
from diligence.deal import Deal

MONTH = "(12 * year({0}) + month({0}) - 1)::BIGINT"
MONTH_END = "CAST(make_date(CAST({0}.month_index // 12 AS INT), CAST({0}.month_index % 12 + 1 AS INT), 1) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE)"
LEFT_OUT = ("duplicate_lines", "near_duplicate_lines")
"""Repairs that leave lines out; other books may have kept them."""


@dataclass(frozen=True)
class Books:
    """The governed room in the engine, from its first month to its last whole one.

    ``flows`` holds revenue by kind, currency, month billed and month served; ``billed`` the whole lines by the month of their date;
    ``left_out`` what the repairs took out, by kind and both months.
    """

    connection: duckdb.DuckDBPyConnection
    deal: Deal
    first: int
    last: int

    def has(self, table: str, *columns: str) -> bool:
        """Say whether a governed table, and these columns of it, were given and hold something."""
        if not has_table(self.connection, f"t_{table}"):
            return False
        held = " AND ".join(["true", *(f"count({column}) > 0" for column in columns)])
        return bool(self.connection.execute(f"SELECT count(*) > 0 AND {held} FROM t_{table}").fetchall()[0][0])

    def frame(self, query: str) -> pd.DataFrame:
        """Run a query."""
        return self.connection.execute(query).df()

    def series(self, query: str, months: np.ndarray) -> np.ndarray:
        """Run a query of ``month_index`` and ticks; give the ticks of these months, 0 where it has none."""
        found = {int(month): int(ticks or 0) for month, ticks in self.connection.execute(query).fetchall() if month is not None}
        return np.array([found.get(int(month), 0) for month in months], dtype="int64")


def open_books(connection: duckdb.DuckDBPyConnection, deal: Deal, first: int, last: int) -> Books:
    """Reduce the lines once more, by the month billed and the month served; give the books."""
    _left_out(connection, deal)
    money = f"{MONTH.format('date')} AS billed, month_index, sum(ticks)::BIGINT AS ticks, sum(local_ticks)::BIGINT AS local_ticks"
    connection.execute(f"CREATE OR REPLACE TABLE flows AS SELECT kind, currency, {money} FROM ({monthly_lines('lines')}) GROUP BY ALL")
    gone = " UNION ALL ".join(
        f"SELECT {text(repair)} AS repair, * FROM ({monthly_lines(f'left_out_{place}')})" for place, repair in enumerate(LEFT_OUT)
    )
    connection.execute(f"CREATE OR REPLACE TABLE left_out AS SELECT repair, kind, currency, {money} FROM ({gone}) GROUP BY ALL")
    connection.execute(
        f"CREATE OR REPLACE TABLE billed AS SELECT *, {MONTH.format('date')} AS billed, starts_with(source_file, {text(BRIDGED)}) AS bridged "
        "FROM lines WHERE date IS NOT NULL"
    )
    return Books(connection, deal, first, last)


def _left_out(connection: duckdb.DuckDBPyConnection, deal: Deal) -> None:
    """Make the lines that each repair left out whole again, as ``lines`` would hold them: ``left_out_<place in LEFT_OUT>``."""
    day = "date_diff('day', DATE '1970-01-01', {0})::BIGINT"
    for place, repair in enumerate(LEFT_OUT):
        connection.execute(
            f"CREATE OR REPLACE TABLE left_out_{place} AS SELECT customer_id, customer_id AS account_id, product_id, "
            f"coalesce(kind, {text(deal.defaults.revenue_kind)}) AS kind, coalesce(currency, {text(deal.target.currency)}) AS currency, touched.ticks, "
            f"CAST(amount * {TICKS} AS BIGINT) AS local_ticks, quantity, date, {MONTH.format('date')} AS month_index, "
            f"CASE WHEN service_end >= service_start THEN {day.format('service_start')} END AS first_day, "
            f"CASE WHEN service_end >= service_start THEN {day.format('service_end')} END AS last_day, "
            f"source_file, source_row FROM touched JOIN t_revenue USING (source_row) WHERE table_name = 'revenue' AND id = {text(repair)}"
        )
