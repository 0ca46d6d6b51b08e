"""How a cell reads: one expression of the engine for each governed type. What could mean two things reads as nothing, and is told."""

import re
from dataclasses import dataclass
from decimal import Decimal

from diligence.dataroom.engine import name, text
from diligence.dataroom.schema import Column
from diligence.deal import TableSource

DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y", "%Y/%m/%d")
STORED = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
"""A date cell of a workbook, or a column of a database, comes as this, whatever the formats of cells that hold text."""
SERIAL = "serial"
"""The format of a date that is a number of days, as spreadsheets store it."""
SERIALS = {"1900": ("1899-12-30", 0), "1904": ("1904-01-01", 1462)}
EARLIEST, LATEST = 18_264, 73_050
"""Days from 1950 to 2099: outside, a number is a year, an amount or an id, and no date."""
TRUE, FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")

BLANKS = r"[\s\x{00A0}\x{2007}\x{2009}\x{200A}\x{202F}\x{3000}]"
SIGNS = r"US\$|R\$|A\$|C\$|NZ\$|HK\$|S\$|[€$£¥₹₽₺₩]"
CODES = (
    "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|ISK|TRY|JPY|CNY|INR|KRW|SGD|HKD|AUD|NZD|CAD|BRL|MXN|ZAR|ILS|AED|SAR"
    r"|[Kk]r\.?|zł|Kč|Ft|Fr\."
)
SAME = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "R$": "BRL", "¥": "JPY", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "Fr.": "CHF"}
FRACTIONS = ("fraction", "fraction/year", "probability", "0-1")


@dataclass(frozen=True)
class How:
    """How the cells of one source read: its entry, whether dates come in their stored form, and from when serial dates count."""

    entry: TableSource
    stored: bool = False
    epoch: str = ""


def expressions(column: Column, how: How, cells: dict[str, str]) -> tuple[str, str] | None:
    """Give the cell as text (NULL where blank) and the expression that types it; None where the file has no such column."""
    entry = how.entry
    if column.name in entry.multiply:
        parts = [number(column, as_words(name(part), cells[part], entry), cells[part], how) for part in entry.multiply[column.name]]
        product = " * ".join(f"CAST({part} AS DECIMAL(18,4))" for part in parts)
        return f"CAST({product} AS VARCHAR)", f"CAST({_signed(product, column, entry)} AS {sql_type(column)})"
    if column.name in entry.subtract:
        return _difference(column, how, cells)
    if column.name in entry.constants:
        # nothing, said outright: the file has no such column, and its cells are blank
        constant = f"nullif({text(entry.constants[column.name])}, '')"
        return constant, typed(column, constant, "VARCHAR", how)
    cell = entry.columns.get(column.name, column.name)
    if cell not in cells or column.name == "*":
        return None
    words = as_words(name(cell), cells[cell], entry)
    width = entry.pad.get(column.name)
    if width is not None:
        words = f"CASE WHEN regexp_full_match({words}, '\\d{{1,{width}}}') THEN lpad({words}, {width}, '0') ELSE {words} END"
    mapped = entry.values.get(column.name, {})
    if mapped:
        words = f"CASE {words} {' '.join(f'WHEN {text(k)} THEN {text(v)}' for k, v in mapped.items())} ELSE {words} END"
    if mapped or width is not None:
        return words, typed(column, words, "VARCHAR", how)
    raw = words if cells[cell] == "VARCHAR" else name(cell)
    return words, typed(column, raw, cells[cell], how)


