"""One notebook through papermill: its cells told as they run, its record free of clocks and chance."""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from traitlets.config import Config

CELL_SECONDS = 600
ENGINE = "diligence"
Told = Callable[[int, int], None]
"""Called with the cell that starts and the number of cells."""


class _TellingEngine(NBClientEngine):
    """Papermill's own engine, that tells which cell starts."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
        on_cell, start = kwargs.pop("on_cell"), nb_man.cell_start

        def told(cell: NotebookNode, cell_index: int | None = None, **rest: Any) -> Any:
            on_cell((cell_index or 0) + 1, len(nb_man.nb.cells))
            return start(cell, cell_index, **rest)

        nb_man.cell_start = told
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


papermill_engines.register(ENGINE, _TellingEngine)


@dataclass(frozen=True)
class Executed:
    """What became of a notebook: its record, and where it failed if it did."""

    notebook: NotebookNode
    error: dict[str, Any] | None


def execute(
    file: Path,
    out: Path,
    parameters: dict[str, Any],
    *,
    folder: Path,
    manager: type[AsyncKernelManager] = AsyncKernelManager,
    on_cell: Told = lambda cell, cells: None,
) -> Executed:
    """Run a notebook and write its record, failed or not.

    Parameters
    ----------
    file, out
        The notebook and its record.
    parameters
        Those that it declares.
    folder
        Where its kernel works; paths among the parameters are relative to it.
    manager
        Starts the kernel (see :func:`diligence.runner.kernels.kernels`).
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    error = None
    try:
        papermill.execute_notebook(
            str(file),
            str(out),
            parameters=parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=CELL_SECONDS,
            resources={"metadata": {"path": str(folder)}},
            shutdown_kernel="immediate",
            record_timing=False,
            kernel_manager_class=manager,
            config=Config({"KernelManager": {"transport_encryption": "auto"}}),
            on_cell=on_cell,
        )
    except papermill.PapermillExecutionError as failed:
        error = {"notebook": file.stem, "cell": failed.exec_count, "message": f"{failed.ename}: {failed.evalue}"}
    except Exception as failed:
        # a kernel that died or hung: what it had done is lost, the report says so, the other notebooks stand
        error = {
            "notebook": file.stem,
            "cell": None,
            "message": f"{type(failed).__name__}: {str(failed).strip().splitlines()[0] if str(failed).strip() else 'no reason given'}",
        }
    finally:
        _close_loop()
    notebook = timeless(nbformat.read(out if out.is_file() else file, as_version=4))
    nbformat.write(notebook, out)
    return Executed(notebook, error)


def _close_loop() -> None:
    """Close the event loop that papermill's client opened for this thread and leaves open."""
    loop = ensure_event_loop()
    if not loop.is_running():
        loop.close()


def timeless(notebook: NotebookNode) -> NotebookNode:
    """Take out of a record what differs from run to run: times, paths of the machine, chance ids."""
    plain = copy.deepcopy(notebook)
    plain.metadata.pop("papermill", None)
    plain.metadata.pop("widgets", None)
    for place, cell in enumerate(plain.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
        cell.id = f"cell-{place:02d}"
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _noise(output)]
    return plain


def _noise(output: NotebookNode) -> bool:
    """Warnings of the kernel about its own transport are of no reader's business."""
    return bool(output.output_type == "stream" and output.name == "stderr" and "IPKernelApp" in output.text)
