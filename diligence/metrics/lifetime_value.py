"""Lifetime value: the margin that a customer brings over the life that it can be expected to have, up to a horizon."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

HORIZON = 60
"""Months beyond which no value is counted: what lies further off is a hope, and a deal is held for less."""


def lifetime_value(
    survival: pd.DataFrame, economics: pd.DataFrame, *, discount_rate: float = 0.10, horizon: int = HORIZON, by: str | None = None
) -> pd.DataFrame:
    """Lifetime value from survival: ``annual value / 12 x gross margin x sum over months t < horizon of S(t) / (1 + rate)^(t / 12)``.

    A sum over all months up to the horizon, never what the last of them brings. The naive reading stands beside it:
    ``annual value x gross margin / yearly churn``, with churn as it is observed over all customers at once.

    Parameters
    ----------
    survival
        ``age`` (months), ``survival`` (fraction), and ``by``: a step curve, as :func:`diligence.models.survival.kaplan_meier` gives it.
    economics
        One row, or one for each ``by``: ``annual_value`` (currency a year and customer), ``gross_margin`` (fraction), and ``yearly_churn``
        (fraction) for the naive reading, blank where it is not known.
    discount_rate
        A year.
    horizon
        Months counted.
    by
        A column of both.

    Returns
    -------
    DataFrame
        ``by, value, undiscounted, naive`` (currency a customer), ``months`` (expected within the horizon), ``horizon``. NaN where the curve
        does not reach the horizon: what nobody has lived through is not made up.

    Examples
    --------
    >>> survival = pd.DataFrame({"age": [0, 12, 60], "survival": [1.0, 0.5, 0.5]})
    >>> economics = pd.DataFrame({"annual_value": [120.0], "gross_margin": [0.8], "yearly_churn": [0.25]})
    >>> lifetime_value(survival, economics, discount_rate=0.0, horizon=24)[["value", "naive"]].values.tolist()
    [[144.0, 384.0]]
    """
    need(survival, "age", "survival", *([by] if by else []))
    need(economics, "annual_value", "gross_margin", *([by] if by else []))
    rows = []
    for row in economics.to_dict("records"):
        curve = survival[survival[by].astype("str") == str(row[by])] if by else survival
        alive = monthly_survival(curve, horizon)
        margin = float(row["annual_value"]) * float(row["gross_margin"])
        discount = (1 + discount_rate) ** (-np.arange(horizon) / 12)
        churn = float(row.get("yearly_churn", np.nan))
        naive = margin / churn if churn > 0 else np.nan
        rows.append(
            (
                row[by] if by else "",
                margin / 12 * float((alive * discount).sum()),
                margin / 12 * float(alive.sum()),
                naive,
                float(alive.sum()),
            )
        )
    found = pd.DataFrame(rows, columns=["group", "value", "undiscounted", "naive", "months"]).assign(horizon=horizon)
    return found.rename(columns={"group": by}) if by else found.drop(columns="group")


def monthly_survival(survival: pd.DataFrame, horizon: int) -> np.ndarray:
    """Read a step curve at the months 0, 1, ... ``horizon - 1``: ``S(t) = survival of the last row with age <= t``.

    NaN beyond the last age of the curve, unless nobody is left.

    Examples
    --------
    >>> monthly_survival(pd.DataFrame({"age": [0, 2], "survival": [1.0, 0.5]}), 4).tolist()
    [1.0, 1.0, 0.5, nan]
    """
    need(survival, "age", "survival")
    ordered = survival.sort_values("age", kind="stable")
    ages, values = ordered["age"].to_numpy(dtype="float64"), ordered["survival"].to_numpy(dtype="float64")
    months = np.arange(horizon)
    if not len(ages):
        return np.full(horizon, np.nan)
    place = np.searchsorted(ages, months, side="right") - 1
    found = np.where(place >= 0, values[np.maximum(place, 0)], 1.0)
    return np.where((months > ages[-1]) & (values[-1] > 0), np.nan, found)


def naive_retention(table: pd.DataFrame) -> float:
    """Retention as one number for all: ``1 - all lost / all at risk`` over the periods of a life table.

    Early periods, in which many leave, weigh most: what is left of old cohorts keeps better than it says.

    Examples
    --------
    >>> naive_retention(pd.DataFrame({"at_risk": [100, 60], "lost": [40, 8]}))
    0.7
    """
    need(table, "at_risk", "lost")
    base = float(table["at_risk"].sum())
    return 1 - float(table["lost"].sum()) / base if base > 0 else float("nan")


def loss_deviation(shares: pd.Series | np.ndarray | list[float], churn: float) -> float:
    """Standard deviation of the yearly loss as a share of revenue, customers leaving independently: ``sqrt(c (1 - c) HHI)``.

    Source: variance of a sum of independent indicators weighted by share.

    Examples
    --------
    >>> round(loss_deviation([0.25] * 4, 0.1), 4)
    0.15
    """
    weights = np.asarray(shares, dtype="float64")
    return float(np.sqrt(churn * (1 - churn) * (weights**2).sum())) if len(weights) else float("nan")
