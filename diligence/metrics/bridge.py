"""The revenue bridge: opening + movements = closing, to the cent, for every month, segment and product.

Every movement is a change of the measure (see :mod:`diligence.metrics.measure`) of one customer and product, named by what happened
to its account (ultimate parent):

=============  =======================================================================================
new_logo       first revenue ever of an account
acquired       first revenue of a customer that came with an acquired company, whoever its parent is
reactivation   an account back after a gap no longer than ``reactivation_months``
win_back       an account back after a longer gap
cross_sell     a product that a running account did not have
upsell         more of a product that it had
fx             the part of a change that is the rate of the currency
contraction    less of a product that it keeps
lost_product   a product given up by an account that stays
churn          all that an account had when it leaves
credit         credit balances of accounts that have no revenue before or after
proration      part months and the lengths of months: what accrued less what the month's last day is worth
=============  =======================================================================================
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from diligence.metrics.events import KEYS, changes
from diligence.metrics.measure import TICKS, monthly_levels, need, ticks, within
from diligence.periods import month_index, month_indices, month_starts

MOVEMENTS = (
    "new_logo",
    "acquired",
    "reactivation",
    "win_back",
    "cross_sell",
    "upsell",
    "fx",
    "contraction",
    "lost_product",
    "churn",
    "credit",
    "proration",
)
EXISTING = ("cross_sell", "upsell", "fx", "contraction", "lost_product", "churn")
RETURNED = ("reactivation", "win_back")
PRODUCT = ["account_id", "product_id"]


def movements(
    cube: pd.DataFrame, *, window: int = 1, reactivation_months: int = 12, acquired: Collection[str] = frozenset()
) -> pd.DataFrame:
    """Name every change of the measure from month to month.

    Parameters
    ----------
    cube
        ``account_id, customer_id, product_id, currency, month, amount, amount_local``: revenue of one kind. Where ``amount_rate``
        and ``amount_local_rate`` are there and the window is a month, movements are told from the rate on the month's last day, and
        the rest of the change is ``proration``: a contract that begins on the 20th is new once, not new and then an upsell.
    window
        1 under contract, 12 for repeat purchase. What stands at the end of the first whole window is the opening, not a movement.
    reactivation_months
        Longest gap that still counts as a reactivation.
    acquired
        Customers that came with an acquired company.

    Returns
    -------
    DataFrame
        ``month, account_id, customer_id, product_id, movement, ticks`` (ten-thousandths of the currency over the window), and
        ``gap``, the months that a returning account was away.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": "a", "customer_id": "a", "product_id": "p", "currency": "EUR", "amount": [10.0, 10.0, 15.0],
    ...     "amount_local": [10.0, 10.0, 15.0], "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"])})
    >>> movements(cube)[["movement", "ticks"]].values.tolist()
    [['upsell', 50000]]
    """
    need(cube, *KEYS, "month", "amount", "amount_local")
    if cube.empty:
        return _empty()
    events = changes(cube, window=window)
    events = events[events["m"] >= int(month_indices(cube["month"]).min()) + window]
    events["arrives"] = _arrive(events, first_months(cube, acquired), events["m"])
    told = _named(events, reactivation_months)
    rest = events[events["part"] != 0]
    part = rest[["account_id", "customer_id", "product_id"]].assign(
        month=month_starts(rest["m"].to_numpy()), movement="proration", ticks=rest["part"], gap=np.nan
    )
    return pd.concat([told, part], ignore_index=True)[told.columns] if len(part) else told


def movements_between(
    cube: pd.DataFrame,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    window: int = 1,
    reactivation_months: int = 12,
    acquired: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """Name the change of the measure from one date to another, point to point: what came and went in between does not show.

    Parameters and columns as in :func:`movements`; ``month`` is the end.
    """
    pairs = streams_between(cube, start, end, window=window, acquired=acquired)
    return _named(pairs[pairs["delta"] != 0], reactivation_months) if len(pairs) else _empty()


def streams_between(
    cube: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, *, window: int = 1, acquired: Collection[str] = frozenset()
) -> pd.DataFrame:
    """Give each stream (customer, product, currency) at two dates, with what its account and product were: ``delta = t1 - t0``.

    Returns
    -------
    DataFrame
        The keys, ``t0, t1`` (ticks), ``l0, l1`` (ticks of its own currency), ``delta``, ``before, after`` (account and product),
        ``before_account, after_account``, ``seen``, ``gap`` (months that an account was away that came back), ``arrives``, ``m``.
    """
    need(cube, *KEYS, "month", "amount", "amount_local")
    pairs = _ends(cube, start, end, window)
    if pairs.empty:
        return pairs
    pairs["m"], pairs["delta"] = month_index(end), pairs["t1"] - pairs["t0"]
    for keys, suffix in ((PRODUCT, ""), (["account_id"], "_account")):
        totals = pairs.groupby(keys, observed=True)[["t0", "t1"]].transform("sum")
        pairs[f"before{suffix}"], pairs[f"after{suffix}"] = totals["t0"], totals["t1"]
    returned = pairs.loc[(pairs["before_account"] <= 0) & (pairs["after_account"] > 0), "account_id"]
    pairs = pairs.merge(_absence(cube[cube["account_id"].isin(returned)], start), on="account_id", how="left")
    pairs["seen"] = pairs["seen"].fillna(False).astype("bool")
    pairs["arrives"] = _arrive(pairs, {name: month > month_index(start) for name, month in first_months(cube, acquired).items()}, True)
    return pairs


def _arrive(frame: pd.DataFrame, first: dict[str, int], when: pd.Series | bool) -> pd.Series | bool:
    return frame["customer_id"].astype("object").map(first) == when if first else False


def _ends(cube: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, window: int) -> pd.DataFrame:
    """Each stream at the opening and at the end: ``t0, t1`` and the same in its own currency, ``l0, l1``."""
    sides = []
    for when, names in ((start, ("t0", "l0")), (end, ("t1", "l1"))):
        part = cube[within(cube["month"], when, window)]
        sides.append(part[KEYS].assign(**{names[0]: ticks(part["amount"]), names[1]: ticks(part["amount_local"])}))
    both = pd.concat(sides, ignore_index=True).astype({key: cube[key].dtype for key in KEYS})
    both[["t0", "t1", "l0", "l1"]] = both[["t0", "t1", "l0", "l1"]].fillna(0).astype("int64")
    return both.groupby(KEYS, observed=True, sort=True)[["t0", "t1", "l0", "l1"]].sum().reset_index()


def first_months(cube: pd.DataFrame, customers: Collection[str]) -> dict[str, int]:
    """Give the index of the first month with revenue of each of these customers.

    Examples
    --------
    >>> cube = pd.DataFrame({"customer_id": ["a", "a"], "month": pd.to_datetime(["2026-02-01", "2026-01-01"]), "amount": [1.0, 2.0]})
    >>> first_months(cube, {"a"})
    {'a': 24312}
    """
    if not customers:
        return {}
    theirs = cube[cube["customer_id"].isin(list(customers)) & (cube["amount"] > 0)]
    first = pd.Series(month_indices(theirs["month"]), index=theirs["customer_id"].astype("str")).groupby(level=0).min()
    return {str(customer): int(month) for customer, month in first.items()}


def bridge(cube: pd.DataFrame, moves: pd.DataFrame, *, window: int = 1, by: str | None = None) -> pd.DataFrame:
    """Lay the movements of each month between its opening and its closing.

    Opening and closing are summed from the cube, not from the movements: ``residual`` proves that they meet.

    Parameters
    ----------
    cube, moves
        As in and out of :func:`movements`; both with the column ``by`` where it is given.
    by
        ``product_id``, ``segment`` or another column of both.

    Returns
    -------
    DataFrame
        ``month, by, opening``, a column for each movement, ``closing, residual`` and ``opening_rate`` (the opening at the rates of its
        last day, the base of monthly rates): currency a year.
    """
    if cube.empty:
        return pd.DataFrame(columns=["month", *([by] if by else []), "opening", *MOVEMENTS, "closing", "opening_rate", "residual"])
    months = month_indices(cube["month"])
    first, last = int(months.min()) + window, int(months.max())
    closing = _levels(cube, "amount", window, by)
    rated = "amount_rate" if "amount_rate" in cube.columns and window == 1 else "amount"
    opening, rate = (frame.unstack().shift(1).stack() for frame in (closing, _levels(cube, rated, window, by)))
    flows = moves.assign(m=month_indices(moves["month"]), _="", **({by: moves[by].astype("str")} if by else {}))
    flows = flows.pivot_table(index=["m", by or "_"], columns="movement", values="ticks", aggfunc="sum", fill_value=0, observed=True)
    table = pd.concat([opening.rename("opening"), closing.rename("closing"), rate.rename("opening_rate")], axis=1).join(flows).fillna(0)
    table = table.reindex(columns=["opening", *MOVEMENTS, "closing", "opening_rate"], fill_value=0).loc[first:last]
    table["residual"] = table["opening"] + table[list(MOVEMENTS)].sum(axis=1) - table["closing"]
    table = (table * 12 / (window * TICKS)).reset_index()
    table.insert(0, "month", month_starts(table.pop("m").to_numpy()))
    return table if by else table.drop(columns="_")


def _levels(cube: pd.DataFrame, column: str, window: int, by: str | None) -> pd.Series:
    return monthly_levels(cube, column, window=window, by=by).stack().rename_axis(["m", by or "_"])


def _empty() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": pd.Series(dtype="datetime64[s]"),
            "account_id": "",
            "customer_id": "",
            "product_id": "",
            "movement": "",
            "ticks": pd.Series(dtype="int64"),
            "gap": pd.Series(dtype="float64"),
        }
    )


def _absence(cube: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """For each account: was it seen up to the start, and how long was it away when it next came."""
    months = month_indices(cube["month"])
    sums = cube[["account_id"]].assign(m=months, t=np.rint(cube["amount"].to_numpy() * TICKS))
    sums = sums.groupby(["account_id", "m"], observed=True)["t"].sum().reset_index()
    live, at = sums[sums["t"] > 0], month_index(start)
    last = live[live["m"] <= at].groupby("account_id", observed=True)["m"].max()
    back = live[live["m"] > at].groupby("account_id", observed=True)["m"].min()
    found = pd.DataFrame({"seen": last.notna()}).join((back - last - 1).rename("gap"))
    return found.reset_index()


def named(frame: pd.DataFrame, reactivation_months: int = 12) -> tuple[np.ndarray, pd.Series]:
    """Name the change of each stream of :func:`streams_between`, and give the part of it that is the rate of the currency (ticks).

    ``change = rate + rest``; the name is that of the rest.
    """
    was, now = frame["before_account"] > 0, frame["after_account"] > 0
    had, has = frame["before"] > 0, frame["after"] > 0
    moved = _rate_effect(frame, stays=was & now & had & has & ~frame["arrives"])
    rest = frame["delta"] - moved
    soon = frame["gap"].fillna(0) <= reactivation_months
    names = np.select(
        [
            frame["arrives"] & now,
            ~was & now & frame["seen"] & soon,
            ~was & now & frame["seen"],
            ~was & now,
            was & ~now,
            was & now & ~had & has,
            was & now & had & ~has,
            was & now & (rest >= 0),
            was & now,
        ],
        ["acquired", "reactivation", "win_back", "new_logo", "churn", "cross_sell", "lost_product", "upsell", "contraction"],
        default="credit",
    )
    return names, moved


def _named(frame: pd.DataFrame, reactivation_months: int) -> pd.DataFrame:
    names, moved = named(frame, reactivation_months)
    rest = frame["delta"] - moved
    columns = frame[["account_id", "customer_id", "product_id"]].assign(month=month_starts(frame["m"].to_numpy()))
    away = frame["gap"].where(np.isin(names, RETURNED)).astype("float64")
    parts = [columns.assign(movement=names, ticks=rest, gap=away), columns.assign(movement="fx", ticks=moved, gap=np.nan)]
    long = pd.concat([part[part["ticks"] != 0] for part in parts], ignore_index=True)
    return long[["month", "account_id", "customer_id", "product_id", "movement", "ticks", "gap"]]


def _rate_effect(frame: pd.DataFrame, stays: pd.Series) -> pd.Series:
    """Local revenue at the opening times the change of the rate, for what runs through in another currency."""
    both = stays & (frame["l0"] > 0) & (frame["l1"] > 0) & ((frame["t0"] != frame["l0"]) | (frame["t1"] != frame["l1"]))
    effect = pd.Series(0, index=frame.index, dtype="int64")
    part = frame[both]
    rates = part["t1"] / part["l1"] - part["t0"] / part["l0"]
    effect[both] = np.rint(part["l0"] * rates).astype("int64")
    return effect
