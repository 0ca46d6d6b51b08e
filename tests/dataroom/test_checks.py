"""Every check: found with its rows and its money, and not found in a clean room."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tiny import Rows, line, monthly, open_tiny

from diligence.dataroom.checks import CHECKS
from diligence.dataroom.room import Room
from diligence.facts.data_room import data_room
from diligence.facts.sheet import fact

CLEAN = monthly("a", "2025-01", "2026-06", 100, invoice_id="", product_id="p")
LISTED = [{"customer_id": "a", "name": "Alpha"}]
ALWAYS = {"left_truncation", "right_censoring"}
"""Every history has two ends."""


@dataclass(frozen=True)
class Case:
    """A room with one oddity, and the issue that tells it: code, table, rows, money."""

    check: str
    issue: tuple[str, str, int, float]
    says: str
    revenue: Rows = field(default_factory=lambda: CLEAN)
    more: dict[str, Any] = field(default_factory=dict)


def ids(old: str, new: str) -> list[dict[str, Any]]:
    """Twenty-four lines whose invoice numbers change their format half way."""
    return [
        line(who, f"2025-{month:02d}-05", 100, invoice_id=f"{old if month < 7 else new}{month}{who}")
        for month in range(1, 13)
        for who in "abcd"
    ]


CASES = [
    Case("orphans", ("orphan", "revenue", 18, 1800.0), "18 rows of revenue name 1 values of product_id that products lacks", more={"products": [{"product_id": "q", "name": "Q"}]}),
    Case("orphans", ("orphan", "nps", 1, 0.0), "1 rows of nps name 1 values of customer_id that customers lacks",
         more={"customers": LISTED, "nps": [{"respondent_id": 1, "customer_id": "z", "date": "2026-01-01", "score": 9}]}),
    Case("survivorship", ("survivorship", "customers", 2, 9.0), "1 customers have revenue and no row in the customer list",
         [*CLEAN, line("b", "2026-01-15", 4), line("b", "2026-02-15", 5)], {"customers": LISTED}),
    Case("survivorship", ("no_revenue", "customers", 1, 0.0), "1 listed customers have no revenue line", more={"customers": [*LISTED, {"customer_id": "b", "name": "Beta"}]}),
    Case("id_leaps", ("id_leap", "revenue", 24, 2400.0), "invoice_id changes its format in 2025-07", ids("R-", "2025/INV/"), {"as_of": "2025-12-31"}),
    Case("look_ahead", ("look_ahead", "revenue", 3, 300.0), "3 lines dated before their product was launched: revenue.product_id stands as of today",
         more={"products": [{"product_id": "p", "name": "P", "launched_on": "2025-03-15"}]}),
    Case("look_ahead", ("look_ahead", "opportunities", 1, 0.0), "1 opportunities closed before their rep was hired: opportunities.rep_id stands as of today",
         more={"reps": [{"rep_id": "r", "hired_on": "2026-01-01"}],
               "opportunities": [{"opportunity_id": 1, "created_on": "2025-01-01", "closed_on": "2025-03-01", "status": "won", "rep_id": "r"}]}),
    Case("segments_as_of_today", ("look_ahead", "customers", 1, 1800.0), "1 customers stand in another segment than their last won opportunity: customers.segment stands as of today",
         more={"customers": [{"customer_id": "a", "name": "Alpha", "segment": "large"}],
               "opportunities": [{"opportunity_id": 1, "customer_id": "a", "created_on": "2024-11-01", "closed_on": "2025-01-01", "status": "won", "segment": "small"},
                                 {"opportunity_id": 2, "customer_id": "a", "created_on": "2025-11-01", "closed_on": "2026-01-01", "status": "lost", "segment": "large"}]}),
    Case("missing_months", ("missing_month", "spend", 1, 0.0), "spend has no row for 2026-02",
         more={"spend": [{"month": month, "channel": "search", "amount": 1} for month in ("2026-01", "2026-03")]}),
    Case("left_truncation", ("left_truncation", "revenue", 1, 100.0), "1 customers bill in the first month, 2025-01: their history starts earlier than the data"),
    Case("right_censoring", ("right_censoring", "revenue", 1, 100.0), "1 customers bill in the last whole month, 2026-06: their lifetimes are still open"),
    Case("billing_gaps", ("billing_gap", "revenue", 1, 100.0), "1 customers fall silent for one to three months and come back at much the same money",
         [*CLEAN, *monthly("b", "2025-01", "2025-08", 100), *monthly("b", "2025-11", "2026-06", 100)]),
    Case("incomplete_month", ("incomplete_month", "revenue", 1, 100.0), "2026-06 is not whole at the as-of date", more={"as_of": "2026-06-20"}),
    Case("zero_lines", ("zero_line", "revenue", 1, 0.0), "1 revenue lines are of zero", [*CLEAN, line("a", "2026-01-15", 0, quantity=3)]),
    Case("negative_lines", ("negative_line", "revenue", 1, -40.0), "1 lines are negative, the first in 2026-01", [*CLEAN, line("a", "2026-01-15", -40)]),
    Case("negative_balances", ("negative_balance", "revenue", 1, -5.0), "1 customer months are below zero after credit notes",
         [*CLEAN, line("b", "2026-01-15", -5)]),
    Case("outlier_lines", ("outlier_line", "revenue", 1, 5000.0), "1 lines are twenty times what their customer usually pays for the product, the first in row 20",
         [*CLEAN, line("a", "2026-01-15", 5000, product_id="p")]),
    Case("possible_duplicates", ("possible_duplicate", "revenue", 1, 60.0), "1 lines equal another in every column, and no invoice number tells whether they are the same sale",
         [line("a", "2026-01-15", 60)] * 2 + monthly("a", "2025-01", "2026-06", 100)),
    Case("unnamed_products", ("no_product", "revenue", 1, 7.0), "1 lines name no product", [*CLEAN, line("a", "2026-01-15", 7, product_id="")]),
    Case("wild_prices", ("wild_price", "revenue", 1, 10.0), "1 lines have a unit price five times off their product's median",
         [line("a", "2026-01-15", 10, product_id="p", quantity=1)] * 40 + [line("a", "2026-01-16", 10, product_id="p", quantity=1000)]),
    Case("unread_columns", ("unread_column", "revenue", 1, 0.0), "revenue has columns that nothing reads: Colour", [{**row, "Colour": "red"} for row in CLEAN]),
]  # fmt: skip
ELSEWHERE = {"unread_files", "hidden_sheets", "unpadded_ids", "customers_told"}
"""Checks that tell what reading and the joining of customers found: tested where that is found, and below."""


def test_every_check_has_a_case() -> None:
    assert {case.check for case in CASES} | ELSEWHERE == {check.__name__ for check in CHECKS}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.check}-{case.issue[1]}" for case in CASES])
def test_a_check_finds_its_rows_and_the_money_behind_them(tmp_path: Path, case: Case) -> None:
    room = open_tiny(tmp_path, case.revenue, **case.more)
    found = room.issues[room.issues["code"] == case.issue[0]]
    told = [(row.code, row.table, int(row.rows), round(float(row.amount), 4)) for row in found.itertuples()]
    assert told == [case.issue]
    entry = found.iloc[0]
    assert entry["message"].startswith(case.says) and entry["do"]
    assert entry["share"] == pytest.approx(abs(case.issue[3]) / room.described["absolute_revenue"])


def test_a_clean_room_has_two_ends_and_nothing_else(tiny_room: Callable[..., Room]) -> None:
    assert set(tiny_room(CLEAN, customers=LISTED).issues["code"]) == ALWAYS


def test_a_file_that_nothing_reads_is_named(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "Board pack.pdf").write_bytes(b"%PDF")
    (tmp_path / "room" / "README.md").write_text("what this is", encoding="utf-8")
    issue = open_tiny(tmp_path, CLEAN).issues.set_index("code").loc["unread_file"]
    assert issue["message"] == "1 file of the room is read by no table: Board pack.pdf"


def test_issues_with_the_most_money_come_first(tiny_room: Callable[..., Room]) -> None:
    amounts = tiny_room([*CLEAN, line("a", "2026-01-15", -40), line("a", "2026-01-15", 7, product_id="")]).issues["amount"].abs().tolist()
    assert amounts == sorted(amounts, reverse=True)


def test_both_ends_of_the_history_are_facts(tiny_room: Callable[..., Room]) -> None:
    """Of four customers two are there in the first month and one of them to the last, as is a third that came later."""
    rows = monthly("a", "2025-01", "2026-06", 1) + monthly("b", "2025-01", "2025-09", 1) + monthly("c", "2025-06", "2026-06", 1)
    facts = data_room(tiny_room([*rows, *monthly("d", "2025-06", "2025-12", 1)])).facts
    assert fact(facts, "data.left_truncated")["value"] == 2 / 4
    assert fact(facts, "data.right_censored")["value"] == 2 / 4
    assert fact(facts, "data.look_ahead")["value"] == 0.0
