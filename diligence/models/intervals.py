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
    times = (n - often)[:, None]
    spread = np.linalg.cholesky(np.cov(small, rowvar=False, bias=True) + np.diag(np.full(2, 1e-12) * (1 + small.var(axis=0))))
    return drawn + times * small.mean(axis=0) + np.sqrt(times) * (generator.standard_normal((draws, 2)) @ spread.T)
