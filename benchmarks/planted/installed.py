"""Customers: brought live as days of onboarding allow, growing to their need, asked for more, renewing or leaving."""

import numpy as np

from benchmarks.planted.agents import CUSTOMER, NEVER
from benchmarks.planted.chance import Array
from benchmarks.planted.selling import fitted, worth_now
from benchmarks.planted.world import World, list_price

GROWS, GROWS_BY, SHRINKS, EXTENDS, FAILS = 0.055, 0.32, 0.07, 0.012, 0.007
EXTENSION = 0.22
"""What the extension costs, over the price of a seat."""
FULL = 0.92
UNWILLING, ON_PRICE, INSOLVENT = range(3)
TOLERATES = 1.12


def days_there(world: World, allowed: Array) -> Array:
    """Days of onboarding of the month: they grow with the company, and are cut where cash does not allow them."""
    return np.maximum(world.traits.delivery * world.state.mrr * 12e-6, 18.0) * (0.4 + 0.6 * allowed)


def onboarded(world: World, allowed: Array) -> None:
    """Work through the customers that wait, first signed first, with the days that there are."""
    state, month = world.state, world.month
    waiting = np.flatnonzero((state.status == CUSTOMER) & (state.live == NEVER) & (state.since < month))
    waiting = waiting[np.lexsort((waiting, state.since[waiting], world.future(waiting)))]
    future = world.future(waiting)
    there = days_there(world, allowed)
    total = np.cumsum(state.days[waiting])
    first = np.searchsorted(future, future)
    before = total - state.days[waiting] - np.where(first > 0, total[first - 1], 0.0)
    given = np.clip(there[future] - before, 0, state.days[waiting])
    state.days[waiting] -= given
    live = waiting[state.days[waiting] <= 1e-9]
    state.live[live] = month
    state.part[live] = np.round(0.05 + 0.9 * world.chance.uniform("day live", month, live), 2)
    world.note("live", live, part=state.part[live])
    if world.journal is not None:
        world.note("onboarding", np.array([0]), there=there, used=given.sum(), live=len(live))


def renewed(world: World) -> None:
    """At each anniversary a customer stays, at a price that rises, or goes."""
    state, month, draw = world.state, world.month, world.chance
    book = np.flatnonzero((state.status == CUSTOMER) & (state.live > NEVER))
    due = book[((month - state.live[book] - 1) % 12 == 0) & (month > state.live[book] + 1)]
    account = world.account(due)
    worth = worth_now(world, account)
    price = fitted(world, np.minimum(state.price[due] * (1 + world.traits.uplift), list_price(world.traits, month)), worth)
    price = np.round(np.maximum(price, np.where(world.traits.fitted_price, 0, state.price[due])), 2)
    unwilling = draw.uniform("leaves", month, due) < world.leaving[account]
    dear = price > TOLERATES * worth
    fails = draw.uniform("fails", month, due) < FAILS
    goes = unwilling | dear | fails
    stays = due[~goes]
    world.note("renewed", stays, price=price[~goes], seats=state.seats[stays])
    state.price[stays] = price[~goes]
    shrinks = stays[draw.uniform("fewer seats", month, stays) < SHRINKS]
    state.seats[shrinks] = np.maximum(2, np.round(0.85 * state.seats[shrinks]))
    gone(world, due[goes], np.where(fails, INSOLVENT, np.where(dear, ON_PRICE, UNWILLING))[goes])


def gone(world: World, agents: Array, why: Array) -> None:
    """Customers that leave are accounts again, and look around when their time comes."""
    state = world.state
    world.note("gone", agents, why=why, price=state.price[agents], seats=state.seats[agents])
    ties = (world.future(agents) * world.count)[:, None] + world.people.ties[world.account(agents)]
    np.subtract.at(state.friends, ties.ravel(), 1)
    world.release(agents, 12 + world.until_next(agents))
    state.seats[agents] = 0
    state.unbilled[agents[pays_ahead(world, agents)]] = 0


def pays_ahead(world: World, agents: Array) -> Array:
    """Who pays a year ahead."""
    return world.people.billing[world.account(agents)] < world.traits.upfront


def grown(world: World) -> None:
    """Customers take more seats while they have need of them, and some the extension."""
    state, month, draw = world.state, world.month, world.chance
    book = np.flatnonzero((state.status == CUSTOMER) & (state.live > NEVER) & (state.live < month))
    account = world.account(book)
    room = FULL * world.people.need[account] * 1.015 ** (month / 12) - state.seats[book]
    takes = (room >= 1) & (draw.uniform("more seats", month, book) < GROWS)
    state.seats[book[takes]] += np.maximum(1, np.round(GROWS_BY * room[takes]))
    extends = ~state.extended[book] & (world.people.extends[account] < 0.3) & (draw.uniform("extends", month, book) < EXTENDS)
    state.extended[book[extends]] = True
    world.note("extended", book[extends], price=state.price[book[extends]], seats=state.seats[book[extends]])
    world.note("more", book[takes], seats=state.seats[book[takes]], room=room[takes], price=state.price[book[takes]])


def monthly(world: World, book: Array) -> Array:
    """Recurring revenue of the month, by customer; the month of going live in part."""
    state = world.state
    whole = np.round(state.seats[book] * state.price[book], 2)
    extended = np.flatnonzero(state.extended[book])
    whole[extended] += np.round(EXTENSION * whole[extended], 2)
    begun = np.flatnonzero(state.live[book] == world.month)
    whole[begun] = np.round(whole[begun] * state.part[book[begun]], 2)
    return whole
