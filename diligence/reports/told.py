"""Facts as words: each number of a sentence is a fact, written as the catalogue says."""

import re
from typing import Any

import pandas as pd

from diligence.facts.catalogue import definition
from diligence.facts.sheet import OK, fact_key
from diligence.periods import month_index
from diligence.reports import formats

SMALLEST, LEAST = 0.0005, "less than 0.1%"
_MONTH = re.compile(r"\d{4}-\d{2}")
BOOKS = {"ledger": "ledger", "invoices": "invoice"}
_WORDS = {1: "one", 2: "two", 3: "three", 6: "six", 12: "twelve"}


class Told:
    """A facts table that can be spoken of.

    Parameters
    ----------
    facts
        The facts table.
    currency
        Of the deal.
    """

    def __init__(self, facts: pd.DataFrame, currency: str) -> None:
        self.currency = currency
        self.spoken: list[str] = []
        """Facts that were written, in their order."""
        self._rows = {fact_key(r.metric, segment=r.segment, object=r.object, object_id=r.object_id): r for r in facts.itertuples()}

    def knows(self, *keys: str) -> bool:
        """Say whether all these facts are numbers."""
        return all(key in self._rows and self._rows[key].status == OK for key in keys)

    def value(self, key: str) -> float:
        """Give the number, NaN where there is none."""
        return float(self._rows[key].value) if self.knows(key) else float("nan")

    def count(self, key: str) -> float:
        """Give the n of a fact, 0 where it is not there."""
        return float(self._rows[key].n) if key in self._rows else 0.0

    def __call__(self, key: str, *, part: str = "value", code: str = "", signed: bool = False, size: bool = False) -> str:
        """Write a fact, or its ``low``, ``high``, ``n``, ``numerator`` or ``denominator``, as a sentence says it; ``size`` drops the sign."""
        if not self.knows(key):
            return formats.NOT_ASSESSABLE
        self.spoken.append(key)
        row = self._rows[key]
        own = definition(row.metric).format
        codes = {"n": "count", "numerator": "money", "denominator": "money"}
        number = getattr(row, part)
        if own == "percent1" and not code and 0 < abs(number) < SMALLEST:
            return LEAST
        return formats.in_sentence(abs(number) if size else number, code or codes.get(part, own), currency=self.currency, signed=signed)

    def interval(self, key: str) -> str:
        """Write the 95% interval in brackets, or nothing where there is none but that of the tie-out."""
        if not self.knows(key) or pd.isna(self._rows[key].low):
            return ""
        row = self._rows[key]
        if (row.low, row.high) == (row.tie_low, row.tie_high):
            return ""
        return f" ({self(key, part='low')} to {self(key, part='high')})"

    def tied(self, key: str) -> str:
        """Write how far what does not tie may move a fact, in brackets; nothing where it reads the same at both ends."""
        if not self.knows(key) or pd.isna(self._rows[key].tie_low):
            return ""
        low, high = self(key, part="tie_low"), self(key, part="tie_high")
        if low == high:
            return ""
        book = str(self._rows[key].tie_source).partition(",")[0]
        return f" ({low} to {high} with the unexplained {BOOKS.get(book, book)} difference)"

    def untied(self, key: str) -> str:
        """Say why a fact has no interval of the tie-out; blank where it has one."""
        source = str(self._rows[key].tie_source) if self.knows(key) else ""
        return source if source.startswith("not tied") else ""

    def span(self, key: str) -> str:
        """Say how long the period of a fact is: ``twelve months``, ``six months``; blank where it is a day or not known."""
        row = self._rows.get(key)
        first, _, last = ("", "", "") if row is None else str(row.period).partition("..")
        if not (_MONTH.fullmatch(first) and _MONTH.fullmatch(last)):
            return ""
        months = month_index(pd.Timestamp(f"{last}-01")) - month_index(pd.Timestamp(f"{first}-01")) + 1
        return f"{_WORDS.get(months, months)} month{'' if months == 1 else 's'}"

    def reason(self, key: str) -> str:
        """Say why a fact is not a number."""
        row = self._rows.get(key)
        return "it was not computed" if row is None else str(row.reason)


def sentence(text: str, *facts: str, tone: str = "plain") -> dict[str, Any]:
    """Make a sentence of a narrative: its text, the facts that it rests on, its tone."""
    return {"text": text[0].upper() + text[1:], "facts": list(facts), "tone": tone}


def counted(n: float, noun: str, plural: str = "") -> str:
    """Write a count with its noun.

    >>> counted(1, "repair"), counted(1200, "repair")
    ('1 repair', '1,200 repairs')
    """
    return f"{n:,.0f} {noun if n == 1 else plural or noun + 's'}"
