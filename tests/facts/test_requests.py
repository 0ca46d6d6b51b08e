"""The request list: what is lacking weighs as what it would tell, and what the checks found is asked for."""

from collections.abc import Callable

import pytest
from tiny import line, monthly

from diligence.dataroom.room import Room
from diligence.dataroom.schema import tables
from diligence.facts.requests import AREAS, COLUMNS, areas_lacking, bearings, requests, requests_of_nothing
from diligence.judgement.asked import with_rules

Build = Callable[..., Room]
BASE = monthly("a", "2024-01", "2026-06", 100) + monthly("b", "2024-01", "2026-06", 50)
CONTRACT = {"contract_id": 1, "customer_id": "a", "start_date": "2025-01-01", "annual_value": 5}


def test_every_table_bears_on_an_area_and_every_area_is_borne_on() -> None:
    assert sorted(bearings()) == sorted(tables())
    assert {area for bearing in bearings().values() for area in bearing.areas} == set(AREAS)
    assert all(1 <= points <= 3 for bearing in bearings().values() for points in bearing.areas.values())
    assert all(bearing.why.endswith(".") and bearing.why.count(".") == 1 for bearing in bearings().values())


def test_with_nothing_sent_revenue_is_asked_for_first_and_everything_is_asked_for() -> None:
    asked = requests_of_nothing()
    assert list(asked.columns) == COLUMNS
    assert (asked.loc[0, "table"], asked.loc[0, "weight"], asked.loc[0, "kind"]) == ("revenue", 12.0, "table")
    assert sorted(asked["table"]) == sorted(tables())
    assert asked["weight"].is_monotonic_decreasing and asked["rank"].tolist() == list(range(1, 34))


def test_a_weight_is_worked_by_hand(tiny_room: Build) -> None:
    """delivery bears on capacity alone, with 3; capacity: nothing given, and no fact reads its tables but the four of opportunities."""
    room = tiny_room(BASE)
    asked = requests(room).set_index("table")
    assert asked.loc["delivery", "weight"] == 3.0
    given = tiny_room(BASE, delivery=[{"month": "2026-01", "capacity_days": 5, "used_days": 4, "go_lives": 1}])
    after = requests(given).set_index("table")
    assert "delivery" not in after.index
    # by weight: opportunities 2, stage_history 1, leads 1, reps 3, territories 2, universe 1, tickets 1, delivery 3, forecasts 2
    assert areas_lacking({"delivery": ("month", "capacity_days", "used_days", "go_lives")})["capacity"] == pytest.approx((13 / 16 + 1) / 2)
    assert after.loc["forecasts", "weight"] == pytest.approx(1 + 2 * (13 / 16 + 1) / 2, abs=1e-4)


def test_missing_columns_of_a_given_table_weigh_less_than_the_table(tiny_room: Build) -> None:
    whole, part = requests(tiny_room(BASE)).set_index("table"), requests(tiny_room(BASE, contracts=[CONTRACT])).set_index("table")
    assert whole.loc["contracts", "columns"].startswith("contract_id, customer_id, start_date, annual_value, product_id")
    assert (whole.loc["contracts", "kind"], part.loc["contracts", "kind"]) == ("table", "columns")
    assert "contract_id" not in part.loc["contracts", "columns"].split(", ") and "end_date" in part.loc["contracts", "columns"]
    assert part.loc["contracts", "weight"] < whole.loc["contracts", "weight"]
    assert "renewal.convenience" in part.loc["contracts", "unlocks"].split("; ")
    assert whole.loc["contracts", "period"] == "2024-01 to 2026-06"


def test_an_area_with_nothing_to_go_by_gains_most(tiny_room: Build) -> None:
    """market and competitors are given: what bears on the market loses weight, what bears on capacity keeps it."""
    market = [{"segment": "s", "year": 2025, "accounts": 1, "tam": 2, "sam": 1, "source": "x"}]
    rivals = [{"segment": "s", "competitor": "self", "year": 2025, "share": 0.1, "price_index": 100}]
    before, after = (
        requests(room).set_index("table")["weight"] for room in (tiny_room(BASE), tiny_room(BASE, market=market, competitors=rivals))
    )
    assert after["universe"] < before["universe"] and after["reps"] == before["reps"]


def test_what_the_checks_found_is_asked_for(tiny_room: Build) -> None:
    """A month that spend lacks, invoices of a customer that the list lacks, and months of the ledger that stay apart."""
    spend = [{"month": month, "channel": "search", "amount": 5} for month in ("2026-01", "2026-03")]
    ledger = [{"month": f"2026-0{month}", "line": "revenue", "amount": 150 if month != 4 else 180} for month in range(1, 7)]
    asked = requests(tiny_room(BASE, spend=spend, ledger=ledger, customers=[{"customer_id": "a"}]))
    found = asked[asked["kind"].isin(["rows", "question"])].set_index("table")
    assert found.loc["spend", ["why", "period", "kind"]].tolist() == [
        "spend has no row for 2026-02; ask for 2026-02; a gap is not a zero",
        "2026-02",
        "rows",
    ]
    assert found.loc["ledger", "period"] == "2026-04"
    assert (
        found.loc["ledger", "why"]
        == "revenue differs from the ledger by more than half a per cent in 1 of 6 months; ask for their journal entries"
    )
    assert found.loc["customers", "why"].startswith("1 customers have revenue and no row in the customer list; ask for the list")
    # b is a third of the revenue: 1500 of 4500; customers weigh 6
    assert found.loc["customers", "weight"] == pytest.approx(2.0)


def test_rates_carried_over_are_asked_for(tiny_room: Build) -> None:
    rows = [*BASE, *(line("c", f"2026-0{month}-01", 10, currency="USD") for month in (1, 2, 3))]
    fx = [{"month": month, "currency": "USD", "rate": 0.9} for month in ("2026-01", "2026-03")]
    asked = requests(tiny_room([{"currency": "EUR", **row} for row in rows], fx=fx))
    rates = asked[(asked["table"] == "fx") & (asked["columns"] == "month, currency, rate")]
    assert rates["why"].tolist() == ["rates are missing and those of the month before stand in for them; ask for the monthly averages"]


def test_the_rules_that_a_request_opens_are_named(tiny_room: Build) -> None:
    asked = with_rules(requests(tiny_room(BASE))).set_index("table")
    assert {"R-011", "R-024"} <= set(asked.loc["contracts", "rules"].split("; "))
    assert asked.loc["delivery", "rules"] == ""


def test_columns_that_nothing_reads_and_a_change_of_ids_are_questions(tiny_room: Build) -> None:
    rows = [
        {**row, "invoice_id": f"OLD-{place}" if row["date"] < "2025-04" else f"{place}", "svc_from": "?"} for place, row in enumerate(BASE)
    ]
    asked = requests(tiny_room(rows))
    told = asked.loc[asked["kind"] == "question", "why"].tolist()
    assert any(
        why.startswith("invoice_id changes its format in 2025-04; ask for the list that leads from the old ids to the new") for why in told
    )
    assert any(
        why.startswith("revenue has columns that nothing reads: svc_from; ask whether one of them holds product_id, quantity")
        for why in told
    )
