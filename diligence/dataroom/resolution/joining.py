"""Join the customers of a room that are one: what was decided first, then what two independent signs speak for; the rest is for review."""

import re
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pandas as pd

from diligence.dataroom.engine import TICKS, has_table, month_of_day, text
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.resolution.candidates import name_evidence
from diligence.dataroom.resolution.clusters import Clusters, Join, Span, join_handovers
from diligence.dataroom.resolution.decisions import rulings
from diligence.dataroom.resolution.evidence import EXACT, SPELLING
from diligence.dataroom.resolution.names import Name
from diligence.dataroom.resolution.recoding import Event, equal_amounts, events, recoded_evidence
from diligence.dataroom.resolution.review import review_pairs
from diligence.dataroom.resolution.rulings import Rulings, rule

ATTRIBUTES = ("name", "country", "industry", "segment")
TOLD = "resolution_told"
"""Table of the engine with what the checks tell of customers: ``code, concerns, touched, ticks, message, remedy``."""


@dataclass(frozen=True)
class Customers:
    """Who the customers of a room are, and when and for how much they bill."""

    names: dict[str, Name]
    spans: dict[str, Span]
    money: dict[str, tuple[int, int]]
    """Lines and ticks of each."""

    @cached_property
    def size(self) -> dict[str, float]:
        """Revenue of each."""
        return {customer: float(ticks) for customer, (_, ticks) in self.money.items()}

    def told(self, customer: str) -> str:
        """Give an id with its name."""
        written = self.names[customer].written
        return f"{customer} {written}" if written and written != customer else customer


def join_customers(bench: Bench) -> None:
    """Give the lines of customers that are one the id of the oldest, each joining in the log with its switch.

    Makes the tables ``joined`` (``merged_id, kept_id``), ``decided_parents`` (``customer_id, parent_id``), ``review_pairs`` (what is
    left to a person, without money yet) and ``resolution_told`` (what the checks tell).
    """
    connection, off = bench.connection, bench.deal.repairs.off
    decisions, aliases = rulings(connection)
    customers = _customers(connection)
    ruled = rule(decisions, customers.names)
    clusters = Clusters(customers.spans, ruled.apart)
    reasons = ruled.settle(clusters, off)
    evidence = name_evidence(list(customers.names.values()), aliases=aliases, size=customers.size)
    joins = join_handovers(evidence, clusters, off=off, decided=reasons)
    changes, unnamed = _changes_of_system(connection, customers, joins)
    evidence += recoded_evidence(unnamed, _has_products(connection))
    _log_joins(bench, customers, clusters, joins, reasons, changes)
    parents = _decided_parents(bench, customers, clusters, ruled)
    connection.execute("CREATE OR REPLACE TABLE decided_parents (customer_id VARCHAR, parent_id VARCHAR)")
    connection.execute("CREATE OR REPLACE TABLE joined (merged_id VARCHAR, kept_id VARCHAR)")
    for table, rows in (("decided_parents", parents), ("joined", list(clusters.merged().items()))):
        if rows:
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
    connection.execute("UPDATE lines SET customer_id = joined.kept_id FROM joined WHERE lines.customer_id = joined.merged_id")
    review_pairs(connection, evidence, clusters, customers.names, settled=dict(parents))
    _tell(connection, ruled, [*changes, *unnamed])


def _customers(connection: duckdb.DuckDBPyConnection) -> Customers:
    spans = connection.execute(
        f"SELECT customer_id, min(coalesce({month_of_day('first_day')}, month_index)) AS first, "
        f"max(coalesce({month_of_day('last_day')}, month_index)) AS last FROM lines WHERE ticks > 0 AND customer_id IS NOT NULL "
        "GROUP BY customer_id, kind "
        # services go on under the old name for a while: what recurs says when the one took over from the other
        "QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY kind = 'recurring' DESC, count(*) DESC, kind) = 1"
    ).fetchall()
    money = connection.execute(
        "SELECT customer_id, count(*), sum(ticks)::BIGINT FROM lines WHERE customer_id IS NOT NULL GROUP BY 1"
    ).fetchall()
    listed = connection.execute("SELECT * FROM t_customers").df() if has_table(connection, "t_customers") else pd.DataFrame()
    columns = [
        listed[column].fillna("").astype("str").tolist() if column in listed else [""] * len(listed)
        for column in ("customer_id", *ATTRIBUTES)
    ]
    names = {row[0]: Name(row[0], row[1] or name_in_id(row[0]), *row[2:]) for row in zip(*columns, strict=True) if row[0]}
    unlisted = sorted({row[0] for row in money} - set(names))
    names |= {customer: Name(customer, name_in_id(customer)) for customer in unlisted}
    return Customers(names, {row[0]: Span(row[1], row[2]) for row in spans}, {row[0]: (row[1], row[2]) for row in money})


def name_in_id(customer: str) -> str:
    """Give the id as the name where an export has no other: words, not a code.

    >>> name_in_id("Acme Corp"), name_in_id("C0042"), name_in_id("4711")
    ('Acme Corp', '', '')
    """
    words = re.findall(r"[^\W\d_]{3,}", customer)
    return customer if words and (" " in customer.strip() or not re.search(r"\d", customer)) else ""


