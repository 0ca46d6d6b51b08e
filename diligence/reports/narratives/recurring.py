"""Sentences on contracts, on what upsell is made of, and on the figures of management."""

from typing import Any

from diligence.reports.told import Told, sentence

NAMES = {"nrr": "net revenue retention", "grr": "gross revenue retention", "logo": "logo retention", "arr": "annual recurring revenue"}
ROUNDING = 0.02
SMALL = 0.005
"""Half a point: what a hidden contraction or an unexplained gap must come to, over the opening, to be said."""


def definitions(told: Told) -> list[dict[str, Any]]:
    """Say what management reports, against ours."""
    lines = []
    for name, words in NAMES.items():
        keys = [f"definition.{name}_{part}" for part in ("reported", "ours", "gap", "explained", "unexplained")]
        if not told.knows(*keys) or told(keys[0]) == told(keys[1]):
            continue
        higher = "more" if told.value(keys[2]) > 0 else "less"
        text = f"Management reports {words} of {told(keys[0])}, {told(keys[2], size=True)}{_of(name)} {higher} than ours of {told(keys[1])}"
        if told.value(keys[3]):
            whole = abs(told.value(keys[4])) <= ROUNDING * abs(told.value(keys[2]))
            text += f"; differences of definition explain {'it' if whole else told(keys[3], size=True) + ' of it'}"
            lines.append(sentence(f"{text}.", *keys))
        else:
            lines.append(sentence(f"{text}; no difference of definition explains it.", *keys, tone="warn"))
    return lines


def _of(name: str) -> str:
    return {"logo": " customers", "arr": ""}.get(name, " a year")


def split(told: Told) -> list[dict[str, Any]]:
    """Say how much of upsell is price and how much volume, and what was lost in use."""
    keys = ("bridge.upsell_price", "bridge.upsell_volume")
    lines = []
    if told.knows(*keys):
        uplift = "bridge.upsell_uplift"
        contracted = f", {told(uplift)} contracted uplift" if told.knows(uplift) else ""
        shown = [*keys, uplift] if contracted else [*keys]
        lines.append(sentence(f"Of upsell {told(keys[1])} is volume{contracted} and {told(keys[0])} other price.", *shown))
    hidden, opening = "bridge.hidden_contraction", "bridge.opening"
    if told.knows(hidden, opening) and -told.value(hidden) > SMALL * told.value(opening):
        lines.append(sentence(f"Price hides {told(hidden, size=True)} of volume that growing customers gave up.", hidden, tone="warn"))
    if told.knows("retention.grr_volume"):
        key = "retention.grr_volume"
        lines.append(sentence(f"At the opening's prices customers kept {told(key)}{told.interval(key)} of their volume.", key))
    return lines


def contracts(told: Told) -> list[dict[str, Any]]:
    """Say what is under contract against what is invoiced, and how much of what came up was renewed."""
    lines = []
    if told.knows("arr.contracted", "arr.invoiced", "arr.disagreement"):
        text = f"Contracts in force come to {told('arr.contracted')} a year, recurring invoices to {told('arr.invoiced')}: {told('arr.disagreement')} apart"
        facts = ["arr.contracted", "arr.invoiced", "arr.disagreement"]
        if told.value("arr.notice") > 0:
            text += f"; {told('arr.notice')} of it is under notice"
            facts.append("arr.notice")
        lines.append(sentence(f"{text}.", *facts))
    if told.knows("retention.renewal_gross", "retention.renewal_count"):
        gross, count = "retention.renewal_gross", "retention.renewal_count"
        text = f"Of the contracts that came up {told(count)} were renewed, {told(gross)}{told.interval(gross)} of their value"
        lines.append(
            sentence(f"{text}: an annual contract cannot leave before, so this is the rate at which customers choose.", gross, count)
        )
    return lines
