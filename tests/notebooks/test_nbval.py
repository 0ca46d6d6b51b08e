"""What the repository shows is what the code gives: nbval runs the committed notebooks and compares every output."""

import os
import subprocess
import sys

import nbformat
import pytest
from whole_run import ROOT


@pytest.mark.slow
def test_the_committed_notebooks_give_what_they_show() -> None:
    files = sorted(str(file) for file in (ROOT / "notebooks").glob("*.ipynb"))
    cells = sum(cell.cell_type == "code" for file in files for cell in nbformat.read(file, as_version=4).cells)
    words = ["--nbval", "--nbval-cell-timeout=120", "-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", *words, *files]
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("DILIGENCE_", "PYTEST_"))}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=surroundings, timeout=200, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"{cells} passed" in done.stdout
