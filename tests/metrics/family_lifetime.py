"""How long customers stay and what they are worth."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from family import Call, Family, Tables

from diligence.metrics import contract_clauses, lifespans, lifetime_value, recency_frequency, recent_quality, renewal_losses
from diligence.models import (
    bg_nbd,
    competing_risks,
    gamma_gamma,
    loss_at_risk,
    pareto_nbd,
    proportional_hazards,
    retention_curve,
    survival,
    value_interval,
)

AS_OF, END = date(2026, 6, 30), pd.Timestamp("2026-06-01")
CURVE = retention_curve.RetentionCurve(0.9, 3.1, 1.0, -100.0, 6, 500.0, True)
REPEAT = bg_nbd.BetaGeometric(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
PARETO = pareto_nbd.ParetoNbd(0.5533, 10.578, 0.6062, 11.669, -9594.98, 2357)
SPEND = gamma_gamma.GammaGamma(6.25, 3.74, 15.44, -4055.0, 946)
FIXED = "the model is given in its own currency"
DRAWN = "random numbers go to rows in their order of size; a tie has none"


def cube() -> pd.DataFrame:
    random = np.random.default_rng(11)
    rows = []
    for one in range(30):
        first, length = int(random.integers(0, 20)), int(random.integers(2, 30))
        for month in range(first, min(first + length, 24)):
            rows.append((f"a{one:02d}", pd.Timestamp("2024-07-01") + pd.DateOffset(months=month), round(float(random.lognormal(4, 1)), 2)))
    return pd.DataFrame(rows, columns=["account_id", "month", "amount"]).assign(
        kind=lambda f: np.where(f.index % 7, "recurring", "one_off")
    )


def starts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": [f"a{one:02d}" for one in range(30)],
            "acquired_on": pd.date_range("2019-01-15", periods=30, freq="67D"),
            "bought": [one % 9 == 0 for one in range(30)],
        }
    )


def lives() -> pd.DataFrame:
    random = np.random.default_rng(2)
    entry = random.integers(0, 20, 60).astype("float64") * (random.random(60) < 0.3)
    lost = random.random(60) < 0.6
    return pd.DataFrame(
        {
            "account_id": [f"a{one:02d}" for one in range(60)],
            "entry": entry,
            "exit": entry + 1 + random.permutation(60),
            "lost": lost,
            "cause": np.where(lost, np.where(random.random(60) < 0.5, "price", "product"), None),
            "amount": np.where(lost, np.nan, random.lognormal(7, 1, 60).round(2)),
            "size": random.choice(["large", "mid", "small"], 60),
            "seats": random.integers(1, 90, 60).astype("float64"),
        }
    )


def table() -> pd.DataFrame:
    random, rows = np.random.default_rng(8), []
    for year in range(2019, 2025):
        alive = 300 + 7 * (year - 2019)
        for age in range(1, 2026 - year):
            lost = int(random.binomial(alive, 0.9 / (4 + age - 1)))
            rows.append((str(year), age, float(alive), float(lost)))
            alive -= lost
    return pd.DataFrame(rows, columns=["cohort", "age", "at_risk", "lost"])


def alive() -> pd.DataFrame:
    found = table()
    first = found[found["age"] == 1].assign(age=0, alive=lambda f: f["at_risk"])
    return pd.concat([first, found.assign(alive=found["at_risk"] - found["lost"])])[["cohort", "age", "alive"]].reset_index(drop=True)


def contracts() -> pd.DataFrame:
    random, rows = np.random.default_rng(4), []
    for one in range(20):
        day, before = pd.Timestamp("2023-02-01") + pd.DateOffset(months=one), None
        for term in range(int(random.integers(1, 4))):
            name, end = f"k{one:02d}-{term}", day + pd.DateOffset(years=1) - pd.Timedelta(days=1)
            rows.append((name, f"c{one:02d}", day, end, round(float(random.lognormal(8, 1)), 2), before))
            before, day = name, end + pd.Timedelta(days=1 - 20 * (one % 5 == 0))
    found = pd.DataFrame(rows, columns=["contract_id", "customer_id", "start_date", "end_date", "annual_value", "renews_contract_id"])
    return found.assign(
        change_of_control=random.choice(["none", "consent", "termination_right"], len(found)),
        terminable_for_convenience=random.random(len(found)) < 0.3,
        most_favoured=random.random(len(found)) < 0.2,
        renewal_words=random.choice(["first", "second"], len(found)),
        segment=random.choice(["large", "small"], len(found)),
    )


def outcomes() -> pd.DataFrame:
    return renewal_losses.renewal_outcomes(contracts(), AS_OF, months=30)


def purchases() -> pd.DataFrame:
    random = np.random.default_rng(6)
    who = random.choice([f"c{one:02d}" for one in range(25)], 160)
    return pd.DataFrame(
        {
            "customer_id": who,
            "date": pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 500, 160), unit="D"),
            "amount": random.lognormal(3, 0.6, 160).round(2),
        }
    )


def buyers() -> pd.DataFrame:
    return recency_frequency.recency_frequency(purchases(), pd.Timestamp(AS_OF), days=7)


def quotes() -> pd.DataFrame:
    random = np.random.default_rng(9)
    asked = random.uniform(50, 90, 50).round(2)
    return pd.DataFrame(
        {
            "date": pd.date_range("2025-07-03", periods=50, freq="7D"),
            "quantity": random.integers(1, 20, 50).astype("float64"),
            "list_price": asked,
            "net_price": (asked * random.uniform(0.7, 1, 50)).round(2),
            "won": random.random(50) < 0.6,
        }
    )


def series() -> pd.DataFrame:
    random = np.random.default_rng(10)
    return pd.DataFrame({"month": pd.date_range("2024-07-01", periods=24, freq="MS"), "amount": random.uniform(90, 110, 24).round(2)})


def accounts() -> pd.DataFrame:
    random = np.random.default_rng(12)
    return pd.DataFrame(
        {
            "account_id": [f"a{one:02d}" for one in range(30)],
            "amount": random.lognormal(9, 1, 30).round(2),
            "age": random.integers(0, 6, 30),
            "vertical": random.choice(["care", "lifts", "fire"], 30),
        }
    )


def economics() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "size": ["large", "mid", "small"],
            "annual_value": [9000.0, 2500.0, 400.0],
            "gross_margin": [0.8, 0.7, 0.6],
            "yearly_churn": [0.1, 0.2, 0.3],
        }
    )


def of_curve(t: Tables) -> pd.DataFrame:
    return survival.kaplan_meier(t["lives"], by="size")


def interval(t: Tables) -> Any:
    return retention_curve.curve_interval(CURVE, t["table"], np.random.default_rng(1), periods=4, draws=10)


def at_risk(t: Tables, **more: Any) -> Any:
    return loss_at_risk.loss_at_risk(t["accounts"], np.random.default_rng(1), churn=0.1, draws=500, **more)


NO_NAMES = "takes shares, not a frame"
FAMILY = Family(
    modules=(
        lifespans, lifetime_value, renewal_losses, contract_clauses, recency_frequency, recent_quality, survival, competing_risks,
        proportional_hazards, retention_curve, bg_nbd, pareto_nbd, gamma_gamma, loss_at_risk, value_interval,
    ),
    examples={
        "cube": cube, "starts": starts, "lives": lives, "table": table, "alive": alive, "contracts": contracts, "outcomes": outcomes,
        "purchases": purchases, "buyers": buyers, "quotes": quotes, "series": series, "accounts": accounts, "economics": economics,
    },
    money={
        "lives": ("amount",), "cube": ("amount",), "contracts": ("annual_value",), "outcomes": ("annual_value",), "purchases": ("amount",), "buyers": ("mean_amount",),
        "quotes": ("list_price", "net_price"), "series": ("amount",), "accounts": ("amount",), "economics": ("annual_value",),
    },
    ids=("account_id", "customer_id", "contract_id", "renews_contract_id"),
    calls={
        "lifespans": Call(lambda t: lifespans.lifespans(t["cube"], END, starts=t["starts"]), ("cube", "starts")),
        "lifespans with a pause": Call(lambda t: lifespans.lifespans(t["cube"], END, pause=3), ("cube",)),
        "life_table": Call(lambda t: lifespans.life_table(t["lives"], months=12), ("lives",)),
        "life_table by size": Call(lambda t: lifespans.life_table(t["lives"], months=1, by="size"), ("lives",)),
        "cohort_life_table": Call(lambda t: lifespans.cohort_life_table(t["alive"]), ("alive",)),
        "lifetime_value": Call(
            lambda t: lifetime_value.lifetime_value(of_curve(t), t["economics"], horizon=12, by="size"),
            ("lives", "economics"), money=("value", "undiscounted", "naive"),
        ),
        "monthly_survival": Call(lambda t: lifetime_value.monthly_survival(survival.kaplan_meier(t["lives"]), 12), ("lives",)),
        "naive_retention": Call(lambda t: lifetime_value.naive_retention(t["table"]), ("table",)),
        "loss_deviation": Call(
            lambda t: lifetime_value.loss_deviation(t["accounts"]["amount"] / max(t["accounts"]["amount"].sum(), 1e-9), 0.1),
            ("accounts",), exempt={"lacks": NO_NAMES},
        ),
        "renewal_outcomes": Call(lambda t: renewal_losses.renewal_outcomes(t["contracts"], AS_OF, months=30), ("contracts",), money=("annual_value",)),
        "renewal_loss": Call(lambda t: renewal_losses.renewal_loss(t["outcomes"]), ("outcomes",), money=("numerator", "denominator", "open")),
        "renewal_loss by renewal": Call(
            lambda t: renewal_losses.renewal_loss(t["outcomes"], by="renewal"), ("outcomes",), money=("numerator", "denominator", "open")
        ),
        "clause_exposure": Call(lambda t: contract_clauses.clause_exposure(t["contracts"], AS_OF), ("contracts",), money=("numerator", "denominator")),
        "clause_exposure by segment": Call(
            lambda t: contract_clauses.clause_exposure(t["contracts"], AS_OF, by="segment"), ("contracts",), money=("numerator", "denominator")
        ),
        "has_clause": Call(
            lambda t: contract_clauses.has_clause(t["contracts"], "most_favoured"), ("contracts",),
            exempt={"order": "one answer for each row", "index": "one answer for each row, under its index"},
        ),
        "recency_frequency": Call(lambda t: recency_frequency.recency_frequency(t["purchases"], pd.Timestamp(AS_OF), days=7), ("purchases",), money=("mean_amount",)),
        "recency_frequency by month": Call(
            lambda t: recency_frequency.recency_frequency(t["purchases"], pd.Timestamp(AS_OF), by_month=True), ("purchases",), money=("mean_amount",)
        ),
        "run_rate_quality": Call(lambda t: recent_quality.run_rate_quality(t["cube"], END), ("cube",), money=("run_rate", "trailing")),
        "early_renewals": Call(lambda t: recent_quality.early_renewals(t["contracts"], AS_OF, months=24), ("contracts",), money=("numerator", "denominator")),
        "recent_discount": Call(lambda t: recent_quality.recent_discount(t["quotes"], END), ("quotes",)),
        "trend_deviation": Call(lambda t: recent_quality.trend_deviation(t["series"]), ("series",)),
        "kaplan_meier": Call(lambda t: survival.kaplan_meier(t["lives"]), ("lives",)),
        "kaplan_meier by size": Call(lambda t: survival.kaplan_meier(t["lives"], by="size", interval="plain"), ("lives",)),
        "survival_at": Call(lambda t: survival.survival_at(survival.kaplan_meier(t["lives"]), 12), ("lives",)),
        "median_life": Call(lambda t: survival.median_life(of_curve(t), by="size"), ("lives",)),
        "restricted_life": Call(lambda t: survival.restricted_life(of_curve(t), 24, by="size"), ("lives",)),
        "lifetime_value_interval": Call(
            lambda t: value_interval.lifetime_value_interval(t["lives"], np.random.default_rng(1), gross_margin=0.8, horizon=12, draws=20),
            ("lives",), money=("value", "low", "high"),
        ),
        "log_rank": Call(lambda t: survival.log_rank(t["lives"], by="size"), ("lives",)),
        "cumulative_incidence": Call(lambda t: competing_risks.cumulative_incidence(t["lives"]), ("lives",)),
        "proportional_hazards": Call(lambda t: proportional_hazards.proportional_hazards(t["lives"], terms=["seats", "size"]), ("lives",), loose=1e-6),
        "proportional_hazards within accounts": Call(
            lambda t: proportional_hazards.proportional_hazards(t["lives"], terms=["seats"], cluster="account_id"), ("lives",), loose=1e-6
        ),
        "shifted_beta_geometric": Call(lambda t: retention_curve.shifted_beta_geometric(t["table"]), ("table",), loose=1e-6),
        "beta_discrete_weibull": Call(lambda t: retention_curve.beta_discrete_weibull(t["table"]), ("table",), loose=1e-5),
        "curve_interval": Call(interval, ("table",), loose=1e-5),
        "pooling": Call(lambda t: retention_curve.pooling(t["table"]), ("table",), loose=1e-6),
        "residual_value": Call(lambda t: retention_curve.residual_value(t["accounts"], CURVE, gross_margin=0.8), ("accounts",), money=("value", "naive")),
        "alike": Call(
            lambda t: retention_curve.alike(CURVE), ("table",),
            exempt={"lacks": "takes a fitted curve", "order": "takes a fitted curve", "names": "takes a fitted curve"},
        ),
        "bg_nbd": Call(lambda t: bg_nbd.bg_nbd(t["buyers"]), ("buyers",), loose=1e-4),
        "future_purchases": Call(lambda t: bg_nbd.future_purchases(t["buyers"], REPEAT, time=26), ("buyers",)),
        "pareto_nbd": Call(lambda t: pareto_nbd.pareto_nbd(t["buyers"]), ("buyers",), loose=1e-4),
        "active_pareto": Call(lambda t: pareto_nbd.active_pareto(t["buyers"], PARETO, time=26), ("buyers",)),
        "gamma_gamma": Call(
            lambda t: gamma_gamma.gamma_gamma(t["buyers"]), ("buyers",), money=("v",), loose=1e-3,
            exempt={"scale": "the density of money falls as money scales: see the test of its own"},
        ),
        "expected_spend": Call(lambda t: gamma_gamma.expected_spend(t["buyers"], SPEND), ("buyers",), exempt={"scale": FIXED}),
        "loss_at_risk": Call(at_risk, ("accounts",)),
        "loss_at_risk by vertical": Call(lambda t: at_risk(t, correlation=0.3), ("accounts",)),
    },
)  # fmt: skip
