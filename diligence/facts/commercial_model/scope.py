"""What every family of the commercial model looks at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from diligence.dataroom.room import NOT_GIVEN
from diligence.facts.customer_scope import CustomerScope
from diligence.facts.sheet import NAN
from diligence.metrics.price_events import list_price_changes, unit_prices
from diligence.periods import add_months, month_index, month_label, window_label

SIZES = ("small deals", "middle deals", "large deals")
NO_QUOTES = "no quote line with a list price, a net price and a quantity"


@dataclass(frozen=True)
class Scope(CustomerScope):
    """A room, the sheet to fill, and how to cut."""

    @property
    def month(self) -> str:
        """The period of what is measured in the closing month."""
        return month_label(self.end)

    @property
    def year(self) -> str:
        """The period of the last twelve months."""
        return window_label(self.end, 12)

    @cached_property
    def segments(self) -> list[str]:
        """Segments with customers; none where there is only one."""
        names = sorted(set(self.segment_of) - {NOT_GIVEN})
        return names if len(names) > 1 else []

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Recurring revenue of identified customers by month, with the segment: what it is worth a month under contract, else what was sold."""
        cube = self.room.revenue("recurring")
        names = {column: cube[column].astype("str") for column in ("customer_id", "account_id", "product_id", "currency")}
        end = "_rate" if self.room.window == 1 else ""
        rates = {"amount": cube[f"amount{end}"], "amount_local": cube[f"amount_local{end}"]}
        found = cube[["month", "quantity"]].assign(**names, **rates)
        return found.assign(segment=found["customer_id"].map(self.segment_of).fillna(NOT_GIVEN))

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Unit prices of each customer, product and month, with the segment."""
        known = self.cube[self.cube["quantity"].notna()]
        found = (
            unit_prices(known)
            if len(known)
            else pd.DataFrame(columns=["customer_id", "product_id", "month", "price", "quantity", "amount"])
        )
        return found.assign(segment=found["customer_id"].map(self.segment_of).fillna(NOT_GIVEN))

    def live(self, when: pd.Timestamp) -> pd.DataFrame:
        """Give the lines of the measure at a month: that month under contract, the twelve up to it where customers buy again and again."""
        return self.cube[(self.cube["month"] <= when) & (self.cube["month"] > add_months(when, -self.room.window))]

    @property
    def to_year(self) -> float:
        """What makes the measure a year's: twelve under contract, one where it is of twelve months."""
        return 12 / self.room.window

    @cached_property
    def quotes(self) -> pd.DataFrame:
        """Quote lines with segment, type and competition of the deal, and the size of the deal in thirds of its list value."""
        quotes = self.room.table("quotes")
        deals = self.room.table("opportunities").drop_duplicates("opportunity_id").set_index("opportunity_id")
        found = quotes.assign(
            segment=quotes["customer_id"].astype("object").map(self.segment_of).astype("object"), won=quotes["won"].eq(True).fillna(False)
        )
        for column in ("type", "competitive", "segment"):
            of_deal = quotes["opportunity_id"].astype("object").map(deals[column].astype("object"))
            if column == "segment":
                by_segment = (self.segment_by or self.room.deal.defaults.segment_by) == "segment"
                found[column] = of_deal.fillna(found[column]) if by_segment else found[column]
                found[column] = found[column].fillna(NOT_GIVEN)
            else:
                found[column] = of_deal
        worth = (found["quantity"] * found["list_price"]).groupby(found["opportunity_id"].fillna(found["quote_id"])).transform("sum")
        third = np.ceil((worth.rank(method="average", pct=True) * 3).round(9)).clip(1, 3)
        return found.assign(size_band=third.map(dict(enumerate(SIZES, 1))), date=pd.to_datetime(found["date"]))

    @cached_property
    def won(self) -> pd.DataFrame:
        """Quote lines that were won."""
        return self.quotes[self.quotes["won"]]

    @cached_property
    def won_year(self) -> pd.DataFrame:
        """Quote lines won in the year up to the as-of date, by the day of the quote."""
        return self.won[self.won["date"] > self.as_of - pd.DateOffset(years=1)]

    @cached_property
    def list_changes(self) -> pd.DataFrame:
        """Changes of the list, found from the quotes."""
        return list_price_changes(self.quotes)

    def ends(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Give the pairs at the opening and at the closing, annualised; the closing at the opening's exchange rate where that is known."""
        then, now = (self.live(when).assign(amount=lambda rows: rows["amount"] * self.to_year) for when in (self.start, self.end))
        sums = then.groupby("currency")[["amount", "amount_local"]].sum()
        rate = (sums["amount"] / self.to_year / sums["amount_local"].where(sums["amount_local"] != 0)).dropna()
        at_old = now["currency"].map(rate).astype("float64") * now["amount_local"] * self.to_year
        return then, now.assign(amount=at_old.where(at_old.notna(), now["amount"]), amount_now=now["amount"])

    @property
    def has_year(self) -> bool:
        """Whether the data reach back to a whole measure a year ago, with revenue in it."""
        reached = month_index(self.start) - self.room.window + 1 >= month_index(self.room.first_month)
        return reached and bool(len(self.live(self.start)))

    @cached_property
    def recurring(self) -> float:
        """Annualised recurring revenue in the closing month."""
        return float(self.live(self.end)["amount"].sum()) * self.to_year or NAN
