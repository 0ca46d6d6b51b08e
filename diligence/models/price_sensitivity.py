"""Van Westendorp's price sensitivity meter, with the purchase intent of Newton, Miller and Smith.

Conventions are those of the R package pricesensitivitymeter, each named: rows whose four prices do not rise are dropped and counted;
curves are empirical shares at each price asked, or straight lines between them; a crossing is the first price at which the rising
curve has reached the falling one, and where both stay level from there, ``min``, ``max``, ``mean`` or ``median`` of these prices.
The survey names no rival: it says what buyers find acceptable, not what they would choose.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

ANSWERS = ("too_cheap", "cheap", "expensive", "too_expensive")
POINTS = ("marginal_cheapness", "optimal", "indifference", "marginal_expensiveness")
INTERSECTIONS = ("min", "max", "mean", "median")
ORIGINAL, NARROWER = "original", "narrower"
CALIBRATION: Mapping[float, float] = {5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0.0}
"""Purchase intent on five points to probability (Newton, Miller and Smith 1993, as the R package sets it)."""


def transitive_answers(survey: pd.DataFrame) -> pd.DataFrame:
    """Respondents whose four prices rise: ``too_cheap < cheap < expensive < too_expensive``; others are left out.

    Parameters
    ----------
    survey
        ``too_cheap, cheap, expensive, too_expensive`` (currency a unit).

    Returns
    -------
    DataFrame
        The rows that hold, unchanged.

    Examples
    --------
    >>> survey = pd.DataFrame({"too_cheap": [1, 5], "cheap": [2, 4], "expensive": [3, 6], "too_expensive": [4, 7]})
    >>> len(transitive_answers(survey))
    1
    """
    need(survey, *ANSWERS)
    answers = survey[list(ANSWERS)].astype("float64").to_numpy()
    return survey[(np.diff(answers, axis=1) > 0).all(axis=1)] if len(survey) else survey


def price_sensitivity_curves(survey: pd.DataFrame, *, step: float = 0.0, validate: bool = True) -> pd.DataFrame:
    """Shares of respondents by price: too cheap and cheap fall, expensive and too expensive rise.

    ``too_cheap(p) = share with too_cheap > p``, ``expensive(p) = share with expensive <= p``, alike for the other two.

    Parameters
    ----------
    survey
        ``too_cheap, cheap, expensive, too_expensive`` (currency a unit).
    step
        0 gives the curves at the prices that were named; above it, straight lines between them in steps of this size.
    validate
        Drop respondents whose prices do not rise.

    Returns
    -------
    DataFrame
        ``price``, ``too_cheap, cheap, expensive, too_expensive`` (fractions).

    Examples
    --------
    >>> survey = pd.DataFrame({"too_cheap": [1.0, 2.0], "cheap": [3.0, 3.0], "expensive": [5.0, 5.0], "too_expensive": [8.0, 9.0]})
    >>> price_sensitivity_curves(survey)["too_cheap"].tolist()
    [0.5, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    need(survey, *ANSWERS)
    kept = transitive_answers(survey) if validate else survey.dropna(subset=list(ANSWERS))
    answers = kept[list(ANSWERS)].astype("float64").to_numpy()
    if not len(answers):
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in ("price", *ANSWERS)})
    grid = np.unique(answers)
    shares = [np.searchsorted(np.sort(answers[:, place]), grid, side="right") / len(answers) for place in range(4)]
    curves = np.column_stack([1 - shares[0], 1 - shares[1], shares[2], shares[3]])
    if step > 0:
        fine = np.round(np.arange(grid[0], grid[-1] + step / 2, step), 10)
        curves = np.column_stack([np.interp(fine, grid, curves[:, place]) for place in range(4)])
        grid = fine
    return pd.DataFrame(np.column_stack([grid, curves]), columns=["price", *ANSWERS])


