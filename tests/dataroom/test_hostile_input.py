"""Odd but valid inputs: formats of many countries and tools, and names that would be code elsewhere, go through unharmed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from tiny import line, lines_of, monthly, open_tiny, write_deal

from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError
from diligence.facts.revenue_quality import revenue_quality

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE lines; --",
    '"; DROP TABLE lines; --',
    '=HYPERLINK("http://example.invalid","click")',
    "@SUM(1+1)",
    "#1 Customer",
    "O'Neil & Søns",
    "a\nb",
    "${jinja}{{ 7*7 }}{% raw %}",
    "\u202egnp.exe",
    "日本電機 株式会社",
    "-- comment",
    "NULL",
    "nan",
    "../../etc/passwd",
    "x" * 5_000,
    "%s %(a)s {0}",
    "$1",
    "(unidentified) ",
]


@pytest.mark.parametrize(
    ("cell", "settings", "amount"),
    [
        ("1234.5", "", 1234.5),
        ("1,234.56", 'thousands = ","', 1234.56),
        ("1,234,567.89", 'thousands = ","', 1234567.89),
        ("1.234,56", 'decimal = ","\nthousands = "."', 1234.56),
        ("1 234,56", 'decimal = ","', 1234.56),
        ("1\u00a0234,56", 'decimal = ","', 1234.56),
        ("1\u202f234,56", 'decimal = ","\nthousands = " "', 1234.56),
        ("1'234.56", 'thousands = "\'"', 1234.56),
        ("(1,234.56)", 'thousands = ","', -1234.56),
        ("-12", "", -12.0),
        ("−12", "", -12.0),
        ("€ 12", "", 12.0),
        ("$12.50", "", 12.5),
        ("£-12.50", "", -12.5),
        (" 12 ", "", 12.0),
        ("0", "", 0.0),
        ("12-", "", -12.0),
        ("1.234,50-", 'decimal = ","\nthousands = "."', -1234.5),
        ("1’234’567.89", "", 1234567.89),
        ("1'234'567,89", 'decimal = ","', 1234567.89),
        ("’1\u2009234,50", 'decimal = ","', 1234.5),
        ("12.3456", "", 12.3456),
        ("-", 'blanks = ["-"]', None),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, cell: str, settings: str, amount: float | None) -> None:
    rows = [line("a", "2026-01-31", 1, quantity=cell)]
    room = open_tiny(tmp_path, rows, deal=f"[room.tables.revenue]\n{settings}")
    (found,) = lines_of(room)["quantity"].tolist()
    assert found is None or pd.isna(found) if amount is None else float(found) == amount


@pytest.mark.parametrize(
    ("cell", "settings"),
    [
        ("1.234", 'decimal = ","'),
        ("1.234,56", 'decimal = ","'),
        ("1,50", 'thousands = ","'),
        ("1,2345", 'thousands = ","'),
        ("1.5", 'decimal = ","\nthousands = "."'),
        ("1,234.56", ""),
        ("-12-", ""),
        ("1'2345", ""),
        ("5 PCS", ""),
        ("12%", ""),
        ("1.2.3", ""),
        ("1e", ""),
    ],
)
def test_a_number_that_could_be_two_is_refused_not_guessed(tiny_deal: Callable[..., Path], cell: str, settings: str) -> None:
    file = tiny_deal([line("a", "2026-01-31", cell)], deal=f"[room.tables.revenue]\n{settings}")
    with pytest.raises(InputError, match=r"row 2, column 'amount': expected a number"):
        open_room(file)


@pytest.mark.parametrize(
    ("cell", "settings"),
    [
        ("2026-01-31", ""),
        ("31.01.2026", ""),
        ("2026/01/31", ""),
        ("2026-01-31 23:59:59", ""),
        ("2026-01-31T00:00:00", ""),
        ("01/31/2026", 'date_format = "%m/%d/%Y"'),
        ("1/31/2026", 'date_format = "%m/%d/%Y"'),
        ("31-Jan-26", 'date_format = "%d-%b-%y"'),
        ("20260131", 'date_format = ["%d.%m.%Y", "%Y%m%d"]'),
    ],
)
def test_dates_as_people_write_them(tmp_path: Path, cell: str, settings: str) -> None:
    room = open_tiny(tmp_path, [line("a", cell, 1)], deal=f"[room.tables.revenue]\n{settings}")
    assert pd.Timestamp(lines_of(room)["date"].item()) == pd.Timestamp("2026-01-31")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    content = f'customer_id{separator}date{separator}amount\r\n"Müller"{separator}2026-01-31{separator}5\r\n'.encode(encoding)
    told = "" if encoding.startswith("utf-8") else f'encoding = "{encoding}"'
    room = open_tiny(tmp_path, content, deal=f"[room.tables.revenue]\n{told}")
    assert lines_of(room)[["customer_id", "amount", "source_row"]].values.tolist() == [["Müller", 5.0, 2]]


def workbook(folder: Path, rows: list[list[object]], settings: str) -> Room:
    file = write_deal(folder, deal=f'[room.tables.revenue]\nfile = "Sales 2026.xlsx"\n{settings}')
    book = Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Lines")
    for row in rows:
        sheet.append(row)
    book.save(folder / "room" / "Sales 2026.xlsx")
    return open_room(file)


def test_a_workbook_with_its_header_in_row_three(tmp_path: Path) -> None:
    rows = [
        ["Sales"],
        [],
        ["customer_id", "date", "amount", "quantity"],
        ["007", datetime(2026, 1, 31), 1234.56, 3],
        ["8", datetime(2026, 2, 28), -5, None],
    ]
    lines = lines_of(workbook(tmp_path, rows, 'sheet = "Lines"\nheader_row = 3'))
    assert lines[["customer_id", "amount", "source_row"]].values.tolist() == [["007", 1234.56, 4], ["8", -5.0, 5]]
    assert lines["date"].astype("str").tolist() == ["2026-01-31", "2026-02-28"]


def test_a_workbook_may_mix_real_numbers_and_dates_with_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [["customer_id", "date", "amount"], ["a", datetime(2026, 1, 31), 1234.56], ["a", "28.02.2026", "1.234,56"]]
    lines = lines_of(workbook(tmp_path, rows, 'sheet = "Lines"\ndecimal = ","\nthousands = "."\ndate_format = "%d.%m.%Y"'))
    assert lines["amount"].tolist() == [1234.56, 1234.56]
    assert lines["date"].astype("str").tolist() == ["2026-01-31", "2026-02-28"]


def test_ids_keep_their_zeros_and_numbers_read_by_tools_lose_their_point(tmp_path: Path) -> None:
    rows = [line("007", "2026-01-31", 1, product_id="00"), line("7", "2026-01-31", 1, product_id="0")]
    lines = lines_of(open_tiny(tmp_path / "csv", rows))
    assert (lines["customer_id"].tolist(), lines["product_id"].tolist()) == (["007", "7"], ["00", "0"])
    file = write_deal(tmp_path / "parquet")
    frame = pd.DataFrame({"customer_id": [17850.0, None], "date": pd.to_datetime(["2026-01-31 08:26"] * 2), "amount": [0.1, 0.2]})
    frame.to_parquet(tmp_path / "parquet" / "room" / "revenue.parquet")
    assert lines_of(open_room(file))["customer_id"].tolist() == ["17850", "(unidentified)"]


def test_hostile_values_go_through_unharmed(tmp_path: Path) -> None:
    rows = [line(word, f"2026-0{1 + place % 6}-15", 10 + place, product_id=word, invoice_id=word) for place, word in enumerate(HOSTILE)]
    listed = [{"customer_id": word, "name": f"{place} {word}", "segment": word} for place, word in enumerate(HOSTILE)]
    room = open_tiny(tmp_path, rows, customers=listed)
    kept = [word.strip() for word in HOSTILE]
    lines = lines_of(room)
    assert lines["product_id"].tolist() == kept
    assert lines["amount"].sum() == sum(10 + place for place in range(len(HOSTILE)))
    assert room.segments()[kept].tolist() == kept
    revenue_quality(room).prove()


@pytest.mark.parametrize("word", [word for word in HOSTILE if "\n" not in word and word == word.strip()])
def test_hostile_names_of_columns_go_through_unharmed(tmp_path: Path, word: str) -> None:
    frame = pd.DataFrame({word: ["a"], "date": ["2026-01-31"], "source_file": ["x"], "amount": [2]})
    file = write_deal(tmp_path, frame)
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\u202e", "\\u202e") + '"'
    file.write_text(file.read_text(encoding="utf-8") + f"[room.tables.revenue]\ncolumns = {{ customer_id = {quoted} }}\n", encoding="utf-8")
    assert lines_of(open_room(file))["customer_id"].tolist() == ["a"]


def test_a_line_that_begins_with_a_number_sign_is_a_line(tmp_path: Path) -> None:
    assert lines_of(open_tiny(tmp_path, [line("#1", "2026-01-31", 1), line("#2", "2026-01-31", 1)]))["customer_id"].tolist() == ["#1", "#2"]


def test_a_column_of_the_target_called_source_row_does_not_hide_ours(tmp_path: Path) -> None:
    lines = lines_of(open_tiny(tmp_path, [line("a", "2026-01-31", 1, source_row=77, source_file="theirs")]))
    assert lines[["source_row", "source_file"]].values.tolist() == [[2, "revenue.csv"]]


def test_a_comma_within_a_quoted_header_is_no_second_header(tmp_path: Path) -> None:
    text = 'customer_id,date,amount,"x, y","z, y"\na,2026-01-31,1,2,3\n'
    assert len(lines_of(open_tiny(tmp_path, text))) == 1


def test_attributes_of_alternatives_are_kept(tmp_path: Path) -> None:
    choices = [{"respondent_id": 1, "task": 1, "alternative": 1, "chosen": "yes", "price": 5, "Term; DROP": "12 months"}]
    room = open_tiny(tmp_path, [line("a", "2026-01-31", 1)], choices=choices)
    assert room.table("choices")["Term; DROP"].tolist() == ["12 months"]


def test_values_constants_factors_scale_and_rows_to_keep(tmp_path: Path) -> None:
    text = "Who,When,Units,Price,State\na,2026-01-31,3,250,Won\nb,2026-01-31,9,250,Lost\nc,2026-02-28,2,100,Won\n"
    deal = (
        '[room.tables.revenue]\ncolumns = { customer_id = "Who", date = "When", quantity = "Units" }\n'
        'multiply = { amount = ["Units", "Price"] }\nkeep = { State = ["Won"] }\nconstants = { kind = "usage" }\nscale = { quantity = 0.01 }\n'
        'values = { customer_id = { a = "A" } }'
    )
    lines = lines_of(open_tiny(tmp_path, text, deal=deal))
    assert lines[["customer_id", "kind", "amount"]].values.tolist() == [["A", "usage", 750.0], ["c", "usage", 200.0]]
    assert lines["quantity"].astype("float64").tolist() == [0.03, 0.02]


def test_revenue_without_products_has_a_bridge_that_closes(tmp_path: Path) -> None:
    rows = monthly("a", "2025-01", "2026-06", 10) + monthly("b", "2025-03", "2026-01", 5, product_id="p")
    room = open_tiny(tmp_path, rows)
    assert set(room.cube["product_id"]) == {"(not given)", "p"}
    revenue_quality(room).prove()
