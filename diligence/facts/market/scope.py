"""What every family of market facts looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.sheet import NAN, FactSheet
from diligence.metrics.market_size import named_accounts
from diligence.metrics.measure import annualised, level
from diligence.periods import add_months, month_index

NO_REVENUE = "no recurring revenue of identified customers"
NO_MATCH = "the segments of this table are not those of the customers"


@dataclass(frozen=True)
class Scope:
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
    def spot(self) -> str:
        """The as-of date as a period."""
        return str(self.room.deal.target.as_of)

    @property
    def year(self) -> int:
        """The year of the as-of date."""
        return self.room.deal.target.as_of.year

    @property
    def has_year(self) -> bool:
        """Whether the data reach back to a whole measure at the opening."""
        return not self.cube.empty and month_index(self.start) - self.room.window + 1 >= month_index(self.room.first_month)

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Recurring revenue of identified customers, with their segment."""
        cube = self.room.revenue("recurring")
        names = cube["customer_id"].astype("str").map(self.segment_of)
        return cube.assign(segment=names.fillna("(not given)").astype("str"))

    @cached_property
    def segment_of(self) -> pd.Series:
        """The segment of each customer."""
        return self.room.segments(self.segment_by or None)

    @cached_property
    def recurring(self) -> pd.Series:
        """Annualised recurring revenue by segment at the closing."""
        return self.recurring_at(self.end)

    def recurring_at(self, month: pd.Timestamp) -> pd.Series:
        """Annualised recurring revenue by segment at the end of a month."""
        found = level(self.cube, month, ["segment"], window=self.room.window)
        return found.set_index("segment")["ticks"].map(lambda some: annualised(some, self.room.window)).astype("float64")

    @cached_property
    def market(self) -> pd.DataFrame:
        """The market table up to the year of the as-of date."""
        table = self.room.table("market")
        return table[table["year"] <= self.year]

    @cached_property
    def rivals(self) -> pd.DataFrame:
        """The table of competitors up to the year of the as-of date."""
        table = self.room.table("competitors")
        return table[table["year"] <= self.year]

    @cached_property
    def live(self) -> frozenset[str]:
        """Customers with recurring revenue at the closing."""
        found = level(self.cube, self.end, ["customer_id"], window=self.room.window)
        return frozenset(found.loc[found["ticks"] > 0, "customer_id"].astype("str"))

    @cached_property
    def universe(self) -> pd.DataFrame:
        """The named accounts as they stand in the table; who is no customer at the closing is none."""
        table = self.room.table("universe")
        return table.assign(customer_id=table["customer_id"].where(table["customer_id"].isin(self.live)))

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The named accounts by ultimate parent."""
        return named_accounts(self.universe, self.room.customers if "account_id" in self.room.customers else None)

    @cached_property
    def new_deals(self) -> pd.DataFrame:
        """Decided new business up to the as-of date."""
        table = self.room.table("opportunities")
        return table[table["type"].eq("new") & table["status"].isin(["won", "lost"])]

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

    def fill_segments(self, metric: str, table: pd.DataFrame, column: str = "segment", **place: Any) -> None:
        """Add a fact for each row of a table cut by segment, or by another ``column``, whose value then names the object."""
        for row in table.to_dict("records"):
            where = {"segment": str(row[column])} if column == "segment" else {"object": column, "object_id": str(row[column])}
            self.fill(metric, row, **(where | place))
