"""BG/NBD: how often customers who are under no contract buy, and whether they still do.

While active a customer buys at random at a rate of its own (gamma over customers); after each purchase it leaves for good with a chance of
its own (beta over customers). Own code on scipy's gamma and hypergeometric functions: what depends on the count alone is computed once a
count, rows that are alike are computed once, and the gradient is exact, so that a hundred thousand customers take a second or less.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

TOP = 5.0
"""Logarithms of the parameters (time in mean ages) are kept between minus and plus this: beyond, customers differ by less than a tenth."""


@dataclass(frozen=True)
class BetaGeometric:
    """A fitted BG/NBD.

    Attributes
    ----------
    r, alpha
        Purchase rates are gamma with shape ``r`` and rate ``alpha`` (units of time).
    a, b
        Chances to leave after a purchase are beta with these parameters.
    log_likelihood
        Of all customers.
    n
        Customers.
    converged
        Whether the parameters lie within their bounds; they do not where customers are all alike, or too few to tell.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    n: int
    converged: bool = True

    def expected_purchases(self, time: float) -> float:
        """Expected purchases of a new customer in its first ``time`` units (after its first purchase)."""
        from scipy.special import hyp2f1

        reach = float(hyp2f1(self.r, self.b, self.a + self.b - 1, time / (self.alpha + time)))
        share = (self.alpha / (self.alpha + time)) ** self.r
        return (self.a + self.b - 1) / (self.a - 1) * (1 - share * reach)


def bg_nbd(customers: pd.DataFrame) -> BetaGeometric | None:
    """Fit the BG/NBD by maximum likelihood.

    ``L = G(r+x) alpha^r / G(r) x B(a, b+x) / B(a, b) x [(alpha+T)^-(r+x) + 1(x>0) a / (b+x-1) (alpha+t)^-(r+x)]``, with x purchases after
    the first, the last of them at t, seen up to T, and G the gamma function.

    Parameters
    ----------
    customers
        ``frequency, recency, age``, as :func:`diligence.metrics.recency_frequency.recency_frequency` gives them.

    Returns
    -------
    BetaGeometric or None
        None where nobody bought again or nobody was seen for any time: not assessable.

    References
    ----------
    Fader, Hardie and Lee 2005, Counting your customers the easy way.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 2, 5], "recency": [0.0, 0, 4, 20, 30], "age": [38.0, 38, 38, 36, 34]})
    >>> bg_nbd(customers).n
    5
    """
    need(customers, "frequency", "recency", "age")
    known = customers[["frequency", "recency", "age"]].dropna()
    if not len(known) or known["frequency"].sum() <= 0 or known["age"].max() <= 0:
        return None
    unit = float(known["age"].mean())
    data = _Rows.of(known, unit)
    from scipy.optimize import minimize

    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000}
    fit = minimize(data.loss, np.log([1.0, 1.0, 1.0, 2.0]), jac=True, method="L-BFGS-B", bounds=[(-TOP, TOP)] * 4, options=options)
    r, alpha, a, b = (float(value) for value in np.exp(fit.x))
    repeats = float(known["frequency"].sum())
    # a density of purchases in another unit of time is that of ours over the unit, once for each purchase
    inside = bool((np.abs(fit.x) < TOP - 0.01).all())
    return BetaGeometric(r, alpha * unit, a, b, float(-fit.fun * len(known) - repeats * np.log(unit)), len(known), inside)


