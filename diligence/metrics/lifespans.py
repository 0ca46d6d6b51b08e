"""Lifespans: how long each customer has stayed, told so that neither late entry nor the end of the data distorts it.

Ages are in months since the customer's own start. A customer is at risk at age ``t`` where ``entry < t <= exit``: one who was there
before the data begin enters at the age that it had then (left truncation), one who is still there leaves the table unlost (right
censoring). Only a first life counts; one who comes back after it begins another, which is no part of the table.
"""

import numpy as np
import pandas as pd

from diligence.metrics.measure import TICKS, need
from diligence.periods import month_index, month_indices, month_starts

COLUMNS = ["account_id", "start", "entry", "exit", "lost"]


def lifespans(cube: pd.DataFrame, end: pd.Timestamp, *, starts: pd.DataFrame | None = None, pause: int = 0) -> pd.DataFrame:
    """Give the first life of each account, in months: ``exit = last month + 1 - start``, ``entry = first month seen - start``.

    Parameters
    ----------
    cube
        ``account_id, month, amount``; a month with a positive sum is lived.
    end
        Last whole month; later rows are left out.
    starts
        ``account_id, acquired_on``: when the customer began. It dates those who were there in the first month of the data, and those
        with a true ``bought`` (they came with an acquired company, so that their first month here is not their first). Without a date
        before that month their age is unknown: ``start`` and ages are blank, and no curve by age can use them.
    pause
        Longest run of months without revenue that is a pause and no loss. Life is then judged ``pause`` months before ``end``, for all
        alike: nobody is called lost who may still come back.

    Returns
    -------
    DataFrame
        ``account_id, start`` (month), ``entry, exit`` (months of age), ``lost`` (bool), ``last`` (last month lived).

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "b", "b"], "amount": 1.0, "month": pd.to_datetime(["2026-02-01", "2026-02-01", "2026-03-01"])})
    >>> begun = pd.DataFrame({"account_id": ["a"], "acquired_on": ["2025-12-10"]})
    >>> lifespans(cube, pd.Timestamp("2026-03-01"), starts=begun)[["account_id", "entry", "exit", "lost"]].values.tolist()
    [['a', 2.0, 3.0, True], ['b', nan, nan, False]]
    """
    need(cube, "account_id", "month", "amount")
    stop = month_index(end) - pause
    lived = _lived(cube, stop + pause)
    if lived.empty:
        return _empty()
    opening = int(lived["m"].min())
    lived = lived[_first_life(lived, pause)]
    lives = lived.groupby("account_id", observed=True)["m"].agg(["min", "max"]).reset_index()
    lives = lives[lives["min"] <= stop]
    last = np.minimum(lives["max"].to_numpy(), stop)
    lost = lives["max"].to_numpy() < stop
    start = _starts(lives, opening, starts)
    found = pd.DataFrame(
        {
            "account_id": lives["account_id"].astype("str"),
            "start": pd.Series(month_starts(np.where(np.isnan(start), 0, start).astype("int64")), index=lives.index).where(
                ~np.isnan(start)
            ),
            "entry": lives["min"].to_numpy() - start,
            "exit": last + 1 - start,
            "lost": lost,
            "last": month_starts(last),
        }
    )
    return found.reset_index(drop=True)


def _lived(cube: pd.DataFrame, last: int) -> pd.DataFrame:
    """Give the months in which each account has revenue."""
    money = np.rint(cube["amount"].to_numpy(dtype="float64") * TICKS)
    rows = pd.DataFrame({"account_id": cube["account_id"].astype("str"), "m": month_indices(cube["month"]), "t": money})
    sums = rows[rows["m"] <= last].groupby(["account_id", "m"], observed=True)["t"].sum()
    return sums[sums > 0].reset_index()


def _first_life(lived: pd.DataFrame, pause: int) -> pd.Series:
    """Tell which months belong to the first life of their account: none follows an absence longer than the pause."""
    away = lived.groupby("account_id", observed=True)["m"].diff() > pause + 1
    return away.groupby(lived["account_id"], observed=True).cumsum() == 0


def _starts(lives: pd.DataFrame, opening: int, starts: pd.DataFrame | None) -> np.ndarray:
    """Give the month in which each life began, NaN where the data do not tell."""
    first = lives["min"].to_numpy(dtype="float64")
    given = pd.DataFrame({"account_id": [], "acquired_on": []}) if starts is None else starts
    need(given, "account_id", "acquired_on")
    dated = given[pd.to_datetime(given["acquired_on"]).notna()]
    begun = pd.Series(month_indices(dated["acquired_on"]), index=dated["account_id"].astype("str"), dtype="float64")
    began = lives["account_id"].astype("str").map(begun.groupby(level=0).min()).to_numpy(dtype="float64")
    bought = np.zeros(len(lives), dtype="bool")
    if "bought" in given:
        came = given.loc[given["bought"].fillna(False).astype("bool"), "account_id"].astype("str")
        bought = lives["account_id"].astype("str").isin(list(came)).to_numpy()
    late = (lives["min"].to_numpy() == opening) | bought
    # a date that equals the month of arrival says when the books begin, not when the customer did
    return np.where(~late, first, np.where(began < first, began, np.nan))


