"""Gamma-gamma: what a purchase of a customer is worth, drawn towards the average where little was seen of it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


@dataclass(frozen=True)
class GammaGamma:
    """A fitted gamma-gamma model of spend.

    Attributes
    ----------
    p, q
        Shapes: of a purchase around its customer's mean, and of the means over customers.
    v
        Rate of the means (currency).
    log_likelihood
        Of all customers that bought again.
    n
        Customers that bought again.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    n: int

    @property
    def mean(self) -> float:
        """Mean of a purchase over all customers, ``p v / (q - 1)``; NaN where q is 1 or less."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("nan")


def gamma_gamma(customers: pd.DataFrame) -> GammaGamma | None:
    """Fit the gamma-gamma model by maximum likelihood, on customers that bought again for more than nought.

    ``L = G(px+q) / (G(px) G(q)) q-free terms x v^q m^(px-1) x^(px) / (v + x m)^(px+q)``. It assumes that how much a customer spends and how
    often have nothing to do with each other. Own code on scipy's optimiser: no kept library has the model.

    Parameters
    ----------
    customers
        ``frequency`` (purchases behind the mean), ``mean_amount`` (currency).

    Returns
    -------
    GammaGamma or None
        None with fewer than two such customers, or where all spend the same: not assessable.

    References
    ----------
    Fader, Hardie and Lee 2005, RFM and CLV: using iso-value curves; Fader and Hardie 2013, The gamma-gamma model of monetary value.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [2, 1, 4, 3], "mean_amount": [20.0, 35.0, 28.0, 60.0]})
    >>> gamma_gamma(customers).n
    4
    """
    need(customers, "frequency", "mean_amount")
    known = customers[(customers["frequency"] > 0) & (customers["mean_amount"] > 0)].sort_values(
        ["frequency", "mean_amount"], kind="stable"
    )
    x, raw = (known[column].to_numpy(dtype="float64") for column in ("frequency", "mean_amount"))
    if len(x) < 2 or float(np.ptp(raw)) <= 1e-12 * float(raw.max()):
        return None
    from scipy.optimize import minimize
    from scipy.special import gammaln

    unit = float(raw.mean())
    m = raw / unit

    def loss(logs: np.ndarray) -> float:
        p, q, v = np.exp(logs)
        log_l = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v) + (p * x - 1) * np.log(m) + p * x * np.log(x)
        return -float((log_l - (p * x + q) * np.log(v + x * m)).mean())

    bounds = [(-9.0, 9.0)] * 3
    rough = minimize(loss, np.log([2.0, 3.0, 1.0]), method="L-BFGS-B", bounds=bounds)
    best = minimize(
        loss, rough.x, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-8, "fatol": 1e-14, "maxiter": 4000, "maxfev": 4000}
    )
    p, q, v = (float(value) for value in np.exp(best.x))
    return GammaGamma(p, q, v * unit, float(-best.fun * len(x) - len(x) * np.log(unit)), len(x))


def expected_spend(customers: pd.DataFrame, model: GammaGamma | None) -> pd.DataFrame:
    """Expected worth of a customer's next purchase: ``p (v + x m) / (p x + q - 1)``, its own mean drawn towards that of all.

    Parameters
    ----------
    customers
        ``frequency``, ``mean_amount`` (currency; blank without a repeat purchase); ``customer_id`` is handed on.
    model
        A fit, or None: then all is NaN.

    Returns
    -------
    DataFrame
        ``customer_id`` where given, ``spend`` (currency a purchase), in the order of the rows; NaN where q is 1 or less and nothing was seen.

    Examples
    --------
    >>> cdnow = GammaGamma(6.2496, 3.7442, 15.4435, -4055.0, 946)
    >>> expected_spend(pd.DataFrame({"frequency": [2, 0], "mean_amount": [40.0, None]}), cdnow)["spend"].round(2).tolist()
    [39.13, 35.17]
    """
    need(customers, "frequency", "mean_amount")
    x = customers["frequency"].to_numpy(dtype="float64")
    total = x * customers["mean_amount"].fillna(0.0).to_numpy(dtype="float64")
    keep = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
    if model is None:
        return pd.DataFrame({**keep, "spend": np.full(len(x), np.nan)})
    below = model.p * x + model.q - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        spend = np.where(below > 0, model.p * (model.v + total) / np.where(below > 0, below, 1.0), np.nan)
    return pd.DataFrame({**keep, "spend": spend})
