"""A room that is a PostgreSQL database: read by a session that may not write, its tables laid down as CSV."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from diligence.dataroom.engine import name
from diligence.dataroom.reading.archive import too_large
from diligence.dataroom.reading.place import Place
from diligence.deal import NAMED, Deal, redacted
from diligence.errors import InputError, Problem

SECONDS = 10
TABLES = """
SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) ELSE 0 END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
AND NOT c.relispartition ORDER BY 1, 2
"""
COLUMNS = """
SELECT a.attname, t.typname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


@contextmanager
def postgres(deal: Deal, folder: Path) -> Iterator[Place]:
    """Connect, and list tables and views; one snapshot holds for everything that is read.

    Raises
    ------
    InputError
        A variable that the address names is not set, or the server does not answer or refuses.
    """
    import psycopg

    shown = redacted(deal.room.source)
    address = _filled(deal)
    try:
        connection = psycopg.connect(
            address, connect_timeout=SECONDS, options="-c default_transaction_read_only=on -c datestyle=ISO -c timezone=UTC"
        )
    except psycopg.Error as error:
        do = "check that the server runs and the address is right; a password comes from ~/.pgpass, PGPASSWORD or ${NAME}"
        raise InputError(Problem("a database that answers", _first_line(error, shown), do, str(deal.path), key="room.source")) from None
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SET client_encoding TO 'UTF8'")
        listed = connection.execute(TABLES).fetchall()
        names = {f"{schema}.{table}": (schema, table) for schema, table, _ in listed}

        def lay(label: str, target: Path, rows: int | None) -> None:
            _lay(connection, label, names[label], target, rows, deal.room.largest_bytes)

        yield Place(shown, folder, deal.room.largest_bytes, {f"{s}.{t}": int(size) for s, t, size in listed}, lay, ".csv")


def _filled(deal: Deal) -> str:
    """Put variables of the environment where the address names them; their values stay in this process."""
    source = deal.room.source
    missing = sorted({word[2:-1] for word in re.findall(NAMED, source)} - set(os.environ))
    if missing:
        raise InputError(
            Problem("a variable of the environment", f"none named {word}", f"set it: export {word}=...", str(deal.path), key="room.source")
            for word in missing
        )
    filled = re.sub(NAMED, lambda found: quote(os.environ[found[0][2:-1]], safe=""), source)
    try:
        _ = urlsplit(filled).port
    except ValueError:
        do = "write it postgresql://user:${NAME}@host:5432/database"
        raise InputError(Problem("an address", f"'{redacted(source)}'", do, str(deal.path), key="room.source")) from None
    return filled


def _first_line(error: Exception, shown: str) -> str:
    """Give the server's own words, without what libpq adds about passwords and further attempts."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    said = redacted(lines[0]) if lines else f"no answer from {shown}"
    return re.sub(r"^connection failed: (.* failed: )?(FATAL: +)?", "", said)


def _lay(connection: Any, label: str, table: tuple[str, str], target: Path, rows: int | None, largest: int) -> None:
    import psycopg

    chosen = [
        f"CAST(date_trunc('second', {name(column)}) AS timestamp) AS {name(column)}" if kind.startswith("timestamp") else name(column)
        for column, kind in connection.execute(COLUMNS, table).fetchall()
    ]
    limit = f" LIMIT {rows}" if rows is not None else ""
    query = f"SELECT {', '.join(chosen)} FROM {'.'.join(name(part) for part in table)}{limit}"
    size = 0
    try:
        statement = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"
        with connection.transaction(), connection.cursor().copy(statement) as copy, target.open("wb") as stream:
            for chunk in copy:
                size += len(chunk)
                if size > largest:
                    raise InputError(too_large(label, size, largest))
                stream.write(chunk)
    except psycopg.Error as error:
        target.unlink(missing_ok=True)
        do = f"ask for it: GRANT SELECT ON {'.'.join(name(part) for part in table)} TO the user of the deal file"
        raise InputError(Problem("the right to read this table", _first_line(error, label), do, label)) from None
