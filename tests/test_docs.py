"""README and command line can't drift: every command that the documents show is run, every link exists."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from whole_run import ROOT, demo_run, diligence

PAGES = [file for file in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))) if file.is_file()]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
RUN_HERE = ("diligence", "papermill")


def fenced(text: str, *kinds: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text) if kind in kinds]


def commands(text: str) -> list[str]:
    """The commands of the fences; in a console those behind the prompt."""
    shell = [line for body in fenced(text, "sh", "bash") for line in body.splitlines()]
    console = [line.removeprefix("$ ") for body in fenced(text, "console") for line in body.splitlines() if line.startswith("$ ")]
    return [line.partition("  #")[0].strip() for line in (*shell, *console) if line.strip() and not line.startswith("#")]


def first_word(command: str) -> str:
    return Path(shlex.split(command)[0]).name


def test_the_readme_shows_every_command() -> None:
    shown = {shlex.split(command)[1] for command in commands(README) if first_word(command) == "diligence"}
    assert shown == {"new", "map", "check", "run", "trace", "rules"}


def test_the_two_commands_of_the_readme_are_make_report_and_make_test() -> None:
    assert commands(README)[:2] == ["make report", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_of_a_kind_that_is_tested(page: Path) -> None:
    kinds = {first_word(command) for command in commands(page.read_text(encoding="utf-8"))}
    assert kinds <= {*RUN_HERE, "make", "pip", "python", "git"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"`?make ([a-z][a-z-]*)", "\n".join([*commands(text), *re.findall(r"`make [a-z-]+`", text)])))
    for target in targets:
        done = subprocess.run(["make", "-n", target], capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_every_command_of_the_documents_runs_in_the_order_shown(tmp_path: Path) -> None:
    """In a folder that holds the notebooks and the demo, as a checkout does."""
    for folder in ("notebooks", "data"):
        (tmp_path / folder).symlink_to(ROOT / folder, target_is_directory=True)
    # the run of the demo has been made before: the command takes it up
    shutil.copytree(demo_run(), tmp_path / "out" / "demo")
    ran = 0
    for page in PAGES:
        for command in commands(page.read_text(encoding="utf-8")):
            program, *words = shlex.split(command)
            if Path(program).name not in RUN_HERE:
                continue
            done = diligence(*words, cwd=tmp_path) if Path(program).name == "diligence" else papermill(words, tmp_path)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            ran += 1
            if words[0] == "new":
                fill(tmp_path / words[1])
    assert ran >= 8


def fill(deal: Path) -> None:
    """Do what the README says between two commands: put a file into the room, fill in the blanks."""
    rows = "".join(f"a,{year}-{month:02d}-01,100\n" for year in (2024, 2025, 2026) for month in range(1, 13 if year < 2026 else 7))
    (deal / "room" / "revenue.csv").write_text("customer_id,date,amount\n" + rows, encoding="utf-8")


def papermill(words: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "papermill", *words, "--no-progress-bar"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=surroundings, timeout=120, check=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []
    assert links or page.name != "README.md"


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = fenced(README, "python")
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_the_mapping_of_the_readme_is_one_that_a_deal_file_may_hold(tmp_path: Path) -> None:
    from diligence.deal import load_deal
    from diligence.runner.new import new_deal

    blocks = fenced(README, "toml")
    assert blocks
    for place, block in enumerate(blocks):
        folder = tmp_path / str(place)
        new_deal(folder)
        for name in re.findall(r'file = "([^"]+)"', block):
            (folder / "room" / name).write_text("", encoding="utf-8")
        file = folder / "deal.toml"
        file.write_text(file.read_text(encoding="utf-8").replace("[room.tables]\n", block), encoding="utf-8")
        assert load_deal(file).room.tables


def test_the_readme_lists_what_a_run_leaves() -> None:
    rows = re.findall(r"^\| `([\w./]+)` \|", README, re.M)
    assert {row.rstrip("/") for row in rows} == {file.name for file in demo_run().iterdir()}


def test_the_exit_statuses_of_the_readme_are_those_of_the_code() -> None:
    from diligence.errors import BAD_INPUT, DONE, DONE_WITH_FAILURES, OUR_FAULT

    (told,) = re.findall(r"Exit status: (.*?)\.\n", README)
    assert re.findall(r"(\d) ", told) == [str(one) for one in (DONE, DONE_WITH_FAILURES, BAD_INPUT, OUR_FAULT)]


def test_the_makefile_runs_what_the_readme_says() -> None:
    assert shutil.which("make")
    report = subprocess.run(["make", "-n", "--no-print-directory", "report"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    test = subprocess.run(["make", "-n", "--no-print-directory", "test"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert report.splitlines()[-1].endswith("diligence run data/demo/deal.toml --out out/demo")
    assert [line.split(" -m ")[1].split()[0] for line in test.splitlines() if " -m " in line][-4:] == ["ruff", "ruff", "mypy", "pytest"]
