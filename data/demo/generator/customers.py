"""The customer book: who was there in July 2021, who came with Tavola Dispatch BV in January 2024, and who was signed since.

Planted: 45 customers arrive at once on 2024-01-01 from the acquired company; a handful of large groups carry a fifth of revenue.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.random import Generator

from data.demo.generator.book import Customer
from data.demo.generator.design import SEGMENTS
from data.demo.generator.months import first_day, index_of
from data.demo.generator.names import ALIASES, company_name, distant_roots, prospect_roots
from data.demo.generator.pipeline import Opportunity, basket
from data.demo.generator.streams import stream

ACQUISITION_MONTH = 30
ACQUIRED_ON = date(2024, 1, 1)
LARGE_SEATS = (900, 660, 540, 470, 410, 360, 300, 270)
TERMS = {"enterprise": (0.55, 0.25, 0.20), "mid_market": (0.86, 0.09, 0.05), "small_business": (1.0, 0.0, 0.0)}
BILLING = {"enterprise": (0.72, 0.24, 0.04), "mid_market": (0.52, 0.20, 0.28), "small_business": (0.34, 0.10, 0.56)}
BILLINGS = ("annual_upfront", "quarterly", "monthly")


def terms_of(draw: Generator, segment: str) -> tuple[int, str]:
    """Length of the term in months and way of billing."""
    term = int(draw.choice((12, 24, 36), p=TERMS[segment]))
    return term, str(draw.choice(BILLINGS, p=BILLING[segment]))


def propensity(draw: Generator, segment: str) -> float:
    """A customer's own yearly chance of leaving: spread widely around the segment's, which is what makes old cohorts loyal."""
    mean = SEGMENTS[segment].churn
    return float(draw.beta(0.9, 0.9 * (1 - mean) / mean))


def chosen_accounts(draw: Generator, accounts: pd.DataFrame, segment: str, count: int, barred: set[int]) -> list[int]:
    """Accounts that bought already: the better the fit, the likelier."""
    pool = np.array([i for i in np.flatnonzero(accounts["segment"] == segment) if i not in barred])
    weight = accounts["fit"].to_numpy()[pool] ** 1.6
    return sorted(int(i) for i in draw.choice(pool, count, replace=False, p=weight / weight.sum()))


def settled(seed: int, accounts: pd.DataFrame, account: int, origin: str, rank: int) -> Customer:
    """A customer of the opening or of the acquired book, part way through a term."""
    draw = stream(seed, "settled", origin, str(account))
    row = accounts.iloc[account]
    segment = SEGMENTS[row["segment"]]
    seats, products = basket(draw, segment)
    term, billing = terms_of(draw, segment.name)
    opening = origin == "opening"
    large = opening and segment.name == "enterprise" and rank < len(LARGE_SEATS)
    if large:
        seats, products = LARGE_SEATS[rank], ("P10", "P20", "P30") if rank < 3 else ("P10", "P20")
    start = 0 if opening else ACQUISITION_MONTH
    ahead = int(draw.integers(1, 13))
    source = str(draw.choice(("founder", "referral", "sales", "marketing"), p=(0.42, 0.22, 0.21, 0.15))) if opening else "acquisition"
    channel = {"founder": "founder_network", "referral": "referral", "sales": "outbound", "marketing": "events"}.get(source, "acquisition")
    signed = first_day(start + ahead - term - 12 * int(draw.integers(0, 5))) if opening else ACQUIRED_ON
    return Customer(
        customer_id="",
        account=account,
        segment=segment.name,
        country=row["country"],
        industry=row["industry"],
        size_band=row["size_band"],
        origin=origin,
        start=start,
        day=1,
        signed_on=signed,
        anniversary=start + ahead,
        term=term,
        billing=billing,
        seats=seats if opening else max(3, round(seats * 0.92)),
        products=products,
        discount=float(np.clip(draw.normal(0.13 if not large else 0.2, 0.04), 0, 0.35)),
        propensity=propensity(draw, segment.name) * (0.0 if large else 0.9),
        channel=channel,
        sourced_by=source,
        founder=source == "founder",
        large=large,
    )


def signed(seed: int, accounts: pd.DataFrame, deal: Opportunity) -> Customer:
    """A customer out of a won opportunity; service starts on the first of the next month, some half a month later."""
    draw = stream(seed, "signed", str(deal.account))
    row = accounts.iloc[deal.account]
    term, billing = terms_of(draw, deal.segment)
    closed = deal.closed_on or date.max
    start = index_of(closed) + 1
    day = 15 if billing == "annual_upfront" and draw.random() < 0.18 else 1
    return Customer(
        customer_id="",
        account=deal.account,
        segment=deal.segment,
        country=row["country"],
        industry=row["industry"],
        size_band=row["size_band"],
        origin="organic",
        start=start,
        day=day,
        signed_on=closed,
        anniversary=start + term,
        term=term,
        billing=billing,
        seats=deal.seats,
        products=deal.products,
        discount=deal.discount,
        propensity=propensity(draw, deal.segment),
        channel=deal.channel,
        sourced_by=deal.sourced_by,
        founder=deal.founder,
    )


def settled_books(seed: int, accounts: pd.DataFrame) -> list[Customer]:
    """The opening book and the acquired one."""
    barred: set[int] = set()
    book = []
    for origin in ("opening", "acquired"):
        for segment in SEGMENTS.values():
            count = segment.opening_customers if origin == "opening" else segment.acquired_customers
            picked = chosen_accounts(stream(seed, "settled book", origin, segment.name), accounts, segment.name, count, barred)
            barred |= set(picked)
            book += [settled(seed, accounts, account, origin, rank) for rank, account in enumerate(picked)]
    return book


def customer_book(seed: int, accounts: pd.DataFrame, settled_customers: list[Customer], deals: list[Opportunity]) -> list[Customer]:
    """All customers ever, numbered in the order in which they signed; the id is written back to the winning deal."""
    book = settled_customers + [signed(seed, accounts, deal) for deal in deals if deal.status == "won"]
    book.sort(key=lambda c: (c.signed_on, c.account))
    winners = {deal.account: deal for deal in deals if deal.status == "won"}
    for number, customer in enumerate(book, start=1):
        customer.customer_id = f"C{10000 + number * 3}"
        if customer.origin == "organic":
            winners[customer.account].customer_id = customer.customer_id
    return book


def group_into_parents(seed: int, book: list[Customer]) -> None:
    """About thirty groups: a subsidiary points at the customer that is its ultimate parent, never at another subsidiary."""
    draw = stream(seed, "parents")
    heads = [c for c in book if c.segment != "small_business" and not c.large]
    order = [heads[i] for i in draw.permutation(len(heads))]
    parents, rest = order[:30], order[30:]
    for parent in parents:
        for _ in range(int(draw.choice((1, 2, 3), p=(0.6, 0.28, 0.12)))):
            rest.pop().parent_id = parent.customer_id


def name_accounts(seed: int, accounts: pd.DataFrame, book: list[Customer], aliased: list[Customer]) -> None:
    """Names come last, so that no behaviour can depend on one; customers' names are kept far apart."""
    draw = stream(seed, "names")
    roots = distant_roots(draw, count=len(book))
    for customer, root in zip(book, roots, strict=True):
        customer.name = company_name(draw, root, customer.industry, customer.country)
    for customer, (_, name, _) in zip(aliased, ALIASES, strict=True):
        customer.name = name
    names = {customer.account: customer.name for customer in book}
    spare = iter(prospect_roots(draw, roots, count=len(accounts) - len(names)))
    accounts["name"] = [
        names[i] if i in names else company_name(draw, next(spare), accounts["industry"][i], accounts["country"][i])
        for i in range(len(accounts))
    ]


def went_live(seed: int, customer: Customer) -> date:
    """First productive use: small customers in weeks, large ones in a quarter."""
    draw = stream(seed, "go-live", str(customer.account))
    days = {"enterprise": 110, "mid_market": 52, "small_business": 18}[customer.segment] * float(np.exp(draw.normal(0, 0.3)))
    begin = first_day(customer.start) if customer.origin == "organic" else customer.signed_on
    return begin + timedelta(days=round(days)) if customer.origin != "acquired" else customer.signed_on
