"""Ids: the same key written in another format, and books of customers that came with a company that was bought."""

import re

import pandas as pd

from diligence.dataroom.engine import has_table, name, text
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.schema import UNIDENTIFIED, tables
from diligence.periods import month_label, month_start

BURST = 4
FEWEST = 5
NEW_FORMAT = 0.6
BEFORE_DAYS = 180


def one_format(bench: Bench) -> None:
    """Write a key as the table that it points to writes it: case, signs and leading zeros apart, where that leaves exactly one row."""
    plain = "regexp_replace(regexp_replace(upper({0}), '[^\\pL\\d]', '', 'g'), '^(\\pL*)0+(\\d)', '\\1\\2')"
    for table, columns in bench.given.items():
        for column in columns:
            owner, _, key = tables()[table][column].key.partition(".")
            item = f"{table}.{column}"
            # an invoice number written otherwise may be another document: lines that stand twice are looked for by their money
            if not key or owner in (table, "invoices") or not bench.has(owner, key) or not bench.on("id_format", item):
                continue
            rows = bench.make(
                "rewritten",
                f"WITH known AS (SELECT DISTINCT {name(key)} AS k FROM t_{owner} WHERE {name(key)} IS NOT NULL), "
                f"plain AS (SELECT {plain.format('k')} AS p, any_value(k) AS k FROM known GROUP BY 1 HAVING count(*) = 1), "
                f"loose AS (SELECT DISTINCT {name(column)} AS c FROM t_{table} WHERE {name(column)} IS NOT NULL AND {name(column)} NOT IN (SELECT k FROM known)), "
                f"asked AS (SELECT c, {plain.format('c')} AS p FROM loose WHERE regexp_matches(c, '\\d')) "
                "SELECT c, k FROM asked JOIN plain USING (p)",
            )
            if not rows:
                continue
            money = "CAST(amount * 10000 AS BIGINT)" if table == "revenue" else "0"
            bench.note(
                "id_format",
                f"SELECT source_row, {money} AS ticks FROM t_{table} SEMI JOIN rewritten ON {name(column)} = c",
                before=f"{rows} values of {column} in another format",
                after=f"as {owner} writes them",
                item=item,
                table=table,
            )
            bench.connection.execute(f"UPDATE t_{table} SET {name(column)} = k FROM rewritten WHERE {name(column)} = c")


def acquired_books(bench: Bench) -> None:
    """Mark customers that arrived together with a company that was bought: they are acquired, not won.

    A month in which four times as many customers arrive as usual (five at least) is looked at. Those whose ids are of a format not seen
    before it, or whose first contract is half a year older than their first invoice, came as a book where they are three of five of
    the month's arrivals, and not as many others left at the same time (that would be a change of ids).
    """
    if not bench.on("acquired_book"):
        return
    arrivals = _arrivals(bench)
    for month in _bursts(arrivals):
        if not bench.on("acquired_book", month_label(month_start(month))):
            continue
        came = arrivals[arrivals["first"] == month]
        before = arrivals[arrivals["first"] < month]
        left = int(arrivals["last"].isin([month - 1, month]).sum())
        formats = _unlike(came["format"], set(before["format"]))
        older = (came["billed_on"] - came["acquired_on"]).dt.days >= BEFORE_DAYS
        book = came[(formats | older) & came["unsaid"]]
        if len(book) < FEWEST or len(book) < NEW_FORMAT * len(came) or left >= len(came) / 2:
            continue
        _mark(bench, month, book["customer_id"].tolist())


def _unlike(formats: pd.Series, known: set[str]) -> pd.Series:
    """Say which id formats are of another kind: other signs, or two digits more or fewer; a counter that rolls over is the same one."""
    kinds = {(re.sub("9+", "9", word), len(word)) for word in known}
    return formats.map(lambda word: not any((re.sub("9+", "9", word), len(word) + step) in kinds for step in (-1, 0, 1))).astype(bool)


def _arrivals(bench: Bench) -> pd.DataFrame:
    """One row a customer: first and last month billed, the format of its id, its first contract, whether its origin is said."""
    listed = has_table(bench.connection, "t_customers")
    joined = "LEFT JOIN t_customers AS c USING (customer_id)" if listed else ""
    said = "c.sourced_by" if bench.has("customers", "sourced_by") else "NULL"
    signed = "c.acquired_on" if bench.has("customers", "acquired_on") else "NULL"
    return bench.connection.execute(
        "SELECT customer_id, first, last, billed_on, regexp_replace(regexp_replace(customer_id, '\\d', '9', 'g'), '\\pL', 'A', 'g') AS format, "
        f"CAST({signed} AS TIMESTAMP) AS acquired_on, {said} IS NULL AS unsaid FROM (SELECT customer_id, min(month_index) AS first, max(month_index) AS last, "
        f"CAST(min(date) AS TIMESTAMP) AS billed_on FROM lines WHERE ticks > 0 AND customer_id <> {text(UNIDENTIFIED)} GROUP BY 1) {joined} ORDER BY customer_id"
    ).df()


def _bursts(arrivals: pd.DataFrame) -> list[int]:
    if arrivals.empty:
        return []
    counts = arrivals["first"].value_counts().sort_index()
    span = range(int(counts.index.min()) + 1, int(counts.index.max()) + 1)
    usual = counts.reindex(span, fill_value=0)
    return [int(month) for month, number in usual.items() if number >= max(FEWEST, BURST * max(float(usual.median()), 1.0))]


def _mark(bench: Bench, month: int, customers: list[str]) -> None:
    bench.connection.execute("CREATE OR REPLACE TABLE book (customer_id VARCHAR)")
    bench.connection.executemany("INSERT INTO book VALUES (?)", [(customer,) for customer in customers])
    bench.note(
        "acquired_book",
        "SELECT source_row, ticks FROM lines SEMI JOIN book USING (customer_id)",
        before=f"{len(customers)} customers arrive at once, of another id format or older than their first invoice",
        after="acquired: neither won nor retained until a year old",
        item=month_label(month_start(month)),
        table="customers",
        rows_of="revenue",
    )
    bench.connection.execute("UPDATE customers SET sourced_by = 'acquisition' FROM book WHERE customers.customer_id = book.customer_id")
