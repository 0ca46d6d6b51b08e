"""Territories: what each brings and costs, how even they are, and what uneven ones lose."""

import pandas as pd

from diligence.metrics.measure import need

BAND = 0.2


def territory_results(territories: pd.DataFrame, customers: pd.DataFrame, *, reps: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give each territory's revenue against its cost and potential: ``penetration = amount / potential``, ``cost_rate = cost / amount``.

    A seller of several territories costs each an even part. Sellers whom no territory names are in no territory's cost.

    Parameters
    ----------
    territories
        ``territory_id``; ``segment, rep_id, accounts, potential, annual_cost`` (currency a year) where given.
    customers
        ``territory_id, amount`` (recurring revenue a year); blank territories make a row ``(none)``.
    reps
        ``rep_id, annual_cost``.

    Returns
    -------
    DataFrame
        ``territory_id, segment, rep_id, accounts, potential, customers, amount, cost, result`` (amount less cost), ``cost_rate, penetration,
        coverage`` (customers / accounts), ``relative`` (potential over the segment's mean), ``balanced`` (within a fifth of it).

    Examples
    --------
    >>> listed = pd.DataFrame({"territory_id": ["n", "s"], "potential": [100.0, 300.0], "annual_cost": [10.0, 10.0]})
    >>> paying = pd.DataFrame({"territory_id": ["n", "s"], "amount": [50.0, 30.0]})
    >>> territory_results(listed, paying)[["result", "penetration", "relative"]].values.tolist()
    [[40.0, 0.5, 0.5], [20.0, 0.1, 1.5]]
    """
    need(territories, "territory_id")
    need(customers, "territory_id", "amount")
    frame = territories.drop_duplicates("territory_id").reindex(
        columns=["territory_id", "segment", "rep_id", "accounts", "potential", "annual_cost"]
    )
    held = customers.assign(territory_id=customers["territory_id"].astype("object").where(customers["territory_id"].notna(), "(none)"))
    sums = held.groupby("territory_id")["amount"].agg(customers="size", amount="sum").reset_index()
    found = frame.merge(sums[~sums["territory_id"].isin(["(none)"])], on="territory_id", how="left")
    found = pd.concat([found, sums[~sums["territory_id"].isin(frame["territory_id"])]], ignore_index=True)
    for column in ("customers", "amount"):
        found[column] = found[column].astype("float64").fillna(0.0)
    for column in ("accounts", "potential", "annual_cost"):
        found[column] = found[column].astype("float64")
    own = found["annual_cost"]
    if reps is not None:
        need(reps, "rep_id", "annual_cost")
        seller = found["rep_id"].map(reps.drop_duplicates("rep_id").set_index("rep_id")["annual_cost"]).astype("float64")
        own = own.fillna(0.0) + (seller / found.groupby("rep_id")["territory_id"].transform("size")).fillna(0.0)
        own = own.where(found["annual_cost"].notna() | seller.notna())
    found["cost"] = own
    found["result"] = found["amount"] - own
    found["cost_rate"] = own / found["amount"].where(found["amount"] > 0)
    found["penetration"] = found["amount"] / found["potential"].where(found["potential"] > 0)
    found["coverage"] = found["customers"] / found["accounts"].where(found["accounts"] > 0)
    segment = found["segment"].astype("object").where(found["segment"].notna(), "").astype("str")
    mean = found["potential"].groupby(segment).transform("mean")
    found["relative"] = found["potential"] / mean.where(mean > 0)
    found["balanced"] = found["relative"].between(1 - BAND - 1e-12, 1 + BAND + 1e-12).where(found["relative"].notna())
    return found.drop(columns="annual_cost").sort_values("territory_id", ignore_index=True)


def imbalance_loss(territories: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Give what uneven territories lose: ``min(sum(capacity), sum(demand)) - sum(min(capacity, demand))``.

    A full territory cannot lend its leads to an idle seller. The company sells the sum of the minima; moving accounts until capacity and
    demand lie alike would bring at most the minimum of the sums.

    Parameters
    ----------
    territories
        ``capacity`` (what the seller can win a year), ``demand`` (what is there to be won a year), in one currency; ``by``: accounts move
        only within a group of it.

    Returns
    -------
    DataFrame
        ``by``, ``n, capacity, demand, sold`` (sum of minima), ``most`` (minimum of sums), ``loss``, ``share`` (loss / most; NaN where most is
        nought). A last row ``all`` adds the groups.

    Notes
    -----
    Source: Zoltners and Sinha, Sales territory design, Marketing Science 2005.

    Examples
    --------
    >>> uneven = pd.DataFrame({"capacity": [10.0, 10.0], "demand": [16.0, 4.0]})
    >>> imbalance_loss(uneven)[["sold", "most", "loss"]].values.tolist()[-1]
    [14.0, 20.0, 6.0]
    """
    need(territories, "capacity", "demand", *([by] if by else []))
    kept = territories[territories["capacity"].notna() & territories["demand"].notna()]
    name = by or "group"
    group = kept[by].astype("object").where(kept[by].notna(), "(not given)").astype("str") if by else pd.Series("whole", index=kept.index)
    frame = pd.DataFrame({name: group, "capacity": kept["capacity"].astype("float64"), "demand": kept["demand"].astype("float64")})
    frame["sold"] = frame[["capacity", "demand"]].min(axis=1)
    found = frame.groupby(name, sort=True).agg(
        n=("sold", "size"), capacity=("capacity", "sum"), demand=("demand", "sum"), sold=("sold", "sum")
    )
    found = found.reset_index()
    found["most"] = found[["capacity", "demand"]].min(axis=1)
    whole = found.drop(columns=name).sum().to_frame().T.assign(**{name: "all"})
    found = pd.concat([found if by else found.head(0), whole], ignore_index=True)
    found["loss"] = found["most"].astype("float64") - found["sold"].astype("float64")
    found["share"] = found["loss"] / found["most"].where(found["most"] > 0)
    return found[[name, "n", "capacity", "demand", "sold", "most", "loss", "share"]]
