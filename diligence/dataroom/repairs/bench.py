"""The bench that every repair works at: the lines in the engine, the switches of the deal file, the log, the rows touched."""

from dataclasses import dataclass, field

import duckdb

from diligence.dataroom.cleaning import REPAIRS, Repair, is_on
from diligence.dataroom.engine import TICKS, text
from diligence.deal import Deal


@dataclass
class Bench:
    """What a repair needs and leaves. The table ``lines`` is worked on in place; ``touched`` keeps each row that a repair touched."""

    connection: duckdb.DuckDBPyConnection
    deal: Deal
    given: dict[str, tuple[str, ...]]
    """For each table given, its columns."""
    label: str
    """The file of the revenue lines."""
    log: list[Repair] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay out the list of rows touched."""
        self.connection.execute("CREATE OR REPLACE TABLE touched (id VARCHAR, table_name VARCHAR, source_row BIGINT, ticks BIGINT)")

    def on(self, kind: str, item: str = "") -> bool:
        """Say whether the deal file leaves this repair on."""
        return is_on(self.deal.repairs.off, kind, item)

    def has(self, table: str, *columns: str) -> bool:
        """Say whether a table, and these columns of it, were given."""
        return table in self.given and set(columns) <= set(self.given[table])

    def note(
        self,
        kind: str,
        rows: str,
        *,
        before: str,
        after: str,
        item: str = "",
        reason: str = "",
        table: str = "revenue",
        file: str = "",
        turn_off: str = "",
        rows_of: str = "",
        always: bool = False,
    ) -> int:
        """Log a repair with the rows that it touches; nothing is logged where there are none.

        Parameters
        ----------
        rows
            A query that gives ``source_row`` and ``ticks`` of each row touched.
        rows_of
            The table of these rows, where the repair is one of another table.
        always
            Log it even where it touches no row.
        """
        own = f"{kind}/{item}" if item else kind
        self.connection.execute(f"INSERT INTO touched SELECT {text(own)}, {text(rows_of or table)}, source_row, ticks FROM ({rows})")
        count, ticks = self.connection.execute(
            "SELECT count(*), coalesce(sum(ticks), 0) FROM touched WHERE id = ? AND table_name = ?", [own, rows_of or table]
        ).fetchall()[0]
        if count or always:
            off = turn_off or f'[repairs] off = ["{own}"]'
            amount = float(ticks) / TICKS
            self.log.append(Repair(own, kind, table, file or self.label, count, amount, before, after, reason or REPAIRS[kind], off))
        return int(count)

    def one(self, query: str) -> tuple:
        """Run a query that gives one row."""
        return self.connection.execute(query).fetchall()[0]

    def make(self, table: str, query: str) -> int:
        """Put the rows of a query into a table of its own; give their number."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")
        return int(self.one(f"SELECT count(*) FROM {table}")[0])
