"""Loss at risk: how much of the revenue may leave within a year when customers are few, large, and leave together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.lifetime_value import loss_deviation
from diligence.metrics.measure import need

BLOCK = 4_000_000


@dataclass(frozen=True)
class LossAtRisk:
    """The simulated loss of one year, as a share of revenue.

    Attributes
    ----------
    expected, deviation
        Mean and standard deviation.
    p95, p99
        Losses that one year in twenty and one in a hundred exceeds.
    independent_deviation
        What the deviation would be if customers left independently, in closed form.
    effective_number
        Customers of equal size that would be as concentrated, ``1 / HHI``.
    n, draws
        Customers, and simulated years.
    """

    expected: float
    deviation: float
    p95: float
    p99: float
    independent_deviation: float
    effective_number: float
    n: int
    draws: int


def loss_at_risk(
    accounts: pd.DataFrame, generator: np.random.Generator, *, churn: float, correlation: float = 0.0, draws: int = 10_000
) -> LossAtRisk | None:
    """Simulate the yearly loss, customers leaving whole and together: one common shock and one of each customer's own.

    Customer i leaves where ``sqrt(rho) Z + sqrt(1 - rho) e_i < N^-1(c_i)``, with Z and e standard normal; ``loss = sum of shares that leave``.
    Where ``vertical`` is given, each vertical has its own Z. Shares are of ultimate parents: sites leave with their parent.

    Parameters
    ----------
    accounts
        ``amount`` (currency a year; above nought), and ``churn`` (probability a year) or ``vertical`` where they differ by account.
    generator
        Source of randomness; the same seed gives the same figures, whatever the order of the accounts.
    churn
        Probability of loss in a year, for accounts that have none of their own.
    correlation
        ``rho``, 0 (each on its own) to below 1 (all together).
    draws
        Simulated years.

    Returns
    -------
    LossAtRisk or None
        None without accounts.

    References
    ----------
    Vasicek 1987 for the one-factor threshold.

    Examples
    --------
    >>> found = loss_at_risk(pd.DataFrame({"amount": [25.0] * 4}), np.random.default_rng(1), churn=0.1)
    >>> round(found.independent_deviation, 2), found.effective_number
    (0.15, 4.0)
    """
    need(accounts, "amount")
    if not 0 <= correlation < 1 or not 0 <= churn <= 1:
        raise ValueError(f"expected churn in 0 to 1 and correlation in 0 to below 1, got {churn} and {correlation}; give fractions")
    live = accounts[accounts["amount"] > 0]
    if not len(live):
        return None
    own = live["churn"].fillna(churn).to_numpy(dtype="float64") if "churn" in live else np.full(len(live), churn)
    vertical = live["vertical"].astype("str").to_numpy() if "vertical" in live else np.full(len(live), "")
    size = live["amount"].to_numpy(dtype="float64")
    shares = size / size.sum()
    # in order of size, verticals in order of theirs: neither the order of rows nor a name decides who is drawn how
    weight = pd.Series(shares).groupby(vertical).transform("sum").to_numpy()
    order = np.lexsort((own, -shares, -weight))
    shares, own = shares[order], own[order]
    group = pd.factorize(vertical[order])[0]
    losses = _losses(shares, own, group, correlation, generator, draws)
    hhi = float((shares**2).sum())
    alone = loss_deviation(shares, churn) if "churn" not in live else float(np.sqrt((shares**2 * own * (1 - own)).sum()))
    p95, p99 = (float(value) for value in np.quantile(losses, [0.95, 0.99]))
    return LossAtRisk(float(losses.mean()), float(losses.std()), p95, p99, alone, 1 / hhi, len(shares), draws)


def _losses(
    shares: np.ndarray, own: np.ndarray, group: np.ndarray, correlation: float, generator: np.random.Generator, draws: int
) -> np.ndarray:
    from scipy.special import ndtri

    edge = ndtri(own)
    losses = np.empty(draws)
    block = max(1, BLOCK // len(shares))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        common = generator.standard_normal((size, int(group.max()) + 1))
        each = generator.standard_normal((size, len(shares)))
        leaves = np.sqrt(correlation) * common[:, group] + np.sqrt(1 - correlation) * each < edge
        losses[start : start + size] = leaves @ shares
    return losses
