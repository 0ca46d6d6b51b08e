"""Intervals: Wilson for shares, a bootstrap over customers for ratios of money."""

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95
ONE_BY_ONE, LARGEST = 5_000, 1_000
"""Up to so many customers each is drawn by itself; of more, the largest."""


def wilson(successes: float, n: float, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson score interval of a share (statsmodels stands behind). NaN where nothing was tried.

    Source: Wilson 1927.

    >>> tuple(round(bound, 5) for bound in wilson(1, 29))
    (0.00611, 0.17176)
    """
    if n <= 0:
        return float("nan"), float("nan")
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    return float(low), float(high)


def ratio_interval(
    numerator: ArrayLike, denominator: ArrayLike, generator: np.random.Generator, *, draws: int = 1000, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Percentile bootstrap of ``sum(numerator) / sum(denominator)``, drawing customers whole.

    With more than 5,000 customers the 1,000 largest are drawn one by one, and the sums of the many small ones together from the normal
    distribution that theirs comes to (mean and covariance of the small, times how often they are drawn): none of them weighs by itself.

    Parameters
    ----------
    numerator, denominator
        One value a customer, in the same order. The draw is over customers, since a customer's lines stand or fall together.
    generator
        Source of randomness; the same seed gives the same interval, whatever the order of the customers.

    Returns
    -------
    tuple of float
        Low and high; NaN with fewer than two customers or nothing below the line.

    Examples
    --------
    >>> low, high = ratio_interval([9.0, 11.0, 10.0], [10.0, 10.0, 10.0], np.random.default_rng(1))
    >>> 0.9 <= low <= 1.0 <= high <= 1.1
    True
    """
    pairs = np.column_stack([np.asarray(numerator, dtype="float64"), np.asarray(denominator, dtype="float64")])
    if len(pairs) < 2 or pairs[:, 1].sum() <= 0:
        return float("nan"), float("nan")
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    drawn = _drawn(pairs, generator, draws) if len(pairs) <= ONE_BY_ONE else _drawn_large(pairs, generator, draws)
    ratios = drawn[:, 0] / np.where(drawn[:, 1] > 0, drawn[:, 1], np.nan)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(ratios, [tail, 1 - tail])
    return float(low), float(high)


def ratio_intervals(
    numerators: ArrayLike, denominator: ArrayLike, generator: np.random.Generator, *, draws: int = 1000, confidence: float = CONFIDENCE
) -> np.ndarray:
    """Percentile bootstrap of several ratios with one denominator, ``sum(numerator_k) / sum(denominator)``, on the same draws of customers.

    Parameters
    ----------
    numerators
        One row a customer, one column a ratio.
    denominator, generator, draws, confidence
        As in :func:`ratio_interval`; large bases are drawn as there.

    Returns
    -------
    ndarray
        Low and high of each ratio, one row a ratio; NaN with fewer than two customers or nothing below the line.

    Examples
    --------
    >>> found = ratio_intervals([[9.0, 9.0], [11.0, 10.0], [10.0, 10.0]], [10.0, 10.0, 10.0], np.random.default_rng(1))
    >>> bool((found[1] <= found[0]).all())
    True
    """
    base = np.asarray(denominator, dtype="float64")
    tops = np.asarray(numerators, dtype="float64")
    rows = np.column_stack([tops.reshape(len(base), tops.shape[1] if tops.ndim > 1 else 1), base])
    if len(rows) < 2 or base.sum() <= 0:
        return np.full((rows.shape[1] - 1, 2), np.nan)
    rows = rows[np.lexsort(rows.T)]
    many = len(rows) > ONE_BY_ONE
    if many:
        rows = rows[np.argsort(-np.abs(rows).max(axis=1), kind="stable")]
    alone = LARGEST if many else len(rows)
    often = generator.binomial(len(rows), alone / len(rows), size=draws) if many else np.full(draws, alone)
    picked = rows[generator.integers(0, alone, size=int(often.sum()))]
    drawn = np.add.reduceat(picked, np.r_[0, np.cumsum(often)[:-1]], axis=0)
    if many:
        drawn += _together(rows[alone:], len(rows) - often, generator)
    ratios = drawn[:, :-1] / np.where(drawn[:, -1:] > 0, drawn[:, -1:], np.nan)
    tail = (1 - confidence) / 2
    return np.nanquantile(ratios, [tail, 1 - tail], axis=0).T


def _together(small: np.ndarray, times: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw the sums of many small customers at once: normal, with their mean and covariance, times how often they are drawn."""
    often = times[:, None]
    wide = small.shape[1]
    spread = np.linalg.cholesky(np.cov(small, rowvar=False, bias=True) + np.diag(1e-12 * (1 + small.var(axis=0))))
    return often * small.mean(axis=0) + np.sqrt(often) * (generator.standard_normal((len(times), wide)) @ spread.T)


def _drawn(pairs: np.ndarray, generator: np.random.Generator, draws: int) -> np.ndarray:
    drawn = np.empty((draws, 2))
    block = max(1, 2_000_000 // len(pairs))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn[start : start + size] = generator.multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), size=size) @ pairs
    return drawn


def _drawn_large(pairs: np.ndarray, generator: np.random.Generator, draws: int) -> np.ndarray:
    order = np.argsort(-np.abs(pairs).max(axis=1), kind="stable")
    large, small = pairs[order[:LARGEST]], pairs[order[LARGEST:]]
    n = len(pairs)
    often = generator.binomial(n, len(large) / n, size=draws)
    drawn = np.empty((draws, 2))
    block = max(1, 2_000_000 // len(large))
    for start in range(0, draws, block):
        part = often[start : start + block]
        drawn[start : start + len(part)] = generator.multinomial(part, np.full(len(large), 1 / len(large))) @ large
    return drawn + _together(small, n - often, generator)
