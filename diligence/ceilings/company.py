"""The company that is simulated: what it has, how it keeps it, and what limits what it can win, one value a draw and segment."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from diligence.errors import InputError, Problem

INF = float("inf")
CONSTRAINTS = ("demand", "market", "capacity", "delivery", "founder", "cash")
"""What can limit new business, in the order in which a tie is told."""


@dataclass(frozen=True)
class Cash:
    """What growth costs and who pays for it.

    Attributes
    ----------
    balance, floor
        Cash now, and the least that must be kept (currency).
    margin, running
        Gross margin and other running cost, as fractions of recurring revenue.
    cost
        Cash to win one customer (currency).
    prepaid_months, collection_days
        Months billed ahead (negative in arrears), days of revenue outstanding.
    external
        Money from outside (currency a year).
    """

    balance: Any = INF
    floor: Any = 0.0
    margin: Any = 1.0
    running: Any = 0.0
    cost: Any = 0.0
    prepaid_months: Any = 0.0
    collection_days: Any = 0.0
    external: Any = 0.0


@dataclass(frozen=True)
class Company:
    """A company by segment. Each value is a number, or an array that broadcasts to draws x segments (``..., years`` where it says so).

    Attributes
    ----------
    segments
        Their names.
    revenue, customers
        Recurring revenue (currency a year) and customers now.
    price
        Recurring revenue of a new customer (currency a year).
    kept, kept_new
        Share of revenue that stays each year, for today's customers by calendar year and for new ones by age: draws x segments x years.
    stays, stays_new
        The same of customers.
    expansion, wallet
        Growth of a customer a year where nothing of the wallet is taken, and the wallet itself (currency a year): ``e = expansion x (1 - revenue a customer / wallet)``.
    uplift, headroom
        Price increase a year, and how far the price may rise in all (fraction) before it meets the willingness to pay.
    accounts, hazard
        Obtainable accounts, and the share of the unsold ones that can be won in a year at the most.
    demand
        Customers a year that come to a decision in our favour as things are: draws x segments x years.
    lift
        What authority, offer and terms make of the demand; 1 is today.
    referral
        Customers that a customer brings in a year, while accounts are left.
    capacity, delivery, founder
        Customers a year that selling capacity (by segment), delivery and the founder's time allow: ``..., years``.
    cash
        Billing and cost.
    """

    segments: tuple[str, ...]
    revenue: Any
    customers: Any
    price: Any
    kept: Any = 1.0
    kept_new: Any = 1.0
    stays: Any = 1.0
    stays_new: Any = 1.0
    expansion: Any = 0.0
    wallet: Any = INF
    uplift: Any = 0.0
    headroom: Any = INF
    accounts: Any = INF
    hazard: Any = 1.0
    demand: Any = INF
    lift: Any = 1.0
    referral: Any = 0.0
    capacity: Any = INF
    delivery: Any = INF
    founder: Any = INF
    cash: Cash = field(default_factory=Cash)

    def relaxed(self, constraint: str, by: float = 0.1) -> "Company":
        """Give the company with one constraint wider by a share: more accounts, demand, people, days, hours or cash.

        Cash is relaxed by what comes from outside: a tenth of the revenue's running margin more a year.

        Raises
        ------
        InputError
            There is no such constraint.
        """
        if constraint not in CONSTRAINTS:
            raise InputError(
                Problem(f"a constraint out of {', '.join(CONSTRAINTS)}", f"'{constraint}'", "name one of them", key="constraint")
            )
        if constraint == "cash":
            more = np.sum(np.asarray(self.revenue) * np.ones(len(self.segments)), axis=-1) * by * np.asarray(self.cash.margin)
            return replace(self, cash=replace(self.cash, external=np.asarray(self.cash.external) + more))
        wider = {"demand": "lift", "market": "accounts"}.get(constraint, constraint)
        changed: dict[str, Any] = {wider: np.asarray(getattr(self, wider)) * (1 + by)}
        return replace(self, **changed)
