"""What families of facts on customers look at: a room, the sheet to fill, how customers are cut, and the months at both ends of the year."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.sheet import NAN, FactSheet
from diligence.periods import add_months

NO_REVENUE = "no recurring revenue of identified customers"


@dataclass(frozen=True)
class CustomerScope:
    """A room, the sheet to fill, and how customers are cut."""

    room: Room
    sheet: FactSheet
    segment_by: str

    @property
    def end(self) -> pd.Timestamp:
        """Closing month."""
        return self.room.month

    @property
    def start(self) -> pd.Timestamp:
        """Opening month, twelve before."""
        return add_months(self.end, -12)

    @property
    def as_of(self) -> pd.Timestamp:
        """The as-of date."""
        return pd.Timestamp(self.room.deal.target.as_of)

    @property
    def spot(self) -> str:
        """The as-of date as a period."""
        return str(self.room.deal.target.as_of)

    @cached_property
    def segment_of(self) -> pd.Series:
        """The segment of each customer."""
        return self.room.segments(self.segment_by or None)

    def generator(self) -> np.random.Generator:
        """Give a fresh source of randomness: every interval is the same whatever was computed before it."""
        return np.random.default_rng(self.room.deal.run.seed)

    def lacks(self, *metrics: str) -> bool:
        """Say whether a table or column of one of the facts is not given; those that lack one are refused."""
        reasons = {metric: self.sheet.lacking(metric) for metric in metrics}
        for metric, reason in reasons.items():
            if reason:
                self.sheet.refuse(metric, reason)
        return any(reasons.values())

    def fill(self, metric: str, row: Mapping[str, Any], **place: Any) -> None:
        """Add a fact from a row of a table: ``value``, and where they stand there ``low, high, numerator, denominator, n``."""
        parts: dict[str, Any] = {
            name: float(row[name]) for name in ("low", "high", "numerator", "denominator") if name in row and pd.notna(row[name])
        }
        n = row.get("n", row.get("denominator", 1))
        self.sheet.add(metric, float(row.get("value", NAN)), n=float(n) if pd.notna(n) else 0, **parts, **({"period": self.spot} | place))

    def fill_cut(self, metric: str, table: pd.DataFrame, column: str = "segment", **place: Any) -> None:
        """Add a fact for each row of a table cut by ``segment``, or by another column, whose value then names the object."""
        for row in table.to_dict("records"):
            where = {"segment": str(row[column])} if column == "segment" else {"object": column, "object_id": str(row[column])}
            self.fill(metric, row, **(where | place))
