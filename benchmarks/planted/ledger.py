"""The accounts by month: revenue as the lines earn it, costs as they were paid, balances that follow from both."""

import numpy as np
import pandas as pd

from benchmarks.planted.calendar import label, month_of, shown, starts
from benchmarks.planted.record import Record
from benchmarks.planted.traits import MONTHS

COSTS = ("cogs", "sales", "marketing", "customer_success", "research", "general")


def earned(lines: pd.DataFrame) -> np.ndarray:
    """Money of the lines by month of the history: a line with a period by its days, another in the month of its date."""
    total = np.zeros(MONTHS)
    dated = lines["service_start"].notna().to_numpy()
    plain = month_of(lines["date"].to_numpy()[~dated]) + MONTHS
    np.add.at(total, plain.clip(0, MONTHS - 1), lines["amount"].to_numpy()[~dated])
    rows = lines[dated]
    begin, end = (rows[name].to_numpy().astype("datetime64[D]").astype(int) for name in ("service_start", "service_end"))
    for place in range(MONTHS):
        first, after = starts(np.array([place - MONTHS, place - MONTHS + 1])).astype(int)
        share = (np.minimum(end + 1, after) - np.maximum(begin, first)).clip(0) / (end + 1 - begin)
        total[place] += float((rows["amount"].to_numpy() * share).sum())
    return np.round(total, 2)


def ledger(record: Record, lines: pd.DataFrame, invoices: pd.DataFrame) -> pd.DataFrame:
    """The accounts."""
    books = shown(record.journal.table("books"))
    recurring, revenue = earned(lines[lines["kind"] == "recurring"]), earned(lines)
    issued, paid = np.zeros(MONTHS), np.zeros(MONTHS)
    np.add.at(issued, month_of(invoices["issued_on"].to_numpy()) + MONTHS, invoices["amount"].to_numpy())
    known = invoices[invoices["paid_on"].notna()]
    np.add.at(paid, month_of(known["paid_on"].to_numpy()) + MONTHS, known["amount"].to_numpy())
    flows = {"revenue": revenue, "recurring_revenue": recurring, **{name: books[name].to_numpy() for name in COSTS}}
    flows["ebitda"] = revenue - sum(flows[name] for name in COSTS)
    flows["capex"] = books["capex"].to_numpy()
    flows["cash"] = books["cash"].to_numpy()
    flows["receivables"], flows["deferred_revenue"] = np.cumsum(issued - paid), np.cumsum(issued - revenue)
    rows = [(label(place - MONTHS), line, round(float(values[place]), 2)) for place in range(MONTHS) for line, values in flows.items()]
    return pd.DataFrame(rows, columns=["month", "line", "amount"])
