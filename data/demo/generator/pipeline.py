"""New business: each month some accounts that have not bought open an opportunity; each is won or lost by itself.

Planted: a rival in the deal cuts the chance to well under half and deepens the discount; the founder doubles it; lost accounts come
back only after a pause, so the mid-market runs dry while the chance per contact stays what it was.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.random import Generator

from data.demo.generator.design import (
    CONTESTED_WIN,
    FOUNDER_WIN_RATIO,
    PRODUCTS,
    SEGMENTS,
    SUBSCRIPTIONS,
    TIER_SEATS,
    UNCONTESTED_WIN,
    Segment,
    list_price,
)
from data.demo.generator.market import rival_in
from data.demo.generator.months import AS_OF, HISTORY_START, MONTHS, first_day, index_of
from data.demo.generator.streams import stream

PAUSE = 9  # months of rest after a loss
LOCKED = 99  # an account that chose a rival is bound to it for the rest of the history
FOUNDER_SOURCES = (
    ("founder", "founder_network", 0.56),
    ("referral", "referral", 0.30),
    ("sales", "outbound", 0.08),
    ("marketing", "", 0.06),
)
OTHER_SOURCES = (("marketing", "", 0.47), ("sales", "outbound", 0.30), ("partner", "partner", 0.14), ("referral", "referral", 0.09))
MARKETING_CHANNELS = (
    ("paid_search", 0.34),
    ("organic_search", 0.20),
    ("events", 0.19),
    ("content", 0.15),
    ("paid_social", 0.06),
    ("direct", 0.06),
)
CONTESTED_LOSSES = (
    ("price", 0.44),
    ("competitor", 0.20),
    ("product", 0.13),
    ("no_decision", 0.12),
    ("terms", 0.04),
    ("timing", 0.04),
    ("other", 0.03),
)
OPEN_LOSSES = (
    ("no_decision", 0.42),
    ("timing", 0.20),
    ("product", 0.13),
    ("price", 0.11),
    ("terms", 0.05),
    ("relationship", 0.04),
    ("other", 0.05),
)


@dataclass
class Opportunity:
    """One opportunity of any type, as the CRM knows it."""

    account: int
    segment: str
    created_on: date
    closed_on: date | None
    expected_on: date
    status: str
    type: str
    amount: float
    product: str
    channel: str
    sourced_by: str
    competitive: bool = False
    competitor: str = ""
    loss_reason: str = ""
    founder: bool = False
    rival_price: float | None = None
    customer_id: str = ""
    seats: int = 0
    products: tuple[str, ...] = ()
    discount: float = 0.0
    opportunity_id: str = ""
    rep_id: str = ""


def pick(draw: Generator, table: tuple[tuple[str, float], ...]) -> str:
    """One of a table of names and weights."""
    weights = np.array([row[1] for row in table])
    return str(table[int(draw.choice(len(table), p=weights / weights.sum()))][0])


def source_of(draw: Generator, *, founder: bool) -> tuple[str, str]:
    """Who originated the deal and through which channel."""
    table = FOUNDER_SOURCES if founder else OTHER_SOURCES
    weights = np.array([row[2] for row in table])
    sourced_by, channel, _ = table[int(draw.choice(len(table), p=weights / weights.sum()))]
    return sourced_by, channel or pick(draw, MARKETING_CHANNELS)


def basket(draw: Generator, segment: Segment) -> tuple[int, tuple[str, ...]]:
    """Seats and subscription products of a new customer."""
    seats = max(3, round(segment.seats * float(np.exp(draw.normal(-(segment.seat_spread**2) / 2, segment.seat_spread)))))
    wanted = tuple(p for p in SUBSCRIPTIONS if draw.random() < PRODUCTS[p][7] and (p != "P50" or segment.name != "enterprise"))
    return seats, wanted


def units(segment: str, product: str, seats: int) -> int:
    """Priced units of a product for a customer of so many seats."""
    if PRODUCTS[product][3] == "seat":
        return seats
    return max(1, round(TIER_SEATS[segment] * (seats / 100 if segment == "enterprise" else 1)))


def annual_list_value(segment: str, products: tuple[str, ...], seats: int, month: int) -> float:
    """A year of some products at list price."""
    return sum(12 * list_price(p, max(month, 0)) * units(segment, p, seats) for p in products)


def opened(draw: Generator, account: int, segment: Segment, month: int) -> Opportunity:
    """One opportunity from its first day to its outcome."""
    day = first_day(month) + timedelta(days=int(draw.integers(0, 28)))
    founder = bool(draw.random() < min(0.95, segment.founder * (0.94 if month < 36 else 1.10)))
    contested = bool(draw.random() < segment.contested)
    sourced_by, channel = source_of(draw, founder=founder)
    seats, products = basket(draw, segment)
    chance = (CONTESTED_WIN if contested else UNCONTESTED_WIN) * segment.win_factor * (FOUNDER_WIN_RATIO if founder else 1.0)
    won = bool(draw.random() < min(0.95, chance))
    cycle = segment.cycle_days * float(np.exp(draw.normal(0, 0.38))) * (1.15 if contested else 1.0) * (1.0 if won else 1.2)
    closed = day + timedelta(days=max(6, round(cycle)))
    discount = float(np.clip(draw.normal(0.185 if contested else 0.085, 0.035), 0, 0.4))
    amount = round(annual_list_value(segment.name, products, seats, month) * (1 - discount), 2)
    gap = float(draw.normal(-0.055, 0.05))
    slip = int(draw.integers(10, 45)) if draw.random() < 0.13 else int(draw.integers(-6, 5))
    return Opportunity(
        account=account, segment=segment.name, created_on=day, closed_on=closed, expected_on=closed - timedelta(days=slip),
        status="won" if won else "lost", type="new", amount=amount, product="P10", channel=channel, sourced_by=sourced_by,
        competitive=contested, competitor=rival_in(draw) if contested else "", founder=founder, seats=seats, products=products,
        loss_reason="" if won else pick(draw, CONTESTED_LOSSES if contested else OPEN_LOSSES), discount=discount,
        rival_price=round(amount * (1 - gap), -1) if contested and draw.random() < 0.42 else None,
    )  # fmt: skip


def effort(month: int) -> float:
    """How hard the list is worked: more people and more spend each month until 2024, then no more."""
    return 0.48 + 0.62 * min(1.0, (month + 5) / 41)


def new_business(seed: int, accounts: pd.DataFrame, taken: set[int], acquired: dict[int, int]) -> list[Opportunity]:
    """Work the list month by month; an account is contacted with a chance in proportion to its fit and rested after a loss."""
    free_from = {account: -99 for account in range(len(accounts)) if account not in taken}
    found: list[Opportunity] = []
    fits, names = accounts["fit"].to_numpy(), accounts["segment"].to_numpy()
    for month in range(-5, MONTHS):
        draw = stream(seed, "new business", str(month))
        chances = draw.random(len(accounts))
        for account, since in list(free_from.items()):
            if month < since or acquired.get(account, 99) <= month + 5:
                continue
            segment = SEGMENTS[names[account]]
            if chances[account] >= segment.contact_rate * fits[account] ** 1.5 * effort(month):
                continue
            deal = opened(draw, account, segment, month)
            if deal.closed_on is None or deal.closed_on < HISTORY_START:
                continue
            found.append(deal)
            free_from[account] = index_of(deal.closed_on) + (LOCKED if deal.loss_reason in ("price", "competitor") else PAUSE)
            if deal.closed_on > AS_OF:
                still_open(draw, deal)
                free_from[account] = 999
            elif deal.status == "won":
                free_from[account] = 999
    return sorted(found, key=lambda deal: (deal.created_on, deal.account))


def still_open(draw: Generator, deal: Opportunity) -> None:
    """Not decided by the as-of date: the outcome is not known, and the expected date lies ahead."""
    closing = deal.closed_on or AS_OF
    deal.status, deal.loss_reason, deal.closed_on = "open", "", None
    deal.expected_on = max(closing + timedelta(days=int(draw.integers(-8, 9))), AS_OF + timedelta(days=int(draw.integers(2, 12))))
