"""Every repair: found with the right rows and money, undone exactly when its id is off, and none in a clean room."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tiny import Rows, line, lines_of, monthly, months, open_tiny, repaired, write_deal

from diligence.dataroom.cleaning import REPAIRS, is_on
from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError

CLEAN = monthly("a", "2025-01", "2026-06", 100, invoice_id="", product_id="p")


@dataclass(frozen=True)
class Case:
    """A room with one fault, the log's entry, and what a look at the room gives with the repair on and off."""

    id: str
    logged: tuple[int, float]
    look: Callable[[Room], Any]
    on: Any
    off: Any
    """None where the room is refused instead."""
    revenue: Rows = field(default_factory=lambda: CLEAN)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.id.partition("/")[0]


def revenue(room: Room) -> float:
    return float(room.described["revenue"])


def who(room: Room) -> dict[str, float]:
    return {str(key): value for key, value in room.cube.groupby("customer_id", observed=True)["amount"].sum().items()}


LISTED = [{"customer_id": "a", "name": "Alpha"}]
HANDOVER = monthly("c1", "2025-01", "2025-12", 10) + monthly("c2", "2026-01", "2026-06", 10)
DECIDED = '[room]\ndecisions = "room/customer_decisions.csv"'


def two(*names: str) -> list[dict[str, str]]:
    return [{"customer_id": f"c{place}", "name": name, "country": "GB"} for place, name in enumerate(names, start=1)]


def decision(word: str) -> dict[str, str]:
    return {"left_id": "c1", "left_name": "", "right_id": "c2", "right_name": "", "decision": word}


