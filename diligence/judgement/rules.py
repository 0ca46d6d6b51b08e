"""Rules as data: a fact, a comparison, two thresholds, where they come from, who owns it and what to do."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from diligence.deal import Threshold
from diligence.errors import InputError, Problem, nearest
from diligence.facts.catalogue import definition
from diligence.facts.sheet import INSUFFICIENT, NOT_ASSESSABLE, OK
from diligence.periods import months_in

GREEN, AMBER, RED = "green", "amber", "red"
COMPARISONS = {
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
}
"""A rule fires when its fact stands so to the threshold; a rule that needs more needs a new fact."""

YEAR = 12
TRENDS = ("retention.grr_trend",)
"""Facts of a rate a year, whatever they look back on."""

COLUMNS = [
    "rule", "object", "object_id", "metric", "value", "status", "coverage", "name", "area", "layer", "segment", "n", "comparison", "amber", "red",
    "override", "unit", "source", "grade", "owner", "action", "question", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue. ``grade`` is that of the evidence for its thresholds."""

    id: str
    name: str
    area: str
    layer: str
    object: str
    fact: str
    comparison: str
    amber: float
    red: float
    min_n: int
    weight: float
    source: str
    grade: str
    owner: str
    action: str
    question: str
    since: str
    by_segment: bool = False


@cache
def rules() -> dict[str, Rule]:
    """Give every rule by its id, in the order of the files."""
    found: dict[str, Rule] = {}
    for entry in sorted((files("diligence.judgement") / "rules").iterdir(), key=lambda path: path.name):
        if entry.name.endswith(".toml"):
            for record in tomllib.loads(entry.read_text(encoding="utf-8"))["rule"]:
                found[record["id"]] = Rule(**record)
    return found


def rule(name: str) -> Rule:
    """Give one rule.

    Raises
    ------
    InputError
        No rule has this id; the nearest is proposed.
    """
    if name not in rules():
        raise InputError(Problem("the id of a rule", f"'{name}'", nearest(name, list(rules()))))
    return rules()[name]


def evaluate(facts: pd.DataFrame, overrides: Mapping[str, Threshold] | None = None) -> pd.DataFrame:
    """Hold every rule against the facts.

    Parameters
    ----------
    facts
        The facts table.
    overrides
        Thresholds of the deal file, by rule; shown wherever the rule is.

    Returns
    -------
    DataFrame
        One row a rule and object: ``status`` green, amber, red, insufficient or not_assessable. A rule whose fact is missing is not
        assessable, never green.
    """
    rows = []
    for one in rules().values():
        limits = (overrides or {}).get(one.id)
        found = facts[(facts["metric"] == one.fact) & (facts["object_id"] == "")]
        found = found if one.by_segment else found[found["segment"] == ""]
        if found.empty:
            rows.append(_row(one, None, limits))
        rows += [_row(one, fact, limits) for _, fact in found.iterrows()]
    return pd.DataFrame(rows, columns=COLUMNS)


def status(one: Rule, value: float, *, amber: float | None = None, red: float | None = None) -> str:
    """Colour a value: red where it stands to red as the rule's comparison says, else amber, else green."""
    fires = COMPARISONS[one.comparison]
    if fires(value, one.red if red is None else red):
        return RED
    return AMBER if fires(value, one.amber if amber is None else amber) else GREEN


def _row(one: Rule, fact: pd.Series | None, limits: Threshold | None) -> dict[str, object]:
    amber, red = (limits.amber, limits.red) if limits else (one.amber, one.red)
    told, reason, value, n = NOT_ASSESSABLE, "the fact was not computed in this run", float("nan"), 0.0
    if fact is not None:
        told, reason, value, n = fact["status"], fact["reason"], fact["value"], fact["n"]
        if told == OK and n < one.min_n:
            told, reason = INSUFFICIENT, f"n is {n:.0f}, the rule needs {one.min_n}"
        span = months_in(str(fact["period"]))
        if told == OK and one.area == "retention" and one.fact not in TRENDS and span not in (None, 1, YEAR):
            told, reason = NOT_ASSESSABLE, f"the thresholds are for a year, the fact covers {span} months"
        if told == OK:
            told = status(one, value, amber=amber, red=red)
    segment = "" if fact is None else fact["segment"]
    return {
        "rule": one.id, "name": one.name, "area": one.area, "layer": one.layer, "object": "segment" if segment else one.object,
        "object_id": segment, "segment": segment, "metric": one.fact, "value": value, "status": told,
        "coverage": 1.0 if told in (GREEN, AMBER, RED) else 0.0, "n": n, "comparison": one.comparison, "amber": amber, "red": red,
        "override": limits is not None, "unit": definition(one.fact).unit, "source": one.source, "grade": one.grade, "owner": one.owner,
        "action": one.action, "question": one.question, "reason": reason,
    }  # fmt: skip
