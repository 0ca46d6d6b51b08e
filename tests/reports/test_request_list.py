"""The request list as a workbook: what stands in it, that it is the same bytes again, and that its examples are valid data."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from tiny import write_deal

from diligence.dataroom.room import open_room
from diligence.dataroom.schema import tables
from diligence.errors import InputError
from diligence.facts.requests import requests_of_nothing
from diligence.reports.request_list import example_rows, write_request_list


def written(folder: Path, asked: pd.DataFrame | None = None, name: str = "asked.xlsx") -> Path:
    file = folder / name
    frame = requests_of_nothing() if asked is None else asked
    write_request_list(frame, file, target="Example plc", as_of="2026-06-30", currency="EUR")
    return file


def rows_of(file: Path, sheet: str) -> list[list[object]]:
    return [["" if cell is None else cell for cell in row] for row in load_workbook(file)[sheet].iter_rows(values_only=True)]


def test_the_examples_are_a_room_that_is_taken_in(tmp_path: Path) -> None:
    """Every example row, each column of it, without a problem, and without a key that points to nothing."""
    assert {table: tuple(name for name in row if name in tables()[table].names) for table, row in example_rows().items()} == {
        name: table.names for name, table in tables().items()
    }
    room = open_room(write_deal(tmp_path, **{table: [row] for table, row in example_rows().items()}))
    assert {table: facts["rows"] for table, facts in room.given.items()} == dict.fromkeys(tables(), 1)
    assert room.issues.loc[room.issues["code"].isin(["orphan", "survivorship", "look_ahead"]), "message"].tolist() == []
    assert room.revenue()["amount"].tolist() == [1250.0]


def test_a_sheet_for_each_table_with_its_columns_and_an_example(tmp_path: Path) -> None:
    file = written(tmp_path)
    asked = requests_of_nothing()
    assert load_workbook(file).sheetnames == ["Read first", "Requests", *asked["table"]]
    told = rows_of(file, "delivery")
    assert told[0] == ["Column", "Required", "Type", "Unit", "Allowed values", "Description", "Example"]
    assert told[1] == ["month", "yes", "month, YYYY-MM", "", "", "Onboarding and delivery capacity", "2025-03"]
    assert [row[:4] for row in told[7:9]] == [["month", "capacity_days", "used_days", "go_lives"], ["2025-03", "160", "148", "6"]]
    billing = next(row for row in rows_of(file, "contracts") if row[0] == "billing")
    assert billing[4] == "annual_upfront, quarterly, monthly, arrears, usage, cash_on_delivery"
    points = next(row for row in rows_of(file, "contracts") if row[0] == "customer_id")
    assert points[5] == "Points to customers.customer_id."


def test_the_list_shows_the_company_nothing_of_how_it_is_judged(tmp_path: Path) -> None:
    told = rows_of(written(tmp_path), "Requests")
    assert told[0] == ["No.", "Kind", "Table", "Columns", "Why", "Period", "Format", "Sent on", "Remarks of the company"]
    assert told[1][:3] == [1, "table", "revenue"] and len(told) == 34


def test_the_cover_says_who_what_and_when(tmp_path: Path) -> None:
    told = dict(row[:2] for row in rows_of(written(tmp_path), "Read first")[2:])
    assert told["As of"].startswith("2026-06-30.") and told["Amounts"] == "Net of tax, in EUR"
    assert told["What"].startswith("33 tables: see 'Requests'")
    assert {"Send", "Confidential", "How", "Leave out"} <= set(told)


def test_only_the_columns_lacking_are_asked_for(tmp_path: Path) -> None:
    asked = requests_of_nothing().query("table == 'fx'").assign(kind="columns", columns="rate")
    told = rows_of(written(tmp_path, asked), "fx")
    assert [row[0] for row in told[1:3]] == ["rate", ""]
    assert told[-1][0] == "0.925"


def test_it_prints_on_a4_with_its_header_frozen(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path))
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert {sheet.freeze_panes for sheet in book.worksheets[1:]} == {"A2"}


def test_nothing_of_a_room_becomes_a_formula_and_the_same_list_is_the_same_bytes(tmp_path: Path) -> None:
    asked = requests_of_nothing().head(2).assign(why=['=HYPERLINK("http://x")', "=1+1"])
    one, other = written(tmp_path, asked), written(tmp_path, asked, "again.xlsx")
    assert one.read_bytes() == other.read_bytes()
    cells = [cell for sheet in load_workbook(one) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"} and all(cell.hyperlink is None for cell in cells)
    assert "=1+1" in [cell.value for cell in cells]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "not there" / "asked.xlsx"
    with pytest.raises(InputError) as caught:
        written(file.parent)
    do = "name a file in a folder that is there, and close it where it is open"
    assert str(caught.value) == f"key --requests: expected a file that can be written to, got '{file}'; do this: {do}"
