"""The tie-out: the same months from two sources, with what explains the difference and what does not."""

import duckdb
import numpy as np
import pandas as pd

from diligence.dataroom.engine import TICKS, has_table
from diligence.periods import month_label, month_start

COLUMNS = ["month", "source_a", "source_b", "amount_a", "amount_b", "residual", "explained_by", "explained", "unexplained"]
LINES = {"revenue": ("revenue lines", "true"), "recurring_revenue": ("revenue lines, recurring", "kind = 'recurring'")}

MATCHED = "credit notes in the period they cancel"
LATER = "credit notes that the ledger books a month later"
NEAR = 0.1


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
        f"credit AS (SELECT month_index, sum(ticks) AS t FROM lines WHERE ticks < 0 AND last_day IS NULL AND {where} GROUP BY 1), "
        f"theirs AS (SELECT (12 * year(month) + month(month) - 1)::BIGINT AS month_index, sum(amount) AS a FROM t_ledger WHERE line = '{line}' GROUP BY 1) "
        f"SELECT month_index, coalesce(ours.t, 0)::BIGINT AS ours, CAST(theirs.a * {TICKS} AS BIGINT) AS theirs, coalesce(moved.t, 0)::BIGINT AS moved, "
        f"coalesce(credit.t, 0)::BIGINT AS credit FROM theirs LEFT JOIN ours USING (month_index) LEFT JOIN moved USING (month_index) "
        f"LEFT JOIN credit USING (month_index) WHERE month_index BETWEEN {first} AND {last} ORDER BY 1"
    )
    found = connection.execute(query).df()
    residual, moved = found["ours"] - found["theirs"], found["moved"]
    # a credit note stands in the ledger in its own month; ours moved it to the period that it cancels
    explains = (residual != 0) & ((residual - moved).abs() < residual.abs())
    explained = moved.where(explains, 0)
    lag = _booked_later(found["month_index"].to_numpy(), (residual - explained).to_numpy(), found["credit"].to_numpy())
    words = [[MATCHED] * bool(flag) + [LATER] * bool(part) for flag, part in zip(explains, lag, strict=True)]
    explained = explained + lag
    return pd.DataFrame(
        {
            "month": [month_label(month_start(int(index))) for index in found["month_index"]],
            "source_a": ours,
            "source_b": f"ledger, {line}",
            "amount_a": found["ours"] / TICKS,
            "amount_b": found["theirs"] / TICKS,
            "residual": residual / TICKS,
            "explained_by": ["; ".join(word) for word in words],
            "explained": explained / TICKS,
            "unexplained": (residual - explained) / TICKS,
        }
    )


def _booked_later(months: np.ndarray, rest: np.ndarray, credit: np.ndarray) -> np.ndarray:
    """What a ledger that books a month's credit notes in the next month explains of what is left of the difference.

    Such credits lower the difference of their own month and raise that of the next by the same amount; both sides must show,
    each to a tenth of the credits.
    """
    explained = np.zeros(len(rest), dtype="int64")
    for place in range(len(rest) - 1):
        own, near = credit[place], NEAR * abs(credit[place])
        after = rest[place + 1] + own
        if own == 0 or months[place + 1] != months[place] + 1 or abs(rest[place] - explained[place] - own) > near:
            continue
        if min(abs(after), abs(after - credit[place + 1])) <= near:
            explained[place] += own
            explained[place + 1] -= own
    return explained
