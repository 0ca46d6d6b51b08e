"""A clean room of an invented company, and the same room with known defects planted in known rows.

The company bills licences by the month, support by the quarter in advance, a platform by the year in advance, work by the day and
parts by the piece, in euros and pounds. In the clean room every line has its service period, its customer, its kind. Each defect
takes such a room and spoils rows as a target's export spoils them, and says which rows it spoilt and with how much money.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from tiny import write_table

Row = dict[str, Any]
HIDDEN = ("mark", "spoilt", "twice")
FIRST, LAST = date(2023, 7, 1), date(2026, 6, 30)
SEED = 20261122
GENEROUS, GOODWILL = "C1016", 100
SEGMENTS = ("hospital", "clinic", "laboratory")
STEMS = ("Ambervale", "Brindlow", "Corvane", "Dunmarrow", "Eskholm", "Farthingate", "Glimmerstrand", "Hollinbrook", "Ivorsund", "Jesmark", "Kirrimore", "Lorvick",
         "Mossgrave", "Nethercliff", "Ormeskirk", "Pendrake", "Quillhaven", "Rastholme", "Silverbeck", "Tarnwick", "Ullesford", "Varnhill", "Wexcombe", "Yarrowdale",
         "Zellingen", "Aldermoor", "Birkenau Tal", "Caldersea", "Drumlanark", "Elverum", "Foxhollow", "Grindleton", "Hawkshead", "Inchmarlo", "Jarrowfield", "Kestermere",
         "Langstrath", "Merrowby", "Northolt Green", "Oakengates")  # fmt: skip
TRADES = ("Diagnostics", "Imaging", "Clinics", "Pathology", "Care", "Surgical")


@dataclass
class Room:
    """Tables as rows; a row's ``mark`` names it and is not written."""

    tables: dict[str, list[Row]]
    marks: int = 0

    def add(self, table: str, row: Row) -> Row:
        self.marks += 1
        row["mark"] = self.marks
        self.tables[table].append(row)
        return row

    def lines(self, **where: Any) -> list[Row]:
        return [row for row in self.tables["revenue"] if all(row[key] == value for key, value in where.items())]


