"""The answer of the acquisition notebook: what new business costs, whether it pays back, and what is not known of its source."""

from typing import Any

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, sentence

A = "acquisition."
SLOW_PAYBACK, WORTH_IT, DEAR = 24, 3, 1.5


def acquisition(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    """Give the lead and the sentences that carry it."""
    lines = [*_worth(told), *_funnel(told), *_sources(told), *_credit(told, analysis), *_next(told, analysis), *_referral(told)]
    return lead(told), lines or [
        sentence(f"Acquisition is not assessable: {told.reason(A + 'new_customers')}.", A + "new_customers", tone="warn")
    ]


def lead(told: Told) -> str:
    """Say what new business was won and what a customer cost."""
    won, cost, payback = A + "new_revenue", A + "cac_loaded", A + "payback_months"
    if not told.knows(won):
        return f"What customers cost is not assessable: {told.reason(won)}."
    text = f"New business of {told(won)} was won in twelve months{told.interval(won)}"
    if told.knows(cost):
        text += f", at {told(cost)} a customer fully loaded"
    if told.knows(payback):
        text += f", paid back after {told(payback)} months"
    return text + "."


def _worth(told: Told) -> list[dict[str, Any]]:
    lines = []
    times, ratio, drift = A + "ltv_to_cac", A + "new_cac_ratio", A + "new_cac_ratio_drift"
    if told.knows(times):
        tone = "good" if told.value(times) >= WORTH_IT else "bad" if told.value(times) < 1 else "warn"
        text = f"A new customer, at the revenue with which it starts, is worth {told(A + 'lifetime_value')} by the survival of customers, {told(times)} times what it costs{told.interval(times)}."
        lines.append(sentence(text, times, A + "lifetime_value", tone=tone))
    if told.knows(ratio):
        text = f"One of new annual revenue costs {told(ratio)}{told.interval(ratio)}"
        if told.knows(drift):
            text += f", {told(drift, size=True)} a year {'more' if told.value(drift) > 0 else 'less'} than two years ago"
        lines.append(sentence(text + ".", ratio, drift, tone="warn" if told.knows(drift) and told.value(drift) > 0.1 else "plain"))
    return [{**one, "facts": [name for name in one["facts"] if told.knows(name)]} for one in lines]


def _funnel(told: Told) -> list[dict[str, Any]]:
    won, no = A + "won_within_year", A + "no_decision_within_year"
    if not told.knows(won):
        return []
    text = f"Of opportunities, by creation and with open ones as undecided, {told(won)} are won within a year{told.interval(won)}"
    metrics = [won]
    if told.knows(no):
        text += f"; {told(no)} end without a decision"
        metrics.append(no)
    lines = [sentence(text + ".", *metrics)]
    late = A + "created_at_close"
    if told.knows(late) and told.value(late) > 0:
        lines.append(sentence(f"{told(late)} of wins were recorded only when they were won: the win rate is flattered.", late, tone="warn"))
    return lines


def _sources(told: Told) -> list[dict[str, Any]]:
    twice, several, last = A + "double_counted", A + "claimed_by_several", A + "source_is_last_touch"
    lines = []
    if told.knows(twice, several):
        text = f"Marketing, sales, partners, the founder and referrers can together claim {told(twice)} more than was won; {told(several)} of customers have more than one claimant."
        lines.append(sentence(text, twice, several, tone="warn" if told.value(twice) > 0.1 else "plain"))
    if told.knows(last) and told.value(last) > 0.9:
        text = f"The source field is the last touch in {told(last)} of leads with several touches: a rule of attribution that nobody chose."
        lines.append(sentence(text, last, tone="warn"))
    return lines


def _credit(told: Told, analysis: Analysis) -> list[dict[str, Any]]:
    tell, distance, coverage = A + "attribution_can_tell", A + "attribution_distance_all", A + "touch_coverage"
    if not told.knows(tell, distance, coverage):
        why = told.reason(A + "attribution_distance")
        return [sentence(f"Attribution is not assessable: {why}.", A + "attribution_distance", tone="warn")] if why else []
    rows = f"Rules of attribution disagree on at most {told(distance)} of the credit"
    if told.value(tell) >= 1:
        return [sentence(f"{rows}, and the paths tell the channels apart.", distance, tell, tone="good")]
    text = f"{rows}, but touches are recorded for {told(coverage)} of what was won: which channel brings customers, these data cannot tell."
    if told.value(coverage) >= 0.5:
        text = f"{rows}; which channel brings customers, these data cannot tell."
    return [sentence(text, distance, coverage, tell, tone="warn")]


def _next(told: Told, analysis: Analysis) -> list[dict[str, Any]]:
    ratio, cost, cap = A + "marginal_cost_ratio", A + "marginal_cac", A + "spend_cap"
    lines = []
    facts = analysis.facts
    added = facts[(facts["metric"] == A + "incremental_cost_ratio") & (facts["status"] == "ok")]
    if len(added) and added["value"].max() > DEAR:
        worst = added.loc[added["value"].idxmax(), "object_id"]
        at = f"{A}incremental_cost_ratio[channel={worst}]"
        text = f"The leads that {worst.replace('_', ' ')} added in two years cost {told(at)} times its average: more money finds few more people."
        lines.append(sentence(text, at, tone="warn"))
    if not told.knows(ratio):
        return lines
    text = f"By the fitted response of all programmes together the next lead costs {told(ratio)} times the average"
    metrics = [ratio]
    if told.knows(cost):
        text += f", the next customer {told(cost)}{told.interval(cost)} before people and tools"
        metrics.append(cost)
    lines.append(sentence(text + ".", *metrics))
    if told.knows(cap) and told.value(cap) == 0:
        lines.append(sentence("At no level of spend do programmes bring a customer for as little as it may cost.", cap, tone="bad"))
    return lines


def _referral(told: Told) -> list[dict[str, Any]]:
    born = A + "referral_reproduction"
    if not told.knows(born):
        return []
    below = told.value(born) < 1
    text = f"A customer refers {told(born)} others while it stays{told.interval(born)}: "
    return [
        sentence(text + ("referral alone would shrink the base." if below else "referral alone would keep the base."), born, tone="plain")
    ]
