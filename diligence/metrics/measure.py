"""The measure of recurring revenue: what an account is worth a year, at the end of a month.

Under contract it is the month's recurring revenue times twelve. For repeat purchase it is the revenue of the last twelve months.
Both are ``12 / window`` times the sum over ``window`` months (1 or 12). Money is counted in whole ticks (ten-thousandths of the
currency), so that sums are exact and an account at zero is at zero.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.errors import InputError, Problem, nearest
from diligence.periods import month_index, month_indices, month_starts

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


def level(cube: pd.DataFrame, end: pd.Timestamp, keys: Sequence[str], *, window: int = 1) -> pd.DataFrame:
    """Give the measure of each key at the end of a month: ``keys`` and ``ticks`` (sum over the window, not annualised).

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "a"], "month": pd.to_datetime(["2026-05-01", "2026-06-01"]), "amount": [5.0, 7.0]})
    >>> level(cube, pd.Timestamp("2026-06-01"), ["account_id"])["ticks"].tolist()
    [70000]
    """
    need(cube, *keys, "month", "amount")
    months = month_indices(cube["month"])
    inside = cube[(months <= month_index(end)) & (months > month_index(end) - window)]
    found = inside[list(keys)].assign(ticks=ticks(inside["amount"]))
    return found.groupby(list(keys), observed=True, sort=True)["ticks"].sum().reset_index()


def annualised(ticks_of_window: int | float, window: int) -> float:
    """Turn the ticks of a window into money a year: ``ticks * 12 / window / 10,000``.

    >>> annualised(70_000, 1)
    84.0
    """
    return float(ticks_of_window) * 12 / (window * TICKS)


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
    months = month_indices(cube["month"])
    groups = cube[by].astype("str").to_numpy() if by else np.full(len(cube), "")
    wide = pd.DataFrame({"m": months, "g": groups, "t": ticks(cube["amount"])}).groupby(["m", "g"])["t"].sum().unstack(fill_value=0)
    wide = wide.reindex(range(int(months.min()), int(months.max()) + 1), fill_value=0)
    rolled = wide.cumsum() - wide.cumsum().shift(window, fill_value=0)
    rolled = rolled.iloc[window - 1 :]
    long = rolled.stack().rename("ticks").reset_index()
    long["month"] = month_starts(long["m"].to_numpy())
    long["amount"] = long["ticks"] * 12 / (window * TICKS)
    return long.rename(columns={"g": by or "g"})[columns]
