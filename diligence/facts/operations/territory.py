"""Territories: revenue, cost and potential of each, and what uneven ones lose."""

import pandas as pd

from diligence.facts.deals import Deals
from diligence.facts.operations.selling import reached
from diligence.facts.sheet import NAN
from diligence.metrics.territories import imbalance_loss, territory_results
from diligence.periods import month_label

FIELDS = {"revenue": "amount", "cost": "cost", "result": "result", "penetration": "penetration", "coverage": "coverage"}


def territories(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in each territory's revenue, cost and penetration, balance within segments, and what moving accounts could bring."""
    room = deals.room
    if not room.has("territories"):
        return {}
    listed = room.table("territories")
    where = room.customers.set_index("customer_id")["territory_id"] if "territory_id" in room.customers else pd.Series(dtype="object")
    paying = deals.worth.assign(territory_id=deals.worth["customer_id"].map(where))
    reps = room.table("reps") if room.has("reps", "annual_cost") else None
    table = territory_results(listed, paying, reps=reps)
    month = month_label(deals.end)
    for row in table[table["territory_id"].isin(listed["territory_id"])].itertuples():
        for name, column in FIELDS.items():
            cut = {"object": "territory", "object_id": str(row.territory_id), "period": month}
            base = {"penetration": (row.amount, row.potential), "coverage": (row.customers, row.accounts)}.get(name, (NAN, NAN))
            deals.number(
                f"operations.territory_{name}", getattr(row, column), n=max(row.customers, 1), numerator=base[0], denominator=base[1], **cut
            )
    _balance(deals, table)
    _owners(deals, listed)
    return {"territories": table, **_loss(deals, table)}


def _balance(deals: Deals, table: pd.DataFrame) -> None:
    if not deals.room.has("territories", "potential"):
        return
    known = table[table["potential"].notna()]
    several = known[known.groupby(known["segment"].fillna(""))["territory_id"].transform("size") > 1]
    off = float((several["balanced"] == False).sum())  # noqa: E712 - not known is neither
    deals.share("operations.territory_imbalance", off, len(several))


def _owners(deals: Deals, listed: pd.DataFrame) -> None:
    room = deals.room
    if not room.has("territories", "rep_id"):
        return
    here = set(listed["rep_id"].dropna())
    if room.has("reps"):
        reps = room.table("reps")
        here &= set(reps.loc[~(pd.to_datetime(reps["left_on"]) <= pd.Timestamp(deals.as_of)), "rep_id"])
    held = listed["rep_id"].isin(here)
    if room.has("territories", "potential"):
        free, whole = float(listed.loc[~held, "potential"].sum()), float(listed["potential"].sum())
        deals.number(
            "operations.unassigned_potential",
            free / whole if whole else NAN,
            n=len(listed),
            numerator=free,
            denominator=whole,
            reason="no potential is given",
        )
    if room.has("territories", "accounts"):
        accounts = listed[held].groupby("rep_id")["accounts"].sum()
        deals.number("operations.accounts_per_seller", accounts.median(), n=len(accounts), reason="no territory has a seller")


def _loss(deals: Deals, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Hold each territory's share of the demand of its segment against what its seller can win."""
    attained = reached(deals)
    if attained.empty or not deals.room.has("territories", "potential", "rep_id"):
        return {}
    won = attained.set_index("rep_id")
    mine = table[table["rep_id"].isin(won.index) & table["potential"].notna()].copy()
    names = ["operations.imbalance_loss", "operations.imbalance_share"]
    if mine.empty:
        deals.sheet.complete(names, "no territory is held by a seller with a quota")
        return {}
    group = mine["segment"].astype("object").where(mine["segment"].notna(), "(not given)").astype("str")
    part = mine["rep_id"].groupby(mine["rep_id"]).transform("size")
    sold, quota = (mine["rep_id"].map(won[name]).astype("float64") / part for name in ("won", "quota"))
    rate = sold.groupby(group).transform("sum") / quota.groupby(group).transform("sum")
    left = (mine["potential"] - mine["amount"]).clip(lower=0)
    mine = mine.assign(
        segment=group,
        capacity=quota * rate,
        demand=sold.groupby(group).transform("sum") * left / left.groupby(group).transform("sum").where(lambda part: part > 0),
    )
    found = imbalance_loss(mine, by="segment")
    whole = found.iloc[-1]
    deals.number(names[0], float(whole["loss"]), n=float(whole["n"]))
    deals.number(
        names[1],
        float(whole["share"]),
        n=float(whole["n"]),
        numerator=float(whole["loss"]),
        denominator=float(whole["most"]),
        reason="nothing was won",
    )
    _explained(deals, mine, won)
    return {"imbalance": mine[["territory_id", "segment", "rep_id", "potential", "capacity", "demand"]].reset_index(drop=True)}


def _explained(deals: Deals, mine: pd.DataFrame, won: pd.DataFrame) -> None:
    potential = mine.groupby("rep_id")["potential"].sum()
    both = pd.DataFrame({"potential": potential, "attainment": won["attainment"].reindex(potential.index)}).dropna().rank()
    varied = len(both) > 2 and both.nunique().min() > 1
    value = float(both["potential"].corr(both["attainment"])) if varied else NAN
    deals.number("operations.attainment_potential", value, n=len(both), reason="fewer than three sellers with a quota and a territory")
