"""From a figure that management reports to ours, in money: which known difference of definition explains it, and what stays open.

The field counts retention in several ways. Each difference between two ways is an amount summed from rows (accounts that came back, new
subsidiaries, an acquired book ...). The bridge asks which of these differences, over all the periods reported and not only the last,
bring our reading nearest to the reported one; what they leave is unexplained, and said so.
"""

from collections.abc import Collection
from itertools import combinations

import numpy as np
import pandas as pd

from diligence.metrics.measure import annualised, level, need, within
from diligence.periods import add_months, month_indices, month_starts


def retention_differences(
    cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 12, window: int = 1, acquired: Collection[str] = frozenset()
) -> pd.DataFrame:
    """Give what other definitions would add to the numerators of net, gross and logo retention, at a date.

    Ours: ultimate parents with revenue at the opening, point to point, without customers that came with a company acquired since.

    ``returned``: customers of accounts not there at the opening who had revenue before it; ``returned_groups``: other customers of accounts
    that had revenue before it. ``new_logos``: accounts never seen before. ``acquired``: customers that came with an acquired company in
    the period. ``subsidiaries``: what counting by customer leaves out (new customers of
    opening parents; for gross and logo retention the difference of the two readings). ``subsidiary_returns``: those of them that had revenue
    before the opening. ``products``: from by customer to by customer and product. ``downgrades``: contraction not counted as loss.

    Parameters
    ----------
    cube
        ``account_id, customer_id, product_id, month, amount``.
    acquired
        Customers that came with an acquired company.

    Returns
    -------
    DataFrame
        ``metric`` (nrr, grr, logo), ``step`` (``ours``, ``base`` and the steps), ``amount``: currency a year for nrr and grr, counts for logo.
    """
    keys = ["account_id", "customer_id", "product_id"]
    need(cube, *keys, "month", "amount")
    rows, seen = _pairs_then_and_now(cube, add_months(end, -months), end, window)
    bought = rows["customer_id"].isin(list(acquired)) & ~rows["customer_id"].isin(seen["customer_id"])
    own = rows[~bought]
    opened = {key: _opened(own, columns) for key, columns in (("account", keys[:1]), ("customer", keys[1:2]), ("product", keys[1:]))}
    joined = own[~opened["account"]]
    mine = own[opened["account"] & ~opened["customer"]]
    back, known = joined["customer_id"].isin(seen["customer_id"]), joined["account_id"].isin(seen["account_id"])
    nrr = {
        "returned": joined.loc[back, "now"].sum(),
        "subsidiaries": -mine["now"].sum(),
        "subsidiary_returns": mine.loc[mine["customer_id"].isin(seen["customer_id"]), "now"].sum(),
        "products": -own.loc[opened["customer"] & ~opened["product"], "now"].sum(),
        "acquired": rows.loc[bought, "now"].sum(),
        "returned_groups": joined.loc[~back & known, "now"].sum(),
        "new_logos": joined.loc[~back & ~known, "now"].sum(),
    }
    sides = {grain: own[opened[grain]].groupby(columns, observed=True)[["then", "now"]].sum() for grain, columns in _GRAINS.items()}
    kept = {grain: float(np.minimum(side["now"], side["then"]).clip(lower=0).sum()) for grain, side in sides.items()}
    whole = sides["account"]
    alive = {grain: float((side["now"] > 0).sum()) for grain, side in sides.items()}
    logos = {grain: float(len(side)) for grain, side in sides.items()}
    grr = {
        "subsidiaries": kept["customer"] - kept["account"],
        "products": kept["product"] - kept["customer"],
        "downgrades": float(whole.loc[whole["now"] > 0, "then"].sum()) - kept["account"],
        "returned": float(joined.loc[back, "now"].sum()),
    }
    scale = logos["account"] / logos["customer"] if logos["customer"] else 0.0
    logo = {
        "subsidiaries": alive["customer"] * scale - alive["account"],
        "returned": float((joined[back].groupby("account_id")["now"].sum() > 0).sum()),
    }
    base = float(whole["then"].sum())
    found = {"nrr": {"ours": float(whole["now"].sum()), "base": base, **nrr}, "grr": {"ours": kept["account"], "base": base, **grr}}
    found["logo"] = {"ours": alive["account"], "base": logos["account"], **logo}
    return pd.DataFrame(
        [(metric, step, float(amount)) for metric, steps in found.items() for step, amount in steps.items()],
        columns=["metric", "step", "amount"],
    )


MOST, ENOUGH, NEAR = 3, 2 / 3, 0.75
"""Differences named at the most; share of periods that they must explain; how near, in units of rounding."""
_GRAINS = {"account": ["account_id"], "customer": ["customer_id"], "product": ["customer_id", "product_id"]}


