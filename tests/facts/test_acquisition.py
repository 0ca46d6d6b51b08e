"""The facts of acquisition: on the demo against its planted truth, and on small rooms worked by hand."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from tiny import monthly

from diligence.dataroom.evidence import rows_behind
from diligence.dataroom.room import Room
from diligence.facts.acquisition import acquisition
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.sheet import fact
from diligence.facts.trace import _parameters
from diligence.resources import shipped

Build = Callable[..., Room]
TRUTH: dict[str, Any] = json.loads((shipped("data") / "demo" / "truth.json").read_text(encoding="utf-8"))
EVERY = [name for name in catalogue() if name.startswith("acquisition.")]


def value(facts: pd.DataFrame, name: str, **cut: str) -> float:
    return float(fact(facts, f"acquisition.{name}", **cut)["value"])


def reason(facts: pd.DataFrame, name: str, **cut: str) -> str:
    row = fact(facts, f"acquisition.{name}", **cut)
    assert row["status"] != "ok"
    return str(row["reason"])


class TestDemo:
    def test_every_fact_of_the_catalogue_has_a_row(self, demo_acquisition: Analysis) -> None:
        assert set(demo_acquisition.facts["metric"]) == set(EVERY)
        demo_acquisition.prove()

    def test_spend_and_leads_of_paid_search(self, demo_acquisition: Analysis) -> None:
        """Planted: 472,314.40 for 1,016 leads in the last year; the leads added cost far more than the average, since few people look."""
        lead = fact(demo_acquisition.facts, "acquisition.cost_per_lead", object="channel", object_id="paid_search")
        assert lead["numerator"] == pytest.approx(TRUTH["operations"]["paid_search_spend_fy26"], abs=0.01)
        assert lead["denominator"] == TRUTH["operations"]["paid_search_leads_fy26"]
        ratios = {
            row.object_id: row.value for row in demo_acquisition.facts.query("metric == 'acquisition.incremental_cost_ratio'").itertuples()
        }
        assert max(ratios, key=ratios.__getitem__) == "paid_search" and ratios["paid_search"] > 2

    def test_win_rate_by_segment_is_near_the_planted_one(self, demo_acquisition: Analysis) -> None:
        """The truth's rate is of all decided; the incidence counts open ones too, so it lies within its interval and not above by much."""
        for segment, rate in TRUTH["new_business"]["win_rate_by_segment"].items():
            row = fact(demo_acquisition.facts, "acquisition.won_within_year", segment=segment)
            assert row["low"] < rate < row["high"], segment

    def test_the_source_field_is_the_last_touch(self, demo_acquisition: Analysis) -> None:
        """The generator makes the last touch of each lead the lead's own channel."""
        assert value(demo_acquisition.facts, "source_is_last_touch") == 1.0
        assert value(demo_acquisition.facts, "source_is_first_touch") < 0.6

    def test_touches_cover_marketing_and_partners_alone(self, demo_acquisition: Analysis) -> None:
        """Outbound calls, the founder's network and referrals leave no touch: the data cannot tell, and say why."""
        row = fact(demo_acquisition.facts, "acquisition.attribution_can_tell")
        assert (row["value"], row["reason"]) == (0.0, "less than 50% of what was booked has a recorded touch")
        assert 0.2 < value(demo_acquisition.facts, "touch_coverage") < 0.4

    def test_every_rule_is_reconciled_to_the_cent(self, demo_acquisition: Analysis, demo_room: Room) -> None:
        deals = demo_room.table("opportunities").query("type == 'new' and status == 'won'")
        total = round(float(deals["amount"].sum()), 2)
        sums = demo_acquisition.frames["attribution"].groupby("rule")["amount"].sum().round(6)
        assert sums.to_dict() == dict.fromkeys(["first", "last", "linear", "position", "decay", "shapley", "markov"], total)

    def test_channels_raised_together_are_refused_one_by_one(self, demo_acquisition: Analysis) -> None:
        assert value(demo_acquisition.facts, "spend_inflation") > 10
        assert "raised together" in reason(demo_acquisition.facts, "marginal_cac", object="channel", object_id="paid_search")
        assert value(demo_acquisition.facts, "marginal_cost_ratio") > 1.2

    def test_a_search_for_the_brand_cannot_be_split_out(self, demo_acquisition: Analysis) -> None:
        assert "no channel or campaign names a search for the brand" in reason(demo_acquisition.facts, "brand_search_share")

    def test_marketing_and_sales_report_different_leads(self, demo_acquisition: Analysis) -> None:
        """Marketing counts every qualified lead, sales those it accepted."""
        told = {name: value(demo_acquisition.facts, "reported_mql", object="claimant", object_id=name) for name in ("marketing", "sales")}
        assert told["marketing"] == pytest.approx(1.0) and told["sales"] < 0.3

    def test_loaded_cost_is_the_ledger_without_the_installed_base(self, demo_acquisition: Analysis, demo_room: Room) -> None:
        """Lag two months: sales and marketing of May 2025 to April 2026, less four account managers."""
        row = fact(demo_acquisition.facts, "acquisition.cac_loaded")
        book = demo_room.table("ledger")
        month = pd.to_datetime(book["month"])
        paid = book[book["line"].isin(["sales", "marketing"]) & (month >= "2025-05-01") & (month <= "2026-04-01")]["amount"].sum()
        reps = demo_room.table("reps").query("role == 'account_manager'")
        gone = pd.to_datetime(reps["left_on"])
        months = pd.date_range("2025-05-01", "2026-04-01", freq="MS")
        people = sum(
            cost / 12
            for cost, hired, left in zip(reps["annual_cost"], pd.to_datetime(reps["hired_on"]), gone, strict=True)
            for one in months
            if hired <= one and not left < one
        )
        assert value(demo_acquisition.facts, "lag_months") == 2
        assert row["numerator"] == pytest.approx(paid - people)
        assert row["value"] == pytest.approx(row["numerator"] / row["denominator"]) and row["denominator"] == 70

    def test_rows_behind_a_fact_sum_to_it(self, demo_acquisition: Analysis, demo_room: Room) -> None:
        facts = demo_acquisition.facts
        traced = facts[(facts["status"] == "ok") & facts["metric"].map(lambda name: bool(definition(name).numerator))]
        assert set(traced["metric"]) == {f"acquisition.{name}" for name in ("new_revenue", "channel_share", "credited", "unknown_source")}
        for _, row in traced.iterrows():
            known = definition(row["metric"])
            rows = rows_behind(demo_room, known.table, known.numerator, _parameters(demo_room, row))
            top = row["value"] if pd.isna(row["numerator"]) else row["numerator"]
            assert rows["amount"].sum() == pytest.approx(top, abs=0.01), row["metric"]


