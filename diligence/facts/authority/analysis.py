"""The analysis of authority: all families of its facts, in their order."""

import pandas as pd

from diligence.dataroom.room import Room
from diligence.errors import InputError, Problem
from diligence.facts.analysis import Analysis, Check
from diligence.facts.authority.contest import contest, losses, prices
from diligence.facts.authority.customers import promoters, referrals
from diligence.facts.authority.people import founder, sellers
from diligence.facts.authority.voice import demand, voice
from diligence.facts.authority.wins import win_rates
from diligence.facts.catalogue import catalogue
from diligence.facts.deals import Deals
from diligence.facts.new_sheet import new_sheet


def authority(room: Room, *, segment_by: str = "", months: int = 0) -> Analysis:
    """Compute the facts of authority: win rates, rivals, prices at the win, pull, voice, the founder, promoters.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column to cut by: of the opportunities where they have it, else of their customers; blank takes the deal file's.
    months
        How far back deals are looked at; nought takes all.

    Returns
    -------
    Analysis
        Facts; frames ``win_rates, cohorts, cells, rivals, losses, discounts, voice, excess, path, people, promoters`` (those that could be
        assessed); and the checks that must hold.

    Examples
    --------
    >>> found = authority(open_room("demo"))  # doctest: +SKIP
    """
    if not 0 <= months <= 240:
        raise InputError(Problem("months between 0 and 240", str(months), "set months = 0 for all there are", key="months"))
    blank = Deals(room, new_sheet(room, "06_authority"), segment_by, months)
    deals = Deals(room, new_sheet(room, "06_authority", period=blank.period), segment_by, months)
    frames: dict[str, pd.DataFrame] = {}
    for family in (win_rates, contest, prices, losses, demand, voice, founder, sellers, promoters, referrals):
        frames |= family(deals)
    deals.sheet.complete([name for name in catalogue() if name.startswith("authority.")], deals.why_not_judged)
    return Analysis("06_authority", room.deal, deals.sheet.frame(), frames, _checks(deals, frames))


def _checks(deals: Deals, frames: dict[str, pd.DataFrame]) -> tuple[Check, ...]:
    new, decided = deals.new, deals.judged
    checks = [
        Check("opportunities created are won, lost or open", float(len(new)), float(new["status"].isin(["won", "lost", "open"]).sum()), 0.0)
    ]
    if "cells" in frames:
        tagged = float(decided["competitive"].notna().sum())
        checks.append(Check("cells hold every decided deal with a tag", float(frames["cells"]["n"].sum()), tagged, 0.0))
    if "losses" in frames:
        coded = float((decided["status"].eq("lost") & decided["loss_reason"].notna()).sum())
        checks.append(Check("loss reasons hold every coded loss", float(frames["losses"]["numerator"].sum()), coded, 0.0))
    return tuple(checks)
