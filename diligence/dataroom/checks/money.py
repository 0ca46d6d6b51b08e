"""Money: lines of zero and below, lines out of all proportion, lines that may stand twice, lines without a product."""

from collections.abc import Iterator

from diligence.dataroom.checks.issue import Issue, Scope
from diligence.dataroom.engine import TICKS, has_table
from diligence.periods import month_label, month_start

OUTLIER = 20
OUTLIER_LINES = 6


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


def wild_prices(scope: Scope) -> Iterator[Issue]:
    """Quantities blanked by the repair, by the money beside them."""
    if has_table(scope.connection, "wild"):
        rows, ticks = scope.one("SELECT count(*), coalesce(sum(ticks), 0) FROM lines SEMI JOIN wild USING (source_row)")
        if rows:
            message = f"{rows:,} lines have a unit price five times off their product's median"
            yield scope.issue("wild_price", "revenue", rows, float(ticks) / TICKS, message, "ask whether a case was counted as a unit")


def outlier_lines(scope: Scope) -> Iterator[Issue]:
    """Lines twenty times the median of their customer and product, where it has six lines or more, and of one in a thousand of revenue."""
    rows, ticks, first = scope.one(
        "WITH usual AS (SELECT customer_id, product_id, kind, median(ticks) AS m FROM lines WHERE ticks > 0 AND customer_id IS NOT NULL GROUP BY ALL "
        f"HAVING count(*) >= {OUTLIER_LINES}) SELECT count(*), coalesce(sum(ticks), 0), min(source_row) FROM lines JOIN usual USING (customer_id, kind) "
        f"WHERE lines.product_id IS NOT DISTINCT FROM usual.product_id AND ticks > {OUTLIER} * m AND ticks >= {scope.revenue * TICKS / 1000:.0f}"
    )
    if rows:
        message = f"{rows:,} lines are twenty times what their customer usually pays for the product, the first in row {first:,}"
        yield scope.issue("outlier_line", "revenue", rows, float(ticks) / TICKS, message, "ask for these invoices; nothing was changed")


def possible_duplicates(scope: Scope) -> Iterator[Issue]:
    """Equal lines of one customer, product and day: without an invoice number nobody can say whether it is one sale or two."""
    columns = ", ".join(f'"{column}"' for column in scope.given["revenue"] if column != "invoice_id")
    if scope.has("revenue", "invoice_id"):
        return
    rows, amount = scope.one(
        f"SELECT coalesce(sum(n - 1), 0), coalesce(sum((n - 1) * amount), 0) FROM (SELECT count(*) AS n, any_value(abs(amount)) AS amount FROM t_revenue "
        f"WHERE customer_id IS NOT NULL AND amount <> 0 GROUP BY {columns} HAVING count(*) > 1)"
    )
    if rows:
        message = f"{int(rows):,} lines equal another in every column, and no invoice number tells whether they are the same sale"
        yield scope.issue(
            "possible_duplicate", "revenue", int(rows), float(amount), message, "ask for the invoice numbers; nothing was left out"
        )
