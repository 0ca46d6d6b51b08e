"""Facts of customer lifetime: on the demo against its generator and its own tables, on rooms of a few rows by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_narrative import assert_only_facts, assert_reads_well
from tiny import line, monthly

from diligence.dataroom.room import Room
from diligence.errors import InputError
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.customer_lifetime import customer_lifetime
from diligence.facts.sheet import fact, with_keys
from diligence.reports.exhibits import BOOK, show
from diligence.reports.narrative import headlines
from diligence.reports.told import Told

Build = Callable[..., Room]
NAME = "02_customer_lifetime"


@pytest.fixture(scope="module")
def demo(demo_room: Room) -> Analysis:
    return customer_lifetime(demo_room)


def value(analysis: Analysis, metric: str, **cut: str) -> float:
    return float(fact(analysis.facts, metric, **cut)["value"])


def reason(analysis: Analysis, metric: str, **cut: str) -> str:
    return str(fact(analysis.facts, metric, **cut)["reason"])


def book(count: int = 40) -> list[dict[str, Any]]:
    """One customer there before; forty that begin from February to November 2023, of whom every third pays for exactly twelve months."""
    rows = monthly("old", "2023-01", "2026-06", 100, kind="recurring")
    for one in range(count):
        start = pd.Timestamp("2023-02-01") + pd.DateOffset(months=one % 10)
        last = start + pd.DateOffset(months=11) if one % 3 == 0 else pd.Timestamp("2026-06-01")
        rows += monthly(f"c{one:02d}", f"{start:%Y-%m}", f"{last:%Y-%m}", 50 + one, kind="recurring")
    return rows


def test_every_fact_of_the_catalogue_is_given_or_refused_with_a_reason(demo: Analysis) -> None:
    metrics = [name for name in catalogue() if name.startswith("lifetime.")]
    assert set(demo.facts["metric"]) == set(metrics) and len(metrics) > 45
    assert (demo.facts.loc[demo.facts["status"] != "ok", "reason"].str.len() > 10).all()
    assert with_keys(demo.facts)["key"].is_unique and len(with_keys(demo.facts)) == len(demo.facts), "no fact stands twice"
    demo.prove()


def test_what_the_demo_planted_is_found(demo: Analysis, demo_room: Room) -> None:
    """678 accounts of 726 customers, 45 of them acquired; customers ever and active as the generator counts them by parent."""
    assert value(demo, "lifetime.customers") == 676
    active = demo.facts[demo.facts["metric"] == "lifetime.annual_value"].set_index("segment")
    recurring = demo_room.revenue("recurring")
    assert active.loc["", "numerator"] == pytest.approx(12 * recurring.loc[recurring["month"] == demo_room.month, "amount"].sum(), rel=0.03)
    contracts = demo_room.table("contracts")
    live = contracts[pd.to_datetime(contracts["end_date"]) > pd.Timestamp("2026-06-30")]
    share = live.loc[live["change_of_control"] != "none", "annual_value"].sum() / live["annual_value"].sum()
    assert value(demo, "lifetime.change_of_control") == pytest.approx(share)
    assert value(demo, "lifetime.early_renewals") == 0, "the generator renews on the day after the end"


def test_survival_falls_with_age_and_the_interval_holds_it(demo: Analysis) -> None:
    stays = [fact(demo.facts, f"lifetime.survival_{age}m") for age in (12, 24, 36, 60)]
    assert all(row["low"] < row["value"] < row["high"] for row in stays)
    assert (np.diff([row["value"] for row in stays]) < 0).all()


def test_small_customers_leave_sooner_in_the_demo(demo: Analysis) -> None:
    assert value(demo, "lifetime.survival_36m", segment="small_business") < value(demo, "lifetime.survival_36m", segment="mid_market") - 0.1
    assert value(demo, "lifetime.log_rank", object="cut", object_id="segment") < 0.001
    assert value(demo, "lifetime.log_rank", object="cut", object_id="country") > 0.05


def test_a_cohort_first_seen_at_an_age_says_nothing_of_the_years_before(demo: Analysis) -> None:
    """Those who began in 2017 are seen from 2021 on: that all of them lived three years is how they came to be seen."""
    row = fact(demo.facts, "lifetime.survival_36m", object="cohort", object_id="FY2017")
    assert row["status"] == "not_assessable" and "at risk" in row["reason"]
    assert fact(demo.facts, "lifetime.survival_36m", object="cohort", object_id="FY2022")["status"] == "ok"


def test_reasons_compete_and_add_up(demo: Analysis) -> None:
    facts = demo.facts
    mine = facts[facts["metric"] == "lifetime.loss_reason_36m"]
    assert mine["value"].sum() == pytest.approx(1 - value(demo, "lifetime.survival_36m"), abs=1e-9)
    assert {"price", "competitor", "insolvency"} <= set(mine["object_id"])


def test_the_naive_value_and_that_from_survival_stand_side_by_side(demo: Analysis) -> None:
    naive, real = value(demo, "lifetime.value_naive"), value(demo, "lifetime.value")
    assert value(demo, "lifetime.value_naive_excess") == pytest.approx(naive / real - 1)
    annual, margin = value(demo, "lifetime.annual_value"), value(demo, "lifetime.gross_margin")
    assert 0 < real < 5 * annual * margin, "five years of margin are the most that can come"


def test_the_smeared_loss_is_below_that_at_renewal(demo: Analysis) -> None:
    assert value(demo, "lifetime.smeared_loss") < value(demo, "lifetime.renewal_loss")


def test_with_alpha_of_one_or_less_no_mean_life_is_given(demo: Analysis) -> None:
    assert value(demo, "lifetime.alpha") <= 1
    assert reason(demo, "lifetime.expected_years").startswith("alpha is 1 or less: the mean life is infinite")
    assert 1 < value(demo, "lifetime.restricted_years") < 5


def test_the_same_room_gives_the_same_facts(tiny_room: Build) -> None:
    room = tiny_room(book())
    pd.testing.assert_frame_equal(customer_lifetime(room).facts, customer_lifetime(room).facts)


def test_a_discount_rate_that_is_no_fraction_is_refused(demo_room: Room) -> None:
    with pytest.raises(InputError, match="expected a discount rate of 0 to below 1, got 10"):
        customer_lifetime(demo_room, discount_rate=10)


def test_survival_worked_by_hand(tiny_room: Build) -> None:
    """Of forty fourteen pay for twelve months: 26 of 40 live on. The old one has no date: of unknown age."""
    found = customer_lifetime(tiny_room(book()))
    assert value(found, "lifetime.survival_12m") == pytest.approx(26 / 40)
    assert value(found, "lifetime.survival_24m") == pytest.approx(26 / 40)
    assert reason(found, "lifetime.survival_60m") == "at some age up to it fewer than ten customers were at risk"
    assert value(found, "lifetime.age_unknown") == pytest.approx(1 / 41)
    assert reason(found, "lifetime.median") == "more than half stay longer than anybody was followed"


def test_a_subsidiary_that_merges_into_its_parent_is_no_loss(tiny_room: Build) -> None:
    rows = (
        book()
        + monthly("parent", "2023-04", "2026-06", 10, kind="recurring")
        + monthly("child", "2023-04", "2024-06", 10, kind="recurring")
    )
    listed = [{"customer_id": "parent"}, {"customer_id": "child", "parent_id": "parent"}]
    alone = customer_lifetime(tiny_room(rows, customers=[{"customer_id": "parent"}, {"customer_id": "child"}]))
    joined = customer_lifetime(tiny_room(rows, customers=listed))
    assert value(alone, "lifetime.customers") == value(joined, "lifetime.customers") + 1
    assert value(joined, "lifetime.survival_24m") == pytest.approx(27 / 41)
    assert value(alone, "lifetime.survival_24m") == pytest.approx(27 / 42)


def test_customers_that_were_bought_are_not_new(tiny_room: Build) -> None:
    rows = book() + [row for one in range(20) for row in monthly(f"b{one}", "2025-01", "2026-06", 10, kind="recurring")]
    listed = [{"customer_id": f"b{one}", "sourced_by": "acquisition", "acquired_on": "2025-01-01"} for one in range(20)]
    found = customer_lifetime(tiny_room(rows, customers=listed))
    assert value(found, "lifetime.survival_12m") == pytest.approx(26 / 40)
    assert value(found, "lifetime.age_unknown") == pytest.approx(21 / 61)


def test_one_offs_and_services_give_no_life(tiny_room: Build) -> None:
    rows = book() + monthly("project", "2024-01", "2026-06", 9999, kind="services")
    found = customer_lifetime(tiny_room(rows))
    assert value(found, "lifetime.customers") == 41
    assert value(found, "lifetime.loss_expected") == pytest.approx(value(customer_lifetime(tiny_room(book())), "lifetime.loss_expected"))


def test_margin_by_product_else_by_the_ledger_else_none(tiny_room: Build) -> None:
    rows = [{**row, "product_id": "p"} for row in book()]
    ledger = [
        {"month": f"{day:%Y-%m-%d}", "line": name, "amount": amount}
        for day in pd.date_range("2025-07-01", "2026-06-01", freq="MS")
        for name, amount in (("revenue", 100.0), ("cogs", 40.0))
    ]
    products = [{"product_id": "p", "gross_margin": 0.75}]
    assert value(customer_lifetime(tiny_room(rows, products=products, ledger=ledger)), "lifetime.gross_margin") == 0.75
    assert value(customer_lifetime(tiny_room(rows, ledger=ledger)), "lifetime.gross_margin") == pytest.approx(0.6)
    found = customer_lifetime(tiny_room(rows))
    assert reason(found, "lifetime.gross_margin").startswith("neither the products' gross margin nor")
    assert reason(found, "lifetime.value").startswith("neither the products' gross margin nor")


def test_an_earlier_date_knows_nothing_of_later_losses(tiny_room: Build) -> None:
    """At the end of 2023 the fourteen still pay; a contract's later end and reason are not yet known."""
    contracts = [
        {
            "contract_id": "k",
            "customer_id": "c00",
            "start_date": "2023-02-01",
            "end_date": "2024-01-31",
            "annual_value": 100,
            "status": "churned",
            "end_reason": "price",
        }
    ]
    then = customer_lifetime(tiny_room(book(), contracts=contracts, look_from="2023-12-31"))
    now = customer_lifetime(tiny_room(book(), contracts=contracts))
    assert fact(now.facts, "lifetime.loss_reason_36m", object="reason", object_id="price")["value"] == pytest.approx(1 / 40)
    assert not then.facts.loc[then.facts["metric"] == "lifetime.loss_reason_36m", "value"].notna().any()
    assert reason(then, "lifetime.own_making") == "no customer whose age is known was lost"
    assert reason(then, "lifetime.renewal_loss") == "no contract came up in the period"


