"""The proof of billings: revenue of the month and the change of deferred revenue are what was billed."""

import numpy as np
import pandas as pd

from diligence.dataroom.engine import TICKS
from diligence.dataroom.tieout.books import Books
from diligence.periods import month_label, month_start

COLUMNS = [
    *("month", "revenue", "deferred_opening", "deferred_closing", "billings", "invoiced", "residual", "share"),
    *("revenue_from", "deferred_from", "invoiced_from", "deferred_lines", "deferred_ledger"),
]
LINES, LEDGER, REGISTER = "lines", "ledger", "invoices"


def proof_of_billings(books: Books) -> pd.DataFrame:
    """Prove billings by month: revenue + (deferred revenue at the end - at the opening) = invoices + credit notes.

    Deferred revenue is the ledger's balance where it has one, with the ledger's revenue; else it is computed from the lines: of what was
    billed by the end of a month, the part that is served after it, less what was served and not billed yet. Invoices are the register's
    where there is one, else the lines by their date.

    Returns
    -------
    DataFrame
        One row a month; ``residual`` is revenue and change less what was billed, ``share`` that over what was billed. Empty where neither
        the ledger has a balance nor a line a service period: without either nothing is deferred that could be proved. ``deferred_lines``
        holds only what is billed ahead, as a balance sheet does.
    """
    months = np.arange(books.first, books.last + 1, dtype="int64")
    deferred = _ledger(books, "deferred_revenue", months)
    from_ledger = np.isfinite(deferred).sum() > 1
    spread = books.connection.execute("SELECT count(last_day) FROM lines").fetchall()[0][0]
    if not len(months) or not (from_ledger or spread):
        return pd.DataFrame(columns=COLUMNS)
    ahead, behind = _unserved(books, months)
    revenue, revenue_from = _ledger(books, "revenue", months), LEDGER
    if not from_ledger or not np.isfinite(revenue).any():
        revenue, revenue_from = books.series("SELECT month_index, sum(ticks) FROM flows GROUP BY 1", months) / TICKS, LINES
    closing = deferred if from_ledger else ahead - behind
    invoiced, invoiced_from = _invoiced(books, months)
    opening = np.concatenate([[np.nan], closing[:-1]])
    billings = np.round(revenue + closing - opening, 4)
    residual = np.round(billings - invoiced, 4)
    frame = pd.DataFrame(
        {
            "month": [month_label(month_start(int(index))) for index in months],
            "revenue": revenue, "deferred_opening": opening, "deferred_closing": closing, "billings": billings, "invoiced": invoiced,
            "residual": residual, "share": np.divide(residual, np.abs(invoiced), out=np.full(len(months), np.nan), where=invoiced != 0),
            "revenue_from": revenue_from, "deferred_from": LEDGER if from_ledger else LINES, "invoiced_from": invoiced_from,
            "deferred_lines": ahead if spread else np.nan, "deferred_ledger": deferred,
        }
    )[COLUMNS]  # fmt: skip
    # the opening of the first month is not known: what was deferred before the data begin is in no line
    return frame[frame["billings"].notna()].reset_index(drop=True)


def _ledger(books: Books, line: str, months: np.ndarray) -> np.ndarray:
    if not books.has("ledger"):
        return np.full(len(months), np.nan)
    rows = books.connection.execute(
        f"SELECT (12 * year(month) + month(month) - 1)::BIGINT, sum(amount)::DOUBLE FROM t_ledger WHERE line = '{line}' AND amount IS NOT NULL GROUP BY 1"
    ).fetchall()
    found = dict(rows)
    return np.array([found.get(int(month), np.nan) for month in months])


def _invoiced(books: Books, months: np.ndarray) -> tuple[np.ndarray, str]:
    if books.has("invoices", "issued_on", "amount"):
        month = "(12 * year(issued_on) + month(issued_on) - 1)::BIGINT"
        return books.series(f"SELECT {month}, CAST(sum(amount) * {TICKS} AS BIGINT) FROM t_invoices GROUP BY 1", months) / TICKS, REGISTER
    return books.series("SELECT billed, sum(ticks) FROM billed GROUP BY 1", months) / TICKS, LINES


def _unserved(books: Books, months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give, at each month's end, what is billed and not served, and what is served and not billed."""
    whole = dict(books.connection.execute("SELECT billed, sum(ticks)::BIGINT FROM billed GROUP BY 1").fetchall())
    flows = books.frame("SELECT billed, month_index, sum(ticks)::BIGINT AS ticks FROM flows WHERE billed IS NOT NULL GROUP BY ALL")
    billed, served, ticks = (flows[column].to_numpy(dtype="int64") for column in ("billed", "month_index", "ticks"))
    ahead, behind = [], []
    for month in months:
        total = sum(amount for index, amount in whole.items() if index <= month)
        ahead.append(total - ticks[(billed <= month) & (served <= month)].sum())
        behind.append(ticks[(billed > month) & (served <= month)].sum())
    return np.array(ahead, dtype="int64") / TICKS, np.array(behind, dtype="int64") / TICKS
