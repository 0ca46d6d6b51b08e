"""The changes of the measure, month by month, as whole numbers in order: what the revenue bridge names.

A stream is what one customer pays for one product in one currency. Every month's revenue comes in once and goes out a window later;
between, the measure stands. Keys are numbered once and sorted once, so that a cube of millions of rows costs a few passes over it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import codes, joined, need, ticks
from diligence.periods import month_indices

KEYS = ["account_id", "customer_id", "product_id", "currency"]
Summed = tuple[np.ndarray, np.ndarray, list[np.ndarray]]
"""A sorted key without repeats, a row of each, and the sums of some values."""


@dataclass(frozen=True)
class Runs:
    """Rows that lie in the order of a key; for each row, where the rows of its key begin."""

    start: np.ndarray

    @classmethod
    def of(cls, key: np.ndarray) -> "Runs":
        """Find where each value of a sorted key begins."""
        return cls(np.maximum.accumulate(np.where(_new(key), np.arange(len(key)), 0)) if len(key) else np.empty(0, dtype="int64"))

    def running(self, values: np.ndarray) -> np.ndarray:
        """Sum from the key's first row to this one."""
        whole = np.cumsum(values)
        return whole - (whole - values)[self.start]

    def last(self, flag: np.ndarray) -> np.ndarray:
        """Give the place of the key's last flagged row up to this one, -1 where there is none."""
        if not len(flag):
            return np.empty(0, dtype="int64")
        found = np.maximum.accumulate(np.where(flag, np.arange(len(flag)), -1))
        return np.where(found >= self.start, found, -1)


