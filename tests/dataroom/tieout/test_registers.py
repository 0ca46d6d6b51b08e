"""Lines against the invoice register and the contracts: by month, invoice by invoice, customer by customer; the proof of billings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_classes import FIRST, LAST, MONTHS, base, explained
from tiny import line, monthly

from diligence.dataroom.room import Room, open_room
from diligence.facts.data_room import data_room
from diligence.facts.sheet import fact

Build = Callable[..., Room]


def invoiced(rows: list[dict[str, Any]], **changes: Any) -> list[dict[str, Any]]:
    """The register of these lines; ``i3 = {...}`` changes an invoice, None leaves it out."""
    listed = []
    for row in rows:
        own = {"invoice_id": row["invoice_id"], "customer_id": row["customer_id"], "issued_on": row["date"], "amount": row["amount"]}
        change = changes.get(row["invoice_id"], {})
        if change is not None:
            listed.append({**own, **change})
    return listed


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "invoice_id": f"i{place}"} for place, row in enumerate(rows, 1)]


LINES = numbered(monthly("a", FIRST, LAST, 100))


def test_a_register_that_agrees(tiny_room: Build) -> None:
    room = tiny_room(LINES, invoices=invoiced(LINES))
    assert set(room.tieout["source_b"]) == {"invoices"} and (room.tieout["residual"] == 0).all()
    assert room.tieout_items.empty
    facts = data_room(room).facts
    assert fact(facts, "data.invoices_residual")["value"] == 0 and fact(facts, "data.invoices_differ")["value"] == 0
    assert fact(facts, "data.ledger_residual")["reason"] == "not given: ledger"


def test_invoice_by_invoice(tiny_room: Build) -> None:
    """i3 lacks in the register, i5 is 40 less there, i7 of the register (250) has no line of that number."""
    rows = [row for row in LINES if row["invoice_id"] != "i7"]
    listed = [*invoiced(LINES, i3=None, i5={"amount": 60}, i7={"amount": 250})]
    items = tiny_room(rows, invoices=listed, off=["missing_month"]).tieout_items
    assert items[["register", "item", "difference", "amount_a", "amount_b", "residual"]].to_numpy().tolist() == [
        ["invoices", "i7", "in the register only", 0.0, 250.0, -250.0],
        ["invoices", "i3", "in the lines only", 100.0, 0.0, 100.0],
        ["invoices", "i5", "amounts differ", 100.0, 60.0, 40.0],
    ]


def test_an_invoice_dated_in_another_month_is_timing(tiny_room: Build) -> None:
    room = tiny_room(LINES, invoices=invoiced(LINES, i4={"issued_on": "2025-12-02"}, i2={"issued_on": "2026-02-02"}))
    assert explained(room, "invoices") == {
        "2025-08": {"timing": 100.0}, "2025-10": {"timing": 100.0}, "2025-12": {"timing": -100.0}, "2026-02": {"timing": -100.0},
    }  # fmt: skip


def test_a_register_without_credit_notes(tiny_room: Build) -> None:
    rows = [*LINES, line("a", "2026-03-20", -35, invoice_id="k1")]
    room = tiny_room(rows, invoices=invoiced(LINES))
    assert explained(room, "invoices") == {"2026-03": {"credit_notes": -35.0}}
    assert room.tieout_items["item"].tolist() == ["k1"]


def test_a_register_in_the_customers_currency(tiny_room: Build) -> None:
    rows = numbered([*monthly("a", FIRST, LAST, 100, currency="EUR"), line("g", "2026-02-03", 50, currency="GBP")])
    fx = [{"month": f"{month}-01", "currency": "GBP", "rate": 1.2} for month in MONTHS]
    assert explained(tiny_room(rows, invoices=invoiced(rows), fx=fx), "invoices") == {"2026-02": {"fx": 10.0}}


def test_contracts_against_what_is_billed(tiny_room: Build) -> None:
    """a: 1,200 a year under a contract of 1,150; b bills 2,400 without one; c's contract of 600 is not billed."""
    contracts = [
        {"contract_id": 1, "customer_id": "a", "start_date": "2025-01-01", "end_date": "2026-12-31", "annual_value": 1150},
        {"contract_id": 2, "customer_id": "c", "start_date": "2026-05-01", "end_date": "", "annual_value": 600},
    ]
    room = tiny_room(base(), contracts=contracts)
    last = room.tieout.iloc[-1]
    assert last[["source_a", "source_b", "amount_a", "amount_b", "residual"]].tolist() == [
        "recurring lines, annualised", "contracts, annual value in force", 3600.0, 1750.0, 1850.0,
    ]  # fmt: skip
    assert last[["coverage", "unexplained"]].tolist() == [1800.0, 50.0]
    assert room.tieout_items[["item", "difference", "residual"]].to_numpy().tolist() == [
        ["b", "billed without a contract", 2400.0],
        ["c", "contract without billing", -600.0],
        ["a", "amounts differ", 50.0],
    ]
    facts = data_room(room).facts
    assert fact(facts, "data.contracts_residual")["value"] == pytest.approx(1850 / 1750)
    assert (fact(facts, "data.uncontracted")["value"], fact(facts, "data.unbilled")["value"]) == (2400.0, 600.0)


