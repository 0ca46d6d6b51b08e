"""Month indices and days: month 0 is July 2026, the month after the as-of date."""

from datetime import date

import numpy as np
import pandas as pd

from benchmarks.planted.chance import Array
from benchmarks.planted.traits import MONTHS

AS_OF = date(2026, 6, 30)
OFFSET = (2026 - 1970) * 12 + 6


def starts(months: Array) -> Array:
    """First days."""
    return (np.asarray(months, dtype="int64") + OFFSET).astype("datetime64[M]").astype("datetime64[D]")


def days(months: Array, day: Array) -> Array:
    """The given day of the month, or its last."""
    last = starts(np.asarray(months) + 1) - 1
    return np.minimum(starts(months) + np.maximum(np.asarray(day, dtype="int64"), 1) - 1, last)


def month_of(when: Array) -> Array:
    """Month indices of days."""
    return np.asarray(when, dtype="datetime64[M]").astype("int64") - OFFSET


def label(month: int) -> str:
    """A month as text."""
    return str(np.datetime64(int(month) + OFFSET, "M"))


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the months that the room shows."""
    return table[table["month"] >= -MONTHS].reset_index(drop=True) if len(table) else table
