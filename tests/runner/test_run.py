"""A run: all of it or nothing in OUT; a failing notebook is shown; a stopped run takes up where it stopped."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from tiny import line
from whole_run import ROOT, book, contents, customers, demo_run

import diligence as dd
import diligence.runner.run as runs
import diligence.runner.suite as suites
from diligence.errors import InputError
from diligence.facts.record import WORKSPACE
from diligence.facts.trace import trace
from diligence.runner import keys
from diligence.runner.execute import Executed
from diligence.runner.run import Outcome, run

Write = Callable[..., Path]
FILES = {
    "report.html",
    "facts.parquet",
    "findings.csv",
    "cleaning.csv",
    "tieout.csv",
    "review.csv",
    "tieout_items.csv",
    "billings.csv",
    "requests.csv",
    "manifest.json",
    "notebooks",
    "evidence",
}


TWO = ("00_data_room", "01_revenue_quality")
"""Two notebooks show what holds of any number of them, and run sooner."""


def run_two(path: str | Path, **more: Any) -> Outcome:
    return run(path, only=TWO, **more)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small deal, run once without disturbance."""
    from tiny import write_deal

    folder = tmp_path_factory.mktemp("small")
    run_two(write_deal(folder, book(), customers=customers()), out=folder / "out")
    return folder


@pytest.fixture
def deal(small: Path, tmp_path: Path) -> Path:
    """The small deal again, in a folder of the test's own."""
    shutil.copytree(small / "room", tmp_path / "room")
    return Path(shutil.copy(small / "deal.toml", tmp_path / "deal.toml"))


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*words: Any, **more: Any) -> Executed:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(runs, "execute", started)


def manifest(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "manifest.json").read_text(encoding="utf-8")))


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# what a run leaves


def test_a_run_leaves_what_it_says_and_nothing_else() -> None:
    out = demo_run()
    assert {file.name for file in out.iterdir()} == FILES
    assert {file.name for file in (out / "notebooks").iterdir()} == {
        f"{book.name}.{kind}" for book in suites.suite() for kind in ("ipynb", "html")
    }
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert [file.name for file in out.parent.iterdir()] == ["out"]


def test_the_manifest_names_inputs_versions_seed_and_parameters() -> None:
    told = manifest(demo_run())
    room = ROOT / "data" / "demo" / "room"
    assert told["inputs"].pop("deal.toml") == sha256(ROOT / "data" / "demo" / "deal.toml")
    assert len(told["inputs"]) > 25
    assert told["inputs"] == {name: sha256(room / name) for name in told["inputs"]}
    assert told["versions"]["diligence"] == dd.__version__
    assert told["versions"]["pandas"] == pd.__version__
    assert (told["target"], told["as_of"], told["seed"], told["failed"]) == ("Wrenfield Systems", "2026-06-30", 20260630, {})
    assert told["parameters"] == {book.name: {} for book in suites.suite()}
    assert set(told["timings"]) == {"intake", "report", "all", *(book.name for book in suites.suite())}


def test_the_files_hold_what_the_facts_say() -> None:
    out = demo_run()
    facts, findings = pd.read_parquet(out / "facts.parquet"), pd.read_csv(out / "findings.csv")
    assert list(findings.columns[:7]) == ["rule", "object", "object_id", "metric", "value", "status", "coverage"]
    values = facts[(facts["object_id"] == "") & (facts["segment"] == "") & (facts["status"] == "ok")].set_index("metric")["value"]
    whole = findings[findings["segment"].isna() & findings["value"].notna()]
    assert len(whole) > 15
    for row in whole.itertuples():
        assert row.value == pytest.approx(values[row.metric], rel=1e-12)
    for name in ("cleaning.csv", "tieout.csv", "tieout_items.csv", "billings.csv", "review.csv"):
        assert (out / name).read_bytes() == (out / "evidence" / name).read_bytes()
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Nothing could be said of" not in report
    assert "Wrenfield Systems" in report


# parameters, date, choice of notebooks


