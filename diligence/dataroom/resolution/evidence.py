"""Evidence that two customer names are one company, or of one group: its level, its score from 0 to 100, and why in words.

``exact`` 100: the same name but for case, accents, signs, legal form and order of words. ``alias`` 95: one gives the other as its
former or other name, or the room's list of aliases does. ``spelling`` 88 to 99.9: rapidfuzz ratio of the plain names, every word
recognisable. ``token`` up to 90: 90 times the weight of the words shared over that of all; a word weighs 1 / (1 + ln n), n being the
names that bear it beside one other, and a fifth at the most where many companies bear it (hotel, services, group).
``parent_child`` 72 to 85: the same name but for words of country, city, division or holding: never one customer, perhaps one group.
``recoded`` 75 or 85: without names, one of many ids that go over to ids of another form in one month, with the same amounts.
Another country takes 15 off, another industry or segment 5 each. Names with other numbers are never a pair.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from diligence.dataroom.resolution.names import Name, words

EXACT, ALIAS, SPELLING, TOKEN, PARENT_CHILD, RECODED = LEVELS = ("exact", "alias", "spelling", "token", "parent_child", "recoded")
SAME_NAME = 88
SAME_WORD = 80
LEAST = 70
"""Pairs below this score are not shown: they are names that share a word."""
OTHER_COUNTRY, OTHER_FIELD = 15, 5
COMMON_WEIGHT = 0.2
ABBREVIATED = 0.9
TELLING = 0.3
"""A pair must share a word of this weight or more: one that at most twelve names bear."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for one pair. For ``parent_child`` the left is the unit and the right its head."""

    left: str
    right: str
    level: str
    score: float
    reason: str
    abroad: bool = False
    """Whether the two are of different countries."""


class Rarity:
    """How much each word tells among the names of a room."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.bearers = Counter(word for name in names for word in set(name.telling))

    def weight(self, word: str) -> float:
        """Give the weight of a word.

        >>> rarity = Rarity([Name("a", "Acme Hotel"), Name("b", "Acme Group"), Name("c", "Borealis Hotel")])
        >>> rarity.weight("acme"), rarity.weight("hotel"), rarity.weight("and")
        (1.0, 0.2, 0.0)
        """
        listed = words()
        if word in listed.joints:
            return 0.0
        weight = 1 / (1 + log(max(self.bearers[word] - 1, 1)))
        return min(weight, COMMON_WEIGHT) if word in listed.common or word in listed.units or len(word) < 2 else weight


def weighed(left: Name, right: Name, level: str, score: float, reason: str) -> Evidence | None:
    """Take off what country, industry and segment say against a pair; nothing where too little is left."""
    abroad = bool(left.country and right.country and left.country != right.country)
    if level != PARENT_CHILD:
        for field, price in (("country", OTHER_COUNTRY), ("industry", OTHER_FIELD), ("segment", OTHER_FIELD)):
            one, other = getattr(left, field), getattr(right, field)
            if one and other and one != other:
                score, reason = score - price, f"{reason}; {field} differs ({one}, {other})"
    if left.customer_id > right.customer_id and level != PARENT_CHILD:
        left, right = right, left
    return Evidence(left.customer_id, right.customer_id, level, round(score, 1), reason, abroad) if score >= LEAST else None


def recognisable(one: str, other: str) -> bool:
    """Say whether a slip of the pen leaves every word recognisable; another word in its place is another company.

    >>> recognisable("kestrel utilities", "kestrl utilities"), recognisable("northern steel", "southern steel")
    (True, False)
    """
    from rapidfuzz import fuzz

    left, right = one.split(), other.split()
    return "".join(left) == "".join(right) or (
        len(left) == len(right) and all(fuzz.ratio(a, b) >= SAME_WORD for a, b in zip(left, right, strict=True))
    )


def abbreviates(short: str, long: str) -> bool:
    """Say whether a word shortens another: its beginning, or its consonants from the first letter on.

    >>> abbreviates("tech", "technologies"), abbreviates("mfg", "manufacturing"), abbreviates("foo", "food")
    (True, True, False)
    """
    if not 3 <= len(short) <= len(long) - 2 or short[0] != long[0]:
        return False
    if long.startswith(short):
        return True
    rest = iter(long)
    return not set(short[1:]) & set("aeiou") and all(letter in rest for letter in short)


def token_evidence(left: Name, right: Name, rarity: Rarity) -> Evidence | None:
    """Compare two names word by word, each weighed by how rare it is; see the head of the module."""
    mine, theirs = set(left.telling), set(right.telling)
    shared = sorted(mine & theirs)
    if not any(rarity.weight(word) >= TELLING for word in shared):
        return None
    short = _abbreviated(mine - theirs, theirs - mine)
    written = {word for pair in short for word in pair}
    ours, others = sorted(mine - theirs - written), sorted(theirs - mine - written)
    full = sum(rarity.weight(long) for _, long in short)
    weight = sum(map(rarity.weight, shared)) + ABBREVIATED * full
    whole = weight + (1 - ABBREVIATED) * full + sum(map(rarity.weight, [*ours, *others]))
    reason = "; ".join(
        [
            f"share {_quoted(shared)}",
            *(f"'{word}' shortens '{long}'" for word, long in short),
            *(f"only {name.customer_id} has {_quoted(own)}" for name, own in ((left, ours), (right, others)) if _quoted(own)),
        ]
    )
    return weighed(left, right, TOKEN, 90 * weight / whole, reason)


def _abbreviated(ours: set[str], others: set[str]) -> list[tuple[str, str]]:
    """Pair words with those that they shorten, each once: ``(short, long)``."""
    found, left = list[tuple[str, str]](), sorted(others)
    for word in sorted(ours):
        match = next((other for other in left if abbreviates(*sorted((word, other), key=len))), None)
        if match is not None:
            left.remove(match)
            short, long = sorted((word, match), key=len)
            found.append((short, long))
    return found


def _quoted(listed: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in listed if word not in words().joints)


def group_evidence(members: Sequence[Name], rarity: Rarity, size: Mapping[str, float]) -> list[Evidence]:
    """Place the units of one group under its head: the holding, else the bare name, else the one with the most revenue.

    Parameters
    ----------
    members
        Names with the same core; two of them that are the same name are no pair here.
    size
        Revenue of each customer.
    """

    def rank(name: Name) -> tuple:
        return name.is_unit, "holding" not in name.marks, "group" not in name.marks, -size.get(name.customer_id, 0.0), name.customer_id

    head = min(members, key=rank)
    if not any(rarity.weight(word) >= TELLING for word in head.core):
        return []
    pairs = (_under(name, head) for name in members if name.key != head.key)
    return [pair for pair in pairs if pair is not None]


def _under(name: Name, head: Name) -> Evidence | None:
    if not name.is_unit and "holding" not in head.marks:
        return None
    beside = _quoted(head.marks.values()) or "the bare name"
    reason = f"{_quoted(head.core)} with {_quoted(name.marks.values()) or 'nothing more'} beside {beside}"
    if head.is_unit:
        return weighed(name, head, PARENT_CHILD, 72.0, f"{reason}: two units of one group, the larger as its head")
    return weighed(name, head, PARENT_CHILD, 85.0 if head.marks else 80.0, reason)
