"""Why deals are lost: to no decision, to a gap in the product, to price; coded reasons only."""
"""Why deals are lost, as the sellers coded it."""

import pandas as pd

from diligence.metrics.measure import need


def loss_reasons(opportunities: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Share of lost deals by coded reason: ``lost for the reason / lost with a reason``; no decision is one of them.

    Deals without a reason are in neither line; ``uncoded`` says how many they are. Shares of a group add up to one.
def loss_reasons(opportunities: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Count coded loss reasons: ``share = n / coded losses`` of the group.

    A reason is what the seller wrote: price is the reason that flatters sellers, and no reason is written where nobody asked. ``coded``
    says how many losses have one.

    Parameters
    ----------
    opportunities
        ``opportunity_id, status`` (``lost`` counts), ``loss_reason`` and ``by``.
        ``status``, ``loss_reason``; ``amount`` where known; ``by``, whose blanks are left out.

    Returns
    -------
    DataFrame
        ``by, loss_reason, value`` (fraction), ``numerator, denominator`` (deals), ``uncoded`` (share of all lost, fraction).

    Examples
    --------
    >>> deals = pd.DataFrame({"opportunity_id": [1, 2, 3, 4], "status": ["lost", "lost", "lost", "won"], "loss_reason": ["price", "no_decision", None, None]})
    >>> loss_reasons(deals)[["loss_reason", "value", "denominator"]].values.tolist()
    [['no_decision', 0.5, 2], ['price', 0.5, 2]]
    """
    need(opportunities, "opportunity_id", "status", "loss_reason", *([by] if by else []))
    lost = opportunities[opportunities["status"] == "lost"]
    frame = pd.DataFrame({"loss_reason": lost["loss_reason"], "group": lost[by].astype("str") if by else ""})
    whole = frame.groupby("group").size()
    coded = frame.dropna(subset=["loss_reason"])
    base = coded.groupby("group").size()
    table = coded.groupby(["group", "loss_reason"], sort=True).size().rename("numerator").reset_index()
    table["denominator"] = base.reindex(table["group"]).to_numpy(dtype="int64")
    table["value"] = table["numerator"] / table["denominator"]
    table["uncoded"] = 1 - table["denominator"] / whole.reindex(table["group"]).to_numpy(dtype="float64")
    table = table.rename(columns={"group": by or "group"})
    return table[[*([by] if by else []), "loss_reason", "value", "numerator", "denominator", "uncoded"]]
        ``by``, ``loss_reason``, ``n``, ``share``, ``coded`` (losses of the group with a reason), ``lost`` (all losses of the group),
        ``amount`` (currency; NaN without one).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["lost", "lost", "lost", "won"], "loss_reason": ["price", "terms", None, None]})
    >>> loss_reasons(deals)[["loss_reason", "share", "lost"]].values.tolist()
    [['price', 0.5, 3], ['terms', 0.5, 3]]
    """
    need(opportunities, "status", "loss_reason", *([by] if by else []))
    lost = opportunities[opportunities["status"].astype("str").eq("lost")]
    if by:
        lost = lost[lost[by].notna()]
    group = lost[by].astype("str") if by else pd.Series("", index=lost.index)
    amount = lost["amount"].astype("float64") if "amount" in lost else pd.Series(float("nan"), index=lost.index)
    frame = pd.DataFrame({"group": group, "loss_reason": lost["loss_reason"], "amount": amount})
    whole = frame.groupby("group").size()
    coded = frame[frame["loss_reason"].notna()].astype({"loss_reason": "str"})
    found = coded.groupby(["group", "loss_reason"])["amount"].agg(n="size", amount=lambda part: part.sum(min_count=1)).reset_index()
    found["coded"] = found.groupby("group")["n"].transform("sum")
    found["share"] = found["n"] / found["coded"]
    found["lost"] = found["group"].map(whole).astype("float64")
    found = found.sort_values(["group", "n", "loss_reason"], ascending=[True, False, True], ignore_index=True)
    columns = ["loss_reason", "n", "share", "coded", "lost", "amount"]
    found = found.astype({"lost": "int64"}) if len(found) else found
    return found.rename(columns={"group": by})[[by, *columns]] if by else found[columns]
