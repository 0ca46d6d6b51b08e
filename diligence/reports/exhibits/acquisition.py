"""Exhibits of acquisition: how far leads come, what customers cost, who claims them, who is credited, where the next one stops paying."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import acquisition as charts
from diligence.facts.analysis import Analysis
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of
from diligence.reports.told import counted

NAME = "07_acquisition"
STEPS = {
    "lead_to_mql": "Lead to qualified",
    "mql_to_sql": "Qualified to accepted by sales",
    "sql_to_opportunity": "Accepted to opportunity",
    "opportunity_to_won": "Opportunity to won",
}
LOADINGS = {"media": "Media alone", "programme": "All programmes", "loaded": "Fully loaded"}
NOT_SPREAD = "(unallocated)"


def key(metric: str) -> str:
    """Name a fact of this notebook."""
    return f"acquisition.{metric}"


def funnel(analysis: Analysis) -> Exhibit:
    """Rates of each step, matured, with intervals."""
    told, question = told_of(analysis), "How far do leads come?"
    known = [step for step in STEPS if told.knows(key(step))]
    if not known:
        return not_assessable(analysis, "funnel", question, tuple(key(step) for step in STEPS))
    facts = analysis.facts
    whole = facts[(facts["segment"] == "") & (facts["object_id"] == "")].set_index("metric")
    rows = whole.loc[[key(step) for step in known], ["value", "low", "high", "numerator", "denominator"]].reset_index(drop=True)
    rows.insert(0, "label", [STEPS[step] for step in known])
    worst = min(known, key=lambda step: told.value(key(step)))
    title = f"The narrowest step is {STEPS[worst].lower()}: {told(key(worst))} go on{told.interval(key(worst))}"
    shown = [key(step) for step in known]
    if told.knows(key("lead_to_won")):
        title = f"{told(key('lead_to_won'))} of leads become customers; {title[0].lower()}{title[1:]}"
        shown.append(key("lead_to_won"))
    return exhibit(
        charts.rates(rows),
        id=f"{NAME}.funnel",
        question=question,
        title=title,
        table=rows,
        formats={"value": "percent1", "low": "percent1", "high": "percent1", "numerator": "count", "denominator": "count"},
        labels={"label": "Step", "value": "Go on", "numerator": "Went on", "denominator": "Entered, mature"},
        source=source_line(analysis, "leads", "opportunities"),
        note="Entries of twelve months that are old enough to have gone on; younger ones are left out. Wilson intervals of 95 per cent.",
        alt="Dots with intervals: share that goes on from each step of the funnel",
        facts=shown,
        currency=currency_of(analysis),
    )


def outcomes(analysis: Analysis) -> Exhibit:
    """Won, lost and no decision by age, open ones censored."""
    told, question = told_of(analysis), "What becomes of opportunities, and when?"
    frame = analysis.frames.get("outcomes")
    if frame is None or not told.knows(key("won_within_year")):
        return not_assessable(analysis, "outcomes", question, (key("won_"), key("lost_"), key("no_decision")))
    title = f"A year after creation {told(key('won_within_year'))} are won and {told(key('lost_within_year'))} lost"
    shown = [key("won_within_year"), key("lost_within_year")]
    if told.knows(key("no_decision_within_year")):
        title += f"; {told(key('no_decision_within_year'))} end without a decision"
        shown.append(key("no_decision_within_year"))
    if told.knows(key("cycle_days")):
        title += f"; half are decided within {told(key('cycle_days'))} days"
        shown.append(key("cycle_days"))
    cycles = analysis.frames.get("cycle", pd.DataFrame(columns=["segment", "decided", "won", "lost", "closed", "n"]))
    table = cycles[["segment", "decided", "won", "lost", "closed", "n"]]
    return exhibit(
        charts.incidence(frame[frame["segment"] == "all"]),
        id=f"{NAME}.outcomes",
        question=question,
        title=title,
        table=table,
        formats={"decided": "count", "won": "count", "lost": "count", "closed": "count", "n": "count"},
        labels={
            "decided": "Median days to a decision",
            "won": "to a win",
            "lost": "to a loss",
            "closed": "of closed ones alone",
            "n": "Opportunities",
        },
        source=source_line(analysis, "opportunities"),
        note="New business by day of creation. The outcomes compete; open opportunities count as undecided and are not left out.",
        alt="Stepped lines: share won, lost and without decision by days since creation",
        facts=shown,
        currency=currency_of(analysis),
    )


def mix(analysis: Analysis) -> Exhibit:
    """Share of each channel in new business."""
    told, question = told_of(analysis), "Where does new business come from?"
    facts = analysis.facts
    rows = facts[(facts["metric"] == key("channel_share")) & (facts["status"] == "ok")]
    if rows.empty or not told.knows(key("top_channel_share")):
        return not_assessable(analysis, "mix", question, (key("channel_"), key("top_channel")))
    rows = rows.sort_values("value", ascending=False, kind="stable")
    top = rows["object_id"].iloc[0].replace("_", " ")
    title = (
        f"No channel leads clearly: the largest, {top}, brings {told(key('top_channel_share'))}{told.interval(key('top_channel_share'))}"
    )
    if told.value(key("top_channel_share")) >= 0.5:
        title = (
            f"{top[0].upper()}{top[1:]} brings {told(key('top_channel_share'))} of new business{told.interval(key('top_channel_share'))}"
        )
    title += f"; {told(key('inbound_share'))} comes by itself" if told.knows(key("inbound_share")) else ""
    table = rows[["object_id", "numerator", "value", "low", "high"]].rename(columns={"object_id": "label"})
    return exhibit(
        charts.rates(table.assign(label=table["label"].str.replace("_", " "))),
        id=f"{NAME}.mix",
        question=question,
        title=title,
        table=table,
        formats={"numerator": "money", "value": "percent1", "low": "percent1", "high": "percent1"},
        labels={"label": "Channel", "numerator": "New business", "value": "Share"},
        source=source_line(analysis, "opportunities"),
        note=f"Annual value of new business won in twelve months, {counted(told.value(key('new_customers')), 'customer')}; intervals over customers.",
        alt="Dots with intervals: share of each channel in new business",
        facts=[key("top_channel_share"), key("inbound_share"), key("channel_hhi"), key("new_customers"), *_cut("channel_share", rows)],
        currency=currency_of(analysis),
    )


def _cut(metric: str, rows: pd.DataFrame) -> list[str]:
    return [f"{key(metric)}[{row.object}={row.object_id}]" for row in rows[["object", "object_id"]].itertuples()]


def claims(analysis: Analysis) -> Exhibit:
    """What each function can claim, and what it is credited with."""
    told, question, frame = told_of(analysis), "Who says that they brought it?", analysis.frames.get("claims")
    if frame is None or not told.knows(key("double_counted")):
        return not_assessable(analysis, "claims", question, (key("claimed"), key("double")))
    title = f"Claims of all functions exceed new business by {told(key('double_counted'))}: {told(key('claimed_by_several'))} of customers have more than one claimant"
    named = frame.assign(label=frame["claimant"].str.replace("_", " "))
    facts = analysis.facts
    rows = facts[facts["metric"].isin([key("claimed"), key("credited")]) & (facts["status"] == "ok")]
    shown = [f"{row.metric}[{row.object}={row.object_id}]" for row in rows[["metric", "object", "object_id"]].itertuples()]
    return exhibit(
        charts.money_bars(
            named, currency=currency_of(analysis), series=(("credited", "Credited by the recorded source"), ("claimed", "Can be claimed"))
        ),
        id=f"{NAME}.claims",
        question=question,
        title=title,
        table=frame[["claimant", "claimed", "sole", "shared", "credited", "deals"]],
        formats={"claimed": "money", "sole": "money", "shared": "money", "credited": "money", "deals": "count"},
        labels={"sole": "Claimed alone", "shared": "Claimed by others too", "deals": "Customers claimed"},
        source=source_line(analysis, "opportunities", "leads", "touches", "reps", "customers"),
        note="A claim needs a ground: the recorded source, a lead, a partner's touch, the seller, the founder's part, a referring customer. Credits add up to what was won.",
        alt="Bars: annual value that each function can claim, and what it is credited with",
        facts=[key("double_counted"), key("claimed_by_several"), *shown],
        currency=currency_of(analysis),
    )


def cost(analysis: Analysis) -> Exhibit:
    """Cost of a customer in three loadings."""
    told, question, frame = told_of(analysis), "What does a new customer cost, and when has it paid back?", analysis.frames.get("cac")
    if frame is None or not any(told.knows(key(f"cac_{name}")) for name in LOADINGS):
        return not_assessable(analysis, "cost", question, key("cac_"))
    known = [name for name in LOADINGS if told.knows(key(f"cac_{name}"))]
    last = known[-1]
    title = f"A new customer costs {told(key(f'cac_{last}'))} {LOADINGS[last].lower()}{told.interval(key(f'cac_{last}'))}"
    if len(known) > 1:
        title += f" and {told(key(f'cac_{known[0]}'))} by {LOADINGS[known[0]].lower()}"
    shown = [key(f"cac_{name}") for name in known]
    if told.knows(key("payback_months")):
        title += f"; it has paid back after {told(key('payback_months'))} months"
        shown.append(key("payback_months"))
    rows = frame[frame["loading"].isin(known)].assign(label=frame["loading"].map(LOADINGS))
    table = _with_channels(analysis, rows)
    return exhibit(
        charts.money_bars(rows, currency=currency_of(analysis), series=(("cac", "Cost of a customer"),)),
        id=f"{NAME}.cost",
        question=question,
        title=title,
        table=table,
        formats={"cost": "money", "customers": "count", "amount": "money", "cac": "money", "cost_ratio": "ratio2"},
        labels={
            "label": "Cost",
            "customers": "Customers won",
            "amount": "New business",
            "cac": "Cost of a customer",
            "cost_ratio": "Cost of one of new revenue",
        },
        source=source_line(analysis, "opportunities", "spend", "ledger", "reps"),
        note="Costs lie before wins by the median cycle. Channels carry only what is booked to them; what is booked to none is not spread.",
        alt="Bars: cost of a new customer by media, by all programmes, and fully loaded",
        facts=shown,
        currency=currency_of(analysis),
    )


def _with_channels(analysis: Analysis, rows: pd.DataFrame) -> pd.DataFrame:
    columns = ["label", "cost", "customers", "amount", "cac", "cost_ratio"]
    channels = analysis.frames.get("cac_channel")
    if channels is None:
        return rows[columns]
    named = channels[channels["channel"] != NOT_SPREAD]
    named = named[named["cost"] > 0].assign(label="Programmes, " + named["channel"].str.replace("_", " "))
    return pd.concat([rows[columns], named[columns]], ignore_index=True)


def incremental(analysis: Analysis) -> Exhibit:
    """Average cost of a lead against the cost of those added."""
    told, question, frame = told_of(analysis), "What did the last leads cost?", analysis.frames.get("incremental")
    facts = analysis.facts
    rows = facts[(facts["metric"] == key("incremental_cost_ratio")) & (facts["status"] == "ok")]
    if frame is None or rows.empty:
        return not_assessable(analysis, "incremental", question, (key("incremental"), key("cost_per_lead")))
    worst = rows.loc[rows["value"].idxmax(), "object_id"]
    at = f"{key('incremental_cost_ratio')}[channel={worst}]"
    lead = f"{key('cost_per_lead')}[channel={worst}]"
    title = f"The leads that {worst.replace('_', ' ')} added in two years cost {told(at)} times its average of {told(lead)}"
    if told.value(at) <= 1:
        title = f"No channel's added leads cost more than its average: the dearest, {worst.replace('_', ' ')}, stands at {told(at)} times"
    drawn = frame[frame["channel"].isin(rows["object_id"])].assign(label=lambda part: part["channel"].str.replace("_", " "))
    return exhibit(
        charts.money_bars(
            drawn, currency=currency_of(analysis), series=(("average", "Average lead now"), ("incremental", "Leads added in two years"))
        ),
        id=f"{NAME}.incremental",
        question=question,
        title=title,
        table=frame,
        formats={
            "cost_then": "money",
            "cost": "money",
            "results_then": "count",
            "results": "count",
            "average": "money",
            "incremental": "money",
            "ratio": "ratio2",
        },
        labels={
            "cost_then": "Spend two years ago",
            "cost": "Spend now",
            "results_then": "Leads two years ago",
            "results": "Leads now",
            "average": "Average",
            "incremental": "Added",
        },
        source=source_line(analysis, "spend", "leads"),
        note="Twelve months each. Two points a channel: arithmetic, not a curve; a season or a price that changed is in it.",
        alt="Bars: cost of the average lead and of those added, by channel",
        facts=[
            *_cut("incremental_cost_ratio", rows),
            *_cut("cost_per_lead", facts[(facts["metric"] == key("cost_per_lead")) & (facts["status"] == "ok")]),
        ],
        currency=currency_of(analysis),
    )


def attribution(analysis: Analysis) -> Exhibit:
    """Shares of each channel by every rule."""
    told, question = told_of(analysis), "Which channel gets the credit, and would another rule say so too?"
    frame = analysis.frames.get("attribution_intervals")
    if frame is None or not told.knows(key("attribution_distance_all")):
        return not_assessable(analysis, "attribution", question, (key("credit"), key("attribution"), key("touch")))
    moved = f"between any two rules at most {told(key('attribution_distance_all'))} of the credit changes hands"
    title = f"Paths can tell channels apart: {moved}"
    if told.value(key("attribution_can_tell")) < 1:
        title = f"The data cannot tell: {told(key('touch_coverage'))} of what was won has a recorded touch; {moved}"
    wide = frame.pivot_table(index="channel", columns="rule", values="share", sort=False).reset_index()
    rules = [name for name in ("first", "last", "linear", "position", "decay", "shapley", "markov") if name in wide]
    markov = frame[frame["rule"] == "markov"].set_index("channel")
    table = wide[["channel", *rules]].assign(low=wide["channel"].map(markov["low"]), high=wide["channel"].map(markov["high"]))
    facts = analysis.facts
    rows = facts[facts["metric"].str.startswith(key("credit_")) & (facts["status"] == "ok") & (facts["object_id"] != "")]
    return exhibit(
        charts.credits(frame.assign(channel=frame["channel"].str.replace("_", " "))),
        id=f"{NAME}.attribution",
        question=question,
        title=title,
        table=table.sort_values(rules[-1], ascending=False, kind="stable"),
        formats=dict.fromkeys([*rules, "low", "high"], "percent1"),
        labels={"low": "Markov, low", "high": "Markov, high"},
        source=source_line(analysis, "touches", "leads", "opportunities"),
        note="Every rule shares out the same customers; each is reconciled to what was booked. No rule knows what a channel caused: that takes tests with a control.",
        alt="Dots: share of the credit of each channel by each rule of attribution",
        facts=[key("attribution_distance_all"), key("attribution_can_tell"), key("touch_coverage"), *_cut_of(rows)],
        currency=currency_of(analysis),
    )


def _cut_of(rows: pd.DataFrame) -> list[str]:
    return [f"{row.metric}[{row.object}={row.object_id}]" for row in rows[["metric", "object", "object_id"]].itertuples()]


def response(analysis: Analysis) -> Exhibit:
    """Fitted response of leads to spend."""
    told, question, frame = told_of(analysis), "Where does the next customer stop paying?", analysis.frames.get("response_curve")
    months = analysis.frames.get("response_months")
    if frame is None or months is None or not told.knows(key("marginal_cost_ratio")):
        return not_assessable(analysis, "response", question, (key("saturation"), key("marginal"), key("spend_"), key("response")))
    title = f"The next lead costs {told(key('marginal_cost_ratio'))} times the average one"
    shown = [key("marginal_cost_ratio"), key("saturation_index"), key("spend_inflation"), key("response_fit"), key("response_error")]
    if told.knows(key("marginal_cac")):
        title += f": {told(key('marginal_cac'))} of programmes for the next customer{told.interval(key('marginal_cac'))}"
        shown.append(key("marginal_cac"))
    if told.knows(key("spend_cap"), key("lifetime_value")) and told.value(key("spend_cap")) == 0:
        title += f", against {told(key('lifetime_value'))} that one is worth"
        shown += [key("spend_cap"), key("lifetime_value")]
    names = [name for name in months.columns if name not in ("results", "month")]
    points = pd.DataFrame({"spend": months[names].sum(axis=1), "results": months["results"]})
    pooled = (
        "Channels were raised together and cannot be told apart: only their total is given. "
        if frame["channel"].iloc[0] == "(total)"
        else ""
    )
    return exhibit(
        charts.response(frame, points, currency=currency_of(analysis)),
        id=f"{NAME}.response",
        question=question,
        title=title,
        table=analysis.frames["response"][["channel", "theta", "half", "ceiling", "spend", "average", "marginal", "saturation"]],
        formats={
            "theta": "ratio2",
            "half": "money",
            "ceiling": "count",
            "spend": "money",
            "average": "money",
            "marginal": "money",
            "saturation": "ratio2",
        },
        labels={
            "theta": "Carry-over a month",
            "half": "Half saturation, a month",
            "ceiling": "Most leads a month",
            "spend": "Spend a month now",
            "average": "Average lead",
            "marginal": "Next lead",
            "saturation": "Spend over half saturation",
        },
        source=source_line(analysis, "spend", "leads"),
        note=f"{pooled}Observed, not tested: budgets follow demand, so the curve may flatter spend. Dotted where spend has never been.",
        alt="Curve over dots: leads a month against spend a month",
        facts=shown,
        currency=currency_of(analysis),
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "funnel": funnel,
    "outcomes": outcomes,
    "mix": mix,
    "claims": claims,
    "cost": cost,
    "incremental": incremental,
    "attribution": attribution,
    "response": response,
}
