"""The defects: each spoils known rows of the clean room as an export, a migration or a clerk spoils them."""

import random
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta

from planted import GENEROUS, GOODWILL, LAST, SEED, Defect, Room, Row, bill, clean_room, plus

Plant = Callable[[Room, random.Random], Defect]
PLANTS: list[Plant] = []
CLEAR = ("2024-09", "2024-10", "2024-11", "2024-12")
"""Months about the one that is not exported, which other defects leave as they are."""


def plant(function: Plant) -> Plant:
    PLANTS.append(function)
    return function


def spoilt_room(seed: int = SEED, only: str = "") -> tuple[Room, list[Defect]]:
    """Plant every defect (or one of them) into the clean room."""
    room = deepcopy(clean_room(seed))
    rng = random.Random(seed + 1)
    return room, [sow(room, rng) for sow in PLANTS if not only or sow.__name__ == only]


def free(room: Room, product: str = "0011", currency: str = "EUR") -> list[Row]:
    """Lines that no other defect has touched: one defect a line, so that each can be told from the others."""
    lines = room.lines(product_id=product, currency=currency)
    return [row for row in lines if not row.get("spoilt") and row["customer_id"].startswith("C") and row["date"][:7] not in CLEAR]


def spoil(defect: Defect, rows: list[Row], **changes: str) -> Defect:
    for row in rows:
        row.update(changes)
        row["spoilt"] = True
        defect.marks.append(row["mark"])
    return defect


def day_of(row: Row) -> date:
    return date.fromisoformat(row["date"])


@plant
def lumps_of_a_quarter(room: Room, rng: random.Random) -> Defect:
    return spoil(
        Defect("quarterly invoices without a service period", "lump_spread"),
        room.lines(product_id="0012", currency="EUR"),
        service_start="",
        service_end="",
    )


@plant
def lumps_of_a_year(room: Room, rng: random.Random) -> Defect:
    return spoil(
        Defect("annual invoices without a service period", "lump_spread"),
        room.lines(product_id="0013", currency="EUR"),
        service_start="",
        service_end="",
    )


@plant
def renewals_invoiced_early(room: Room, rng: random.Random) -> Defect:
    defect = Defect("renewals invoiced two months early", "early_renewal_invoice")
    first = {}
    for row in room.lines(product_id="0013", currency="EUR"):
        first.setdefault(row["customer_id"], row["mark"])
    later = [
        row
        for row in room.lines(product_id="0013", currency="EUR")
        if row["mark"] != first[row["customer_id"]] and row["date"][5:7] != "01"
    ]
    for row in rng.sample(later, 4):
        row["date"] = f"{day_of(row) - timedelta(days=rng.randrange(31, 46)):%Y-%m-%d}"
        defect.marks.append(row["mark"])
    return defect


@plant
def services_called_recurring(room: Room, rng: random.Random) -> Defect:
    return spoil(Defect("services without their kind", "services_as_recurring"), free(room, "0014"), kind="")


@plant
def a_day_in_cents(room: Room, rng: random.Random) -> Defect:
    rows = [row for row in room.lines(date="2025-09-03", currency="EUR") if not row.get("spoilt")]
    for row in rows:
        row["amount"] = round(row["amount"] * 100, 2)
    return spoil(Defect("a day exported in cents", "day_in_other_unit"), rows)


@plant
def lines_twice(room: Room, rng: random.Random) -> Defect:
    defect = Defect("exact duplicate lines", "duplicate_lines")
    for row in rng.sample(free(room), 9):
        spoil(Defect("", ""), [row])
        defect.marks.append(room.add("revenue", {**row, "twice": True})["mark"])
    return defect


@plant
def lines_keyed_twice(room: Room, rng: random.Random) -> Defect:
    defect = Defect("the same line under a retyped invoice number", "near_duplicate_lines")
    for place, row in enumerate(rng.sample([row for row in free(room) if int(row["date"][8:]) < 20], 6)):
        spoil(Defect("", ""), [row])
        other = (row["invoice_id"].replace("-", ""), row["invoice_id"].lower(), row["invoice_id"] + "-R")[place % 3]
        again = {**row, "twice": True, "invoice_id": other, "date": f"{day_of(row) + timedelta(days=place % 4):%Y-%m-%d}"}
        defect.marks.append(room.add("revenue", again)["mark"])
    return defect


@plant
def invoices_cancelled(room: Room, rng: random.Random) -> Defect:
    """An invoice too many, and weeks later the credit note that cancels it."""
    defect = Defect("credit notes for whole invoices", "credit_note_matched")
    for row in rng.sample([row for row in free(room) if day_of(row) < date(2026, 3, 1) and row["date"][:7] not in CLEAR], 7):
        spoil(Defect("", ""), [row])
        wrong = bill(room, row["customer_id"], day_of(row), 77.5 + row["mark"], "0011")
        credit = bill(room, row["customer_id"], plus(day_of(row), 2), -wrong["amount"], "0011")
        spoil(Defect("", ""), [wrong])
        spoil(defect, [credit])
    return defect


