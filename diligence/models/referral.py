"""Referral: how many new customers a customer brings, and whether an engine that runs on referral alone would grow."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.models.rates import rate_interval, rate_ratio_interval

YEAR = 365.25
NAN = float("nan")


@dataclass(frozen=True)
class Referrals:
    """The reproduction of customers by referral.

    Attributes
    ----------
    rate, rate_low, rate_high
        New customers referred per customer and year.
    reproduction, low, high
        New customers that a customer brings while it stays: ``rate / churn``; below 1 referral alone shrinks the base.
    referred, customer_years
        Referred customers of the period, and the exposure.
    generation_months
        Median months from the arrival of a customer to that of the one it referred.
    referrers
        Share of the referred that the ten most active referrers brought.
    """

    rate: float
    rate_low: float
    rate_high: float
    reproduction: float
    low: float
    high: float
    referred: int
    customer_years: float
    generation_months: float
    referrers: float


def referral_reproduction(customers: pd.DataFrame, *, end: pd.Timestamp, months: int = 12) -> Referrals:
    """Estimate referral's reproduction from the tree of who referred whom: Poisson events over customer-years, with Gamma intervals.

    Parameters
    ----------
    customers
        ``customer_id, acquired_on, referred_by``, and ``left_on`` where given (blank: still there).
    end
        Last month; the period is the ``months`` up to it.
    months
        Length of the period.

    Returns
    -------
    Referrals
        Reproduction needs leavers: without ``left_on``, or where nobody left, it is NaN.

    Notes
    -----
    Reproduction number as in demography and epidemiology: births per head and year times years lived. SciPy stands behind the intervals.

    Examples
    --------
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "acquired_on": ["2020-01-01"] * 3 + ["2026-01-01"], "referred_by": [None] * 3 + ["a"],
    ...                      "left_on": [None, "2025-12-31", None, None]})
    >>> found = referral_reproduction(base, end=pd.Timestamp("2026-06-01"))
    >>> found.referred, round(found.customer_years, 1), round(found.reproduction, 1)
    (1, 3.0, 1.0)
    """
    need(customers, "customer_id", "acquired_on", "referred_by")
    came = pd.to_datetime(customers["acquired_on"])
    left = pd.to_datetime(customers["left_on"]) if "left_on" in customers.columns else pd.Series(pd.NaT, index=customers.index)
    closing = end + pd.DateOffset(months=1)
    opening = closing - pd.DateOffset(months=months)
    until = left.fillna(closing).clip(upper=closing)
    lived = (until - came.clip(lower=opening)).dt.days.clip(lower=0) / YEAR
    years = float(lived[came.notna() & (came < closing)].sum())
    born = customers["referred_by"].notna() & (came >= opening) & (came < closing)
    referred, gone = int(born.sum()), int(((left >= opening) & (left < closing)).sum())
    low, high = rate_interval(referred, years)
    rate = referred / years if years > 0 else NAN
    span = rate_ratio_interval((referred, gone), (years, years)) if gone else (NAN, NAN)
    parents = customers.assign(acquired_on=came).drop_duplicates("customer_id").set_index("customer_id")["acquired_on"]
    arrived = parents.reindex(customers.loc[born, "referred_by"]).to_numpy(dtype="datetime64[ns]")
    month = (came[born].to_numpy(dtype="datetime64[ns]") - arrived) / np.timedelta64(1, "D") / YEAR * 12
    each = customers.loc[born, "referred_by"].value_counts()
    return Referrals(
        rate=rate,
        rate_low=low,
        rate_high=high,
        reproduction=referred / gone if gone else NAN,
        low=span[0],
        high=span[1],
        referred=referred,
        customer_years=years,
        generation_months=float(np.nanmedian(month)) if np.isfinite(month).any() else NAN,
        referrers=float(each.head(10).sum() / referred) if referred else NAN,
    )
