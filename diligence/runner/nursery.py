"""The process from which kernels are forked: it loads once what every notebook loads, and answers one line to each line.

``{"start": [words of the kernel], "cwd": folder, "env": {...}}`` gives ``{"pid": ...}``; ``{"poll": pid}`` gives ``{"status": code or null}``.
The end of its input is the end of it and of its kernels.
"""

import gc
import json
import os
import signal
import sys
import warnings
from importlib import import_module
from typing import Any, NoReturn

PRELOADED = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "pandas", "pyarrow.parquet", "plotly.graph_objects", 
    "diligence.dataroom.intake", "diligence.reports.exhibits", "diligence.reports.narrative",
    "diligence.facts.revenue_quality", "diligence.facts.data_room", "diligence.runner.session",
)  # fmt: skip


def serve() -> None:
    """Load, then answer until the input ends."""
    for name in PRELOADED:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                import_module(name)
            except ImportError:
                continue
    import pandas

    # pandas takes a process without a notebook for a terminal, and a terminal's width for the page's
    pandas.set_option("display.max_columns", 20)
    # the keyboard's interrupt is for the run, which then ends this process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # what is loaded by now is shared with the kernels: the collector need not write to it
    gc.collect()
    gc.freeze()
    running: dict[int, int | None] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"pid": _fork(asked, running)} if "start" in asked else {"status": _status(asked["poll"], running)}
        print(json.dumps(answer), flush=True)
    for pid in running:
        if _status(pid, running) is None:
            os.killpg(pid, signal.SIGKILL)
    # nothing here is worth taking down in order
    os._exit(0)


def _fork(asked: dict[str, Any], running: dict[int, int | None]) -> int:
    nursery, pid = os.getpid(), os.fork()
    if pid == 0:
        _become_kernel(asked, nursery)
    running[pid] = None
    return pid


def _become_kernel(asked: dict[str, Any], nursery: int) -> NoReturn:
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.chdir(asked["cwd"])
        os.environ.clear()
        # a kernel whose parent is gone ends itself
        os.environ.update({**asked["env"], "JPY_PARENT_PID": str(nursery)})
        sys.argv = ["ipykernel_launcher", *asked["start"]]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance(asked["start"])
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 0
    finally:
        os._exit(status)


def _status(pid: int, running: dict[int, int | None]) -> int | None:
    if running.get(pid) is None and pid in running:
        done, status = os.waitpid(pid, os.WNOHANG)
        running[pid] = os.waitstatus_to_exitcode(status) if done else None
    return running.get(pid, 0)


if __name__ == "__main__":
    serve()
