"""What a new customer is worth: the one place where acquisition takes a lifetime value."""

from dataclasses import dataclass

import pandas as pd

from diligence.facts.acquisition.scope import Scope
from diligence.facts.customer_lifetime.scope import Lifetimes
from diligence.facts.customer_lifetime.staying import followed
from diligence.facts.sheet import NAN
from diligence.metrics.lifetime_value import lifetime_value as by_survival
from diligence.metrics.retention import CUSTOMER, opening_cohort
from diligence.models.intervals import wilson
from diligence.models.survival import kaplan_meier
from diligence.periods import month_index

YEARS, DISCOUNT = 5, 0.10


@dataclass(frozen=True)
class Lifetime:
    """Value of a new customer.

    Attributes
    ----------
    value, low, high
        Discounted gross margin over five years at most (currency a customer); the interval is that of the customers' survival.
    annual_value
        Mean annual value of a customer won in the last twelve months.
    gross_margin
        Fraction.
    churn
        Share of customers lost in a year.
    n
        Customers from whom the churn is taken.
    reason
        Why it is not known; blank where it is.
    """

    value: float
    low: float
    high: float
    annual_value: float
    gross_margin: float
    churn: float
    n: int
    reason: str


def lifetime_value(scope: Scope) -> Lifetime:
    """Give the value of a customer at the revenue with which it starts, over five years at most.

    By the survival curve of all customers, where enough of them were followed for five years; else by ``annual value x gross margin x
    sum of (1 - churn)^t / (1 + 10%)^t``, churn being that of customers in a year: a rate that newer customers mostly exceed.
    """
    won = scope.won_year["amount"].dropna()
    annual = float(won.mean()) if len(won) else NAN
    margin = gross_margin(scope)
    kept, n = _kept(scope)
    low, high = wilson(kept, n)
    share = kept / n if n else NAN
    values = [annual * margin * sum((end / (1 + DISCOUNT)) ** year for year in range(YEARS)) for end in (share, low, high)]
    curve = survival(scope)
    if len(curve) and margin > 0:
        values, n = _by_survival(curve, annual, margin), int(curve["at_risk"].max())
    reason = ""
    if not margin > 0:
        reason = "no gross margin: the ledger has no revenue and cost of goods sold of the year"
    elif not n:
        reason = "the data do not reach back a year: nobody is seen to stay or leave"
    return Lifetime(values[0], values[1], values[2], annual, margin, 1 - share, n, reason)


def survival(scope: Scope) -> pd.DataFrame:
    """Give the survival curve of customers by age; empty where too few were followed for five years."""
    lives = Lifetimes(scope.room, scope.sheet, "", DISCOUNT).known
    curve = kaplan_meier(lives) if len(lives) else pd.DataFrame()
    return curve if len(curve) and followed(curve, 12 * YEARS - 1) else pd.DataFrame()


def _by_survival(curve: pd.DataFrame, annual: float, margin: float) -> list[float]:
    """Give value, low and high: by the curve and by the bounds of its interval."""
    economics = pd.DataFrame({"annual_value": [annual], "gross_margin": [margin]})
    bounds = [curve["survival"], *(curve[end].fillna(curve["survival"]) for end in ("low", "high"))]
    found = [by_survival(curve.assign(survival=bound), economics, discount_rate=DISCOUNT, horizon=12 * YEARS) for bound in bounds]
    return [float(one["value"].iloc[0]) for one in found]


def gross_margin(scope: Scope) -> float:
    """Give ``1 - cost of goods sold / revenue`` of the last twelve months, by the ledger."""
    revenue, cogs = (scope.in_year(scope.ledger(line)) for line in ("revenue", "cogs"))
    return 1 - abs(cogs) / revenue if revenue > 0 else NAN


def _kept(scope: Scope) -> tuple[int, int]:
    cube = scope.room.revenue("recurring")
    if cube.empty or month_index(scope.end) - 12 - scope.room.window + 1 < month_index(scope.room.first_month):
        return 0, 0
    cohort = opening_cohort(cube, scope.end, window=scope.room.window, grain=CUSTOMER)
    return int((cohort["now"] > 0).sum()), len(cohort)
