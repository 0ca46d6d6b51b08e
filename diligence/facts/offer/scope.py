"""What every family of offer facts looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from diligence.dataroom.room import NOT_GIVEN, Room
from diligence.facts.sheet import NAN, FactSheet
from diligence.metrics.attach import products_held
from diligence.periods import add_months, month_index

NO_REVENUE = "no recurring revenue of identified customers"
NO_PRODUCT = "the revenue lines name no product"


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
    def as_of(self) -> pd.Timestamp:
        """The as-of date."""
        return pd.Timestamp(self.room.deal.target.as_of)

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
    def segment_of(self) -> pd.Series:
        """The segment of each customer."""
        return self.room.segments(self.segment_by or None)

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

    def fill_cut(self, metric: str, table: pd.DataFrame, column: str, **place: Any) -> None:
        """Add a fact for each row of a table cut by ``segment``, or by another column, whose value then names the object."""
        for row in table.to_dict("records"):
            where = {"segment": str(row[column])} if column == "segment" else {"object": column, "object_id": str(row[column])}
            self.fill(metric, row, **(where | place))
