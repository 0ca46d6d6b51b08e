"""The tie-out: the same months from two sources, with what explains the difference and what does not."""

import duckdb
import pandas as pd

from diligence.dataroom.engine import TICKS, has_table
from diligence.periods import month_label, month_start

COLUMNS = ["month", "source_a", "source_b", "amount_a", "amount_b", "residual", "explained_by", "explained", "unexplained"]
LINES = {"revenue": ("revenue lines", "true"), "recurring_revenue": ("revenue lines, recurring", "kind = 'recurring'")}


def tie_out(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> pd.DataFrame:
    """Hold the governed revenue against the ledger, month by month and line by line of the ledger.

    ``residual`` is lines less ledger. What a repair moved between months or left out explains a part (``explained``, named in
    ``explained_by``); ``unexplained`` is the rest.
    """
    if not has_table(connection, "t_ledger"):
        return pd.DataFrame({column: pd.Series(dtype="float64" if column in COLUMNS[3:6] else "str") for column in COLUMNS})
    present = {row[0] for row in connection.execute("SELECT DISTINCT line FROM t_ledger").fetchall()}
    frames = [_against(connection, line, first, last) for line in LINES if line in present]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def _against(connection: duckdb.DuckDBPyConnection, line: str, first: int, last: int) -> pd.DataFrame:
    ours, where = LINES[line]
    query = (
        f"WITH ours AS (SELECT month_index, sum(ticks) AS t FROM cube WHERE {where} GROUP BY 1), "
        f"moved AS (SELECT month_index, sum(ticks) AS t FROM credit_moves WHERE {where} GROUP BY 1), "
        f"theirs AS (SELECT (12 * year(month) + month(month) - 1)::BIGINT AS month_index, sum(amount) AS a FROM t_ledger WHERE line = '{line}' GROUP BY 1) "
        f"SELECT month_index, coalesce(ours.t, 0)::BIGINT AS ours, CAST(theirs.a * {TICKS} AS BIGINT) AS theirs, coalesce(moved.t, 0)::BIGINT AS moved "
        f"FROM theirs LEFT JOIN ours USING (month_index) LEFT JOIN moved USING (month_index) WHERE month_index BETWEEN {first} AND {last} ORDER BY 1"
    )
    found = connection.execute(query).df()
    residual, moved = found["ours"] - found["theirs"], found["moved"]
    # a credit note stands in the ledger in its own month; ours moved it to the period that it cancels
    explains = (residual != 0) & ((residual - moved).abs() < residual.abs())
    explained = moved.where(explains, 0)
    return pd.DataFrame(
        {
            "month": [month_label(month_start(int(index))) for index in found["month_index"]],
            "source_a": ours,
            "source_b": f"ledger, {line}",
            "amount_a": found["ours"] / TICKS,
            "amount_b": found["theirs"] / TICKS,
            "residual": residual / TICKS,
            "explained_by": ["credit notes in the period they cancel" if flag else "" for flag in explains],
            "explained": explained / TICKS,
            "unexplained": (residual - explained) / TICKS,
        }
    )
