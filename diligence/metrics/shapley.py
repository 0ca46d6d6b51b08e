"""Shapley: what each of several contributes to what they reach together, exactly.

The value of ``i`` is its mean marginal contribution over all orders of arrival (Shapley 1953). It is computed by the Moebius transform:
every coalition's dividend (what it adds beyond its parts) is shared alike among its members, which takes 2^n steps and no sampling.
"""

import numpy as np
import pandas as pd

from diligence.errors import InputError, Problem
from diligence.metrics.attribution import Steps, credited, steps
from diligence.metrics.measure import need

MOST_PLAYERS = 20
GAMES = ("conversions", "rate")


def shapley_of(worth: np.ndarray) -> np.ndarray:
    """Give the Shapley value of each player of a game held as an array.

    Parameters
    ----------
    worth
        Of every coalition: position ``sum of 2^i over its members i``; length ``2^n``.

    Returns
    -------
    ndarray
        One value a player; they sum to what all reach together less what nobody does.

    Examples
    --------
    >>> shapley_of(np.array([0.0, 1.0, 2.0, 5.0])).tolist()
    [2.0, 3.0]
    """
    dividends, n = np.array(worth, dtype="float64"), len(worth).bit_length() - 1
    for player in range(n):
        halves = dividends.reshape(-1, 2, 1 << player)
        halves[:, 1] -= halves[:, 0]
    members = np.arange(len(dividends))
    size = np.zeros(len(dividends))
    for player in range(n):
        size += members >> player & 1
    each = np.divide(dividends, size, out=np.zeros_like(dividends), where=size > 0)
    return np.array([each[(members >> player & 1).astype("bool")].sum() for player in range(n)])


def shapley(game: pd.DataFrame, *, separator: str = "+") -> pd.DataFrame:
    """Give the Shapley value of each player of a game written as a table.

    Parameters
    ----------
    game
        ``coalition`` (names joined by the separator; blank is nobody) and ``worth``: one row for every coalition; nobody's worth is 0 where it lacks.
    separator
        What stands between two names.

    Returns
    -------
    DataFrame
        ``player, value``.

    Raises
    ------
    InputError
        A coalition lacks, or there are more than twenty players.

    Examples
    --------
    >>> game = pd.DataFrame({"coalition": ["a", "b", "a+b"], "worth": [1.0, 2.0, 5.0]})
    >>> shapley(game)["value"].tolist()
    [2.0, 3.0]
    """
    need(game, "coalition", "worth")
    sets = [frozenset(word.strip() for word in str(text).split(separator) if word.strip()) for text in game["coalition"].fillna("")]
    players = sorted(set().union(*sets)) if sets else []
    _few(players)
    place = {player: 1 << number for number, player in enumerate(players)}
    worth = np.full(1 << len(players), np.nan)
    worth[0] = 0.0
    for members, value in zip(sets, game["worth"].astype("float64"), strict=True):
        worth[sum(place[member] for member in members)] = value
    if np.isnan(worth).any():
        lacking = int(np.flatnonzero(np.isnan(worth))[0])
        named = separator.join(player for player in players if lacking & place[player])
        raise InputError(Problem("the worth of every coalition", f"none of '{named}'", "add a row for it", column="coalition"))
    return pd.DataFrame({"player": pd.Series(players, dtype="object"), "value": shapley_of(worth)})


def shapley_attribution(paths: pd.DataFrame, *, game: str = "conversions") -> pd.DataFrame:
    """Attribute conversions by the Shapley value over sets of channels; order and repetition within a path play no part.

    ``conversions``: a coalition is worth the conversions of paths that touch no channel outside of it, so that each path shares its
    conversions alike among its distinct channels. ``rate``: it is worth the share of such paths that converted, so that channels which are
    merely present earn less; the values are scaled to the conversions, negative ones as they are.

    Parameters
    ----------
    paths
        ``path_id, position, channel, conversions, amount``, for ``rate`` with ``nulls``; at the most twenty channels.
    game
        ``conversions`` or ``rate``.

    Returns
    -------
    DataFrame
        ``channel, conversions, amount`` (currency), ``share``.

    Notes
    -----
    Zhao, Mahboobi and Bagheri 2018 (simplified form, here by dividends).

    Examples
    --------
    >>> paths = pd.DataFrame({"path_id": [1, 1, 1], "position": [0, 1, 2], "channel": ["a", "a", "b"], "conversions": 4, "amount": 8.0})
    >>> shapley_attribution(paths)["conversions"].tolist()
    [2.0, 2.0]
    """
    if game not in GAMES:
        raise InputError(Problem(f"a game out of {', '.join(GAMES)}", f"'{game}'", "name one of them", key="game"))
    if game == "rate":
        need(paths, "nulls")
    one = steps(paths)
    _few(list(one.channels))
    size = len(one.channels)
    masks = np.bitwise_or.reduceat((1 << np.arange(size))[one.code], one.start) if len(one.code) else np.zeros(0, dtype="int64")
    sums = [np.bincount(masks, values, 1 << size).astype("float64") for values in (one.conversions, one.amount)]
    if game == "rate":
        return _by_rate(one, masks, sums)
    shared = [_dividends_shared(values, size) for values in sums]
    return credited(one.channels, shared[0], shared[1])


def _dividends_shared(dividends: np.ndarray, n: int) -> np.ndarray:
    """Share what falls to each exact set of channels alike among them: conversions of exact sets are the dividends of this game."""
    held = np.flatnonzero(dividends)
    members = (held[:, None] >> np.arange(n)) & 1
    size = np.maximum(members.sum(axis=1), 1)
    return (dividends[held] / size) @ members if len(held) else np.zeros(n)


def _by_rate(one: Steps, masks: np.ndarray, sums: list[np.ndarray]) -> pd.DataFrame:
    n = len(one.channels)
    won = sums[0].copy()
    tried = won + np.bincount(masks, one.nulls, 1 << n)
    for player in range(n):
        for table in (won, tried):
            halves = table.reshape(-1, 2, 1 << player)
            halves[:, 1] += halves[:, 0]
    value = shapley_of(np.divide(won, tried, out=np.zeros_like(won), where=tried > 0))
    total = value.sum()
    share = value / total if total > 0 else np.full(n, np.nan)
    return credited(one.channels, share * one.conversions.sum(), share * one.amount.sum())


def _few(players: list[str]) -> None:
    if len(players) > MOST_PLAYERS:
        raise InputError(Problem(f"at most {MOST_PLAYERS} players", str(len(players)), "join the smallest into one"))
