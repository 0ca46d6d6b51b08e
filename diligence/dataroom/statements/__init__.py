"""The reduction as statements of DuckDB, kept as text beside this file: intake need not load and compile the expressions again.

The expressions of :mod:`diligence.dataroom.reduction` stay the one source, for this engine and for others; ``make statements`` writes
the texts from them, and a test holds that they are the same.
"""

from functools import cache
from importlib.resources import files

LINES, MONTHS, MONTHLY = "lines_here", "months_here", "monthly_here"
LINE = {
    **dict.fromkeys(("customer_id", "account_id", "product_id", "kind", "currency", "source_file"), "string"),
    **dict.fromkeys(("month_index", "ticks", "local_ticks", "first_day", "last_day", "source_row"), "int64"),
    "quantity": "decimal(18, 4)",
    "date": "date",
}
RATES = {"rate_ticks": "int64", "local_rate_ticks": "int64", "rate_quantity": "decimal(18, 4)"}
CALENDAR = dict.fromkeys(("month_index", "month_first", "month_last"), "int64")
FORMS = ("monthly_lines", "cube")


def monthly_lines(lines: str, months: str = "calendar") -> str:
    """Give the statement that spreads a table of lines over the months of a calendar; both names are our own words.

    Examples
    --------
    >>> 'FROM "booked"' in monthly_lines("booked")
    True
    """
    return _text("monthly_lines").replace(LINES, lines).replace(MONTHS, months)


def cube(lines: str, months: str = "calendar") -> str:
    """Give the statement that reduces a table of lines to the cube."""
    return _text("cube").replace(f'"{MONTHLY}"', f"({monthly_lines(lines, months)})")


@cache
def _text(form: str) -> str:
    return (files("diligence.dataroom.statements") / f"{form}.sql").read_text(encoding="utf-8")


def compiled(form: str, dialect: str = "duckdb") -> str:
    """Write a form from the expressions, for an engine."""
    import ibis

    from diligence.dataroom import reduction

    if form == "cube":
        made = reduction.cube(ibis.table(LINE | RATES, name=MONTHLY))
    else:
        made = reduction.monthly_lines(ibis.table(LINE, name=LINES), ibis.table(CALENDAR, name=MONTHS))
    return f"{ibis.to_sql(made, dialect=dialect)}\n"
