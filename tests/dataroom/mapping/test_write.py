"""The proposal in the deal file: what the analyst wrote stands, what is added loads, a second run changes nothing."""

import os
import stat
import sys
from pathlib import Path

import pytest
from invented import EXPORTS, contract_register, faktura
from tiny import write_deal

from diligence.cli import main
from diligence.dataroom.mapping.propose import propose
from diligence.dataroom.mapping.write import CLOSES, OPENS, with_proposals, write_mapping
from diligence.dataroom.room import open_room
from diligence.deal import load_deal
from diligence.errors import InputError

OWN = '# read by Ann\n[room] # the room\n\n[room.tables.contracts]\nfile = "mine.csv" # do not touch\n'


def room_of(folder: Path, deal: str = "") -> Path:
    path = write_deal(folder, deal=deal)
    for make in (faktura, contract_register):
        (path.parent / "room" / make().file).write_bytes(make().content)
    return path


def test_what_the_analyst_wrote_stands_as_it_was(tmp_path: Path) -> None:
    path = room_of(tmp_path, OWN)
    (tmp_path / "room" / "mine.csv").write_text("contract_id,customer_id,start_date,annual_value\n1,10001,2024-01-01,5\n", encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    path.chmod(0o640)
    assert write_mapping(load_deal(path), propose(load_deal(path)))
    after = path.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    deal = load_deal(path)
    assert deal.room.tables["contracts"].file == "mine.csv"
    assert deal.room.tables["revenue"].columns["amount"] == "Nettobetrag"
    assert "contracts comes from mine.csv" in after
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_proposal_is_read_by_intake_as_it_stands(tmp_path: Path) -> None:
    """The German journal: the net amounts of its 120 lines, without the total at its foot."""
    path = room_of(tmp_path)
    write_mapping(load_deal(path), propose(load_deal(path)))
    text = path.read_text(encoding="utf-8")
    lines = [line.split(";") for line in faktura().content.decode("cp1252").splitlines()[3:-1]]
    expected = sum(float(cells[7].replace(".", "").replace(",", ".")) for cells in lines)
    path.write_text(text + '\n[room.tables.revenue.keep]\n"Bezeichnung" = ["Wartung", "Gerät"]\n', encoding="utf-8")
    room = open_room(path)
    assert room.described["revenue_as_given"] == pytest.approx(expected, abs=0.005)
    assert set(room.table("contracts")["status"]) == {"active", "cancelled"}
    assert room.table("contracts")["annual_value"].min() > 9_000, "thousands of euros"


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = write_deal(tmp_path)
    for make in EXPORTS:
        (tmp_path / "room" / make().file).write_bytes(make().content)
        (tmp_path / "room" / f"copy of {make().file}").write_bytes(make().content)
    assert write_mapping(load_deal(path), propose(load_deal(path)))
    first = path.read_bytes()
    assert not write_mapping(load_deal(path), propose(load_deal(path)))
    assert path.read_bytes() == first
    text = first.decode()
    assert (text.count(OPENS), text.count(CLOSES)) == (1, 1)


def test_each_entry_and_column_carries_its_confidence_and_reason(tmp_path: Path) -> None:
    path = room_of(tmp_path)
    deal = load_deal(path)
    text = with_proposals(path.read_text(encoding="utf-8"), propose(deal))
    assert "# proposed 0.97: 3 of 3 required columns; 6 of 9 columns placed; files of revenue are called so" in text
    line = next(line for line in text.splitlines() if line.startswith("columns.customer_id"))
    assert line.startswith('columns.customer_id = "Kundennummer" # proposed 0.') and "is a known name of customer_id" in line


def test_what_is_too_unsure_is_a_comment(tmp_path: Path) -> None:
    path = room_of(tmp_path)
    text = with_proposals(path.read_text(encoding="utf-8"), propose(load_deal(path), 0.99), 0.99)
    path.write_text(text, encoding="utf-8")
    assert load_deal(path).room.tables == {}
    assert '# file = "Faktura 2024.csv"' in text and OPENS in text


def test_tables_in_one_line_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    path = room_of(tmp_path, '[room]\ntables = { products = { file = "p.csv" } }\n')
    (tmp_path / "room" / "p.csv").write_text("product_id\nA\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(InputError) as told:
        write_mapping(load_deal(path), propose(load_deal(path)))
    assert str(told.value) == (
        f"{path}, key room.tables: expected a deal file to which tables can be added, got tables in one line; do this: write each table as "
        "[room.tables.NAME], not in one line, and run `diligence map` again; or use --dry-run and copy"
    )
    assert path.read_bytes() == before


def test_hostile_headers_are_data_in_the_deal_file(tmp_path: Path) -> None:
    """A header that would close a string, a table or a line of TOML is quoted; one that would move a terminal is not shown."""
    evil = 'amount"]\n[run]\nseed = 1\n#\x1b[31m'
    path = write_deal(tmp_path)
    cell = evil.replace('"', '""')
    rows = "\n".join(f"C{n % 9},2025-01-{n % 28 + 1:02d},{n}.5,x" for n in range(40))
    (tmp_path / "room" / "sales.csv").write_text(f'customer no,invoice date,net amount,"{cell}"\n{rows}\n', encoding="utf-8")
    (tmp_path / "room" / "products.csv").write_text(
        f'sku,"{cell}",name\n' + "\n".join(f"S{n},g{n % 3},n{n}" for n in range(30)) + "\n", encoding="utf-8"
    )
    write_mapping(load_deal(path), propose(load_deal(path)))
    deal = load_deal(path)
    assert deal.run.seed != 1
    assert set(deal.room.tables) == {"revenue", "products"}
    assert "\x1b" not in "\n".join(line.partition("#")[2] for line in path.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["diligence", *words])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return run


def test_the_command_tells_then_writes(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = room_of(tmp_path)
    before = path.read_bytes()
    status, out, err = say("map", str(path), "--dry-run")
    assert (status, err, path.read_bytes()) == (0, "", before)
    assert "2 tables proposed; nothing written (--dry-run)" in out
    assert "  the header stands in row 3" in out.splitlines()
    assert any(line.startswith("Faktura 2024.csv: revenue 0.97 (proposed: ") for line in out.splitlines())
    assert "  not placed: Firma, Bezeichnung, MwSt: no governed column of this table is called so or holds such values" in out.splitlines()
    status, out, err = say("map", str(path))
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "2 tables written into deal.toml, each with its reasons; look at them, then run `diligence check`"
    assert say("map", str(path))[1] == "every file of the room is mapped already\n"


def test_a_deal_file_with_problems_is_left_alone(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = room_of(tmp_path, "[rom]\n")
    before = path.read_bytes()
    status, out, err = say("map", str(path))
    assert (status, out) == (2, "")
    assert "key rom: expected a known key, got 'rom'; do this: did you mean 'room'?" in err
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the root user may write everywhere")
def test_a_folder_that_cannot_be_written_keeps_the_file_whole(tmp_path: Path) -> None:
    path = room_of(tmp_path)
    before = path.read_bytes()
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        write_mapping(load_deal(path), propose(load_deal(path)))
    tmp_path.chmod(0o700)
    assert path.read_bytes() == before
