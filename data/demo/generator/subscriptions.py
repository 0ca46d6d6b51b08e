"""Each customer's life after signature: renewals, price rises, more seats, further products, fewer seats, and leaving.

Planted: leaving is decided at the end of a term only, by the customer's own propensity; a few who left come back within sixteen months.
"""

import numpy as np
from numpy.random import Generator

from data.demo.generator.book import Customer, Event, Life, Term
from data.demo.generator.design import PRODUCTS, SUBSCRIPTIONS, list_price
from data.demo.generator.months import MONTHS
from data.demo.generator.pipeline import pick, units
from data.demo.generator.streams import stream

HORIZON = MONTHS + 1  # one month more: July 2026 is invoiced early for some
POUND = 1.16  # the rate at which the sterling price list was set
UPSELL = {"enterprise": 0.044, "mid_market": 0.085, "small_business": 0.036}
CROSS_SELL = {"P20": 0.0085, "P30": 0.0068, "P40": 0.0050, "P50": 0.0055}
LEAVING = (("price", 0.24), ("competitor", 0.22), ("consolidation", 0.14), ("need_gone", 0.12), ("product", 0.10), ("service", 0.07))
LEAVING += (("insolvency", 0.06), ("other", 0.05))


def unit_price(customer: Customer, product: str, month: int) -> float:
    """Net monthly price of a unit in the customer's own currency."""
    price = list_price(product, max(month, 0)) * (1 - customer.discount)
    return round(price / POUND if customer.currency == "GBP" else price, 2)


def lived(seed: int, customer: Customer) -> Life:
    """One life from the first month of service to the horizon."""
    draw = stream(seed, "life", str(customer.account))
    life = Life(customer, {p: np.zeros(HORIZON) for p in SUBSCRIPTIONS}, {p: np.zeros(HORIZON) for p in SUBSCRIPTIONS})
    if customer.start >= HORIZON:
        return life
    seats = {p: float(units(customer.segment, p, customer.seats)) for p in customer.products}
    price = {p: unit_price(customer, p, customer.start) for p in customer.products}
    life.terms.append(Term(customer.anniversary - customer.term, customer.anniversary, uplift=uplift_clause(draw, customer)))
    return_at = -1
    for month in range(customer.start, HORIZON):
        if month == return_at:
            come_back(life, month, seats)
        elif month == life.terms[-1].end:
            if leaves(draw, life, month, seats):
                return_at = month + int(draw.integers(4, 17)) if draw.random() < 0.12 else -1
                if return_at < 0:
                    break
            else:
                renewed(draw, life, month, seats, price)
        if return_at > month:
            continue
        if month > max(customer.start, life.terms[-1].start):
            grown(draw, life, month, seats, price)
        record(life, month, seats, price)
    return life


def record(life: Life, month: int, seats: dict[str, float], price: dict[str, float]) -> None:
    """Write the month down; between leaving and coming back nothing is."""
    for product, count in seats.items():
        life.seats[product][month] = count
        life.price[product][month] = price[product]


def come_back(life: Life, month: int, seats: dict[str, float]) -> None:
    """A reactivated customer starts again on one year, with its core product at fewer seats."""
    for product in [p for p in seats if p != "P10"]:
        del seats[product]
    seats["P10"] = max(3.0, round(seats["P10"] * 0.8))
    life.terms.append(Term(month, month + 12))
    life.events.append(Event(month, "reactivation", "P10", 0.0, seats["P10"]))


def uplift_clause(draw: Generator, customer: Customer) -> float:
    """The yearly price rise written into a contract; some have none."""
    return float(draw.choice((0.0, 0.02, 0.03, 0.04), p=(0.28, 0.22, 0.35, 0.15)))


def leaves(draw: Generator, life: Life, month: int, seats: dict[str, float]) -> bool:
    """The end of a term: the customer leaves with its own propensity, which does not depend on the length of the term."""
    if draw.random() >= life.customer.propensity:
        return False
    term = life.terms[-1]
    term.status, term.reason = "churned", pick(draw, LEAVING)
    life.events.append(Event(month, "churn", "P10", seats["P10"], 0.0))
    return True


def renewed(draw: Generator, life: Life, month: int, seats: dict[str, float], price: dict[str, float]) -> None:
    """A renewal: the price moves by the clause or by negotiation; some cut seats, some drop a product."""
    customer, term = life.customer, life.terms[-1]
    term.status = "renewed"
    rise = term.uplift if term.uplift else float(np.clip(draw.normal(0.026, 0.018), 0, 0.07))
    for product in seats:
        price[product] = round(price[product] * (1 + rise * (0.6 if customer.large else 1.0)), 2)
    life.terms.append(Term(month, month + customer.term, uplift=uplift_clause(draw, customer)))
    life.events.append(Event(month, "renewal", "P10", seats["P10"], seats["P10"]))
    if draw.random() < (0.06 if customer.large else 0.19):
        product = str(draw.choice(list(seats)))
        fewer = max(1.0, round(seats[product] * (1 - draw.uniform(0.08, 0.34))))
        life.events.append(Event(month, "contraction", product, seats[product], fewer))
        seats[product] = fewer
    extras = [p for p in seats if p != "P10"]
    if extras and draw.random() < 0.035:
        dropped = str(draw.choice(extras))
        life.events.append(Event(month, "drop", dropped, seats[dropped], 0.0))
        del seats[dropped]


def grown(draw: Generator, life: Life, month: int, seats: dict[str, float], price: dict[str, float]) -> None:
    """During a term a customer adds seats or a further product, the bigger ones less often in proportion."""
    customer = life.customer
    if draw.random() < UPSELL[customer.segment] * (0.35 if customer.large else 1.0):
        product = str(draw.choice([p for p in seats if PRODUCTS[p][3] == "seat"]))
        more = seats[product] + max(1.0, round(seats[product] * draw.uniform(0.05, 0.22)))
        life.events.append(Event(month, "upsell", product, seats[product], more))
        seats[product] = more
    for product, chance in CROSS_SELL.items():
        if product in seats or draw.random() >= chance * (0.4 if customer.large else 1.0):
            continue
        seats[product] = float(units(customer.segment, product, int(seats["P10"])))
        price[product] = unit_price(customer, product, month)
        life.events.append(Event(month, "cross_sell", product, 0.0, seats[product]))
        return
