"""Pareto/NBD: as the BG/NBD, but a customer may leave at any moment, not only after a purchase."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


@dataclass(frozen=True)
class ParetoNbd:
    """A fitted Pareto/NBD.

    Attributes
    ----------
    r, alpha
        Purchase rates are gamma with shape ``r`` and rate ``alpha``.
    s, beta
        Rates of leaving are gamma with shape ``s`` and rate ``beta``.
    log_likelihood
        Of all customers.
    n
        Customers.
    """

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float
    n: int


def pareto_nbd(customers: pd.DataFrame) -> ParetoNbd | None:
    """Fit the Pareto/NBD by maximum likelihood: ``L = G(r+x) alpha^r beta^s / G(r) x [alive + dead]``, all sums on logarithms.

    Own code on scipy's hypergeometric function, since no kept library has the model; parameters, result and units as in
    :func:`diligence.models.bg_nbd.bg_nbd`.

    References
    ----------
    Schmittlein, Morrison and Colombo 1987; Fader and Hardie 2005, A note on deriving the Pareto/NBD model.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 2, 5], "recency": [0.0, 0, 4, 20, 30], "age": [38.0, 38, 38, 36, 34]})
    >>> pareto_nbd(customers).n
    5
    """
    need(customers, "frequency", "recency", "age")
    known = customers[["frequency", "recency", "age"]].dropna()
    if not len(known) or known["frequency"].sum() <= 0 or known["age"].max() <= 0:
        return None
    from scipy.optimize import minimize

    unit = float(known["age"].mean())
    alike = known.groupby(["frequency", "recency", "age"], sort=True).size().reset_index(name="weight")
    x, t, age, weight = (alike[column].to_numpy(dtype="float64") for column in ("frequency", "recency", "age", "weight"))
    t, age, n = t / unit, age / unit, float(len(known))

    def loss(logs: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            value = -float(weight @ _log_likelihood(x, t, age, *np.exp(logs))) / n
        # far from the data the hypergeometric function overflows: no place for a maximum
        return value if np.isfinite(value) else 1e10

    bounds = [(-7.0, 7.0)] * 4
    rough = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=bounds)
    best = minimize(
        loss, rough.x, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-7, "fatol": 1e-13, "maxiter": 4000, "maxfev": 4000}
    )
    r, alpha, s, beta = (float(value) for value in np.exp(best.x))
    repeats = float(known["frequency"].sum())
    return ParetoNbd(r, alpha * unit, s, beta * unit, float(-best.fun * n - repeats * np.log(unit)), len(known))


def _log_likelihood(x: np.ndarray, t: np.ndarray, age: np.ndarray, r: float, alpha: float, s: float, beta: float) -> np.ndarray:
    from scipy.special import gammaln

    whole = r + s + x
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    near, far = (_log_reach(x, at, r, alpha, s, beta) for at in (t, age))
    with np.errstate(divide="ignore"):
        dead = np.log(s) - np.log(whole) + near + np.log(-np.expm1(np.minimum(far - near, 0.0)))
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.logaddexp(alive, dead)


def _log_reach(x: np.ndarray, at: np.ndarray, r: float, alpha: float, s: float, beta: float) -> np.ndarray:
    """Give the log of ``2F1(r+s+x, s+1 or r+x; r+s+x+1; z) / (larger + at)^(r+s+x)``, by Euler's transformation where z is near one."""
    from scipy.special import hyp2f1

    whole = r + s + x
    larger, other = (alpha, s + 1) if alpha >= beta else (beta, r + x)
    gap = abs(alpha - beta) / (larger + at)
    # 2F1(A, B; C; z) = (1 - z)^(C-A-B) 2F1(C-A, C-B; C; z), and C - A is one
    return (1 - other) * np.log1p(-gap) + np.log(hyp2f1(1.0, whole + 1 - other, whole + 1, gap)) - whole * np.log(larger + at)


def active_pareto(customers: pd.DataFrame, model: ParetoNbd | None, *, time: float) -> pd.DataFrame:
    """Probability that each customer is still active, and its expected purchases in the next ``time`` units.

    ``P(active) = 1 / (1 + dead / alive)`` of the likelihood; expected ``= (r+x)(beta+T) / ((alpha+T)(s-1)) (1 - ((beta+T)/(beta+T+time))^(s-1))``
    times it.

    Parameters and columns as in :func:`diligence.models.bg_nbd.future_purchases`.

    Examples
    --------
    >>> cdnow = ParetoNbd(0.5533, 10.578, 0.6062, 11.669, -9594.98, 2357)
    >>> found = active_pareto(pd.DataFrame({"frequency": [26], "recency": [30.86], "age": [31.0]}), cdnow, time=52)
    >>> found.round(2).values.tolist()
    [[25.46, 1.0]]
    """
    need(customers, "frequency", "recency", "age")
    x, t, age = (customers[column].to_numpy(dtype="float64") for column in ("frequency", "recency", "age"))
    keep = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
    if model is None:
        return pd.DataFrame({**keep, "purchases": np.full(len(x), np.nan), "active": np.full(len(x), np.nan)})
    from scipy.special import expit

    r, alpha, beta = model.r, model.alpha, model.beta
    s = model.s if abs(model.s - 1) > 1e-6 else 1 + 1e-6
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    near, far = (_log_reach(x, at, r, alpha, s, beta) for at in (t, age))
    with np.errstate(divide="ignore"):
        dead = np.log(s) - np.log(r + s + x) + near + np.log(-np.expm1(np.minimum(far - near, 0.0)))
    active = expit(alive - dead)
    left = -np.expm1((s - 1) * (np.log(beta + age) - np.log(beta + age + time)))
    return pd.DataFrame({**keep, "purchases": (r + x) * (beta + age) / ((alpha + age) * (s - 1)) * left * active, "active": active})
