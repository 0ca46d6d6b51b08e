"""Two drops of one room, row by row: what was restated, added, removed or remapped, to the cell, with the rows in both files."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from diligence.dataroom.drops.remapped import remapped_columns
from diligence.dataroom.drops.rows import KINDS, NEW_TABLE, REMAPPED, RESTATED, TABLE_GONE, columns_of, compare_rows, whole_table
from diligence.dataroom.engine import connect, name, text
from diligence.dataroom.room import Room, evidence_folder, open_room, read_room
from diligence.dataroom.schema import Table, tables
from diligence.errors import InputError, Problem

CELLS = ["table", "kind", "dated", "key", "customer_id", "column", "old", "new", "old_row", "new_row", "amount_change"]
SUMMARY = ["table", "kind", "dated", "rows", "money"]
MAPPED = ["table", "column", "change"]
SAME = ["table", "old_file", "new_file"]


@dataclass(frozen=True)
class Drop:
    """One drop: the evidence of a room as it was read, before the as-of date and before any repair."""

    room: Room

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables given."""
        return tuple(self.room.given)

    def columns(self, table: str) -> tuple[str, ...]:
        """Columns of a table that were given."""
        return tuple(self.room.given[table]["columns"])

    def typed(self, table: str) -> Path:
        """File of a table's typed rows."""
        return self.room.folder / "typed" / f"{table}.parquet"


@dataclass(frozen=True)
class Changes:
    """What a new drop changed.

    Attributes
    ----------
    summary
        ``table, kind, dated, rows, money``: rows changed and what that adds to the table's money (its ``amount``, or first sum).
    cells
        One row a changed cell, and one a row added or removed: ``table, kind, dated, key, customer_id, column, old, new, old_row,
        new_row, amount_change``. The money of a changed row stands once, beside its money's cell.
    mapping
        ``table, column, change``: columns that the two deal files read differently.
    same
        ``table, old_file, new_file``: tables exported again, in another order or under another name, with the same rows.
    """

    summary: pd.DataFrame
    cells: pd.DataFrame
    mapping: pd.DataFrame
    same: pd.DataFrame


def compare_drops(old: Room | str | Path, new: Room | str | Path) -> pd.DataFrame:
    """Compare two drops of one room row by row, before the as-of dates and before any repair.

    Rows equal in every column are the same row, whatever their order; others are paired by the table's key, for revenue by all but
    the amount and then by invoice and product. Exact decimals.

    Parameters
    ----------
    old
        The earlier drop: the folder of its run, or its room.
    new
        The new drop: a deal file, the folder of a run, or a room.

    Returns
    -------
    DataFrame
        One row a changed cell, and one a row added or removed: ``table``; ``kind`` (remapped, restated, removed, added, new table,
        table gone); ``dated`` of an added row (``history``: up to the old as-of date; ``new period``: after it; ``undated``);
        ``key``; ``customer_id``; ``column, old, new`` (text, blank where a whole row came or went); ``old_row, new_row`` (rows of
        the target's files); ``amount_change`` (money, once a row).

    Raises
    ------
    InputError
        ``old`` is no run, or the two are of different currencies.

    Examples
    --------
    >>> room = open_room("demo")
    >>> len(compare_drops(room, room))
    0
    """
    return changes_between(drop_of(old), drop_of(new)).cells


def drop_of(given: Room | str | Path) -> Drop:
    """Find the evidence of a drop: of a room, of a run's folder, or by taking in a deal.

    Raises
    ------
    InputError
        A room looked at again from another date holds no rows as given; what is no deal and no run.
    """
    room = given if isinstance(given, Room) else open_room(given)
    if not (room.folder / "given.json").is_file():
        do = "open the deal, or the folder of its run, without another as-of date"
        raise InputError(Problem("a room as it was read", "one looked at again from another date", do, str(room.folder)))
    return Drop(room)