def price_sensitivity(
    survey: pd.DataFrame,
    *,
    step: float = 0.0,
    validate: bool = True,
    intersection: str = "min",
    acceptable_range: str = ORIGINAL,
    generator: np.random.Generator | None = None,
    draws: int = 400,
) -> pd.DataFrame:
    """Van Westendorp's four price points.

    Indifference: ``cheap = expensive``; optimal: ``too_cheap = too_expensive``. Range as published (``original``): marginal cheapness
    ``too_cheap = expensive``, marginal expensiveness ``cheap = too_expensive``; ``narrower``: ``too_cheap = 1 - cheap`` and
    ``1 - expensive = too_expensive``.

    Parameters
    ----------
    survey
        ``too_cheap, cheap, expensive, too_expensive`` (currency a unit).
    step
        0 reads crossings at the prices that were named; above it on straight lines between them, in steps of this size.
    validate
        Drop respondents whose prices do not rise.
    intersection
        Which price of a level crossing: ``min, max, mean, median``.
    acceptable_range
        ``original`` or ``narrower``.
    generator
        Source of randomness for 95% intervals by bootstrap over respondents; blank gives none.

    Returns
    -------
    DataFrame
        ``point`` (marginal_cheapness, optimal, indifference, marginal_expensiveness), ``price``, ``low``, ``high`` (currency a unit), ``n``
        (respondents kept), ``dropped``, ``drop_rate``.

    Raises
    ------
    ValueError
        An intersection or a range of another name.

    Source: van Westendorp 1976; R package pricesensitivitymeter (Alletsee).

    Examples
    --------
    >>> survey = pd.DataFrame({"too_cheap": [1.0, 2.0, 3.0], "cheap": [3.0, 4.0, 5.0], "expensive": [5.0, 6.0, 7.0], "too_expensive": [7.0, 8.0, 9.0]})
    >>> price_sensitivity(survey).set_index("point")["price"].to_dict()
    {'marginal_cheapness': 3.0, 'optimal': 3.0, 'indifference': 5.0, 'marginal_expensiveness': 5.0}
    """
    for given, known in ((intersection, INTERSECTIONS), (acceptable_range, (ORIGINAL, NARROWER))):
        if given not in known:
            raise ValueError(f"expected one of {', '.join(known)}, got {given!r}; name one of these")
    need(survey, *ANSWERS)
    asked = survey.dropna(subset=list(ANSWERS), how="all")
    kept = transitive_answers(asked) if validate else asked.dropna(subset=list(ANSWERS))

    def points(rows: pd.DataFrame) -> list[float]:
        return _points(price_sensitivity_curves(rows, step=step, validate=False), intersection, acceptable_range)

    found = pd.DataFrame({"point": list(POINTS), "price": points(kept), "low": float("nan"), "high": float("nan")})
    if generator is not None and len(kept) > 1:
        ordered = kept.sort_values(list(ANSWERS), kind="stable")
        drawn = [points(ordered.iloc[generator.integers(0, len(kept), len(kept))]) for _ in range(draws)]
        found[["low", "high"]] = np.nanquantile(np.array(drawn), [0.025, 0.975], axis=0).T
    dropped = len(asked) - len(kept)
    return found.assign(n=len(kept), dropped=dropped, drop_rate=dropped / len(asked) if len(asked) else float("nan"))


def _points(curves: pd.DataFrame, intersection: str, acceptable_range: str) -> list[float]:
    too_cheap, cheap, expensive, too_expensive = (curves[name].to_numpy() for name in ANSWERS)
    price = curves["price"].to_numpy()
    low, high = (expensive, too_cheap), (too_expensive, cheap)
    if acceptable_range == NARROWER:
        low, high = (1 - cheap, too_cheap), (too_expensive, 1 - expensive)
    pairs = (low, (too_expensive, too_cheap), (expensive, cheap), high)
    return [_crossing(price, rising, falling, intersection) for rising, falling in pairs]


def _crossing(price: np.ndarray, rising: np.ndarray, falling: np.ndarray, intersection: str) -> float:
    """The first price at which the rising curve is not below the falling one; among prices where both stay as they are there, the one asked."""
    reached = np.flatnonzero(rising >= falling - 1e-12)
    if not len(reached):
        return float("nan")
    first = reached[0]
    level = price[(np.abs(rising - rising[first]) < 1e-12) & (np.abs(falling - falling[first]) < 1e-12)]
    ways: dict[str, Callable[[np.ndarray], float]] = {"min": np.min, "max": np.max, "mean": np.mean, "median": np.median}
    return float(ways[intersection](level))


