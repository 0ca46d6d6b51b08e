"""Text files as tools export them: every row keeps the number that a spreadsheet shows, every cell its text."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import line, lines_of, open_tiny, write_deal

from diligence.dataroom.engine import connect
from diligence.dataroom.reading import find_sources, open_place, read_raw
from diligence.dataroom.room import open_room
from diligence.deal import load_deal
from diligence.errors import InputError

HEAD = "customer_id,date,amount\n"
LAYOUTS = {
    "a preamble and a blank line": ("Sales report\n\n" + HEAD + "a,2026-01-31,1\nb,2026-02-28,2\n", "header_row = 3", [4, 5]),
    "a preamble with a quoted line end": ('"Sales\nreport"\n' + HEAD + "a,2026-01-31,1\nb,2026-02-28,2\n", "header_row = 2", [3, 4]),
    "blank lines between": (HEAD + "a,2026-01-31,1\n\n\nb,2026-02-28,2\n", "", [2, 5]),
    "lines of separators": (HEAD + "a,2026-01-31,1\n,,\nb,2026-02-28,2\n", "", [2, 4]),
    "a quoted line end": ('customer_id,date,amount,note\na,2026-01-31,1,"one\n\ntwo"\nb,2026-02-28,2,\n', "", [2, 3]),
    "lines of comment": (HEAD + "# exported by CRM\na,2026-01-31,1\nb,2026-02-28,2\n", 'comment = "#"', [3, 4]),
    "old Macintosh line ends": (HEAD.replace("\n", "\r") + "a,2026-01-31,1\rb,2026-02-28,2\r", "", [2, 3]),
    "mixed line ends": (HEAD + "a,2026-01-31,1\r\nb,2026-02-28,2\n", "", [2, 3]),
    "separators at the end": ("customer_id;date;amount;;\na;2026-01-31;1;;\nb;2026-02-28;2;;\n", "", [2, 3]),
    "one separator more than the header": ("customer_id;date;amount\na;2026-01-31;1;\nb;2026-02-28;2;\n", "", [2, 3]),
    "no header": ("a,2026-01-31,1\nb,2026-02-28,2\n", 'header_row = 0\ncolumns = { customer_id = "column_1", date = "column_2", amount = "column_3" }', [1, 2]),
    "runs of blanks": ("  customer_id   date      amount\n  a  2026-01-31   1\n  b  2026-02-28   2\n", 'separator = "whitespace"', [2, 3]),
    "a header over two rows": (
        'Customer,Booking,\nno,day,net\na,2026-01-31,1\nb,2026-02-28,2\n',
        'header_rows = 2\ncolumns = { customer_id = "Customer no", date = "Booking day", amount = "Booking net" }',
        [3, 4],
    ),
    "another sign": (HEAD.replace(",", "~") + "a~2026-01-31~1\nb~2026-02-28~2\n", 'separator = "~"', [2, 3]),
    "a byte order mark": ("\ufeff" + HEAD + "\na,2026-01-31,1\nb,2026-02-28,2\n", "", [3, 4]),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(tmp_path: Path, layout: str) -> None:
    text, settings_, rows = LAYOUTS[layout]
    lines = lines_of(open_tiny(tmp_path, text.encode(), deal=f"[room.tables.revenue]\n{settings_}"))
    assert lines[["customer_id", "amount", "source_row"]].values.tolist() == [["a", 1.0, rows[0]], ["b", 2.0, rows[1]]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_decides_unless_the_deal_file_does(tmp_path: Path, encoding: str) -> None:
    content = ("" if encoding == "utf-16" else "\ufeff") + HEAD + "Müller,2026-01-31,1\n"
    assert lines_of(open_tiny(tmp_path, content.encode(encoding)))["customer_id"].tolist() == ["Müller"]


def test_a_name_of_a_table_is_found_however_its_letters_are_written(tmp_path: Path) -> None:
    deal = write_deal(tmp_path)
    (tmp_path / "room" / "Revenue.TXT").write_text(HEAD.replace(",", "\t") + "a\t2026-01-31\t1\n", encoding="utf-8")
    assert open_room(deal).given["revenue"]["file"] == "Revenue.TXT"


def test_json_lines(tmp_path: Path) -> None:
    deal = write_deal(
        tmp_path, deal='[room.tables.revenue]\nfile = "sales.jsonl"\ncolumns = { customer_id = "who.id", product_id = "items" }'
    )
    (tmp_path / "room" / "sales.jsonl").write_text(
        '{"who": {"id": 7}, "date": "2026-01-31", "amount": 1.10, "items": ["p"]}\n\n{"who": {"id": "08"}, "amount": -2, "date": "2026-02-28"}\n',
        encoding="utf-8",
    )
    lines = lines_of(open_room(deal))
    assert lines[["customer_id", "amount", "source_row"]].values.tolist() == [["7", 1.1, 1], ["08", -2.0, 3]]
    assert lines["product_id"].tolist()[0] == '["p"]'


def test_nested_records_of_parquet_are_flattened(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    deal = write_deal(tmp_path, deal='[room.tables.revenue]\ncolumns = { customer_id = "who.id" }')
    pq.write_table(
        pa.table({"who": [{"id": "a", "x": {"y": 1}}], "date": ["2026-01-31"], "amount": [2]}), tmp_path / "room" / "revenue.parquet"
    )
    assert lines_of(open_room(deal))[["customer_id", "amount"]].values.tolist() == [["a", 2.0]]


def test_a_serial_date_in_a_text_file_is_read_where_the_deal_file_says_so(tmp_path: Path) -> None:
    deal = '[room.tables.revenue]\ndate_format = ["%d.%m.%Y", "serial"]'
    room = open_tiny(tmp_path, [line("a", "46053", 1), line("a", "28.02.2026", 1)], deal=deal)
    assert lines_of(room)["date"].astype("str").tolist() == ["2026-01-31", "2026-02-28"]
    assert [(row.id, row.rows, row.before) for row in room.cleaning.itertuples()] == [
        ("second_date_format/revenue.date", 1, "date written serial")
    ]


def test_percent_is_a_hundredth_where_a_fraction_is_due(tmp_path: Path) -> None:
    products = "product_id,gross_margin\np,62.5%\nq,0.7\n"
    assert open_tiny(tmp_path, [line("a", "2026-01-31", 1)], products=products).table("products")["gross_margin"].tolist() == pytest.approx(
        [0.625, 0.7], abs=1e-9
    )


@pytest.mark.parametrize(
    ("cell", "amount"), [("12 EUR", 12.0), ("SEK 1 234.50", 1234.5), ("R$12", 12.0), ("kr 5", 5.0), ("(USD 5)", -5.0), ("7.50zł", 7.5)]
)
def test_amounts_with_the_name_of_their_currency(tmp_path: Path, cell: str, amount: float) -> None:
    assert lines_of(open_tiny(tmp_path, [line("a", "2026-01-31", cell)]))["amount"].tolist() == [amount]


def test_debit_and_credit_in_two_columns_and_a_sign_turned(tmp_path: Path) -> None:
    text = "customer_id,date,Dr,Cr\na,2026-01-31,,10\na,2026-02-28,4,\n"
    taken = open_tiny(tmp_path / "both", text, deal='[room.tables.revenue]\nsubtract = { amount = ["Cr", "Dr"] }')
    assert lines_of(taken)["amount"].tolist() == [10.0, -4.0]
    turned = open_tiny(
        tmp_path / "turned", "customer_id,date,amount\na,2026-01-31,-10\n", deal='[room.tables.revenue]\nnegate = ["amount"]'
    )
    assert lines_of(turned)["amount"].tolist() == [10.0]
    with pytest.raises(InputError, match=r"row 3, column 'amount': expected a number, got 'four'"):
        open_tiny(tmp_path / "bad", text.replace(",4,", ",four,"), deal='[room.tables.revenue]\nsubtract = { amount = ["Cr", "Dr"] }')


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.text(alphabet='ab;,"\n\r é\t', max_size=6), st.text(alphabet="xy z'", max_size=3)), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_of_csv_writes_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str, end: str
) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("customer_id", "date"), *rows])
    deal = load_deal(
        write_deal(
            tmp_path_factory.mktemp("csv"),
            stream.getvalue().encode(),
            deal=f"[room.tables.revenue]\nseparator = {separator!r}".replace("'", '"'),
        )
    )
    expected = [(nth, a or None, b or None) for nth, (a, b) in enumerate(rows, 2) if a or b]
    connection = connect()
    with open_place(deal) as place:
        read_raw(connection, find_sources(place, deal, ("revenue",))[0], "raw")
        assert connection.execute('SELECT source_row, customer_id, "date" FROM raw ORDER BY 1').fetchall() == expected


def test_a_plain_file_and_an_awkward_one_of_the_same_rows_give_the_same_lines(tiny_room: Callable[..., object], tmp_path: Path) -> None:
    rows = "".join(f"c{nth % 7},2026-01-{1 + nth % 28:02},{nth}.5\n" for nth in range(500))
    plain, awkward = open_tiny(tmp_path / "plain", HEAD + rows), open_tiny(tmp_path / "awkward", HEAD + rows.replace("\n", "\r"))
    assert lines_of(plain).equals(lines_of(awkward))
