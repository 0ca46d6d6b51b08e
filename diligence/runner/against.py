"""``diligence check --against``: what a new drop changed, and what that does to the headline, told in lines."""

from pathlib import Path

import pandas as pd

from diligence.dataroom.drops.compare import Changes, Drop, changes_between, drop_of, drop_of_run
from diligence.dataroom.resolution.decisions import guarded
from diligence.dataroom.room import Room
from diligence.errors import InputError, Problem
from diligence.facts.drop_effects import effects_between

LARGEST, TOUCHED = 10, 10
TEXTS = ("key", "customer_id", "column", "old", "new")
NAMED = {"revenue_ltm": "revenue, 12 m", "recurring": "recurring", "nrr": "NRR", "grr": "GRR", "logo": "logo", "customers": "customers", "top10": "top 10"}  # fmt: skip
SHARES = ("nrr", "grr", "logo", "top10")


def changes_told(room: Room, run: Path, csv: Path | None = None) -> list[str]:
    """Compare a room with the drop that a run read; write every changed row to ``csv`` where one is named.

    Raises
    ------
    InputError
        ``run`` is no run, or ``csv`` cannot be written.
    """
    old, new = drop_of_run(run), drop_of(room)
    changes = changes_between(old, new)
    effects = effects_between(old, new, changes)
    if csv is not None:
        _write(changes.cells, csv)
    before, after = (drop.room.deal.target.as_of for drop in (old, new))
    lines = [f"Against the drop of {run} (as of {before}; this one as of {after}):"]
    lines += [*_counted(changes), *_remapped(changes), *_same(changes)] or ["- nothing changed"]
    if any("revenue" in drop.tables and "currency" in drop.columns("revenue") for drop in (old, new)) and len(changes.summary):
        lines.append("- money of rows is in their own currencies; the headline below is converted")
    lines += [*_largest(changes.cells, old, new), *_touched(changes.cells), "", "What that does to the headline:", *_table(effects)]
    return [*lines, *([f"every changed row: {csv}"] if csv is not None else []), ""]


def _counted(changes: Changes) -> list[str]:
    lines = []
    for row in changes.summary.itertuples():
        dated = f" ({row.dated})" if row.dated else ""
        money = "" if pd.isna(row.money) else f", {row.money:+,.2f}"
        lines.append(f"- {row.table}, {row.kind}{dated}: {_several(row.rows, 'row')}{money}")
    return lines


def _remapped(changes: Changes) -> list[str]:
    return [f"- read otherwise now: {row.table}.{row.column}: {row.change}" for row in changes.mapping.itertuples()]


def _same(changes: Changes) -> list[str]:
    return [
        f"- {row.table}: the same rows, exported again" + (f" ({row.old_file}, now {row.new_file})" if row.old_file != row.new_file else "")
        for row in changes.same.itertuples()
    ]


def _largest(cells: pd.DataFrame, old: Drop, new: Drop) -> list[str]:
    """Tell the restatements that move the most money, with their rows in both files."""
    moved = cells[cells["kind"].isin(["restated", "remapped"]) & (cells["amount_change"].abs() > 0)]
    moved = moved.assign(size=moved["amount_change"].abs()).sort_values("size", ascending=False, kind="stable").head(LARGEST)
    lines = [
        f"- {row.table} {row.key}: {row.column} {_amount(row.old)} -> {_amount(row.new)} ({row.amount_change:+,.2f}); "
        f"row {row.old_row} of {old.room.given[row.table]['file']}, row {row.new_row} of {new.room.given[row.table]['file']}"
        for row in moved.itertuples()
    ]
    return ["", "Largest restatements:", *lines] if lines else []


def _touched(cells: pd.DataFrame) -> list[str]:
    """Tell the customers whose revenue lines changed most."""
    lines = cells[(cells["table"] == "revenue") & (cells["customer_id"] != "") & cells["amount_change"].notna()]
    found = lines.assign(size=lines["amount_change"].abs()).groupby("customer_id").agg(
        size=("size", "sum"), rows=("size", "size"), change=("amount_change", "sum")
    )  # fmt: skip
    found = found[found["size"] > 0].sort_values("size", ascending=False, kind="stable").head(TOUCHED)
    told = [f"- {row.Index}: {row.change:+,.2f} in {_several(row.rows, 'line')}" for row in found.itertuples()]
    return ["", "Customers most touched:", *told] if told else []


def _table(effects: pd.DataFrame) -> list[str]:
    """Lay the steps out as a table: the headline after each, and below it what the step changed."""
    rows = [["", *NAMED.values()]]
    for row in effects.to_dict("records"):
        rows.append([f"{row['step']}, as of {row['as_of']}" if row["step"] in ("old drop", "new drop") else row["step"], *_after(row)])
        changed = [_shown(name, row[f"{name}_change"], "+") for name in NAMED]
        if any(cell not in ("", "n/a", _shown(name, 0.0, "+")) for name, cell in zip(NAMED, changed, strict=True)):
            rows.append(["  change", *changed])
        if row["refused"]:
            rows.append([f"  {row['refused']}; its change is in the next step", *[""] * len(NAMED)])
    first = max(len(row[0]) for row in rows if any(row[1:]))
    widths = [max(len(row[place]) for row in rows) for place in range(1, len(NAMED) + 1)]
    return [
        "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], widths, strict=True))]).rstrip() for row in rows
    ]


def _after(row: dict[str, float]) -> list[str]:
    return [_shown(name, row[name]) for name in NAMED]


def _shown(name: str, value: float, sign: str = "") -> str:
    if pd.isna(value):
        return "n/a"
    if name in SHARES:
        return f"{100 * value:{sign}.2f}" + (" pp" if sign else "%")
    return f"{value:{sign},.0f}"


def _several(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _amount(cell: str) -> str:
    return f"{float(cell):,.2f}" if cell else "(blank)"


def _write(cells: pd.DataFrame, csv: Path) -> None:
    """Write every changed row; text that a spreadsheet would compute is written as text."""
    safe = {column: [_as_text(cell) for cell in cells[column]] for column in TEXTS}
    try:
        cells.assign(**safe).to_csv(csv, index=False, lineterminator="\n")
    except OSError as error:
        raise InputError(
            Problem("a file that can be written to", f"'{csv}' ({error.strerror})", "name another file", key="--csv")
        ) from None


def _as_text(cell: str) -> str:
    """Guard a cell that a spreadsheet would compute; a number below zero is a number."""
    try:
        float(cell)
    except ValueError:
        return guarded(cell)
    return cell
