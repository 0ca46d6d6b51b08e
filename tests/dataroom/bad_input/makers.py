"""How each bad room is made: one small function a case, the same bytes every time. ``cases.toml`` holds what is told."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
from openpyxl import Workbook

GOOD = "customer_id,date,amount\na,2026-01-31,10\n"
MAKERS: dict[str, Callable[[Path], None]] = {}


def maker(function: Callable[[Path], None]) -> Callable[[Path], None]:
    MAKERS[function.__name__] = function
    return function


def put(folder: Path, name: str, content: str | bytes) -> None:
    file = folder / "room" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def book(folder: Path, rows: list[list[object]], sheet: str = "Lines", name: str = "revenue.xlsx") -> None:
    made = Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    (folder / "room").mkdir(exist_ok=True)
    made.save(folder / "room" / name)


def packed(folder: Path, entries: dict[str, bytes], change: Callable[[bytes], bytes] = lambda content: content) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries.items():
            out.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    (folder / "room.zip").write_bytes(change(stream.getvalue()))


@maker
def a_folder_with_the_name_of_a_file(folder: Path) -> None:
    (folder / "room" / "revenue.csv").mkdir(parents=True)


@maker
def an_empty_file(folder: Path) -> None:
    put(folder, "revenue.csv", "")


@maker
def a_header_only(folder: Path) -> None:
    put(folder, "revenue.csv", "customer_id,date,amount\n")


@maker
def a_header_twice(folder: Path) -> None:
    put(folder, "revenue.csv", "customer_id,date,amount,amount\na,2026-01-31,1,2\n")


@maker
def windows_text(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD.encode() + "Müller’s,2026-01-31,1\n".encode("cp1252"))


@maker
def macintosh_text(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD.encode() + "Müller’s,2026-01-31,1\n".encode("mac_roman"))


@maker
def utf_16_without_its_mark(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD.encode("utf-16-le"))


@maker
def an_encoding_that_nobody_knows(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)


@maker
def parquet_cut_short(folder: Path) -> None:
    (folder / "room").mkdir()
    file = folder / "room" / "revenue.parquet"
    pd.DataFrame({"customer_id": ["a"] * 100, "date": "2026-01-01", "amount": 1.0}).to_parquet(file)
    file.write_bytes(file.read_bytes()[:-20])


@maker
def a_workbook_with_a_password(folder: Path) -> None:
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    put(
        folder,
        "revenue.xlsx",
        header + "Root Entry".encode("utf-16-le").ljust(128, b"\0") + "EncryptedPackage".encode("utf-16-le").ljust(384, b"\0"),
    )


@maker
def two_gigabytes(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)
    with (folder / "room" / "revenue.csv").open("r+b") as stream:
        stream.truncate(2 << 30)


@maker
def a_date_that_is_none(folder: Path) -> None:
    rows = "".join(f"a,2026-01-{day:02},1\n" for day in range(1, 30))
    put(folder, "revenue.csv", f"customer_id,date,amount\n{rows}a,2026-02-30,1\n")


@maker
def ids_without_their_zeros(folder: Path) -> None:
    put(folder, "revenue.csv", "customer_id,date,amount\n7,2026-01-31,1\n42,2026-01-31,1\n")
    put(folder, "customers.csv", "customer_id,name\n000007,Alpha\n000042,Beta\n")


@maker
def a_formula(folder: Path) -> None:
    book(folder, [["customer_id", "date", "amount"], ["a", "2026-01-31", 1], ["a", "2026-02-28", "=C2*2"]])
    _store(folder / "room" / "revenue.xlsx", b"<f>C2*2</f><v />", b"<f>C2*2</f><v>2</v>")


@maker
def a_formula_never_calculated(folder: Path) -> None:
    book(folder, [["customer_id", "date", "amount"], ["a", "2026-01-31", 1], ["a", "2026-02-28", "=C2*2"]])


def _store(file: Path, before: bytes, after: bytes) -> None:
    """Put a stored value beside a formula, as a spreadsheet does when it saves."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name).replace(before, after).replace(before.replace(b" /", b"/"), after) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


@maker
def a_macro(folder: Path) -> None:
    book(folder, [["customer_id", "date", "amount"], ["a", "2026-01-31", 1]])
    with zipfile.ZipFile(folder / "room" / "revenue.xlsx", "a") as out:
        out.writestr("xl/vbaProject.bin", b"Sub AutoOpen")


@maker
def a_workbook_that_is_none(folder: Path) -> None:
    put(folder, "revenue.xlsx", "not a workbook")


@maker
def a_workbook_called_csv(folder: Path) -> None:
    book(folder, [["customer_id", "date", "amount"]], name="revenue.csv.xlsx")
    (folder / "room" / "revenue.csv.xlsx").rename(folder / "room" / "revenue.csv")


@maker
def a_spreadsheets_error(folder: Path) -> None:
    book(folder, [["customer_id", "date", "amount"], ["a", "2026-01-31", 1], ["a", "2026-02-28", "#REF!"]])


