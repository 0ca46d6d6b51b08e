"""One customer, one row: spellings that hand over to one another, and the ultimate parent."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

UNIDENTIFIED = "(unidentified)"
SAME_NAME = 88
SAME_WORD = 80
_LEGAL = [
    "ltd",
    "limited",
    "gmbh",
    "mbh",
    "ag",
    "bv",
    "nv",
    "sa",
    "sas",
    "sarl",
    "plc",
    "inc",
    "llc",
    "llp",
    "co",
    "corp",
    "corporation",
    "company",
    "kg",
    "oy",
    "ab",
    "as",
    "spa",
    "srl",
    "ug",
    "ohg",
]
_SMALL = 5_000


@dataclass(frozen=True)
class Spelling:
    """A second spelling of one customer."""

    kept_id: str
    merged_id: str
    kept_name: str
    merged_name: str
    score: float
    handover: int
    """Months between the last of the one and the first of the other."""


def plain_name(name: str) -> str:
    """Strip a company name to what tells it from others: no case, no accents, no signs, no legal form.

    >>> plain_name("Alder & Sons Ltd.")
    'alder and sons'
    >>> plain_name("Brückhagen Aufzüge GmbH") == plain_name("Brueckhagen Aufzuege G.m.b.H.")
    True
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    bare = re.sub("([aou])e", r"\1", bare.replace(".", "").replace("&", " and "))
    words = re.sub(r"[^\w ]", " ", bare).split()
    return " ".join(word for word in words if word not in _LEGAL) or " ".join(words)


def misspelt(customers: pd.DataFrame, spans: pd.DataFrame) -> list[Spelling]:
    """Find customers that are one under two spellings.

    Two things must hold, not one: the names are alike (rapidfuzz ratio of the plain names of 88 or more, of each word 80
    or more, same digits, same country), and the revenue of the one ends where that of the other begins (an overlap of two months at most, a gap of three).

    Parameters
    ----------
    customers
        ``customer_id``, ``name``, ``country``.
    spans
        ``customer_id``, ``first``, ``last``: month indices of its first and last revenue.
    """
    frame = customers.dropna(subset=["name"]).merge(spans, on="customer_id").sort_values("customer_id", kind="stable")
    frame["plain"] = frame["name"].map(plain_name)
    frame["digits"] = frame["name"].map(lambda text: "".join(re.findall(r"\d", text)))
    block = frame["country"].fillna("")
    if len(frame) > _SMALL:
        block = block + frame["plain"].str[:1]
    found = [pair for _, group in frame.groupby(block, sort=True) if len(group) > 1 for pair in _pairs(group)]
    return _one_to_one(found)


def _pairs(group: pd.DataFrame) -> Iterator[Spelling]:
    plain, digits = group["plain"].tolist(), group["digits"].tolist()
    scores = process.cdist(plain, plain, scorer=fuzz.ratio, score_cutoff=SAME_NAME, dtype=np.float32)
    first, last = group["first"].to_numpy(), group["last"].to_numpy()
    ids, names = group["customer_id"].tolist(), group["name"].tolist()
    for one, other in np.argwhere(np.triu(scores, 1) > 0):
        if digits[one] != digits[other] or not _word_by_word(plain[one], plain[other]):
            continue
        old, new = (one, other) if first[one] <= first[other] else (other, one)
        handover = int(first[new] - last[old])
        if -1 <= handover <= 4 and last[new] > last[old]:
            yield Spelling(ids[old], ids[new], names[old], names[new], round(float(scores[one, other]), 1), handover)


def _word_by_word(one: str, other: str) -> bool:
    """A slip of the pen leaves every word recognisable; another word in its place is another company."""
    left, right = one.split(), other.split()
    return "".join(left) == "".join(right) or (
        len(left) == len(right) and all(fuzz.ratio(a, b) >= SAME_WORD for a, b in zip(left, right, strict=True))
    )


def _one_to_one(found: list[Spelling]) -> list[Spelling]:
    """Keep the best pair where a customer stands in several: what is in doubt is left for review, not chained."""
    taken: set[str] = set()
    kept = []
    for pair in sorted(found, key=lambda pair: (-pair.score, abs(pair.handover), pair.kept_id, pair.merged_id)):
        if pair.kept_id not in taken and pair.merged_id not in taken:
            taken |= {pair.kept_id, pair.merged_id}
            kept.append(pair)
    return sorted(kept, key=lambda pair: pair.kept_id)


def ultimate_parents(customers: pd.DataFrame) -> pd.Series:
    """Follow ``parent_id`` to its end; a circle ends at its smallest id.

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": ["a", "b", "c"], "parent_id": [None, "a", "b"]})
    >>> ultimate_parents(frame).tolist()
    ['a', 'a', 'a']
    """
    parent = {child: up for child, up in zip(customers["customer_id"], customers["parent_id"], strict=True) if isinstance(up, str) and up}

    def top(customer: str) -> str:
        path = [customer]
        while (up := parent.get(path[-1])) is not None and up not in path:
            path.append(up)
        return path[-1] if up is None else min(path[path.index(up) :])

    return pd.Series([top(customer) for customer in customers["customer_id"]], index=customers.index, dtype="str")
