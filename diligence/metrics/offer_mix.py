"""What is sold: the mix of products in bookings and in revenue, how it shifts, and what the shift does to margin."""

import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices


def booking_mix(bookings: pd.DataFrame, *, of: str = "product_id") -> pd.DataFrame:
    """Share of bookings of each product by quarter of signature: ``amount / sum of the quarter``; shares of a quarter add up to one.

    Parameters
    ----------
    bookings
        ``closed_on`` (date), ``amount`` (currency a year) and ``of``: won deals. Rows without a date, an amount or a product are left out.
    of
        ``product_id``, or any other column such as ``type`` or ``pricing_metric``.

    Returns
    -------
    DataFrame
        ``period`` (``2026Q2``), ``index`` (whole number, one apart), ``of, amount, value`` (fraction), ``n`` (deals).

    Examples
    --------
    >>> won = pd.DataFrame({"closed_on": pd.to_datetime(["2026-01-05", "2026-02-01"]), "product_id": ["p", "q"], "amount": [30.0, 10.0]})
    >>> booking_mix(won)["value"].tolist()
    [0.75, 0.25]
    """
    need(bookings, "closed_on", "amount", of)
    known = bookings.dropna(subset=["closed_on", "amount", of])
    if known.empty:
        return pd.DataFrame(columns=["period", "index", of, "amount", "value", "n"])
    frame = pd.DataFrame(
        {"index": month_indices(known["closed_on"]) // 3, of: known[of].astype("str"), "amount": known["amount"].astype("float64"), "n": 1}
    )
    table = frame.groupby(["index", of], sort=True)[["amount", "n"]].sum().reset_index()
    whole = table.groupby("index")["amount"].transform("sum")
    period = [f"{place // 4:04d}Q{place % 4 + 1}" for place in table["index"]]
    table = table.assign(period=period, value=table["amount"] / whole.where(whole > 0))
    return table[["period", "index", of, "amount", "value", "n"]]


def share_shift(bookings: pd.DataFrame, entry: str, *, end: int, quarters: int = 8) -> dict[str, float]:
    """Change of the entry offer's share of bookings: last four quarters against the four that ended ``quarters`` before.

    ``shift = sum(entry, last four) / sum(all, last four) - sum(entry, then) / sum(all, then)``: ratios of sums, so that a thin quarter weighs what it is.

    Parameters
    ----------
    bookings
        As :func:`booking_mix` gives it, by product: ``index, product_id, amount``.
    entry
        The product that customers enter by.
    end
        ``index`` of the last quarter.
    quarters
        Quarters between the two.

    Returns
    -------
    dict
        ``now, then, shift`` (fractions), ``numerator, denominator`` (now, currency a year); NaN where four quarters are not in the data.

    Examples
    --------
    >>> rows = [(index, product, amount) for index in range(12) for product, amount in (("p", 5.0 + index), ("q", 5.0))]
    >>> round(share_shift(pd.DataFrame(rows, columns=["index", "product_id", "amount"]), "p", end=11)["shift"], 3)
    0.178
    """
    need(bookings, "index", "product_id", "amount")
    nothing = {"now": float("nan"), "then": float("nan"), "shift": float("nan"), "numerator": float("nan"), "denominator": float("nan")}
    reached = bookings["index"].min() if len(bookings) else end + 1
    found = dict(nothing)
    for name, last in (("now", end), ("then", end - quarters)):
        some = bookings[(bookings["index"] > last - 4) & (bookings["index"] <= last)]
        whole, part = float(some["amount"].sum()), float(some.loc[some["product_id"].astype("str") == entry, "amount"].sum())
        if last - 3 < reached or whole <= 0:
            continue
        found[name] = part / whole
        if name == "now":
            found |= {"numerator": part, "denominator": whole}
    return found | {"shift": found["now"] - found["then"]}


def revenue_mix(held: pd.DataFrame, products: pd.DataFrame, *, of: str = "pricing_metric") -> pd.DataFrame:
    """Share of recurring revenue by a property of the product: ``amount / sum``; what has no such property on record is ``(not given)``.

    Parameters
    ----------
    held
        ``product_id, amount`` (currency a year).
    products
        ``product_id`` and ``of``: ``pricing_metric``, ``family``, ``brand``.

    Returns
    -------
    DataFrame
        ``of, amount, value`` (fraction), ``n`` (products); largest first. Shares add up to one.

    Examples
    --------
    >>> held = pd.DataFrame({"product_id": ["p", "q"], "amount": [30.0, 10.0]})
    >>> revenue_mix(held, pd.DataFrame({"product_id": ["p"], "pricing_metric": ["seat"]})).values.tolist()
    [['seat', 30.0, 0.75, 1], ['(not given)', 10.0, 0.25, 1]]
    """
    need(held, "product_id", "amount")
    need(products, "product_id", of)
    sums = held.assign(product_id=held["product_id"].astype("str")).groupby("product_id", observed=True)["amount"].sum().reset_index()
    word = products.drop_duplicates("product_id").set_index("product_id")[of]
    named = sums["product_id"].map(word)
    frame = sums.assign(**{of: named.astype("str").where(named.notna(), "(not given)")})
    table = frame.groupby(of).agg(amount=("amount", "sum"), n=("product_id", "nunique")).reset_index()
    table = table.sort_values(["amount", of], ascending=[False, True], kind="stable", ignore_index=True)
    whole = float(table["amount"].sum())
    return table.assign(value=table["amount"] / (whole if whole > 0 else float("nan")))[[of, "amount", "value", "n"]]


def margin_mix(then: pd.DataFrame, now: pd.DataFrame, products: pd.DataFrame) -> dict[str, float]:
    """Gross margin that the mix of products gives at both ends, and the shift that is mix alone.

    ``margin = sum(amount x margin) / sum(amount)`` at today's margin of each product; ``shift = margin now - margin then``.

    Parameters
    ----------
    then, now
        ``product_id, amount`` (currency a year).
    products
        ``product_id, gross_margin`` (fraction).

    Returns
    -------
    dict
        ``then, now, shift`` (fractions), ``known`` (share of today's revenue whose product has a margin on record).

    Examples
    --------
    >>> products = pd.DataFrame({"product_id": ["p", "q"], "gross_margin": [0.8, 0.3]})
    >>> then, now = (pd.DataFrame({"product_id": ["p", "q"], "amount": some}) for some in ([100.0, 0.0], [80.0, 20.0]))
    >>> round(margin_mix(then, now, products)["shift"], 3)
    -0.1
    """
    need(then, "product_id", "amount")
    need(now, "product_id", "amount")
    need(products, "product_id", "gross_margin")
    margin = products.drop_duplicates("product_id").set_index("product_id")["gross_margin"].astype("float64")
    found: dict[str, float] = {}
    for name, frame in (("then", then), ("now", now)):
        rate = frame["product_id"].astype("str").map(margin)
        covered = frame["amount"].where(rate.notna(), 0.0)
        whole, held = float(frame["amount"].sum()), float(covered.sum())
        found[name] = float((covered * rate.fillna(0)).sum()) / held if held > 0 else float("nan")
        if name == "now":
            found["known"] = held / whole if whole > 0 else float("nan")
    return found | {"shift": found["now"] - found["then"]}


def launch_share(held: pd.DataFrame, products: pd.DataFrame, end: pd.Timestamp, *, months: int = 36) -> dict[str, float]:
    """Share of recurring revenue from products launched within the last months: ``sum(amount of launches) / sum(amount)``.

    Products without a date of launch are in neither line.

    Returns
    -------
    dict
        ``value`` (fraction), ``numerator, denominator`` (currency a year), ``n`` (launches sold).

    Examples
    --------
    >>> held = pd.DataFrame({"product_id": ["p", "q"], "amount": [30.0, 10.0]})
    >>> products = pd.DataFrame({"product_id": ["p", "q"], "launched_on": pd.to_datetime(["2015-01-01", "2025-01-01"])})
    >>> launch_share(held, products, pd.Timestamp("2026-06-01"))["value"]
    0.25
    """
    need(held, "product_id", "amount")
    need(products, "product_id", "launched_on")
    date = pd.to_datetime(products.drop_duplicates("product_id").set_index("product_id")["launched_on"])
    launched = pd.Series(date.reindex(held["product_id"].astype("str")).to_numpy(dtype="datetime64[ns]"), index=held.index)
    known = held[launched.notna()]
    fresh = known[launched[launched.notna()] > end - pd.DateOffset(months=months)]
    part, whole = float(fresh["amount"].sum()), float(known["amount"].sum())
    sold = fresh.loc[fresh["amount"] > 0, "product_id"].nunique()
    return {"value": part / whole if whole > 0 else float("nan"), "numerator": part, "denominator": whole, "n": float(sold)}
