"""Where our prices stand: against rivals, against our own list, against the size of the deal and the value that is used."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

SELF = "self"
NAN = float("nan")


def rival_price_index(competitors: pd.DataFrame, *, year: int | None = None) -> pd.DataFrame:
    """Our price level against rivals by segment: ``100 / share-weighted index of the rivals - 1`` (the target is 100).

    Parameters
    ----------
    competitors
        ``segment, competitor`` (the target is ``self``), ``year``, ``share`` (fraction), ``price_index`` (target = 100).
    year
        The year to take; blank takes each segment's last.

    Returns
    -------
    DataFrame
        ``segment``, ``year``, ``premium`` (fraction, above zero where we are dearer), ``rivals_index`` (weighted by share, equally where no
        share is known), ``lowest``, ``highest``, ``n`` (rivals).

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": "s", "competitor": ["self", "a", "b"], "year": 2025, "share": [0.5, 0.3, 0.2], "price_index": [100.0, 80.0, 80.0]})
    >>> rival_price_index(rows)["premium"].tolist()
    [0.25]
    """
    need(competitors, "segment", "competitor", "year", "share", "price_index")
    index = pd.to_numeric(competitors["price_index"], errors="coerce").astype("float64")
    rows = competitors.assign(price_index=index)[(competitors["competitor"] != SELF) & (index > 0)]
    last = rows.groupby("segment")["year"].transform("max") if year is None else year
    rows = rows[rows["year"] == last]
    share = pd.to_numeric(rows["share"], errors="coerce").astype("float64")
    known = share.groupby(rows["segment"]).transform("sum") > 0
    weight = share.fillna(0).where(known, 1.0)
    sums = pd.DataFrame({"segment": rows["segment"], "weight": weight, "money": weight * rows["price_index"]}).groupby("segment").sum()
    edges = rows.groupby("segment").agg(
        year=("year", "first"), lowest=("price_index", "min"), highest=("price_index", "max"), n=("year", "size")
    )
    level = sums["money"] / sums["weight"]
    found = edges.assign(premium=100 / level - 1, rivals_index=level).reset_index()
    return found[["segment", "year", "premium", "rivals_index", "lowest", "highest", "n"]]


def below_list(items: pd.DataFrame, products: pd.DataFrame, *, more_than: float = 0.15) -> dict[str, float]:
    """Revenue priced far below today's list for the same (grandfathered): ``amount at a price under (1 - more_than) * list / all amount``.

    Parameters
    ----------
    items
        ``product_id, quantity`` (units), ``amount`` (currency a month): what each customer pays now.
    products
        ``product_id, list_price`` (currency a unit and month).
    more_than
        How far below, a fraction.

    Returns
    -------
    dict
        ``share`` (fraction, NaN where no item has both prices), ``realisation`` (paid over list), ``numerator``, ``denominator`` (currency), ``n``.

    Examples
    --------
    >>> items = pd.DataFrame({"product_id": ["p", "p"], "quantity": [1.0, 1.0], "amount": [80.0, 95.0]})
    >>> round(below_list(items, pd.DataFrame({"product_id": ["p"], "list_price": [100.0]}))["share"], 4)
    0.4571
    """
    need(items, "product_id", "quantity", "amount")
    need(products, "product_id", "list_price")
    listed = products.dropna(subset=["product_id"]).drop_duplicates("product_id").set_index("product_id")["list_price"].astype("float64")
    price = items["product_id"].astype("object").map(listed).astype("float64")
    quantity, amount = items["quantity"].astype("float64"), items["amount"].astype("float64")
    good = (price > 0) & (quantity > 0) & (amount > 0)
    asked, paid = (price * quantity)[good], amount[good]
    far = paid < (1 - more_than) * asked
    total = float(paid.sum())
    return {
        "share": float(paid[far].sum()) / total if total else NAN,
        "realisation": total / float(asked.sum()) if total else NAN,
        "numerator": float(paid[far].sum()),
        "denominator": total,
        "n": int(good.sum()),
    }


def price_by_size(items: pd.DataFrame, *, by: Sequence[str] = ("product_id",), bands: int = 4) -> pd.DataFrame:
    """Price a unit by size of the purchase: ``sum(amount) / sum(quantity)`` in bands of equal numbers of customers.

    Parameters
    ----------
    items
        ``by``, ``quantity`` (units), ``amount`` (currency): one row a customer and product.
    bands
        Number of bands; ties of quantity stay in one band, so there may be fewer.

    Returns
    -------
    DataFrame
        ``by``, ``band`` (1 is the smallest), ``from``, ``to`` (units), ``price`` (currency a unit), ``numerator`` (currency), ``denominator``
        (units), ``n``.

    Examples
    --------
    >>> items = pd.DataFrame({"product_id": "p", "quantity": [1.0, 2.0, 50.0, 60.0], "amount": [10.0, 20.0, 400.0, 480.0]})
    >>> price_by_size(items, bands=2)["price"].tolist()
    [10.0, 8.0]
    """
    keys = list(by)
    need(items, *keys, "quantity", "amount")
    rows = items.assign(quantity=items["quantity"].astype("float64"), amount=items["amount"].astype("float64"))
    rows = rows[(rows["quantity"] > 0) & (rows["amount"] > 0)]
    names = [rows[key].astype("object").fillna("").astype("str") for key in keys]
    place = rows["quantity"].groupby(names).rank(method="max", pct=True)
    band = np.ceil((place * bands).round(9)).astype("int64").rename("band")
    grouped = rows.groupby([*names, band], sort=True)
    found = grouped.agg(
        low=("quantity", "min"),
        high=("quantity", "max"),
        numerator=("amount", "sum"),
        denominator=("quantity", "sum"),
        n=("amount", "size"),
    )
    found.insert(2, "price", found["numerator"] / found["denominator"])
    found.index = found.index.set_names([*keys, "band"])
    return found.rename(columns={"low": "from", "high": "to"}).reset_index()


def static_cohort_growth(cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 24) -> dict[str, float]:
    """Growth a year of what the same customers pay: those live then and now, ``(sum(now) / sum(then))^(12 / months) - 1``.

    Nominal; hold it against inflation. Those who left are in retention, not here.

    Parameters
    ----------
    cube
        ``account_id, month, amount`` (currency a month).

    Returns
    -------
    dict
        ``growth`` (fraction a year, NaN without such customers), ``numerator``, ``denominator`` (currency a month), ``n`` (customers).

    Examples
    --------
    >>> months = pd.to_datetime(["2024-06-01", "2026-06-01"])
    >>> round(static_cohort_growth(pd.DataFrame({"account_id": "a", "month": months, "amount": [100.0, 121.0]}), months[1])["growth"], 4)
    0.1
    """
    need(cube, "account_id", "month", "amount")
    sides = []
    for when in (end - pd.DateOffset(months=months), end):
        part = cube[pd.to_datetime(cube["month"]) == when]
        sums = part["amount"].astype("float64").groupby(part["account_id"].astype("str")).sum()
        sides.append(sums[sums > 0])
    both = pd.concat(sides, axis=1, join="inner", keys=["then", "now"])
    then, now = float(both["then"].sum()), float(both["now"].sum())
    return {"growth": (now / then) ** (12 / months) - 1 if then else NAN, "numerator": now, "denominator": then, "n": len(both)}


def rank_correlation(frame: pd.DataFrame, *, left: str, right: str) -> dict[str, float]:
    """Spearman's rank correlation of two columns, such as what customers pay and what they use: ``corr(rank(left), rank(right))``.

    Returns
    -------
    dict
        ``rho`` (-1 to 1, NaN with fewer than three pairs or where one column does not vary), ``n`` (pairs).

    Examples
    --------
    >>> rank_correlation(pd.DataFrame({"paid": [1.0, 2.0, 9.0], "used": [5.0, 6.0, 7.0]}), left="paid", right="used")["rho"]
    1.0
    """
    need(frame, left, right)
    both = frame[[left, right]].astype("float64").dropna()
    ranks = both.rank()
    if len(both) < 3 or ranks.nunique().min() < 2:
        return {"rho": NAN, "n": len(both)}
    return {"rho": round(float(np.corrcoef(ranks[left], ranks[right])[0, 1]), 12), "n": len(both)}