def changes(cube: pd.DataFrame, *, window: int = 1) -> pd.DataFrame:
    """Give every change of every stream, in the order of its keys and months.

    Parameters
    ----------
    cube
        ``account_id, customer_id, product_id, currency, month, amount, amount_local``, and ``amount_rate, amount_local_rate`` where known.
    window
        1 under contract, 12 for repeat purchase.

    Returns
    -------
    DataFrame
        The keys; ``m`` (month index); ``delta`` and ``part`` (accrual less rate); ``t0, t1`` (the stream before and after), ``l0, l1`` (the
        same in its own currency); ``before, after`` (account and product); ``before_account, after_account``; all ticks, with
        ``t1 = t0 + delta``. ``seen``: whether the account was above zero before; ``gap``: months since it last left, NaN where it never did.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "customer_id": "a", "product_id": "p", "currency": "EUR", "amount": [10.0, 15.0],
    ...     "amount_local": [10.0, 15.0], "month": pd.to_datetime(["2026-01-01", "2026-02-01"])})
    >>> changes(cube)[["t0", "delta", "t1"]].values.tolist()
    [[0, 100000, 100000], [100000, 50000, 150000]]
    """
    need(cube, *KEYS, "month", "amount", "amount_local")
    months = month_indices(cube["month"])
    origin = int(months.min()) if len(months) else 0
    span = int(months.max()) - origin + 1 if len(months) else 1
    width = span + window
    numbered = {key: codes(cube[key]) for key in KEYS}
    stream = joined(*numbered.values())
    if len(stream) and stream.max() > 2**62 // width:
        stream = np.unique(stream, return_inverse=True)[1]
    known = np.logical_and.reduce([numbers >= 0 for numbers, _ in numbered.values()])
    rows = np.flatnonzero(known)
    key, row, values = _summed((stream * width + months - origin)[rows], rows, _money(cube, window, rows))
    key, row, (delta, local, part) = (_stepped if window == 1 else _rolled)(key, row, values, window, width)
    real = (delta != 0) | (local != 0) | (part != 0)
    key, row, delta, local, part = key[real], row[real], delta[real], local[real], part[real]
    one, when = Runs.of(key // width), key % width
    t1, l1 = one.running(delta), one.running(local)
    account = numbered["account_id"]
    pair = joined((account[0][row], account[1]), (numbered["product_id"][0][row], numbered["product_id"][1]))
    before, after, _, _ = _totals(pair, when, delta, width)
    before_account, after_account, seen, gap = _totals(account[0][row], when, delta, width)
    found = {name: cube[name].take(row).reset_index(drop=True) for name in KEYS}
    found |= {"m": when + origin, "delta": delta, "part": part, "t0": t1 - delta, "t1": t1, "l0": l1 - local, "l1": l1}
    found |= {"before": before, "after": after, "before_account": before_account, "after_account": after_account}
    return pd.DataFrame(found | {"seen": seen, "gap": gap})


def _money(cube: pd.DataFrame, window: int, rows: np.ndarray) -> list[np.ndarray]:
    """The measure, the same in the stream's own currency, and what accrued beside it."""
    rated = window == 1 and {"amount_rate", "amount_local_rate"} <= set(cube.columns)
    accrued, local = ticks(cube["amount"])[rows], ticks(cube["amount_local_rate" if rated else "amount_local"])[rows]
    delta = ticks(cube["amount_rate"])[rows] if rated else accrued
    return [delta, local, accrued - delta]


def _stepped(key: np.ndarray, row: np.ndarray, values: list[np.ndarray], window: int, width: int) -> Summed:
    """The change from each month to the next; where a stream has no next month it goes out."""
    follows = key[1:] - key[:-1] == 1  # the months of two streams lie further apart
    ends = np.append(~follows, True)[: len(key)] & (key % width + window < width - window)
    steps = []
    for value in values:
        change = value.copy()
        change[1:][follows] -= value[:-1][follows]
        steps.append(change)
    moved = np.logical_or.reduce([step != 0 for step in steps])
    merged = [np.r_[step[moved], -value[ends]] for step, value in zip(steps, values, strict=True)]
    return _summed(np.r_[key[moved], key[ends] + window], np.r_[row[moved], row[ends]], merged)


def _rolled(key: np.ndarray, row: np.ndarray, values: list[np.ndarray], window: int, width: int) -> Summed:
    """What comes into the window, and what goes out a window later."""
    goes = key % width + window < width - window
    merged = [np.r_[value, -value[goes]] for value in values]
    return _summed(np.r_[key, key[goes] + window], np.r_[row, row[goes]], merged)


def _new(key: np.ndarray) -> np.ndarray:
    new = np.ones(len(key), dtype="bool")
    new[1:] = key[1:] != key[:-1]
    return new


def _summed(key: np.ndarray, row: np.ndarray, values: list[np.ndarray]) -> Summed:
    """Sort by the key and sum each of its values; with it one of its rows."""
    if not len(key):
        return key, row, values
    order = np.argsort(key, kind="stable")
    ordered, new = key[order], _new(key[order])
    if new.all():
        return ordered, row[order], [value[order] for value in values]
    first = np.flatnonzero(new)
    return ordered[first], row[order][first], [np.add.reduceat(value[order], first) for value in values]


def _totals(key: np.ndarray, when: np.ndarray, delta: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each change, its key before and after its month, whether it was above zero earlier, and the months since it left."""
    if key.max(initial=0) > 2**62 // width:
        key = np.unique(key, return_inverse=True)[1]
    dated = key * width + when
    order = np.argsort(dated, kind="stable")
    new = _new(dated[order])
    place = np.empty(len(key), dtype="int64")
    place[order] = np.cumsum(new) - 1
    months, _, (total,) = _summed(dated, dated, [delta])
    month, one = months % width, Runs.of(months // width)
    after = one.running(total)
    before = after - total
    seen = one.running((after > 0).astype("int64")) - (after > 0) > 0
    left = one.last((before > 0) & (after <= 0))
    gap = np.where(left >= 0, month - month[left] if len(month) else 0, np.nan)
    return before[place], after[place], seen[place], gap[place]
