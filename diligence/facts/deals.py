"""What every family of facts on selling looks at: opportunities with their segment, the period, and shares with their interval."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from diligence.dataroom.room import NOT_GIVEN, Room
from diligence.facts.sheet import NAN, FactSheet
from diligence.metrics.concentration import customer_shares
from diligence.metrics.win_rate import decided_within
from diligence.models.intervals import wilson
from diligence.periods import add_months, month_index, window_label

SEGMENT = "segment"
FOUNDER = "founder"
ALIKE = 0.25
"""Difference of the shares of won and lost deals with an amount, beyond which amounts are taken to have been filled in at the win."""


@dataclass(frozen=True)
class Deals:
    """A room, the sheet to fill, the cut, and over how many months; nought months are all there are."""

    room: Room
    sheet: FactSheet
    segment_by: str
    months: int = 0

    @property
    def as_of(self) -> date:
        """The day from which everything is seen."""
        return self.room.deal.target.as_of

    @property
    def end(self) -> pd.Timestamp:
        """First day of the last whole month."""
        return self.room.month

    @property
    def last_day(self) -> date:
        """Last day of the last whole month."""
        return (self.end + pd.offsets.MonthEnd(1)).date()

    def since(self, months: int) -> date:
        """Give the first day of the last so many months."""
        return add_months(self.end, 1 - months).date()

    def label(self, months: int) -> str:
        """Name the last so many months."""
        return window_label(self.end, months)

    @cached_property
    def reach(self) -> int:
        """Months of the analysis: as asked, else back to the first decided deal."""
        if self.months:
            return self.months
        closed = (
            pd.to_datetime(self.opportunities["closed_on"]).dropna() if "closed_on" in self.opportunities else pd.Series(dtype="object")
        )
        return max(1, month_index(self.end) - month_index(closed.min()) + 1) if len(closed) else 12

    @property
    def period(self) -> str:
        """Name the months of the analysis."""
        return self.label(self.reach)

    @cached_property
    def opportunities(self) -> pd.DataFrame:
        """All opportunities, with the segment by which they are cut."""
        frame = self.room.table("opportunities")
        return frame.assign(segment=self.segment_of(frame)) if len(frame) else frame

    def segment_of(self, frame: pd.DataFrame) -> pd.Series:
        """Give the cut of rows: their own column where they have it, else that of their customer."""
        column = self.segment_by or self.room.deal.defaults.segment_by
        own = frame[column] if column in frame else pd.Series(None, index=frame.index, dtype="object")
        if own.isna().all() and "customer_id" in frame and (self.segment_by or column in self.room.customers):
            own = frame["customer_id"].map(self.room.segments(column))
        return own.astype("object").where(own.notna(), NOT_GIVEN).astype("str")

    @cached_property
    def new(self) -> pd.DataFrame:
        """Opportunities of new business; where the type is blank it is read as new."""
        frame = self.opportunities
        return frame[frame["type"].fillna("new").astype("str").eq("new")] if "type" in frame and len(frame) else frame

    @cached_property
    def sold(self) -> pd.DataFrame:
        """Opportunities that add value: new business and expansion, without renewals."""
        frame = self.opportunities
        return frame[~frame["type"].astype("str").eq("renewal")] if "type" in frame and len(frame) else frame

    @cached_property
    def decided(self) -> pd.DataFrame:
        """New business won or lost within the period."""
        return self.decided_since(self.reach)

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Decided new business, where both outcomes are listed; none where the list holds one of them only, since no rate can be had from it."""
        decided = self.decided if len(self.new) else self.new
        return decided if len(decided) and decided["status"].nunique() > 1 else decided.head(0)

    @property
    def why_not_judged(self) -> str:
        """Say why there is no rate of winning."""
        if len(self.new) and len(self.decided):
            word = str(self.decided["status"].iloc[0])
            return f"the opportunities hold {word} deals only: a list without the others gives no rate"
        return "no opportunities of new business were decided in the period"

    @cached_property
    def amounts_known(self) -> bool:
        """Whether lost deals carry amounts as won ones do; where they do not, an amount knows the outcome."""
        if self.judged.empty or "amount" not in self.judged:
            return False
        known = (self.judged["amount"].astype("float64") > 0).groupby(self.judged["status"]).mean()
        return bool(abs(known["won"] - known["lost"]) <= ALIKE)

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of like deals: segment and half by size; the segment alone where amounts know the outcome."""
        return (SEGMENT, "size") if self.amounts_known else (SEGMENT,)

    def decided_since(self, months: int) -> pd.DataFrame:
        """Give new business won or lost within the last so many months."""
        return decided_within(self.new, self.since(months), self.last_day)

    def segments(self, frame: pd.DataFrame) -> list[str]:
        """Name the segments of rows, the most first; none where there is only one."""
        counts = frame[SEGMENT].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        return [str(name) for name in counts.index] if len(counts) > 1 else []

    def cuts(self, frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give the rows whole, then by segment."""
        yield "", frame
        for segment in self.segments(frame) if len(frame) else []:
            yield segment, frame[frame[SEGMENT] == segment]

    @cached_property
    def worth(self) -> pd.DataFrame:
        """Recurring revenue a year of each customer at the end: ``customer_id, amount``."""
        cube = self.room.revenue("recurring")
        ranked = customer_shares(cube, self.end, window=self.room.window, grain="customer_id")
        return ranked[["customer_id", "amount"]]

    def generator(self) -> np.random.Generator:
        """Give a fresh source of randomness: every interval is the same whatever was computed before it."""
        return np.random.default_rng(self.room.deal.run.seed)

    def share(self, metric: str, part: float, n: float, **cut: Any) -> None:
        """Add a share with Wilson's interval, or say what it lacks."""
        lacks = self.sheet.lacking(metric)
        if lacks:
            self.sheet.add(metric, NAN, n=0, reason=lacks, **cut)
            return
        low, high = wilson(part, n)
        value = part / n if n else NAN
        self.sheet.add(metric, value, n=n, low=low, high=high, numerator=part, denominator=n, **cut)

    def number(self, metric: str, value: float, **more: Any) -> None:
        """Add a number, or say what it lacks."""
        lacks = self.sheet.lacking(metric)
        if lacks:
            self.sheet.add(
                metric, NAN, n=0, reason=lacks, **{key: more[key] for key in ("segment", "object", "object_id", "period") if key in more}
            )
        else:
            self.sheet.add(metric, value, **more)


def mean_interval(values: pd.Series) -> tuple[float, float]:
    """Give the 95% interval of a mean by its standard error: ``mean +- 1.96 s / sqrt(n)``; NaN for fewer than two values.

    >>> tuple(round(end, 2) for end in mean_interval(pd.Series([1.0, 2.0, 3.0])))
    (0.87, 3.13)
    """
    known = values.dropna()
    if len(known) < 2:
        return NAN, NAN
    half = 1.96 * float(known.std(ddof=1)) / float(np.sqrt(len(known)))
    return float(known.mean()) - half, float(known.mean()) + half
