"""What every family of offer facts looks at."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from diligence.dataroom.room import NOT_GIVEN
from diligence.facts.customer_scope import CustomerScope
from diligence.metrics.attach import products_held
from diligence.periods import month_index

NO_PRODUCT = "the revenue lines name no product"


@dataclass(frozen=True)
class Scope(CustomerScope):
    """A room, the sheet to fill, and how customers are cut."""

    @property
    def has_year(self) -> bool:
        """Whether the data reach back to a whole measure at the opening."""
        return not self.cube.empty and month_index(self.start) - self.room.window + 1 >= month_index(self.room.first_month)

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Recurring revenue of identified customers, with segment, country and size of the customer."""
        cube = self.room.revenue("recurring")
        customers = self.room.customers.drop_duplicates("customer_id").set_index("customer_id")
        key = cube["customer_id"].astype("str")
        more = {name: key.map(customers[name]).fillna(NOT_GIVEN).astype("str") for name in ("country", "size_band") if name in customers}
        return cube.assign(segment=key.map(self.segment_of).fillna(NOT_GIVEN).astype("str"), **more)

    @cached_property
    def named(self) -> pd.DataFrame:
        """The cube's rows that name a product."""
        return self.cube[self.cube["product_id"].astype("str") != NOT_GIVEN]

    @cached_property
    def held(self) -> pd.DataFrame:
        """What each account holds at the closing."""
        return products_held(self.named, self.end, window=self.room.window)

    @cached_property
    def product_names(self) -> dict[str, str]:
        """What the price book calls each product."""
        table = self.room.table("products").dropna(subset=["product_id", "name"]) if self.room.has("products", "name") else None
        return {} if table is None else dict(zip(table["product_id"].astype("str"), table["name"].astype("str"), strict=True))

    def named_product(self, ids: pd.Series) -> pd.Series:
        """Give the names of products; one without a name goes by its id."""
        words = ids.astype("str")
        return words.map(self.product_names).fillna(words)

    @cached_property
    def deals(self) -> pd.DataFrame:
        """New business and expansion, with the customer's segment where the deal has none."""
        table = self.room.table("opportunities")
        return table[table["type"].isin(["new", "expansion"])] if self.room.has("opportunities", "type") else table
