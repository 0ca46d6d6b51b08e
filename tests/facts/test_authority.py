"""Authority of the demo against its planted truth, and in small rooms."""

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
from diligence.facts.authority import authority
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.sheet import fact
from diligence.facts.trace import _parameters
from diligence.reports.exhibits import BOOK, show
from diligence.reports.narrative import headlines

TRUTH = json.loads((ROOT / "data" / "demo" / "truth.json").read_text(encoding="utf-8"))
SOLD = TRUTH["new_business"]
MINE = [name for name in catalogue() if name.startswith("authority.")]
Build = Callable[..., Room]


@pytest.fixture(scope="module")
def found(demo_room: Room) -> Analysis:
    return authority(demo_room)


def value(facts: pd.DataFrame, metric: str, **cut: str) -> float:
    return float(fact(facts, f"authority.{metric}", **cut)["value"])


@pytest.mark.parametrize(
    ("metric", "truth"),
    {
        "competitive_win_rate": SOLD["win_rate_contested"],
        "uncontested_win_rate": SOLD["win_rate_uncontested"],
        "founder_win_rate": SOLD["win_rate_with_founder"],
        "others_win_rate": SOLD["win_rate_without_founder"],
        "founder_ratio": SOLD["founder_ratio_in_cells"],
        "founder_share_of_new_arr": SOLD["founder_share_of_new_arr_last_24_months"],
        "price_loss_contested": SOLD["price_share_of_losses_contested"],
        "price_loss_uncontested": SOLD["price_share_of_losses_uncontested"],
        "share_of_search": TRUTH["market_position"]["share_of_voice_ltm"]["search"],
        "share_of_media": TRUTH["market_position"]["share_of_voice_ltm"]["media"],
    }.items(),
)
def test_the_planted_truth_is_found(found: Analysis, metric: str, truth: float) -> None:
    assert value(found.facts, metric) == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize("segment", ["enterprise", "mid_market", "small_business"])
def test_the_planted_truth_of_each_segment(found: Analysis, segment: str) -> None:
    assert value(found.facts, "win_rate_broad", segment=segment) == pytest.approx(SOLD["win_rate_by_segment"][segment], abs=1e-6)
    share = TRUTH["market_position"]["share_of_market_2026"][segment]
    assert value(found.facts, "share_of_market", segment=segment) == pytest.approx(share, abs=1e-6)


def test_decided_new_business_and_its_discounts(found: Analysis) -> None:
    """The truth states the discount of quotes; that of wins within cells lies near it."""
    assert fact(found.facts, "authority.win_rate_broad")["n"] == SOLD["decided_new_opportunities"]
    assert value(found.facts, "discount_contested") == pytest.approx(TRUTH["discounts"]["contested"], abs=0.005)
    assert value(found.facts, "discount_uncontested") == pytest.approx(TRUTH["discounts"]["uncontested"], abs=0.005)


def test_the_diagnosis_that_was_planted(found: Analysis) -> None:
    """Weak where compared, not for want of coaching: a wide gap within cells, sellers alike, a founder who wins more."""
    gap, spread = (fact(found.facts, f"authority.{name}") for name in ("contest_gap_matched", "rep_variance"))
    assert gap["low"] > 0.2 and spread["high"] < 0.05
    assert fact(found.facts, "authority.founder_ratio")["low"] > 1.5
    texts = " ".join(one["text"] for one in headlines(found).sentences)
    assert "the weakness against rivals is one of the company, not of its salespeople" in texts


def test_every_fact_is_there_or_refused_with_its_reason(found: Analysis) -> None:
    facts = found.facts
    assert set(facts["metric"]) == set(MINE)
    bad = facts[facts["status"] != "ok"]
    assert (bad["reason"] != "").all() and bad["value"].isna().all()
    assert not facts.duplicated(["metric", "segment", "object", "object_id"]).any()
    both = facts.dropna(subset=["low", "high", "value"])
    assert (both["low"] <= both["value"] + 1e-9).all() and (both["value"] <= both["high"] + 1e-9).all()
    ratios = facts[
        facts["denominator"].notna()
        & facts["unit"].eq("fraction")
        & ~facts["metric"].isin(["authority.excess_voice", "authority.plan_share_gain"])
    ]
    assert np.allclose(ratios["numerator"] / ratios["denominator"], ratios["value"])
    assert len(found.prove()) == 3


@pytest.mark.parametrize("metric", [name for name in MINE if definition(name).numerator])
def test_the_rows_behind_a_share_are_its_numerator_and_denominator(found: Analysis, demo_room: Room, metric: str) -> None:
    known, mine = definition(metric), found.facts[(found.facts["metric"] == metric) & (found.facts["status"] == "ok")]
    assert len(mine)
    for _, row in mine.iloc[[0, -1]].iterrows():
        for predicate, end in ((known.numerator, row["numerator"]), (known.denominator, row["denominator"])):
            rows = rows_behind(demo_room, known.table, predicate, _parameters(demo_room, row))
            held = rows["amount"].sum() if metric.endswith(("_money", "new_arr", "_sourced")) else len(rows)
            assert held == pytest.approx(end), (metric, row["segment"], row["object_id"])


