"""Parquet: read by the engine where it lies, with its types; nested records flattened to dotted names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from diligence.dataroom.engine import name, text
from diligence.dataroom.reading.header import named_columns
from diligence.dataroom.reading.sources import Source


def read_parquet(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> None:
    """Make ``view`` over the file: a row is its place in the file.

    Raises
    ------
    InputError
        Two columns that become one name once nested records are flattened.
    """
    file = source.fetch()
    paths = list(_paths(file))
    columns = named_columns([".".join(path) for path in paths], source.label, source.entry.model_copy(update={"header_row": 0}))
    chosen = [f"{'.'.join(name(step) for step in paths[place])} AS {name(column)}" for place, column in columns.items()]
    first = 2 if source.of_database else 1
    connection.execute(
        f"CREATE OR REPLACE VIEW {view} AS SELECT file_row_number + {first} AS source_row, {', '.join(chosen)} "
        f"FROM read_parquet({text(str(file))}, file_row_number = true)"
    )


def _paths(file: Path) -> Iterator[tuple[str, ...]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def below(field: Any, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        here = (*above, field.name)
        if pa.types.is_struct(field.type):
            for place in range(field.type.num_fields):
                yield from below(field.type.field(place), here)
        else:
            yield here

    try:
        schema = pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(str(error).strip().splitlines()[0]) from None
    for field in schema:
        yield from below(field, ())
