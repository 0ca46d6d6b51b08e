"""Share of voice and share of search against share of market."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

OWN = "self"


def share_of_voice(visibility: pd.DataFrame, *, by: tuple[str, ...] = ("measure",), own: str = OWN) -> pd.DataFrame:
    """Give the brand's share of what is seen of all brands, by measure: ``own / all``. On ``search`` this is the share of search.

    Counts are summed first; a mean of monthly shares would weigh a quiet month like a loud one.

    Parameters
    ----------
    visibility
        ``brand`` (the target is ``self``), ``value`` (count), and the columns of ``by``.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``own``, ``all`` (counts), ``value`` (fraction; NaN where nothing is seen), ``brands``.

    Notes
    -----
    Source: Binet and Field, The long and the short of it, 2013; share of search after Binet, IPA 2020.

    Examples
    --------
    >>> seen = pd.DataFrame({"measure": "search", "brand": ["self", "rival"], "value": [10.0, 30.0]})
    >>> share_of_voice(seen)["value"].tolist()
    [0.25]
    """
    need(visibility, "brand", "value", *by)
    columns = [*by, "own", "all", "value", "brands"]
    if visibility.empty:
        return pd.DataFrame(columns=columns).astype({"own": "float64", "all": "float64", "value": "float64", "brands": "float64"})
    frame = visibility.assign(
        all=visibility["value"].astype("float64"),
        own=visibility["value"].astype("float64").where(visibility["brand"].astype("str").eq(own), 0.0),
    )
    found = frame.groupby(list(by), sort=True).agg(own=("own", "sum"), all=("all", "sum"), brands=("brand", "nunique")).reset_index()
    found["value"] = found["own"] / found["all"].where(found["all"] > 0)
    return found[columns]


def stated_share_of_market(competitors: pd.DataFrame, *, own: str = OWN) -> pd.DataFrame:
    """Give the target's share of each segment's spend by year, and its size beside the largest rival: ``relative = own / largest rival``.

    Parameters
    ----------
    competitors
        ``segment``, ``competitor`` (the target is ``self``), ``year``, ``share`` (fraction of the segment's spend).

    Returns
    -------
    DataFrame
        ``segment, year, value`` (own share), ``rival`` (share of the largest), ``relative``, ``covered`` (sum of the shares given).

    Examples
    --------
    >>> shares = pd.DataFrame({"segment": "a", "competitor": ["self", "x"], "year": 2026, "share": [0.4, 0.2]})
    >>> stated_share_of_market(shares)[["value", "relative", "covered"]].round(2).values.tolist()
    [[0.4, 2.0, 0.6]]
    """
    need(competitors, "segment", "competitor", "year", "share")
    mine = competitors["competitor"].astype("str").eq(own)
    parts = competitors.assign(
        value=competitors["share"].astype("float64").where(mine), rival=competitors["share"].astype("float64").where(~mine)
    )
    found = parts.groupby(["segment", "year"], sort=True).agg(
        value=("value", lambda part: part.sum(min_count=1)), rival=("rival", "max"), covered=("share", "sum")
    )
    found = found.reset_index().astype({"value": "float64", "rival": "float64", "covered": "float64"})
    found["relative"] = found["value"] / found["rival"].where(found["rival"] > 0)
    return found[["segment", "year", "value", "rival", "relative", "covered"]]


def excess_share_of_voice(voice: pd.DataFrame, market: pd.DataFrame) -> pd.DataFrame:
    """Set each measure of voice against each segment's share of market: ``excess = voice - market``.

    Visibility is seldom kept by segment, so one voice stands beside several markets: the table says so by giving all pairs.

    Parameters
    ----------
    voice
        ``measure``, ``value`` (fraction), as :func:`share_of_voice` gives them.
    market
        ``segment``, ``value`` (fraction), one row a segment.

    Returns
    -------
    DataFrame
        ``measure, segment, voice, market, excess`` (fractions).

    Examples
    --------
    >>> excess_share_of_voice(pd.DataFrame({"measure": ["search"], "value": [0.1]}), pd.DataFrame({"segment": ["a"], "value": [0.4]}))["excess"].round(2).tolist()
    [-0.3]
    """
    need(voice, "measure", "value")
    need(market, "segment", "value")
    pairs = (
        voice[["measure", "value"]]
        .rename(columns={"value": "voice"})
        .merge(market[["segment", "value"]].rename(columns={"value": "market"}), how="cross")
    )
    pairs["excess"] = pairs["voice"].astype("float64") - pairs["market"].astype("float64")
    return (
        pairs[["measure", "segment", "voice", "market", "excess"]]
        .sort_values(["measure", "segment"], ignore_index=True)
        .replace({np.inf: np.nan})
    )
