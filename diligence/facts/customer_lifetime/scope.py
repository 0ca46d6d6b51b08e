"""What every family of lifetime facts looks at: one life an account, with what it is cut by."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from diligence.dataroom.room import NOT_GIVEN, Room
from diligence.facts.sheet import FactSheet
from diligence.metrics.lapse import lapse_months
from diligence.metrics.lifespans import lifespans
from diligence.metrics.measure import level
from diligence.periods import fiscal_year, month_label

NOTHING = "no recurring revenue of identified customers"
HORIZON = 60
CUTS = ("size_band", "country", "channel", "product", "cohort")
"""Cuts beside the deal's segment: of the customer list, of the first product bought, and of the fiscal year of the start."""


@dataclass(frozen=True)
class Lifetimes:
    """A room, the sheet to fill, and the choices of the analyst."""

    room: Room
    sheet: FactSheet
    segment_by: str
    discount_rate: float

    @property
    def end(self) -> pd.Timestamp:
        """Closing month."""
        return self.room.month

    @property
    def spot(self) -> str:
        """Closing month as a period."""
        return month_label(self.end)

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Recurring revenue of identified customers."""
        cube = self.room.revenue("recurring")
        return cube.assign(account_id=cube["account_id"].astype("str"), customer_id=cube["customer_id"].astype("str"))

    @cached_property
    def pause(self) -> int:
        """Months without revenue that are no loss: none under contract, the base's own gap where customers buy again and again."""
        if self.room.window == 1 or self.cube.empty:
            return 0
        gap = lapse_months(self.cube, self.end)
        return int(gap) if np.isfinite(gap) else 0

    @property
    def positive_accounts(self) -> int:
        """Accounts that had revenue by the month up to which lives are judged."""
        if self.cube.empty:
            return 0
        sums = self.cube.groupby(["account_id", "month"], observed=True)["amount"].sum()
        first = sums[sums > 0.00005].reset_index().groupby("account_id")["month"].min()
        return int((first <= self.end - pd.DateOffset(months=self.pause)).sum())

    @cached_property
    def lives(self) -> pd.DataFrame:
        """One life an account, with its segment, its other cuts, and what it is worth today (``amount``, currency a year)."""
        customers = self.room.customers
        starts = customers[["account_id", "acquired_on"]].assign(bought=customers["sourced_by"] == "acquisition")
        lives = lifespans(self.cube, self.end, starts=starts, pause=self.pause)
        owner = self._leading
        lives = lives.assign(segment=lives["account_id"].map(owner.map(self._segments)).fillna(NOT_GIVEN))
        listed = customers.set_index("customer_id")
        for cut in ("size_band", "country", "channel", "industry"):
            lives[cut] = lives["account_id"].map(owner.map(listed[cut])) if self.room.has("customers", cut) else None
        lives["product"] = lives["account_id"].map(self._first_product) if self.room.has("revenue", "product_id") else None
        year_end = self.room.deal.target.fiscal_year_end_month
        lives["cohort"] = [f"FY{fiscal_year(start, year_end)}" if pd.notna(start) else None for start in lives["start"]]
        worth = level(self.cube, self.end, ["account_id"], window=self.room.window).set_index("account_id")["ticks"]
        now = lives["account_id"].map(worth).astype("float64") * 12 / self.room.window / 10_000
        return lives.assign(amount=now.where((now > 0) & ~lives["lost"]))

    @cached_property
    def known(self) -> pd.DataFrame:
        """The lives whose age is known."""
        return self.lives[self.lives["exit"].notna()]

    @cached_property
    def segments(self) -> list[str]:
        """Segments of lives, the most numerous first; none where there is only one."""
        names = self.lives["segment"].value_counts()
        ranked = sorted(names.index, key=lambda name: (-int(names[name]), str(name)))
        return [str(name) for name in ranked] if len(ranked) > 1 else []

    @cached_property
    def _segments(self) -> pd.Series:
        return self.room.segments(self.segment_by or None)

    @cached_property
    def _leading(self) -> pd.Series:
        """For each account its customer with the most revenue: it lends the account its attributes."""
        sums = self.cube.groupby(["account_id", "customer_id"], observed=True)["amount"].sum().reset_index()
        ranked = sums.sort_values(["amount", "customer_id"], ascending=[False, True], kind="stable").drop_duplicates("account_id")
        return ranked.set_index("account_id")["customer_id"]

    @cached_property
    def _first_product(self) -> pd.Series:
        """For each account the product with which it began (the largest where it began with several)."""
        rows = self.cube[self.cube["amount"] > 0].assign(product_id=lambda frame: frame["product_id"].astype("str"))
        ranked = rows.sort_values(["month", "amount", "product_id"], ascending=[True, False, True], kind="stable")
        return ranked.drop_duplicates("account_id").set_index("account_id")["product_id"]

    def generator(self) -> np.random.Generator:
        """Give a fresh source of randomness: every interval is the same whatever was computed before it."""
        return np.random.default_rng(self.room.deal.run.seed)
