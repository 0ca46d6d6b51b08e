"""Frames of a company that does not exist, one for each chart, the same on every run."""

import numpy as np
import pandas as pd

SEGMENTS = ("Enterprise", "Mid-market", "Small business", "Public sector")


def recurring_revenue():
    rng = np.random.default_rng(7)
    months = pd.date_range("2021-01-01", "2025-06-01", freq="MS")
    rows = []
    for start, growth, name in zip((7e6, 4.5e6, 3e6, 1.2e6), (0.018, 0.014, -0.004, 0.02), SEGMENTS, strict=True):
        amounts = start * np.exp(growth * np.arange(len(months)) + rng.normal(0, 0.01, len(months)))
        rows.append(pd.DataFrame({"month": months, "segment": name, "amount": amounts}))
    return pd.concat(rows, ignore_index=True)


def revenue_bridge():
    steps = [
        ("opening", "Opening recurring revenue", 28_400_000, "total"),
        ("new", "New customers", 4_900_000, "up"),
        ("cross", "Cross-sell", 1_100_000, "up"),
        ("volume", "Upsell by volume", 900_000, "up"),
        ("price", "Price increases", 1_700_000, "up"),
        ("contraction", "Contraction", -1_350_000, "down"),
        ("churn", "Churn", -2_650_000, "down"),
        ("fx", "Currency", -200_000, "down"),
        ("closing", "Closing recurring revenue", 32_800_000, "total"),
    ]
    return pd.DataFrame(steps, columns=["step", "label", "amount", "kind"])


def nrr_bridge():
    steps = [
        ("management", "Management's figure", 1.18, "total"),
        ("reactivation", "Returning customers counted as kept", -0.021, "down"),
        ("acquired", "Acquired contracts in the closing base", -0.046, "down"),
        ("annualised", "Best month annualised", -0.037, "down"),
        ("fx", "Constant currency", 0.006, "up"),
        ("ours", "Recommended reading", 1.082, "total"),
    ]
    return pd.DataFrame(steps, columns=["step", "label", "amount", "kind"])


def readings():
    rows = [
        ("Management's figure", 1.18, np.nan, np.nan, False),
        ("Trailing twelve months, cohort based", 1.082, 1.051, 1.112, True),
        ("Trailing twelve months, at constant prices", 1.021, 0.99, 1.05, False),
        ("Latest month, annualised", 1.127, 1.02, 1.23, False),
        ("Invoice based", 1.064, 1.02, 1.11, False),
        ("By parent company", 1.071, 1.04, 1.10, False),
    ]
    return pd.DataFrame(rows, columns=["label", "value", "low", "high", "recommended"])


def trend():
    rng = np.random.default_rng(3)
    months = pd.date_range("2022-12-01", "2025-06-01", freq="MS")
    steps = np.arange(len(months))
    return pd.DataFrame(
        {
            "month": months,
            "nrr": 1.13 - 0.0016 * steps + rng.normal(0, 0.004, len(months)),
            "grr": 0.912 - 0.0013 * steps + rng.normal(0, 0.003, len(months)),
        }
    )


def cohorts():
    rng = np.random.default_rng(11)
    names = [f"{year} Q{quarter}" for year in (2022, 2023, 2024) for quarter in (1, 2, 3, 4)]
    rows = []
    for place, name in enumerate(names):
        value, size = 1.0, int(rng.integers(14, 48))
        for age in range(len(names)):
            rows.append((name, age, value if place + age < len(names) else np.nan, size))
            value *= 1 - max(rng.normal(0.022 + 0.002 * place, 0.012), 0) + (0.012 if age > 4 and place < 4 else 0)
    return pd.DataFrame(rows, columns=["cohort", "age", "value", "n"])


def revenue_cohorts():
    frame = cohorts()
    return frame.assign(value=frame["value"] * (1 + 0.022 * frame["age"]))


def concentration():
    weights = 1 / np.arange(1, 181) ** 1.0
    share = weights / weights.sum()
    return pd.DataFrame({"rank": range(1, 181), "share": share, "cumulative_share": share.cumsum()})


def renewals():
    rng = np.random.default_rng(5)
    quarters = [f"{year} Q{quarter}" for year in (2025, 2026, 2027) for quarter in (1, 2, 3, 4)][2:10]
    rows = []
    for place, quarter in enumerate(quarters):
        for manner, size in ((False, 2.4e6), (True, 1.6e6), (pd.NA, 2e5)):
            amount = size * float(rng.uniform(0.5, 1.3)) * (1.9 if place == 3 and manner is False else 1)
            rows.append((quarter, amount, manner, amount / 32.8e6))
    return pd.DataFrame(rows, columns=["quarter", "amount", "auto_renew", "share"])


def factors():
    factor = np.array([0.91, 0.93, 1.08, 0.96, 0.97, 1.07, 0.92, 0.88, 1.06, 0.99, 1.02, 1.21])
    return pd.DataFrame({"month_of_year": range(1, 13), "factor": factor, "low": factor - 0.045, "high": factor + 0.05})


