"""A month of a company, and many of them: the history up to the as-of date, and futures after it."""

from dataclasses import replace

import numpy as np

from benchmarks.planted import agents, installed, market, money, people, selling
from benchmarks.planted.chance import Array, Chance
from benchmarks.planted.journal import Journal
from benchmarks.planted.traits import GOOD, HORIZON, POOR, Operations, Traits
from benchmarks.planted.world import World, list_price

OVERTAKEN = (-48, -18)
"""Months between which rivals overtook its name, if they did."""


def run_as(traits: Traits, month: int) -> Operations:
    """How a company was run in a month: as at first, then as it is today."""
    share = float(np.interp(month, traits.order_lost, (traits.disorder_before, traits.disorder)))
    return GOOD.towards(POOR, share)


def as_known(traits: Traits, month: int) -> float:
    """How good the company's name was in a month."""
    return float(np.interp(month, OVERTAKEN, (traits.name_before, traits.name)))


def month_of(world: World) -> None:
    """Everyone acts once."""
    allowed = money.gate(world)
    spent = market.campaigns(world, world.traits.marketing * world.state.mrr * allowed)
    people.staff(world, allowed)
    market.needs(world)
    market.heard(world, spent)
    selling.opened(world, market.leads(world))
    selling.advanced(world)
    market.elsewhere(world)
    installed.renewed(world)
    installed.onboarded(world, allowed)
    installed.grown(world)
    money.billed(world)
    money.settled(world, spent.sum(axis=1), allowed)


def history(seed: int, traits: Traits) -> tuple[World, Journal]:
    """Live the months up to the as-of date, all written down."""
    journal = Journal()
    who = agents.accounts(seed, traits)
    began = replace(traits, operations=run_as(traits, agents.START))
    state = agents.opening(seed, began, who, list_price(traits, agents.START))
    world = World(began, who, state, Chance(seed), journal)
    for month in range(agents.START, 0):
        world.month, world.operations = month, run_as(traits, month)
        world.traits = replace(traits, name=as_known(traits, month))
        month_of(world)
    world.traits = replace(traits, operations=world.operations)
    return world, journal


def futures(world: World, seed: int, count: int, change: dict[int, Traits]) -> tuple[Array, Array]:
    """Live on from the as-of date in many futures; from the months named the company has other traits.

    Returns
    -------
    tuple of arrays
        Recurring revenue, annualised as it is earned, and cash, both futures x months.
    """
    ahead = World(world.traits, world.people, world.state.copy(count), Chance(seed))
    revenue, cash = np.empty((count, HORIZON)), np.empty((count, HORIZON))
    for month in range(HORIZON):
        if month in change:
            ahead.become(change[month])
            ahead.operations = change[month].operations
        ahead.month = month
        month_of(ahead)
        revenue[:, month], cash[:, month] = 12 * ahead.state.earned, ahead.state.cash
    return revenue, cash
