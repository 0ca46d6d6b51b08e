"""Layouts that stand across the page: months, weeks or channels as columns, each to become rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from diligence.dataroom.mapping.layout import PERIOD
from diligence.dataroom.mapping.names import canonical, homelessness, plain, word_set
from diligence.dataroom.mapping.profile import Profile

MEDIA = word_set("media")
SPENT = frozenset({"s", "spend", "spends", "cost", "costs", "budget", "investment", "ausgaben", "kosten"})
DATED = (
    "%b-%y",
    "%b %y",
    "%b-%Y",
    "%b %Y",
    "%B %Y",
    "%Y-%m",
    "%m/%Y",
    "%m.%Y",
    "%Y/%m",
    "%Y_%m",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%b_%y",
    "%b'%y",
)


@dataclass(frozen=True)
class Wide:
    """Columns that become rows."""

    columns: tuple[str, ...]
    name: str
    value: str
    labels: dict[str, str]
    evidence: str
    kind: str


def find_wide(profiles: Sequence[Profile], label: str = "") -> Wide | None:
    """Find columns across the page: of periods first, else of channels with their spend. What cells hold, the file's name may say."""
    wide = _periods(profiles, canonical(label)) or _channels(profiles)
    if wide is None:
        return None
    kept = [p for p in profiles if p.name not in wide.columns]
    return replace(wide, name=_free(wide.name, kept), value=_free(wide.value, kept))


def _periods(profiles: Sequence[Profile], words: frozenset[str]) -> Wide | None:
    columns = tuple(p.name for p in profiles if PERIOD.match(p.name.strip()) and (p.is_number or p.type == "blank"))
    if len(columns) < 3 or not any(p.is_number for p in profiles if p.name in columns):
        return None
    months = {column: _month(column) for column in columns}
    labels = {column: month for column, month in months.items() if month} if all(months.values()) else {}
    name = "month" if labels else "period"
    # a month's target is no annual one: its name says so
    value = "quota_of_period" if "quota" in words else "spend" if words & {"spend", "cost"} else "amount"
    return Wide(columns, name, value, labels, f"{len(columns)} columns are periods, {columns[0]} to {columns[-1]}", "period")


def _month(header: str) -> str:
    """Write a header with month and year as 2025-01."""
    for form in DATED:
        try:
            return f"{datetime.strptime(header.strip(), form):%Y-%m}"
        except ValueError:
            continue
    return ""


def _channels(profiles: Sequence[Profile]) -> Wide | None:
    if not any(p.type == "date" for p in profiles) and not any(PERIOD.match(w) for p in profiles[:1] for w in list(p.words)[:3]):
        return None
    numbers = [p.name for p in profiles if p.is_number]
    spent = {column: label for column in numbers if (label := _spent_on(column))}
    if len(spent) >= 2:
        return Wide(tuple(spent), "channel", "spend", spent, f"{len(spent)} columns hold the spend of a channel each", "channel")
    bare = {column: column for column in numbers if plain(column) in MEDIA}
    if len(bare) >= 3:
        return Wide(tuple(bare), "channel", "spend", {}, f"{len(bare)} columns are named for channels", "channel")
    return None


def _spent_on(header: str) -> str:
    """Give the channel of a header that says spend: ``tv_S``, ``facebook_cost``, ``Spend - Radio``, ``Brand US | google_cost``."""
    last = header.rsplit("|", 1)[-1].strip()
    words = re.split(r"[\s_.:/-]+", last)
    words = [word for word in words if word]
    if len(words) < 2 or homelessness(header).exact or NO_MEDIUM & {word.lower() for word in words}:
        return ""
    for place, rest in ((-1, words[:-1]), (0, words[1:])):
        sign = words[place].lower()
        if sign in SPENT and (sign != "s" or words[place] == "S") and not canonical(" ".join(rest)) & NO_CHANNEL:
            return " ".join(rest)
    return ""


NO_MEDIUM = word_set("no_medium")
NO_CHANNEL = word_set("no_channel")


def lengthened(profiles: Sequence[Profile], wide: Wide) -> list[Profile]:
    """Give the profiles as they are once the columns have become rows."""
    kept = [p for p in profiles if p.name not in wide.columns]
    parts = [p for p in profiles if p.name in wide.columns and p.is_number]
    labels = [wide.labels.get(column, column) for column in wide.columns]
    dated = wide.kind == "period" and bool(wide.labels)
    filled = sum(p.filled for p in parts)
    headers = Profile(
        wide.name, "date" if dated else "text", filled, 0.0, len(set(labels)) / max(filled, 1),
        dict.fromkeys(labels, max(1, filled // len(labels))), formats=("%Y-%m",) if dated else (),
    )  # fmt: skip
    cells = replace(
        parts[0], name=wide.value, type="decimal", rows=sum(p.rows for p in parts), nothing=tuple(sorted({w for p in parts for w in p.nothing})),
        low=_least(p.low for p in parts), high=-_least(-p.high for p in parts if p.high is not None), unique=0.5,
        style=max((p.style for p in parts), key=lambda style: (style[1] != "", style)),
    )  # fmt: skip
    return [*kept, headers, cells]


def _least(values: Iterable[float | None]) -> float:
    return min((value for value in values if value is not None), default=0.0)


def _free(name: str, kept: Sequence[Profile]) -> str:
    """A name that no column of the file has."""
    taken = {p.name.casefold() for p in kept}
    return name if name not in taken else f"{name}_across"
