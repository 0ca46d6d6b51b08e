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

from diligence.metrics.bridge import named, streams_between
from diligence.metrics.events import KEYS
from diligence.metrics.measure import TICKS, need, within
from diligence.periods import month_index

SPLIT = ("upsell", "contraction")
PARTS = ("price", "uplift", "volume", "unsplit")


def upsell_split(
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
        ``account_id, customer_id, product_id, currency, movement`` (upsell or contraction), ``opening`` (currency a year),
        ``amount, price, uplift, volume, unsplit`` (currency a year), ``quantity_opening, quantity_closing``.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "customer_id": "a", "product_id": "p", "currency": "EUR", "amount": [100.0, 99.0],
    ...     "amount_local": [100.0, 99.0], "quantity": [10.0, 9.0], "month": pd.to_datetime(["2025-06-01", "2026-06-01"])})
    >>> upsell_split(cube, start=pd.Timestamp("2025-06-01"), end=pd.Timestamp("2026-06-01"))[["movement", "price", "volume"]].values.tolist()
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
