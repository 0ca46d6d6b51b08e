"""Attach and cross-sell: which products customers take, how many, and how long the second one takes to follow the first."""

import pandas as pd

from diligence.metrics.measure import level, need, ticks
from diligence.periods import month_index, month_indices


def products_held(
    cube: pd.DataFrame, end: pd.Timestamp, *, window: int = 1, grain: str = "account_id", by: str | None = None
) -> pd.DataFrame:
    """Give what each account holds at the end of a month: one row an account and product with revenue above zero.

    Parameters
    ----------
    cube
        The grain, ``product_id, month, amount`` (currency a month) and ``by``.
    window
        1 under contract, 12 for repeat purchase.

    Returns
    -------
    DataFrame
        ``by``, the grain, ``product_id, amount`` (currency a year: ``12 / window x sum over the window``).

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "a", "b"], "product_id": ["p", "q", "p"], "month": pd.Timestamp("2026-06-01"), "amount": [5.0, 1.0, 0.0]})
    >>> products_held(cube, pd.Timestamp("2026-06-01"))["product_id"].tolist()
    ['p', 'q']
    """
    keys = [*([by] if by else []), grain, "product_id"]
    need(cube, *keys, "month", "amount")
    found = level(cube, end, keys, window=window)
    found = found[found["ticks"] > 0].reset_index(drop=True)
    return found.assign(amount=found["ticks"] * 12 / (window * 10_000)).drop(columns="ticks").astype(dict.fromkeys(keys, "str"))


def attach_rates(held: pd.DataFrame, *, by: str | None = None, grain: str = "account_id") -> pd.DataFrame:
    """Share of customers that hold each product: ``customers with it / customers``; the largest is the platform that the others attach to.

    Parameters
    ----------
    held
        As :func:`products_held` gives it: the grain and ``product_id``, ``amount`` (currency a year) and ``by``.

    Returns
    -------
    DataFrame
        ``by, product_id, value`` (fraction), ``numerator, denominator`` (customers), ``amount, amount_share`` (of the group's revenue).

    Examples
    --------
    >>> held = pd.DataFrame({"account_id": ["a", "a", "b"], "product_id": ["p", "q", "p"], "amount": [6.0, 1.0, 3.0]})
    >>> attach_rates(held)[["product_id", "value"]].values.tolist()
    [['p', 1.0], ['q', 0.5]]
    """
    need(held, grain, "product_id", "amount", *([by] if by else []))
    keys = [by] if by else []
    frame = held.assign(whole="") if not by else held
    key = by or "whole"
    base = frame.groupby(key, observed=True)[grain].nunique()
    money = frame.groupby(key, observed=True)["amount"].sum()
    grouped = frame.groupby([key, "product_id"], observed=True, sort=True)
    table = grouped.agg(numerator=(grain, "nunique"), amount=("amount", "sum")).reset_index()
    table["denominator"] = base.reindex(table[key]).to_numpy(dtype="int64")
    table["value"] = table["numerator"] / table["denominator"]
    table["amount_share"] = table["amount"] / money.where(money > 0).reindex(table[key]).to_numpy(dtype="float64")
    return table[[*keys, "product_id", "value", "numerator", "denominator", "amount", "amount_share"]]


def products_per_customer(held: pd.DataFrame, *, by: str | None = None, grain: str = "account_id", at_least: int = 2) -> pd.DataFrame:
    """Breadth of what customers hold: the share with ``at_least`` products, and products for each customer.

    ``value = customers with two products or more / customers``.

    Parameters
    ----------
    held
        As :func:`products_held` gives it.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction), ``numerator, denominator`` (customers), ``products`` (mean number for each customer).

    Examples
    --------
    >>> held = pd.DataFrame({"account_id": ["a", "a", "b"], "product_id": ["p", "q", "p"], "amount": [6.0, 1.0, 3.0]})
    >>> products_per_customer(held)[["value", "products"]].values.tolist()
    [[0.5, 1.5]]
    """
    need(held, grain, "product_id", *([by] if by else []))
    frame = held.assign(whole="") if not by else held
    key = by or "whole"
    # a customer in two segments counts once in each
    count = frame.groupby([key, grain], observed=True)["product_id"].nunique().reset_index()
    rows = count.assign(numerator=(count["product_id"] >= at_least).astype("int64"), denominator=1)
    table = rows.groupby(key, sort=True)[["numerator", "denominator", "product_id"]].sum().reset_index()
    table["value"] = table["numerator"] / table["denominator"]
    table["products"] = table["product_id"] / table["denominator"]
    return table[[*([by] if by else []), "value", "numerator", "denominator", "products"]]


def second_product_spans(
    cube: pd.DataFrame, end: pd.Timestamp, *, start: pd.Timestamp | None = None, grain: str = "account_id", by: str | None = None
) -> pd.DataFrame:
    """Months from an account's first product to its second; accounts that have none yet, or left without one, are censored.

    ``duration = month of the second product - month of the first``. A customer that was there when the data begin has an unknown first month and is
    left out; so is nobody else: those without a second product count for as long as they were watched.

    Parameters
    ----------
    cube
        The grain, ``product_id, month, amount``: recurring revenue; and ``by``.
    end
        Last month watched.
    start
        Accounts with revenue in this month or before are left out (the first month of the data, where left out).

    Returns
    -------
    DataFrame
        The grain, ``by``, ``duration`` (months), ``observed`` (bool: the second product came).

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": ["a", "b", "b", "c"], "product_id": ["p", "p", "q", "p"], "amount": 1.0,
    ...     "month": pd.to_datetime(["2025-01-01", "2025-03-01", "2025-09-01", "2025-06-01"])})
    >>> second_product_spans(cube, pd.Timestamp("2026-06-01"))[["account_id", "duration", "observed"]].values.tolist()
    [['b', 6, True], ['c', 0, False]]
    """
    need(cube, grain, "product_id", "month", "amount", *([by] if by else []))
    columns = [grain, *([by] if by else []), "duration", "observed"]
    paid = cube[(ticks(cube["amount"]) > 0) & (cube["month"] <= end)]
    if paid.empty:
        return pd.DataFrame(columns=columns)
    frame = pd.DataFrame({grain: paid[grain].astype("str"), "product": paid["product_id"].astype("str"), "m": month_indices(paid["month"])})
    if by:
        frame[by] = paid[by].astype("str").to_numpy()
    opening = month_index(start) if start is not None else int(frame["m"].min())
    firsts = frame.groupby([grain, "product"])["m"].min().reset_index().sort_values([grain, "m", "product"], kind="stable")
    place = firsts.groupby(grain).cumcount()
    first, second = (firsts[place == one].set_index(grain)["m"] for one in (0, 1))
    watched = frame.groupby(grain)["m"].max()
    first = first[first > opening]
    came = second.reindex(first.index)
    until = came.where(came.notna(), watched.reindex(first.index))
    table = pd.DataFrame({"duration": (until - first).astype("int64"), "observed": came.notna()}).rename_axis(grain).reset_index()
    if by:
        group = frame.sort_values([grain, "m", by], kind="stable").drop_duplicates(grain).set_index(grain)[by]
        table[by] = table[grain].map(group)
    return table[columns]
