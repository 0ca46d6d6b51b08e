"""What a company name says: which company, of which legal form, which unit of a group, formerly called what."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

FORMER = re.compile(
    r"\b(?:formerly(?: known as)?|previously(?: known as)?|f/?\.?k/?\.?a\b\.?|t/a|trading as|d/b/a|dba|doing business as|a/?k/?a|also known as"
    r"|ehemals|vormals|anciennement|voorheen|antes|tidigare|tidligere)\b:?",
    re.IGNORECASE,
)
UMLAUT = re.compile("([aou])e")
SIGNS = {ord(sign): plain for sign, plain in {"ø": "o", "ł": "l", "đ": "d", "’": "", "'": "", ".": "", "&": " and ", "+": " and "}.items()}
EX = re.compile(r"[(\[]\s*ex[\s-]+(.+?)[)\]]", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """Words of company names that do not tell one company from another, and what they say instead."""

    phrases: re.Pattern[str]
    legal: frozenset[str]
    marks: dict[str, frozenset[str]]
    common: frozenset[str]
    joints: frozenset[str]

    @cached_property
    def units(self) -> frozenset[str]:
        """Words that name a unit or the head of a group."""
        return frozenset().union(*self.marks.values())


@cache
def words() -> Words:
    """Read the lists kept beside this file."""
    text = (files("diligence.dataroom.resolution") / "words.toml").read_text(encoding="utf-8")
    # the lists are spelled as people spell them, and compared as plain names are
    content = tomllib.loads(UMLAUT.sub(r"\1", text))
    phrases = sorted(content["legal_phrases"], key=lambda phrase: (-len(phrase), phrase))
    return Words(
        re.compile(rf"\b(?:{'|'.join(phrases)})\s*$"),
        frozenset(word for forms in content["legal"].values() for word in forms),
        {kind: frozenset(listed) for kind, listed in content["marks"].items()},
        frozenset(content["common"]["words"]),
        frozenset(content["common"]["joints"]),
    )


def plain_name(name: str) -> str:
    """Strip a company name to what tells it from others: no case, no accents, no signs, no legal form.

    >>> plain_name("Alder & Sons Ltd.")
    'alder and sons'
    >>> plain_name("Brückhagen Aufzüge GmbH & Co. KG") == plain_name("Brueckhagen Aufzuege G.m.b.H.")
    True
    """
    # signs that only look like letters (a mathematical A) become letters first, and then small ones
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    bare = bare.translate(SIGNS)
    bare = " ".join(re.sub(r"[\W_]", " ", UMLAUT.sub(r"\1", bare)).split())
    whole, listed = bare.split(), words()
    left = [word for word in listed.phrases.sub("", bare).split() if word not in listed.legal]
    return " ".join(left) or " ".join(whole)


@dataclass(frozen=True)
class Name:
    """A customer's name, read once."""

    customer_id: str
    written: str
    country: str = ""
    industry: str = ""
    segment: str = ""

    @cached_property
    def _parts(self) -> tuple[str, tuple[str, ...]]:
        return split_former(self.written)

    @cached_property
    def plain(self) -> str:
        """Its plain name, without the former one."""
        return plain_name(self._parts[0])

    @cached_property
    def formers(self) -> tuple[str, ...]:
        """Keys of the other names that it gives."""
        return tuple(dict.fromkeys(key for key in map(name_key, self._parts[1]) if key and key != self.key))

    @cached_property
    def key(self) -> str:
        """Its words in order of the alphabet: equal keys are the same name."""
        return name_key(self._parts[0])

    @cached_property
    def digits(self) -> str:
        """Its numbers, Roman ones too: store 1921 is not store 1922, whatever the rest says."""
        runs = re.findall(r"\d+|\b[ivx]{2,4}\b", self._parts[0].casefold())
        return "-".join(run.lstrip("0") or "0" for run in runs)

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """Its words without numbers."""
        return tuple(word for word in dict.fromkeys(self.plain.split()) if not word.isdigit())

    @cached_property
    def core(self) -> tuple[str, ...]:
        """Its words without those that name a unit or the head of a group, in order of the alphabet."""
        return tuple(sorted(word for word in self.telling if word not in words().units and word not in words().joints))

    @cached_property
    def marks(self) -> dict[str, str]:
        """Each kind of unit that it names, with the word: ``country``, ``city``, ``division``, ``holding``, ``group``."""
        return {kind: word for kind, listed in words().marks.items() for word in self.telling if word in listed}

    @property
    def is_unit(self) -> bool:
        """Whether it names a part of a company: its country, city or division."""
        return not {"country", "city", "division"}.isdisjoint(self.marks)


def name_key(name: str) -> str:
    """Give the words of the plain name in order of the alphabet, numbers without leading zeros.

    >>> name_key("Müller, Hans (Ltd) 007")
    '7 hans muller'
    """
    return " ".join(sorted(word.lstrip("0") or "0" if word.isdigit() else word for word in plain_name(name).split()))


def split_former(written: str) -> tuple[str, tuple[str, ...]]:
    """Tell a name from the former, or other, names that it gives.

    >>> split_former("Northwind Ltd (formerly Eastwind Ltd)")
    ('Northwind Ltd', ('Eastwind Ltd',))
    >>> split_former("J Smith t/a The Corner Shop")
    ('J Smith', ('The Corner Shop',))
    """
    marked = EX.sub(lambda found: f" formerly {found[1]}", written)
    own, *others = (part.strip(" ()[],;:-") for part in FORMER.split(marked))
    return (own, tuple(other for other in others if other)) if own and others else (written.strip(), ())
