"""What customers say of the company, weighted by what they are worth, and whom they bring."""

import pandas as pd

from diligence.facts.deals import Deals
from diligence.facts.sheet import NAN
from diligence.metrics.nps import net_promoter_score
from diligence.metrics.pull import referral_share
from diligence.models.nps_interval import nps_interval
from diligence.periods import month_label

YEAR, RECENT = 12, 24


def promoters(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the net promoter score by count and by worth, by segment, and the revenue of detractors."""
    if not deals.room.has("nps"):
        return {}
    answers = _within(deals, 0)
    if answers.empty:
        deals.sheet.complete(
            [f"authority.{name}" for name in ("nps", "nps_weighted", "nps_change")], "no answers in the last twelve months"
        )
        return {}
    period = deals.label(YEAR)
    own = answers.assign(segment=deals.segment_of(answers))
    for segment, part in deals.cuts(own):
        row = net_promoter_score(part).iloc[0]
        low, high = nps_interval(part, deals.generator())
        deals.number(
            "authority.nps", row["value"], n=row["n"], low=low, high=high, segment=segment, period=period,
            numerator=row["promoters"] - row["detractors"], denominator=row["n"],
        )  # fmt: skip
    before = net_promoter_score(_within(deals, YEAR)).iloc[0]
    now = net_promoter_score(own).iloc[0]
    deals.number(
        "authority.nps_change", now["value"] - before["value"], n=min(before["n"], now["n"]), period=period, reason="no answers a year ago"
    )
    _by_worth(deals, own)
    return {"promoters": net_promoter_score(own, deals.worth, by="segment")}


def _within(deals: Deals, back: int) -> pd.DataFrame:
    """Answers of the twelve months that ended so many months ago."""
    answers = deals.room.table("nps")
    day = pd.to_datetime(answers["date"])
    start, end = (pd.Timestamp(deals.since(back + YEAR)), pd.Timestamp(deals.last_day) - pd.DateOffset(months=back))
    return answers[(day >= start) & (day <= end)]


def _by_worth(deals: Deals, answers: pd.DataFrame) -> None:
    worth, month, year = deals.worth, month_label(deals.end), deals.label(YEAR)
    held = answers[answers["customer_id"].notna()]
    whole = float(worth["amount"].sum())
    names = ("nps_weighted", "nps_cover", "detractor_revenue", "detractor_share")
    if not whole or held.empty:
        deals.sheet.complete([f"authority.{name}" for name in names], "no answering customer has recurring revenue")
        return
    row = net_promoter_score(held, worth).iloc[0]
    low, high = nps_interval(held, deals.generator(), worth=worth)
    n, answered, risk = float(row["n"]), float(row["worth"]), float(row["at_risk"])
    deals.number("authority.nps_weighted", row["weighted"], n=n, low=low, high=high, period=year)
    deals.number("authority.nps_cover", answered / whole, n=n, numerator=answered, denominator=whole, period=month)
    deals.number("authority.detractor_revenue", risk, n=float(row["detractors"]), period=month)
    share = risk / answered if answered else NAN
    deals.number(
        "authority.detractor_share",
        share,
        n=n,
        numerator=risk,
        denominator=answered,
        period=month,
        reason="no answering customer has recurring revenue",
    )


def referrals(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the share of new customers that another customer brought."""
    room = deals.room
    if not room.has("customers", "acquired_on") or not (room.has("customers", "referred_by") or room.has("customers", "sourced_by")):
        return {}
    customers = room.customers
    day = pd.to_datetime(customers["acquired_on"])
    bought = customers["sourced_by"].astype("str").eq("acquisition")
    mine = customers[(day >= pd.Timestamp(deals.since(RECENT))) & (day <= pd.Timestamp(deals.last_day)) & ~bought]
    mine = mine.assign(segment=deals.segment_of(mine))
    for segment, part in deals.cuts(mine):
        row = referral_share(part).iloc[0]
        deals.share("authority.referral_share", row["referred"], row["n"], segment=segment, period=deals.label(RECENT))
    return {}
