"""``diligence check``: what a new drop changed is told in lines, and what is wrong is told before anything is written."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from tiny import line, monthly, write_deal

from diligence.dataroom.room import Room
from diligence.errors import InputError
from diligence.runner.check import checked

Build = Callable[..., Room]
BOOK = [{**row, "invoice_id": f"I{place}"} for place, row in enumerate(monthly("a", "2024-01", "2026-06", 100))]


@pytest.fixture
def run(tmp_path: Path, tiny_room: Build) -> Path:
    """The evidence of an earlier run, as a run leaves it."""
    room = tiny_room(BOOK)
    shutil.copytree(room.folder, tmp_path / "out" / "evidence")
    return tmp_path / "out"


def again(folder: Path) -> Path:
    """The room a month later: June restated, a line of last year come in, one of July."""
    june = {**BOOK[-1], "amount": 90}
    rows = [*BOOK[:-1], june, line("=b", "2025-11-01", 33, invoice_id="X"), line("a", "2026-07-01", 100, invoice_id="Y")]
    return write_deal(folder / "july", rows, as_of="2026-07-31")


def test_what_changed_comes_first_then_what_it_does_then_the_check(tmp_path: Path, run: Path) -> None:
    told = checked(str(again(tmp_path)), against=run, csv=tmp_path / "changed.csv").splitlines()
    assert told[:13] == [
        f"Against the drop of {run} (as of 2026-06-30; this one as of 2026-07-31):",
        "- revenue, restated: 1 row, -10.00",
        "- revenue, added (history): 1 row, +33.00",
        "- revenue, added (new period): 1 row, +100.00",
        "",
        "Largest restatements:",
        "- revenue I29: amount 100.00 -> 90.00 (-10.00); row 31 of revenue.csv, row 31 of revenue.csv",
        "",
        "Customers most touched:",
        "- a: +90.00 in 2 lines",
        "- =b: +33.00 in 1 line",
        "",
        "What that does to the headline:",
    ]
    table = {re.split(r"  +", row)[0]: re.split(r"  +", row)[1] for row in told[14:] if re.search(r"  +[\d,]+  ", row)}
    assert table == {
        "old drop, as of 2026-06-30": "1,200",
        "revenue, restated": "1,190",
        "revenue, added (history)": "1,223",
        "revenue, added (new period)": "1,223",
        "deal file and order of rows": "1,223",
        "new drop, as of 2026-07-31": "1,223",
    }
    assert f"every changed row: {tmp_path / 'changed.csv'}" in told
    assert "Odd:" in told and "Ask for:" in told


def test_the_file_has_every_changed_row_and_nothing_that_computes(tmp_path: Path, run: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    deal = again(tmp_path)
    checked(str(deal), against=run / "evidence", csv=tmp_path / "changed.csv")
    frame = pd.read_csv(tmp_path / "changed.csv", keep_default_na=False)
    assert frame.columns.tolist() == [
        "table", "kind", "dated", "key", "customer_id", "column", "old", "new", "old_row", "new_row", "amount_change",
    ]  # fmt: skip
    assert frame["customer_id"].tolist() == ["a", "'=b", "a"]
    assert frame["old"].tolist() == ["100.0000", "", ""]
    written = set(tmp_path.rglob("*")) - set(before) - set((tmp_path / "july").rglob("*")) - {tmp_path / "july"}
    assert written == {tmp_path / "changed.csv"}


def test_the_same_room_again_changed_nothing(tmp_path: Path, run: Path) -> None:
    told = checked(str(write_deal(tmp_path / "same", BOOK)), against=run).splitlines()
    assert told[1] == "- nothing changed"
    reordered = checked(str(write_deal(tmp_path / "turned", BOOK[::-1])), against=run).splitlines()
    assert reordered[1] == "- revenue: the same rows, exported again"


def test_the_request_list_is_written_on_request(tmp_path: Path) -> None:
    file = tmp_path / "ask.xlsx"
    told = checked(str(write_deal(tmp_path / "deal", BOOK)), requests=file)
    assert told.splitlines()[-1] == f"request list: {file}"
    assert "contracts" in load_workbook(file).sheetnames


def refused(deal: Path, **more: Path) -> str:
    with pytest.raises(InputError) as caught:
        checked(str(deal), **more)
    return str(caught.value)


def test_wrong_arguments_are_told_in_one_line_and_nothing_is_written(tmp_path: Path, run: Path) -> None:
    deal = write_deal(tmp_path / "deal", BOOK)
    csv, inside, lost = tmp_path / "c.csv", tmp_path / "deal" / "room" / "c.csv", tmp_path / "no" / "c.csv"
    assert refused(deal, csv=csv) == "key --csv: expected a run to compare with, got --csv alone; do this: name the run with --against RUN"
    no_run = refused(deal, against=tmp_path / "deal", csv=csv)
    assert no_run == (
        f"key --against: expected the folder of a run, got '{tmp_path / 'deal'}'; do this: name a folder that `diligence run` wrote"
    )
    assert refused(deal, against=run, csv=inside) == (
        f"key --csv: expected a file outside the data room, got '{inside}'; do this: name another file"
    )
    assert refused(deal, requests=inside).startswith("key --requests: expected a file outside the data room")
    assert refused(deal, against=run, csv=lost).startswith(f"key --csv: expected a file that can be written to, got '{lost}'")
    assert not csv.exists() and not inside.exists()
