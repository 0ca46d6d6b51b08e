"""What a new customer is worth: the one place where acquisition takes a lifetime value."""

from dataclasses import dataclass

from diligence.facts.acquisition.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.retention import CUSTOMER, opening_cohort
from diligence.models.intervals import wilson
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
    """Give ``annual value x gross margin x sum of (1 - churn)^t / (1 + 10%)^t`` over five years, churn being that of customers in a year."""
    won = scope.won_year["amount"].dropna()
    annual = float(won.mean()) if len(won) else NAN
    margin = gross_margin(scope)
    kept, n = _kept(scope)
    low, high = wilson(kept, n)
    share = kept / n if n else NAN
    values = [annual * margin * sum((end / (1 + DISCOUNT)) ** year for year in range(YEARS)) for end in (share, low, high)]
    reason = ""
    if not margin > 0:
        reason = "no gross margin: the ledger has no revenue and cost of goods sold of the year"
    elif not n:
        reason = "the data do not reach back a year: nobody is seen to stay or leave"
    return Lifetime(values[0], values[1], values[2], annual, margin, 1 - share, n, reason)


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
