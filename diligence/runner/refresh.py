"""Run the committed notebooks on the demo target and keep their outputs: what the repository shows is what the code gives."""

import tempfile
from pathlib import Path

import nbformat

from diligence.runner.execute import execute
from diligence.runner.suite import suite


def refresh() -> list[Path]:
    """Execute each notebook with its own parameters; raise where one fails, and leave that one as it was."""
    done = []
    for book in suite():
        with tempfile.TemporaryDirectory() as folder:
            made = execute(book.file, Path(folder) / book.file.name, {}, folder=book.file.parent)
        if made.error is not None:
            raise RuntimeError(f"{book.name}, cell {made.error['cell']}: {made.error['message']}")
        before = nbformat.read(book.file, as_version=4)
        for cell, fresh in zip(before.cells, made.notebook.cells, strict=True):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = fresh.outputs, fresh.execution_count
        nbformat.write(before, book.file)
        done.append(book.file)
    return done


if __name__ == "__main__":
    for file in refresh():
        print(file)
