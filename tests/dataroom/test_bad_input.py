"""Bad inputs: every one is refused with its place, what was expected, what stood there, and what to do. Never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from tiny import line, write_deal

from diligence.dataroom.room import open_room
from diligence.errors import InputError

GOOD = "customer_id,date,amount\na,2026-01-31,10\n"
ROWS = [line("a", "2026-01-31", 10)]


def problems(file: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        open_room(file)
    return [str(problem).replace(f"{file}, ", "").replace(f"{file}: ", "") for problem in caught.value.problems]


CELLS = {
    "a header only": (
        "customer_id,date,amount\n",
        "revenue.csv: expected revenue lines, got a header only; do this: export the table again",
    ),
    "a header twice": (
        "customer_id,date,amount,amount\na,2026-01-31,1,2\n",
        "revenue.csv, row 1, column 'amount': expected each header once, got 'amount' 2 times; do this: rename one of them in the file",
    ),
    "an empty file": ("", "revenue.csv: expected a table with a header, got an empty file; do this: export the table again"),
    "a required column that is not there": (
        "customer_id,date,net\na,2026-01-31,1\n",
        "revenue.csv, row 1, column 'amount': expected a required column, got none; do this: map it: "
        'room.tables.revenue.columns = { amount = "..." }; the file has customer_id, date, net; `diligence map` proposes it',
    ),
    "text where a number is due": (
        "customer_id,date,amount\na,2026-01-31,10\nb,2026-01-31,ten\n",
        "revenue.csv, row 3, column 'amount': expected a number, got 'ten'; do this: "
        "set room.tables.revenue.decimal or .thousands, or name the word in room.tables.revenue.blanks",
    ),
    "a spreadsheet's error": (
        "customer_id,date,amount\na,2026-01-31,#REF!\n",
        "revenue.csv, row 2, column 'amount': expected a number, got '#REF!'; do this: "
        "set room.tables.revenue.decimal or .thousands, or name the word in room.tables.revenue.blanks",
    ),
    "no number": (
        "customer_id,date,amount\na,2026-01-31,\n",
        "revenue.csv, row 2, column 'amount': expected a value (amount is required), got an empty cell; do this: "
        "ask the target for it; where the row is no record (a total, a footer), leave it out with room.tables.revenue.keep",
    ),
    "a day that no month has": (
        "customer_id,date,amount\na,2026-02-30,10\n",
        "revenue.csv, row 2, column 'date': expected a date written %Y-%m-%d or %Y-%m-%d %H:%M:%S or %Y-%m-%dT%H:%M:%S or %d.%m.%Y or %Y/%m/%d, "
        "got '2026-02-30'; do this: set room.tables.revenue.date_format (a list is tried in order), or correct the cell",
    ),
    "a date that could be two": (
        "customer_id,date,amount\na,01/02/2026,10\n",
        "revenue.csv, row 2, column 'date': expected a date written %Y-%m-%d or %Y-%m-%d %H:%M:%S or %Y-%m-%dT%H:%M:%S or %d.%m.%Y or %Y/%m/%d, "
        "got '01/02/2026'; do this: set room.tables.revenue.date_format (a list is tried in order), or correct the cell",
    ),
    "a word that is not allowed": (
        "customer_id,date,amount,kind\na,2026-01-31,10,subscription\n",
        "revenue.csv, row 2, column 'kind': expected one of recurring, usage, services, one_off, got 'subscription'; do this: "
        'map it: room.tables.revenue.values = { kind = { "theirs" = "ours" } }',
    ),
    "a control sign in a cell": (
        "customer_id,date,amount\na,2026-01-31,\x1b[2J\n",
        "revenue.csv, row 2, column 'amount': expected a number, got '\N{REPLACEMENT CHARACTER}[2J'; do this: "
        "set room.tables.revenue.decimal or .thousands, or name the word in room.tables.revenue.blanks",
    ),
}


@pytest.mark.parametrize("case", CELLS)
def test_revenue_that_cannot_be_read(tiny_deal: Callable[..., Path], case: str) -> None:
    text, told = CELLS[case]
    assert problems(tiny_deal(text)) == [told]


MAPPINGS = {
    "a mapped column that is not there": (
        'columns = { amount = "amuont" }',
        "revenue.csv: expected a column of the file, got 'amuont', which is not there; do this: did you mean 'amount'?",
    ),
    "a governed column that is not": (
        'columns = { amout = "amount" }',
        "deal file, key room.tables.revenue: expected a column of revenue, got 'amout'; do this: did you mean 'amount'?",
    ),
    "a column to keep by that is not there": (
        'keep = { stage = ["Won"] }',
        "revenue.csv: expected a column of the file, got 'stage', which is not there; do this: use one of amount, customer_id, date",
    ),
    "a factor that is not there": (
        'multiply = { amount = ["amount", "rate"] }',
        "revenue.csv: expected a column of the file, got 'rate', which is not there; do this: did you mean 'date'?",
    ),
}


@pytest.mark.parametrize("case", MAPPINGS)
def test_a_mapping_that_does_not_fit(tiny_deal: Callable[..., Path], case: str) -> None:
    entry, told = MAPPINGS[case]
    assert problems(tiny_deal(GOOD, deal=f"[room.tables.revenue]\n{entry}")) == [told]


FURTHER = {
    "an unknown table": (
        {"deal": '[room.tables.revenu]\nfile = "revenue.csv"'},
        ["key room.tables.revenu: expected a governed table, got 'revenu'; do this: did you mean 'revenue'?"],
    ),
    "a table without a file": (
        {"deal": "[room.tables.contracts]\nseparator = ';'"},
        [
            "key room.tables.contracts: expected a file for this table, got none; do this: set room.tables.contracts.file, or put contracts.csv into the room"
        ],
    ),
    "an engine to come": (
        {"deal": '[run]\nengine = "spark"'},
        ["key run.engine: expected an engine of this version, got 'spark'; do this: set engine = \"duckdb\""],
    ),
    "an unknown repair": (
        {"off": ["duplicate_line"]},
        ["key repairs.off: expected the id of a repair, got 'duplicate_line'; do this: did you mean 'duplicate_lines'?"],
    ),
    "a score out of bounds": (
        {"nps": "respondent_id,date,score\n1,2026-01-01,11\n"},
        [
            "nps.csv, row 2, column 'score': expected one of 0..10, got '11'; do this: "
            'map it: room.tables.nps.values = { score = { "theirs" = "ours" } }'
        ],
    ),
    "half a whole number": (
        {"nps": "respondent_id,date,score\n1,2026-01-01,7.5\n"},
        [
            "nps.csv, row 2, column 'score': expected a whole number, got '7.5'; do this: correct the cell, or name the word in room.tables.nps.blanks"
        ],
    ),
    "neither yes nor no": (
        {"contracts": "contract_id,customer_id,start_date,annual_value,auto_renew\n1,a,2026-01-01,5,maybe\n"},
        [
            "contracts.csv, row 2, column 'auto_renew': expected yes or no, got 'maybe'; do this: "
            'map it: room.tables.contracts.values = { auto_renew = { "theirs" = "true" } }'
        ],
    ),
}


@pytest.mark.parametrize("case", FURTHER)
def test_other_tables_and_keys(tiny_deal: Callable[..., Path], case: str) -> None:
    more, told = FURTHER[case]
    assert problems(tiny_deal(ROWS, **more)) == told  # type: ignore[arg-type]


def test_no_revenue_at_all(tiny_deal: Callable[..., Path]) -> None:
    assert problems(tiny_deal()) == [
        "key room.tables.revenue: expected a revenue table, got none; do this: map the revenue lines: "
        "[room.tables.revenue] file = ..., or put revenue.csv into the room; to take in the other tables before they come, "
        "set partial = true under [room]"
    ]


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        (
            "revenue.pdf",
            b"%PDF-1.7",
            ["expected a CSV, TSV, XLSX, XLS, Parquet or JSON lines file, got '.pdf'", "export the table in one of these formats"],
        ),
        ("revenue.parquet", b"PAR1 cut off", ["revenue.parquet: expected a readable PARQUET file", "check the file opens elsewhere"]),
        ("revenue.xlsx", b"not a workbook", ["revenue.xlsx: expected a readable XLSX file", "check the file opens elsewhere"]),
        (
            "revenue.csv",
            GOOD.replace("a,", "\xe4,").encode("latin-1"),
            ['revenue.csv, row 2: expected text in UTF-8, got bytes that are none; do this: set room.tables.revenue.encoding = "cp1252"'],
        ),
        (
            "revenue.csv",
            GOOD.encode("utf-16-le"),
            ['revenue.csv: expected text in UTF-8, got bytes that are none; do this: set room.tables.revenue.encoding = "utf-16-le"'],
        ),
        (
            "revenue.csv",
            b'customer_id,date,amount\na,2026-01-31,1\n"b,2026-01-31,1\n',
            ["revenue.csv, row 3: expected 3 cells, as in the header, got 1"],
        ),
        (
            "revenue.csv",
            b"customer_id,date,amount\na,2026-01-31,1,2,3\n",
            ["revenue.csv, row 2: expected 3 cells, as in the header, got 5; do this: quote cells"],
        ),
    ],
    ids=["pdf", "parquet", "xlsx", "latin-1", "utf-16", "open quote", "too many cells"],
)
def test_files_that_are_not_what_their_ending_says(tmp_path: Path, name: str, content: bytes, parts: list[str]) -> None:
    file = write_deal(tmp_path, deal=f'[room.tables.revenue]\nfile = "{name}"')
    (tmp_path / "room" / name).write_bytes(content)
    (told,) = problems(file)
    assert [part for part in parts if part not in told] == []


def test_a_parquet_file_cut_short(tmp_path: Path) -> None:
    file = write_deal(tmp_path)
    whole = tmp_path / "room" / "revenue.parquet"
    pd.DataFrame({"customer_id": ["a"] * 100, "date": "2026-01-01", "amount": 1.0}).to_parquet(whole)
    whole.write_bytes(whole.read_bytes()[:-20])
    assert problems(file)[0].startswith("revenue.parquet: expected a readable PARQUET file, got ")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    file = write_deal(tmp_path, deal='[room.tables.revenue]\nfile = "sales"')
    (tmp_path / "room" / "sales").mkdir()
    assert problems(file)[0].startswith("key room.tables.revenue.file: expected a file of the room, got 'sales', which is not there")


def test_an_encoding_that_nobody_knows(tiny_deal: Callable[..., Path]) -> None:
    (told,) = problems(tiny_deal(GOOD, deal='[room.tables.revenue]\nencoding = "utf-9"'))
    assert told.startswith("revenue.csv: expected a readable CSV file, got unknown encoding: utf-9; do this: check")


def test_a_sheet_and_a_header_that_are_not_there(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Lines"
    book.active.append(["customer_id", "date", "amount"])
    for entry, told in (
        ('sheet = "Line"', "revenue.xlsx, key sheet: expected a sheet of the workbook, got 'Line'; do this: did you mean 'Lines'?"),
        (
            "header_row = 9",
            "revenue.xlsx, sheet 'Lines', row 9: expected a header, got an empty row; do this: set header_row in the deal file",
        ),
    ):
        file = (
            write_deal(tmp_path, deal=f'[room.tables.revenue]\nfile = "revenue.xlsx"\n{entry}')
            if (tmp_path / "room/revenue.xlsx").exists()
            else None
        )
        if file is None:
            write_deal(tmp_path)
            book.save(tmp_path / "room" / "revenue.xlsx")
            file = write_deal(tmp_path, deal=f'[room.tables.revenue]\nfile = "revenue.xlsx"\n{entry}')
        assert problems(file) == [told]


def test_a_cell_of_a_workbook_is_named_by_sheet_row_and_column(tmp_path: Path) -> None:
    file = write_deal(tmp_path)
    book = Workbook()
    book.active.title = "Lines"
    for row in (
        ["Sales of 2026"],
        [],
        ["customer_id", "date", "amount"],
        ["a", "2026-01-01", 1],
        [None, None, None],
        ["a", "2026-01-01", "n.a."],
    ):
        book.active.append(row)
    book.save(tmp_path / "room" / "revenue.xlsx")
    file = write_deal(tmp_path, deal='[room.tables.revenue]\nfile = "revenue.xlsx"\nsheet = "Lines"\nheader_row = 3')
    assert problems(file)[0].startswith("revenue.xlsx, sheet 'Lines', row 6, column 'amount': expected a number, got 'n.a.'")


def test_a_currency_without_a_rate(tiny_deal: Callable[..., Path]) -> None:
    rows = [
        line("a", "2026-01-31", 10, currency="GBP"),
        line("a", "2026-02-28", 10, currency="GBP"),
        line("a", "2026-02-28", 5, currency="GBP"),
    ]
    fx = [{"month": "2026-01", "currency": "GBP", "rate": 1.2}]
    assert problems(tiny_deal(rows, fx=fx)) == [
        "revenue.csv, row 3: expected a rate GBP to EUR for 2026-02, got none for 2 lines; do this: add them to the table fx, "
        'or leave these lines out with [repairs] off = ["currency_conversion"]'
    ]


def test_the_first_cells_are_shown_and_the_others_counted(tiny_deal: Callable[..., Path]) -> None:
    told = problems(tiny_deal([line(f"c{place}", "2026-01-31", "x") for place in range(9)]))
    assert [entry.split(":")[0] for entry in told] == [f"revenue.csv, row {row}, column 'amount'" for row in (2, 3, 4)]
    assert "'x' (and 6 more such cells)" in told[2] and "more such" not in told[1]


def test_all_problems_of_several_files_are_told_at_once(tiny_deal: Callable[..., Path]) -> None:
    more = {
        "customers": "customer_id,acquired_on\na,yesterday\n",
        "contracts": "contract_id,customer_id,start_date\n1,a,2026-01-01\n",
        "ledger": "month,line,amount\n2026-01,turnover,5\n2026-01,revenue,five\n",
        "deal": "[room.tables.nothing]\nseparator = ';'",
    }
    told = problems(tiny_deal("customer_id,date,amount\na,2026-01-31,ten\n", **more))
    assert len(told) == 6
    for part in ("'nothing'", "revenue.csv, row 2", "customers.csv, row 2", "column 'annual_value'", "got 'turnover'", "got 'five'"):
        assert sum(part in entry for entry in told) == 1


def test_a_column_or_a_date_of_the_wrong_name_is_refused_by_the_room(tiny_room: Callable[..., object]) -> None:
    room = tiny_room(ROWS)
    with pytest.raises(InputError, match=r"expected a column of customers, got 'sector'"):
        room.segments("sector")  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"expected a governed table, got 'opportunitys'; do this: did you mean 'opportunities'"):
        room.table("opportunitys")  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"expected a date YYYY-MM-DD, got '30.06.2026'; do this: write it like 2026-06-30"):
        open_room("demo", as_of="30.06.2026")


def test_nothing_of_the_target_stays_behind_when_intake_fails(
    tiny_deal: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    problems(tiny_deal("customer_id,date,amount\na,2026-01-31,ten\n", deal='[room.tables.revenue]\nencoding = "latin-1"'))
    assert list(aside.iterdir()) == []
