"""Presets: the exports of common systems by the columns that their documentation gives, kept as data beside this file."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from diligence.dataroom.mapping.entry import settled_order
from diligence.dataroom.mapping.layout import Layout, find_layout
from diligence.dataroom.mapping.profile import Profile, profile
from diligence.dataroom.mapping.sample import sampled
from diligence.dataroom.reading import Item, Place, items
from diligence.dataroom.schema import tables
from diligence.deal import Deal, TableSource
from diligence.errors import InputError, Problem


@dataclass(frozen=True)
class Export:
    """One export of a system as one governed table. ``confirmed`` says of each column whether the documentation gives its name."""

    table: str
    about: str
    files: tuple[str, ...]
    documentation: str
    columns: dict[str, str]
    confirmed: dict[str, bool]
    settings: dict[str, Any]
    dates: str
    once: str

    @property
    def required(self) -> set[str]:
        """Columns of the file without which it is not this export."""
        governed = tables()[self.table]
        needed = {self.columns[c.name] for c in governed.columns if c.required and c.name in self.columns}
        return needed | set(self.settings.get("keep", {}))


@cache
def exports(preset: str) -> tuple[Export, ...]:
    """Give the exports that a preset knows, the better source of a table first.

    >>> sorted({export.table for export in exports("quickbooks")})
    ['customers', 'invoices', 'revenue']
    """
    raw = tomllib.loads((files("diligence.dataroom.mapping") / "presets" / f"{preset}.toml").read_text(encoding="utf-8"))
    found = []
    for one in raw["export"]:
        columns = {column: said if isinstance(said, str) else said["name"] for column, said in one["columns"].items()}
        confirmed = {column: isinstance(said, str) or said["confirmed"] for column, said in one["columns"].items()}
        settings = {key: one[key] for key in ("values", "scale", "keep", "thousands", "constants") if key in one}
        dates, once = one.get("dates", ""), one.get("once", "")
        found.append(
            Export(one["table"], one["about"], tuple(one["files"]), one["documentation"], columns, confirmed, settings, dates, once)
        )
    return tuple(found)


def with_presets(deal: Deal, place: Place) -> Deal:
    """Give the deal with what its preset maps in its open room, so that intake and the hashes of a run see the same files."""
    return apply_presets(deal, items(place)) if deal.room.preset else deal


def apply_presets(deal: Deal, found: Sequence[Item]) -> Deal:
    """Fill the deal's tables from its preset; what the analyst wrote wins.

    Parameters
    ----------
    deal
        A deal; without ``room.preset`` it is given back as it is.
    found
        What lies in the room.

    Raises
    ------
    InputError
        No file of the room is an export that the preset knows, and the deal file maps none.
    """
    if not deal.room.preset:
        return deal
    seen = list(_opened(found))
    filled = dict(deal.room.tables)
    for export in exports(deal.room.preset):
        if export.table in filled or _stands(export.table, seen):
            continue
        one = next(((item, layout) for item, layout in seen if _is(export, item, layout)), None)
        if one is not None:
            filled[export.table] = _entry(export, *one, deal.target.currency)
    if not filled and not any(_stands(table, seen) for table in tables()):
        known = ", ".join(dict.fromkeys(export.table for export in exports(deal.room.preset)))
        do = f"give the files the names that they had at export (the preset knows {known}), or run `diligence map`"
        raise InputError(Problem(f"an export of {deal.room.preset}", "no file with its columns", do, str(deal.path), key="room.preset"))
    return deal.model_copy(update={"room": deal.room.model_copy(update={"tables": filled})})


def _opened(found: Sequence[Item]) -> Iterator[tuple[Item, Layout]]:
    """Give the files with their layouts; one that does not open is no export, and is told where a table names it."""
    for item in found:
        with suppress(InputError):
            layout = find_layout(item)
            if layout is not None:
                yield item, layout


def _stands(table: str, seen: Sequence[tuple[Item, Layout]]) -> bool:
    """Whether a file of the governed name with the governed columns stands in the room."""
    required = {column.name for column in tables()[table].columns if column.required}
    return any(Path(item.label).stem == table and "/" not in item.label and required <= set(layout.header) for item, layout in seen)


def _is(export: Export, item: Item, layout: Layout) -> bool:
    label = f"{item.label.rsplit('/', 1)[-1].rsplit('.', 1)[0]} {item.sheet}".strip().lower()
    if not any(fnmatch(label, pattern) for pattern in export.files) or not export.required <= set(layout.header):
        return False
    if not export.once:
        return True
    cells, _ = sampled(item, layout)
    return len(set(cells[export.once])) == len(cells[export.once])


def _entry(export: Export, item: Item, layout: Layout, currency: str) -> TableSource:
    """Write the entry that an analyst would write; columns that this export was made without are left out."""
    columns = {column: source for column, source in export.columns.items() if source in layout.header}
    settings = {key: _of(value, columns) if key in ("values", "scale") else value for key, value in export.settings.items()}
    place: dict[str, Any] = {
        "file": item.label,
        "sheet": item.sheet,
        "header_row": layout.header_row,
        "header_rows": layout.header_rows,
        "columns": columns,
    }
    place |= {"encoding": layout.encoding} if layout.encoding else {}
    place |= {"separator": layout.separator} if layout.separator not in ("", ",") else {}
    governed = tables()[export.table]
    dated = {source for column, source in columns.items() if governed[column].type in ("date", "datetime", "month")}
    cells, _ = sampled(item, layout)
    profiles = settled_order([profile(source, cells[source]) for source in sorted(dated)], currency)
    return TableSource.model_validate({**settings, **place, "date_format": _formats(profiles, currency, export.dates)})


def _of(value: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    return {column: inner for column, inner in value.items() if column in columns}


def _formats(profiles: Sequence[Profile], currency: str, dates: str) -> list[str]:
    """Formats as the file has them; of a system that writes by locale and leaves it open, as the currency's country writes."""
    found = list(dict.fromkeys(form for p in profiles if p.type == "date" for form in p.formats))
    if not found and dates == "locale":
        return ["%m/%d/%Y"] if currency == "USD" else ["%d/%m/%Y"]
    return found
