"""Why deals are lost: to no decision, to a gap in the product, to price; coded reasons only."""

import pandas as pd

from diligence.metrics.measure import need


def loss_reasons(opportunities: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Share of lost deals by coded reason: ``lost for the reason / lost with a reason``; no decision is one of them.

    Deals without a reason are in neither line; ``uncoded`` says how many they are. Shares of a group add up to one.

    Parameters
    ----------
    opportunities
        ``opportunity_id, status`` (``lost`` counts), ``loss_reason`` and ``by``.

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
