"""How often new business is won, in every reading and cut."""

import pandas as pd

from diligence.facts.deals import SEGMENT, Deals
from diligence.facts.sheet import NAN
from diligence.metrics.matching import size_halves
from diligence.metrics.win_rate import win_rate, win_rate_cohorts
from diligence.models.intervals import ratio_interval
from diligence.periods import month_index, month_label, month_start

QUARTER = 3
AFTERWARDS = "lost deals carry no amounts as won ones do: an amount that is filled in at the win knows the outcome"
OPEN_YET = "no quarter of creation is decided yet, but for a tenth"


def win_rates(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the readings of the win rate by segment, and the broad one by channel, size, product and year; give the frames."""
    if not deals.room.has("opportunities", "status", "closed_on") or deals.judged.empty:
        return {}
    decided = deals.judged
    for segment, part in deals.cuts(decided):
        counts = win_rate(part).iloc[0]
        deals.share("authority.win_rate_broad", counts["won"], counts["n"], segment=segment)
        deals.share("authority.win_rate_narrow", counts["won"], counts["n"] - counts["no_decision"], segment=segment)
        if deals.amounts_known:
            _money(deals, part, segment)
    if not deals.amounts_known:
        deals.sheet.complete(["authority.win_rate_money", "authority.win_rate_size"], AFTERWARDS)
    _by_object(deals, decided)
    cohorts = _created(deals)
    by_segment = win_rate(decided, by=SEGMENT).assign(cut=SEGMENT).rename(columns={SEGMENT: "name"})
    return {"win_rates": by_segment, **({"cohorts": cohorts} if len(cohorts) else {})}


def _money(deals: Deals, part: pd.DataFrame, segment: str) -> None:
    known = part[part["amount"].notna()]
    amount = known["amount"].astype("float64")
    won = amount.where(known["status"].eq("won"), 0.0)
    low, high = ratio_interval(won, amount, deals.generator())
    whole = float(amount.sum())
    value = float(won.sum()) / whole if whole > 0 else NAN
    deals.number(
        "authority.win_rate_money", value, n=len(known), low=low, high=high, numerator=float(won.sum()), denominator=whole, segment=segment
    )


def _by_object(deals: Deals, decided: pd.DataFrame) -> None:
    cut = decided.assign(size_half=size_halves(decided), year=pd.to_datetime(decided["closed_on"]).dt.year.astype("str"))
    for column, name in (("channel", "channel"), ("product_id", "product"), ("size_half", "size"), ("year", "year")):
        if cut[column].notna().any() and (name != "size" or deals.amounts_known):
            for row in win_rate(cut, by=column).itertuples():
                metric = "authority.win_rate_size" if name == "size" else "authority.win_rate_broad"
                deals.share(metric, row.won, row.n, object=name, object_id=str(getattr(row, column)))


def _created(deals: Deals) -> pd.DataFrame:
    """Take the quarters of creation from the first on, as far as all are mature."""
    first = month_start(month_index(pd.Timestamp(deals.since(deals.reach))))
    created = pd.to_datetime(deals.new["created_on"])
    inside = deals.new[created >= first]
    cohorts = win_rate_cohorts(inside, months=QUARTER)
    if cohorts.empty:
        return cohorts
    unripe = cohorts.index[~cohorts["mature"]]
    ripe = cohorts.loc[: unripe[0] - 1] if len(unripe) else cohorts
    if ripe.empty:
        deals.sheet.refuse("authority.win_rate", deals.sheet.lacking("authority.win_rate") or OPEN_YET)
        return cohorts
    last = month_start(month_index(pd.Timestamp(f"{ripe['cohort'].iloc[-1]}-01")) + QUARTER - 1)
    last = min(last, deals.end)
    period = f"{month_label(first)}..{month_label(last)}"
    mine = inside[pd.to_datetime(inside["created_on"]) < last + pd.offsets.MonthBegin(1)]
    for segment, part in deals.cuts(mine):
        deals.share("authority.win_rate", float(part["status"].eq("won").sum()), len(part), segment=segment, period=period)
    return cohorts
