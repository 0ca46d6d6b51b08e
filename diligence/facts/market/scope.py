"""What every family of market facts looks at."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from diligence.facts.customer_scope import CustomerScope
from diligence.metrics.market_size import named_accounts
from diligence.metrics.measure import annualised, level
from diligence.periods import month_index

NO_MATCH = "the segments of this table are not those of the customers"


@dataclass(frozen=True)
class Scope(CustomerScope):
    """A room, the sheet to fill, and how customers are cut."""

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
