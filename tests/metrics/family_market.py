"""The market family: size, penetration, share, growth, adoption, the right to win."""

import numpy as np
import pandas as pd
from family import Call, Family

from diligence.metrics import growth_sources, market_share, market_size, new_customers, penetration, segment_advantage
from diligence.models import diffusion, growth_curves, saturation, share_intervals, shrinkage

SEGMENTS = ("big", "mid", "small")
COUNTS = {"scale": "counts and rates: there is no money in it"}
SEQUENCE = {
    "lacks": "takes no frame with columns",
    "order": "the order of a series is time",
    "index": "takes a sequence",
    "scale": "a share of its own mean",
}


def universe() -> pd.DataFrame:
    random = np.random.default_rng(3)
    n = 40
    return pd.DataFrame(
        {
            "account_id": [f"u{one:02d}" for one in range(n)],
            "segment": [SEGMENTS[one % 3] for one in range(n)],
            "country": [["NL", "DE", "FR", "GB"][one % 4] for one in range(n)],
            "potential": random.uniform(10, 200, n).round(2) + np.arange(n),
            "fit": random.uniform(0.1, 0.9, n).round(3),
            "customer_id": [f"c{one:02d}" if one % 3 == 0 or one % 7 == 1 else None for one in range(n)],
        }
    )


def parents() -> pd.DataFrame:
    ids = [f"c{one:02d}" for one in range(40)]
    return pd.DataFrame({"customer_id": ids, "account_id": [ids[one - one % 6] for one in range(40)]})


def accounts() -> pd.DataFrame:
    sold = universe()["customer_id"].notna()
    months = pd.date_range("2024-02-01", periods=40, freq="MS").to_series().reset_index(drop=True)
    return (
        universe()
        .assign(account=lambda t: t["account_id"], sold=sold, sites=1, sold_on=months.where(sold))
        .drop(columns=["account_id", "customer_id"])
    )


def market() -> pd.DataFrame:
    rows = [(s, year, 10 + place + year - 2024, 900.0 * (place + 1) + 50 * (year - 2024), 400.0 * (place + 1) + 30 * (year - 2024))
            for place, s in enumerate(SEGMENTS) for year in (2024, 2025, 2026)]  # fmt: skip
    return pd.DataFrame(rows, columns=["segment", "year", "accounts", "tam", "sam"])


def latest() -> pd.DataFrame:
    return market()[market()["year"] == 2026].reset_index(drop=True)


def rivals() -> pd.DataFrame:
    rows = [
        (s, who, 2026, share + 0.01 * place) for place, s in enumerate(SEGMENTS) for who, share in (("self", 0.2), ("A", 0.35), ("B", 0.15))
    ]
    return pd.DataFrame(rows, columns=["segment", "competitor", "year", "share"])


def revenue() -> pd.DataFrame:
    rows = [(SEGMENTS[one % 3], f"p{one % 2}", 100.0 + 7 * one, 0.8 - 0.1 * (one % 2)) for one in range(12)]
    return pd.DataFrame(rows, columns=["segment", "product_id", "amount", "gross_margin"])


def costs() -> pd.DataFrame:
    return pd.DataFrame({"segment": [*SEGMENTS, "big"], "amount": [120.0, 60.0, 30.0, 20.0]})


def sales() -> pd.DataFrame:
    random = np.random.default_rng(8)
    rows = [(s, p, end, random.uniform(50, 90) * (1.2 if end == "now" else 1.0), float(random.integers(5, 20)))
            for s in SEGMENTS for p in ("p", "q", "r") for end in ("then", "now") if (s, p, end) != ("mid", "r", "then")]  # fmt: skip
    return pd.DataFrame(rows, columns=["segment", "product_id", "period", "amount", "quantity"])


def reach() -> pd.DataFrame:
    rows = [
        (s, end, 50 + 5 * place + (2 if end == "now" else 0), 10 + place + (3 if end == "now" else 0))
        for place, s in enumerate(SEGMENTS)
        for end in ("then", "now")
    ]
    return pd.DataFrame(rows, columns=["segment", "period", "accounts", "customers"])