def test_a_contract_counts_to_its_last_day(tiny_room: Build) -> None:
    """One contract to the end of December, its renewal from January: no month is without."""
    contracts = [
        {"contract_id": 1, "customer_id": "a", "start_date": "2025-07-01", "end_date": "2025-12-31", "annual_value": 1200},
        {"contract_id": 2, "customer_id": "a", "start_date": "2026-01-01", "end_date": "2026-12-31", "annual_value": 1200},
    ]
    assert (tiny_room(monthly("a", FIRST, LAST, 100), contracts=contracts).tieout["residual"] == 0).all()


ANNUAL = [line("a", "2025-07-01", 3650, service_start="2025-07-01", service_end="2026-06-30", invoice_id="y1")]


def books(deferred: dict[str, float]) -> list[dict[str, Any]]:
    """A ledger that recognises 10 a day of the annual contract, and its balance of deferred revenue."""
    days = {"2025-07": 31, "2025-08": 31, "2025-09": 30, "2025-10": 31, "2025-11": 30, "2025-12": 31, "2026-01": 31, "2026-02": 28, "2026-03": 31,
            "2026-04": 30, "2026-05": 31, "2026-06": 30}  # fmt: skip
    rows, left = [], 365
    for month, count in days.items():
        left -= count
        rows.append({"month": f"{month}-01", "line": "revenue", "amount": 10 * count})
        rows.append({"month": f"{month}-01", "line": "deferred_revenue", "amount": deferred.get(month, 10 * left)})
    return rows


def test_the_proof_of_billings_of_an_annual_contract(tiny_room: Build) -> None:
    """3,650 billed on 1 July for 365 days: 310 are July's, 3,340 deferred at its end; 310 more go in August, and so on to nothing."""
    room = tiny_room(ANNUAL, ledger=books({}), invoices=invoiced(ANNUAL))
    frame = room.billings.set_index("month")
    assert frame.loc["2025-08", ["revenue", "deferred_opening", "deferred_closing", "billings", "invoiced", "residual"]].tolist() == [
        310, 3340, 3030, 0, 0, 0,
    ]  # fmt: skip
    assert frame.loc["2026-06", ["deferred_closing", "deferred_lines", "deferred_ledger", "residual"]].tolist() == [0, 0, 0, 0]
    assert (frame["deferred_lines"] == frame["deferred_ledger"]).all() and (frame["residual"] == 0).all()
    assert frame.iloc[0][["revenue_from", "deferred_from", "invoiced_from"]].tolist() == ["ledger", "ledger", "invoices"]


def test_a_balance_that_the_billings_do_not_prove(tiny_room: Build) -> None:
    """The balance at the end of March is 100 too high: March is 100 over, April 100 under. The ledger lacks the 100 a month of b."""
    room = tiny_room([*ANNUAL, *monthly("b", FIRST, LAST, 100)], ledger=books({"2026-03": 1010}))
    residual = room.billings.set_index("month")["residual"]
    assert residual[["2026-02", "2026-03", "2026-04", "2026-05"]].tolist() == [-100.0, 0.0, -200.0, -100.0]
    assert residual.sum() == -1100.0, "eleven months: what was deferred before the first is not known"


