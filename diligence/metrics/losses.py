"""Why deals are lost, as the sellers coded it."""

import pandas as pd

from diligence.metrics.measure import need


def loss_reasons(opportunities: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Share of lost deals by coded reason: ``lost for the reason / lost with a reason``; no decision is one of them.

    A reason is what the seller wrote: price is the reason that flatters sellers, and none is written where nobody asked. Deals without a
    reason are in neither line; ``uncoded`` says how many they are. Shares of a group add up to one.

    Parameters
    ----------
    opportunities
        ``status`` (``lost`` counts), ``loss_reason``; ``amount`` where known; ``by``, whose blanks are left out.

    Returns
    -------
    DataFrame
        ``by``, ``loss_reason``, ``value`` (fraction), ``numerator, denominator`` (deals), ``lost`` (all losses of the group), ``uncoded``
        (share of them, fraction), ``amount`` (currency; NaN without one); the most frequent reason first.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["lost", "lost", "lost", "won"], "loss_reason": ["price", "terms", None, None]})
    >>> loss_reasons(deals)[["loss_reason", "value", "denominator", "lost"]].values.tolist()
    [['price', 0.5, 2, 3], ['terms', 0.5, 2, 3]]
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
    found = coded.groupby(["group", "loss_reason"])["amount"].agg(numerator="size", amount=lambda part: part.sum(min_count=1)).reset_index()
    found["denominator"] = found.groupby("group")["numerator"].transform("sum").astype("int64")
    found["value"] = found["numerator"] / found["denominator"]
    found["lost"] = whole.reindex(found["group"]).to_numpy(dtype="int64")
    found["uncoded"] = 1 - found["denominator"] / found["lost"]
    found = found.sort_values(["group", "numerator", "loss_reason"], ascending=[True, False, True], ignore_index=True)
    columns = ["loss_reason", "value", "numerator", "denominator", "lost", "uncoded", "amount"]
    return found.rename(columns={"group": by})[[by, *columns]] if by else found[columns]
