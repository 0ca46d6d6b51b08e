"""Columns that read otherwise in the new drop because the deal file changed, not because the target did."""

from typing import Any

from diligence.dataroom.schema import Column, Table
from diligence.deal import Deal, TableSource

BY_COLUMN = ("columns", "values", "constants", "multiply", "scale", "subtract", "pad")
"""Settings of a table's entry that speak of one column, each by its name."""

BY_TYPE = {"date_format": ("date", "month", "datetime"), "decimal": ("decimal",), "thousands": ("decimal",)}
"""Settings that speak of every column of a type."""

NOT_GIVEN = "not given"


def remapped_columns(table: Table, old: Deal, new: Deal, old_given: tuple[str, ...], new_given: tuple[str, ...]) -> dict[str, str]:
    """Give the columns of a table that the two drops read differently, each with what it read before and what it reads now.

    A column that only one of the drops has is such a column too: every row differs in it, and no row was restated.
    """
    before, after = (deal.room.tables.get(table.name, TableSource()) for deal in (old, new))
    preset = old.room.preset != new.room.preset and table.name not in {**old.room.tables, **new.room.tables}
    told = {}
    for column in table.columns:
        had, has = column.name in old_given, column.name in new_given
        if had and has:
            one, other = _reading(before, column), _reading(after, column)
            if preset:
                one, other = {"preset": old.room.preset}, {"preset": new.room.preset}
            if one != other:
                told[column.name] = _words(one, other)
        elif had or has:
            told[column.name] = f"{'given' if had else NOT_GIVEN} -> {'given' if has else NOT_GIVEN}"
    return told


def _reading(entry: TableSource, column: Column) -> dict[str, Any]:
    """Give what the entry says of one column."""
    said: dict[str, Any] = {setting: getattr(entry, setting).get(column.name) for setting in BY_COLUMN}
    said["negate"] = column.name in entry.negate or None
    said |= {setting: getattr(entry, setting) for setting, types in BY_TYPE.items() if column.type in types}
    if entry.unpivot is not None and column.name in (entry.unpivot.name, entry.unpivot.value):
        said["unpivot"] = entry.unpivot.model_dump()
    return said


def _words(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Tell the settings that differ, before and after."""
    differ = [setting for setting in {**old, **new} if old.get(setting) != new.get(setting)]
    return "; ".join(f"{setting} {_plain(old.get(setting))} -> {_plain(new.get(setting))}" for setting in differ)


def _plain(value: Any) -> str:
    if value in (None, "", [], {}):
        return "(none)"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {one}" for key, one in value.items())
    return " x ".join(value) if isinstance(value, list) else str(value)
