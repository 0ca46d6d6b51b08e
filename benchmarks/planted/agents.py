"""The accounts of the market as they are born, and the state of all agents in many futures at once."""

from dataclasses import dataclass, fields

import numpy as np

from benchmarks.planted.chance import Array, stream
from benchmarks.planted.traits import BEFORE, CHANNELS, MONTHS, SEAT_SPREAD, SEATS, Traits

IDLE, DEAL, CUSTOMER = 0, 1, 2
NEVER = -30_000
PLACES = 48
RIVALS = ("Northvale", "Quarrion", "Tessaly")
RIVAL_NAMES = np.array([0.35, 0.10, -0.35])
ADJACENT = 2
START = -(MONTHS + BEFORE)


@dataclass(frozen=True)
class Accounts:
    """What does not change of an account: one value each, ``member`` one for each channel, ``ties`` the three accounts it knows."""

    segment: Array
    need: Array
    fit: Array
    worth: Array
    leaving: Array
    founder: Array
    rank: Array
    appetite: Array
    own_rank: Array
    billing: Array
    habit: Array
    first_share: Array
    extends: Array
    ties: Array

    @property
    def count(self) -> int:
        return len(self.segment)


def accounts(seed: int, traits: Traits) -> Accounts:
    """Draw the market: the quantiles of each account, so that a lever changes what it is and not who it is."""
    draw = stream(seed, "accounts")
    core, count = traits.core, traits.core + traits.adjacent
    segment = np.where(np.arange(count) >= core, ADJACENT, (draw.random(count) < 0.62).astype(int)).astype(np.int8)
    need = np.maximum(4, np.asarray(SEATS)[segment] * np.exp(draw.normal(0, SEAT_SPREAD, count)))
    fit = np.clip(draw.beta(6.0, 2.4, count), 0.05, 0.98)
    leaving = draw.gamma(0.9, 1 / 0.9, count) * np.exp(0.8 * (0.72 - fit))
    order = draw.permutation(count)
    return Accounts(
        segment=segment, need=need.astype(np.float32), fit=fit, worth=np.exp(draw.normal(0, 0.34, count)),
        leaving=leaving / leaving.mean(), founder=draw.random(count), rank=draw.random(count),
        appetite=draw.gamma(1.6, 1 / 1.6, (len(CHANNELS), count)), own_rank=draw.random((len(CHANNELS), count)),
        billing=draw.random(count), habit=np.exp(draw.normal(0, 0.55, count)), first_share=draw.beta(5, 4, count),
        extends=draw.random(count), ties=np.stack([np.roll(order, shift)[np.argsort(order)] for shift in (1, 2, 5)], axis=1),
    )  # fmt: skip


@dataclass
class State:
    """Where all agents stand: arrays of futures x accounts (flat), futures x places of sellers, and futures."""

    status: Array
    next_need: Array
    need_ends: Array
    listed: Array
    tried: Array
    aware: Array
    via: Array
    friends: Array
    rival: Array
    opened: Array
    hours: Array
    asked: Array
    deadline: Array
    ready: Array
    seller: Array
    heard_founder: Array
    seats: Array
    price: Array
    extended: Array
    since: Array
    live: Array
    part: Array
    days: Array
    unbilled: Array
    hired: Array
    talent: Array
    turn: Array
    load: Array
    cash: Array
    due: Array
    mrr: Array
    earned: Array

    def copy(self, futures: int = 1) -> "State":
        """The same state, once for each future."""
        return State(**{f.name: np.concatenate([getattr(self, f.name)] * futures) for f in fields(self)})


def blank(accounts: int) -> State:
    """Nobody has bought anything, and nobody sells."""
    whole = {
        name: np.full(accounts, NEVER, np.int16) for name in ("next_need", "need_ends", "opened", "deadline", "ready", "since", "live")
    }
    yes = {name: np.zeros(accounts, bool) for name in ("listed", "tried", "aware", "heard_founder", "extended")}
    small = {name: np.zeros(accounts, np.int8) for name in ("status", "via", "friends", "rival", "seller")}
    money = {name: np.zeros(accounts) for name in ("hours", "asked", "seats", "price", "part", "days", "unbilled")}
    places = {"hired": np.full((1, PLACES), NEVER, np.int16), "talent": np.zeros((1, PLACES))}
    firm = {name: np.zeros(1) for name in ("load", "cash", "mrr", "earned")} | {"turn": np.zeros(1, np.int64), "due": np.zeros((1, 18))}
    return State(**whole, **yes, **small, **money, **places, **firm)


def opening(seed: int, traits: Traits, people: Accounts, price: float) -> State:
    """The company when its history begins: customers it kept, sellers at work, needs that will come."""
    draw, state = stream(seed, "opening"), blank(people.count)
    count = people.count
    state.next_need[:] = START + (draw.random(count) * traits.cycle).astype(np.int16)
    state.aware[:] = draw.random(count) < 0.45 * (people.rank < traits.audience)
    able = (people.segment != ADJACENT) & (people.worth * traits.worth > 0.9)
    odds = np.where(able, people.fit * np.exp(-1.5 * people.leaving * traits.leaving * 4), 0)
    odds[people.rank >= traits.audience] *= 0.25
    chosen = draw.choice(count, min(traits.opening, int(able.sum() * 0.6)), replace=False, p=odds / odds.sum())
    state.status[chosen], state.aware[chosen] = CUSTOMER, True
    age = draw.integers(2, 60, len(chosen))
    state.live[chosen], state.since[chosen] = START - age, START - age - 2
    state.seats[chosen] = np.maximum(3, np.round(people.need[chosen] * np.clip(people.first_share[chosen] + age / 110, 0, 0.95)))
    state.price[chosen] = np.minimum(price * (1 - 0.1 * draw.random(len(chosen))), people.worth[chosen] * traits.worth * traits.list_price)
    state.extended[chosen] = (people.extends[chosen] < 0.3) & (draw.random(len(chosen)) < 0.5)
    np.add.at(state.friends, people.ties[chosen].ravel(), 1)
    sellers = 3
    state.hired[0, :sellers], state.talent[0, :sellers] = START - 20, draw.normal(0, 0.45, sellers)
    state.mrr[:] = (state.seats * state.price)[chosen].sum()
    state.cash[:] = traits.cash * state.mrr
    return state
