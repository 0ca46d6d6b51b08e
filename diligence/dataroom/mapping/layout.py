"""How a file is laid out: its encoding, the sign between cells, where its header stands, and rows that are no records."""

import re
from collections import Counter
from dataclasses import dataclass, field

from diligence.dataroom.mapping.names import canonical, word_set
from diligence.dataroom.reading import Item, grid
from diligence.dataroom.reading.sources import TEXTS

LOOKED_AT = 60
SEPARATORS = (",", ";", "\t", "|")
TOTALS = {
    "total",
    "totals",
    "grand total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "totale",
    "total general",
    "somme",
    "totaal",
    "subtotal",
}
ENCODINGS = ("cp1252", "mac_roman", "cp850", "cp1250", "iso8859_15")
NUMBER = re.compile(r"^[-+(]?\s*[$€£]?\s*\d[\d\s.,'’]*\s*[)%€$£]?$")
DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?$")
PERIOD = re.compile(
    r"^(m(onth)?[ _-]?(0?[1-9]|1[0-2])|(w(ee)?k|kw|cw)[ _-]?\d{1,2}|q[1-4][ _/-]*(fy)?(20)?\d{2}|(20)?\d{2}[ _/-]*q[1-4]|(19|20)\d{2}"
    r"|(fy[ _-]?)?(20)?\d{2}([-/]\d{2})?[ae]?|(19|20)\d{2}[-/_ ](0?[1-9]|1[0-2])(-01)?( 00:00:00)?|(0?[1-9]|1[0-2])[/.-](19|20)\d{2}"
    r"|(jan|feb|m[aä]r|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*\.?[ _/'-]*((19|20)?\d{2})?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Layout:
    """How a file is laid out. ``header_row`` counts from one; 0 is a file without a header."""

    encoding: str = ""
    separator: str = ""
    header_row: int = 1
    header_rows: int = 1
    header: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    """Labels of rows that add others up, as they stand in the file."""
    notes: tuple[str, ...] = field(default=())


def find_layout(item: Item) -> Layout | None:
    """Find how a file is laid out, or None where it holds no table."""
    encoding, separator, notes = "", "", []
    if item.file is not None and item.file.suffix.lower() in TEXTS:
        encoding, why = _encoding(item)
        notes += [why] if why else []
        separator = _separator(item, encoding)
    rows = grid(item, LOOKED_AT, encoding=encoding, separator=separator)
    rows = [[cell.strip() for cell in row] for row in rows]
    if item.file is not None and item.file.suffix.lower() == ".parquet":
        return Layout(header=tuple(rows[0])) if rows else None
    if not any(any(row) for row in rows):
        return None
    start, depth = _header(rows)
    if start < 0:
        width = max(len(row) for row in rows)
        notes.append("no header: its first row reads like the rows below it")
        return Layout(encoding, separator, 0, 1, tuple(f"column_{place + 1}" for place in range(width)), _totals(rows), tuple(notes))
    if start:
        notes.append(f"the header stands in row {start + 1}")
    if depth > 1:
        notes.append(f"the header stands over {depth} rows")
    header = _joined(rows[start : start + depth])
    return Layout(encoding, separator, start + 1, depth, header, _totals(rows[start + depth :]), tuple(notes))


def _encoding(item: Item) -> tuple[str, str]:
    """Say the encoding where it is not UTF-8, with the reason; signs that stand where no language puts them speak against one."""
    assert item.file is not None
    with item.file.open("rb") as stream:
        start = stream.read(1 << 18)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "encoding utf-16, by its first two bytes"
    for cut in range(4):
        try:
            start[: len(start) - cut].decode("utf-8")
            return "", ""
        except UnicodeDecodeError:
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(start[: 1 << 16]).best()
    candidates = [*ENCODINGS, *([best.encoding] if best is not None and best.encoding not in ("ascii", "utf_8") else [])]
    scores = {name: _oddness(start, name) for name in dict.fromkeys(candidates)}
    chosen = min(scores, key=lambda name: (scores[name], list(scores).index(name)))
    return chosen, f"encoding {chosen}: its letters, quotes and dashes stand where a language puts them"


def _oddness(raw: bytes, encoding: str) -> float:
    """Count signs out of place; a curly quote between letters, or an accented letter within small ones, is where it belongs."""
    try:
        words = raw.decode(encoding)
    except UnicodeDecodeError:
        return 1e9
    odd = len(re.findall(r"[\x80-\x9f¤¦¨¬¯´¸†‡‰šžŸ¢Ââˇ˛˘˝√∂∆◊ﬁﬂ]|[─-▟]", words))
    odd += len(re.findall(r"(?<=[a-z])[À-ÖØ-Þ](?=[a-z]|\b)", words)) + len(
        re.findall(r"(?<=[A-Za-z])[^\w\s\x20-\x7e’‘“”–—…€£°§²³](?=[A-Za-z])", words)
    )
    fitting = len(re.findall(r"(?<=[a-z])’(?=[a-z])|[“”‘]|(?<=\w)[–—](?=\w)|[äöüßéèêëàâçñóíáúùôîïåæøÄÖÜÉ€]", words))
    return odd - 0.5 * fitting


def _separator(item: Item, encoding: str) -> str:
    """Choose the sign that parts most rows into the same number of cells; white space where no sign does."""
    best, chosen = 0.0, ","
    for sign in SEPARATORS:
        widths = Counter(len(row) for row in grid(item, LOOKED_AT, encoding=encoding, separator=sign) if any(cell.strip() for cell in row))
        width, rows = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]), default=(1, 0))
        score = rows / max(1, sum(widths.values())) * min(width - 1, 8) ** 0.5 if width > 1 else 0.0
        if score > best + 1e-9:
            best, chosen = score, sign
    if best < 0.5:
        widths = Counter(len(row) for row in grid(item, LOOKED_AT, encoding=encoding, separator="whitespace") if row)
        width, rows = max(widths.items(), key=lambda pair: pair[1], default=(1, 0))
        if width >= 3 and rows >= 0.9 * sum(widths.values()):
            return "whitespace"
    return chosen


