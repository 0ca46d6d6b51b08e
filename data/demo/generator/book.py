"""The agents' own records: a customer as signed, and the life that follows."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np


@dataclass
class Customer:
    """One customer as it stands in the company's head, before any export."""

    customer_id: str
    account: int
    segment: str
    country: str
    industry: str
    size_band: str
    origin: str  # opening | organic | acquired
    start: int  # month index of the first service; 0 for the opening book
    day: int  # day of the month on which its terms begin
    signed_on: date
    anniversary: int  # month index at which the first term ends
    term: int
    billing: str
    seats: int
    products: tuple[str, ...]
    discount: float
    propensity: float
    channel: str
    sourced_by: str
    founder: bool
    opportunity_id: str = ""
    name: str = ""
    parent_id: str = ""
    large: bool = False

    @property
    def currency(self) -> str:
        """Currency in which the customer is invoiced."""
        return "GBP" if self.country == "GB" else "EUR"


@dataclass
class Event:
    """A change in a customer's subscription: renewal, churn, upsell, cross_sell, contraction, drop, reactivation."""

    month: int
    kind: str
    product: str
    before: float
    after: float


@dataclass
class Term:
    """One contract term; end is the month index after its last month."""

    start: int
    end: int
    status: str = "active"
    reason: str = ""
    uplift: float = 0.0


@dataclass
class Life:
    """Seats and monthly unit price by product and month, with what happened on the way."""

    customer: Customer
    seats: dict[str, np.ndarray]
    price: dict[str, np.ndarray]
    terms: list[Term] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
