"""New customers: how many came by quarter, and at what rate accounts that are not customers still become some."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_indices

TERCILES = ("low", "middle", "high")


def new_customers(customers: pd.DataFrame, *, by: str | None = None, months: int = 3) -> pd.DataFrame:
    """Count new customers by quarter of their first contract; customers that came with an acquired company are none.

    ``n = number of customers with acquired_on in the quarter``. Quarters without a new customer between the first and the last of all stand
    with zero.

    Parameters
    ----------
    customers
        ``customer_id, acquired_on`` (date), and where known ``sourced_by`` (``acquisition`` is left out); ``by`` where given. A customer counts
        once, at its first date. Give ``account_id`` as ``customer_id`` to count ultimate parents.
    by
        A column to cut by, such as ``segment`` or ``channel``.
    months
        Length of a period: 3 (calendar quarters), 12 (calendar years) or 1.

    Returns
    -------
    DataFrame
        ``period`` (``2026Q2``, ``2026`` or ``2026-06``), ``index`` (whole number, one apart), ``by``, ``n`` (customers).

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": list("abc"), "acquired_on": pd.to_datetime(["2026-01-05", "2026-03-01", "2026-07-01"])})
    >>> new_customers(customers)[["period", "n"]].values.tolist()
    [['2026Q1', 2], ['2026Q2', 0], ['2026Q3', 1]]
    """
    need(customers, "customer_id", "acquired_on", *([by] if by else []))
    found = customers[customers["acquired_on"].notna()]
    if "sourced_by" in found:
        found = found[found["sourced_by"].ne("acquisition").fillna(True)]
    columns = ["period", "index", *([by] if by else []), "n"]
    if found.empty:
        return pd.DataFrame({column: pd.Series(dtype="str" if column in ("period", by) else "int64") for column in columns})
    frame = pd.DataFrame({"customer": found["customer_id"].astype("str"), "index": month_indices(found["acquired_on"]) // months})
    frame[by or "all"] = found[by].astype("str").to_numpy() if by else ""
    first = frame.sort_values(["index", by or "all"], kind="stable").drop_duplicates("customer")
    wide = first.groupby(["index", by or "all"]).size().unstack(fill_value=0)
    wide = wide.reindex(range(int(wide.index.min()), int(wide.index.max()) + 1), fill_value=0)
    long = wide.rename_axis("index").stack().rename("n").reset_index()
    long["period"] = [_label(int(place), months) for place in long["index"]]
    return long[columns]


def _label(place: int, months: int) -> str:
    year, rest = divmod(place * months, 12)
    return f"{year:04d}" if months == 12 else f"{year:04d}Q{rest // 3 + 1}" if months == 3 else f"{year:04d}-{rest + 1:02d}"


def conversion_hazard(
    accounts: pd.DataFrame, *, start: pd.Timestamp, end: pd.Timestamp, cell: tuple[str, ...] = ("segment", "country")
) -> pd.DataFrame:
    """Rate at which named accounts that are not customers become some, by how far their cell was penetrated: ``won / open``.

    Cells are put into thirds by penetration at ``start``, each third with about a third of the open accounts. A market that fills up shows a rate
    that falls in the third that is fullest and not in the others; a sales machine that weakens, a rate that falls in all.

    Parameters
    ----------
    accounts
        ``account, sold_on`` (month of the first revenue; blank where it is no customer) and the columns of ``cell``.
    start, end
        The accounts open at ``start`` are followed to ``end``.
    cell
        Columns that make a cell.

    Returns
    -------
    DataFrame
        ``tercile`` (``low``, ``middle``, ``high``), ``penetration`` (fraction at the start), ``won`` (accounts), ``open`` (accounts at the start),
        ``value`` (won over open within the period), ``cells`` (count). A third without open accounts is left out.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account": list("abcdef"), "segment": list("xxxyyy"), "country": "NL",
    ...     "sold_on": pd.to_datetime(["2024-01-01", "2024-01-01", None, "2025-03-01", None, None])})
    >>> found = conversion_hazard(accounts, start=pd.Timestamp("2025-01-01"), end=pd.Timestamp("2026-01-01"))
    >>> found[["tercile", "won", "open"]].values.tolist()
    [['low', 1, 3], ['high', 0, 1]]
    """
    need(accounts, "account", "sold_on", *cell)
    sold = pd.to_datetime(accounts["sold_on"])
    frame = (
        accounts[list(cell)]
        .astype("str")
        .assign(
            sold=(sold <= start).astype("int64"),
            won=((sold > start) & (sold <= end)).astype("int64"),
            open=(~(sold <= start)).astype("int64"),
            all=1,
        )
    )
    cells = frame.groupby(list(cell), sort=True)[["sold", "won", "open", "all"]].sum().reset_index()
    cells = cells[cells["open"] > 0]
    if cells.empty:
        return pd.DataFrame(columns=["tercile", "penetration", "won", "open", "value", "cells"])
    reach = cells["sold"] / cells["all"]
    # cells alike in penetration stay together, so that their order plays no part
    weight = cells.assign(reach=reach.round(12)).groupby("reach", sort=True)["open"].sum()
    middle = (weight.cumsum() - weight / 2) / weight.sum()
    third = reach.round(12).map(pd.Series(np.minimum((middle * 3).astype("int64"), 2), index=weight.index))
    if third.nunique() == 2:
        third = third.map({third.min(): 0, third.max(): 2})
    sums = cells.assign(tercile=third, cells=1).groupby("tercile", sort=True)[["sold", "won", "open", "all", "cells"]].sum().reset_index()
    return pd.DataFrame(
        {
            "tercile": [TERCILES[int(place)] for place in sums["tercile"]],
            "penetration": sums["sold"] / sums["all"],
            "won": sums["won"],
            "open": sums["open"],
            "value": sums["won"] / sums["open"],
            "cells": sums["cells"],
        }
    )