def test_parameters_date_and_choice_reach_notebooks_facts_and_manifest(deal: Path, tmp_path: Path) -> None:
    from datetime import date

    out = tmp_path / "out"
    done = run(deal, out=out, only=("01_revenue_quality",), parameters={"months": "6"}, as_of=date(2026, 3, 31))
    assert done.exit_status == 0
    told = manifest(out)
    assert (told["parameters"], told["as_of"]) == ({"01_revenue_quality": {"months": 6}}, "2026-03-31")
    facts = pd.read_parquet(out / "facts.parquet")
    assert set(facts["notebook"]) == {"01_revenue_quality"}
    assert dd.fact(facts, "bridge.opening")["period"] == "2025-10..2026-03"
    assert sorted(file.name for file in (out / "notebooks").iterdir()) == ["01_revenue_quality.html", "01_revenue_quality.ipynb"]


def test_a_later_choice_drops_what_it_did_not_run(small: Path, tmp_path: Path, no_kernel: None) -> None:
    out = Path(shutil.copytree(small / "out", tmp_path / "out"))
    run(small / "deal.toml", out=out, only=("00_data_room",))
    assert {file.stem for file in (out / "notebooks").iterdir()} == {"00_data_room"}
    assert set(pd.read_parquet(out / "facts.parquet")["notebook"]) == {"00_data_room"}


