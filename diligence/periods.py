"""Months, fiscal years and trailing windows: the calendar of every metric.

A month is its first day (``datetime64``, no time zone). Arithmetic is done on the month index
``12 * year + month - 1``, a whole number, so that no month is ever longer than another.
"""

from calendar import monthrange
from datetime import date

import numpy as np
import pandas as pd


def month_index(month: date | pd.Timestamp) -> int:
    """Count months since year 0: ``12 * year + month - 1``.

    >>> month_index(date(2026, 6, 30))
    24317
    """
    return 12 * month.year + month.month - 1


def month_indices(months: pd.Series) -> np.ndarray:
    """Give the month index of each date of a series, as int64."""
    stamps = pd.DatetimeIndex(pd.to_datetime(months))
    if stamps.tz is None and not stamps.hasnans:
        return stamps.to_numpy().astype("datetime64[M]").astype("int64") + 12 * 1970
    return 12 * stamps.year.to_numpy(dtype="int64") + stamps.month.to_numpy(dtype="int64") - 1


def month_start(index: int) -> pd.Timestamp:
    """Give the first day of the month with this index.

    >>> month_start(24317)
    Timestamp('2026-06-01 00:00:00')
    """
    return pd.Timestamp(year=index // 12, month=index % 12 + 1, day=1)


def month_starts(indices: np.ndarray) -> pd.DatetimeIndex:
    """Give the first days of many months at once."""
    values = np.asarray(indices, dtype="int64")
    return pd.DatetimeIndex((values - 1970 * 12).astype("datetime64[M]").astype("datetime64[s]"))


def last_complete_month(as_of: date) -> pd.Timestamp:
    """Give the last month that the as-of date covers whole.

    >>> last_complete_month(date(2011, 12, 9))
    Timestamp('2011-11-01 00:00:00')
    """
    whole = as_of.day == monthrange(as_of.year, as_of.month)[1]
    return month_start(month_index(as_of) - (0 if whole else 1))


def add_months(month: pd.Timestamp, months: int) -> pd.Timestamp:
    """Move a month start by whole months."""
    return month_start(month_index(month) + months)


def month_label(month: pd.Timestamp) -> str:
    """Write a month as in the facts table, ``2026-06``."""
    return f"{month.year:04d}-{month.month:02d}"


def window_label(end: pd.Timestamp, months: int) -> str:
    """Write the window of months that ends with ``end``.

    >>> window_label(pd.Timestamp("2026-06-01"), 12)
    '2025-07..2026-06'
    """
    if months == 1:
        return month_label(end)
    return f"{month_label(add_months(end, 1 - months))}..{month_label(end)}"


def months_in(label: str) -> int | None:
    """Count the months of a period as :func:`window_label` writes it; None for anything else.

    >>> months_in("2025-07..2026-06"), months_in("2026-06"), months_in("as of 2026-06-30")
    (12, 1, None)
    """
    start, _, end = label.partition("..")
    try:
        first, last = date.fromisoformat(f"{start}-01"), date.fromisoformat(f"{end or start}-01")
    except ValueError:
        return None
    return month_index(last) - month_index(first) + 1


def fiscal_year(month: pd.Timestamp, fiscal_year_end_month: int) -> int:
    """Name the fiscal year by the calendar year in which it ends.

    >>> fiscal_year(pd.Timestamp("2025-07-01"), 6)
    2026
    """
    return month.year + (1 if month.month > fiscal_year_end_month else 0)


def quarter_label(month: pd.Timestamp) -> str:
    """Write the calendar quarter of a month, ``2026Q2``."""
    return f"{month.year:04d}Q{(month.month - 1) // 3 + 1}"
