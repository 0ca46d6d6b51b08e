"""Price, volume and mix: why revenue moved between two periods, in money that sums exactly.

An item is what has one price: a product, or a customer's product. Items sold in only one of the periods are new or lost and have no
price change; lines without a quantity have no price and stand apart. Mix exists only between items: the finer the item, the less of
the movement is price and the more is mix, so every result is read with its ``by``.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

SYMMETRIC, LASPEYRES = "symmetric", "laspeyres"
CONTINUED, NEW, LOST, UNPRICED = "continued", "new", "lost", "unpriced"
TWO_FACTOR = ("opening", "lost", "price", "volume", "joint", "new", "unpriced", "closing")
THREE_WAY = ("opening", "lost", "volume", "mix", "price", "new", "unpriced", "closing")


def price_changes(opening: pd.DataFrame, closing: pd.DataFrame, *, by: Sequence[str] = ("product_id",)) -> pd.DataFrame:
    """Unit price and quantity of each item in both periods: ``price = amount / quantity``.

    Parameters
    ----------
    opening, closing
        ``by``, ``quantity`` (units), ``amount`` (currency); several lines of an item are added up.
    by
        The columns that name an item.

    Returns
    -------
    DataFrame
        ``by``, ``kind`` (continued, new, lost, unpriced), ``quantity_then, quantity_now, amount_then, amount_now``, ``price_then,
        price_now`` (currency a unit, NaN where there is none). An item without a positive quantity and amount where it is sold is
        unpriced.

    Examples
    --------
    >>> then = pd.DataFrame({"product_id": ["a", "b"], "quantity": [10, 5], "amount": [100.0, 50.0]})
    >>> now = pd.DataFrame({"product_id": ["a", "c"], "quantity": [8, 1], "amount": [88.0, 9.0]})
    >>> price_changes(then, now)["kind"].tolist()
    ['continued', 'lost', 'new']
    """
    keys = list(by)
    sides = []
    for frame, word in ((opening, "then"), (closing, "now")):
        need(frame, *keys, "quantity", "amount")
        lines = frame[keys].astype("object").assign(quantity=frame["quantity"].astype("float64"), amount=frame["amount"].astype("float64"))
        sums = lines.groupby(keys, sort=True, dropna=False)[["quantity", "amount"]].sum(min_count=1)
        sides.append(sums.rename(columns=lambda name, word=word: f"{name}_{word}"))
    both = sides[0].join(sides[1], how="outer").sort_index().reset_index()
    there = {word: both[f"amount_{word}"].fillna(0) != 0 for word in ("then", "now")}
    priced = {word: (both[f"amount_{word}"] > 0) & (both[f"quantity_{word}"] > 0) for word in ("then", "now")}
    broken = (there["then"] & ~priced["then"]) | (there["now"] & ~priced["now"])
    kind = np.select([broken, priced["then"] & priced["now"], priced["now"], priced["then"]], [UNPRICED, CONTINUED, NEW, LOST], "")
    found = both.assign(kind=kind)
    for word in ("then", "now"):
        found[f"price_{word}"] = (found[f"amount_{word}"] / found[f"quantity_{word}"].where(priced[word])).astype("float64")
    columns = [f"{what}_{word}" for what in ("quantity", "amount") for word in ("then", "now")]
    found[columns] = found[columns].astype("float64").fillna(0.0)
    return found.loc[found["kind"] != "", [*keys, "kind", *columns, "price_then", "price_now"]].reset_index(drop=True)


def price_volume(
    opening: pd.DataFrame, closing: pd.DataFrame, *, by: Sequence[str] = ("product_id",), method: str = SYMMETRIC
) -> pd.DataFrame:
    """Two-factor price and volume: opening, lost, price, volume, joint, new, unpriced, closing.

    Symmetric (recommended): ``price = sum((p1 - p0) * (q0 + q1) / 2)``, ``volume = sum((q1 - q0) * (p0 + p1) / 2)``, no joint term.
    Laspeyres: ``price = sum((p1 - p0) * q0)``, ``volume = sum((q1 - q0) * p0)``, ``joint = sum((p1 - p0) * (q1 - q0))``. The joint term
    is not mix. Effects add up to closing less opening.

    Parameters
    ----------
    opening, closing
        ``by``, ``quantity`` (units), ``amount`` (currency).
    by
        The columns that name an item.
    method
        ``symmetric`` or ``laspeyres``.

    Returns
    -------
    DataFrame
        ``effect``, ``amount`` (currency), ``n`` (items).

    Raises
    ------
    ValueError
        Another method.
    InputError
        A column lacks.

    Source: Stephan and Patel, additive symmetric decomposition; the joint term as in accountancy texts.

    Examples
    --------
    >>> then = pd.DataFrame({"product_id": ["a", "b", "c"], "quantity": [10, 5, 1], "amount": [100.0, 50.0, 7.0]})
    >>> now = pd.DataFrame({"product_id": ["a", "b"], "quantity": [12, 5], "amount": [132.0, 50.0]})
    >>> price_volume(then, now).set_index("effect")["amount"].to_dict()
    {'opening': 157.0, 'lost': -7.0, 'price': 11.0, 'volume': 21.0, 'joint': 0.0, 'new': 0.0, 'unpriced': 0.0, 'closing': 182.0}
    """
    if method not in (SYMMETRIC, LASPEYRES):
        raise ValueError(f"expected the method {SYMMETRIC} or {LASPEYRES}, got {method!r}; name one of these")
    items = price_changes(opening, closing, by=by)
    kept = items[items["kind"] == CONTINUED]
    price, quantity = kept["price_now"] - kept["price_then"], kept["quantity_now"] - kept["quantity_then"]
    share = 0.5 if method == SYMMETRIC else 0.0
    amounts = {
        "price": float((price * (kept["quantity_then"] + share * quantity)).sum()),
        "volume": float((quantity * (kept["price_then"] + share * price)).sum()),
        "joint": float((price * quantity).sum()) * (1 - 2 * share),
    }
    return _steps(items, amounts, TWO_FACTOR)


def price_volume_mix(opening: pd.DataFrame, closing: pd.DataFrame, *, by: Sequence[str] = ("product_id",)) -> pd.DataFrame:
    """Three-way volume, mix and price: opening, lost, volume, mix, price, new, unpriced, closing.

    Of the continued items: ``volume = (Q1 - Q0) * P0``, ``mix = Q1 * sum((s1 - s0) * p0)``, ``price = sum((p1 - p0) * q1)``, with ``Q``
    the units of all, ``P0`` their average price, ``s`` the share of an item in the units. The three sum to the change. Units of unlike
    items are added up: it says something only where they are alike (seats, bottles).

    Returns
    -------
    DataFrame
        ``effect``, ``amount`` (currency), ``n`` (items).

    Examples
    --------
    >>> then = pd.DataFrame({"product_id": ["a", "b"], "quantity": [10, 10], "amount": [100.0, 200.0]})
    >>> now = pd.DataFrame({"product_id": ["a", "b"], "quantity": [5, 15], "amount": [50.0, 330.0]})
    >>> price_volume_mix(then, now).set_index("effect")["amount"].iloc[2:5].to_dict()
    {'volume': 0.0, 'mix': 50.0, 'price': 30.0}
    """
    items = price_changes(opening, closing, by=by)
    kept = items[items["kind"] == CONTINUED]
    units, units_now = float(kept["quantity_then"].sum()), float(kept["quantity_now"].sum())
    amounts = dict.fromkeys(("volume", "mix", "price"), 0.0)
    if units > 0:
        average = float(kept["amount_then"].sum()) / units
        at_old_prices = float((kept["quantity_now"] * kept["price_then"]).sum())
        amounts = {
            "volume": (units_now - units) * average,
            "mix": at_old_prices - units_now * average,
            "price": float(kept["amount_now"].sum()) - at_old_prices,
        }
    return _steps(items, amounts, THREE_WAY)


def _steps(items: pd.DataFrame, amounts: dict[str, float], order: tuple[str, ...]) -> pd.DataFrame:
    """Lay the effects of continued items between what is lost, new and unpriced."""
    kind = items["kind"]
    change = items["amount_now"] - items["amount_then"]
    edges = {"opening": float(items["amount_then"].sum()), "closing": float(items["amount_now"].sum())}
    apart = {name: float(change[kind == name].sum()) for name in (LOST, NEW, UNPRICED)}
    counts = {name: int((kind == name).sum()) for name in (LOST, NEW, UNPRICED)}
    counts |= {"opening": int((items["amount_then"] != 0).sum()), "closing": int((items["amount_now"] != 0).sum())}
    continued = int((kind == CONTINUED).sum())
    all_amounts = edges | apart | amounts
    return pd.DataFrame(
        {"effect": list(order), "amount": [all_amounts[name] for name in order], "n": [counts.get(name, continued) for name in order]}
    )
