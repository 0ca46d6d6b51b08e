"""The interval of the tie-out: how far a fact may be off by what stays unexplained between the lines and the other books."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.dataroom.tieout.pairs import INVOICES, LEDGER, LEDGER_RECURRING
from diligence.facts.catalogue import Definition
from diligence.periods import month_index, month_label, month_start

NAN = float("nan")
BEST = {"recurring": (LEDGER_RECURRING, LEDGER, INVOICES), "revenue": (LEDGER, INVOICES)}
"""The books that an amount is held against, the best first; a fact takes the first that has all its months."""
NOT_TIED = "not tied: no ledger, invoices"

Months = tuple[int, int]
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Span:
    """The months that a fact speaks of: all of them, and the measures at its two ends."""

    whole: Months
    closing: Months
    opening: Months


@dataclass(frozen=True)
class Tied:
    """What the tie-out says of the revenue of each month.

    Attributes
    ----------
    books
        For each source, by month index: ``amount`` (of the lines) and ``unexplained``.
    window
        Months of the measure: one under contract, twelve where customers buy again and again.
    last
        The last whole month.
    """

    books: dict[str, pd.DataFrame]
    window: int
    last: int

    def error(self, basis: str, months: Months | None) -> tuple[float, str]:
        """Give the relative error of revenue over months (of all that are tied, where None): ``|sum unexplained| / |sum amount|``.

        Returns
        -------
        tuple
            The error, NaN where the months are not tied, and the source or the reason.
        """
        held = [name for name in BEST[basis] if name in self.books]
        reason = NOT_TIED
        for name in held:
            book = self.books[name]
            asked = range(months[0], months[1] + 1) if months else book.index
            lacking = [month for month in asked if month not in book.index]
            if lacking:
                first = f"not tied: {name} has no {month_label(month_start(lacking[0]))}"
                reason = first if reason == NOT_TIED else reason
                continue
            part = book.loc[list(asked)]
            amount, gap = abs(float(part["amount"].sum())), abs(float(part["unexplained"].sum()))
            if not amount or gap >= amount:
                return NAN, f"not tied: the difference to {name} is as large as the revenue"
            return gap / amount, name
        return NAN, reason

    def interval(self, known: Definition, value: float, *, numerator: float, denominator: float, period: str) -> tuple[float, float, str]:
        """Carry the unexplained difference into a fact, each end with the worse sign.

        With the error ``e`` of the fact's own months, ``now`` and ``then`` of its ends: a level is ``value x (1 - e)`` to ``value x (1 + e)``;
        a ratio ``value x (1 - now) / (1 + then)`` to ``value x (1 + now) / (1 - then)``; of a share the part is short and the rest over,
        or the reverse. No end passes what the metric can be (``known.most``).

        Returns
        -------
        tuple
            Low, high, and the source or the reason why there is none; three blanks for a fact that does not rest on money.
        """
        if not known.rests_on or not np.isfinite(value):
            return NAN, NAN, ""
        carry, ends = CARRIES[known.carries]
        span = self.span(period)
        errors = []
        for end in ends:
            size, source = self.error(known.rests_on, None if end == "all" else getattr(span, end) if span else None)
            if not np.isfinite(size):
                return NAN, NAN, source
            errors.append(size)
        if not any(errors):
            return value, value, source
        power = _power(value, numerator, denominator) if known.carries in ("yearly_growth", "ahead") else 1.0
        low, high = sorted(carry(value, *errors, power))
        return min(low, known.most), min(high, known.most), source

    def span(self, period: str) -> Span | None:
        """Read the period of a fact: a window of months, a month, a day; None for one that is none of these, which speaks of all months."""
        start, _, end = period.partition("..")
        first, last = _month(start), _month(end)
        if first is None:
            return None
        if last is None:
            return Span(self._measure(first), self._measure(first), self._measure(first))
        return Span((first, last), self._measure(last), self._measure(first - 1))

    def _measure(self, month: int) -> Months:
        return month - self.window + 1, month


def _month(label: str) -> int | None:
    try:
        return month_index(date.fromisoformat(label if len(label) > 7 else f"{label}-01"))
    except ValueError:
        return None


def _power(value: float, numerator: float, denominator: float) -> float:
    """The power by which a yearly rate is taken from the ratio of its ends: ``(numerator / denominator)^power = 1 + value``."""
    ratio = numerator / denominator if denominator else NAN
    return log(1 + value) / log(ratio) if value > -1 and ratio > 0 and ratio != 1 else 1.0


def _level(value: float, e: float, _: float) -> Bounds:
    return value * (1 - e), value * (1 + e)


def _ratio(value: float, now: float, then: float, _: float) -> Bounds:
    return value * (1 - now) / (1 + then), value * (1 + now) / (1 - then)


def _share(value: float, e: float, _: float) -> Bounds:
    rest = 1 - value
    return value * (1 - e) / (value * (1 - e) + rest * (1 + e)), value * (1 + e) / (value * (1 + e) + rest * (1 - e))


def _growth(value: float, now: float, then: float, power: float) -> Bounds:
    return (1 + value) * ((1 - now) / (1 + then)) ** power - 1, (1 + value) * ((1 + now) / (1 - then)) ** power - 1


def _ahead(value: float, e: float, power: float) -> Bounds:
    return (1 + value) / (1 + e) ** power - 1, (1 + value) / (1 - e) ** power - 1


def _under(value: float, e: float, _: float) -> Bounds:
    return value / (1 + e), value / (1 - e)


def _square(value: float, e: float, _: float) -> Bounds:
    return value * ((1 - e) / (1 + e)) ** 2, value * ((1 + e) / (1 - e)) ** 2


CARRIES: dict[str, tuple[Callable[..., Bounds], tuple[str, ...]]] = {
    "level": (_level, ("whole",)),
    "closing": (_level, ("closing",)),
    "opening": (_level, ("opening",)),
    "ratio": (_ratio, ("closing", "opening")),
    "lasting": (_ratio, ("all", "all")),
    "share": (_share, ("whole",)),
    "share_of_opening": (_share, ("opening",)),
    "growth": (_growth, ("closing", "opening")),
    "yearly_growth": (_growth, ("closing", "opening")),
    "season": (_growth, ("whole", "whole")),
    "ahead": (_ahead, ("closing",)),
    "under": (_under, ("closing",)),
    "square": (_square, ("closing",)),
}
"""How a fact carries the error: its formula, and the months whose errors go in. ``ahead`` and ``under`` have revenue below the line."""


def ties_of(room: Room) -> Tied:
    """Read the tie-out of a room."""
    frame = room.tieout
    books = {}
    for source, part in frame.groupby("source_b", sort=False):
        index = [month_index(pd.Timestamp(f"{month}-01")) for month in part["month"]]
        books[str(source)] = pd.DataFrame(
            {"amount": part["amount_a"].to_numpy(), "unexplained": part["unexplained"].to_numpy()}, index=index
        )
    return Tied(books, room.window, month_index(room.month))
