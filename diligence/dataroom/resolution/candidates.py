"""Which names are worth comparing: all with all would be a billion pairs of fifty thousand names, so rare words lead the way."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from diligence.dataroom.resolution.evidence import (
    ALIAS,
    EXACT,
    LEVELS,
    SAME_NAME,
    SPELLING,
    Evidence,
    Rarity,
    group_evidence,
    recognisable,
    token_evidence,
    weighed,
)
from diligence.dataroom.resolution.names import Name, name_key, words

WHOLE = 3_000
"""Up to so many names every one is compared with every other."""
CROWD = 20
"""Beyond so many of one name only neighbours in order of id are paired."""
FEW = 13
"""A word that more names bear than this leads to no candidates."""


def name_evidence(
    names: Sequence[Name], *, aliases: Iterable[tuple[str, str]] = (), size: Mapping[str, float] | None = None
) -> list[Evidence]:
    """Find every pair of names with evidence for one company or one group; the strongest level of each pair.

    Parameters
    ----------
    names
        One for each customer.
    aliases
        Pairs ``alias, name`` of the room's own list.
    size
        Revenue of each customer: of two units of one group the larger is taken as its head.

    Examples
    --------
    >>> names = [Name("c1", "Kestrel Utilities GmbH"), Name("c2", "KESTREL UTILITIES"), Name("c3", "Kestrl Utilities")]
    >>> [(pair.left, pair.right, pair.level, pair.score) for pair in name_evidence(names)]
    [('c1', 'c2', 'exact', 100.0), ('c1', 'c3', 'spelling', 97.0), ('c2', 'c3', 'spelling', 97.0)]
    """
    read = sorted((name for name in names if name.key), key=lambda name: name.customer_id)
    rarity = Rarity(read)
    found: dict[tuple[str, str], Evidence] = {}
    sources = (_exact(read), _aliased(read, tuple(aliases)), _misspelt(read), _grouped(read, rarity, size or {}), _shared(read, rarity))
    for pair in (pair for source in sources for pair in source):
        found.setdefault((min(pair.left, pair.right), max(pair.left, pair.right)), pair)
    return sorted(found.values(), key=lambda pair: (-pair.score, LEVELS.index(pair.level), pair.left, pair.right))


def _grouped_by(names: Iterable[Name], key: Callable[[Name], Hashable]) -> dict[Hashable, list[Name]]:
    groups: dict[Hashable, list[Name]] = defaultdict(list)
    for name in names:
        groups[key(name)].append(name)
    return groups


def _exact(names: Sequence[Name]) -> Iterator[Evidence]:
    for group in _grouped_by(names, lambda name: name.key).values():
        for left, right in combinations(group, 2) if len(group) <= CROWD else pairwise(group):
            pair = weighed(left, right, EXACT, 100.0, "the same name but for case, signs, legal form or order of words")
            if pair:
                yield pair


def _aliased(names: Sequence[Name], listed: tuple[tuple[str, str], ...]) -> Iterator[Evidence]:
    own = _grouped_by(names, lambda name: name.key)
    for name in names:
        for former in name.formers:
            for other in own.get(former, [])[:CROWD]:
                yield from _alias(name, other, f"'{name.written}' names the other")
    for alias, meant in listed:
        for left in own.get(name_key(alias), [])[:CROWD]:
            for right in own.get(name_key(meant), [])[:CROWD]:
                yield from _alias(left, right, f"the list of aliases has '{alias}' for '{meant}'")


def _alias(left: Name, right: Name, reason: str) -> Iterator[Evidence]:
    pair = weighed(left, right, ALIAS, 95.0, reason) if left.customer_id != right.customer_id else None
    if pair:
        yield pair


def _misspelt(names: Sequence[Name]) -> Iterator[Evidence]:
    """Compare letters within names of the same numbers; in a large room only names that begin or end alike."""
    for group in _grouped_by(names, lambda name: name.digits).values():
        blocks = [group] if len(group) <= WHOLE else [*_blocks(group, 4, 1), *_blocks(group, 4, -1)]
        for block in blocks:
            yield from _letters(block)


def _blocks(names: list[Name], length: int, end: int) -> Iterator[list[Name]]:
    def edge(name: Name) -> str:
        joined = name.plain.replace(" ", "")
        return joined[:length] if end > 0 else joined[-length:]

    for block in _grouped_by(names, edge).values():
        if len(block) <= WHOLE or length >= 16:
            yield block
        else:
            yield from _blocks(block, length + 4, end)


def _letters(block: list[Name]) -> Iterator[Evidence]:
    import numpy as np
    from rapidfuzz import fuzz, process

    if len(block) < 2:
        return
    plain = [name.plain for name in block]
    scores = process.cdist(plain, plain, scorer=fuzz.ratio, score_cutoff=SAME_NAME, dtype=np.float32)
    for one, other in np.argwhere(np.triu(scores, 1) > 0):
        left, right = block[one], block[other]
        if left.key != right.key and recognisable(left.plain, right.plain):
            score = min(round(float(scores[one, other]), 1), 99.9)
            pair = weighed(left, right, SPELLING, score, f"names alike {score:.0f} of 100, every word recognisable")
            if pair:
                yield pair


def _grouped(names: Sequence[Name], rarity: Rarity, size: Mapping[str, float]) -> Iterator[Evidence]:
    for members in _grouped_by(names, lambda name: (name.core, name.digits)).values():
        if members[0].core and len({name.key for name in members}) > 1:
            yield from group_evidence(members, rarity, size)


def _shared(names: Sequence[Name], rarity: Rarity) -> Iterator[Evidence]:
    common = words().common | words().units | words().joints
    bearers: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for name in names:
        for word in name.telling:
            if rarity.bearers[word] <= FEW and word not in common:
                bearers[word, name.digits].append(name)
    seen: set[tuple[str, str]] = set()
    for group in bearers.values():
        for left, right in combinations(group, 2):
            if (left.customer_id, right.customer_id) not in seen and left.key != right.key:
                seen.add((left.customer_id, right.customer_id))
                pair = token_evidence(left, right, rarity)
                if pair:
                    yield pair
    yield from _initials(names)


def _initials(names: Sequence[Name]) -> Iterator[Evidence]:
    """Pair a name of three to five letters with the one whose words begin with them."""
    short = _grouped_by((name for name in names if len(name.telling) == 1 and 3 <= len(name.plain) <= 5), lambda name: name.plain)
    for name in names:
        told = [word for word in name.telling if word not in words().joints]
        for other in short.get("".join(word[0] for word in told), []) if len(told) >= 3 else []:
            pair = weighed(name, other, "token", 75.0, f"'{other.plain}' are the initials of '{name.plain}'")
            if pair and name.digits == other.digits:
                yield pair
