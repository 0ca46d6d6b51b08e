"""The governed data model: 33 tables, their columns, keys, units and allowed values, kept as data beside this file."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

UNIDENTIFIED = "(unidentified)"
"""The customer of revenue that names none."""

CORE = ("revenue", "customers", "products", "contracts", "opportunities", "leads", "spend", "reps", "market", "ledger")


@dataclass(frozen=True)
class Column:
    """One governed column. ``as_of`` says what the as-of date does: ``row`` cuts the row, ``mask`` blanks the value."""

    name: str
    type: str
    required: bool
    key: str
    allowed: str
    unit: str
    as_of: str
    description: str

    @property
    def choices(self) -> tuple[str, ...]:
        """Allowed words, or none where any value may stand."""
        return tuple(self.allowed.split("|")) if "|" in self.allowed else ()

    @property
    def bounds(self) -> tuple[int, int] | None:
        """Allowed range of whole numbers, written ``0..10``."""
        low, dots, high = self.allowed.partition("..")
        return (int(low), int(high)) if dots else None


@dataclass(frozen=True)
class Table:
    """One governed table."""

    name: str
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        """Give a column by its name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, without the wildcard that ``choices`` has."""
        return tuple(column.name for column in self.columns if column.name != "*")

    @property
    def primary(self) -> str | None:
        """The column that identifies a row, if there is one."""
        return next((column.name for column in self.columns if column.key == "primary"), None)

    @property
    def row_date(self) -> Column | None:
        """The column that says when a row came to be."""
        return next((column for column in self.columns if column.as_of == "row"), None)

    @property
    def open(self) -> bool:
        """Whether columns beyond the governed ones are kept (attributes of an alternative)."""
        return any(column.name == "*" for column in self.columns)


@cache
def tables() -> dict[str, Table]:
    """Give all governed tables by name, in alphabetical order."""
    folder = files("diligence.dataroom") / "schema"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.name.endswith(".csv"):
            rows = csv.DictReader(entry.read_text(encoding="utf-8").splitlines())
            columns = tuple(
                Column(r["column"], r["type"], r["required"] == "yes", r["key"], r["allowed"], r["unit"], r["as_of"], r["description"])
                for r in rows
            )
            found[entry.name.removesuffix(".csv")] = Table(entry.name.removesuffix(".csv"), columns)
    return found
