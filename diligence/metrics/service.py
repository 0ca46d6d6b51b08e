"""Service after the sale: tickets by customer, how long the severe ones stay open, and whether the product is used."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_index, month_indices, month_starts

SEVERE = 2


def ticket_load(tickets: pd.DataFrame, active: pd.DataFrame) -> pd.DataFrame:
    """Tickets a customer and month: ``load = tickets / active customers``; severe ones beside.

    Parameters
    ----------
    tickets
        ``opened_on, customer_id``; ``severity`` (1 is the most severe) where given.
    active
        ``month, customers``: how many customers could have opened one.

    Returns
    -------
    DataFrame
        ``month, tickets, severe`` (severity 1 and 2; NaN where not given), ``customers, load, severe_load`` (severe / customers),
        ``severe_share``. Only the months of ``active``.

    Examples
    --------
    >>> tickets = pd.DataFrame({"customer_id": ["a", "a", "b"], "opened_on": "2026-06-03", "severity": [1, 3, 4]})
    >>> ticket_load(tickets, pd.DataFrame({"month": pd.to_datetime(["2026-06-01"]), "customers": [10]}))[["load", "severe_share"]].round(2).values.tolist()
    [[0.3, 0.33]]
    """
    need(tickets, "opened_on", "customer_id")
    need(active, "month", "customers")
    dated = tickets[tickets["opened_on"].notna()]
    severe = (
        dated["severity"].astype("float64").le(SEVERE).astype("float64") if "severity" in dated else pd.Series(np.nan, index=dated.index)
    )
    frame = pd.DataFrame({"tickets": 1.0, "severe": severe.to_numpy()}, index=dated.index)
    counts = frame.groupby(month_indices(dated["opened_on"]) if len(dated) else []).sum(min_count=1)
    months = month_indices(active["month"]) if len(active) else np.array([], dtype="int64")
    found = pd.DataFrame({"m": months, "customers": active["customers"].astype("float64").to_numpy()}).sort_values("m", ignore_index=True)
    found["tickets"] = found["m"].map(counts["tickets"]).astype("float64").fillna(0.0)
    found["severe"] = found["m"].map(counts["severe"]).astype("float64")
    if "severity" in dated:
        found["severe"] = found["severe"].fillna(0.0)
    found["load"] = found["tickets"] / found["customers"].where(found["customers"] > 0)
    found["severe_load"] = found["severe"] / found["customers"].where(found["customers"] > 0)
    found["severe_share"] = found["severe"] / found["tickets"].where(found["tickets"] > 0)
    found["month"] = month_starts(found["m"].to_numpy())
    return found[["month", "tickets", "severe", "customers", "load", "severe_load", "severe_share"]]


def resolution_times(tickets: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Days to close a ticket by severity: median and ninth decile of the closed, and how long the open ones have waited.

    Parameters
    ----------
    tickets
        ``opened_on, closed_on`` (blank while open); ``severity`` where given.
    as_of
        The day to which open ones have waited.

    Returns
    -------
    DataFrame
        ``severity, n, closed, median_days, p90_days, open, oldest_days`` (of the open; NaN without any).

    Examples
    --------
    >>> tickets = pd.DataFrame({"opened_on": ["2026-06-01", "2026-06-01"], "closed_on": ["2026-06-05", None], "severity": [1, 1]})
    >>> resolution_times(tickets, date(2026, 6, 30))[["median_days", "open", "oldest_days"]].values.tolist()
    [[4.0, 1.0, 29.0]]
    """
    need(tickets, "opened_on", "closed_on")
    dated = tickets[tickets["opened_on"].notna()]
    opened, closed = pd.to_datetime(dated["opened_on"]), pd.to_datetime(dated["closed_on"])
    severity = dated["severity"].astype("float64") if "severity" in dated else pd.Series(np.nan, index=dated.index)
    days = (closed - opened).dt.days.astype("float64")
    waited = (pd.Timestamp(as_of) - opened).dt.days.astype("float64").where(closed.isna())
    frame = pd.DataFrame({"severity": severity, "days": days, "waited": waited, "n": 1})
    groups = frame.groupby("severity", dropna=False, sort=True)
    found = groups.agg(
        n=("n", "size"), closed=("days", "count"), median_days=("days", "median"), open=("waited", "count"), oldest_days=("waited", "max")
    )
    found["p90_days"] = groups["days"].quantile(0.9)
    return found.reset_index()[["severity", "n", "closed", "median_days", "p90_days", "open", "oldest_days"]].astype({"open": "float64"})


