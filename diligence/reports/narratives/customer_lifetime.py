"""The answer of the notebook on customer lifetime, in sentences built from its facts."""

from typing import Any

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, sentence

Lines = list[dict[str, Any]]


def customer_lifetime(told: Told, analysis: Analysis) -> tuple[str, Lines]:
    """Give the lead and its sentences: how long customers stay, why they leave, what they are worth, what is at risk."""
    del analysis
    one, three = "lifetime.survival_12m", "lifetime.survival_36m"
    if not told.knows(one):
        lines = [*_worth(told), *_returning(told), *_risk(told), *_clauses(told)]
        return f"How long customers stay is not assessable: {told.reason(one)}.", lines
    lead = f"Of new customers {told(one)} are still there after one year"
    if told.knows(three):
        lead += f" and {told(three)} after three"
    if told.knows("lifetime.value"):
        lead += f"; one of average revenue is worth {told('lifetime.value')} of margin over its first five years"
    return lead + ".", [*_stay(told), *_leave(told), *_worth(told), *_returning(told), *_risk(told), *_clauses(told), *_lately(told)]


def _stay(told: Told) -> Lines:
    lines, one, five = [], "lifetime.survival_12m", "lifetime.restricted_60m"
    text = f"Survival after one year is {told(one)}{told.interval(one)}, over {told(one, part='n')} customers by ultimate parent; in brackets, intervals of 95 per cent."
    lines.append(sentence(text, one))
    if told.knows(five):
        known = told.knows("lifetime.median")
        half = f"; half of them have left by month {told('lifetime.median')}" if known else ""
        lines.append(
            sentence(
                f"A new customer stays {told(five)} months of the first five years{half}.", five, *(["lifetime.median"] if known else [])
            )
        )
    unknown = "lifetime.age_unknown"
    if told.value(unknown) > 0:
        text = f"Of {told(unknown)} of customers nobody tells when they began: they were there before the data, or came with an acquired company; they are in no curve."
        lines.append(sentence(text, unknown))
    return lines


def _leave(told: Told) -> Lines:
    lines: Lines = []
    lost, smeared = "lifetime.renewal_loss", "lifetime.smeared_loss"
    if told.knows(lost, smeared):
        text = f"Of the contracts that came up in twelve months {told(lost)}{told.interval(lost)} by value was lost; over all under contract the same losses read {told(smeared)}."
        lines.append(sentence(text, lost, smeared))
    first, ratio = "lifetime.first_renewal_loss", "lifetime.early_loss_ratio"
    if told.knows(first, ratio):
        lines.append(
            sentence(f"The first renewal loses {told(first)} of contracts, {told(ratio)} times the rate of later ones.", first, ratio)
        )
    own = "lifetime.own_making"
    if told.knows(own):
        lines.append(
            sentence(
                f"Of losses with a reason {told(own)}{told.interval(own)} lie with the offer: price, product, service or a competitor.", own
            )
        )
    return lines


def _worth(told: Told) -> Lines:
    lines: Lines = []
    value, naive, base = "lifetime.value", "lifetime.value_naive", "lifetime.base_value"
    if told.knows(value):
        text = f"A customer of average revenue is worth {told(value)}{told.interval(value)} of discounted margin over its first five years"
        text += f"; revenue times margin over churn would say {told(naive)}." if told.knows(naive) else "."
        lines.append(sentence(text, value, *([naive] if told.knows(naive) else [])))
    else:
        lines.append(sentence(f"Lifetime value is not assessable: {told.reason(value)}.", value, tone="warn"))
    if told.knows(base, "lifetime.base_understatement"):
        text = f"Today's customers will bring {told(base)} of margin from their next renewals within five years; one retention rate for all leaves out {told('lifetime.base_understatement')} of it."
        lines.append(sentence(text, base, "lifetime.base_understatement"))
    return lines


def _returning(told: Told) -> Lines:
    active, revenue = "lifetime.active_share", "lifetime.revenue_12m"
    if not told.knows(active):
        return []
    text = (
        f"Customers are under no contract: by how often and how lately they bought, {told(active)} of those who ever did are still active"
    )
    if told.knows(revenue):
        return [sentence(f"{text} and will bring {told(revenue)} within twelve months.", active, revenue)]
    return [sentence(f"{text}.", active)]


def _risk(told: Told) -> Lines:
    bad, mean = "lifetime.loss_p95", "lifetime.loss_expected"
    if not told.knows(bad, mean):
        return []
    text = f"A year takes {told(mean)} of recurring revenue on average; one in twenty takes more than {told(bad)}, if customers share a common shock."
    return [sentence(text, bad, mean)]


def _clauses(told: Told) -> Lines:
    any_, favoured = "lifetime.change_of_control", "lifetime.most_favoured"
    if not told.knows(any_):
        return []
    more = f", and {told(favoured)} stands under most-favoured clauses" if told.knows(favoured) else ""
    text = f"{told(any_)} of contracted value may leave or must consent at a change of control{more}."
    return [sentence(text, any_, *([favoured] if more else []))]


def _lately(told: Told) -> Lines:
    rate, passing = "lifetime.run_rate_excess", "lifetime.passing_excess"
    if not told.knows(rate, passing):
        return []
    side = "above" if told.value(rate) >= 0 else "below"
    way = "more" if told.value(passing) >= 0 else "less"
    text = f"The last three months stand {told(rate, size=True)} {side} the year, with {told(passing, size=True)} {way} of what does not recur."
    return [sentence(text, rate, passing)]
