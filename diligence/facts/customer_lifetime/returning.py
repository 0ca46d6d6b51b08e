"""Customers under no contract: who is still active, how often they will buy, and for how much."""

import numpy as np
import pandas as pd

from diligence.facts.customer_lifetime.scope import Lifetimes
from diligence.metrics.recency_frequency import recency_frequency
from diligence.models.bg_nbd import bg_nbd, future_purchases
from diligence.models.gamma_gamma import expected_spend, gamma_gamma

FAMILY = ("active_share", "purchases_12m", "spend", "revenue_12m", "frequency_spend")
CLOSE = 0.3
"""Correlation of how often with how much beyond which the two models may not be multiplied."""


def returning(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in the share still active and what they will buy within twelve months; give it by customer."""
    sheet, names = scope.sheet, [f"lifetime.{name}" for name in FAMILY]
    if scope.cube.empty:
        return {}
    if scope.room.window == 1:
        sheet.complete(names, "under contract a customer is there or gone: there is nothing to infer from silence")
        return {}
    purchases = scope.cube[["account_id", "month", "amount"]].rename(columns={"account_id": "customer_id", "month": "date"})
    buyers = recency_frequency(purchases, scope.end, by_month=True)
    model = bg_nbd(buyers)
    if model is None:
        sheet.complete(names, "no customer has bought in two months")
        return {}
    ahead = future_purchases(buyers, model, time=12.0)
    n = len(buyers)
    sheet.add("lifetime.active_share", float(ahead["active"].mean()), n=n, period=scope.spot)
    sheet.add("lifetime.purchases_12m", float(ahead["purchases"].mean()), n=n, period=scope.spot)
    again = buyers[buyers["frequency"] > 0]
    varied = len(again) > 2 and again["frequency"].nunique() > 1 and again["mean_amount"].nunique() > 1
    together = float(np.corrcoef(again["frequency"], again["mean_amount"])[0, 1]) if varied else float("nan")
    sheet.add("lifetime.frequency_spend", together, n=len(again), reason="fewer than three customers bought again, or all alike")
    spent = expected_spend(buyers, gamma_gamma(buyers))["spend"]
    typical = float(spent.mean())
    sheet.add(
        "lifetime.spend",
        typical,
        n=len(again),
        period=scope.spot,
        reason="all repeat purchases are alike or fewer than two customers bought again",
    )
    linked = f"how often and how much go together (correlation {together:.2f}): the two models may not be multiplied"
    value = float((ahead["purchases"] * spent).sum()) if abs(together) <= CLOSE else float("nan")
    sheet.add("lifetime.revenue_12m", value, n=n, reason=linked if abs(together) > CLOSE else "spend is not assessable", period=scope.spot)
    return {"active": buyers.assign(active=ahead["active"], purchases=ahead["purchases"], spend=spent)}
