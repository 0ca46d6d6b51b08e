"""Run the committed notebooks on the demo target and keep their outputs: what the repository shows is what the code gives."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager

from diligence.runner.execute import execute
from diligence.runner.kernels import kernels
from diligence.runner.suite import suite


def refresh(*names: str) -> Iterator[Path]:
    """Execute each notebook, or those named, with its own parameters; raise where one fails, and leave that one as it was."""
    suite_files = [book.file for book in suite()]
    files = [*suite_files, *sorted((suite_files[0].parent / "adhoc").glob("*.ipynb"))]
    with kernels() as manager:
        for file in files:
            if not names or file.stem in names:
                _refreshed(file, manager)
                yield file


def _refreshed(file: Path, manager: type[AsyncKernelManager]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = execute(file, Path(folder) / file.name, {}, folder=file.parent, manager=manager)
    if made.error is not None:
        raise RuntimeError(f"{file.stem}, cell {made.error['cell']}: {made.error['message']}")
    before = nbformat.read(file, as_version=4)
    for cell, fresh in zip(before.cells, made.notebook.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = fresh.outputs, fresh.execution_count
    nbformat.write(before, file)


if __name__ == "__main__":
    for file in refresh(*sys.argv[1:]):
        print(file)
