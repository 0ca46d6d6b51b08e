"""What a repair does to the headline is what the room says when the deal file leaves it undone."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from planted import write_room
from planted_defects import spoilt_room
from tiny import line, monthly

from diligence.dataroom.room import Room, open_room
from diligence.facts.headline import HEADLINE, headline
from diligence.facts.repair_effects import repair_effects
from diligence.facts.sheet import FactSheet, fact


def effects(room: Room) -> pd.DataFrame:
    return repair_effects(room, FactSheet("", "", {}, {})).set_index("repair")


def test_a_duplicate_worked_by_hand(tiny_room: Callable[..., Room]) -> None:
    """Twelve months at 100 and a line of 60 that stands twice: without the repair revenue is 60 more, and June is not 160 but 220."""
    rows = monthly("a", "2025-01", "2026-06", 100) + [line("a", "2026-06-15", 60, invoice_id="7")] * 2
    found = effects(tiny_room(rows)).loc["duplicate_lines"]
    assert (found["revenue_ltm"], found["revenue_ltm_without"], found["revenue_ltm_effect"]) == (1260.0, 1320.0, -60.0)
    assert (found["nrr"], found["nrr_without"]) == (1.6, 2.2)
    assert (found["recurring"], found["recurring_without"]) == pytest.approx((12 * 160.0, 12 * 220.0))


def test_a_room_without_repairs_has_none(tiny_room: Callable[..., Room]) -> None:
    assert effects(tiny_room(monthly("a", "2025-01", "2026-06", 100))).empty


def test_a_room_that_cannot_be_read_without_it_says_so(tiny_room: Callable[..., Room]) -> None:
    listed = [{"customer_id": "a", "name": "Old"}, {"customer_id": "a", "name": "New"}]
    found = effects(tiny_room(monthly("a", "2025-01", "2026-06", 100), customers=listed)).loc["duplicate_rows"]
    assert found["refused"] == "without it the room cannot be read: each customer_id once"
    assert found[[f"{name}_effect" for name in HEADLINE]].isna().all()


def test_every_effect_is_that_of_the_switch(tmp_path: Path) -> None:
    spoilt, defects = spoilt_room()
    room = open_room(write_room(tmp_path / "spoilt", spoilt, defects))
    found, base = effects(room), headline(room)
    for kind in ("lump_spread", "near_duplicate_lines", "day_in_other_unit", "recoded_customer", "missing_month"):
        off = open_room(write_room(tmp_path / kind, spoilt_room()[0], [], deal=f'[repairs]\noff = ["{kind}"]\n'))
        for name, value in headline(off).items():
            assert found.loc[kind, f"{name}_without"] == pytest.approx(value, abs=1e-9, nan_ok=True), (kind, name)
            assert found.loc[kind, name] == pytest.approx(base[name], nan_ok=True)


def test_the_headline_is_that_of_the_facts(demo_room: Room, demo_data: object, demo_quality: object) -> None:
    facts, found = demo_quality.facts, headline(demo_room)  # type: ignore[attr-defined]
    names = {
        "nrr": "retention.nrr_ltm",
        "grr": "retention.grr_ltm",
        "logo": "retention.logo_ltm",
        "top10": "concentration.top10",
        "revenue_ltm": "revenue.total_ltm",
    }
    for name, metric in names.items():
        assert found[name] == pytest.approx(fact(facts, metric)["value"], rel=1e-12)
    assert found["customers"] == fact(facts, "concentration.top10")["n"]
