"""The offer family: attach, wallet, mix, losses, purchase criteria, time to value."""

import numpy as np
import pandas as pd
from family import Call, Family

from diligence.metrics import attach, losses, offer_mix, purchase_criteria, time_to_value, wallet
from diligence.models import criteria_gap, expansion, waiting_time

END = pd.Timestamp("2026-06-01")


def cube() -> pd.DataFrame:
    rows = []
    for customer in range(12):
        for product in range(1 + customer % 3):
            first = pd.Timestamp("2024-01-01") + pd.DateOffset(months=2 * customer + 3 * product)
            last = END if customer % 5 else pd.Timestamp("2026-01-01")
            rows += [
                (f"a{customer:02d}", f"p{product}", "big" if customer % 4 else "small", month, 10.0 * (1 + customer) + product)
                for month in pd.date_range(first, last, freq="MS")
            ]
    return pd.DataFrame(rows, columns=["account_id", "product_id", "segment", "month", "amount"])


def held() -> pd.DataFrame:
    return attach.products_held(cube(), END, by="segment")


def before() -> pd.DataFrame:
    return attach.products_held(cube(), pd.Timestamp("2025-06-01"))


def products() -> pd.DataFrame:
    dates = pd.to_datetime(["2015-01-01", "2024-09-01", None])
    return pd.DataFrame(
        {
            "product_id": ["p0", "p1", "p2"],
            "pricing_metric": ["seat", "usage", None],
            "gross_margin": [0.8, 0.6, None],
            "launched_on": dates,
        }
    )


def accounts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": [f"a{one:02d}" for one in range(14)],
            "segment": ["big" if one % 4 else "small" for one in range(14)],
            "potential": [900.0 + 211 * one for one in range(14)],
        }
    )


def purses() -> pd.DataFrame:
    return wallet.wallets(held(), accounts())


def stayed() -> pd.DataFrame:
    random = np.random.default_rng(9)
    size = random.uniform(50, 150, 20)
    then = size * random.uniform(0.1, 0.9, 20)
    return pd.DataFrame({"then": then, "wallet": size, "now": then * (1 + 0.2 * (1 - then / size) + random.normal(0, 0.02, 20))})


def bookings() -> pd.DataFrame:
    days = pd.Series(pd.date_range("2023-01-10", periods=40, freq="29D"))
    return pd.DataFrame(
        {"closed_on": days, "product_id": [f"p{one % 3}" for one in range(40)], "amount": [100.0 + 3 * one for one in range(40)]}
    )


def mixed() -> pd.DataFrame:
    return offer_mix.booking_mix(bookings())


def deals() -> pd.DataFrame:
    reasons = ["price", "no_decision", None, "product", "no_decision"]
    return pd.DataFrame(
        {
            "opportunity_id": range(40),
            "status": ["lost" if one % 4 else "won" for one in range(40)],
            "loss_reason": [reasons[one % 5] if one % 4 else None for one in range(40)],
            "segment": ["big" if one % 3 else "small" for one in range(40)],
        }
    )


def answers() -> pd.DataFrame:
    random = np.random.default_rng(6)
    rows = [(f"r{who:02d}", what, float(random.integers(1, 11)), float(random.integers(1, 11)), float(random.integers(1, 11)) if who % 4 else None, "big" if who % 2 else "small")
            for who in range(15) for what in ("price", "trust", "speed")]  # fmt: skip
    return pd.DataFrame(rows, columns=["respondent_id", "criterion", "importance", "target_score", "competitor_score", "segment"])


def scores() -> pd.DataFrame:
    return purchase_criteria.criteria_scores(answers())


def customers() -> pd.DataFrame:
    signed = pd.Series(pd.date_range("2025-01-05", periods=20, freq="24D"))
    live = signed + pd.to_timedelta([20 + 11 * (one % 6) for one in range(20)], unit="D")
    return pd.DataFrame(
        {
            "customer_id": [f"c{one:02d}" for one in range(20)],
            "acquired_on": signed,
            "went_live_on": live.where(signed.index % 5 != 3),
            "segment": ["big" if one % 3 else "small" for one in range(20)],
        }
    )


