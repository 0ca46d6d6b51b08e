"""Opportunities at existing customers: every renewal, and most additions of seats or products.

Planted: renewals are worked in good time; nine in ten are signed before the term ends.
"""

from datetime import date, timedelta

from numpy.random import Generator

from data.demo.generator.book import Customer, Event, Life, Term
from data.demo.generator.design import SUBSCRIPTIONS
from data.demo.generator.market import rival_in
from data.demo.generator.months import AS_OF, DAY, HISTORY_START, MONTHS, first_day
from data.demo.generator.pipeline import Opportunity
from data.demo.generator.streams import stream
from data.demo.generator.subscriptions import POUND

LOSS_OF = {"price": "price", "competitor": "competitor", "product": "product", "service": "relationship"}


def euro_rate(customer: Customer) -> float:
    """Rate of the price list for the customer's currency."""
    return POUND if customer.currency == "GBP" else 1.0


def annual_value(life: Life, month: int) -> float:
    """Yearly subscription value in euro in a month, at the rate of the price list."""
    month = min(max(month, 0), MONTHS)
    value = sum(life.seats[p][month] * life.price[p][month] for p in SUBSCRIPTIONS)
    return round(float(value) * 12 * euro_rate(life.customer), 2)


def renewal(draw: Generator, life: Life, term: Term) -> Opportunity | None:
    """The renewal of one term, opened about four months before it ends."""
    customer = life.customer
    ends = first_day(term.end) + (customer.day - 1) * DAY
    created = max(ends - timedelta(days=int(draw.integers(100, 140))), HISTORY_START)
    if created > AS_OF or term.end <= max(customer.start, 0):
        return None
    late = draw.random() < 0.07
    closed = ends + timedelta(days=int(draw.integers(3, 30)) if late else -int(draw.integers(5, 60)))
    closed = max(closed, created + timedelta(days=2))
    is_open = closed > AS_OF
    lost = term.status == "churned"
    value = annual_value(life, term.end if not lost and term.end <= MONTHS else min(term.end - 1, MONTHS))
    rival = (lost and term.reason == "competitor") or draw.random() < 0.05
    return Opportunity(
        account=customer.account,
        segment=customer.segment,
        created_on=created,
        closed_on=None if is_open else closed,
        expected_on=ends,
        status="open" if is_open else ("lost" if lost else "won"),
        type="renewal",
        amount=value,
        product="P10",
        channel="installed_base",
        sourced_by="customer_success",
        competitive=rival,
        competitor=rival_in(draw) if rival else "",
        loss_reason=LOSS_OF.get(term.reason, "other") if lost and not is_open else "",
        customer_id=customer.customer_id,
        founder=customer.segment == "enterprise" and draw.random() < 0.25,
        seats=round(max(life.seats["P10"])),
        products=("P10",),
        discount=customer.discount,
    )


def expansion(draw: Generator, life: Life, event: Event) -> Opportunity | None:
    """An addition of seats or of a product, won some weeks before it is invoiced."""
    customer = life.customer
    month = event.month
    if month >= MONTHS or draw.random() > 0.62:
        return None
    price = life.price[event.product][month] * euro_rate(customer)
    closed = max(first_day(month) - timedelta(days=int(draw.integers(1, 20))), HISTORY_START + DAY)
    created = max(closed - timedelta(days=int(draw.integers(12, 70))), HISTORY_START)
    added = round((event.after - event.before) * price * 12, 2)
    return base_deal(draw, customer, created, closed, status="won", product=event.product, amount=added)


def base_deal(draw: Generator, customer: Customer, created: date, closed: date, *, status: str, product: str, amount: float) -> Opportunity:
    """An addition at a customer, with its dates and source."""
    slip = int(draw.integers(8, 40)) if draw.random() < 0.11 else int(draw.integers(-5, 5))
    contested = bool(draw.random() < 0.08)
    return Opportunity(
        account=customer.account,
        segment=customer.segment,
        created_on=created,
        closed_on=closed,
        expected_on=closed - timedelta(days=slip),
        status=status,
        type="expansion",
        amount=amount,
        product=product,
        channel="installed_base",
        sourced_by="customer_success" if draw.random() < 0.7 else "sales",
        competitive=contested,
        competitor=rival_in(draw) if contested else "",
        customer_id=customer.customer_id,
        products=(product,),
        discount=customer.discount,
    )


def refused(draw: Generator, life: Life) -> list[Opportunity]:
    """Additions that were offered and declined."""
    deals = []
    for month in range(max(life.customer.start, 0) + 3, MONTHS):
        if life.seats["P10"][month] <= 0 or draw.random() > 0.0125:
            continue
        created = first_day(month) + timedelta(days=int(draw.integers(0, 27)))
        closed = created + timedelta(days=int(draw.integers(20, 90)))
        product = str(draw.choice(("P20", "P30", "P40", "P50")))
        amount = round(annual_value(life, month) * float(draw.uniform(0.06, 0.25)), 2)
        deal = base_deal(draw, life.customer, created, closed, status="lost", product=product, amount=amount)
        deal.loss_reason = str(draw.choice(("no_decision", "price", "timing", "product"), p=(0.5, 0.22, 0.18, 0.10)))
        if closed > AS_OF:
            deal.status, deal.loss_reason, deal.closed_on = "open", "", None
            deal.expected_on = AS_OF + timedelta(days=int(draw.integers(3, 60)))
        deals.append(deal)
    return deals


def installed_base(seed: int, lives: list[Life]) -> list[Opportunity]:
    """All opportunities at existing customers."""
    deals: list[Opportunity] = []
    for life in lives:
        draw = stream(seed, "installed base", str(life.customer.account))
        deals += [deal for term in life.terms if (deal := renewal(draw, life, term)) is not None]
        added = [event for event in life.events if event.kind in ("upsell", "cross_sell")]
        deals += [deal for event in added if (deal := expansion(draw, life, event)) is not None]
        deals += refused(draw, life)
    return deals