def test_repeat_purchase_infers_who_is_still_active(tiny_room: Build) -> None:
    random, rows = np.random.default_rng(3), []
    for one in range(70):
        months = pd.date_range("2023-01-01", "2026-06-01", freq="MS")
        stay = int(random.geometric(0.04))
        bought = [month for month in months[one % 12 : one % 12 + stay] if random.random() < 0.4]
        rows += [
            line(f"c{one:02d}", f"{month:%Y-%m-%d}", round(float(random.gamma(6, 10 + one % 7)), 2), kind="recurring") for month in bought
        ]
    found = customer_lifetime(tiny_room(rows, deal='[defaults]\nregime = "repeat"\n'))
    assert 0 < value(found, "lifetime.active_share") < 1
    assert value(found, "lifetime.purchases_12m") > 0 and value(found, "lifetime.spend") > 20
    assert any("under no contract" in one["text"] for one in headlines(found).sentences)
    contract = customer_lifetime(tiny_room(book()))
    assert reason(contract, "lifetime.active_share").startswith("under contract a customer is there or gone")


ROOMS: dict[str, dict[str, Any]] = {
    "nothing": {"revenue": [line("a", "2026-06-01", -5, kind="recurring")]},
    "services only": {"revenue": monthly("a", "2025-01", "2026-06", 10, kind="services")},
    "one line": {"revenue": [line("a", "2026-06-01", 100)]},
    "one customer": {"revenue": monthly("a", "2024-01", "2026-06", 100)},
    "all leave": {"revenue": [row for one in range(30) for row in monthly(f"c{one}", "2024-02", f"2025-{one % 12 + 1:02d}", 100)]},
    "all stay": {"revenue": [row for one in range(30) for row in monthly(f"c{one}", "2024-01", "2026-06", 100)]},
    "repeat": {"revenue": book(), "deal": '[defaults]\nregime = "repeat"\n'},
    "one evergreen contract": {
        "revenue": book(),
        "contracts": [{"contract_id": "k", "customer_id": "c01", "start_date": "2024-01-01", "annual_value": 1}],
    },
}


