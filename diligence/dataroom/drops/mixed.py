"""A room between two drops: the old drop's rows with some of the changes made, and not yet the others."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from diligence.dataroom.drops.compare import Drop
from diligence.dataroom.drops.rows import NEW_TABLE, REMAPPED, TABLE_GONE
from diligence.dataroom.engine import text, write_parquet
from diligence.dataroom.resolution.decisions import RULINGS

Change = tuple[str, str]
"""A kind of change, and how its rows are dated."""


class Mixed:
    """A folder of typed tables that begins as the old drop and takes one change after another."""

    def __init__(self, old: Drop, new: Drop, folder: Path) -> None:
        self.old, self.new, self.folder = old, new, folder
        self.given: dict[str, dict[str, Any]] = {table: _plain(facts) for table, facts in _given(old).items()}
        (folder / "typed").mkdir(parents=True)
        for file in [old.typed(table) for table in (*old.tables, *RULINGS)]:
            shutil.copyfile(file, folder / "typed" / file.name)
        self._note()

    def apply(self, connection: duckdb.DuckDBPyConnection, table: str, changes: Iterable[Change]) -> None:
        """Write a table with these kinds of change made to the old drop's rows, and no others.

        A row restated keeps the place of the old one; a row added comes after the last.
        """
        done = list(changes)
        kinds = {kind for kind, _ in done}
        file = self.folder / "typed" / f"{table}.parquet"
        if TABLE_GONE in kinds:
            self.given.pop(table)
            file.unlink()
        elif NEW_TABLE in kinds:
            self._take_over(table)
        else:
            self._write(connection, table, done, file)
            self._regard(table, remapped=REMAPPED in kinds)
        self._note()

    def take_over_all(self) -> None:
        """Hold the new drop as it is: every table in its own order, its rulings and what was noted when it was read."""
        self.given = _given(self.new)
        shutil.rmtree(self.folder / "typed")
        (self.folder / "typed").mkdir()
        for file in [self.new.typed(table) for table in (*self.new.tables, *RULINGS)]:
            shutil.copyfile(file, self.folder / "typed" / file.name)
        self._note()

    def _take_over(self, table: str) -> None:
        self.given[table] = _plain(_given(self.new)[table])
        shutil.copyfile(self.new.typed(table), self.folder / "typed" / f"{table}.parquet")

    def _write(self, connection: duckdb.DuckDBPyConnection, table: str, done: list[Change], file: Path) -> None:
        chosen = " OR ".join(f"(kind = {text(kind)} AND dated = {text(dated)})" for kind, dated in done)
        made = f"(SELECT old_place, new_place FROM changes_{table} WHERE {chosen})"
        last = connection.execute(f"SELECT coalesce(max(source_row), 0) FROM old_{table}").fetchall()[0][0]
        write_parquet(
            connection,
            f"SELECT * EXCLUDE (place) FROM (SELECT * FROM old_{table} WHERE place NOT IN "
            f"(SELECT old_place FROM {made} WHERE old_place IS NOT NULL) UNION ALL BY NAME "
            f"SELECT n.* REPLACE (coalesce(o.source_row, n.source_row + {int(last)}) AS source_row) FROM new_{table} AS n "
            f"JOIN {made} AS c ON c.new_place = n.place LEFT JOIN old_{table} AS o ON o.place = c.old_place) ORDER BY source_row, place",
            file,
        )

    def _regard(self, table: str, *, remapped: bool) -> None:
        """Note the columns of a mixed table: the new drop's once its columns are remapped, the old one's until then."""
        old, new = _given(self.old)[table], _given(self.new)[table]
        differ = set(old["columns"]) != set(new["columns"])
        columns = new["columns"] if remapped and differ else old["columns"]
        formatted = list(dict.fromkeys([*old["formatted"], *new["formatted"]]))
        self.given[table] = _plain({**old, "columns": columns, "formatted": formatted})

    def _note(self) -> None:
        (self.folder / "given.json").write_text(json.dumps(self.given, indent=1), encoding="utf-8")


def _given(drop: Drop) -> dict[str, dict[str, Any]]:
    return dict(json.loads((drop.room.folder / "given.json").read_text(encoding="utf-8")))


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only the log of a whole drop tells: rows are no longer those of one file."""
    return {**facts, "totals": [], "left_out": 0}
