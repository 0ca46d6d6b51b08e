"""Attribution: who gets the credit for what was won, by the rules in use; reconciled to the cent, frozen by quarter.

A path is what was recorded before an outcome: one row a touch, the outcome repeated on each of its rows.

========== ======================================================================================
path_id    the opportunity, or the lead that never became one
position   order within the path, from 0
channel    of the touch
conversions, nulls  how often this path ended in a customer, and in none (1 and 0 for a single path)
amount     money of its conversions
========== ======================================================================================

No rule knows what a channel caused: they share out what was recorded. How far they disagree is measured by :func:`disagreement`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices, month_starts

PATH = ("path_id", "position", "channel", "conversions", "amount")
RESULT = ["channel", "conversions", "amount", "share"]
NO_TOUCH = "(no touch)"
SEPARATOR = " > "


@dataclass(frozen=True)
class Steps:
    """Paths as arrays: the channel of each step, where each path begins, and what came of it."""

    channels: pd.Index
    code: np.ndarray
    start: np.ndarray
    length: np.ndarray
    conversions: np.ndarray
    nulls: np.ndarray
    amount: np.ndarray
    order: np.ndarray
    """Where each step stood in the frame."""

    @property
    def first(self) -> np.ndarray:
        """Channel of each path's first step."""
        return self.code[self.start]

    @property
    def last(self) -> np.ndarray:
        """Channel of each path's last step."""
        return self.code[self.start + self.length - 1]


def steps(paths: pd.DataFrame) -> Steps:
    """Read paths into arrays, in order; the columns are those of the module, ``nulls`` is 0 where it is not given.

    Examples
    --------
    >>> paths = pd.DataFrame({"path_id": [1, 1], "position": [1, 0], "channel": ["b", "a"], "conversions": 1, "amount": 5.0})
    >>> steps(paths).code.tolist()
    [0, 1]
    """
    need(paths, *PATH)
    codes, names = pd.factorize(paths["channel"], sort=True)
    path = paths["path_id"].to_numpy()
    if path.dtype.kind not in "iu":
        path = pd.factorize(paths["path_id"])[0]
    position = paths["position"].to_numpy()
    order = np.arange(len(paths))
    change = path[1:] != path[:-1]
    rising = (path[1:] > path[:-1]) | (~change & (position[1:] >= position[:-1]))
    if not rising.all():
        order = np.lexsort((codes, position, path))
        path, codes = path[order], codes[order]
        change = path[1:] != path[:-1]
    kept = codes >= 0
    if not kept.all():
        path, codes, order = path[kept], codes[kept], order[kept]
        change = path[1:] != path[:-1]
    start = np.concatenate([[0], np.flatnonzero(change) + 1]) if len(path) else np.zeros(0, dtype="int64")
    length = np.diff(np.append(start, len(path)))
    rows = order[start]

    def of(column: str) -> np.ndarray:
        return paths[column].to_numpy(dtype="float64")[rows] if column in paths.columns else np.zeros(len(rows))

    return Steps(pd.Index(names), codes, start, length, of("conversions"), of("nulls"), of("amount"), order)


def path_steps(journeys: pd.DataFrame, *, separator: str = SEPARATOR) -> pd.DataFrame:
    """Turn journeys written in one cell into paths of one row a touch.

    Parameters
    ----------
    journeys
        ``path`` (channels joined by the separator), ``conversions`` and, where given, ``amount`` (currency) and ``nulls``.
    separator
        What stands between two channels.

    Returns
    -------
    DataFrame
        ``path_id, position, channel, conversions, amount, nulls``.

    Examples
    --------
    >>> path_steps(pd.DataFrame({"path": ["a > b"], "conversions": [2]}))["channel"].tolist()
    ['a', 'b']
    """
    need(journeys, "path", "conversions")
    listed = journeys["path"].astype("str").str.split(separator, regex=False)
    rows = np.repeat(np.arange(len(journeys)), listed.str.len().to_numpy(dtype="int64"))
    position = np.arange(len(rows)) - np.concatenate([[0], np.flatnonzero(np.diff(rows)) + 1])[rows] if len(rows) else rows
    found = {"path_id": rows, "position": position, "channel": [word.strip() for words in listed for word in words]}
    for column in ("conversions", "amount", "nulls"):
        values = journeys[column].to_numpy(dtype="float64") if column in journeys.columns else np.zeros(len(journeys))
        found[column] = values[rows]
    return pd.DataFrame(found)


