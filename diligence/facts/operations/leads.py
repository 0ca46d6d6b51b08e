"""Leads: how fast they are answered and handed on, whether conversion breaks where definitions change, and what the score knows."""

import pandas as pd

from diligence.facts.deals import Deals
from diligence.metrics.handoffs import handoff_times, lead_conversion, response_times, utm_coverage
from diligence.models.breaks import breaks_at_changes, level_breaks
from diligence.models.lead_score_lift import lead_score_lift
from diligence.periods import add_months, window_label

YEAR, MATURE_DAYS = 12, 60
TERMS = ("lead", "mql", "sql")
STEPS = (("created_on", "mql_on", "Lead to qualified"), ("mql_on", "sql_on", "Qualified to accepted"))
LONG_ENOUGH = 24


def handoffs(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in answers, handovers and tracking of the leads of the last twelve months."""
    leads = _leads(deals)
    if leads.empty:
        return {}
    if deals.room.has("leads", "responded_at"):
        for segment, part in deals.cuts(leads):
            _answers(deals, part, segment)
    times = handoff_times(leads).set_index("step")
    for name, step in (("mql", "created_on to mql_on"), ("sql", "mql_on to sql_on")):
        if step in times.index and deals.room.has("leads", f"{name}_on"):
            row = times.loc[step]
            deals.number(f"operations.{name}_days", row["median_days"], n=row["n"], reason="none was handed on")
            deals.number(f"operations.{name}_days_p90", row["p90_days"], n=row["n"], reason="none was handed on")
            if name == "sql":
                deals.share("operations.handoff_in_time", round(row["within_two_days"] * row["n"]) if row["n"] else 0, row["n"])
    if deals.room.has("leads", "utm_source", "utm_medium", "utm_campaign"):
        whole = utm_coverage(leads).iloc[0]
        deals.share("operations.utm_coverage", whole["tagged"], whole["n"])
        if deals.room.has("leads", "channel"):
            for row in utm_coverage(leads, by="channel").itertuples():
                deals.share("operations.utm_coverage", row.tagged, row.n, object="channel", object_id=str(row.channel))
    return {}


def _leads(deals: Deals) -> pd.DataFrame:
    if not deals.room.has("leads"):
        return pd.DataFrame()
    leads = deals.room.table("leads")
    day = pd.to_datetime(leads["created_on"])
    mine = leads[(day >= pd.Timestamp(deals.since(YEAR))) & (day <= pd.Timestamp(deals.last_day))]
    return mine.assign(segment=deals.segment_of(mine))


def _answers(deals: Deals, part: pd.DataFrame, segment: str) -> None:
    found = response_times(part).iloc[0]
    old = pd.to_datetime(part["created_on"]) <= pd.Timestamp(deals.as_of) - pd.Timedelta(days=30)
    deals.share("operations.unanswered", float(part.loc[old, "responded_at"].isna().sum()), float(old.sum()), segment=segment)
    deals.share("operations.answered_next_day", round(found["next_day"] * found["n"]) if found["n"] else 0, found["n"], segment=segment)
    if not segment:
        deals.number("operations.answer_hours_most", found["most_hours"], n=found["n"], reason="no lead has an answer")


def conversion(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what becomes of leads once they have had their time, and whether the rate breaks where a definition changed."""
    if not deals.room.has("leads", "mql_on"):
        return {}
    leads = deals.room.table("leads")
    parts, breaks = [], []
    for first, then, label in STEPS:
        if not deals.room.has("leads", then):
            continue
        series = lead_conversion(leads, deals.as_of, of=first, to=then, mature_days=MATURE_DAYS)
        parts.append(series.assign(step=label))
        whole = series[series["mature"].astype("bool") & series["value"].notna()] if len(series) else series
        if len(whole) >= LONG_ENOUGH:
            breaks.append(level_breaks(whole).assign(step=label))
        metric = "operations.lead_to_mql" if first == "created_on" else "operations.mql_to_sql"
        _last_year(deals, series, metric)
    if deals.room.has("leads", "sql_on", "opportunity_id"):
        _last_year(
            deals,
            lead_conversion(leads, deals.as_of, of="sql_on", to="opportunity_id", mature_days=MATURE_DAYS),
            "operations.sql_to_opportunity",
        )
    frames = {"leads": pd.concat(parts, ignore_index=True)} if parts else {}
    return frames | _breaks(deals, breaks, parts)


def _last_year(deals: Deals, series: pd.DataFrame, metric: str) -> None:
    ripe = series[series["mature"].astype("bool")].tail(YEAR) if len(series) else series
    period = window_label(ripe["month"].iloc[-1], YEAR) if len(ripe) else deals.label(YEAR)
    deals.share(metric, float(ripe["converted"].sum()), float(ripe["n"].sum()), period=period)


def _breaks(deals: Deals, breaks: list[pd.DataFrame], parts: list[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    if not breaks:
        deals.sheet.complete(
            ["operations.conversion_breaks", "operations.breaks_at_definitions"], "fewer than twenty-four mature months of leads"
        )
        return {}
    found = pd.concat(breaks, ignore_index=True)
    months = min(int((part["mature"].astype("bool") & part["value"].notna()).sum()) for part in parts)
    deals.number("operations.conversion_breaks", float(len(found)), n=months, period=window_label(deals.end, months))
    log = deals.room.table("definitions")
    mine = log[log["term"].astype("str").str.lower().isin(TERMS)]
    told = breaks_at_changes(found, mine)
    hits = float(told["explained"].sum())
    value = hits / len(told) if len(told) else float("nan")
    deals.number(
        "operations.breaks_at_definitions", value, n=max(len(told), 1), numerator=hits, denominator=len(told), reason="no break was found"
    )
    return {"breaks": found.assign(change_on=told["change_on"], term=told["term"], gap=told["gap"], explained=told["explained"])}


def score(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what the lead score knows of acceptance, among leads that qualified."""
    if not deals.room.has("leads", "score", "sql_on", "mql_on"):
        return {}
    leads = deals.room.table("leads")
    ripe = leads[leads["mql_on"].notna() & (pd.to_datetime(leads["mql_on"]) < add_months(deals.end, -2))]
    found = lead_score_lift(ripe)
    none = "all of the qualified leads, or none, were accepted"
    period = deals.label(deals.reach)
    deals.number("operations.score_auc", found.auc, n=found.n, low=found.low, high=found.high, period=period, reason=none)
    deals.number("operations.score_lift", found.lift, n=found.n, low=found.lift_low, high=found.lift_high, period=period, reason=none)
    return {}
