"""Headers: names of columns over one row, several or none; each once; and where a header is that was not found."""

from collections import Counter
from collections.abc import Iterable, Sequence

from diligence.dataroom.schema import Table
from diligence.deal import TableSource
from diligence.errors import InputError, Problem

ROWS = 60
"""Rows in which a header is looked for."""


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join a header that stands over several rows; a label over merged cells holds for the cells to its right.

    >>> joined([["", "2025", "", "2026", ""], ["Customer", "Qty", "Net", "Qty", "Net"]])
    ['Customer', '2025 Qty', '2025 Net', '2026 Qty', '2026 Net']
    """
    if not rows:
        return []
    width = max(len(row) for row in rows)
    parts = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    for row in parts[:-1]:
        for place in range(1, width):
            row[place] = row[place] or row[place - 1]
    # a label with nothing below it would name empty columns at the right end of a merged cell
    return [
        " ".join(part for part in column if part) if column[-1] or len(parts) == 1 else column[-1] for column in zip(*parts, strict=True)
    ]


def numbered(width: int) -> list[str]:
    """Name the columns of a file without a header.

    >>> numbered(2)
    ['column_1', 'column_2']
    """
    return [f"column_{place + 1}" for place in range(width)]


def named_columns(header: Sequence[str], label: str, entry: TableSource) -> dict[int, str]:
    """Give each named column its place; columns without a name are left out, two that the engine cannot tell apart are told apart.

    Raises
    ------
    InputError
        A name stands twice, or the row holds no name.

    Examples
    --------
    >>> named_columns(["a", "A", "", "source_row"], "f.csv", TableSource())
    {0: 'a', 1: 'A_1', 3: 'source_row_1'}
    """
    names = [cell.strip() for cell in header]
    twice = [word for word, count in Counter(cell for cell in names if cell).items() if count > 1]
    row = entry.header_row or None
    if twice:
        do = "rename one of them in the file"
        raise InputError(
            Problem("each header once", f"'{word}' {names.count(word)} times", do, label, entry.sheet, row, word) for word in twice
        )
    if not any(names):
        raise InputError(Problem("a header", "an empty row", "set header_row in the deal file", label, entry.sheet, row))
    found, taken = dict[int, str](), {"source_row"}
    for place, word in enumerate(names):
        if word:
            found[place] = word if word.casefold() not in taken else _apart(word, taken)
            taken.add(found[place].casefold())
    return found


def _apart(word: str, taken: set[str]) -> str:
    nth = 1
    while f"{word}_{nth}".casefold() in taken:
        nth += 1
    return f"{word}_{nth}"


def cells_read(table: Table, entry: TableSource) -> set[str] | None:
    """Name the columns of the file that this table may read; None where it reads all (attributes of an alternative).

    >>> from diligence.dataroom.schema import tables
    >>> sorted(cells_read(tables()["fx"], TableSource(columns={"rate": "Kurs"})))
    ['Kurs', 'currency', 'month']
    """
    if table.open or entry.unpivot is not None:
        return None
    products = [part for pair in (*entry.multiply.values(), *entry.subtract.values()) for part in pair]
    return {*entry.columns.values(), *entry.keep, *products, *(name for name in table.names if name not in entry.columns)}


def known_names(table: Table, entry: TableSource) -> set[str]:
    """Give the names, in small letters, by which a header of this table is recognised."""
    return {name.casefold() for name in cells_read(table, entry.model_copy(update={"unpivot": None})) or table.names}


def best_row(rows: Iterable[Sequence[str]], known: set[str]) -> tuple[int, int]:
    """Find the row that holds most of the known names: its number as a spreadsheet counts, and how many names.

    >>> best_row([["Sales report"], [], ["Date", "Amount"]], {"date", "amount"})
    (3, 2)
    """
    hits = [len({cell.strip().casefold() for cell in row} & known) for row in rows]
    most = max(hits, default=0)
    return (hits.index(most) + 1, most) if most else (0, 0)