def newton_miller_smith(
    survey: pd.DataFrame, *, calibration: Mapping[float, float] | None = CALIBRATION, validate: bool = True
) -> pd.DataFrame:
    """Expected trial and revenue by price (Newton, Miller and Smith): each respondent's chance to buy, in straight lines between four prices.

    Nought at ``too_cheap`` and ``too_expensive``, the calibrated intent at ``cheap`` and ``expensive``; between them linear in the price;
    outside nought. ``trial(p) = mean chance at p``, ``revenue(p) = p * trial(p)``.

    Parameters
    ----------
    survey
        ``too_cheap, cheap, expensive, too_expensive`` (currency a unit), ``intent_cheap, intent_expensive`` (purchase intent at the two
        middle prices).
    calibration
        From the scale of intent to a probability; None where the columns are probabilities.
    validate
        Drop respondents whose prices do not rise.

    Returns
    -------
    DataFrame
        ``price``, ``trial`` (fraction), ``revenue`` (currency a respondent); the highest of each is the price sought.

    Source: Newton, Miller and Smith 1993; R package pricesensitivitymeter.

    Examples
    --------
    >>> survey = pd.DataFrame({"too_cheap": [2.0], "cheap": [4.0], "expensive": [6.0], "too_expensive": [8.0], "intent_cheap": [5], "intent_expensive": [4]})
    >>> newton_miller_smith(survey)[["price", "trial"]].values.tolist()
    [[2.0, 0.0], [4.0, 0.7], [6.0, 0.5], [8.0, 0.0]]
    """
    need(survey, *ANSWERS, "intent_cheap", "intent_expensive")
    kept = transitive_answers(survey) if validate else survey
    chances = [
        kept[name].map(dict(calibration)) if calibration is not None else kept[name] for name in ("intent_cheap", "intent_expensive")
    ]
    whole = kept[list(ANSWERS)].notna().all(axis=1) & chances[0].notna() & chances[1].notna()
    prices = kept.loc[whole, list(ANSWERS)].astype("float64").to_numpy()
    if not len(prices):
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in ("price", "trial", "revenue")})
    middle = np.column_stack([chance[whole].astype("float64") for chance in chances])
    heights = np.column_stack([np.zeros(len(prices)), middle, np.zeros(len(prices))])
    grid = np.unique(prices)
    trial = np.zeros(len(grid))
    for place in range(3):
        left, right = prices[:, [place]], prices[:, [place + 1]]
        inside = (grid >= left) & ((grid < right) if place < 2 else (grid <= right))
        part = (grid - left) / np.where(right > left, right - left, 1.0)
        trial += (inside * (heights[:, [place]] + part * (heights[:, [place + 1]] - heights[:, [place]]))).sum(axis=0)
    trial /= len(prices)
    return pd.DataFrame({"price": grid, "trial": trial, "revenue": grid * trial})


def best_prices(curve: pd.DataFrame) -> dict[str, float]:
    """Prices of the highest trial and of the highest revenue: ``argmax`` of each; the lowest of equals.

    Parameters
    ----------
    curve
        ``price, trial, revenue`` as :func:`newton_miller_smith` gives it.

    Returns
    -------
    dict
        ``trial_price, revenue_price`` (currency a unit), ``trial`` (the share that tries at its price); NaN without rows.

    Examples
    --------
    >>> best_prices(pd.DataFrame({"price": [4.0, 6.0], "trial": [0.7, 0.5], "revenue": [2.8, 3.0]}))
    {'trial_price': 4.0, 'revenue_price': 6.0, 'trial': 0.7}
    """
    need(curve, "price", "trial", "revenue")
    if curve.empty:
        return dict.fromkeys(("trial_price", "revenue_price", "trial"), float("nan"))
    rows = curve.sort_values("price", kind="stable")
    at = {name: float(rows.loc[rows[name].round(12).idxmax(), "price"]) for name in ("trial", "revenue")}
    return {"trial_price": at["trial"], "revenue_price": at["revenue"], "trial": float(rows["trial"].max())}
