"""Lines that stand twice, and lines that only look so."""

from collections.abc import Callable

import pytest
from tiny import line, repaired

from diligence.dataroom.room import Room


def revenue(room: Room) -> float:
    return float(room.described["revenue"])


def test_two_equal_lines_without_an_invoice_may_be_two_sales(tiny_room: Callable[..., Room]) -> None:
    for rows in ([line("a", "2026-01-31", 12)] * 2, [line("a", "2026-01-31", 12, invoice_id="")] * 2):
        room = tiny_room(rows)
        assert (revenue(room), "duplicate_lines" in repaired(room)) == (24.0, False)


def test_a_line_that_differs_in_one_column_is_no_duplicate(tiny_room: Callable[..., Room]) -> None:
    base = {"invoice_id": "1", "product_id": "p", "quantity": 1, "kind": "recurring"}
    rows = [line("a", "2026-01-31", 12, **base)]
    rows += [
        line("a", "2026-01-31", 12, **(base | change))
        for change in ({"invoice_id": "2"}, {"product_id": "q"}, {"quantity": 2}, {"kind": "usage"})
    ]
    rows += [line("b", "2026-01-31", 12, **base), line("a", "2026-01-30", 12, **base), line("a", "2026-01-31", 12.0001, **base)]
    assert "duplicate_lines" not in repaired(tiny_room(rows))


def test_duplicates_in_another_currency_are_told_in_the_deals(tiny_room: Callable[..., Room]) -> None:
    rows = [line("a", "2026-01-15", 10, currency="GBP", invoice_id="1")] * 2
    room = tiny_room(rows, fx=[{"month": "2026-01", "currency": "GBP", "rate": 1.25}])
    assert repaired(room)["duplicate_lines"] == (1, 12.5)
    assert (room.described["revenue_as_given"], revenue(room)) == (25.0, 12.5), "as given is before any repair but conversion"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("RE-1001", "RE1001", True),
        ("RE-1001", "re 01001", True),
        ("RE-1001", "RE-1001-COPY", True),
        ("RE-1001", "RE-1001-R", True),
        ("RE-1001-1", "RE-1001-2", False),
        ("RE-1001-A", "RE-1001-B", False),
        ("RE-1001", "RE-1002", False),
        ("RE-1001", "RG-1001", False),
    ],
)
def test_a_retyped_number_is_the_same_and_a_second_delivery_is_not(
    tiny_room: Callable[..., Room], one: str, other: str, same: bool
) -> None:
    room = tiny_room([line("a", "2026-01-31", 12, invoice_id=one), line("a", "2026-02-03", 12, invoice_id=other)])
    assert ("near_duplicate_lines" in repaired(room)) is same


def test_the_same_number_a_month_later_is_another_invoice(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room([line("a", "2026-01-31", 12, invoice_id="7"), line("a", "2026-02-28", 12, invoice_id="7")])
    assert revenue(room) == 24.0