@maker
def a_sheet_that_is_not_there(folder: Path) -> None:
    book(folder, [["customer_id", "date", "amount"], ["a", "2026-01-31", 1]])


@maker
def a_header_further_down(folder: Path) -> None:
    book(folder, [["Sales"], [], [], ["customer_id", "date", "amount"], ["a", "2026-01-31", 1]])


@maker
def a_header_on_another_sheet(folder: Path) -> None:
    made = Workbook()
    made.active.title = "Cover"
    made.active.append(["Sales of 2026"])
    lines = made.create_sheet("Lines")
    for row in ([], ["customer_id", "date", "amount"], ["a", "2026-01-31", 1]):
        lines.append(row)
    (folder / "room").mkdir()
    made.save(folder / "room" / "revenue.xlsx")


@maker
def a_cell_of_a_million_characters(folder: Path) -> None:
    put(folder, "revenue.csv", f"{GOOD}{'x' * 1_000_000},2026-01-31,1\n")


@maker
def a_line_beyond_the_engine(folder: Path) -> None:
    put(folder, "revenue.csv", f"{GOOD}{'x' * 3_000_000},2026-01-31,1\n")


@maker
def a_ragged_line(folder: Path) -> None:
    put(folder, "revenue.csv", f"{GOOD}\nSmith, Jones,2026-01-31,1\n")


@maker
def currencies_in_the_cells(folder: Path) -> None:
    put(folder, "revenue.csv", "customer_id,date,amount\na,2026-01-31,10 EUR\na,2026-02-28,10 EUR\nb,2026-02-28,12 USD\n")


@maker
def a_currency_without_rates(folder: Path) -> None:
    put(folder, "revenue.csv", "customer_id,date,amount,currency\na,2026-01-31,10,EUR\nb,2026-02-28,12,USD\n")


@maker
def a_total_that_names_a_day(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD + "Total,31 Jan,10\n")


@maker
def a_broken_json_line(folder: Path) -> None:
    put(folder, "revenue.jsonl", json.dumps({"customer_id": "a", "date": "2026-01-31", "amount": 1}) + '\n{"customer_id": "b",\n[1]\n')


@maker
def a_zip_that_climbs_out(folder: Path) -> None:
    packed(folder, {"../revenue.csv": GOOD.encode(), "/etc/revenue.csv": GOOD.encode()})


@maker
def a_zip_bomb(folder: Path) -> None:
    packed(folder, {"revenue.csv": b"0" * (32 << 20)})


@maker
def a_zip_that_lies(folder: Path) -> None:
    def shrink(content: bytes) -> bytes:
        return content.replace((1 << 20).to_bytes(4, "little"), (1 << 10).to_bytes(4, "little"))

    packed(folder, {"revenue.csv": b"0" * (1 << 20)}, shrink)


@maker
def a_zip_with_a_password(folder: Path) -> None:
    def lock(content: bytes) -> bytes:
        flags = content.index(b"PK\x01\x02") + 8
        return content[:6] + b"\x01" + content[7:flags] + b"\x01" + content[flags + 1 :]

    packed(folder, {"revenue.csv": GOOD.encode()}, lock)


@maker
def a_zip_with_a_link(folder: Path) -> None:
    entry = zipfile.ZipInfo("revenue.csv", (2026, 1, 1, 0, 0, 0))
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "room.zip", "w") as out:
        out.writestr(entry, "../secret.csv")


@maker
def a_zip_that_is_none(folder: Path) -> None:
    (folder / "room.zip").write_bytes(b"not a zip")


@maker
def a_table_that_the_database_lacks(folder: Path) -> None:
    with duckdb.connect(str(folder / "room.duckdb")) as made:
        made.execute("CREATE TABLE sales (customer_id VARCHAR, date DATE, amount DECIMAL(18, 2))")


@maker
def a_database_file_that_is_none(folder: Path) -> None:
    (folder / "room.duckdb").write_bytes(b"not a database".ljust(20_000, b"\0"))


@maker
def a_view_of_a_stranger(folder: Path) -> None:
    with duckdb.connect(str(folder / "room.duckdb")) as made:
        made.execute("CREATE VIEW revenue AS SELECT 'a' AS customer_id, DATE '2026-01-31' AS date, 1 AS amount")


@maker
def a_server_that_is_not_there(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)


@maker
def a_password_in_the_deal_file(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)


@maker
def a_variable_that_is_not_set(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)


@maker
def an_address_of_another_kind(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)


@maker
def a_column_of_months_that_is_not_there(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)
    put(folder, "spend.csv", "month,tv,radio\n2026-01,1,2\n")


@maker
def a_wide_cell_that_is_no_number(folder: Path) -> None:
    put(folder, "revenue.csv", GOOD)
    put(folder, "spend.csv", "month,tv,radio\n2026-01,1,2\n2026-02,,many\n")