def spans() -> pd.DataFrame:
    return time_to_value.time_to_value_spans(customers(), pd.Timestamp("2026-06-30"))


FAMILY = Family(
    modules=(attach, wallet, offer_mix, losses, purchase_criteria, time_to_value, waiting_time, expansion, criteria_gap),
    examples={
        "cube": cube, "held": held, "before": before, "products": products, "accounts": accounts, "purses": purses, "stayed": stayed, "bookings": bookings, "mixed": mixed,
        "deals": deals, "answers": answers, "scores": scores, "customers": customers, "spans": spans,
    },
    money={
        "cube": ("amount",), "held": ("amount",), "before": ("amount",), "accounts": ("potential",), "purses": ("amount", "wallet", "headroom"), "stayed": ("then", "now", "wallet"),
        "bookings": ("amount",), "mixed": ("amount",),
    },
    ids=("customer_id", "account_id", "respondent_id"),
    calls={
        "products_held": Call(lambda t: attach.products_held(t["cube"], END, by="segment"), ("cube",), ("amount",)),
        "attach_rates": Call(lambda t: attach.attach_rates(t["held"]), ("held",), ("amount",)),
        "attach_rates by segment": Call(lambda t: attach.attach_rates(t["held"], by="segment"), ("held",), ("amount",)),
        "products_per_customer": Call(lambda t: attach.products_per_customer(t["held"], by="segment"), ("held",)),
        "second_product_spans": Call(lambda t: attach.second_product_spans(t["cube"], END, by="segment"), ("cube",)),
        "wallets": Call(lambda t: wallet.wallets(t["held"], t["accounts"]), ("held", "accounts"), ("amount", "wallet", "headroom")),
        "wallet_share": Call(lambda t: wallet.wallet_share(t["purses"]), ("purses",), ("numerator", "denominator", "headroom")),
        "wallet_share by segment": Call(lambda t: wallet.wallet_share(t["purses"], by="segment"), ("purses",), ("numerator", "denominator", "headroom")),
        "booking_mix": Call(lambda t: offer_mix.booking_mix(t["bookings"]), ("bookings",), ("amount",)),
        "share_shift": Call(lambda t: offer_mix.share_shift(t["mixed"], "p0", end=2026 * 4), ("mixed",), ("numerator", "denominator")),
        "revenue_mix": Call(lambda t: offer_mix.revenue_mix(t["held"], t["products"]), ("held", "products"), ("amount",)),
        "margin_mix": Call(lambda t: offer_mix.margin_mix(t["before"], t["held"], t["products"]), ("before", "held", "products")),
        "launch_share": Call(lambda t: offer_mix.launch_share(t["held"], t["products"], END), ("held", "products"), ("numerator", "denominator")),
        "loss_reasons": Call(lambda t: losses.loss_reasons(t["deals"], by="segment"), ("deals",)),
        "criteria_scores": Call(lambda t: purchase_criteria.criteria_scores(t["answers"], by="segment"), ("answers",)),
        "weighted_gap": Call(lambda t: purchase_criteria.weighted_gap(t["scores"]), ("scores",)),
        "time_to_value_spans": Call(lambda t: time_to_value.time_to_value_spans(t["customers"], pd.Timestamp("2026-06-30"), by="segment"), ("customers",)),
        "waiting_curve": Call(lambda t: waiting_time.waiting_curve(t["spans"]), ("spans",)),
        "happened_by": Call(lambda t: waiting_time.happened_by(t["spans"], 60), ("spans",)),
        "waiting_quantile": Call(lambda t: waiting_time.waiting_quantile(t["spans"]), ("spans",)),
        "expansion_headroom": Call(lambda t: expansion.expansion_headroom(t["stayed"], np.random.default_rng(1), draws=200), ("stayed",)),
        "criteria_gaps": Call(lambda t: criteria_gap.criteria_gaps(t["answers"], np.random.default_rng(1), draws=200), ("answers",)),
    },
)  # fmt: skip
