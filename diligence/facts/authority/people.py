"""On whom the wins rest: the founder, the strongest sellers, and how far sellers differ at all."""

import pandas as pd

from diligence.facts.deals import FOUNDER, Deals
from diligence.facts.sheet import NAN
from diligence.metrics.key_people import share_of_wins, top_fifth_share, wins_by_person
from diligence.metrics.matching import win_rate_by_cell
from diligence.metrics.win_rate import win_rate
from diligence.models.intervals import ratio_interval
from diligence.models.matched_odds import matched_odds
from diligence.models.rep_variance import rep_funnel, rep_variance

RECENT = 24
FEWEST = 10
"""Decided deals below which a seller's rate is not held against chance."""


def founder(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what is won with the founder, and how much better, like with like."""
    decided = deals.judged
    if not deals.room.has("opportunities", "founder_involved"):
        return {}
    _dependence(deals)
    if decided.empty:
        return {}
    for segment, part in deals.cuts(decided):
        known = part[part["founder_involved"].notna()]
        yes, won = known["founder_involved"].astype("bool"), known["status"].eq("won")
        deals.share("authority.founder_win_rate", float((won & yes).sum()), float(yes.sum()), segment=segment)
        deals.share("authority.others_win_rate", float((won & ~yes).sum()), float((~yes).sum()), segment=segment)
    cells = win_rate_by_cell(decided, factor="founder_involved", cells=deals.cells)
    found, none = matched_odds(cells), "no cell has deals of both kinds"
    deals.number("authority.founder_ratio", found.ratio, n=found.n, low=found.ratio_low, high=found.ratio_high, reason=none)
    deals.number("authority.founder_gap", found.gap, n=found.n, low=found.gap_low, high=found.gap_high, reason=none)
    deals.number("authority.founder_odds_ratio", found.odds_ratio, n=found.n, low=found.low, high=found.high, reason=none)
    deals.share("authority.founder_overlap", found.n, float(cells["n"].sum()))
    return {"founder_cells": cells}


def _dependence(deals: Deals) -> None:
    recent, period = deals.decided_since(RECENT), deals.label(RECENT)
    for segment, part in deals.cuts(recent):
        row = share_of_wins(part).iloc[0]
        deals.share("authority.founder_share_of_wins", row["with"], row["n"], segment=segment, period=period)
        won = part[part["status"].eq("won") & part["amount"].notna()]
        amount = won["amount"].astype("float64")
        mine = amount.where((won["founder_involved"] == True).fillna(False), 0.0)  # noqa: E712 - a blank is neither
        low, high = ratio_interval(mine, amount, deals.generator())
        deals.number(
            "authority.founder_share_of_new_arr", row["amount_share"], n=row["n"], low=low, high=high,
            numerator=row["with_amount"], denominator=row["amount"], segment=segment, period=period, reason="nothing was won",
        )  # fmt: skip


def sellers(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in how concentrated new business is on sellers, and whether they differ by more than chance and mix."""
    if not deals.room.has("opportunities", "rep_id", "amount", "closed_on"):
        return {}
    recent = deals.decided_since(RECENT)
    people = wins_by_person(recent)
    top = float(people["share"].iloc[0]) if len(people) else NAN
    period, n, none = deals.label(RECENT), float(people["won"].sum()), "nothing was won by a named seller"
    deals.number("authority.top_rep_share", top, n=n, period=period, reason=none)
    deals.number("authority.top_fifth_share", top_fifth_share(people), n=n, period=period, reason=none)
    return {"people": people, **_apart(deals)}


def _apart(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in how far sellers differ, and each one's rate."""
    decided = deals.judged
    if decided.empty:
        return {}
    hired = _without_founder(deals, decided)
    cells = ("segment", "competitive") if deals.room.has("opportunities", "competitive") else ("segment",)
    spread = rep_variance(hired, cells=cells)
    deals.number(
        "authority.rep_variance",
        spread.icc,
        n=spread.n,
        low=spread.low,
        high=spread.high,
        reason="fewer than two sellers with wins and losses",
    )
    funnel = rep_funnel(hired, cells=cells)
    judged = funnel[funnel["n"] >= FEWEST]
    deals.share("authority.rep_outliers", float((judged["outside"] < 0).sum()), len(judged))
    for row in win_rate(decided[decided["rep_id"].notna()], by="rep_id").itertuples():
        deals.share("authority.rep_win_rate", row.won, row.n, object="rep", object_id=str(row.rep_id))
    return {"funnel": judged.reset_index(drop=True)}


def _without_founder(deals: Deals, decided: pd.DataFrame) -> pd.DataFrame:
    if not deals.room.has("reps", "role"):
        return decided
    reps = deals.room.table("reps")
    return decided[~decided["rep_id"].isin(reps.loc[reps["role"].astype("str").eq(FOUNDER), "rep_id"])]
