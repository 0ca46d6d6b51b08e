"""The answer of the offer notebook."""

from typing import Any

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, sentence


def offer(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    """Give the lead and the sentences: what customers take and could take, what is sold, what buyers weigh, why deals are lost."""
    lines = [*_taken(told), *_wallet(told), *_sold(told, analysis), *_criteria(told, analysis), *_lost(told), *_live(told)]
    return lead(told), lines


def lead(told: Told) -> str:
    """Say what customers take of the offer and what is left to take."""
    if not told.knows("offer.multi_product"):
        return f"What customers take of the offer is not assessable: {told.reason('offer.multi_product')}."
    text = f"{told('offer.multi_product')} of customers hold two products or more"
    if told.knows("offer.second_product_start") and told.value("offer.second_product_start") > 0.5:
        text += ", most of them from their first month"
    if told.knows("offer.wallet_share", "offer.headroom"):
        text += (
            f"; they spend {told('offer.wallet_share')} of their wallet with the target, and {told('offer.headroom')} times as much is left"
        )
    return text + "."


def _taken(told: Told) -> list[dict[str, Any]]:
    lines = []
    if told.knows("offer.second_product_12m"):
        key = "offer.second_product_12m"
        text = f"Of customers that start with one product, {told(key)}{told.interval(key)} take a second within a year"
        text += f", {told('offer.second_product_24m')} within two." if told.knows("offer.second_product_24m") else "."
        lines.append(sentence(text, key, "offer.second_product_24m"))
    if told.knows("offer.top_product"):
        lines.append(sentence(f"The largest product makes {told('offer.top_product')} of recurring revenue.", "offer.top_product"))
    if told.knows("offer.launch_share"):
        text = f"Products launched in the last three years bring {told('offer.launch_share')} of it."
        if told.value("offer.launch_share") == 0:
            text = "No product launched in the last three years brings any of it."
        lines.append(sentence(text, "offer.launch_share", tone="warn" if told.value("offer.launch_share") < 0.05 else "plain"))
    return lines


def _wallet(told: Told) -> list[dict[str, Any]]:
    lines = []
    if told.knows("offer.expansion_kappa", "offer.expansion_rate"):
        text = (
            f"Growth of customers that stay fades as their wallet fills: at today's share it gives {told('offer.expansion_rate')} a year."
        )
        lines.append(sentence(text, "offer.expansion_kappa", "offer.expansion_rate"))
    if told.knows("offer.wallet_exceeded") and told.value("offer.wallet_exceeded") > 0.1:
        text = f"{told('offer.wallet_exceeded')} of customers spend more than the list of named accounts says they could: what is left is understated for them, or the list is wrong."
        lines.append(sentence(text, "offer.wallet_exceeded", tone="warn"))
    return lines


def _sold(told: Told, analysis: Analysis) -> list[dict[str, Any]]:
    facts = analysis.facts
    entry = facts.loc[(facts["metric"] == "offer.entry_share") & (facts["status"] == "ok"), "object_id"]
    lines = []
    if len(entry):
        share, shift = (f"offer.entry_{name}[product={entry.iloc[0]}]" for name in ("share", "shift"))
        text = f"The offer by which customers enter makes {told(share)} of new bookings"
        text += (
            f", {told(shift, size=True)} of bookings {'more' if told.value(shift) > 0 else 'less'} than two years before."
            if told.knows(shift)
            else "."
        )
        lines.append(sentence(text, share, shift, tone="warn" if told.value(shift) > 0.1 else "plain"))
    if told.knows("offer.gross_margin"):
        text = f"The mix of products earns a gross margin of {told('offer.gross_margin')}"
        text += (
            f"; the shift of the mix moved it by {told('offer.margin_shift', signed=True)} in a year."
            if told.knows("offer.margin_shift")
            else "."
        )
        lines.append(sentence(text, "offer.gross_margin", "offer.margin_shift"))
    return lines


def _criteria(told: Told, analysis: Analysis) -> list[dict[str, Any]]:
    facts = analysis.facts
    names = facts.loc[(facts["metric"] == "offer.criterion_gap") & (facts["status"] == "ok"), "object_id"].tolist()
    if not names:
        return []
    keys = {name: f"offer.criterion_gap[criterion={name}]" for name in names}
    worst, best = min(names, key=lambda one: told.value(keys[one])), max(names, key=lambda one: told.value(keys[one]))
    text = f"Buyers score the target {told(keys[worst], signed=True)} points against the rival that they know on {worst}{told.interval(keys[worst])} and {told(keys[best], signed=True)} on {best}"
    text += f"; over all criteria, by their weight, {told('offer.criteria_gap', signed=True)}." if told.knows("offer.criteria_gap") else "."
    return [sentence(text, keys[worst], keys[best], "offer.criteria_gap", tone="warn" if told.value(keys[worst]) < -1 else "plain")]


def _lost(told: Told) -> list[dict[str, Any]]:
    if not told.knows("offer.no_decision", "offer.product_gap"):
        return []
    text = f"Of deals lost in two years {told('offer.no_decision')}{told.interval('offer.no_decision')} went to no decision and {told('offer.product_gap')}{told.interval('offer.product_gap')} to a gap in the product."
    return [sentence(text, "offer.no_decision", "offer.product_gap", tone="warn" if told.value("offer.no_decision") > 0.4 else "plain")]


def _live(told: Told) -> list[dict[str, Any]]:
    if not told.knows("offer.go_live_median", "offer.go_live_p75"):
        return []
    text = f"Half of new customers are live within {told('offer.go_live_median')} days, three quarters within {told('offer.go_live_p75')}."
    return [sentence(text, "offer.go_live_median", "offer.go_live_p75")]
