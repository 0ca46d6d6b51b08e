"""A company at work: its traits, its market, the state of its agents in one or many futures, and the month that is lived."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.planted.agents import ADJACENT, IDLE, Accounts, State
from benchmarks.planted.chance import Array, Chance
from benchmarks.planted.journal import Journal
from benchmarks.planted.traits import CHANNELS, Operations, Traits

FIRST_YEAR = 2026


def year(month: int) -> int:
    """Calendar year of a month; month 0 is the first after the as-of date, July 2026."""
    return FIRST_YEAR + (month + 6) // 12


def list_price(traits: Traits, month: int) -> float:
    """The list price, which rises each January."""
    return round(traits.list_price * (1 + traits.list_rise) ** (year(month) - FIRST_YEAR), 2)


@dataclass
class World:
    """One company in ``futures`` parallel lives."""

    traits: Traits
    people: Accounts
    state: State
    chance: Chance
    journal: Journal | None = None
    month: int = 0
    operations: Operations = field(init=False)
    reach: Array = field(init=False)
    fit: Array = field(init=False)
    leaving: Array = field(init=False)
    accounts_of: Array = field(init=False)
    futures_of: Array = field(init=False)

    def __post_init__(self) -> None:
        every = np.arange(len(self.state.status), dtype=np.int64)
        self.accounts_of, self.futures_of = every % self.count, every // self.count
        self.become(self.traits)
        self.operations = self.traits.operations

    @property
    def count(self) -> int:
        return self.people.count

    @property
    def futures(self) -> int:
        return len(self.state.cash)

    def become(self, traits: Traits) -> None:
        """Take other traits: who is reached, whom the offer fits and how willingly customers leave follow from them."""
        self.traits, people = traits, self.people
        reached = (0.85 * people.rank + 0.15 * people.own_rank) < np.interp(traits.audience, [0, 1], [0, 1.0])
        weight = np.where(reached, people.appetite, 0) / self.count
        self.reach = weight.astype(np.float32)
        self.fit = np.where(people.segment == ADJACENT, people.fit * traits.adjacent_fit, people.fit)
        self.leaving = np.clip(people.leaving * traits.leaving, 0.004, 0.85)

    def account(self, agents: Array) -> Array:
        """Which account an agent is, of its future."""
        return self.accounts_of[agents]

    def future(self, agents: Array) -> Array:
        """Which future an agent lives in."""
        return self.futures_of[agents]

    def note(self, kind: str, agents: Array, **columns: object) -> None:
        """Write down, where something is written down at all."""
        if self.journal is not None:
            self.journal.note(kind, self.month, agents, **columns)

    def release(self, agents: Array, wait: Array) -> None:
        """Let accounts go their way until their next need."""
        state = self.state
        state.status[agents], state.need_ends[agents], state.listed[agents] = IDLE, -1 + 0 * agents, False
        state.need_ends[agents] = np.int16(-30_000)
        state.next_need[agents] = (self.month + wait).astype(np.int16)

    def until_next(self, agents: Array) -> Array:
        """Months until an account that has bought looks around again."""
        u = self.chance.uniform("cycle", self.month, agents)
        return np.ceil(5 - (self.traits.cycle - 5) * np.log(u)).clip(5, 400)


CHANNEL_COST = dict(zip(CHANNELS, (0.8, 1.2, 1.5, 1.1), strict=True))
MIX = np.array([0.36, 0.18, 0.22, 0.24])
"""How the marketing budget is split over the channels, at first."""
