"""Sentences built from facts by templates: the headlines of each notebook, and the summary of the report."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from diligence.deal import Deal
from diligence.facts.analysis import Analysis
from diligence.facts.sheet import OK
from diligence.judgement.rules import AMBER, GREEN, RED, evaluate, rules
from diligence.periods import month_label
from diligence.reports.exhibit import Narrative
from diligence.reports.narratives import acquisition, authority, commercial_model, market, offer, operations
from diligence.reports.narratives.customer_lifetime import customer_lifetime
from diligence.reports.narratives.recurring import contracts, definitions, split
from diligence.reports.told import Told, counted, sentence

ARCHITECTURE = ("market", "offer", "commercial_model", "authority", "acquisition")
"""The five areas of architecture that a verdict rests on."""


LEDGER_RULE = "G-009"
TIES, FAILS = 0.01, 0.03
"""Unexplained difference to the ledger below which revenue ties, and from which it does not (thresholds of that rule)."""


def headlines(analysis: Analysis) -> Narrative:
    """Give the answer of a notebook: one sentence, and those that carry it.

    Parameters
    ----------
    analysis
        As :func:`diligence.facts.data_room.data_room` or :func:`diligence.facts.revenue_quality.revenue_quality` gives it.
    """
    told = Told(analysis.facts, analysis.deal.target.currency)
    lead, sentences = WRITERS[analysis.name](told, analysis)
    return Narrative(lead, tuple(sentences + _colours(analysis)))


def _colours(analysis: Analysis) -> list[dict[str, Any]]:
    """Name the rules that the notebook's facts set off; nothing where all are green."""
    found = evaluate(analysis.facts, analysis.deal.thresholds)
    found = found[found["metric"].isin(set(analysis.facts["metric"])) & (found["segment"] == "")]
    told = []
    for colour, tone in ((RED, "bad"), (AMBER, "warn")):
        hit = found[found["status"] == colour]
        if len(hit):
            names = "; ".join(f"{name} ({one})" for name, one in zip(hit["name"], hit["rule"], strict=True))
            told.append(sentence(f"{colour.capitalize()} by rule: {names}.", *hit["metric"], tone=tone))
    return told


