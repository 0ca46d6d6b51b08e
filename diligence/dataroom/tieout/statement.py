"""The statement of the tie-out: every pair of sources, month by month, taken apart, with the verdict of each month."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from diligence.dataroom.engine import TICKS
from diligence.dataroom.tieout.billings import proof_of_billings
from diligence.dataroom.tieout.books import Books, open_books
from diligence.dataroom.tieout.classes import CLASSES, UNIT, explain
from diligence.dataroom.tieout.pairs import PAIRS, Pair
from diligence.dataroom.tieout.registers import register_differences
from diligence.deal import Deal
from diligence.periods import month_label, month_start

COLUMNS = [
    *("month", "source_a", "source_b", "amount_a", "amount_b", "residual", "explained_by", "explained", "unexplained"),
    *CLASSES, "tolerance", "materiality", "status",
]  # fmt: skip
WORDS = ("month", "source_a", "source_b", "explained_by", "status")
TIES, EXPLAINED, WITHIN, IMMATERIAL, OPEN = "ties", "explained", "within tolerance", "immaterial", "open"
"""Verdicts of a month, the best first."""


def write_tie_out(connection: duckdb.DuckDBPyConnection, deal: Deal, first: int, last: int, folder: Path) -> None:
    """Tie out the governed lines in the engine; leave ``tieout.csv``, ``tieout_items.csv`` and ``billings.csv`` in the folder."""
    books = open_books(connection, deal, first, last)
    for name, frame in (
        ("tieout", tie_out(books)),
        ("tieout_items", register_differences(books)),
        ("billings", proof_of_billings(books)),
    ):
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def tie_out(books: Books) -> pd.DataFrame:
    """Hold every pair of sources against each other, month by month.

    Returns
    -------
    DataFrame
        ``residual`` is ours less theirs; the columns of the classes (``credit_notes, timing, fx, perimeter, services, repairs``) add up
        to ``explained``, and with ``unexplained`` to the residual. ``tolerance`` is a share of the other source's amount, ``materiality``
        one of the revenue of the last twelve months; ``status`` is ``ties, explained, within tolerance, immaterial`` or ``open``.
    """
    year = f"SELECT coalesce(sum(ticks), 0) FROM cube WHERE month_index BETWEEN {books.last - 11} AND {books.last}"
    revenue = abs(int(books.connection.execute(year).fetchall()[0][0])) / TICKS
    pairs = [pair for make in PAIRS for pair in make(books)]
    frames = [_statement(pair, books, revenue * books.deal.tieout.materiality) for pair in pairs]
    if not frames:
        return pd.DataFrame({column: pd.Series(dtype="str" if column in WORDS else "float64") for column in COLUMNS})
    return pd.concat(frames, ignore_index=True)


def _statement(pair: Pair, books: Books, material: float) -> pd.DataFrame:
    residual = pair.ours - pair.theirs
    found = explain(pair.months, residual, pair.reasons, pair.credits, book=pair.book, flow=pair.flow)
    explained = sum(found.classes.values(), np.zeros(len(residual), dtype="int64"))
    tolerance = np.abs(pair.theirs) / TICKS * books.deal.tieout.tolerance
    frame = pd.DataFrame(
        {
            "month": [month_label(month_start(int(index))) for index in pair.months],
            "source_a": pair.source_a,
            "source_b": pair.source_b,
            "amount_a": pair.ours / TICKS,
            "amount_b": pair.theirs / TICKS,
            "residual": residual / TICKS,
            "explained_by": ["; ".join(words) for words in found.words],
            "explained": explained / TICKS,
            "unexplained": found.rest / TICKS,
        }
        | {kind: amount / TICKS for kind, amount in found.classes.items()}
    )
    left = np.abs(found.rest) / TICKS
    rules = [np.abs(residual) <= UNIT, (explained != 0) & (left <= np.maximum(tolerance, 1)), left <= tolerance, left <= material]
    status = np.select(rules, [TIES, EXPLAINED, WITHIN, IMMATERIAL], default=OPEN)
    return frame.assign(tolerance=tolerance, materiality=material, status=status)[COLUMNS]
