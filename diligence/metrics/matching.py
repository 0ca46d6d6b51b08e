"""Like with like: deals in cells of segment and size, so that a gap is not the mix."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NOT_GIVEN = "(not given)"
SMALLER, LARGER = "smaller half", "larger half"


def size_halves(opportunities: pd.DataFrame) -> pd.Series:
    """Split deals by size within their segment: ``larger = amount > median of the segment``.

    Examples
    --------
    >>> deals = pd.DataFrame({"segment": ["a", "a", "b"], "amount": [1.0, 9.0, 5.0]})
    >>> size_halves(deals).tolist()
    ['smaller half', 'larger half', 'smaller half']
    """
    need(opportunities, "amount")
    amount = opportunities["amount"].astype("float64")
    segment = _named(opportunities["segment"]) if "segment" in opportunities else pd.Series("", index=opportunities.index)
    middle = amount.groupby(segment).transform("median")
    halves = np.where(amount > middle, LARGER, SMALLER)
    return pd.Series(np.where(amount.notna(), halves, NOT_GIVEN), index=opportunities.index, name="size")


def win_rate_by_cell(opportunities: pd.DataFrame, *, factor: str, cells: tuple[str, ...] = ("segment", "size")) -> pd.DataFrame:
    """Count decided deals in each cell, with the factor and without: the tables that a matched comparison stands on.

    Parameters
    ----------
    opportunities
        ``status``, the boolean ``factor`` (rows where it is blank are left out), and the columns of ``cells``; ``size`` is made from
        ``amount`` and ``segment`` where it is not a column. Open deals are left out.
    factor
        ``competitive``, ``founder_involved`` or any boolean column.
    cells
        Columns that make the cells.

    Returns
    -------
    DataFrame
        ``cell`` (text), ``won_with, lost_with, won_without, lost_without``, ``n``, ``rate_with, rate_without`` (NaN where the cell has none).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost", "won"], "competitive": [True, True, False], "segment": "a"})
    >>> win_rate_by_cell(deals, factor="competitive", cells=("segment",))[["rate_with", "rate_without"]].values.tolist()
    [[0.5, 1.0]]
    """
    named = [column for column in cells if column != "size" or "size" in opportunities]
    need(opportunities, "status", factor, *named, *(["amount"] if len(named) < len(cells) else []))
    kept = opportunities[opportunities["status"].astype("str").isin(["won", "lost"]) & opportunities[factor].notna()]
    counts = ["won_with", "lost_with", "won_without", "lost_without"]
    if kept.empty:
        return pd.DataFrame({"cell": pd.Series(dtype="str"), **dict.fromkeys([*counts, "n", "rate_with", "rate_without"], 0.0)}).head(0)
    sized = kept.assign(size=size_halves(kept)) if len(named) < len(cells) else kept
    cell = _named(sized[cells[0]])
    for column in cells[1:]:
        cell = cell + ", " + _named(sized[column])
    with_it, won = sized[factor].astype("bool").to_numpy(), sized["status"].astype("str").eq("won").to_numpy()
    flags = pd.DataFrame(
        {"won_with": with_it & won, "lost_with": with_it & ~won, "won_without": ~with_it & won, "lost_without": ~with_it & ~won}
    ).astype("int64")
    table = flags.groupby(cell.rename("cell").reset_index(drop=True), sort=True).sum().reset_index()
    table["n"] = table[counts].sum(axis=1)
    for side in ("with", "without"):
        total = table[f"won_{side}"] + table[f"lost_{side}"]
        table[f"rate_{side}"] = table[f"won_{side}"] / total.where(total > 0)
    return table


def standardised_rates(table: pd.DataFrame) -> dict[str, float]:
    """Compare win rates with each cell at its own weight: ``adjusted = sum(n x rate) / sum(n)`` over cells that have both sides.

    The crude rates mix the cells (Simpson's paradox); the adjusted ones hold the mix. What lies in cells with one side only cannot be
    compared; ``overlap`` says how much can.

    Parameters
    ----------
    table
        As :func:`win_rate_by_cell` gives it.

    Returns
    -------
    dict
        ``crude_with, crude_without, adjusted_with, adjusted_without`` (fractions), ``gap`` (adjusted, with less without), ``ratio``,
        ``overlap`` (share of deals in cells with both), ``n`` (deals compared).

    Examples
    --------
    >>> columns = ["won_with", "lost_with", "won_without", "lost_without"]
    >>> table = pd.DataFrame([[1, 3, 3, 1], [1, 0, 0, 0], [2, 0, 4, 2]], columns=columns)
    >>> {key: round(value, 3) for key, value in standardised_rates(table).items() if key in ("gap", "overlap")}
    {'gap': -0.083, 'overlap': 0.941}
    """
    need(table, "won_with", "lost_with", "won_without", "lost_without")
    won_a, won_b = (table[f"won_{side}"].to_numpy(dtype="float64") for side in ("with", "without"))
    n_a, n_b = won_a + table["lost_with"].to_numpy(dtype="float64"), won_b + table["lost_without"].to_numpy(dtype="float64")
    both = (n_a > 0) & (n_b > 0)
    weight = (n_a + n_b)[both]
    with_it, without = (_mean(won[both] / n[both], weight) for won, n in ((won_a, n_a), (won_b, n_b)))
    whole = float((n_a + n_b).sum())
    return {
        "crude_with": _mean(won_a[n_a > 0] / n_a[n_a > 0], n_a[n_a > 0]),
        "crude_without": _mean(won_b[n_b > 0] / n_b[n_b > 0], n_b[n_b > 0]),
        "adjusted_with": with_it,
        "adjusted_without": without,
        "gap": with_it - without,
        "ratio": with_it / without if without > 0 else float("nan"),
        "overlap": float(weight.sum()) / whole if whole else float("nan"),
        "n": float(weight.sum()),
    }


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    return float((values * weight).sum() / weight.sum()) if weight.sum() else float("nan")


def _named(column: pd.Series) -> pd.Series:
    return column.astype("object").where(column.notna(), NOT_GIVEN).astype("str")
