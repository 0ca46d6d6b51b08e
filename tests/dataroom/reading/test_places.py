"""Where a room lies makes no difference to its numbers: folder, zip and DuckDB file give one cube."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from tiny import line, lines_of, monthly, write_deal

from diligence.dataroom.reading import find_sources, grid, items, open_place, unread_files
from diligence.dataroom.room import Room, open_room
from diligence.dataroom.schema import tables
from diligence.deal import load_deal
from diligence.errors import InputError

ROWS = [
    *monthly("a", "2025-01", "2026-06", 10, product_id="p", quantity=2),
    line("Müller & Søn", "2026-02-28", "5.55", product_id="", quantity=""),
]
LISTED = [{"customer_id": "a", "name": "Alpha"}, {"customer_id": "Müller & Søn", "name": "Müller"}]


@pytest.fixture
def as_folder(tmp_path: Path) -> Path:
    return write_deal(tmp_path / "folder", ROWS, customers=LISTED)


def elsewhere(tmp_path: Path, source: str) -> Path:
    (tmp_path / "deal.toml").write_text(
        f'[target]\nname = "Tiny"\ncurrency = "EUR"\nas_of = 2026-06-30\n[room]\nsource = "{source}"\n', encoding="utf-8"
    )
    return tmp_path / "deal.toml"


def pack(file: Path, folder: Path, under: str = "") -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted((folder / "room").iterdir()):
            out.write(path, under + path.name)


def same(one: Room, other: Room) -> None:
    pd.testing.assert_frame_equal(one.cube, other.cube)
    pd.testing.assert_frame_equal(one.customers.drop(columns="source_file"), other.customers.drop(columns="source_file"))
    assert lines_of(one)["source_row"].tolist() == lines_of(other)["source_row"].tolist()


@pytest.mark.parametrize("under", ["", "Project Tiny/"])
def test_a_zip_is_the_folder_in_it(tmp_path: Path, as_folder: Path, under: str) -> None:
    pack(tmp_path / "room.zip", as_folder.parent, under)
    same(open_room(as_folder), open_room(elsewhere(tmp_path, "room.zip")))


def test_what_systems_leave_in_a_zip_is_no_file_of_the_room(tmp_path: Path, as_folder: Path) -> None:
    pack(tmp_path / "room.zip", as_folder.parent)
    with zipfile.ZipFile(tmp_path / "room.zip", "a") as out:
        for name in ("__MACOSX/._revenue.csv", ".DS_Store", "~$Notes.xlsx", "Übersicht.pdf"):
            out.writestr(name, b"x")
    deal = load_deal(elsewhere(tmp_path, "room.zip"))
    with open_place(deal) as place:
        assert place.labels() == ["customers.csv", "revenue.csv", "Übersicht.pdf"]
        assert unread_files(place, find_sources(place, deal, tuple(tables()))) == ["Übersicht.pdf"]
    assert not place.folder.exists()


def test_names_that_an_old_tool_wrote_as_utf_8_without_saying_so(tmp_path: Path, as_folder: Path) -> None:
    pack(tmp_path / "room.zip", as_folder.parent)
    with zipfile.ZipFile(tmp_path / "room.zip", "a") as out:
        out.writestr("Umsatz_MARK.csv", b"x")
    content = (tmp_path / "room.zip").read_bytes().replace(b"Umsatz_MARK", b"Ums\xc3\xa4tze_AB")
    (tmp_path / "room.zip").write_bytes(content)
    with open_place(load_deal(elsewhere(tmp_path, "room.zip"))) as place:
        assert "Umsätze_AB.csv" in place.labels()


@pytest.fixture
def as_duckdb(tmp_path: Path, as_folder: Path) -> Path:
    room = (as_folder.parent / "room").as_posix()
    with duckdb.connect(str(tmp_path / "room.duckdb")) as made:
        made.execute(
            "CREATE TABLE revenue AS SELECT customer_id, CAST(date AS TIMESTAMP) AS date, CAST(amount AS DECIMAL(18, 2)) AS amount, product_id, "
            f"CAST(quantity AS INTEGER) AS quantity FROM read_csv('{room}/revenue.csv', all_varchar = true)"
        )
        made.execute(f"CREATE SCHEMA crm; CREATE TABLE crm.accounts AS SELECT * FROM read_csv('{room}/customers.csv', all_varchar = true)")
        made.execute("CREATE VIEW spend AS SELECT 1 AS amount; CREATE TABLE odd (tags VARCHAR[], moment TIMESTAMPTZ, id UUID)")
    return elsewhere(tmp_path, "room.duckdb")


def test_a_duckdb_file_gives_the_same_cube(as_folder: Path, as_duckdb: Path) -> None:
    text = as_duckdb.read_text(encoding="utf-8").replace(
        '"room.duckdb"\n', '"room.duckdb"\n[room.tables.customers]\nfile = "crm.accounts"\n'
    )
    as_duckdb.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"main\.spend: expected a table of the database, got a view"):
        open_room(as_duckdb)
    with duckdb.connect(str(as_duckdb.parent / "room.duckdb")) as made:
        made.execute("DROP VIEW spend; CREATE VIEW notes AS SELECT 1 AS x")
    room = open_room(as_duckdb)
    same(open_room(as_folder), room)
    assert room.given["revenue"]["unread_files"] == ["main.odd", "main.notes (a view)"]
    assert room.given["revenue"]["sha256"] == open_room(as_duckdb).given["revenue"]["sha256"]


def test_everything_in_a_database_can_be_looked_at(as_duckdb: Path) -> None:
    with open_place(load_deal(as_duckdb)) as place:
        found = {item.label: item for item in items(place)}
        assert list(found) == ["crm.accounts", "main.odd", "main.revenue"]
        assert grid(found["crm.accounts"]) == [["customer_id", "name"], ["a", "Alpha"], ["Müller & Søn", "Müller"]]
        assert found["main.revenue"].size == 19
        assert grid(found["main.odd"]) == [["tags", "moment", "id"]]


def test_a_strangers_database_is_not_written_and_reaches_no_file(as_duckdb: Path) -> None:
    file = as_duckdb.parent / "room.duckdb"
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    with open_place(load_deal(as_duckdb)) as place:
        place.lay("main.revenue", place.folder / "here.parquet", 3)  # type: ignore[misc]
        assert len(pd.read_parquet(place.folder / "here.parquet")) == 3
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert list(as_duckdb.parent.glob("room.duckdb.*")) == []


def test_items_and_grid_of_a_folder(tiny_deal: Callable[..., Path]) -> None:
    from openpyxl import Workbook

    deal = tiny_deal([line("a", "2026-01-31", 1)])
    room = deal.parent / "room"
    book = Workbook()
    book.active.title = "Sales"
    book.active.append(["Sales of 2026"])
    book.active.append(["Customer", "Date", "Net"])
    book.active.append(["a", datetime(2026, 1, 31), 1.5])
    book.create_sheet("Notes").sheet_state = "hidden"
    book.save(room / "Sales.xlsx")
    (room / "notes.tsv").write_bytes("Umsätze\n\nKunde\tBetrag\nMüller’s\t5\n".encode("cp1252"))
    (room / "log.jsonl").write_text('{"id": 1, "plan": {"name": "Pro"}}\n{"id": 2}\n', encoding="utf-8")
    (room / "sheet.pdf").write_bytes(b"%PDF")
    with open_place(load_deal(deal)) as place:
        found = {(item.label, item.sheet): item for item in items(place)}
        assert [(*key, item.hidden) for key, item in found.items()] == [
            ("Sales.xlsx", "Sales", False),
            ("Sales.xlsx", "Notes", True),
            ("log.jsonl", "", False),
            ("notes.tsv", "", False),
            ("revenue.csv", "", False),
        ]
        assert grid(found["Sales.xlsx", "Sales"]) == [
            ["Sales of 2026", "", ""],
            ["Customer", "Date", "Net"],
            ["a", "2026-01-31 00:00:00", "1.5"],
        ]
        assert grid(found["notes.tsv", ""]) == [["Umsätze"], [], ["Kunde", "Betrag"], ["Müller’s", "5"]]
        assert grid(found["log.jsonl", ""], rows=2) == [["id", "plan.name"], ["1", "Pro"]]
        assert grid(found["revenue.csv", ""], rows=1) == [["customer_id", "date", "amount"]]
