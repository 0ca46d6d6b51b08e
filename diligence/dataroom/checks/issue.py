"""An issue, and what a check may look at."""

from dataclasses import dataclass
from typing import Any

import duckdb

from diligence.dataroom.engine import TICKS
from diligence.deal import Deal


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
    facts: dict[str, dict[str, Any]]
    """What reading left of each table: columns that nothing reads, hidden sheets, files of the room unread, ids without zeros."""
    deal: Deal

    def has(self, table: str, *columns: str) -> bool:
        """Say whether a table, and these columns of it, were given."""
        return table in self.given and set(columns) <= set(self.given[table])

    @property
    def partial(self) -> bool:
        """Whether the room has no revenue yet: what is odd beside revenue cannot be told."""
        return bool(self.facts["revenue"].get("absent"))

    def one(self, query: str) -> tuple:
        """Run a query that gives one row."""
        return self.connection.execute(query).fetchall()[0]

    def ticks_behind(self, table: str, rows: str) -> float:
        """Give the money behind rows of a table (a predicate), in the deal's currency.

        Revenue lines carry their own; a row of another table carries the revenue of the customers that it names.
        """
        if table == "revenue":
            query = f"SELECT coalesce(sum(abs(ticks)), 0) FROM lines WHERE source_row IN (SELECT source_row FROM t_revenue WHERE {rows})"
        elif self.has(table, "customer_id"):
            query = f"SELECT coalesce(sum(abs(ticks)), 0) FROM lines WHERE customer_id IN (SELECT customer_id FROM t_{table} WHERE {rows})"
        else:
            return 0.0
        return float(self.one(query)[0]) / TICKS

    def issue(self, code: str, table: str, rows: int, amount: float, message: str, do: str) -> Issue:
        """Make an issue; its share is that of all revenue in absolute terms."""
        share = abs(amount) / self.revenue if self.revenue else float("nan")
        return Issue(code, table, rows, amount, share, message, do)
