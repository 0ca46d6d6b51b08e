"""Price increases: when the list moved, when a customer's own price moved, how much of the one arrived in the other, and who left."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices, month_starts

ITEM = ("customer_id", "product_id")
SMALLEST = 0.005
"""Relative change below which a unit price is held to be the same: rounding and days of the month."""


def unit_prices(cube: pd.DataFrame, *, by: Sequence[str] = ITEM) -> pd.DataFrame:
    """Unit price of each item and month: ``amount / quantity``, in the currency of the lines where it is known.

    Parameters
    ----------
    cube
        ``by``, ``month``, ``quantity`` and ``amount`` (currency a month); ``amount_local`` is taken before ``amount``, so that a move of
        the exchange rate is no price increase.

    Returns
    -------
    DataFrame
        ``by``, ``month``, ``price`` (currency a unit and month), ``quantity``, ``amount``; items without a positive quantity and price left out.

    Examples
    --------
    >>> cube = pd.DataFrame({"customer_id": "c", "product_id": "p", "month": [pd.Timestamp("2026-01-01")], "quantity": [4.0], "amount": [100.0]})
    >>> unit_prices(cube)["price"].tolist()
    [25.0]
    """
    keys = list(by)
    need(cube, *keys, "month", "quantity", "amount")
    money = cube["amount_local"] if "amount_local" in cube else cube["amount"]
    names = {key: cube[key].astype("str") for key in keys}
    lines = pd.DataFrame({**names, "month": pd.to_datetime(cube["month"]), "quantity": cube["quantity"].astype("float64")})
    lines = lines.assign(amount=cube["amount"].astype("float64"), local=money.astype("float64"))
    sums = lines.groupby([*keys, "month"], sort=True)[["quantity", "amount", "local"]].sum(min_count=1).reset_index()
    sums = sums[(sums["quantity"] > 0) & (sums["local"] > 0)]
    return sums.assign(price=sums["local"] / sums["quantity"])[[*keys, "month", "price", "quantity", "amount"]].reset_index(drop=True)


def price_increases(prices: pd.DataFrame, *, by: Sequence[str] = ITEM, least: float = SMALLEST) -> pd.DataFrame:
    """Price increases of items: months in which the unit price rose from a level that had held to one that holds.

    A month counts where ``price / price before - 1 >= least``, the two months before are alike, and the rise is not gone in the next
    month: a correction or a bill of part of a month is none.

    Parameters
    ----------
    prices
        As :func:`unit_prices` gives them.
    least
        The smallest rise, a fraction.

    Returns
    -------
    DataFrame
        ``by``, ``month``, ``price_then``, ``price_now`` (currency a unit), ``change`` (fraction), ``amount`` (currency a month, before the rise).

    Examples
    --------
    >>> months = pd.date_range("2026-01-01", periods=4, freq="MS")
    >>> prices = pd.DataFrame({"customer_id": "c", "product_id": "p", "month": months, "price": [10.0, 10.0, 10.5, 10.5], "quantity": 2.0, "amount": 20.0})
    >>> price_increases(prices)["change"].round(3).tolist()
    [0.05]
    """
    keys = list(by)
    need(prices, *keys, "month", "price", "quantity", "amount")
    frame = prices.sort_values([*keys, "month"], kind="stable", ignore_index=True)
    index = month_indices(frame["month"])
    same = frame[keys].eq(frame[keys].shift()).all(axis=1).to_numpy()
    follows = same & (np.diff(index, prepend=-99) == 1)
    before, amount = frame["price"].shift(), frame["amount"].shift()
    last = ~np.append(follows[1:], False)
    held = last | (frame["price"].shift(-1) / frame["price"] - 1 > -least).to_numpy()
    change = frame["price"] / before - 1
    stood = np.append(False, follows[:-1]) & ((before / frame["price"].shift(2) - 1).abs() < least).to_numpy()
    risen = follows & stood & held & (change >= least).to_numpy()
    found = frame[keys].assign(month=frame["month"], price_then=before, price_now=frame["price"], change=change, amount=amount)
    return found[risen].reset_index(drop=True)


def list_price_changes(quotes: pd.DataFrame, *, least: float = SMALLEST) -> pd.DataFrame:
    """Changes of the list: months in which the usual list price of a product's quotes is another than in the month quoted before.

    ``change = list price now / list price before - 1``, on the middle list price of each month, so that neither a mistyped line nor the
    weeks in which old and new list are quoted side by side make a change of their own.

    Parameters
    ----------
    quotes
        ``product_id, date, list_price`` (currency a unit).

    Returns
    -------
    DataFrame
        ``product_id``, ``date`` (of the first quote of that month at the new list), ``list_then``, ``list_now``, ``change`` (fraction), ``n`` (quotes at the new list).

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-10", "2025-02-10", "2025-03-10"])
    >>> quotes = pd.DataFrame({"product_id": "p", "date": days, "list_price": [100.0, 104.0, 104.0]})
    >>> list_price_changes(quotes)[["list_then", "list_now", "n"]].values.tolist()
    [[100.0, 104.0, 2.0]]
    """
    need(quotes, "product_id", "date", "list_price")
    lines = pd.DataFrame({"product_id": quotes["product_id"], "date": pd.to_datetime(quotes["date"]), "price": quotes["list_price"]})
    lines = lines[(lines["price"] > 0) & lines["date"].notna() & lines["product_id"].notna()].astype(
        {"product_id": "str", "price": "float64"}
    )
    lines = lines.assign(index=month_indices(lines["date"]))
    months = lines.groupby(["product_id", "index"], sort=True)["price"].agg(["size", _lower_median]).reset_index()
    months = months.rename(columns={"_lower_median": "list_now"})
    before = months.groupby("product_id")["list_now"].shift()
    moved = before.notna() & ((months["list_now"] / before - 1).abs() >= least)
    spell = moved.groupby(months["product_id"]).cumsum()
    counts = months["size"].groupby([months["product_id"], spell]).transform("sum")
    found = months.assign(list_then=before, change=months["list_now"] / before - 1, n=counts.astype("int64"))[moved]
    first = lines.merge(found[["product_id", "index", "list_now"]], on=["product_id", "index"])
    first = first[(first["price"] / first["list_now"] - 1).abs() < least].groupby(["product_id", "index"])["date"].min()
    found = found.merge(first.rename("date").reset_index(), on=["product_id", "index"])
    return found[["product_id", "date", "list_then", "list_now", "change", "n"]].reset_index(drop=True)


def _lower_median(prices: pd.Series) -> float:
    """The middle price, the lower of two: always one that was asked."""
    return float(prices.quantile(0.5, interpolation="lower"))


def increase_realisation(prices: pd.DataFrame, changes: pd.DataFrame, *, months: int = 12) -> pd.DataFrame:
    """How much of a list increase arrived in the prices of those who were customers at the time.

    For each change of a product's list: ``realised = sum(q0 * (p1 - p0)) / sum(q0 * p0)`` over the items live in the month before and
    still live ``months`` later, over the announced change. Those who left are in the churn that followed, not here.

    Parameters
    ----------
    prices
        As :func:`unit_prices` gives them, by customer and product.
    changes
        ``product_id, date, change`` as :func:`list_price_changes` gives them.
    months
        How long prices have to follow.

    Returns
    -------
    DataFrame
        ``product_id``, ``date``, ``announced``, ``realised`` (fractions), ``share`` (realised over announced), ``numerator``, ``denominator``
        (currency a month: the rise, and what the announced change would have given), ``n`` (items). NaN where the months have not passed.

    Examples
    --------
    >>> month = pd.to_datetime(["2024-12-01", "2026-01-01"])
    >>> prices = pd.DataFrame({"customer_id": "c", "product_id": "p", "month": month, "price": [10.0, 10.2], "quantity": 5.0, "amount": [50.0, 51.0]})
    >>> changes = pd.DataFrame({"product_id": ["p"], "date": pd.to_datetime(["2025-01-15"]), "change": [0.04]})
    >>> increase_realisation(prices, changes)["share"].round(3).tolist()
    [0.5]
    """
    need(prices, *ITEM, "month", "price", "quantity")
    need(changes, "product_id", "date", "change")
    events = changes.sort_values(["product_id", "date"], kind="stable", ignore_index=True)
    at = month_indices(pd.to_datetime(events["date"]))
    frame = prices.assign(index=month_indices(prices["month"]), product_id=prices["product_id"].astype("str"))
    events = events.assign(product_id=events["product_id"].astype("str"), event=range(len(events)))
    columns = ["customer_id", "product_id", "index", "price", "quantity"]
    then = events.assign(index=at - 1)[["event", "product_id", "index"]].merge(frame[columns], on=["product_id", "index"])
    now = events.assign(index=at + months)[["event", "product_id", "index"]].merge(frame[columns], on=["product_id", "index"])
    both = then.merge(now, on=["event", "customer_id", "product_id"], suffixes=("_then", "_now"))
    both = both.assign(
        rise=both["quantity_then"] * (both["price_now"] - both["price_then"]), base=both["quantity_then"] * both["price_then"]
    )
    sums = both.groupby("event").agg(rise=("rise", "sum"), base=("base", "sum"), n=("rise", "size")).reindex(range(len(events)))
    base = sums["base"].where(sums["base"] > 0)
    realised = sums["rise"] / base
    return pd.DataFrame(
        {
            "product_id": events["product_id"],
            "date": events["date"],
            "announced": events["change"].astype("float64"),
            "realised": realised,
            "share": realised / events["change"].where(events["change"] != 0),
            "numerator": sums["rise"],
            "denominator": base * events["change"],
            "n": sums["n"].fillna(0).astype("int64"),
        }
    )


def churn_after_increase(
    prices: pd.DataFrame, *, by: Sequence[str] = ("product_id",), months: int = 12, least: float = SMALLEST
) -> pd.DataFrame:
    """Who left within a year of a price increase, beside like customers of the same month without one.

    Each item (customer and product) with an increase in a month is compared with items of the same cell, live in that month, whose price
    did not rise then. ``left`` is: no positive amount ``months`` later. Months whose year is not over yet are left out.

    Parameters
    ----------
    prices
        As :func:`unit_prices` gives them by customer and product, with the columns of ``by``.
    by
        What makes items alike beside the month: product, segment, size.

    Returns
    -------
    DataFrame
        One row a cell and month that has both: ``by``, ``month``, ``raised``, ``raised_left``, ``others``, ``others_left`` (items).

    Examples
    --------
    >>> months = pd.to_datetime(["2024-12-01", "2025-01-01", "2025-02-01", "2026-02-01"])
    >>> one = pd.DataFrame({"customer_id": "a", "product_id": "p", "month": months, "price": [10.0, 10.0, 11.0, 11.0], "quantity": 1.0, "amount": 10.0})
    >>> two = one.assign(customer_id="b", price=10.0).iloc[:3]
    >>> churn_after_increase(pd.concat([one, two]))[["raised", "raised_left", "others", "others_left"]].values.tolist()
    [[1, 0, 1, 1]]
    """
    cell = list(dict.fromkeys(by))
    need(prices, *ITEM, *cell, "month", "price", "quantity", "amount")
    columns = [*cell, "month", "raised", "raised_left", "others", "others_left"]
    if prices.empty:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in columns})
    frame = prices.assign(index=month_indices(prices["month"]), **{key: prices[key].astype("str") for key in {*ITEM, *cell}})
    rises = price_increases(frame, least=least)
    marked = frame.merge(rises[[*ITEM, "month"]].assign(raised=True), on=[*ITEM, "month"], how="left")
    marked["raised"] = marked["raised"].notna()
    later = frame[[*ITEM, "index"]].assign(index=frame["index"] - months, stays=True).drop_duplicates()
    marked = marked.merge(later, on=[*ITEM, "index"], how="left")
    marked["left"] = marked["stays"].isna()
    before = frame[[*ITEM, "index"]].assign(index=frame["index"] + 1, known=True).drop_duplicates()
    marked = marked.merge(before, on=[*ITEM, "index"], how="left")
    over = marked[(marked["index"] + months <= frame["index"].max()) & marked["known"].notna()]
    counts = over.groupby([*cell, "index", "raised"])["left"].agg(["size", "sum"]).unstack(fill_value=0)
    if not {True, False} <= set(over["raised"]):
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in columns})
    found = pd.DataFrame(
        {
            "raised": counts[("size", True)], "raised_left": counts[("sum", True)],
            "others": counts[("size", False)], "others_left": counts[("sum", False)],
        }
    ).astype("int64").reset_index()  # fmt: skip
    found = found[(found["raised"] > 0) & (found["others"] > 0)]
    found.insert(len(cell), "month", month_starts(found.pop("index").to_numpy()))
    return found.reset_index(drop=True)
