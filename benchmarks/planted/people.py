"""People who sell: hired as work and cash allow, learning, leaving; and the founder, who is one person."""

import numpy as np

from benchmarks.planted.agents import DEAL, NEVER, PLACES
from benchmarks.planted.chance import Array
from benchmarks.planted.world import World

HOURS_A_MONTH = 100.0
LEAVES = 0.016
SELLER_COST, FOUNDER_COST = 9_800.0, 17_000.0
FEWEST = 3
SLACK = 1.35


def ramped(world: World) -> Array:
    """How much of a full seller each is, futures x places; 0 where nobody sits."""
    age = (world.month - world.state.hired).astype(float)
    return np.where(world.state.hired > NEVER, np.clip(0.25 + 0.75 * age / world.operations.ramp, 0, 1), 0.0)


def heads(world: World) -> Array:
    """People who sell, by future."""
    return (world.state.hired > NEVER).sum(axis=1)


def staff(world: World, gate: Array) -> None:
    """Let people leave and hire: as many as the work of late asks for, where cash allows."""
    state, month, draw = world.state, world.month, world.chance
    place = np.arange(world.futures * PLACES)
    sits = state.hired.ravel() > NEVER
    leaves = sits & (draw.uniform("seller leaves", month, place) < LEAVES) & (heads(world).repeat(PLACES) > FEWEST)
    if world.journal is not None:
        gone = np.flatnonzero(leaves)
        world.note("left", gone, place=gone % PLACES)
    state.hired.ravel()[leaves] = NEVER
    wanted = np.ceil(SLACK * state.load / HOURS_A_MONTH).clip(FEWEST, PLACES - 2)
    count = heads(world)
    more = np.where(gate > 0.6, np.clip(wanted - count, 0, 1 + count // 8), 0)
    empty = state.hired == NEVER
    take = empty & (np.cumsum(empty, axis=1) <= more[:, None])
    hired = np.flatnonzero(take.ravel())
    state.hired.ravel()[hired] = month
    state.talent.ravel()[hired] = 0.45 * draw.normal("talent", month, hired)
    world.note("hired", hired, place=hired % PLACES, talent=state.talent.ravel()[hired])


def hand_out(world: World, agents: Array) -> None:
    """Give new deals to those who sell, in turn."""
    if not len(agents):
        return
    state, future = world.state, world.future(agents)
    sits = state.hired > NEVER
    order, count = np.argsort(~sits, axis=1, kind="stable"), sits.sum(axis=1)
    first = np.searchsorted(future, future)
    turn = (state.turn[future] + np.arange(len(agents)) - first) % count[future]
    state.seller[agents] = order[future, turn]
    state.turn += np.bincount(future, minlength=world.futures)


def reassign(world: World, deals: Array) -> None:
    """Deals of those who left go to others, who begin part of them again."""
    state = world.state
    lost = deals[state.hired[world.future(deals), state.seller[deals]] == NEVER]
    state.hours[lost] += 0.2 * state.asked[lost]
    hand_out(world, lost)


def worked(world: World, deals: Array) -> Array:
    """Share the hours of each seller among the open deals, and say which are ready to be decided."""
    state, month = world.state, world.month
    future = world.future(deals)
    place = future * PLACES + state.seller[deals]
    waiting = state.ready[deals] == NEVER
    open_deals = np.bincount(place[waiting], minlength=world.futures * PLACES)
    hours = (HOURS_A_MONTH * ramped(world)).ravel()[place] / np.maximum(open_deals[place], 1)
    moves = world.chance.uniform("slips", month, deals) >= world.operations.slip
    given = np.where(waiting & moves, np.minimum(hours, 0.5 * state.asked[deals]), 0)
    state.hours[deals] -= given
    done = waiting & (state.hours[deals] <= 1e-6) & moves
    state.ready[deals[done]] = month
    return deals[(state.status[deals] == DEAL) & (state.ready[deals] > NEVER)]


def founder_hears(world: World, ready: Array) -> Array:
    """Give the founder's hours to deals that ask for them, first come first; the others wait, then go without. Gives those to be decided."""
    state, traits = world.state, world.traits
    wants = world.people.founder[world.account(ready)] < traits.wants_founder
    asking = ready[wants]
    asking = asking[np.lexsort((asking, state.ready[asking], world.future(asking)))]
    future = world.future(asking)
    first = np.searchsorted(future, future)
    spent = (np.arange(len(asking)) - first + 1) * traits.founder_deal
    luck = world.chance.uniform("founder's month", world.month, np.arange(world.futures))
    given = spent <= (traits.founder_hours + traits.founder_deal * (luck[future] - 0.5))
    state.heard_founder[asking[given]] = True
    still = asking[~given]
    patient = still[world.month - state.ready[still] < 2]
    return np.setdiff1d(ready, patient, assume_unique=True)
