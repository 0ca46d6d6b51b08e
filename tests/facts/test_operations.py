"""Operations of the demo against its planted truth, and in small rooms."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny import monthly
from whole_run import ROOT

from diligence.dataroom.evidence import rows_behind
from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.operations import operations
from diligence.facts.sheet import fact
from diligence.facts.trace import _parameters
from diligence.reports.exhibits import BOOK, show
from diligence.reports.narrative import headlines

TRUTH = json.loads((ROOT / "data" / "demo" / "truth.json").read_text(encoding="utf-8"))["operations"]
MINE = [name for name in catalogue() if name.startswith("operations.")]
Build = Callable[..., Room]


@pytest.fixture(scope="module")
def found(demo_room: Room) -> Analysis:
    return operations(demo_room)


def value(facts: pd.DataFrame, metric: str, **cut: str) -> float:
    return float(fact(facts, f"operations.{metric}", **cut)["value"])


@pytest.mark.parametrize(
    ("metric", "truth"),
    {
        "forecast_bias": TRUTH["forecast_bias"],
        "forecast_error": TRUTH["forecast_absolute_error"],
        "slipped_share": TRUTH["slipped_share"],
        "on_time_renewals": TRUTH["renewals_on_time"],
        "answered_next_day": TRUTH["answered_same_or_next_day"],
        "skip_share": 0.0,
        "back_share": 0.0,
    }.items(),
)
def test_the_planted_truth_is_found(found: Analysis, metric: str, truth: float) -> None:
    assert value(found.facts, metric) == pytest.approx(truth, abs=1e-6)


def test_the_change_of_definition_that_was_planted_breaks_both_rates(found: Analysis) -> None:
    """The score that qualifies a lead went from 50 to 40 in April 2024."""
    breaks = found.frames["breaks"]
    explained = breaks[breaks["explained"]]
    assert set(explained["step"]) == {"Lead to qualified", "Qualified to accepted"}
    assert set(explained["month"].dt.strftime("%Y-%m")) == {"2024-04"}
    change = explained.set_index("step")["change"]
    assert change["Lead to qualified"] > 0.1 and change["Qualified to accepted"] < -0.1


def test_territories_hold_the_recurring_revenue_and_sellers_their_wins(found: Analysis) -> None:
    assert len(found.prove()) == 4
    reached = found.frames["attainment"]
    assert fact(found.facts, "operations.attainment")["numerator"] == pytest.approx(reached["won"].sum())
    assert value(found.facts, "capacity") < value(found.facts, "quota_sum")
    assert value(found.facts, "ramp_months") >= value(found.facts, "ramp_months_naive")


def test_every_fact_is_there_or_refused_with_its_reason(found: Analysis) -> None:
    facts = found.facts
    assert set(facts["metric"]) == set(MINE)
    bad = facts[facts["status"] != "ok"]
    assert (bad["reason"] != "").all() and bad["value"].isna().all()
    assert not facts.duplicated(["metric", "segment", "object", "object_id"]).any()
    both = facts.dropna(subset=["low", "high", "value"])
    assert (both["low"] <= both["value"] + 1e-9).all() and (both["value"] <= both["high"] + 1e-9).all()
    ratios = facts[facts["denominator"].notna() & facts["unit"].eq("fraction")]
    assert np.allclose(ratios["numerator"] / ratios["denominator"], ratios["value"])


@pytest.mark.parametrize("metric", [name for name in MINE if definition(name).numerator])
def test_the_rows_behind_a_number_are_its_own(found: Analysis, demo_room: Room, metric: str) -> None:
    known, mine = definition(metric), found.facts[(found.facts["metric"] == metric) & (found.facts["status"] == "ok")]
    assert len(mine)
    money = {"operations.open_pipeline": "amount", "operations.quota_sum": "annual_quota", "operations.tool_cost": "annual_cost"}
    for _, row in mine.iloc[[0, -1]].iterrows():
        rows = rows_behind(demo_room, known.table, known.numerator, _parameters(demo_room, row))
        top = row["numerator"] if pd.notna(row["numerator"]) else row["value"]
        assert (rows[money[metric]].sum() if metric in money else len(rows)) == pytest.approx(top), (metric, row["segment"])
        if known.denominator:
            below = rows_behind(demo_room, known.table, known.denominator, _parameters(demo_room, row))
            assert len(below) == row["denominator"], (metric, row["segment"])


def test_the_quarter_that_runs_is_asked_for_what_is_left_of_it(demo_room: Room, found: Analysis) -> None:
    row = fact(found.facts, "operations.coverage")
    assert row["period"] == "2026Q3" and row["denominator"] == pytest.approx(value(found.facts, "quota_sum") / 4)
    there = row["numerator"] / row["denominator"]
    assert row["value"] == pytest.approx(there)
    adequate, need = value(found.facts, "coverage_adequacy"), value(found.facts, "coverage_required")
    assert adequate == pytest.approx(there / need)


def test_an_empty_room_says_what_it_lacks(tiny_room: Build) -> None:
    found = operations(tiny_room(monthly("a", "2025-01", "2026-06", 10)))
    assert set(found.facts["metric"]) == set(MINE) and set(found.facts["status"]) == {"not_assessable"}
    assert fact(found.facts, "operations.forecast_bias")["reason"].startswith("not given: forecasts.category")
    for name in BOOK["08_operations"]:
        assert show(found, name).title.startswith("Not assessable: ")
    assert headlines(found).lead.startswith("How the commercial system is run is not assessable")


def test_leads_that_carry_no_hour_give_no_minutes(tiny_room: Build) -> None:
    leads = [
        {"lead_id": f"l{n}", "created_on": "2026-05-04", "responded_at": "2026-05-05T09:00:00" if n % 2 else "", "channel": "x"}
        for n in range(60)
    ]
    facts = operations(tiny_room(monthly("a", "2025-01", "2026-06", 10), leads=leads)).facts
    assert value(facts, "unanswered") == 0.5 and value(facts, "answer_hours_most") == 33.0
    assert fact(facts, "operations.mql_to_sql")["reason"] == "not given: leads.mql_on, leads.sql_on"
    assert not [name for name in MINE if "minute" in name]


def test_a_seller_who_left_is_in_the_attainment_and_not_in_the_capacity(tiny_room: Build) -> None:
    reps = [
        {"rep_id": f"r{n}", "annual_quota": 1000, "hired_on": "2020-01-01", "left_on": "2026-01-31" if n == 0 else ""} for n in range(6)
    ]
    deals: list[dict[str, Any]] = [
        {
            "opportunity_id": f"o{n}",
            "created_on": "2025-08-01",
            "closed_on": "2025-10-01",
            "status": "won",
            "amount": 1100,
            "rep_id": f"r{n}",
            "type": "new",
        }
        for n in range(1, 6)
    ]
    facts = operations(tiny_room(monthly("a", "2025-01", "2026-06", 10), reps=reps, opportunities=deals)).facts
    assert fact(facts, "operations.at_quota")["n"] == 6 and value(facts, "at_quota") == pytest.approx(5 / 6)
    assert value(facts, "at_quota_stayed") == 1.0 and value(facts, "quota_sum") == 5000
    assert fact(facts, "operations.rep_turnover")["numerator"] == 1


def test_tools_alone_are_read(tiny_room: Build) -> None:
    stack = [
        {"tool": "a", "category": "crm", "annual_cost": 100, "used_share": 0.5, "owner": "x"},
        {"tool": "b", "category": "crm", "annual_cost": 50, "used_share": 1.0, "owner": ""},
    ]
    facts = operations(tiny_room(monthly("a", "2025-01", "2026-06", 10), stack=stack)).facts
    told = {name: value(facts, name) for name in ("tools", "tool_cost", "tool_overlap", "overlap_cost", "idle_cost", "unowned_tools")}
    assert told == {"tools": 2, "tool_cost": 150, "tool_overlap": 0.5, "overlap_cost": 100, "idle_cost": 50, "unowned_tools": 0.5}
    assert fact(facts, "operations.unapproved_tools")["reason"] == "not given: stack.approved_by"
