"""Words and numbers as figures show them: escaped, elided, rounded, spread so that they do not overlap.

Names come from a data room and are not trusted. Plotly reads a small HTML in every text (``<b>``, ``<a href>``, ``<br>``), so
names are escaped before they enter a figure; they never become part of a hover template.
"""

import math
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

LONGEST_WORD = 12
"""Characters of a word that is not elided where names are broken over lines."""

MINUS = "\N{MINUS SIGN}"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


def plain(text: object) -> str:
    """Give a name as one line: control and direction characters go, white space becomes single spaces.

    Examples
    --------
    >>> plain("Acme\\n  Ltd")
    'Acme Ltd'
    """
    words = "" if _absent(text) else str(text)
    kept = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in words if unicodedata.category(sign) != "Cf")
    return " ".join("".join(kept).split())


def escaped(text: object) -> str:
    """Give a name so that plotly shows it as it is written.

    Examples
    --------
    >>> escaped("<b>A&B</b>")
    '&lt;b&gt;A&amp;B&lt;/b&gt;'
    """
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def label(text: object, *, width: int = 32) -> str:
    """Give a name elided to a width in characters, then escaped.

    Examples
    --------
    >>> label("A very long company name", width=10)
    'A very lo…'
    """
    words = plain(text) or "(no name)"
    return escaped(words if len(words) <= width else words[: width - 1].rstrip() + "…")


def wrapped(text: object, *, width: int, lines: int = 3) -> str:
    """Give a name broken over lines for a category axis, elided after the last, escaped.

    Examples
    --------
    >>> wrapped("New customers won", width=10)
    'New<br>customers<br>won'
    """
    words = plain(text) or "(no name)"
    words = " ".join(word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…" for word in words.split())
    parts = textwrap.wrap(words, width=width, max_lines=lines, placeholder="…", break_long_words=False)
    return "<br>".join(escaped(part).replace("……", "…") for part in parts)


def number(value: object, *, digits: int = 8) -> float | None:
    """Give a number rounded to significant digits, so that a figure is the same on every machine; None where there is none.

    Examples
    --------
    >>> number(1234567.891234), number(float("nan"))
    (1234567.9, None)
    """
    if _absent(value):
        return None
    real = float(value)  # type: ignore[arg-type]
    return float(f"{real:.{digits}g}") + 0.0 if math.isfinite(real) else None


def numbers(values: Iterable[object]) -> list[float | None]:
    """Give a list of numbers, each rounded as `number` does.

    Examples
    --------
    >>> numbers([1, None])
    [1.0, None]
    """
    return [number(value) for value in values]


def signed(text: str) -> str:
    """Give a formatted number with a true minus sign.

    Examples
    --------
    >>> signed("-1.0")
    '−1.0'
    """
    return text.replace("-", MINUS)


def percent(value: object, *, decimals: int = 0) -> str:
    """Give a fraction as a percentage; a dash where there is none.

    Examples
    --------
    >>> percent(0.126), percent(-0.05), percent(None)
    ('13%', '−5%', '–')
    """
    real = number(value)
    if real is None:
        return "–"
    return signed(f"{round(real * 100, decimals) + 0.0:,.{decimals}f}%")


def months(values: pd.Series) -> list[str | None]:
    """Give months as ISO dates, which plotly reads as dates.

    Examples
    --------
    >>> months(pd.Series(pd.to_datetime(["2024-01-01"])))
    ['2024-01-01']
    """
    return [None if pd.isna(moment) else f"{pd.Timestamp(moment):%Y-%m-%d}" for moment in values]


@dataclass(frozen=True)
class Scale:
    """The unit in which a figure shows money: millions, or thousands where nothing reaches a million.

    Attributes
    ----------
    divisor
        What an amount is divided by before it is drawn.
    unit
        The unit as an axis names it.
    """

    divisor: float
    unit: str

    @classmethod
    def of(cls, values: Iterable[object], *, currency: str) -> "Scale":
        """Choose the unit for these amounts.

        Examples
        --------
        >>> Scale.of([2_500_000], currency="EUR").unit
        '€m'
        """
        sizes = [abs(real) for real in numbers(values) if real is not None]
        sign = _SYMBOLS.get(currency) or f"{escaped(currency)} "
        small = bool(sizes) and max(sizes) < 1e6
        return cls(1e3, f"{sign}k") if small else cls(1e6, f"{sign}m")

    def drawn(self, values: Iterable[object]) -> list[float | None]:
        """Give the amounts in this unit.

        Examples
        --------
        >>> Scale(1e6, "€m").drawn([1_500_000, None])
        [1.5, None]
        """
        return [None if real is None else number(real / self.divisor) for real in numbers(values)]

    def text(self, value: object, *, plus: bool = False) -> str:
        """Give one amount as a label with one decimal.

        Examples
        --------
        >>> Scale(1e6, "€m").text(-1_500_000), Scale(1e6, "€m").text(500_000, plus=True)
        ('−1.5', '+0.5')
        """
        real = number(value)
        if real is None:
            return "–"
        shown = round(real / self.divisor, 1) + 0.0
        return signed(f"{shown:+,.1f}" if plus and shown else f"{shown:,.1f}")


def spread(heights: Sequence[float], *, gap: float) -> list[float]:
    """Move labels apart until each is at least a gap from its neighbours, keeping their order.

    Parameters
    ----------
    heights
        Where the labels would stand.
    gap
        The least distance between two.

    Returns
    -------
    list of float
        Where they stand, in the order given.

    Examples
    --------
    >>> spread([1.0, 1.0], gap=2.0)
    [0.0, 2.0]
    """
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    blocks: list[list[Any]] = []  # each: [centre, members]
    for place in order:
        blocks.append([heights[place], [place]])
        while len(blocks) > 1 and _top(blocks[-2], gap) + gap > _bottom(blocks[-1], gap):
            centre, members = blocks.pop()
            before = blocks[-1]
            total = len(before[1]) + len(members)
            before[0] = (before[0] * len(before[1]) + centre * len(members)) / total
            before[1] = before[1] + members
    placed = list(heights)
    for centre, members in blocks:
        for step, place in enumerate(members):
            placed[place] = centre + (step - (len(members) - 1) / 2) * gap
    return placed


def _top(block: list[Any], gap: float) -> float:
    return float(block[0] + (len(block[1]) - 1) / 2 * gap)


def _bottom(block: list[Any], gap: float) -> float:
    return float(block[0] - (len(block[1]) - 1) / 2 * gap)


def _absent(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
