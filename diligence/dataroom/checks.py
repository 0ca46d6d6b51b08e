"""What is odd in the room: each check looks at the governed tables and gives issues, weighed by the money behind them."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields

import duckdb
import pandas as pd

from diligence.dataroom.customers import UNIDENTIFIED
from diligence.dataroom.engine import TICKS, has_table, name
from diligence.dataroom.resolution.joining import told
from diligence.dataroom.schema import tables
from diligence.periods import month_label, month_start


@dataclass(frozen=True)
class Issue:
    """Something odd that the analyst should know. ``amount`` is the money touched, in the deal's currency."""

    code: str
    table: str
    rows: int
    amount: float
    share: float
    message: str
    do: str


@dataclass(frozen=True)
class Scope:
    """What a check may look at."""

    connection: duckdb.DuckDBPyConnection
    given: dict[str, tuple[str, ...]]
    first: int
    last: int
    whole_month: bool
    revenue: float
    unread: dict[str, tuple[str, ...]]

    def one(self, query: str) -> tuple:
        """Run a query that gives one row."""
        return self.connection.execute(query).fetchall()[0]

    def issue(self, code: str, table: str, rows: int, amount: float, message: str, do: str) -> Issue:
        """Make an issue; its share is that of all revenue in absolute terms."""
        share = abs(amount) / self.revenue if self.revenue else float("nan")
        return Issue(code, table, rows, amount, share, message, do)


def orphans(scope: Scope) -> Iterator[Issue]:
    """Keys that point to a row that is not there."""
    for table, columns in scope.given.items():
        for column in columns:
            owner, _, key = tables()[table][column].key.partition(".")
            if not key or owner not in scope.given or key not in scope.given[owner] or (table, column) == ("revenue", "customer_id"):
                continue
            joined = f"SELECT {name(column)} FROM t_{table} ANTI JOIN (SELECT {name(key)} AS {name(column)} FROM t_{owner}) USING ({name(column)})"
            rows, distinct = scope.one(f"SELECT count(*), count(DISTINCT {name(column)}) FROM ({joined}) WHERE {name(column)} IS NOT NULL")
            if rows:
                amount = 0.0
                if table == "revenue":
                    amount = (
                        float(
                            scope.one(
                                f"SELECT coalesce(sum(ticks), 0) FROM lines WHERE {name(column)} NOT IN (SELECT {name(key)} FROM t_{owner})"
                            )[0]
                        )
                        / TICKS
                    )
                message = f"{rows:,} rows of {table} name {distinct:,} values of {column} that {owner} lacks"
                yield scope.issue(
                    "orphan", table, rows, amount, message, f"ask for the missing rows of {owner}; dropped rows hide what was lost"
                )


def survivorship(scope: Scope) -> Iterator[Issue]:
    """Customers in the revenue that the customer list lacks, and listed customers without revenue."""
    if "customers" not in scope.given:
        return
    lacking = f"customer_id <> '{UNIDENTIFIED}' AND customer_id NOT IN (SELECT customer_id FROM t_customers)"
    rows, customers, ticks = scope.one(f"SELECT count(*), count(DISTINCT customer_id), coalesce(sum(ticks), 0) FROM lines WHERE {lacking}")
    if rows:
        message = f"{customers:,} customers have revenue and no row in the customer list"
        yield scope.issue(
            "survivorship", "customers", rows, float(ticks) / TICKS, message, "ask for the list with closed and merged customers in it"
        )
    silent = scope.one(
        "SELECT count(*) FROM t_customers ANTI JOIN lines USING (customer_id) WHERE customer_id NOT IN (SELECT merged_id FROM joined)"
    )[0]
    if silent:
        yield scope.issue(
            "no_revenue", "customers", silent, 0.0, f"{silent:,} listed customers have no revenue line", "ask whether they ever paid"
        )


def missing_months(scope: Scope) -> Iterator[Issue]:
    """Months between a table's first and last that have no row."""
    for table, columns in scope.given.items():
        dated = tables()[table].row_date
        if dated is None or dated.name not in columns or (dated.type != "month" and table != "revenue"):
            continue
        got = f"SELECT DISTINCT (12 * year({dated.name}) + month({dated.name}) - 1)::BIGINT AS m FROM t_{table} WHERE {dated.name} IS NOT NULL"
        span = f"SELECT unnest(range(min(m), max(m) + 1)) AS m FROM ({got})"
        gaps = [row[0] for row in scope.connection.execute(f"SELECT m FROM ({span}) ANTI JOIN ({got}) USING (m) ORDER BY m").fetchall()]
        if gaps:
            named = ", ".join(month_label(month_start(gap)) for gap in gaps[:6]) + (" …" if len(gaps) > 6 else "")
            yield scope.issue(
                "missing_month", table, len(gaps), 0.0, f"{table} has no row for {named}", f"ask for {named}; a gap is not a zero"
            )


def zero_lines(scope: Scope) -> Iterator[Issue]:
    """Lines of no money: left in, they touch counts and not sums."""
    rows = scope.one("SELECT count(*) FROM lines WHERE ticks = 0")[0]
    if rows:
        yield scope.issue(
            "zero_line", "revenue", rows, 0.0, f"{rows:,} revenue lines are of zero", "ask whether they are free goods or voided lines"
        )


