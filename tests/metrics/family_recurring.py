"""The functions of recurring revenue beyond the cube's own: contracts, renewals, price and volume, cuts, definitions, intervals, seasons."""

from datetime import date

import numpy as np
import pandas as pd
from family import Call, Family, Tables

from diligence.metrics import arr, cuts, definition_bridge, renewal_rates, upsell_split
from diligence.models import intervals, seasonality

START, END, AS_OF = pd.Timestamp("2025-06-01"), pd.Timestamp("2026-06-01"), date(2026, 6, 30)


def cube() -> pd.DataFrame:
    random = np.random.default_rng(5)
    rows = []
    for customer in range(8):
        for product in range(1 + customer % 2):
            for month in pd.date_range("2025-04-01", END, freq="MS"):
                if random.random() < 0.85:
                    key = (f"c{customer}", f"a{customer // 2}", f"p{product}", "GBP" if customer == 3 else "EUR", month)
                    rows.append((*key, 10.0 * (customer + 2) + random.integers(0, 5), float(random.integers(1, 9)), "recurring"))
        rows.append((f"c{customer}", f"a{customer // 2}", "p9", "EUR", END, 1.0 + customer, 3.0, "usage"))
    names = ["customer_id", "account_id", "product_id", "currency", "month", "amount", "quantity", "kind"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(amount_local=frame["amount"] / (1 + (frame["currency"] == "GBP") * frame["month"].dt.month / 10))


def contracts() -> pd.DataFrame:
    rows = [
        (
            f"k{n}",
            f"c{n % 8}",
            f"a{n % 8 // 2}",
            f"p{n % 2}",
            100.0 + 7 * n,
            f"202{4 + n % 3}-0{1 + n % 6}-15",
            f"202{5 + n % 3}-0{1 + n % 6}-14",
        )
        for n in range(20)
    ]
    names = ["contract_id", "customer_id", "account_id", "product_id", "annual_value", "start_date", "end_date"]
    frame = pd.DataFrame(rows, columns=names)
    renews = ["k" + str(n - 9) if n >= 9 and n % 2 else None for n in range(20)]
    reasons = ["consolidation" if n % 5 == 1 else None for n in range(20)]
    return frame.assign(uplift_rate=0.03, renews_contract_id=renews, end_reason=reasons, notice=[n % 7 == 2 for n in range(20)])


def due() -> pd.DataFrame:
    return renewal_rates.renewals_due(contracts(), date(2024, 7, 1), AS_OF)


def cohorts() -> pd.DataFrame:
    return cuts.cut_cohorts(cube(), END, cuts={"product": pd.Series({"p0": "core", "p1": "more"}).rename_axis("product_id")})


def customers() -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [f"c{n}" for n in range(8)], "country": ["DE", "FR"] * 4})


def reported() -> pd.DataFrame:
    return pd.DataFrame({"month": pd.to_datetime(["2026-03-01", "2026-06-01"]), "value": [1.1, 1.2]})


def differences() -> pd.DataFrame:
    rows = [("2026-03-01", 95.0, 100.0, 15.0), ("2026-06-01", 100.0, 100.0, 19.0)]
    wide = pd.DataFrame(rows, columns=["month", "ours", "base", "returned"])
    return wide.melt("month", var_name="step", value_name="amount").assign(month=lambda frame: pd.to_datetime(frame["month"]))


def monthly() -> pd.DataFrame:
    months = pd.date_range("2022-01-01", periods=48, freq="MS")
    wave = np.sin(np.arange(48) / 12 * 2 * np.pi)
    return pd.DataFrame({"month": months, "amount": 100 + np.arange(48) + 10 * wave + np.cos(np.arange(48) * 7)})


def pairs() -> pd.DataFrame:
    random = np.random.default_rng(2)
    then = random.lognormal(3, 1, 40)
    return pd.DataFrame({"customer_id": [f"c{n}" for n in range(40)], "then": then, "now": then * random.uniform(0.5, 1.3, 40)})


def _country(tables: Tables) -> pd.Series:
    return tables["customers"].set_index("customer_id")["country"]


def _bootstrapped(tables: Tables) -> pd.DataFrame:
    frame = tables["pairs"]
    found = intervals.ratio_intervals(frame[["now", "then"]], frame["then"], np.random.default_rng(3))
    return pd.DataFrame(found, columns=["low", "high"])