def customers() -> pd.DataFrame:
    n = 30
    days = pd.Series(pd.date_range("2024-01-15", periods=n, freq="23D"))
    sourced = ["acquisition" if one % 9 == 4 else "sales" for one in range(n)]
    return pd.DataFrame(
        {
            "customer_id": [f"c{one:02d}" for one in range(n)],
            "acquired_on": days,
            "sourced_by": sourced,
            "segment": [SEGMENTS[one % 3] for one in range(n)],
        }
    )


def deals() -> pd.DataFrame:
    status = ["won", "lost", "lost", "open", "won", "lost", "won"]
    return pd.DataFrame(
        {
            "opportunity_id": range(42),
            "status": [status[one % 7] for one in range(42)],
            "segment": [SEGMENTS[(one // 2) % 3] for one in range(42)],
        }
    )


def rates() -> pd.DataFrame:
    return pd.DataFrame({"segment": list("abcde"), "numerator": [2, 18, 9, 5, 30], "denominator": [20, 25, 20, 30, 100]})


def money_rates() -> pd.DataFrame:
    random = np.random.default_rng(4)
    base = random.uniform(10, 90, 30)
    return pd.DataFrame(
        {"segment": [SEGMENTS[one % 3] for one in range(30)], "numerator": base * random.uniform(0.5, 1.1, 30), "denominator": base}
    )


def adoption() -> pd.DataFrame:
    adopters = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
    return pd.DataFrame({"period": range(1, 11), "adopters": adopters})


def levels() -> pd.DataFrame:
    return pd.DataFrame({"period": range(9), "level": [2.0, 5, 12, 27, 50, 73, 88, 95, 98]})


def thirds() -> pd.DataFrame:
    return pd.DataFrame({"tercile": ["low", "middle", "high"], "won": [10, 12, 20], "open": [100, 90, 80]})


def later() -> pd.DataFrame:
    return thirds().assign(won=[11, 10, 5])


LOCKED = pd.Series({"big": 0.3, "mid": 0.5})
START, END = pd.Timestamp("2025-06-01"), pd.Timestamp("2026-06-01")

FAMILY = Family(
    modules=(
        market_size, penetration, market_share, growth_sources, new_customers, segment_advantage, growth_curves, diffusion, saturation, share_intervals, shrinkage,
    ),
    examples={
        "universe": universe, "parents": parents, "accounts": accounts, "market": market, "latest": latest, "rivals": rivals, "revenue": revenue, "costs": costs,
        "sales": sales, "reach": reach, "customers": customers, "deals": deals, "rates": rates, "money_rates": money_rates, "adoption": adoption, "levels": levels,
        "thirds": thirds, "later": later,
    },
    money={
        "universe": ("potential",), "accounts": ("potential",), "market": ("tam", "sam"), "latest": ("tam", "sam"), "revenue": ("amount",), "costs": ("amount",),
        "sales": ("amount",), "money_rates": ("numerator", "denominator"), "adoption": ("adopters",), "levels": ("level",),
    },
    ids=("customer_id", "account_id", "account", "competitor_id"),
    calls={
        "named_accounts": Call(lambda t: market_size.named_accounts(t["universe"], t["parents"]), ("universe", "parents"), ("potential",)),
        "named_accounts without parents": Call(lambda t: market_size.named_accounts(t["universe"]), ("universe",), ("potential",)),
        "bottom_up_market": Call(lambda t: market_size.bottom_up_market(t["accounts"]), ("accounts",), ("tam", "sam")),
        "bottom_up_market of all": Call(lambda t: market_size.bottom_up_market(t["accounts"], by=None), ("accounts",), ("tam", "sam")),
        "top_down_market": Call(lambda t: market_size.top_down_market(t["market"]), ("market",), ("tam", "sam")),
        "market_triangulation": Call(
            lambda t: market_size.market_triangulation(t["accounts"], t["market"]), ("accounts", "market"),
            ("tam_bottom_up", "tam_top_down", "sam_bottom_up", "sam_top_down"),
        ),
        "market_growth": Call(lambda t: market_size.market_growth(t["market"], start=2024, end=2026), ("market",), ("numerator", "denominator")),
        "market_growth of all": Call(lambda t: market_size.market_growth(t["market"], start=2024, end=2026, by=None), ("market",), ("numerator", "denominator")),
        "penetration": Call(lambda t: penetration.penetration(t["accounts"]), ("accounts",)),
        "penetration of all by fit": Call(lambda t: penetration.penetration(t["accounts"], by=None, weight="fit"), ("accounts",)),
        "penetration of money": Call(lambda t: penetration.penetration(t["accounts"], by="country", weight="money"), ("accounts",), ("numerator", "denominator")),
        "account_weights": Call(lambda t: penetration.account_weights(t["accounts"], "money"), ("accounts",), ("value",), exempt={"order": "one value a row", "index": "one value a row"}),
        "white_space": Call(lambda t: penetration.white_space(t["accounts"], locked=LOCKED), ("accounts",), ("amount", "obtainable")),
        "locked_share": Call(lambda t: penetration.locked_share(t["rivals"], t["rates"].assign(segment=SEGMENTS[0], value=0.2)), ("rivals", "rates")),
        "share_of_market": Call(lambda t: market_share.share_of_market(t["revenue"], t["latest"]), ("revenue", "latest"), ("numerator", "denominator")),
        "stated_shares": Call(lambda t: market_share.stated_shares(t["rivals"]), ("rivals",)),
        "vendor_concentration": Call(lambda t: market_share.vendor_concentration(t["rivals"]), ("rivals",)),
        "growth_sources": Call(
            lambda t: growth_sources.growth_sources(t["sales"], t["reach"]), ("sales", "reach"), ("then", "now", "market", "share", "price", "mix", "range")
        ),
        "new_customers": Call(lambda t: new_customers.new_customers(t["customers"]), ("customers",)),
        "new_customers by segment and year": Call(lambda t: new_customers.new_customers(t["customers"], by="segment", months=12), ("customers",)),
        "conversion_hazard": Call(lambda t: new_customers.conversion_hazard(t["accounts"], start=START, end=END), ("accounts",)),
        "win_rates": Call(lambda t: segment_advantage.win_rates(t["deals"]), ("deals",)),
        "advantage": Call(lambda t: segment_advantage.advantage(t["money_rates"]), ("money_rates",), ("n", "n_others")),
        "segment_contribution": Call(
            lambda t: segment_advantage.segment_contribution(t["revenue"], t["costs"]), ("revenue", "costs"), ("numerator", "denominator", "gross_profit", "cost")
        ),
        "bass_diffusion": Call(
            lambda t: growth_curves.bass_diffusion(t["adoption"]), ("adoption",), ("potential", "low", "high", "asymptote", "asymptote_se", "reached", "sigma"), 1e-5
        ),
        "logistic_growth": Call(
            lambda t: growth_curves.logistic_growth(t["levels"]), ("levels",), ("potential", "low", "high", "asymptote", "asymptote_se", "reached", "sigma"), 1e-5
        ),
        "gompertz_growth": Call(
            lambda t: growth_curves.gompertz_growth(t["levels"]), ("levels",), ("potential", "low", "high", "asymptote", "asymptote_se", "reached", "sigma"), 1e-5
        ),
        "curve_choice": Call(lambda t: diffusion.curve_choice(t["adoption"], ahead=1, origins=2), ("adoption",), ("score",), 1e-4),
        "hazard_change": Call(lambda t: saturation.hazard_change(t["thirds"], t["later"]), ("thirds", "later")),
        "relative_trend": Call(lambda t: saturation.relative_trend(t["adoption"]["adopters"]), ("adoption",), exempt=SEQUENCE),
        "with_wilson": Call(lambda t: share_intervals.with_wilson(t["rates"]), ("rates",), exempt=COUNTS),
        "ratio_by_group": Call(
            lambda t: share_intervals.ratio_by_group(t["money_rates"], np.random.default_rng(1), by="segment", draws=200), ("money_rates",), ("numerator", "denominator")
        ),
        "beta_binomial_prior": Call(lambda t: shrinkage.beta_binomial_prior(t["rates"]), ("rates",), (), 1e-4, exempt=COUNTS),
        "shrunken_rates": Call(lambda t: shrinkage.shrunken_rates(t["rates"]), ("rates",), (), 1e-4, exempt=COUNTS),
    },
    plumbing=frozenset({"bass_share", "bass_density", "logistic_share", "gompertz_share", "bass_peak", "bass_steady_share", "crps_normal", "difference_interval"}),
)  # fmt: skip
