"""Win rate in every reading in use, and by the cohort in which opportunities were created."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices, month_label, month_start

NO_DECISION = "no_decision"
MATURE = 0.1
"""Share of a cohort that may still be open for the cohort to count as mature."""


def win_rate(opportunities: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Win rate in its readings: ``narrow = won / (won + lost but for no decision)``, ``broad = won / (won + lost)``, ``of_created = won / all``.

    A deal that ends without a decision is lost to the seller; leaving it out flatters. Open deals are in ``of_created`` only, which is
    a floor until the cohort is decided.

    Parameters
    ----------
    opportunities
        ``status`` (open, won, lost), ``loss_reason`` (needed to tell ``no_decision``; without it ``narrow`` is NaN), and ``by``.
    by
        A column to cut by; blank rows of it are their own group, ``(not given)``.

    Returns
    -------
    DataFrame
        ``by``; counts ``won, lost, no_decision, open, n`` (decided); ``narrow, broad, of_created`` (fractions, NaN where nothing is below the line).

    Raises
    ------
    InputError
        A column lacks.

    Notes
    -----
    Source: the readings are those of Kellblog and Varicent; none is standard.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost", "lost"], "loss_reason": [None, "price", "no_decision"]})
    >>> win_rate(deals)[["narrow", "broad"]].round(3).values.tolist()
    [[0.5, 0.333]]
    """
    need(opportunities, "status", *([by] if by else []))
    status = opportunities["status"].astype("str")
    coded = "loss_reason" in opportunities
    silent = opportunities["loss_reason"].astype("str").eq(NO_DECISION) if coded else pd.Series(False, index=opportunities.index)
    flags = pd.DataFrame(
        {
            "won": status.eq("won"),
            "lost": status.eq("lost"),
            "no_decision": status.eq("lost") & silent,
            "open": status.eq("open"),
        }
    ).astype("int64")
    if by:
        groups = opportunities[by].astype("object").where(opportunities[by].notna(), "(not given)").astype("str")
        counts = flags.groupby(groups.rename(by), sort=True).sum().reset_index()
    else:
        counts = flags.sum().to_frame().T
    counts["n"] = counts["won"] + counts["lost"]
    counts["narrow"] = _over(counts["won"], counts["n"] - counts["no_decision"]) if coded else np.nan
    counts["broad"] = _over(counts["won"], counts["n"])
    counts["of_created"] = _over(counts["won"], counts["n"] + counts["open"])
    return counts


def win_rate_cohorts(opportunities: pd.DataFrame, *, months: int = 3) -> pd.DataFrame:
    """Win rate by the months in which opportunities were created: ``won / created``, with the ends that the open ones leave.

    A rate by close date mixes old cohorts into new months and moves with the length of the cycle; the created cohort does not. A
    cohort with more than a tenth still open is not mature: its value is a floor, ``most`` (every open deal won) the ceiling.

    Parameters
    ----------
    opportunities
        ``created_on`` (date; rows without one are left out), ``status``.
    months
        Length of a cohort; cohorts are aligned to the calendar year.

    Returns
    -------
    DataFrame
        ``cohort`` (its first month, text), ``won, lost, open, n`` (all created), ``value``, ``most`` (fractions), ``mature`` (bool).

    Examples
    --------
    >>> deals = pd.DataFrame({"created_on": ["2025-01-05", "2025-02-01", "2025-04-02"], "status": ["won", "lost", "open"]})
    >>> win_rate_cohorts(deals)[["cohort", "value", "most", "mature"]].values.tolist()
    [['2025-01', 0.5, 0.5, True], ['2025-04', 0.0, 1.0, False]]
    """
    need(opportunities, "created_on", "status")
    dated = opportunities[opportunities["created_on"].notna()]
    columns = ["cohort", "won", "lost", "open", "n", "value", "most", "mature"]
    if dated.empty:
        return pd.DataFrame(columns=columns).astype({"value": "float64", "most": "float64"})
    first = month_indices(dated["created_on"]) // months * months
    status = dated["status"].astype("str").to_numpy()
    counts = pd.DataFrame({name: (status == name).astype("int64") for name in ("won", "lost", "open")}).groupby(first).sum()
    counts["n"] = counts.sum(axis=1)
    counts["value"] = _over(counts["won"], counts["n"])
    counts["most"] = _over(counts["won"] + counts["open"], counts["n"])
    counts["mature"] = counts["open"] <= MATURE * counts["n"]
    counts.insert(0, "cohort", [month_label(month_start(int(index))) for index in counts.index])
    return counts.reset_index(drop=True)[columns]


def decided_within(opportunities: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Give the opportunities won or lost from one day to another: ``start <= closed_on <= end``.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "open", "lost"], "closed_on": ["2026-01-05", None, "2025-12-31"]})
    >>> decided_within(deals, date(2026, 1, 1), date(2026, 6, 30))["status"].tolist()
    ['won']
    """
    need(opportunities, "status", "closed_on")
    closed = pd.to_datetime(opportunities["closed_on"])
    inside = (closed >= pd.Timestamp(start)) & (closed <= pd.Timestamp(end))
    return opportunities[inside & opportunities["status"].astype("str").isin(["won", "lost"])]


def _over(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)
