"""Survival of customers: Kaplan-Meier with late entry and censoring, its interval, median and restricted mean, the log-rank test.

Own code in NumPy, since libraries are slow on a hundred thousand customers or know no late entry; tests hold it to statsmodels.
"""

from typing import Any

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")
COLUMNS = ["age", "at_risk", "lost", "censored", "survival", "std_error", "low", "high"]
INTERVALS = ("log-log", "plain")


def kaplan_meier(lives: pd.DataFrame, *, by: str | None = None, confidence: float = 0.95, interval: str = "log-log") -> pd.DataFrame:
    """Survival by age: ``S(t) = product over ages a <= t of (1 - lost(a) / at risk(a))``, at risk where ``entry < a <= exit``.

    The error is Greenwood's, ``S(t) sqrt(sum lost / (at risk (at risk - lost)))``. The interval is made on ``log(-log S)`` (never beyond 0
    and 1) or ``plain``. With late entry the curve speaks from the first age at which anybody was at risk.

    Parameters
    ----------
    lives
        ``exit`` (age at loss or at the end of sight, any unit), ``lost`` (bool), and ``entry`` (age when first seen; all 0 where it is not
        there). Rows with a blank age are left out.
    by
        A column to cut by.
    confidence
        Of the interval.
    interval
        ``log-log`` or ``plain``.

    Returns
    -------
    DataFrame
        ``by, age`` (0 and each age at which anybody left sight), ``at_risk, lost, censored`` (customers), ``survival`` (fraction),
        ``std_error``, ``low``, ``high``; the interval is NaN where nobody is lost yet or nobody is left.

    References
    ----------
    Kaplan and Meier 1958; Greenwood 1926; Kalbfleisch and Prentice 1980 for the interval.

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [6, 6, 7, 10], "lost": [True, False, True, False]})
    >>> kaplan_meier(lives)["survival"].round(3).tolist()
    [1.0, 0.75, 0.375, 0.375]
    """
    need(lives, "exit", "lost", *([by] if by else []))
    parts = [_curve(*_arrays(part), confidence, interval).assign(**({by: name} if by else {})) for name, part in _groups(lives, by)]
    columns = [*([by] if by else []), *COLUMNS]
    return (
        pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame({column: pd.Series(dtype="float64") for column in columns})
    )