@dataclass
class Defect:
    """One kind of defect: the repair (or check) that must find it, the rows spoilt, the money in them."""

    kind: str
    found_by: str
    table: str = "revenue"
    marks: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def months(first: date, last: date, step: int = 1) -> Iterator[date]:
    index, end = 12 * first.year + first.month - 1, 12 * last.year + last.month - 1
    while index <= end:
        yield date(index // 12, index % 12 + 1, first.day)
        index += step


def plus(day: date, count: int) -> date:
    index = 12 * day.year + day.month - 1 + count
    return date(index // 12, index % 12 + 1, day.day)


def clean_room(seed: int = SEED) -> Room:
    """Make the clean room: 40 customers of our own and eight that came with a company that was bought."""
    rng = random.Random(seed)
    room = Room({"revenue": [], "customers": [], "products": [], "fx": [], "invoices": []})
    for product, name in (
        ("0011", "Licence"),
        ("0012", "Support plan"),
        ("0013", "Platform"),
        ("0014", "Implementation days"),
        ("0015", "Spare part"),
    ):
        room.add("products", {"product_id": product, "name": name})
    rate = 1.15
    for month in months(FIRST, LAST):
        rate = rate if month == date(2025, 5, 1) else round(rate + rng.uniform(-0.01, 0.01), 4)
        room.add("fx", {"month": f"{month:%Y-%m}", "currency": "GBP", "rate": rate})
    for number, stem in enumerate(STEMS, 1):
        _customer(room, rng, number, stem)
    for number in range(8):
        customer = f"HB/{7000 + 13 * number}"
        room.add("customers", {"customer_id": customer, "name": f"Havelbrook {STEMS[-1 - number]} {TRADES[number % 6]}", "country": "DE", "segment": SEGMENTS[number % 3],
                               "sourced_by": "acquisition", "acquired_on": "2021-04-01"})  # fmt: skip
        for month in months(date(2025, 2, 9), LAST):
            bill(room, customer, month, 300 + 10 * number, "0011")
    # the goodwill credit of the defect `below_zero`, as it should read: June is free, May bears the rest
    *_, may, june = room.lines(customer_id=GENEROUS, product_id="0011")
    room.tables["revenue"].remove(june)
    may["amount"] = round(may["amount"] - GOODWILL, 2)
    may["spoilt"] = True
    return room


def _begins(number: int) -> date:
    if number <= 26:
        return FIRST
    return date(2023, 10 + number % 3, 1) if number <= 30 else date(2024 + number % 2, 4 + number % 3, 1)


def _customer(room: Room, rng: random.Random, number: int, stem: str) -> None:
    customer = f"C{1000 + number}"
    begins = _begins(number)
    ends = LAST if number % 9 else date(2025, 8 + number % 3, 28)
    room.add("customers", {"customer_id": customer, "name": f"{stem} {TRADES[number % 6]} Ltd", "country": "GB" if number % 7 == 0 else "DE",
                           "segment": SEGMENTS[number % 3], "sourced_by": "sales", "acquired_on": f"{begins:%Y-%m-%d}"})  # fmt: skip
    currency = "GBP" if number % 7 == 0 else "EUR"
    day = begins.replace(day=1 + number % 5)
    fee = 400 + 10 * rng.randrange(60)
    for month in months(day, ends):
        bill(room, customer, month, round(fee * (1.04 if month >= date(2025, 1, 1) else 1), 2), "0011", currency)
    _beside_the_licence(room, rng, number, (day, ends, currency))


def _beside_the_licence(room: Room, rng: random.Random, number: int, terms: tuple[date, date, str]) -> None:
    """Support by the quarter, the platform by the year, days of work, parts by the piece."""
    customer, begins = f"C{1000 + number}", _begins(number)
    day, ends, currency = terms
    if number % 4 == 1 and number <= 30:
        for month in months(day, ends, 3):
            bill(room, customer, month, 900 + 30 * (number % 5), "0012", currency, term=3)
    if number % 4 == 2 and ends == LAST:
        for month in months(date(2024, 1 + number % 3, day.day) if begins <= date(2024, 1, 1) else begins, ends, 12):
            bill(room, customer, month, 6000 + 120 * number, "0013", currency, term=12)
    if number % 5 == 0:
        for month in (plus(day, 1), plus(day, 9)):
            bill(room, customer, month, 2500 + 50 * number, "0014", currency, kind="services")
    if number % 3 == 0:
        for month in months(plus(day, 2), ends, 2):
            if month != date(2024, 11, day.day):
                pieces = rng.randrange(1, 9)
                bill(room, customer, month, 45 * pieces, "0015", currency, kind="one_off", quantity=pieces)


def bill(
    room: Room,
    customer: str,
    day: date,
    amount: float,
    product: str,
    currency: str = "EUR",
    *,
    kind: str = "recurring",
    term: int = 0,
    quantity: int | str = "",
) -> Row:
    """Add an invoice of one line."""
    invoice = f"RE-{2000001 + room.marks}"
    room.add("invoices", {"invoice_id": invoice, "customer_id": customer, "issued_on": f"{day:%Y-%m-%d}", "amount": amount})
    end = plus(day, term) - timedelta(days=1) if term else None
    return room.add("revenue", {
        "customer_id": customer, "date": f"{day:%Y-%m-%d}", "amount": amount, "product_id": product, "quantity": quantity, "kind": kind, "currency": currency,
        "invoice_id": invoice, "service_start": f"{day:%Y-%m-%d}" if term else "", "service_end": f"{end:%Y-%m-%d}" if end else "",
    })  # fmt: skip


def write_room(folder: Path, room: Room, defects: list[Defect], deal: str = "", name: str = "Havelbrook Instruments") -> Path:
    """Write the tables and the deal file; each defect learns the rows of its marks."""
    (folder / "room").mkdir(parents=True)
    places: dict[str, dict[int, int]] = {}
    for table, rows in room.tables.items():
        places[table] = {row["mark"]: place for place, row in enumerate(rows, 2)}
        if rows:
            write_table(folder / "room" / f"{table}.csv", [{key: value for key, value in row.items() if key not in HIDDEN} for row in rows])
    for defect in defects:
        defect.rows = sorted(places[defect.table][mark] for mark in defect.marks)
    file = folder / "deal.toml"
    formats = '[room.tables.revenue]\ndate_format = ["%Y-%m-%d", "%d.%m.%Y"]\n'
    file.write_text(f'[target]\nname = "{name}"\ncurrency = "EUR"\nas_of = {LAST}\n{formats}{deal}', encoding="utf-8")
    return file


def parquet_rows(file: Path) -> dict[tuple[str, str], set[int]]:
    """Read the rows that each repair touched, by the repair and its table."""
    frame = pd.read_parquet(file)
    frame["kind"] = frame["id"].str.partition("/")[0]
    return {key: set(group["source_row"]) for key, group in frame.groupby(["kind", "table_name"])}
