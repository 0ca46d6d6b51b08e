"""Cells of a file by column: its head and rows spread over the rest, so that a long ledger is looked at in seconds."""

import csv
from collections.abc import Iterator
from pathlib import Path

from diligence.dataroom.engine import connect, name, text
from diligence.dataroom.mapping.layout import TOTALS, Layout
from diligence.dataroom.reading import Item, grid
from diligence.dataroom.reading.sources import TEXTS

LIMIT = 20_000
"""Rows that are looked at in a file."""
WHOLE = 12_000_000
"""Bytes up to which a file is read whole and thinned evenly."""
BLOCKS, BLOCK = 48, 1 << 15


def sampled(item: Item, layout: Layout) -> tuple[dict[str, list[str]], bool]:
    """Give the cells of each named column, and whether every row was looked at. Rows of totals and empty rows are left out."""
    suffix = item.file.suffix.lower() if item.file is not None else ""
    if suffix == ".parquet" and item.file is not None:
        return _parquet(item.file)
    rows: Iterator[list[str]]
    whole = True
    if suffix in TEXTS and item.file is not None:
        whole = item.size <= WHOLE
        rows = _lines(item.file, layout, whole)
    else:
        rows = iter(grid(item, LIMIT)[max(layout.header_row - 1, 0) + layout.header_rows * (layout.header_row > 0) :])
    kept = [row for row in rows if any(cell.strip() for cell in row) and not _is_total(row)]
    if len(kept) > LIMIT:
        step = -(-len(kept) // LIMIT)
        kept, whole = kept[::step], False
    found: dict[str, list[str]] = {}
    for place, word in enumerate(layout.header):
        if word.strip() and word.strip() not in found:
            found[word.strip()] = [row[place].strip() if place < len(row) else "" for row in kept]
    return found, whole


def _is_total(row: list[str]) -> bool:
    first = next((cell for cell in row if cell.strip()), "")
    return first.strip().casefold().strip(" :") in TOTALS


def _parquet(file: Path) -> tuple[dict[str, list[str]], bool]:
    connection = connect()
    try:
        source = f"read_parquet({text(str(file))}, file_row_number = true)"
        count = connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0]
        step = max(1, -(-count // LIMIT))
        columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}").fetchall()]
        cells = ", ".join(
            f"coalesce(trim(regexp_replace(CAST({name(column)} AS VARCHAR), ' 00:00:00$|\\.0$', '')), '')" for column in columns
        )
        rows = connection.execute(f"SELECT {cells} FROM {source} WHERE file_row_number % {step} = 0").fetchall()
    finally:
        connection.close()
    return {column: [row[place] for row in rows] for place, column in enumerate(columns)}, step == 1


def _lines(file: Path, layout: Layout, whole: bool) -> Iterator[list[str]]:
    encoding = layout.encoding or "utf-8-sig"
    skip = max(layout.header_row - 1, 0) + layout.header_rows * (layout.header_row > 0)
    with file.open(encoding=encoding, errors="replace", newline="") as stream:
        lines = (line.replace("\0", "") for line in stream)
        if layout.separator == "whitespace":
            parted: Iterator[list[str]] = (line.split() for line in lines)
        else:
            parted = csv.reader(lines, delimiter=layout.separator or ",")
        for number, row in enumerate(parted):
            if not whole and number > LIMIT // 4:
                break
            if number >= skip:
                yield row
    if not whole:
        yield from _spread(file, layout, encoding)


def _spread(file: Path, layout: Layout, encoding: str) -> Iterator[list[str]]:
    """Give whole lines out of blocks spread evenly over the file; a line that does not fit the header was cut, and is left out."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        for block in range(BLOCKS):
            stream.seek(size * (block + 1) // (BLOCKS + 1))
            lines = stream.read(BLOCK).decode(encoding, errors="replace").splitlines()[1:-1]
            rows = (
                (line.split() for line in lines)
                if layout.separator == "whitespace"
                else csv.reader(lines, delimiter=layout.separator or ",")
            )
            yield from (row for row in rows if len(row) == len(layout.header))