def drop_of_run(folder: Path) -> Drop:
    """Open the drop that a run left.

    Raises
    ------
    InputError
        The folder is no run, or its evidence is not whole.
    """
    evidence = evidence_folder(folder)
    if evidence is None:
        raise InputError(Problem("the folder of a run", f"'{folder}'", "name a folder that `diligence run` wrote", key="--against"))
    again = "run the old drop again with `diligence run`"
    try:
        drop = drop_of(read_room(evidence))
        lacking = [drop.typed(table).name for table in drop.tables if not drop.typed(table).is_file()]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(Problem("the evidence of a run", "evidence that cannot be read", again, str(folder), key="--against")) from None
    if lacking:
        raise InputError(Problem("the evidence of a run", f"no {lacking[0]}", again, str(folder), key="--against"))
    return drop


def changes_between(old: Drop, new: Drop) -> Changes:
    """Compare two drops, whole."""
    with compared(old, new) as (connection, mapping):
        changed = [table for table in order_of(old, new) if _one(connection, f"SELECT count(*) FROM changes_{table}")]
        summary = [_summary(connection, tables()[table]) for table in changed]
        cells = [_cells(connection, tables()[table], old, new) for table in changed]
    told = [(table, column, change) for table, columns in mapping.items() for column, change in columns.items()]
    held = [
        (table, old.room.given[table], new.room.given[table])
        for table in order_of(old, new)
        if table in old.tables and table in new.tables and table not in changed
    ]
    same = [(table, a["file"], b["file"]) for table, a, b in held if a["sha256"] != b["sha256"] or a["file"] != b["file"]]
    return Changes(_stacked(summary, SUMMARY), _stacked(cells, CELLS), pd.DataFrame(told, columns=MAPPED), pd.DataFrame(same, columns=SAME))


@contextmanager
def compared(old: Drop, new: Drop) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, dict[str, str]]]]:
    """Open an engine that holds ``old_<table>``, ``new_<table>`` and ``changes_<table>``, and say which columns were remapped."""
    one, other = old.room.deal.target.currency, new.room.deal.target.currency
    if one != other:
        raise InputError(Problem("two drops of one currency", f"{one} and {other}", "set [target] currency as the old drop has it"))
    with (
        tempfile.TemporaryDirectory(prefix="diligence-spill-") as spill,
        closing(connect(new.room.deal.run.memory_limit, Path(spill))) as connection,
    ):
        mapping = {}
        for table in order_of(old, new):
            for side, drop in (("old", old), ("new", new)):
                if table in drop.tables:
                    file = f"read_parquet({text(str(drop.typed(table)))}, file_row_number = true)"
                    connection.execute(
                        f"CREATE VIEW {side}_{table} AS SELECT * EXCLUDE (file_row_number), file_row_number AS place FROM {file}"
                    )
            if table in old.tables and table in new.tables:
                columns = old.columns(table), new.columns(table)
                mapping[table] = remapped_columns(tables()[table], old.room.deal, new.room.deal, *columns)
                compare_rows(connection, tables()[table], mapping[table], old.room.deal)
            else:
                whole_table(connection, tables()[table], NEW_TABLE if table in new.tables else TABLE_GONE, old.room.deal)
        yield connection, mapping


def order_of(old: Drop, new: Drop) -> list[str]:
    """Give the tables of either drop: revenue first, then customers, then the others by name."""
    return sorted({*old.tables, *new.tables}, key=lambda table: (table != "revenue", table != "customers", table))


def money_of(table: Table) -> str | None:
    """Give the column that holds a table's money: its amount, or its first sum of money."""
    sums = [column.name for column in table.columns if column.unit in ("currency", "currency/year")]
    return "amount" if "amount" in sums else next(iter(sums), None)


def _difference(table: Table) -> str:
    column = money_of(table)
    return f"(coalesce(n.{name(column)}, 0) - coalesce(o.{name(column)}, 0))" if column else "NULL::DECIMAL(18,4)"


def _joined(table: Table, old: bool = True, new: bool = True) -> str:
    """Give the changes with the old and the new row of each; a table that one drop lacks has no such row."""
    name_ = table.name
    blank = f"(SELECT * FROM {'new' if new else 'old'}_{name_} WHERE false)"
    sides = f"old_{name_}" if old else blank, f"new_{name_}" if new else blank
    return f"changes_{name_} AS c LEFT JOIN {sides[0]} AS o ON o.place = c.old_place LEFT JOIN {sides[1]} AS n ON n.place = c.new_place"


