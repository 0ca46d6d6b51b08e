"""Quarters, half-years and years billed as one lump, and months that the export lacks."""

from collections.abc import Callable

import pandas as pd
from tiny import line, monthly, months

from diligence.dataroom.room import Room


def spread(room: Room) -> set[int]:
    return set(pd.read_parquet(room.folder / "repaired_rows.parquet").query("id == 'lump_spread'")["source_row"])


def test_repeat_purchase_is_left_alone(tiny_room: Callable[..., Room]) -> None:
    """Wholesale customers buy when they need to: some do so every third month for a while."""
    days = ["2025-01-03", "2025-02-17", "2025-02-20", "2025-06-01", "2025-11-30", "2026-01-15", "2026-05-02"]
    rows = [line(f"w{k}", day, 100 + k * n) for k in range(12) for n, day in enumerate(days)]
    rows += [line("q", f"{month}-05", 100) for month in ("2025-01", "2025-04", "2025-07", "2025-10")]
    assert spread(tiny_room(rows)) == set()


def test_a_first_year_takes_the_rhythm_of_its_product(tiny_room: Callable[..., Room]) -> None:
    """Three customers renew every January; a fourth has paid one year so far: June is a twelfth of each."""
    rows = [line(who, f"{year}-01-01", 365, product_id="p") for who in "abc" for year in (2024, 2025, 2026)]
    room = tiny_room([*rows, line("d", "2026-01-01", 365, product_id="p")])
    assert len(spread(room)) == 10
    assert months(room)["2026-06"] == 4 * 30.0


def test_one_invoice_alone_has_no_rhythm(tiny_room: Callable[..., Room]) -> None:
    assert (
        spread(tiny_room([line("d", "2026-01-01", 365, product_id="p"), *monthly("a", "2025-01", "2026-06", 100, product_id="q")])) == set()
    )


def test_a_quarter_that_was_skipped_stays_empty(tiny_room: Callable[..., Room]) -> None:
    """Billed for six quarters, silent for one, billed again: the rhythm holds, the gap is a gap."""
    days = [month for year in (2024, 2025) for month in (f"{year}-01", f"{year}-04", f"{year}-07", f"{year}-10")] + ["2026-04"]
    room = tiny_room([line("a", f"{day}-01", 91) for day in days])
    assert {"2026-01", "2026-02", "2026-03"} & set(months(room)) == set()
    assert months(room)["2026-05"] == 31.0


def test_three_months_in_a_row_are_not_bridged(tiny_room: Callable[..., Room]) -> None:
    rows = monthly("a", "2025-01", "2025-12", 10) + monthly("a", "2026-04", "2026-06", 10)
    assert set(months(tiny_room(rows))) & {"2026-01", "2026-02", "2026-03"} == set()


def test_who_left_before_the_gap_or_came_after_it_is_not_filled(tiny_room: Callable[..., Room]) -> None:
    rows = monthly("a", "2025-01", "2025-12", 10) + monthly("a", "2026-02", "2026-06", 12)
    rows += monthly("left", "2025-01", "2025-12", 10) + monthly("came", "2026-02", "2026-06", 10)
    room = tiny_room(rows)
    filled = room.cube[room.cube["month"] == "2026-01-01"]
    assert filled[["customer_id", "amount"]].values.tolist() == [["a", 10.0]]


def test_where_customers_repeat_a_month_without_sales_is_a_month_without_sales(tiny_room: Callable[..., Room]) -> None:
    rows = monthly("a", "2025-01", "2025-12", 10) + monthly("a", "2026-02", "2026-06", 10)
    assert "2026-01" not in months(tiny_room(rows, deal='[defaults]\nregime = "repeat"'))
