"""Whether demand comes by the name, and how the brand's voice stands to its share of the market."""

import pandas as pd

from diligence.facts.authority.market_share import company_share, latest_shares
from diligence.facts.deals import Deals
from diligence.facts.sheet import NAN
from diligence.metrics.pull import pull_share, pulled
from diligence.metrics.share_of_voice import excess_share_of_voice, share_of_voice
from diligence.models.esov import RATE, share_half_life, share_path
from diligence.models.intervals import ratio_interval
from diligence.periods import month_label

YEAR = 12
MEASURES = {"search": "authority.share_of_search", "media": "authority.share_of_media"}
UNSEEN = "no visibility of the target among other brands in the last twelve months"


def demand(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what share of opportunities and leads came by the name, and what the founder brought."""
    room = deals.room
    if room.has("opportunities", "channel", "created_on"):
        created = _created(deals)
        for segment, part in deals.cuts(created):
            row = pull_share(part).iloc[0]
            deals.share("authority.pull_share", row["pull"], row["n"], segment=segment)
            _pull_money(deals, part, segment)
    if room.has("opportunities", "sourced_by", "created_on", "amount"):
        _founder(deals, _created(deals))
    if room.has("leads", "channel"):
        leads = room.table("leads")
        day = pd.to_datetime(leads["created_on"])
        recent = leads[(day >= pd.Timestamp(deals.since(YEAR))) & (day <= pd.Timestamp(deals.last_day))]
        row = pull_share(recent).iloc[0]
        deals.share("authority.pull_share_leads", row["pull"], row["n"], period=deals.label(YEAR))
    return {}


def _created(deals: Deals) -> pd.DataFrame:
    day = pd.to_datetime(deals.new["created_on"])
    return deals.new[(day >= pd.Timestamp(deals.since(deals.reach))) & (day <= pd.Timestamp(deals.last_day))]


def _pull_money(deals: Deals, part: pd.DataFrame, segment: str) -> None:
    row = pull_share(part).iloc[0]
    amount = part["amount"].astype("float64").fillna(0.0)
    mine = amount.where(pulled(part), 0.0)
    low, high = ratio_interval(mine, amount, deals.generator())
    deals.number(
        "authority.pull_share_money", row["amount_share"], n=row["n"], low=low, high=high,
        numerator=row["pull_amount"], denominator=row["amount"], segment=segment, reason="opportunities without amounts",
    )  # fmt: skip


def _founder(deals: Deals, created: pd.DataFrame) -> None:
    known = created[created["amount"].notna()]
    amount = known["amount"].astype("float64")
    mine = amount.where(known["sourced_by"].astype("str").eq("founder"), 0.0)
    low, high = ratio_interval(mine, amount, deals.generator())
    whole, part = float(amount.sum()), float(mine.sum())
    value = part / whole if whole > 0 else NAN
    deals.number(
        "authority.founder_sourced",
        value,
        n=len(known),
        low=low,
        high=high,
        numerator=part,
        denominator=whole,
        reason="opportunities without amounts",
    )


def voice(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in shares of voice, shares of market, the excess, and what the plan would take."""
    seen, frames = _seen(deals), {}
    shares = latest_shares(deals)
    if not seen.empty:
        frames["voice"] = seen
    if shares.empty or seen.empty:
        return frames
    measure = next((name for name in ("media", "search") if name in set(seen["measure"])), "")
    if not measure:
        return frames
    now = float(seen.set_index("measure")["value"][measure])
    pairs = excess_share_of_voice(seen, shares)
    own, weighted = company_share(deals, shares)
    for row in pairs[pairs["measure"] == measure].itertuples():
        segment = str(row.segment) if len(shares) > 1 else ""
        deals.number("authority.excess_voice", row.excess, n=len(shares), segment=segment, numerator=row.voice, denominator=row.market)
    if len(shares) > 1:
        reason = "segments without a serviceable market cannot be weighted" if not weighted else ""
        deals.number("authority.excess_voice", now - own, n=len(shares), numerator=now, denominator=own, reason=reason)
    if pd.notna(own):
        path = share_path(own, now, years=10)
        end = path.set_index("year").loc[5]
        deals.number("authority.share_in_five_years", end["value"], low=end["low"], high=end["high"])
        deals.number("authority.voice_half_life", share_half_life(rate=RATE))
        frames["path"] = path.assign(voice=now)
        _plan(deals, own, now)
    return frames | {"excess": pairs}


def _seen(deals: Deals) -> pd.DataFrame:
    """Shares of voice of the last twelve months, with those of the twelve before."""
    if not deals.room.has("visibility"):
        return pd.DataFrame()
    table = deals.room.table("visibility")
    month = pd.to_datetime(table["month"])
    now, before = (
        share_of_voice(table[(month >= pd.Timestamp(deals.since(back + YEAR))) & (month <= deals.end - pd.DateOffset(months=back))])
        for back in (0, YEAR)
    )
    good = now[now["brands"].gt(1) & now["value"].notna() & now["own"].gt(0)].reset_index(drop=True)
    period = deals.label(YEAR)
    if good.empty:
        deals.sheet.complete(
            [*MEASURES.values(), "authority.share_of_voice", "authority.share_of_search_change", "authority.excess_voice"], UNSEEN
        )
        return good
    earlier = before.set_index("measure")["value"]
    for row in good.itertuples():
        counts = {"n": row.all, "numerator": row.own, "denominator": row.all, "period": period}
        deals.number("authority.share_of_voice", row.value, object="measure", object_id=str(row.measure), **counts)
        if row.measure in MEASURES:
            deals.number(MEASURES[row.measure], row.value, **counts)
    by_measure = good.set_index("measure")["value"]
    change = by_measure.get("search", NAN) - earlier.get("search", NAN)
    deals.number("authority.share_of_search_change", change, period=period, reason="no searches of both years")
    return good.assign(before=good["measure"].map(earlier))


def _plan(deals: Deals, own: float, now: float) -> None:
    """What share of market the plan asks for, if the market grows as its serviceable part has."""
    plan = deals.room.deal.plan.recurring_revenue
    names = ["authority.plan_share_gain", "authority.required_voice_gap"]
    if not plan:
        deals.sheet.complete(names, "the deal file has no plan")
        return
    market = deals.room.table("market") if deals.room.has("market", "sam") else pd.DataFrame(columns=["year", "sam"])
    by_year = market.groupby("year")["sam"].sum()
    revenue = float(deals.worth["amount"].sum())
    last = max(plan)
    years = last - deals.end.year - (deals.end.month - deals.room.deal.target.fiscal_year_end_month) / 12
    if len(by_year) < 2 or not by_year.iloc[0] > 0 or not revenue or years <= 0:
        deals.sheet.complete(names, "the growth of the market is not known from two years of its serviceable part")
        return
    growth = (by_year.iloc[-1] / by_year.iloc[0]) ** (1 / (by_year.index[-1] - by_year.index[0]))
    target = own * plan[last] / revenue / growth**years
    gain = (target - own) / years
    period = f"{month_label(deals.end)}..FY{last}"
    deals.number(names[0], gain, numerator=target, denominator=own, period=period)
    deals.number(names[1], gain / RATE - (now - own), period=period)