def _pairs_then_and_now(
    cube: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, window: int
) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Each customer and product at both ends, currency a year; and who had revenue up to the opening."""
    keys = ["account_id", "customer_id", "product_id"]
    now, then = (
        level(cube, when, keys, window=window).rename(columns={"ticks": side}).astype(dict.fromkeys(keys, "str"))
        for when, side in ((end, "now"), (start, "then"))
    )
    rows = now.merge(then, on=keys, how="outer").fillna({"now": 0, "then": 0})
    rows[["now", "then"]] = rows[["now", "then"]] * annualised(1, window)
    past = cube[(cube["month"] < add_months(start, 1)) & (cube["amount"] > 0)]
    return rows, {key: set(past[key].unique().astype("str")) for key in ("account_id", "customer_id")}


def _opened(rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    return rows.groupby(columns, observed=True)["then"].transform("sum") > 0


def level_differences(cube: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Give what other definitions would add to annual recurring revenue at a date: ``12 x month``'s recurring revenue is ours.

    ``metered``: usage of the last three months x 4. ``part_months``: the worth on the month's last day in place of what accrued.
    ``services``: services of the last twelve months.

    Parameters
    ----------
    cube
        ``kind, month, amount``, and ``amount_rate`` where known.

    Returns
    -------
    DataFrame
        ``metric`` (arr), ``step, amount`` (currency a year), as in :func:`retention_differences`.

    Examples
    --------
    >>> cube = pd.DataFrame({"kind": ["recurring", "usage"], "month": pd.Timestamp("2026-06-01"), "amount": [10.0, 2.0]})
    >>> level_differences(cube, pd.Timestamp("2026-06-01")).set_index("step")["amount"][["ours", "metered"]].tolist()
    [120.0, 8.0]
    """
    need(cube, "kind", "month", "amount")

    def money(kind: str, months: int, column: str = "amount") -> float:
        return float(cube.loc[(cube["kind"] == kind) & within(cube["month"], end, months), column].sum())

    ours = money("recurring", 1) * 12
    rate = money("recurring", 1, "amount_rate") * 12 if "amount_rate" in cube else ours
    steps = {"ours": ours, "base": 1.0, "metered": money("usage", 3) * 4, "part_months": rate - ours, "services": money("services", 12)}
    return pd.DataFrame([("arr", step, amount) for step, amount in steps.items()], columns=["metric", "step", "amount"])


def definition_bridge(reported: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Find which differences of definition lead from the reported figure to ours, and lay the way in money.

    ``gap = reported x base - ours``. A set of at most three differences explains the figure if, in two thirds of the periods or more, it
    leaves no more than the rounding of the reported figure; the one that explains most periods is taken, of those the smallest, of
    those the one that leaves least. Where none does, nothing is named: the whole gap is ``unexplained``, and not the fault of a definition.

    Parameters
    ----------
    reported
        ``month, value``: a figure as reported for the period that ends with the month (a fraction, or currency a year).
    differences
        ``month, step, amount``: for each month ``ours`` (numerator), ``base`` (denominator; 1 for a level) and the differences.

    Returns
    -------
    DataFrame
        ``month, step, amount, share`` (of the base), ``total``: ``reported``, the steps taken off, ``unexplained``, ``ours``; each month
        adds up: ``reported + steps + unexplained = ours``.

    Examples
    --------
    >>> reported = pd.DataFrame({"month": pd.to_datetime(["2026-03-01", "2026-06-01"]), "value": [1.1, 1.2]})
    >>> rows = [("2026-03-01", "ours", 95.0), ("2026-03-01", "base", 100.0), ("2026-03-01", "returned", 15.0),
    ...     ("2026-06-01", "ours", 100.0), ("2026-06-01", "base", 100.0), ("2026-06-01", "returned", 19.0)]
    >>> found = definition_bridge(reported, pd.DataFrame(rows, columns=["month", "step", "amount"]).assign(month=lambda f: pd.to_datetime(f["month"])))
    >>> found.loc[found["month"] == "2026-06-01", ["step", "amount"]].values.tolist()
    [['reported', 120.0], ['returned', -19.0], ['unexplained', -1.0], ['ours', 100.0]]
    """
    need(reported, "month", "value")
    need(differences, "month", "step", "amount")
    columns = ["month", "step", "amount", "share", "total"]
    index = pd.Series(month_indices(differences["month"]), index=differences.index)
    wide = differences.assign(m=index).pivot_table(index="m", columns="step", values="amount", aggfunc="sum", sort=True)
    said = pd.Series(reported["value"].to_numpy(dtype="float64"), index=month_indices(reported["month"])).groupby(level=0).last()
    if wide.empty or not {"ours", "base"} <= set(wide.columns):
        return pd.DataFrame(columns=columns)
    wide = wide[wide.index.isin(said.index) & (wide["base"] > 0)]
    gap = said.reindex(wide.index) * wide["base"] - wide["ours"]
    steps = wide.drop(columns=["ours", "base"]).fillna(0.0)
    taken = _explaining(gap, steps, wide["base"] * _unit(said) * NEAR)
    rows = []
    for m in wide.index:
        base, off = float(wide.loc[m, "base"]), [(name, -float(steps.loc[m, name])) for name in taken]
        left = -float(gap[m]) - sum(amount for _, amount in off)
        lines = [("reported", float(said[m]) * base), *off, ("unexplained", left), ("ours", float(wide.loc[m, "ours"]))]
        rows += [(m, name, amount, amount / base, name in ("reported", "ours")) for name, amount in lines]
    table = pd.DataFrame(rows, columns=columns)
    table["month"] = month_starts(table["month"].to_numpy(dtype="int64"))
    return table


def _explaining(gap: pd.Series, steps: pd.DataFrame, tolerance: pd.Series) -> tuple[str, ...]:
    useful = [name for name in steps.columns if steps[name].abs().max() > 0]
    best: tuple[float, int, float, tuple[str, ...]] = (-ENOUGH, 0, 0.0, ())
    for size in range(MOST + 1):
        for names in combinations(useful, size):
            rest = (gap - steps[list(names)].sum(axis=1)).abs()
            best = min(best, (-float((rest <= tolerance).mean()), size, float(rest.sum()), names))
    return best[3]


def _unit(values: pd.Series) -> float:
    """The unit to which figures are rounded: 0.001 where they are written 1.022, 1,000 where 24,686,000."""
    for power in range(9, -9, -1):
        places = values / 10.0**power
        if places.abs().max() >= 1 and (places - places.round()).abs().max() < 1e-6:
            return 10.0**power
    return 0.0
