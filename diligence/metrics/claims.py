"""Claims: what marketing, sales, partners, customer success and others can each say they sourced, brought back to one number.

Several may claim one customer on good grounds: marketing for a lead, the partner for an introduction, sales for the call. Each claim is true and
their sum is more than was sold. Here every won opportunity has its claimants by stated grounds, and one credited source.
"""

import pandas as pd

from diligence.metrics.measure import need

CLAIMANTS = ("marketing", "sales", "partner", "customer_success", "founder", "referral")
NOBODY = "(nobody)"
COLUMNS = ["opportunity_id", "claimant", "ground", "amount"]


def sourcing_claims(
    won: pd.DataFrame,
    *,
    leads: pd.DataFrame | None = None,
    touches: pd.DataFrame | None = None,
    reps: pd.DataFrame | None = None,
    customers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List who can claim each won opportunity, and on what ground; several claimants of one opportunity have a row each.

    Grounds: the recorded source (``sourced_by``); a lead of the opportunity, for marketing; a lead or touch through a partner channel, for partners;
    the founder's part in the deal; a seller of the sales team who worked it; a referring customer.

    Parameters
    ----------
    won
        ``opportunity_id, amount`` (currency a year), and where given ``sourced_by, founder_involved, rep_id, customer_id``: one row an opportunity.
    leads, touches, reps, customers
        ``lead_id, opportunity_id, channel``; ``lead_id, channel``; ``rep_id, role``; ``customer_id, referred_by``: what is given adds its grounds.

    Returns
    -------
    DataFrame
        ``opportunity_id, claimant, ground, amount``: one row for each claimant of an opportunity, with its first ground.

    Examples
    --------
    >>> won = pd.DataFrame({"opportunity_id": ["o"], "amount": [9.0], "sourced_by": ["sales"]})
    >>> leads = pd.DataFrame({"lead_id": ["l"], "opportunity_id": ["o"], "channel": ["events"]})
    >>> sourcing_claims(won, leads=leads)["claimant"].tolist()
    ['marketing', 'sales']
    """
    need(won, "opportunity_id", "amount")
    found: list[tuple[str, str, pd.Series]] = []
    if "sourced_by" in won.columns:
        found += [(name, "recorded source", won["sourced_by"] == name) for name in CLAIMANTS]
    if leads is not None:
        need(leads, "lead_id", "opportunity_id", "channel")
        found.append(("marketing", "a lead of it", won["opportunity_id"].isin(leads["opportunity_id"].dropna())))
        partner = leads["channel"].astype("str").str.contains("partner", case=False)
        if touches is not None:
            need(touches, "lead_id", "channel")
            by_partner = touches.loc[touches["channel"].astype("str").str.contains("partner", case=False), "lead_id"]
            partner |= leads["lead_id"].isin(by_partner)
        found.append(("partner", "a touch through a partner", won["opportunity_id"].isin(leads.loc[partner, "opportunity_id"].dropna())))
    if reps is not None and "rep_id" in won.columns:
        need(reps, "rep_id", "role")
        sellers = reps.loc[reps["role"].isin(["account_executive", "sales_development"]), "rep_id"]
        found.append(("sales", "worked by its seller", won["rep_id"].isin(sellers)))
    if "founder_involved" in won.columns:
        found.append(("founder", "took part in the deal", won["founder_involved"].fillna(False).astype("bool")))
    if customers is not None and "customer_id" in won.columns:
        need(customers, "customer_id", "referred_by")
        referred = customers.loc[customers["referred_by"].notna(), "customer_id"]
        found.append(("referral", "a customer referred it", won["customer_id"].isin(referred)))
    parts = [won.loc[flag, ["opportunity_id", "amount"]].assign(claimant=name, ground=ground) for name, ground, flag in found]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS}).astype({"amount": "float64"})
    claims = pd.concat(parts, ignore_index=True).drop_duplicates(["opportunity_id", "claimant"])
    return claims.sort_values(["opportunity_id", "claimant"], kind="stable", ignore_index=True)[COLUMNS].astype({"amount": "float64"})


def reconciled_claims(claims: pd.DataFrame, won: pd.DataFrame) -> pd.DataFrame:
    """Bring claims back to one number: what each claims, what it claims alone, and what it is credited with by the recorded source.

    ``claimed = sole + shared``; ``sum of credited = what was won``; ``sum of claimed - what is claimed at all = counted twice``.

    Parameters
    ----------
    claims
        ``opportunity_id, claimant, amount`` (currency a year), as :func:`sourcing_claims` gives it.
    won
        ``opportunity_id, amount``, and ``sourced_by`` where given.

    Returns
    -------
    DataFrame
        ``claimant, claimed, deals, sole, shared, credited``; the row ``(nobody)`` holds what no one claims and what has no recorded source.

    Examples
    --------
    >>> claims = pd.DataFrame({"opportunity_id": ["o", "o"], "claimant": ["marketing", "sales"], "amount": [9.0, 9.0]})
    >>> won = pd.DataFrame({"opportunity_id": ["o"], "amount": [9.0], "sourced_by": ["sales"]})
    >>> reconciled_claims(claims, won)[["claimant", "claimed", "credited"]].values.tolist()
    [['marketing', 9.0, 0.0], ['sales', 9.0, 9.0]]
    """
    need(claims, "opportunity_id", "claimant", "amount")
    need(won, "opportunity_id", "amount")
    several = claims.groupby("opportunity_id")["claimant"].transform("nunique") > 1
    grouped = claims.groupby("claimant", observed=True)
    found = pd.DataFrame({"claimed": grouped["amount"].sum(), "deals": grouped.size().astype("float64")})
    found["sole"] = claims[~several].groupby("claimant", observed=True)["amount"].sum()
    source = won["sourced_by"] if "sourced_by" in won.columns else pd.Series(None, index=won.index, dtype="object")
    credited = won["amount"].astype("float64").groupby(source.fillna(NOBODY).astype("str").to_numpy()).sum()
    unclaimed = won[~won["opportunity_id"].isin(claims["opportunity_id"])]
    named = [*found.index, *(name for name in credited.index if name not in found.index)]
    if len(unclaimed) and NOBODY not in named:
        named.append(NOBODY)
    found = found.reindex(sorted(named, key=lambda name: (name == NOBODY, name))).fillna(0.0)
    if len(unclaimed):
        found.loc[NOBODY, ["claimed", "deals", "sole"]] = [
            float(unclaimed["amount"].sum()),
            float(len(unclaimed)),
            float(unclaimed["amount"].sum()),
        ]
    found["shared"] = found["claimed"] - found["sole"]
    found["credited"] = credited.reindex(found.index).fillna(0.0)
    return found.rename_axis("claimant").reset_index()


def double_counted(claims: pd.DataFrame) -> float:
    """Give the money that is claimed more than once: ``sum of claims - sum over opportunities claimed``.

    Examples
    --------
    >>> double_counted(pd.DataFrame({"opportunity_id": ["o", "o", "p"], "claimant": ["m", "s", "s"], "amount": [9.0, 9.0, 5.0]}))
    9.0
    """
    need(claims, "opportunity_id", "claimant", "amount")
    return float(claims["amount"].sum() - claims.drop_duplicates("opportunity_id")["amount"].sum())


def shared_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Give for each pair of claimants the deals and the money that both claim.

    Returns
    -------
    DataFrame
        ``claimant, other, deals, amount`` (currency a year), each pair once.

    Examples
    --------
    >>> claims = pd.DataFrame({"opportunity_id": ["o", "o"], "claimant": ["marketing", "sales"], "amount": [9.0, 9.0]})
    >>> shared_claims(claims).values.tolist()
    [['marketing', 'sales', 1, 9.0]]
    """
    need(claims, "opportunity_id", "claimant", "amount")
    pairs = claims.merge(claims[["opportunity_id", "claimant"]], on="opportunity_id", suffixes=("", "_other"))
    pairs = pairs[pairs["claimant"] < pairs["claimant_other"]]
    found = pairs.groupby(["claimant", "claimant_other"], observed=True)["amount"].agg(deals="size", amount="sum").reset_index()
    return found.rename(columns={"claimant_other": "other"})
