"""Price, volume and mix: why revenue moved between two periods, in money that sums exactly.

An item is what has one price: a product, or a customer's product. Items sold in only one of the periods are new or lost and have no
price change; lines without a quantity have no price and stand apart. Mix exists only between items: the finer the item, the less of
the movement is price and the more is mix, so every result is read with its ``by``.
"""

from collections.abc import Sequence
"""How much of upsell and contraction is price, how much volume, how much was in the contract.

A stream that pays ``p0 x q0`` at the opening and ``p1 x q1`` at the end, in its own currency, changes by

    price  = (p1 - p0) x (q0 + q1) / 2
    volume = (q1 - q0) x (p0 + p1) / 2

which is symmetric in the two dates and adds up; the rate of the currency is apart, as in the bridge. A price increase can hide that a
customer uses less: the net is upsell, and its volume is negative.
"""

from collections.abc import Collection

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
from diligence.metrics.bridge import named, streams_between
from diligence.metrics.events import KEYS
from diligence.metrics.measure import TICKS, need, within
from diligence.periods import month_index

SPLIT = ("upsell", "contraction")
PARTS = ("price", "uplift", "volume", "unsplit")


def price_volume(
    cube: pd.DataFrame,
    contracts: pd.DataFrame | None = None,
    *,
    start: pd.Timestamp,
    end: pd.Timestamp,
    window: int = 1,
    acquired: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """Split upsell and contraction of each stream into price, contracted uplift and volume; the parts add up to it to the tick.

    Of a price increase, as much as the contract in force at the opening provides for is ``uplift``:
    ``min(price, opening x uplift_rate x months / 12)``; the rest is ``price``. A stream that begins or ends
    beside others of its account and product (a subsidiary that takes the product, too) is all volume. Where a quantity lacks or is not
    above zero at one of the ends the change is ``unsplit``.

    Parameters
    ----------
    cube
        The keys, ``month, amount, amount_local`` and ``quantity`` (or ``quantity_rate``, in force on the month's last day).
    contracts
        ``customer_id, product_id, start_date, end_date, annual_value, uplift_rate`` (fraction a year); left out, nothing is uplift.
    start, end
        Opening and closing month.
    window, acquired
        As in :func:`diligence.metrics.bridge.movements_between`.

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
        ``account_id, customer_id, product_id, currency, movement`` (upsell or contraction), ``opening`` (currency a year),
        ``amount, price, uplift, volume, unsplit`` (currency a year), ``quantity_opening, quantity_closing``.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "customer_id": "a", "product_id": "p", "currency": "EUR", "amount": [100.0, 99.0],
    ...     "amount_local": [100.0, 99.0], "quantity": [10.0, 9.0], "month": pd.to_datetime(["2025-06-01", "2026-06-01"])})
    >>> price_volume(cube, start=pd.Timestamp("2025-06-01"), end=pd.Timestamp("2026-06-01"))[["movement", "price", "volume"]].values.tolist()
    [['contraction', 114.0, -126.0]]
    """
    need(cube, *KEYS, "month", "amount", "amount_local", "quantity")
    frame = streams_between(cube, start, end, window=window, acquired=acquired)
    columns = [*KEYS, "movement", "opening", "amount", *PARTS, "quantity_opening", "quantity_closing"]
    if frame.empty:
        return pd.DataFrame(columns=columns)
    names, moved = named(frame)
    frame = frame.assign(movement=names, rest=frame["delta"] - moved)
    frame = frame[frame["movement"].isin(SPLIT) & (frame["rest"] != 0)]
    for when, name in ((start, "q0"), (end, "q1")):
        frame = frame.merge(_quantity(cube, when, window, name), on=KEYS, how="left")
    price, known = _price(frame)
    uplift = np.where(known, _uplift(frame, contracts, start, end, price), 0).astype("int64")
    told = known | ((frame["l0"] == 0) != (frame["l1"] == 0)).to_numpy()
    parts = {"price": price - uplift, "uplift": uplift, "volume": np.where(told, frame["rest"] - price, 0)}
    parts |= {"unsplit": np.where(told, 0, frame["rest"])}
    money = {"opening": frame["t0"], "amount": frame["rest"]} | parts
    found = frame[[*KEYS, "movement"]].assign(
        **{name: np.asarray(value, dtype="float64") * 12 / (window * TICKS) for name, value in money.items()}
    )
    return found.assign(quantity_opening=frame["q0"], quantity_closing=frame["q1"])[columns].reset_index(drop=True)


def volume_retention(cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1) -> pd.DataFrame:
    """Gross retention of volume at the opening's prices: what customers kept using, whatever was charged for it.

    ``sum(then x min(q1, q0) / q0) / sum(then)`` over customer and product pairs with money and quantity above zero at the opening.

    Parameters
    ----------
    cube
        ``customer_id, product_id, month, amount, quantity``.

    Returns
    -------
    DataFrame
        One row a pair: ``customer_id, product_id``, ``then`` (currency a year), ``kept`` (currency a year at the opening's price).

    Examples
    --------
    >>> cube = pd.DataFrame({"customer_id": "a", "product_id": "p", "amount": [100.0, 120.0], "quantity": [10.0, 8.0],
    ...     "month": pd.to_datetime(["2025-06-01", "2026-06-01"])})
    >>> volume_retention(cube, pd.Timestamp("2026-06-01"))["kept"].tolist()
    [960.0]
    """
    keys = ["customer_id", "product_id"]
    need(cube, *keys, "month", "amount", "quantity")
    column = _column(cube, window)
    start = end - pd.DateOffset(months=months)
    then, now = (cube[within(cube["month"], when, window)].groupby(keys, observed=True)[["amount", column]].sum() for when in (start, end))
    both = then.join(now[column].rename("q1"), how="left").fillna({"q1": 0.0}).reset_index()
    both = both[(both["amount"] > 0) & (both[column] > 0)]
    share = np.minimum(both["q1"], both[column]).clip(lower=0) / both[column]
    opening = both["amount"] * 12 / window
    return both[keys].assign(then=opening, kept=opening * share).reset_index(drop=True)


def _column(cube: pd.DataFrame, window: int) -> str:
    return "quantity_rate" if window == 1 and "quantity_rate" in cube.columns else "quantity"


def _quantity(cube: pd.DataFrame, when: pd.Timestamp, window: int, name: str) -> pd.DataFrame:
    part = cube[within(cube["month"], when, window)]
    return part.groupby(KEYS, observed=True)[_column(cube, window)].sum().rename(name).reset_index()


def _price(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The price effect in ticks at the closing rate, and for which streams it can be told."""
    q0, q1 = (frame[name].fillna(0.0).to_numpy() for name in ("q0", "q1"))
    known = (q0 > 0) & (q1 > 0) & (frame["l0"] > 0).to_numpy() & (frame["l1"] > 0).to_numpy()
    l0, l1, t1 = (np.where(known, frame[name], 1).astype("float64") for name in ("l0", "l1", "t1"))
    q0, q1 = np.where(known, q0, 1.0), np.where(known, q1, 1.0)
    effect = (l1 / q1 - l0 / q0) * (q0 + q1) / 2 * (t1 / l1)
    return np.where(known, np.rint(effect), 0).astype("int64"), known


def _uplift(frame: pd.DataFrame, contracts: pd.DataFrame | None, start: pd.Timestamp, end: pd.Timestamp, price: np.ndarray) -> np.ndarray:
    if contracts is None or contracts.empty:
        return np.zeros(len(frame), dtype="int64")
    need(contracts, "customer_id", "product_id", "start_date", "end_date", "annual_value", "uplift_rate")
    begins, ends = pd.to_datetime(contracts["start_date"]), pd.to_datetime(contracts["end_date"])
    closing = start + pd.offsets.MonthEnd(0)
    live = contracts[(begins <= closing) & (ends.isna() | (ends >= closing))]
    value = live["annual_value"].astype("float64")
    owed = live[["customer_id", "product_id"]].assign(value=value, uplift=value * live["uplift_rate"].fillna(0.0).astype("float64"))
    owed = owed.astype({"customer_id": "str", "product_id": "str"}).groupby(["customer_id", "product_id"])[["value", "uplift"]].sum()
    rate = (owed["uplift"] / owed["value"].where(owed["value"] > 0)).rename("rate").reset_index()
    keys = frame[["customer_id", "product_id"]].astype("str")
    rates = keys.merge(rate, on=["customer_id", "product_id"], how="left")["rate"].fillna(0.0).to_numpy()
    months = month_index(end) - month_index(start)
    return np.rint(np.minimum(np.clip(price, 0, None), frame["t0"].to_numpy() * rates * months / 12)).astype("int64")
