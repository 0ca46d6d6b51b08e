"""Small data rooms, written from a few rows."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from diligence.dataroom.room import Room, open_room

AS_OF = "2026-06-30"
Rows = str | bytes | pd.DataFrame | Sequence[Mapping[str, Any]]


def line(customer: str, day: str, amount: float | str, **more: Any) -> dict[str, Any]:
    """One revenue line."""
    return {"customer_id": customer, "date": day, "amount": amount, **more}


def monthly(customer: str, first: str, last: str, amount: float | str, **more: Any) -> list[dict[str, Any]]:
    """One line on the first of every month from one month to another."""
    days = pd.date_range(f"{first}-01", f"{last}-01", freq="MS")
    return [line(customer, f"{day:%Y-%m-%d}", amount, **more) for day in days]


def write_table(file: Path, rows: Rows) -> Path:
    """Write a table as CSV: rows as dictionaries, a frame, or the text (or bytes) as they shall stand."""
    if isinstance(rows, bytes):
        file.write_bytes(rows)
    elif isinstance(rows, str):
        file.write_text(rows, encoding="utf-8")
    elif isinstance(rows, pd.DataFrame):
        rows.to_csv(file, index=False)
    else:
        header: dict[str, None] = {}
        for row in rows:
            header |= dict.fromkeys(row)
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(header), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return file


def write_deal(
    folder: Path, revenue: Rows | None = None, *, as_of: str = AS_OF, deal: str = "", off: Iterable[str] = (), **tables: Rows
) -> Path:
    """Write a room and its deal file; ``deal`` is text to add to the file, ``off`` the repairs to leave undone."""
    room = folder / "room"
    room.mkdir(parents=True, exist_ok=True)
    for table, rows in (({"revenue": revenue} if revenue is not None else {}) | tables).items():
        write_table(room / f"{table}.csv", rows)
    head = f'[target]\nname = "Tiny"\ncurrency = "EUR"\nas_of = {as_of}\n'
    repairs = f"[repairs]\noff = [{', '.join(repr(str(entry)) for entry in off)}]\n" if off else ""
    file = folder / "deal.toml"
    file.write_text(f"{head}\n{deal}\n{repairs}", encoding="utf-8")
    return file


def open_tiny(folder: Path, revenue: Rows | None = None, *, look_from: str | None = None, **more: Any) -> Room:
    """Write a room and open it."""
    return open_room(write_deal(folder, revenue, **more), as_of=look_from)


def repaired(room: Room) -> dict[str, tuple[int, float]]:
    """Give the cleaning log as id: rows and amount."""
    return {row.id: (int(row.rows), round(float(row.amount), 4)) for row in room.cleaning.itertuples()}


def lines_of(room: Room) -> pd.DataFrame:
    """Give the governed lines of a room, money in currency."""
    frame = pd.read_parquet(room.folder / "lines.parquet")
    return frame.assign(amount=frame["ticks"] / 10_000)


def months(room: Room) -> dict[str, float]:
    """Give the revenue of each month that has any."""
    sums = room.cube.groupby("month")["amount"].sum()
    return {f"{month:%Y-%m}": round(value, 4) for month, value in sums[sums != 0].items()}
