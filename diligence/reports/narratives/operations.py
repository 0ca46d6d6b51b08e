"""The answer of the notebook on operations."""

from typing import Any

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, counted, sentence

ERROR, BIAS, SLIPPED, RENEWALS = (
    "operations.forecast_error",
    "operations.forecast_bias",
    "operations.slipped_share",
    "operations.on_time_renewals",
)
NEED, HAVE, RUN = "operations.coverage_required", "operations.coverage", "operations.coverage_run_rate"


def operations(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    """Write how well the commercial system is run."""
    del analysis
    return lead(told), [
        *_forecast(told),
        *_pipeline(told),
        *_coverage(told),
        *_selling(told),
        *_territories(told),
        *_leads(told),
        *_service(told),
        *_stack(told),
    ]


def lead(told: Told) -> str:
    """Say how well forecasts, deals and renewals keep their dates."""
    parts = []
    if told.knows(ERROR):
        parts.append(f"the first commit of a quarter misses by {told(ERROR)}")
    if told.knows(SLIPPED):
        parts.append(f"{told(SLIPPED)} of won deals close more than a week late")
    if told.knows(RENEWALS):
        parts.append(f"{told(RENEWALS)} of renewals are signed in time")
    return (
        _capital("; ".join(parts)) + "."
        if parts
        else "How the commercial system is run is not assessable: neither forecasts nor close dates are in the room."
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _forecast(told: Told) -> list[dict[str, Any]]:
    if not told.knows(BIAS):
        return [sentence(f"Forecasts are not assessable: {told.reason(BIAS)}.", BIAS, tone="warn")]
    good = told.value(ERROR) < 0.1
    text = f"The commit of the first month of a quarter has a bias of {told(BIAS, signed=True)}{told.interval(BIAS)} and an error of {told(ERROR)} over {counted(_n(told, BIAS), 'quarter')}; in brackets, intervals of 95 per cent."
    return [sentence(text, BIAS, ERROR, tone="good" if good else "warn")]


def _n(told: Told, key: str) -> float:
    return float(told(key, part="n").replace(",", ""))


def _pipeline(told: Told) -> list[dict[str, Any]]:
    lines = []
    aged, skips = "operations.aged_pipeline", "operations.skip_share"
    if told.knows(aged):
        text = f"{told(aged)} of the open value has stood in its stage for more than twice as long as won deals do{told.interval(aged)}"
        if told.knows(skips):
            text += f"; stages are {'entered in order' if told.value(skips) == 0 else f'skipped in {told(skips)} of steps'}"
        lines.append(sentence(text + ".", aged, skips, tone="warn" if told.value(aged) >= 0.15 else "good"))
    due = "operations.on_time_of_due"
    if told.knows(RENEWALS, due):
        text = f"Of the renewals that were signed {told(RENEWALS)} were in time; of all that came due, with those that were lost or are late, it is {told(due)}."
        lines.append(sentence(text, RENEWALS, due))
    return lines


def _coverage(told: Told) -> list[dict[str, Any]]:
    if not told.knows(NEED):
        return []
    text = f"A quarter's open pipeline becomes {told('operations.pipeline_yield')} of itself, so that {told(NEED)} times the target is needed{told.interval(NEED)}"
    keys = [NEED, "operations.pipeline_yield"]
    short = False
    for key, of in ((HAVE, "its quotas"), (RUN, "the run-rate")):
        if told.knows(key):
            text += f"; the next quarter has {told(key)} times {of}" if len(keys) == 2 else f" and {told(key)} times {of}"
            keys.append(key)
            short = short or told.value(key) < told.value(NEED)
    later = "operations.created_later"
    if told.knows(later):
        text += f". {told(later)} of what is won was not in the pipeline when the quarter began"
        keys.append(later)
    return [sentence(text + ".", *keys, tone="warn" if short else "good")]


def _selling(told: Told) -> list[dict[str, Any]]:
    lines = []
    whole, at, able, owed = "operations.attainment", "operations.at_quota", "operations.capacity", "operations.quota_sum"
    if told.knows(whole):
        text = f"Sellers reached {told(whole)} of their quotas{told.interval(whole)}"
        if told.knows(at):
            text += f", and {told(at)} of them reached their own, leavers counted"
        if told.knows(able, owed):
            text += f": the quotas of {told(owed)} a year are a capacity of {told(able)}"
        lines.append(sentence(text + ".", whole, at, able, owed, tone="warn" if told.value(whole) < 0.8 else "good"))
    ramp, naive = "operations.ramp_months", "operations.ramp_months_naive"
    if told.knows(ramp):
        text = f"Half of the sellers hired within the data are productive after {told(ramp)} months{told.interval(ramp)}"
        if told.knows(naive):
            text += f"; forgetting those who are not there yet it would read {told(naive)}"
        lines.append(sentence(text + ".", ramp, naive))
    return lines


def _territories(told: Told) -> list[dict[str, Any]]:
    loss, off = "operations.imbalance_loss", "operations.territory_imbalance"
    if not told.knows(loss):
        return []
    text = f"Territories that do not fit their sellers cost up to {told(loss)} of new value a year"
    if told.knows(off):
        text += f"; {told(off)} of them lie more than a fifth from the mean potential of their segment"
    return [
        sentence(
            text + ".", loss, off, "operations.imbalance_share", tone="warn" if told.value("operations.imbalance_share") > 0.05 else "plain"
        )
    ]


def _leads(told: Told) -> list[dict[str, Any]]:
    lines = []
    soon, hours, never = "operations.answered_next_day", "operations.answer_hours_most", "operations.unanswered"
    if told.knows(soon):
        text = f"{told(soon)} of answers to leads come by the end of the next day"
        if told.knows(hours):
            text += f", half of them within {told(hours)} hours at the most (leads carry a day, not an hour)"
        if told.knows(never):
            text += f"; {told(never)} of leads have none"
        lines.append(sentence(text + ".", soon, hours, never))
    breaks, why = "operations.conversion_breaks", "operations.breaks_at_definitions"
    if told.knows(breaks) and told.value(breaks) > 0:
        text = f"The level of lead conversion broke {counted(told.value(breaks), 'time')}"
        if told.knows(why):
            text += f"; {told(why)} of the breaks fall within a month of a logged change of definition"
        lines.append(sentence(text + ".", breaks, why, tone="warn"))
    auc = "operations.score_auc"
    if told.knows(auc):
        skill = told.value(auc) > 0.5 and float(told(auc, part="low")) > 0.5
        word = "tells who will be accepted" if skill else "does not tell who will be accepted"
        lines.append(
            sentence(
                f"Among qualified leads the score {word}: area under the curve {told(auc)}{told.interval(auc)}.",
                auc,
                tone="plain" if skill else "warn",
            )
        )
    return lines


def _service(told: Told) -> list[dict[str, Any]]:
    seats, fall, severe = "operations.seat_utilisation", "operations.usage_decline", "operations.severe_days"
    if not told.knows(seats):
        return []
    text = f"{told(seats)} of seats are in use"
    if told.knows(fall):
        text += f"; {told(fall)} of recurring revenue is with customers whose use falls"
    if told.knows(severe):
        text += f"; a severe ticket is closed in {told(severe)} days in the median"
    return [sentence(text + ".", seats, fall, severe)]


def _stack(told: Told) -> list[dict[str, Any]]:
    cost, idle, double = "operations.tool_cost", "operations.idle_cost", "operations.overlap_cost"
    if not told.knows(cost):
        return []
    text = f"Commercial tools cost {told(cost)} a year"
    if told.knows(idle, double):
        text += f"; {told(idle)} of that is not in use, and {told(double)} is for tools that duplicate another"
    return [sentence(text + ".", cost, idle, double)]