def distinct_paths(paths: pd.DataFrame) -> pd.DataFrame:
    """Join paths of the same channels in the same order into one, with their outcomes summed: every rule but time decay gives the same of both.

    Returns
    -------
    DataFrame
        ``path_id`` (number of the sequence), ``position, channel, conversions, nulls, amount``.

    Examples
    --------
    >>> paths = path_steps(pd.DataFrame({"path": ["a > b", "a > b"], "conversions": [1, 2]}))
    >>> distinct_paths(paths)["conversions"].tolist()
    [3.0, 3.0]
    """
    one = steps(paths)
    sequence = _sequences(one)
    sums = [np.bincount(sequence, values, sequence.max(initial=-1) + 1) for values in (one.conversions, one.nulls, one.amount)]
    first = np.unique(sequence, return_index=True)[1]
    rows = np.repeat(np.arange(len(first)), one.length[first])
    within = np.arange(len(rows)) - np.repeat(np.cumsum(one.length[first]) - one.length[first], one.length[first])
    found = {
        "path_id": rows,
        "position": within,
        "channel": one.channels[one.code[np.repeat(one.start[first], one.length[first]) + within]],
    }
    for name, values in zip(("conversions", "nulls", "amount"), sums, strict=True):
        found[name] = values[rows].astype("float64")
    return pd.DataFrame(found)


def _sequences(one: Steps) -> np.ndarray:
    """Number the paths so that two have the same number exactly where they touch the same channels in the same order.

    Each step gives paths that agree so far, and touch the same channel now, one new number; a path keeps that of its last step.
    """
    numbers, taken = np.zeros(len(one.start), dtype="int64"), 1
    alive = np.arange(len(one.start))
    for place in range(int(one.length.max(initial=0))):
        alive = alive[one.length[alive] > place]
        seen = numbers[alive] * (len(one.channels) + 1) + one.code[one.start[alive] + place] + 1
        new, which = np.unique(seen, return_inverse=True)
        numbers[alive] = taken + which
        taken += len(new)
    return np.unique(numbers, return_inverse=True)[1]


def first_touch(paths: pd.DataFrame) -> pd.DataFrame:
    """Credit the first touch of each path with the whole of it.

    Returns
    -------
    DataFrame
        ``channel, conversions, amount`` (currency), ``share`` (of conversions); as every rule gives it.

    Examples
    --------
    >>> first_touch(path_steps(pd.DataFrame({"path": ["a > b"], "conversions": [2]})))["conversions"].tolist()
    [2.0, 0.0]
    """
    one = steps(paths)
    return _credited(one, np.isin(np.arange(len(one.code)), one.start).astype("float64"))


def last_touch(paths: pd.DataFrame) -> pd.DataFrame:
    """Credit the last touch of each path with the whole of it.

    Examples
    --------
    >>> last_touch(path_steps(pd.DataFrame({"path": ["a > b"], "conversions": [2]})))["conversions"].tolist()
    [0.0, 2.0]
    """
    one = steps(paths)
    return _credited(one, np.isin(np.arange(len(one.code)), one.start + one.length - 1).astype("float64"))


def linear(paths: pd.DataFrame) -> pd.DataFrame:
    """Credit every touch of a path alike: 1 / its number of touches.

    Examples
    --------
    >>> linear(path_steps(pd.DataFrame({"path": ["a > b"], "conversions": [2]})))["conversions"].tolist()
    [1.0, 1.0]
    """
    one = steps(paths)
    return _credited(one, np.repeat(1 / np.maximum(one.length, 1), one.length))


