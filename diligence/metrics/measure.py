"""The measure of recurring revenue: what an account is worth a year, at the end of a month.

Under contract it is the month's recurring revenue times twelve. For repeat purchase it is the revenue of the last twelve months.
Both are ``12 / window`` times the sum over ``window`` months (1 or 12). Money is counted in whole ticks (ten-thousandths of the
currency), so that sums are exact and an account at zero is at zero.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.errors import InputError, Problem, nearest
from diligence.periods import add_months, month_indices, month_starts

TICKS = 10_000


def need(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse a frame without the canonical columns, and say which was probably meant.

    Raises
    ------
    InputError
        With every column that lacks.

    Examples
    --------
    >>> need(pd.DataFrame(columns=["month", "amount"]), "amount", "month")
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        known = [str(column) for column in frame.columns]
        raise InputError(
            Problem(f"a column '{column}'", "none", nearest(column, known) + " Rename it", column=column) for column in missing
        )


def ticks(amount: pd.Series) -> np.ndarray:
    """Give money as whole ten-thousandths.

    >>> ticks(pd.Series([0.1, -2.00005])).tolist()
    [1000, -20000]
    """
    return np.rint(amount.to_numpy(dtype="float64") * TICKS).astype("int64")


def codes(key: pd.Series) -> tuple[np.ndarray, int]:
    """Number the values of a key in their order, from 0; give each row's number (-1 where it is blank) and how many values there are.

    >>> codes(pd.Series(["b", "a", "b"]))[0].tolist()
    [1, 0, 1]
    """
    if isinstance(key.dtype, pd.CategoricalDtype):
        return key.cat.codes.to_numpy().astype("int64"), max(len(key.cat.categories), 1)
    numbers, values = pd.factorize(key, sort=True)
    return numbers.astype("int64"), max(len(values), 1)


def joined(*keys: tuple[np.ndarray, int]) -> np.ndarray:
    """Join numbered keys into one whole number a row, ordered as the keys are in turn; see :func:`codes`.

    >>> joined((np.array([1, 0]), 2), (np.array([0, 4]), 5)).tolist()
    [5, 4]
    """
    whole, size = keys[0]
    for numbers, count in keys[1:]:
        if size > (2**62) // count:
            places, whole = np.unique(whole, return_inverse=True)
            size = max(len(places), 1)
        whole, size = whole * count + numbers, size * count
    return whole


def within(months: pd.Series, end: pd.Timestamp, window: int) -> np.ndarray:
    """Say which months lie in the window that ends with ``end``: ``end - window < month <= end``, counted in whole months.

    >>> within(pd.to_datetime(pd.Series(["2026-04-01", "2026-06-01"])), pd.Timestamp("2026-06-01"), 2).tolist()
    [False, True]
    """
    stamps = pd.to_datetime(months)
    return ((stamps >= add_months(end, 1 - window)) & (stamps < add_months(end, 1))).to_numpy()


def level(cube: pd.DataFrame, end: pd.Timestamp, keys: Sequence[str], *, window: int = 1) -> pd.DataFrame:
    """Give the measure of each key at the end of a month: ``keys`` and ``ticks`` (sum over the window, not annualised).

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "a"], "month": pd.to_datetime(["2026-05-01", "2026-06-01"]), "amount": [5.0, 7.0]})
    >>> level(cube, pd.Timestamp("2026-06-01"), ["account_id"])["ticks"].tolist()
    [70000]
    """
    need(cube, *keys, "month", "amount")
    inside = cube[within(cube["month"], end, window)]
    found = inside[list(keys)].assign(ticks=ticks(inside["amount"]))
    return found.groupby(list(keys), observed=True, sort=True)["ticks"].sum().reset_index()


def annualised(ticks_of_window: int | float, window: int) -> float:
    """Turn the ticks of a window into money a year: ``ticks * 12 / window / 10,000``.

    >>> annualised(70_000, 1)
    84.0
    """
    return float(ticks_of_window) * 12 / (window * TICKS)


def monthly_levels(cube: pd.DataFrame, column: str, *, window: int = 1, by: str | None = None) -> pd.DataFrame:
    """Sum a column of money over the window that ends with each month, ``sum(ticks of month - window + 1 .. month)``.

    Returns
    -------
    DataFrame
        Ticks: a row a month index from the first month to the last (months without revenue are zero), a column a value of ``by``.

    Examples
    --------
    >>> cube = pd.DataFrame({"month": pd.to_datetime(["2026-05-01", "2026-06-01"]), "amount": [10.0, 20.0]})
    >>> monthly_levels(cube, "amount", window=2)[""].tolist()
    [100000, 300000]
    """
    need(cube, "month", column, *([by] if by else []))
    if cube.empty:
        return pd.DataFrame()
    months = month_indices(cube["month"])
    names = cube[by].astype("str" if cube[by].dtype != "category" else "category") if by else pd.Series("", index=cube.index)
    place, count = codes(names) if by else (np.zeros(len(cube), dtype="int64"), 1)
    first, last = int(months.min()), int(months.max())
    sums = np.zeros((last - first + 1, count), dtype="int64")
    known = place >= 0
    np.add.at(sums, (months[known] - first, place[known]), ticks(cube[column])[known])
    labels = [str(name) for name in (names.cat.categories if names.dtype == "category" else np.sort(names.dropna().unique()))]
    wide = pd.DataFrame(sums, index=pd.RangeIndex(first, last + 1), columns=pd.Index(labels, dtype="str"))
    there = np.zeros(count, dtype="bool")
    there[np.unique(place[known])] = True
    wide = wide.loc[:, there].sort_index(axis=1)
    running = wide.cumsum()
    return running - running.shift(window, fill_value=0)


def recurring_revenue(cube: pd.DataFrame, *, window: int = 1, by: str | None = None) -> pd.DataFrame:
    """Give annualised recurring revenue at the end of each month.

    Month's recurring revenue x 12 under contract; last twelve months' revenue for repeat purchase. Months before the first whole
    window are left out, months without revenue are zero.

    Parameters
    ----------
    cube
        ``month`` and ``amount`` (currency a month), and ``by`` where given.
    window
        1 or 12 months.
    by
        A column to cut by.

    Returns
    -------
    DataFrame
        ``month``, ``by``, ``amount`` (currency a year).

    Examples
    --------
    >>> cube = pd.DataFrame({"month": pd.to_datetime(["2026-05-01", "2026-06-01"]), "amount": [10.0, 20.0]})
    >>> recurring_revenue(cube)["amount"].tolist()
    [120.0, 240.0]
    """
    need(cube, "month", "amount", *([by] if by else []))
    columns = ["month", *([by] if by else []), "amount"]
    if cube.empty:
        return pd.DataFrame({column: pd.Series(dtype="float64") for column in columns})
    rolled = monthly_levels(cube, "amount", window=window, by=by).iloc[window - 1 :]
    long = rolled.stack().rename("ticks").rename_axis(["m", "g"]).reset_index()
    long["month"] = month_starts(long["m"].to_numpy())
    long["amount"] = long["ticks"] * 12 / (window * TICKS)
    return long.rename(columns={"g": by or "g"})[columns]
