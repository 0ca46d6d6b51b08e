"""The funnel by created cohort: who went on from each stage, counted among those who have had the time to.

Stages are lead, mql (marketing-qualified), sql (accepted by sales), opportunity, won. A cohort is made by the day on which its members
entered, never by the day on which they closed: a cohort of closings holds the quick ones of today and the slow ones of long ago.
"""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from diligence.metrics.attribution import quarters
from diligence.metrics.measure import need

STAGES = ("lead", "mql", "sql", "opportunity", "won")
MATURE_DAYS = {"lead": 30, "mql": 30, "sql": 60, "opportunity": 270}
"""Days within which those who go on from a stage mostly have: younger entries are left out of the rate."""


def stage_dates(leads: pd.DataFrame, opportunities: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Give for each lead the day on which it entered every stage; blank where it has not by the as-of date.

    A lead that reached a later stage passed those before: a blank day of an earlier stage is the day of the next one that is known. Of several
    leads of one opportunity each has its own row.

    Parameters
    ----------
    leads
        ``lead_id, created_on, mql_on, sql_on, opportunity_id``; other columns are kept.
    opportunities
        ``opportunity_id, created_on, closed_on, status``.
    as_of
        Nothing dated after it counts.

    Returns
    -------
    DataFrame
        The columns of ``leads`` with ``lead, mql, sql, opportunity, won`` (days).

    Examples
    --------
    >>> leads = pd.DataFrame({"lead_id": ["l"], "created_on": ["2026-01-01"], "mql_on": [None], "sql_on": ["2026-01-09"], "opportunity_id": [None]})
    >>> deals = pd.DataFrame({"opportunity_id": [], "created_on": [], "closed_on": [], "status": []})
    >>> stage_dates(leads, deals, as_of=date(2026, 6, 30))["mql"].dt.day.tolist()
    [9]
    """
    need(leads, "lead_id", "created_on", "mql_on", "sql_on", "opportunity_id")
    need(opportunities, "opportunity_id", "created_on", "closed_on", "status")
    deals = opportunities.drop_duplicates("opportunity_id").set_index("opportunity_id")
    owner = leads["opportunity_id"].where(leads["opportunity_id"].isin(deals.index))
    days = {
        "lead": pd.to_datetime(leads["created_on"]),
        "mql": pd.to_datetime(leads["mql_on"]),
        "sql": pd.to_datetime(leads["sql_on"]),
        "opportunity": _looked_up(owner, deals["created_on"]),
        "won": _looked_up(owner, deals["closed_on"].where(deals["status"] == "won")),
    }
    found = pd.DataFrame(days, index=leads.index)
    found = found.where(found <= pd.Timestamp(as_of))
    found = found.bfill(axis=1)
    return leads.drop(columns=[name for name in STAGES if name in leads.columns]).join(found)


def _looked_up(keys: pd.Series, days: pd.Series) -> pd.Series:
    return pd.Series(pd.to_datetime(days).reindex(keys).to_numpy(dtype="datetime64[ns]"), index=keys.index)


def funnel(staged: pd.DataFrame, *, as_of: date, by: str | None = None, months: int | None = None) -> pd.DataFrame:
    """Give each step of the funnel: of those who entered a stage long enough ago, how many went on.

    ``rate = went on / mature entries``; an entry is mature when it is older than the days of the stage (:data:`MATURE_DAYS`).

    Parameters
    ----------
    staged
        As :func:`stage_dates` gives it.
    as_of
        The date from which age is counted.
    by
        A column to cut by.
    months
        Only entries of the last so many months before maturity; left out, all.

    Returns
    -------
    DataFrame
        ``by, step`` (``mql_to_sql`` ...), ``entered`` (mature entries), ``went_on, rate, young`` (entries that are not mature yet).

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2026-01-01", "2026-01-02"]))
    >>> staged = pd.DataFrame({"lead": days, "mql": [days[0], pd.NaT], "sql": pd.NaT, "opportunity": pd.NaT, "won": pd.NaT})
    >>> funnel(staged, as_of=date(2026, 6, 30))["rate"].head(2).tolist()
    [0.5, 0.0]
    """
    need(staged, *STAGES, *([by] if by else []))
    cut = staged[by].fillna("(not given)").astype("str") if by else pd.Series("", index=staged.index)
    rows = []
    for stage, after in pairwise(STAGES):
        entered = pd.to_datetime(staged[stage])
        mature = pd.Timestamp(as_of) - pd.Timedelta(days=MATURE_DAYS[stage])
        old, young = entered <= mature, entered > mature
        if months is not None:
            old &= entered > mature - pd.DateOffset(months=months)
        counted = pd.DataFrame({"cut": cut, "entered": old, "went_on": old & staged[after].notna(), "young": young})
        rows.append(counted.groupby("cut")[["entered", "went_on", "young"]].sum().assign(step=f"{stage}_to_{after}"))
    found = pd.concat(rows).reset_index()
    found["rate"] = found["went_on"] / found["entered"].where(found["entered"] > 0)
    found = found.rename(columns={"cut": by}) if by else found.drop(columns="cut")
    return found[[*([by] if by else []), "step", "entered", "went_on", "rate", "young"]]


def funnel_cohorts(staged: pd.DataFrame, *, as_of: date, stage: str = "lead") -> pd.DataFrame:
    """Give the funnel of each quarter's entries into a stage: how far they have come, and whether they have had the time.

    Parameters
    ----------
    staged
        As :func:`stage_dates` gives it.
    as_of
        The date from which age is counted.
    stage
        The stage by whose entry cohorts are made.

    Returns
    -------
    DataFrame
        ``cohort`` (quarter), ``entered``, then for each later stage the share that reached it (``mql`` ...), and ``mature``: whether the
        youngest of the cohort is older than all steps together take.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-01-01", "2024-01-02"]))
    >>> staged = pd.DataFrame({"lead": days, "mql": [days[0], pd.NaT], "sql": pd.NaT, "opportunity": pd.NaT, "won": pd.NaT})
    >>> funnel_cohorts(staged, as_of=date(2026, 6, 30))[["cohort", "entered", "mql", "mature"]].values.tolist()
    [['2024Q1', 2, 0.5, True]]
    """
    need(staged, *STAGES)
    inside = staged[staged[stage].notna()]
    later = list(STAGES[STAGES.index(stage) + 1 :])
    cohort = quarters(inside[stage])
    grouped = inside[later].notna().groupby(cohort.to_numpy())
    found = grouped.mean().reset_index(names="cohort")
    found.insert(1, "entered", grouped.size().to_numpy())
    days = sum(MATURE_DAYS[name] for name in STAGES[STAGES.index(stage) : -1])
    youngest = pd.to_datetime(inside[stage]).groupby(cohort.to_numpy()).max()
    old = youngest <= pd.Timestamp(as_of) - pd.Timedelta(days=days)
    return found.assign(mature=found["cohort"].map(old).astype("bool"))


def created_at_close(opportunities: pd.DataFrame, *, days: int = 1) -> pd.Series:
    """Say for each opportunity whether it was created when it was already won: closed as won within ``days`` of its creation.

    Such records were entered after the fact; they lift the win rate and shorten the cycle.

    Parameters
    ----------
    opportunities
        ``created_on, closed_on, status``.
    days
        The most days between the two.

    Examples
    --------
    >>> deals = pd.DataFrame({"created_on": ["2026-01-01"] * 2, "closed_on": ["2026-01-01", "2026-03-01"], "status": "won"})
    >>> created_at_close(deals).tolist()
    [True, False]
    """
    need(opportunities, "created_on", "closed_on", "status")
    took = pd.to_datetime(opportunities["closed_on"]) - pd.to_datetime(opportunities["created_on"])
    return (took <= pd.Timedelta(days=days)) & (opportunities["status"] == "won")


def deal_outcomes(opportunities: pd.DataFrame, *, as_of: date, complete: bool = False) -> pd.DataFrame:
    """Give each opportunity's days from creation to its outcome: won, lost or no_decision; open ones are censored at the as-of date.

    Opportunities that were already closed when the export begins are not in it. So those created before its first recorded closing are left out,
    of whom only the slow ones are there, unless the table is ``complete``.

    Parameters
    ----------
    opportunities
        ``created_on, closed_on, status``, and ``loss_reason`` where given; other columns are kept.
    as_of
        What closed after it is open.
    complete
        Whether the table holds every opportunity that was created since its first.

    Returns
    -------
    DataFrame
        The rows with ``days`` and ``outcome`` (``won``, ``lost``, ``no_decision`` or ``open``); one that closed before it was created has 0 days.

    Examples
    --------
    >>> deals = pd.DataFrame({"created_on": ["2026-01-01", "2026-05-31"], "closed_on": ["2026-01-01", None], "status": ["lost", "open"],
    ...                       "loss_reason": ["no_decision", None]})
    >>> deal_outcomes(deals, as_of=date(2026, 6, 30))[["days", "outcome"]].values.tolist()
    [[0.0, 'no_decision'], [30.0, 'open']]
    """
    need(opportunities, "created_on", "closed_on", "status")
    end = pd.Timestamp(as_of)
    created, closed = pd.to_datetime(opportunities["created_on"]), pd.to_datetime(opportunities["closed_on"])
    decided = opportunities["status"].isin(["won", "lost"]) & closed.notna() & (closed <= end)
    reason = opportunities["loss_reason"] if "loss_reason" in opportunities.columns else pd.Series("", index=opportunities.index)
    outcome = np.where(
        ~decided, "open", np.where(opportunities["status"] == "won", "won", np.where(reason == "no_decision", "no_decision", "lost"))
    )
    days = (closed.where(decided, end) - created).dt.days.clip(lower=0).astype("float64")
    kept = created.notna() & (created <= end)
    if decided.any() and not complete:
        kept &= created >= min(closed[decided].min(), created[kept].max())
    return opportunities.assign(days=days, outcome=outcome)[kept]