def _data_room(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    given = told("data.tables_given")
    if not told.knows("data.revenue_lines"):
        return _without_revenue(told)
    tied = told.knows("data.ledger_residual")
    lead = f"The room holds {given} of 33 tables and {counted(told.value('data.months'), 'month')} of revenue"
    against = ledger_words(analysis.frames["tieout"])
    lead += f"; {_tied(told, against[0].lower() + against[1:])}" if tied else "; there is no ledger to tie revenue to."
    lines = [
        sentence(
            f"{counted(told.value('data.revenue_lines'), 'revenue line carries', 'revenue lines carry')} {told('data.revenue_governed')}; {counted(told.value('data.repairs'), 'repair is', 'repairs are')} logged.",
            "data.revenue_lines", "data.revenue_governed", "data.repairs",
        )
    ]  # fmt: skip
    if tied:
        good = told.value("data.ledger_worst") < 0.01
        worst = f"The worst month against the ledger differs by {told('data.ledger_worst')}; over all months the unexplained difference is {told('data.ledger_residual_all')}."
        lines.append(sentence(worst, "data.ledger_worst", "data.ledger_residual_all", tone="good" if good else "warn"))
    lines += _books(told)
    lines.append(_regime(analysis.frames["regime"]))
    if told.value("data.unidentified") > 0:
        lines.append(
            sentence(
                f"{told('data.unidentified')} of revenue has no customer: it is in totals and in no retention or concentration figure.",
                "data.unidentified",
                tone="warn",
            )
        )
    if told.value("data.not_listed") > 0:
        lines.append(
            sentence(
                f"{told('data.not_listed')} of revenue belongs to customers that the customer list lacks.", "data.not_listed", tone="warn"
            )
        )
    if told.value("data.joined_customers") > 0:
        lines.append(
            sentence(
                f"{told('data.joined_customers')} of customer rows are another row of one: spellings and ids joined where revenue hands over, or by decision.",
                "data.joined_customers",
            )
        )
    if told.value("data.missing_months") > 0:
        gaps = analysis.frames["issues"]
        named = gaps.loc[gaps["code"] == "missing_month", "message"].str.removesuffix(".")
        lines.append(
            sentence(f"Months are missing ({told('data.missing_months')}): {'; '.join(named)}.", "data.missing_months", tone="warn")
        )
    return lead, lines


def _books(told: Told) -> list[dict[str, Any]]:
    """Say what invoices, contracts and the proof of billings add to the ledger."""
    lines = []
    if told.knows("data.invoices_residual"):
        metrics, text = (
            ["data.invoices_residual"],
            f"Against the invoice register {told('data.invoices_residual')} of the last twelve months is unexplained",
        )
        if told.value("data.invoices_differ") > 0:
            metrics.append("data.invoices_differ")
            text += f"; lines and register differ on {counted(told.value('data.invoices_differ'), 'invoice')}"
        lines.append(sentence(text + ".", *metrics))
    if told.knows("data.contracts_residual"):
        more = told.value("data.contracts_residual") >= 0
        text = f"Recurring revenue by the lines is {told('data.contracts_residual', size=True)} {'above' if more else 'below'} the contracts in force"
        if told.value("data.uncontracted") or told.value("data.unbilled"):
            text += f": {told('data.uncontracted')} a year is billed without a contract, {told('data.unbilled')} contracted without billing"
        text += "."
        lines.append(sentence(text, "data.contracts_residual", "data.uncontracted", "data.unbilled"))
    if told.knows("data.billings_residual"):
        proof = f"The proof of billings leaves {told('data.billings_residual')} of the last twelve months' invoices open."
        lines.append(sentence(proof, "data.billings_residual"))
    return lines


def _without_revenue(told: Told) -> tuple[str, list[dict[str, Any]]]:
    lead = f"The room has no revenue yet; it holds {told('data.tables_given')} of 33 tables."
    why = "Growth, retention, concentration and the tie-out are not assessable before the revenue lines are there."
    return lead, [sentence(why, "data.revenue_lines", tone="warn")]


def _revenue_quality(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    if not told.knows("revenue.recurring"):
        why = told.reason("revenue.recurring")
        return f"Recurring revenue is not assessable: {why}.", [_total(told)]
    lead = f"Recurring revenue of {told('revenue.recurring')} a year{told.tied('revenue.recurring')}"
    if told.knows("revenue.recurring_growth"):
        grew = "grew" if told.value("revenue.recurring_growth") >= 0 else "shrank"
        lead += f" {grew} {told('revenue.recurring_growth', size=True)} in {told.span('revenue.recurring_growth')}"
    if told.knows("retention.nrr_ltm"):
        lead += f"; customers of {_ago(told)} ago are worth {told('retention.nrr_ltm')} of what they were"
    return lead + ".", [
        *_untied(told),
        *_retention(told),
        *definitions(told),
        *_lapse(told),
        *_movement(told),
        *split(told),
        *contracts(told),
        *_dependence(told),
        *_plan(told),
        _total(told),
    ]


def _untied(told: Told) -> list[dict[str, Any]]:
    why = told.untied("revenue.recurring")
    if not why:
        return []
    text = f"These figures are {why}: nothing outside the lines says how far they may be off."
    return [sentence(text, "revenue.recurring", tone="warn")]


def _ago(told: Told) -> str:
    span = told.span("revenue.recurring_growth")
    return "a year" if span == "twelve months" else span


def _retention(told: Told) -> list[dict[str, Any]]:
    if not told.knows("retention.nrr_ltm"):
        return [sentence(f"Retention is not assessable: {told.reason('retention.nrr_ltm')}.", "retention.nrr_ltm", tone="warn")]
    nrr, grr = "retention.nrr_ltm", "retention.grr_ltm"
    text = f"Net revenue retention is {told(nrr)}{told.interval(nrr)}, gross {told(grr)}{told.interval(grr)}, over {told(nrr, part='n')} accounts by ultimate parent; in brackets, intervals of 95 per cent."
    lines = [sentence(text, nrr, grr)]
    if told.tied(nrr) or told.tied(grr):
        lines.append(
            sentence(f"What does not tie moves them too: net {told(nrr)}{told.tied(nrr)}, gross {told(grr)}{told.tied(grr)}.", nrr, grr)
        )
    readings = [f"retention.{name}" for name in ("nrr_customer", "nrr_product", "nrr_bridge", "nrr_bridge_reactivation", "nrr_monthly")]
    known = [name for name in (nrr, *readings) if told.knows(name)]
    low, high = min(known, key=told.value), max(known, key=told.value)
    if low != high:
        lines.append(sentence(f"By the readings in use elsewhere the same company shows {told(low)} to {told(high)}.", low, high))
    if told.knows("retention.nrr_ex_top5"):
        lines.append(
            sentence(f"Without the five largest expansions net retention is {told('retention.nrr_ex_top5')}.", "retention.nrr_ex_top5")
        )
    return lines


def _lapse(told: Told) -> list[dict[str, Any]]:
    if not told.knows("retention.lapsed", "retention.lapse_months"):
        return []
    lapsed, gap = "retention.lapsed", "retention.lapse_months"
    text = f"{told(lapsed)} of all customers that ever bought have lapsed, counting a customer as gone after {counted(told.value(gap), 'month')} without a purchase, the base's own 95th percentile"
    text += f"; at half that gap it is {told('retention.lapsed_half')}, at twice {told('retention.lapsed_double')}."
    again = sentence(
        f"Customers who bought in more than one month brought {told('revenue.repeat_ltm')} of the last twelve months.", "revenue.repeat_ltm"
    )
    return [sentence(text, lapsed, gap, "retention.lapsed_half", "retention.lapsed_double"), again]


def _movement(told: Told) -> list[dict[str, Any]]:
    keys = ("bridge.new_logo", "bridge.upsell", "bridge.cross_sell", "bridge.churn")
    if not told.knows(*keys):
        return []
    text = f"New customers brought {told(keys[0])}, upsell {told(keys[1])} and cross-sell {told(keys[2])}; leaving customers took {told(keys[3], size=True)}."
    return [sentence(text, *keys)]


def _dependence(told: Told) -> list[dict[str, Any]]:
    lines = []
    if told.knows("concentration.top10"):
        text = (
            f"The ten largest customers hold {told('concentration.top10')}, the largest {told('concentration.top1')} of recurring revenue."
        )
        lines.append(sentence(text, "concentration.top10", "concentration.top1"))
    if told.knows("renewal.next_12m"):
        lines.append(
            sentence(f"{told('renewal.next_12m')} of contracted value comes up for renewal within twelve months.", "renewal.next_12m")
        )
    return lines


def _plan(told: Told) -> list[dict[str, Any]]:
    if not told.knows("revenue.plan_growth", "revenue.recurring_growth"):
        return []
    ahead = told.value("revenue.plan_gap") > 0
    text = f"The plan asks for {told('revenue.plan_growth')} a year; the last {told.span('revenue.recurring_growth')} gave {told('revenue.recurring_growth')}."
    return [sentence(text, "revenue.plan_growth", "revenue.recurring_growth", tone="warn" if ahead else "good")]


def _total(told: Told) -> dict[str, Any]:
    share = f", {told('revenue.recurring_share')} of it recurring" if told.knows("revenue.recurring_share") else ""
    return sentence(
        f"All revenue of the last twelve months is {told('revenue.total_ltm')}{told.tied('revenue.total_ltm')}{share}.",
        "revenue.total_ltm",
        "revenue.recurring_share",
    )


def summary(
    facts: pd.DataFrame, findings: pd.DataFrame, deal: Deal, month: pd.Timestamp, *, against: str = "Revenue", failed: Sequence[str] = ()
) -> Narrative:
    """Give the page that a committee reads first: what was found, what weighs most, and what this run cannot say.

    The growth verdict needs the five areas of architecture; a run without them says so and gives none.
    """
    told = Told(facts, deal.target.currency)
    whole = findings[findings["segment"] == ""]
    counts = whole["status"].value_counts()
    red, amber, green = (int(counts.get(colour, 0)) for colour in (RED, AMBER, GREEN))
    lines = []
    if told.knows("revenue.recurring"):
        lines += [
            sentence(_revenue_line(told, month), "revenue.recurring", "revenue.recurring_growth"),
            *_untied(told),
            *_retention(told)[:1],
            *_plan(told),
            *_dependence(told),
        ]
    else:
        lines.append(
            sentence(f"Recurring revenue is not assessable: {told.reason('revenue.recurring')}.", "revenue.recurring", tone="warn")
        )
        lines.append(_total(told))
    lines += _areas(facts, deal)
    if told.knows("data.ledger_residual"):
        off = told.value("data.ledger_residual")
        lines.append(
            sentence(_tied(told, against), "data.ledger_residual", tone="good" if off < TIES else "warn" if off < FAILS else "bad")
        )
    silent = len(whole) - red - amber - green
    lines.append(
        sentence(
            f"For the company as a whole {len(whole)} rules give {red} red, {amber} amber and {green} green; {silent} could not be assessed."
        )
    )
    silent_areas = unassessed(facts)
    why = f" Nothing could be said of {' and '.join(silent_areas)}." if silent_areas else ""
    lines.append(sentence(f"No growth verdict is given: the plan is not yet held against growth ceilings.{why}", tone="warn"))
    if failed:
        return Narrative(
            f"A part of this run failed and is not in these pages: {', '.join(failed)}. Read nothing into what is missing.", tuple(lines)
        )
    return Narrative(_verdict_line(told, whole), tuple(lines))


def _areas(facts: pd.DataFrame, deal: Deal) -> list[dict[str, Any]]:
    """Give the answer of each area of architecture and of operations that has one, with the facts that it names."""
    leads = (partial(market.lead, facts=facts), offer.lead, commercial_model.lead, authority.lead, acquisition.lead, operations.lead)
    lines = []
    for lead in leads:
        told = Told(facts, deal.target.currency)
        text = lead(told)
        if told.spoken:
            lines.append(sentence(text, *dict.fromkeys(told.spoken)))
    return lines


def unassessed(facts: pd.DataFrame) -> list[str]:
    """Name the areas of architecture of which no fact could be given."""
    told = set(facts.loc[facts["status"] == OK, "area"])
    return [area.replace("_", " ") for area in ARCHITECTURE if area not in told]


def _revenue_line(told: Told, month: pd.Timestamp) -> str:
    text = f"Recurring revenue stands at {told('revenue.recurring')} a year in {month_label(month)}{told.tied('revenue.recurring')}"
    if told.knows("revenue.recurring_growth"):
        text += f", {told('revenue.recurring_growth', signed=True)} on {_ago(told)} ago"
    return text + "."


def ledger_words(tieout: pd.DataFrame) -> str:
    """Say what is held against the ledger: recurring revenue where the ledger has a line for it, else all revenue."""
    return "Recurring revenue" if len(tieout) and tieout["source_b"].eq("ledger, recurring_revenue").any() else "All revenue"


def _tied(told: Told, against: str) -> str:
    off = told("data.ledger_residual")
    if told.value("data.ledger_residual") < FAILS:
        return f"{against} ties to the ledger over the last twelve months; {off} is unexplained."
    return f"{against} does not tie to the ledger: {off} of the last twelve months is unexplained."


def _regime(frame: pd.DataFrame) -> dict[str, Any]:
    regime, found = frame.iloc[0]
    words = (
        "as under contract: a month without revenue is a loss"
        if regime == "contractual"
        else "as repeat purchase: the last twelve months against the twelve before"
    )
    why = "found from how regularly customers are billed; set defaults.regime if it is wrong" if found else "as the deal file says"
    return sentence(f"Recurring revenue is read {words} ({why}).")


def _verdict_line(told: Told, findings: pd.DataFrame) -> str:
    if (findings.loc[findings["rule"] == LEDGER_RULE, "status"] == RED).any():
        return f"The revenue does not tie to the ledger ({told('data.ledger_residual')} unexplained over twelve months): settle that before any figure here is used."
    if not told.knows("retention.grr_ltm"):
        return "The data carry totals but not retention: ask for what the request list names before judging the revenue."
    red = findings[(findings["status"] == RED) & (findings["layer"] == "architecture")]
    gap = " The plan asks for much more growth than the company shows." if "V-012" in set(red["rule"]) else ""
    rest = [rules()[one].name.lower() for one in red["rule"] if one != "V-012"]
    if rest:
        return f"The revenue has a weakness that diligence must settle: {', '.join(rest)}.{gap}"
    asked = findings[findings["area"].isin(["retention", "contracts", "concentration"])]
    silent = int((~asked["status"].isin([RED, AMBER, GREEN])).sum())
    if silent:
        few = f"{silent} of {len(asked)} could not be assessed"
        return f"No rule on retention, contracts or concentration is red, but {few}: that is not yet sound quality.{gap}"
    return f"The revenue is of sound quality: no rule on retention, contracts or concentration is red.{gap}"


WRITERS: dict[str, Callable[[Told, Analysis], tuple[str, list[dict[str, Any]]]]] = {
    "00_data_room": _data_room,
    "01_revenue_quality": _revenue_quality,
    "02_customer_lifetime": customer_lifetime,
    "03_market": market.market,
    "04_offer": offer.offer,
    "05_commercial_model": commercial_model.commercial_model,
    "06_authority": authority.authority,
    "08_operations": operations.operations,
    "07_acquisition": acquisition.acquisition,
}
"""For each notebook, who writes its answer."""
