"""Words of a file to the words that the data model allows, by a lexicon of synonyms; what is not known is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from diligence.dataroom.mapping.names import lexicon, plain
from diligence.dataroom.schema import Column, Table

MOST = 80
"""More different words than this are no vocabulary."""


@dataclass(frozen=True)
class Words:
    """How a column's words stand to the allowed ones."""

    placed: dict[str, str]
    unplaced: tuple[str, ...]
    share: float
    """Cells whose word is placed, over filled cells."""


@cache
def _synonyms(table: str, column: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for place in (f"{table}.{column}", f"*.{column}", column):
        for ours, theirs in lexicon("values").get(place, {}).items():
            for word in theirs:
                found.setdefault(plain(word), ours)
    return found


def place_words(words: dict[str, int], table: Table, column: Column) -> Words:
    """Place each word of a column among the allowed ones.

    >>> from diligence.dataroom.schema import tables
    >>> deals = tables()["opportunities"]
    >>> place_words({"Closed Won": 3, "Zombie": 1}, deals, deals["status"])
    Words(placed={'Closed Won': 'won'}, unplaced=('Zombie',), share=0.75)
    """
    allowed: tuple[str, ...]
    if column.type == "boolean":
        known, allowed = _synonyms(table.name, "*boolean*"), ("true", "false")
    elif column.name == "would_buy":
        known, allowed = _synonyms(table.name, "*scale5*"), ()
    else:
        allowed = column.choices or tuple(str(number) for number in range(*_span(column)))
        known = {plain(word): word for word in allowed} | _synonyms(table.name, column.name)
    placed = {}
    for word in list(words)[:MOST]:
        ours = _ours(plain(word), known)
        if ours is not None and (not allowed or ours in allowed):
            placed[word] = ours
    total = sum(words.values())
    unplaced = tuple(word for word in list(words)[:MOST] if word not in placed)
    return Words(placed, unplaced, sum(words[word] for word in placed) / total if total else 0.0)


def _span(column: Column) -> tuple[int, int]:
    return (column.bounds[0], column.bounds[1] + 1) if column.bounds else (0, 0)


def _ours(word: str, known: dict[str, str]) -> str | None:
    if word in known:
        return known[word]
    held = [theirs for theirs in known if len(theirs) > 3 and f" {theirs} " in f" {word} "]
    if not held:
        return None
    # "closed lost" over "closed": the longest says most; two of one length that disagree say nothing
    longest = [theirs for theirs in held if len(theirs) == max(map(len, held))]
    meant = {known[theirs] for theirs in longest}
    return meant.pop() if len(meant) == 1 else None


def needed(placed: dict[str, str], plain_words: Iterable[str] = ()) -> dict[str, str]:
    """Leave out what reads without a map: the allowed word itself, in whatever letters."""
    return {theirs: ours for theirs, ours in placed.items() if theirs.lower() != ours and theirs.lower() not in plain_words}
