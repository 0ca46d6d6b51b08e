"""What a rival at the table does: how well the tag is kept, what discount a win takes, and the price beside the rival's."""

import numpy as np
import pandas as pd

from diligence.metrics.matching import size_halves
from diligence.metrics.measure import need


def tag_coverage(opportunities: pd.DataFrame, *, tag: str = "competitive") -> pd.DataFrame:
    """Say how completely a tag is kept, by outcome: ``coverage = tagged / n``.

    A rival is tagged where the seller knew of one, and sellers learn more about the deals that they lose. Where coverage differs by
    outcome, a win rate by the tag is biased; deals lost to a competitor and not tagged as contested are the proof.

    Parameters
    ----------
    opportunities
        ``status``, the boolean ``tag``; ``loss_reason`` where known.

    Returns
    -------
    DataFrame
        ``status`` (won, lost), ``n``, ``tagged`` (the tag is filled), ``coverage``, ``yes`` (tag is true), ``contradicted`` (lost to a
        competitor, but the tag is not true).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost", "lost"], "competitive": [None, True, False], "loss_reason": [None, "price", "competitor"]})
    >>> tag_coverage(deals)[["coverage", "contradicted"]].values.tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    need(opportunities, "status", tag)
    filled = opportunities[tag].notna().to_numpy()
    yes = filled & (opportunities[tag] == True).fillna(False).to_numpy(dtype="bool")  # noqa: E712 - a blank is neither
    reason = opportunities["loss_reason"].astype("str") if "loss_reason" in opportunities else pd.Series("", index=opportunities.index)
    against = reason.eq("competitor").to_numpy() & ~yes
    rows = []
    for status in ("won", "lost"):
        mine = opportunities["status"].astype("str").eq(status).to_numpy()
        n, tagged = int(mine.sum()), int((mine & filled).sum())
        rows.append((status, n, tagged, tagged / n if n else np.nan, int((mine & yes).sum()), int((mine & against).sum())))
    return pd.DataFrame(rows, columns=["status", "n", "tagged", "coverage", "yes", "contradicted"])


def tagged_win_rate_bounds(opportunities: pd.DataFrame, *, tag: str = "competitive") -> dict[str, float]:
    """Bound the win rate of tagged deals by what the untagged could be: ``low = won / (n + untagged lost)``, ``high = (won + untagged won) / (n + untagged won)``.

    Nothing is assumed about the untagged deals but their outcome (bounds of Manski 1989).

    Parameters
    ----------
    opportunities
        ``status`` and the boolean ``tag``, blank where not known.

    Returns
    -------
    dict
        ``value`` (of the tagged), ``low``, ``high`` (fractions), ``n`` (tagged as true), ``untagged``.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost", "won", "lost"], "competitive": [True, True, None, None]})
    >>> [round(value, 3) for value in tagged_win_rate_bounds(deals).values()]
    [0.5, 0.333, 0.667, 2, 2]
    """
    need(opportunities, "status", tag)
    status = opportunities["status"].astype("str")
    blank, yes = opportunities[tag].isna(), (opportunities[tag] == True).fillna(False)  # noqa: E712 - a blank is neither
    won, lost = (int((status.eq(word) & yes).sum()) for word in ("won", "lost"))
    more_won, more_lost = (int((status.eq(word) & blank).sum()) for word in ("won", "lost"))
    n = won + lost
    return {
        "value": won / n if n else np.nan,
        "low": won / (n + more_lost) if n + more_lost else np.nan,
        "high": (won + more_won) / (n + more_won) if n + more_won else np.nan,
        "n": n,
        "untagged": more_won + more_lost,
    }


def deal_discounts(quotes: pd.DataFrame) -> pd.DataFrame:
    """Give the discount of each deal from its quoted lines: ``1 - sum(net x quantity) / sum(list x quantity)``.

    Money first, then the ratio: a mean of the lines' discounts would let a line of a pound weigh as much as the licence.

    Parameters
    ----------
    quotes
        ``opportunity_id``, ``quantity``, ``list_price``, ``net_price`` (currency a unit). Lines at or below a list of nought are left out.

    Returns
    -------
    DataFrame
        ``opportunity_id``, ``list_value``, ``net_value`` (currency), ``discount`` (fraction; negative above list).

    Examples
    --------
    >>> lines = pd.DataFrame({"opportunity_id": ["o", "o"], "quantity": [1, 9], "list_price": [10.0, 10.0], "net_price": [10.0, 8.0]})
    >>> deal_discounts(lines)["discount"].round(2).tolist()
    [0.18]
    """
    need(quotes, "opportunity_id", "quantity", "list_price", "net_price")
    kept = quotes[quotes["opportunity_id"].notna() & (quotes["list_price"] > 0) & quotes["net_price"].notna() & (quotes["quantity"] > 0)]
    quantity = kept["quantity"].astype("float64")
    values = pd.DataFrame(
        {
            "opportunity_id": kept["opportunity_id"].astype("str"),
            "list_value": quantity * kept["list_price"].astype("float64"),
            "net_value": quantity * kept["net_price"].astype("float64"),
        }
    )
    summed = values.groupby("opportunity_id", sort=True).sum().reset_index()
    summed["discount"] = 1 - summed["net_value"] / summed["list_value"].where(summed["list_value"] > 0)
    return summed


def discount_to_win(quotes: pd.DataFrame, opportunities: pd.DataFrame, *, cells: tuple[str, ...] = ("segment", "size")) -> pd.DataFrame:
    """Give the discount that a win takes with a rival and without, cell by cell: ``gap = mean(contested wins) - mean(uncontested wins)``.

    Won deals only, like with like. It describes what was given away; it is no effect of discount on winning, since discounts go to deals
    about to be lost and to deals already won.

    Parameters
    ----------
    quotes
        As :func:`deal_discounts` takes them.
    opportunities
        ``opportunity_id``, ``status``, ``competitive`` and the columns of ``cells`` (``size`` from ``amount``).

    Returns
    -------
    DataFrame
        ``cell``, ``contested``, ``uncontested`` (mean discounts, fractions), ``n_contested``, ``n_uncontested``, ``gap``. A last row
        ``all cells`` weights the cells with both sides by their contested wins.

    Examples
    --------
    >>> quotes = pd.DataFrame({"opportunity_id": ["a", "b"], "quantity": 1, "list_price": 10.0, "net_price": [8.0, 9.0]})
    >>> deals = pd.DataFrame({"opportunity_id": ["a", "b"], "status": "won", "competitive": [True, False], "segment": "s"})
    >>> discount_to_win(quotes, deals, cells=("segment",))["gap"].round(2).tolist()
    [0.1, 0.1]
    """
    found = deal_discounts(quotes)
    need(opportunities, "opportunity_id", "status", "competitive", *(column for column in cells if column != "size"))
    won = opportunities[opportunities["status"].astype("str").eq("won") & opportunities["competitive"].notna()]
    if "size" in cells:
        won = won.assign(size=size_halves(won))
    joined = won.assign(opportunity_id=won["opportunity_id"].astype("str")).merge(found, on="opportunity_id")
    joined = joined[joined["discount"].notna()]
    names = [joined[column].astype("object").where(joined[column].notna(), "(not given)").astype("str") for column in cells]
    cell = names[0].str.cat(names[1:], sep=", ") if len(names) > 1 else names[0]
    side = np.where(joined["competitive"].astype("bool"), "contested", "uncontested")
    sums = joined["discount"].groupby([cell.rename("cell"), side]).agg(["mean", "count"]).unstack()
    table = pd.DataFrame({"cell": sums.index.astype("str")})
    for name in ("contested", "uncontested"):
        table[name] = sums["mean"][name].to_numpy() if len(sums) and name in sums["mean"] else np.nan
    for name in ("contested", "uncontested"):
        table[f"n_{name}"] = sums["count"][name].fillna(0).to_numpy() if len(sums) and name in sums["count"] else 0.0
    table["gap"] = table["contested"] - table["uncontested"]
    both = table[table["gap"].notna()]
    weight = both["n_contested"]
    mean = {
        name: float((both[name] * weight).sum() / weight.sum()) if len(both) else np.nan for name in ("contested", "uncontested", "gap")
    }
    counts = {name: float(both[name].sum()) for name in ("n_contested", "n_uncontested")}
    return pd.concat([table, pd.DataFrame([{"cell": "all cells", **mean, **counts}])[table.columns]], ignore_index=True)


def price_premium(opportunities: pd.DataFrame) -> pd.DataFrame:
    """Give our price against the rival's for the same, by outcome: ``premium = (amount - rival_price) / rival_price``.

    Rival prices are known where a buyer told them, most often to press for a discount: the premium at a win is read beside the one at a
    loss and beside how many prices are known.

    Parameters
    ----------
    opportunities
        ``status``, ``amount``, ``rival_price`` (currency, for the same).

    Returns
    -------
    DataFrame
        ``status`` (won, lost), ``n`` (with a rival price), ``of`` (deals of that outcome), ``mean``, ``median`` (mean and median of the
        deals' premiums), ``of_money`` (``sum(amount) / sum(rival_price) - 1``).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "won"], "amount": [90.0, 200.0], "rival_price": [100.0, 200.0]})
    >>> price_premium(deals)[["mean", "of_money"]].round(3).values.tolist()[0]
    [-0.05, -0.033]
    """
    need(opportunities, "status", "amount", "rival_price")
    rows = []
    for status in ("won", "lost"):
        mine = opportunities[opportunities["status"].astype("str").eq(status)]
        known = mine[(mine["rival_price"] > 0) & mine["amount"].notna()].astype({"amount": "float64", "rival_price": "float64"})
        premium = known["amount"] / known["rival_price"] - 1
        whole = known["amount"].sum() / known["rival_price"].sum() - 1 if len(known) else np.nan
        rows.append((status, len(known), len(mine), premium.mean(), premium.median(), whole))
    return pd.DataFrame(rows, columns=["status", "n", "of", "mean", "median", "of_money"])
