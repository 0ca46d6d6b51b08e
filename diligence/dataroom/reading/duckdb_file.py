"""A room that is a DuckDB file: a stranger's, so opened to read, in an engine of its own that reaches nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from diligence.dataroom.engine import name
from diligence.dataroom.reading.place import Place
from diligence.deal import Deal
from diligence.errors import InputError, Problem

PLAIN = ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIMESTAMP")
BATCH = 100_000


@contextmanager
def duckdb_file(deal: Deal, folder: Path) -> Iterator[Place]:
    """Open the file and list its base tables; a view is a program, and is not run.

    Raises
    ------
    InputError
        The file is not a DuckDB file that this version reads.
    """
    path = deal.room_path
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": deal.run.memory_limit,
    }
    try:
        connection = duckdb.connect(str(path), read_only=True, config=settings)
    except duckdb.Error as error:
        told = str(error).strip().splitlines()[0].replace(str(path), path.name)
        raise InputError(
            Problem("a DuckDB file", told, "export its tables as Parquet into a folder, and name that folder", path.name, key="room.source")
        ) from None
    try:
        listed = connection.execute(
            "SELECT schema_name, table_name, estimated_size FROM duckdb_tables() WHERE NOT internal AND NOT temporary ORDER BY ALL"
        ).fetchall()
        tables = {f"{schema}.{table}": int(rows or 0) for schema, table, rows in listed}
        names = {f"{schema}.{table}": (schema, table) for schema, table, _ in listed}

        def lay(label: str, target: Path, rows: int | None) -> None:
            _lay(connection, names[label], target, rows)

        views = connection.execute("SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()
        yield Place(deal.room.source, folder, deal.room.largest_bytes, tables, lay, ".parquet", views=tuple(row[0] for row in views))
    finally:
        connection.close()


def _lay(connection: duckdb.DuckDBPyConnection, table: tuple[str, str], target: Path, rows: int | None) -> None:
    """Hand the rows over as Arrow: the stranger's engine writes no file, and ours attaches no stranger's."""
    import pyarrow.parquet as pq

    place = ".".join(name(part) for part in table)
    columns = connection.execute(f"DESCRIBE {place}").fetchall()
    chosen = [
        name(column[0])
        if column[1].startswith(PLAIN) and not column[1].endswith(("]", "ZONE"))
        else f"CAST({name(column[0])} AS VARCHAR) AS {name(column[0])}"
        for column in columns
    ]
    limit = f" LIMIT {rows}" if rows is not None else ""
    reader: Any = connection.sql(f"SELECT {', '.join(chosen)} FROM {place}{limit}").to_arrow_reader(BATCH)
    with pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
