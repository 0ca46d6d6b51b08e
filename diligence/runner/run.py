"""A run: intake once, notebooks side by side, the report, all of it or nothing in OUT."""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from diligence.dataroom.cleaning import REPAIRS
from diligence.dataroom.intake import take_in
from diligence.dataroom.room import read_room
from diligence.deal import DEMO, Deal, load_deal
from diligence.errors import DONE, DONE_WITH_FAILURES, InputError, Problem
from diligence.facts.record import CUT, WORKSPACE
from diligence.judgement.rules import rules
from diligence.runner.assemble import write_outputs, write_workpaper
from diligence.runner.execute import execute
from diligence.runner.kernels import kernels
from diligence.runner.keys import inputs, intake_key, notebook_key, versions
from diligence.runner.staging import MANIFEST, Staging
from diligence.runner.suite import Notebook, parameters_for, suite

Progress = Callable[[str, int, int], None]
"""Called with a notebook or step, the cell that starts, and the number of cells (0 where there are none)."""


@dataclass(frozen=True)
class Outcome:
    """What a run left: its folder, and which notebooks failed and why."""

    out: Path
    errors: dict[str, dict[str, Any]]
    seconds: float

    @property
    def exit_status(self) -> int:
        """0 done, 1 done with failures that the report shows."""
        return DONE_WITH_FAILURES if self.errors else DONE


@dataclass
class _Job:
    """A run in progress."""

    deal: Deal
    staging: Staging
    books: list[Notebook]
    parameters: dict[str, dict[str, Any]]
    jobs: int
    progress: Progress
    manager: type[AsyncKernelManager]
    key: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)


def known_deal(path: str | Path, as_of: date | None = None) -> Deal:
    """Read a deal file, holding its rule and repair ids against those that there are."""
    deal = load_deal(path, rules=rules(), repairs=REPAIRS)
    _refuse_inverted(deal)
    return deal if as_of is None else deal.as_of(as_of)


def _refuse_inverted(deal: Deal) -> None:
    """Refuse thresholds of which the amber is worse than the red: no value would be amber."""
    wrong = [
        Problem(
            f"an amber that a value reaches before red (the rule fires {rules()[one].comparison.replace('_', ' ')})",
            f"amber {t.amber:g}, red {t.red:g}",
            "exchange them",
            str(deal.path),
            key=f"thresholds.{one}",
        )
        for one, t in deal.thresholds.items()
        if (t.amber < t.red) == (rules()[one].comparison in ("below", "at_most")) and t.amber != t.red
    ]
    if wrong:
        raise InputError(wrong)


def run(
    path: str | Path,
    *,
    out: str | Path | None = None,
    only: tuple[str, ...] = (),
    parameters: dict[str, str] | None = None,
    as_of: date | None = None,
    jobs: int = 2,
    progress: Progress = lambda step, cell, cells: None,
) -> Outcome:
    """Run the suite on a deal.

    Parameters
    ----------
    path
        Deal file, its folder, or ``demo``.
    out
        Folder to leave the run in; by default ``out`` beside the deal file, for the demo ``out/demo`` where one stands.
    only
        Notebooks to run, with what they need; blank runs all.
    parameters
        Parameters of notebooks, by name.
    as_of
        Look from another date than the deal's.
    jobs
        Notebooks side by side.

    Raises
    ------
    InputError
        Bad input, with every problem; nothing is written.
    """
    began = time.monotonic()
    books = suite(only)
    chosen = parameters_for(books, parameters or {})
    deal = known_deal(path, as_of)
    place = Path(out or _beside(path, deal)).absolute()
    if place.resolve().is_relative_to(deal.room_path):
        raise InputError(Problem("a folder outside the data room", f"'{place}'", "name another folder with --out", key="--out"))
    staging = Staging(place)
    with kernels() as manager:
        job = _Job(deal, staging, books, chosen, jobs, progress, manager)
        try:
            hashed = _intake(job)
        except InputError:
            staging.discard()
            raise
        _notebooks(job)
    _report(job, hashed, began)
    staging.publish()
    return Outcome(staging.out, job.errors, time.monotonic() - began)


def _beside(path: str | Path, deal: Deal) -> Path:
    """Give the folder of a run that names none: out beside the deal file, and for the demo in the folder one stands in."""
    return Path("out") / DEMO if str(path) == DEMO else deal.path.parent / "out"


