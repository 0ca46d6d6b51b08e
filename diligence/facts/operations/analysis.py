"""The analysis of operations: all families of its facts, in their order."""

import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis, Check
from diligence.facts.catalogue import catalogue
from diligence.facts.deals import Deals
from diligence.facts.new_sheet import new_sheet
from diligence.facts.operations.funnel import hygiene, slippage, stages
from diligence.facts.operations.leads import conversion, handoffs, score
from diligence.facts.operations.outlook import coverage, forecasts
from diligence.facts.operations.selling import capacity, quota, ramp
from diligence.facts.operations.service import tickets, tools, usage
from diligence.facts.operations.territory import territories

NOTHING = "nothing of this kind lies in the period"


def operations(room: Room, *, segment_by: str = "") -> Analysis:
    """Compute the facts of operations: pipeline, forecasts, leads, sellers, territories, service, tools.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column to cut by: of the opportunities where they have it, else of their customers; blank takes the deal file's.

    Returns
    -------
    Analysis
        Facts; frames ``stages, ageing, yields, forecast, errors, leads, breaks, attainment, ramp, territories, imbalance, tickets, usage, stack``
        (those that could be assessed); and the checks that must hold.

    Examples
    --------
    >>> found = operations(open_room("demo"))  # doctest: +SKIP
    """
    deals = Deals(room, new_sheet(room, "08_operations"), segment_by)
    frames: dict[str, pd.DataFrame] = {}
    for family in (
        stages, slippage, hygiene, coverage, forecasts, handoffs, conversion, score, quota, capacity, ramp, territories, tickets, usage, tools,
    ):  # fmt: skip
        frames |= family(deals)
    deals.sheet.complete([name for name in catalogue() if name.startswith("operations.")], NOTHING)
    return Analysis("08_operations", room.deal, deals.sheet.frame(), frames, _checks(deals, frames))


def _checks(deals: Deals, frames: dict[str, pd.DataFrame]) -> tuple[Check, ...]:
    checks = [Check("opportunities are won, lost or open", float(len(deals.opportunities)), _known(deals.opportunities), 0.0)]
    if "stages" in frames:
        found = frames["stages"]
        left = float(found["entered"].sum())
        right = float(found[["advanced", "lost", "open"]].to_numpy().sum())
        checks.append(Check("deals that entered a stage advanced, were lost or are open", left, right, 0.0))
    if "territories" in frames:
        held = float(deals.worth["amount"].sum())
        checks.append(
            Check(
                "territories and customers without one hold the recurring revenue", float(frames["territories"]["amount"].sum()), held, 0.01
            )
        )
    if "tickets" in frames:
        table = deals.room.table("tickets")
        day = pd.to_datetime(table["opened_on"])
        inside = float(day.between(pd.Timestamp(deals.since(24)), pd.Timestamp(deals.last_day)).sum())
        checks.append(Check("months hold the tickets of two years", float(frames["tickets"]["tickets"].sum()), inside, 0.0))
    return tuple(checks)


def _known(opportunities: pd.DataFrame) -> float:
    return float(opportunities["status"].isin(["won", "lost", "open"]).sum()) if len(opportunities) else 0.0
