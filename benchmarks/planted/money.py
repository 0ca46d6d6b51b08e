"""Money: what is billed and when it is paid, what is spent, and the floor below which nothing more is begun."""

import numpy as np

from benchmarks.planted import installed, people
from benchmarks.planted.agents import CUSTOMER, NEVER
from benchmarks.planted.chance import Array
from benchmarks.planted.world import World

DAYS = 30.4
ONBOARDING_RATE, ONBOARDING_COST = 950.0, 430.0
LEAST = 0.05
UPFRONT, MONTHLY, ARREARS = range(3)
SLOTS = 18
EARNED = 12 / 365 * np.array([31, 31, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30])
"""What a month earns of a year that is paid ahead, over a twelfth: by its days; July first."""


def gate(world: World) -> Array:
    """How much of what is wanted may be begun: all with two months' revenue over the floor, little below it."""
    state = world.state
    over = (state.cash - world.traits.floor * state.mrr) / np.maximum(state.mrr, 1)
    return np.clip(0.5 * over, LEAST, 1.0)


def terms(world: World, agents: Array) -> Array:
    """How each customer is billed."""
    traits, u = world.traits, world.people.billing[world.account(agents)]
    how = np.full(len(agents), MONTHLY, dtype=np.int8)
    how[u < traits.upfront + traits.arrears] = ARREARS
    how[u < traits.upfront] = UPFRONT
    return how


def billed(world: World) -> None:
    """Bill the month: a year ahead, the month, or the quarter that is over; what changes within a paid year is billed for its rest."""
    state, month = world.state, world.month
    book = np.flatnonzero((state.status == CUSTOMER) & (state.live > NEVER))
    amount, future = installed.monthly(world, book), world.future(book)
    state.mrr = np.bincount(future, amount, minlength=world.futures)
    how, age = terms(world, book), month - state.live[book]
    begun, later = np.flatnonzero(age == 0), age > 0
    asked, fee, earned = amount.copy(), np.zeros(len(book)), amount.copy()
    ahead, late = np.flatnonzero((how == UPFRONT) & later), np.flatnonzero((how == ARREARS) & later)
    asked[ahead] = _year(world, book[ahead], amount[ahead])
    earned[ahead] *= EARNED[month % 12]
    asked[late] = 0.0
    state.unbilled[book[late]] += amount[late]
    fee[begun] = np.round((4 + 0.16 * state.seats[book[begun]]) * 0.7 * ONBOARDING_RATE, 2)
    state.earned = np.bincount(future, earned, minlength=world.futures)
    world.note(
        "month",
        book,
        amount=amount,
        seats=state.seats[book],
        price=state.price[book],
        part=np.where(later, 1.0, state.part[book]),
        age=age,
        how=how,
    )
    sent = np.flatnonzero(np.abs(asked) + fee > 0.005)
    _sent(world, book[sent], (asked + fee)[sent], fee[sent])
    if (month + 1) % 3 == 0:
        _quarter(world)


def _year(world: World, customers: Array, amount: Array) -> Array:
    """Bill the year on its first day, and what has changed since for the rest of it; ``unbilled`` holds the month that is paid for."""
    state = world.state
    place = (world.month - state.live[customers] - 1) % 12
    paid = np.where(place == 0, 0.0, state.unbilled[customers])
    state.unbilled[customers] = amount
    return np.round((amount - paid) * (12 - place), 2)


def _quarter(world: World) -> None:
    """Bill the quarter that is over to those who pay after it, who may have left since."""
    state = world.state
    owing = np.flatnonzero(state.unbilled > 0.005)
    owing = owing[terms(world, owing) == ARREARS]
    _sent(world, owing, state.unbilled[owing], np.zeros(len(owing)))
    state.unbilled[owing] = 0


def _sent(world: World, customers: Array, asked: Array, fee: Array) -> None:
    """Send invoices; each is paid after the terms and the customer's own delay."""
    month, draw, traits = world.month, world.chance, world.traits
    day = 1 + np.floor(25 * draw.uniform("invoice day", month, customers))
    slow = world.people.habit[world.account(customers)] * world.operations.late * np.exp(0.5 * draw.normal("pays", month, customers))
    days = np.minimum(day + traits.terms + slow, DAYS * (SLOTS - 1.1))
    after = np.floor(days / DAYS).astype(int)
    np.add.at(world.state.due, (world.future(customers), (month + after) % SLOTS), asked)
    pay_day = 1 + np.floor(27 * (days / DAYS - after))
    world.note("invoice", customers, amount=asked, fee=fee, day=day, after=after, pay_day=pay_day)


def settled(world: World, marketing: Array, allowed: Array) -> None:
    """Take in what is paid this month and pay for everything."""
    state, traits, month = world.state, world.traits, world.month
    received = state.due[:, month % SLOTS].copy()
    state.due[:, month % SLOTS] = 0
    book = np.flatnonzero((state.status == CUSTOMER) & (state.live == month))
    began = np.bincount(world.future(book), state.seats[book] * traits.upfront_cost, minlength=world.futures)
    spent = {
        "cogs": (1 - traits.margin) * state.mrr + ONBOARDING_COST * installed.days_there(world, allowed) + began,
        "sales": people.heads(world) * people.SELLER_COST + people.FOUNDER_COST,
        "marketing": marketing,
        "customer_success": traits.success * state.mrr,
        "research": 0.62 * traits.overhead * state.mrr,
        "general": 0.38 * traits.overhead * state.mrr,
        "capex": 0.012 * state.mrr,
    }
    state.cash += received - sum(spent.values())
    world.note("books", np.array([0]), received=received, cash=state.cash, mrr=state.mrr, heads=people.heads(world), **spent)