def _groups(lives: pd.DataFrame, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    if not by:
        return [("", lives)] if len(lives) else []
    return [(str(name), part) for name, part in lives.groupby(lives[by].astype("str"), sort=True) if name != "nan"]


def _arrays(lives: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Give ages at exit, losses and ages at entry; without entry where all enter at nought."""
    exits = lives["exit"].to_numpy(dtype="float64")
    lost = lives["lost"].to_numpy(dtype="bool")
    entry = lives["entry"].to_numpy(dtype="float64") if "entry" in lives else None
    blank = np.isnan(exits) if entry is None else np.isnan(exits) | np.isnan(entry)
    if blank.any():
        exits, lost, entry = exits[~blank], lost[~blank], None if entry is None else entry[~blank]
    return exits, lost, entry if entry is not None and (entry > 0).any() else None


def _counts(exits: np.ndarray, lost: np.ndarray, entry: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give the distinct ages at exit, and at each who was at risk, lost, and left sight."""
    top = exits.max() if len(exits) else 0.0
    whole = exits.astype("int64")
    if top < 1_000_000 and (whole == exits).all() and (entry is None or (entry == entry.astype("int64")).all()):
        left, fallen = np.bincount(whole), np.bincount(whole[lost], minlength=int(top) + 1)
        ages = np.flatnonzero(left)
        gone = np.cumsum(left)
        come: Any = len(exits)
        if entry is not None:
            come = np.where(ages > 0, np.cumsum(np.bincount(entry.astype("int64"), minlength=int(top) + 1))[np.maximum(ages - 1, 0)], 0)
        return ages.astype("float64"), come - (gone[ages] - left[ages]), fallen[ages], left[ages] - fallen[ages]
    ordered = np.sort(exits)
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else np.zeros(0, dtype="int64")
    ages = ordered[first]
    left = np.diff(np.append(first, len(ordered)))
    fell = np.sort(exits[lost])
    fallen = np.searchsorted(fell, ages, side="right") - np.searchsorted(fell, ages, side="left")
    arrived: Any = len(exits) if entry is None else np.searchsorted(np.sort(entry), ages, side="left")
    return ages, arrived - first, fallen, left - fallen


def _curve(exits: np.ndarray, lost: np.ndarray, entry: np.ndarray | None, confidence: float, interval: str) -> pd.DataFrame:
    ages, at_risk, fallen, censored = _counts(exits, lost, entry)
    rest = at_risk - fallen
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(at_risk > 0, rest / at_risk, 1.0))
        spread = np.cumsum(np.where(rest > 0, fallen / (at_risk * rest), np.where(fallen > 0, np.nan, 0.0)))
    error = survival * np.sqrt(spread)
    low, high = _bounds(survival, error, confidence, interval)
    if not len(ages) or ages[0] > 0:
        start = float(len(exits) if entry is None else (entry <= 0).sum())
        ages, at_risk, fallen, censored = (np.concatenate([[x], y]) for x, y in ((0.0, ages), (start, at_risk), (0, fallen), (0, censored)))
        survival, error, low, high = (np.concatenate([[x], y]) for x, y in ((1.0, survival), (0.0, error), (NAN, low), (NAN, high)))
    return pd.DataFrame(dict(zip(COLUMNS, (ages, at_risk, fallen, censored, survival, error, low, high), strict=True)))


def _bounds(survival: np.ndarray, error: np.ndarray, confidence: float, interval: str) -> tuple[np.ndarray, np.ndarray]:
    if interval not in INTERVALS:
        raise ValueError(f"expected an interval out of {', '.join(INTERVALS)}, got {interval!r}; use one of these")
    from scipy.special import ndtri

    wide = float(ndtri(0.5 + confidence / 2))
    inside = (survival > 0) & (survival < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "plain":
            low, high = np.maximum(survival - wide * error, 0.0), np.minimum(survival + wide * error, 1.0)
        else:
            logs = np.log(survival)
            shift = np.exp(wide * error / (survival * -logs))
            low, high = np.exp(logs * shift), np.exp(logs / shift)
    return np.where(inside, low, NAN), np.where(inside, high, NAN)


def survival_at(curve: pd.DataFrame, age: float, *, by: str | None = None) -> pd.DataFrame:
    """Read a survival curve at one age: ``S(age)``, NaN beyond the last age that anybody reached.

    Parameters
    ----------
    curve
        As :func:`kaplan_meier` gives it.
    age
        In the curve's unit.
    by
        The column by which it is cut.

    Returns
    -------
    DataFrame
        ``by, survival, low, high`` (fractions), ``at_risk`` (customers seen at that age or past it).

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [6, 6, 7, 10], "lost": [True, False, True, False]})
    >>> survival_at(kaplan_meier(lives), 8)[["survival", "at_risk"]].values.tolist()
    [[0.375, 1.0]]
    """
    need(curve, "age", "survival", "low", "high", "at_risk", *([by] if by else []))
    rows = []
    for name, part in _groups(curve, by):
        ages = part["age"].to_numpy()
        place = int(np.searchsorted(ages, age, side="right")) - 1
        beyond = place < 0 or (age > ages[-1] and part["survival"].iloc[-1] > 0)
        after = int(np.searchsorted(ages, age, side="left"))
        risk = float(part["at_risk"].iloc[after]) if after < len(ages) else 0.0
        row = part.iloc[max(place, 0)]
        rows.append((name, NAN, NAN, NAN, risk) if beyond else (name, row["survival"], row["low"], row["high"], risk))
    found = pd.DataFrame(rows, columns=["group", "survival", "low", "high", "at_risk"])
    return found.rename(columns={"group": by}) if by else found.drop(columns="group")


def median_life(curve: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Median life: the first age at which ``S(age) <= 1/2``; NaN where more than half still stay.

    The interval is that of Brookmeyer and Crowley: the ages at which the bounds of the curve pass one half.

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [6, 6, 7, 10], "lost": [True, False, True, False]})
    >>> median_life(kaplan_meier(lives))["median"].tolist()
    [7.0]
    """
    need(curve, "age", "survival", "low", "high", *([by] if by else []))
    rows = []
    for name, part in _groups(curve, by):
        crossed = [part.loc[part[column] <= 0.5 + 1e-12, "age"] for column in ("survival", "low", "high")]
        rows.append((name, *(float(ages.min()) if len(ages) else NAN for ages in crossed)))
    found = pd.DataFrame(rows, columns=["group", "median", "low", "high"])
    return found.rename(columns={"group": by}) if by else found.drop(columns="group")


def restricted_life(curve: pd.DataFrame, horizon: float, *, by: str | None = None, confidence: float = 0.95) -> pd.DataFrame:
    """Expected life within a horizon: ``integral of S(t) for t from 0 to horizon``; NaN where nobody was followed so far.

    The error is that of the restricted mean, ``sqrt(sum (area right of a)^2 lost / (at risk (at risk - lost)))`` over ages a.

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [6, 6, 7, 10], "lost": [True, False, True, False]})
    >>> restricted_life(kaplan_meier(lives), 10)["value"].tolist()
    [7.875]
    """
    need(curve, "age", "survival", "at_risk", "lost", *([by] if by else []))
    from scipy.special import ndtri

    wide, rows = float(ndtri(0.5 + confidence / 2)), []
    for name, part in _groups(curve, by):
        ages, survival = part["age"].to_numpy(), part["survival"].to_numpy()
        if not len(ages) or (ages[-1] < horizon and survival[-1] > 0):
            rows.append((name, NAN, NAN, NAN, NAN))
            continue
        inside = ages < horizon
        edges = np.append(ages[inside], horizon)
        areas = survival[inside] * np.diff(edges)
        right = np.cumsum(areas[::-1])[::-1]
        risk, lost = part["at_risk"].to_numpy()[inside], part["lost"].to_numpy()[inside]
        rest = risk - lost
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where((lost > 0) & (rest > 0), right**2 * lost / (risk * rest), 0.0)
        value, error = float(areas.sum()), float(np.sqrt(terms.sum()))
        rows.append((name, value, error, max(value - wide * error, 0.0), min(value + wide * error, horizon)))
    found = pd.DataFrame(rows, columns=["group", "value", "std_error", "low", "high"])
    return found.rename(columns={"group": by}) if by else found.drop(columns="group")


def log_rank(lives: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Test whether groups leave alike: ``chi2 = (O - E)' V^-1 (O - E)`` over all but one group, with late entry.

    Parameters
    ----------
    lives
        ``exit, lost`` and ``by``; ``entry`` where it is known.
    by
        Column of the groups.

    Returns
    -------
    DataFrame
        One row: ``statistic, df, p_value``; NaN with fewer than two groups or no loss.

    References
    ----------
    Mantel 1966; scipy gives the tail of chi-squared.

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [1, 2, 3, 4], "lost": True, "size": ["a", "a", "b", "b"]})
    >>> log_rank(lives, by="size")[["statistic", "df"]].round(3).values.tolist()
    [[2.882, 1.0]]
    """
    need(lives, "exit", "lost", by)
    groups = [_arrays(part) for _, part in _groups(lives, by)]
    groups = [group for group in groups if len(group[0])]
    ages = np.unique(np.concatenate([exits[lost] for exits, lost, _ in groups])) if groups else np.zeros(0)
    if len(groups) < 2 or not len(ages):
        return pd.DataFrame([(NAN, NAN, NAN)], columns=["statistic", "df", "p_value"])
    risk, fell = np.empty((len(groups), len(ages))), np.empty((len(groups), len(ages)))
    for place, (exits, lost, entry) in enumerate(groups):
        gone, events = np.sort(exits), np.sort(exits[lost])
        arrived = len(exits) if entry is None else np.searchsorted(np.sort(entry), ages, side="left")
        risk[place] = arrived - np.searchsorted(gone, ages, side="left")
        fell[place] = np.searchsorted(events, ages, side="right") - np.searchsorted(events, ages, side="left")
    return _chi_squared(risk, fell)


def _chi_squared(risk: np.ndarray, fell: np.ndarray) -> pd.DataFrame:
    from scipy.special import chdtrc

    n, d = risk.sum(axis=0), fell.sum(axis=0)
    share = risk / n
    excess = (fell - d * share).sum(axis=1)[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(n > 1, d * (n - d) / (n - 1), 0.0)
    spread = np.diag((weight * share).sum(axis=1)) - (weight * share) @ share.T
    spread = spread[:-1, :-1]
    df = int(np.linalg.matrix_rank(spread, hermitian=True))
    if not df:
        return pd.DataFrame([(NAN, NAN, NAN)], columns=["statistic", "df", "p_value"])
    statistic = float(excess @ np.linalg.pinv(spread, hermitian=True) @ excess)
    return pd.DataFrame([(statistic, df, float(chdtrc(df, statistic)))], columns=["statistic", "df", "p_value"])
