"""The public functions of authority, with example tables."""

import numpy as np
import pandas as pd
from family import Call, Family, Tables

from diligence.metrics import contest, key_people, losses, matching, nps, pull, share_of_voice, win_rate
from diligence.models import discount_gap, esov, matched_odds, nps_interval, rep_variance

START = pd.Timestamp("2024-01-10")


def opportunities() -> pd.DataFrame:
    random = np.random.default_rng(11)
    n = 60
    created = START + pd.to_timedelta(random.integers(0, 700, n), unit="D")
    status = random.choice(["won", "lost", "open"], n, p=[0.4, 0.5, 0.1])
    closed = pd.Series(created + pd.to_timedelta(random.integers(5, 120, n), unit="D")).where(status != "open")
    amount = random.integers(1000, 90000, n).astype("float64")
    rival = pd.Series(amount * random.uniform(0.8, 1.3, n)).round(2).where(random.random(n) < 0.4)
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{place:02d}" for place in range(n)],
            "created_on": created,
            "closed_on": closed,
            "status": status,
            "amount": amount,
            "segment": random.choice(["big", "small"], n),
            "rep_id": random.choice(["r1", "r2", "r3"], n),
            "channel": random.choice(["direct", "outbound", "referral"], n),
            "competitive": pd.Series(random.choice([True, False], n)).astype("object").where(random.random(n) < 0.95),
            "founder_involved": random.choice([True, False], n),
            "competitor": pd.Series(random.choice(["x", "y"], n)).where(random.random(n) < 0.5),
            "loss_reason": pd.Series(random.choice(["price", "no_decision", "competitor"], n)).where(status == "lost"),
            "rival_price": rival,
        }
    )


def quotes() -> pd.DataFrame:
    random = np.random.default_rng(12)
    listed = random.integers(10, 90, 80).astype("float64")
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{place % 60:02d}" for place in range(80)],
            "quantity": random.integers(1, 30, 80).astype("float64"),
            "list_price": listed,
            "net_price": (listed * random.uniform(0.6, 1, 80)).round(2),
        }
    )


def visibility() -> pd.DataFrame:
    random = np.random.default_rng(13)
    keys = [(month, brand, measure) for month in range(4) for brand in ("self", "x", "y") for measure in ("search", "media")]
    frame = pd.DataFrame(keys, columns=["month", "brand", "measure"])
    return frame.assign(
        month=[pd.Timestamp("2026-01-01") + pd.DateOffset(months=m) for m in frame["month"]],
        value=random.integers(1, 99, len(frame)).astype("float64"),
    )


def competitors() -> pd.DataFrame:
    rows = [(s, c, y, 0.1 + 0.05 * len(c) + (y - 2024) * 0.01) for s in ("big", "small") for c in ("self", "x", "yy") for y in (2024, 2025)]
    return pd.DataFrame(rows, columns=["segment", "competitor", "year", "share"])


def answers() -> pd.DataFrame:
    random = np.random.default_rng(14)
    return pd.DataFrame(
        {
            "customer_id": [f"c{place % 20:02d}" for place in range(50)],
            "score": random.integers(2, 11, 50),
            "segment": random.choice(["big", "small"], 50),
        }
    )


def worth() -> pd.DataFrame:
    return pd.DataFrame(
        {"customer_id": [f"c{place:02d}" for place in range(18)], "amount": [1000.0 * (place + 1) ** 1.5 for place in range(18)]}
    )


def customers() -> pd.DataFrame:
    ids = [f"c{place:02d}" for place in range(20)]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "referred_by": [None if place % 3 else ids[place // 2] for place in range(20)],
            "sourced_by": ["referral" if place % 4 == 0 else "sales" for place in range(20)],
        }
    )


def cells() -> pd.DataFrame:
    random = np.random.default_rng(15)
    counts = pd.DataFrame(random.integers(1, 40, (6, 4)), columns=["won_with", "lost_with", "won_without", "lost_without"])
    return counts.assign(cell=[f"cell {place}" for place in range(6)])


def voice() -> pd.DataFrame:
    return pd.DataFrame({"measure": ["search", "media"], "value": [0.1, 0.2]})


def market() -> pd.DataFrame:
    return pd.DataFrame({"segment": ["big", "small"], "value": [0.3, 0.05]})


def decided(tables: Tables) -> pd.DataFrame:
    return win_rate.decided_within(tables["opportunities"], START.date(), pd.Timestamp("2025-12-31").date())


def number(value: float) -> pd.DataFrame:
    return pd.DataFrame({"value": [value]})


