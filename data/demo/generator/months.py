"""The demo's time: month 0 is July 2021, month 59 is June 2026, the last month before the as-of date."""

from datetime import date, timedelta

MONTHS = 60
AS_OF = date(2026, 6, 30)
HISTORY_START = date(2021, 7, 1)
DAY = timedelta(days=1)


def first_day(month: int) -> date:
    """First day of a month index; an index may be negative (before the history) or beyond the as-of date."""
    number = 2021 * 12 + 6 + month
    return date(number // 12, number % 12 + 1, 1)


def last_day(month: int) -> date:
    """Last day of a month index."""
    return first_day(month + 1) - DAY


def label(month: int) -> str:
    """A month index as in 2026-06."""
    return first_day(month).strftime("%Y-%m")


def index_of(day: date) -> int:
    """Month index of a day."""
    return (day.year - 2021) * 12 + day.month - 7


def quarter(month: int) -> str:
    """Calendar quarter of a month index, as in 2025Q3."""
    day = first_day(month)
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def fiscal_year(month: int) -> int:
    """The fiscal year ends in June and is named by the year in which it ends."""
    return 2022 + month // 12
