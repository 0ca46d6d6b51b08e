"""Invoice lines from subscriptions: a year or a quarter up front with its service period, or a month without one; usage and services.

Planted: about half of the customers pay a year up front, and their renewal invoices go out up to 30 days early. Terms that were under
way when the billing system changed on 2021-07-01 are carried as opening lines for the part of the service still to come.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.random import Generator

from data.demo.generator.book import Customer, Life
from data.demo.generator.design import PRODUCTS, SUBSCRIPTIONS
from data.demo.generator.months import AS_OF, DAY, HISTORY_START, MONTHS, first_day
from data.demo.generator.streams import stream
from data.demo.generator.subscriptions import POUND

COLUMNS = ["customer_id", "product_id", "date", "amount", "quantity", "kind", "currency", "service_start", "service_end", "batch"]
STEP = {"monthly": 1, "quarterly": 3, "annual_upfront": 12}
SERVICE_RATE = {"enterprise": 0.24, "mid_market": 0.17, "small_business": 0.10}


@dataclass(frozen=True)
class Line:
    """One invoice line in the currency of the customer; batch tells which lines share an invoice."""

    customer_id: str
    product_id: str
    date: date
    amount: float
    quantity: float
    kind: str
    currency: str
    service_start: date | None
    service_end: date | None
    batch: str


def shifted(month: int, day: int) -> date:
    """The day of a month on which a period begins."""
    return first_day(month) + (day - 1) * DAY


def subscription_lines(customer: Customer, life: Life, lead: int) -> list[Line]:
    """Bill every period of every term: the seats at its start, and later in it the seats added since, up to its end."""
    lines = []
    for term in life.terms:
        step = term.end - term.start if customer.billing == "annual_upfront" and customer.term > 24 else STEP[customer.billing]
        for period in range(term.start, term.end, step):
            stop = min(period + step, term.end)
            begin = max(period, customer.start)
            if stop <= begin or begin > MONTHS:
                continue
            for product in SUBSCRIPTIONS:
                lines += period_lines(
                    customer, life, product, begin, stop=stop, lead=lead if begin == period and period > customer.start else 0
                )
    return lines


def period_lines(customer: Customer, life: Life, product: str, begin: int, *, stop: int, lead: int) -> list[Line]:
    """The lines of one product in one billing period."""
    lines = []
    billed = 0.0
    for month in range(begin, min(stop, MONTHS + 1)):
        seats, price = life.seats[product][month], life.price[product][month]
        added = seats - billed
        if added <= 0:
            continue
        start, end = shifted(month, customer.day), shifted(stop, customer.day) - DAY
        amount = round(added * price * (stop - month), 2)
        issued = max(start - timedelta(days=lead if month == begin else 0), HISTORY_START)
        plain = customer.billing == "monthly"
        if plain:
            issued, start_on, end_on = start + timedelta(days=2), None, None
        else:
            start_on, end_on = start, end
        batch = "OB" if begin == 0 and customer.origin == "opening" and not plain and month == 0 else "SUB"
        lines.append(Line(customer.customer_id, product, issued, amount, added, "recurring", customer.currency, start_on, end_on, batch))
        billed = seats
    return lines


def usage_lines(draw: Generator, customer: Customer, life: Life) -> list[Line]:
    """Messages sent through the portal, invoiced monthly in arrears."""
    lines = []
    rate = 0.062 if customer.currency == "EUR" else 0.054
    level = float(np.exp(draw.normal(0, 0.5)))
    for month in np.flatnonzero(life.seats["P50"][:MONTHS] > 0):
        technicians = life.seats["P10"][month]
        messages = int(draw.poisson(technicians * 95 * level * (1 + 0.1 * np.sin(month / 6 * np.pi))))
        day = first_day(int(month)) + timedelta(days=26)
        lines.append(
            Line(customer.customer_id, "P50", day, round(messages * rate, 2), messages, "usage", customer.currency, None, None, "USE")
        )
    return [line for line in lines if line.amount > 0]


def service_lines(draw: Generator, customer: Customer, life: Life) -> list[Line]:
    """Implementation at the start, then training and consulting days, and now and then a one-off such as a data migration."""
    lines = []
    pounds = POUND if customer.currency == "GBP" else 1.0
    live = np.flatnonzero(sum(life.seats[p][:MONTHS] for p in SUBSCRIPTIONS) > 0)
    for month in live:
        mrr = sum(life.seats[p][month] * life.price[p][month] for p in SUBSCRIPTIONS)
        if customer.origin == "organic" and month in (customer.start, customer.start + 2):
            amount = round(mrr * 12 * SERVICE_RATE[customer.segment] / 2 * float(draw.uniform(0.8, 1.2)), 2)
            lines.append(service(draw, customer, int(month), amount, kind="services", pounds=pounds))
        elif draw.random() < 0.20:
            amount = round(mrr * float(draw.uniform(0.25, 0.78)) + float(draw.uniform(200, 900)), 2)
            lines.append(service(draw, customer, int(month), amount, kind="one_off" if draw.random() < 0.16 else "services", pounds=pounds))
    return lines


def service(draw: Generator, customer: Customer, month: int, amount: float, *, kind: str, pounds: float) -> Line:
    """One line of services or of a one-off, in days of the price list."""
    day = first_day(month) + timedelta(days=int(draw.integers(4, 26)))
    quantity = max(0.5, round(amount / (1180 / pounds) * 2) / 2)
    return Line(customer.customer_id, "P90", day, amount, quantity, kind, customer.currency, None, None, "SRV")


def invoice_lines(seed: int, lives: list[Life]) -> pd.DataFrame:
    """Every line of every customer up to the as-of date, numbered into invoices, in the order of issue."""
    lines: list[Line] = []
    for life in lives:
        draw = stream(seed, "billing", str(life.customer.account))
        lead = int(draw.integers(0, 31)) if life.customer.billing == "annual_upfront" else 0
        lines += subscription_lines(life.customer, life, lead)
        lines += usage_lines(draw, life.customer, life)
        lines += service_lines(draw, life.customer, life)
    frame = pd.DataFrame(lines, columns=COLUMNS)
    frame = frame.sort_values(["date", "customer_id", "batch", "product_id"], kind="stable", ignore_index=True)
    frame["invoice_id"] = invoice_numbers(frame)
    assert all(PRODUCTS[p] for p in frame["product_id"].unique())
    return frame


def invoice_numbers(frame: pd.DataFrame) -> list[str]:
    """Running numbers by fiscal year of issue; opening lines carry a number of the old billing system."""
    keys: dict[tuple[str, date, str], str] = {}
    counts: dict[str, int] = {}
    numbers = []
    for row in frame.itertuples():
        key = (row.customer_id, row.date, row.batch)
        if key not in keys:
            series = "OB21" if row.batch == "OB" else f"RE{(row.date + timedelta(days=184)).year % 100}"
            counts[series] = counts.get(series, 0) + 1
            keys[key] = f"{series}-{counts[series]:05d}"
        numbers.append(keys[key])
    return numbers


def known_by(lines: pd.DataFrame, day: date = AS_OF) -> pd.DataFrame:
    """Lines dated up to a day."""
    return lines[lines["date"] <= day]
