"""Why deals are lost, as the sellers coded it."""

import pandas as pd

from diligence.metrics.measure import need


def loss_reasons(opportunities: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Count coded loss reasons: ``share = n / coded losses`` of the group.

    A reason is what the seller wrote: price is the reason that flatters sellers, and no reason is written where nobody asked. ``coded``
    says how many losses have one.

    Parameters
    ----------
    opportunities
        ``status``, ``loss_reason``; ``amount`` where known; ``by``, whose blanks are left out.

    Returns
    -------
    DataFrame
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