def negative_lines(scope: Scope) -> Iterator[Issue]:
    """Credit notes, cancellations and refunds."""
    rows, ticks, first = scope.one(
        "SELECT count(*), coalesce(sum(ticks), 0), min(12 * year(date) + month(date) - 1) FROM lines WHERE ticks < 0"
    )
    if rows:
        begins = month_label(month_start(int(first)))
        message = f"{rows:,} lines are negative, the first in {begins}"
        late = int(first) - scope.first > 12
        do = "ask where earlier returns were booked: none stand before" if late else "ask which invoices they cancel"
        yield scope.issue("negative_line", "revenue", rows, float(ticks) / TICKS, message, do)


def negative_balances(scope: Scope) -> Iterator[Issue]:
    """Customers whose month is below zero after credit notes."""
    rows, ticks = scope.one(
        "SELECT count(*), coalesce(sum(t), 0) FROM (SELECT sum(ticks) AS t FROM cube GROUP BY customer_id, month_index HAVING sum(ticks) < 0)"
    )
    if rows:
        message = f"{rows:,} customer months are below zero after credit notes"
        yield scope.issue(
            "negative_balance", "revenue", rows, float(ticks) / TICKS, message, "ask what they cancel; they read as credits, not as churn"
        )


def unnamed_products(scope: Scope) -> Iterator[Issue]:
    """Revenue without a product."""
    if "product_id" not in scope.given.get("revenue", ()):
        return
    rows, ticks = scope.one("SELECT count(*), coalesce(sum(ticks), 0) FROM lines WHERE product_id IS NULL")
    if rows:
        yield scope.issue(
            "no_product",
            "revenue",
            rows,
            float(ticks) / TICKS,
            f"{rows:,} lines name no product",
            "ask what was sold; cuts by product leave them apart",
        )


def left_truncation(scope: Scope) -> Iterator[Issue]:
    """Customers already there in the first month: how long they had been customers cannot be known."""
    rows, ticks = scope.one(
        f"SELECT count(DISTINCT customer_id), coalesce(sum(ticks), 0) FROM cube WHERE month_index = {scope.first} AND ticks > 0"
    )
    if rows:
        message = f"{rows:,} customers bill in the first month, {month_label(month_start(scope.first))}: their history starts earlier than the data"
        yield scope.issue(
            "left_truncation", "revenue", rows, float(ticks) / TICKS, message, "their cohort is shown as 'before', never as new"
        )


def incomplete_month(scope: Scope) -> Iterator[Issue]:
    """The as-of date cuts a month."""
    if not scope.whole_month:
        rows, ticks = scope.one(f"SELECT count(*), coalesce(sum(ticks), 0) FROM cube WHERE month_index = {scope.last}")
        message = f"{month_label(month_start(scope.last))} is not whole at the as-of date"
        yield scope.issue("incomplete_month", "revenue", rows, float(ticks) / TICKS, message, "metrics end with the month before")


def wild_prices(scope: Scope) -> Iterator[Issue]:
    """Quantities blanked by the repair, by the money beside them."""
    if has_table(scope.connection, "wild"):
        rows, ticks = scope.one("SELECT count(*), coalesce(sum(ticks), 0) FROM lines SEMI JOIN wild USING (source_row)")
        if rows:
            message = f"{rows:,} lines have a unit price five times off their product's median"
            yield scope.issue("wild_price", "revenue", rows, float(ticks) / TICKS, message, "ask whether a case was counted as a unit")


def unread_columns(scope: Scope) -> Iterator[Issue]:
    """Columns of a file that the deal file maps to nothing: a service period left unmapped turns subscriptions into lumps."""
    for table, columns in scope.unread.items():
        if columns:
            named = ", ".join(columns[:8]) + (" …" if len(columns) > 8 else "")
            lacking = [column for column in tables()[table].names if column not in scope.given[table]]
            do = f"map what is one of: {', '.join(lacking[:12])}" if lacking else "nothing of the data model is left to map"
            yield scope.issue("unread_column", table, len(columns), 0.0, f"{table} has columns that nothing reads: {named}", do)


def customers_told(scope: Scope) -> Iterator[Issue]:
    """What came up when customers were joined: decisions gone stale, a change of system, circles of parents, the target's own group."""
    yield from (scope.issue(*found) for found in told(scope.connection))


CHECKS: tuple[Callable[[Scope], Iterator[Issue]], ...] = (
    orphans,
    survivorship,
    missing_months,
    zero_lines,
    negative_lines,
    negative_balances,
    unnamed_products,
    left_truncation,
    incomplete_month,
    wild_prices,
    unread_columns,
    customers_told,
)


def run_checks(scope: Scope) -> pd.DataFrame:
    """Run every check; the issues with the most money behind them come first."""
    found = [issue for check in CHECKS for issue in check(scope)]
    found.sort(key=lambda issue: (-abs(issue.amount), -issue.rows, issue.code, issue.table))
    return pd.DataFrame([asdict(issue) for issue in found], columns=[field.name for field in fields(Issue)])
