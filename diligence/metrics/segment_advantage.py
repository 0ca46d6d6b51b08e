"""The right to win by segment: where deals are won more often, customers kept longer, and money left after the cost of selling."""

import pandas as pd

from diligence.metrics.measure import need


def win_rates(opportunities: pd.DataFrame, *, by: str = "segment") -> pd.DataFrame:
    """Share of decided deals that were won: ``won / (won + lost)``; no decision is a loss, an open deal is neither.

    Parameters
    ----------
    opportunities
        ``opportunity_id, status`` (``open``, ``won``, ``lost``) and ``by``; the deals to be compared, such as new business of some years.
    by
        A column to cut by.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction), ``numerator`` (won), ``denominator`` (decided).

    Examples
    --------
    >>> deals = pd.DataFrame({"opportunity_id": [1, 2, 3], "segment": "mid", "status": ["won", "lost", "open"]})
    >>> win_rates(deals).values.tolist()
    [['mid', 0.5, 1, 2]]
    """
    need(opportunities, "opportunity_id", "status", by)
    decided = opportunities[opportunities["status"].isin(["won", "lost"]) & opportunities[by].notna()]
    frame = pd.DataFrame({by: decided[by].astype("str"), "numerator": decided["status"].eq("won").astype("int64"), "denominator": 1})
    sums = frame.groupby(by, sort=True)[["numerator", "denominator"]].sum().reset_index()
    sums.insert(1, "value", sums["numerator"] / sums["denominator"])
    return sums


def advantage(rates: pd.DataFrame, *, by: str = "segment") -> pd.DataFrame:
    """Each group against all others together: ``ratio = rate / rate of the others``, ``gap = rate - rate of the others``.

    The rate of the others is their sum of numerators over their sum of denominators, not a mean of their rates.

    Parameters
    ----------
    rates
        ``by, numerator, denominator``: win rates, retention in money, any ratio.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction), ``others`` (fraction), ``ratio, gap, n`` (denominator), ``n_others``; NaN where there are no others.

    Examples
    --------
    >>> rates = pd.DataFrame({"segment": ["a", "b"], "numerator": [30, 10], "denominator": [50, 50]})
    >>> advantage(rates)["ratio"].round(3).tolist()
    [3.0, 0.333]
    """
    need(rates, by, "numerator", "denominator")
    sums = rates.groupby(by, sort=True, observed=True)[["numerator", "denominator"]].sum().astype("float64")
    rest = sums.sum() - sums
    value = sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)
    others = rest["numerator"] / rest["denominator"].where(rest["denominator"] > 0)
    table = pd.DataFrame({"value": value, "others": others, "ratio": value / others.where(others > 0), "gap": value - others})
    return table.assign(n=sums["denominator"], n_others=rest["denominator"]).reset_index()


def segment_contribution(revenue: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Contribution of each segment: ``sum(amount x gross margin) - cost of those who sell to it``, and its margin on revenue.

    Parameters
    ----------
    revenue
        ``segment, amount`` (currency a year), ``gross_margin`` (fraction) by product.
    costs
        ``segment, amount`` (currency a year): people and territories that serve the segment alone; what serves all is in no segment.

    Returns
    -------
    DataFrame
        ``segment, value`` (contribution over revenue), ``numerator`` (contribution), ``denominator`` (revenue), ``gross_profit, cost``. NaN where
        the margin of a product that is sold is not known.

    Examples
    --------
    >>> revenue = pd.DataFrame({"segment": ["mid"], "amount": [100.0], "gross_margin": [0.8]})
    >>> segment_contribution(revenue, pd.DataFrame({"segment": ["mid"], "amount": [30.0]}))["value"].tolist()
    [0.5]
    """
    need(revenue, "segment", "amount", "gross_margin")
    need(costs, "segment", "amount")
    profit = revenue["amount"] * revenue["gross_margin"]
    lacking = (profit.isna() & revenue["amount"].ne(0)).groupby(revenue["segment"], observed=True).any()
    sums = revenue.assign(profit=profit).groupby("segment", sort=True, observed=True)[["amount", "profit"]].sum().astype("float64")
    cost = costs.groupby("segment", observed=True)["amount"].sum().astype("float64").reindex(sums.index).fillna(0.0)
    gross = sums["profit"].mask(lacking.reindex(sums.index))
    left = gross - cost
    table = pd.DataFrame({"value": left / sums["amount"].where(sums["amount"] > 0), "numerator": left, "denominator": sums["amount"]})
    return table.assign(gross_profit=gross, cost=cost).reset_index()
