"""Where new business comes from: shares of channels and sources, and whether the recorded source can be believed."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

UNKNOWN = "(unknown)"
INBOUND = ("organic", "direct", "referral", "content", "brand", "inbound", "word_of_mouth", "website")
PAID = ("paid", "display", "ads", "affiliate", "tv", "radio", "sponsor")


def channel_mix(won: pd.DataFrame, *, by: str = "channel") -> pd.DataFrame:
    """Give the share of each channel in what was won; a blank one is ``(unknown)``, never left out.

    Parameters
    ----------
    won
        ``amount`` (currency a year) and ``by``: one row a customer.
    by
        ``channel``, ``sourced_by`` or another column.

    Returns
    -------
    DataFrame
        ``by, amount, customers, share`` (of the money), ``customer_share``; the largest first.

    Examples
    --------
    >>> channel_mix(pd.DataFrame({"amount": [3.0, 1.0], "channel": ["events", None]}))["share"].tolist()
    [0.75, 0.25]
    """
    need(won, "amount", by)
    named = won[by].where(won[by].notna() & (won[by].astype("str").str.strip() != ""), UNKNOWN).astype("str")
    sums = won["amount"].fillna(0.0).astype("float64").groupby(named.to_numpy()).agg(["sum", "size"])
    found = sums.rename_axis(by).reset_index().rename(columns={"sum": "amount", "size": "customers"})
    total, count = found["amount"].sum(), found["customers"].sum()
    found["share"] = found["amount"] / total if total else np.nan
    found["customer_share"] = found["customers"] / count if count else np.nan
    return found.sort_values(["amount", by], ascending=[False, True], kind="stable", ignore_index=True)


def is_inbound(channels: pd.Series) -> pd.Series:
    """Say for each channel whether the customer came by itself: organic and brand search, direct visits, content, referrals.

    >>> is_inbound(pd.Series(["organic_search", "outbound", "Direct"])).tolist()
    [True, False, True]
    """
    return _named(channels, INBOUND)


def is_paid(channels: pd.Series) -> pd.Series:
    """Say for each channel whether it is bought reach.

    >>> is_paid(pd.Series(["paid_search", "events"])).tolist()
    [True, False]
    """
    return _named(channels, PAID)


def _named(channels: pd.Series, words: tuple[str, ...]) -> pd.Series:
    text = channels.fillna("").astype("str").str.lower().str.replace(r"[\s-]+", "_", regex=True)
    return text.str.contains(r"(?:^|_)(?:" + "|".join(words) + ")", regex=True)


def overwritten_sources(leads: pd.DataFrame, opportunities: pd.DataFrame) -> pd.DataFrame:
    """Find opportunities of several leads whose channel is not the first lead's: a merge of records kept the later source.

    Parameters
    ----------
    leads
        ``created_on, channel, opportunity_id``.
    opportunities
        ``opportunity_id, channel``.

    Returns
    -------
    DataFrame
        ``opportunity_id, first`` (channel of the earliest lead), ``channel`` (as recorded now), ``overwritten``: one row for each opportunity with
        leads of more than one channel.

    Examples
    --------
    >>> leads = pd.DataFrame({"created_on": ["2026-01-01", "2026-02-01"], "channel": ["events", "search"], "opportunity_id": "o"})
    >>> overwritten_sources(leads, pd.DataFrame({"opportunity_id": ["o"], "channel": ["search"]}))["overwritten"].tolist()
    [True]
    """
    need(leads, "created_on", "channel", "opportunity_id")
    need(opportunities, "opportunity_id", "channel")
    known = leads[leads["opportunity_id"].notna() & leads["channel"].notna()]
    known = known.assign(created_on=pd.to_datetime(known["created_on"])).sort_values(
        ["opportunity_id", "created_on", "channel"], kind="stable"
    )
    grouped = known.groupby("opportunity_id", observed=True)["channel"]
    several = grouped.nunique()
    first = grouped.first()[several > 1].rename("first")
    found = (
        opportunities[["opportunity_id", "channel"]]
        .dropna()
        .drop_duplicates("opportunity_id")
        .join(first, on="opportunity_id", how="inner")
    )
    found = found.assign(overwritten=(found["first"] != found["channel"]).astype("bool"))
    return found[["opportunity_id", "first", "channel", "overwritten"]].reset_index(drop=True)


def source_agreement(leads: pd.DataFrame, touches: pd.DataFrame) -> pd.DataFrame:
    """Say for each lead with recorded touches whether its channel is that of the first touch, and of the last.

    Parameters
    ----------
    leads
        ``lead_id, channel``.
    touches
        ``lead_id, touched_at, channel``.

    Returns
    -------
    DataFrame
        ``lead_id, channel, first, last, is_first, is_last``; leads of one touch alone say nothing and are left out.

    Examples
    --------
    >>> leads = pd.DataFrame({"lead_id": ["l"], "channel": ["search"]})
    >>> touches = pd.DataFrame({"lead_id": "l", "touched_at": ["2026-01-01", "2026-02-01"], "channel": ["events", "search"]})
    >>> source_agreement(leads, touches)[["is_first", "is_last"]].values.tolist()
    [[False, True]]
    """
    need(leads, "lead_id", "channel")
    need(touches, "lead_id", "touched_at", "channel")
    ordered = touches.assign(touched_at=pd.to_datetime(touches["touched_at"])).sort_values(
        ["lead_id", "touched_at", "channel"], kind="stable"
    )
    grouped = ordered.groupby("lead_id", observed=True)["channel"]
    ends = pd.DataFrame({"first": grouped.first(), "last": grouped.last()})[grouped.size() > 1]
    found = leads[["lead_id", "channel"]].dropna().join(ends, on="lead_id", how="inner")
    flags = {"is_first": found["channel"] == found["first"], "is_last": found["channel"] == found["last"]}
    return found.assign(**{name: flag.astype("bool") for name, flag in flags.items()}).reset_index(drop=True)
