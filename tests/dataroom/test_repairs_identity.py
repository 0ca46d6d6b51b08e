"""Books of customers that were bought, told from new customers and from a change of ids."""

from collections.abc import Callable

from tiny import monthly

from diligence.dataroom.room import Room


def books(room: Room) -> list[str]:
    return [row.id for row in room.cleaning.itertuples() if row.repair == "acquired_book"]


def test_a_counter_that_rolls_over_is_no_book(tiny_room: Callable[..., Room]) -> None:
    old = [row for k in range(3) for row in monthly(f"C{997 + k}", "2025-01", "2026-06", 10)]
    new = [row for k in range(6) for row in monthly(f"C{1000 + k}", "2026-03", "2026-06", 10)]
    assert books(tiny_room(old + new)) == []


def test_customers_older_than_their_first_invoice_are(tiny_room: Callable[..., Room]) -> None:
    old = monthly("C1", "2025-01", "2026-06", 10)
    new = [row for k in range(6) for row in monthly(f"C{2 + k}", "2026-03", "2026-06", 10)]
    listed = [{"customer_id": f"C{k}", "name": f"Firm {k}", "acquired_on": "2020-01-01" if k > 1 else "2025-01-01"} for k in range(1, 8)]
    assert books(tiny_room(old + new, customers=listed)) == ["acquired_book/2026-03"]


def test_a_change_of_ids_is_no_book(tiny_room: Callable[..., Room]) -> None:
    old = [row for k in range(6) for row in monthly(f"C{k}", "2025-01", "2026-02", 10 + k)]
    new = [row for k in range(6) for row in monthly(f"KD-{70 + k}", "2026-03", "2026-06", 10 + k)]
    assert books(tiny_room(old + new)) == []
