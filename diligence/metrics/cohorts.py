"""Cohorts: what became of the customers who came together. A period that nobody has lived through yet is blank, never zero."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import TICKS, codes, need, ticks
from diligence.periods import month_index, month_indices

BEFORE = "before"


def cohorts(
    cube: pd.DataFrame, end: pd.Timestamp, *, window: int = 1, cohort_months: int = 12, year_end_month: int = 12, step: int = 3
) -> pd.DataFrame:
    """Follow each cohort's money and logos by age.

    An account joins the cohort of its first month; those already there in the first month of the data are the cohort ``before``.
    Age counts months from the account's own base: the first whole month after it came (contract), or its first twelve months
    (repeat purchase). ``value = sum(measure at age) / sum(measure at base)``, ``logos = accounts above zero / accounts``. A cell is
    shown only where every account of the cohort has reached that age.

    Parameters
    ----------
    cube
        ``account_id, month, amount``.
    end
        Last whole month.
    window
        1 under contract, 12 for repeat purchase; the measure is the sum over it.
    cohort_months
        12 for fiscal years, 3 for calendar quarters.
    year_end_month
        Last month of the fiscal year.
    step
        Months between two ages; for repeat purchase twelve at the least.

    Returns
    -------
    DataFrame
        ``cohort, age`` (months), ``value, logos`` (fractions), ``amount, base`` (currency over the window), ``n`` (accounts).

    Examples
    --------
    >>> months = pd.date_range("2025-01-01", "2025-12-01", freq="MS")
    >>> cube = pd.DataFrame({"account_id": "a", "month": months, "amount": 10.0})
    >>> late = pd.DataFrame({"account_id": "b", "month": months[4:], "amount": [5.0, 10, 10, 10, 10, 5, 5, 5]})
    >>> found = cohorts(pd.concat([cube, late]), months[-1])
    >>> found.loc[(found["cohort"] == "FY2025") & (found["age"] == 6), "value"].tolist()
    [0.5]
    """
    need(cube, "account_id", "month", "amount")
    cube = cube[month_indices(cube["month"]) <= month_index(end)]
    if cube.empty:
        return pd.DataFrame(columns=["cohort", "age", "value", "logos", "amount", "base", "n"])
    values, joined, first = _matrix(cube, month_index(end), window)
    columns = np.arange(first, month_index(end) + 1)
    base = joined + (1 if window == 1 else window - 1)
    named = {month: _label(month, first, cohort_months, year_end_month) for month in np.unique(joined).tolist()}
    labels = np.array([named[month] for month in joined.tolist()])
    base[labels == BEFORE] = first + window - 1
    step = max(step, window)
    rows = []
    for label in sorted(set(labels), key=lambda text: (text != BEFORE, text)):
        rows += _cohort(str(label), values[labels == label], base[labels == label], columns, step, window)
    return pd.DataFrame(rows, columns=["cohort", "age", "value", "logos", "amount", "base", "n"])


def _matrix(cube: pd.DataFrame, last: int, window: int) -> tuple[np.ndarray, np.ndarray, int]:
    """The measure of each account (row) at each month (column), each account's first month with revenue, and the first of all months."""
    months, (place, count) = month_indices(cube["month"]), codes(cube["account_id"])
    known, first = place >= 0, int(months.min())
    sums = np.zeros((count, last - first + 1), dtype="int64")
    np.add.at(sums, (place[known], months[known] - first), ticks(cube["amount"])[known])
    running = sums.cumsum(axis=1)
    running[:, window:] -= running[:, :-window].copy()
    paid = known & (cube["amount"].to_numpy() > 0)
    joined = np.full(count, last + 1)
    np.minimum.at(joined, place[paid], months[paid])
    joined[joined > last] = first
    there = np.unique(place[known])
    return running[there], joined[there], first


def _label(first: int, start: int, cohort_months: int, year_end_month: int) -> str:
    if first <= start:
        return BEFORE
    year, month = divmod(first, 12)
    if cohort_months == 3:
        return f"{year}Q{month // 3 + 1}"
    return f"FY{year + (1 if month + 1 > year_end_month else 0)}"


def _cohort(label: str, values: np.ndarray, base: np.ndarray, columns: np.ndarray, step: int, window: int) -> list[tuple]:
    at = base - columns[0]
    within = at < values.shape[1]
    if not within.all() or len(values) == 0:
        return [(label, 0, np.nan, np.nan, np.nan, np.nan, len(values))]
    rows = np.arange(len(values))
    start = values[rows, at]
    found = []
    for age in range(0, int(values.shape[1] - at.min()), step):
        seen = at + age < values.shape[1]
        if not seen.all():
            found.append((label, age, np.nan, np.nan, np.nan, float(start.sum()) / TICKS, len(values)))
            continue
        now = values[rows, at + age]
        total = start.sum()
        value = float(now.sum()) / total if total > 0 else np.nan
        found.append((label, age, value, float((now > 0).mean()), float(now.sum()) / TICKS, float(total) / TICKS, len(values)))
    return found