def seat_utilisation(usage: pd.DataFrame) -> pd.DataFrame:
    """Seats in use by month: ``value = sum(active users) / sum(licensed users)``, over customers that report both.

    Parameters
    ----------
    usage
        ``customer_id, month, active_users, licensed_users``.

    Returns
    -------
    DataFrame
        ``month, customers, active, licensed, value, below_half`` (fraction of customers that use less than half of their seats).

    Examples
    --------
    >>> usage = pd.DataFrame({"customer_id": ["a", "b"], "month": "2026-06-01", "active_users": [9, 10], "licensed_users": [10, 90]})
    >>> seat_utilisation(usage)[["value", "below_half"]].values.tolist()
    [[0.19, 0.5]]
    """
    need(usage, "customer_id", "month", "active_users", "licensed_users")
    kept = usage[usage["active_users"].notna() & (usage["licensed_users"] > 0) & usage["month"].notna()]
    columns = ["month", "customers", "active", "licensed", "value", "below_half"]
    if kept.empty:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[1:], "float64"))
    active, licensed = kept["active_users"].astype("float64"), kept["licensed_users"].astype("float64")
    frame = pd.DataFrame({"customers": 1.0, "active": active, "licensed": licensed, "low": (active < licensed / 2).astype("float64")})
    found = frame.groupby(month_indices(kept["month"])).sum()
    found["value"], found["below_half"] = found["active"] / found["licensed"], found["low"] / found["customers"]
    found.insert(0, "month", month_starts(found.index.to_numpy()))
    return found.reset_index(drop=True)[columns]


def usage_decline(usage: pd.DataFrame, month: pd.Timestamp, *, worth: pd.DataFrame | None = None, fall: float = 0.3) -> pd.DataFrame:
    """Find customers whose use has fallen: ``change = last three months / the three before - 1`` of active users, a fall of 30% or more.

    Parameters
    ----------
    usage
        ``customer_id, month, active_users``.
    month
        The last month that counts. Customers without six months to it are not judged.
    worth
        ``customer_id, amount`` (currency a year).
    fall
        What counts as a fall (fraction).

    Returns
    -------
    DataFrame
        ``customer_id, before, now`` (active users, three-month means), ``change, falling, amount`` (NaN without ``worth``).

    Examples
    --------
    >>> usage = pd.DataFrame({"customer_id": "a", "month": pd.date_range("2026-01-01", periods=6, freq="MS"), "active_users": [10, 10, 10, 6, 6, 6]})
    >>> usage_decline(usage, pd.Timestamp("2026-06-01"))[["change", "falling"]].round(2).values.tolist()
    [[-0.4, True]]
    """
    need(usage, "customer_id", "month", "active_users")
    kept = usage[usage["active_users"].notna() & usage["month"].notna() & usage["customer_id"].notna()]
    age = month_index(month) - month_indices(kept["month"]) if len(kept) else np.array([], dtype="int64")
    frame = pd.DataFrame({"customer_id": kept["customer_id"], "users": kept["active_users"].astype("float64"), "age": age})
    frame = frame[frame["age"].between(0, 5)]
    months = frame.groupby(["customer_id", "age"])["users"].sum().reset_index()
    whole = months[months.groupby("customer_id")["age"].transform("size") == 6]
    now = whole[whole["age"] < 3].groupby("customer_id")["users"].mean()
    found = pd.DataFrame({"before": whole[whole["age"] >= 3].groupby("customer_id")["users"].mean(), "now": now}).reset_index()
    found["change"] = found["now"] / found["before"].where(found["before"] > 0) - 1
    found["falling"] = found["change"] <= -fall
    if worth is None:
        return found.assign(amount=np.nan)
    need(worth, "customer_id", "amount")
    return found.assign(amount=found["customer_id"].map(worth.groupby("customer_id")["amount"].sum()).astype("float64"))
