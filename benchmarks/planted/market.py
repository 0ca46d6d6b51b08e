"""The market: needs that come up, who hears of the company and where, whom a buyer puts on its list, and leads that are answered or not."""

import numpy as np

from benchmarks.planted.agents import CUSTOMER, IDLE, RIVAL_NAMES
from benchmarks.planted.chance import Array
from benchmarks.planted.traits import CHANNELS, REFERRAL
from benchmarks.planted.world import CHANNEL_COST, MIX, World

FORGET = 0.045
ASKS = 0.5
LISTED = 2
CAMPAIGNS = 0.4
NAME_COUNTS = 1.25
COSTS = np.array([CHANNEL_COST[channel] for channel in CHANNELS])


def needs(world: World) -> None:
    """Accounts whose time has come look for an offer: they list the two names that come to mind first."""
    state, month = world.state, world.month
    agents = np.flatnonzero((state.next_need == month) & (state.status == IDLE))
    if not len(agents):
        return
    draw = world.chance
    own = NAME_COUNTS * world.traits.name + draw.gumbel("own name", month, agents)
    theirs = np.stack([NAME_COUNTS * name + draw.gumbel(f"rival {k}", month, agents) for k, name in enumerate(RIVAL_NAMES)])
    state.listed[agents] = (theirs > own).sum(axis=0) < LISTED
    present = draw.uniform("rival in the deal", month, agents) < 0.78
    state.rival[agents] = np.where(present, theirs.argmax(axis=0), -1)
    state.need_ends[agents] = month + 3 + (3 * draw.uniform("need ends", month, agents)).astype(int)
    state.tried[agents] = False


def campaigns(world: World, budget: Array) -> Array:
    """Spread the budget over the channels, futures x channels: each quarter is planned anew, some channels more and some less."""
    agents = np.arange(world.futures * len(CHANNELS))
    bold = CAMPAIGNS * world.chance.normal("campaigns", world.month // 3, agents).reshape(world.futures, -1)
    spent = budget[:, None] * MIX * np.exp(bold - CAMPAIGNS**2 / 2)
    world.note("spend", agents[: len(CHANNELS)], amount=spent[0])
    return spent


def heard(world: World, spent: Array) -> None:
    """Spend on contacts: each falls on someone of the audience, new or not; customers tell those they know."""
    state, month, traits = world.state, world.month, world.traits
    contacts = (spent / (COSTS * traits.contact_cost)).astype(np.float32)
    rate = (contacts @ world.reach).ravel() + np.float32(traits.referral) * state.friends
    u = world.chance.everyone("heard", month, len(state.status))
    new = np.flatnonzero(~state.aware & (u < rate))
    state.aware[(u > 1 - FORGET) & (state.status != CUSTOMER) & (state.need_ends < month)] = False
    if not len(new):
        return
    each = contacts[world.future(new)] * world.reach[:, world.account(new)].T
    each = np.column_stack([each, traits.referral * state.friends[new]])
    steps = np.cumsum(each, axis=1)
    at = world.chance.uniform("where heard", month, new) * steps[:, -1]
    state.aware[new], state.via[new] = True, (steps < at[:, None]).sum(axis=1).clip(0, REFERRAL)


def leads(world: World) -> Array:
    """Buyers with a need who know the company and list it ask; whoever is answered too late, or not fitted, goes elsewhere."""
    state, month, draw = world.state, world.month, world.chance
    agents = np.flatnonzero((state.need_ends > month) & state.listed & state.aware & ~state.tried & (state.status == IDLE))
    agents = agents[draw.uniform("asks", month, agents) < ASKS]
    state.tried[agents] = True
    answered = world.operations.response * np.exp(0.9 * draw.normal("answer", month, agents))
    patience = 32 * np.exp(0.8 * draw.normal("patience", month, agents))
    meets = draw.uniform("fits", month, agents) < world.fit[world.account(agents)]
    taken = (answered < patience) & meets
    world.note("lead", agents, via=state.via[agents], answered=answered, in_time=answered < patience, meets=meets)
    return agents[taken]


def elsewhere(world: World) -> None:
    """Needs that end without a deal with the company are met by a rival or not at all."""
    state = world.state
    agents = np.flatnonzero((state.need_ends == world.month) & (state.status == IDLE))
    world.release(agents, world.until_next(agents))
