"""Credits: which line takes back which, and which is left where it stands."""

from collections.abc import Callable
from typing import Any

import pytest
from tiny import line, lines_of, months, repaired

from diligence.dataroom.room import Room

"""Which line a credit note belongs to."""


def cases(tiny_room: Callable[..., Room], *credit_and_bills: dict[str, Any], off: tuple[str, ...] = ()) -> dict[str, float]:
    return months(tiny_room([*credit_and_bills, line("z", "2026-06-01", 1)], off=off))


def test_the_latest_equal_line_before_it(tiny_room: Callable[..., Room]) -> None:
    bills = [line("a", f"2026-0{month}-15", 100, product_id="p") for month in (1, 2, 4)]
    found = cases(tiny_room, *bills, line("a", "2026-03-20", -100, product_id="p"))
    assert found == {"2026-01": 100.0, "2026-04": 100.0, "2026-06": 1.0}


def test_not_of_another_customer_product_or_amount_nor_a_later_line(tiny_room: Callable[..., Room]) -> None:
    bills = [
        line("b", "2026-01-15", 100, product_id="p"),
        line("a", "2026-01-15", 100, product_id="q"),
        line("a", "2026-01-15", 99, product_id="p"),
    ]
    bills += [line("a", "2026-05-15", 100, product_id="p"), line("a", "2024-12-01", 100, product_id="p")]
    found = cases(tiny_room, *bills, line("a", "2026-03-20", -100, product_id="p"), off=("negative_balance",))
    assert found["2026-03"] == -100.0


def test_one_line_is_credited_once(tiny_room: Callable[..., Room]) -> None:
    found = cases(
        tiny_room, line("a", "2026-01-15", 100), *[line("a", f"2026-0{month}-20", -100) for month in (2, 3)], off=("negative_balance",)
    )
    assert found == {"2026-03": -100.0, "2026-06": 1.0}


def test_a_part_credit_takes_the_service_period_of_its_invoice(tiny_room: Callable[..., Room]) -> None:
    bill = line("a", "2026-01-01", 365, invoice_id="1", service_start="2026-01-01", service_end="2026-12-31")
    room = tiny_room([bill, line("a", "2026-03-20", -36.5, invoice_id="1")])
    assert months(room) == {"2026-01": 27.9, "2026-02": 25.2, "2026-03": 27.9, "2026-04": 27.0, "2026-05": 27.9, "2026-06": 27.0}


def test_a_month_that_a_service_period_covers_is_not_below_zero(tiny_room: Callable[..., Room]) -> None:
    """A year of 1,200 and a goodwill credit of 50 in March: March accrues a hundred, so the credit stays there."""
    room = tiny_room([line("a", "2026-01-01", 1200, service_start="2026-01-01", service_end="2026-12-31"), line("a", "2026-03-20", -50)])
    assert "negative_balance" not in repaired(room)
    assert months(room)["2026-03"] == pytest.approx(1200 * 31 / 365 - 50, abs=1e-4)


def test_shares_of_a_credit_add_up_to_it(tiny_room: Callable[..., Room]) -> None:
    """In another currency each share is rounded to the tick, and together they are the credit converted."""
    bills = [line("a", f"2026-0{month}-15", amount, currency="GBP") for month, amount in ((1, 33.33), (2, 33.33), (3, 33.34))]
    fx = [{"month": f"2026-0{month}", "currency": "GBP", "rate": 1.1777} for month in range(1, 7)]
    room = tiny_room([*bills, line("a", "2026-05-15", -100, currency="GBP")], fx=fx)
    assert repaired(room)["refund_spread"] == (1, -117.77)
    shares = lines_of(room).query("ticks < 0")["ticks"]
    assert (len(shares), shares.sum()) == (3, -1_177_700)
