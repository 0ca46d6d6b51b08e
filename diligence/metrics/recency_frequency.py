"""Recency and frequency: what repeat-purchase models need to know of each customer, from its purchases."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_index, month_indices

DAY = np.timedelta64(1, "D")


def recency_frequency(purchases: pd.DataFrame, end: pd.Timestamp, *, days: float = 1.0, by_month: bool = False) -> pd.DataFrame:
    """Give for each customer its repeat purchases, when the last was, how long it could buy, and what a repeat purchase was worth.

    ``recency = last - first``, ``age = end - first``, ``frequency = days with a purchase - 1``. Purchases of one day are one; lines of
    nought, and days whose sum is not above nought (a return of the same day), are no purchase. Nothing after ``end`` counts.

    Parameters
    ----------
    purchases
        ``customer_id, date, amount`` (currency).
    end
        Last day of observation.
    days
        Days in a unit of time: 7 for weeks.
    by_month
        Join the purchases of a calendar month instead of those of a day, and count time in months.

    Returns
    -------
    DataFrame
        ``customer_id, frequency, recency, age`` (units of time), ``mean_amount`` (currency a repeat purchase, NaN without one; the first
        purchase is left out, as the models assume), in order of the customer.

    Examples
    --------
    >>> purchases = pd.DataFrame({"customer_id": "a", "date": pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-08"]), "amount": [5.0, 2.0, 4.0]})
    >>> recency_frequency(purchases, pd.Timestamp("2026-01-15"), days=7).values.tolist()
    [['a', 1, 1.0, 2.0, 6.0]]
    """
    need(purchases, "customer_id", "date", "amount")
    dates = pd.to_datetime(purchases["date"])
    place = month_indices(dates) if by_month else (dates.dt.normalize().to_numpy() - np.datetime64("1970-01-01")) // DAY
    stop = month_index(end) if by_month else (pd.Timestamp(end).normalize() - pd.Timestamp("1970-01-01")).days
    unit = 1.0 if by_month else days
    rows = pd.DataFrame(
        {"customer_id": purchases["customer_id"].astype("str"), "at": place, "amount": purchases["amount"].astype("float64")}
    )
    sums = rows[rows["at"] <= stop].groupby(["customer_id", "at"])["amount"].sum()
    bought = sums[sums > 0].reset_index()
    first = bought.groupby("customer_id")["at"].transform("min")
    again = bought["amount"].where(bought["at"] > first)
    grouped = bought.assign(again=again).groupby("customer_id", sort=True)
    found = grouped.agg(first=("at", "min"), last=("at", "max"), times=("at", "size"), mean_amount=("again", "mean")).reset_index()
    return pd.DataFrame(
        {
            "customer_id": found["customer_id"],
            "frequency": found["times"].astype("int64") - 1,
            "recency": (found["last"] - found["first"]) / unit,
            "age": (stop - found["first"]) / unit,
            "mean_amount": found["mean_amount"].astype("float64"),
        }
    )
