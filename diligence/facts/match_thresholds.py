"""How far the numbers rest on who is one customer: retention and concentration, were the pairs in doubt joined from a score on."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.headline import MONTHS, RETAINED, TOP
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.sheet import NAN, FactSheet
from diligence.metrics.concentration import customer_shares, top_share

OFF = "off"
THRESHOLDS = (OFF, "100", "95", "90", "85", "80", "75", "70")
"""From nothing of the review list joined, as every other number has it, to every pair of it."""


def match_thresholds(room: Room, sheet: FactSheet) -> pd.DataFrame:
    """Compute retention, customers and the share of the ten largest, were the pairs of the review list joined from each score on.

    A pair joins the accounts (ultimate parents) of the two; pairs of two countries stay apart. ``off`` is what is reported elsewhere.

    Returns
    -------
    DataFrame
        ``threshold`` (text), ``pairs`` joined, ``nrr, grr, logo`` and ``top10`` (fractions), ``customers`` (accounts with revenue).
    """
    scope = Scope(room, sheet, "", MONTHS)
    pairs = _pairs(room)
    organic, whole = (_by_account(cube, scope) for cube in (scope.organic(scope.end), scope.cube))
    rows = []
    for threshold in THRESHOLDS:
        chosen = pairs[pairs["score"] >= float(threshold)] if threshold != OFF else pairs.head(0)
        heads = joined_accounts(zip(chosen["left"], chosen["right"], strict=True))
        found = {"threshold": threshold, "pairs": len(chosen)}
        found |= _retained(_mapped(organic, heads), scope, threshold) | _concentrated(_mapped(whole, heads), scope, threshold)
        rows.append(found)
    return pd.DataFrame(rows)


def joined_accounts(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give each account that pairs lead to with the smallest of those that it is joined to.

    >>> joined_accounts([("b", "c"), ("a", "b"), ("x", "y")])
    {'b': 'a', 'c': 'a', 'y': 'x'}
    """
    head: dict[str, str] = {}

    def top(account: str) -> str:
        while account in head:
            account = head[account]
        return account

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        if first != second:
            head[second] = first
    return {account: top(account) for account in sorted(head)}


def _pairs(room: Room) -> pd.DataFrame:
    """Give the pairs of the review list by account, without those of two countries."""
    review, customers = room.review, room.customers.set_index("customer_id")
    country = customers["country"].fillna("") if "country" in customers else pd.Series("", index=customers.index)
    left, right = (review[side].map(country).fillna("") for side in ("left_id", "right_id"))
    near = review[(left == right) | (left == "") | (right == "")]
    account = customers["account_id"]
    return pd.DataFrame({"left": near["left_id"].map(account), "right": near["right_id"].map(account), "score": near["score"]}).dropna()


def _by_account(cube: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Sum the cube once to account and month, and only the months that count: eight thresholds read what is left."""
    window = scope.window
    ends = cube["month"].isin(pd.date_range(end=scope.end, periods=window, freq="MS"))
    starts = cube["month"].isin(pd.date_range(end=scope.start, periods=window, freq="MS"))
    summed = cube[ends | starts].groupby(["account_id", "month"], observed=True)["amount"].sum().reset_index()
    return summed.astype({"account_id": "str"})


def _mapped(cube: pd.DataFrame, heads: dict[str, str]) -> pd.DataFrame:
    return cube.assign(account_id=cube["account_id"].map(heads).fillna(cube["account_id"])) if heads else cube


def _retained(cube: pd.DataFrame, scope: Scope, threshold: str) -> dict[str, float]:
    found = {}
    for name, metric in RETAINED.items():
        if not scope.has_period:
            why = "the data do not reach back to the opening of the period" if not scope.cube.empty else "no recurring revenue"
            _add(scope, name, threshold, NAN, n=0, reason=why)
            found[name] = NAN
            continue
        row = metric(cube, scope.end, months=MONTHS, window=scope.window).iloc[0]
        _add(scope, name, threshold, row["value"], n=row["n"], numerator=row["numerator"], denominator=row["denominator"])
        found[name] = float(row["value"])
    return found


def _concentrated(cube: pd.DataFrame, scope: Scope, threshold: str) -> dict[str, float]:
    ranked = customer_shares(cube, scope.end, window=scope.window)
    n, share = len(ranked), top_share(ranked["share"], TOP)
    _add(scope, "customers", threshold, n, n=n)
    part = float(ranked["amount"].head(TOP).sum())
    total = float(ranked["amount"].sum())
    _add(scope, "top10", threshold, share, n=n, numerator=part, denominator=total, reason="no recurring revenue")
    return {"customers": float(n), "top10": float(share) if np.isfinite(share) else NAN}


def _add(scope: Scope, name: str, threshold: str, value: float, **more: Any) -> None:
    scope.sheet.add(f"data.match_{name}", value, object="threshold", object_id=threshold, **more)
