"""Each class in a room whose books differ for exactly that reason; amounts worked by hand, to the cent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import line, monthly

from diligence.dataroom.room import Room, open_room
from diligence.dataroom.tieout.classes import CLASSES, UNIT, Reason, explain
from diligence.dataroom.tieout.statement import COLUMNS

Build = Callable[..., Room]
FIRST, LAST = "2025-07", "2026-06"
MONTHS = [f"{day:%Y-%m}" for day in pd.date_range(f"{FIRST}-01", f"{LAST}-01", freq="MS")]


def ledger(amount: float = 300, line: str = "revenue", **months: float) -> list[dict[str, Any]]:
    """A ledger of one amount a month; ``m2026_03 = 5`` is another."""
    return [{"month": f"{month}-01", "line": line, "amount": months.get(f"m{month.replace('-', '_')}", amount)} for month in MONTHS]


def base(**more: Any) -> list[dict[str, Any]]:
    return monthly("a", FIRST, LAST, 100, **more) + monthly("b", FIRST, LAST, 200, **more)


def explained(room: Room, source: str = "ledger, revenue") -> dict[str, dict[str, float]]:
    """What each month gives to each class and leaves, for months that differ."""
    frame = room.tieout
    frame = frame[(frame["source_b"] == source) & (frame["residual"] != 0)].set_index("month")
    kinds = [*CLASSES, "unexplained"]
    return {month: {kind: round(row[kind], 4) for kind in kinds if row[kind]} for month, row in frame.iterrows()}


def test_a_room_that_ties_to_the_cent(tiny_room: Build) -> None:
    frame = tiny_room(base(), ledger=ledger()).tieout
    assert list(frame.columns) == COLUMNS
    assert list(frame.columns[:9]) == [
        "month",
        "source_a",
        "source_b",
        "amount_a",
        "amount_b",
        "residual",
        "explained_by",
        "explained",
        "unexplained",
    ]
    assert (frame["residual"] == 0).all() and set(frame["status"]) == {"ties"} and frame["month"].tolist() == MONTHS


def test_no_other_book_is_no_row(tiny_room: Build) -> None:
    frame = tiny_room(base()).tieout
    assert frame.empty and list(frame.columns) == COLUMNS


def test_credit_notes_in_the_month_they_cancel(tiny_room: Build) -> None:
    """The last line of b, March's 200, is credited in May: ours counts it in March, the ledger in May."""
    room = tiny_room([*monthly("a", FIRST, LAST, 100), *monthly("b", FIRST, "2026-03", 200), line("b", "2026-05-20", -200)],
                     ledger=ledger(m2026_04=100, m2026_05=-100, m2026_06=100))  # fmt: skip
    assert explained(room) == {"2026-03": {"credit_notes": -200.0}, "2026-05": {"credit_notes": 200.0}}


def test_credit_notes_booked_a_month_later(tiny_room: Build) -> None:
    """A credit of 30 of its own month, which no line equals; the ledger takes it in April."""
    room = tiny_room([*base(), line("a", "2026-03-20", -30)], ledger=ledger(m2026_04=270), off=["negative_balance"])
    assert explained(room) == {"2026-03": {"credit_notes": -30.0}, "2026-04": {"credit_notes": 30.0}}
    words = room.tieout.set_index("month")["explained_by"]
    assert words["2026-03"] == words["2026-04"] == "credit notes that the ledger books a month later"


def test_timing_where_the_ledger_books_on_the_invoice(tiny_room: Build) -> None:
    """900 over the 90 days of January to March 2026: 310, 280 and 310; the ledger has all of it in January."""
    rows = [*base(), line("c", "2026-01-05", 900, service_start="2026-01-01", service_end="2026-03-31")]
    found = explained(tiny_room(rows, ledger=ledger(m2026_01=1200)))
    assert found == {"2026-01": {"timing": 310.0 - 900}, "2026-02": {"timing": 280.0}, "2026-03": {"timing": 310.0}}


@pytest.mark.parametrize(
    ("books", "expected"),
    [
        ({"m2026_02": 250, "m2026_03": 350}, {"2026-02": {"timing": 50.0}, "2026-03": {"timing": -50.0}}),
        ({"m2026_02": 250, "m2026_04": 350}, {"2026-02": {"timing": 50.0}, "2026-04": {"timing": -50.0}}),
        ({"m2026_02": 250, "m2026_03": 347}, {"2026-02": {"timing": 50.0}, "2026-03": {"timing": -50.0, "unexplained": 3.0}}),
        ({"m2026_02": 250, "m2026_03": 330}, {"2026-02": {"unexplained": 50.0}, "2026-03": {"unexplained": -30.0}}),
        ({"m2025_08": 250, "m2026_04": 350}, {"2025-08": {"unexplained": 50.0}, "2026-04": {"unexplained": -50.0}}),
    ],
    ids=["next month", "two months on", "to a tenth", "not to a tenth", "too late"],
)
def test_timing_where_the_months_after_reverse_it(tiny_room: Build, books: dict[str, float], expected: dict[str, Any]) -> None:
    assert explained(tiny_room(base(), ledger=ledger(**books))) == expected