def _sides(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[bool, bool]:
    views = {row[0] for row in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    return f"old_{table.name}" in views, f"new_{table.name}" in views


def _summary(connection: duckdb.DuckDBPyConnection, table: Table) -> pd.DataFrame:
    rank = " ".join(f"WHEN {text(kind)} THEN {place}" for place, kind in enumerate(KINDS))
    return connection.execute(
        f'SELECT {text(table.name)} AS "table", c.kind, c.dated, count(*) AS rows, sum({_difference(table)})::DOUBLE AS money '
        f"FROM {_joined(table, *_sides(connection, table))} GROUP BY c.kind, c.dated ORDER BY CASE c.kind {rank} END, c.dated"
    ).df()


def _cells(connection: duckdb.DuckDBPyConnection, table: Table, old: Drop, new: Drop) -> pd.DataFrame:
    """Give one row a changed cell, and one a row that came or went."""
    sides = _sides(connection, table)
    given = [columns_of(connection, f"{side}_{table.name}") for side, there in zip(("old", "new"), sides, strict=True) if there]
    columns = list(dict.fromkeys(column for side in given for column in side))
    connection.execute(
        f"CREATE OR REPLACE TABLE both_rows AS SELECT c.kind, c.dated, {_key(table, old, new)} AS key, {_customer(table)} AS customer_id, "
        f"o.source_row AS old_row, n.source_row AS new_row, {_difference(table)} AS amount_change, {_values(columns, given, sides)} "
        f"FROM {_joined(table, *sides)}"
    )
    head, money = f'{text(table.name)} AS "table", kind, dated, key, customer_id', money_of(table)
    whole = (
        f"SELECT {head}, '' AS \"column\", '' AS old, '' AS new, old_row, new_row, amount_change::DOUBLE AS amount_change FROM both_rows"
    )
    parts = [f"{whole} WHERE kind NOT IN ({text(RESTATED)}, {text(REMAPPED)})"]
    for place, column in enumerate(columns):
        change = "amount_change::DOUBLE" if column == money else "NULL::DOUBLE"
        parts.append(
            f"SELECT {head}, {text(column)}, coalesce(o{place}, ''), coalesce(n{place}, ''), old_row, new_row, {change} FROM both_rows "
            f"WHERE kind IN ({text(RESTATED)}, {text(REMAPPED)}) AND o{place} IS DISTINCT FROM n{place}"
        )
    rank = " ".join(f"WHEN {text(kind)} THEN {place}" for place, kind in enumerate(KINDS))
    query = (
        f'SELECT * FROM ({" UNION ALL ".join(parts)}) ORDER BY CASE kind {rank} END, dated, coalesce(new_row, old_row), old_row, "column"'
    )
    return connection.execute(f"{query}, key").df()


def _values(columns: list[str], given: list[list[str]], sides: tuple[bool, bool]) -> str:
    """Give the old and the new text of each column, by its place."""
    had, has = (given[0], given[-1]) if all(sides) else (given[0], given[0])
    pairs = [
        f"{f'CAST(o.{name(column)} AS VARCHAR)' if column in had else 'NULL'} AS o{place}, "
        f"{f'CAST(n.{name(column)} AS VARCHAR)' if column in has else 'NULL'} AS n{place}"
        for place, column in enumerate(columns)
    ]
    return ", ".join(pairs)


def _key(table: Table, old: Drop, new: Drop) -> str:
    """Give the words that name a row: its key, or what it speaks of."""
    given = {column for drop in (old, new) if table.name in drop.tables for column in drop.columns(table.name)}
    if table.primary:
        named = [table.primary]
    elif table.name == "revenue":
        named = [column for column in ("invoice_id", "product_id") if column in given] if "invoice_id" in given else ["customer_id", "date"]
    else:
        named = [column.name for column in table.columns if column.required and column.type != "decimal"]
    return f"concat_ws(' / ', {', '.join(f'coalesce(o.{name(column)}::VARCHAR, n.{name(column)}::VARCHAR)' for column in named)})"


def _customer(table: Table) -> str:
    return "coalesce(n.customer_id, o.customer_id, '')" if "customer_id" in table.names else "''"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _stacked(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    rows = {column: frame[column].astype("Int64") for column in ("old_row", "new_row") if column in frame}
    return frame.assign(**rows)[columns]
