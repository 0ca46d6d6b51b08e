"""Marketing: what was spent, the leads that came, and the touches before them.

Planted: paid search reaches a finite number of people who look for such software each month, so spend that has quadrupled brings
few leads more; leads are answered within hours. In April 2024 the bar for a qualified lead was lowered and history was not restated.
"""

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
from numpy.random import Generator

from data.demo.generator.design import SEGMENTS
from data.demo.generator.months import AS_OF, MONTHS, first_day, index_of, label
from data.demo.generator.people import on_staff
from data.demo.generator.pipeline import Opportunity
from data.demo.generator.streams import stream

# channel: (people to be reached a month, spend that reaches two thirds of them, spend at the start, spend at the end)
CHANNELS = {
    "paid_search": (74, 11_000, 9_000, 38_000),
    "paid_social": (58, 16_000, 4_000, 17_000),
    "content": (64, 14_000, 6_000, 13_000),
    "events": (52, 19_000, 9_000, 19_000),
    "organic_search": (52, 0, 0, 0),
    "direct": (15, 0, 0, 0),
    "partner": (14, 9_000, 3_000, 6_000),
}
UTM = {
    "paid_search": ("google", "cpc"),
    "paid_social": ("linkedin", "paid_social"),
    "content": ("newsletter", "email"),
    "events": ("event", "offline"),
}
UTM |= {"organic_search": ("google", "organic"), "direct": ("direct", "none"), "partner": ("partner", "referral")}
LOOSER = 33


def spend(seed: int, people_cost: list[float], commissions: list[float]) -> pd.DataFrame:
    """Spend by month and channel; marketing people, tools and commissions are booked without a channel ('all')."""
    rows = []
    for channel, (_, _, start, end) in CHANNELS.items():
        if not end:
            continue
        draw = stream(seed, "spend", channel)
        for month in range(MONTHS):
            season = 1.35 if channel == "events" and first_day(month).month in (3, 9) else 1.0
            level = start + (end - start) * min(1.0, month / 54)
            rows.append(
                (label(month), channel, round(level * season * float(draw.uniform(0.82, 1.18)), 2), "programme", f"{channel}-always-on")
            )
    draw = stream(seed, "spend", "all")
    for month in range(MONTHS):
        rows.append((label(month), "all", round(people_cost[month], 2), "people", ""))
        rows.append((label(month), "all", round((6_200 + 110 * month) * float(draw.uniform(0.98, 1.02)), 2), "tools", ""))
        rows.append((label(month), "all", round(commissions[month], 2), "commission", ""))
    frame = pd.DataFrame(rows, columns=["month", "channel", "amount", "kind", "campaign"])
    return frame.sort_values(["month", "channel", "kind"], ignore_index=True)


def arrivals(draw: Generator, channel: str, month: int, amount: float) -> int:
    """Leads of a month: each person who looks is reached by the money spent, or by none, or comes anyway."""
    people, scale, _, _ = CHANNELS[channel]
    looking = draw.poisson(people * (1 + 0.0035 * month) * (1.0 if scale else 0.9))
    chance = 1.0 if not scale else 1 - float(np.exp(-amount / scale))
    return int(draw.binomial(looking, chance))


def leads(seed: int, bought: pd.DataFrame, deals: list[Opportunity], staff: pd.DataFrame) -> pd.DataFrame:
    """Leads by channel, among them those that became an opportunity; times of answer are working hours, mostly the same day."""
    amounts = bought[bought["kind"] == "programme"].set_index(["channel", "month"])["amount"].to_dict()
    wanted: dict[tuple[str, int], list[Opportunity]] = {}
    for deal in deals:
        if deal.type == "new" and deal.channel in CHANNELS and deal.created_on >= date(2021, 8, 1):
            day = deal.created_on - timedelta(days=9)
            wanted.setdefault((deal.channel, index_of(day)), []).append(deal)
    takers = {(s, m): on_staff(staff, "sales_development", s, first_day(m)) or ["R020"] for s in SEGMENTS for m in range(MONTHS)}
    rows = []
    for channel in CHANNELS:
        for month in range(MONTHS):
            draw = stream(seed, "leads", channel, str(month))
            chosen = wanted.get((channel, month), [])
            count = max(arrivals(draw, channel, month, amounts.get((channel, label(month)), 0.0)), len(chosen))
            for number in range(count):
                rows.append(lead(draw, channel, month, chosen[number] if number < len(chosen) else None, takers))
    columns = [
        "created_on",
        "channel",
        "campaign",
        "segment",
        "mql_on",
        "sql_on",
        "opportunity_id",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "score",
        "responded_at",
        "rep_id",
    ]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["created_on", "channel", "responded_at"], kind="stable", ignore_index=True)
    frame.insert(0, "lead_id", [f"L{n:06d}" for n in range(1, len(frame) + 1)])
    return frame


