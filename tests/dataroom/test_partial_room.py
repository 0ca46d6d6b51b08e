"""A room that has no revenue yet: what is there is taken in, what rests on revenue is not assessable, a run waits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from diligence.cli import main
from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality
from diligence.reports.narrative import headlines

PARTIAL = "[room]\npartial = true\n"
LEADS = [{"lead_id": "l1", "created_on": "2026-01-05", "channel": "search"}, {"lead_id": "l2", "created_on": "2026-02-01", "channel": ""}]
CUSTOMERS = [{"customer_id": "a", "name": "Adler"}, {"customer_id": "b", "name": "Bauer"}]


def test_what_is_there_is_taken_in(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room(leads=LEADS, customers=CUSTOMERS, deal=PARTIAL)
    assert sorted(room.given) == ["customers", "leads"]
    assert not room.has("revenue")
    assert room.table("leads")["lead_id"].tolist() == ["l1", "l2"]
    assert room.customers["customer_id"].tolist() == ["a", "b"]
    assert (room.described["lines"], room.described["revenue"]) == (0, 0.0)
    assert room.cube.empty and len(room.issues) == 0 and len(room.cleaning) == 0


def test_facts_that_rest_on_revenue_are_not_assessable(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room(leads=LEADS, deal=PARTIAL)
    found = data_room(room)
    found.prove()
    facts = found.facts.set_index("metric")
    assert facts.loc["data.tables_given", "value"] == 1
    assert facts.loc["data.revenue_governed", ["status", "reason"]].tolist() == ["not_assessable", "not given: revenue"]
    quality = revenue_quality(room).facts
    assert set(quality["status"]) == {"not_assessable"}
    assert found.frames["requests"].loc[0, "table"] == "revenue"


def test_the_first_sentence_says_that_there_is_no_revenue(tiny_room: Callable[..., Room]) -> None:
    told = headlines(data_room(tiny_room(leads=LEADS, deal=PARTIAL)))
    assert told.lead == "The room has no revenue yet; it holds 1 of 33 tables."


def test_from_another_date_and_again_from_its_evidence(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room(leads=LEADS, deal=PARTIAL)
    earlier = open_room(room.folder, as_of="2026-01-31")
    assert earlier.table("leads")["lead_id"].tolist() == ["l1"]
    assert "revenue" not in earlier.given


def test_revenue_that_comes_later_is_read_with_the_key_still_there(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room([{"customer_id": "a", "date": "2026-01-05", "amount": 5}], leads=LEADS, deal=PARTIAL)
    assert room.has("revenue") and room.described["revenue"] == 5.0


def test_without_the_key_the_line_names_it(tiny_deal: Callable[..., Path]) -> None:
    deal = tiny_deal(leads=LEADS)
    with pytest.raises(InputError) as told:
        open_room(deal)
    assert str(told.value) == (
        f"{deal}, key room.tables.revenue: expected a revenue table, got none; do this: map the revenue lines: "
        "[room.tables.revenue] file = ..., or put revenue.csv into the room; to take in the other tables before they come, set partial = true under [room]"
    )


def test_a_run_waits_and_leaves_nothing(
    tiny_deal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deal = tiny_deal(leads=LEADS, deal=PARTIAL)
    monkeypatch.setattr("sys.argv", ["diligence", "run", str(deal)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"{deal}, key room.partial: expected a revenue table, got a partial room without one; "
        "do this: look at what is there with `diligence check`, and run when the revenue lines have come"
    )
    assert sorted(path.name for path in deal.parent.iterdir()) == ["deal.toml", "room"]


def test_check_tells_what_is_there(
    tiny_deal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["diligence", "check", str(tiny_deal(leads=LEADS, deal=PARTIAL))])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("The room has no revenue yet; it holds 1 of 33 tables.")


def test_a_stated_blank_stands_for_a_column_that_the_file_lacks(tiny_room: Callable[..., Room]) -> None:
    """Totals by day know no customer: they are in revenue, and no retention is made of one customer of all."""
    room = tiny_room([{"date": "2026-01-05", "amount": 5}, {"date": "2026-02-05", "amount": 7}], deal=BLANK)
    assert room.described["revenue"] == 12.0
    assert room.cleaning.set_index("id").loc["unidentified_customer", ["rows", "amount"]].tolist() == [2, 12.0]
    assert room.revenue(None).empty


BLANK = '[room.tables.revenue]\nfile = "revenue.csv"\nconstants = { customer_id = "" }\n'


def test_a_stated_blank_does_where_blanks_are_taken_and_nowhere_else(tiny_deal: Callable[..., Path]) -> None:
    deal = tiny_deal([{"customer_id": "a", "amount": 5}], deal='[room.tables.revenue]\nfile = "revenue.csv"\nconstants = { date = "" }\n')
    with pytest.raises(InputError) as told:
        open_room(deal)
    assert str(told.value) == (
        "revenue.csv, row 2, column 'date': expected a value (date is required), got an empty cell; do this: ask the target for it; "
        "where the row is no record (a total, a footer), leave it out with room.tables.revenue.keep"
    )


def test_the_number_of_the_row_is_an_id_where_the_file_has_none(tiny_room: Callable[..., Room]) -> None:
    survey = [{"too_cheap": 10, "cheap": 20}, {"too_cheap": 11, "cheap": 22}]
    deal = PARTIAL + '[room.tables.price_survey]\nfile = "price_survey.csv"\ncolumns = { respondent_id = "source_row" }\n'
    asked = tiny_room(price_survey=survey, deal=deal).table("price_survey")
    assert asked[["respondent_id", "cheap"]].values.tolist() == [["2", 20.0], ["3", 22.0]]
