"""The sheet of facts, the catalogue, and checks that must hold."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import line, monthly

from diligence.dataroom.room import Room
from diligence.dataroom.schema import tables
from diligence.errors import InputError
from diligence.facts.analysis import Analysis, Check, CheckFailed
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.sheet import COLUMNS, FactSheet, fact, fact_key, with_keys

FORMATS = {"money", "percent1", "points", "ratio2", "ratio4", "count", "number"}


def test_definitions_are_unique_and_whole() -> None:
    import tomllib
    from importlib.resources import files

    ids = [
        record["id"]
        for entry in (files("diligence.facts") / "catalogue").iterdir()
        if entry.name.endswith(".toml")
        for record in tomllib.loads(entry.read_text(encoding="utf-8"))["fact"]
    ]
    assert len(ids) == len(set(ids)) == len(catalogue()) >= 90


@pytest.mark.parametrize("known", catalogue().values(), ids=list(catalogue()))
def test_a_definition_names_what_there_is(known: Any) -> None:
    assert (
        known.format in FORMATS and known.direction in {"higher", "lower", "none"} and known.layer in {"architecture", "operations", "data"}
    )
    assert all((known.label, known.area, known.unit, known.definition.endswith("."), known.formula, known.source, known.min_n >= 1))
    for need in known.needs:
        table, _, column = need.partition(".")
        assert table in tables() and (not column or column in tables()[table].names), need
    assert known.table in tables()
    assert "{" not in known.numerator + known.denominator, "every fragment was filled in"


def test_a_name_that_no_fact_has() -> None:
    with pytest.raises(
        InputError, match=r"expected the name of a fact, got 'retention.nrr_lmt'; do this: did you mean 'retention.nrr_ltm'\?"
    ):
        definition("retention.nrr_lmt")


@pytest.fixture
def sheet() -> FactSheet:
    return FactSheet("2025-07..2026-06", "01", {"revenue": "lines.csv"}, {"revenue": ("customer_id", "date", "amount")})


def test_a_fact_with_its_n_and_its_source(sheet: FactSheet) -> None:
    sheet.add("retention.nrr_ltm", 1.02, n=40, low=0.9, high=1.1, numerator=102, denominator=100)
    row = fact(sheet.frame(), "retention.nrr_ltm")
    assert list(sheet.frame().columns) == COLUMNS
    assert row[["value", "low", "high", "n", "status", "reason", "sources"]].tolist() == [
        1.02,
        0.9,
        1.1,
        40.0,
        "ok",
        "",
        "revenue (lines.csv)",
    ]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_not_assessable(sheet: FactSheet, value: float) -> None:
    sheet.add("retention.nrr_ltm", value, n=40, low=1, high=2, numerator=5)
    row = fact(sheet.frame(), "retention.nrr_ltm")
    assert row["status"] == "not_assessable" and row["reason"] and row[["value", "low", "high", "numerator"]].isna().all()


def test_too_few_are_insufficient_and_no_number(sheet: FactSheet) -> None:
    sheet.add("retention.nrr_ltm", 1.0, n=9, numerator=9, denominator=9)
    row = fact(sheet.frame(), "retention.nrr_ltm")
    assert (row["status"], row["reason"]) == ("insufficient", "n is 9, 10 are needed") and np.isnan(row["value"])
    sheet.add("retention.grr_ltm", 1.0, n=10)
    assert fact(sheet.frame(), "retention.grr_ltm")["status"] == "ok"


def test_what_lacks_is_named(sheet: FactSheet) -> None:
    assert sheet.lacking("renewal.next_12m") == "not given: contracts, contracts.end_date"
    assert sheet.lacking("bridge.acquired") == "not given: customers.sourced_by"
    assert sheet.lacking("retention.nrr_ltm") == ""


def test_completing_fills_only_what_lacks(sheet: FactSheet) -> None:
    sheet.add("retention.nrr_ltm", 1.0, n=40)
    sheet.complete(["retention.nrr_ltm", "renewal.contracted", "retention.grr_ltm"], "too short")
    found = sheet.frame().set_index("metric")["reason"].to_dict()
    assert found == {"retention.nrr_ltm": "", "renewal.contracted": "not given: contracts", "retention.grr_ltm": "too short"}


def test_names_of_facts(sheet: FactSheet) -> None:
    assert fact_key("a.b") == "a.b"
    assert fact_key("a.b", segment="x", object="cohort", object_id="FY2024") == "a.b[segment=x,cohort=FY2024]"
    for segment in ("", "x", "x"):
        sheet.add("revenue.recurring", 5, segment=segment)
    assert with_keys(sheet.frame())["key"].tolist() == ["revenue.recurring", "revenue.recurring[segment=x]"]
    with pytest.raises(InputError, match=r"expected a fact of this table, got 'revenue\.recuring'"):
        fact(sheet.frame(), "revenue.recuring")


def test_a_check_that_fails_is_raised_with_both_numbers(demo_quality: Analysis) -> None:
    good, bad = Check("left is right", 1.0, 1.004, 0.005), Check("lines tie", 1_000.0, 1_000.5, 0.01)
    assert good.holds and not bad.holds and not Check("nan", float("nan"), 1, 1).holds
    assert len(replace(demo_quality, checks=(good,)).prove()) == 1
    with pytest.raises(CheckFailed, match=r"^lines tie: 1,000.00 against 1,000.50, difference -0.50, tolerance 0.01: FAILS$"):
        replace(demo_quality, checks=(good, bad)).prove()


BASE = monthly("a", "2024-01", "2026-06", 100)
ROOMS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "one customer": (BASE, {}),
    "one line": ([line("a", "2026-06-01", 5)], {}),
    "an old line": ([line("a", "2020-06-01", 5)], {}),
    "all churned": (monthly("a", "2022-01", "2023-09", 100), {}),
    "services only": (monthly("a", "2024-01", "2026-06", 100, kind="services"), {}),
    "credits only": (monthly("a", "2024-01", "2026-06", -100), {}),
    "zeros only": (monthly("a", "2024-01", "2026-06", 0), {}),
    "nobody known": (monthly("", "2024-01", "2026-06", 10), {}),
    "nothing yet": (monthly("a", "2026-07", "2026-09", 10), {}),
    "half a month": ([line("a", "2026-06-10", 5)], {"as_of": "2026-06-15"}),
    "repeat purchase": (monthly("a", "2023-01", "2026-06", 100), {"deal": '[defaults]\nregime = "repeat"'}),
    "no contract in force": (BASE, {"contracts": [{"contract_id": 1, "customer_id": "a", "start_date": "2024-01-01", "end_date": "2024-12-31", "annual_value": 5}]}),
    "headers only": (
        BASE,
        {"contracts": "contract_id,customer_id,start_date,annual_value\n", "customers": "customer_id,name,parent_id\n", "ledger": "month,line,amount\n",
         "opportunities": "opportunity_id,created_on,status,amount\n"},
    ),
    "a ledger of zeros": (BASE, {"ledger": [{"month": "2026-06", "line": "revenue", "amount": 0}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", ROOMS)
def test_small_rooms_give_every_fact_or_its_reason(tiny_room: Callable[..., Room], name: str) -> None:
    revenue, more = ROOMS[name]
    room = tiny_room(revenue, **more)
    for analysis, prefixes in (
        (data_room(room), ("data.",)),
        (revenue_quality(room), ("revenue.", "bridge.", "retention.", "concentration.", "renewal.", "season.")),
    ):
        analysis.prove()
        assert set(analysis.facts["metric"]) >= {metric for metric in catalogue() if metric.startswith(prefixes)} - {"data.table_rows"}
        told = analysis.facts[analysis.facts["status"] != "ok"]
        assert told["value"].isna().all() and (told["reason"] != "").all()


def test_the_regime_is_found_from_the_invoices(tiny_room: Callable[..., Room]) -> None:
    assert tiny_room(BASE).regime == "contractual"
    sparse = [line("a", f"{year}-{month:02d}-01", 5) for year in (2024, 2025) for month in (1, 4, 11)]
    assert tiny_room(sparse).regime == "repeat"
    annual = [line("a", f"{year}-01-01", 365, service_start=f"{year}-01-01", service_end=f"{year}-12-31") for year in (2024, 2025, 2026)]
    assert (tiny_room(annual).regime, tiny_room(annual).window) == ("contractual", 1)
    assert tiny_room(BASE, deal='[defaults]\nregime = "repeat"').window == 12


def test_a_length_that_no_period_has() -> None:
    with pytest.raises(InputError, match="expected months between 1 and 60, got 0"):
        revenue_quality(None, months=0)  # type: ignore[arg-type]
