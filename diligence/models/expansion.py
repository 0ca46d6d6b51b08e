"""Expansion against headroom: the nearer a customer is to its wallet, the less it grows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")
FEWEST = 10


@dataclass(frozen=True)
class Expansion:
    """Growth of customers as a function of what is left of their wallet, ``e = kappa (1 - amount / wallet)``.

    Attributes
    ----------
    kappa, low, high
        Growth a year of a customer with its whole wallet still open, with its 95% interval (customers drawn whole).
    slope_p
        Probability of a slope this far from none, were growth the same at every share of wallet; below 0.05 headroom explains growth.
    rate
        Growth a year that the fit gives for these customers as they stand: ``kappa x headroom weighted by revenue``.
    n
        Customers.
    reason
        Why there is no estimate.
    """

    kappa: float
    low: float
    high: float
    slope_p: float
    rate: float
    n: int
    reason: str


def expansion_headroom(table: pd.DataFrame, generator: np.random.Generator, *, draws: int = 1000) -> Expansion:
    """Estimate kappa of ``d amount / dt = kappa x amount x (1 - amount / wallet)`` from customers that stayed.

    ``kappa = sum(now - then) / sum(then x (1 - then / wallet))``: a ratio of money, so that large customers count as what they are; the interval
    draws customers whole. Whether headroom explains growth at all is asked of a regression of growth on ``then / wallet`` with errors that allow for unequal
    variance (statsmodels stands behind).

    Parameters
    ----------
    table
        ``then, now`` (currency a year), ``wallet`` (currency a year): one row a customer that was there at both ends.
    generator
        Source of randomness.

    Returns
    -------
    Expansion
        Without an estimate where fewer than ten customers stayed, or no headroom is left.

    Examples
    --------
    >>> table = pd.DataFrame({"then": [10.0 + i for i in range(12)], "wallet": 100.0}).assign(now=lambda t: t["then"] * (1 + 0.2 * (1 - t["then"] / 100)))
    >>> round(expansion_headroom(table, np.random.default_rng(1)).kappa, 6)
    0.2
    """
    need(table, "then", "now", "wallet")
    known = table[["then", "now", "wallet"]].astype("float64").dropna()
    known = known[(known["then"] > 0) & (known["wallet"] > 0) & (known["now"] > 0)].sort_values(["then", "wallet", "now"], kind="stable")
    n = len(known)
    room = known["then"] * (1 - known["then"] / known["wallet"]).clip(lower=0)
    if n < FEWEST or room.sum() <= 1e-9 * known["then"].sum():
        return Expansion(
            NAN, NAN, NAN, NAN, NAN, n, f"fewer than {FEWEST} customers stayed" if n < FEWEST else "no customer has headroom left"
        )
    from diligence.models.intervals import ratio_interval

    grown = known["now"] - known["then"]
    kappa = float(grown.sum() / room.sum())
    low, high = ratio_interval(grown, room, generator, draws=draws)
    now_room = known["now"] * (1 - known["now"] / known["wallet"]).clip(lower=0)
    return Expansion(kappa, low, high, _slope_p(known), kappa * float(now_room.sum() / known["now"].sum()), n, "")


def _slope_p(known: pd.DataFrame) -> float:
    share, growth = (known["then"] / known["wallet"]).to_numpy(), (known["now"] / known["then"] - 1).to_numpy()
    if np.ptp(share) < 1e-9 or np.ptp(growth) < 1e-12:
        return NAN
    from statsmodels.api import OLS, add_constant

    residual_free = np.linalg.lstsq(add_constant(share), growth, rcond=None)[1]
    if residual_free.size and residual_free[0] < 1e-18 * len(share):
        return 0.0
    return float(OLS(growth, add_constant(share)).fit(cov_type="HC1").pvalues[1])
