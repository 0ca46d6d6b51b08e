"""Wide layouts, totals, and ids that lost their zeros."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import line, lines_of, open_tiny, repaired, write_deal

from diligence.dataroom.room import open_room
from diligence.errors import InputError

LINE = [line("a", "2026-01-31", 1)]
WIDE = "month,tv_S,ooh_S,note\n2026-01,100,,x\n2026-02,-,30,y\n"


def test_a_column_a_channel_becomes_rows(tmp_path: Path) -> None:
    deal = (
        "[room.tables.spend]\nblanks = ['-']\n[room.tables.spend.unpivot]\n"
        'columns = "*_S"\nname = "channel"\nvalue = "amount"\nlabels = { "tv_S" = "tv" }\n'
    )
    room = open_tiny(tmp_path, LINE, spend=WIDE, deal=deal)
    spend = room.table("spend")
    assert spend[["channel", "amount", "source_row"]].values.tolist() == [["tv", 100.0, 2], ["ooh_S", 30.0, 3]]
    assert room.given["spend"]["unread"] == ["note"]


def test_a_column_a_month_becomes_rows(tmp_path: Path) -> None:
    text = "line,Jan 26,Feb 26\nrevenue,10,20\ncogs,3,\nTotal,13,20\n"
    deal = '[room.tables.ledger]\ndate_format = "%b %y"\n[room.tables.ledger.unpivot]\ncolumns = ["Jan 26", "Feb 26"]\nname = "month"\nvalue = "amount"\n'
    with pytest.raises(InputError, match=r"ledger\.csv, row 4, column 'line': expected one of revenue"):
        open_tiny(tmp_path / "total", LINE, ledger=text, deal=deal)
    ledger = open_tiny(tmp_path, LINE, ledger=text.replace("Total,13,20\n", ""), deal=deal).table("ledger")
    assert ledger.assign(month=ledger["month"].astype("str"))[["month", "line", "amount"]].values.tolist() == [
        ["2026-01-01", "revenue", 10.0],
        ["2026-02-01", "revenue", 20.0],
        ["2026-01-01", "cogs", 3.0],
    ]


TOTALS = [
    "Total",
    "Grand total",
    "TOTALS:",
    "Summe 2026",
    "Gesamtergebnis",
    "Sous-total",
    "Total général",
    "Totaal (EUR)",
    "合計",
    "Subtotal",
]


@pytest.mark.parametrize("word", TOTALS)
def test_a_row_that_calls_itself_a_total_is_left_out_and_counted(tmp_path: Path, word: str) -> None:
    room = open_tiny(tmp_path, [line("a", "2026-01-31", 12), line("b", "2026-01-31", 8), line(word, "", 20)])
    assert room.described["revenue"] == 20.0
    assert repaired(room) == {"totals_row/revenue": (1, 20.0)}
    assert room.given["revenue"]["totals"] == [[4, 200_000]]


@pytest.mark.parametrize("word", ["Total Energies", "Total", "Summe", "Totally Ltd"])
def test_a_customer_called_total_stays(tmp_path: Path, word: str) -> None:
    listed = [{"customer_id": word, "name": f"{word} SE", "country": ""}]
    room = open_tiny(tmp_path, [line(word, "2026-01-31", 12)], customers=listed)
    assert lines_of(room)["customer_id"].tolist() == [word]
    assert room.customers["customer_id"].tolist() == [word]
    assert repaired(room) == {}


def test_switched_off_a_total_is_a_problem_again(tiny_deal: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match=r"revenue\.csv, row 3, column 'date': expected a value \(date is required\), got an empty cell"):
        open_room(tiny_deal([line("a", "2026-01-31", 12), line("Total", "", 12)], off=["totals_row/revenue"]))


def test_padding_gives_ids_their_zeros_back(tmp_path: Path) -> None:
    listed = [{"customer_id": "0007"}, {"customer_id": "0042"}]
    file = write_deal(tmp_path, [line("7", "2026-01-31", 1), line("42", "2026-01-31", 2)], customers=listed)
    told = r"got ids without their leading zeros: 2 of revenue.customer_id match customers.customer_id padded to 4 digits; do this: set room.tables.revenue.pad = { customer_id = 4 }"
    with pytest.raises(InputError) as caught:
        open_room(file)
    assert told in str(caught.value)
    file.write_text(file.read_text(encoding="utf-8") + "[room.tables.revenue]\npad = { customer_id = 4 }\n", encoding="utf-8")
    assert lines_of(open_room(file))["customer_id"].tolist() == ["0007", "0042"]


def test_where_some_ids_match_as_they_stand_the_rest_is_told_and_not_refused(tmp_path: Path) -> None:
    listed = [{"customer_id": "0007"}, {"customer_id": "0042"}]
    room = open_tiny(tmp_path, [line("7", "2026-01-31", 1), line("0042", "2026-01-31", 2)], customers=listed)
    assert room.given["revenue"]["unpadded"] == [
        "ids without their leading zeros: 1 of revenue.customer_id match customers.customer_id padded to 4 digits; set room.tables.revenue.pad = { customer_id = 4 }"
    ]


def test_ids_of_two_widths_that_never_had_zeros_are_left_alone(tmp_path: Path) -> None:
    room = open_tiny(tmp_path, [line("7", "2026-01-31", 1)], customers=[{"customer_id": "1234"}, {"customer_id": "5678"}])
    assert room.given["revenue"]["unpadded"] == []
