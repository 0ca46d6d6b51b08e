"""Share of market by segment, from the target's own revenue and from what is said of the rivals, and how concentrated sellers are."""

import pandas as pd

from diligence.metrics.measure import need


def share_of_market(revenue: pd.DataFrame, market: pd.DataFrame, *, of: str = "tam") -> pd.DataFrame:
    """Share of market: own revenue over what the segment spends, ``sum(amount) / sum(tam)``.

    Revenue in segments that the market table does not know is in no share; a share of the whole counts known segments only.

    Parameters
    ----------
    revenue
        ``segment, amount`` (currency a year): recurring revenue, one or more rows a segment.
    market
        ``segment`` and the measure, of one year: as :func:`diligence.metrics.market_size.top_down_market` gives it.
    of
        ``tam``: all that the segment spends, as rivals' shares are stated; ``sam``: the part that the offer can serve.

    Returns
    -------
    DataFrame
        ``segment, value`` (fraction; NaN where the market is unknown), ``numerator, denominator`` (currency a year).

    Examples
    --------
    >>> revenue = pd.DataFrame({"segment": ["mid", "mid", "big"], "amount": [30.0, 10.0, 5.0]})
    >>> share_of_market(revenue, pd.DataFrame({"segment": ["mid", "big"], "tam": [100.0, 500.0]}))["value"].tolist()
    [0.01, 0.4]
    """
    need(revenue, "segment", "amount")
    need(market, "segment", of)
    own = revenue.groupby("segment", observed=True)["amount"].sum()
    own.index = own.index.astype("str")
    size = market.groupby("segment", observed=True)[of].sum(min_count=1).astype("float64")
    size.index = size.index.astype("str")
    table = pd.DataFrame({"numerator": own.reindex(size.index).fillna(0.0), "denominator": size}).sort_index()
    table.insert(0, "value", table["numerator"] / table["denominator"].where(table["denominator"] > 0))
    return table.rename_axis("segment").reset_index()


def stated_shares(competitors: pd.DataFrame, *, year: int | None = None) -> pd.DataFrame:
    """Shares of sellers as stated, with each one's rank and its share relative to the largest rival: ``share / max(share of others)``.

    Parameters
    ----------
    competitors
        ``segment, competitor, year, share`` (fraction of the segment's spend); the target is the row ``self``.
    year
        The latest, where left out.

    Returns
    -------
    DataFrame
        ``segment, competitor, year, share, relative_share`` (ratio), ``rank`` (1 is the largest); largest first in each segment.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": "mid", "competitor": ["self", "A", "B"], "year": 2026, "share": [0.4, 0.2, 0.1]})
    >>> stated_shares(rows)["relative_share"].tolist()
    [2.0, 0.5, 0.25]
    """
    need(competitors, "segment", "competitor", "year", "share")
    known = competitors[["segment", "competitor", "year", "share"]].astype({"share": "float64"}).dropna()
    found = known[known["year"] == (known["year"].max() if year is None else year)]
    found = found.groupby(["segment", "competitor", "year"], as_index=False, observed=True)["share"].sum()
    found = found.sort_values(["segment", "share", "competitor"], ascending=[True, False, True], kind="stable", ignore_index=True)
    place = found.groupby("segment").cumcount()
    top = found.groupby("segment")["share"].transform("first")
    second = found["share"].where(place == 1).groupby(found["segment"]).transform("max")
    rival = top.where(place > 0, second)
    return found.assign(relative_share=found["share"] / rival.where(rival > 0), rank=place + 1)


def vendor_concentration(competitors: pd.DataFrame, *, year: int | None = None) -> pd.DataFrame:
    """Herfindahl-Hirschman index of sellers in points, between what the named ones alone give and what one seller of the rest would add.

    ``10,000 x sum(share^2)`` of the named; ``high`` adds ``10,000 x (1 - sum(share))^2``. Between 1,000 and 1,800 is moderate, above it high
    (US Merger Guidelines 2023, 2.1).

    Parameters
    ----------
    competitors
        As for :func:`stated_shares`.

    Returns
    -------
    DataFrame
        ``segment, value, high`` (points), ``named`` (share of the named, fraction), ``n`` (sellers).

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": "s", "competitor": list("abcd"), "year": 2026, "share": [0.3, 0.3, 0.2, 0.2]})
    >>> vendor_concentration(rows)["value"].round(6).tolist()
    [2600.0]
    """
    found = stated_shares(competitors, year=year)
    squared = found.assign(square=found["share"] ** 2 * 10_000, n=1)
    table = squared.groupby("segment", sort=True)[["square", "share", "n"]].sum().reset_index()
    rest = (1 - table["share"]).clip(lower=0)
    return pd.DataFrame(
        {
            "segment": table["segment"],
            "value": table["square"],
            "high": table["square"] + 10_000 * rest**2,
            "named": table["share"],
            "n": table["n"].astype("int64"),
        }
    )
