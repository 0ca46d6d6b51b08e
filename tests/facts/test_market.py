"""Facts of the market: on the demo against its planted truth, on tiny rooms by hand."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from tiny import monthly
from whole_run import ROOT

from diligence.dataroom.evidence import rows_behind
from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.market import market
from diligence.facts.sheet import NOT_ASSESSABLE, OK, fact

Build = Callable[..., Room]
TRUTH = json.loads((ROOT / "data" / "demo" / "truth.json").read_text(encoding="utf-8"))
SEGMENTS = ("enterprise", "mid_market", "small_business")


def value(facts: pd.DataFrame, metric: str, segment: str = "", **place: str) -> float:
    row = fact(facts, f"market.{metric}", segment=segment, **place)
    assert row["status"] == OK, (metric, segment, row["reason"])
    return float(row["value"])


def test_every_fact_of_the_area_is_there_or_refused_with_its_reason(demo_market: Analysis) -> None:
    names = {name for name in catalogue() if name.startswith("market.")}
    assert set(demo_market.facts["metric"]) == names
    lacking = demo_market.facts[demo_market.facts["status"] != OK]
    assert (lacking["reason"] != "").all()
    assert len(demo_market.prove()) == 2


def test_penetration_weighted_by_fit_is_the_planted_one_by_sites_and_a_little_lower_by_parents(demo_market: Analysis) -> None:
    planted = TRUTH["market_position"]["penetration_by_fit"]
    for segment in SEGMENTS:
        assert value(demo_market.facts, "penetration_fit_sites", segment) == pytest.approx(planted[segment], abs=1e-6)
    assert value(demo_market.facts, "penetration_fit", "mid_market") < planted["mid_market"], "mid-market groups have several sites"


def test_the_mid_market_is_nearly_full_and_enterprise_is_open(demo_market: Analysis) -> None:
    facts = demo_market.facts
    assert value(facts, "penetration_obtainable", "mid_market") > 0.75
    assert value(facts, "penetration_obtainable", "enterprise") < 0.25
    row = fact(facts, "market.saturation_headroom", segment="mid_market")
    assert row["status"] == OK and row["high"] < 1.5 and row["low"] >= 1.0
    row = fact(facts, "market.saturation_headroom", segment="enterprise")
    assert row["status"] == NOT_ASSESSABLE and row["reason"].startswith("potential not identified")


def test_new_mid_market_customers_by_quarter_are_the_planted_ones(demo_market: Analysis) -> None:
    for quarter, count in TRUTH["new_business"]["mid_market_new_logos_last_8_quarters"].items():
        assert value(demo_market.facts, "new_customers", "mid_market", object="quarter", object_id=quarter) == count
    assert value(demo_market.facts, "new_customer_trend", "mid_market") < -0.2


def test_win_rates_are_the_planted_ones_and_few_deals_are_no_insight(demo_market: Analysis) -> None:
    for segment, rate in TRUTH["new_business"]["win_rate_by_segment"].items():
        assert value(demo_market.facts, "win_rate", segment) == pytest.approx(rate, abs=1e-6)
        row = fact(demo_market.facts, "market.win_rate", segment=segment)
        assert row["low"] < rate < row["high"]
    assert fact(demo_market.facts, "market.win_ratio", segment="enterprise")["status"] == "insufficient"


def test_share_of_market_is_own_revenue_over_spend_beside_what_is_stated(demo_market: Analysis) -> None:
    for segment in SEGMENTS:
        assert value(demo_market.facts, "share_stated", segment) == pytest.approx(TRUTH["market_position"]["share_of_market_2026"][segment])
        share = fact(demo_market.facts, "market.share", segment=segment)
        assert share["numerator"] == pytest.approx(TRUTH["arr_by_segment"][segment], abs=2.0)
        gap = value(demo_market.facts, "share_gap", segment)
        assert gap == pytest.approx(share["value"] - TRUTH["market_position"]["share_of_market_2026"][segment])


def test_the_sources_of_growth_add_up_to_it(demo_market: Analysis) -> None:
    parts = [value(demo_market.facts, f"growth_{name}") for name in ("market", "share", "price", "mix", "range")]
    then, now = TRUTH["mrr"]["2025-06"] * 12, TRUTH["mrr"]["2026-06"] * 12
    assert sum(parts) == pytest.approx(now - then, abs=0.5)


def test_new_customers_that_fit_by_hand(tiny_room: Build) -> None:
    """Thirty won in the last year, twenty of them at fit 0.6, ten at 0.3; twenty two years before, all at 0.6."""
    rows, listed_, names = monthly("old", "2023-01", "2026-06", 1, kind="recurring"), [], []
    for one in range(50):
        rows += monthly(f"w{one:02d}", "2025-10" if one < 30 else "2023-10", "2026-06", 10, kind="recurring")
        listed_.append({"customer_id": f"w{one:02d}", "name": f"W{one}", "segment": "mid"})
        names.append(
            {"account_id": f"u{one:02d}", "segment": "mid", "potential": 100, "fit": 0.3 if one < 10 else 0.6, "customer_id": f"w{one:02d}"}
        )
    facts = market(tiny_room(rows, customers=listed_, universe=names)).facts
    assert value(facts, "fitting_new") == pytest.approx(2 / 3)
    assert value(facts, "fitting_drift") == pytest.approx(2 / 3 - 1)


TRACED = ("sam_bottom_up", "tam_bottom_up", "tam_top_down", "sam_top_down", "share_stated", "win_rate", "new_customers")


@pytest.mark.parametrize("name", TRACED)
def test_the_rows_behind_a_fact_give_it(name: str, demo_market: Analysis, demo_room: Room) -> None:
    known = definition(f"market.{name}")
    rows = demo_market.facts[(demo_market.facts["metric"] == known.id) & (demo_market.facts["segment"] == "mid_market")]
    row = rows.iloc[-1]
    given: dict[str, Any] = {"segment": "mid_market", "object_id": row["object_id"], "as_of": demo_room.deal.target.as_of}
    found = rows_behind(demo_room, known.table, known.numerator, given)
    counted = {"win_rate": len(found), "new_customers": (found["segment"] == "mid_market").sum() if "segment" in found else 0}
    if name == "sam_bottom_up":
        total = (found["potential"] * found["fit"]).sum()
    elif name in counted:
        total = counted[name]
    else:
        total = found[{"tam_bottom_up": "potential", "tam_top_down": "tam", "sam_top_down": "sam", "share_stated": "share"}[name]].sum()
    # by parents a group has one fit, weighted by the potential of its sites, and one segment: that of most of its potential
    expected = row["numerator"] if name == "win_rate" else row["value"]
    assert float(total) == pytest.approx(expected, rel=0.02 if name.endswith("bottom_up") else 1e-9)


def universe(fit: float = 0.5, sold: int = 12, n: int = 40) -> list[dict[str, Any]]:
    return [
        {
            "account_id": f"u{one:02d}",
            "segment": "mid",
            "country": "NL",
            "potential": 1000,
            "fit": fit,
            "customer_id": f"c{one:02d}" if one < sold else "",
        }
        for one in range(n)
    ]


def book(n: int = 12) -> list[dict[str, Any]]:
    return [
        row for one in range(n) for row in monthly(f"c{one:02d}", "2024-01", "2026-06", 50, kind="recurring", product_id="p", quantity=5)
    ]


def listed(n: int = 12, parent: str = "") -> list[dict[str, Any]]:
    return [
        {"customer_id": f"c{one:02d}", "name": f"Firm {one}", "segment": "mid", "acquired_on": "2024-01-01", "parent_id": parent}
        for one in range(n)
    ]


SIZE = [{"segment": "mid", "year": year, "accounts": 50, "tam": 50_000, "sam": 25_000} for year in (2025, 2026)]


def test_sizes_by_hand(tiny_room: Build) -> None:
    """40 named accounts of 1,000 at fit 0.5: TAM 40,000, SAM 20,000, against 50,000 and 25,000; 12 customers of 600 a year each."""
    facts = market(tiny_room(book(), customers=listed(), universe=universe(), market=SIZE)).facts
    assert [value(facts, name) for name in ("tam_bottom_up", "sam_bottom_up", "tam_top_down", "sam_top_down")] == [
        40_000,
        20_000,
        50_000,
        25_000,
    ]
    assert [value(facts, name) for name in ("named_coverage", "tam_ratio", "sam_ratio")] == pytest.approx([0.8, 0.8, 0.8])
    assert value(facts, "share") == pytest.approx(7200 / 50_000) and value(facts, "share_sam") == pytest.approx(7200 / 25_000)
    assert value(facts, "penetration") == pytest.approx(0.3) and value(facts, "white_space") == 28 * 500


def test_a_market_that_is_a_percentage_of_a_larger_one_is_not_counted(tiny_room: Build) -> None:
    """Without named accounts nothing is counted: the estimate from above never takes the place of the count."""
    facts = market(tiny_room(book(), customers=listed(), market=SIZE)).facts
    for name in ("tam_bottom_up", "sam_bottom_up", "white_space", "penetration", "named_coverage"):
        row = fact(facts, f"market.{name}")
        assert row["status"] == NOT_ASSESSABLE and row["reason"].startswith("not given: universe"), name
    assert value(facts, "sam_top_down") == 25_000


def test_penetration_counts_parents_and_not_sites(tiny_room: Build) -> None:
    """Twelve sites of one parent and 28 accounts that are no customers: one customer of 29, not twelve of 40."""
    facts = market(tiny_room(book(), customers=listed(parent="c00"), universe=universe(), market=SIZE)).facts
    assert value(facts, "accounts_named") == 29
    assert value(facts, "penetration") == pytest.approx(1 / 29)
    assert value(facts, "penetration_fit_sites") == pytest.approx(12 / 40)


def test_what_is_dated_after_the_date_and_who_has_left_do_not_count(tiny_room: Build) -> None:
    gone = [row for row in book() if row["customer_id"] != "c00" or row["date"] < "2025-10"]
    later = [*SIZE, {"segment": "mid", "year": 2027, "accounts": 99, "tam": 99_000, "sam": 99_000}]
    facts = market(tiny_room(gone, customers=listed(), universe=universe(), market=later)).facts
    assert value(facts, "tam_top_down") == 50_000
    assert value(facts, "penetration") == pytest.approx(11 / 40)


def test_no_open_deal_and_no_renewal_is_in_a_win_rate(tiny_room: Build) -> None:
    deals = [
        {"opportunity_id": f"o{one:03d}", "created_on": "2025-01-01", "closed_on": "" if one % 5 == 4 else "2025-06-01", "type": "renewal" if one % 5 == 3 else "new",
         "status": ("won", "lost", "lost", "won", "open")[one % 5], "segment": "mid"}
        for one in range(150)
    ]  # fmt: skip
    facts = market(tiny_room(book(), customers=listed(), opportunities=deals)).facts
    assert value(facts, "win_rate", "mid") == pytest.approx(1 / 3)
    assert fact(facts, "market.win_rate_shrunken")["reason"] == "fewer than two segments with decided deals"


@pytest.mark.parametrize(
    "tables", [{}, {"customers": listed()}, {"universe": universe()}, {"market": SIZE}, {"market": SIZE, "universe": universe()}]
)
def test_a_poor_room_gives_reasons(tiny_room: Build, tables: dict[str, Any]) -> None:
    for revenue in (book(2), None):
        facts = market(tiny_room(revenue or [{"customer_id": "a", "date": "2026-06-01", "amount": -5}], **tables)).facts
        assert set(facts["metric"]) == {name for name in catalogue() if name.startswith("market.")}
        assert (facts.loc[facts["status"] != OK, "reason"] != "").all()


def test_another_cut_cuts_what_it_can(tiny_room: Build) -> None:
    customers = [{**row, "country": "NL" if row["customer_id"] < "c06" else "DE"} for row in listed()]
    facts = market(tiny_room(book(), customers=customers, market=SIZE), segment_by="country").facts
    assert fact(facts, "market.share")["reason"] == "the segments of this table are not those of the customers"
    assert value(facts, "segment_hhi") == pytest.approx(0.5)
    assert set(facts.loc[facts["metric"] == "market.retention_gap", "segment"]) == {"NL", "DE"}