def _intake(job: _Job) -> dict[str, str]:
    hashed = inputs(job.deal)
    job.key = intake_key(job.deal, hashed)
    files = [
        f"evidence/{name}"
        for name in (
            "room.json",
            "given.json",
            "cube.parquet",
            "lines.parquet",
            "calendar.parquet",
            "typed",
            "tables",
            "cleaning.csv",
            "issues.csv",
            "tieout.csv",
            "review.csv",
            "tieout_items.csv",
            "billings.csv",
            "repaired_rows.parquet",
        )
    ]
    if job.staging.done("intake", job.key, files):
        return hashed
    start = time.monotonic()
    job.staging.clear()
    take_in(job.deal, job.staging.evidence, lambda step: job.progress(step, 0, 0))
    if not read_room(job.staging.evidence).has("revenue"):
        do = "look at what is there with `diligence check`, and run when the revenue lines have come"
        raise InputError(Problem("a revenue table", "a partial room without one", do, str(job.deal.path), key="room.partial"))
    job.staging.finish("intake", job.key)
    job.timings["intake"] = time.monotonic() - start
    return hashed


def _notebooks(job: _Job) -> None:
    """Run the notebooks with the workspace in their environment, and take it out again whatever happens."""
    os.environ[WORKSPACE] = str(job.staging.evidence)
    try:
        _side_by_side(job)
    finally:
        del os.environ[WORKSPACE]


def _side_by_side(job: _Job) -> None:
    """Start each notebook when those it needs have run; a failed one does not hold up the others."""
    job.staging.notebooks.mkdir(exist_ok=True)
    waiting, running = list(job.books), dict[Future[None], Notebook]()
    finished: set[str] = set()
    with ThreadPoolExecutor(max_workers=max(1, job.jobs)) as pool:
        while waiting or running:
            ready = [book for book in waiting if set(book.needs) <= finished]
            for book in ready:
                waiting.remove(book)
                running[pool.submit(_one, job, book)] = book
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
                finished.add(running.pop(future).name)


def _one(job: _Job, book: Notebook) -> None:
    parameters = {"deal": "../evidence", **job.parameters[book.name]}
    key, step = notebook_key(job.key, book.file, parameters), f"notebook {book.name}"
    record = job.staging.notebooks / f"{book.name}.ipynb"
    facts = [f"evidence/facts/{book.name}{suffix}" for suffix in (".parquet", CUT)]
    files = [f"notebooks/{book.name}.ipynb", f"notebooks/{book.name}.html", *facts]
    if job.staging.done(step, key, files):
        return
    start = time.monotonic()
    job.staging.begin(step)
    for file in facts:
        (job.staging.folder / file).unlink(missing_ok=True)
    done = execute(
        book.file,
        record,
        parameters,
        folder=job.staging.notebooks,
        manager=job.manager,
        on_cell=lambda cell, cells: job.progress(book.name, cell, cells),
    )
    write_workpaper(record)
    job.timings[book.name] = time.monotonic() - start
    if done.error is None:
        job.staging.finish(step, key)
    else:
        job.errors[book.name] = done.error


def _report(job: _Job, hashed: dict[str, str], began: float) -> None:
    job.progress("report", 0, 0)
    room = read_room(job.staging.evidence)
    manifest: dict[str, Any] = {
        "target": job.deal.target.name,
        "as_of": str(job.deal.target.as_of),
        "seed": job.deal.run.seed,
        "inputs": hashed,
        "parameters": job.parameters,
        "versions": versions(),
        "failed": {name: job.errors[name] for name in sorted(job.errors)},
    }
    start = time.monotonic()
    write_outputs(job.staging.folder, room, job.books, job.errors, manifest)
    _drop_foreign(job)
    job.timings |= {"report": time.monotonic() - start, "all": time.monotonic() - began}
    timings = {name: round(seconds, 2) for name, seconds in sorted(job.timings.items())}
    text = json.dumps({**manifest, "timings": timings}, indent=1, sort_keys=True, ensure_ascii=False)
    (job.staging.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _drop_foreign(job: _Job) -> None:
    """Take out records of notebooks that this run did not run."""
    names = {book.name for book in job.books}
    for folder in (job.staging.notebooks, job.staging.evidence / "facts"):
        for file in folder.glob("*"):
            if file.stem not in names:
                file.unlink()
