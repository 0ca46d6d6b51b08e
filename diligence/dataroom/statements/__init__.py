"""The reduction as statements of DuckDB, kept as text beside this file: intake need not load and compile the expressions again.

The expressions of :mod:`diligence.dataroom.reduction` stay the one source, for this engine and for others; ``make statements`` writes
the texts from them, and a test holds that they are the same.
"""

from functools import cache
from importlib.resources import files

LINES, MONTHS = "lines_here", "months_here"
COLUMNS = {
    **dict.fromkeys(("customer_id", "account_id", "product_id", "kind", "currency", "source_file"), "string"),
    **dict.fromkeys(("month_index", "ticks", "local_ticks", "first_day", "last_day", "source_row"), "int64"),
    "quantity": "decimal(18, 4)",
    "date": "date",
    "repair": "string",
}
CALENDAR = dict.fromkeys(("month_index", "month_first", "month_last"), "int64")
FORMS: dict[str, tuple[str, ...] | None] = {
    "cube": None,
    "monthly_lines": (),
    "monthly_lines_dated": ("date",),
    "monthly_lines_left_out": ("date", "repair"),
}
"""Each form, with the further columns that its monthly lines keep; the cube has none."""


def statement(form: str, lines: str, months: str = "calendar") -> str:
    """Give the reduction of a table of lines over a calendar as a statement.

    Parameters
    ----------
    form
        One of :data:`FORMS`.
    lines, months
        Names of the tables, our own words.

    Examples
    --------
    >>> "FROM \\"booked\\"" in statement("cube", "booked")
    True
    """
    return _text(form).replace(LINES, lines).replace(MONTHS, months)


@cache
def _text(form: str) -> str:
    return (files("diligence.dataroom.statements") / f"{form}.sql").read_text(encoding="utf-8")


def compiled(form: str, dialect: str = "duckdb") -> str:
    """Write a form from the expressions, for an engine."""
    import ibis

    from diligence.dataroom import reduction

    kept = FORMS[form] or ()
    columns = {name: kind for name, kind in COLUMNS.items() if name not in ("date", "repair") or name in kept}
    tables = ibis.table(columns, name=LINES), ibis.table(CALENDAR, name=MONTHS)
    made = reduction.cube(*tables) if FORMS[form] is None else reduction.monthly_lines(*tables, also=kept)
    return f"{ibis.to_sql(made, dialect=dialect)}\n"
