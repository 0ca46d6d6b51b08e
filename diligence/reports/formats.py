"""Numbers to text, in one place: signs, separators, units, and the words for what is missing.

Ratios are fractions and money is in full until they come here. Rounding is half away from zero, as a spreadsheet rounds what it
shows. A missing value is a dash in a cell and the words *not assessable* in a sentence.
"""

import datetime
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
NOT_ASSESSABLE = "not assessable"
_NARROW = "\N{NARROW NO-BREAK SPACE}"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
_ISO_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?([T ].*)?")


def missing(value: object) -> bool:
    """Say whether there is no value: None, NaN, NA, NaT or an infinite number.

    Examples
    --------
    >>> missing(float("nan")), missing(0)
    (True, False)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, (float, np.floating)) and not math.isfinite(value)


def as_text(value: Any, code: str, *, currency: str = "EUR", signed: bool = False, absent: str = DASH) -> str:
    """Give a value as text.

    Parameters
    ----------
    value
        A number (fractions for percentages, money in full), a date, or text. Text where a number is due stays as it is.
    code
        ``money`` (k or m as it needs), ``money_m`` (always millions, one decimal), ``money_full`` (every unit), ``percent``,
        ``percent1`` (one decimal), ``points`` (hundredths, as a net promoter score is told), ``ratio2`` and ``ratio4`` (two and four decimals), ``count``, ``number``, ``months``, ``date``, ``month`` or ``text``.
    currency
        Code of the currency; euro, pound and dollar show their sign.
    signed
        Whether a rise carries its plus sign.
    absent
        What stands for a missing value.

    Returns
    -------
    str
        British separators and a true minus sign.

    Raises
    ------
    ValueError
        Where the code is unknown.

    Examples
    --------
    >>> as_text(12_340_000, "money"), as_text(-0.034, "percent1"), as_text(None, "count")
    ('€12.3m', '−3.4%', '–')
    """
    if code not in _FORMATS:
        raise ValueError(f"expected a format out of {', '.join(_FORMATS)}, got {code!r}; use one of these")
    if missing(value):
        return absent
    if code not in _WORDS and not isinstance(value, str):
        number = (
            Decimal(str(value.item() if isinstance(value, np.generic) else value)) if not isinstance(value, bool) else Decimal(int(value))
        )
        return _FORMATS[code](number, currency, signed)
    return _WORDS.get(code, _text)(value)


def in_cell(value: Any, code: str, *, currency: str = "EUR") -> str:
    """Give a value as the cell of a table shows it.

    Examples
    --------
    >>> in_cell(float("nan"), "percent")
    '–'
    """
    return as_text(value, code, currency=currency)


def in_sentence(value: Any, code: str, *, currency: str = "EUR", signed: bool = False) -> str:
    """Give a value as a sentence says it.

    Examples
    --------
    >>> in_sentence(None, "percent")
    'not assessable'
    """
    return as_text(value, code, currency=currency, signed=signed, absent=NOT_ASSESSABLE)


def heading(name: str) -> str:
    """Give a column's name in words; a single letter is a symbol and stays.

    Examples
    --------
    >>> heading("value_at_stake"), heading("n")
    ('Value at stake', 'n')
    """
    return name if len(name) == 1 else name.replace("_", " ").capitalize()


def is_numeric(code: str) -> bool:
    """Say whether a format is of numbers, which stand at the right of their column.

    Examples
    --------
    >>> is_numeric("money"), is_numeric("text")
    (True, False)
    """
    return code in _FORMATS and code not in _WORDS


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _digits(number: Decimal, decimals: int, *, signed: bool, before: str = "", after: str = "") -> str:
    """Give sign, what stands before, digits, what stands after."""
    shown = _rounded(number, decimals)
    sign = MINUS if shown < 0 else "+" if signed and shown > 0 else ""
    return f"{sign}{before}{abs(shown):,.{decimals}f}{after}"


def _sign_of(currency: str) -> str:
    return _SYMBOLS.get(currency, f"{currency}{_NARROW}")


def _money(number: Decimal, currency: str, signed: bool) -> str:
    before = _sign_of(currency)
    thousands = number / 1000
    if abs(_rounded(thousands, 0)) >= 1000:
        return _digits(number / 1_000_000, 1, signed=signed, before=before, after="m")
    if abs(_rounded(number, 0)) >= 1000:
        return _digits(thousands, 0 if abs(_rounded(thousands, 1)) >= 10 else 1, signed=signed, before=before, after="k")
    return _digits(number, 0, signed=signed, before=before)


def _money_m(number: Decimal, currency: str, signed: bool) -> str:
    return _digits(number / 1_000_000, 1, signed=signed, before=_sign_of(currency), after="m")


def _money_full(number: Decimal, currency: str, signed: bool) -> str:
    return _digits(number, 0, signed=signed, before=_sign_of(currency))


def _number(number: Decimal, currency: str, signed: bool) -> str:
    del currency
    size = abs(number)
    decimals = 0 if number == number.to_integral_value() or size >= 1000 else 1 if size >= 10 else 2
    return _digits(number, decimals, signed=signed)


def _plain(decimals: int, *, factor: int = 1, after: str = "") -> Callable[[Decimal, str, bool], str]:
    def shown(number: Decimal, currency: str, signed: bool) -> str:
        del currency
        return _digits(number * factor, decimals, signed=signed, after=after)

    return shown


def _moment(value: Any) -> datetime.date | None:
    """Give the day of a date, a timestamp, a period or an ISO text."""
    if isinstance(value, str):
        value = pd.Timestamp(value) if _ISO_DATE.fullmatch(value) else None
    if isinstance(value, (pd.Period, np.datetime64)):
        value = value.to_timestamp() if isinstance(value, pd.Period) else pd.Timestamp(value)
    return value if isinstance(value, datetime.date) else None


def _date(value: Any) -> str:
    moment = _moment(value)
    return _text(value) if moment is None else f"{moment.day} {moment:%b %Y}"


def _month(value: Any) -> str:
    moment = _moment(value)
    return _text(value) if moment is None else f"{moment:%b %Y}"


def _text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return str(value)


_WORDS: dict[str, Callable[[Any], str]] = {"date": _date, "month": _month, "text": _text}
_FORMATS: dict[str, Callable[..., str]] = {
    "money": _money,
    "money_m": _money_m,
    "money_full": _money_full,
    "percent": _plain(0, factor=100, after="%"),
    "percent1": _plain(1, factor=100, after="%"),
    "points": _plain(1, factor=100),
    "ratio2": _plain(2),
    "ratio4": _plain(4),
    "count": _plain(0),
    "number": _number,
    "months": _plain(1, after=" months"),
    **_WORDS,
}

CODES = tuple(_FORMATS)
"""Every format code."""
