"""One file against the governed tables: which it is, and which of its columns is which, with a confidence and the reasons.

A name that the field uses for one thing only starts at 0.95, one that it uses for several at less; contents that contradict cut it down, and
contents that prove it (a key each once, values that stand in another file) lift it a little. Contents alone give 0.65 at the most. Two columns
that fit alike, and a file that could be two tables, lower it. So a number near one means: name, contents and company agree.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from diligence.dataroom.mapping.assign import assigned
from diligence.dataroom.mapping.fit import Fit, fit
from diligence.dataroom.mapping.names import canonical, homelessness, known_elsewhere, likeness, table_likeness
from diligence.dataroom.mapping.profile import Profile
from diligence.dataroom.schema import Column, Table, tables

KNOWN_NAME, ALONE, LEAST = 0.95, 0.62, 0.25
TWINS = {
    "customers": (("customer_id", "name"),),
    "products": (("product_id", "name"),),
    "reps": (("rep_id", "name"),),
    "opportunities": (("status", "stage"), ("account", "customer_id")),
}
"""Governed columns that one column of a file may fill together, where a system has no id of its own or keeps the outcome in the stage."""

Overlaps = Mapping[tuple[str, str], float]
"""For a column of this file and a governed key: the share of its values that stand in the file of that key."""


@dataclass(frozen=True)
class Match:
    """One column of a file as one governed column."""

    source: str
    column: str
    confidence: float
    evidence: tuple[str, ...]
    fit: Fit = field(default=Fit(1.0))
    near: Mapping[str, str] = field(default_factory=dict)
    """Words that miss a value of the key in another file by blanks, signs or case, each with that value."""


@dataclass(frozen=True)
class Candidate:
    """One governed table that a file may be."""

    table: str
    confidence: float
    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    constants: dict[str, str]
    multiply: tuple[str, str] | None
    evidence: tuple[str, ...]


def candidates(label: str, profiles: Sequence[Profile], overlaps: Overlaps, *, headless: bool = False) -> list[Candidate]:
    """Weigh a file against every governed table, the likeliest first.

    Parameters
    ----------
    label
        Name of the file, and of the sheet where there is one.
    profiles
        What its columns hold.
    overlaps
        How its values stand to the keys of other files.
    headless
        The file has no header, so that contents alone speak.
    """
    found = [_against(label, profiles, table, overlaps, headless) for table in tables().values()]
    lines = next(one for one in found if one.table == "revenue")
    if any(match.column in ("product_id", "quantity") and match.confidence > 0.6 for match in lines.matches):
        # what was sold stands on lines, not on the head of an invoice
        found = [replace(one, confidence=round(0.8 * one.confidence, 2)) if one.table == "invoices" else one for one in found]
    found.sort(key=lambda one: (-one.confidence, one.table))
    if len(found) > 1 and found[0].confidence > 0:
        rival = found[1].confidence / found[0].confidence
        found = [replace(one, matches=tuple(_tempered(match, one, rival) for match in one.matches)) for one in found]
    return found


def _tempered(match: Match, table: Candidate, rival: float) -> Match:
    """A column cannot be surer than its table is, nor than the table is apart from the next; a table that lacks what it needs may be another."""
    certain = (0.55 + 0.45 * min(1.0, table.confidence / 0.85)) * (0.93 if table.missing else 1.0)
    return replace(match, confidence=round(match.confidence * certain * (1 - 0.12 * min(1.0, rival) ** 8), 2))


def _against(label: str, profiles: Sequence[Profile], table: Table, overlaps: Overlaps, headless: bool) -> Candidate:
    governed = [column for column in table.columns if column.name != "*"]
    grid = [[_weigh(found, table, column, overlaps) for column in governed] for found in profiles]
    if headless:
        grid = _by_position(profiles, table, governed, grid)
    # a file may have hundreds of columns, of which few can be anything of this table
    able = [r for r, row in enumerate(grid) if any(match.confidence >= LEAST for match in row)]
    paired = assigned([[match.confidence if match.confidence >= LEAST else 0.0 for match in grid[r]] for r in able])
    pairs = {able[r]: c for r, c in paired.items()}
    matches = [_beside(grid, r, c, pairs) for r, c in pairs.items()]
    matches += _twins(table, governed, grid, matches)
    multiply = _product(profiles, table, matches)
    if multiply:
        matches = [match for match in matches if match.column != "amount"]
        sure = min([0.9, *(match.confidence for match in matches if match.source == multiply[0])])
        why = (f"'{multiply[0]}' x '{multiply[1]}' is the amount of a line",)
        matches.append(Match(multiply[1], "amount", round(sure, 2), why))
    constants = _constants(label, profiles, table, matches)
    return _weighed(label, profiles, table, matches, constants, multiply)


def _weigh(found: Profile, table: Table, column: Column, overlaps: Overlaps) -> Match:
    like, apart = likeness(found.name, table, column.name), homelessness(found.name)
    suits = fit(found, table, column)
    shared = overlaps.get((found.name, column.key), -1.0)
    told = [*suits.evidence]
    if like.strength:
        confidence = KNOWN_NAME * like.strength * suits.factor
        said = "is a known name of" if like.exact else f"is like '{like.known}', a name of"
        told.insert(0, f"name '{found.name}' {said} {column.name}")
        if apart.strength >= like.strength and not (like.exact and like.strength == 1.0 and apart.strength < 1.0):
            confidence *= 0.7 if like.exact and like.strength == 1.0 else 0.35
            told.append(f"'{apart.known}' is also the name of what has no home in the data model")
    elif apart.exact:
        return Match(found.name, column.name, 0.0, ())
    else:
        confidence = 0.0 if known_elsewhere(found.name) else _alone(found, table, column) * suits.factor
        told.insert(0, f"name '{found.name}' is not known; by its contents alone")
    if shared >= 0.6:
        confidence = max(confidence + (0.98 - confidence) * 0.45 * shared if like.strength else 0.0, ALONE * shared * suits.factor)
        told.append(f"{shared:.0%} of its values are in {column.key}")
    elif 0 <= shared < 0.05 and like.strength:
        confidence *= 0.8
        told.append(f"{shared:.0%} of its values are in {column.key}")
    elif like.exact and like.strength == 1.0 and suits.factor == 1.0 and column.key == "primary":
        confidence += 0.02
    return Match(found.name, column.name, confidence, tuple(told), suits)


def _alone(found: Profile, table: Table, column: Column) -> float:
    """What contents say where the name says nothing: a date may date the row, words that are all allowed may be those words."""
    if column.as_of == "row" and column.type in ("date", "month", "datetime") and found.type == "date":
        return 0.45
    if column.name in ("amount", "value") and column.required and found.is_number:
        return 0.3
    if column.choices and found.type == "text" and len(found.words) > 1:
        return 0.4 if {word.lower() for word in found.words} <= set(column.choices) else 0.0
    if table.name == "revenue" and column.name == "quantity" and found.type == "integer" and "id" not in canonical(found.name):
        return 0.32 if found.unique < 0.2 and (found.high or 0) < 10_000 and (found.low or 0) < 1_000 else 0.0
    return 0.0


def _by_position(profiles: Sequence[Profile], table: Table, governed: Sequence[Column], grid: list[list[Match]]) -> list[list[Match]]:
    """Read a file without a header as lines of revenue, where it has an id that comes back, a date and a number with decimals."""
    if table.name != "revenue":
        return grid
    place = {column.name: number for number, column in enumerate(governed)}
    dates = [r for r, found in enumerate(profiles) if found.type == "date"]
    money = [r for r, found in enumerate(profiles) if found.type == "decimal"]
    ids = [
        r for r, found in enumerate(profiles) if found.type in ("integer", "text") and 0.001 < found.unique < 0.95 and len(found.words) > 20
    ]
    counts = [
        r
        for r, found in enumerate(profiles)
        if found.type == "integer" and found.unique < 0.2 and (found.high or 0) < 10_000 and r > min(dates, default=0)
    ]
    if not (len(dates) == 1 and money and ids):
        return grid
    chosen = [
        (ids[0], "customer_id", "an id that comes back"),
        (dates[0], "date", "the only column of dates"),
        (money[-1], "amount", "numbers with decimals"),
    ]
    chosen += [(counts[0], "quantity", "small whole numbers after the date")] if counts else []
    for row, column, why in chosen:
        sure = 0.6 if column in ("date", "amount") else 0.5
        grid[row][place[column]] = Match(
            profiles[row].name, column, sure, (f"no header; by contents alone: {why}",), fit(profiles[row], table, table[column])
        )
    return grid


def _beside(grid: list[list[Match]], row: int, column: int, pairs: Mapping[int, int]) -> Match:
    """Lower the confidence of a pair by what else fits the same governed column nearly as well."""
    match = grid[row][column]
    others = [line[column] for r, line in enumerate(grid) if r != row and line[column].confidence >= LEAST]
    others = [other for r, other in ((grid.index(line), line[column]) for line in grid) if r != row and r not in pairs and other in others]
    if not others:
        return match
    rival = max(others, key=lambda other: other.confidence)
    near = min(1.0, rival.confidence / match.confidence)
    if near < 0.7:
        return match
    told = (*match.evidence, f"'{rival.source}' fits nearly as well")
    return replace(match, confidence=match.confidence * (1 - 0.3 * near**4), evidence=told)


def _twins(table: Table, governed: Sequence[Column], grid: list[list[Match]], matches: Sequence[Match]) -> list[Match]:
    """Let one column fill two governed columns where the system keeps both in one."""
    place = {column.name: number for number, column in enumerate(governed)}
    by_column = {match.column: match for match in matches}
    found = []
    for pair in TWINS.get(table.name, ()):
        for have, lack in (pair, pair[::-1]):
            if have in by_column and lack not in by_column:
                line = next(line for line in grid if line[0].source == by_column[have].source)
                twin = line[place[lack]]
                key = table[lack].key == "primary" and twin.fit.factor == 1.0 and by_column[have].confidence > 0.6
                if twin.confidence >= 0.3 or key:
                    sure = max(min(0.85, twin.confidence), 0.7 if key else 0.0)
                    found.append(replace(twin, confidence=sure, evidence=(*twin.evidence, f"it is {have} too")))
    return found


def _product(profiles: Sequence[Profile], table: Table, matches: Sequence[Match]) -> tuple[str, str] | None:
    """Find quantity and unit price where no column is the amount of a line."""
    if table.name != "revenue" or any(match.column == "amount" and match.confidence > 0.5 for match in matches):
        return None
    quantity = next((match.source for match in matches if match.column == "quantity" and match.confidence > 0.5), None)
    prices = [
        p.name
        for p in profiles
        if p.is_number
        and canonical(p.name) in ({"unit", "price"}, {"price"}, {"net", "price"}, {"unit", "net", "price"}, {"unit", "amount"})
    ]
    return (quantity, prices[0]) if quantity and prices else None


def _constants(label: str, profiles: Sequence[Profile], table: Table, matches: Sequence[Match]) -> dict[str, str]:
    """Fill a required column that the file says once, in its name or its headers, rather than in every row."""
    have = {match.column for match in matches}
    words = canonical(label.rsplit(".", 1)[0]) | frozenset().union(*(canonical(p.name) for p in profiles))
    found = {}
    if table.name == "spend" and "channel" not in have:
        media = sorted(words & _media()) or (["tv"] if "television" in words else [])
        found["channel"] = media[0] if media else "all"
    trend = any(p.name.rstrip().endswith(")") and ": (" in p.name for p in profiles)
    if table.name == "visibility":
        found |= {"measure": "search"} if "measure" not in have and ("search" in words or trend) else {}
        found |= {"brand": "self"} if "brand" not in have else {}
    if table.name == "reported" and "reported_by" not in have:
        found["reported_by"] = "management"
    if (
        table.name == "opportunities"
        and "status" not in have
        and ({"closed", "date"} <= words and "won" in label.lower() + " ".join(p.name.lower() for p in profiles))
    ):
        found["status"] = "won"
    return found


@cache
def _media() -> frozenset[str]:
    from diligence.dataroom.mapping.wide import MEDIA

    return MEDIA - {"search", "direct", "video", "social"}


@cache
def _shared(column: str) -> int:
    return sum(column in table.names for table in tables().values())


def _weighed(
    label: str, profiles: Sequence[Profile], table: Table, matches: list[Match], constants: dict[str, str], multiply: tuple[str, str] | None
) -> Candidate:
    """Weigh the table: its required columns, those that few tables have, how much of the file it explains, the file's name."""
    best = {match.column: match.confidence for match in matches}
    required = [column.name for column in table.columns if column.required]
    missing = tuple(name for name in required if name not in best and name not in constants)
    have = sum(best.get(name, 0.5 if name in constants else 0.0) for name in required) / len(required)
    special = sum(confidence * min(1.0, 2 / _shared(name)) for name, confidence in best.items())
    open_ = [p for p in profiles if p.type != "blank" and not homelessness(p.name).exact]
    placed = {match.source for match in matches}
    explained = sum(max(m.confidence for m in matches if m.source == source) for source in placed) / max(1, len(open_), len(placed))
    named = table_likeness(label, table.name)
    weight = -3.3 + 3.0 * have + 0.8 * min(special, 4.0) + 1.3 * min(1.0, explained) + 2.4 * named
    confidence = 1 / (1 + math.exp(-1.35 * weight)) if matches else 0.0
    confidence *= 0.9 if missing else 1.0
    firm = [match for match in matches if match.confidence >= LEAST]
    if all(table[match.column].type in ("date", "month", "datetime") or match.column in ("year", "period") for match in firm):
        # a date alone could date anything
        confidence *= 0.1
    elif all(table[m.column].type in ("date", "month", "datetime") or table[m.column].key not in ("", "primary") for m in matches):
        # nor do dates and ids of others say what they are about
        confidence *= 0.5
    told = [f"{len(required) - len(missing)} of {len(required)} required columns", f"{len(placed)} of {len(profiles)} columns placed"]
    told += [f"files of {table.name} are called so"] if named >= 0.6 else []
    return Candidate(table.name, round(min(confidence, 0.97), 2), tuple(matches), missing, constants, multiply, tuple(told))
