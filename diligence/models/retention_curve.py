"""Retention curves with customers who are not alike: shifted beta-geometric and beta-discrete-Weibull.

Each customer has a chance of its own to leave when its term comes up; the chances follow a beta distribution. Those most likely to leave
go first, so that the retention of a cohort rises with age although nobody changes. Read as improvement, or averaged into one churn rate,
that rise misleads; these curves tell it apart.

Both are fitted to a life table (age, at risk, lost). Its likelihood, ``sum lost log h(age) + (at risk - lost) log(1 - h(age))``, is that of
Fader and Hardie's losses and survivors, whatever the number of cohorts, and holds with late entry and censoring too. Own code on scipy's
gamma function and optimiser: no kept library has these models.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")
EDGE = 1e-4
"""Parameters are kept between this and its inverse: beyond, the curve does not change."""
TOP = -np.log(EDGE)
MOST_STEPS = 200
ALIKE = 1000.0
"""Alpha and beta together beyond which no customer is unlike another."""


@dataclass(frozen=True)
class RetentionCurve:
    """A fitted retention curve: ``S(t) = B(alpha, beta + t^shape) / B(alpha, beta)``.

    Attributes
    ----------
    alpha, beta
        Of the distribution of chances to leave: their mean is ``alpha / (alpha + beta)``.
    shape
        1 for the shifted beta-geometric; above 1 each customer's own chance grows with age, below 1 it falls.
    log_likelihood
        Of the life table.
    periods
        Longest age in it.
    n
        Customers at risk, summed over ages.
    converged
        Whether the parameters lie within their bounds; where all customers are alike, alpha and beta run off together and only the curve
        is of use.
    """

    alpha: float
    beta: float
    shape: float
    log_likelihood: float
    periods: int
    n: float
    converged: bool

    def survival(self, periods: np.ndarray | list[float] | float) -> np.ndarray:
        """Give the share still there after so many periods."""
        return np.exp(_log_survival(np.asarray(periods, dtype="float64"), self.alpha, self.beta, self.shape))

    @property
    def polarisation(self) -> float:
        """How unlike customers are, 0 to 1: ``1 / (1 + alpha + beta)``."""
        return 1 / (1 + self.alpha + self.beta)

    @property
    def expected_life(self) -> float:
        """Mean life in periods, ``(alpha + beta - 1) / (alpha - 1)``; NaN where alpha is 1 or less, since the mean is then infinite."""
        if self.shape != 1 or self.alpha <= 1:
            return NAN
        return (self.alpha + self.beta - 1) / (self.alpha - 1)

    def restricted_life(self, horizon: int, *, discount_rate: float = 0.0, age: int = 0) -> float:
        """Expected periods paid within a horizon by a customer who has stayed ``age`` renewals: ``sum of S(age + t) / S(age) / (1 + rate)^t``.

        With ``age`` above nought the sum starts at the next renewal, else at the first payment.
        """
        start = 1 if age else 0
        steps = np.arange(start, horizon + start)
        logs = _log_survival(age + steps.astype("float64"), self.alpha, self.beta, self.shape)
        here = _log_survival(np.array([float(age)]), self.alpha, self.beta, self.shape)[0]
        return float((np.exp(logs - here) * (1 + discount_rate) ** -steps.astype("float64")).sum())


def _log_survival(periods: np.ndarray, alpha: float, beta: float, shape: float) -> np.ndarray:
    from scipy.special import gammaln

    reach = np.power(periods, shape)
    return gammaln(beta + reach) - gammaln(alpha + beta + reach) - gammaln(beta) + gammaln(alpha + beta)


def shifted_beta_geometric(table: pd.DataFrame) -> RetentionCurve | None:
    """Fit the shifted beta-geometric by maximum likelihood: ``hazard(t) = alpha / (alpha + beta + t - 1)``.

    Where alpha is 1 or less the mean life is infinite (both cohorts of the textbook are so): read a life restricted to a horizon, and say so.
    Rows of several cohorts may stand in one table; whether they may be pooled is asked by :func:`pooling`.

    Parameters
    ----------
    table
        ``age`` (period, from 1), ``at_risk, lost`` (customers), as :func:`diligence.metrics.lifespans.life_table` gives it.

    Returns
    -------
    RetentionCurve or None
        None with fewer than two ages at risk, or where nobody or everybody was lost: not assessable.

    References
    ----------
    Fader and Hardie 2007, How to project customer retention.

    Examples
    --------
    >>> table = pd.DataFrame({"age": [1, 2, 3], "at_risk": [1000, 869, 743], "lost": [131, 126, 90]})
    >>> round(float(shifted_beta_geometric(table).survival(3)), 2)
    0.65
    """
    return _fit(table, shaped=False)


def beta_discrete_weibull(table: pd.DataFrame) -> RetentionCurve | None:
    """Fit the beta-discrete-Weibull: as the shifted beta-geometric, with ``S(t) = B(alpha, beta + t^shape) / B(alpha, beta)``.

    For hazards that do not fall steadily. Parameters and result as in :func:`shifted_beta_geometric`; three ages are needed.

    References
    ----------
    Fader, Hardie, Liu, Davin and Steenburgh 2018.

    Examples
    --------
    >>> table = pd.DataFrame({"age": [1, 2, 3, 4], "at_risk": [1000, 631, 468, 382], "lost": [369, 163, 86, 56]})
    >>> round(float(beta_discrete_weibull(table).survival(4)), 2)
    0.33
    """
    return _fit(table, shaped=True)


def _fit(table: pd.DataFrame, *, shaped: bool) -> RetentionCurve | None:
    need(table, "age", "at_risk", "lost")
    known = table[table["at_risk"] > 0].groupby("age", sort=True)[["at_risk", "lost"]].sum().reset_index()
    age, risk, lost = (known[column].to_numpy(dtype="float64") for column in ("age", "at_risk", "lost"))
    return _fit_counts(age, risk, lost, shaped=shaped)


def _fit_counts(age: np.ndarray, risk: np.ndarray, lost: np.ndarray, *, shaped: bool) -> RetentionCurve | None:
    if len(age) < (3 if shaped else 2) or not 0 < lost.sum() < risk.sum():
        return None
    logs = _most_likely_weibull(age, risk, lost) if shaped else _most_likely(age, risk, lost)
    alpha, beta = (float(value) for value in np.exp(logs[:2]))
    shape = float(np.exp(logs[2])) if shaped else 1.0
    inside = bool((np.abs(logs[:2]) < TOP - 0.01).all()) and alpha + beta < ALIKE
    log_likelihood = float(_log_likelihood(age, risk, lost, alpha, beta, shape))
    return RetentionCurve(alpha, beta, shape, log_likelihood, int(age.max()), float(risk.sum()), inside)


def _log_likelihood(age: np.ndarray, risk: np.ndarray, lost: np.ndarray, alpha: float, beta: float, shape: float) -> float:
    stay = _log_survival(age, alpha, beta, shape) - _log_survival(age - 1, alpha, beta, shape)
    stay = np.minimum(stay, -1e-12)
    return float((lost * np.log(-np.expm1(stay)) + (risk - lost) * stay).sum())


def _most_likely(age: np.ndarray, risk: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Give the logs of alpha and beta; the hazard is ``alpha / (alpha + beta + age - 1)``, so that the slopes are in closed form.

    Newton's method by the mean chance to leave and the size ``alpha + beta``, which hardly depend on each other; damped where it overshoots.
    """
    n, fell, kept = float(risk.sum()), float(lost.sum()), risk - lost

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        mean, size = 1 / (1 + np.exp(-at[0])), np.exp(at[1])
        alpha, beta = mean * size, (1 - mean) * size
        whole, rest = size + age - 1, beta + age - 1
        value = fell * np.log(alpha) + (kept * np.log(rest)).sum() - (risk * np.log(whole)).sum()
        shared = (risk / whole).sum()
        by_alpha, by_beta = fell / alpha - shared, (kept / rest).sum() - shared
        slopes = np.array([size * mean * (1 - mean) * (by_alpha - by_beta), alpha * by_alpha + beta * by_beta])
        return -float(value) / n, -slopes / n

    at, damping = np.array([np.log(fell / (n - fell)), np.log(3.0)]), 1e-3
    value, slopes = loss(at)
    for _ in range(MOST_STEPS):
        bends = [(loss(at + step)[1] - loss(at - step)[1]) / 2e-5 for step in (np.array([1e-5, 0.0]), np.array([0.0, 1e-5]))]
        while damping < 1e12:
            trial = np.clip(at - _solved(bends[0][0] + damping, bends[0][1], bends[1][1] + damping, slopes), -TOP, TOP)
            lower, steeper = loss(trial)
            if lower <= value:
                break
            damping *= 10
        moved = float(np.abs(trial - at).max())
        at, value, slopes, damping = trial, lower, steeper, max(damping / 10, 1e-12)
        if moved < 1e-11 or damping >= 1e11:
            break
    return np.array([at[1] - np.log1p(np.exp(-at[0])), at[1] - np.log1p(np.exp(at[0]))])