def test_the_months_that_are_asked_are_those_that_are_seen(demo_room: Room, found: Analysis) -> None:
    short = authority(demo_room, months=24)
    assert fact(short.facts, "authority.win_rate_broad")["period"] == "2024-07..2026-06"
    assert 0 < fact(short.facts, "authority.win_rate_broad")["n"] < fact(found.facts, "authority.win_rate_broad")["n"]


def test_another_cut_is_of_another_column(demo_room: Room) -> None:
    cut = authority(demo_room, segment_by="channel").facts
    assert {"outbound", "referral"} <= set(cut.loc[cut["metric"] == "authority.win_rate_broad", "segment"])


def deal(number: int, status: str, **more: Any) -> dict[str, Any]:
    days = {"created_on": "2026-01-10", "closed_on": "" if status == "open" else "2026-03-01"}
    return {"opportunity_id": f"o{number}", "status": status, "amount": 100, "type": "new", **days, **more}


def test_without_opportunities_nothing_is_said_and_nothing_is_neutral(tiny_room: Build) -> None:
    found = authority(tiny_room(monthly("a", "2025-01", "2026-06", 10)))
    assert set(found.facts["metric"]) == set(MINE) and set(found.facts["status"]) == {"not_assessable"}
    assert fact(found.facts, "authority.win_rate_broad")["reason"] == "not given: opportunities.status, opportunities.closed_on"
    for name in BOOK["06_authority"]:
        assert show(found, name).title.startswith("Not assessable: ")
    assert headlines(found).lead == "Authority is not assessable: not given: opportunities.status, opportunities.closed_on."


def test_few_deals_are_insufficient_and_not_a_number(tiny_room: Build) -> None:
    deals = [deal(number, "won" if number % 3 == 0 else "lost", loss_reason="" if number % 3 == 0 else "price") for number in range(12)]
    row = fact(authority(tiny_room(monthly("a", "2025-01", "2026-06", 10), opportunities=deals)).facts, "authority.win_rate_broad")
    assert (row["status"], row["reason"]) == ("insufficient", "n is 12, 30 are needed")


def test_one_segment_without_rivals_sizes_or_people_is_still_read(tiny_room: Build) -> None:
    deals = [deal(number, "won" if number < 36 else "lost", loss_reason="" if number < 36 else "no_decision") for number in range(120)]
    found = authority(tiny_room(monthly("a", "2025-01", "2026-06", 10), opportunities=deals))
    assert value(found.facts, "win_rate_broad") == 0.3 and value(found.facts, "win_rate_narrow") == 1.0
    assert set(found.facts.loc[found.facts["metric"] == "authority.win_rate_broad", "segment"]) == {""}
    assert fact(found.facts, "authority.competitive_win_rate")["reason"] == "not given: opportunities.competitive"
    titles = [show(found, name).title for name in BOOK["06_authority"]]
    assert not [title for title in titles if "nan" in title.lower().split()]


def test_what_is_decided_after_the_date_counts_nowhere(tiny_room: Build) -> None:
    deals = [deal(number, "won" if number < 20 else "lost", loss_reason="" if number < 20 else "price") for number in range(60)]
    later = [deal(100 + number, "lost", closed_on="2026-07-15", loss_reason="price") for number in range(50)]
    lines = monthly("a", "2025-01", "2026-06", 10)
    now, then = (authority(tiny_room(lines, opportunities=rows)).facts for rows in (deals, deals + later))
    for metric in ("authority.win_rate_broad", "authority.price_loss_share"):
        assert fact(now, metric)["value"] == fact(then, metric)["value"] and fact(then, metric)["n"] == fact(now, metric)["n"]


def test_a_list_of_won_deals_gives_no_win_rate(tiny_room: Build) -> None:
    deals = [deal(number, "won", founder_involved=number % 2 == 0) for number in range(40)]
    facts = authority(tiny_room(monthly("a", "2025-01", "2026-06", 10), opportunities=deals)).facts
    row = fact(facts, "authority.win_rate_broad")
    assert (row["status"], row["reason"]) == (
        "not_assessable",
        "the opportunities hold won deals only: a list without the others gives no rate",
    )
    assert value(facts, "founder_share_of_wins") == 0.5, "what part of the wins had the founder can still be told"


def test_amounts_filled_in_at_the_win_know_the_outcome_and_are_not_used(tiny_room: Build) -> None:
    deals = [
        deal(number, "won" if number < 40 else "lost", amount=100 + number if number < 40 else 0, competitive=number % 2 == 0)
        for number in range(100)
    ]
    found = authority(tiny_room(monthly("a", "2025-01", "2026-06", 10), opportunities=deals))
    assert fact(found.facts, "authority.win_rate_money")["reason"].startswith("lost deals carry no amounts as won ones do")
    assert value(found.facts, "win_rate_broad") == 0.4 and len(found.frames["cells"]) == 1