def lead(
    draw: Generator, channel: str, month: int, deal: Opportunity | None, takers: dict[tuple[str, int], list[str]]
) -> tuple[object, ...]:
    """One lead; one that became an opportunity was qualified and accepted before it."""
    if deal is None:
        created = first_day(month) + timedelta(days=int(draw.integers(0, 28)))
        segment = str(draw.choice(list(SEGMENTS), p=(0.10, 0.48, 0.42)))
        qualified = draw.random() < (0.30 if month < LOOSER else 0.46)
        accepted = qualified and draw.random() < (0.36 if month < LOOSER else 0.24)
    else:
        created, segment, qualified, accepted = deal.created_on - timedelta(days=9), deal.segment, True, True
    created = min(created, AS_OF - timedelta(days=1))
    mql = min(created + timedelta(days=int(draw.integers(0, 4))), AS_OF) if qualified else None
    sql = min(mql + timedelta(days=int(draw.integers(1, 5))), AS_OF) if accepted and mql else None
    source, medium = UTM[channel]
    campaign = f"{channel}-{first_day(month).year}h{1 if first_day(month).month < 7 else 2}"
    score = round(float(np.clip(draw.normal(62 if accepted else (48 if qualified else 30), 13), 1, 99)), 0)
    owner = str(draw.choice(takers[segment, index_of(created)]))
    asked = datetime.combine(created, time(int(draw.integers(8, 17)), int(draw.integers(0, 60))))
    answered = asked + timedelta(minutes=round(float(draw.lognormal(4.0, 0.9)))) if draw.random() < 0.985 else None
    identifier = deal.opportunity_id if deal else ""
    return created, channel, campaign, segment, mql, sql, identifier, source, medium, campaign, score, answered, owner


def touches(seed: int, lead_list: pd.DataFrame) -> pd.DataFrame:
    """Recorded touches of each lead, the last one on the day it was created; only paid clicks carry a cost."""
    draw = stream(seed, "touches")
    counts = 1 + draw.poisson(1.15, len(lead_list))
    frame = lead_list.loc[lead_list.index.repeat(counts), ["lead_id", "created_on", "channel"]].reset_index(drop=True)
    last = ~frame["lead_id"].duplicated(keep="last").to_numpy()
    back = np.where(last, 0, draw.integers(1, 60, len(frame)))
    other = draw.choice(list(CHANNELS), len(frame), p=(0.22, 0.14, 0.2, 0.09, 0.2, 0.1, 0.05))
    channel = np.where(last | (draw.random(len(frame)) < 0.35), frame["channel"], other)
    minute = draw.integers(7 * 60, 21 * 60, len(frame))
    when = (
        pd.to_datetime(frame["created_on"])
        - pd.to_timedelta(back, "D")
        + pd.to_timedelta(np.where(last, 7 * 60 + minute % 60, minute), "min")
    )
    paid = np.isin(channel, ("paid_search", "paid_social"))
    cost = np.where(paid, np.round(draw.lognormal(2.1, 0.4, len(frame)), 2), np.nan)
    out = pd.DataFrame({"lead_id": frame["lead_id"], "touched_at": when, "channel": channel, "cost": cost})
    out = out.sort_values(["lead_id", "touched_at"], kind="stable", ignore_index=True)
    out.insert(0, "touch_id", [f"T{n:06d}" for n in range(1, len(out) + 1)])
    out["campaign"] = [f"{c}-{d.year}h{1 if d.month < 7 else 2}" for c, d in zip(out["channel"], out["touched_at"], strict=True)]
    return out
