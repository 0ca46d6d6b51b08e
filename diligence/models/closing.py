"""Closing: what becomes of opportunities by age, and how long they take, with those still open counted as undecided.

Won, lost and no decision compete: the share won by an age is a cumulative incidence (Aalen and Johansen 1978), not one less a survival of
each alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.models.competing_risks import cumulative_incidence
from diligence.models.survival import kaplan_meier, median_life

OUTCOMES = ("won", "lost", "no_decision")


@dataclass(frozen=True)
class Cycle:
    """How long opportunities take.

    Attributes
    ----------
    decided
        Median days to any decision, open ones censored (Kaplan-Meier); NaN where less than half are decided.
    low, high
        Its 95% interval (Brookmeyer-Crowley, log-log).
    won, lost
        Median days among those won, and among those lost or without decision, by cumulative incidence: the day on which half of what is reached was.
    closed
        Median days of those already closed, which leaves the slow ones out: shown beside, not used.
    n
        Opportunities.
    """

    decided: float
    low: float
    high: float
    won: float
    lost: float
    closed: float
    n: int


def closing_incidence(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Give the share of opportunities won, lost and left without decision by age, open ones censored.

    Parameters
    ----------
    outcomes
        ``days`` and ``outcome`` (``won``, ``lost``, ``no_decision``, ``open``), as :func:`diligence.metrics.funnel.deal_outcomes` gives them.

    Returns
    -------
    DataFrame
        ``outcome, days, incidence, low, high, at_risk``: one row for each outcome and day of a decision; the interval is made on ``log(-log(1 - I))``.

    Notes
    -----
    Estimator of Aalen and Johansen, by :func:`diligence.models.competing_risks.cumulative_incidence`.

    Examples
    --------
    >>> deals = pd.DataFrame({"days": [10.0, 20.0, 20.0, 30.0], "outcome": ["won", "lost", "open", "won"]})
    >>> closing_incidence(deals).query("outcome == 'won'")["incidence"].round(9).tolist()
    [0.25, 0.25, 0.75]
    """
    need(outcomes, "days", "outcome")
    columns = ["outcome", "days", "incidence", "low", "high", "at_risk"]
    known = outcomes[outcomes["days"].notna()]
    cause = known["outcome"].where(known["outcome"].isin(OUTCOMES))
    found = cumulative_incidence(pd.DataFrame({"exit": known["days"].astype("float64"), "cause": cause}))
    found = found.rename(columns={"cause": "outcome", "age": "days"})
    if found.empty:
        return pd.DataFrame({name: pd.Series(dtype="object" if name == "outcome" else "float64") for name in columns})
    order = found["outcome"].map({name: place for place, name in enumerate(OUTCOMES)})
    return found.assign(order=order).sort_values(["order", "days"], kind="stable", ignore_index=True)[columns]


def incidence_at(incidence: pd.DataFrame, *, days: float) -> pd.DataFrame:
    """Read the incidence at an age: for each outcome the last row up to it.

    Parameters
    ----------
    incidence
        As :func:`closing_incidence` gives it.
    days
        The age.

    Returns
    -------
    DataFrame
        ``outcome, days, incidence, low, high, at_risk``; no rows where nothing was decided by then.

    Examples
    --------
    >>> deals = pd.DataFrame({"days": [10.0, 20.0, 30.0], "outcome": ["won", "lost", "won"]})
    >>> incidence_at(closing_incidence(deals), days=25)["incidence"].round(3).tolist()
    [0.333, 0.333]
    """
    need(incidence, "outcome", "days", "incidence", "low", "high", "at_risk")
    upto = incidence[incidence["days"] <= days].sort_values(["outcome", "days"], kind="stable")
    return upto.groupby("outcome", sort=True).tail(1).reset_index(drop=True)


def cycle(outcomes: pd.DataFrame) -> Cycle:
    """Give the median cycle: by Kaplan-Meier to any decision, and by cumulative incidence to a win and to a loss.

    Parameters
    ----------
    outcomes
        ``days`` and ``outcome``, as :func:`diligence.metrics.funnel.deal_outcomes` gives them.

    Notes
    -----
    Kaplan and Meier 1958, by :func:`diligence.models.survival.kaplan_meier`.

    Examples
    --------
    >>> cycle(pd.DataFrame({"days": [10.0, 20.0, 30.0, 5.0], "outcome": ["won", "won", "lost", "open"]})).decided
    20.0
    """
    need(outcomes, "days", "outcome")
    known = outcomes[outcomes["days"].notna()]
    decided = (known["outcome"] != "open").to_numpy()
    nan = float("nan")
    if not decided.any():
        return Cycle(nan, nan, nan, nan, nan, nan, len(known))
    days = known["days"].to_numpy(dtype="float64")
    median, low, high = median_life(kaplan_meier(pd.DataFrame({"exit": days, "lost": decided})))[["median", "low", "high"]].iloc[0]
    incidence = closing_incidence(known)
    lost = incidence[incidence["outcome"] != "won"].groupby("days", as_index=False)["incidence"].sum()
    halves = [_half(frame) for frame in (incidence[incidence["outcome"] == "won"], lost)]
    return Cycle(float(median), float(low), float(high), halves[0], halves[1], float(np.median(days[decided])), len(known))


def _half(reached: pd.DataFrame) -> float:
    """Give the day on which half of what an outcome reaches was reached."""
    if reached.empty or not reached["incidence"].max() > 0:
        return float("nan")
    return float(reached.loc[reached["incidence"] >= reached["incidence"].max() / 2 - 1e-12, "days"].min())
