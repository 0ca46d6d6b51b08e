"""The request list as a workbook ready to send: a cover, what is asked for in its order, and a sheet for each table with an example row."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from diligence.dataroom.schema import Column, Table, tables
from diligence.errors import InputError, Problem

CREATED = datetime(2000, 1, 1)
"""The workbook's own date: the same requests give the same bytes."""

A4, LISTED = 9, "Requests"
LIST_WIDTHS = {
    "rank": 6, "kind": 10, "table": 16, "columns": 46, "why": 62, "period": 22, "format": 40, "sent": 14, "remarks": 30,
}  # fmt: skip
"""What the company sees. Which facts and rules a request opens is ours, and stands in requests.csv."""

LIST_TITLES = {"rank": "No.", "sent": "Sent on", "remarks": "Remarks of the company"}
SHEET_LABELS = ("Column", "Required", "Type", "Unit", "Allowed values", "Description", "Example")
TYPES = {
    "string": "text", "date": "date, YYYY-MM-DD", "month": "month, YYYY-MM", "datetime": "date and time, YYYY-MM-DD hh:mm:ss",
    "decimal": "number", "integer": "whole number", "boolean": "yes or no", "any": "any",
}  # fmt: skip


@cache
def example_rows() -> dict[str, dict[str, str]]:
    """Give an invented row of each table, as the file beside this one has them.

    >>> example_rows()["fx"]
    {'month': '2025-03', 'currency': 'USD', 'rate': '0.925'}
    """
    return dict(tomllib.loads((files("diligence.reports") / "request_examples.toml").read_text(encoding="utf-8")))