def _empty() -> pd.DataFrame:
    stamp = pd.Series(dtype="datetime64[s]")
    whole = pd.Series(dtype="float64")
    return pd.DataFrame(
        {
            "account_id": pd.Series(dtype="str"),
            "start": stamp,
            "entry": whole,
            "exit": whole,
            "lost": pd.Series(dtype="bool"),
            "last": stamp,
        }
    )


def life_table(lives: pd.DataFrame, *, months: int = 12, by: str | None = None) -> pd.DataFrame:
    """Count by period of age who could leave and who did: ``hazard = lost / at risk``.

    A period counts as lived through when the month after it was seen, since a term that begins within a month reaches into one
    calendar month more than it has: a loss at the end of a first year shows in month 12 or 13.

    Parameters
    ----------
    lives
        ``entry, exit`` (months), ``lost``; rows without an age are left out.
    months
        Length of a period: 12 where contracts are yearly, 1 where a customer may leave in any month.
    by
        A column to cut by.

    Returns
    -------
    DataFrame
        ``by, age`` (period, from 1), ``at_risk, lost`` (customers), ``hazard`` (fraction), ``survival`` (fraction after the period, from
        the first period at which anybody was at risk).

    Examples
    --------
    >>> lives = pd.DataFrame({"entry": [0, 0, 12], "exit": [12, 30, 25], "lost": [True, False, True]})
    >>> life_table(lives)[["age", "at_risk", "lost"]].values.tolist()
    [[1, 2, 1], [2, 2, 1]]
    """
    need(lives, "entry", "exit", "lost", *([by] if by else []))
    known = lives[lives["entry"].notna() & lives["exit"].notna()]
    groups = sorted(known[by].dropna().astype("str").unique()) if by else [""]
    parts = []
    for group in groups:
        part = known[known[by].astype("str") == group] if by else known
        table = _table(part, months)
        parts.append(table.assign(**{by: group})[[by, *table.columns]] if by else table)
    return pd.concat(parts, ignore_index=True) if parts else _table(known, months)


def _table(lives: pd.DataFrame, months: int) -> pd.DataFrame:
    lost = lives["lost"].to_numpy(dtype="bool")
    through = 1 if months > 1 else 0
    entry = np.maximum(lives["entry"].to_numpy(dtype="float64") // months, 0).astype("int64")
    exits = lives["exit"].to_numpy(dtype="float64") - through
    done = np.maximum(exits // months, 0).astype("int64")
    fell = np.maximum(np.ceil(exits / months), 1).astype("int64")
    last = np.where(lost, np.maximum(fell, entry + 1), np.maximum(done, entry))
    top = int(last.max()) if len(last) else 0
    came, went = np.bincount(entry, minlength=top + 1)[: top + 1], np.bincount(last, minlength=top + 1)
    ages = np.arange(1, top + 1)
    at_risk = np.cumsum(came)[:-1] - (np.cumsum(went)[:-1])
    fallen = np.bincount(last[lost], minlength=top + 1)[1:] if top else np.zeros(0, dtype="int64")
    with np.errstate(invalid="ignore", divide="ignore"):
        hazard = np.where(at_risk > 0, fallen / at_risk, np.nan)
    survival = np.cumprod(1 - np.nan_to_num(hazard))
    return pd.DataFrame({"age": ages, "at_risk": at_risk, "lost": fallen, "hazard": hazard, "survival": survival})


def cohort_life_table(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Turn counts of those still there, by cohort and age, into a life table of each: ``lost = there before - there now``.

    Parameters
    ----------
    cohorts
        ``cohort, age`` (0, 1, 2 ... periods), ``alive`` (customers); an age that nobody has reached yet is blank or not there.

    Returns
    -------
    DataFrame
        ``cohort, age`` (from 1), ``at_risk, lost``.

    Examples
    --------
    >>> cohorts = pd.DataFrame({"cohort": "2024", "age": [0, 1, 2], "alive": [100, 80, 70]})
    >>> cohort_life_table(cohorts)[["age", "at_risk", "lost"]].values.tolist()
    [[1.0, 100.0, 20.0], [2.0, 80.0, 10.0]]
    """
    need(cohorts, "cohort", "age", "alive")
    known = cohorts[cohorts["alive"].notna()].sort_values(["cohort", "age"], kind="stable")
    before = known.groupby("cohort", observed=True)["alive"].shift(1)
    step = known.groupby("cohort", observed=True)["age"].diff()
    found = known.assign(at_risk=before.astype("float64"), lost=(before - known["alive"]).astype("float64"))[step == 1]
    return found[["cohort", "age", "at_risk", "lost"]].reset_index(drop=True)
