"""Exhibits of operations: stages, coverage, forecasts, discipline, leads, quotas, territories, service, tools."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import attainment as attainment_chart
from diligence.charts import comparisons, service
from diligence.charts import leads as leads_chart
from diligence.charts import pipeline as pipeline_chart
from diligence.charts import retention as readings_chart
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.facts.sheet import OK
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of

NAME = "08_operations"
AMISS = (
    "slipped_share", "long_slips", "aged_pipeline", "close_date_past", "no_close_date", "no_amount", "no_owner", "created_at_close",
    "no_loss_reason", "single_contact", "skip_share", "back_share",
)  # fmt: skip


def stages(analysis: Analysis) -> Exhibit:
    """Conversion and days of each stage."""
    frame, told, question = analysis.frames.get("stages"), told_of(analysis), "Where do deals stop?"
    keys = [] if frame is None else [f"operations.stage_conversion[stage={name}]" for name in frame["stage"]]
    known = [key for key in keys if told.knows(key)]
    if frame is None or not known:
        return not_assessable(analysis, "stages", question, "operations.stage")
    lowest = min(known, key=told.value)
    name = lowest.partition("stage=")[2].removesuffix("]")
    return exhibit(
        comparisons.bars(frame.assign(label=frame["stage"]), series={"conversion": "Conversion"}),
        id=f"{NAME}.stages",
        question=question,
        title=f"Least passes the stage {name}: {told(lowest)}{told.interval(lowest)}",
        table=frame.drop(columns="place"),
        formats={
            **dict.fromkeys(("entered", "advanced", "lost", "open", "n"), "count"),
            "conversion": "percent1",
            "median_days": "number",
            "p90_days": "number",
        },
        labels={"n": "Decided", "median_days": "Median days", "p90_days": "Ninth decile, days"},
        source=source_line(analysis, "stage_history", "opportunities"),
        note="New business. A deal counts once a stage; what is still there is in neither part of the conversion.",
        alt="Bars: conversion of each stage",
        facts=tuple(keys),
    )


def coverage(analysis: Analysis) -> Exhibit:
    """What became of the pipeline of past quarters, and what the next one needs."""
    frame, told, question = analysis.frames.get("yields"), told_of(analysis), "Is there enough pipeline?"
    need, have, run = "operations.coverage_required", "operations.coverage", "operations.coverage_run_rate"
    if frame is None or not told.knows(need):
        return not_assessable(analysis, "coverage", question, "operations.coverage")
    title = f"A quarter needs an opening pipeline of {told(need)} times its target{told.interval(need)}"
    if told.knows(have):
        title += f"; the next has {told(have)} times its quota"
    if told.knows(run):
        title += f"{' and' if told.knows(have) else '; the next has'} {told(run)} times the run-rate"
    return exhibit(
        pipeline_chart.became(frame, currency=currency_of(analysis)),
        id=f"{NAME}.coverage",
        question=question,
        title=title,
        table=frame,
        formats={
            **dict.fromkeys(("open", "won_of_open", "won"), "money"),
            "deals": "count",
            "value": "percent1",
            "share_created_later": "percent1",
        },
        labels={
            "open": "Open at the start",
            "won_of_open": "Won of it",
            "won": "All won",
            "value": "Yield",
            "share_created_later": "Not there at the start",
        },
        source=source_line(analysis, "stage_history", "opportunities", "reps"),
        note="New and expansion pipeline with a close date in the quarter, at the amounts of the day before it. Much is won that was not yet there: coverage alone does not foretell a quarter.",
        alt="Bars by quarter: pipeline open at the start, won of it, all won",
        facts=(need, have, run, "operations.pipeline_yield"),
        currency=currency_of(analysis),
    )


def forecast(analysis: Analysis) -> Exhibit:
    """Bias of forecasts by category and month."""
    frame, told, question = analysis.frames.get("forecast"), told_of(analysis), "Can the forecast be believed?"
    bias, error = "operations.forecast_bias", "operations.forecast_error"
    facts = analysis.facts[(analysis.facts["metric"] == "operations.forecast_bias_by") & (analysis.facts["status"] == OK)]
    if frame is None or facts.empty or not told.knows(bias, error):
        return not_assessable(analysis, "forecast", question, "operations.forecast")
    words = [name.replace("_", " ").capitalize() for name in facts["object_id"]]
    drawn = pd.DataFrame({"label": words, "value": facts["value"], "low": facts["low"], "high": facts["high"]})
    return exhibit(
        readings_chart.readings(drawn.assign(recommended=[name.startswith("commit, month 1") for name in facts["object_id"]])),
        id=f"{NAME}.forecast",
        question=question,
        title=f"The commit of the first month misses by {told(error)} on average; its bias is {told(bias, signed=True)}{told.interval(bias)}",
        table=frame,
        formats={"month": "count", "n": "count", "bias": "percent1", "absolute": "percent1", "spread": "percent1", "of_sums": "percent1"},
        labels={"month": "Month of the quarter", "n": "Quarters", "absolute": "Error", "of_sums": "Of all quarters together"},
        source=source_line(analysis, "forecasts", "opportunities"),
        note="Forecast over value won less one. Bias is the mean with its sign, error without: plus and minus cancel in the first only. In the last month most is known.",
        alt="Dots with intervals: bias of the forecast by category and month of the quarter",
        facts=(bias, error),
    )


def discipline(analysis: Analysis) -> Exhibit:
    """What is amiss in the pipeline, check by check."""
    told, question = told_of(analysis), "Can the pipeline be believed?"
    known = [f"operations.{name}" for name in AMISS if told.knows(f"operations.{name}")]
    if not known:
        return not_assessable(analysis, "discipline", question, ("operations.no_", "operations.slipped"))
    facts = analysis.facts[(analysis.facts["segment"] == "") & (analysis.facts["object_id"] == "")].set_index("metric")
    rows = [
        (definition(key).label, facts.loc[key, "value"], facts.loc[key, "low"], facts.loc[key, "high"], facts.loc[key, "n"])
        for key in known
    ]
    table = pd.DataFrame(rows, columns=["label", "share", "low", "high", "n"]).sort_values(
        "share", ascending=False, kind="stable", ignore_index=True
    )
    worst = max(known, key=told.value)
    clean = "Nothing is amiss in the pipeline"
    return exhibit(
        comparisons.bars(table, series={"share": "Share"}),
        id=f"{NAME}.discipline",
        question=question,
        title=f"What is most amiss: {definition(worst).label[0].lower()}{definition(worst).label[1:]}, {told(worst)}{told.interval(worst)}"
        if told.value(worst) > 0
        else clean,
        table=table,
        formats={"share": "percent1", "low": "percent1", "high": "percent1", "n": "count"},
        labels={"label": "What"},
        source=source_line(analysis, "opportunities", "stage_history", "contacts"),
        note="Shares of what can be asked: open deals, decided deals, losses or steps; aged and slipped pipeline by value.",
        alt="Bars: share of what is amiss, by check",
        facts=tuple(known),
    )


def leads(analysis: Analysis) -> Exhibit:
    """Lead conversion by month with its breaks."""
    frame, told, question = analysis.frames.get("leads"), told_of(analysis), "Does lead conversion change, or its definition?"
    count, share = "operations.conversion_breaks", "operations.breaks_at_definitions"
    if frame is None or not told.knows(count):
        return not_assessable(analysis, "leads", question, ("operations.conversion", "operations.mql"))
    breaks = analysis.frames["breaks"]
    title = "Lead conversion has held its level" if not told.value(count) else f"Lead conversion broke its level {told(count)} times"
    if told.value(count) == 1:
        title = "Lead conversion broke its level once"
    if told.knows(share):
        title += f"; {told(share)} of the breaks fall on a change of definition"
    shown = frame[frame["mature"].astype("bool")]
    return exhibit(
        leads_chart.conversion(shown, breaks),
        id=f"{NAME}.leads",
        question=question,
        title=title,
        table=breaks[["step", "month", "before", "after", "change", "term", "explained"]]
        if len(breaks)
        else shown[["step", "month", "n", "value"]],
        formats={
            "month": "month",
            **dict.fromkeys(("before", "after", "change") if len(breaks) else ("value",), "percent1"),
            **({} if len(breaks) else {"n": "count"}),
        },
        labels={"term": "Nearest change", "explained": "On a change of definition"},
        source=source_line(analysis, "leads", "definitions"),
        note="Months whose leads have had sixty days. Upright lines are breaks of level: solid within a month of a logged change of definition, dotted otherwise.",
        alt="Lines: conversion of leads by month, with breaks of level",
        facts=(count, share, "operations.lead_to_mql", "operations.mql_to_sql"),
    )


def quotas(analysis: Analysis) -> Exhibit:
    """Quota reached by each seller."""
    frame, told, question = analysis.frames.get("attainment"), told_of(analysis), "What are the quotas worth?"
    at, whole, able = "operations.at_quota", "operations.attainment", "operations.capacity"
    if frame is None or not told.knows(whole):
        return not_assessable(analysis, "quotas", question, ("operations.attain", "operations.quota"))
    title = f"Sellers reached {told(whole)} of their quotas{told.interval(whole)}"
    if told.knows(at):
        title += f"; {told(at)} of them reached theirs"
    if told.knows(able, "operations.quota_sum"):
        title += f": quotas of {told('operations.quota_sum')} are a capacity of {told(able)}"
    return exhibit(
        attainment_chart.reached(frame.assign(label=frame["rep_id"])),
        id=f"{NAME}.quotas",
        question=question,
        title=title,
        table=frame[["rep_id", "days", "quota", "won", "deals", "attainment", "left"]],
        formats={"days": "count", "quota": "money", "won": "money", "deals": "count", "attainment": "percent1"},
        labels={"rep_id": "Seller", "days": "Days in the seat", "left": "Left within the year"},
        source=source_line(analysis, "reps", "opportunities"),
        note="Last twelve months, new and expansion; the quota is for the days in the seat. Who left is in.",
        alt="Bars: quota reached by each seller",
        facts=(whole, at, able, "operations.quota_sum"),
        currency=currency_of(analysis),
    )


def territories(analysis: Analysis) -> Exhibit:
    """Demand and capacity of each territory."""
    frame, told, question = analysis.frames.get("imbalance"), told_of(analysis), "Do territories fit their sellers?"
    loss, off = "operations.imbalance_loss", "operations.territory_imbalance"
    results = analysis.frames.get("territories")
    if frame is None or results is None or not told.knows(loss):
        return not_assessable(analysis, "territories", question, ("operations.imbalance", "operations.territory"))
    title = f"Uneven territories cost up to {told(loss)} of new value a year"
    if told.knows("operations.imbalance_share"):
        title += f", {told('operations.imbalance_share')} of what even ones could sell"
    if told.knows(off):
        title += f"; {told(off)} of them are off balance"
    return exhibit(
        comparisons.bars(
            frame.assign(label=frame["territory_id"]),
            series={"demand": "Demand", "capacity": "Capacity of the seller"},
            percent=False,
            currency=currency_of(analysis),
        ),
        id=f"{NAME}.territories",
        question=question,
        title=title,
        table=results[
            ["territory_id", "segment", "accounts", "customers", "potential", "amount", "cost", "result", "penetration", "relative"]
        ],
        formats={
            **dict.fromkeys(("accounts", "customers"), "count"),
            **dict.fromkeys(("potential", "amount", "cost", "result"), "money"),
            "penetration": "percent1",
            "relative": "ratio2",
        },
        labels={
            "territory_id": "Territory",
            "amount": "Recurring revenue",
            "result": "Revenue less cost",
            "relative": "Potential over segment mean",
        },
        source=source_line(analysis, "territories", "customers", "revenue", "reps"),
        note="Demand is what was won in a year by the sellers of the segment, parted by potential not yet sold; capacity the seller's quota at the segment's attainment. Accounts are moved within a segment only, so the loss is the most that moving them could bring.",
        alt="Bars by territory: demand and capacity of the seller",
        facts=(loss, "operations.imbalance_share", off),
        currency=currency_of(analysis),
    )


def after_sale(analysis: Analysis) -> Exhibit:
    """Tickets by customer, severe ones apart."""
    frame, told, question = analysis.frames.get("tickets"), told_of(analysis), "Is the product used, and does it hold?"
    key, seats = "operations.ticket_load", "operations.seat_utilisation"
    if frame is None or not told.knows(key):
        return not_assessable(analysis, "after_sale", question, ("operations.ticket", "operations.seat"))
    title = f"A customer opens {told(key)} tickets a month"
    if told.knows("operations.ticket_load_change"):
        more = told.value("operations.ticket_load_change") >= 0
        title += f", {told('operations.ticket_load_change', size=True)} {'more' if more else 'fewer'} than a year ago"
    if told.knows(seats):
        title += f"; {told(seats)} of seats are in use"
    return exhibit(
        service.load(frame),
        id=f"{NAME}.after_sale",
        question=question,
        title=title,
        table=frame[["month", "tickets", "severe", "customers", "load", "severe_share"]],
        formats={
            "month": "month",
            "tickets": "count",
            "severe": "count",
            "customers": "count",
            "load": "ratio2",
            "severe_share": "percent1",
        },
        labels={"load": "By customer", "severe_share": "Severe share"},
        source=source_line(analysis, "tickets", "usage", "revenue"),
        note="Tickets over customers with recurring revenue in the month; severe is severity one and two.",
        alt="Bars by month: tickets by customer, severe and other",
        facts=(key, "operations.ticket_load_change", seats, "operations.severe_share"),
    )


def tools(analysis: Analysis) -> Exhibit:
    """Cost of the stack by category, and what of it is idle or double."""
    frame, told, question = analysis.frames.get("stack"), told_of(analysis), "What does the stack cost, and what of it is waste?"
    cost, idle, double = "operations.tool_cost", "operations.idle_cost", "operations.overlap_cost"
    if frame is None or not told.knows(cost):
        return not_assessable(analysis, "tools", question, "operations.tool")
    title = f"{told('operations.tools')} tools cost {told(cost)} a year"
    if told.knows(idle):
        title += f"; {told(idle)} of that is not in use"
    if told.knows(double):
        title += f", {told(double)} is for tools that duplicate another"
    named = frame.assign(label=[str(name).replace("_", " ") for name in frame["category"]])
    return exhibit(
        comparisons.bars(
            named,
            series={"cost": "Cost", "idle_cost": "Not in use", "overlap_cost": "Duplicate"},
            percent=False,
            currency=currency_of(analysis),
        ),
        id=f"{NAME}.tools",
        question=question,
        title=title,
        table=named[["label", "tools", "cost", "idle_cost", "overlap_cost", "unowned", "unapproved", "alone"]],
        formats={
            **dict.fromkeys(("tools", "unowned", "unapproved", "alone"), "count"),
            **dict.fromkeys(("cost", "idle_cost", "overlap_cost"), "money"),
        },
        labels={
            "label": "Category",
            "idle_cost": "Not in use",
            "overlap_cost": "Duplicate",
            "unowned": "No owner",
            "unapproved": "Not approved",
            "alone": "Integrated with none",
        },
        source=source_line(analysis, "stack"),
        note="A duplicate is a tool in a category that has a more used one. Not in use and duplicate overlap: they do not add up.",
        alt="Bars by category: cost of tools, what is not in use, what is duplicate",
        facts=("operations.tools", cost, idle, double),
        currency=currency_of(analysis),
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "stages": stages,
    "coverage": coverage,
    "forecast": forecast,
    "discipline": discipline,
    "leads": leads,
    "quotas": quotas,
    "territories": territories,
    "after_sale": after_sale,
    "tools": tools,
}
