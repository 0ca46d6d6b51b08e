"""What customers do and say after signing: usage, tickets, contacts, and the relationship survey.

Planted: usage falls and tickets rise in the half year before a customer leaves; otherwise both are steady.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from data.demo.generator.book import Life
from data.demo.generator.months import AS_OF, MONTHS, first_day, label
from data.demo.generator.streams import stream

ROLES = ("economic_buyer", "champion", "user", "technical", "procurement", "executive_sponsor")
VERBATIM = {"high": ("Planning takes half the time", "Support answers fast", ""), "mid": ("Does the job", "Reports could be better", "")}
VERBATIM["low"] = ("Too many clicks on the mobile", "Price went up again", "Waiting for an interface")


def decline(life: Life, month: int) -> float:
    """How far usage has sunk in a month, given when the customer will leave."""
    ends = [event.month for event in life.events if event.kind == "churn" and event.month > month]
    ahead = min(ends) - month if ends else 99
    return 1.0 if ahead > 6 else 0.52 + 0.075 * ahead


def usage(seed: int, lives: list[Life]) -> pd.DataFrame:
    """Active against licensed users by month."""
    rows = []
    for life in lives:
        draw = stream(seed, "usage", str(life.customer.account))
        level = float(np.clip(draw.normal(0.79, 0.08), 0.45, 0.98))
        for month in np.flatnonzero(life.seats["P10"][:MONTHS] > 0):
            licensed = int(life.seats["P10"][month])
            share = level * decline(life, int(month)) * float(draw.uniform(0.94, 1.05))
            active = int(min(licensed, max(1, round(licensed * share))))
            rows.append((life.customer.customer_id, label(int(month)), active, licensed, int(draw.poisson(active * 210))))
    return pd.DataFrame(rows, columns=["customer_id", "month", "active_users", "licensed_users", "events"])


def tickets(seed: int, lives: list[Life]) -> pd.DataFrame:
    """Support tickets, more of them where usage sinks."""
    rows = []
    for life in lives:
        draw = stream(seed, "tickets", str(life.customer.account))
        rate = {"enterprise": 1.7, "mid_market": 0.40, "small_business": 0.14}[life.customer.segment]
        for month in np.flatnonzero(life.seats["P10"][:MONTHS] > 0):
            for _ in range(draw.poisson(rate / decline(life, int(month)) ** 1.5)):
                severity = int(draw.choice((1, 2, 3, 4), p=(0.04, 0.16, 0.45, 0.35)))
                opened = first_day(int(month)) + timedelta(days=int(draw.integers(0, 28)))
                closed = opened + timedelta(days=int(draw.poisson((1, 3, 7, 12)[severity - 1])))
                rows.append((life.customer.customer_id, opened, closed if closed <= AS_OF else None, severity))
    frame = pd.DataFrame(rows, columns=["customer_id", "opened_on", "closed_on", "severity"])
    frame = frame.sort_values(["opened_on", "customer_id", "severity"], kind="stable", ignore_index=True)
    frame.insert(0, "ticket_id", [f"S{n:06d}" for n in range(1, len(frame) + 1)])
    return frame


def contacts(seed: int, lives: list[Life]) -> pd.DataFrame:
    """Stakeholders at each customer, and when they were last heard."""
    rows = []
    for life in lives:
        draw = stream(seed, "contacts", str(life.customer.account))
        if not life.seats["P10"][:MONTHS].any():
            continue
        alive = life.seats["P10"][MONTHS - 1] > 0
        last = AS_OF if alive else first_day(int(np.flatnonzero(life.seats["P10"][:MONTHS])[-1]))
        count = {"enterprise": 5, "mid_market": 3, "small_business": 1}[life.customer.segment] + int(draw.integers(0, 2))
        for role in list(draw.permutation(ROLES))[:count]:
            seen = last - timedelta(days=int(draw.exponential(42)))
            gone = seen + timedelta(days=5) if draw.random() < 0.07 and seen + timedelta(days=5) <= AS_OF else None
            mood = round(float(np.clip(draw.normal(0.3 if alive else -0.2, 0.35), -1, 1)), 2)
            rows.append((life.customer.customer_id, role, seen, mood, gone))
    frame = pd.DataFrame(rows, columns=["customer_id", "role", "last_engaged_on", "sentiment", "left_on"])
    frame.insert(0, "contact_id", [f"P{n:05d}" for n in range(1, len(frame) + 1)])
    return frame


def relationship_survey(seed: int, lives: list[Life]) -> pd.DataFrame:
    """A survey each October and April to which about a third answers."""
    rows = []
    for life in lives:
        draw = stream(seed, "nps", str(life.customer.account))
        for month in range(3, MONTHS, 6):
            if life.seats["P10"][month] <= 0 or draw.random() > 0.36:
                continue
            score = int(np.clip(round(draw.normal(8.3 * decline(life, month) ** 0.5, 1.7)), 0, 10))
            band = "high" if score >= 9 else ("mid" if score >= 7 else "low")
            day = first_day(month) + timedelta(days=int(draw.integers(5, 26)))
            rows.append((life.customer.customer_id, day, score, life.customer.segment, str(draw.choice(VERBATIM[band]))))
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "score", "segment", "verbatim"])
    frame = frame.sort_values(["date", "customer_id"], ignore_index=True)
    frame.insert(0, "respondent_id", [f"N{n:05d}" for n in range(1, len(frame) + 1)])
    return frame
