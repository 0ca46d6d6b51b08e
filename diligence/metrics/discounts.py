"""Discounts: from list to pocket, how far they spread within cells of like deals, who gave them and when."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NOBODY = "(no approval)"
NO_REASON = "(no reason given)"
CELLS = ("segment", "size_band")


def discount_lines(quotes: pd.DataFrame) -> pd.DataFrame:
    """Quote lines with what they are worth: ``discount = 1 - net_price / list_price``.

    Parameters
    ----------
    quotes
        ``quantity`` (units), ``list_price``, ``net_price`` (currency a unit).

    Returns
    -------
    DataFrame
        The lines with a positive quantity and list price and a known net price, with ``list_amount, net_amount`` (currency) and
        ``discount`` (a fraction; below zero where more than list was paid).

    Examples
    --------
    >>> quotes = pd.DataFrame({"quantity": [2, 1, 1], "list_price": [10.0, 10.0, 0.0], "net_price": [8.0, 10.0, 1.0]})
    >>> discount_lines(quotes)["discount"].round(2).tolist()
    [0.2, 0.0]
    """
    need(quotes, "quantity", "list_price", "net_price")
    numbers = {name: pd.to_numeric(quotes[name], errors="coerce").astype("float64") for name in ("quantity", "list_price", "net_price")}
    good = (numbers["quantity"] > 0) & (numbers["list_price"] > 0) & (numbers["net_price"] >= 0)
    lines = quotes.assign(**numbers)[good]
    return lines.assign(
        list_amount=lines["list_price"] * lines["quantity"],
        net_amount=lines["net_price"] * lines["quantity"],
        discount=1 - lines["net_price"] / lines["list_price"],
    )


def price_realisation(quotes: pd.DataFrame, *, by: str | None = None, credit_rate: float = 0.0) -> pd.DataFrame:
    """Price realisation: what reaches the pocket over what the list asks, weighted by money.

    ``sum(net * (1 - credit rate)) / sum(list)``: a ratio of sums, not the mean of the lines' ratios.

    Parameters
    ----------
    quotes
        ``quantity, list_price, net_price``, and ``by`` where given.
    credit_rate
        Credits over what was invoiced, a fraction (see :func:`credit_note_rate`).

    Returns
    -------
    DataFrame
        ``by``, ``realisation`` (fraction, NaN without lines), ``numerator``, ``denominator`` (currency), ``n`` (lines).

    Source: Marn, Roegner and Zawada, The Price Advantage.

    Examples
    --------
    >>> quotes = pd.DataFrame({"quantity": [100, 1, 1], "list_price": [10.0, 10.0, 10.0], "net_price": [5.0, 10.0, 10.0]})
    >>> price_realisation(quotes)["realisation"].round(3).tolist()
    [0.51]
    """
    need(quotes, "quantity", "list_price", "net_price", *([by] if by else []))
    lines = discount_lines(quotes)
    groups = lines[by].astype("object").fillna("") if by else pd.Series("", index=lines.index)
    sums = lines.groupby(groups, sort=True).agg(numerator=("net_amount", "sum"), denominator=("list_amount", "sum"), n=("discount", "size"))
    if not by and sums.empty:
        sums = pd.DataFrame({"numerator": [0.0], "denominator": [0.0], "n": [0]}, index=[""])
    sums["numerator"] = sums["numerator"] * (1 - credit_rate)
    sums.insert(0, "realisation", sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0))
    return sums.rename_axis(by).reset_index() if by else sums.reset_index(drop=True)


def credit_note_rate(invoices: pd.DataFrame) -> dict[str, float]:
    """Credit notes over what was invoiced before them: ``-sum(negative amounts) / sum(positive amounts)``.

    Returns
    -------
    dict
        ``rate`` (fraction, NaN where nothing was invoiced), ``numerator``, ``denominator`` (currency), ``n`` (credit notes).

    Examples
    --------
    >>> credit_note_rate(pd.DataFrame({"amount": [100.0, 100.0, -10.0]}))["rate"]
    0.05
    """
    need(invoices, "amount")
    amount = invoices["amount"].astype("float64")
    credits, billed = float(-amount[amount < 0].sum()), float(amount[amount > 0].sum())
    return {"rate": credits / billed if billed else float("nan"), "numerator": credits, "denominator": billed, "n": int((amount < 0).sum())}


def pocket_waterfall(quotes: pd.DataFrame, *, credit_rate: float = 0.0) -> pd.DataFrame:
    """List to pocket: list value, each leak by the reason given, net value, credits after the invoice, pocket value.

    ``list - sum of discounts by reason = net``; ``net * (1 - credit rate) = pocket``.

    Parameters
    ----------
    quotes
        ``quantity, list_price, net_price, discount_reason``.
    credit_rate
        Credits over what was invoiced, a fraction.

    Returns
    -------
    DataFrame
        ``step``, ``kind`` (total, leak), ``amount`` (currency, leaks below zero), ``share`` (of list), ``n`` (lines); the largest leak first.

    Examples
    --------
    >>> quotes = pd.DataFrame({"quantity": [1, 1], "list_price": [60.0, 40.0], "net_price": [50.0, 40.0], "discount_reason": ["volume", None]})
    >>> pocket_waterfall(quotes, credit_rate=0.1)[["step", "amount"]].values.tolist()
    [['list', 100.0], ['volume', -10.0], ['net', 90.0], ['credits', -9.0], ['pocket', 81.0]]
    """
    need(quotes, "quantity", "list_price", "net_price", "discount_reason")
    lines = discount_lines(quotes)
    leak = (lines["net_amount"] - lines["list_amount"]).rename("amount")
    reasons = lines["discount_reason"].astype("object").fillna(NO_REASON)
    by_reason = leak[leak != 0].groupby(reasons[leak != 0]).agg(["sum", "size"]).sort_values(["sum"], kind="stable")
    total, net, n = float(lines["list_amount"].sum()), float(lines["net_amount"].sum()), len(lines)
    rows: list[tuple[str, str, float, int]] = [("list", "total", total, n)]
    rows += [(str(name), "leak", float(row["sum"]), int(row["size"])) for name, row in by_reason.iterrows()]
    rows += [("net", "total", net, n), ("credits", "leak", -net * credit_rate, n), ("pocket", "total", net * (1 - credit_rate), n)]
    found = pd.DataFrame(rows, columns=["step", "kind", "amount", "n"])
    found.insert(3, "share", found["amount"] / total if total else float("nan"))
    return found


def discount_dispersion(quotes: pd.DataFrame, *, by: Sequence[str] = CELLS, least: int = 5) -> pd.DataFrame:
    """Dispersion of discounts among like deals: the interquartile range within each cell, ``Q3 - Q1``.

    Parameters
    ----------
    quotes
        ``quantity, list_price, net_price`` and the columns of the cells.
    by
        What makes deals alike, such as segment and size.
    least
        Lines below which a cell has no range.

    Returns
    -------
    DataFrame
        The cell's columns, ``q1, median, q3, iqr`` (fractions, NaN below ``least``), ``n``.

    Examples
    --------
    >>> quotes = pd.DataFrame({"segment": ["s"] * 5, "quantity": 1, "list_price": 100.0, "net_price": [100.0, 95.0, 90.0, 85.0, 80.0]})
    >>> discount_dispersion(quotes, by=["segment"])["iqr"].round(3).tolist()
    [0.1]
    """
    keys = list(by)
    need(quotes, *keys, "quantity", "list_price", "net_price")
    lines = discount_lines(quotes)
    cells = [lines[key].astype("object").fillna("") for key in keys]
    grouped = lines["discount"].groupby(cells, sort=True)
    found = grouped.quantile([0.25, 0.5, 0.75]).unstack()
    found = found.reindex(columns=[0.25, 0.5, 0.75]).set_axis(["q1", "median", "q3"], axis=1).astype("float64")
    n = grouped.size()
    found = found.where(n.reindex(found.index) >= least)
    found = found.assign(iqr=found["q3"] - found["q1"], n=n)
    found.index = found.index.set_names(keys)
    return found.reset_index()


def within_cell_range(cells: pd.DataFrame) -> float:
    """Dispersion of all cells in one number: their ranges weighted by lines, ``sum(iqr * n) / sum(n)``; NaN where no cell has one.

    Examples
    --------
    >>> within_cell_range(pd.DataFrame({"iqr": [0.1, 0.2, float("nan")], "n": [30, 10, 2]}))
    0.125
    """
    need(cells, "iqr", "n")
    known = cells[cells["iqr"].notna()]
    weight = float(known["n"].sum())
    return float((known["iqr"] * known["n"]).sum()) / weight if weight else float("nan")


def discount_by(quotes: pd.DataFrame, *, by: str = "approved_by") -> pd.DataFrame:
    """Discounts by whoever gave them, or by any column: ``1 - sum(net) / sum(list)``, the median and the deepest twentieth.

    Returns
    -------
    DataFrame
        ``by``, ``discount`` (of money), ``median``, ``p95`` (of lines; fractions), ``numerator`` (discount), ``denominator`` (list; currency),
        ``n`` (lines), ``share`` (of lines). Lines without an approver are the sellers' own authority: ``(no approval)``.

    Examples
    --------
    >>> quotes = pd.DataFrame({"approved_by": ["VP", None], "quantity": 1, "list_price": 100.0, "net_price": [80.0, 95.0]})
    >>> discount_by(quotes)[["approved_by", "discount"]].round(2).values.tolist()
    [['(no approval)', 0.05], ['VP', 0.2]]
    """
    need(quotes, by, "quantity", "list_price", "net_price")
    lines = discount_lines(quotes)
    blank = NOBODY if by == "approved_by" else ""
    groups = lines.groupby(lines[by].astype("object").fillna(blank).astype("str"), sort=True)
    found = groups.agg(
        median=("discount", "median"), given=("net_amount", "sum"), denominator=("list_amount", "sum"), n=("discount", "size")
    )
    found.insert(1, "p95", groups["discount"].quantile(0.95))
    found["numerator"] = found["denominator"] - found.pop("given")
    found.insert(0, "discount", found["numerator"] / found["denominator"])
    found["share"] = found["n"] / found["n"].sum()
    return found.rename_axis(by).reset_index()[[by, "discount", "median", "p95", "numerator", "denominator", "n", "share"]]


def quarter_end_discount(quotes: pd.DataFrame, *, by: Sequence[str] = CELLS, days: int = 10, year_end_month: int = 12) -> dict[str, float]:
    """How much deeper discounts are at quarter end than in other weeks, within cells of like deals.

    The mean discount of lines in the last ``days`` of a fiscal quarter less the mean of the cell's other lines, weighted by the
    quarter-end lines of the cell: ``sum(n1 * (mean1 - mean0)) / sum(n1)`` over cells that have both.

    Parameters
    ----------
    quotes
        ``date, quantity, list_price, net_price`` and the columns of the cells.
    year_end_month
        Calendar month, 1 to 12, in which the fiscal year ends.

    Returns
    -------
    dict
        ``difference`` (fraction, NaN where no cell has both), ``at_end``, ``otherwise`` (means, weighted alike), ``n`` (lines at quarter end).

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-30", "2026-02-10", "2026-05-05"])
    >>> quotes = pd.DataFrame({"date": days, "segment": "s", "quantity": 1, "list_price": 100.0, "net_price": [80.0, 90.0, 94.0]})
    >>> round(quarter_end_discount(quotes, by=["segment"])["difference"], 3)
    0.12
    """
    keys = list(by)
    need(quotes, *keys, "date", "quantity", "list_price", "net_price")
    lines = discount_lines(quotes)
    date = pd.to_datetime(lines["date"])
    closes = (date.dt.month - year_end_month) % 3 == 0
    late = closes & (date.dt.days_in_month - date.dt.day < days)
    cells = [lines[key].astype("object").fillna("") for key in keys]
    means = lines["discount"].groupby([*cells, late.to_numpy()], sort=True).agg(["mean", "size"]).unstack()
    both = means.dropna() if {True, False} <= set(late) else means.iloc[:0]
    if both.empty:
        return {"difference": float("nan"), "at_end": float("nan"), "otherwise": float("nan"), "n": 0}
    weight = both[("size", True)].astype("float64")
    at_end, otherwise = (float(np.average(both[("mean", side)], weights=weight)) for side in (True, False))
    return {"difference": at_end - otherwise, "at_end": at_end, "otherwise": otherwise, "n": int(weight.sum())}


def bundle_discount(quotes: pd.DataFrame, *, least: int = 3) -> dict[str, float]:
    """Depth of the discount when products are sold together: ``1 - sum(net) / sum(list)`` of deals with ``least`` products or more.

    Returns
    -------
    dict
        ``discount`` (fraction, NaN without such deals), ``numerator``, ``denominator`` (currency), ``n`` (deals).

    Examples
    --------
    >>> quotes = pd.DataFrame({"opportunity_id": ["o"] * 3, "product_id": list("abc"), "quantity": 1, "list_price": 10.0, "net_price": 7.5})
    >>> bundle_discount(quotes)["discount"]
    0.25
    """
    need(quotes, "opportunity_id", "product_id", "quantity", "list_price", "net_price")
    lines = discount_lines(quotes)
    lines = lines[lines["opportunity_id"].notna()]
    products = lines.groupby("opportunity_id")["product_id"].transform("nunique")
    bundled = lines[products >= least]
    total = float(bundled["list_amount"].sum())
    given = total - float(bundled["net_amount"].sum())
    n = bundled["opportunity_id"].nunique()
    return {"discount": given / total if total else float("nan"), "numerator": given, "denominator": total, "n": n}
