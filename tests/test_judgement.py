"""Rules are records: for each a case on either side of every threshold, and one missing."""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import diligence.judgement.rules as judgement
from diligence.deal import Threshold
from diligence.errors import InputError
from diligence.facts.catalogue import catalogue
from diligence.facts.sheet import COLUMNS
from diligence.judgement.rules import Rule, evaluate, rule, rules

FILES = sorted((Path(judgement.__file__).parent / "rules").glob("*.toml"))
RECORDS = [record for file in FILES for record in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]]
FIRES_ON_THE_LINE = {"below": False, "at_most": True, "above": False, "at_least": True}
TOWARDS_RED = {"below": -math.inf, "at_most": -math.inf, "above": math.inf, "at_least": math.inf}
ALL = [Rule(**record) for record in RECORDS]


def table(metric: str, value: float, *, n: float = 1000.0, status: str = "ok", reason: str = "", segment: str = "") -> pd.DataFrame:
    blank: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    return pd.DataFrame([blank | {"metric": metric, "value": value, "n": n, "status": status, "reason": reason, "segment": segment}])


def found(one: Rule, facts: pd.DataFrame, **overrides: Threshold) -> pd.Series:
    rows = evaluate(facts, overrides)
    mine = rows[rows["rule"] == one.id]
    assert len(mine) == 1
    return mine.iloc[0]


def colour_cases() -> Iterator[Any]:
    for one in ALL:
        on_the_line, red_way = FIRES_ON_THE_LINE[one.comparison], TOWARDS_RED[one.comparison]
        for limit, inside, outside in ((one.amber, "amber", "green"), (one.red, "red", "amber")):
            cases = {
                "just beyond": (math.nextafter(limit, red_way), inside),
                "on the line": (limit, inside if on_the_line else outside),
                "just short": (math.nextafter(limit, -red_way), outside),
            }
            for where, (value, colour) in cases.items():
                yield pytest.param(one, value, colour, id=f"{one.id} {where} of {inside}")


@pytest.mark.parametrize(("one", "value", "colour"), list(colour_cases()))
def test_each_side_of_every_threshold(one: Rule, value: float, colour: str) -> None:
    row = found(one, table(one.fact, value))
    assert (row["status"], row["value"], row["coverage"], row["override"]) == (colour, value, 1.0, False)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_missing_fact_is_not_assessable(one: Rule) -> None:
    row = found(one, pd.DataFrame(columns=COLUMNS))
    assert (row["status"], row["coverage"], row["reason"]) == ("not_assessable", 0.0, "the fact was not computed in this run")
    assert math.isnan(row["value"])


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_fact_that_is_no_number_is_passed_on_with_its_reason(one: Rule) -> None:
    for status in ("not_assessable", "insufficient"):
        row = found(one, table(one.fact, math.nan, status=status, reason="not given: ledger"))
        assert (row["status"], row["coverage"], row["reason"]) == (status, 0.0, "not given: ledger")


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_too_few_observations_have_no_colour(one: Rule) -> None:
    worst = one.red + math.copysign(1, TOWARDS_RED[one.comparison])
    assert found(one, table(one.fact, worst, n=one.min_n))["status"] == "red"
    row = found(one, table(one.fact, worst, n=one.min_n - 1))
    assert (row["status"], row["coverage"]) == ("insufficient", 0.0)
    assert row["reason"] == f"n is {one.min_n - 1}, the rule needs {one.min_n}"


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_deal_may_set_its_own_thresholds_and_it_shows(one: Rule) -> None:
    step = math.copysign(1, TOWARDS_RED[one.comparison])
    value = one.red + step
    row = found(one, table(one.fact, value), **{one.id: Threshold(amber=value + step, red=value + 2 * step)})
    assert (row["status"], row["amber"], row["red"]) == ("green", value + step, value + 2 * step)
    assert row["override"]
    assert found(one, table(one.fact, value))["status"] == "red"


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_segments_are_judged_only_where_the_rule_says_so(one: Rule) -> None:
    facts = pd.concat([table(one.fact, one.red), table(one.fact, one.amber, segment="enterprise")], ignore_index=True)
    rows = evaluate(facts)
    mine = rows[rows["rule"] == one.id]
    assert mine["segment"].tolist() == (["", "enterprise"] if one.by_segment else [""])
    assert mine["object_id"].tolist() == mine["segment"].tolist()
    assert mine["object"].tolist() == ([one.object, "segment"] if one.by_segment else [one.object])


def test_facts_of_an_object_are_not_those_of_the_company() -> None:
    one = ALL[0]
    row = found(one, table(one.fact, one.red).assign(object="cohort", object_id="FY2024"))
    assert row["status"] == "not_assessable"


def test_every_rule_is_evaluated_in_the_order_of_the_files() -> None:
    rows = evaluate(pd.DataFrame(columns=COLUMNS))
    assert rows["rule"].tolist() == [record["id"] for record in RECORDS] == list(rules())
    assert rows.columns[:7].tolist() == ["rule", "object", "object_id", "metric", "value", "status", "coverage"]


def test_ids_are_unique_over_all_files() -> None:
    ids = [record["id"] for record in RECORDS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_a_rule_says_all_that_a_reader_needs(record: dict[str, Any]) -> None:
    one = Rule(**record)
    blank = [name for name, value in record.items() if isinstance(value, str) and not value.strip()]
    assert blank == []
    assert one.fact in catalogue()
    assert one.comparison in FIRES_ON_THE_LINE
    assert (one.red - one.amber) * TOWARDS_RED[one.comparison] > 0, "amber must be the milder"
    assert one.layer in {"architecture", "operations", "data"}
    assert one.grade in {"verified", "judgement", "identity"}
    assert (one.grade == "judgement") == (one.source == "practitioner judgement")
    assert one.question.endswith("?")
    assert one.min_n >= 1


def test_an_unknown_rule_proposes_the_nearest() -> None:
    assert rule("R-001").fact == "retention.grr_ltm"
    with pytest.raises(InputError, match="expected the id of a rule, got 'R-0001'; do this: did you mean 'R-001'"):
        rule("R-0001")
