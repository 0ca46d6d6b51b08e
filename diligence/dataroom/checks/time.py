"""Time: months that are not there, histories cut at either end, a month that is not whole."""

from collections.abc import Iterator

from diligence.dataroom.checks.issue import Issue, Scope
from diligence.dataroom.engine import TICKS
from diligence.dataroom.schema import UNIDENTIFIED, tables
from diligence.periods import month_label, month_start

GAP_MONTHS = 3


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


def left_truncation(scope: Scope) -> Iterator[Issue]:
    """Customers already there in the first month: how long they had been customers cannot be known."""
    rows, ticks = scope.one(
        f"SELECT count(DISTINCT customer_id), coalesce(sum(ticks), 0) FROM cube WHERE month_index = {scope.first} AND ticks > 0 "
        f"AND customer_id <> '{UNIDENTIFIED}'"
    )
    if rows:
        message = f"{rows:,} customers bill in the first month, {month_label(month_start(scope.first))}: their history starts earlier than the data"
        yield scope.issue(
            "left_truncation", "revenue", rows, float(ticks) / TICKS, message, "their cohort is shown as 'before', never as new"
        )


def incomplete_month(scope: Scope) -> Iterator[Issue]:
    """The as-of date cuts a month."""
    if not scope.whole_month and not scope.partial:
        rows, ticks = scope.one(f"SELECT count(*), coalesce(sum(ticks), 0) FROM cube WHERE month_index = {scope.last}")
        message = f"{month_label(month_start(scope.last))} is not whole at the as-of date"
        yield scope.issue("incomplete_month", "revenue", rows, float(ticks) / TICKS, message, "metrics end with the month before")


def right_censoring(scope: Scope) -> Iterator[Issue]:
    """Customers still there in the last whole month: how long they stay cannot be known yet."""
    end = scope.last if scope.whole_month else scope.last - 1
    rows, ticks = scope.one(
        f"SELECT count(DISTINCT customer_id), coalesce(sum(ticks), 0) FROM cube WHERE month_index = {end} AND ticks > 0 AND customer_id <> '{UNIDENTIFIED}'"
    )
    if rows:
        message = f"{rows:,} customers bill in the last whole month, {month_label(month_start(end))}: their lifetimes are still open"
        yield scope.issue(
            "right_censoring", "revenue", rows, float(ticks) / TICKS, message, "survival counts them as seen so far, never as ended"
        )


def billing_gaps(scope: Scope) -> Iterator[Issue]:
    """Customers that fall silent for one to three months and come back at much the same money: billed late, not lost and won again."""
    if scope.deal.defaults.regime == "repeat":
        return
    rows, customers, ticks = scope.one(
        "WITH m AS (SELECT customer_id, month_index, sum(ticks) AS t FROM cube WHERE kind = 'recurring' GROUP BY ALL HAVING sum(ticks) > 0), "
        "s AS (SELECT *, lead(month_index) OVER w AS next, lead(t) OVER w AS after, lag(month_index) OVER w AS before FROM m "
        "WINDOW w AS (PARTITION BY customer_id ORDER BY month_index)) "
        f"SELECT count(*), count(DISTINCT customer_id), coalesce(sum(t), 0) FROM s WHERE next - month_index BETWEEN 2 AND {GAP_MONTHS + 1} "
        "AND after BETWEEN 0.8 * t AND 1.25 * t AND before = month_index - 1"
    )
    regular = scope.one(
        "SELECT avg(r) FROM (SELECT count(DISTINCT month_index) / (max(month_index) - min(month_index) + 1.0) AS r FROM cube "
        "WHERE kind = 'recurring' AND ticks > 0 GROUP BY customer_id HAVING max(month_index) - min(month_index) >= 5)"
    )[0]
    if rows and regular is not None and regular >= 0.85:
        message = f"{customers:,} customers fall silent for one to three months and come back at much the same money"
        do = "ask whether they were billed late: each such gap reads as a loss and a win"
        yield scope.issue("billing_gap", "revenue", rows, float(ticks) / TICKS, message, do)