def _has_products(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute("SELECT count(product_id) FROM lines").fetchall()[0][0])


def _changes_of_system(connection: duckdb.DuckDBPyConnection, customers: Customers, joins: list[Join]) -> tuple[list[Event], list[Event]]:
    """Find changes of system among customers joined by name, and among those without one by what they are billed."""
    named = events([(join.kept, join.merged) for join in joins if join.evidence.level == EXACT], customers.spans)
    nameless = [customer for customer in customers.spans if not customers.names[customer].key]
    if not nameless:
        return named, []
    connection.register("nameless_rows", pd.DataFrame({"customer_id": nameless}))
    bills = connection.execute(
        "WITH bill AS (SELECT * FROM lines SEMI JOIN nameless_rows USING (customer_id) WHERE ticks > 0), "
        "edge AS (SELECT customer_id, min(month_index) AS first, max(month_index) AS last FROM bill GROUP BY 1) "
        "SELECT customer_id, string_agg(coalesce(product_id, '') || ' ' || ticks, '|' ORDER BY product_id, ticks) FILTER (month_index = first), "
        "string_agg(coalesce(product_id, '') || ' ' || ticks, '|' ORDER BY product_id, ticks) FILTER (month_index = last) "
        "FROM bill JOIN edge USING (customer_id) GROUP BY customer_id ORDER BY customer_id"
    ).fetchall()
    connection.unregister("nameless_rows")
    pairs = equal_amounts({row[0]: row[1] for row in bills}, {row[0]: row[2] for row in bills}, customers.spans)
    return named, events(pairs, customers.spans)


def _log_joins(
    bench: Bench, customers: Customers, clusters: Clusters, joins: list[Join], reasons: dict[str, str], changes: list[Event]
) -> None:
    when = {new: event for event in changes for _, new in event.pairs}
    why = {join.merged: (join.repair, _reason(join, when.get(join.merged))) for join in joins}
    for merged, kept in sorted(clusters.merged().items(), key=lambda pair: (pair[1], pair[0])):
        # a customer that was not merged by a join of ours was merged by a decision
        kind, reason = why.get(merged, ("decided_customer", reasons.get(merged, "")))
        _log(bench, customers, kind, merged, customers.told(kept), reason)


def _log(bench: Bench, customers: Customers, kind: str, customer: str, after: str, reason: str) -> None:
    told = {"before": customers.told(customer), "after": after, "item": customer, "reason": reason}
    rows = f"SELECT source_row, ticks FROM lines WHERE customer_id = {text(customer)}"
    bench.note(kind, rows, **told, table="customers", rows_of="revenue", always=True)


def _reason(join: Join, event: Event | None) -> str:
    names = f"names alike {join.evidence.score:.0f} of 100" if join.evidence.level == SPELLING else join.evidence.reason
    reason = f"{names}, and the revenue of the one follows on that of the other ({join.handover} months)"
    return f"{reason}; one of {len(event.pairs)} that go over to ids of another form in {event.when}" if event else reason


def _decided_parents(bench: Bench, customers: Customers, clusters: Clusters, ruled: Rulings) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for one, other, reason in ruled.parents:
        child, parent = clusters.head(one), clusters.head(other)
        if child in found or child == parent or not bench.on("decided_parent", child):
            continue
        found[child] = parent
        _log(bench, customers, "decided_parent", child, f"under {customers.told(parent)}", reason)
    return sorted(found.items())


def _tell(connection: duckdb.DuckDBPyConnection, ruled: Rulings, changes: list[Event]) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {TOLD} (code VARCHAR, concerns VARCHAR, touched BIGINT, ticks BIGINT, message VARCHAR, remedy VARCHAR)"
    )
    if ruled.stale:
        named = ", ".join(f"row {decision.row} ({' and '.join(decision.sides)})" for decision in ruled.stale[:6])
        more = " …" if len(ruled.stale) > 6 else ""
        message = f"decisions on customers that this room lacks ({len(ruled.stale):,}): {named}{more}"
        do = "leave them for the next drop, or correct the ids in the decisions file"
        tell(connection, "stale_decision", len(ruled.stale), 0, message, do)
    for event in changes:
        message = f"{len(event.pairs):,} customers go over to ids of another form in {event.when}"
        do = "ask whether the system changed then, and for the list of old and new ids"
        tell(connection, "change_of_system", len(event.pairs), 0, message, do)


def tell(connection: duckdb.DuckDBPyConnection, code: str, rows: int, ticks: int, message: str, do: str) -> None:
    """Leave something for the checks to tell of customers."""
    connection.execute(f"INSERT INTO {TOLD} VALUES (?, 'customers', ?, ?, ?, ?)", [code, rows, ticks, message, do])


def told(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, float, str, str]]:
    """Give what the checks tell of customers: code, table, rows, amount in currency, message, what to do."""
    rows = connection.execute(f"SELECT * FROM {TOLD} ORDER BY ALL").fetchall()
    return [(code, table, count, ticks / TICKS, message, do) for code, table, count, ticks, message, do in rows]
