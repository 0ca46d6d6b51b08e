"""Response: how results followed spend, fitted with carry-over and saturation, behind gates that refuse what the data cannot tell.

Spend follows budgets and budgets follow demand, channels are raised together, and carry-over trades off against saturation. So before a
curve by channel is shown: no variance inflation above 10, and two years of weeks or months. Else channels are pooled and only the total is
given; where that is too short as well, nothing is. SciPy's ``least_squares`` (trust region, bounds) and ``nnls`` stand behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.metrics.saturation import geometric_adstock, hill, logistic_saturation, normalised_adstock

MOST_INFLATION = 10.0
YEARS = 2.0
TOTAL = "(total)"
NAN = float("nan")
FORMS = ("logistic", "michaelis_menten", "hill")


@dataclass(frozen=True)
class Response:
    """A fitted response.

    Attributes
    ----------
    curves
        ``channel, theta, rate`` (logistic) or ``half`` (spend at half the ceiling), ``shape``, ``ceiling`` (most results a period), ``spend``
        (mean of the last year's periods), ``average`` and ``marginal`` (cost of a result now, and of the next), ``saturation`` (spend / half).
    form
        ``logistic``, ``michaelis_menten`` or ``hill``.
    r2
        Share of the variance explained.
    base
        Mean of the results a period that spend does not explain: what would come without it, by the fit.
    pooled
        Whether channels were joined, and why.
    reason
        Why there is no curve; blank where there is one.
    inflation
        ``channel, inflation``: variance inflation of each channel's spend.
    n
        Periods.
    """

    curves: pd.DataFrame
    form: str
    r2: float
    base: float
    pooled: str
    reason: str
    inflation: pd.DataFrame
    n: int


CURVES = ["channel", "theta", "rate", "half", "shape", "ceiling", "spend", "average", "marginal", "saturation"]


def variance_inflation(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the variance inflation of each column: ``1 / (1 - R2)`` of its regression on all the others, with a constant.

    Parameters
    ----------
    frame
        Numbers alone: one column a channel, one row a period.

    Returns
    -------
    DataFrame
        ``channel, inflation``; 1 is independent of the others, NaN where a column does not vary.

    Notes
    -----
    Marquardt 1970. From the inverse of the correlation matrix; statsmodels' ``variance_inflation_factor`` gives the same.

    Examples
    --------
    >>> variance_inflation(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, -1, -1, 1]}))["inflation"].tolist()
    [1.0, 1.0]
    """
    values = frame.to_numpy(dtype="float64")
    inflation = np.full(values.shape[1], NAN)
    if len(values) > 1:
        # a constant column keeps a rounding error of variance: held against its own size it is none
        varies = values.std(axis=0) > 1e-9 * np.maximum(np.abs(values).max(axis=0), 1e-300)
        if varies.any():
            correlation = np.atleast_2d(np.corrcoef(values[:, varies], rowvar=False))
            with np.errstate(divide="ignore"):
                singular = np.linalg.cond(correlation) > 1e14
            inflation[varies] = np.full(int(varies.sum()), 1e14) if singular else np.diag(np.linalg.inv(correlation))
    return pd.DataFrame({"channel": [str(name) for name in frame.columns], "inflation": inflation})


def fit_response(
    periods: pd.DataFrame,
    *,
    generator: np.random.Generator,
    channels: Sequence[str],
    outcome: str = "results",
    controls: Sequence[str] = (),
    per_year: int = 52,
    form: str = "logistic",
    lags: int = 8,
    normalised: bool = True,
    gate: bool = True,
    starts: int = 8,
) -> Response:
    """Fit results on spend with carry-over and saturation: non-linear least squares from several starts.

    ``results_t = constant + controls + sum_c ceiling_c saturation(adstock(spend_c))_t``. For each carry-over and curvature the linear part is
    solved exactly (ceilings not below zero), so that only two or three numbers a channel are searched for.

    Parameters
    ----------
    periods
        One row a period in the order of time: columns of spend, of the outcome and of the controls (trend, season, events).
    generator
        Chooses the starts; the same seed gives the same fit.
    channels
        Columns of spend.
    outcome, controls
        Column of the result; columns that explain it besides.
    per_year
        52 for weeks, 12 for months.
    form
        ``logistic``, ``michaelis_menten`` or ``hill``.
    lags, normalised
        Carry-over: normalised over so many lags, or geometric without end.
    gate
        Whether collinear channels are pooled and short series refused; leave it unless the data were made by experiment.
    starts
        Number of starts.

    Examples
    --------
    >>> spend = np.tile([0.0, 1.0, 2.0, 4.0], 30)
    >>> weeks = pd.DataFrame({"ads": spend, "results": 10 * spend / (2 + spend)})
    >>> fit = fit_response(weeks, generator=np.random.default_rng(1), channels=["ads"], form="michaelis_menten", lags=2)
    >>> round(float(fit.curves["half"].iloc[0]), 2), round(fit.r2, 4)
    (2.0, 1.0)
    """
    need(periods, *channels, outcome, *controls)
    known = periods[[*channels, outcome, *controls]].dropna()
    inflation = variance_inflation(known[list(channels)])
    short = len(known) < YEARS * per_year
    worst = float(inflation["inflation"].max()) if inflation["inflation"].notna().any() else NAN
    reason, pooled = _gates(known, list(channels), outcome, short=gate and short, worst=worst if gate else NAN)
    if reason:
        return Response(pd.DataFrame(columns=CURVES), form, NAN, NAN, pooled, reason, inflation, len(known))
    table = known[list(channels)].sum(axis=1).to_frame(TOTAL) if pooled else known[list(channels)]
    search = _Search(
        table.to_numpy(dtype="float64"), known[outcome].to_numpy(dtype="float64"), _design(known, controls), form, lags, normalised
    )
    best = search.best(generator, starts)
    return Response(
        search.curves(best, list(table.columns), per_year), form, search.r2(best), search.base(best), pooled, "", inflation, len(known)
    )


def fitted(
    periods: pd.DataFrame, fit: Response, *, channels: Sequence[str], outcome: str = "results", lags: int = 8, upto: int | None = None
) -> np.ndarray:
    """Give what a fitted response (normalised carry-over, no controls) says of each period: ``constant + sum_c ceiling_c saturation_c``.

    Parameters
    ----------
    periods, channels, outcome, lags
        As for the fit.
    fit
        The response.
    upto
        Number of first periods from which the constant is taken; left out, all.

    Examples
    --------
    >>> spend = np.tile([0.0, 1.0, 2.0, 4.0], 30)
    >>> weeks = pd.DataFrame({"ads": spend, "results": 3 + 10 * spend / (2 + spend)})
    >>> fit = fit_response(weeks, generator=np.random.default_rng(1), channels=["ads"], form="michaelis_menten", lags=1)
    >>> fitted(weeks, fit, channels=["ads"], lags=1)[:2].round(3).tolist()
    [3.0, 6.333]
    """
    need(periods, *channels, outcome)
    whole = np.zeros(len(periods))
    for curve in fit.curves.itertuples():
        spend = periods[list(channels)].sum(axis=1) if fit.pooled else periods[str(curve.channel)]
        carried = normalised_adstock(spend, theta=float(curve.theta), lags=lags)
        if fit.form == "logistic":
            whole += logistic_saturation(carried, rate=float(curve.rate), ceiling=float(curve.ceiling))
        else:
            whole += hill(carried, half=float(curve.half), shape=float(curve.shape), ceiling=float(curve.ceiling))
    seen = periods[outcome].to_numpy(dtype="float64")[:upto]
    return whole + (float((seen - whole[:upto]).mean()) if len(seen) else NAN)


def _gates(known: pd.DataFrame, channels: list[str], outcome: str, *, short: bool, worst: float) -> tuple[str, str]:
    """Give why nothing can be fitted, and why channels are pooled."""
    if short:
        return f"fewer than {YEARS:.0f} years of periods", ""
    if known.empty or not float(np.ptp(known[outcome])) > 0:
        return "the results do not vary", ""
    if not (known[channels].sum(axis=1).std() > 0):
        return "spend does not vary", ""
    return "", "variance inflation above 10: the channels were raised together" if worst > MOST_INFLATION else ""


def _design(known: pd.DataFrame, controls: Sequence[str]) -> np.ndarray:
    return np.column_stack([np.ones(len(known)), known[list(controls)].to_numpy(dtype="float64")])


class _Search:
    """The search for carry-over and curvature; the linear part is solved at each step."""

    def __init__(self, spend: np.ndarray, outcome: np.ndarray, fixed: np.ndarray, form: str, lags: int, normalised: bool) -> None:
        self.scale = np.where(spend.max(axis=0) > 0, spend.max(axis=0), 1.0)
        self.unit = float(np.abs(outcome).max()) or 1.0
        self.spend, self.outcome, self.fixed = spend / self.scale, outcome / self.unit, fixed
        self.form, self.lags, self.normalised = form, lags, normalised
        self.width = 3 if form == "hill" else 2
        if form not in FORMS:
            raise ValueError(f"expected a form out of {', '.join(FORMS)}, got {form!r}; name one of them")
        # what the controls explain is taken out once: the ceilings are fitted to what is left
        self.basis = np.linalg.qr(fixed)[0]
        self.rest = self._left(self.outcome)

    def _left(self, values: np.ndarray) -> np.ndarray:
        return values - self.basis @ (self.basis.T @ values)

    def carried(self, column: np.ndarray, theta: float) -> np.ndarray:
        """Carry the spend of one channel over."""
        return normalised_adstock(column, theta=theta, lags=self.lags) if self.normalised else geometric_adstock(column, theta=theta)

    def saturated(self, column: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Bend the spend of one channel."""
        carried = self.carried(column, float(asked[0]))
        curve = float(np.exp(asked[1]))
        if self.form == "logistic":
            return logistic_saturation(carried, rate=curve)
        return hill(carried, half=curve, shape=float(np.exp(asked[2])) if self.width == 3 else 1.0)

    def solved(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the ceilings for these shapes, and the residuals."""
        from scipy.optimize import nnls

        parts = asked.reshape(-1, self.width)
        bent = self._left(np.column_stack([self.saturated(self.spend[:, place], part) for place, part in enumerate(parts)]))
        size = np.linalg.norm(bent, axis=0)
        size = np.where(size > 1e-12, size, 1.0)
        ceilings = nnls(bent / size, self.rest)[0] / size
        return ceilings, self.rest - bent @ ceilings

    def best(self, generator: np.random.Generator, starts: int) -> np.ndarray:
        """Search from several starts and give the best shapes."""
        from scipy.optimize import least_squares

        count = self.spend.shape[1]
        ends = [(0.0, 0.98), (np.log(0.05), np.log(50.0)), (np.log(0.5), np.log(6.0))][: self.width]
        low, high = (np.tile([end[side] for end in ends], count) for side in (0, 1))
        first = np.tile([0.3, 0.0, np.log(1.5)][: self.width], count)
        tries = [first, *generator.uniform(low, high, size=(max(starts - 1, 0), len(low)))]
        residuals: Callable[[np.ndarray], np.ndarray] = lambda asked: self.solved(asked)[1]  # noqa: E731 - the function that is minimised
        fits = [least_squares(residuals, start, bounds=(low, high), xtol=1e-10, ftol=1e-10) for start in tries]
        return np.asarray(min(fits, key=lambda fit: fit.cost).x)

    def r2(self, asked: np.ndarray) -> float:
        """Share of the outcome's variance that is explained, controls included."""
        left = self.solved(asked)[1]
        return float(1 - left @ left / ((self.outcome - self.outcome.mean()) ** 2).sum())

    def base(self, asked: np.ndarray) -> float:
        """Mean result that spend does not explain."""
        bent = [self.saturated(self.spend[:, place], part) for place, part in enumerate(asked.reshape(-1, self.width))]
        return float((self.outcome.mean() - np.mean(np.column_stack(bent) @ self.solved(asked)[0])) * self.unit)

    def curves(self, asked: np.ndarray, names: list[str], per_year: int) -> pd.DataFrame:
        """Give the curves in the units of the data, with the cost of a result now and of the next."""
        ceilings = self.solved(asked)[0]
        rows = []
        for place, part in enumerate(asked.reshape(-1, self.width)):
            scale, curve = float(self.scale[place]), float(np.exp(part[1]))
            shape = float(np.exp(part[2])) if self.width == 3 else 1.0
            theta, ceiling = float(part[0]), float(ceilings[place]) * self.unit
            # with carry-over that runs on, a steady spend stands for more than itself
            times = 1.0 if self.normalised else 1 / (1 - theta)
            now = float(self.spend[-per_year:, place].mean()) * times
            logistic = self.form == "logistic"
            half = float(np.log(3.0)) / curve if logistic else curve
            results = ceiling * float(logistic_saturation(now, rate=curve) if logistic else hill(now, half=curve, shape=shape))
            step = 1e-6 * max(now, 1e-6)
            more = ceiling * float(logistic_saturation(now + step, rate=curve) if logistic else hill(now + step, half=curve, shape=shape))
            spend, slope = now * scale / times, (more - results) / step * times / scale
            rows.append(
                {
                    "channel": names[place],
                    "theta": theta,
                    "rate": curve / scale if logistic else NAN,
                    "half": half * scale / times,
                    "shape": NAN if logistic else shape,
                    "ceiling": ceiling,
                    "spend": spend,
                    "average": spend / results if results > 0 else NAN,
                    "marginal": 1 / slope if slope > 0 else NAN,
                    "saturation": now / half,
                }
            )
        return pd.DataFrame(rows, columns=CURVES)
