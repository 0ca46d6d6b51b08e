"""The stack of commercial tools: what overlaps, what is idle, what nobody owns."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


def tool_overlap(stack: pd.DataFrame) -> pd.DataFrame:
    """Count tools and cost by category, and what is there twice: ``overlap_cost = cost - cost of the most used tool`` of each category.

    Parameters
    ----------
    stack
        ``tool, category``; ``annual_cost`` (currency a year), ``used_share`` (fraction), ``owner, approved_by, integrated_with`` where given. A tool
        without a category overlaps with none.

    Returns
    -------
    DataFrame
        ``category, tools, extra`` (beyond the first), ``cost, overlap_cost, idle_cost`` (``cost x (1 - used_share)``), ``unowned, unapproved,
        alone`` (tools that are integrated with none); by cost.

    Examples
    --------
    >>> stack = pd.DataFrame({"tool": ["a", "b"], "category": "analytics", "annual_cost": [30.0, 10.0], "used_share": [0.5, 0.9]})
    >>> tool_overlap(stack)[["extra", "overlap_cost", "idle_cost"]].values.tolist()
    [[1.0, 30.0, 16.0]]
    """
    need(stack, "tool", "category")
    columns = ["category", "tools", "extra", "cost", "overlap_cost", "idle_cost", "unowned", "unapproved", "alone"]
    if stack.empty:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[1:], "float64"))
    alone = ("tool " + stack["tool"].astype("str")).where(stack["category"].isna())
    cost = stack["annual_cost"].astype("float64") if "annual_cost" in stack else pd.Series(np.nan, index=stack.index)
    used = stack["used_share"].astype("float64") if "used_share" in stack else pd.Series(np.nan, index=stack.index)
    frame = pd.DataFrame({"category": stack["category"].astype("object").where(stack["category"].notna(), alone).astype("str")})
    frame = frame.assign(tools=1, cost=cost, idle_cost=cost * (1 - used), used=used.fillna(-1.0))
    for name, column in (("unowned", "owner"), ("unapproved", "approved_by"), ("alone", "integrated_with")):
        frame[name] = stack[column].isna().astype("float64") if column in stack else np.nan
    best = frame.sort_values(["used", "cost"], ascending=False).drop_duplicates("category").set_index("category")["cost"]
    found = frame.drop(columns="used").groupby("category").sum(min_count=1).reset_index()
    found["overlap_cost"] = (found["cost"] - found["category"].map(best)).where(found["tools"] > 1, 0.0)
    found["extra"] = found["tools"] - 1
    return found.sort_values(["cost", "category"], ascending=[False, True], ignore_index=True)[columns]