def test_fx_where_the_ledger_takes_the_rate_of_the_month_served(tiny_room: Build) -> None:
    """100 pounds for February and March (28 and 31 days of 59), invoiced in February at 1.10; March is at 1.20.

    March's part is 100 x 31 / 59 = 52.5423 (floor to a ten-thousandth: 1,000,000 x 59 / 59 less 1,000,000 x 28 / 59 = 474,576 gives
    525,424 ticks): at 1.20 it is 63.0509, at 1.10 ours is 110 less 52.2033 = 57.7967; the difference is -5.2542.
    """
    rows = [*base(currency="EUR"), line("g", "2026-02-03", 100, currency="GBP", service_start="2026-02-01", service_end="2026-03-31")]
    fx = [{"month": f"{month}-01", "currency": "GBP", "rate": 1.2 if month >= "2026-03" else 1.1} for month in MONTHS]
    room = tiny_room(rows, ledger=ledger(m2026_02=352.2033, m2026_03=363.0509), fx=fx)
    assert explained(room) == {"2026-03": {"fx": -5.2542}}
    assert room.tieout.set_index("month")["explained_by"]["2026-03"] == (
        "the ledger converts at the rate of the month served, the lines at that of the invoice"
    )


def test_perimeter_of_an_acquired_company(tiny_room: Build) -> None:
    """The lines hold the acquired customer from January, the ledger from April."""
    rows = [*base(), *monthly("bought", "2026-01", LAST, 70)]
    customers = [{"customer_id": name, "sourced_by": by} for name, by in (("a", "sales"), ("b", "sales"), ("bought", "acquisition"))]
    room = tiny_room(rows, customers=customers, ledger=ledger(m2026_04=370, m2026_05=370, m2026_06=370))
    assert explained(room) == {month: {"perimeter": 70.0} for month in ("2026-01", "2026-02", "2026-03")}


def test_perimeter_within_the_group(tiny_deal: Callable[..., Path]) -> None:
    """A name of four letters is too short to know a group by; a whole name is not."""
    rows = [*base(), *monthly("own", FIRST, LAST, 45)]
    customers = [
        {"customer_id": "own", "name": "Tiny Widgets UK Ltd"},
        {"customer_id": "a", "name": "Other"},
        {"customer_id": "b", "name": "Another"},
    ]
    file = tiny_deal(rows, customers=customers, ledger=ledger())
    assert set(open_room(file).tieout["status"]) == {"open"}
    kept = '\n[repairs]\noff = ["intercompany_customer"]\n'
    file.write_text(file.read_text(encoding="utf-8").replace('"Tiny"', '"Tiny Widgets GmbH"') + kept, encoding="utf-8")
    named = open_room(file)
    assert explained(named) == {month: {"perimeter": 45.0} for month in MONTHS}
    assert set(named.tieout["explained_by"]) == {"revenue within the group"}


@pytest.mark.parametrize(("book", "sign"), [("revenue", 1), ("recurring_revenue", -1)])
def test_services_that_the_line_leaves_out_or_includes(tiny_room: Build, book: str, sign: int) -> None:
    """Revenue without services, or recurring revenue with them: 80 in February, 95.50 in May."""
    rows = [*base(kind="recurring"), line("a", "2026-02-10", 80, kind="services"), line("a", "2026-05-10", 95.5, kind="services")]
    months = {"m2026_02": 380, "m2026_05": 395.5} if book == "recurring_revenue" else {}
    room = tiny_room(rows, ledger=ledger(line=book, **months))
    assert explained(room, f"ledger, {book}") == {"2026-02": {"services": sign * 80.0}, "2026-05": {"services": sign * 95.5}}


def reported(value: float, metric: str, by: str = "finance", **months: float) -> list[dict[str, Any]]:
    return [
        {"period": month, "metric": metric, "reported_by": by, "value": months.get(f"m{month.replace('-', '_')}", value)}
        for month in MONTHS
    ]


