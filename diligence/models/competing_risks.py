"""Competing risks: who leaves for which reason, where one who left for price can no longer leave for insolvency."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

COLUMNS = ["cause", "age", "at_risk", "lost", "incidence", "std_error", "low", "high"]


def cumulative_incidence(lives: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Cumulative incidence of each cause (Aalen-Johansen): ``I_k(t) = sum over a <= t of S(a-) x lost_k(a) / at risk(a)``.

    The causes add up to ``1 - S(t)``. One minus the Kaplan-Meier of a single cause, with the others as censored, is too high: it asks what
    would be if nobody left for anything else. Late entry and censoring as in :func:`diligence.models.survival.kaplan_meier`; the
    interval is made on ``log(-log(1 - I))``. Own code, since statsmodels knows no late entry; tests hold it to statsmodels.

    Parameters
    ----------
    lives
        ``exit`` (age), ``cause`` (text; blank for those still there), and ``entry`` where it is known.

    Returns
    -------
    DataFrame
        ``cause, age, at_risk`` (customers), ``lost`` (to the cause), ``incidence`` (fraction), ``std_error, low, high``; a row for each
        cause and each age at which anybody was lost.

    References
    ----------
    Aalen and Johansen 1978; variance as in Marubini and Valsecchi 1995, (10.12).

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [1, 2, 3, 4], "cause": ["price", "need gone", "price", None]})
    >>> found = cumulative_incidence(lives)
    >>> found.loc[found["cause"] == "price", "incidence"].tolist()
    [0.25, 0.25, 0.5]
    """
    need(lives, "exit", "cause")
    known = lives[lives["exit"].notna() & (lives["entry"].notna() if "entry" in lives else True)]
    exits = known["exit"].to_numpy(dtype="float64")
    entry = known["entry"].to_numpy(dtype="float64") if "entry" in known else np.zeros(len(known)) - 1
    cause = known["cause"].where(known["cause"].notna() & (known["cause"].astype("str") != ""))
    lost = cause.notna().to_numpy()
    ages = np.unique(exits[lost])
    if not len(ages):
        return pd.DataFrame({column: pd.Series(dtype="str" if column == "cause" else "float64") for column in COLUMNS})
    at_risk = np.searchsorted(np.sort(entry), ages, side="left") - np.searchsorted(np.sort(exits), ages, side="left")
    fell = np.bincount(np.searchsorted(ages, exits[lost]), minlength=len(ages))
    before = np.concatenate([[1.0], np.cumprod(1 - fell / at_risk)[:-1]])
    parts = []
    for name in sorted(cause.dropna().astype("str").unique()):
        mine = np.bincount(np.searchsorted(ages, exits[(cause.astype("str") == name).to_numpy()]), minlength=len(ages))
        incidence = np.cumsum(before * mine / at_risk)
        error = _error(incidence, before, at_risk, fell, mine)
        low, high = _bounds(incidence, error, confidence)
        values = (name, ages, at_risk, mine, incidence, error, low, high)
        parts.append(pd.DataFrame(dict(zip(COLUMNS, values, strict=True))))
    return pd.concat(parts, ignore_index=True)


def _error(incidence: np.ndarray, before: np.ndarray, at_risk: np.ndarray, fell: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """Sum the three terms of the variance for all ages at once: squares of ``I(t) - I(a)`` are opened into running sums."""
    n, rest = at_risk.astype("float64"), (at_risk - fell).astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(rest > 0, fell / (n * rest), 0.0)
    second = before**2 * (n - mine) * mine / n**3
    third = before * mine / n**2
    square = incidence**2 * np.cumsum(first) - 2 * incidence * np.cumsum(first * incidence) + np.cumsum(first * incidence**2)
    cross = incidence * np.cumsum(third) - np.cumsum(third * incidence)
    return np.sqrt(np.maximum(square + np.cumsum(second) - 2 * cross, 0.0))


def _bounds(incidence: np.ndarray, error: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import ndtri

    stay = 1 - incidence
    inside = (stay > 0) & (stay < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.exp(float(ndtri(0.5 + confidence / 2)) * error / (stay * -np.log(stay)))
        low, high = 1 - np.exp(np.log(stay) / shift), 1 - np.exp(np.log(stay) * shift)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)
