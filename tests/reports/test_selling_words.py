"""Exhibits and answers of authority and operations: every number of a sentence is a fact, poor rooms give reasons."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from test_exhibits import ODD_ROOMS, assert_sound
from test_narrative import assert_only_facts

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.authority import authority
from diligence.facts.operations import operations
from diligence.facts.sheet import with_keys
from diligence.reports.exhibit import Exhibit
from diligence.reports.exhibits import BOOK, show
from diligence.reports.narrative import headlines

ANALYSES = {"06_authority": authority, "08_operations": operations}
SELLING: dict[str, Any] = {
    "opportunities": [
        {
            "opportunity_id": f"o{n}", "created_on": "2026-01-10", "closed_on": "" if n % 7 == 0 else "2026-03-01", "amount": 10 * n,
            "status": "open" if n % 7 == 0 else "won" if n % 3 else "lost", "type": "new", "expected_close_on": "2026-03-05", "rep_id": f"r{n % 2}",
            "competitive": n % 2 == 0, "founder_involved": n % 5 == 0, "loss_reason": "" if n % 3 else "price", "segment": "one",
        }
        for n in range(1, 130)
    ],
    "nps": [{"respondent_id": f"n{n}", "customer_id": "c01", "date": "2026-05-01", "score": n % 11} for n in range(40)],
    "reps": [{"rep_id": "r0", "annual_quota": 5000, "hired_on": "2025-12-01"}, {"rep_id": "r1", "annual_quota": 0}],
}  # fmt: skip


@pytest.fixture(scope="module")
def of_demo(demo_room: Room) -> dict[str, Analysis]:
    return {name: analysis(demo_room) for name, analysis in ANALYSES.items()}


@pytest.mark.parametrize(("notebook", "name"), [(notebook, name) for notebook in ANALYSES for name in BOOK[notebook]])
def test_an_exhibit_of_the_demo_has_a_message_and_its_data(notebook: str, name: str, of_demo: dict[str, Analysis]) -> None:
    shown = show(of_demo[notebook], name)
    assert_sound(shown, notebook, name)
    assert "not assessable" not in shown.title.lower()
    assert shown.rows and shown.figure and shown.figure["data"] and shown.facts
    keys = set(with_keys(of_demo[notebook].facts)["key"])
    assert [key for key in shown.facts if key not in keys] == []
    assert Exhibit.from_json(shown.to_json()) == shown


@pytest.mark.parametrize("notebook", ANALYSES)
def test_every_number_of_the_answer_is_a_fact_that_it_names(notebook: str, of_demo: dict[str, Analysis]) -> None:
    assert_only_facts(of_demo[notebook].facts, headlines(of_demo[notebook]))


@pytest.mark.parametrize("room", ["twelve customers", "repeat purchase", "credit only", "selling"])
def test_a_poor_room_gives_reasons_and_never_an_exception(room: str, tiny_room: Callable[..., Room]) -> None:
    tables = ODD_ROOMS["twelve customers"] | SELLING if room == "selling" else ODD_ROOMS[room]
    opened = tiny_room(**tables)
    for analysis in ANALYSES.values():
        found = analysis(opened)
        assert_only_facts(found.facts, headlines(found))
        for name in BOOK[found.name]:
            shown = show(found, name)
            assert_sound(shown, found.name, name)
            assert shown.title.startswith("Not assessable: ") == (shown.figure is None)


def test_what_is_drawn_has_deals_enough(of_demo: dict[str, Analysis]) -> None:
    """Contested enterprise deals of the larger half: 26 with a rival, 13 without; the smaller half has eight without."""
    cells = of_demo["06_authority"].frames["cells"]
    few = cells[cells["won_without"] + cells["lost_without"] < 10]
    shown = show(of_demo["06_authority"], "contest")
    drawn = next(trace for trace in shown.figure["data"] if trace["name"] == "Without a rival")["x"]  # type: ignore[index]
    assert len(few) == sum(value is None for value in drawn) > 0
    assert len(shown.rows) == len(cells) and pd.notna(shown.rows[0][1])
