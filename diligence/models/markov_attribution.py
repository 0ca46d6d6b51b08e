"""Markov attribution: a channel's credit is what would be lost if every path through it ended in nothing, exactly."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.attribution import Steps, credited, steps
from diligence.metrics.measure import need

DENSE = 600
"""More states than these are solved as a sparse system."""
COUNTED = 4_000_000
"""Numbers up to this are told apart by counting instead of sorting."""


@dataclass(frozen=True)
class RemovalEffects:
    """A chain of channels and what it loses without each.

    Attributes
    ----------
    effects
        ``channel, effect``: ``1 - P(conversion without it) / P(conversion)``.
    conversion
        Probability that a path converts.
    states
        Number of states of the chain.
    """

    effects: pd.DataFrame
    conversion: float
    states: int


@dataclass(frozen=True)
class _Chain:
    """States (the last channels of a path), moves between them, and what each path goes on to."""

    last: np.ndarray
    source: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    entry: np.ndarray
    won: np.ndarray
    lost: np.ndarray


def removal_effects(paths: pd.DataFrame, *, order: int = 1) -> RemovalEffects:
    """Estimate the chain of channels from paths with and without conversion, and solve it: an absorbing chain, no simulation.

    A state is the last ``order`` channels. With ``Q`` the moves between states and ``r`` the moves to a conversion, the probability to
    convert is ``s (I - Q)^-1 r``; without a channel, its states are struck out of ``Q``. Moves are weighted by conversions plus nulls.

    Parameters
    ----------
    paths
        ``path_id, position, channel, conversions, amount, nulls``.
    order
        How many channels the chain remembers.

    Notes
    -----
    Anderl, Becker, von Wangenheim and Schumann 2016. NumPy solves it; SciPy's sparse solver stands behind beyond 600 states.

    Examples
    --------
    >>> paths = pd.DataFrame({"path_id": [1, 1, 2], "position": [0, 1, 0], "channel": ["a", "b", "a"], "conversions": [1, 1, 0],
    ...                       "amount": 0.0, "nulls": [0, 0, 1]})
    >>> removal_effects(paths).effects["effect"].tolist()
    [1.0, 1.0]
    """
    need(paths, "path_id", "position", "channel", "conversions", "amount", "nulls")
    return _effects(steps(paths), order)


def markov_attribution(paths: pd.DataFrame, *, order: int = 1) -> pd.DataFrame:
    """Attribute conversions and money in proportion to removal effects: ``effect / sum of effects``.

    Parameters
    ----------
    paths
        ``path_id, position, channel, conversions, amount, nulls``. Without nulls every path converts and the chain knows only who is there:
        ask :func:`diligence.metrics.paths.without_nulls` first.
    order
        How many channels the chain remembers.

    Returns
    -------
    DataFrame
        ``channel, conversions, amount`` (currency), ``share``; NaN where nothing converted.

    Examples
    --------
    >>> paths = pd.DataFrame({"path_id": [1, 1, 2], "position": [0, 1, 0], "channel": ["a", "b", "a"], "conversions": [2, 2, 0],
    ...                       "amount": 0.0, "nulls": [0, 0, 1]})
    >>> markov_attribution(paths)["conversions"].tolist()
    [1.0, 1.0]
    """
    need(paths, "path_id", "position", "channel", "conversions", "amount", "nulls")
    one = steps(paths)
    effect = _effects(one, order).effects["effect"].to_numpy()
    total = effect.sum()
    share = effect / total if total > 0 else np.full(len(effect), np.nan)
    return credited(one.channels, share * one.conversions.sum(), share * one.amount.sum())


def _effects(one: Steps, order: int) -> RemovalEffects:
    if not one.conversions.sum() > 0:
        return RemovalEffects(pd.DataFrame({"channel": one.channels, "effect": np.nan}), float("nan"), 0)
    chain = _chain(one, order)
    whole = _converted(chain, np.ones(len(chain.last), dtype="bool"))
    without = np.array([_converted(chain, chain.last != channel) for channel in range(len(one.channels))])
    effects = pd.DataFrame({"channel": one.channels, "effect": 1 - without / whole})
    return RemovalEffects(effects, whole, len(chain.last))


def _chain(one: Steps, order: int) -> _Chain:
    """Count moves between states: codes of the last channels as digits of one number."""
    base = len(one.channels) + 1
    digit = one.code.astype("int64") + 1
    within = np.arange(len(digit)) - np.repeat(one.start, one.length)
    state = digit.copy()
    for back in range(1, order):
        earlier = np.concatenate([np.zeros(back, dtype="int64"), digit[:-back]])
        state += np.where(within >= back, earlier, 0) * base**back
    known, state = _numbered(state, base**order)
    tries = one.conversions + one.nulls
    n, ends = len(known), one.start + one.length - 1
    inner = np.ones(len(state), dtype="bool")
    inner[ends] = False
    source = np.flatnonzero(inner)
    weight = np.repeat(tries, one.length)[source]
    moves = state[source] * n + state[source + 1]
    if n * n <= COUNTED:
        counted = np.bincount(moves, weight, n * n)
        pairs = np.flatnonzero(counted)
        weight = counted[pairs]
    else:
        pairs, place = np.unique(moves, return_inverse=True)
        weight = np.bincount(place, weight)
    sums = [np.bincount(state[at], values, n) for at, values in ((one.start, tries), (ends, one.conversions), (ends, one.nulls))]
    return _Chain(known % base - 1, pairs // n, pairs % n, weight, *sums)


def _numbered(values: np.ndarray, bound: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the values that occur, in order, and the place of each: by counting where they are small numbers, else by sorting."""
    if bound > COUNTED:
        return np.unique(values, return_inverse=True)
    there = np.bincount(values, minlength=1) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]


def _converted(chain: _Chain, kept: np.ndarray) -> float:
    """Probability to convert when only some states are open: what goes to the others is lost."""
    n = len(kept)
    out = np.bincount(chain.source, chain.weight, n) + chain.won + chain.lost
    share = 1 / np.where(out > 0, out, 1.0)
    place = np.cumsum(kept) - 1
    open_moves = kept[chain.source] & kept[chain.target]
    rows, columns = place[chain.source[open_moves]], place[chain.target[open_moves]]
    moved = chain.weight[open_moves] * share[chain.source[open_moves]]
    size, end = int(kept.sum()), (chain.won * share)[kept]
    entry = chain.entry[kept] / chain.entry.sum()
    if not size:
        return 0.0
    if size <= DENSE:
        system = np.eye(size)
        system[rows, columns] -= moved
        return float(entry @ np.linalg.solve(system, end))
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import spsolve

    system = eye_array(size, format="csc") - csc_array((moved, (rows, columns)), shape=(size, size))
    return float(entry @ spsolve(system, end))