LEVELS = ("live", "evergreen", "notice", "signed", "committed")
SPLITS = ("opening", "amount", "price", "uplift", "volume", "unsplit")
ARRAYS = {"lacks": "takes columns of numbers, not a frame", "edges": "checked in tests of the interval"}

FAMILY = Family(
    modules=(arr, cuts, definition_bridge, renewal_rates, upsell_split, intervals, seasonality),
    examples={
        "cube": cube, "contracts": contracts, "due": due, "cohorts": cohorts, "customers": customers, "reported": reported,
        "differences": differences, "monthly": monthly, "pairs": pairs,
    },
    money={
        "cube": ("amount", "amount_local"), "contracts": ("annual_value",), "due": ("due", "followed"), "cohorts": ("then", "now"),
        "differences": ("amount",), "monthly": ("amount",), "pairs": ("then", "now"),
    },
    ids=("customer_id", "account_id", "contract_id", "renews_contract_id", "product_id"),
    calls={
        "contract_state": Call(lambda t: arr.contract_state(t["contracts"], AS_OF), ("contracts",), money=("annual_value",)),
        "annual_recurring_revenue": Call(lambda t: arr.annual_recurring_revenue(t["contracts"], AS_OF), ("contracts",), money=LEVELS),
        "annual_recurring_revenue by product": Call(
            lambda t: arr.annual_recurring_revenue(t["contracts"], AS_OF, by="product_id"), ("contracts",), money=LEVELS
        ),
        "arr_bridge": Call(
            lambda t: arr.arr_bridge(t["contracts"], t["cube"], as_of=AS_OF, month=END), ("contracts", "cube"), money=("amount",)
        ),
        "cut_cohorts": Call(
            lambda t: cuts.cut_cohorts(t["cube"], END, cuts={"country": _country(t)}), ("cube", "customers"), money=("then", "now")
        ),
        "cut_retention": Call(
            lambda t: cuts.cut_retention(t["cohorts"]), ("cohorts",), money=("opening", "retained", "kept", "closing", "before")
        ),
        "first_revenue": Call(lambda t: cuts.first_revenue(t["cube"]), ("cube",)),
        "tenure_bands": Call(lambda t: cuts.tenure_bands(cuts.first_revenue(t["cube"]), START, start=24303), ("cube",)),
        "cohort_years": Call(lambda t: cuts.cohort_years(cuts.first_revenue(t["cube"]), year_end_month=6, start=24303), ("cube",)),
        "retention_differences": Call(
            lambda t: definition_bridge.retention_differences(t["cube"], END),
            ("cube",),
            money=("amount",),
            exempt={"scale": "holds money and counts of customers in one column; the test of its values has both"},
        ),
        "level_differences": Call(
            lambda t: definition_bridge.level_differences(t["cube"], END),
            ("cube",),
            money=("amount",),
            exempt={"scale": "the base of a level is one, whatever the money"},
        ),
        "definition_bridge": Call(
            lambda t: definition_bridge.definition_bridge(t["reported"], t["differences"]), ("reported", "differences"), money=("amount",)
        ),
        "upsell_split": Call(
            lambda t: upsell_split.upsell_split(t["cube"], t["contracts"], start=START, end=END), ("cube", "contracts"), money=SPLITS,
            loose=1e-3,  # its parts are whole ticks, and eight of them are not one of eight
        ),
        "volume_retention": Call(lambda t: upsell_split.volume_retention(t["cube"], END), ("cube",), money=("then", "kept")),
        "renewals_due": Call(
            lambda t: renewal_rates.renewals_due(t["contracts"], date(2024, 7, 1), AS_OF), ("contracts",), money=("due", "followed")
        ),
        "renewal_rates": Call(
            lambda t: renewal_rates.renewal_rates(t["due"]).query("reading != 'count'"), ("due",), money=("numerator", "denominator")
        ),
        "subscription_cohort": Call(
            lambda t: renewal_rates.subscription_cohort(t["contracts"], date(2025, 6, 30), AS_OF), ("contracts",), money=("then", "now")
        ),
        "ratio_interval": Call(
            lambda t: intervals.ratio_interval(t["pairs"]["now"], t["pairs"]["then"], np.random.default_rng(3)), ("pairs",), exempt=ARRAYS
        ),
        "ratio_intervals": Call(_bootstrapped, ("pairs",), exempt=ARRAYS),
        "seasonality": Call(lambda t: seasonality.seasonality(t["monthly"]).factors, ("monthly",), exempt={"edges": "None without two years"}),
    },
    plumbing=frozenset({"wilson"}),
)  # fmt: skip
