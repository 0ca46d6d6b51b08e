"""A change of system: many customers whose old id ends and whose new id, of another form, begins in the same month."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diligence.dataroom.resolution.clusters import Span
from diligence.dataroom.resolution.evidence import RECODED, Evidence
from diligence.periods import month_label, month_start

MANY, SOME, SHARE = 5, 3, 0.05
"""Five customers; or three, where they are five per cent of those active."""
ALL_RUNS = 6


@dataclass(frozen=True)
class Event:
    """A month in which ids went over to another form, and the pairs of old and new id."""

    month: int
    pairs: tuple[tuple[str, str], ...]

    @property
    def when(self) -> str:
        """Its month in words."""
        return month_label(month_start(self.month))


def form(customer: str) -> str:
    """Give the form of an id: letters as they are where digits stand beside them, digits by their number.

    >>> form("C0042"), form("10042"), form("KD-10042"), form("acme")
    ('C<4>', '<5>', 'KD-<5>', '<word>')
    """
    runs = re.findall(r"\d+|[^\d]+", customer)
    if len(runs) > ALL_RUNS:
        return f"<mixed {len(customer)}>"
    if not any(run.isdigit() for run in runs):
        return "<word>"
    return "".join(f"<{len(run)}>" if run.isdigit() else run for run in runs)


def events(pairs: Iterable[tuple[str, str]], spans: Mapping[str, Span]) -> list[Event]:
    """Find the months in which many of the pairs (old id, new id) hand over within a month to ids of another form."""
    by_month: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for old, new in sorted(pairs):
        if form(old) != form(new) and abs(spans[new].first - spans[old].last) <= 1:
            by_month[spans[new].first].append((old, new))
    found = []
    for month, moved in sorted(by_month.items()):
        active = sum(span.first <= month - 1 <= span.last for span in spans.values()) if len(moved) < MANY else 0
        if len(moved) >= MANY or (len(moved) >= SOME and len(moved) >= SHARE * active):
            found.append(Event(month, tuple(moved)))
    return found


def equal_amounts(opening: Mapping[str, str], closing: Mapping[str, str], spans: Mapping[str, Span]) -> list[tuple[str, str]]:
    """Pair customers without a name: the first bills of the one are the last bills of the other, and of no third.

    Parameters
    ----------
    opening, closing
        For each customer, the products and amounts of its first and of its last month with a bill, as one text.
    """
    starts: dict[tuple[int, str], list[str]] = defaultdict(list)
    for customer, bills in opening.items():
        starts[spans[customer].first, bills].append(customer)
    ends = Counter((spans[customer].last, bills) for customer, bills in closing.items())
    found = []
    for old, bills in sorted(closing.items()):
        last = spans[old].last
        new = [customer for month in (last, last + 1) for customer in starts.get((month, bills), []) if customer != old]
        if len(new) == 1 and ends[last, bills] == 1 and form(old) != form(new[0]):
            found.append((old, new[0]))
    return found


def recoded_evidence(found: Iterable[Event], with_product: bool) -> list[Evidence]:
    """Give the pairs of an event as evidence to review: the product as well as the amount tells more."""
    score, what = (85.0, "the same products and amounts") if with_product else (75.0, "the same amounts")
    return [
        Evidence(old, new, RECODED, score, f"one of {len(event.pairs)} that go over to ids of another form in {event.when}, with {what}")
        for event in found
        for old, new in event.pairs
    ]
