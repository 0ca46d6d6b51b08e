"""What a column holds: numbers, dates with their format, words; how full, how unique, between what bounds."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

NOTHING = {"null", "n/a", "na", "nan", "none", "-", "--", "#n/a", "nil", "(null)", "#n/v", "\\n", "n.a.", "<null>", "unknown value"}
SIGNS = re.compile(r"[\s\u00a0\u202f€$£%]|^(eur|usd|gbp|chf)|(eur|usd|gbp|chf)$", re.IGNORECASE)
YES_NO = {
    "true",
    "false",
    "yes",
    "no",
    "y",
    "n",
    "t",
    "f",
    "ja",
    "nein",
    "oui",
    "non",
    "si",
    "x",
    "wahr",
    "falsch",
    "vrai",
    "faux",
    "0",
    "1",
    "nee",
}
FORMATS = {
    r"\d{4}-\d{1,2}-\d{1,2}": ("%Y-%m-%d",),
    r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}": ("%Y-%m-%d %H:%M:%S",),
    r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}": ("%Y-%m-%d %H:%M",),
    r"\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{2}:\d{2}": ("%Y-%m-%dT%H:%M:%S",),
    r"\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{2}:\d{2}(\.\d+)?Z": ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"),
    r"\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{2}:\d{2}\.\d+\+0000": ("%Y-%m-%dT%H:%M:%S.%f+0000",),
    r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}\.\d+": ("%Y-%m-%d %H:%M:%S.%f",),
    r"\d{4}/\d{1,2}/\d{1,2}": ("%Y/%m/%d",),
    r"\d{1,2}\.\d{1,2}\.\d{4}": ("%d.%m.%Y",),
    r"\d{1,2}\.\d{1,2}\.\d{2}": ("%d.%m.%y",),
    r"\d{1,2}/\d{1,2}/\d{4}": ("%d/%m/%Y", "%m/%d/%Y"),
    r"\d{1,2}/\d{1,2}/\d{2}": ("%d/%m/%y", "%m/%d/%y"),
    r"\d{1,2}-\d{1,2}-\d{4}": ("%d-%m-%Y", "%m-%d-%Y"),
    r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}": ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"),
    r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}": ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"),
    r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}": ("%d.%m.%Y %H:%M",),
    r"\d{1,2}[ -][A-Za-z]{3}[ -]\d{4}": ("%d-%b-%Y", "%d %b %Y"),
    r"\d{1,2}[ -][A-Za-z]{3}[ -]\d{2}": ("%d-%b-%y", "%d %b %y"),
    r"[A-Za-z]{3} \d{1,2}, \d{4}": ("%b %d, %Y",),
    r"[A-Za-z]{4,9} \d{1,2}, \d{4}": ("%B %d, %Y",),
    r"[A-Za-z]{3}[- ]\d{2}": ("%b-%y", "%b %y"),
    r"[A-Za-z]{3}[- ]\d{4}": ("%b-%Y", "%b %Y"),
    r"[A-Za-z]{4,9} \d{4}": ("%B %Y",),
    r"\d{4}-\d{2}": ("%Y-%m",),
    r"\d{1,2}/\d{4}": ("%m/%Y",),
    r"\d{1,2}\.\d{4}": ("%m.%Y",),
    r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])": ("%Y%m%d",),
    r"(19|20)\d{2}(0[1-9]|1[0-2])": ("%Y%m",),
}
QUARTER = re.compile(r"^(Q[1-4][ '/-]*(FY)?(20)?\d{2}|(FY)?(20)?\d{2}[ /-]*Q[1-4])$", re.IGNORECASE)
SHAPES = [(re.compile(shape + r"\Z"), formats) for shape, formats in FORMATS.items()]
MOST = 3000
"""Different values that are read as dates."""


@dataclass(frozen=True)
class Profile:
    """What one column holds."""

    name: str
    type: str
    """``integer``, ``decimal``, ``date``, ``quarter``, ``boolean``, ``text`` or ``blank``."""
    rows: int
    blank: float
    unique: float
    """Different values over filled cells."""
    words: dict[str, int]
    """Each value with its number of cells, the most frequent first."""
    low: float | None = None
    high: float | None = None
    formats: tuple[str, ...] = ()
    read: float = 1.0
    """Share of filled cells that read as the type."""
    style: tuple[str, str] = (".", "")
    """Decimal sign and mark of thousands."""
    nothing: tuple[str, ...] = ()
    """Words that stand for an empty cell."""
    either_way: bool = False
    """Day and month could be read in either order."""

    @property
    def filled(self) -> int:
        """Cells that hold something."""
        return sum(self.words.values())

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.type in ("integer", "decimal")


def profile(name: str, cells: Iterable[str]) -> Profile:
    """Profile a column from its cells as text."""
    counted = Counter(cells)
    rows = sum(counted.values())
    counted.pop("", None)
    nothing = tuple(sorted(word for word in counted if word.casefold() in NOTHING))
    for word in nothing:
        del counted[word]
    filled = sum(counted.values())
    words = dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
    given = {"name": name, "rows": rows, "blank": 1 - filled / rows if rows else 1.0, "words": words, "nothing": nothing}
    if not filled:
        return Profile(type="blank", unique=0.0, **given)  # type: ignore[arg-type]
    given["unique"] = len(counted) / filled
    folded = {word.casefold() for word in counted}
    if folded <= YES_NO and len(folded) <= 4 and not folded <= {"1", "0"}:
        return Profile(type="boolean", **given)  # type: ignore[arg-type]
    dated = _dates(words, filled)
    if dated is not None:
        return Profile(type="date", formats=dated[0], read=dated[1], either_way=dated[2], **given)  # type: ignore[arg-type]
    if sum(bool(QUARTER.match(word)) * count for word, count in words.items()) >= 0.95 * filled:
        return Profile(type="quarter", **given)  # type: ignore[arg-type]
    style, share, values = _numbers(words, filled)
    if share >= 0.85:
        kind = "integer" if all(value.is_integer() for value in values) and not _has_decimals(words, style) else "decimal"
        return Profile(type=kind, low=min(values), high=max(values), read=share, style=style, **given)  # type: ignore[arg-type]
    return Profile(type="text", **given)  # type: ignore[arg-type]


def _dates(words: dict[str, int], filled: int) -> tuple[tuple[str, ...], float, bool] | None:
    looked = dict(list(words.items())[:MOST])
    total = sum(looked.values())
    shapes: Counter[int] = Counter()
    by_shape: dict[int, list[str]] = {}
    for word, count in looked.items():
        place = _shape(word)
        if place is not None:
            shapes[place] += count
            by_shape.setdefault(place, []).append(word)
    if sum(shapes.values()) < 0.8 * total:
        return None
    formats, read, either = list[str](), 0, False
    for place, _ in shapes.most_common(3):
        fitting = {form: sum(looked[word] for word in by_shape[place] if _reads(word, form)) for form in SHAPES[place][1]}
        best = max(fitting, key=lambda form: fitting[form])
        if not fitting[best]:
            continue
        # a part over twelve decides between day and month; without one either order reads
        either |= sum(count == fitting[best] for count in fitting.values()) > 1 and "%d" in best and "%m" in best
        formats.append(best)
        read += fitting[best]
    share = read / total
    return (tuple(formats), share, either) if share >= 0.8 and formats else None


def _shape(word: str) -> int | None:
    return next((place for place, (shape, _) in enumerate(SHAPES) if shape.match(word)), None)


@lru_cache(maxsize=200_000)
def _reads(word: str, form: str) -> bool:
    try:
        return 1900 <= datetime.strptime(word, form).year <= 2100
    except ValueError:
        return False


def _numbers(words: dict[str, int], filled: int) -> tuple[tuple[str, str], float, list[float]]:
    """Find how numbers are written: the style in which most cells read; of equals the plainest. Intake takes spaces and signs of money away."""
    best: tuple[tuple[str, str], float, list[float]] = ((".", ""), 0.0, [])
    bare = {word: SIGNS.sub("", word) for word in words}
    for style in ((".", ""), (".", ","), (",", ""), (",", "."), (".", "'")):
        values, read = [], 0
        for word, count in words.items():
            value = number(bare[word], style)
            if value is not None:
                values.append(value)
                read += count
        if read / filled > best[1] + 1e-9:
            best = (style, read / filled, values)
    return best


def number(word: str, style: tuple[str, str]) -> float | None:
    """Read a number as it is written, or say that it is none.

    >>> number("1.234,50", (",", ".")), number("1.234,50", (".", ",")), number("(12)", (".", ""))
    (1234.5, None, -12.0)
    """
    decimal, mark = style
    plain = re.sub(r"[€$£%]", "", word).strip().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    if mark and mark in plain:
        if not re.match(rf"^[-+]?\d{{1,3}}({re.escape(mark)}\d{{3}})+({re.escape(decimal)}\d*)?$", plain):
            return None
        plain = plain.replace(mark, "")
    if decimal == ",":
        if "." in plain:
            return None
        plain = plain.replace(",", ".")
    if not re.match(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$", plain):
        return None
    return float(plain)


def _has_decimals(words: dict[str, int], style: tuple[str, str]) -> bool:
    return any(style[0] in word for word in list(words)[:500])