def position_based(paths: pd.DataFrame, *, first: float = 0.4, last: float = 0.4) -> pd.DataFrame:
    """Credit the first touch with ``first``, the last with ``last``, those between alike with the rest.

    A path of two touches shares out ``first : last``; a path of one is credited whole.

    Examples
    --------
    >>> position_based(path_steps(pd.DataFrame({"path": ["a > b > c"], "conversions": [10]})))["conversions"].round(9).tolist()
    [4.0, 2.0, 4.0]
    """
    one = steps(paths)
    inner = np.maximum(one.length - 2, 1)
    weight = np.repeat((1 - first - last) / inner, one.length)
    weight[one.start] = first
    weight[one.start + one.length - 1] = last
    short = one.length == 2
    ends = first + last if first + last > 0 else 1.0
    weight[one.start[short]] = first / ends
    weight[one.start[short] + 1] = last / ends
    weight[one.start[one.length == 1]] = 1.0
    return _credited(one, weight)


def time_decay(paths: pd.DataFrame, *, half_life_days: float = 7.0) -> pd.DataFrame:
    """Credit a touch by ``2^(-days_before / half_life_days)`` over the sum of its path.

    Parameters
    ----------
    paths
        With ``days_before``: days from the touch to the end of the path.
    half_life_days
        Days after which a touch counts half.

    Examples
    --------
    >>> paths = path_steps(pd.DataFrame({"path": ["a > b"], "conversions": [3]})).assign(days_before=[7.0, 0.0])
    >>> time_decay(paths)["conversions"].round(9).tolist()
    [1.0, 2.0]
    """
    need(paths, *PATH, "days_before")
    one = steps(paths)
    days = paths["days_before"].to_numpy(dtype="float64")[one.order]
    if len(days):
        # the nearest touch of a path weighs 1, so that no path of old touches vanishes
        days = days - np.repeat(np.minimum.reduceat(days, one.start), one.length)
    weight = np.exp2(-days / half_life_days)
    total = np.add.reduceat(weight, one.start) if len(weight) else weight
    return _credited(one, weight / np.repeat(total, one.length))


def _credited(one: Steps, weight: np.ndarray) -> pd.DataFrame:
    size = len(one.channels)
    sums = [np.bincount(one.code, weight * np.repeat(value, one.length), size) for value in (one.conversions, one.amount)]
    return credited(one.channels, sums[0], sums[1])


def credited(channels: pd.Index, conversions: np.ndarray, amount: np.ndarray) -> pd.DataFrame:
    """Make the table that every rule gives: conversions, money and ``share = conversions / sum of conversions``."""
    total = conversions.sum()
    share = conversions / total if total else np.full(len(conversions), np.nan)
    return pd.DataFrame({"channel": channels, "conversions": conversions, "amount": amount, "share": share}, columns=RESULT)


RULES = {"first": first_touch, "last": last_touch, "linear": linear, "position": position_based}
"""Rules that need no more than the order of the touches."""


def to_the_cent(amounts: pd.Series, total: float) -> pd.Series:
    """Round amounts to whole cents so that they sum to ``total`` exactly: largest remainder, the larger amount first on a tie.

    Amounts are first scaled to the total.

    Examples
    --------
    >>> to_the_cent(pd.Series([1.0, 1.0, 1.0]), 100.0).tolist()
    [33.34, 33.33, 33.33]
    """
    whole, values = round(total * 100), amounts.fillna(0).to_numpy(dtype="float64")
    if not values.sum():
        return pd.Series(np.nan, index=amounts.index)
    exact = values / values.sum() * whole
    cents = np.floor(exact + 1e-7)
    rest = np.round(exact - cents, 6)
    order = np.lexsort((np.arange(len(values)), -values, -rest))
    cents[order[: int(whole - cents.sum())]] += 1
    return pd.Series(cents / 100, index=amounts.index)


