"""Retention and concentration over the match threshold: off is what is reported, and joining a pair counts it once."""

from collections.abc import Callable

import pytest
from tiny import monthly

from diligence.dataroom.room import Room
from diligence.facts.data_room import data_room
from diligence.facts.match_thresholds import THRESHOLDS
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.sheet import fact
from diligence.reports.exhibits import show

Build = Callable[..., Room]
DEAL = '[defaults]\nregime = "contractual"'
# c1 goes under another name half a year before c2 comes: too long a gap to join without asking, so churn and new business until decided
ROWS = monthly("c1", "2024-01", "2025-06", 100) + monthly("c2", "2026-01", "2026-06", 120) + monthly("c3", "2024-01", "2026-06", 100)
NAMES = [("c1", "Kestrel Utilities", "DE"), ("c2", "Kestrl Utilities", "DE"), ("c3", "Boreal", "DE")]


def listed(*names: tuple[str, str, str]) -> list[dict[str, str]]:
    return [dict(zip(("customer_id", "name", "country"), row, strict=True)) for row in names or NAMES]


def test_a_pair_in_doubt_is_churn_until_it_is_joined(tiny_room: Build) -> None:
    """Opening 2025-06: 100 + 100; closing: 0 + 100 of the same, 120 more where the pair (score 97) is one."""
    frame = data_room(tiny_room(ROWS, customers=listed(), deal=DEAL)).frames["match_thresholds"].set_index("threshold")
    assert list(frame.index) == list(THRESHOLDS)
    for threshold in ("off", "100"):
        assert frame.loc[threshold, ["pairs", "nrr", "grr", "logo", "customers"]].tolist() == [0, 0.5, 0.5, 0.5, 2]
    for threshold in ("95", "90", "70"):
        assert frame.loc[threshold, ["pairs", "nrr", "grr", "logo", "customers"]].tolist() == [1, 1.1, 1.0, 1.0, 2]
    assert (frame["top10"] == 1.0).all()


def test_a_pair_of_two_countries_stays_two(tiny_room: Build) -> None:
    abroad = listed(NAMES[0], ("c2", "Kestrel Utilities", "AT"), NAMES[2])
    analysis = data_room(tiny_room(ROWS, customers=abroad, deal=DEAL))
    assert len(analysis.frames["review"]) == 1
    assert set(analysis.frames["match_thresholds"]["nrr"]) == {0.5}


def test_facts_and_exhibit_say_it(tiny_room: Build) -> None:
    analysis = data_room(tiny_room(ROWS, customers=listed(), deal=DEAL))
    joined = fact(analysis.facts, "data.match_nrr", object_id="85")
    assert joined[["object", "value", "numerator", "denominator", "n"]].tolist() == ["threshold", 1.1, 2640.0, 2400.0, 2.0]
    shown = show(analysis, "match_thresholds")
    assert shown.title == "Joining 1 pair in doubt moves net revenue retention from 50.0% to 110.0%"
    assert shown.figure is not None and len(shown.rows) == len(THRESHOLDS)


def test_a_short_history_is_not_assessable(tiny_room: Build) -> None:
    analysis = data_room(tiny_room(monthly("c1", "2026-01", "2026-06", 100), deal=DEAL))
    row = fact(analysis.facts, "data.match_nrr", object_id="off")
    assert (row["status"], row["reason"]) == ("not_assessable", "the data do not reach back to the opening of the period")
    assert fact(analysis.facts, "data.match_top10", object_id="off")["value"] == 1.0


def test_off_is_what_is_reported(demo_room: Room) -> None:
    data, quality = data_room(demo_room).facts, revenue_quality(demo_room).facts
    for own, reported in {
        "nrr": "retention.nrr_ltm",
        "grr": "retention.grr_ltm",
        "logo": "retention.logo_ltm",
        "top10": "concentration.top10",
    }.items():
        found, known = fact(data, f"data.match_{own}", object_id="off"), fact(quality, reported)
        assert found["value"] == pytest.approx(known["value"], abs=1e-12)
        assert found["numerator"] == pytest.approx(known["numerator"], abs=0.01)
