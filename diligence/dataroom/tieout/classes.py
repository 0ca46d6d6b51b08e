"""Why two sources differ: each reason is an amount by month that rows give; a reason counts where that amount is the difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from diligence.dataroom.engine import TICKS

CLASSES = ("credit_notes", "timing", "fx", "perimeter", "services", "repairs", "coverage")
"""In the order in which they are tried; ``coverage`` is of registers alone: customers that the one side has and the other lacks."""

LATER = "credit notes that {book} books a month later"
REVERSES = "a difference that the months after reverse"

UNIT = TICKS
"""A difference of one unit of the currency or less is rounding: nothing is asked to explain it."""
NEAR = 0.1
EXACT = 0.001
TOGETHER = 0.0001
SEEN = 2
"""An amount that only comes within a tenth must do so in two months, or in every month that it has: one is met by chance."""
RUN = 4
"""A reversal to the unit may take up to four months, a run of its own; one to a tenth only two."""


@dataclass(frozen=True)
class Reason:
    """What the difference would be, month by month, if this were why the sources differ.

    Attributes
    ----------
    kind
        One of :data:`CLASSES`.
    amount
        Ticks by month, from rows.
    halves
        Whether it counts wherever it makes the difference smaller; others must be the difference, to a tenth.
    """

    kind: str
    words: str
    amount: np.ndarray
    halves: bool = False


@dataclass
class Explained:
    """The difference taken apart: ticks by class and month, the words of each month, and the rest."""

    rest: np.ndarray
    classes: dict[str, np.ndarray]
    words: list[list[str]]

    def take(self, kind: str, words: str, place: int, amount: int) -> None:
        """Give an amount of one month to a class."""
        self.classes[kind][place] += amount
        self.rest[place] -= amount
        if words not in self.words[place]:
            self.words[place].append(words)


def explain(
    months: np.ndarray, residual: np.ndarray, reasons: Sequence[Reason], credits: np.ndarray, *, book: str = "the ledger", flow: bool = True
) -> Explained:
    """Take the differences of all months apart; what the classes hold and the rest add up to the difference, always.

    The most certain come first: credit notes that show in two months, then an amount that is the difference to a thousandth, then two
    such amounts together, then a reversal to the unit; last what comes within a tenth. Within each step the classes go in their order.

    Parameters
    ----------
    months
        Month indices, rising.
    residual
        Ours less theirs, ticks.
    reasons
        What rows offer.
    credits
        The credit notes of each month, ticks (negative), for books that enter them a month later.
    book
        What the other source is called.
    flow
        Whether the amounts are flows of the month; a stock that differs does not reverse.

    Examples
    --------
    >>> found = explain(np.array([1]), np.array([70_000]), [Reason("services", "services", np.array([70_000]))], np.array([0]))
    >>> int(found.classes["services"][0]), int(found.rest[0])
    (70000, 0)
    """
    size = len(months)
    found = Explained(residual.astype("int64").copy(), {kind: np.zeros(size, dtype="int64") for kind in CLASSES}, [[] for _ in months])
    ordered = sorted(reasons, key=lambda reason: CLASSES.index(reason.kind))
    later = LATER.format(book=book)
    _booked_later(found, months, credits, later)
    _alone(found, ordered, EXACT)
    _together(found, ordered)
    if flow:
        _reversed(found, months)
    for reason in ordered:
        if reason.halves:
            _smaller(found, reason)
    _booked_later(found, months, credits, later)
    _alone(found, [reason for reason in ordered if _seen(found.rest, reason.amount)], NEAR)
    if flow:
        _reversed_nearly(found, months)
    return found


def _booked_later(found: Explained, months: np.ndarray, credit: np.ndarray, words: str) -> None:
    """Books that enter a month's credit notes in the next lower the difference of the one month and raise that of the other.

    Both sides must show, each to a tenth of the credits; a month may bear its own credits and those of the month before.
    """
    for place in range(len(months) - 1):
        own, near = int(credit[place]), NEAR * abs(int(credit[place]))
        unspent = int(found.rest[place])
        after = int(found.rest[place + 1]) + own
        adjacent = months[place + 1] == months[place] + 1
        shows = abs(after) <= near or abs(after - int(credit[place + 1])) <= near
        if not own or not adjacent or abs(unspent) <= UNIT or abs(unspent - own) > near or not shows:
            continue
        found.take("credit_notes", words, place, own)
        found.take("credit_notes", words, place + 1, -own)


def _alone(found: Explained, reasons: Sequence[Reason], near: float) -> None:
    """A reason whose amount is what is left of a month, the closest of its class."""
    for place in range(len(found.rest)):
        for kind in CLASSES:
            rest = int(found.rest[place])
            if abs(rest) <= UNIT:
                break
            offers = [(abs(rest - int(one.amount[place])), one) for one in reasons if one.kind == kind]
            fits = [(gap, one) for gap, one in offers if gap <= max(near * abs(int(one.amount[place])), UNIT if near == EXACT else 0)]
            fits = [(gap, one) for gap, one in fits if gap < abs(rest) and one.amount[place]]
            if fits:
                best = min(fits, key=lambda offer: offer[0])[1]
                found.take(kind, best.words, place, int(best.amount[place]))


def _seen(rest: np.ndarray, amount: np.ndarray) -> bool:
    there = np.abs(amount) > UNIT
    fits = there & (np.abs(rest) > UNIT) & (np.abs(rest - amount) <= NEAR * np.abs(amount))
    return bool(fits.sum() >= min(SEEN, there.sum()))


def _together(found: Explained, reasons: Sequence[Reason]) -> None:
    """Two reasons of different classes that are the difference together, to a ten-thousandth: one alone would not be seen."""
    for place in range(len(found.rest)):
        rest = int(found.rest[place])
        if abs(rest) <= UNIT:
            continue
        known = [one for one in reasons if abs(int(one.amount[place])) > UNIT]
        for one, other in combinations(known, 2):
            both = int(one.amount[place]) + int(other.amount[place])
            if one.kind != other.kind and abs(rest - both) <= max(TOGETHER * abs(rest), UNIT):
                for part in (one, other):
                    found.take(part.kind, part.words, place, int(part.amount[place]))
                break


def _reversed(found: Explained, months: np.ndarray) -> None:
    """A run of up to four months whose differences come to nothing together: what was cut off in one was booked in the others."""
    place = 0
    while place < len(months):
        ends = range(place + 1, min(place + RUN, len(months)))
        run = next((end for end in ends if _closes(found.rest, months, place, end)), None)
        if run is None:
            place += 1
            continue
        for month in range(place, run + 1):
            if found.rest[month]:
                found.take("timing", REVERSES, month, int(found.rest[month]))
        place = run + 1


def _closes(rest: np.ndarray, months: np.ndarray, start: int, end: int) -> bool:
    whole = months[end] - months[start] == end - start
    sides = min(abs(int(rest[start])), abs(int(rest[end]))) > UNIT
    return bool(whole and sides and abs(int(rest[start : end + 1].sum())) <= UNIT)


def _reversed_nearly(found: Explained, months: np.ndarray) -> None:
    """A difference that the very next month reverses to a tenth."""
    for place in range(len(months) - 1):
        now, after = int(found.rest[place]), int(found.rest[place + 1])
        if months[place + 1] == months[place] + 1 and abs(now) > UNIT and abs(now + after) <= NEAR * abs(now):
            found.take("timing", REVERSES, place, now)
            found.take("timing", REVERSES, place + 1, -now)


def _smaller(found: Explained, reason: Reason) -> None:
    for place, amount in enumerate(reason.amount):
        rest = int(found.rest[place])
        if abs(rest) > UNIT and abs(rest - int(amount)) < abs(rest):
            found.take(reason.kind, reason.words, place, int(amount))
