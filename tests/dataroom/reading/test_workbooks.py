"""Workbooks: the sheet that is meant, dates that are numbers, headers over merged cells, what is hidden."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tiny import lines_of, repaired, write_deal

from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError

HEAD = ["customer_id", "date", "amount"]


def opened(folder: Path, fill: Callable[[Workbook], None], deal: str = "", off: tuple[str, ...] = ()) -> Room:
    file = write_deal(folder, deal=f"[room.tables.revenue]\n{deal}", off=off)
    book = Workbook()
    fill(book)
    book.save(folder / "room" / "revenue.xlsx")
    return open_room(file)


def test_the_sheet_named_as_the_table_comes_before_the_first_that_shows(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.title = "Old"
        book.active.sheet_state = "hidden"
        book.create_sheet("Cover").append(["Sales"])
        sheet = book.create_sheet("Revenue")
        sheet.append(HEAD)
        sheet.append(["a", datetime(2026, 1, 31), 5])

    room = opened(tmp_path, fill)
    assert lines_of(room)["amount"].tolist() == [5.0]
    assert room.given["revenue"]["hidden"] == ["Old"]


def test_a_hidden_first_sheet_is_passed_over(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.append(["customer_id", "date", "amount"])
        book.active.append(["hidden", datetime(2026, 1, 31), 1])
        book.active.sheet_state = "hidden"
        sheet = book.create_sheet("Lines")
        sheet.append(HEAD)
        sheet.append(["shown", datetime(2026, 1, 31), 1])

    assert lines_of(opened(tmp_path, fill))["customer_id"].tolist() == ["shown"]


@pytest.mark.parametrize(("epoch", "serial"), [(None, 46053), (CALENDAR_MAC_1904, 44591)])
def test_a_number_in_a_column_of_dates_is_a_serial_date_and_is_told(tmp_path: Path, epoch: datetime | None, serial: int) -> None:
    def fill(book: Workbook) -> None:
        if epoch is not None:
            book.epoch = epoch
        book.active.append(HEAD)
        book.active.append(["a", datetime(2026, 1, 31), 1])
        book.active.append(["a", serial, 2])
        book.active.append(["a", "28.02.2026", 4])

    room = opened(tmp_path / "on", fill)
    assert lines_of(room)["date"].astype("str").tolist() == ["2026-01-31", "2026-01-31", "2026-02-28"]
    assert repaired(room) == {"second_date_format/revenue.date": (1, 0.0)}
    with pytest.raises(InputError, match=r"expected dates of revenue\.date in one format, got 1 written serial"):
        opened(tmp_path / "off", fill, off=("second_date_format",))


def test_a_year_is_no_serial_date(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.append(HEAD)
        book.active.append(["a", 2026, 1])

    with pytest.raises(InputError, match=r"sheet 'Sheet', row 2, column 'date': expected a date written .*, got '2026'"):
        opened(tmp_path, fill)


def test_a_header_over_merged_cells(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["Sales"])
        sheet.append(["Customer", None, "Booking", None])
        sheet.append(["no", "name", "day", "net"])
        sheet.append(["a", "Alpha", datetime(2026, 1, 31), 1234.5])
        sheet.merge_cells("A2:B2")
        sheet.merge_cells("C2:D2")

    names = 'columns = { customer_id = "Customer no", date = "Booking day", amount = "Booking net" }'
    lines = lines_of(opened(tmp_path, fill, f"header_row = 2\nheader_rows = 2\n{names}"))
    assert lines[["customer_id", "amount", "source_row"]].values.tolist() == [["a", 1234.5, 4]]


def test_cells_of_all_kinds_come_as_they_show(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.append([*HEAD, "product_id", "quantity", "invoice_id"])
        book.active.append(["007", datetime(2026, 1, 31, 23, 59, 59), 0.1, 17850.0, 3, True])
        book.active.append([8, datetime(2026, 2, 28), -1e-3, "#N/A", None, 1.5])

    lines = lines_of(opened(tmp_path, fill, 'blanks = ["#N/A"]'))
    assert lines[["customer_id", "amount", "invoice_id"]].values.tolist() == [["007", 0.1, "True"], ["8", -0.001, "1.5"]]
    assert lines["product_id"].tolist()[0] == "17850" and lines["product_id"].isna().tolist() == [False, True]


def test_formulas_elsewhere_do_not_matter(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.append([*HEAD, "check"])
        book.active.append(["a", datetime(2026, 1, 31), 1, "=C2*2"])

    assert lines_of(opened(tmp_path, fill))["amount"].tolist() == [1.0]
