"""One run of the demo that all tests of a process share, and rooms of a few rows that are quick to run."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tiny import monthly

import diligence as dd
from diligence.facts.analysis import Analysis
from diligence.reports.exhibits import BOOK
from diligence.runner.run import run

ROOT = Path(__file__).resolve().parents[1]


ANALYSES: dict[str, Callable[..., Analysis]] = {notebook: getattr(dd, notebook[3:]) for notebook in BOOK}
"""Every analysis by the name of its notebook."""

shared: list[Path] = []
"""The folder that all processes of this session of tests share."""


@cache
def demo_run() -> Path:
    """Run the demo once for all processes; nobody writes to it."""
    folder = shared[0] / "demo-run"
    out, done = folder / "out", shared[0] / "demo-run.done"
    try:
        folder.mkdir()
    except FileExistsError:
        until = time.monotonic() + 300
        while not done.is_file():
            assert time.monotonic() < until, "the other process has not finished the demo"
            time.sleep(0.05)
    else:
        try:
            ran = run("demo", out=out)
            done.write_text(str(ran.errors), encoding="utf-8")
        except BaseException as error:
            done.write_text(repr(error), encoding="utf-8")
            raise
    told = done.read_text(encoding="utf-8")
    assert told == "{}", told
    return out


def diligence(*words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    command = [sys.executable, "-m", "diligence", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd or ROOT, env=surroundings, timeout=120, check=False)


def customers(count: int = 12) -> list[dict[str, Any]]:
    """A customer list of two segments."""
    return [{"customer_id": f"c{one:02d}", "name": f"Customer {one:02d}", "segment": ("large", "small")[one % 2]} for one in range(count)]


def book(count: int = 12, first: str = "2024-01", last: str = "2026-06") -> list[dict[str, Any]]:
    """Monthly revenue of customers of unlike size; the first one leaves, the second one grows."""
    rows: list[dict[str, Any]] = []
    for one in range(count):
        size, name = 100 * (one + 1), f"c{one:02d}"
        if one == 0:
            rows += monthly(name, first, "2025-12", size, kind="recurring")
        elif one == 1:
            rows += monthly(name, first, "2025-12", size, kind="recurring") + monthly(name, "2026-01", last, size * 1.5, kind="recurring")
        else:
            rows += monthly(name, first, last, size, kind="recurring")
    return rows


def contents(out: Path) -> dict[str, bytes]:
    """Every file of a run but its manifest, which holds timings."""
    return {
        str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file() and file.name != "manifest.json"
    }
