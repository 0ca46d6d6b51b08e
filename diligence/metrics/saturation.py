"""Saturation: how spend turns into results, what the next result costs, and the spend at which it stops paying.

Carry-over (adstock) spreads what was spent over the weeks after; saturation bends what is left. Two shapes: ``geometric`` runs on for ever
and adds up to ``1 / (1 - theta)``, ``normalised`` ends after ``lags`` and adds up to one.
"""

import numpy as np
from numpy.typing import ArrayLike

NAN = float("nan")
HALVINGS = 200


def geometric_adstock(spend: ArrayLike, *, theta: float) -> np.ndarray:
    """Carry spend over: ``a_t = x_t + theta a_(t-1)``.

    Parameters
    ----------
    spend
        One value a period, in the order of time.
    theta
        What is left of the effect after a period, 0 to 1.

    Notes
    -----
    As Robyn defines it.

    Examples
    --------
    >>> geometric_adstock([100, 100, 100], theta=0.5).tolist()
    [100.0, 150.0, 175.0]
    """
    values = np.array(spend, dtype="float64")
    for place in range(1, len(values)):
        values[place] += theta * values[place - 1]
    return values


def normalised_adstock(spend: ArrayLike, *, theta: float, lags: int = 8) -> np.ndarray:
    """Carry spend over a number of periods with weights that add up to one: ``w_l = theta^l / sum theta^l``, ``l < lags``.

    Parameters
    ----------
    spend
        One value a period, in the order of time; before the first there was none.
    theta
        What is left of the effect after a period, 0 to 1.
    lags
        Periods after which nothing is left.

    Notes
    -----
    As PyMC-Marketing defines it (``normalize=True``).

    Examples
    --------
    >>> normalised_adstock([3.0, 0.0, 0.0], theta=0.5, lags=2).tolist()
    [2.0, 1.0, 0.0]
    """
    values = np.asarray(spend, dtype="float64")
    weights = theta ** np.arange(lags)
    return np.convolve(values, weights / weights.sum())[: len(values)]


def hill(spend: ArrayLike, *, half: float, shape: float = 1.0, ceiling: float = 1.0) -> np.ndarray:
    """Saturate by Hill: ``ceiling x^shape / (x^shape + half^shape)``; S-shaped where the shape is above 1.

    Parameters
    ----------
    spend
        Spend, or what is left of it after carry-over.
    half
        Spend at which half of the ceiling is reached.
    shape
        1 is the form of Michaelis and Menten.
    ceiling
        What no spend exceeds.

    Notes
    -----
    As Robyn defines it, with ``half = gamma x largest adstocked spend``.

    Examples
    --------
    >>> hill([100.0, 200.0], half=100.0, shape=3.0).round(6).tolist()
    [0.5, 0.888889]
    """
    values = np.maximum(np.asarray(spend, dtype="float64"), 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = 1 / (1 + (half / values) ** shape)
    return ceiling * np.where(values > 0, share, 0.0)


def michaelis_menten(spend: ArrayLike, *, ceiling: float, half: float) -> np.ndarray:
    """Saturate by Michaelis and Menten: ``ceiling x / (half + x)``.

    >>> michaelis_menten([20.0], ceiling=100.0, half=5.0).tolist()
    [80.0]
    """
    return hill(spend, half=half, ceiling=ceiling)


def logistic_saturation(spend: ArrayLike, *, rate: float, ceiling: float = 1.0) -> np.ndarray:
    """Saturate by the logistic form: ``ceiling (1 - e^(-rate x)) / (1 + e^(-rate x))``.

    Notes
    -----
    As PyMC-Marketing defines it.

    Examples
    --------
    >>> logistic_saturation([1.0], rate=1.0).round(8).tolist()
    [0.46211716]
    """
    return ceiling * np.tanh(rate * np.asarray(spend, dtype="float64") / 2)


def marginal_results(spend: ArrayLike, *, ceiling: float, half: float, shape: float = 1.0) -> np.ndarray:
    """Give the results that one more of spend brings: ``dN/dS = ceiling shape half^shape S^(shape-1) / (S^shape + half^shape)^2``.

    The cost of the marginal result is one over it.

    Examples
    --------
    >>> marginal_results([0.0, 500.0], ceiling=400.0, half=500.0).tolist()
    [0.8, 0.2]
    """
    values = np.maximum(np.asarray(spend, dtype="float64"), 0.0)
    if half <= 0:
        return np.full_like(values, NAN)
    ratio = values / half
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        slope = ceiling * shape / half * ratio ** (shape - 1) / (1 + ratio**shape) ** 2
    return np.where(np.isfinite(slope), slope, 0.0 if shape >= 1 else NAN)


def spend_cap(*, ceiling: float, half: float, highest_cost: float, shape: float = 1.0) -> float:
    """Give the spend at which the marginal result costs all that it may: ``dN/dS = 1 / highest_cost``, on the falling branch.

    With shape 1: ``S* = sqrt(ceiling half highest_cost) - half``. Else it is found by halving beyond the steepest point. 0 where even the best
    result costs more.

    Parameters
    ----------
    ceiling, half, shape
        Of :func:`hill`.
    highest_cost
        What a result may cost: the least of a third of its lifetime value and the longest payback times its monthly margin.

    Examples
    --------
    >>> round(spend_cap(ceiling=400, half=500, highest_cost=4), 4)
    394.4272
    """
    if min(ceiling, half, highest_cost, shape) <= 0 or not np.isfinite([ceiling, half, highest_cost, shape]).all():
        return NAN
    if shape == 1:
        return max(float(np.sqrt(ceiling * half * highest_cost) - half), 0.0)
    steepest = half * ((shape - 1) / (shape + 1)) ** (1 / shape) if shape > 1 else 0.0

    def slope(spend: float) -> float:
        return float(marginal_results(spend, ceiling=ceiling, half=half, shape=shape))

    if shape > 1 and slope(steepest) < 1 / highest_cost:
        return 0.0
    low, high = steepest, max(half, steepest)
    while slope(high) > 1 / highest_cost:
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(max(middle, 1e-300)) > 1 / highest_cost else (low, middle)
    return (low + high) / 2


def highest_cost(
    *, lifetime_value: float, annual_value: float, gross_margin: float, payback_months: float = 24.0, times: float = 3.0
) -> float:
    """Give what a customer may cost: ``min(lifetime_value / times, payback_months x annual_value x gross_margin / 12)``.

    >>> highest_cost(lifetime_value=90.0, annual_value=24.0, gross_margin=0.5, payback_months=24)
    24.0
    """
    return float(np.min([lifetime_value / times, payback_months * annual_value * gross_margin / 12]))
