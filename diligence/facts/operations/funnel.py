"""How deals go through the stages, when they close, and what of the pipeline cannot be believed."""

import pandas as pd

from diligence.facts.deals import Deals, mean_interval
from diligence.facts.sheet import NAN
from diligence.metrics.hygiene import crm_hygiene
from diligence.metrics.slippage import close_date_pushes, on_time_renewals, slipped_share
from diligence.metrics.stages import compounding, stage_ageing, stage_conversion, stage_discipline, stage_order, stage_visits
from diligence.models.intervals import ratio_interval, wilson

SILENT_DAYS = 90
PUSH_DAYS = 7
LONG_SLIP = 56


def stages(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in conversion and days of each stage of new business, skips, steps back, and the age of the open pipeline."""
    if not deals.room.has("stage_history") or deals.new.empty:
        return {}
    history = deals.room.table("stage_history")
    visits = stage_visits(history, deals.new)
    if visits.empty:
        return {}
    table, period = stage_conversion(visits), deals.label(deals.reach)
    for row in table.itertuples():
        cut = {"object": "stage", "object_id": str(row.stage), "period": period}
        deals.share("operations.stage_conversion", row.advanced, row.n, **cut)
        deals.number("operations.stage_days", row.median_days, n=row.entered - row.open, reason="no visit has ended", **cut)
    whole = compounding(table)
    n = float(table["n"].max())
    deals.number("operations.funnel_conversion", whole["now"], n=n, period=period)
    deals.number("operations.funnel_tenth", whole["times"], n=n, period=period)
    moves = stage_discipline(visits).iloc[0]
    deals.share("operations.skip_share", moves["skips"], moves["moves"], period=period)
    deals.share("operations.back_share", moves["back"], moves["moves"], period=period)
    order = stage_order(history, deals.new)
    quiet = order["place"].notna() & (order["last_seen"] < order["last_seen"].max() - pd.Timedelta(days=SILENT_DAYS))
    deals.number("operations.renamed_stages", float(quiet.sum()), n=len(order), period=period)
    return {"stages": table, **_ageing(deals, history)}


def _ageing(deals: Deals, history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Hold open deals against won deals of their own kind: expansion goes through fewer stages."""
    sold = deals.sold
    still = sold[sold["status"].eq("open")]
    deals.number("operations.open_pipeline", float(still["amount"].sum()), n=len(still), period=str(deals.as_of))
    kinds = sold["type"].fillna("new") if "type" in sold else pd.Series("new", index=sold.index)
    parts = [stage_ageing(stage_visits(history, part), part, pd.Timestamp(deals.as_of)) for _, part in sold.groupby(kinds.astype("str"))]
    ageing = pd.concat(parts, ignore_index=True)
    known = ageing[ageing["ratio"].notna() & ageing["amount"].notna()]
    _of_open(deals, "operations.aged_pipeline", known["amount"].where(known["aged"], 0.0), known["amount"])
    return {"ageing": ageing}


def _of_open(deals: Deals, metric: str, part: pd.Series, whole: pd.Series) -> None:
    low, high = ratio_interval(part, whole, deals.generator())
    total = float(whole.sum())
    value = float(part.sum()) / total if total > 0 else NAN
    deals.number(
        metric,
        value,
        n=len(whole),
        low=low,
        high=high,
        numerator=float(part.sum()),
        denominator=total,
        reason="there is no open pipeline to judge",
        period=str(deals.as_of),
    )


def slippage(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in late deals, pushed dates, and renewals in time."""
    if not deals.room.has("opportunities", "expected_close_on", "closed_on"):
        return {}
    sold, period = deals.sold, deals.label(deals.reach)
    pushes = pd.DataFrame()
    if deals.room.has("stage_history", "expected_close_on"):
        pushes = close_date_pushes(deals.room.table("stage_history"), least_days=PUSH_DAYS)
        sold = sold.merge(pushes, on="opportunity_id", how="left")
    inside = pd.to_datetime(sold["closed_on"]).between(pd.Timestamp(deals.since(deals.reach)), pd.Timestamp(deals.last_day))
    for segment, part in deals.cuts(sold[inside]):
        for row in slipped_share(part, grace_days=PUSH_DAYS).itertuples():
            deals.share(
                f"operations.slipped_{'share' if row.reading == 'last' else 'first'}", row.late, row.n, segment=segment, period=period
            )
    _pushes(deals, sold, pushes)
    renewals = deals.opportunities
    if deals.room.has("opportunities", "type"):
        for row in on_time_renewals(renewals, deals.as_of).itertuples():
            metric = "operations.on_time_renewals" if row.reading == "of_signed" else "operations.on_time_of_due"
            deals.share(metric, row.on_time, row.n, period=period)
    return {"pushes": pushes} if len(pushes) else {}


def _pushes(deals: Deals, sold: pd.DataFrame, pushes: pd.DataFrame) -> None:
    if pushes.empty:
        return
    decided = sold[sold["status"].isin(["won", "lost"]) & sold["pushes"].notna()]
    counts = decided["pushes"].astype("float64")
    low, high = mean_interval(counts)
    deals.number(
        "operations.pushes",
        counts.mean(),
        n=len(counts),
        low=low,
        high=high,
        period=deals.label(deals.reach),
        reason="no decided deal has a history of dates",
    )
    still = sold[sold["status"].eq("open") & sold["days_moved"].notna() & sold["amount"].notna()]
    amount = still["amount"].astype("float64")
    _of_open(deals, "operations.long_slips", amount.where(still["days_moved"] > LONG_SLIP, 0.0), amount)


def hygiene(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what is amiss with opportunities."""
    if deals.opportunities.empty:
        return {}
    contacts = deals.room.table("contacts") if deals.room.has("contacts") else None
    given = [column for column in deals.opportunities if deals.room.has("opportunities", column)]
    for segment, part in deals.cuts(deals.opportunities):
        for row in crm_hygiene(part[[*given]], deals.as_of, contacts=contacts).itertuples():
            deals.share(f"operations.{row.check}", row.n, row.of, segment=segment, period=str(deals.as_of))
    table = crm_hygiene(deals.opportunities[[*given]], deals.as_of, contacts=contacts)
    ends = [wilson(row.n, row.of) for row in table.itertuples()]
    return {"hygiene": table.assign(low=[low for low, _ in ends], high=[high for _, high in ends])}
