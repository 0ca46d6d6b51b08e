"""A proposal as an entry of the deal file: what intake needs to know to read the file as the table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from diligence.dataroom.expressions import DATE_FORMATS, FALSE, TRUE
from diligence.dataroom.mapping.layout import Layout
from diligence.dataroom.mapping.match import Candidate
from diligence.dataroom.mapping.profile import Profile
from diligence.dataroom.mapping.values import needed
from diligence.dataroom.mapping.wide import Wide
from diligence.dataroom.schema import Table, tables
from diligence.dataroom.typed import MAY_BE_BLANK

THOUSANDS = re.compile(
    r"[€$£]\s?k\b|\bk\s?([€$£]|eur\b|usd\b|gbp\b|chf\b)|\bt\s?(€|eur\b)|'000|\b000s?\b|[,.]000s?\b|\bthousands?\b|\btsd\b|\bmilliers\b",
    re.IGNORECASE,
)
MILLIONS = re.compile(
    r"[€$£]\s?m(n|m|io)?\b|\bm(n|m|io)?\s?([€$£]|eur\b|usd\b|gbp\b|chf\b)|\bmillions?\b|\bmio\b|\bmillionen\b", re.IGNORECASE
)
CENTS = re.compile(r"(\b|_)(cents?|pence|minor[ _]units?)\b", re.IGNORECASE)
FEW = 40


def entry_of(
    label: str, sheet: str, layout: Layout, candidate: Candidate, profiles: Sequence[Profile], wide: Wide | None
) -> dict[str, Any]:
    """Write an entry: keys in the order in which an analyst reads them, and none that says what holds anyway."""
    table, by_name = tables()[candidate.table], {p.name: p for p in profiles}
    used = [(m, by_name[m.source]) for m in candidate.matches if m.source in by_name]
    entry: dict[str, Any] = {"file": label}
    entry |= {"sheet": sheet} if sheet else {}
    entry |= {"header_row": layout.header_row} if layout.header_row != 1 else {}
    entry |= {"header_rows": layout.header_rows} if layout.header_rows != 1 else {}
    entry |= {"encoding": layout.encoding} if layout.encoding else {}
    entry |= {"separator": layout.separator} if layout.separator not in ("", ",") else {}
    across = across_of(candidate, wide)
    entry["columns"] = {
        m.column: m.source for m in candidate.matches if m.source not in across and not (candidate.multiply and m.column == "amount")
    }
    constants = candidate.constants | {m: "" for m in candidate.missing if (table.name, m) in MAY_BE_BLANK}
    entry |= {"constants": constants} if constants else {}
    entry |= {"multiply": {"amount": list(candidate.multiply)}} if candidate.multiply else {}
    values = _values(table, candidate)
    entry |= {"values": values} if values else {}
    keep = _without_totals(layout, profiles)
    entry |= {"keep": keep} if keep else {}
    scale = {
        m.column: factor for m, _ in used if table[m.column].unit.startswith("currency") and (factor := scale_of(_said(m.source, wide)))
    }
    entry |= {"scale": scale} if scale else {}
    blanks = sorted({word for _, p in used for word in p.nothing})
    entry |= {"blanks": blanks} if blanks else {}
    formats = _formats(table, used)
    entry |= {"date_format": formats} if formats else {}
    entry |= _numbers([p for m, p in used if table[m.column].type in ("decimal", "integer") and p.is_number] + _factors(candidate, by_name))
    if wide is not None and across:
        headers, cells = (across.get(source, source) for source in (wide.name, wide.value))
        entry["unpivot"] = {"columns": list(wide.columns), "name": headers, "value": cells}
        entry["unpivot"] |= {"labels": dict(wide.labels)} if wide.labels else {}
    return entry


def across_of(candidate: Candidate, wide: Wide | None) -> dict[str, str]:
    """Give the governed columns that the headers and the cells of columns across the page fill: the unpivot does, no column of the file."""
    return {m.source: m.column for m in candidate.matches if wide is not None and m.source in (wide.name, wide.value)}


def _factors(candidate: Candidate, by_name: Mapping[str, Profile]) -> list[Profile]:
    return [by_name[name] for name in candidate.multiply or () if name in by_name]


def _said(source: str, wide: Wide | None) -> str:
    return " ".join(wide.columns) if wide is not None and source == wide.value else source


def scale_of(header: str) -> float | None:
    """Find by how much a header says that its numbers are to be multiplied.

    >>> scale_of("Net sales (kEUR)"), scale_of("Revenue $m"), scale_of("Sales ($1,000s)"), scale_of("amount_in_cents"), scale_of("Amount")
    (1000.0, 1000000.0, 1000.0, 0.01, None)
    """
    for pattern, factor in ((THOUSANDS, 1_000.0), (MILLIONS, 1_000_000.0), (CENTS, 0.01)):
        if pattern.search(header):
            return factor
    return None


def _values(table: Table, candidate: Candidate) -> dict[str, dict[str, str]]:
    found = {}
    for match in candidate.matches:
        known = {*TRUE, *FALSE} if table[match.column].type == "boolean" else set()
        placed = needed(match.fit.words.placed, known) if match.fit.words is not None else dict(match.near)
        if placed:
            found[match.column] = placed
    return found


def _without_totals(layout: Layout, profiles: Sequence[Profile]) -> dict[str, list[str]]:
    """Keep the rows of a short list of labels where one row adds the others up."""
    labels = next((p for p in profiles if p.type == "text" and p.name == layout.header[0]), None) if layout.totals else None
    return {labels.name: sorted(labels.words)} if labels is not None and len(labels.words) <= FEW else {}


def _formats(table: Table, used: Sequence[tuple[Any, Profile]]) -> list[str]:
    dated = [(m, p) for m, p in used if table[m.column].type in ("date", "datetime", "month") or (m.column == "year" and p.type == "date")]
    formats = list(dict.fromkeys(form for m, p in dated for form in (("serial",) if m.fit.serial else p.formats)))
    plain = {*DATE_FORMATS, *(("%Y-%m",) if all(table[m.column].type == "month" for m, _ in dated) else ())}
    year = any(m.column == "year" for m, _ in dated)
    return formats if year or not set(formats) <= plain else []


def _numbers(numbers: Sequence[Profile]) -> dict[str, str]:
    styles = [p.style for p in numbers]
    comma = any(decimal == "," for decimal, _ in styles)
    marks = [mark for decimal, mark in styles if mark and (decimal == ",") == comma]
    found = {"decimal": ","} if comma else {}
    return found | ({"thousands": marks[0]} if marks else {})


def settled_order(profiles: Sequence[Profile], currency: str) -> list[Profile]:
    """Settle day against month where a column alone does not: as the file's other dates have it, else as the currency's country writes."""
    decided = {form for p in profiles if p.type == "date" and not p.either_way for form in p.formats}
    american = any(form.startswith("%m/") for form in decided) or (
        currency == "USD" and not any(form.startswith("%d/") for form in decided)
    )
    swapped = {"%d/%m": "%m/%d", "%d-%m": "%m-%d"}
    found = []
    for p in profiles:
        formats, either = p.formats, p.either_way
        if p.type == "date" and either:
            formats = tuple(swapped.get(form[:5], form[:5]) + form[5:] for form in formats) if american else formats
            either = not any(form[:5] in {known[:5] for known in decided} for form in formats)
        found.append(replace(p, formats=formats, either_way=either))
    return found
