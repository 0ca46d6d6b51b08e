"""Exchange rates, invoices with their payment, the ledger, and what management reports.

Planted in the ledger: recurring revenue EUR 21,350.00 too high in March 2025 and EUR 4,120.50 too low in September 2022, and the credit
notes of April to June 2025 booked one month late. Planted in the reports: a retention that counts what it should not.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.generator.accrual import in_euro
from data.demo.generator.book import Life
from data.demo.generator.months import AS_OF, MONTHS, first_day, index_of, label
from data.demo.generator.streams import stream

UNEXPLAINED = {44: 21_350.00, 14: -4_120.50}
LATE_MONTHS = (45, 46, 47)


def exchange_rates(seed: int) -> pd.DataFrame:
    """Sterling in euro, a slow walk around 1.16."""
    draw = stream(seed, "fx")
    rate, rows = 1.166, []
    for month in range(MONTHS):
        rate += 0.12 * (1.16 - rate) + float(draw.normal(0, 0.006))
        rows.append((label(month), "GBP", round(rate, 4)))
    return pd.DataFrame(rows, columns=["month", "currency", "rate"])


def invoices(seed: int, lines: pd.DataFrame, fx: pd.DataFrame, lives: list[Life]) -> pd.DataFrame:
    """One row for each invoice, in euro at the rate of its month; payment comes around the due date."""
    late_rate = fx.iloc[[-1]].assign(month="2026-07")
    cents = in_euro(lines, pd.concat([fx, late_rate]))
    frame = (
        lines.assign(cents=cents)
        .groupby("invoice_id", sort=False)
        .agg(customer_id=("customer_id", "first"), issued_on=("date", "first"), cents=("cents", "sum"))
    )
    frame = frame.reset_index()
    habit = {life.customer.customer_id: stream(seed, "payment", str(life.customer.account)) for life in lives}
    terms = {"enterprise": 60, "mid_market": 30, "small_business": 14}
    days = {life.customer.customer_id: terms[life.customer.segment] for life in lives}
    due, paid = [], []
    for row in frame.itertuples():
        deadline = row.issued_on + timedelta(days=days[row.customer_id])
        settled = deadline + timedelta(days=round(float(habit[row.customer_id].normal(2, 8))))
        settled = max(settled, row.issued_on + timedelta(days=1))
        due.append(deadline)
        paid.append(settled if settled <= AS_OF else None)
    frame["due_on"], frame["paid_on"], frame["amount"] = due, paid, frame["cents"] / 100
    return frame[["invoice_id", "customer_id", "issued_on", "due_on", "paid_on", "amount"]]


def late_credits(lines: pd.DataFrame, fx: pd.DataFrame) -> pd.DataFrame:
    """Credit notes of the last quarter of FY25, which the ledger books one month late: month index, kind, euro."""
    month = lines["date"].map(index_of)
    rows = lines[(lines["amount"] < 0) & month.isin(LATE_MONTHS)]
    return pd.DataFrame({"index": rows["date"].map(index_of), "kind": rows["kind"], "amount": in_euro(rows, fx) / 100})


def by_month(shares: pd.DataFrame, kinds: tuple[str, ...]) -> np.ndarray:
    """Accrued euro of some kinds by month of the history."""
    rows = shares[shares["kind"].isin(kinds) & shares["index"].between(0, MONTHS - 1)]
    return rows.groupby("index")["cents"].sum().reindex(range(MONTHS), fill_value=0).to_numpy() / 100


def ledger(
    seed: int,
    shares: pd.DataFrame,
    lines: pd.DataFrame,
    *,
    fx: pd.DataFrame,
    bills: pd.DataFrame,
    staff: pd.DataFrame,
    bought: pd.DataFrame,
) -> pd.DataFrame:
    """The accounts by month: revenue from the lines, costs around it, and balances that follow from both."""
    draw = stream(seed, "ledger")
    recurring = by_month(shares, ("recurring",))
    revenue = by_month(shares, ("recurring", "usage", "services", "one_off"))
    services = by_month(shares, ("services", "one_off"))
    clean = revenue.copy()
    for month, amount in UNEXPLAINED.items():
        recurring[month] += amount
        revenue[month] += amount
    for note in late_credits(lines, fx).itertuples():
        for line in (recurring, revenue) if note.kind == "recurring" else (revenue,):
            line[note.index] -= note.amount
            line[note.index + 1] += note.amount
    flows = {"revenue": revenue, "recurring_revenue": recurring, **costs(draw, revenue, services, staff, bought)}
    flows["ebitda"] = revenue - sum(flows[k] for k in ("cogs", "sales", "marketing", "customer_success", "research", "general"))
    flows["capex"] = np.array([float(draw.uniform(14_000, 24_000)) * (1 + m / 60) for m in range(MONTHS)])
    flows |= balances(bills, clean, flows)
    rows = [(label(m), line, round(float(values[m]), 2)) for m in range(MONTHS) for line, values in flows.items()]
    return pd.DataFrame(rows, columns=["month", "line", "amount"])


def costs(
    draw: np.random.Generator, revenue: np.ndarray, services: np.ndarray, staff: pd.DataFrame, bought: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Costs by function; people of sales and of customer success from the staff list, marketing from the spend."""
    wobble = draw.uniform(0.98, 1.02, (3, MONTHS))
    success = staff_cost(staff, ("customer_success",))
    sellers = staff_cost(staff, ("founder", "account_executive", "sales_development", "account_manager", "partner_manager"))
    spent = bought.groupby(["kind", "month"])["amount"].sum()
    months = [label(m) for m in range(MONTHS)]
    commission = np.array([spent["commission"].get(m, 0.0) for m in months])
    marketing = np.array([sum(spent[kind].get(m, 0.0) for kind in ("programme", "people", "tools")) for m in months])
    trend = np.linspace(0, 1, MONTHS)
    return {
        "cogs": ((revenue - services) * 0.185 + services * 0.72) * wobble[0],
        "sales": sellers + commission,
        "marketing": marketing,
        "customer_success": success,
        "research": (255_000 + 330_000 * trend) * wobble[1],
        "general": (142_000 + 178_000 * trend) * wobble[2],
    }


def staff_cost(staff: pd.DataFrame, roles: tuple[str, ...]) -> np.ndarray:
    """Monthly cost of those on staff in some roles."""
    total = np.zeros(MONTHS)
    for row in staff[staff["role"].isin(roles)].itertuples():
        left = row.left_on if isinstance(row.left_on, date) else date.max
        for month in range(MONTHS):
            if row.hired_on <= first_day(month) <= left:
                total[month] += row.annual_cost / 12
    return total


def balances(bills: pd.DataFrame, revenue: np.ndarray, flows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Receivables, deferred revenue and cash at month ends, from invoices issued and paid."""
    issued, paid = np.zeros(MONTHS), np.zeros(MONTHS)
    for row in bills.itertuples():
        if row.issued_on <= AS_OF:
            issued[index_of(row.issued_on)] += row.amount
            if isinstance(row.paid_on, date):
                paid[index_of(row.paid_on)] += row.amount
    spent = sum(flows[k] for k in ("cogs", "sales", "marketing", "customer_success", "research", "general", "capex"))
    cash = 1_900_000 + np.cumsum(paid - spent)
    return {"cash": cash, "receivables": np.cumsum(issued - paid), "deferred_revenue": np.cumsum(issued - revenue)}
