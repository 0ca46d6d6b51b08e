"""The interval of a lifetime value: customers are drawn anew, each with its life and its worth."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")


def lifetime_value_interval(
    lives: pd.DataFrame,
    generator: np.random.Generator,
    *,
    gross_margin: float,
    discount_rate: float = 0.10,
    horizon: int = 60,
    draws: int = 200,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Lifetime value of a customer with its interval: ``mean worth / 12 x margin x sum of S(t) / (1 + rate)^(t / 12)``, bootstrapped.

    Percentile bootstrap over customers. Worth is the mean of those who have one today, survival that of all lives.

    Parameters
    ----------
    lives
        ``entry, exit`` (months, whole; blank where the age is unknown: then only the worth counts), ``lost``, ``amount`` (currency a year
        today; blank for those who left).
    generator
        Source of randomness; the same seed gives the same interval, whatever the order of the rows.
    gross_margin
        Fraction.
    discount_rate
        A year.
    horizon
        Months counted.

    Returns
    -------
    DataFrame
        One row: ``value, low, high`` (currency a customer), ``n`` (lives with an age). NaN where nobody was followed to the horizon.

    Examples
    --------
    >>> lives = pd.DataFrame({"entry": 0, "exit": [12, 24, 24, 24], "lost": [True, False, False, False], "amount": [None, 120.0, 120, 120]})
    >>> lifetime_value_interval(lives, np.random.default_rng(1), gross_margin=1.0, discount_rate=0.0, horizon=24)["value"].tolist()
    [210.0]
    """
    need(lives, "entry", "exit", "lost", "amount")
    rows = lives[["entry", "exit", "lost", "amount"]].astype("float64").sort_values(["exit", "entry", "lost", "amount"], kind="stable")
    matrix = rows.to_numpy()
    n = int(rows["exit"].notna().sum())
    blank = pd.DataFrame([(NAN, NAN, NAN, n)], columns=["value", "low", "high", "n"])
    if not n or not rows["amount"].notna().any():
        return blank
    discount = gross_margin / 12 * (1 + discount_rate) ** (-np.arange(horizon) / 12)
    value = _value(matrix, np.ones(len(matrix)), discount)
    if not np.isfinite(value):
        return blank
    weights = generator.multinomial(len(matrix), np.full(len(matrix), 1 / len(matrix)), size=draws)
    drawn = np.array([_value(matrix, weight.astype("float64"), discount) for weight in weights])
    known, tail = drawn[np.isfinite(drawn)], (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail]) if len(known) > draws / 2 else (NAN, NAN)
    return pd.DataFrame([(value, float(low), float(high), n)], columns=["value", "low", "high", "n"])


def _value(matrix: np.ndarray, weight: np.ndarray, discount: np.ndarray) -> float:
    horizon = len(discount)
    paid = ~np.isnan(matrix[:, 3])
    worth = float((matrix[paid, 3] * weight[paid]).sum() / weight[paid].sum()) if weight[paid].sum() > 0 else NAN
    aged = ~np.isnan(matrix[:, 1]) & ~np.isnan(matrix[:, 0])
    entry, exits, weight = matrix[aged, 0].astype("int64"), matrix[aged, 1].astype("int64"), weight[aged]
    lost = matrix[aged, 2] > 0
    top = max(int(exits.max(initial=0)), horizon) + 1
    left = np.bincount(exits, weights=weight, minlength=top + 1)
    fell = np.bincount(exits[lost], weights=weight[lost], minlength=top + 1).astype("float64")
    came = np.cumsum(np.bincount(entry, weights=weight, minlength=top + 1))
    at_risk = np.concatenate([[0.0], came[:-1]]) - (np.cumsum(left) - left)
    survival = np.cumprod(1 - np.divide(fell, at_risk, out=np.zeros_like(fell), where=at_risk > 0.5))
    # a month is known where somebody was still at risk in it, or nobody is left at all
    last = int(np.flatnonzero(left > 0).max()) if (left > 0).any() else -1
    if last < horizon - 1 and (last < 0 or survival[last] > 0):
        return NAN
    return worth * float((survival[:horizon] * discount).sum())
