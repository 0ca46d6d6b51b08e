"""What is written down of the months that were lived: events by kind, each a column of agents, days and amounts."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from benchmarks.planted.chance import Array


class Journal:
    """Events of one history."""

    def __init__(self) -> None:
        self._parts: dict[str, list[dict[str, Array]]] = defaultdict(list)

    def note(self, kind: str, month: int, agents: Array, **columns: object) -> None:
        """Write down an event of some agents in a month."""
        if len(agents):
            given: Mapping[str, object] = {"month": month, "agent": agents, **columns}
            self._parts[kind].append({name: np.broadcast_to(np.asarray(value), agents.shape).copy() for name, value in given.items()})

    def table(self, kind: str) -> pd.DataFrame:
        """All events of a kind in their order."""
        parts = self._parts[kind]
        return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}) if parts else pd.DataFrame()
