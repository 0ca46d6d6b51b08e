"""The interval of the discount that a win takes against a rival."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.contest import deal_discounts, discount_to_win
from diligence.metrics.matching import size_halves

NAN = float("nan")


@dataclass(frozen=True)
class DiscountGap:
    """Mean discount of contested wins less that of uncontested wins, within cells: value, its 95% interval, and the wins on either side."""

    value: float
    low: float
    high: float
    contested: int
    uncontested: int


def discount_gap(quotes: pd.DataFrame, opportunities: pd.DataFrame, *, cells: tuple[str, ...] = ("segment", "size")) -> DiscountGap:
    """Estimate the discount to win with its interval: ``sum(w gap) +- 1.96 sqrt(sum w^2 s^2 (1 / n1 + 1 / n0))``, w the share of contested wins.

    ``s`` is the spread of discounts within cells and sides, pooled over all of them, since many a cell has few deals. Own arithmetic: a
    difference of means within strata, with the errors of the deals taken as independent.

    Parameters
    ----------
    quotes, opportunities, cells
        As :func:`diligence.metrics.contest.discount_to_win` takes them.

    Returns
    -------
    DiscountGap
        NaN where no cell has both kinds, or no cell has two deals of a kind.

    Examples
    --------
    >>> quotes = pd.DataFrame({"opportunity_id": list("abcd"), "quantity": 1, "list_price": 10.0, "net_price": [8.0, 7.8, 9.0, 9.2]})
    >>> deals = pd.DataFrame({"opportunity_id": list("abcd"), "status": "won", "competitive": [True, True, False, False], "segment": "s"})
    >>> round(discount_gap(quotes, deals, cells=("segment",)).value, 2)
    0.12
    """
    table = discount_to_win(quotes, opportunities, cells=cells)
    whole, both = table.iloc[-1], table.iloc[:-1].dropna(subset=["gap"])
    n1, n0 = both["n_contested"].to_numpy(dtype="float64"), both["n_uncontested"].to_numpy(dtype="float64")
    spread = _pooled_spread(quotes, opportunities, cells)
    half = NAN
    if len(both):
        weight = n1 / n1.sum()
        half = 1.96 * spread * float(np.sqrt((weight**2 * (1 / n1 + 1 / n0)).sum()))
    value = float(whole["gap"])
    return DiscountGap(value, value - half, value + half, int(whole["n_contested"]), int(whole["n_uncontested"]))


def _pooled_spread(quotes: pd.DataFrame, opportunities: pd.DataFrame, cells: tuple[str, ...]) -> float:
    won = opportunities[opportunities["status"].astype("str").eq("won") & opportunities["competitive"].notna()]
    sized = won.assign(size=size_halves(won)) if "size" in cells else won
    joined = sized.merge(deal_discounts(quotes), on="opportunity_id")
    keys = [joined[column].astype("object").where(joined[column].notna(), "").astype("str") for column in (*cells, "competitive")]
    groups = joined["discount"].groupby(keys)
    squares, freedom = groups.agg(lambda part: ((part - part.mean()) ** 2).sum()), groups.size() - 1
    return float(np.sqrt(squares.sum() / freedom.sum())) if freedom.sum() > 0 else NAN
