"""Where a run works until it is whole: a folder beside OUT that takes OUT's place in one step."""

import json
import os
import shutil
from pathlib import Path
from threading import Lock
from typing import Any

from diligence.errors import InputError, Problem

MANIFEST = "manifest.json"
STATE = "state.json"


class Staging:
    """A run's folder before it is OUT. What an earlier run or a stopped one left whole is taken over by its key."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.parent / f".{out.name}.partial"
        self._old = out.parent / f".{out.name}.old"
        self._lock = Lock()
        _refuse(out)
        if self._old.exists() and not out.exists():
            # stopped between the two renames: the earlier run is whole
            self._old.rename(out)
        self.existed = self.folder.exists()
        self._made = [folder for folder in out.parents if not folder.exists()]
        try:
            self.evidence.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
        except OSError as error:
            raise _unwritable(f"'{out.parent}' ({error.strerror})") from None
        self.state: dict[str, Any] = self._state(self.folder)
        self.before: dict[str, Any] = self._state(out)

    @property
    def evidence(self) -> Path:
        """Folder of tables, cube and facts that notebooks share."""
        return self.folder / "evidence"

    @property
    def notebooks(self) -> Path:
        """Folder of executed notebooks and their pages."""
        return self.folder / "notebooks"

    def done(self, step: str, key: str, files: list[str]) -> bool:
        """Say whether a step stands here under this key, taking its files over from the earlier run where it does."""
        if self.state.get(step) == key and all((self.folder / file).exists() for file in files):
            return True
        if self.before.get(step) != key or not all((self.out / file).exists() for file in files):
            return False
        for file in files:
            source, target = self.out / file, self.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)
        self.finish(step, key)
        return True

    def finish(self, step: str, key: str) -> None:
        """Note that a step is whole."""
        with self._lock:
            self.state[step] = key
            self._note()

    def begin(self, step: str) -> None:
        """Forget a step that is done anew."""
        with self._lock:
            if self.state.pop(step, None) is not None:
                self._note()

    def clear(self) -> None:
        """Forget every step and its files: what follows rests on another intake."""
        self.state = {}
        for folder in (self.evidence, self.notebooks):
            shutil.rmtree(folder, ignore_errors=True)
        self.evidence.mkdir()

    def _note(self) -> None:
        part = self.evidence / f"{STATE}.part"
        part.write_text(json.dumps(self.state, indent=1, sort_keys=True), encoding="utf-8")
        part.replace(self.evidence / STATE)

    def discard(self) -> None:
        """Leave nothing behind, unless an earlier, stopped run has something to take up."""
        if self.existed:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in self._made:
            folder.rmdir()

    def publish(self) -> None:
        """Put the whole run in OUT's place."""
        if self._old.exists():
            shutil.rmtree(self._old)
        if self.out.exists():
            self.out.rename(self._old)
        self.folder.rename(self.out)
        shutil.rmtree(self._old, ignore_errors=True)

    def _state(self, folder: Path) -> dict[str, Any]:
        try:
            return dict(json.loads((folder / "evidence" / STATE).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}


def _refuse(out: Path) -> None:
    """Never write over what is not a run."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST).is_file())):
        raise InputError(
            Problem("a new folder, or that of an earlier run", f"'{out}', which holds other things", "name another folder with --out")
        )
    existing = next(folder for folder in (out.parent, *out.parent.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise _unwritable(f"'{existing}'")


def _unwritable(told: str) -> InputError:
    return InputError(Problem("a folder that can be written to", told, "name another folder with --out"))
