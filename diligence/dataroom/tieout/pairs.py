"""What is held against what: each pair is a function from the books to two amounts by month; the set is a list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from diligence.dataroom.engine import TICKS, text
from diligence.dataroom.tieout import reasons
from diligence.dataroom.tieout.books import MONTH_END, Books
from diligence.dataroom.tieout.classes import Reason

LEDGER, LEDGER_RECURRING, INVOICES, CONTRACTS = (
    "ledger, revenue",
    "ledger, recurring_revenue",
    "invoices",
    "contracts, annual value in force",
)
"""The second source of each pair, as ``source_b`` names it."""


@dataclass(frozen=True)
class Pair:
    """Two sources of the same money, by month, in ticks, with the reasons that rows offer for their difference.

    Attributes
    ----------
    ours
        As the governed lines have it.
    credits
        Credit notes by month, for books that enter them later.
    flow
        Whether the amounts are flows of the month; contracts in force are a stock.
    """

    source_a: str
    source_b: str
    months: np.ndarray
    ours: np.ndarray
    theirs: np.ndarray
    reasons: Sequence[Reason]
    credits: np.ndarray
    book: str
    flow: bool = True


RECOGNISED = {"revenue": ("revenue lines", "true"), "recurring_revenue": ("revenue lines, recurring", "kind = 'recurring'")}
"""Lines of a book that hold revenue as recognised: what stands against them, and which rows of ours."""

NAMED = {
    **dict.fromkeys(("revenue", "total_revenue", "net_revenue"), "revenue"),
    **dict.fromkeys(("recurring_revenue", "mrr", "monthly_recurring_revenue"), "recurring_revenue"),
}
"""Names under which revenue is reported by month, and the line of a book that they are."""


def ledger(books: Books) -> Iterator[Pair]:
    """Hold lines as recognised against the ledger's revenue and recurring revenue."""
    if not books.has("ledger"):
        return
    for line in RECOGNISED:
        query = (
            f"SELECT (12 * year(month) + month(month) - 1)::BIGINT AS m, CAST(sum(amount) * {TICKS} AS BIGINT) FROM t_ledger WHERE line = '{line}' AND amount IS NOT NULL "
            f"GROUP BY 1 HAVING m BETWEEN {books.first} AND {books.last} ORDER BY 1"
        )
        months, theirs = _months(books, query)
        if len(months):
            yield _recognised(books, line, f"ledger, {line}", "the ledger", months, theirs)


def reported(books: Books) -> Iterator[Pair]:
    """Hold lines against revenue that is reported month by month, for each name and each who reports it.

    Quarters, years and ratios are held against the facts, a floor above.
    """
    if not books.has("reported", "value"):
        return
    name = "regexp_replace(lower(trim(metric)), '[\\s-]+', '_', 'g')"
    month = f"(12 * year({PERIOD}) + month({PERIOD}) - 1)::BIGINT"
    given = f"FROM t_reported WHERE {PERIOD} IS NOT NULL AND value IS NOT NULL"
    for metric, who in books.connection.execute(f"SELECT DISTINCT {name} AS metric, reported_by {given} ORDER BY ALL").fetchall():
        if metric not in NAMED:
            continue
        query = (
            f"SELECT {month} AS m, CAST(max(CAST(value AS DECIMAL(38, 8))) * {TICKS} AS BIGINT) {given} AND {name} = {text(metric)} AND reported_by = {text(who)} "
            f"GROUP BY 1 HAVING m BETWEEN {books.first} AND {books.last} ORDER BY 1"
        )
        months, theirs = _months(books, query)
        if not len(months):
            continue
        yield _recognised(books, NAMED[metric], f"reported by {who}, {metric}", "the report", months, theirs)


PERIOD = "CAST(TRY_STRPTIME(period, '%Y-%m') AS DATE)"


def _recognised(books: Books, line: str, source: str, book: str, months: np.ndarray, theirs: np.ndarray) -> Pair:
    ours, where = RECOGNISED[line]
    amount = books.series(f"SELECT month_index, sum(ticks) FROM cube WHERE {where} GROUP BY 1", months)
    credits = books.series(f"SELECT month_index, sum(ticks) FROM lines WHERE ticks < 0 AND last_day IS NULL AND {where} GROUP BY 1", months)
    offered = [replace(reason, words=reason.words.replace("the ledger", book)) for reason in reasons.of_ledger(books, line, months)]
    offered += reasons.of_groups(books, f"SELECT account_id, month_index, ticks FROM cube WHERE {where}", months, amount - theirs)
    return Pair(ours, source, months, amount, theirs, offered, credits, book)


def invoices(books: Books) -> Iterator[Pair]:
    """Hold lines as billed, in the month of their date, against the invoice register."""
    if not books.has("invoices", "issued_on", "amount"):
        return
    months, theirs = _months(
        books,
        f"SELECT (12 * year(issued_on) + month(issued_on) - 1)::BIGINT AS m, CAST(sum(amount) * {TICKS} AS BIGINT) FROM t_invoices "
        f"WHERE issued_on IS NOT NULL GROUP BY 1 HAVING m BETWEEN {books.first} AND {books.last} ORDER BY 1",
        gaps=True,
    )
    if not len(months):
        return
    ours = books.series("SELECT billed, sum(ticks) FROM billed GROUP BY 1", months)
    credits = books.series("SELECT billed, sum(ticks) FROM billed WHERE ticks < 0 GROUP BY 1", months)
    offered = reasons.of_register(books, months)
    offered += reasons.of_groups(books, "SELECT account_id, billed AS month_index, ticks FROM billed", months, ours - theirs)
    yield Pair("revenue lines, as billed", INVOICES, months, ours, theirs, offered, credits, "the register")


def contracts(books: Books) -> Iterator[Pair]:
    """Hold recurring lines, annualised at each month's end, against the annual value of the contracts then in force."""
    if not books.has("contracts", "start_date", "annual_value"):
        return
    ends = MONTH_END.format("m")
    months, theirs = _months(
        books,
        f"SELECT m.month_index, CAST(sum(annual_value) * {TICKS} AS BIGINT) FROM calendar AS m JOIN t_contracts AS c ON c.start_date <= {ends} "
        f"AND (c.end_date IS NULL OR c.end_date >= {ends}) WHERE m.month_index BETWEEN {books.first} AND {books.last} GROUP BY 1 ORDER BY 1",
        gaps=True,
    )
    if not len(months):
        return
    ours = books.series("SELECT month_index, 12 * sum(rate_ticks) FROM cube WHERE kind = 'recurring' GROUP BY 1", months)
    nothing = np.zeros(len(months), dtype="int64")
    offered = reasons.of_contracts(books, months)
    yield Pair("recurring lines, annualised", CONTRACTS, months, ours, theirs, offered, nothing, "the register", flow=False)


def _months(books: Books, query: str, *, gaps: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Run a query of months and ticks. A month that a ledger lacks is not given; one that a register lacks has nothing in it (``gaps``)."""
    found = {int(month): int(ticks or 0) for month, ticks in books.connection.execute(query).fetchall()}
    months = list(range(min(found), max(found) + 1)) if gaps and found else list(found)
    return np.array(months, dtype="int64"), np.array([found.get(month, 0) for month in months], dtype="int64")


PAIRS: tuple[Callable[[Books], Iterator[Pair]], ...] = (ledger, invoices, contracts, reported)
"""Every pair that a room may hold."""