CASES = [
    Case(
        "totals_row/purchase_criteria", (1, 0.0), lambda room: len(room.table("purchase_criteria")), 1, 2,
        more={"purchase_criteria": [{"respondent_id": "r", "criterion": "price", "importance": 5}, {"respondent_id": "Total", "criterion": "Total", "importance": 5}]},
    ),
    Case(
        "second_date_format/revenue.date", (1, 0.0), months, {"2026-01": 1.0, "2026-02": 2.0}, None,
        [line("a", "31.01.2026", 1), line("a", "2026-02-28", 2)], {"deal": '[room.tables.revenue]\ndate_format = ["%d.%m.%Y", "%Y-%m-%d"]'},
    ),
    Case(
        "duplicate_rows/customers", (1, 0.0), lambda room: room.customers["name"].tolist(), ["New name"], None,
        more={"customers": [{"customer_id": "a", "name": "Old name"}, {"customer_id": "a", "name": "New name"}]},
    ),
    Case(
        "undated_row/opportunities", (1, 0.0), lambda room: len(room.table("opportunities")), 2, 1,
        more={"opportunities": [{"opportunity_id": 1, "created_on": "2026-01-01", "status": "open"}, {"opportunity_id": 2, "created_on": "", "status": "open"}]},
    ),
    Case(
        "duplicate_lines", (2, 24.0), revenue, 12.0 + 7.0, 12.0 * 3 + 7.0,
        [line("a", "2026-01-31", 12, invoice_id="1")] * 3 + [line("a", "2026-01-31", 7, invoice_id="2")],
    ),
    Case(
        "unidentified_customer", (2, 9.0), who, {"(unidentified)": 9.0, "a": 1.0}, {"a": 1.0},
        [line("a", "2026-01-31", 1), line("", "2026-01-31", 4), line("", "2026-02-28", 5)],
    ),
    Case(
        "missing_customer_row", (2, 9.0), lambda room: room.customers["customer_id"].tolist(), ["a", "b"], ["a"],
        [line("a", "2026-01-31", 1), line("b", "2026-01-31", 4), line("b", "2026-02-28", 5)], {"customers": LISTED},
    ),
    Case(
        "misspelt_customer/c2", (6, 60.0), who, {"c1": 120.0 + 60.0}, {"c1": 120.0, "c2": 60.0},
        monthly("c1", "2025-01", "2025-12", 10) + monthly("c2", "2026-01", "2026-06", 10),
        {"customers": [{"customer_id": "c1", "name": "Harrowmere Heating Ltd", "country": "GB"}, {"customer_id": "c2", "name": "Harowmere Heating Ltd.", "country": "GB"}]},
    ),
    Case(
        "recoded_customer/c2", (6, 60.0), who, {"c1": 120.0 + 60.0}, {"c1": 120.0, "c2": 60.0}, HANDOVER,
        {"customers": two("Harrowmere Heating Ltd", "HARROWMERE HEATING")},
    ),
    Case(
        "renamed_customer/c2", (6, 60.0), who, {"c1": 120.0 + 60.0}, {"c1": 120.0, "c2": 60.0}, HANDOVER,
        {"customers": two("Harrowmere Heating Ltd", "Northgate Warmth plc (formerly Harrowmere Heating Ltd)")},
    ),
    Case(
        "decided_customer/c2", (12, 60.0), who, {"c1": 120.0 + 60.0}, {"c1": 120.0, "c2": 60.0},
        monthly("c1", "2025-01", "2025-12", 10) + monthly("c2", "2025-01", "2025-12", 5),
        {"customers": two("Harrowmere Heating Ltd", "Boiler Works"), "deal": DECIDED, "customer_decisions": [decision("same")]},
    ),
    Case(
        "decided_parent/c1", (12, 120.0), lambda room: room.customers["account_id"].tolist(), ["c2", "c2"], ["c1", "c2"], HANDOVER,
        {"customers": two("Harrowmere Heating Ltd", "Boiler Works"), "deal": DECIDED, "customer_decisions": [decision("parent")]},
    ),
    Case(
        "intercompany_customer/c2", (6, 60.0), who, {"c1": 120.0}, {"c1": 120.0, "c2": 60.0}, HANDOVER,
        {"customers": two("Harrowmere Heating Ltd", "Tiny Deutschland GmbH")},
    ),
    Case(
        "credit_note_matched", (1, -100.0), months, {"2026-05": 7.0}, {"2026-01": 100.0, "2026-05": -93.0},
        [line("a", "2026-01-15", 100, product_id="p"), line("a", "2026-05-20", -100, product_id="p"), line("a", "2026-05-20", 7, product_id="p")],
        {"off": ["negative_balance"]},
    ),
    Case(
        "currency_conversion", (1, 12.5), revenue, 22.5, 10.0,
        [line("a", "2026-01-15", 10, currency="GBP"), line("a", "2026-01-15", 10, currency="EUR")], {"fx": [{"month": "2026-01", "currency": "GBP", "rate": 1.25}]},
    ),
    Case(
        "service_period_spread", (1, 59.0), months, {"2026-01": 31.0, "2026-02": 28.0}, {"2026-01": 59.0},
        [line("a", "2026-01-01", 59, service_start="2026-01-01", service_end="2026-02-28")],
    ),
    Case(
        "wild_quantity", (1, 10.0), lambda room: float(lines_of(room)["quantity"].astype("float64").sum()), 40.0, 1040.0,
        [line("a", "2026-01-15", 10, product_id="p", quantity=1)] * 40 + [line("a", "2026-01-15", 10, product_id="p", quantity=1000)],
    ),
    Case(
        "id_format/revenue.customer_id", (1, 5.0), who, {"A-01": 9.0}, {"A-01": 4.0, "a1": 5.0},
        [line("A-01", "2026-01-31", 4), line("a1", "2026-02-28", 5)], {"customers": [{"customer_id": "A-01", "name": "Alpha"}]},
    ),
    Case(
        "currency_code", (2, 3.0), revenue, 6.0, None,
        [line("a", "2026-01-31", 1, currency="€"), line("a", "2026-01-31", 2, currency="eur"), line("a", "2026-01-31", 3, currency="EUR")],
    ),
    Case(
        "rate_gap", (1, 20.0), revenue, 70.0, None,
        [line("a", f"2026-0{month}-15", 10, currency="GBP") for month in (1, 2, 3)],
        {"fx": [{"month": "2026-01", "currency": "GBP", "rate": 2}, {"month": "2026-03", "currency": "GBP", "rate": 3}]},
    ),
    Case(
        "near_duplicate_lines", (1, 12.0), revenue, 12.0, 24.0,
        [line("a", "2026-01-31", 12, invoice_id="RE-17"), line("a", "2026-02-02", 12, invoice_id="re 017")],
    ),
    Case(
        "customer_from_invoice", (1, 5.0), who, {"a": 9.0}, {"a": 4.0, "(unidentified)": 5.0},
        [line("a", "2026-01-31", 4, invoice_id="1"), line("", "2026-01-31", 5, invoice_id="1")],
    ),
    Case(
        "zero_lines", (1, 0.0), lambda room: room.described["lines"], 1, 2,
        [line("a", "2026-01-31", 4), line("b", "2026-01-31", 0)],
    ),
    Case(
        "day_in_other_unit", (3, 1200.0), revenue, 3 * 4 * 4.0, 3 * 3 * 4.0 + 3 * 400.0,
        [line(who_, f"2026-0{month}-15", 400 if month == 3 else 4) for who_ in "abc" for month in (1, 2, 3, 4)],
    ),
    Case(
        "services_as_recurring/s", (2, 1000.0), lambda room: float(room.revenue()["amount"].sum()), 240.0, 1240.0,
        monthly("a", "2025-07", "2026-06", 10, product_id="p") + monthly("b", "2025-07", "2026-06", 10, product_id="p")
        + [line("a", "2025-08-15", 500, product_id="s"), line("b", "2026-02-15", 500, product_id="s")],
        {"products": [{"product_id": "p", "name": "Platform"}, {"product_id": "s", "name": "Implementation days"}]},
    ),
    Case(
        "period_reversed", (1, 59.0), months, {"2026-01": 31.0, "2026-02": 28.0}, {"2026-01": 59.0},
        [line("a", "2026-01-01", 59, service_start="2026-02-28", service_end="2026-01-01")],
    ),
    Case(
        "lump_spread", (4, 365.0), lambda room: months(room).get("2026-06"), 30.0, None,
        [line("a", f"{day}-01", amount) for day, amount in (("2025-07", 92), ("2025-10", 92), ("2026-01", 90), ("2026-04", 91))],
    ),
    Case(
        "early_renewal_invoice", (1, 365.0), lambda room: room.cube["month"].min().strftime("%Y-%m"), "2026-03", "2026-01",
        [line("a", "2026-01-20", 365, product_id="p")],
        {"contracts": [{"contract_id": 1, "customer_id": "a", "product_id": "p", "start_date": "2026-03-01", "annual_value": 365}]},
    ),
    Case(
        "refund_spread", (1, -50.0), months, {"2026-01": 10.0}, {"2026-01": 10.0, "2026-02": 20.0, "2026-03": 30.0, "2026-05": -50.0},
        [line("a", "2026-01-15", 10), line("a", "2026-02-15", 20), line("a", "2026-03-15", 30), line("a", "2026-05-15", -50)],
        {"off": ["negative_balance"]},
    ),
    Case(
        "negative_balance", (1, -25.0), months, {"2026-01": 10.0, "2026-02": 15.0}, {"2026-01": 10.0, "2026-02": 20.0, "2026-03": -5.0},
        [line("a", "2026-01-15", 10), line("a", "2026-02-15", 20), line("a", "2026-03-15", 20), line("a", "2026-03-20", -25)],
    ),
    Case(
        "missing_month", (1, 10.0), lambda room: months(room).get("2026-03"), 10.0, None,
        [line("a", f"2026-0{month}-15", 10 + month // 4) for month in (1, 2, 4, 5, 6)],
    ),
    Case(
        "acquired_book/2026-03", (24, 240.0), lambda room: int((room.customers["sourced_by"] == "acquisition").sum()), 6, 0,
        monthly("C1", "2025-01", "2026-06", 10) + [row for k in range(6) for row in monthly(f"bought-{k}", "2026-03", "2026-06", 10)],
    ),
    Case(
        "parent_consolidation", (1, 5.0), lambda room: room.cube["account_id"].nunique(), 1, 2,
        [line("a", "2026-01-31", 4), line("b", "2026-01-31", 5)],
        {"customers": [{"customer_id": "a", "name": "Alpha"}, {"customer_id": "b", "name": "Beta", "parent_id": "a"}]},
    ),
]  # fmt: skip
NAMES = [case.id for case in CASES]
REFUSED = {
    "second_date_format": "second_date_format",
    "duplicate_rows": "duplicate_rows",
    "currency_code": "a rate EUR to EUR|a rate € to EUR|a rate eur to EUR",
    "rate_gap": "a rate GBP to EUR for 2026-02",
}
"""Without these repairs the room cannot be read, and the line says why."""


def test_every_repair_has_a_case() -> None:
    assert {case.kind for case in CASES} == set(REPAIRS)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_repair_is_made_counted_and_told_how_to_undo(tmp_path: Path, case: Case) -> None:
    room = open_tiny(tmp_path, case.revenue, **case.more)
    assert {key: value for key, value in repaired(room).items() if key.startswith(case.kind)} == {case.id: case.logged}
    assert case.look(room) == case.on
    entry = room.cleaning.set_index("id").loc[case.id]
    assert entry["turn_off"] == f'[repairs] off = ["{case.id}"]'
    assert entry["reason"] and entry["before"] and entry["after"]


@pytest.mark.parametrize("switch", ["id", "kind"])
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_repair_is_undone_by_its_id_and_by_its_kind(tmp_path: Path, case: Case, switch: str) -> None:
    more = {**case.more, "off": [*case.more.get("off", ()), case.id if switch == "id" else case.kind]}
    file = write_deal(tmp_path, case.revenue, **more)
    if case.off is None and case.kind in REFUSED:
        with pytest.raises(InputError, match=REFUSED[case.kind]):
            open_room(file)
        return
    room = open_room(file)
    assert case.look(room) == case.off
    logged = {key: value for key, value in repaired(room).items() if key.startswith(case.kind)}
    left_out = {"undated_row": case.logged, "unidentified_customer": case.logged, "currency_conversion": (case.logged[0], 0.0)}
    assert logged == ({case.id: left_out[case.kind]} if case.kind in left_out else {}), "what is left out is told all the same"


def test_a_repair_of_another_object_stays_on() -> None:
    assert is_on(["misspelt_customer/c2"], "misspelt_customer", "c3")
    assert not is_on(["misspelt_customer/c2"], "misspelt_customer", "c2")
    assert not is_on(["misspelt_customer"], "misspelt_customer", "c2")
    assert is_on(["duplicate_rows"], "duplicate_lines")


def test_nothing_is_repaired_in_a_clean_room(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room(
        CLEAN, customers=[{"customer_id": "a", "name": "Alpha", "country": "DE"}, {"customer_id": "b", "name": "Beta", "country": "DE"}]
    )
    assert room.cleaning.empty
    assert room.described["revenue"] == room.described["revenue_as_given"] == 1800.0


def test_one_spelling_off_leaves_the_other_joined(tiny_room: Callable[..., Room]) -> None:
    names = ["Harrowmere Heating Ltd", "Harowmere Heating Ltd.", "Kestrel Utilities GmbH", "Kestrl Utilities GmbH"]
    listed = [{"customer_id": f"c{place}", "name": name, "country": "GB"} for place, name in enumerate(names)]
    rows = [entry for place in range(4) for entry in monthly(f"c{place}", *(("2025-01", "2025-06"), ("2025-07", "2025-12"))[place % 2], 10)]
    assert set(who(tiny_room(rows, customers=listed))) == {"c0", "c2"}
    assert set(who(tiny_room(rows, customers=listed, off=["misspelt_customer/c3"]))) == {"c0", "c2", "c3"}


def test_the_deal_refuses_a_repair_that_is_none(tiny_deal: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="did you mean 'misspelt_customer'"):
        open_room(tiny_deal(CLEAN, off=["misspelt_custmer"]))
