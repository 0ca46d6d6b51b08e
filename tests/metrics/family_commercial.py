"""Commercial model, arithmetic: price and volume, discounts, price events, terms, receivables, cash, position."""

from datetime import date

import numpy as np
import pandas as pd
from family import Call, Family

from diligence.metrics import cash, contract_terms, discounts, price_events, price_position, price_volume, receivables, self_financing

AS_OF = date(2026, 6, 30)
END = pd.Timestamp("2026-06-01")


def units(seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = [
        (f"c{customer}", f"p{product}", float(random.integers(1, 40)), 100.0 * (1 + customer) + random.integers(0, 50))
        for customer in range(8)
        for product in range(1 + customer % 3)
        if random.random() < 0.8
    ]
    return pd.DataFrame(rows, columns=["customer_id", "product_id", "quantity", "amount"])


def quotes() -> pd.DataFrame:
    random = np.random.default_rng(5)
    n = 60
    listed = np.where(np.arange(n) < 30, 100.0, 104.0)
    return pd.DataFrame(
        {
            "quote_id": [f"q{one}" for one in range(n)],
            "opportunity_id": [f"o{one // 2}" for one in range(n)],
            "product_id": [f"p{one % 3}" for one in range(n)],
            "segment": np.where(random.random(n) < 0.5, "large", "small"),
            "size_band": np.where(random.random(n) < 0.5, "1-9", "10+"),
            "date": pd.Timestamp("2025-01-05") + pd.to_timedelta(np.arange(n) * 9, unit="D"),
            "quantity": random.integers(1, 50, n).astype("float64"),
            "list_price": listed,
            "net_price": (listed * (1 - random.random(n) * 0.3)).round(2),
            "discount_reason": np.where(random.random(n) < 0.3, None, "volume"),
            "approved_by": np.where(random.random(n) < 0.4, None, "VP"),
        }
    )


def invoices() -> pd.DataFrame:
    random = np.random.default_rng(6)
    n = 40
    issued = pd.Timestamp("2025-05-01") + pd.to_timedelta(np.arange(n) * 10, unit="D")
    paid = issued + pd.to_timedelta(random.integers(10, 90, n), unit="D")
    amount = (1000 + 10 * np.arange(n)) * np.where(np.arange(n) % 9 == 4, -0.1, 1.0)
    return pd.DataFrame(
        {
            "issued_on": issued,
            "due_on": issued + pd.Timedelta(days=30),
            "paid_on": pd.Series(paid).where(paid <= pd.Timestamp(AS_OF)),
            "amount": amount,
        }
    )


def contracts() -> pd.DataFrame:
    n = 30
    start = pd.Timestamp("2024-08-01") + pd.to_timedelta(np.arange(n) * 20, unit="D")
    return pd.DataFrame(
        {
            "contract_id": [f"k{one}" for one in range(n)],
            "start_date": start,
            "end_date": pd.Series(start + pd.to_timedelta(365 * (1 + np.arange(n) % 3), unit="D")).where(np.arange(n) % 10 != 7),
            "annual_value": 1000.0 + 37 * np.arange(n),
            "billing": [["annual_upfront", "quarterly", "monthly", "arrears", None][one % 5] for one in range(n)],
            "payment_terms_days": 30 + np.arange(n) % 4 * 10,
            "uplift_rate": [0.03 if one % 3 else 0.0 for one in range(n)],
            "auto_renew": [one % 4 != 0 for one in range(n)],
            "terminable_for_convenience": [one % 7 == 0 for one in range(n)],
            "most_favoured": [one % 11 == 0 for one in range(n)],
            "notice_days": [30 * (1 + one % 3) for one in range(n)],
        }
    )


def opportunities() -> pd.DataFrame:
    n = 30
    amount = 1000.0 + 50 * np.arange(n)
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{one}" for one in range(n)],
            "status": [["won", "lost", "open"][one % 3] for one in range(n)],
            "loss_reason": [["terms", "price", None][one // 3 % 3] if one % 3 == 1 else None for one in range(n)],
            "amount": amount,
            "rival_price": np.where(np.arange(n) % 4 == 0, np.nan, amount * (0.8 + 0.01 * np.arange(n))),
        }
    )


def competitors() -> pd.DataFrame:
    rows = [
        (s, c, y, 0.1 * (1 + i), 70.0 + 9 * i + y - 2024)
        for s in ("large", "small")
        for y in (2024, 2025)
        for i, c in enumerate(("self", "a", "b"))
    ]
    return pd.DataFrame(rows, columns=["segment", "competitor", "year", "share", "price_index"])


def ledger() -> pd.DataFrame:
    months = pd.date_range("2024-01-01", END, freq="MS")
    lines = {"revenue": 100.0, "ebitda": 20.0, "capex": 3.0, "receivables": 50.0, "deferred_revenue": 80.0, "cash": 40.0}
    rows = [(month, line, level * (1 + 0.01 * place)) for line, level in lines.items() for place, month in enumerate(months)]
    return pd.DataFrame(rows, columns=["month", "line", "amount"])


def cube() -> pd.DataFrame:
    random = np.random.default_rng(8)
    rows = []
    for customer in range(10):
        price, seats = 10.0 + customer / 4, 5.0 + 3 * customer
        stays = int(random.integers(14, 31))
        for place, month in enumerate(pd.date_range("2024-01-01", END, freq="MS")):
            if place >= stays and customer % 2:
                continue
            rise = 1.04 if place >= 6 + customer % 5 else 1.0
            rows.append((f"c{customer}", f"a{customer // 2}", "p1", month, seats, seats * price * rise))
    return pd.DataFrame(rows, columns=["customer_id", "account_id", "product_id", "month", "quantity", "amount"])


def prices() -> pd.DataFrame:
    return price_events.unit_prices(cube())


def changes() -> pd.DataFrame:
    return pd.DataFrame({"product_id": ["p1", "p2"], "date": pd.to_datetime(["2024-06-10", "2024-09-01"]), "change": [0.04, 0.05]})


def items() -> pd.DataFrame:
    return units(11)


def products() -> pd.DataFrame:
    return pd.DataFrame({"product_id": ["p0", "p1", "p2"], "list_price": [40.0, 60.0, 80.0]})


def cells() -> pd.DataFrame:
    return discounts.discount_dispersion(quotes(), least=3)


BY_SEGMENT = ["segment"]
ONE = {"money": ("numerator", "denominator")}
CALLS = {
    "price_changes": Call(
        lambda t: price_volume.price_changes(t["opening"], t["closing"], by=["customer_id", "product_id"]),
        ("opening", "closing"),
        money=("amount_then", "amount_now", "price_then", "price_now"),
    ),
    "price_volume": Call(lambda t: price_volume.price_volume(t["opening"], t["closing"]), ("opening", "closing"), money=("amount",)),
    "price_volume by laspeyres": Call(
        lambda t: price_volume.price_volume(t["opening"], t["closing"], by=["customer_id", "product_id"], method="laspeyres"),
        ("opening", "closing"),
        money=("amount",),
    ),
    "price_volume_mix": Call(
        lambda t: price_volume.price_volume_mix(t["opening"], t["closing"]), ("opening", "closing"), money=("amount",)
    ),
    "discount_lines": Call(
        lambda t: discounts.discount_lines(t["quotes"]), ("quotes",), money=("list_price", "net_price", "list_amount", "net_amount")
    ),
    "price_realisation": Call(lambda t: discounts.price_realisation(t["quotes"], credit_rate=0.02), ("quotes",), **ONE),
    "price_realisation by segment": Call(lambda t: discounts.price_realisation(t["quotes"], by="segment"), ("quotes",), **ONE),
    "credit_note_rate": Call(lambda t: discounts.credit_note_rate(t["invoices"]), ("invoices",), **ONE),
    "pocket_waterfall": Call(lambda t: discounts.pocket_waterfall(t["quotes"], credit_rate=0.01), ("quotes",), money=("amount",)),
    "discount_dispersion": Call(lambda t: discounts.discount_dispersion(t["quotes"], least=3), ("quotes",)),
    "within_cell_range": Call(lambda t: discounts.within_cell_range(t["cells"]), ("cells",)),
    "discount_by": Call(lambda t: discounts.discount_by(t["quotes"]), ("quotes",), **ONE),
    "quarter_end_discount": Call(lambda t: discounts.quarter_end_discount(t["quotes"], by=BY_SEGMENT), ("quotes",)),
    "bundle_discount": Call(lambda t: discounts.bundle_discount(t["quotes"], least=2), ("quotes",), **ONE),
    "unit_prices": Call(lambda t: price_events.unit_prices(t["cube"]), ("cube",), money=("price", "amount")),
    "price_increases": Call(lambda t: price_events.price_increases(t["prices"]), ("prices",), money=("price_then", "price_now", "amount")),
    "list_price_changes": Call(lambda t: price_events.list_price_changes(t["quotes"]), ("quotes",), money=("list_then", "list_now")),
    "increase_realisation": Call(lambda t: price_events.increase_realisation(t["prices"], t["changes"]), ("prices", "changes"), **ONE),
    "churn_after_increase": Call(lambda t: price_events.churn_after_increase(t["prices"]), ("prices",)),
    "billing_mix": Call(lambda t: contract_terms.billing_mix(t["contracts"], AS_OF), ("contracts",), money=("amount",)),
    "prepay_months": Call(lambda t: contract_terms.prepay_months(t["contracts"], AS_OF), ("contracts",)),
    "contract_terms": Call(lambda t: contract_terms.contract_terms(t["contracts"], AS_OF), ("contracts",), **ONE),
    "term_averages": Call(lambda t: contract_terms.term_averages(t["contracts"], AS_OF), ("contracts",)),
    "lost_on_terms": Call(lambda t: contract_terms.lost_on_terms(t["opportunities"]), ("opportunities",)),
    "open_invoices": Call(lambda t: receivables.open_invoices(t["invoices"], AS_OF), ("invoices",), money=("amount",)),
    "days_sales_outstanding": Call(lambda t: receivables.days_sales_outstanding(t["invoices"], AS_OF), ("invoices",), **ONE),
    "payment_days": Call(lambda t: receivables.payment_days(t["invoices"], AS_OF), ("invoices",), money=("denominator",)),
    "overdue_share": Call(lambda t: receivables.overdue_share(t["invoices"], AS_OF, days=10), ("invoices",), **ONE),
    "ageing": Call(lambda t: receivables.ageing(t["invoices"], AS_OF), ("invoices",), money=("amount",)),
    "ledger_window": Call(lambda t: pd.Series(cash.ledger_window(t["ledger"], END), dtype="float64"), ("ledger",), money=("value",)),
    "cash_conversion": Call(
        lambda t: cash.cash_conversion(t["ledger"], END),
        ("ledger",),
        money=("numerator", "ebitda", "capex", "receivables_change", "deferred_change"),
    ),
    "cash_bridge": Call(lambda t: cash.cash_bridge(t["ledger"], END), ("ledger",), money=("amount",)),
    "conversion_by_month": Call(lambda t: cash.conversion_by_month(t["ledger"]), ("ledger",), money=("numerator", "ebitda")),
    "working_capital_intensity": Call(lambda t: cash.working_capital_intensity(t["ledger"], END), ("ledger",), **ONE),
    "rival_price_index": Call(lambda t: price_position.rival_price_index(t["competitors"]), ("competitors",)),
    "below_list": Call(lambda t: price_position.below_list(t["items"], t["products"]), ("items", "products"), **ONE),
    "price_by_size": Call(lambda t: price_position.price_by_size(t["items"], bands=2), ("items",), money=("price", "numerator")),
    "static_cohort_growth": Call(lambda t: price_position.static_cohort_growth(t["cube"], END), ("cube",), **ONE),
    "rank_correlation": Call(lambda t: price_position.rank_correlation(t["items"], left="quantity", right="amount"), ("items",)),
}

FAMILY = Family(
    modules=(price_volume, discounts, price_events, contract_terms, receivables, cash, self_financing, price_position),
    examples={
        "opening": lambda: units(1), "closing": lambda: units(2), "quotes": quotes, "invoices": invoices, "contracts": contracts,
        "opportunities": opportunities, "competitors": competitors, "ledger": ledger, "cube": cube, "prices": prices, "changes": changes,
        "items": items, "products": products, "cells": cells,
    },
    money={
        "opening": ("amount",), "closing": ("amount",), "quotes": ("list_price", "net_price"), "invoices": ("amount",),
        "contracts": ("annual_value",), "opportunities": ("amount", "rival_price"), "ledger": ("amount",), "cube": ("amount",),
        "prices": ("price", "amount"), "items": ("amount",), "products": ("list_price",),
    },
    ids=("customer_id", "account_id", "product_id", "contract_id", "opportunity_id", "quote_id", "approved_by"),
    calls=CALLS,
    plumbing=frozenset(
        {"burn_multiple", "rule_of_40", "self_financed_growth", "is_self_funding", "free_cash_flow_rate", "cash_cycle_growth", "sustainable_growth"}
    ),
)  # fmt: skip