def _difference(column: Column, how: How, cells: dict[str, str]) -> tuple[str, str]:
    """Read two columns of which the second counts against the first; a blank is nothing, both blank is blank."""
    words, numbers = [], []
    for part in how.entry.subtract[column.name]:
        words.append(as_words(name(part), cells[part], how.entry))
        numbers.append(number(column, words[-1] if cells[part] == "VARCHAR" else name(part), cells[part], how))
    unread = " OR ".join(f"({cell}) IS NOT NULL AND ({value}) IS NULL" for cell, value in zip(words, numbers, strict=True))
    first, second = (f"coalesce({value}, 0)" for value in numbers)
    shown = f"CASE WHEN ({words[0]}) IS NULL OR ({numbers[0]}) IS NOT NULL THEN coalesce({words[1]}, {words[0]}) ELSE {words[0]} END"
    value = f"CASE WHEN {unread} OR ({shown}) IS NULL THEN NULL ELSE {first} - {second} END"
    return shown, f"TRY_CAST({_signed(f'({value})', column, how.entry)} AS {sql_type(column)})"


def as_words(cell: str, kind: str, entry: TableSource) -> str:
    """Give a cell as text, NULL where it is blank or holds a word for blank."""
    if kind in ("DOUBLE", "FLOAT"):
        # an id read as a number by an earlier tool: 17850.0 is 17850
        cell = f"CASE WHEN {cell} = floor({cell}) AND abs({cell}) < 1e15 THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
    elif kind != "VARCHAR":
        cell = f"CAST({cell} AS VARCHAR)"
    words = f"nullif(trim({cell}), '')"
    for blank in entry.blanks:
        words = f"nullif({words}, {text(blank)})"
    return words


def typed(column: Column, cell: str, kind: str, how: How) -> str:
    """Give the expression that reads a cell as the column's type, NULL where it does not read."""
    if column.type == "decimal":
        return f"TRY_CAST({_signed(number(column, cell, kind, how), column, how.entry)} AS {sql_type(column)})"
    if column.type == "integer":
        return _integer(column, cell, kind, how)
    if column.type == "boolean":
        words = f"lower(CAST({cell} AS VARCHAR))"
        return f"CASE WHEN {words} IN {TRUE} THEN true WHEN {words} IN {FALSE} THEN false END"
    if column.type in ("date", "month", "datetime"):
        moment = _moment(cell, kind, formats(column, how), how)
        if column.type == "datetime":
            return moment
        return f"CAST({moment} AS DATE)" if column.type == "date" else f"CAST(date_trunc('month', {moment}) AS DATE)"
    words = cell if kind == "VARCHAR" else as_words(cell, kind, how.entry)
    return f"lower({words})" if column.choices else words


def _signed(value: str, column: Column, entry: TableSource) -> str:
    factor = Decimal(str(entry.scale.get(column.name, 1))) * (-1 if column.name in entry.negate else 1)
    return value if factor == 1 else f"{value} * {format(factor, 'f')}"


def number(column: Column, cell: str, kind: str, how: How) -> str:
    """Read a number as people write it; 1,234 without a word on marks of thousands is no number."""
    entry = how.entry
    if kind != "VARCHAR":
        return f"TRY_CAST({cell} AS DECIMAL(24,8))"
    marks = f"{SIGNS}|{CODES}" if column.unit.startswith("currency") else SIGNS
    plain = f"regexp_replace({cell}, '{BLANKS}', '', 'g')"
    plain = f"regexp_replace(replace({plain}, '−', '-'), '^[''’]|^([-+(]*)(?:{marks})|(?:{marks})([-)]*)$', '\\1\\2', 'g')"
    # an apostrophe before three digits is a mark of thousands wherever it stands
    plain = f"regexp_replace({plain}, '[''’](\\d{{3}})\\b', '\\1', 'g')"
    mark = entry.thousands if entry.thousands in (",", ".") else ""
    if mark:
        # a mark of thousands without three digits after it is a decimal sign: 1.50 must not read as 150
        stray = text(f"{re.escape(mark)}\\d{{0,2}}([^\\d{re.escape(mark)}]|$)|{re.escape(mark)}\\d{{4}}")
        plain = f"CASE WHEN regexp_matches({plain}, {stray}) THEN NULL ELSE replace({plain}, {text(mark)}, '') END"
    if entry.decimal == ",":
        # a point that is no mark of thousands makes the cell unreadable rather than a thousand times too small
        plain = f"translate({plain}, '.,', '?.')"
    hundredths = ""
    if column.unit in FRACTIONS:
        hundredths = f" * CASE WHEN suffix({cell}, '%') THEN 0.01 ELSE 1 END"
        plain = f"regexp_replace({plain}, '%$', '')"
    careful = f"TRY_CAST(regexp_replace({plain}, '^\\((.*)\\)$|^([^-].*)-$', '-\\1\\2') AS DECIMAL(24,8)){hundredths}"
    # most cells are plain numbers, and need no second look
    return f"coalesce(TRY_CAST({cell} AS DECIMAL(24,8)), {careful})" if entry.decimal == "." else f"({careful})"


