"""Whether what a column holds can be what a governed column asks for; said in words."""

from dataclasses import dataclass, field

from diligence.dataroom.mapping.layout import PERIOD
from diligence.dataroom.mapping.profile import Profile
from diligence.dataroom.mapping.values import MOST, Words, place_words
from diligence.dataroom.schema import Column, Table

FEW = ("segment", "industry", "stage", "region", "channel", "family", "line", "measure", "kind", "metric", "period", "category", "role")
"""Columns that hold few different words."""
NAMES = ("name", "account", "verbatim", "definition", "term", "tool", "criterion", "note", "positioning", "competitor", "brand", "campaign")


@dataclass(frozen=True)
class Fit:
    """How well contents fit: a factor on the confidence of the name, and why."""

    factor: float
    evidence: tuple[str, ...] = ()
    words: Words | None = None
    serial: bool = field(default=False)
    """Dates stand as a spreadsheet's serial numbers."""


def fit(found: Profile, table: Table, column: Column) -> Fit:
    """Weigh a profile against a governed column."""
    if found.type == "blank":
        return Fit(0.45, ("all cells are blank",))
    if column.choices or column.type == "boolean" or column.name == "would_buy" or (column.bounds and found.type == "text"):
        return _chosen(found, table, column)
    if column.type == "string":
        return _text(found, table, column)
    kinds = {"decimal": _decimal, "integer": _integer, "date": _date, "datetime": _date, "month": _date}
    return kinds[column.type](found, column) if column.type in kinds else Fit(0.5)


def _chosen(found: Profile, table: Table, column: Column) -> Fit:
    if column.name == "would_buy" and found.is_number:
        return Fit(1.0, ("numbers",))
    if found.type in ("date", "decimal", "quarter"):
        return Fit(0.1, (f"holds {found.type}s, not words",))
    if len(found.words) > MOST:
        return Fit(0.2, (f"{len(found.words):,} different words",))
    words = place_words(found.words, table, column)
    told = f"{words.share:.0%} of its cells hold words known for {column.name}"
    if words.share >= 0.999:
        return Fit(1.0, (told,), words)
    return Fit(0.45 + 0.5 * words.share if words.share >= 0.4 else 0.2, (told,), words)


def _decimal(found: Profile, column: Column) -> Fit:
    if not found.is_number:
        return Fit(0.12, (f"holds {_kind(found)}",))
    if found.type == "integer" and found.unique > 0.999 and found.filled > 20 and found.low is not None and found.low >= 10_000_000:
        return Fit(0.5, ("whole numbers, each once: it may be an id",))
    if column.unit == "fraction" and found.high is not None and found.high > 100:
        return Fit(0.4, (f"up to {found.high:,.6g}, no share",))
    return Fit(1.0, (f"numbers from {found.low:,.6g} to {found.high:,.6g}",))


def _integer(found: Profile, column: Column) -> Fit:
    if column.name == "year":
        if found.type == "date":
            return Fit(1.0, ("dates, of which the year counts",))
        good = found.type == "integer" and found.low is not None and found.low >= 1990 and (found.high or 0) <= 2100
        return Fit(1.0 if good else 0.15, ("years" if good else f"holds {_kind(found)}",))
    if column.bounds and found.is_number:
        inside = (found.low or 0) >= column.bounds[0] and (found.high or 0) <= column.bounds[1]
        return Fit(1.0 if inside else 0.25, (f"numbers from {found.low:g} to {found.high:g}",))
    return Fit(1.0 if found.type == "integer" else 0.4 if found.type == "decimal" else 0.12, (f"holds {_kind(found)}",))


def _date(found: Profile, column: Column) -> Fit:
    if found.type == "date":
        told = f"{found.read:.0%} read as dates written {' or '.join(found.formats)}"
        if found.either_way:
            return Fit(0.85, (told, "no day over 12: day and month could stand the other way round"))
        return Fit(1.0 if found.read > 0.97 else 0.9, (told,))
    if found.type == "integer" and found.low is not None and found.low > 20_000 and (found.high or 0) < 70_000:
        return Fit(0.85, ("whole numbers as a spreadsheet counts days",), serial=True)
    few = list(found.words)[:100]
    if column.type == "month" and found.type in ("text", "quarter") and sum(bool(PERIOD.match(word)) for word in few) > 0.9 * len(few):
        return Fit(0.4, ("periods without a year, or quarters",))
    return Fit(0.08, (f"holds {_kind(found)}, no dates",))


def _text(found: Profile, table: Table, column: Column) -> Fit:
    told = (f"{len(found.words):,} different values",)
    if found.type == "date" and column.name != "period":
        return Fit(0.08, ("holds dates",))
    if column.key == "primary":
        return _primary(found)
    if column.name == "currency":
        good = all(len(word) == 3 and word.isalpha() for word in found.words)
        return Fit(1.0 if good else 0.2, ("codes of three letters" if good else "no currency codes",))
    if column.key and column.name not in NAMES:
        return _foreign(found, table, column)
    if column.name in ("country", *NAMES):
        factor = 1.0 if found.type == "text" else 0.25
    elif column.name in FEW:
        many = len(found.words) > max(40, 0.2 * found.filled) and found.filled > 40
        factor = 0.4 if many else 0.6 if found.type == "decimal" else 1.0
    else:
        factor = 0.3 if found.type == "decimal" and column.name != "size_band" else 1.0
    return Fit(factor, told)


def _foreign(found: Profile, table: Table, column: Column) -> Fit:
    if found.type == "boolean" or (found.type == "decimal" and found.unique > 0.02):
        return Fit(0.15, (f"holds {_kind(found)}",))
    # where a table has no key of its own, many rows stand for one customer or deal
    once = column.required and table.primary is None and found.unique > 0.999 and found.filled > 20
    return Fit(0.6 if once else 1.0, ("each value once",) if once else (f"{len(found.words):,} different values",))


def _primary(found: Profile) -> Fit:
    if found.type in ("decimal", "boolean"):
        return Fit(0.2, (f"holds {_kind(found)}",))
    if found.unique > 0.999:
        return Fit(1.0, ("each value once",))
    told = f"not unique: {found.filled / max(1, len(found.words)):.1f} rows a value"
    return Fit(0.85 if found.unique > 0.98 else 0.55 if found.unique > 0.9 else 0.3, (told,))


def _kind(found: Profile) -> str:
    return {
        "text": "words",
        "integer": "whole numbers",
        "decimal": "numbers",
        "date": "dates",
        "quarter": "quarters",
        "boolean": "yes and no",
    }[found.type]
