"""The command line: what is wrong is told in one line each, with the exit status that was promised, and nothing is written."""

import re
import signal
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from tiny import write_deal
from whole_run import ROOT, book, customers, demo_run, diligence

import diligence.runner.check as checks
from diligence import cli
from diligence.cli import app, main
from diligence.dataroom.schema import tables
from diligence.deal import OWN, Deal, load_deal
from diligence.errors import InputError, Problem
from diligence.judgement.rules import rules
from diligence.runner.new import new_deal

COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands if command.callback)
SIMPLE = {"new": "DIR", "map": "DEAL", "check": "DEAL", "run": "DEAL", "trace": "RUN", "rules": "[ID]"}


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """Run a command in this process: status, what it said, what it complained of."""
    monkeypatch.setattr(sys, "argv", ["diligence", *words])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


class Say:
    """The command line, in an empty folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.given = (capsys, monkeypatch)

    def __call__(self, *words: str) -> tuple[int, str, str]:
        return said(*self.given, *words)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Say:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    return Say(capsys, monkeypatch)


def test_the_commands_are_these() -> None:
    assert sorted(SIMPLE) == COMMANDS


@pytest.mark.parametrize("command", ["", *SIMPLE])
def test_help(command: str, say: Say) -> None:
    status, out, err = say(*([command] if command else []), "--help")
    assert (status, err) == (0, "")
    assert "Usage:" in out
    assert (SIMPLE[command] if command else "COMMAND") in out
    if not command:
        assert all(f" {name} " in out for name in COMMANDS)


def test_no_command_gives_the_help_and_no_stray_line(say: Say) -> None:
    status, out, err = say()
    assert status == 2
    assert "Usage:" in out + err
    assert not err.startswith(";")


WRONG = {
    ("frob",): "No such command 'frob'.; try `diligence --help`",
    ("run", "demo", "--nope"): "No such option: --nope",
    ("run",): "Missing argument 'DEAL'.; try `diligence --help`",
    ("trace", "here"): "Missing argument 'FACT'.; try `diligence --help`",
    ("run", "demo", "--jobs", "99"): "Invalid value for '--jobs': Input should be less than or equal to 16",
    ("run", "demo", "-p", "months"): "key -p: expected KEY=VALUE, got 'months'; do this: write it like -p months=12",
    ("run", "demo", "-p", "months=abc"): "key -p months: expected a value of type int, got 'abc'; do this: write it like months=12",
    ("run", "demo", "-p", "monts=6"): "key -p monts: expected a parameter of the suite, got 'monts'; do this: did you mean 'months'?",
    (
        "run",
        "demo",
        "--as-of",
        "30.06.2026",
    ): "key --as-of: expected a date YYYY-MM-DD, got '30.06.2026'; do this: write it like 2026-06-30",
    ("run", "demo", "--as-of", "2026-02-30"): "key --as-of: expected a date YYYY-MM-DD, got '2026-02-30'",
    (
        "run",
        "demo",
        "--only",
        "00_dataroom",
    ): "key --only: expected a notebook of the suite, got '00_dataroom'; do this: did you mean '00_data_room'?",
    ("run", "nowhere.toml"): "nowhere.toml: expected a deal file, got no such file; do this: name an existing deal.toml",
    ("check", "nowhere"): "nowhere: expected a deal file, got no such file",
    ("trace", "nowhere", "x"): "expected the folder of a run, got 'nowhere'; do this: name the OUT folder",
    ("rules", "R-0001"): "expected the id of a rule, got 'R-0001'; do this: did you mean 'R-001'?",
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_wrong_is_one_clear_line(words: tuple[str, ...], say: Say, tmp_path: Path) -> None:
    status, out, err = say(*words)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(WRONG[words])
    assert list((tmp_path / "cwd").iterdir()) == []


def test_every_problem_of_a_deal_is_a_line_of_its_own(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "deal.toml"
    file.write_text('[target]\nname = ""\ncurrency = "euro"\nas_of = 2026-06-30\nfiscal_year_end_month = 13\n[rom]\n', encoding="utf-8")
    status, out, err = say("run", str(file), "--out", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    keys = {"target.name", "target.currency", "target.fiscal_year_end_month", "rom", "room.source"}
    assert {match[1] for line in err.splitlines() if (match := re.search(r"key ([\w.]+): expected .+, got .+; do this: .+", line))} == keys
    assert len(err.splitlines()) == len(keys)
    assert {path.name for path in tmp_path.iterdir()} == {"deal.toml", "cwd"}


def test_a_fault_of_ours_is_one_line_and_status_three(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(deal: str, **more: object) -> str:
        raise RuntimeError("the wheel\x1b[31m came off\nsecond line")

    monkeypatch.setattr(checks, "checked", broken)
    monkeypatch.delenv("DILIGENCE_DEBUG", raising=False)
    status, out, err = say("check", "demo")
    assert (status, out) == (3, "")
    assert err == "a fault of ours: RuntimeError: the wheel�[31m came off; set DILIGENCE_DEBUG=1 to see where\n"
    monkeypatch.setenv("DILIGENCE_DEBUG", "1")
    assert "Traceback" in say("check", "demo")[2]


def test_a_run_prints_its_report_last(tmp_path: Path) -> None:
    deal = write_deal(tmp_path / "a deal", book(), customers=customers())
    done = diligence("run", str(deal), "--only", "00_data_room", "-p", "months=12", cwd=tmp_path)
    # a parameter of a notebook that was not asked for is one that no notebook declares
    assert done.returncode == 2
    done = diligence("run", "a deal", "--only", " 00_data_room , ", "--out", "o u t", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    lines = done.stdout.splitlines()
    assert lines[-1] == str(tmp_path / "o u t" / "report.html")
    assert Path(lines[-1]).is_file()
    assert re.fullmatch(r"done in \d+\.\d s", lines[-2])
    assert done.stderr.splitlines()[-1] == "report"
    assert "00_data_room" in done.stderr.splitlines()


def test_check_tells_what_was_found(say: Say) -> None:
    status, out, err = say("check", "demo")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("The room holds 33 of 33 tables and 60 months of revenue; ")
    for heading in ("Odd:", "Repaired:", "Ask for:"):
        assert lines[lines.index(heading) + 1].strip()
    assert any(line.startswith("- duplicate_lines: 14 rows, 30,185.82: ") for line in lines)
    assert "Against ledger, recurring_revenue: 2 of 60 months have an unexplained difference" in lines


def test_trace_tells_and_writes_the_rows(say: Say, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    status, out, err = say("trace", str(demo_run()), "revenue.recurring", "--csv", str(rows))
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "Recurring revenue, annualised: revenue.recurring" or "revenue.recurring" in out.splitlines()[0]
    assert out.splitlines()[-1] == str(rows)
    lines = rows.read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",")[:2] == ["month", "customer_id"]
    count = re.search(r"rows +([\d,]+) behind the number", out)
    assert count
    assert int(count[1].replace(",", "")) == len(lines) - 1
    assert "source_row" in say("trace", str(demo_run()), "revenue.recurring")[1]


def test_rules_are_listed_and_explained(say: Say) -> None:
    status, out, _ = say("rules")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == list(rules())
    told = dict(line.split(maxsplit=1) for line in say("rules", "R-001")[1].splitlines())
    one = rules()["R-001"]
    assert (told["fact"], told["amber"], told["red"], told["source"]) == (one.fact, str(one.amber), str(one.red), one.source)


def test_hostile_words_of_a_room_never_reach_the_terminal_as_they_are(say: Say, tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202eevil"
    rows = [{**row, "customer_id": evil if row["customer_id"] == "c05" else row["customer_id"]} for row in book()]
    listed = [{**row, "segment": evil, "name": evil} for row in customers()]
    listed[5]["customer_id"] = evil
    deal = write_deal(tmp_path / "deal", rows, customers=listed)
    status, out, err = say("check", str(deal))
    assert status == 0
    (deal.parent / "room" / "revenue.csv").write_text(f"customer_id,date,amount\n{evil},{evil},1\n", encoding="utf-8")
    status, _, problems = say("check", str(deal))
    assert status == 2
    for text in (out, err, problems):
        assert all(sign.isprintable() or sign == "\n" for sign in text)


# new


def fields(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name not in OWN:
            yield name
        parts: list[Any] = [field.annotation, *get_args(field.annotation)]
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from fields(part)


def test_new_explains_every_key_of_a_deal(tmp_path: Path) -> None:
    new_deal(tmp_path / "deal")
    text = (tmp_path / "deal" / "deal.toml").read_text(encoding="utf-8")
    names = set(fields(Deal))
    assert {"as_of", "date_format", "recurring_revenue", "amber", "k_anonymity"} <= names
    assert sorted(name for name in names if not re.search(rf"(?<!\w){name}(?!\w)", text)) == []


def test_new_makes_a_deal_that_reads_once_its_blanks_are_filled(say: Say, tmp_path: Path) -> None:
    status, out, err = say("new", "my-deal")
    folder = tmp_path / "cwd" / "my-deal"
    assert (status, err) == (0, "")
    assert out.splitlines() == ["my-deal/deal.toml", "my-deal/requests.csv", "my-deal/requests.xlsx", "my-deal/room"]
    assert list((folder / "room").iterdir()) == []
    file = folder / "deal.toml"
    filled = file.read_text(encoding="utf-8").replace("Name of the target", "Acme")
    file.write_text(filled, encoding="utf-8")
    assert load_deal(file).target.name == "Acme"
    # what stands behind a comment sign reads too, once it is taken away
    shown = re.sub(r"(?m)^# (?=(?:\[room\.tables\.revenue\]|\"?[\w-]+\"? = ))", "", filled).replace("[room.tables]\n", "")
    assert set(tomllib.loads(shown)["room"]["tables"]["revenue"]) >= {"sheet", "columns", "keep", "scale"}
    (folder / "room" / "Invoice register FY22-26.xlsx").write_bytes(b"")
    file.write_text(shown, encoding="utf-8")
    assert load_deal(file, rules=rules()).plan.hold_years == 3


def test_the_request_list_names_every_table_and_column(tmp_path: Path) -> None:
    new_deal(tmp_path / "deal")
    lines = (tmp_path / "deal" / "requests.csv").read_text(encoding="utf-8").splitlines()
    listed = {tuple(line.split(",")[:2]) for line in lines[1:]}
    assert listed == {(table.name, column.name) for table in tables().values() for column in table.columns}
    assert lines[1].startswith("revenue,")


def test_new_writes_over_nothing(say: Say, tmp_path: Path) -> None:
    folder = tmp_path / "cwd" / "full"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    status, out, err = say("new", "full")
    assert (status, out) == (2, "")
    assert err == "expected a new or empty folder, got 'full'; do this: name another folder\n"
    assert [file.name for file in folder.iterdir()] == ["mine.txt"]
    assert say("new", str(folder / "mine.txt"))[0] == 2


def test_the_module_and_the_script_are_the_same_command() -> None:
    assert diligence("rules", "K-001").stdout == diligence("rules", "K-001", cwd=ROOT.parent).stdout != ""


LIBRARIES_OWN = RuntimeError("a library was at work and made this of it")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), LIBRARIES_OWN, InputError(Problem("a file", "half of it", "read it again"))])
def test_an_interrupt_is_one_whatever_a_library_makes_of_it(
    error: BaseException, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(cli, "PRESSED", [])
    try:
        with pytest.raises(KeyboardInterrupt):
            cli._press(signal.SIGINT, None)
        with pytest.raises(SystemExit) as left, cli._told():
            raise error
    finally:
        signal.signal(signal.SIGINT, before)
    assert left.value.code == 130
    assert capsys.readouterr().err == "stopped; the same command takes up where it stopped\n"


def test_an_error_without_an_interrupt_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left, cli._told():
        raise LIBRARIES_OWN
    assert left.value.code == 3
    assert "a fault of ours: RuntimeError" in capsys.readouterr().err
