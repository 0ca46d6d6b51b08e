"""What the decisions of a file mean in the room at hand: by id, and by name where a customer came back under another id."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from diligence.dataroom.resolution.clusters import Clusters
from diligence.dataroom.resolution.decisions import DIFFERENT, PARENT, SAME, Decision
from diligence.dataroom.resolution.names import Name, name_key, plain_name, split_former

ANOTHER = 60
"""Below this likeness of names an id was given to another company since the decision."""


@dataclass
class Rulings:
    """Decisions as they bear on the customers of a room."""

    same: list[tuple[str, str, str]] = field(default_factory=list)
    """Two customers, and why they are one."""
    apart: list[tuple[str, str]] = field(default_factory=list)
    parents: list[tuple[str, str, str]] = field(default_factory=list)
    """A customer, its parent, and why."""
    stale: list[Decision] = field(default_factory=list)
    """Decisions on customers that the room lacks."""

    def settle(self, clusters: Clusters, off: Iterable[str] = ()) -> dict[str, str]:
        """Join what was decided to be one; give each customer joined with the reason. ``different`` wins over a name alone."""
        off, why = set(off), dict[str, str]()
        for one, other, reason in self.same if "decided_customer" not in off else ():
            if {f"decided_customer/{one}", f"decided_customer/{other}"} & off or clusters.head(one) == clusters.head(other):
                continue
            if clusters.join(one, other):
                why = {one: reason, other: reason} | why
        return why


def rule(decisions: Sequence[Decision], names: Mapping[str, Name]) -> Rulings:
    """Find the customers of each decision.

    Parameters
    ----------
    decisions
        Rows of the decisions file.
    names
        Every customer of the room by its id.

    Examples
    --------
    >>> names = {"c1": Name("c1", "Acme Ltd"), "c7": Name("c7", "ACME"), "c2": Name("c2", "Bolt Ltd")}
    >>> rule([Decision(2, "c1", "Acme Ltd", "c2", "Bolt Ltd", "same")], names).same
    [('c1', 'c2', "decided 'same' (row 2 of the decisions file)"), ('c1', 'c7', 'joins a cluster decided before, by its name: row 2')]
    """
    by_key: dict[str, list[str]] = defaultdict(list)
    for customer, name in sorted(names.items()):
        if name.key:
            by_key[name.key].append(customer)
    found, later = Rulings(), list[tuple[str, str, str]]()
    for decision in decisions:
        sides = ((decision.left_id, decision.left_name), (decision.right_id, decision.right_name))
        (left, lefts), (right, rights) = (_side(customer, written, names, by_key) for customer, written in sides)
        if not lefts or not rights:
            found.stale.append(decision)
            # a cluster keeps those that share the name of the member that is there
            rest = lefts or rights
            later += _named(rest[0], rest, decision) if decision.decision == SAME and rest else []
        elif decision.decision == DIFFERENT:
            found.apart += [pair for pair in product(lefts, rights) if pair[0] != pair[1]] if set(lefts).isdisjoint(rights) else []
            found.apart += [(left, right)] if left and right else []
        elif decision.decision == PARENT:
            found.parents.append((lefts[0], rights[0], decision.told))
        else:
            found.same.append((lefts[0], rights[0], decision.told))
            later += [*_named(lefts[0], lefts, decision), *_named(rights[0], rights, decision)]
    found.same += later
    return found


def _named(member: str, others: Sequence[str], decision: Decision) -> Iterator[tuple[str, str, str]]:
    for other in others[1:]:
        yield member, other, f"joins a cluster decided before, by its name: row {decision.row}"


def _side(customer: str, written: str, names: Mapping[str, Name], by_key: Mapping[str, list[str]]) -> tuple[str, list[str]]:
    """Give the id where the room has it, and all customers that the side means: the id first, then those of its name."""
    from rapidfuzz import fuzz

    own = names.get(customer)
    if own is not None and written and own.key and fuzz.ratio(own.plain, plain_name(split_former(written)[0])) < ANOTHER:
        own = None
    key = name_key(split_former(written)[0]) if written else ""
    named = [other for other in by_key.get(key, []) if own is None or not _abroad(own, names[other])] if key else []
    if own is None:
        # without the id, one name must mean one country
        named = [other for other in named if not _abroad(names[named[0]], names[other])]
        return "", named
    return customer, [customer, *(other for other in named if other != customer)]


def _abroad(one: Name, other: Name) -> bool:
    return bool(one.country and other.country and one.country != other.country)
