"""The answer of the commercial model: how price, terms and cash work for the company."""

from typing import Any

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, sentence

Line = dict[str, Any]


def commercial_model(told: Told, analysis: Analysis) -> tuple[str, list[Line]]:
    """Give the lead and its sentences."""
    del analysis
    lines = [
        *_realised(told),
        *_authority(told),
        *_increases(told),
        *_room(told),
        *_worth(told),
        *_elasticity(told),
        *_terms(told),
        *_cash(told),
    ]
    return lead(told), lines or [
        sentence(f"Nothing of prices, terms or cash could be assessed: {told.reason('commercial.pvm_price')}.", tone="warn")
    ]


def lead(told: Told) -> str:
    """Say what prices did, what of the list arrives, and which growth pays for itself."""
    parts = []
    if told.knows("commercial.price_change"):
        parts.append(f"prices of what customers keep buying moved {told('commercial.price_change', signed=True)} in a year")
    if told.knows("commercial.price_realisation"):
        parts.append(f"{told('commercial.price_realisation')} of list reaches the invoice")
    if told.knows("commercial.self_financed_growth"):
        parts.append(f"its own cash pays for growth of {told('commercial.self_financed_growth')} a year")
    text = "; ".join(parts) or "the commercial model is not assessable from what was given"
    return f"{text[0].upper()}{text[1:]}."


def _realised(told: Told) -> list[Line]:
    lines = []
    if told.knows("commercial.pvm_price", "commercial.pvm_volume"):
        text = f"Of what continued, price added {told('commercial.pvm_price', signed=True)} and volume {told('commercial.pvm_volume', signed=True)} to recurring revenue over twelve months."
        lines.append(sentence(text, "commercial.pvm_price", "commercial.pvm_volume"))
    if told.knows("commercial.discount_dispersion"):
        key = "commercial.discount_dispersion"
        text = f"Discounts of like deals spread over {told(key)}{told.interval(key)} between the quartiles"
        facts = [key]
        if told.knows("commercial.discount_structure"):
            facts.append("commercial.discount_structure")
            text += f", and {told('commercial.discount_structure')} of their variance is structure; the rest is discretion"
        lines.append(sentence(text + ".", *facts))
    return lines


def _authority(told: Told) -> list[Line]:
    keys = ("commercial.discount_contested", "commercial.discount_uncontested")
    if not told.knows(*keys):
        return []
    text = f"With a rival in the running {told(keys[0])} is given away on average, without one {told(keys[1])}."
    deeper = told.value(keys[0]) > told.value(keys[1]) + 0.05
    lines = [sentence(text, *keys, tone="warn" if deeper else "plain")]
    if told.knows("commercial.quarter_end_discount"):
        key = "commercial.quarter_end_discount"
        way = "deeper" if told.value(key) >= 0 else "shallower"
        lines.append(sentence(f"At quarter end discounts of like deals are {told(key, size=True)} of list {way} than in other weeks.", key))
    return lines


def _increases(told: Told) -> list[Line]:
    lines = []
    if told.knows("commercial.increase_realised"):
        text = f"Of list increases {told('commercial.increase_realised')} arrived with the customers of the time within a year"
        facts = ["commercial.increase_realised"]
        if told.knows("commercial.list_staleness"):
            facts.append("commercial.list_staleness")
            text += f"; the list last moved {told('commercial.list_staleness')} months ago"
        lines.append(sentence(text + ".", *facts))
    key, raised, others = (f"commercial.{name}" for name in ("churn_after_increase", "raised_churn", "others_churn"))
    if told.knows(key, raised, others):
        text = f"A year after an increase {told(raised)} of customers were gone, of like customers without one {told(others)}"
        lines.append(sentence(f"{text}: a difference of {told(key, signed=True)}{told.interval(key)}.", key, raised, others))
    return lines


def _room(told: Told) -> list[Line]:
    key = "commercial.wtp_headroom"
    if not told.knows(key):
        return []
    room = told.value(key)
    paid, edge = "commercial.wtp_realised", "commercial.wtp_marginal_expensiveness"
    text = f"The median customer pays {told(paid)}; buyers accept up to {told(edge)}{told.interval(edge)}: {'headroom' if room >= 0 else 'an excess'} of {told(key, size=True)}"
    return [
        sentence(f"{text}. The survey names no rival.", key, paid, edge, tone="good" if room > 0.05 else "plain" if room >= 0 else "warn")
    ]


def _worth(told: Told) -> list[Line]:
    if not told.knows("commercial.choice_none") or told.value("commercial.choice_none"):
        return []
    text = "The choice tasks let nobody stay away: what they say of an offer's pull is too high, of the trade between attributes it stands."
    return [sentence(text, "commercial.choice_none", tone="warn")]


def _elasticity(told: Told) -> list[Line]:
    key = "commercial.elasticity_discounts"
    if not told.reason(key).startswith("discounts"):
        return []
    text = f"No elasticity is given: {told.reason(key)}"
    if not told.knows("commercial.elasticity_list"):
        text += f"; from changes of the list, {told.reason('commercial.elasticity_list')}"
    return [sentence(f"{text}.", key, "commercial.elasticity_list")]


def _terms(told: Told) -> list[Line]:
    lines = []
    if told.knows("commercial.prepay_months", "commercial.uplift_clause"):
        text = f"Contracts in force are billed {told('commercial.prepay_months')} months ahead, and {told('commercial.uplift_clause')} of their value carries a contracted increase."
        lines.append(sentence(text, "commercial.prepay_months", "commercial.uplift_clause"))
    key = "commercial.lost_on_terms"
    if told.knows(key):
        lines.append(sentence(f"Of new business decided {told(key)}{told.interval(key)} was lost on terms.", key))
    return lines


def _cash(told: Told) -> list[Line]:
    lines = []
    if told.knows("commercial.cash_conversion"):
        good = told.value("commercial.cash_conversion") >= 0.7
        text = f"Of EBITDA {told('commercial.cash_conversion')} becomes operating cash flow ({told('commercial.operating_cash_flow')})."
        lines.append(sentence(text, "commercial.cash_conversion", "commercial.operating_cash_flow", tone="good" if good else "warn"))
    gap = "commercial.self_financed_gap"
    if told.knows(gap):
        short = told.value(gap) < 0
        text = f"The plan asks for growth of {told(gap, size=True)} of recurring revenue a year {'beyond' if short else 'within'} what the company's own cash pays for."
        lines.append(sentence(text, gap, tone="warn" if short else "good"))
    return lines
