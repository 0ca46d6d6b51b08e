"""Curves of adoption and saturation: Bass, logistic, Gompertz; the potential with its interval, or the reason why it cannot be told.

Each curve is ``potential x shape(t; first, second)``. The potential enters linearly and is solved for exactly, so that the search runs over
two parameters only (scipy's Levenberg-Marquardt stands behind); standard errors are those of the linearised model, the interval of
the potential is its profile. A potential is only told after the inflection: before it, curves of any height fit alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diligence.metrics.measure import need

NAN = float("nan")
FEWEST = 5
"""Observations below which three parameters are not fitted."""
BEFORE = "potential not identified: the data end before the fitted inflection"
UNBOUNDED = "potential not identified: no upper end of its interval"
NOT_ASKED = "potential not told: its interval was not asked for"
TOO_FEW = f"fewer than {FEWEST} periods with adopters"
NO_FIT = "no curve of this form fits"
FARTHEST = 50.0
"""Times the largest stock seen: a potential beyond it is as good as none."""

Array = NDArray[np.float64]
Shape = Callable[[Array, float, float], Array]


@dataclass(frozen=True)
class GrowthCurve:
    """A fitted curve of adoption.

    Attributes
    ----------
    curve
        ``bass``, ``logistic`` or ``gompertz``.
    form
        ``differences`` (adopters of a period are the difference of the curve), ``density`` (its slope) or ``level`` (the stock).
    potential, low, high
        Asymptote with the 95% interval of its profile; NaN where it is not identified.
    asymptote, asymptote_se
        What the fit gives for it in any case, to be read with ``reason``.
    first, first_se, second, second_se
        Bass: innovation ``p`` and imitation ``q``; logistic: midpoint and scale; Gompertz: ``b`` and ``c`` of ``exp(-b c^t)``.
    inflection
        Time of the steepest adoption, in the periods of the data.
    reached
        Largest stock in the data.
    sigma, n
        Residual standard error, and observations.
    identified, reason
        Whether the potential is, and why not.
    """

    curve: str
    form: str
    potential: float
    low: float
    high: float
    asymptote: float
    asymptote_se: float
    first: float
    first_se: float
    second: float
    second_se: float
    inflection: float
    reached: float
    sigma: float
    n: int
    identified: bool
    reason: str

    def shape(self, times: Sequence[float] | Array) -> Array:
        """Give the share of the potential that is reached by each time."""
        return SHAPES[self.curve](np.asarray(times, dtype="float64"), self.first, self.second)

    def adopters(self, times: Sequence[float] | Array) -> Array:
        """Give the adopters of the period that ends at each time, ``asymptote x (F(t) - F(t-1))``, identified or not."""
        t = np.asarray(times, dtype="float64")
        return np.asarray(self.asymptote * (self.shape(t) - self.shape(t - 1)))


def bass_share(t: Array, p: float, q: float) -> Array:
    """Share that has adopted by ``t``: ``(1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t)`` (Bass 1969).

    >>> bass_share(np.array([0.0, 8.61]), 0.010399, 0.41861).round(3).tolist()
    [0.0, 0.487]
    """
    decay = np.exp(-np.clip((p + q) * t, -50, 700))
    return np.asarray((1 - decay) / (1 + q / p * decay))


def bass_density(t: Array, p: float, q: float) -> Array:
    """Slope of the share at ``t``: ``(p+q)^2/p e^-(p+q)t / (1 + q/p e^-(p+q)t)^2``; a convention of some packages for adopters of a period.

    >>> bass_density(np.array([0.0]), 0.01, 0.4).round(6).tolist()
    [0.01]
    """
    decay = np.exp(-np.clip((p + q) * t, -50, 700))
    return np.asarray((p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2)


def logistic_share(t: Array, midpoint: float, scale: float) -> Array:
    """Share reached by ``t``: ``1 / (1 + e^-((t - midpoint)/scale))``.

    >>> logistic_share(np.array([3.0]), 3.0, 1.0).tolist()
    [0.5]
    """
    return np.asarray(1 / (1 + np.exp(-np.clip((t - midpoint) / scale, -700, 700))))


def gompertz_share(t: Array, b: float, c: float) -> Array:
    """Share reached by ``t``: ``exp(-b c^t)``.

    >>> gompertz_share(np.array([0.0]), 1.0, 0.5).round(4).tolist()
    [0.3679]
    """
    return np.asarray(np.exp(-np.clip(b * c ** np.clip(t, -500, 500), 0, 700)))


SHAPES: dict[str, Shape] = {"bass": bass_share, "logistic": logistic_share, "gompertz": gompertz_share}
NATURAL: dict[str, Callable[[Array], tuple[float, float]]] = {
    "bass": lambda x: (float(np.exp(np.clip(x[0], -30, 3))), float(np.exp(np.clip(x[1], -30, 3)))),
    "logistic": lambda x: (float(x[0]), float(np.exp(np.clip(x[1], -20, 20)))),
    "gompertz": lambda x: (float(np.exp(np.clip(x[0], -20, 40))), float(np.exp(-np.exp(np.clip(x[1], -20, 3))))),
}
"""From what is searched (any real number) to the parameters of the shape."""


def bass_diffusion(adoption: pd.DataFrame, *, form: str = "differences", interval: bool = True) -> GrowthCurve:
    """Fit the Bass model to adopters by period: ``adopters_t = m (F(t) - F(t-1))`` (Srinivasan and Mason 1986), by least squares.

    ``form="density"`` fits ``m f(t)`` instead, which some packages do, and ``form="cumulative"`` the adopters so far, ``m F(t)``, whose errors
    are not independent, so that its intervals are too narrow. The three do not give the same potential.

    Parameters
    ----------
    adoption
        ``period`` (whole number, 1 in the first period of the offer) and ``adopters`` (count, new in it). Gaps count as none.
    interval
        Whether to search the interval of the potential; without it the potential is not told, and the fit is some five times as fast.

    Returns
    -------
    GrowthCurve
        ``first`` is p and ``second`` q; with fewer than five periods, nothing but the reason.

    Examples
    --------
    >>> vcr = pd.DataFrame({"period": range(1, 11), "adopters": [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]})
    >>> round(bass_diffusion(vcr).potential, -1), round(bass_diffusion(vcr, form="density").potential, -1)
    (67660.0, 67980.0)
    """
    need(adoption, "period", "adopters")
    t, y = _by_period(adoption)
    if form == "cumulative":
        return _fitted("bass", "level", t, y.cumsum(), interval)
    return _fitted("bass", "density" if form == "density" else "differences", t, y, interval)


def logistic_growth(levels: pd.DataFrame, *, interval: bool = True) -> GrowthCurve:
    """Fit a logistic curve: ``level = m / (1 + e^-((t - midpoint)/scale))``, by least squares.

    Parameters
    ----------
    levels
        ``period`` (number) and ``level`` (the stock); or ``period`` and ``adopters``, whose differences are then fitted.

    Returns
    -------
    GrowthCurve
        ``first`` is the midpoint, which is the inflection, and ``second`` the scale.

    Examples
    --------
    >>> stock = pd.DataFrame({"period": range(9), "level": [2, 5, 12, 27, 50, 73, 88, 95, 98]})
    >>> round(logistic_growth(stock).potential), round(logistic_growth(stock).inflection, 1)
    (100, 4.0)
    """
    return _levels("logistic", levels, interval)


def gompertz_growth(levels: pd.DataFrame, *, interval: bool = True) -> GrowthCurve:
    """Fit a Gompertz curve: ``level = m exp(-b c^t)``, by least squares; inflection at ``ln(b) / -ln(c)``, at 37% of the potential.

    Parameters and result as in :func:`logistic_growth`; ``first`` is b and ``second`` c.

    Examples
    --------
    >>> stock = pd.DataFrame({"period": range(9), "level": [5, 16, 33, 51, 67, 78, 86, 91, 95]})
    >>> round(gompertz_growth(stock).potential, -1)
    100.0
    """
    return _levels("gompertz", levels, interval)


def _levels(curve: str, levels: pd.DataFrame, interval: bool) -> GrowthCurve:
    if "adopters" in levels and "level" not in levels:
        need(levels, "period", "adopters")
        return _fitted(curve, "differences", *_by_period(levels), interval)
    need(levels, "period", "level")
    known = levels[["period", "level"]].astype("float64").dropna().sort_values(["period", "level"])
    return _fitted(curve, "level", known["period"].to_numpy(), known["level"].to_numpy(), interval)


def _by_period(adoption: pd.DataFrame) -> tuple[Array, Array]:
    sums = adoption.dropna(subset=["period"]).groupby("period")["adopters"].sum().astype("float64")
    if sums.empty:
        return np.empty(0), np.empty(0)
    whole = sums.reindex(range(int(sums.index.min()), int(sums.index.max()) + 1), fill_value=0.0)
    return whole.index.to_numpy(dtype="float64"), whole.to_numpy()


def _formed(curve: str, form: str, t: Array, first: float, second: float) -> Array:
    """Give the unit curve in the form of the data: ``F(t) - F(t-1)``, its density, or ``F(t)``."""
    if form == "density":
        return bass_density(t, first, second)
    shape = SHAPES[curve]
    return shape(t, first, second) - shape(t - 1, first, second) if form == "differences" else shape(t, first, second)


def _fitted(curve: str, form: str, t: Array, y: Array, interval: bool) -> GrowthCurve:
    seen = len(y) >= FEWEST and len(np.unique(t)) >= FEWEST and np.count_nonzero(y) >= FEWEST
    total = float(np.abs(y).sum()) if seen else 0.0
    reached = (float(y.max()) if form == "level" else float(y.sum())) if len(y) else NAN
    if total <= 0:
        return _nothing(curve, form, reached, len(y), TOO_FEW)
    unit = total / len(y)
    found = _search(curve, form, t, y / unit)
    if found is None:
        return _nothing(curve, form, reached, len(y), NO_FIT)
    x, rss = found
    first, second = NATURAL[curve](x)
    m = _linear(_formed(curve, form, t, first, second), y / unit)
    errors, sigma = _errors(curve, form, t, (m, first, second), rss)
    inflection = _inflection(curve, first, second)
    before = not inflection < t.max()
    low, high = _profile(curve, form, t, y / unit, x, m, rss) if interval and not before else (NAN, NAN)
    reason = BEFORE if before else NOT_ASKED if not interval else UNBOUNDED if not np.isfinite(high) else ""
    told = (m * unit, low * unit, high * unit) if not reason else (NAN, NAN, NAN)
    return GrowthCurve(
        curve, form, *told, m * unit, errors[0] * unit, first, errors[1], second, errors[2], inflection, reached, sigma * unit, len(y),
        not reason, reason,
    )  # fmt: skip


def _nothing(curve: str, form: str, reached: float, n: int, reason: str) -> GrowthCurve:
    return GrowthCurve(curve, form, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, reached, NAN, n, False, reason)


def _linear(g: Array, y: Array) -> float:
    """Give the potential that fits best, the shape given: ``g.y / g.g``."""
    below = float(g @ g)
    return float(g @ y) / below if below > 0 else 0.0


def _search(curve: str, form: str, t: Array, y: Array) -> tuple[Array, float] | None:
    from scipy.optimize import least_squares

    def residuals(x: Array) -> Array:
        g = _formed(curve, form, t, *NATURAL[curve](x))
        return y - _linear(g, y) * g

    best: tuple[Array, float] | None = None
    for start in sorted(_starts(curve, t), key=lambda x: float(np.square(residuals(x)).sum()))[:4]:
        fit = least_squares(residuals, start, method="lm", xtol=1e-12, ftol=1e-12, gtol=1e-12, max_nfev=4000)
        rss = float(2 * fit.cost)
        if np.isfinite(rss) and (best is None or rss < best[1] * (1 - 1e-9)):
            best = fit.x, rss
    if best is None or _linear(_formed(curve, form, t, *NATURAL[curve](best[0])), y) <= 0:
        return None
    return best


def _starts(curve: str, t: Array) -> list[Array]:
    span = float(t.max() - t.min()) or 1.0
    if curve == "bass":
        return [np.log([p, q]) for p in (0.0003, 0.003, 0.02, 0.1) for q in (0.05, 0.15, 0.4, 0.9)]
    middles = [t.min() + share * span for share in (0.2, 0.5, 0.8, 1.3, 2.0)]
    if curve == "logistic":
        return [np.array([middle, np.log(span * width)]) for middle in middles for width in (0.05, 0.15, 0.3, 0.6)]
    # from the time of the inflection and the rate: b = e^(rate x time)
    rates = [rate / span for rate in (1.0, 3.0, 8.0)]
    return [np.array([rate * middle, np.log(rate)]) for middle in middles for rate in rates]


def _errors(curve: str, form: str, t: Array, at: tuple[float, float, float], rss: float) -> tuple[tuple[float, ...], float]:
    """Standard errors of potential and shape: the linearised model at the fit, in the parameters as they are printed."""
    m, *shape = at
    columns = [_formed(curve, form, t, *shape)]
    for place in range(2):
        step = max(abs(shape[place]), 1e-6) * 1e-5
        up, down = list(shape), list(shape)
        up[place] += step
        down[place] -= step
        columns.append(m * (_formed(curve, form, t, *up) - _formed(curve, form, t, *down)) / (2 * step))
    free = len(t) - 3
    variance = rss / free if free > 0 else NAN
    spread = np.linalg.pinv(np.column_stack(columns).T @ np.column_stack(columns)) * variance
    return tuple(float(np.sqrt(max(value, 0.0))) for value in np.diag(spread)), float(np.sqrt(variance))


def _inflection(curve: str, first: float, second: float) -> float:
    if curve == "bass":
        return float(np.log(second / first) / (first + second)) if second > first else 0.0
    if curve == "logistic":
        return first
    return float(np.log(first) / -np.log(second)) if 0 < second < 1 else NAN


def _profile(curve: str, form: str, t: Array, y: Array, x: Array, m: float, rss: float) -> tuple[float, float]:
    """Give the potentials at which the fit is as much worse as chance makes it: ``RSS(m) = RSS (1 + F(0.95; 1, n-3) / (n-3))``."""
    from scipy.optimize import least_squares
    from scipy.stats import f

    free = len(t) - 3
    edge = rss * (1 + float(f.ppf(0.95, 1, free)) / free) + 1e-12 * float(y @ y)

    def worst(potential: float, start: Array) -> tuple[float, Array]:
        fit = least_squares(
            lambda z: y - potential * _formed(curve, form, t, *NATURAL[curve](z)), start, method="lm", xtol=1e-8, ftol=1e-8, max_nfev=400
        )
        return float(2 * fit.cost), fit.x

    ends = []
    top = FARTHEST * (float(y.max()) if form == "level" else float(y.sum()))
    for factor in (1 / 1.15, 1.15):
        inside, outside, warm = m, m * factor, x
        value, warm = worst(outside, warm)
        while value < edge and m / FARTHEST < outside < top:
            inside, outside = outside, outside * factor
            value, warm = worst(outside, warm)
        if value < edge:
            ends.append(NAN)
            continue
        for _ in range(14):
            middle = (inside * outside) ** 0.5
            value, _ = worst(middle, warm)
            inside, outside = (middle, outside) if value < edge else (inside, middle)
        ends.append((inside * outside) ** 0.5)
    return ends[0], ends[1]
