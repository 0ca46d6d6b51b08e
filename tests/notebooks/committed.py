"""The committed notebooks, and nbval run on them."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from whole_run import ROOT

SUITE = sorted((ROOT / "notebooks").glob("*.ipynb"))
ADHOC = sorted((ROOT / "notebooks" / "adhoc").glob("*.ipynb"))


def give_what_they_show(files: list[Path]) -> None:
    """Run them by nbval; every code cell must give its committed output."""
    cells = sum(cell.cell_type == "code" for file in files for cell in nbformat.read(file, as_version=4).cells)
    words = ["--nbval", "--nbval-cell-timeout=120", "-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", *words, *map(str, files)]
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("DILIGENCE_", "PYTEST_"))}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=surroundings, timeout=400, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"{cells} passed" in done.stdout
