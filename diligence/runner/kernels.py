"""Kernels of a run: forked from one process that has loaded what notebooks load, where the platform forks; else started one by one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

FORKS = hasattr(os, "fork") and sys.platform != "darwin"
"""Frameworks of macOS do not survive a fork."""
LAUNCHER = "ipykernel_launcher"
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Notebooks run side by side, one core each; and a sum does not depend on how many cores there are."""


class Nursery:
    """The process that forks kernels, asked one line at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "diligence.runner.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | ALONE,
        )

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Ask, and give the answer; a nursery that is gone has no kernel that runs."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._lock:
            try:
                self._process.stdin.write(json.dumps(asked) + "\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            except OSError:
                line = ""
        return json.loads(line) if line else {"pid": 0, "status": 1}

    def close(self) -> None:
        """End it, and with it its kernels."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class ForkedKernel:
    """A kernel as the provisioner wants a process: polled, waited for, killed."""

    stdin = stdout = stderr = None

    def __init__(self, nursery: Nursery, words: list[str], cwd: str, env: dict[str, str]) -> None:
        self._nursery = nursery
        self.pid = int(nursery.ask(start=words, cwd=cwd, env=env)["pid"])

    def poll(self) -> int | None:
        """Give the exit status, or None while it runs."""
        status: int | None = self._nursery.ask(poll=self.pid)["status"]
        return status

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(0.005)
        return status

    def send_signal(self, number: int) -> None:
        """Signal the kernel and what it started."""
        if self.pid:
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(15)

    def kill(self) -> None:
        """End it."""
        self.send_signal(9)


def managers(nursery: Nursery) -> type[AsyncKernelManager]:
    """Give the class of kernel managers for a nursery."""

    class Provisioner(LocalProvisioner):
        """Launches a kernel by a fork; a nursery that is gone leaves it to be started as any other."""

        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
            if not (nursery.alive and LAUNCHER in cmd):
                return await super().launch_kernel(cmd, **kwargs)
            cwd = str(kwargs.get("cwd") or Path.cwd())
            kernel: Any = ForkedKernel(nursery, cmd[cmd.index(LAUNCHER) + 1 :], cwd, dict(kwargs.get("env") or os.environ))
            self.process, self.pid, self.cwd = kernel, kernel.pid, cwd
            return self.connection_info

    class Manager(AsyncKernelManager):
        """Has its kernels forked."""

        async def _async_pre_start_kernel(self, **kw: Any) -> Any:
            if self.provisioner is None:
                self.kernel_id = self.kernel_id or str(uuid4())
                self.provisioner = Provisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            return await super()._async_pre_start_kernel(**kw)

        pre_start_kernel = _async_pre_start_kernel

    return Manager


@contextmanager
def kernels() -> Iterator[type[AsyncKernelManager]]:
    """Give the class of kernel managers to run notebooks with, for as long as the block lasts.

    Loading goes on beside whatever the block does before it starts the first kernel.
    """
    if not FORKS:
        yield AsyncKernelManager
        return
    nursery = Nursery()
    try:
        yield managers(nursery)
    finally:
        nursery.close()
