"""Customers that are one, put together pair by pair: what a decision keeps apart is never joined, by any way round."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from diligence.dataroom.resolution.evidence import ALIAS, EXACT, SPELLING, Evidence

REPAIR_OF = {EXACT: "recoded_customer", ALIAS: "renamed_customer", SPELLING: "misspelt_customer"}
"""The repair of each level that may join without asking, where the revenue hands over too."""
OVERLAP, GAP = -1, 4
"""The new one's first month less the old one's last: an overlap of two months at most, a gap of three."""


@dataclass(frozen=True)
class Span:
    """First and last month of a customer's revenue, as indices."""

    first: int
    last: int


@dataclass(frozen=True)
class Join:
    """One customer joined to another, and why."""

    kept: str
    merged: str
    evidence: Evidence
    handover: int
    """Months between the last of the one and the first of the other."""

    @property
    def repair(self) -> str:
        """Id of the repair."""
        return REPAIR_OF[self.evidence.level]


class Clusters:
    """Which customer each id stands for; the kept id is the oldest by first revenue, then the smallest.

    Examples
    --------
    >>> clusters = Clusters({"a": Span(5, 9), "b": Span(0, 4)}, apart=[("b", "c")])
    >>> clusters.join("a", "b"), clusters.join("a", "c"), clusters.merged()
    (True, False, {'a': 'b'})
    """

    def __init__(self, spans: Mapping[str, Span], apart: Iterable[tuple[str, str]] = ()) -> None:
        self._spans = spans
        self._head: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for one, other in apart:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def head(self, customer: str) -> str:
        """Give the kept id of a customer."""
        return self._head.get(customer, customer)

    def members(self, customer: str) -> set[str]:
        """Give all that are one with a customer, itself too."""
        head = self.head(customer)
        return self._members.get(head, {head})

    def kept_apart(self, one: str, other: str) -> bool:
        """Say whether a decision keeps the customers, or any that are one with them, apart."""
        theirs = self.members(other)
        return any(not self._apart[member].isdisjoint(theirs) for member in self.members(one) if member in self._apart)

    def join(self, one: str, other: str) -> bool:
        """Make two customers one, unless a decision keeps them apart; say whether they are one now."""
        if self.head(one) == self.head(other):
            return True
        if self.kept_apart(one, other):
            return False
        both = self.members(one) | self.members(other)
        head = min(both, key=lambda member: (self._spans[member].first if member in self._spans else 10**9, member))
        for old in (self.head(one), self.head(other)):
            self._members.pop(old, None)
        self._members[head] = both
        self._head.update(dict.fromkeys(both, head))
        return True

    def span(self, customer: str) -> Span | None:
        """Give the months of a cluster; nothing where it has no revenue."""
        spans = [self._spans[member] for member in self.members(customer) if member in self._spans]
        return Span(min(span.first for span in spans), max(span.last for span in spans)) if spans else None

    def merged(self) -> dict[str, str]:
        """Give each id that is not kept with the one that is."""
        return {member: head for member, head in sorted(self._head.items()) if member != head}


def handover(old: Span, new: Span) -> int | None:
    """Give the months from the last of the one to the first of the other, where the one takes over from the other.

    >>> handover(Span(0, 11), Span(12, 20)), handover(Span(0, 11), Span(5, 20))
    (1, None)
    """
    months = new.first - old.last
    return months if old.first <= new.first and OVERLAP <= months <= GAP and new.last > old.last else None


def join_handovers(evidence: Iterable[Evidence], clusters: Clusters, *, off: Iterable[str] = (), decided: Iterable[str] = ()) -> list[Join]:
    """Join what two independent signs speak for: the names, and that the revenue of the one follows on that of the other.

    The best pair of each customer goes first; then what was joined is looked at as one, until nothing follows on anything. A third
    joins only where its name is like that of every other: slips do not add up to another company.

    Parameters
    ----------
    evidence
        Pairs of names; only the same name, another name given, and spellings join, and none of two countries.
    clusters
        Where they are joined; decisions stand in it already.
    off
        Repairs left undone, as ``[repairs] off`` names them.
    decided
        Customers that a decision made one: one name like theirs is enough.
    """
    pairs = {(pair.left, pair.right): pair for pair in evidence if pair.level in REPAIR_OF and not pair.abroad}
    off, decided, joins = set(off), set(decided), list[Join]()
    while True:
        found = [join for pair in pairs.values() for join in _candidates(pair, pairs, clusters, off, decided)]
        found.sort(key=lambda join: (-join.evidence.score, abs(join.handover), join.kept, join.merged))
        taken: set[str] = set()
        for join in found:
            if join.kept not in taken and join.merged not in taken:
                taken |= {join.kept, join.merged}
                joins += [join] if clusters.join(join.kept, join.merged) else []
        if not taken:
            return sorted(joins, key=lambda join: (join.kept, join.merged))


def _candidates(
    pair: Evidence, pairs: Mapping[tuple[str, str], Evidence], clusters: Clusters, off: set[str], decided: set[str]
) -> Iterator[Join]:
    one, other = sorted((clusters.head(pair.left), clusters.head(pair.right)))
    if one == other or clusters.kept_apart(one, other):
        return
    left, right = clusters.span(one), clusters.span(other)
    if left is None or right is None:
        return
    (old, old_span), (new, new_span) = ((one, left), (other, right)) if left.first <= right.first else ((other, right), (one, left))
    months = handover(old_span, new_span)
    if months is None:
        return
    join = Join(old, new, pair, months)
    if {join.repair, f"{join.repair}/{new}"} & off:
        return
    free = (clusters.members(side) - decided or {side} for side in (one, other))
    linked = all((min(a, b), max(a, b)) in pairs for a, b in product(*free))
    if linked or not decided.isdisjoint(clusters.members(one) | clusters.members(other)):
        yield join