def disagreement(attributed: pd.DataFrame) -> pd.DataFrame:
    """Measure how far each pair of rules disagrees: ``TVD = sum |share_a - share_b| / 2``, and how many channels change rank.

    Parameters
    ----------
    attributed
        ``rule, channel, share``: shares of each rule over the same channels; a channel that a rule lacks has none.

    Returns
    -------
    DataFrame
        ``rule, other, distance`` (0 the same, 1 nothing in common), ``rank_changes`` (channels), ``leader_changes`` (whether the first is another).

    Notes
    -----
    Total variation distance, as between any two distributions.

    Examples
    --------
    >>> table = pd.DataFrame({"rule": ["f", "f", "l", "l"], "channel": ["a", "b"] * 2, "share": [1.0, 0.0, 0.25, 0.75]})
    >>> disagreement(table)["distance"].tolist()
    [0.75]
    """
    need(attributed, "rule", "channel", "share")
    wide = attributed.pivot_table(index="channel", columns="rule", values="share", aggfunc="sum", observed=True).fillna(0.0)
    ranks = (-wide).rank(method="min")
    rows = []
    for place, rule in enumerate(wide.columns):
        for other in wide.columns[place + 1 :]:
            distance = float((wide[rule] - wide[other]).abs().sum() / 2)
            changed = int((ranks[rule] != ranks[other]).sum())
            leader = bool(set(wide.index[ranks[rule] == 1]) != set(wide.index[ranks[other] == 1]))
            rows.append((rule, other, distance, changed, leader))
    return pd.DataFrame(rows, columns=["rule", "other", "distance", "rank_changes", "leader_changes"])


def restated(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Hold two statements of the same closed quarters against one another: what was credited then, and what is now.

    Parameters
    ----------
    before, after
        ``quarter, channel, amount`` (currency), as :func:`by_quarter` gives it. Quarters of ``before`` alone are held.

    Returns
    -------
    DataFrame
        ``quarter, moved`` (currency that changed its channel, half the sum of differences), ``amount`` (as first stated), ``share``.

    Examples
    --------
    >>> then = pd.DataFrame({"quarter": ["2025Q1"] * 2, "channel": ["a", "b"], "amount": [60.0, 40.0]})
    >>> restated(then, then.assign(amount=[50.0, 50.0]))["share"].tolist()
    [0.1]
    """
    need(before, "quarter", "channel", "amount")
    need(after, "quarter", "channel", "amount")
    sums = [frame.groupby(["quarter", "channel"], observed=True)["amount"].sum() for frame in (before, after)]
    joined = pd.concat(sums, axis=1, keys=["then", "now"])
    joined = joined[joined.index.get_level_values("quarter").isin(before["quarter"])].fillna(0.0)
    moved = (joined["now"] - joined["then"]).abs().groupby(level="quarter").sum() / 2
    amount = joined["then"].groupby(level="quarter").sum()
    found = pd.DataFrame({"moved": moved, "amount": amount, "share": moved / amount.where(amount != 0)})
    return found.reset_index()


def quarters(dates: pd.Series) -> pd.Series:
    """Name the calendar quarter of each date; blank where there is none.

    >>> quarters(pd.Series(["2025-08-09", None])).tolist()
    ['2025Q3', '']
    """
    stamps = pd.to_datetime(dates)
    known = stamps.notna()
    index = month_indices(stamps[known])
    named = pd.Series([f"{month // 12}Q{month % 12 // 3 + 1}" for month in index], index=stamps.index[known], dtype="object")
    return named.reindex(stamps.index, fill_value="")


def quarter_end(quarter: str) -> pd.Timestamp:
    """Give the last day of a quarter named ``2025Q3``.

    >>> quarter_end("2025Q3")
    Timestamp('2025-09-30 00:00:00')
    """
    year, number = quarter.split("Q")
    return month_starts(np.array([12 * int(year) + 3 * int(number)]))[0] - pd.Timedelta(days=1)