def test_what_is_reported_by_month_is_taken_apart_like_a_ledger(tiny_room: Build) -> None:
    """Finance reports revenue without services, management the same months with 50 too much in April; a ratio has no months to hold."""
    rows = [*base(kind="recurring"), line("a", "2026-02-10", 80, kind="services"), line("a", "2026-05-10", 95.5, kind="services")]
    given = reported(300, "Net revenue") + reported(300, "MRR", "management", m2026_04=350) + reported(1.02, "nrr")
    room = tiny_room(rows, reported=given)
    assert set(room.tieout["source_b"]) == {"reported by finance, net_revenue", "reported by management, mrr"}
    assert explained(room, "reported by finance, net_revenue") == {"2026-02": {"services": 80.0}, "2026-05": {"services": 95.5}}
    assert "services that the report's line leaves out" in set(room.tieout["explained_by"])
    assert explained(room, "reported by management, mrr") == {"2026-04": {"unexplained": -50.0}}


def test_repairs_that_left_a_line_out(tiny_room: Build) -> None:
    rows = [*base(), line("c", "2026-02-10", 60, invoice_id="i1"), line("c", "2026-02-10", 60, invoice_id="i1")]
    room = tiny_room(rows, ledger=ledger(m2026_02=420))
    assert explained(room) == {"2026-02": {"repairs": -60.0}}
    assert room.tieout.set_index("month")["explained_by"]["2026-02"] == "lines that stand twice, left out here"


def test_repairs_that_bridged_a_month(tiny_room: Build) -> None:
    rows = [row for row in base() if not row["date"].startswith("2026-02")]
    room = tiny_room(rows, ledger=ledger(m2026_02=0), deal='[defaults]\nregime = "contractual"\n')
    assert explained(room) == {"2026-02": {"repairs": 300.0}}


def test_two_reasons_in_one_month(tiny_room: Build) -> None:
    rows = [*base(), line("a", "2026-02-10", 80, kind="services"), *monthly("bought", "2026-02", "2026-02", 70)]
    customers = [{"customer_id": name, "sourced_by": by} for name, by in (("a", ""), ("b", ""), ("bought", "acquisition"))]
    assert explained(tiny_room(rows, customers=customers, ledger=ledger())) == {"2026-02": {"perimeter": 70.0, "services": 80.0}}


def test_what_no_row_gives_is_unexplained(tiny_room: Build) -> None:
    """Services of 80 in February do not explain 55; nor does one chance meeting to a tenth (services of 57 for 55 in May)."""
    rows = [*base(), line("a", "2026-02-10", 80, kind="services"), line("a", "2026-05-10", 57, kind="services")]
    room = tiny_room(rows, ledger=ledger(m2026_02=325, m2026_05=302))
    assert explained(room) == {"2026-02": {"unexplained": 55.0}, "2026-05": {"unexplained": 55.0}}


def test_verdicts_of_months(tiny_room: Build) -> None:
    """Tolerance 0.5% of 100,000 is 500; materiality 1% of twelve months' revenue, 1.2 million, is 12,000."""
    rows = monthly("a", FIRST, LAST, 100_000)
    books = ledger(100_000, m2025_09=99_700, m2025_12=95_000, m2026_03=70_000, m2026_06=100_000.5)
    frame = tiny_room(rows, ledger=books).tieout.set_index("month")
    assert frame.loc[["2025-08", "2025-09", "2025-12", "2026-03", "2026-06"], "status"].tolist() == [
        "ties", "within tolerance", "immaterial", "open", "ties",
    ]  # fmt: skip
    assert frame.loc["2025-08", ["tolerance", "materiality"]].tolist() == [500.0, 12_000.0]
    wide = tiny_room(rows, ledger=books, deal="[tieout]\ntolerance = 0.06\nmateriality = 0.05\n").tieout.set_index("month")
    assert wide.loc[["2025-12", "2026-03"], "status"].tolist() == ["within tolerance", "immaterial"]


ticks = st.integers(-10_000_000, 10_000_000)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), size=st.integers(1, 8), flow=st.booleans())
def test_classes_and_the_rest_are_the_difference(data: st.DataObject, size: int, flow: bool) -> None:
    numbers = st.lists(ticks, min_size=size, max_size=size).map(np.array)
    residual = data.draw(numbers)
    reasons = [Reason(kind, kind, data.draw(st.one_of(st.just(residual), numbers)), kind == "credit_notes") for kind in CLASSES]
    months = np.cumsum(data.draw(st.lists(st.integers(1, 2), min_size=size, max_size=size)))
    found = explain(months, residual, reasons, data.draw(numbers), flow=flow)
    assert (sum(found.classes.values()) + found.rest == residual).all()
    untouched = np.abs(residual) <= UNIT
    assert all((amount[untouched] == 0).all() or kind in ("credit_notes", "timing") for kind, amount in found.classes.items())
