"""Names of columns: brought to common words, and weighed against what the field calls each governed column."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from diligence.dataroom.schema import Table, tables


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("diligence.dataroom.mapping") / "lexicon" / f"{name}.toml").read_text(encoding="utf-8"))


def word_set(name: str) -> frozenset[str]:
    """Give a set of words of the lexicon."""
    return frozenset(_read("words")["sets"][name].split())


STRENGTH = {"": 1.0, "?": 0.8, "??": 0.55}
SMALL = word_set("small")
MONEY = word_set("money")
FILLERS = word_set("fillers")
ORDINARY = word_set("ordinary")
LONG = 6
"""From so many words on a header is a question of a survey, and its phrases are looked for."""


@dataclass(frozen=True)
class Likeness:
    """How well a name fits a governed column, and the known name that it is like."""

    strength: float
    known: str = ""
    exact: bool = False


def lexicon(name: str) -> dict[str, Any]:
    """Read a file of the lexicon: ``words``, ``columns``, ``values`` or ``tables``."""
    return _read(name)


@cache
def _vocabulary() -> dict[str, str]:
    found: dict[str, str] = {}
    for word, variants in _read("words")["words"].items():
        for variant in (word, *variants):
            found.setdefault(variant, word)
    return found


@cache
def plain(text: str) -> str:
    """Write a text in small letters without accents and signs.

    >>> plain("Kündigungs-Frist (Tage)")
    'kundigungs frist tage'
    """
    text = text.replace("ß", "ss").replace("’", " ").replace("'", " ")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", bare.lower()).strip()


@cache
def canonical(text: str) -> frozenset[str]:
    """Give the common words of a name, whatever its language and spelling.

    >>> sorted(canonical("Kundennummer")) == sorted(canonical("CustomerKey")) == sorted(canonical("N° client"))
    True
    """
    bare = plain(re.sub(r"(?i)\bn[°ºo]\.?(?=\s|$)", " no ", text.replace("#", " no ")))
    for phrase, meant in _read("words")["phrases"].items():
        bare = re.sub(rf"\b{phrase}\b", f" {meant} ", bare)
    found: list[str] = []
    for word in bare.split():
        if word not in SMALL:
            found += _words(word)
    kept = frozenset(word for word in found if word not in MONEY and not re.fullmatch(r"\d+s?", word))
    return kept or frozenset(found)


def _words(word: str) -> list[str]:
    known = _vocabulary()
    for form in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("en")):
        if form in known:
            return [known[form]]
    parted = _parted(word, known) if len(word) > 5 else None
    stem = re.fullmatch(r"(\w{5,})(id|key|nr)", word)
    if parted is None and stem is not None:
        return [*_words(stem[1]), "id"]
    return parted or [word if len(word) < 4 else word.removesuffix("s")]


def _parted(word: str, known: dict[str, str]) -> list[str] | None:
    """Part a compound into known words, the longest first; an s or n may join them."""
    for size in range(len(word) - 2, 2, -1):
        head, tail = word[:size], word[size:]
        if head not in known:
            continue
        for rest in (tail, tail.removeprefix("s"), tail.removeprefix("n")):
            if rest in known and (len(rest) > 1):
                return [known[head], known[rest]]
            deeper = _parted(rest, known) if len(rest) > 5 else None
            if deeper:
                return [known[head], *deeper]
    return None


@dataclass(frozen=True)
class Known:
    """One known name of a governed column."""

    words: frozenset[str]
    strength: float
    text: str


def _known(names: list[str]) -> tuple[Known, ...]:
    found = []
    for name in names:
        text = name.rstrip("?")
        found.append(Known(canonical(text), STRENGTH[name[len(text) :]], text))
    return tuple(found)


@cache
def known_names(table: str, column: str) -> tuple[Known, ...]:
    """Give the known names of a governed column, its own first."""
    columns = _read("columns")
    own = column.replace("_", " ")
    own = re.sub(r" on$| at$", " date", own) if tables()[table][column].type in ("date", "datetime") else own
    return _known([own, *columns.get(table, {}).get(column, ()), *columns["any"].get(column, ())])


@cache
def homeless() -> tuple[Known, ...]:
    """Give the names of what has no home in the data model."""
    return _known(_read("columns")["none"]["names"])


@cache
def _about(table: str) -> frozenset[str]:
    """Words that say no more than which table it is: the deal in ``deal amount``."""
    return frozenset().union(*(canonical(name) for name in (table, *_read("tables").get(table, ())) if len(canonical(name)) == 1))


@cache
def likeness(source: str, table: Table, column: str) -> Likeness:
    """Weigh a name of a file against a governed column."""
    if plain(source).replace(" ", "_") == column:
        return Likeness(1.0, column, True)
    asked = _phrase(source, f"{table.name}.{column}")
    if asked.strength:
        return asked
    return _best(source, known_names(table.name, column), _about(table.name))


@cache
def homelessness(source: str) -> Likeness:
    """Weigh a name against those of what has no home."""
    return _best(source, homeless(), frozenset())


def _phrase(source: str, place: str) -> Likeness:
    bare = plain(source)
    if len(bare.split()) < LONG:
        return Likeness(0.0)
    phrases = [phrase for phrase in _read("columns")["phrases"].get(place, ()) if phrase in bare]
    if not phrases:
        return Likeness(0.0)
    longest = max(phrases, key=len)
    # a longer phrase says more: "too expensive to consider" over "expensive"
    return Likeness(min(1.0, 0.9 + len(longest) / 300), longest, True)


def _best(source: str, names: tuple[Known, ...], about: frozenset[str]) -> Likeness:
    words = canonical(source)
    if not words:
        return Likeness(0.0)
    found = [_against(words, source, known, about) for known in names]
    return max(found, key=lambda one: one.strength, default=Likeness(0.0))


def _against(words: frozenset[str], source: str, known: Known, about: frozenset[str]) -> Likeness:
    share = 0.0
    if words == known.words:
        share = 1.0
    elif known.words and known.words < words:
        extra = words - known.words
        # a name of two or three words holds another meaning in the third; an id of something else says nothing
        beyond = 0.62 if len(extra) == 1 else 0.45 if len(extra) == 2 else 0.25
        share = 0.0 if known.words == {"id"} else 0.93 if extra <= about | ORDINARY else beyond
    elif words < known.words and len(known.words) - len(words) == 1 and len(words) > 1:
        share = 0.6
    elif _misspelt(plain(source), known.text):
        share = 0.85
    return Likeness(known.strength * share, known.text, share == 1.0) if share else Likeness(0.0)


def _misspelt(bare: str, known: str) -> bool:
    from rapidfuzz.fuzz import ratio

    return len(bare) > 5 and len(known) > 5 and ratio(bare, known) >= 88


@cache
def known_elsewhere(source: str) -> bool:
    """Whether a name is known for some governed column and for that alone: then contents do not make it another."""
    return any(
        (like := likeness(source, table, column)).exact and like.strength == 1.0 for table in tables().values() for column in table.names
    )


@cache
def table_likeness(label: str, table: str) -> float:
    """Weigh the name of a file or sheet against what files of a table are called."""
    bare = re.sub(r"\.[a-z]+$", "", label.rsplit("/", 1)[-1], flags=re.IGNORECASE)
    words = frozenset(word for word in canonical(bare) if word not in FILLERS and not re.fullmatch(r"(sheet|v|fy)?\d*", word))
    best = 0.0
    for name in (table.replace("_", " "), *_read("tables").get(table, ())):
        known = canonical(name) - FILLERS
        if not known:
            continue
        if known == words:
            return 1.0
        if known <= words:
            best = max(best, 0.45 + 0.5 * len(known) / len(words))
    return best