def _solved(a: float, b: float, c: float, slopes: np.ndarray) -> np.ndarray:
    """Solve two equations; where they do not bend upwards, follow the slope."""
    under = a * c - b * b
    if a <= 0 or under <= 0:
        return slopes
    return np.array([c * slopes[0] - b * slopes[1], a * slopes[1] - b * slopes[0]]) / under


def _most_likely_weibull(age: np.ndarray, risk: np.ndarray, lost: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize

    def loss(logs: np.ndarray) -> float:
        alpha, beta, shape = np.exp(logs)
        return -_log_likelihood(age, risk, lost, alpha, beta, shape) / float(risk.sum())

    start = np.append(_most_likely(age, risk, lost), 0.0)
    bounds = [(-TOP, TOP), (-TOP, TOP), (-3.0, 3.0)]
    rough = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    options = {"xatol": 1e-9, "fatol": 1e-15, "maxiter": 4000, "maxfev": 4000}
    return np.asarray(minimize(loss, rough.x, method="Nelder-Mead", bounds=bounds, options=options).x)


def curve_interval(
    curve: RetentionCurve, table: pd.DataFrame, generator: np.random.Generator, *, periods: int, draws: int = 100, confidence: float = 0.95
) -> pd.DataFrame:
    """Interval of a fitted curve by parametric bootstrap: losses are drawn anew, ``lost ~ Binomial(at risk, hazard)``, and refitted.

    Parameters
    ----------
    curve, table
        A fit and the life table behind it.
    generator
        Source of randomness.
    periods
        How far the curve is drawn.

    Returns
    -------
    DataFrame
        ``age`` (0 to periods), ``survival, low, high`` (fractions), ``life, life_low, life_high`` (periods paid up to that age).

    Examples
    --------
    >>> table = pd.DataFrame({"age": [1, 2, 3], "at_risk": [1000, 869, 743], "lost": [131, 126, 90]})
    >>> found = curve_interval(shifted_beta_geometric(table), table, np.random.default_rng(1), periods=3, draws=20)
    >>> bool((found["low"] <= found["high"]).all())
    True
    """
    need(table, "age", "at_risk", "lost")
    known = table[table["at_risk"] > 0].groupby("age", sort=True)["at_risk"].sum()
    ages, risk = known.index.to_numpy(dtype="float64"), known.to_numpy(dtype="int64")
    hazard = 1 - curve.survival(ages) / curve.survival(ages - 1)
    span = np.arange(periods + 1)
    drawn = generator.binomial(risk, np.clip(hazard, 0, 1), size=(draws, len(ages)))
    fits = [_fit_counts(ages, risk.astype("float64"), lost.astype("float64"), shaped=curve.shape != 1) for lost in drawn]
    curves = np.array([fit.survival(span) for fit in fits if fit is not None]).reshape(-1, periods + 1)
    lives = np.cumsum(curves, axis=1)
    tail = (1 - confidence) / 2
    blank = np.full((2, periods + 1), NAN)
    low, high = np.quantile(curves, [tail, 1 - tail], axis=0) if len(curves) else blank
    life_low, life_high = np.quantile(lives, [tail, 1 - tail], axis=0) if len(curves) else blank
    values = curve.survival(span)
    return pd.DataFrame(
        {"age": span, "survival": values, "low": low, "high": high, "life": np.cumsum(values), "life_low": life_low, "life_high": life_high}
    )


def pooling(table: pd.DataFrame, *, by: str = "cohort") -> pd.DataFrame:
    """Ask whether cohorts may share one curve: likelihood ratio of one yearly level for each cohort against one for all.

    A pooled curve that flattens with age may be heterogeneity (the weak leave first) or change (newer cohorts are better or worse than
    older ones, and older ones alone reach the late ages). Each cohort's hazard is the pooled one times a factor of its own; were they
    alike, ``statistic = 2 x gain in likelihood`` would be chi-squared with one degree less than there are cohorts.

    Parameters
    ----------
    table
        ``age, at_risk, lost`` and ``by``.
    by
        Column of the cohorts.

    Returns
    -------
    DataFrame
        One row: ``statistic, df, p_value``; ``trend``: mean log factor of the newer half of cohorts less that of the older half (below 0:
        newer ones leave less). NaN where there is one cohort or no curve.

    Examples
    --------
    >>> table = pd.DataFrame({"cohort": ["a", "a", "b", "b"], "age": [1, 2, 1, 2], "at_risk": [500, 400, 500, 400], "lost": [100, 50, 100, 50]})
    >>> round(float(pooling(table)["p_value"].iloc[0]), 3)
    1.0
    """
    need(table, "age", "at_risk", "lost", by)
    curve = shifted_beta_geometric(table)
    known = table[table["at_risk"] > 0]
    names = sorted(known[by].astype("str").unique())
    if curve is None or len(names) < 2:
        return pd.DataFrame([(NAN, NAN, NAN, NAN)], columns=["statistic", "df", "p_value", "trend"])
    from scipy.special import chdtrc

    ages = known["age"].to_numpy(dtype="float64")
    pooled = 1 - curve.survival(ages) / curve.survival(ages - 1)
    gain, factors = 0.0, list[float]()
    for name in names:
        mine = (known[by].astype("str") == name).to_numpy()
        risk, lost = (known[column].to_numpy(dtype="float64")[mine] for column in ("at_risk", "lost"))
        factor, better = _factor(risk, lost, pooled[mine])
        gain += better
        factors.append(factor)
    half = len(factors) // 2
    logs = np.log(np.maximum(factors, EDGE))
    trend = float(logs[-half:].mean() - logs[:half].mean())
    df = len(names) - 1
    return pd.DataFrame([(2 * gain, df, float(chdtrc(df, max(2 * gain, 0.0))), trend)], columns=["statistic", "df", "p_value", "trend"])


def _factor(risk: np.ndarray, lost: np.ndarray, hazard: np.ndarray) -> tuple[float, float]:
    """Give the factor on the hazard that fits one cohort best (on the log of staying), and what it gains in likelihood."""
    from scipy.optimize import minimize_scalar

    stay = np.log1p(-np.clip(hazard, 1e-9, 1 - 1e-9))

    def loss(log_factor: float) -> float:
        own = np.exp(log_factor) * stay
        return -float((lost * np.log(-np.expm1(own)) + (risk - lost) * own).sum())

    best = minimize_scalar(loss, bounds=(-9, 9), method="bounded", options={"xatol": 1e-10})
    return float(np.exp(best.x)), loss(0.0) - float(best.fun)


def residual_value(
    accounts: pd.DataFrame, curve: RetentionCurve, *, gross_margin: float, discount_rate: float = 0.10, horizon: int = 5
) -> pd.DataFrame:
    """What today's customers will still bring: ``sum over customers of value x margin x sum of S(age + t) / S(age) / (1 + rate)^t``.

    From the next renewal on, up to the horizon. Those who have stayed longest are the likeliest to stay on; one retention rate for all, as
    :func:`diligence.metrics.lifetime_value.naive_retention` gives it, undervalues them. ``naive`` shows by how much.

    Parameters
    ----------
    accounts
        ``age`` (renewals lived through), ``amount`` (currency a period).
    curve
        A fitted curve; ages and horizon are in its periods.
    gross_margin
        Fraction.
    discount_rate
        A period.
    horizon
        Periods counted.

    Returns
    -------
    DataFrame
        One row: ``value, naive`` (currency), ``understatement`` (fraction, ``1 - naive / value``), ``n`` (customers).

    References
    ----------
    Fader and Hardie 2010, Customer-base valuation in a contractual setting: the perils of ignoring heterogeneity.

    Examples
    --------
    >>> curve = RetentionCurve(1.0, 1.0, 1.0, 0.0, 5, 100.0, True)
    >>> accounts = pd.DataFrame({"age": [0, 4], "amount": [100.0, 100.0]})
    >>> residual_value(accounts, curve, gross_margin=1.0, discount_rate=0.0, horizon=1)["value"].round(2).tolist()
    [133.33]
    """
    need(accounts, "age", "amount")
    ages = accounts["age"].to_numpy(dtype="int64")
    amount = accounts["amount"].to_numpy(dtype="float64")
    steps = np.arange(1, horizon + 1)
    discount = (1 + discount_rate) ** -steps.astype("float64")
    distinct, place = np.unique(ages, return_inverse=True)
    ahead = curve.survival(distinct[:, None] + steps[None, :]) / curve.survival(distinct)[:, None]
    value = float((amount * (ahead @ discount)[place]).sum()) * gross_margin
    weight = np.bincount(place, weights=amount, minlength=len(distinct))
    next_one = float((weight * ahead[:, 0]).sum() / weight.sum()) if weight.sum() > 0 and len(ahead) else NAN
    naive = float(amount.sum()) * gross_margin * float((next_one**steps * discount).sum())
    under = 1 - naive / value if value > 0 else NAN
    return pd.DataFrame([(value, naive, under, len(accounts))], columns=["value", "naive", "understatement", "n"])


def alike(curve: RetentionCurve) -> RetentionCurve:
    """Give the curve of customers who are all alike and leave at the mean first rate: ``S(t) = (beta / (alpha + beta))^t``.

    What the one churn rate of a spreadsheet assumes, in the form of a curve.

    Examples
    --------
    >>> round(float(alike(RetentionCurve(1.0, 4.0, 1.0, 0.0, 5, 100.0, True)).survival(2)), 3)
    0.64
    """
    size = 1e8
    mean = curve.alpha / (curve.alpha + curve.beta)
    return replace(curve, alpha=mean * size, beta=(1 - mean) * size, shape=1.0, converged=False)
