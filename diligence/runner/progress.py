"""The progress bar: which notebook is at which cell."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from diligence.errors import printable
from diligence.runner.run import Progress as Told


@contextmanager
def telling() -> Iterator[Told]:
    """Show progress on a terminal; where there is none, a line for each step and notebook."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=28), TextColumn("{task.fields[cell]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield _bars(bars)


def _lines(console: Console) -> Told:
    seen: set[str] = set()
    lock = Lock()

    def tell(step: str, cell: int, cells: int) -> None:
        del cell, cells
        with lock:
            if step not in seen:
                seen.add(step)
                console.print(printable(step), markup=False, highlight=False)

    return tell


def _bars(bars: Progress) -> Told:
    tasks: dict[str, TaskID] = {}
    lock = Lock()

    def tell(step: str, cell: int, cells: int) -> None:
        with lock:
            name = step if cells else "intake and report"
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=cells or None, cell="")
            told = f"cell {cell} of {cells}" if cells else printable(step, 48)
            bars.update(tasks[name], completed=cell if cells else None, cell=told)

    return tell