def _header(rows: list[list[str]]) -> tuple[int, int]:
    """Give the place of the header and how many rows it takes; -1 where there is none."""
    scores = {place: _header_score(rows, place) for place in range(min(30, len(rows)))}
    best = max(scores, key=lambda place: scores[place])
    if scores[best] < 0:
        return -1, 1
    above = rows[best - 1] if best else []
    labels = [cell for cell in above if cell]
    spread = 2 <= len(labels) < len([cell for cell in rows[best] if cell]) and all(_label(cell) or PERIOD.match(cell) for cell in labels)
    if spread and len(set(labels)) == len(labels) and not any(cell.startswith("#") for cell in labels) and above.count("") >= 1:
        return best - 1, 2
    return best, 1


def _header_score(rows: list[list[str]], place: int) -> float:
    """Weigh a row as a header: labels in every column, each once, over a body that is written otherwise."""
    cells = rows[place]
    filled = [cell for cell in cells if cell]
    body = [row for row in rows[place + 1 : place + 31] if any(row)]
    widths = sorted(sum(bool(cell) for cell in row) for row in body) or [len(filled)]
    usual = widths[len(widths) // 2]
    if not filled or len(filled) < 0.6 * usual or cells[0].startswith("#") or (len(filled) == 1 and usual > 1):
        return -5.0
    label = sum(_label(cell) or bool(PERIOD.match(cell)) for cell in filled) / len(filled)
    if label < 0.8 or all(PERIOD.match(cell) for cell in filled):
        return -4.0
    typed = contrast = 0
    for column in range(len(cells)):
        below = [row[column] for row in body if column < len(row) and row[column]]
        values = sum(not _label(cell) for cell in below)
        if below and values > 0.6 * len(below):
            typed += 1
            contrast += bool(cells[column]) and _label(cells[column])
    known = sum(bool(canonical(cell) & HEADER_WORDS) for cell in filled) / len(filled)
    unlike = sum(cell not in {row[c] for row in body for c in range(min(len(row), len(cells))) if cells[c] == cell} for cell in filled)
    score = 2 * label + (contrast / typed if typed else 0.0) + known + 0.5 * unlike / len(filled)
    score += 0.5 * min(1.0, len(filled) / max(usual, 1)) - 0.5 * (len(set(filled)) < len(filled)) - (0.04 if typed else 0.6) * place
    return score - 1.5


HEADER_WORDS = word_set("header_words")


def _label(cell: str) -> bool:
    return not NUMBER.match(cell) and not DATE.match(cell) and len(cell) < 400


def _joined(rows: list[list[str]]) -> tuple[str, ...]:
    """Join a header over two rows; a label over merged cells holds for the cells to its right."""
    if len(rows) == 1:
        return tuple(rows[0])
    width = max(len(row) for row in rows)
    top, bottom = ([*row, *[""] * (width - len(row))] for row in rows)
    for place in range(1, width):
        top[place] = top[place] or top[place - 1]
    return tuple(f"{over} {under}".strip() if under else "" for over, under in zip(top, bottom, strict=True))


def _totals(rows: list[list[str]]) -> tuple[str, ...]:
    """Labels of rows that add others up."""
    firsts = (next((cell for cell in row if cell), "") for row in rows)
    return tuple(dict.fromkeys(cell for cell in firsts if cell.casefold().strip(" :") in TOTALS))