def _integer(column: Column, cell: str, kind: str, how: How) -> str:
    if column.name == "year" and (how.entry.date_format or kind.startswith(("DATE", "TIMESTAMP"))):
        return f"CAST(year({_moment(cell, kind, formats(column, how), how)}) AS BIGINT)"
    value = number(column, cell, kind, how)
    return f"CASE WHEN {value} = round({value}) THEN CAST({value} AS BIGINT) END"


def formats(column: Column, how: How) -> tuple[str, ...]:
    """Give the formats that are tried for a date column, in order."""
    months = ("%Y-%m",) if column.type == "month" else ()
    minutes = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M") if column.type == "datetime" else ()
    if not how.entry.date_format:
        return (*DATE_FORMATS, *months, *minutes)
    return (*how.entry.date_format, *(STORED if how.stored else ()))


def moment_by(cell: str, form: str, how: How) -> str:
    """Read a moment by one format; a serial date counts days."""
    if form != SERIAL:
        return f"TRY_STRPTIME({cell}, {text(form)})"
    origin, less = SERIALS[how.epoch or "1900"]
    days = f"TRY_CAST(replace({cell}, ',', '.') AS DOUBLE)"
    seconds = f"CAST(round({days} * 86400) AS BIGINT)"
    return f"CASE WHEN {days} BETWEEN {EARLIEST - less} AND {LATEST - less} THEN TIMESTAMP '{origin}' + to_seconds({seconds}) END"


def _moment(cell: str, kind: str, tried: tuple[str, ...], how: How) -> str:
    if kind.startswith(("DATE", "TIMESTAMP")):
        return f"CAST({cell} AS TIMESTAMP)"
    cell = cell if kind == "VARCHAR" else f"CAST({cell} AS VARCHAR)"
    if how.epoch and SERIAL not in tried:
        tried = (*tried, SERIAL)
    return f"COALESCE({', '.join(moment_by(cell, form, how) for form in tried)})"


def later_format(column: Column, words: str, how: How) -> str | None:
    """Say which later format read a date, blank where the first did; None where there is only one way to read it.

    Two formats in one column are a repair, not a habit; it is counted when it is known which rows count at all.
    """
    listed = list(how.entry.date_format)
    if how.epoch and SERIAL not in listed:
        tests = [
            f"WHEN {moment_by(words, form, how)} IS NOT NULL THEN {text(form) if 0 < place < len(listed) else 'NULL'}"
            for place, form in enumerate(formats(column, how))
        ]
        return f"CASE {' '.join(tests)} WHEN {moment_by(words, SERIAL, how)} IS NOT NULL THEN '{SERIAL}' END"
    if len(listed) < 2:
        return None
    tests = [f"WHEN {moment_by(words, form, how)} IS NOT NULL THEN {text(form) if place else 'NULL'}" for place, form in enumerate(listed)]
    return f"CASE {' '.join(tests)} END"


def sql_type(column: Column) -> str:
    """Give the engine's type of a governed column: money to the hundredth of a cent, all else to eight places."""
    money = column.unit.startswith("currency") or column.unit == "units"
    kinds = {"decimal": "DECIMAL(18,4)" if money else "DECIMAL(18,8)", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
    return {**kinds, "month": "DATE", "datetime": "TIMESTAMP"}.get(column.type, "VARCHAR")
