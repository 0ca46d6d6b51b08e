"""The catalogue of definitions, kept as data: what each fact is, in which unit, from which tables, and which rows stand behind it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from diligence.errors import InputError, Problem, nearest


@dataclass(frozen=True)
class Definition:
    """One fact of the catalogue.

    Attributes
    ----------
    format
        How it reads: ``money``, ``percent1``, ``points``, ``ratio2``, ``count``, ``number``.
    direction
        ``higher``, ``lower`` or ``none``: which way is better.
    needs
        Tables (``contracts``) or columns (``customers.parent_id``) without which it cannot be assessed.
    min_n
        Fewer observations than this are insufficient, not a number.
    numerator, denominator
        Predicates over the monthly lines (or ``table``) that select the rows behind; blank where the fact is no sum of rows.
    adds_up
        Whether the rows of the numerator sum to it.
    rests_on
        The money on which it rests, ``recurring`` or all ``revenue``, whose unexplained difference to the books it carries; blank for
        counts, and for what a difference in money says nothing of.
    carries
        How it carries that difference: a name of :data:`diligence.facts.tied.CARRIES`; blank where it is made of facts that do.
    most
        What it can be at the most; no interval passes it.
    """

    id: str
    label: str
    area: str
    layer: str
    unit: str
    format: str
    direction: str
    definition: str
    formula: str
    source: str
    needs: tuple[str, ...]
    min_n: int = 1
    table: str = "revenue"
    numerator: str = ""
    denominator: str = ""
    adds_up: bool = True
    rests_on: str = ""
    carries: str = ""
    most: float = float("inf")


@cache
def catalogue() -> dict[str, Definition]:
    """Give every definition by its id, in the order of the catalogue's files."""
    found: dict[str, Definition] = {}
    folder = files("diligence.facts") / "catalogue"
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if not entry.name.endswith(".toml"):
            continue
        content = tomllib.loads(entry.read_text(encoding="utf-8"))
        fragments = content.get("fragments", {})
        for record in content["fact"]:
            filled: dict[str, Any] = {
                key: _fill(text, fragments) if key in ("numerator", "denominator") else text for key, text in record.items()
            }
            found[record["id"]] = Definition(**{**filled, "needs": tuple(record["needs"])})
    return found


def _fill(predicate: str, fragments: dict[str, str]) -> str:
    for name, text in fragments.items():
        predicate = predicate.replace("{" + name + "}", text)
    return " ".join(predicate.split())


def definition(metric: str) -> Definition:
    """Give one definition.

    Raises
    ------
    InputError
        No fact has this name; the nearest is proposed.
    """
    known = catalogue()
    if metric not in known:
        raise InputError(Problem("the name of a fact", f"'{metric}'", nearest(metric, list(known))))
    return known[metric]
