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
    return np.where(u < traits.upfront, UPFRONT, np.where(u < traits.upfront + traits.arrears, ARREARS, MONTHLY))


def billed(world: World) -> None:
    """Bill the month: a year ahead, the month, or the quarter that is over; what changes within a paid year is billed for its rest."""
    state, month = world.state, world.month
    book = np.flatnonzero((state.status == CUSTOMER) & (state.live > NEVER))
    amount = installed.monthly(world, book)
    state.mrr = np.bincount(world.future(book), amount, minlength=world.futures)
    how, age = terms(world, book), month - state.live[book]
    place = (age - 1) % 12
    ahead, part = how == UPFRONT, age == 0
    paid = np.where(part, 0.0, state.unbilled[book])
    rest = 12 - place
    bill = np.where(ahead & ~part, np.where((place == 0) | (paid == 0), amount * rest, np.round((amount - paid) * rest, 2)), amount)
    state.unbilled[book] = np.where(part, 0.0, np.where(ahead, amount, state.unbilled[book]))
    late = (how == ARREARS) & ~part
    state.unbilled[book[late]] += amount[late]
    closes = late & (age % 3 == 0)
    bill = np.where(late, np.where(closes, state.unbilled[book], 0.0), bill)
    state.unbilled[book[closes]] = 0
    earned = np.where(ahead & ~part, amount * EARNED[month % 12], amount)
    state.earned = np.bincount(world.future(book), earned, minlength=world.futures)
    fee = np.where(part, np.round((4 + 0.16 * state.seats[book]) * 0.7 * ONBOARDING_RATE, 2), 0)
    asked = bill + fee
    sent = np.flatnonzero(np.abs(asked) > 0.005)
    world.note("month", book, amount=amount, seats=state.seats[book], price=state.price[book], part=np.where(part, state.part[book], 1.0), age=age, how=how)
    _sent(world, book[sent], asked[sent], bill[sent], fee[sent])


def _sent(world: World, customers: Array, asked: Array, bill: Array, fee: Array) -> None:
    """Send invoices; each is paid after the terms and the customer's own delay."""
    month, draw, traits = world.month, world.chance, world.traits
    day = 1 + np.floor(25 * draw.uniform("invoice day", month, customers))
    slow = world.people.habit[world.account(customers)] * world.operations.late * np.exp(0.5 * draw.normal("pays", month, customers))
    days = np.minimum(day + traits.terms + slow, DAYS * (SLOTS - 1.1))
    after = np.floor(days / DAYS).astype(int)
    np.add.at(world.state.due, (world.future(customers), (month + after) % SLOTS), asked)
    pay_day = 1 + np.floor(27 * (days / DAYS - after))
    world.note("invoice", customers, amount=asked, bill=bill, fee=fee, day=day, after=after, pay_day=pay_day)


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