@plant
def invoices_credited_in_part(room: Room, rng: random.Random) -> Defect:
    defect = Defect("credit notes for a part of a quarter", "credit_note_matched")
    quarters = [
        row for row in room.lines(product_id="0012", currency="EUR") if day_of(row) < date(2026, 1, 1) and row["date"][:7] not in CLEAR
    ]
    for row in rng.sample(quarters, 4):
        credit = bill(room, row["customer_id"], day_of(row) + timedelta(days=33), -90.0, "0012")
        credit["invoice_id"] = row["invoice_id"]
        row["amount"] = round(row["amount"] + 90, 2)
        spoil(defect, [credit])
    return defect


@plant
def refunds(room: Room, rng: random.Random) -> Defect:
    """Customers that left went on being billed for three months, and got it back in one sum."""
    defect = Defect("refunds of several months in one line", "refund_spread")
    stay = {row["customer_id"] for row in room.lines(product_id="0011") if row["date"] > "2026-06-00"}
    left = sorted({row["customer_id"] for row in room.lines(product_id="0011", currency="EUR")} - stay - {GENEROUS})
    for customer in left[:2]:
        last = max(room.lines(customer_id=customer, product_id="0011"), key=lambda row: row["date"])
        wrong = [bill(room, customer, plus(day_of(last), step), 210.0 + step, "0011") for step in (1, 2, 3)]
        spoil(Defect("", ""), wrong)
        spoil(defect, [bill(room, customer, plus(day_of(last), 4), -sum(row["amount"] for row in wrong), "0011")])
    return defect


@plant
def below_zero(room: Room, rng: random.Random) -> Defect:
    """A goodwill credit larger than the month: in the clean room the month before bears what the month cannot."""
    defect = Defect("a credit larger than the customer's month", "negative_balance")
    may = max(room.lines(customer_id=GENEROUS, product_id="0011"), key=lambda row: row["date"])
    may["amount"] = round(may["amount"] + GOODWILL, 2)
    june = bill(room, GENEROUS, plus(day_of(may), 1), may["amount"], "0011")
    spoil(Defect("", ""), [june])
    return spoil(defect, [bill(room, GENEROUS, day_of(june), -june["amount"] - GOODWILL, "0011")])


@plant
def nothing_billed(room: Room, rng: random.Random) -> Defect:
    defect = Defect("lines of zero", "zero_lines")
    for row in rng.sample(free(room), 5):
        zero = bill(room, row["customer_id"], day_of(row), 0, "0015", kind="one_off")
        spoil(defect, [zero])
    return defect


@plant
def a_case_for_a_piece(room: Room, rng: random.Random) -> Defect:
    defect = Defect("pieces counted in tens of cases", "wild_quantity")
    for row in rng.sample(free(room, "0015"), 4):
        row["quantity"] = int(row["quantity"]) * 120
        spoil(defect, [row])
    return defect


@plant
def two_date_formats(room: Room, rng: random.Random) -> Defect:
    defect = Defect("dates of two formats in one column", "second_date_format")
    for row in rng.sample(free(room), 30):
        row["date"] = f"{day_of(row):%d.%m.%Y}"
        spoil(defect, [row])
    return defect


@plant
def a_gap_in_the_rates(room: Room, rng: random.Random) -> Defect:
    room.tables["fx"] = [row for row in room.tables["fx"] if row["month"] != "2025-05"]
    lines = [row for row in room.lines(currency="GBP") if row["date"].startswith("2025-05")]
    return spoil(Defect("a month without a rate", "rate_gap"), lines)


@plant
def currencies_as_signs(room: Room, rng: random.Random) -> Defect:
    defect = Defect("currency codes written otherwise", "currency_code")
    for place, row in enumerate(rng.sample(free(room, "0011", "GBP"), 8)):
        spoil(defect, [row], currency=("£", "gbp")[place % 2])
    return defect


@plant
def ids_in_another_format(room: Room, rng: random.Random) -> Defect:
    """From a change of system on, three customers' ids are written in small letters with a dash."""
    defect = Defect("customer ids that leap to another format", "id_format")
    for customer in ("C1002", "C1004", "C1008"):
        rows = [row for row in free(room) if row["customer_id"] == customer and row["date"] >= "2025-10-01"]
        spoil(defect, rows, customer_id=customer.lower().replace("c", "c-"))
    return defect


@plant
def zeros_lost(room: Room, rng: random.Random) -> Defect:
    defect = Defect("product ids without their leading zeros", "id_format")
    for row in rng.sample(free(room), 12):
        spoil(defect, [row], product_id="11")
    return defect


@plant
def a_book_that_was_bought(room: Room, rng: random.Random) -> Defect:
    """The list no longer says that these customers came with a company that was bought."""
    defect = Defect("an acquired book read as new customers", "acquired_book")
    for row in room.tables["customers"]:
        if row["customer_id"].startswith("HB/"):
            row["sourced_by"] = ""
    defect.marks = [row["mark"] for row in room.tables["revenue"] if row["customer_id"].startswith("HB/")]
    return defect


