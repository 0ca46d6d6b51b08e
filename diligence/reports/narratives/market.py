"""The answer of the market notebook."""

from typing import Any

import pandas as pd

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, sentence


def market(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    """Give the lead and the sentences: how full the market is, what is left, where growth came from, what the plan asks."""
    segments = sorted({str(one) for one in analysis.facts["segment"] if one})
    lines = [
        *_size(told),
        *_full(told, segments),
        *_left(told, segments),
        *_growth(told),
        *_curve(told, segments),
        *_win(told, segments),
        *_plan(told),
    ]
    return lead(told, analysis.facts), lines


def _of(metric: str, segment: str) -> str:
    return f"market.{metric}[segment={segment}]"


def _words(segment: str) -> str:
    return segment.replace("_", " ")


def _core(told: Told, segments: list[str]) -> str:
    """The segment with the most revenue at stake: the one whose share rests on the most of it."""
    known = [one for one in segments if told.knows(_of("share", one))]
    return max(known, key=lambda one: float(told.value(_of("share", one)) * told.value(_of("tam_top_down", one)))) if known else ""


def lead(told: Told, facts: pd.DataFrame) -> str:
    """Say how full the market is and what is left of it."""
    segments = sorted({str(one) for one in facts.loc[facts["area"] == "market", "segment"] if one})
    if not told.knows("market.penetration_fit") and not told.knows("market.share"):
        return f"How far the market reaches is not assessable: {told.reason('market.penetration_fit')}."
    core = _core(told, segments)
    full = _of("penetration_obtainable", core) if told.knows(_of("penetration_obtainable", core)) else _of("penetration_fit", core)
    if core and told.knows(full):
        net = " net of what rivals keep" if "obtainable" in full else " by accounts that fit"
        lead = f"The core segment, {_words(core)}, is {told(full)} full{net}"
        rest = [one for one in segments if one != core and told.knows(_of("white_space_obtainable", one))]
        if rest:
            most = max(rest, key=lambda one: told.value(_of("white_space_obtainable", one)))
            lead += f"; what is left lies in {_words(most)}, {told(_of('white_space_obtainable', most))} a year"
            lead += f", where {told(_of('win_rate', most))} of deals are won" if told.knows(_of("win_rate", most)) else ""
        return lead + "."
    if told.knows("market.penetration_fit"):
        return f"{told('market.penetration_fit')} of the accounts that fit are customers."
    return f"The target holds {told('market.share')} of what its segments spend."


def _size(told: Told) -> list[dict[str, Any]]:
    if told.knows("market.sam_bottom_up", "market.sam_top_down", "market.sam_ratio"):
        off = abs(told.value("market.sam_ratio") - 1) > 0.3
        text = f"The serviceable market is {told('market.sam_bottom_up')} a year counted by account and {told('market.sam_top_down')} estimated from above, a ratio of {told('market.sam_ratio')}"
        text += "; the two do not agree." if off else "."
        return [sentence(text, "market.sam_bottom_up", "market.sam_top_down", "market.sam_ratio", tone="warn" if off else "plain")]
    if told.knows("market.sam_top_down"):
        text = f"The serviceable market is estimated from above at {told('market.sam_top_down')} a year; no named accounts stand behind it."
        return [sentence(text, "market.sam_top_down", tone="warn")]
    return []


def _full(told: Told, segments: list[str]) -> list[dict[str, Any]]:
    keys = [_of("penetration_fit", one) for one in segments if told.knows(_of("penetration_fit", one))]
    if not keys:
        return []
    each = ", ".join(
        f"{told(key)} in {_words(key.partition('segment=')[2].removesuffix(']'))}" for key in sorted(keys, key=told.value, reverse=True)
    )
    return [sentence(f"Of the accounts that fit, customers are {each}, by ultimate parent.", *keys)]


def _left(told: Told, segments: list[str]) -> list[dict[str, Any]]:
    if not told.knows("market.white_space"):
        return []
    text = f"{told('market.white_space')} a year is open in accounts that are no customers"
    facts = ["market.white_space"]
    if told.knows("market.white_space_obtainable"):
        text += (
            f"; rivals hold and keep most of it, which leaves {told('market.white_space_obtainable')}"
            if _most_kept(told)
            else f", {told('market.white_space_obtainable')} net of what rivals keep"
        )
        facts.append("market.white_space_obtainable")
    return [sentence(text + ".", *facts)]


def _most_kept(told: Told) -> bool:
    return told.value("market.white_space_obtainable") < told.value("market.white_space") / 2


def _growth(told: Told) -> list[dict[str, Any]]:
    keys = [f"market.growth_{name}" for name in ("market", "share", "price", "mix", "range")]
    if not told.knows(*keys):
        return []
    names = {"market": "the market's own growth", "share": "share", "price": "price", "mix": "mix", "range": "range"}
    told_of = [f"{names[key.removeprefix('market.growth_')]} {told(key, signed=True)}" for key in keys if abs(told.value(key)) >= 0.5]
    return [sentence(f"Twelve months of growth came from {', '.join(told_of)}.", *keys)]


def _curve(told: Told, segments: list[str]) -> list[dict[str, Any]]:
    lines = []
    for one in segments:
        key, ratio = _of("potential_customers", one), _of("saturation_headroom", one)
        if told.knows(key, ratio):
            text = f"First contracts in {_words(one)} follow a curve that tends to {told(key)} customers{told.interval(key)}, {told(ratio)} times those won so far."
            lines.append(sentence(text, key, ratio, tone="warn" if told.value(ratio) < 1.3 else "plain"))
    if told.knows("market.hazard_change"):
        known = told.value("market.hazard_change") < 0
        sure = " but chance alone could give that" if _crosses(told, "market.hazard_change") else ""
        text = f"Conversion of open accounts moved by {told('market.hazard_change', signed=True)} of accounts a year where the market is fullest against where it is emptiest{told.interval('market.hazard_change')},{sure or ' beyond chance'}."
        lines.append(sentence(text, "market.hazard_change", tone="warn" if known and not sure else "plain"))
    return lines


def _crosses(told: Told, key: str) -> bool:
    """Whether the interval holds zero: its ends, as told, have two signs."""
    text = told.interval(key)
    return bool(text) and text.count("\N{MINUS SIGN}") == 1


def _win(told: Told, segments: list[str]) -> list[dict[str, Any]]:
    keys = [_of("win_rate", one) for one in segments if told.knows(_of("win_rate", one))]
    if len(keys) < 2:
        return []
    best, worst = max(keys, key=told.value), min(keys, key=told.value)
    names = [_words(key.partition("segment=")[2].removesuffix("]")) for key in (best, worst)]
    text = f"Of decided deals for new business {told(best)}{told.interval(best)} are won in {names[0]} and {told(worst)}{told.interval(worst)} in {names[1]}."
    return [sentence(text, best, worst)]


def _plan(told: Told) -> list[dict[str, Any]]:
    lines = []
    if told.knows("market.plan_multiple"):
        text = f"The plan grows {told('market.plan_multiple')} times as fast as the serviceable market."
        lines.append(sentence(text, "market.plan_multiple", tone="bad" if told.value("market.plan_multiple") > 4 else "plain"))
    if told.knows("market.plan_penetration", "market.runway"):
        text = f"At today's revenue for each customer the plan takes {told('market.plan_penetration')} of all accounts that fit, and leaves {told('market.runway')} years of such growth to the next owner."
        lines.append(
            sentence(
                text, "market.plan_penetration", "market.runway", tone="warn" if told.value("market.plan_penetration") > 0.5 else "plain"
            )
        )
    return lines