def smoothness():
    months = pd.date_range("2022-07-01", "2025-06-01", freq="MS")
    level = 2.1e6 * 1.012 ** np.arange(len(months))
    season = factors().set_index("month_of_year")["factor"].reindex(months.month).to_numpy()
    return pd.DataFrame({"month": months, "amount": level * season, "adjusted": level})


def coverage():
    areas = {
        "Revenue": ["revenue", "contracts", "invoices", "ledger", "price_list", "discounts", "credit_notes", "usage"],
        "Customers": ["customers", "customer_groups", "contacts", "satisfaction", "support_tickets", "cancellations"],
        "Pipeline": ["opportunities", "opportunity_history", "activities", "quotes", "win_loss_interviews", "competitors"],
        "Demand": ["campaigns", "media_spend", "leads", "web_sessions", "search_interest", "market_size", "panel"],
        "People": ["staff", "quotas", "territories", "decision_rights", "tools", "board_minutes"],
    }
    missing = {"win_loss_interviews", "search_interest", "panel", "decision_rights", "usage", "customer_groups"}
    rng = np.random.default_rng(2)
    rows = []
    for area, tables in areas.items():
        for table in tables:
            total = int(rng.integers(4, 13))
            given = table not in missing
            some = int(rng.integers(max(2, total - 4), total + 1)) if given else 0
            rows.append((table, area, int(rng.integers(40, 90_000)) if given else 0, some, total, given))
    return pd.DataFrame(rows, columns=["table", "area", "rows", "columns_given", "columns_total", "given"])


def tie_out():
    rng = np.random.default_rng(9)
    months = pd.date_range("2023-07-01", "2025-06-01", freq="MS")
    ledger = 2.4e6 * 1.011 ** np.arange(len(months))
    residual = rng.normal(0, 9_000, len(months))
    residual[[5, 17]] = [61_000, -48_000]
    return pd.DataFrame(
        {"month": months, "residual": residual, "tolerance": ledger * 0.01, "amount_a": ledger + residual, "amount_b": ledger}
    )


def issues():
    rows = [
        ("Duplicate invoice lines removed", 1_240_000, 412),
        ("Customers merged by name and address", 3_860_000, 1_207),
        ("Credit notes without an invoice", -310_000, 38),
        ("Dates in two conventions", 640_000, 92),
        ("Currencies converted at the month's rate", 2_150_000, 640),
    ]
    return pd.DataFrame(rows, columns=["label", "amount_touched", "rows"])


def match_thresholds() -> pd.DataFrame:
    """Retention and concentration by match threshold."""
    rows = [("off", 0, 0.98, 0.91, 0.88, 0.31, 412.0), ("90", 3, 0.99, 0.93, 0.9, 0.33, 409.0), ("70", 9, 1.01, 0.95, 0.93, 0.36, 403.0)]
    return pd.DataFrame(rows, columns=["threshold", "pairs", "nrr", "grr", "logo", "top10", "customers"])


def space() -> pd.DataFrame:
    return pd.DataFrame(
        {"label": ["big", "mid", "big", "mid"], "part": ["open", "open", "kept", "kept"], "amount": [1.2e6, 3.4e6, 2.1e6, 0.4e6]}
    )


def quarters() -> pd.DataFrame:
    return pd.DataFrame({"label": ["2026Q1", "2026Q2"] * 2, "part": ["big", "big", "mid", "mid"], "amount": [1.0, 2.0, 7.0, 5.0]})


def adoption() -> pd.DataFrame:
    quarters = [f"{year}Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]
    parts = [
        pd.DataFrame(
            {
                "period": quarters,
                "segment": segment,
                "adopters": [3.0 * step for step in range(1, 9)],
                "fitted": [3.1 * step for step in range(1, 9)],
                "potential": top,
            }
        )
        for segment, top in (("mid", 31.0), ("big", float("nan")))
    ]
    return pd.concat(parts, ignore_index=True)


def reached() -> pd.DataFrame:
    return pd.DataFrame({"months": [0.0, 3.0, 9.0], "value": [0.1, 0.25, 0.4], "low": [0.05, 0.18, 0.3], "high": [0.17, 0.33, 0.52]})


def criteria() -> pd.DataFrame:
    return pd.DataFrame(
        {"label": ["trust", "price"], "importance": [8.2, 6.9], "gap": [-3.0, 0.5], "low": [-3.3, 0.2], "high": [-2.7, 0.8]}
    )


def cuts() -> pd.DataFrame:
    """Retention of the values of two cuts."""
    return pd.DataFrame(
        {
            "group": ["Size", "Size", "Country"],
            "label": ["1-49", "50+", "DE"],
            "nrr": [1.02, 0.97, 1.1],
            "grr": [0.9, 0.8, 0.95],
            "grr_low": [0.85, 0.7, 0.9],
            "grr_high": [0.95, 0.9, 0.99],
            "n": [40, 30, 70],
        }
    )
