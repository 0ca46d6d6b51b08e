"""Notebooks are thin, ask questions, type no number, and are committed as the code runs them."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from whole_run import ROOT

from diligence.reports.exhibits import BOOK
from diligence.runner.assemble import CAVEATS

FOLDER = ROOT / "notebooks"
SUITE = {entry["name"]: entry for entry in tomllib.loads((FOLDER / "suite.toml").read_text(encoding="utf-8"))["notebook"]}
NAMES = list(SUITE)
FIXED = [CAVEATS, "## Checks that must hold"]


@cache
def read(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(name: str) -> list[Any]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def words(name: str) -> list[Any]:
    return [cell for cell in read(name).cells if cell.cell_type == "markdown"]


def test_the_suite_lists_every_notebook_in_reading_order() -> None:
    assert [f"{name}.ipynb" for name in NAMES] == [file.name for file in sorted(FOLDER.glob("*.ipynb"))]
    assert list(BOOK) == NAMES
    for place, name in enumerate(NAMES):
        assert set(SUITE[name]["needs"]) <= set(NAMES[:place])


@pytest.mark.parametrize("name", NAMES)
def test_thin(name: str) -> None:
    assert 10 <= len(read(name).cells) <= 25
    nbformat.validate(read(name))
    for cell in code(name):
        assert len(cell.source.splitlines()) <= 6, cell.source
        heavy = (
            ast.FunctionDef,
            ast.AsyncFunctionDef,
            ast.ClassDef,
            ast.For,
            ast.While,
            ast.Lambda,
            ast.comprehension,
            ast.If,
            ast.Try,
            ast.With,
        )
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, heavy)], cell.source


@pytest.mark.parametrize("name", NAMES)
def test_the_title_is_the_question_of_the_suite_and_names_the_decision(name: str) -> None:
    first = read(name).cells[0]
    title, _, rest = first.source.partition("\n")
    assert (first.cell_type, title) == ("markdown", f"# {SUITE[name]['question']}")
    assert title.endswith("?")
    assert rest.strip().startswith("The decision that hangs on it: ")


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_typed_literals_with_a_word_of_help(name: str) -> None:
    tagged = [cell for cell in read(name).cells if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [read(name).cells[1]]
    body = ast.parse(tagged[0].source).body
    lines = tagged[0].source.splitlines()
    assert len(body) == len(lines)
    for node, text in zip(body, lines, strict=True):
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.annotation, ast.Name)
        assert isinstance(node.value, ast.Constant)
        assert type(node.value.value).__name__ == node.annotation.id
        assert len(text.partition("  # ")[2]) > 10
    assert body[0].target.id == "deal"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_the_set_up_refuses_unknown_parameters_and_the_answer_comes_first(name: str) -> None:
    cells = read(name).cells
    assert "dd.check_parameters()" in cells[2].source
    assert cells[3].source == "dd.headlines(found)"
    assert cells[-1].source.startswith("dd.record(found")


@pytest.mark.parametrize("name", NAMES)
def test_headings_are_questions(name: str) -> None:
    headings = [line for cell in words(name) for line in cell.source.splitlines() if line.startswith("#")]
    assert [one for one in headings if not one.endswith("?")] == FIXED
    assert headings[-2:] == FIXED
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("name", NAMES)
def test_every_exhibit_is_shown_once_under_its_own_question(name: str) -> None:
    cells = read(name).cells
    shown = [re.fullmatch(r'dd\.show\(found, "(\w+)"\)', cell.source) for cell in cells]
    assert [match[1] for match in shown if match] == list(BOOK[name])
    for place, match in enumerate(shown):
        if match:
            assert cells[place - 1].source == f"## {exhibit_of(cells[place])['question']}"
            assert exhibit_of(cells[place])["id"] == f"{name}.{match[1]}"


def exhibit_of(cell: Any) -> Any:
    (found,) = [output.data["application/vnd.diligence.exhibit+json"] for output in cell.outputs if "data" in output]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_it_does_not_tell_is_said_in_points(name: str) -> None:
    (cell,) = [cell for cell in words(name) if cell.source.startswith(CAVEATS)]
    points = [line for line in cell.source.splitlines()[1:] if line.strip()]
    assert len(points) >= 2
    assert all(re.fullmatch(r"- [A-Z].+\.", point) for point in points), points


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_typed_in_prose(name: str) -> None:
    assert [cell.source for cell in words(name) if re.search(r"\d", cell.source)] == []


@pytest.mark.parametrize("name", NAMES)
def test_committed_as_executed_without_errors_or_traces_of_a_machine(name: str) -> None:
    assert [cell.execution_count for cell in code(name)] == list(range(1, len(code(name)) + 1))
    for cell in code(name):
        assert not [output for output in cell.outputs if output.output_type in ("error", "stream")], cell.source
    # set-up and parameters show nothing; every other cell shows one thing
    assert [len(cell.outputs) for cell in code(name)] == [0, 0, *[1] * (len(code(name)) - 2)]
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"/(?:work|home|root|tmp|Users|var)/", text)
    assert str(Path.home()) not in text or str(Path.home()) == "/"


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_places_and_not_chance(name: str) -> None:
    ids = [cell.id for cell in read(name).cells]
    assert ids == [f"{name[:2]}-{place:02d}" for place in range(len(ids))]
    assert set(read(name).metadata) <= {"kernelspec", "language_info"}
    for cell in read(name).cells:
        assert set(cell.metadata) <= {"tags"}
