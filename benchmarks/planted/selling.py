"""Deals: opened, worked on, priced, decided by the buyer among the company, a rival and doing nothing."""

import numpy as np

from benchmarks.planted import people
from benchmarks.planted.agents import CUSTOMER, DEAL, NEVER, RIVAL_NAMES
from benchmarks.planted.chance import Array
from benchmarks.planted.traits import HOURS
from benchmarks.planted.world import World, list_price

WITHOUT_FOUNDER, NOTHING = -2.2, -0.1
WON, TO_RIVAL, ON_PRICE, NO_DECISION, TOO_LATE = range(5)
REASONS = ("", "competitor", "price", "no_decision", "timing")
LARGEST_DISCOUNT = 0.34
NAME_COUNTS = 1.0


def opened(world: World, agents: Array) -> None:
    """Begin deals."""
    state, month, draw = world.state, world.month, world.chance
    size = np.asarray(HOURS)[world.people.segment[world.account(agents)]]
    hours = size * np.exp(0.35 * draw.normal("hours", month, agents))
    state.status[agents], state.opened[agents], state.ready[agents], state.heard_founder[agents] = DEAL, month, NEVER, False
    state.hours[agents] = state.asked[agents] = hours
    state.deadline[agents] = month + 5 + (5 * draw.uniform("deadline", month, agents)).astype(int)
    people.hand_out(world, agents)
    asked = np.bincount(world.future(agents), hours, minlength=world.futures)
    state.load = 0.8 * state.load + 0.2 * asked


def advanced(world: World) -> None:
    """Work on all open deals; those that are ready are decided, those past their time are lost."""
    state = world.state
    deals = np.flatnonzero(state.status == DEAL)
    people.reassign(world, deals)
    ready = people.worked(world, deals)
    _decide(world, people.founder_hears(world, ready))
    late = deals[(state.status[deals] == DEAL) & (state.deadline[deals] <= world.month)]
    _lose(world, late, np.full(len(late), TOO_LATE), np.zeros(len(late)))


def _decide(world: World, deals: Array) -> None:
    state, month, draw, account = world.state, world.month, world.chance, world.account(deals)
    discount = _discount(world, deals)
    price = list_price(world.traits, month) * (1 - discount)
    worth = worth_now(world, account)
    price = fitted(world, price, worth)
    own = _pull(world, deals) + draw.gumbel("us", month, deals)
    rival = state.rival[deals]
    names = np.where(rival >= 0, NAME_COUNTS * RIVAL_NAMES[rival], -np.inf)
    theirs = names + draw.gumbel("them", month, deals)
    nothing = NOTHING + draw.gumbel("nothing", month, deals)
    outcome = np.where(own >= np.maximum(theirs, nothing), WON, np.where(theirs > nothing, TO_RIVAL, NO_DECISION))
    outcome = np.where((price > worth) & (outcome == WON), ON_PRICE, outcome)
    won = outcome == WON
    _win(world, deals[won], price[won], discount[won])
    _lose(world, deals[~won], outcome[~won], discount[~won])


def worth_now(world: World, account: Array) -> Array:
    """What an account would pay for a seat a month at today's prices of everything else."""
    traits = world.traits
    return world.people.worth[account] * traits.worth * traits.list_price * 1.02 ** (world.month / 12)


def fitted(world: World, price: Array, worth: Array) -> Array:
    """Where the price is set by what an account has of it, nobody is asked for more, down to half the list."""
    return np.minimum(price, np.maximum(0.93 * worth, 0.5 * price)) if world.traits.fitted_price else price


def _discount(world: World, deals: Array) -> Array:
    """What the buyer asks off the list: more against a rival, more where the rival's name is better."""
    rival = world.state.rival[deals]
    gap = np.where(rival >= 0, RIVAL_NAMES[rival] - world.traits.name, -1.0)
    asked = (
        0.05 + np.where(rival >= 0, 0.05 + 0.07 * np.clip(gap, -0.5, None), 0) + 0.03 * world.chance.normal("discount", world.month, deals)
    )
    return np.round(np.clip(asked, 0, LARGEST_DISCOUNT), 3)


def _pull(world: World, deals: Array) -> Array:
    state, account = world.state, world.account(deals)
    talent = state.talent[world.future(deals), state.seller[deals]]
    talent = np.where(talent < 0, talent * world.operations.shortfall, talent)
    wants = world.people.founder[account] < world.traits.wants_founder
    founder = np.where(state.heard_founder[deals], 0.6, np.where(wants, WITHOUT_FOUNDER, 0.0))
    return NAME_COUNTS * world.traits.name + 1.4 * (world.fit[account] - 0.7) + talent + founder


def _win(world: World, deals: Array, price: Array, discount: Array) -> None:
    state, month, account, people_of = world.state, world.month, world.account(deals), world.people
    seats = np.maximum(3, np.round(people_of.need[account] * people_of.first_share[account]))
    state.status[deals], state.since[deals], state.live[deals] = CUSTOMER, month, NEVER
    state.seats[deals], state.price[deals] = seats, np.round(price, 2)
    state.extended[deals] = False
    state.days[deals] = 4 + 0.16 * seats
    state.need_ends[deals] = NEVER
    ties = (world.future(deals) * world.count)[:, None] + people_of.ties[account]
    np.add.at(state.friends, ties.ravel(), 1)
    _noted(world, deals, WON, discount, seats * price)


def _lose(world: World, deals: Array, outcome: Array, discount: Array) -> None:
    if not len(deals):
        return
    state, draw = world.state, world.chance
    account = world.account(deals)
    seats = np.maximum(3, np.round(world.people.need[account] * world.people.first_share[account]))
    _noted(world, deals, outcome, discount, seats * list_price(world.traits, world.month) * (1 - discount))
    soon = np.ceil(4 + 10 * draw.uniform("back soon", world.month, deals))
    bought = (outcome == TO_RIVAL) | (outcome == ON_PRICE)
    world.release(deals, np.where(bought, world.until_next(deals), soon))
    state.ready[deals] = NEVER


def _noted(world: World, deals: Array, outcome: object, discount: Array, monthly: Array) -> None:
    state = world.state
    world.note(
        "decided", deals, outcome=outcome, discount=discount, amount=12 * monthly, opened=state.opened[deals], seller=state.seller[deals],
        founder=state.heard_founder[deals], via=state.via[deals], rival=state.rival[deals], ready=state.ready[deals], price=state.price[deals], seats=state.seats[deals],
    )  # fmt: skip