BOOK = monthly("a", "2024-01", "2026-06", 10, kind="recurring")
DEALS = [
    {"opportunity_id": f"o{n:02d}", "created_on": "2025-11-01", "closed_on": "2026-03-01", "status": "won" if n % 2 else "lost", "amount": 1000, "type": "new",
     "channel": "ads", "sourced_by": "marketing", "loss_reason": "" if n % 2 else "price", "segment": "large"}
    for n in range(40)
]  # fmt: skip


def test_a_room_of_opportunities_alone(tiny_room: Build) -> None:
    found = acquisition(tiny_room(BOOK, opportunities=DEALS))
    assert set(found.facts["metric"]) == set(EVERY)
    assert value(found.facts, "won_within_year") == 0.5
    assert value(found.facts, "cycle_days") == 120
    assert value(found.facts, "new_revenue") == 20_000
    assert reason(found.facts, "cac_programme") == "not given: spend"
    assert reason(found.facts, "lead_to_mql").startswith("not given: leads")
    assert reason(found.facts, "attribution_distance").startswith("not given: touches")


def test_a_room_without_revenue_yet(tiny_room: Build) -> None:
    found = acquisition(tiny_room(opportunities=DEALS, deal="[room]\npartial = true\n"))
    assert value(found.facts, "won_within_year") == 0.5
    assert reason(found.facts, "magic_number") == "not given: revenue, ledger"


