"""The as-of cut: what was not yet known reaches no number, not by a bit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tiny import line, monthly, open_tiny, write_deal

from diligence.dataroom.room import Room, open_room
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality


def room_tables() -> dict[str, list[dict[str, Any]]]:
    customers = [
        {"customer_id": f"c{place}", "name": f"Customer {place}", "segment": "ab"[place % 2], "acquired_on": "2024-01-01"}
        for place in range(14)
    ]
    revenue = [
        entry
        for place in range(14)
        for entry in monthly(f"c{place}", "2024-01", "2026-06" if place % 5 else "2025-12", 100 + place, invoice_id=place)
    ]
    revenue += [
        line("c1", "2026-02-15", 90, currency="GBP", invoice_id="g"),
        line("c2", "2026-01-01", 365, service_start="2026-01-01", service_end="2026-12-31"),
    ]
    return {
        "revenue": revenue,
        "customers": customers,
        "fx": [{"month": f"2026-{month:02d}", "currency": "GBP", "rate": 1.2} for month in range(1, 7)],
        "contracts": [
            {
                "contract_id": f"k{p}",
                "customer_id": f"c{p}",
                "start_date": "2025-01-01",
                "end_date": f"2027-0{1 + p % 9}-01",
                "annual_value": 1000 + p,
            }
            for p in range(14)
        ],
        "opportunities": [
            {
                "opportunity_id": f"o{place}",
                "created_on": "2026-01-10",
                "closed_on": "2026-03-01",
                "status": "won",
                "amount": 50 + place,
                "stage": "done",
            }
            for place in range(6)
        ],
        "ledger": [{"month": f"2026-{month:02d}", "line": "recurring_revenue", "amount": 1200} for month in range(1, 7)],
    }


LATER: dict[str, list[dict[str, Any]]] = {
    "revenue": [
        line("c3", "2026-07-01", 1e6),
        line("new", "2027-01-01", -5e5, currency="GBP"),
        line("", "2026-12-31", 77),
        line("c4", "2026-07-01", 104, invoice_id=4),
    ],
    "customers": [{"customer_id": "new", "name": "Customer 1", "segment": "c", "acquired_on": "2026-07-01"}],
    "fx": [{"month": "2026-07", "currency": "GBP", "rate": 99}, {"month": "2030-01", "currency": "GBP", "rate": 1}],
    "contracts": [{"contract_id": "later", "customer_id": "c1", "start_date": "2026-07-01", "end_date": "2029-01-01", "annual_value": 1e7}],
    "opportunities": [
        {"opportunity_id": "later", "created_on": "2026-07-01", "closed_on": "2026-08-01", "status": "lost", "amount": 1e7, "stage": "x"}
    ],
    "ledger": [{"month": "2026-07", "line": "recurring_revenue", "amount": 1e7}],
}


def told(room: Room) -> pd.DataFrame:
    facts = pd.concat([data_room(room).facts, revenue_quality(room).facts], ignore_index=True)
    return facts.reset_index(drop=True)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    tables = room_tables()
    return told(open_tiny(tmp_path_factory.mktemp("known"), tables.pop("revenue"), **tables))


@pytest.mark.parametrize("change", [*LATER, "all", "all, first", "all, twisted"])
def test_rows_dated_later_change_no_fact(tmp_path: Path, known: pd.DataFrame, change: str) -> None:
    tables = room_tables()
    for table, rows in LATER.items():
        if change == table or change.startswith("all"):
            twisted = [{key: (-3 if isinstance(value, float) else value) for key, value in row.items()} for row in reversed(rows)]
            extra = twisted if change == "all, twisted" else rows
            tables[table] = extra + tables[table] if change == "all, first" else tables[table] + extra
    pd.testing.assert_frame_equal(told(open_tiny(tmp_path, tables.pop("revenue"), **tables)), known, check_exact=True)


def test_rows_dated_later_are_counted(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room([line("a", "2026-06-30", 1), line("a", "2026-07-01", 2), line("a", "2026-07-02", 4)])
    entry = room.cleaning.set_index("id").loc["after_as_of/revenue"]
    assert (int(entry["rows"]), entry["table"], entry["turn_off"]) == (2, "revenue", "target.as_of")
    assert (room.described["lines"], room.described["revenue"]) == (1, 1.0)


def test_a_deal_that_closes_later_reads_as_open(tiny_room: Callable[..., Room]) -> None:
    deals = [
        {
            "opportunity_id": 1,
            "created_on": "2026-01-01",
            "closed_on": "2026-07-01",
            "status": "lost",
            "stage": "Lost",
            "loss_reason": "price",
        },
        {"opportunity_id": 2, "created_on": "2026-01-01", "closed_on": "2026-06-30", "status": "won", "stage": "Won"},
    ]
    found = tiny_room([line("a", "2026-01-01", 1)], opportunities=deals).table("opportunities").set_index("opportunity_id")
    assert found.loc["1", "status"] == "open" and found.loc["1", ["closed_on", "stage", "loss_reason"]].isna().all()
    assert found.loc["2", ["status", "stage"]].tolist() == ["won", "Won"]


def test_a_contract_that_ends_later_reads_as_active(tiny_room: Callable[..., Room]) -> None:
    base = {"customer_id": "a", "start_date": "2025-01-01", "annual_value": 5}
    contracts = [
        {"contract_id": 1, **base, "end_date": "2026-12-31", "status": "churned", "end_reason": "price"},
        {"contract_id": 2, **base, "end_date": "2026-06-30", "status": "churned", "end_reason": "price"},
    ]
    found = tiny_room([line("a", "2026-01-01", 1)], contracts=contracts).table("contracts").set_index("contract_id")
    assert found.loc["1", "status"] == "active" and pd.isna(found.loc["1", "end_reason"])
    assert pd.notna(found.loc["1", "end_date"]), "when it would end was known"
    assert found.loc["2", ["status", "end_reason"]].tolist() == ["churned", "price"]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("invoices", {"invoice_id": 1, "customer_id": "a", "issued_on": "2026-05-01", "amount": 5, "paid_on": "2026-07-01"}, "paid_on"),
        ("tickets", {"ticket_id": 1, "customer_id": "a", "opened_on": "2026-05-01", "closed_on": "2026-07-01"}, "closed_on"),
        ("leads", {"lead_id": 1, "created_on": "2026-05-01", "sql_on": "2026-07-01"}, "sql_on"),
        ("leads", {"lead_id": 1, "created_on": "2026-05-01", "responded_at": "2026-07-01 00:00:01"}, "responded_at"),
        ("reps", {"rep_id": 1, "hired_on": "2026-05-01", "left_on": "2026-07-01"}, "left_on"),
        ("contacts", {"contact_id": 1, "customer_id": "a", "left_on": "2026-07-01"}, "left_on"),
    ],
)
def test_later_events_on_rows_that_stay_are_blank(tiny_room: Callable[..., Room], table: str, row: dict[str, Any], column: str) -> None:
    other = {
        key: (
            value.replace("2026-07-01", "2026-06-30")
            if isinstance(value, str)
            else 2
            if str(key).endswith("_id") and key != "customer_id"
            else value
        )
        for key, value in row.items()
    }
    found = tiny_room([line("a", "2026-01-01", 1)], **{table: [row, other]}).table(table)
    assert found[column].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("period", "kept"), [("2026-06", True), ("2026-07", False), ("2026Q2", True), ("2026Q3", False), ("summer", False)]
)
def test_periods_written_in_words(tiny_room: Callable[..., Room], period: str, kept: bool) -> None:
    reported = [{"period": period, "metric": "nrr", "reported_by": "management", "value": 1}]
    assert len(tiny_room([line("a", "2026-01-01", 1)], reported=reported).table("reported")) == kept


def test_an_earlier_look_is_the_room_cut_by_hand(tmp_path: Path) -> None:
    tables = room_tables()
    file = write_deal(tmp_path / "whole", tables["revenue"], **{name: rows for name, rows in tables.items() if name != "revenue"})
    earlier = open_room(file, as_of="2026-02-28")
    cut = {
        name: [
            row
            for row in rows
            if str(next(row[key] for key in ("date", "month", "start_date", "created_on", "acquired_on") if key in row)) <= "2026-02-28"
        ]
        for name, rows in tables.items()
    }
    for deal in cut["opportunities"]:
        deal |= {"closed_on": "", "status": "open", "stage": ""}
    by_hand = open_tiny(tmp_path / "cut", cut.pop("revenue"), as_of="2026-02-28", **cut)
    assert f"{earlier.month:%Y-%m}" == "2026-02"
    pd.testing.assert_frame_equal(told(earlier), told(by_hand), check_exact=True)
    pd.testing.assert_frame_equal(earlier.cube, by_hand.cube)


def test_looking_again_from_the_evidence_is_intake_at_that_date(tmp_path: Path) -> None:
    tables = room_tables()
    file = write_deal(tmp_path, tables.pop("revenue"), **tables)
    whole = open_room(file)
    again, anew = open_room(whole.folder, as_of="2025-09-30"), open_room(file, as_of="2025-09-30")
    pd.testing.assert_frame_equal(again.cube, anew.cube)
    pd.testing.assert_frame_equal(told(again), told(anew), check_exact=True)
    pd.testing.assert_frame_equal(again.cleaning, anew.cleaning)
    pd.testing.assert_frame_equal(again.issues, anew.issues)
    same = open_room(whole.folder)
    assert same.folder == whole.folder and same.described == whole.described


def test_nothing_is_left_of_a_room_that_nobody_holds(tmp_path: Path) -> None:
    room = open_tiny(tmp_path, [line("a", "2026-01-01", 1)])
    folder = room.folder
    assert (folder / "room.json").is_file()
    del room
    assert not folder.exists()
