"""Share of market, by segment and for the company."""

import pandas as pd

from diligence.facts.deals import SEGMENT, Deals
from diligence.facts.sheet import NAN
from diligence.metrics.share_of_voice import stated_share_of_market
from diligence.periods import month_label

LEADER = 2.0


def latest_shares(deals: Deals) -> pd.DataFrame:
    """Fill in the target's share of each segment in the latest year; give ``segment, year, value, rival, relative``."""
    if not deals.room.has("competitors", "share"):
        return pd.DataFrame()
    shares = stated_share_of_market(deals.room.table("competitors"))
    known = shares[shares["value"].notna()]
    latest = known[known["year"] == known["year"].max()].reset_index(drop=True)
    for row in latest.itertuples():
        period = f"{row.year}"
        deals.number("authority.share_of_market", row.value, segment=str(row.segment), period=period)
        deals.number("authority.relative_share", row.relative, segment=str(row.segment), period=period, reason="no rival's share is known")
    if latest.empty:
        deals.sheet.complete(["authority.share_of_market", "authority.relative_share"], "the target is not among the competitors as 'self'")
        return latest
    own, _ = company_share(deals, latest)
    deals.number(
        "authority.share_of_market",
        own,
        period=f"{latest['year'].iloc[0]}",
        reason="segments without a serviceable market cannot be weighted",
    )
    _category_of_one(deals, latest)
    return latest


def company_share(deals: Deals, shares: pd.DataFrame) -> tuple[float, bool]:
    """Weight the segments' shares by their serviceable market; NaN and False where it is not known for all of them."""
    if len(shares) == 1:
        return float(shares["value"].iloc[0]), True
    market = deals.room.table("market") if deals.room.has("market", "sam") else pd.DataFrame(columns=["segment", "year", "sam"])
    same = market[market["year"] == shares["year"].iloc[0]].groupby("segment")["sam"].sum()
    size = shares["segment"].map(same).astype("float64")
    if size.isna().any() or not size.sum() > 0:
        return NAN, False
    return float((shares["value"] * size).sum() / size.sum()), True


def _category_of_one(deals: Deals, latest: pd.DataFrame) -> None:
    worth = deals.worth
    if SEGMENT not in deals.room.customers or worth.empty:
        return
    segment = worth["customer_id"].map(deals.room.segments(SEGMENT))
    leading = set(latest.loc[latest["relative"] > LEADER, "segment"].astype("str"))
    part, whole = float(worth.loc[segment.isin(leading), "amount"].sum()), float(worth["amount"].sum())
    deals.number("authority.category_of_one", part / whole, n=len(worth), numerator=part, denominator=whole, period=month_label(deals.end))
