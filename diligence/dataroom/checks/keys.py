"""Keys: rows that point to nothing, customers of one list and not of the other, ids that change their format, facts as of today."""

from collections.abc import Iterator

from diligence.dataroom.checks.issue import Issue, Scope
from diligence.dataroom.engine import TICKS, name
from diligence.dataroom.resolution.joining import told
from diligence.dataroom.schema import UNIDENTIFIED, tables
from diligence.periods import month_label, month_start

LEAP_SHARE = 0.95


def orphans(scope: Scope) -> Iterator[Issue]:
    """Keys that point to a row that is not there."""
    for table, columns in scope.given.items():
        for column in columns:
            owner, _, key = tables()[table][column].key.partition(".")
            if not key or not scope.has(owner, key) or (table, column) == ("revenue", "customer_id"):
                continue
            loose = (
                f"{name(column)} IS NOT NULL AND {name(column)} NOT IN (SELECT {name(key)} FROM t_{owner} WHERE {name(key)} IS NOT NULL)"
            )
            rows, distinct = scope.one(f"SELECT count(*), count(DISTINCT {name(column)}) FROM t_{table} WHERE {loose}")
            if rows:
                message = f"{rows:,} rows of {table} name {distinct:,} values of {column} that {owner} lacks"
                do = f"ask for the missing rows of {owner}; dropped rows hide what was lost"
                yield scope.issue("orphan", table, rows, scope.ticks_behind(table, loose), message, do)


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
    if silent and not scope.partial:
        yield scope.issue(
            "no_revenue", "customers", silent, 0.0, f"{silent:,} listed customers have no revenue line", "ask whether they ever paid"
        )


def id_leaps(scope: Scope) -> Iterator[Issue]:
    """Ids of the lines that change their format for good: a new system begins there, and what links the two sides must be shown.

    A leap is a month before which nineteen lines of twenty have one format, and after which nineteen of twenty have others.
    """
    for column in ("customer_id", "product_id", "invoice_id"):
        if not scope.has("revenue", column):
            continue
        form = f"regexp_replace(regexp_replace(regexp_replace({name(column)}, '\\d+', '9', 'g'), '\\pL+', 'A', 'g'), '9[9A]*', '9', 'g')"
        found = scope.one(
            f"WITH m AS (SELECT {form} AS form, 12 * year(date) + month(date) - 1 AS month FROM t_revenue WHERE {name(column)} IS NOT NULL), "
            "usual AS (SELECT mode(form) AS form FROM m WHERE month <= (SELECT min(month) + 5 FROM m)), "
            "counted AS (SELECT month, count(*) AS n, count(*) FILTER (WHERE m.form = usual.form) AS old FROM m, usual GROUP BY 1), "
            "summed AS (SELECT month, n, old, sum(n) OVER w AS n_before, sum(old) OVER w AS old_before, sum(n) OVER (ORDER BY month DESC) AS n_after, "
            "sum(n - old) OVER (ORDER BY month DESC) AS new_after FROM counted WINDOW w AS (ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) "
            f"SELECT min(month), min_by(n_after, month) FROM summed WHERE old_before >= {LEAP_SHARE} * n_before AND new_after >= {LEAP_SHARE} * n_after AND n_before >= 20 AND n_after >= 20"
        )
        if found[0] is not None:
            when = month_label(month_start(int(found[0])))
            money = scope.ticks_behind("revenue", f"12 * year(date) + month(date) - 1 >= {int(found[0])}")
            do = "ask for the list that leads from the old ids to the new; without it customers end and begin there"
            yield scope.issue("id_leap", "revenue", int(found[1]), money, f"{column} changes its format in {when}", do)


def look_ahead(scope: Scope) -> Iterator[Issue]:
    """Facts as of today on rows of the past: an owner hired, or a product launched, after what it is said to have done."""
    for table, column, owner, key, began, when, words in AS_OF_TODAY:
        if not (scope.has(table, column, when) and scope.has(owner, key, began)):
            continue
        rows = scope.one(f"SELECT count(*) FROM t_{table} AS t JOIN t_{owner} AS o ON t.{column} = o.{key} WHERE o.{began} > t.{when}")[0]
        if rows:
            where = f"{column} IN (SELECT {key} FROM t_{owner} WHERE {began} > t_{table}.{when})"
            message = f"{rows:,} {words}: {table}.{column} stands as of today"
            do = f"ask for {column} as it stood then; cuts by it read the present into the past"
            yield scope.issue("look_ahead", table, rows, scope.ticks_behind(table, where), message, do)


def segments_as_of_today(scope: Scope) -> Iterator[Issue]:
    """Customers in another segment than when they were sold to: the list has one segment a customer, today's, for all of its past."""
    if not (scope.has("opportunities", "segment", "customer_id") and scope.has("customers", "segment")):
        return
    moved = (
        "customer_id IN (SELECT c.customer_id FROM t_customers AS c JOIN (SELECT customer_id, max_by(segment, created_on) AS earlier FROM t_opportunities "
        "WHERE segment IS NOT NULL AND status = 'won' GROUP BY 1) AS sold USING (customer_id) WHERE lower(trim(c.segment)) <> lower(trim(earlier)))"
    )
    rows = scope.one(f"SELECT count(*) FROM t_customers WHERE {moved}")[0]
    if rows:
        message = f"{rows:,} customers stand in another segment than their last won opportunity: customers.segment stands as of today"
        do = "ask for the segments as they stood; retention by segment reads the present into the past"
        yield scope.issue("look_ahead", "customers", rows, scope.ticks_behind("customers", moved), message, do)


def customers_told(scope: Scope) -> Iterator[Issue]:
    """What came up when customers were joined: decisions gone stale, a change of system, circles of parents, the target's own group."""
    yield from (scope.issue(*found) for found in told(scope.connection))


AS_OF_TODAY = (
    ("opportunities", "rep_id", "reps", "rep_id", "hired_on", "closed_on", "opportunities closed before their rep was hired"),
    ("leads", "rep_id", "reps", "rep_id", "hired_on", "mql_on", "leads qualified before their rep was hired"),
    ("customers", "owner_rep_id", "reps", "rep_id", "hired_on", "acquired_on", "customers signed before their owner was hired"),
    ("revenue", "product_id", "products", "product_id", "launched_on", "date", "lines dated before their product was launched"),
)
"""What is held against what: table, its key, the table of the key, when that began, when the row happened, in words."""