def test_nothing_dated_after_the_date_counts(tiny_room: Build) -> None:
    """Seen from January all are still open; later wins, touches and spend play no part."""
    leads = [{"lead_id": "l1", "created_on": "2025-10-01", "opportunity_id": "o01", "channel": "ads"}]
    touches = [{"touch_id": "t1", "lead_id": "l1", "touched_at": "2026-02-01 09:00:00", "channel": "ads"}]
    tables = {"opportunities": DEALS, "leads": leads, "touches": touches}
    early, late = (acquisition(tiny_room(BOOK, look_from=when, **tables)) for when in ("2026-01-31", None))
    assert fact(early.facts, "acquisition.new_customers")["status"] != "ok"
    assert early.facts.query("metric == 'acquisition.won_within_year' and value > 0").empty
    assert value(late.facts, "new_customers") == 20
    assert early.frames.get("attribution") is None


def test_no_opportunities_at_all(tiny_room: Build) -> None:
    found = acquisition(tiny_room(monthly("a", "2024-01", "2026-06", 10)))
    assert (found.facts["status"] == "not_assessable").all() and found.facts["reason"].ne("").all()
    assert reason(found.facts, "new_customers") == "not given: opportunities"


def test_claims_that_are_reported_are_held_against_what_was_won(tiny_room: Build) -> None:
    """Won: 20 of 1,000. Marketing reports 15,000 in two quarters, sales 9,000: together 1.2 times."""
    said = [
        {"period": "2026Q1", "metric": "sourced_new_arr", "reported_by": "marketing", "value": 10_000},
        {"period": "2025Q4", "metric": "Sourced ARR", "reported_by": "marketing", "value": 5_000},
        {"period": "2026Q1", "metric": "sourced_arr", "reported_by": "sales", "value": 9_000},
        {"period": "2024Q1", "metric": "sourced_arr", "reported_by": "sales", "value": 99_000},
    ]
    found = acquisition(tiny_room(BOOK, opportunities=DEALS, reported=said))
    assert value(found.facts, "reported_claims") == pytest.approx(1.2)
    assert value(found.facts, "reported_claims", object="claimant", object_id="marketing") == pytest.approx(0.75)


def test_paths_without_nulls_get_no_markov(tiny_room: Build) -> None:
    leads = [{"lead_id": f"l{n}", "created_on": "2025-10-01", "opportunity_id": f"o{n:02d}", "channel": "ads"} for n in range(1, 40, 2)]
    touches = [
        {"touch_id": f"t{n}", "lead_id": f"l{n}", "touched_at": "2025-10-01 09:00:00", "channel": "ads" if n % 3 else "events"}
        for n in range(1, 40, 2)
    ]
    found = acquisition(tiny_room(BOOK, opportunities=DEALS, leads=leads, touches=touches))
    assert value(found.facts, "null_paths") == 0
    assert "conversions alone" in reason(found.facts, "credit_markov")
    assert "markov" not in set(found.frames["attribution"]["rule"])


def test_too_few_customers_are_insufficient(tiny_room: Build) -> None:
    spend = [{"month": f"2026-{month:02d}-01", "channel": "ads", "amount": 100, "kind": "programme"} for month in range(1, 7)]
    found = acquisition(tiny_room(BOOK, opportunities=DEALS[:6], spend=spend))
    row = fact(found.facts, "acquisition.cac_programme")
    assert (row["status"], row["reason"]) == ("insufficient", "n is 3, 10 are needed")


def test_without_a_ledger_the_people_who_sell_are_loaded(tiny_room: Build) -> None:
    """Spend 1,200 a month for twelve months, one seller of 24,000 a year and one account manager who does not count."""
    months = pd.date_range("2025-01-01", "2026-06-01", freq="MS")
    spend = [{"month": f"{month:%Y-%m-%d}", "channel": "ads", "amount": 1200, "kind": "programme"} for month in months]
    reps = [
        {"rep_id": "r1", "role": "account_executive", "hired_on": "2020-01-01", "annual_cost": 24_000},
        {"rep_id": "r2", "role": "account_manager", "hired_on": "2020-01-01", "annual_cost": 90_000},
    ]
    found = acquisition(tiny_room(BOOK, opportunities=DEALS, spend=spend, reps=reps))
    assert value(found.facts, "lag_months") == 4
    assert value(found.facts, "cac_programme") == pytest.approx(12 * 1200 / 20)
    assert value(found.facts, "cac_loaded") == pytest.approx((12 * 1200 + 24_000) / 20)
