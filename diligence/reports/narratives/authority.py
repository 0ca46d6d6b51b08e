"""The answer of the notebook on authority."""

from typing import Any

from diligence.facts.analysis import Analysis
from diligence.reports.told import Told, sentence

WON, RIVAL, ALONE = "authority.win_rate_broad", "authority.competitive_win_rate", "authority.uncontested_win_rate"
GAP, DISCOUNT, PREMIUM = "authority.contest_gap_matched", "authority.discount_to_win", "authority.price_premium"
SAME, APART = 0.05, 0.15
"""Share of variance between sellers below which they sell alike, and above which they do not."""


def authority(told: Told, analysis: Analysis) -> tuple[str, list[dict[str, Any]]]:
    """Write whether the company is chosen, or has to win."""
    del analysis
    seen = [*_seen(told), *_customers(told)]
    if not told.knows(WON):
        return lead(told), seen
    return lead(told), [*_readings(told), *_contest(told), *_price(told), *_cause(told), *_founder(told), *seen]


def lead(told: Told) -> str:
    """Say how often new business is won, with a rival and without."""
    if not told.knows(WON):
        return f"Authority is not assessable: {told.reason(WON)}."
    text = f"New business is won in {told(WON)} of decided deals"
    if told.knows(RIVAL, ALONE):
        text += f": {told(ALONE)} when nobody else is asked, {told(RIVAL)} when a rival is"
    return text + "."


def _readings(told: Told) -> list[dict[str, Any]]:
    created, narrow = "authority.win_rate", "authority.win_rate_narrow"
    if not told.knows(created):
        return [sentence(f"By created cohorts the win rate is not assessable: {told.reason(created)}.", created, tone="warn")]
    text = (
        f"By the quarters in which they were created {told(created)} are won{told.interval(created)}; in brackets, intervals of 95 per cent"
    )
    if told.knows(narrow):
        text += f"; leaving out deals without a decision, as many do, the same record reads {told(narrow)}"
    return [sentence(text + ".", created, narrow)]


def _contest(told: Told) -> list[dict[str, Any]]:
    if not told.knows(GAP):
        return []
    text = f"Within segment and size the difference between the two win rates is {told(GAP, size=True)}{told.interval(GAP)}: it is not the mix."
    wide = told.value(GAP) >= 0.2
    lines = [sentence(text, GAP, tone="bad" if wide else "plain")]
    coverage = "authority.tag_coverage"
    if told.knows(coverage) and told.value(coverage) < 0.9:
        warn = f"The presence of a rival is recorded for no more than {told(coverage)} of deals on one side: what is not tagged can move the rate with a rival by {told('authority.tag_room')}."
        lines.append(sentence(warn, coverage, "authority.tag_room", tone="warn"))
    return lines


def _price(told: Told) -> list[dict[str, Any]]:
    lines = []
    if told.knows(DISCOUNT):
        text = f"The discount of a contested win is higher by {told(DISCOUNT)} of list price than that of an uncontested one of the same segment and size{told.interval(DISCOUNT)}"
        if told.knows(PREMIUM):
            text += (
                f", and the price at the win is {told(PREMIUM, size=True)} {'below' if told.value(PREMIUM) < 0 else 'above'} the rival's"
            )
        lines.append(sentence(text + ".", DISCOUNT, PREMIUM, tone="warn" if told.value(DISCOUNT) > 0.05 else "plain"))
    contested, alone = "authority.price_loss_contested", "authority.price_loss_uncontested"
    if told.knows(contested, alone):
        lines.append(sentence(f"Price is coded for {told(contested)} of contested losses and {told(alone)} of others.", contested, alone))
    return lines


def _cause(told: Told) -> list[dict[str, Any]]:
    """Tell authority from coaching: a large gap with sellers alike is not a matter of the sales process."""
    key = "authority.rep_variance"
    if not told.knows(key, GAP):
        return []
    spread, wide = told.value(key), told.value(GAP) >= 0.1
    if spread < SAME and wide:
        text = "Sellers win alike once chance and the mix of their deals are taken out: the weakness against rivals is one of the company, not of its salespeople."
        return [sentence(text, key, GAP, tone="bad")]
    if spread > APART:
        return [
            sentence(
                f"Sellers differ by more than chance and mix (a share of {told(key)} of the variance): part of the gap is how they sell.",
                key,
                tone="warn",
            )
        ]
    return []


def _founder(told: Told) -> list[dict[str, Any]]:
    share, ratio = "authority.founder_share_of_new_arr", "authority.founder_ratio"
    if not told.knows(share):
        return []
    text = f"The founder is in {told(share)} of the annual value won in the last two years"
    if told.knows(ratio):
        text += f", and wins {told(ratio)} times as often as the others within segment and size; a founder takes the best leads, so not all of that is the person"
    return [
        sentence(text + ".", share, ratio, tone="bad" if told.value(share) >= 0.5 else "warn" if told.value(share) >= 0.25 else "plain")
    ]


def _seen(told: Told) -> list[dict[str, Any]]:
    lines = []
    excess, soon = "authority.excess_voice", "authority.share_in_five_years"
    if told.knows(excess):
        text = f"Share of voice less share of market is {told(excess, signed=True)} over all segments"
        if told.knows(soon):
            text += f"; at this voice share of market would tend to {told(soon)} in five years, on evidence that is weak"
        lines.append(sentence(text + ".", excess, soon, tone="warn" if told.value(excess) < 0 else "plain"))
    pull, brought = "authority.pull_share_money", "authority.founder_sourced"
    if told.knows(pull):
        text = f"{told(pull)} of new pipeline comes by the name: branded search, direct, referral or request"
        if told.knows(brought):
            text += f"; the founder's own network brings {told(brought)}"
        lines.append(sentence(text + ".", pull, brought))
    return lines


def _customers(told: Told) -> list[dict[str, Any]]:
    nps, worth, risk = "authority.nps", "authority.nps_weighted", "authority.detractor_revenue"
    if not told.knows(nps):
        return []
    text = f"The net promoter score is {told(nps)}{told.interval(nps)}"
    if told.knows(worth, risk):
        text += f", {told(worth)} weighted by what customers are worth; detractors stand for {told(risk)} of recurring revenue a year"
    return [sentence(text + ".", nps, worth, risk)]