@plant
def periods_reversed(room: Room, rng: random.Random) -> Defect:
    defect = Defect("service periods that end before they begin", "period_reversed")
    rows = [row for row in room.lines(product_id="0012", currency="GBP") if row["service_start"]]
    for row in rng.sample(rows, 3):
        row["service_start"], row["service_end"] = row["service_end"], row["service_start"]
        spoil(defect, [row])
    return defect


@plant
def customers_listed_twice(room: Room, rng: random.Random) -> Defect:
    defect = Defect("a customer listed twice, the older row first", "duplicate_rows", "customers")
    for row in rng.sample(room.tables["customers"], 3):
        old = {**row, "segment": "clinic", "name": row["name"] + " (old)"}
        room.marks += 1
        old["mark"] = room.marks
        room.tables["customers"].insert(0, old)
        defect.marks.append(old["mark"])
    return defect


@plant
def lines_of_the_future(room: Room, rng: random.Random) -> Defect:
    defect = Defect("lines dated after the as-of date", "after_as_of")
    for row in rng.sample([row for row in free(room) if row["date"] >= "2026-06-01"], 5):
        spoil(defect, [bill(room, row["customer_id"], plus(day_of(row), 1), row["amount"], "0011")])
        room.tables["invoices"][-1]["issued_on"] = f"{LAST:%Y-%m-%d}"
    return defect


@plant
def customers_left_blank(room: Room, rng: random.Random) -> Defect:
    """The line lost its customer; its invoice still knows it."""
    return spoil(Defect("lines without their customer", "customer_from_invoice"), rng.sample(free(room), 6), customer_id="")


@plant
def a_month_not_exported(room: Room, rng: random.Random) -> Defect:
    """The rows are gone, so the defect is known by the rows of the month before, from which they are bridged."""
    gone = [row for row in room.tables["revenue"] if row["date"].startswith("2024-11")]
    assert {row["product_id"] for row in gone} <= {"0011", "11"} and all(row["amount"] > 0 for row in gone)
    room.tables["revenue"] = [row for row in room.tables["revenue"] if row not in gone]
    customers = {row["customer_id"] for row in gone}
    before = [
        row
        for row in room.tables["revenue"]
        if row["date"].startswith("2024-10")
        and row["kind"] == "recurring"
        and row["product_id"] in ("0011", "11")
        and row["customer_id"] in customers
    ]
    return spoil(Defect("a month missing", "missing_month"), before)


@plant
def names_misspelt(room: Room, rng: random.Random) -> Defect:
    """A customer goes on under a second id whose name was keyed anew."""
    defect = Defect("a second spelling of a customer", "misspelt_customer")
    for customer, day in (("C1003", "2025-04-01"), ("C1011", "2025-07-01")):
        listed = next(row for row in room.tables["customers"] if row["customer_id"] == customer)
        _second_id(room, defect, customer, f"D{customer[1:]}", day, name=listed["name"][:4] + listed["name"][5:])
    return defect


@plant
def ids_recoded(room: Room, rng: random.Random) -> Defect:
    """A customer goes on under the same name and an id of the new system."""
    defect = Defect("a customer under a new id", "recoded_customer")
    for customer, day in (("C1019", "2025-05-01"), ("C1024", "2025-08-01")):
        _second_id(room, defect, customer, f"KD-{customer[1:]}", day)
    return defect


def _second_id(room: Room, defect: Defect, customer: str, other: str, day: str, **changes: str) -> None:
    listed = next(row for row in room.tables["customers"] if row["customer_id"] == customer and "(old)" not in row["name"])
    room.add("customers", {**listed, "customer_id": other, **changes})
    for row in room.tables["revenue"] + room.tables["invoices"]:
        when = row.get("date") or row["issued_on"]
        if row["customer_id"] == customer and iso(when) >= day:
            row["customer_id"] = other
            if "date" in row and not row.get("twice") and iso(when) <= f"{LAST:%Y-%m-%d}":
                defect.marks.append(row["mark"])


def iso(day: str) -> str:
    return day if day[4] == "-" else f"{day[6:]}-{day[3:5]}-{day[:2]}"


@plant
def sales_to_the_group(room: Room, rng: random.Random) -> Defect:
    """The target bills a company of its own name."""
    defect = Defect("intercompany revenue", "intercompany_customer")
    room.add(
        "customers",
        {
            "customer_id": "C1999",
            "name": "Havelbrook Instruments (UK) Ltd",
            "country": "GB",
            "segment": "clinic",
            "sourced_by": "sales",
            "acquired_on": "2023-07-01",
        },
    )
    return spoil(defect, [bill(room, "C1999", plus(LAST.replace(day=9), -step), 5000.0, "0011") for step in range(12) if step != 19])


@plant
def totals_below_the_lines(room: Room, rng: random.Random) -> Defect:
    total = dict.fromkeys(room.tables["revenue"][0], "") | {
        "customer_id": "Total",
        "amount": round(sum(row["amount"] for row in room.tables["revenue"]), 2),
    }
    return spoil(Defect("a total below the lines", "totals_row"), [room.add("revenue", total)])