@dataclass(frozen=True)
class _Rows:
    """Customers that are alike, once, with how many they are."""

    counts: np.ndarray
    place: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, customers: pd.DataFrame, unit: float) -> "_Rows":
        matrix = customers.to_numpy(dtype="float64")
        order = np.lexsort((matrix[:, 2], matrix[:, 1], matrix[:, 0]))
        matrix = matrix[order]
        first = np.concatenate([[True], (matrix[1:] != matrix[:-1]).any(axis=1)])
        starts = np.flatnonzero(first)
        weight = np.diff(np.append(starts, len(matrix))).astype("float64")
        matrix = matrix[starts]
        counts, place = np.unique(matrix[:, 0], return_inverse=True)
        return cls(counts, place, matrix[:, 1] / unit, matrix[:, 2] / unit, weight)

    def loss(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """Give the negative mean log likelihood and its gradient by the logarithms of the parameters."""
        from scipy.special import digamma, gammaln

        r, alpha, a, b = np.exp(logs)
        x, place = self.counts, self.place
        later, earlier = np.log(alpha + self.age), np.log(alpha + self.recency)
        again = x > 0
        died = np.where(again, np.log(a) - np.log(np.where(again, b + x - 1, 1.0)), -np.inf)[place]
        shape = (r + x)[place]
        alive, dead = -shape * later, died - shape * earlier
        total = np.logaddexp(alive, dead)
        gone = np.exp(dead - total)
        by_count = gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(b) + gammaln(b + x) - gammaln(a + b + x) + r * np.log(alpha)
        value = by_count[place] + total
        slopes = np.stack(
            [
                (digamma(r + x) - digamma(r) + np.log(alpha))[place] - (1 - gone) * later - gone * earlier,
                r / alpha - shape * ((1 - gone) / (alpha + self.age) + gone / (alpha + self.recency)),
                (digamma(a + b) - digamma(a + b + x))[place] + gone / a,
                (digamma(a + b) - digamma(b) + digamma(b + x) - digamma(a + b + x))[place]
                - gone / np.where(again, b + x - 1, np.inf)[place],
            ]
        )
        # sums of our own: a library's threads take longer to wake than so few rows to add, and add in another order
        n = self.weight.sum()
        return -float((self.weight * value).sum()) / n, -(slopes * self.weight).sum(axis=1) * np.exp(logs) / n


def future_purchases(customers: pd.DataFrame, model: BetaGeometric | None, *, time: float) -> pd.DataFrame:
    """Expected purchases of each customer in the next ``time`` units, and the probability that it is still active.

    ``P(active) = 1 / (1 + 1(x>0) a / (b+x-1) ((alpha+T) / (alpha+t))^(r+x))``; the expectation is Fader, Hardie and Lee's (10), with Euler's
    transformation of its hypergeometric function, which stays finite for customers who buy thousands of times.

    Parameters
    ----------
    customers
        ``frequency, recency, age``; ``customer_id`` is handed on.
    model
        A fit, or None: then all is NaN.
    time
        Units of time ahead.

    Returns
    -------
    DataFrame
        ``customer_id`` where given, ``purchases`` (expected count), ``active`` (probability), in the order of the rows.

    Examples
    --------
    >>> cdnow = BetaGeometric(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
    >>> future_purchases(pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86]}), cdnow, time=39)["purchases"].round(3).tolist()
    [1.226]
    """
    need(customers, "frequency", "recency", "age")
    x, t, age = (customers[column].to_numpy(dtype="float64") for column in ("frequency", "recency", "age"))
    keep: dict[str, Any] = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
    if model is None:
        return pd.DataFrame({**keep, "purchases": np.full(len(x), np.nan), "active": np.full(len(x), np.nan)})
    from scipy.special import expit, hyp2f1

    r, alpha, b = model.r, model.alpha, model.b
    # at a = 1 both sides of the formula vanish; a hair beside it their ratio is right
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    again = x > 0
    odds = np.log(a) - np.log(np.where(again, b + x - 1, 1.0)) + (r + x) * (np.log(alpha + age) - np.log(alpha + t))
    active = np.where(again, expit(-odds), 1.0)
    share = np.log(alpha + age) - np.log(alpha + age + time)
    reach = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, time / (alpha + age + time))
    ahead = (a + b + x - 1) / (a - 1) * (1 - np.exp(share * (a - 1)) * reach)
    return pd.DataFrame({**keep, "purchases": ahead * active, "active": active})
