"""The contract register: one contract for each term and product, chained to the one it renews.

Planted: one enterprise contract in five needs consent on a change of control; two contracts in three carry an uplift clause.
"""

from datetime import timedelta

import pandas as pd

from data.demo.generator.book import Customer, Life, Term
from data.demo.generator.design import SUBSCRIPTIONS
from data.demo.generator.months import AS_OF, DAY, MONTHS, first_day
from data.demo.generator.streams import stream
from data.demo.generator.subscriptions import POUND

COLUMNS = [
    "contract_id",
    "customer_id",
    "product_id",
    "start_date",
    "end_date",
    "annual_value",
    "billing",
    "payment_terms_days",
    "auto_renew",
    "notice_days",
    "uplift_rate",
    "change_of_control",
    "terminable_for_convenience",
    "renews_contract_id",
    "status",
    "most_favoured",
    "end_reason",
]


def clauses(seed: int, customer: Customer) -> dict[str, object]:
    """The clauses that a customer negotiated once and kept."""
    draw = stream(seed, "clauses", str(customer.account))
    enterprise = customer.segment == "enterprise"
    weights = (0.62, 0.22, 0.16) if enterprise else ((0.92, 0.05, 0.03) if customer.segment == "mid_market" else (1.0, 0.0, 0.0))
    return {
        "billing": customer.billing,
        "payment_terms_days": int(draw.choice((14, 30, 45, 60), p=(0.0, 0.3, 0.3, 0.4) if enterprise else (0.15, 0.7, 0.15, 0.0))),
        "auto_renew": bool(draw.random() < (0.45 if enterprise else 0.86)),
        "notice_days": int(draw.choice((30, 60, 90, 180), p=(0.05, 0.2, 0.55, 0.2) if enterprise else (0.25, 0.35, 0.4, 0.0))),
        "change_of_control": str(draw.choice(("none", "consent", "termination_right"), p=weights)),
        "terminable_for_convenience": bool(draw.random() < (0.10 if enterprise else 0.05)),
        "most_favoured": bool(draw.random() < (0.16 if enterprise else 0.01)),
    }


def value_in(life: Life, product: str, term: Term) -> tuple[float, float]:
    """Yearly value of a product at the end of a term (or today), and whether it was there at all."""
    last = min(term.end - 1, MONTHS - 1) if term.start < MONTHS else MONTHS
    begin = max(term.start, life.customer.start)
    seats = life.seats[product][last]
    first = begin if life.seats[product][begin] > 0 else last
    return float(round(seats * life.price[product][last] * 12, 2)), float(first)


def contracts(seed: int, lives: list[Life]) -> pd.DataFrame:
    """All contracts that started up to the as-of date, and those signed for the month after; values in euro at the list rate."""
    rows = []
    for life in lives:
        customer = life.customer
        terms = clauses(seed, customer)
        rate = POUND if customer.currency == "GBP" else 1.0
        previous: dict[str, str] = {}
        for number, term in enumerate(life.terms, start=1):
            if term.start > MONTHS or (term.start == MONTHS and number > 1):
                continue
            for product in SUBSCRIPTIONS:
                value, first = value_in(life, product, term)
                if value <= 0:
                    continue
                key = f"K{customer.customer_id[1:]}-{number:02d}{product[1]}"
                start = first_day(term.start if first == max(term.start, customer.start) else int(first)) + (customer.day - 1) * DAY
                ends = first_day(term.end) + (customer.day - 1) * DAY - timedelta(days=1)
                status = "active" if ends >= AS_OF else term.status
                row = {
                    "contract_id": key, "customer_id": customer.customer_id, "product_id": product, "start_date": start, "end_date": ends,
                    "annual_value": round(value * rate, 2), "uplift_rate": term.uplift, "renews_contract_id": previous.get(product, ""),
                    "status": status, "end_reason": term.reason if status == "churned" else "", **terms,
                }  # fmt: skip
                rows.append(row)
                previous[product] = key
    return pd.DataFrame(rows)[COLUMNS]
