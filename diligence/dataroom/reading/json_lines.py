"""JSON lines: one record a line, nested records flattened to dotted names, every value as text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from diligence.dataroom.reading.archive import too_large
from diligence.dataroom.reading.encodings import encoding_of
from diligence.dataroom.reading.header import named_columns
from diligence.dataroom.reading.sources import Source
from diligence.errors import InputError, Problem


def read_json_lines(connection: duckdb.DuckDBPyConnection, source: Source, view: str) -> None:
    """Put a file of JSON lines into ``view``; a row is its line.

    Raises
    ------
    InputError
        Lines that are no JSON record, the first three with their rows.
    """
    import pyarrow as pa

    file = source.fetch()
    if file.stat().st_size > source.place.largest:
        raise InputError(too_large(source.label, file.stat().st_size, source.place.largest))
    numbers, columns = list[int](), dict[str, list[str | None]]()
    problems = list[Problem]()
    for number, record in _records(file, source):
        if isinstance(record, Problem):
            problems.append(record)
            continue
        for key, value in record.items():
            filled = columns.setdefault(key, [])
            filled += [None] * (len(numbers) - len(filled))
            filled.append(value)
        numbers.append(number)
    if problems:
        raise InputError(problems[:3])
    if not columns:
        raise InputError(Problem("a record on each line", "an empty file", "export the table again", source.label))
    named = named_columns(list(columns), source.label, source.entry)
    lists = list(columns.values())
    arrays = {column: pa.array(lists[nth] + [None] * (len(numbers) - len(lists[nth])), pa.string()) for nth, column in named.items()}
    connection.register(f"{view}_cells", pa.table({"source_row": pa.array(numbers, pa.int64()), **arrays}))
    connection.execute(f"CREATE OR REPLACE TABLE {view} AS SELECT * FROM {view}_cells")
    connection.unregister(f"{view}_cells")


def _records(file: Path, source: Source) -> Iterator[tuple[int, dict[str, str | None] | Problem]]:
    encoding = source.entry.encoding or encoding_of(file)
    do = "correct the line, or export the table again"
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line.decode(encoding), parse_float=str, parse_int=str)
            except UnicodeDecodeError:
                yield number, Problem(f"text in {encoding}", "bytes that are none", do, source.label, row=number)
                continue
            except (ValueError, RecursionError) as error:
                told = f"{error.msg} at sign {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else "nesting without end"
                yield number, Problem("a JSON record on the line", told, do, source.label, row=number)
                continue
            if not isinstance(record, dict):
                kind = "a list" if isinstance(record, list) else "a single value"
                yield number, Problem("a JSON record on the line", kind, do, source.label, row=number)
                continue
            yield number, flattened(record)


def flattened(record: dict[str, Any], above: str = "") -> dict[str, str | None]:
    """Flatten a record: a nested record gives dotted names, a list its JSON text, true and false their words.

    >>> flattened({"id": "7", "plan": {"name": "Pro", "addons": ["a"]}, "live": True, "left": None})
    {'id': '7', 'plan.name': 'Pro', 'plan.addons': '["a"]', 'live': 'true', 'left': None}
    """
    flat = dict[str, str | None]()
    for key, value in record.items():
        named = f"{above}{key}"
        if isinstance(value, dict):
            flat |= flattened(value, f"{named}.")
        elif value is None or isinstance(value, str):
            flat[named] = value
        else:
            flat[named] = json.dumps(value, ensure_ascii=False)
    return flat
