"""Retention of revenue and of customers, in every reading that the field uses.

Opening cohort only: a customer who was not there at the opening is in no numerator. See :mod:`diligence.metrics.measure` for the
measure; ``grain`` is the key at which "the same customer" is meant.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.bridge import EXISTING, RETURNED, named, streams_between
from diligence.metrics.measure import TICKS, annualised, level, need
from diligence.periods import add_months, month_index, month_indices

ACCOUNT = ("account_id",)
CUSTOMER = ("customer_id",)
PRODUCT = ("customer_id", "product_id")
LOSSES = ("churn", "contraction", "lost_product")


def opening_cohort(
    cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1, grain: Sequence[str] = ACCOUNT, by: str | None = None
) -> pd.DataFrame:
    """Give what each key that stood at the opening was worth then and is worth now, annualised: ``12 / window * sum over window``.

    Returns
    -------
    DataFrame
        ``by``, the grain's keys, ``then`` and ``now``: currency a year; only keys with ``then`` above zero.
    """
    keys = [*([by] if by else []), *grain]
    need(cube, *keys, "month", "amount")
    then = level(cube, add_months(end, -months), keys, window=window).rename(columns={"ticks": "then"})
    now = level(cube, end, keys, window=window).rename(columns={"ticks": "now"})
    both = then[then["then"] > 0].merge(now, on=keys, how="left").fillna({"now": 0})
    return both.assign(then=both["then"] * 12 / (window * TICKS), now=both["now"] * 12 / (window * TICKS))


def net_revenue_retention(
    cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1, grain: Sequence[str] = ACCOUNT, by: str | None = None
) -> pd.DataFrame:
    """Net revenue retention: what the opening customers are worth now over what they were worth then.

    ``sum(now) / sum(then)`` over keys with ``then > 0``, point to point. New customers are never in it; a key that left and came
    back within the period is.

    Parameters
    ----------
    cube
        ``account_id`` (or the grain's keys), ``month``, ``amount``: revenue of one kind.
    end
        Closing month.
    months
        Length of the period.
    window
        1 under contract, 12 for repeat purchase (the last twelve months against the twelve before).
    grain
        ``("account_id",)``: ultimate parent, recommended; ``("customer_id",)``; ``("customer_id", "product_id")``.
    by
        A column to cut by.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction), ``numerator, denominator`` (currency a year), ``n`` (keys at the opening).

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "b", "a", "c"], "amount": [60.0, 40.0, 66.0, 9.0],
    ...     "month": pd.to_datetime(["2025-06-01", "2025-06-01", "2026-06-01", "2026-06-01"])})
    >>> net_revenue_retention(cube, pd.Timestamp("2026-06-01"))[["value", "n"]].values.tolist()
    [[0.66, 2.0]]
    """
    cohort = opening_cohort(cube, end, months=months, window=window, grain=grain, by=by)
    return _ratio(cohort, cohort["now"], by)


def gross_revenue_retention(
    cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1, grain: Sequence[str] = ACCOUNT, by: str | None = None
) -> pd.DataFrame:
    """Gross revenue retention: what was kept of each opening customer, without any growth.

    ``sum(min(now, then)) / sum(then)`` over keys with ``then > 0``; never above 1. Parameters and columns as in
    :func:`net_revenue_retention`.
    """
    cohort = opening_cohort(cube, end, months=months, window=window, grain=grain, by=by)
    return _ratio(cohort, np.minimum(cohort["now"], cohort["then"]).clip(lower=0), by)


def logo_retention(
    cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1, grain: Sequence[str] = ACCOUNT, by: str | None = None
) -> pd.DataFrame:
    """Logo retention: opening customers still there, counted. Columns as in :func:`net_revenue_retention`; money plays no part."""
    cohort = opening_cohort(cube, end, months=months, window=window, grain=grain, by=by)
    kept = (cohort["now"] > 0).astype("float64")
    return _ratio(cohort.assign(then=1.0), kept, by)


def _ratio(cohort: pd.DataFrame, kept: pd.Series, by: str | None) -> pd.DataFrame:
    frame = cohort.assign(numerator=kept, denominator=cohort["then"], n=1)[[*([by] if by else []), "numerator", "denominator", "n"]]
    sums = frame.groupby(by, observed=True, sort=True).sum().reset_index() if by else frame.sum().to_frame().T.astype({"n": "int64"})
    sums.insert(1 if by else 0, "value", sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0))
    return sums


def constant_currency_cohort(cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1) -> pd.DataFrame:
    """Give the opening cohort with what it is worth now at the opening's exchange rates: ``now - l0 x (rate now - rate then)``.

    The rate's part is that of the bridge: on what ran through in another currency.

    Parameters
    ----------
    cube
        ``account_id, customer_id, product_id, currency, month, amount, amount_local``.

    Returns
    -------
    DataFrame
        ``account_id, then, now, now_constant``: currency a year; only accounts with ``then`` above zero.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "customer_id": "a", "product_id": "p", "currency": "GBP", "amount": [12.0, 11.0],
    ...     "amount_local": [10.0, 10.0], "month": pd.to_datetime(["2025-06-01", "2026-06-01"])})
    >>> constant_currency_cohort(cube, pd.Timestamp("2026-06-01"))[["now", "now_constant"]].values.tolist()
    [[132.0, 144.0]]
    """
    streams = streams_between(cube, add_months(end, -months), end, window=window)
    if streams.empty:
        return pd.DataFrame(columns=["account_id", "then", "now", "now_constant"])
    _, moved = named(streams)
    sums = streams.assign(fx=moved).groupby("account_id", observed=True)[["t0", "t1", "fx"]].sum().reset_index()
    sums = sums[sums["t0"] > 0]
    money = {"then": sums["t0"], "now": sums["t1"], "now_constant": sums["t1"] - sums["fx"]}
    return sums[["account_id"]].assign(**{name: ticks * 12 / (window * TICKS) for name, ticks in money.items()}).reset_index(drop=True)


def joiners_losses(cube: pd.DataFrame, moves: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1) -> pd.DataFrame:
    """Give what accounts that joined within the period lost again before its end, by movement: nothing that annual retention shows.

    ``sum(churn, contraction and lost products of accounts without revenue at the opening)``.

    Parameters
    ----------
    cube, moves
        As in and out of :func:`diligence.metrics.bridge.movements`.

    Returns
    -------
    DataFrame
        ``movement, amount`` (currency a year, negative), ``n`` (accounts).
    """
    need(moves, "month", "account_id", "movement", "ticks")
    there = level(cube, add_months(end, -months), ["account_id"], window=window)
    opened = set(there.loc[there["ticks"] > 0, "account_id"].astype("str"))
    index, last = month_indices(moves["month"]), month_index(end)
    lost = moves[(index <= last) & (index > last - months) & moves["movement"].isin(LOSSES)]
    lost = lost[~lost["account_id"].astype("str").isin(opened)].astype({"account_id": "str", "movement": "str"})
    sums = lost.groupby("movement").agg(ticks=("ticks", "sum"), n=("account_id", "nunique")).reindex(list(LOSSES), fill_value=0)
    return pd.DataFrame({"movement": list(LOSSES), "amount": sums["ticks"].to_numpy() * 12 / (window * TICKS), "n": sums["n"].to_numpy()})


def bridged_retention(table: pd.DataFrame, end: pd.Timestamp, *, months: int = 12) -> dict[str, tuple[float, float]]:
    """Give the readings that rest on monthly movements, as numerator and denominator in currency a year.

    Parameters
    ----------
    table
        A bridge by month, as given by :func:`diligence.metrics.bridge.bridge`.

    Returns
    -------
    dict
        ``nrr_bridge``: opening and all movements of running accounts, joiners' included; ``nrr_bridge_reactivation``: with returning
        accounts too; ``nrr_monthly``: monthly rates multiplied; ``grr_bridge`` and ``grr_monthly``: losses only.
    """
    last = month_index(end)
    index = month_indices(table["month"])
    period = table[(index <= last) & (index > last - months)]
    if len(period) < months or period["opening"].iloc[0] <= 0:
        return {}
    opening = float(period["opening"].iloc[0])
    net, lost = period[list(EXISTING)].sum(axis=1), period[["contraction", "lost_product", "churn"]].sum(axis=1)
    back = float(period[list(RETURNED)].sum().sum())
    base = period["opening_rate"].where(period["opening_rate"] > 0)
    return {
        "nrr_bridge": (opening + float(net.sum()), opening),
        "nrr_bridge_reactivation": (opening + float(net.sum()) + back, opening),
        "nrr_monthly": (opening * float((1 + net / base).prod(skipna=False)), opening),
        "grr_bridge": (opening + float(lost.sum()), opening),
        "grr_monthly": (opening * float((1 + lost / base).prod(skipna=False)), opening),
    }


def reading_steps(
    cube: pd.DataFrame, moves: pd.DataFrame, table: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1
) -> pd.DataFrame:
    """Bridge the numerators of net revenue retention from one reading to the next, in money, each step summed from rows.

    Parameters
    ----------
    cube
        Revenue of those who can be retained: without customers that came with a company acquired in the period.
    moves, table
        Movements of all, and their bridge by month. Where ``moves`` has a column ``bought``, it says who came so.
    end, months, window
        As in :func:`net_revenue_retention`.

    Returns
    -------
    DataFrame
        ``reading, amount`` (its numerator) and ``step, step_amount``: what leads to the next reading. ``residual`` is what the steps
        leave unexplained: zero but for the last, where compounding has no rows of its own.
    """
    then = add_months(end, -months)
    now = level(cube, end, ["account_id", "customer_id", "product_id"], window=window).rename(columns={"ticks": "now"})
    was = level(cube, then, ["account_id", "customer_id", "product_id"], window=window).rename(columns={"ticks": "then"})
    rows = now.merge(was, on=["account_id", "customer_id", "product_id"], how="outer").fillna({"now": 0, "then": 0})
    opened = {
        "account": rows.groupby("account_id", observed=True)["then"].transform("sum") > 0,
        "customer": rows.groupby("customer_id", observed=True)["then"].transform("sum") > 0,
        "product": rows.groupby(["customer_id", "product_id"], observed=True)["then"].transform("sum") > 0,
    }
    factor = annualised(1, window)
    value = {grain: float(rows.loc[flag, "now"].sum()) * factor for grain, flag in opened.items()}
    found = [("nrr_product", value["product"], "products that customers added", _step(rows, opened, "customer", "product", factor))]
    found += [("nrr_customer", value["customer"], "new subsidiaries of their parents", _step(rows, opened, "account", "customer", factor))]
    bridged = bridged_retention(table, end, months=months) if window == 1 else {}
    if not bridged:
        return _steps([*found, ("nrr_ltm", value["account"], "", 0.0)])
    cohort = set(rows.loc[opened["account"], "account_id"].astype("str"))
    index, last = month_indices(moves["month"]), month_index(end)
    period = moves[(index <= last) & (index > last - months)]
    mine, running = period["account_id"].astype("str").isin(cohort), period["movement"].isin(EXISTING)
    if "bought" in period:
        mine &= ~period["bought"]
    joiners = period.loc[~mine & running, "ticks"].sum() * factor
    returned = period.loc[mine & ~running, "ticks"].sum() * factor
    credit = bridged["nrr_bridge"][1] - float(rows.loc[opened["account"], "then"].sum()) * factor
    back = bridged["nrr_bridge_reactivation"][0] - bridged["nrr_bridge"][0]
    returns = period.loc[period["movement"].isin(RETURNED), "ticks"].sum() * factor
    found += [
        ("nrr_ltm", value["account"], "joiners' next steps less returns", joiners - returned + credit),
        ("nrr_bridge", bridged["nrr_bridge"][0], "accounts that came back", returns),
        (
            "nrr_bridge_reactivation",
            bridged["nrr_bridge_reactivation"][0],
            "compounding, without returns",
            bridged["nrr_monthly"][0] - bridged["nrr_bridge"][0] - back,
        ),
        ("nrr_monthly", bridged["nrr_monthly"][0], "", 0.0),
    ]
    return _steps(found)


def _step(rows: pd.DataFrame, opened: dict[str, pd.Series], wide: str, narrow: str, factor: float) -> float:
    only_wide, only_narrow = opened[wide] & ~opened[narrow], opened[narrow] & ~opened[wide]
    return (float(rows.loc[only_wide, "now"].sum()) - float(rows.loc[only_narrow, "now"].sum())) * factor


def _steps(found: list[tuple[str, float, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(found, columns=["reading", "amount", "step", "step_amount"])
    frame["residual"] = (frame["amount"].shift(-1) - frame["amount"] - frame["step_amount"]).fillna(0.0)
    return frame
