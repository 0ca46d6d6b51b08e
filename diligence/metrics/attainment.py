"""Quota: what each seller reached of it, leavers kept in, and what the quotas are worth as capacity."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

RAMP_MONTHS = 6


def quota_attainment(opportunities: pd.DataFrame, reps: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Attainment of each seller over a period: ``won / (annual_quota x days in the seat / days of a year)``. Leavers are in.

    Who left in the period sold against a quota too; a table of those still here shows the survivors.

    Parameters
    ----------
    opportunities
        ``status, closed_on, amount`` (currency), ``rep_id``: the deals that the quota speaks of.
    reps
        ``rep_id, annual_quota`` (currency a year; sellers without one are left out), ``hired_on, left_on`` where given.
    start, end
        First and last day.

    Returns
    -------
    DataFrame
        ``rep_id, days`` (in the seat), ``quota`` (for these days), ``won`` (currency), ``deals, attainment`` (fraction), ``left`` (before the
        end), ``tenure_days`` (at the start of the period; negative for who came later, NaN where not known).

    Examples
    --------
    >>> reps = pd.DataFrame({"rep_id": ["a", "b"], "annual_quota": [100.0, 100.0], "left_on": [None, "2025-07-01"]})
    >>> won = pd.DataFrame({"status": "won", "closed_on": "2025-03-01", "amount": [80.0, 10.0], "rep_id": ["a", "b"]})
    >>> quota_attainment(won, reps, date(2025, 1, 1), date(2025, 12, 31))["attainment"].round(2).tolist()
    [0.8, 0.2]
    """
    need(opportunities, "status", "closed_on", "amount", "rep_id")
    need(reps, "rep_id", "annual_quota")
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    mine = reps[reps["annual_quota"] > 0].drop_duplicates("rep_id").sort_values("rep_id", ignore_index=True)
    hired, left = (pd.to_datetime(mine[name]) if name in mine else pd.Series(pd.NaT, index=mine.index) for name in ("hired_on", "left_on"))
    came, went = hired.fillna(first).clip(lower=first), left.fillna(last).clip(upper=last)
    days = ((went - came).dt.days + 1).clip(lower=0)
    closed = pd.to_datetime(opportunities["closed_on"])
    won = opportunities[opportunities["status"].astype("str").eq("won") & closed.between(first, last) & opportunities["rep_id"].notna()]
    money = won["amount"].astype("float64").groupby(won["rep_id"]).agg(["sum", "size"])
    found = pd.DataFrame({"rep_id": mine["rep_id"], "days": days.astype("float64")})
    found["quota"] = mine["annual_quota"].astype("float64") * found["days"] / 365.25
    found["won"] = mine["rep_id"].map(money["sum"]).astype("float64").fillna(0.0)
    found["deals"] = mine["rep_id"].map(money["size"]).astype("float64").fillna(0)
    found["attainment"] = found["won"] / found["quota"].where(found["quota"] > 0)
    found["left"] = (left <= last).to_numpy()
    found["tenure_days"] = (first - hired).dt.days.astype("float64")
    return found[found["days"] > 0].reset_index(drop=True)


def attainment_spread(attainment: pd.DataFrame) -> pd.DataFrame:
    """Give the distribution of attainment, of all sellers and of those who stayed: ``at_quota = sellers at 100% / sellers``.

    Parameters
    ----------
    attainment
        As :func:`quota_attainment` gives it: ``attainment, quota, won, left``.

    Returns
    -------
    DataFrame
        ``who`` (``all``, ``stayed``), ``n``, ``at`` (sellers at quota), ``at_quota, median, low_quartile, high_quartile`` (fractions),
        ``of_sums`` (``sum(won) / sum(quota)``).

    Examples
    --------
    >>> told = pd.DataFrame({"attainment": [1.2, 0.2], "quota": 100.0, "won": [120.0, 20.0], "left": [False, True]})
    >>> attainment_spread(told)[["who", "at_quota", "of_sums"]].values.tolist()
    [['all', 0.5, 0.7], ['stayed', 1.0, 1.2]]
    """
    need(attainment, "attainment", "quota", "won", "left")
    rows = []
    for who, part in (("all", attainment), ("stayed", attainment[~attainment["left"].astype("bool")])):
        reached = part["attainment"].dropna().astype("float64")
        quota = float(part["quota"].sum())
        at = int((reached >= 1).sum())
        rows.append(
            (
                who,
                len(reached),
                at,
                at / len(reached) if len(reached) else np.nan,
                *reached.quantile([0.5, 0.25, 0.75]),
                float(part["won"].sum()) / quota if quota > 0 else np.nan,
            )
        )
    columns = ["who", "n", "at", "at_quota", "median", "low_quartile", "high_quartile", "of_sums"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], "float64"))


def selling_capacity(reps: pd.DataFrame, as_of: date, *, attainment: float = 1.0, ramp_months: float = RAMP_MONTHS) -> pd.DataFrame:
    """Give what the sellers of today can bring in the next twelve months: ``quota x ramp x attainment``; the sum of quotas is not it.

    The ramp is linear over ``ramp_months`` from hiring, averaged over the twelve months. Who has left, or has given notice, brings nothing.

    Parameters
    ----------
    reps
        ``rep_id, annual_quota`` (currency a year), ``hired_on, left_on`` where given.
    as_of
        Sellers gone by this day are left out.
    attainment
        What of a ramped quota is reached (:func:`attainment_spread`, ``of_sums``).

    Returns
    -------
    DataFrame
        ``rep_id, quota, ramp`` (fraction of the twelve months at full strength), ``capacity`` (currency a year).

    Examples
    --------
    >>> reps = pd.DataFrame({"rep_id": ["a", "b"], "annual_quota": 100.0, "hired_on": ["2020-01-01", "2026-06-30"]})
    >>> selling_capacity(reps, date(2026, 6, 30), attainment=0.8)["capacity"].tolist()
    [80.0, 60.0]
    """
    need(reps, "rep_id", "annual_quota")
    day = pd.Timestamp(as_of)
    left = pd.to_datetime(reps["left_on"]) if "left_on" in reps else pd.Series(pd.NaT, index=reps.index)
    mine = reps[(reps["annual_quota"] > 0) & ~(left <= day)].drop_duplicates("rep_id").sort_values("rep_id", ignore_index=True)
    hired = pd.to_datetime(mine["hired_on"]) if "hired_on" in mine else pd.Series(pd.NaT, index=mine.index)
    age = ((day - hired).dt.days / 30.4375).fillna(np.inf).to_numpy(dtype="float64")
    # a straight line from 0 at hiring to 1 at ramp_months, averaged from age to age + 12
    lack = np.clip(ramp_months - age, 0, ramp_months)
    covered = np.minimum(lack, 12.0)
    missing = (lack**2 - (lack - covered) ** 2) / (2 * ramp_months) / 12 if ramp_months > 0 else np.zeros(len(mine))
    quota = mine["annual_quota"].astype("float64")
    found = pd.DataFrame({"rep_id": mine["rep_id"], "quota": quota, "ramp": 1 - missing})
    return found.assign(capacity=found["quota"] * found["ramp"] * attainment)