def test_the_proof_from_lines_and_the_register(tiny_room: Build) -> None:
    """Without a ledger what is deferred comes from the service periods; the register bills 3,600 of the 3,650."""
    room = tiny_room([*ANNUAL, line("b", "2026-02-01", 40, invoice_id="n1")], invoices=[
        *invoiced(ANNUAL), {"invoice_id": "n1", "customer_id": "b", "issued_on": "2026-02-01", "amount": 30}])  # fmt: skip
    frame = room.billings.set_index("month")
    assert frame.loc["2026-02", ["revenue", "deferred_opening", "deferred_closing", "billings", "invoiced", "residual"]].tolist() == [
        320, 1500, 1220, 40, 30, 10,
    ]  # fmt: skip
    found = fact(data_room(room).facts, "data.billings_residual")
    assert (found["value"], found["numerator"], found["denominator"]) == (pytest.approx(10 / 30), 10.0, 30.0)


def test_lines_alone_prove_nothing_and_say_so(tiny_room: Build) -> None:
    alone = fact(data_room(tiny_room(ANNUAL)).facts, "data.billings_residual")
    assert alone["reason"] == (
        "revenue, deferral and billing all come from the lines, where they agree by construction: ask for invoices or the ledger's deferred revenue"
    )
    without = fact(data_room(tiny_room(base())).facts, "data.billings_residual")
    assert without["reason"] == "no deferred revenue in the ledger, and no line has a service period: nothing shows what is billed ahead"


REPORTED = [
    {"period": period, "metric": metric, "reported_by": "management", "value": value}
    for period, metric, value in (
        ("2026Q2", "arr", 3780), ("2026-06", "mrr", 300), ("2025-12", "mrr", 330), ("2026Q1", "revenue", 900), ("2026Q2", "customers", 3),
        ("2026Q2", "nrr", 1.1), ("2019Q1", "arr", 5), ("2026Q2", "happiness", 9),
    )
]  # fmt: skip


def test_reported_figures_against_ours(tiny_room: Build) -> None:
    """Ours: 3,600 a year, 300 a month, 900 a quarter, two customers; retention needs a year that is not there."""
    room = tiny_room(base(), reported=REPORTED)
    frame = data_room(room).frames["reported"]
    shown = frame.loc[frame["share"].notna(), ["period", "metric", "ours", "difference"]].to_numpy().tolist()
    assert shown == [
        ["2026Q2", "arr", 3600.0, 180.0],
        ["2026Q2", "customers", 2.0, 1.0],
        ["2025-12", "mrr", 300.0, 30.0],
        ["2026-06", "mrr", 300.0, 0.0],
        ["2026Q1", "revenue", 900.0, 0.0],
    ]
    facts = data_room(room).facts
    gap = fact(facts, "data.reported_gap", object_id="arr")
    assert (gap["value"], gap["numerator"], gap["denominator"]) == (pytest.approx(0.05), 180.0, 3600.0)
    assert fact(facts, "data.reported_gap", object_id="mrr")["value"] == 0.0


def test_a_fiscal_year_is_known_when_it_has_ended(tiny_deal: Callable[..., Path]) -> None:
    """A calendar year 2026 has not ended in June; a fiscal year that ends in June has."""
    rows = [{"period": period, "metric": "revenue", "reported_by": "finance", "value": 3600} for period in ("FY2026", "FY2027")]
    file = tiny_deal(base(), reported=rows)
    assert open_room(file).table("reported").empty
    file.write_text(file.read_text(encoding="utf-8") + "fiscal_year_end_month = 6\n", encoding="utf-8")
    frame = data_room(open_room(file)).frames["reported"]
    assert frame[["period", "ours", "difference"]].to_numpy().tolist() == [["FY2026", 3600.0, 0.0]]
