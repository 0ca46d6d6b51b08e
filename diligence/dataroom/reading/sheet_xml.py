"""What a fast reader of workbooks does not tell: formulas, error values, and the year from which dates count."""

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

CELL = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3})(\d+)")([^>]*)>\s*'
    rb"(<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?\s*"
    rb"(?:<(?:\w+:)?v\b[^>/]*>([^<]+)<)?"
)
CHUNK = 1 << 22
TAIL = 40_000
"""A formula has at most 8,192 signs; a cell with it is never longer than this."""


@dataclass(frozen=True)
class SheetXml:
    """Cells by row (from 1) and column (from 0): formulas with whether a value is stored, and error values."""

    epoch: str = "1900"
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def sheet_xml(file: Path, sheet: str) -> SheetXml:
    """Scan the XML of a sheet; an old workbook (.xls) has none, and stores values and errors only as the reader gives them."""
    if not zipfile.is_zipfile(file):
        return SheetXml()
    with zipfile.ZipFile(file) as packed:
        book = packed.read("xl/workbook.xml")
        epoch = "1904" if re.search(rb'date1904="(1|true)"', book) else "1900"
        part = _part(packed, book, sheet)
        found = SheetXml(epoch)
        if part is None:
            return found
        kept = b""
        with packed.open(part) as stream:
            while chunk := stream.read(CHUNK):
                _scan(kept + chunk, found)
                kept = (kept + chunk)[-TAIL:]
        return found


def _scan(text: bytes, found: SheetXml) -> None:
    """Look closer only where a sheet holds such cells at all; a cell on the joint is seen twice, and counts once."""
    if not re.search(rb"<(?:\w+:)?f[ />]|\bt=\"e\"", text):
        return
    for cell in CELL.finditer(text):
        letters, digits, attributes, formula, value = cell.groups()
        at = int(digits), column_of(letters.decode())
        if formula:
            found.formulas[at] = found.formulas.get(at, False) or value is not None
        if value is not None and b't="e"' in attributes:
            found.errors[at] = value.decode("utf-8", "replace")


def _part(packed: zipfile.ZipFile, book: bytes, sheet: str) -> str | None:
    """Follow a sheet's name to its part of the workbook."""
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat of this Python expands no entities without bound
    targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
    for entry in ElementTree.fromstring(book).iter():  # noqa: S314
        if entry.tag.endswith("}sheet") and entry.get("name") == sheet:
            identity = next((value for key, value in entry.attrib.items() if key.endswith("}id")), None)
            target = targets.get(identity, "").lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            return part if part in packed.namelist() else None
    return None


def column_of(letters: str) -> int:
    """Give a column's place, from 0.

    >>> column_of("A"), column_of("AA")
    (0, 26)
    """
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return place - 1