ONE = ("opportunities",)
FAMILY = Family(
    modules=(
        win_rate,
        matching,
        contest,
        pull,
        share_of_voice,
        key_people,
        losses,
        nps,
        matched_odds,
        esov,
        rep_variance,
        nps_interval,
        discount_gap,
    ),
    examples={
        "opportunities": opportunities,
        "quotes": quotes,
        "visibility": visibility,
        "competitors": competitors,
        "answers": answers,
        "worth": worth,
        "customers": customers,
        "cells": cells,
        "voice": voice,
        "market": market,
        "people": lambda: key_people.wins_by_person(opportunities()),
    },
    money={"opportunities": ("amount", "rival_price"), "quotes": ("list_price", "net_price"), "worth": ("amount",)},
    ids=("opportunity_id", "customer_id", "rep_id", "referred_by"),
    calls={
        "win_rate": Call(lambda t: win_rate.win_rate(t["opportunities"]), ONE),
        "win_rate by segment": Call(lambda t: win_rate.win_rate(t["opportunities"], by="segment"), ONE),
        "win_rate_cohorts": Call(lambda t: win_rate.win_rate_cohorts(t["opportunities"]), ONE),
        "decided_within": Call(decided, ONE, money=("amount", "rival_price")),
        "size_halves": Call(
            lambda t: matching.size_halves(t["opportunities"]).reset_index(drop=True),
            ONE,
            exempt={"order": "a row's half stands at its row, which moves with it"},
        ),
        "win_rate_by_cell": Call(lambda t: matching.win_rate_by_cell(t["opportunities"], factor="competitive"), ONE),
        "standardised_rates": Call(lambda t: matching.standardised_rates(t["cells"]), ("cells",)),
        "tag_coverage": Call(lambda t: contest.tag_coverage(t["opportunities"]), ONE),
        "tagged_win_rate_bounds": Call(lambda t: contest.tagged_win_rate_bounds(t["opportunities"]), ONE),
        "deal_discounts": Call(lambda t: contest.deal_discounts(t["quotes"]), ("quotes",), money=("list_value", "net_value")),
        "discount_to_win": Call(lambda t: contest.discount_to_win(t["quotes"], t["opportunities"]), ("quotes", "opportunities")),
        "discount_gap": Call(lambda t: discount_gap.discount_gap(t["quotes"], t["opportunities"]), ("quotes", "opportunities")),
        "price_premium": Call(lambda t: contest.price_premium(t["opportunities"]), ONE),
        "pulled": Call(
            lambda t: pull.pulled(t["opportunities"]).reset_index(drop=True),
            ONE,
            exempt={"order": "a row's answer stands at its row, which moves with it"},
        ),
        "pull_share": Call(lambda t: pull.pull_share(t["opportunities"]), ONE, money=("amount", "pull_amount")),
        "referral_share": Call(lambda t: pull.referral_share(t["customers"]), ("customers",)),
        "share_of_voice": Call(lambda t: share_of_voice.share_of_voice(t["visibility"]), ("visibility",)),
        "stated_share_of_market": Call(lambda t: share_of_voice.stated_share_of_market(t["competitors"]), ("competitors",)),
        "excess_share_of_voice": Call(lambda t: share_of_voice.excess_share_of_voice(t["voice"], t["market"]), ("voice", "market")),
        "share_of_wins": Call(lambda t: key_people.share_of_wins(t["opportunities"]), ONE, money=("amount", "with_amount")),
        "wins_by_person": Call(lambda t: key_people.wins_by_person(t["opportunities"]), ONE, money=("amount",)),
        "top_fifth_share": Call(lambda t: number(key_people.top_fifth_share(t["people"])), ("people",)),
        "loss_reasons": Call(lambda t: losses.loss_reasons(t["opportunities"]), ONE, money=("amount",)),
        "loss_reasons by rival": Call(lambda t: losses.loss_reasons(t["opportunities"], by="competitor"), ONE, money=("amount",)),
        "net_promoter_score": Call(
            lambda t: nps.net_promoter_score(t["answers"], t["worth"]), ("answers", "worth"), money=("worth", "at_risk")
        ),
        "net_promoter_score by segment": Call(lambda t: nps.net_promoter_score(t["answers"], by="segment"), ("answers",)),
        "answer_weights": Call(
            lambda t: nps.answer_weights(t["answers"], t["worth"]).reset_index(drop=True),
            ("answers", "worth"),
            money=("value",),
            exempt={"order": "an answer's weight stands at its row, which moves with it"},
        ),
        "matched_odds": Call(lambda t: matched_odds.matched_odds(t["cells"]), ("cells",)),
        "rep_variance": Call(lambda t: rep_variance.rep_variance(t["opportunities"]), ONE, loose=1e-5),
        "rep_funnel": Call(lambda t: rep_variance.rep_funnel(t["opportunities"]), ONE),
        "nps_interval": Call(
            lambda t: number(np.asarray(nps_interval.nps_interval(t["answers"], np.random.default_rng(1), worth=t["worth"]))[0]),
            ("answers", "worth"),
        ),
    },
    plumbing=frozenset({"share_path", "share_half_life", "required_share_of_voice"}),
)
