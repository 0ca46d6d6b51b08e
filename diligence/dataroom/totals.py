"""Rows that add up other rows: totals and subtotals that a report prints below its lines, which would count everything twice."""

from diligence.dataroom.engine import name, text
from diligence.dataroom.schema import Column, Table

WORDS = (
    "total", "totals", "grand total", "grand totals", "subtotal", "subtotals", "sub-total", "sub total", "sum", "overall total",
    "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "zwischensumme", "insgesamt", "ergebnis",
    "totaal", "eindtotaal", "subtotaal", "somme", "total général", "total general", "sous-total", "sous total",
    "totale", "totale generale", "subtotale", "suma", "total geral", "soma", "razem", "suma końcowa", "summa", "delsumma", "yhteensä",
    "i alt", "samlet", "totalt", "celkem", "összesen", "итого", "всего", "toplam", "合計", "総計", "小計", "合计", "总计",
)  # fmt: skip
PATTERN = f"(?:{'|'.join(word.replace('-', '[-]') for word in WORDS)})(?:\\s*\\(?(?:\\d{{2,4}}|[a-z]{{3}})\\)?)?\\s*[:.]?"
"""The word alone, or with a year or a currency: 'Total 2025:', 'Summe EUR'. 'Total Energies' is a customer."""


def reads_like_total(words: str) -> str:
    """Give the test that a cell holds a word for total; most cells begin with a digit and are passed over."""
    return f"(({words}) IS NOT NULL AND ascii({words}) NOT BETWEEN 48 AND 57 AND regexp_full_match(lower({words}), {text(PATTERN)}))"


def silent_test(table: Table, plan: dict[str, tuple[str, str]]) -> str:
    """Give a quick test that a row may be a total: no cell that would say when begins with a digit. Most tables have no such row."""
    dated = [plan[column.name][0] for column in _identity(table, plan) if column.type != "string"]
    return " AND ".join(f"(({words}) IS NULL OR ascii({words}) NOT BETWEEN 48 AND 57)" for words in dated) or "true"


def totals_test(table: Table, plan: dict[str, tuple[str, str]], cells: dict[str, str]) -> str:
    """Give the test that a row is a total: a cell says so, and the cells that would say whose and when are blank or say it too."""
    identity = _identity(table, plan)
    texts = [f"nullif(trim({name(cell)}), '')" for cell, kind in cells.items() if kind == "VARCHAR"]
    if not identity or not texts:
        return "false"
    silent = [f"(({plan[column.name][0]}) IS NULL OR {reads_like_total(plan[column.name][0])})" for column in identity]
    return f"({' AND '.join(silent)} AND ({' OR '.join(reads_like_total(words) for words in texts)}))"


def _identity(table: Table, plan: dict[str, tuple[str, str]]) -> list[Column]:
    """Give the columns that say whose and when, dates first.

    A table with one such column only (a list of customers) is asked for more: no other word or date of it may say anything,
    for a customer may be called Total.
    """
    given = [column for column in table.columns if column.name in plan and column.name != "*"]
    identity = [column for column in given if column.required and column.type != "decimal"]
    if len(identity) == 1:
        identity += [column for column in given if not column.required and column.type not in ("decimal", "integer")]
    return sorted(identity, key=lambda column: column.type == "string")