def write_request_list(asked: pd.DataFrame, file: Path, *, target: str, as_of: str, currency: str) -> None:
    """Write the request list as a workbook: the same requests, the same bytes; no formulas.

    Parameters
    ----------
    asked
        As :func:`diligence.facts.requests.requests` gives it.
    target, as_of, currency
        Of whom, as of when, and in which currency amounts are expected; blank where not yet known.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    # text stays text: no cell of a data room becomes a formula, a link or a number
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(file), plain)
    book.set_properties({"title": "Request list", "subject": target, "created": CREATED})
    styles = _styles(book)
    _cover(book.add_worksheet("Read first"), styles, asked, target, as_of, currency)
    _list(book.add_worksheet(LISTED), styles, asked)
    for name in dict.fromkeys(asked.loc[asked["kind"].isin(["table", "columns"]), "table"]):
        columns = set(asked.loc[asked["table"] == name, "columns"].iloc[0].split(", "))
        _table(book.add_worksheet(name), styles, tables()[name], columns)
    try:
        book.close()
    except (FileCreateError, OSError):
        do = "name a file in a folder that is there, and close it where it is open"
        raise InputError(Problem("a file that can be written to", f"'{file}'", do, key="--requests")) from None


def _styles(book: Any) -> dict[str, Any]:
    cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D0D0D0"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "head": book.add_format({**cell, "bold": True, "bg_color": "#E8ECF1"}),
        "cell": book.add_format(cell),
        "label": book.add_format({"bold": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "example": book.add_format({**cell, "italic": True, "font_color": "#555555"}),
    }


def _printed(sheet: Any, *, repeat: int | None = None) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&LConfidential&C&A&RPage &P of &N")
    sheet.hide_gridlines(2)
    if repeat is not None:
        sheet.repeat_rows(repeat)


def _cover(sheet: Any, styles: dict[str, Any], asked: pd.DataFrame, target: str, as_of: str, currency: str) -> None:
    kinds = asked["kind"].value_counts()
    counted = [f"{kinds[kind]} {words}" for kind, words in KINDS.items() if kind in kinds]
    lines = [
        ("For", f"{target or 'The company'}: whoever holds the exports named in each request"),
        ("About", "Commercial due diligence: the records that would widen its evidence, in the order of what they would tell"),
        ("As of", f"{as_of or 'The date of the export; please name it'}. Records up to that date, as they stood; later corrections apart"),
        ("Amounts", f"Net of tax, in {currency}" if currency else "Net of tax, in one currency, or with the currency of each row"),
        ("What", f"{', '.join(counted)}: see '{LISTED}'; one sheet a table shows its columns, what is required and an invented example"),
        ("How", "Exports as the system gives them (CSV, Excel or Parquet), one file a table, all rows. Your own column names will do"),
        (
            "Keep",
            "Ids as they are, also those of closed and merged customers; leading zeros; cancelled and credited rows; blanks as blanks",
        ),
        ("Leave out", "Names, addresses and telephone numbers of private persons: ids are enough. Totals and subtotals"),
        ("Send", "Into the data room, never by mail. Put the date into 'Sent on'; where something is not kept, say so under 'Remarks'"),
        ("Confidential", "This list and what is sent in answer to it are subject to the confidentiality agreement of the transaction"),
        ("Examples", "Every example row is invented"),
    ]
    _printed(sheet)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, f"Request list{f': {target}' if target else ''}", styles["title"])
    for place, (label, words) in enumerate(lines, start=2):
        sheet.write_string(place, 0, label, styles["label"])
        sheet.write_string(place, 1, words, styles["text"])


KINDS = {"table": "tables", "columns": "tables with columns lacking", "rows": "sets of rows", "question": "questions"}


def _list(sheet: Any, styles: dict[str, Any], asked: pd.DataFrame) -> None:
    titles = [LIST_TITLES.get(column, column.capitalize()) for column in LIST_WIDTHS]
    body = [[row.get(column, "") for column in LIST_WIDTHS] for row in asked.to_dict("records")]
    _grid(sheet, styles, titles, body, list(LIST_WIDTHS.values()))
    sheet.autofilter(0, 0, max(len(body), 1), len(titles) - 1)


def _table(sheet: Any, styles: dict[str, Any], table: Table, asked: set[str]) -> None:
    """Show the columns asked for, one a row, and below them the example as the export would have it."""
    body = list(_columns(table, asked))
    _grid(sheet, styles, SHEET_LABELS, [row for _, row in body], [26, 10, 26, 16, 34, 60, 28])
    example = [(name, value) for name, value in example_rows()[table.name].items() if name in asked or name not in table.names]
    start = len(body) + 3
    sheet.write_string(start - 1, 0, "As a file it looks like this (invented):", styles["label"])
    for place, (name, value) in enumerate(example):
        sheet.write_string(start, place, name, styles["head"])
        sheet.write_string(start + 1, place, value, styles["example"])


def _columns(table: Table, asked: set[str]) -> Iterator[tuple[Column, list[str]]]:
    example = example_rows()[table.name]
    for column in table.columns:
        if column.name == "*":
            others = [name for name in example if name not in table.names]
            yield (
                column,
                ["further columns", "no", "any", "", "", column.description, ", ".join(f"{name}: {example[name]}" for name in others)],
            )
        elif column.name in asked:
            allowed = column.allowed.replace("|", ", ").replace("..", " to ")
            points_to = f"Points to {column.key}. " if "." in column.key else "Identifies the row. " if column.key else ""
            told = f"{points_to}{column.description}".strip()
            yield (
                column,
                [column.name, "yes" if column.required else "no", TYPES[column.type], column.unit, allowed, told, example[column.name]],
            )


def _grid(sheet: Any, styles: dict[str, Any], titles: Sequence[str], body: Sequence[Sequence[Any]], widths: Sequence[int]) -> None:
    _printed(sheet, repeat=0)
    sheet.freeze_panes(1, 0)
    for place, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, styles["head"])
    for down, row in enumerate(body, start=1):
        for across, cell in enumerate(row):
            write = sheet.write_number if isinstance(cell, int) else sheet.write_string
            write(down, across, cell if isinstance(cell, int) else str(cell), styles["cell"])
