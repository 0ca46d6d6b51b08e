"""Rates of events and totals of money: intervals for counts, for ratios of counts, and for sums over a number of customers that is itself chance."""

import numpy as np
from numpy.typing import ArrayLike

NAN = float("nan")


def rate_interval(count: float, exposure: float = 1.0, *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a rate of events: Gamma posterior with Jeffreys' prior, ``Gamma(count + 1/2, exposure)``. SciPy stands behind.

    >>> tuple(round(end, 3) for end in rate_interval(10, 5.0))
    (1.028, 3.548)
    """
    if exposure <= 0:
        return NAN, NAN
    from scipy import stats

    tail = (1 - confidence) / 2
    low, high = stats.gamma.ppf([tail, 1 - tail], count + 0.5) / exposure
    return float(low), float(high)


def rate_ratio_interval(events: tuple[float, float], exposures: tuple[float, float], *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the ratio of two rates, each Gamma by Jeffreys' prior: ``a1 E2 / (a2 E1) x F(2 a1, 2 a2)``, ``a = count + 1/2``.

    >>> tuple(round(end, 2) for end in rate_ratio_interval((20, 20), (1.0, 1.0)))
    (0.54, 1.86)
    """
    if min(exposures) <= 0:
        return NAN, NAN
    from scipy import stats

    a, b = events[0] + 0.5, events[1] + 0.5
    tail = (1 - confidence) / 2
    low, high = stats.f.ppf([tail, 1 - tail], 2 * a, 2 * b) * a / b * exposures[1] / exposures[0]
    return float(low), float(high)


def total_interval(
    amounts: ArrayLike, generator: np.random.Generator, *, draws: int = 1000, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of a total when both the number of customers and their sizes are chance: each counts Poisson(1) times, ``sum k_i amount_i``.

    Parameters
    ----------
    amounts
        One value a customer.
    generator
        Source of randomness; the same seed gives the same interval, whatever the order of the customers.

    Examples
    --------
    >>> low, high = total_interval([10.0] * 100, np.random.default_rng(1))
    >>> 780 < low < 850, 1150 < high < 1220
    (True, True)
    """
    values = np.sort(np.asarray(amounts, dtype="float64"))
    if not len(values):
        return NAN, NAN
    block = max(1, 2_000_000 // len(values))
    sums = np.concatenate(
        [generator.poisson(1.0, size=(min(block, draws - start), len(values))) @ values for start in range(0, draws, block)]
    )
    tail = (1 - confidence) / 2
    low, high = np.quantile(sums, [tail, 1 - tail])
    return float(low), float(high)
