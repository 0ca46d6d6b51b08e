"""What the tables of the room are written from: the history that was lived, with identities, names and days."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from benchmarks.planted import names
from benchmarks.planted.agents import START
from benchmarks.planted.calendar import days
from benchmarks.planted.chance import Array, stream
from benchmarks.planted.journal import Journal
from benchmarks.planted.money import terms
from benchmarks.planted.plan import Plan
from benchmarks.planted.world import World

SEGMENTS = (
    ("manufacturers", "workshops", "hospital_groups"),
    ("distributors", "retailers", "public_bodies"),
    ("laboratories", "practices", "insurers"),
)
COUNTRIES, COUNTRY_SHARES = ("DE", "NL", "FR", "GB", "BE"), (0.42, 0.2, 0.18, 0.12, 0.08)


@dataclass
class Record:
    """A company's history, ready to be written down as its departments would."""

    seed: int
    world: World
    journal: Journal
    plan: Plan

    @cached_property
    def segments(self) -> Array:
        """Segment of each account, in the company's words."""
        return np.array(SEGMENTS[self.seed % len(SEGMENTS)])[self.world.people.segment]

    @cached_property
    def names(self) -> Array:
        """Name of each account."""
        return names.companies(self.seed, self.world.count)

    @cached_property
    def countries(self) -> Array:
        """Country of each account."""
        return stream(self.seed, "countries").choice(COUNTRIES, self.world.count, p=COUNTRY_SHARES)

    @cached_property
    def billing(self) -> Array:
        """How each account is billed when it is a customer."""
        return terms(self.world, np.arange(self.world.count))

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Times as a customer: agent, first and last month with revenue (``last`` is -1 where it still is one), by age and month."""
        rows = self.journal.table("month")
        spell = rows.assign(live=rows["month"] - rows["age"]).groupby(["agent", "live"], as_index=False)
        return spell.agg(first=("month", "min"), last=("month", "max"))

    @cached_property
    def sellers(self) -> pd.DataFrame:
        """Everyone who ever sold: place, hired and left month, talent, identity."""
        hired = self.journal.table("hired")
        opening = pd.DataFrame({"place": [0, 1, 2], "month": START - 20, "talent": np.nan})
        rows = pd.concat([opening, hired[["place", "month", "talent"]]] if len(hired) else [opening], ignore_index=True)
        rows = rows.rename(columns={"month": "hired"}).sort_values(["hired", "place"], ignore_index=True)
        left = self.journal.table("left")
        gone = [
            min((m for p, m in zip(left["place"], left["month"], strict=True) if p == row.place and m > row.hired), default=999)
            if len(left) else 999
            for row in rows.itertuples()
        ]  # fmt: skip
        return rows.assign(left=gone, rep_id=[f"R{number:03d}" for number in range(1, len(rows) + 1)])

    def rep_of(self, place: Array, month: Array) -> Array:
        """Who sat in a place in a month."""
        found = np.full(len(place), "", dtype=object)
        for row in self.sellers.itertuples():
            found[(place == row.place) & (month >= row.hired) & (month < max(row.left, row.hired + 1))] = row.rep_id
        found[found == ""] = self.sellers["rep_id"].iloc[0]
        return found

    def day(self, subject: str, months: Array, agents: Array, low: int = 1, high: int = 28) -> Array:
        """A day of the month for each event."""
        u = self.world.chance.uniform(f"day of {subject}", 0, np.asarray(agents) * 1000 + np.asarray(months) % 1000)
        return days(months, low + np.floor((high - low + 1) * u))

    def chances(self, subject: str, agents: Array) -> Array:
        """One draw for each event or agent."""
        return self.world.chance.uniform(subject, 777, np.asarray(agents))


def customer_ids(agents: Array) -> Array:
    """Identity of an account as a customer."""
    return np.array([f"C{agent:05d}" for agent in np.asarray(agents)], dtype=object)


def account_ids(agents: Array) -> Array:
    """Identity of an account in the named list."""
    return np.array([f"A{agent:05d}" for agent in np.asarray(agents)], dtype=object)
