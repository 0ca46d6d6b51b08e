"""Gabor-Granger: demand by the price shown, never rising with the price, and the price at which it earns most."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")


@dataclass(frozen=True)
class RevenuePrice:
    """The price at which expected revenue is highest.

    Attributes
    ----------
    price, low, high
        Currency a unit; the interval is of the bootstrap over respondents, 95%.
    demand
        Share that would buy at it.
    revenue
        Price times demand: currency a respondent.
    at_edge
        Whether it is the lowest or the highest price shown: the best price then lies beyond what was asked.
    n
        Respondents.
    """

    price: float
    low: float
    high: float
    demand: float
    revenue: float
    at_edge: bool
    n: int


def demand_curve(survey: pd.DataFrame) -> pd.DataFrame:
    """Demand at each price shown: the mean chance to buy, made never to rise with the price (isotonic regression, scipy stands behind).

    ``demand = isotonic(mean(would_buy))``, weighted by answers; ``revenue = price * demand``.

    Parameters
    ----------
    survey
        ``respondent_id``, ``price_shown`` (currency a unit), ``would_buy`` (probability 0 to 1).

    Returns
    -------
    DataFrame
        ``price``, ``stated`` (mean as answered), ``demand`` (fractions), ``revenue`` (currency a respondent), ``n`` (answers).

    Source: Gabor and Granger 1966; Barlow et al. 1972 for the pooling of adjacent violators.

    Examples
    --------
    >>> survey = pd.DataFrame({"respondent_id": list("abc"), "price_shown": [10.0, 20.0, 30.0], "would_buy": [0.9, 0.4, 0.6]})
    >>> demand_curve(survey)["demand"].round(3).tolist()
    [0.9, 0.5, 0.5]
    """
    need(survey, "respondent_id", "price_shown", "would_buy")
    rows = survey[["price_shown", "would_buy"]].astype("float64").dropna()
    rows = rows[rows["price_shown"] >= 0]
    sums = rows.groupby("price_shown", sort=True)["would_buy"].agg(["sum", "size"])
    price, n = sums.index.to_numpy(dtype="float64"), sums["size"].to_numpy()
    stated = sums["sum"].to_numpy() / n if len(n) else np.array([])
    demand = _falling(stated, n.astype("float64"))
    return pd.DataFrame({"price": price, "stated": stated, "demand": demand, "revenue": price * demand, "n": n})


def revenue_price(survey: pd.DataFrame, generator: np.random.Generator, *, draws: int = 1000) -> RevenuePrice:
    """The price of the highest expected revenue among those shown: ``argmax p * D(p)``, with a bootstrap over respondents.

    Stated intent overstates what is bought: the place of the peak holds if the overstatement is alike at all prices, its height does not.

    Parameters
    ----------
    survey
        ``respondent_id``, ``price_shown`` (currency a unit), ``would_buy`` (probability 0 to 1).
    generator
        Source of randomness.

    Returns
    -------
    RevenuePrice
        NaN without answers; no interval with fewer than two respondents.

    Examples
    --------
    >>> survey = pd.DataFrame({"respondent_id": list("abc"), "price_shown": [10.0, 20.0, 30.0], "would_buy": [0.9, 0.7, 0.2]})
    >>> revenue_price(survey, np.random.default_rng(1), draws=10).price
    20.0
    """
    curve = demand_curve(survey)
    if curve.empty:
        return RevenuePrice(NAN, NAN, NAN, NAN, NAN, False, 0)
    best = _best(curve["revenue"].to_numpy())
    low, high, n = _interval(survey, curve["price"].to_numpy(), generator, draws)
    row = curve.iloc[best]
    edge = len(curve) < 2 or best in (0, len(curve) - 1)
    return RevenuePrice(float(row["price"]), low, high, float(row["demand"]), float(row["revenue"]), edge, n)


def _interval(survey: pd.DataFrame, prices: np.ndarray, generator: np.random.Generator, draws: int) -> tuple[float, float, int]:
    """Draw respondents whole, by their sums at each price; in an order that does not hang on their names."""
    rows = survey.dropna(subset=["price_shown", "would_buy"])
    rows = rows[rows["price_shown"].astype("float64") >= 0]
    who = rows["respondent_id"].astype("str")
    place = np.searchsorted(prices, rows["price_shown"].to_numpy(dtype="float64"))
    table = pd.DataFrame({"who": who.to_numpy(), "place": place, "sum": rows["would_buy"].to_numpy(dtype="float64"), "size": 1.0})
    wide = table.pivot_table(index="who", columns="place", values=["sum", "size"], aggfunc="sum", fill_value=0.0).to_numpy(dtype="float64")
    n, width = len(wide), len(prices)
    if n < 2:
        return NAN, NAN, n
    wide = wide[np.lexsort(wide.T)]
    drawn = generator.multinomial(n, np.full(n, 1 / n), size=draws) @ wide
    best = []
    for one in drawn:
        size, total = one[:width], one[width:]
        seen = size > 0
        demand = _falling(total[seen] / size[seen], size[seen])
        best.append(prices[seen][_best(prices[seen] * demand)])
    low, high = np.quantile(best, [0.025, 0.975], method="nearest")
    return float(low), float(high), n


def _best(revenue: np.ndarray) -> int:
    """Where revenue is highest; the lowest price of equals."""
    return int(np.flatnonzero(revenue >= revenue.max() - abs(revenue.max()) * 1e-12)[0])


def _falling(stated: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if not len(stated):
        return stated
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(stated, weights=weights, increasing=False).x)