@pytest.mark.parametrize("name", ROOMS)
def test_a_poor_room_gives_reasons_and_reads_well(name: str, tiny_room: Build) -> None:
    found = customer_lifetime(tiny_room(**ROOMS[name]))
    found.prove()
    assert set(found.facts["metric"]) == {one for one in catalogue() if one.startswith("lifetime.")}
    told = headlines(found)
    for text in [told.lead, *(one["text"] for one in told.sentences), *(show(found, one).title for one in BOOK[NAME])]:
        assert text[0].isupper() or text[0].isdigit(), text
        assert not any(word in f" {text} " for word in (" nan", "None", " inf ", "..", "  x")), text


def test_every_number_of_the_answer_is_a_fact(demo: Analysis, tiny_room: Build) -> None:
    for found in (demo, customer_lifetime(tiny_room(book()))):
        assert_only_facts(found.facts, headlines(found))
        assert_reads_well(headlines(found))


def test_losses_at_renewal_by_product_are_parts_of_the_whole(demo: Analysis) -> None:
    facts = demo.facts[demo.facts["metric"] == "lifetime.renewal_loss_count"]
    whole, parts = facts[(facts["object"] == "company") & (facts["segment"] == "")], facts[facts["object"] == "product"]
    assert parts["numerator"].sum() == whole["numerator"].item() and parts["n"].sum() == whole["n"].item()


def test_where_nobody_was_lost_the_money_has_no_interval(demo: Analysis) -> None:
    facts = demo.facts[(demo.facts["metric"] == "lifetime.renewal_loss") & (demo.facts["value"] == 0)]
    assert len(facts) and facts[["low", "high"]].isna().all(axis=None)


def test_every_exhibit_of_the_demo_shows_facts(demo: Analysis) -> None:
    keys = set(with_keys(demo.facts)["key"])
    for name in BOOK[NAME]:
        shown = show(demo, name)
        assert "not assessable" not in shown.title.lower() and shown.rows and shown.facts
        assert [key for key in shown.facts if key not in keys] == []
    told = Told(demo.facts, "EUR")
    assert f"{told('lifetime.survival_36m')} after three" in headlines(demo).lead
