"""The engine that holds the lines: DuckDB, embedded, without network, bounded in memory."""

from pathlib import Path

import duckdb

TICKS = 10_000
"""Money in the engine is a whole number of ten-thousandths of the currency: never a float, exact to a hundredth of a cent."""


def connect(memory_limit: str = "2GB", spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open an engine that lives in memory, and spills to ``spill`` beyond the limit."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if spill is not None:
        settings["temp_directory"] = str(spill)
    connection = duckdb.connect(":memory:", config=settings)
    if connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        # in a notebook without widgets it is off, and may not even be named
        connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = true")
    return connection


def name(identifier: str) -> str:
    """Quote an identifier: a column name of a data room is never part of a statement.

    >>> name('a"b')
    '"a""b"'
    """
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text value.

    >>> text("O'Neil")
    "'O''Neil'"
    """
    return "'" + value.replace("'", "''") + "'"


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Write the rows of a query, in its order."""
    connection.execute(f"COPY ({query}) TO {text(str(file))} (FORMAT parquet, COMPRESSION zstd)")


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Say whether the engine holds this table (or view); the name is our own."""
    try:
        connection.execute(f"SELECT 0 FROM {name(table)} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def month_of_day(column: str) -> str:
    """Write the month index of a day number (days since 1970)."""
    day = f"(DATE '1970-01-01' + CAST({column} AS INTEGER))"
    return f"(12 * year({day}) + month({day}) - 1)"
