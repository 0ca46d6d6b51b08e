"""Months, fiscal years and windows; expected values by the calendar."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence import periods

INDICES = st.integers(min_value=12 * 1900, max_value=12 * 2200)


@pytest.mark.parametrize(
    ("as_of", "month"),
    [
        (date(2026, 6, 30), "2026-06"),
        (date(2026, 6, 29), "2026-05"),
        (date(2026, 1, 30), "2025-12"),
        (date(2024, 2, 29), "2024-02"),
        (date(2024, 2, 28), "2024-01"),
        (date(2025, 2, 28), "2025-02"),
        (date(1900, 2, 28), "1900-02"),
        (date(2011, 12, 9), "2011-11"),
        (date(2025, 12, 31), "2025-12"),
    ],
)
def test_last_complete_month(as_of: date, month: str) -> None:
    assert periods.month_label(periods.last_complete_month(as_of)) == month


@pytest.mark.parametrize(
    ("month", "close", "year"),
    [
        ("2025-06", 6, 2025),
        ("2025-07", 6, 2026),
        ("2026-06", 6, 2026),
        ("2025-12", 12, 2025),
        ("2025-01", 12, 2025),
        ("2025-01", 1, 2025),
        ("2025-02", 1, 2026),
        ("2025-03", 3, 2025),
        ("2025-04", 3, 2026),
    ],
)
def test_fiscal_year_is_named_by_the_year_in_which_it_ends(month: str, close: int, year: int) -> None:
    assert periods.fiscal_year(pd.Timestamp(f"{month}-01"), close) == year


@pytest.mark.parametrize("close", range(1, 13))
def test_a_fiscal_year_has_twelve_months_and_closes_in_its_month(close: int) -> None:
    months = pd.date_range("2020-01-01", "2029-12-01", freq="MS")
    years = pd.Series([periods.fiscal_year(month, close) for month in months], index=months)
    whole = years.value_counts().loc[2021:2028]
    assert (whole == 12).all()
    assert {month.month for month, following in pairwise(months) if years[month] != years[following]} == {close}


@given(INDICES)
def test_index_and_month_start_are_inverse(index: int) -> None:
    month = periods.month_start(index)
    assert month.day == 1
    assert periods.month_index(month) == index
    assert periods.month_starts(np.array([index]))[0] == month
    assert periods.month_indices(pd.Series([month + pd.Timedelta(days=27)])).tolist() == [index]


@given(INDICES, st.integers(-240, 240))
def test_adding_months_is_exact_and_undone(index: int, months: int) -> None:
    month = periods.month_start(index)
    there = periods.add_months(month, months)
    assert periods.month_index(there) - index == months
    assert periods.add_months(there, -months) == month


def test_every_month_is_one_step_from_the_next() -> None:
    days = pd.Series(pd.date_range("1999-12-01", "2004-03-31", freq="D"))
    assert set(np.diff(periods.month_indices(days))) == {0, 1}


@pytest.mark.parametrize(
    ("end", "months", "label"),
    [
        ("2026-06", 12, "2025-07..2026-06"),
        ("2026-06", 1, "2026-06"),
        ("2026-01", 2, "2025-12..2026-01"),
        ("2026-06", 36, "2023-07..2026-06"),
    ],
)
def test_window_label(end: str, months: int, label: str) -> None:
    assert periods.window_label(pd.Timestamp(f"{end}-01"), months) == label


@pytest.mark.parametrize(("month", "label"), [("2026-01", "2026Q1"), ("2026-03", "2026Q1"), ("2026-04", "2026Q2"), ("2026-12", "2026Q4")])
def test_quarter_label(month: str, label: str) -> None:
    assert periods.quarter_label(pd.Timestamp(f"{month}-15")) == label
