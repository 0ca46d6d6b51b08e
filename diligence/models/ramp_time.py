"""Time from hiring to the first productive quarter, with leavers kept in."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_index, month_indices

NAN = float("nan")
QUARTER = 3


@dataclass(frozen=True)
class RampTime:
    """How long sellers take to become productive.

    Attributes
    ----------
    median, low, high
        Months by which half are productive (Kaplan-Meier) with the 95% interval; NaN where the curve does not come down to a half.
    reps, productive, gone
        Sellers hired within the data, those who became productive, those who left before they did.
    naive
        Median of those who became productive: what one sees when the others are forgotten.
    curve
        ``months, share`` not yet productive.
    """

    median: float
    low: float
    high: float
    reps: int
    productive: int
    gone: int
    naive: float
    curve: pd.DataFrame


def ramp_table(opportunities: pd.DataFrame, reps: pd.DataFrame, as_of: date, *, level: float = 1.0) -> pd.DataFrame:
    """Give for each seller hired within the data the months to the first productive quarter: ``won of three months >= level x quota / 4``.

    Parameters
    ----------
    opportunities
        ``status, closed_on, amount, rep_id``. The first decision dates the start of the data; who was hired before is not followed.
    reps
        ``rep_id, hired_on, annual_quota``; ``left_on`` where given. Sellers without a quota are left out.
    as_of
        The end of what can be seen.
    level
        What of the quota makes a quarter productive.

    Returns
    -------
    DataFrame
        ``rep_id, months`` (whole months from hiring to the end of that quarter, or to the end of what is seen), ``productive, left`` (gone
        before it).

    Examples
    --------
    >>> won = pd.DataFrame({"status": "won", "closed_on": ["2024-01-05", "2025-03-05"], "amount": [1.0, 30.0], "rep_id": ["x", "a"]})
    >>> reps = pd.DataFrame({"rep_id": ["a"], "hired_on": ["2025-01-10"], "annual_quota": [100.0]})
    >>> ramp_table(won, reps, date(2026, 6, 30))[["months", "productive"]].values.tolist()
    [[3, True]]
    """
    need(opportunities, "status", "closed_on", "amount", "rep_id")
    need(reps, "rep_id", "hired_on", "annual_quota")
    columns = {"rep_id": "str", "months": "int64", "productive": "bool", "left": "bool"}
    closed = opportunities[opportunities["closed_on"].notna()]
    mine = reps[(reps["annual_quota"] > 0) & reps["hired_on"].notna()].drop_duplicates("rep_id").sort_values("rep_id")
    if closed.empty or mine.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    start, last = pd.to_datetime(closed["closed_on"]).min(), month_index(pd.Timestamp(as_of))
    mine = mine[(pd.to_datetime(mine["hired_on"]) >= start) & (pd.to_datetime(mine["hired_on"]) <= pd.Timestamp(as_of))]
    won = closed[closed["status"].astype("str").eq("won")]
    months = pd.Series(month_indices(won["closed_on"]), index=won.index) if len(won) else pd.Series(dtype="int64")
    money = won["amount"].astype("float64").groupby([won["rep_id"], months]).sum()
    left = pd.to_datetime(mine["left_on"]) if "left_on" in mine else pd.Series(pd.NaT, index=mine.index)
    rows = []
    for row, gone in zip(mine.itertuples(), left, strict=True):
        hired = month_index(pd.Timestamp(row.hired_on))
        end = last if pd.isna(gone) else min(month_index(gone), last)
        monthly = money[row.rep_id] if row.rep_id in money.index.get_level_values(0) else pd.Series(dtype="float64")
        series = monthly.reindex(range(hired, end + 1), fill_value=0.0).rolling(QUARTER).sum()
        hits = np.flatnonzero(series.to_numpy() >= level * float(row.annual_quota) / 4)
        spent = int(hits[0]) + 1 if len(hits) else max(end - hired + 1, 0)
        rows.append((str(row.rep_id), spent, bool(len(hits)), bool(not len(hits) and pd.notna(gone))))
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def ramp_time(table: pd.DataFrame) -> RampTime | None:
    """Estimate the time to the first productive quarter: ``median of S(t) = prod(1 - d / n)`` (Kaplan-Meier; statsmodels stands behind).

    Who is not productive yet, and who left before, is kept in as not productive so far; forgetting them makes the ramp look short. A leaver
    counts as one who might yet have become productive, so the estimate is still on the kind side.

    Parameters
    ----------
    table
        ``months, productive, left``, as :func:`ramp_table` gives them.

    Returns
    -------
    RampTime or None
        None without a seller to follow.

    Examples
    --------
    >>> table = pd.DataFrame({"months": [4, 6, 12, 3], "productive": [True, True, False, False], "left": [False, False, False, True]})
    >>> found = ramp_time(table)
    >>> found.median, found.naive
    (6.0, 5.0)
    """
    need(table, "months", "productive", "left")
    followed = table[table["months"] > 0]
    if followed.empty:
        return None
    from statsmodels.duration.survfunc import SurvfuncRight

    months, hit = followed["months"].to_numpy(dtype="float64"), followed["productive"].to_numpy(dtype="bool")
    order = np.lexsort((~hit, months))
    told: dict[str, float] = {"median": NAN, "low": NAN, "high": NAN}
    curve = pd.DataFrame({"months": [0.0], "share": [1.0]})
    if hit.any():
        fit = SurvfuncRight(months[order], hit[order].astype("int64"))
        curve = pd.concat([curve, pd.DataFrame({"months": fit.surv_times, "share": fit.surv_prob})], ignore_index=True)
        low, high = fit.quantile_ci(0.5) if len(fit.surv_times) > 1 else (NAN, NAN)
        told = {name: _finite(value) for name, value in (("median", fit.quantile(0.5)), ("low", low), ("high", high))}
    naive = float(np.median(months[hit])) if hit.any() else NAN
    return RampTime(**told, reps=len(followed), productive=int(hit.sum()), gone=int(followed["left"].sum()), naive=naive, curve=curve)


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else NAN
