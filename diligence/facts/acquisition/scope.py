"""What every family of acquisition facts looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.sheet import FactSheet
from diligence.metrics.acquisition_cost import new_business_won
from diligence.metrics.funnel import deal_outcomes
from diligence.periods import add_months, month_start
from diligence.periods import month_index as index_of

SEGMENT = "segment"
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Scope:
    """A room, the sheet to fill, and how to cut."""

    room: Room
    sheet: FactSheet
    segment_by: str

    @property
    def as_of(self) -> date:
        """The date after which nothing counts."""
        return self.room.deal.target.as_of

    @property
    def end(self) -> pd.Timestamp:
        """Last whole month."""
        return self.room.month

    @property
    def by(self) -> str:
        """Column of the cut."""
        return self.segment_by or self.room.deal.defaults.segment_by

    @cached_property
    def deals(self) -> pd.DataFrame:
        """Opportunities of new business: those of type ``new``, all where types are not given."""
        found = self.room.table("opportunities")
        return found[found["type"].fillna("new") == "new"].drop_duplicates("opportunity_id")

    @cached_property
    def won(self) -> pd.DataFrame:
        """New business won."""
        return new_business_won(self.deals, as_of=self.as_of)

    @cached_property
    def won_year(self) -> pd.DataFrame:
        """New business won in the last twelve months."""
        closed = pd.to_datetime(self.won["closed_on"])
        return self.won[(closed >= add_months(self.end, -11)) & (closed < add_months(self.end, 1))]

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Opportunities with their days and outcome, open ones censored."""
        return deal_outcomes(self.deals, as_of=self.as_of)

    @cached_property
    def leads(self) -> pd.DataFrame:
        """The leads."""
        return self.room.table("leads")

    @cached_property
    def touches(self) -> pd.DataFrame:
        """The touches."""
        return self.room.table("touches")

    @cached_property
    def spend(self) -> pd.DataFrame:
        """Spend up to the last whole month."""
        found = self.room.table("spend")
        return found[pd.to_datetime(found["month"]) <= self.end]

    def cuts(self, frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give a frame whole, then by segment where it has the column of the cut and more than one value."""
        yield "", frame
        if self.by not in frame.columns or frame[self.by].nunique() < 2:
            return
        for segment in sorted(frame[self.by].dropna().astype("str").unique()):
            yield segment, frame[frame[self.by] == segment]

    def ledger(self, *lines: str) -> pd.DataFrame:
        """Give the sum of some lines of the ledger by month: ``month, amount``; empty where one of them lacks."""
        book = self.room.table("ledger")
        if not set(lines) <= set(book["line"]):
            return pd.DataFrame({"month": pd.Series(dtype="datetime64[ns]"), "amount": pd.Series(dtype="float64")})
        part = book[book["line"].isin(lines)].assign(month=lambda rows: pd.to_datetime(rows["month"]))
        return part[part["month"] <= self.end].groupby("month", as_index=False)["amount"].sum()

    def in_year(self, frame: pd.DataFrame, *, back: int = 0) -> float:
        """Sum the amount of the twelve months up to the end, or to ``back`` months before it; NaN where a month lacks."""
        last = index_of(self.end) - back
        months = [month_start(month) for month in range(last - 11, last + 1)]
        inside = frame[frame["month"].isin(months)]
        return float(inside["amount"].sum()) if inside["month"].nunique() == 12 else float("nan")

    def generator(self) -> np.random.Generator:
        """Give a fresh source of randomness: every interval is the same whatever was computed before it."""
        return np.random.default_rng(self.room.deal.run.seed)
