"""What management reports by quarter and month.

Planted: management's net retention counts customers won back, new accounts of existing groups and, in its first year, the whole acquired
book; its recurring revenue adds metered usage; marketing counts qualified leads that sales never accepts.
"""

import numpy as np
import pandas as pd

from data.demo.generator.book import Customer
from data.demo.generator.months import MONTHS, label, quarter


def customer_months(shares: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Customers by months, in euro, of one kind of revenue."""
    rows = shares[(shares["kind"] == kind) & shares["index"].between(0, MONTHS - 1)]
    wide = rows.pivot_table(index="customer_id", columns="index", values="cents", aggfunc="sum", fill_value=0)
    return wide.reindex(columns=range(MONTHS), fill_value=0) / 100


def management_retention(wide: pd.DataFrame, book: dict[str, Customer], month: int) -> tuple[float, float, float, float]:
    """Net retention as management states it, then its three additions in euro a month: won back, of existing groups, acquired."""
    then, now = wide[month - 12], wide[month]
    cohort = then > 0
    before = (wide.loc[:, : month - 13] > 0).any(axis=1) if month > 12 else cohort & False
    back = ~cohort & before & (now > 0)
    heads = {book[c].parent_id or c for c in wide.index[cohort]}
    group = pd.Series([(book[c].parent_id or c) in heads for c in wide.index], wide.index) & ~cohort & ~back & (now > 0)
    bought = pd.Series([book[c].origin == "acquired" for c in wide.index], wide.index) & ~cohort & ~back & ~group & (now > 0)
    added = [float(now[rows].sum()) for rows in (back, group, bought)]
    return (float(now[cohort].sum()) + sum(added)) / float(then.sum()), added[0], added[1], added[2]


def reported(shares: pd.DataFrame, book: list[Customer], lead_list: pd.DataFrame, opps: pd.DataFrame) -> pd.DataFrame:
    """All figures of the management pack, quarterly but for leads and recurring revenue, which are monthly."""
    wide, metered = customer_months(shares, "recurring"), customer_months(shares, "usage")
    index = {c.customer_id: c for c in book}
    rows: list[tuple[str, str, str, float]] = []
    for month in range(2, MONTHS, 3):
        period = quarter(month)
        usage = float(metered.loc[:, month - 2 : month].to_numpy().sum()) * 4
        rows.append((period, "arr", "management", round(float(wide[month].sum()) * 12 + usage, -3)))
        rows.append((period, "customers", "management", float((wide[month] > 0).sum())))
        if month >= 14:
            then, now = wide[month - 12], wide[month]
            rows.append((period, "nrr", "management", round(management_retention(wide, index, month)[0], 3)))
            rows.append((period, "grr", "management", round(float(np.minimum(then, now).sum() / then.sum()) + 0.006, 3)))
            rows.append(
                (period, "logo_retention", "customer_success", round(float(((then > 0) & (now > 0)).sum() / (then > 0).sum()) + 0.008, 3))
            )
        closed = opps[(opps["type"] == "new") & (opps["status"] != "open") & (opps["quarter"] == period)]
        decided = closed[closed["loss_reason"] != "no_decision"]
        if len(decided):
            rows.append((period, "win_rate", "sales", round(float((decided["status"] == "won").mean()), 3)))
        rows.append((period, "new_logos", "sales", float((closed["status"] == "won").sum())))
    for month in range(MONTHS):
        name = label(month)
        qualified = lead_list["mql_on"].map(lambda d: "" if d is None else d.strftime("%Y-%m")) == name
        rows.append((name, "mrr", "finance", round(float(wide[month].sum()), 2)))
        rows.append((name, "mql", "marketing", float(qualified.sum())))
        rows.append((name, "mql", "sales", float((qualified & lead_list["sql_on"].notna()).sum())))
    return pd.DataFrame(rows, columns=["period", "metric", "reported_by", "value"])
