"""Concentration of revenue on customers, by ultimate parent."""

from collections.abc import Sequence

import pandas as pd

from diligence.metrics.measure import annualised, level


def customer_shares(cube: pd.DataFrame, end: pd.Timestamp, *, window: int = 1, grain: str = "account_id") -> pd.DataFrame:
    """Rank customers by what they are worth at the end of a month.

    Customers at or below zero are left out; shares are of the positive sum.

    Returns
    -------
    DataFrame
        ``rank``, the grain, ``amount`` (currency a year), ``share``, ``cumulative_share`` (fractions); ties in order of the id.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": list("abcd"), "month": pd.Timestamp("2026-06-01"), "amount": [30.0, 30.0, 20.0, 20.0]})
    >>> customer_shares(cube, pd.Timestamp("2026-06-01"))["cumulative_share"].round(2).tolist()
    [0.3, 0.6, 0.8, 1.0]
    """
    found = level(cube, end, [grain], window=window)
    found = found[found["ticks"] > 0].astype({grain: "str"})
    found = found.sort_values(["ticks", grain], ascending=[False, True], ignore_index=True)
    total = found["ticks"].sum()
    return pd.DataFrame(
        {
            "rank": range(1, len(found) + 1),
            grain: found[grain],
            "amount": found["ticks"] * annualised(1, window),
            "share": found["ticks"] / total,
            "cumulative_share": found["ticks"].cumsum() / total,
        }
    )


def herfindahl(shares: Sequence[float] | pd.Series) -> float:
    """Herfindahl-Hirschman index: the sum of squared shares, 0 to 1 (times 10,000 for points). NaN without shares.

    >>> round(herfindahl([0.3, 0.3, 0.2, 0.2]) * 10_000)
    2600
    """
    values = pd.Series(shares, dtype="float64")
    return float((values**2).sum()) if len(values) else float("nan")


def effective_number(shares: Sequence[float] | pd.Series) -> float:
    """Effective number of customers: how many of equal size would be as concentrated, ``1 / HHI``.

    >>> effective_number([0.25] * 4)
    4.0
    """
    index = herfindahl(shares)
    return 1 / index if index else float("nan")


def top_share(shares: Sequence[float] | pd.Series, n: int) -> float:
    """Share of the n largest. NaN without shares.

    >>> round(top_share([0.2, 0.5, 0.3], 2), 3)
    0.8
    """
    values = pd.Series(shares, dtype="float64").sort_values(ascending=False)
    return float(values.head(n).sum()) if len(values) else float("nan")
