"""What a company is: its market, its offer, its name, its people and its money, as numbers that agents act on."""

from dataclasses import dataclass, fields

MONTHS = 60
"""Months of history that the room shows."""
BEFORE = 14
"""Months lived before them, so that the first month shown is a company at work."""
HORIZON = 36
"""Months lived after the as-of date."""
CHANNELS = ("search", "trade_media", "events", "prospecting")
REFERRAL = len(CHANNELS)
SEATS, SEAT_SPREAD = (70.0, 16.0, 120.0), 0.45
"""Seats that an account needs in the end, by segment, in the median; spread of their logarithm."""
HOURS = (46.0, 20.0, 60.0)
"""Selling hours that a deal takes, by segment."""


@dataclass(frozen=True)
class Operations:
    """How well the machine is run.

    Attributes
    ----------
    response
        Hours until a lead is answered, median.
    slip
        Chance that a deal does not move in a month in which it was worked on.
    shortfall
        How far those who sell less well than the middle fall behind: 0 they sell as the middle does, 1 as their talent alone would have it.
    ramp
        Months until someone hired sells in full.
    late
        Days that customers pay after the due date, median.
    """

    response: float
    slip: float
    shortfall: float
    ramp: float
    late: float

    def towards(self, other: "Operations", share: float) -> "Operations":
        """Somewhere between this and another."""
        return Operations(*(getattr(self, f.name) * (1 - share) + getattr(other, f.name) * share for f in fields(self)))


FRONTIER = Operations(response=5.0, slip=0.10, shortfall=0.0, ramp=4.0, late=8.0)
GOOD = Operations(response=5.5, slip=0.11, shortfall=0.25, ramp=4.2, late=9.0)
POOR = Operations(response=75.0, slip=0.52, shortfall=2.4, ramp=10.0, late=38.0)


@dataclass(frozen=True)
class Traits:
    """Everything about a company that is not an agent; the commented groups are the areas of its architecture.

    Attributes
    ----------
    core, adjacent
        Accounts in the two segments that the offer serves, and in the next one, which it does not.
    adjacent_fit
        How well the offer fits there, of 1.
    cycle
        Months between two purchases of an account, on average.
    audience
        Share of all accounts that the channels reach at all; the same people read, search and travel.
    contact_cost
        Cost of one contact that is noticed.
    referral
        Chance a month that a live customer names the company to one of those it knows.
    wants_founder
        Share of buyers who want to hear it from the founder.
    founder_hours, founder_deal
        Hours a month that the founder has for selling; hours a deal takes of them.
    leaving
        Chance that a customer leaves at a renewal, on average over accounts; they differ much.
    name, name_before
        How good the company's name is, and was four years ago; the best rival's is 0.35.
    worth
        What accounts would pay over the list price as it stands at the as-of date, median.
    list_rise, uplift
        Yearly rise of the list; of the price of those who renew.
    fitted_price
        Whether the price is set by what the account has of it, in place of one price a seat.
    upfront, arrears
        Shares of customers billed a year ahead, and each quarter after it; the rest is billed monthly.
    terms
        Days that an invoice allows.
    opening
        Customers when the history begins.
    marketing, margin, overhead, success
        Shares of revenue: spent on marketing, gross margin, research and administration, customer success.
    cash, floor
        Cash at the beginning, and the least that must stay, in months of recurring revenue.
    delivery
        Days of onboarding available a month for each million of recurring revenue a year.
    upfront_cost
        Onboarding cost that is not charged, for each seat.
    list_price
        For a seat a month, at the as-of date.
    operations
        How the company is run today.
    disorder, disorder_before, order_lost
        How far the running is from good (0) to poor (1) at the end of the history and at its beginning; the months between which it went
        from the one to the other.
    """

    core: int = 2200
    adjacent: int = 300
    adjacent_fit: float = 0.05
    cycle: float = 21.0
    audience: float = 0.88
    contact_cost: float = 700.0
    referral: float = 0.008
    wants_founder: float = 0.08
    founder_hours: float = 64.0
    founder_deal: float = 15.0
    leaving: float = 0.08
    name: float = 0.35
    worth: float = 1.65
    list_rise: float = 0.025
    uplift: float = 0.025
    fitted_price: bool = False
    upfront: float = 0.6
    arrears: float = 0.05
    terms: float = 30.0
    opening: int = 105
    marketing: float = 0.085
    margin: float = 0.79
    overhead: float = 0.27
    success: float = 0.05
    cash: float = 4.0
    floor: float = 1.2
    delivery: float = 13.0
    upfront_cost: float = 30.0
    list_price: float = 82.0
    operations: Operations = GOOD
    disorder: float = 0.04
    disorder_before: float = 0.04
    order_lost: tuple[int, int] = (-30, -14)
    name_before: float = 0.35
