"""Returns of a deal: present value and rate of dated flows, multiple of money."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")
YEAR = 365.0
"""Days of the year by which spreadsheets discount dated flows."""
LOWEST, HIGHEST = -0.9999, 1e6


def present_value(flows: pd.DataFrame, rate: float) -> float:
    """Present value of dated flows at the date of the first: ``sum amount / (1 + rate)^(days / 365)``.

    Parameters
    ----------
    flows
        ``date``, ``amount`` (currency; paid out negative).
    rate
        A year.

    Returns
    -------
    float
        NaN without flows.

    Notes
    -----
    The convention of spreadsheets' XNPV.

    Examples
    --------
    >>> flows = pd.DataFrame({"date": ["2025-01-01", "2026-01-01"], "amount": [-100.0, 110.0]})
    >>> round(present_value(flows, 0.0), 2)
    10.0
    """
    need(flows, "date", "amount")
    if flows.empty:
        return NAN
    years, amounts = _dated(flows)
    return float((amounts / (1 + rate) ** years).sum())


def internal_rate(flows: pd.DataFrame) -> float:
    """Internal rate of return of dated flows: the rate at which their present value is nought.

    Found by bisection on ``(-1, 1e6)``. NaN where all flows have one sign, or the value does not change its sign exactly once as the rate
    rises: then no rate stands for the flows.

    Parameters
    ----------
    flows
        ``date``, ``amount`` (currency; paid out negative).

    Notes
    -----
    The convention of spreadsheets' XIRR.

    Examples
    --------
    >>> flows = pd.DataFrame({"date": ["2025-01-01", "2026-01-01"], "amount": [-100.0, 125.0]})
    >>> round(internal_rate(flows), 9)
    0.25
    """
    need(flows, "date", "amount")
    if flows.empty or not ((flows["amount"] > 0).any() and (flows["amount"] < 0).any()):
        return NAN
    years, amounts = _dated(flows)
    grid = np.concatenate([[LOWEST], np.linspace(-0.99, 1, 400), np.geomspace(1.01, HIGHEST, 200)])
    values = (amounts / (1 + grid[:, None]) ** years).sum(axis=1)
    turns = np.flatnonzero(np.diff(np.sign(values)) != 0)
    if len(turns) != 1:
        return NAN
    low, high = grid[turns[0]], grid[turns[0] + 1]
    rising = values[turns[0] + 1] > values[turns[0]]
    for _ in range(200):
        middle = (low + high) / 2
        above = (amounts / (1 + middle) ** years).sum() > 0
        low, high = (low, middle) if above == rising else (middle, high)
    return float((low + high) / 2)


def multiple_of_money(flows: pd.DataFrame) -> float:
    """Multiple of invested money: ``sum of what came in / sum of what was paid out``; NaN where nothing was paid out.

    >>> multiple_of_money(pd.DataFrame({"date": ["2025-01-01", "2030-01-01"], "amount": [-100.0, 300.0]}))
    3.0
    """
    need(flows, "date", "amount")
    paid = -float(flows.loc[flows["amount"] < 0, "amount"].sum())
    return float(flows.loc[flows["amount"] > 0, "amount"].sum()) / paid if paid > 0 else NAN


def rate_of_multiple(multiple: float, years: float) -> float:
    """Yearly rate that a multiple of money over some years stands for: ``multiple^(1 / years) - 1``.

    >>> round(rate_of_multiple(3.0, 5), 5)
    0.24573
    """
    return multiple ** (1 / years) - 1 if multiple >= 0 and years > 0 else NAN


def _dated(flows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    dates = pd.to_datetime(flows["date"])
    days = (dates - dates.min()).dt.days.to_numpy(dtype="float64")
    order = np.argsort(days, kind="stable")
    return days[order] / YEAR, flows["amount"].to_numpy(dtype="float64")[order]
