"""Words that miss the key of another file by a blank, a sign or a letter's case: proposed as a value map, since a join would drop their rows."""

from collections.abc import Collection, Mapping
from functools import lru_cache

MOST = 40
"""More near misses than this are another way to write ids, and no list of exceptions."""
BY_RESOLUTION = "customers.customer_id"
"""Customers are joined by the resolution, which weighs what their lines say."""


def near_misses(words: Mapping[str, int], key: Collection[str], place: str) -> dict[str, str]:
    """Give for words that a key lacks the one value that they are but for blanks, signs and case.

    Parameters
    ----------
    words
        Values of a column.
    key
        Values of the key that the column should hold.
    place
        The key, ``table.column``.

    Examples
    --------
    >>> near_misses({"GTXPro": 1480, "MG Special": 2, "Zombie": 1}, {"GTX Pro", "MG Special"}, "products.product_id")
    {'GTXPro': 'GTX Pro'}
    """
    lacking = [word for word in words if word not in key]
    if not lacking or place == BY_RESOLUTION:
        return {}
    folded = _folded(frozenset(key))
    found = {word: one for word in lacking if (one := _only(folded.get(bare(word), set())))}
    return found if len(found) <= MOST else {}


@lru_cache(maxsize=64)
def _folded(key: frozenset[str]) -> dict[str, set[str]]:
    """Fold a key once, however many columns are held against it."""
    folded: dict[str, set[str]] = {}
    for value in key:
        folded.setdefault(bare(value), set()).add(value)
    return folded


@lru_cache(maxsize=2**17)
def bare(word: str) -> str:
    """Write a word in small letters and digits alone; a word that has no letter stays as it is, for 1-10 and 110 are two ids.

    >>> bare("GTX-Pro "), bare("1-10")
    ('gtxpro', '1-10')
    """
    return "".join(sign for sign in word.casefold() if sign.isalnum()) if any(sign.isalpha() for sign in word) else word


def _only(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""
