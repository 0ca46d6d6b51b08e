"""Facts of the offer: identities on the demo, values by hand on tiny rooms."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from tiny import monthly

from diligence.dataroom.evidence import rows_behind
from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.offer import offer
from diligence.facts.sheet import NOT_ASSESSABLE, OK, fact

Build = Callable[..., Room]


def value(facts: pd.DataFrame, metric: str, segment: str = "", **place: str) -> float:
    row = fact(facts, f"offer.{metric}", segment=segment, **place)
    assert row["status"] == OK, (metric, segment, row["reason"])
    return float(row["value"])


def test_every_fact_of_the_area_is_there_or_refused_with_its_reason(demo_offer: Analysis) -> None:
    assert set(demo_offer.facts["metric"]) == {name for name in catalogue() if name.startswith("offer.")}
    assert (demo_offer.facts.loc[demo_offer.facts["status"] != OK, "reason"] != "").all()
    assert len(demo_offer.prove()) == 2


def test_shares_add_up_and_products_are_those_of_the_attach_rates(demo_offer: Analysis) -> None:
    facts = demo_offer.facts
    rates = facts[facts["metric"] == "offer.attach"]
    assert value(facts, "products_per_customer") == pytest.approx(rates["value"].sum())
    assert rates["value"].max() == 1.0
    assert facts.loc[facts["metric"] == "offer.pricing_metric_share", "value"].sum() == pytest.approx(1.0)
    assert demo_offer.frames["losses"]["value"].sum() == pytest.approx(1.0)


def test_buyers_find_the_target_weak_where_trust_weighs(demo_offer: Analysis) -> None:
    """Planted: weak where compared, not in the product."""
    row = fact(demo_offer.facts, "offer.criterion_gap", object="criterion", object_id="known and trusted vendor")
    assert row["high"] < -2
    assert value(demo_offer.facts, "criterion_gap", object="criterion", object_id="planning quality") > 0


@pytest.mark.parametrize(
    ("name", "segment", "product"), [("no_decision", "", ""), ("product_gap", "mid_market", ""), ("no_decision", "", "P10")]
)
def test_the_rows_behind_a_fact_give_it(name: str, segment: str, product: str, demo_offer: Analysis, demo_room: Room) -> None:
    known = definition(f"offer.{name}")
    row = fact(demo_offer.facts, known.id, segment=segment, object_id=product)
    given: dict[str, Any] = {"segment": segment, "object_id": product, "as_of": demo_room.deal.target.as_of}
    ends = [len(rows_behind(demo_room, known.table, predicate, given)) for predicate in (known.numerator, known.denominator)]
    assert ends == [row["numerator"], row["denominator"]]


def book() -> list[dict[str, Any]]:
    """Forty customers from July 2024, the first ten with a second product from January 2025; the month before somebody else pays."""
    rows = monthly("old", "2024-06", "2026-06", 100, kind="recurring", product_id="p")
    for one in range(40):
        rows += monthly(f"c{one:02d}", "2024-07", "2026-06", 100, kind="recurring", product_id="p")
        rows += monthly(f"c{one:02d}", "2025-01", "2026-06", 50, kind="recurring", product_id="q") if one < 10 else []
    return rows


def listed() -> list[dict[str, Any]]:
    return [{"customer_id": one, "name": one, "segment": "mid"} for one in ("old", *(f"c{place:02d}" for place in range(40)))]


PRODUCTS = [
    {"product_id": "p", "name": "P", "pricing_metric": "seat", "gross_margin": 0.8, "launched_on": "2015-01-01"},
    {"product_id": "q", "name": "Q", "pricing_metric": "usage", "gross_margin": 0.5, "launched_on": "2024-09-01"},
]


def test_attach_mix_and_second_product_by_hand(tiny_room: Build) -> None:
    """41 customers, 10 with both: 4,100 and 500 a month. A quarter of the 40 that came have a second product after six months, all watched to the end."""
    facts = offer(tiny_room(book(), customers=listed(), products=PRODUCTS)).facts
    assert value(facts, "attach", object="product", object_id="q") == pytest.approx(10 / 41)
    assert value(facts, "multi_product") == pytest.approx(10 / 41) and value(facts, "multi_product", "mid") == pytest.approx(10 / 41)
    assert value(facts, "top_product") == pytest.approx(4100 / 4600)
    assert value(facts, "pricing_metric_share", object="pricing_metric", object_id="usage") == pytest.approx(500 / 4600)
    assert value(facts, "gross_margin") == pytest.approx((4100 * 0.8 + 500 * 0.5) / 4600)
    assert value(facts, "margin_shift") == pytest.approx(0.0)
    assert value(facts, "launch_share") == pytest.approx(500 / 4600)
    assert value(facts, "second_product_12m") == pytest.approx(0.25)
    assert value(facts, "second_product_start") == 0.0
    assert fact(facts, "offer.second_product_24m")["reason"] == "nobody was watched for that long"


def test_customers_without_a_second_product_count_for_as_long_as_they_were_watched(tiny_room: Build) -> None:
    """Ten of forty took it after six months; thirty others came three months ago and say nothing about twelve months, nor do they lower it."""
    rows = book() + [
        row for one in range(30) for row in monthly(f"n{one:02d}", "2026-04", "2026-06", 100, kind="recurring", product_id="p")
    ]
    facts = offer(tiny_room(rows, customers=listed())).facts
    assert value(facts, "second_product_12m") == pytest.approx(0.25)


def test_wallet_by_hand(tiny_room: Build) -> None:
    """41 customers of 1,200 a year, ten of them 1,800, with 2,400 each: 55,200 over 98,400; growth is none, so kappa is not told."""
    universe = [
        {"account_id": f"u{row['customer_id']}", "segment": "mid", "potential": 2400, "fit": 0.5, "customer_id": row["customer_id"]}
        for row in listed()
    ]
    facts = offer(tiny_room(book(), customers=listed(), universe=universe)).facts
    assert value(facts, "wallet_share") == pytest.approx(55_200 / 98_400)
    assert value(facts, "headroom") == pytest.approx((98_400 - 55_200) / 55_200)
    assert value(facts, "wallet_exceeded") == 0.0
    assert fact(facts, "offer.expansion_kappa")["status"] == NOT_ASSESSABLE
    assert fact(facts, "offer.expansion_kappa")["reason"].startswith("growth does not fade")


def deals() -> list[dict[str, Any]]:
    reasons = ["no_decision", "price", "product", "no_decision", ""]
    made = []
    for one in range(120):
        won = one % 2 == 0
        month = 1 + one % 12
        year = 2023 + (one // 12) % 4 if one % 12 < 6 else 2022 + (one // 12) % 4
        made.append(
            {"opportunity_id": f"o{one:03d}", "created_on": "2022-01-01", "closed_on": f"{year}-{month:02d}-10", "status": "won" if won else "lost", "type": "new",
             "product_id": "p" if one % 4 else "q", "amount": 100 if one % 4 else 50, "loss_reason": "" if won else reasons[one % 5], "segment": "mid"}
        )  # fmt: skip
    return made


def test_losses_count_no_decision_and_leave_out_what_has_no_reason(tiny_room: Build) -> None:
    room = tiny_room(book(), customers=listed(), opportunities=deals())
    facts, table = offer(room).facts, room.table("opportunities")
    recent = table[(table["status"] == "lost") & (pd.to_datetime(table["closed_on"]) > "2024-06-30")]
    coded = recent.dropna(subset=["loss_reason"])
    row = fact(facts, "offer.no_decision")
    assert row["n"] == len(coded)
    if row["status"] == OK:
        assert row["value"] == pytest.approx((coded["loss_reason"] == "no_decision").mean())
    assert value(facts, "uncoded_losses") == pytest.approx(1 - len(coded) / len(recent))


def test_those_not_live_yet_count_as_waiting(tiny_room: Build) -> None:
    """Thirty live after 60 days, thirty not live after 180: half are live by day 60, not all of them."""
    rows = [
        {
            "customer_id": f"d{one:02d}",
            "name": f"D{one}",
            "segment": "mid",
            "acquired_on": "2026-01-01",
            "went_live_on": "2026-03-02" if one < 30 else "",
        }
        for one in range(60)
    ]
    facts = offer(tiny_room(book(), customers=rows)).facts
    assert value(facts, "live_in_90") == pytest.approx(0.5)
    assert value(facts, "go_live_median") == 60
    assert fact(facts, "offer.go_live_p75")["reason"] == "fewer customers are live than that"


def test_few_answers_are_insufficient(tiny_room: Build) -> None:
    answers = [
        {"respondent_id": f"r{one}", "criterion": "price", "importance": 8, "target_score": 6, "competitor_score": 7, "segment": "mid"}
        for one in range(9)
    ]
    row = fact(offer(tiny_room(book(), customers=listed(), purchase_criteria=answers)).facts, "offer.criterion_gap", object_id="price")
    assert row["status"] == "insufficient" and row["reason"] == "n is 9, 10 are needed"


@pytest.mark.parametrize("tables", [{}, {"products": PRODUCTS}, {"opportunities": deals()[:3]}])
def test_a_poor_room_gives_reasons(tiny_room: Build, tables: dict[str, Any]) -> None:
    for revenue in (monthly("a", "2026-01", "2026-06", 5), [{"customer_id": "a", "date": "2026-06-01", "amount": -5}]):
        facts = offer(tiny_room(revenue, **tables)).facts
        assert set(facts["metric"]) == {name for name in catalogue() if name.startswith("offer.")}
        assert (facts.loc[facts["status"] != OK, "reason"] != "").all()
