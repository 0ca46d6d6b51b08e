"""What the repository shows is what the code gives: nbval runs the committed notebook, and a run's records hold the outputs of all."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from committed import SUITE, give_what_they_show
from whole_run import demo_run

NOISE = {"image/png"}


@pytest.mark.slow
def test_nbval_finds_the_notebook_of_revenue_quality_as_committed() -> None:
    give_what_they_show([file for file in SUITE if file.stem == "01_revenue_quality"])


def outputs(file: Path) -> list[list[Any]]:
    """The outputs of each code cell that shows anything."""
    cells = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code" and cell.outputs]
    return [[output.get("data") or output.get("text") for output in cell.outputs] for cell in cells]


@pytest.mark.parametrize("file", SUITE, ids=lambda file: file.stem)
def test_a_run_of_the_demo_gives_what_the_committed_notebook_shows(file: Path) -> None:
    shown, ran = outputs(file), outputs(demo_run() / "notebooks" / file.name)
    assert len(shown) >= 6
    assert shown == ran
