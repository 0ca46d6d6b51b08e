"""Why customers leave: the reasons of the contract register as competing risks."""

import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.customer_lifetime.scope import Lifetimes
from diligence.facts.customer_lifetime.staying import FEW, followed
from diligence.models.competing_risks import cumulative_incidence
from diligence.models.intervals import wilson
from diligence.models.survival import kaplan_meier

UNSTATED = "not stated"
OWN = ("price", "product", "service", "competitor")
"""Reasons that lie with the offer; the others lie with the customer's own fate."""
MONTHS = 36
NEAR = 4
"""Months around the end of a life within which a contract's reason speaks of it."""


def reasons(scope: Lifetimes) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in the cumulative incidence of each reason after three years; give the curves and the proof that they add up."""
    sheet, known = scope.sheet, scope.known
    lacks = sheet.lacking("lifetime.loss_reason_36m")
    if lacks or known.empty or not known["lost"].any():
        sheet.complete(["lifetime.loss_reason_36m", "lifetime.own_making"], lacks or "no customer whose age is known was lost")
        return {}, []
    lives = known.assign(cause=_causes(scope).reindex(known["account_id"]).to_numpy())
    lives["cause"] = lives["cause"].where(lives["lost"]).mask(lives["lost"] & lives["cause"].isna(), UNSTATED)
    found = cumulative_incidence(lives)
    curve = kaplan_meier(lives)
    for cause, part in found.groupby("cause", sort=True):
        upto = part[part["age"] <= MONTHS]
        value, low, high = upto[["incidence", "low", "high"]].iloc[-1] if len(upto) else (0.0, float("nan"), float("nan"))
        value = value if followed(curve, MONTHS) else float("nan")
        sheet.add("lifetime.loss_reason_36m", value, low=low, high=high, n=len(lives), object="reason", object_id=str(cause), reason=FEW)
    stated = lives[lives["lost"] & (lives["cause"] != UNSTATED)]
    own = int(stated["cause"].isin(OWN).sum())
    low, high = wilson(own, len(stated))
    value = own / len(stated) if len(stated) else float("nan")
    sheet.add(
        "lifetime.own_making",
        value,
        low=low,
        high=high,
        n=len(stated),
        numerator=own,
        denominator=len(stated),
        reason="no loss has a reason",
    )
    whole = float(found.groupby("cause")["incidence"].last().sum())
    gone = 1 - float(curve["survival"].iloc[-1])
    return {"reasons": found}, [Check("reasons add up to all that left", whole, gone, 1e-9)]


def _causes(scope: Lifetimes) -> pd.Series:
    """For each account the reason of its largest contract that ended about when its life did."""
    contracts = scope.room.table("contracts")
    owner = scope.room.customers.set_index("customer_id")["account_id"]
    ended = contracts[contracts["end_reason"].notna() & contracts["end_date"].notna()]
    ended = ended.assign(
        account_id=ended["customer_id"].map(owner).fillna(ended["customer_id"]).astype("str"), end=pd.to_datetime(ended["end_date"])
    )
    ended = ended[ended["end"] <= pd.Timestamp(scope.room.deal.target.as_of)].merge(scope.known[["account_id", "last"]], on="account_id")
    apart = (ended["end"].dt.year - ended["last"].dt.year) * 12 + ended["end"].dt.month - ended["last"].dt.month
    near = ended[apart.abs() <= NEAR]
    ranked = near.sort_values(["annual_value", "contract_id"], ascending=[False, True], kind="stable")
    return ranked.drop_duplicates("account_id").set_index("account_id")["end_reason"]
