"""Two companies written once, and opened as any target's room is."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.planted.write import lived, tables, write
from diligence.dataroom.room import Room, open_room

FUTURES = 6
COMPANIES = (("cash", 11), ("authority", 12))


@dataclass
class Written:
    """A company on disk, and as it was lived."""

    folder: Path
    kind: str
    seed: int

    @cached_property
    def room(self) -> Room:
        return open_room(self.folder)

    @cached_property
    def record(self) -> Any:
        return lived(self.kind, self.seed)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """As the company's departments wrote them, before they became files."""
        return tables(self.record)

    @property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", params=COMPANIES, ids=[kind for kind, _ in COMPANIES])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    kind, seed = request.param
    folder = tmp_path_factory.mktemp("planted") / kind
    write(folder, kind, seed, count=FUTURES)
    return Written(folder, kind, seed)
