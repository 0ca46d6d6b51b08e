"""What every family of revenue facts looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.sheet import FactSheet
from diligence.metrics.bridge import first_months, movements
from diligence.periods import add_months, month_index

SEGMENT = "segment"


@dataclass(frozen=True)
class Scope:
    """A room, the sheet to fill, and the choices of the analyst: how to cut, and over how many months."""

    room: Room
    sheet: FactSheet
    segment_by: str
    months: int

    @property
    def end(self) -> pd.Timestamp:
        """Closing month."""
        return self.room.month

    @property
    def start(self) -> pd.Timestamp:
        """Opening month of the period."""
        return add_months(self.end, -self.months)

    @property
    def window(self) -> int:
        """Months of the measure."""
        return self.room.window

    @property
    def has_period(self) -> bool:
        """Whether the data reach back to a whole measure at the opening."""
        return not self.cube.empty and month_index(self.start) - self.window + 1 >= month_index(self.room.first_month)

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Recurring revenue of identified customers, with their segment."""
        cube = self.room.revenue("recurring")
        names = cube["customer_id"].astype("str").map(self.room.segments(self.segment_by or None))
        return cube.assign(segment=names.fillna("(not given)").astype("category"))

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The cube without products: account, segment and month."""
        return _by_account(self.cube)

    @cached_property
    def acquired(self) -> frozenset[str]:
        """Customers that came with an acquired company."""
        customers = self.room.customers
        return frozenset(customers.loc[customers["sourced_by"] == "acquisition", "customer_id"])

    @cached_property
    def arrived(self) -> dict[str, int]:
        """Month index in which each acquired customer came."""
        return first_months(self.cube, self.acquired)

    def arrivals(self, end: pd.Timestamp) -> frozenset[str]:
        """Acquired customers that came within the period that ends here: bought, not retained, even under a parent who was there."""
        start = month_index(end) - self.months
        return frozenset(customer for customer, month in self.arrived.items() if month > start)

    def organic(self, end: pd.Timestamp) -> pd.DataFrame:
        """Give the cube without the acquired customers of the period."""
        bought = self.arrivals(end)
        return self.cube[~self.cube["customer_id"].isin(list(bought))] if bought else self.cube

    def organic_accounts(self, end: pd.Timestamp) -> pd.DataFrame:
        """Give the accounts without the acquired customers of the period."""
        return _by_account(self.organic(end)) if self.arrivals(end) else self.accounts

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Movements of every month, with the segment of the customer."""
        found = movements(
            self.cube, window=self.window, reactivation_months=self.room.deal.defaults.reactivation_months, acquired=self.acquired
        )
        return found.assign(segment=found["customer_id"].map(self.segment_of))

    @cached_property
    def segment_of(self) -> pd.Series:
        """Segment of each customer with recurring revenue."""
        return self.cube.drop_duplicates("customer_id").set_index("customer_id")[SEGMENT]

    @cached_property
    def segments(self) -> list[str]:
        """Segments with recurring revenue, largest first; none where there is only one."""
        sums = self.cube.groupby(SEGMENT, observed=True)["amount"].sum().sort_values(ascending=False, kind="stable")
        return [str(name) for name in sums.index] if len(sums) > 1 else []

    def cuts(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give the accounts to be retained whole, then by segment."""
        accounts = self.organic_accounts(self.end)
        yield "", accounts
        for segment in self.segments:
            yield segment, accounts[accounts[SEGMENT] == segment]

    def generator(self) -> np.random.Generator:
        """Give a fresh source of randomness: every interval is the same whatever was computed before it."""
        return np.random.default_rng(self.room.deal.run.seed)


def _by_account(cube: pd.DataFrame) -> pd.DataFrame:
    return cube.groupby(["account_id", SEGMENT, "month"], observed=True)["amount"].sum().reset_index()
