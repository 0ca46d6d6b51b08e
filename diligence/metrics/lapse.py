"""Repeat purchase without contracts: when a customer who has not bought for a while counts as gone."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_index, month_indices


def purchase_gaps(cube: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Give each account's last month of purchase and the gaps between its months of purchase.

    Parameters
    ----------
    cube
        ``account_id, month, amount``; months with a positive sum count as purchases.
    end
        Last whole month; later rows are left out.

    Returns
    -------
    DataFrame
        ``account_id, month, gap``: one row a purchase month after the account's first; ``gap`` in months, 1 for the very next.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-06-01"]), "amount": 1.0})
    >>> purchase_gaps(cube, pd.Timestamp("2026-06-01"))["gap"].tolist()
    [1, 4]
    """
    bought = _bought(cube, end)
    gap = bought.groupby("account_id", observed=True)["m"].diff()
    return bought.assign(gap=gap)[gap.notna()].astype({"gap": "int64"})[["account_id", "month", "gap"]].reset_index(drop=True)


def lapse_months(cube: pd.DataFrame, end: pd.Timestamp, *, quantile: float = 0.95) -> float:
    """Give the gap after which a customer counts as lapsed: a quantile of the base's own gaps between purchases, in months.

    NaN where no customer has bought twice.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-06-01"]), "amount": 1.0})
    >>> lapse_months(cube, pd.Timestamp("2026-06-01"))
    4.0
    """
    gaps = purchase_gaps(cube, end)["gap"]
    return float(np.ceil(gaps.quantile(quantile))) if len(gaps) else float("nan")


def lapsed(cube: pd.DataFrame, end: pd.Timestamp, *, gap: float) -> tuple[int, int]:
    """Count the customers that have lapsed: ``end - last purchase > gap`` months.

    Returns
    -------
    tuple of int
        Lapsed, and all that ever bought.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "b"], "month": pd.to_datetime(["2026-01-01", "2026-06-01"]), "amount": 1.0})
    >>> lapsed(cube, pd.Timestamp("2026-06-01"), gap=3)
    (1, 2)
    """
    last = _bought(cube, end).groupby("account_id", observed=True)["m"].max()
    return int((month_index(end) - last > gap).sum()), len(last)


def repeat_accounts(cube: pd.DataFrame, end: pd.Timestamp) -> pd.Index:
    """Give the accounts that have bought in two months or more.

    >>> cube = pd.DataFrame({"account_id": ["a", "a", "b"], "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-02-01"]), "amount": 1.0})
    >>> list(repeat_accounts(cube, pd.Timestamp("2026-02-01")))
    ['a']
    """
    months = _bought(cube, end).groupby("account_id", observed=True)["m"].count()
    return months.index[months >= 2]


def _bought(cube: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    need(cube, "account_id", "month", "amount")
    sums = cube[cube["month"] <= end].groupby(["account_id", "month"], observed=True)["amount"].sum()
    bought = sums[sums > 0].reset_index().sort_values(["account_id", "month"], kind="stable", ignore_index=True)
    return bought.assign(m=month_indices(bought["month"]))