def test_the_cut_of_a_run_is_traced_after_it_is_taken_over(deal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.read_csv(deal.parent / "room" / "customers.csv").assign(country=["NL"] * 2 + ["DE"] * 10)
    frame.to_csv(deal.parent / "room" / "customers.csv", index=False)
    for _ in range(2):
        done = run(deal, out=tmp_path / "out", only=("01_revenue_quality",), parameters={"segment_by": "country"})
    rows = trace(done.out, "revenue.recurring[segment=DE]").rows
    assert set(rows["customer_id"]) == {f"c{one:02d}" for one in range(2, 12)}


# failures


@pytest.fixture
def broken_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The suite with a cell that raises in its first notebook."""
    folder = Path(shutil.copytree(ROOT / "notebooks", tmp_path / "shipped" / "notebooks"))
    file = folder / "00_data_room.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[5].source = 'raise ValueError("the ledger <b>bit</b> back")'
    nbformat.write(notebook, file)
    monkeypatch.setattr(suites, "shipped", lambda name: folder)
    return folder


def test_a_failing_notebook_is_shown_and_the_others_stand(broken_suite: Path, deal: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run_two(deal, out=out)
    assert done.exit_status == 1
    assert done.errors == {"00_data_room": {"notebook": "00_data_room", "cell": 5, "message": "ValueError: the ledger <b>bit</b> back"}}
    assert {file.name for file in out.iterdir()} == FILES
    report = (out / "report.html").read_text(encoding="utf-8")
    frame = re.search(r'<(\w+) class="failure".*?</\1>', report, re.S)
    assert frame
    assert "cell 5" in frame[0].lower()
    assert "ValueError: the ledger &lt;b&gt;bit&lt;/b&gt; back" in frame[0]
    facts = pd.read_parquet(out / "facts.parquet")
    assert set(facts["notebook"]) == {"01_revenue_quality"}
    assert dd.fact(facts, "revenue.recurring")["status"] == "ok"
    assert manifest(out)["failed"] == done.errors
    findings = pd.read_csv(out / "findings.csv")
    assert set(findings.loc[findings["metric"].str.startswith("data."), "status"]) == {"not_assessable"}


def test_a_failed_notebook_runs_again_and_a_sound_one_does_not(
    broken_suite: Path, deal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_two(deal, out=tmp_path / "out")
    started, real = [], runs.execute

    def watched(file: Path, *words: Any, **more: Any) -> Executed:
        started.append(file.stem)
        return real(file, *words, **more)

    monkeypatch.setattr(runs, "execute", watched)
    assert run_two(deal, out=tmp_path / "out").exit_status == 1
    assert started == ["00_data_room"]


def test_a_kernel_that_dies_is_a_failure_that_the_report_shows(deal: Path, tmp_path: Path, broken_suite: Path) -> None:
    file = broken_suite / "00_data_room.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[5].source = "import os\nos._exit(9)"
    nbformat.write(notebook, file)
    done = run_two(deal, out=tmp_path / "out")
    assert done.exit_status == 1
    assert "DeadKernelError" in done.errors["00_data_room"]["message"]
    assert "DeadKernelError" in (done.out / "report.html").read_text(encoding="utf-8")


# taking up


def test_a_second_run_starts_no_kernel_and_gives_the_same_bytes(small: Path, tmp_path: Path, no_kernel: None) -> None:
    out = Path(shutil.copytree(small / "out", tmp_path / "out"))
    run_two(small / "deal.toml", out=out)
    assert contents(out) == contents(small / "out")
    before, after = manifest(small / "out"), manifest(out)
    assert set(after.pop("timings")) < set(before.pop("timings"))
    assert after == before


@pytest.mark.parametrize("change", ["deal", "room", "parameter"])
def test_what_changes_is_run_again(change: str, small: Path, deal: Path, tmp_path: Path, no_kernel: None) -> None:
    out = Path(shutil.copytree(small / "out", tmp_path / "out"))
    before = contents(out)
    given = {"months": "6"} if change == "parameter" else {}
    if change == "deal":
        deal.write_text(deal.read_text(encoding="utf-8").replace("Tiny", "Teeny"), encoding="utf-8")
    if change == "room":
        revenue = deal.parent / "room" / "revenue.csv"
        revenue.write_text(revenue.read_text(encoding="utf-8").replace(",200,", ",201,", 1), encoding="utf-8")
    with pytest.raises(AssertionError, match="a kernel was started"):
        run_two(deal, out=out, parameters=given)
    assert contents(out) == before
    assert WORKSPACE not in os.environ


def test_code_that_changes_is_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text("a", encoding="utf-8")
    monkeypatch.setattr(keys, "shipped", lambda name: tmp_path / name)
    found = []
    for text in ("a", "b", "a"):
        (tmp_path / "templates" / "page.html").write_text(text, encoding="utf-8")
        found.append(keys.code_key.__wrapped__())
    assert found[0] == found[2] != found[1]


def test_a_run_stopped_between_steps_is_finished_by_the_next(
    small: Path, deal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as stopped:
        stopped.setattr(runs, "_report", lambda *words: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_two(deal, out=out)
    assert not out.exists()
    monkeypatch.setattr(runs, "execute", lambda *words, **more: pytest.fail("a kernel was started"))
    monkeypatch.setattr(runs, "take_in", lambda *words, **more: pytest.fail("intake ran again"))
    run_two(deal, out=out)
    assert contents(out) == contents(small / "out")


def test_a_stopped_run_on_other_inputs_leaves_no_trace_in_the_next(
    small: Path, deal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, extra = tmp_path / "out", deal.parent / "room" / "contracts.csv"
    extra.write_text(
        "contract_id,customer_id,product_id,start_date,end_date,annual_value\nk,c01,p,2026-01-01,2026-12-31,99\n", encoding="utf-8"
    )
    with monkeypatch.context() as stopped:
        stopped.setattr(runs, "_report", lambda *words: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_two(deal, out=out, parameters={"segment_by": "name"})
    extra.unlink()
    run_two(deal, out=out)
    assert contents(out) == contents(small / "out")


def test_a_stop_between_the_two_renames_loses_nothing(small: Path, tmp_path: Path, no_kernel: None) -> None:
    shutil.copytree(small / "out", tmp_path / ".out.old")
    run_two(small / "deal.toml", out=tmp_path / "out")
    assert contents(tmp_path / "out") == contents(small / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_the_next_run_completes_the_same(seed: int, small: Path, deal: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "diligence", "run", str(deal), "--out", str(out)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings) as process:
        time.sleep(random.Random(seed).uniform(1.5, 4))
        process.send_signal(signal.SIGKILL)
    done = run_two(deal, out=out)
    assert done.exit_status == 0
    assert contents(out) == contents(small / "out")
    assert {file.name for file in tmp_path.iterdir()} == {"out", "room", "deal.toml"}


# what is refused


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_not_a_run_is_never_written_over(kind: str, small: Path, tmp_path: Path, no_kernel: None) -> None:
    out = tmp_path / "out"
    if kind == "folder":
        out.mkdir()
    precious = out / "thesis.docx" if kind == "folder" else out
    precious.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"expected a new folder, or that of an earlier run, got .*which holds other things"):
        run_two(small / "deal.toml", out=out)
    assert precious.read_text(encoding="utf-8") == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("broken", ["deal", "room"])
def test_bad_input_writes_nothing(broken: str, deal: Path, tmp_path: Path, no_kernel: None) -> None:
    if broken == "deal":
        deal.write_text("[target]\n", encoding="utf-8")
    else:
        (deal.parent / "room" / "revenue.csv").write_text("customer_id,date,amount\na,2026-13-01,x\n", encoding="utf-8")
    with pytest.raises(InputError):
        run_two(deal, out=tmp_path / "deep" / "er" / "out")
    assert {file.name for file in tmp_path.iterdir()} == {"room", "deal.toml"}


def test_bad_input_leaves_an_earlier_run_as_it_was(small: Path, deal: Path, tmp_path: Path, no_kernel: None) -> None:
    out = Path(shutil.copytree(small / "out", tmp_path / "out"))
    (deal.parent / "room" / "revenue.csv").write_text("customer_id,date,amount\na,2026-13-01,x\n", encoding="utf-8")
    with pytest.raises(InputError):
        run_two(deal, out=out)
    assert contents(out) == contents(small / "out")
    assert {file.name for file in tmp_path.iterdir()} == {"room", "deal.toml", "out"}


def test_a_folder_that_cannot_be_written_to_is_refused(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_kernel: None
) -> None:
    from diligence.runner import staging

    monkeypatch.setattr(staging.os, "access", lambda *words: False)
    with pytest.raises(InputError, match="expected a folder that can be written to"):
        run_two(small / "deal.toml", out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_that_refuses_is_bad_input_too(small: Path, tmp_path: Path, no_kernel: None) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for out in (tmp_path / "file" / "out", Path("/proc/diligence/out")):
        with pytest.raises(InputError, match="expected a folder that can be written to"):
            run_two(small / "deal.toml", out=out)


def test_the_default_folder_is_out_beside_the_deal(small: Path, deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(small / "out", deal.parent / "out")
    monkeypatch.setattr(runs, "execute", lambda *words, **more: pytest.fail("a kernel was started"))
    assert run_two(deal.parent).out == deal.parent / "out"


def test_unknown_rules_and_repairs_of_a_deal_are_refused_before_anything_is_written(tmp_path: Path, tiny_deal: Write) -> None:
    file = tiny_deal([line("a", "2026-01-01", 1)], deal='[thresholds]\n"R-0001" = { amber = 1, red = 2 }\n', off=["duplicat_lines"])
    with pytest.raises(InputError) as caught:
        run_two(file, out=tmp_path / "out")
    assert "did you mean 'R-001'" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_progress_tells_every_notebook_cell_by_cell(small: Path, deal: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    run(deal, out=tmp_path / "out", only=("00_data_room",), progress=lambda *words: told.append(words))
    numbers = [cell for step, cell, total in told if total]
    # papermill adds the cell of injected parameters
    cells = len(nbformat.read(ROOT / "notebooks" / "00_data_room.ipynb", as_version=4).cells) + 1
    assert {(step, total) for step, _, total in told if total} == {("00_data_room", cells)}
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(1, cells + 1))
    assert len(numbers) >= cells - 1
    steps = [step for step, _, total in told if not total]
    assert steps[0].startswith("reading ")
    assert steps[-1] == "report"
