"""Receivables from the invoices themselves: days outstanding, days over terms, what is overdue.

Days are counted against what was invoiced, not against revenue: a customer who pays a year in advance owes a year on the day of the
invoice and a twelfth of it is revenue, so receivables over revenue says more of the billing than of who pays.
"""

from datetime import date

import pandas as pd

from diligence.metrics.measure import need

DAYS = 365.0


def open_invoices(invoices: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Invoices that stand open on a date, with their age: ``days_open = date - issued``, ``days_late = date - due``.

    Parameters
    ----------
    invoices
        ``issued_on, due_on, paid_on`` (dates), ``amount`` (currency; credit notes negative).

    Returns
    -------
    DataFrame
        The rows issued by the date and not paid by it, with ``days_open`` and ``days_late`` (NaN without a due date).

    Examples
    --------
    >>> rows = pd.DataFrame({"issued_on": ["2026-05-01", "2026-05-01"], "due_on": "2026-05-31", "paid_on": [None, "2026-06-02"], "amount": [10.0, 20.0]})
    >>> open_invoices(rows, date(2026, 6, 30))[["amount", "days_late"]].values.tolist()
    [[10.0, 30.0]]
    """
    need(invoices, "issued_on", "due_on", "paid_on", "amount")
    when = pd.Timestamp(as_of)
    issued, due, paid = (pd.to_datetime(invoices[name]) for name in ("issued_on", "due_on", "paid_on"))
    rows = invoices.assign(days_open=(when - issued).dt.days.astype("float64"), days_late=(when - due).dt.days.astype("float64"))
    return rows[(issued <= when) & ~(paid <= when)]


def days_sales_outstanding(invoices: pd.DataFrame, as_of: date, *, months: int = 12) -> dict[str, float]:
    """Days sales outstanding on billings: ``open receivables / invoiced in the months before * days of these months``.

    Parameters
    ----------
    invoices
        ``issued_on, due_on, paid_on``, ``amount`` (currency, tax as invoiced; credit notes negative, counted in both).
    months
        Length of the window of billings.

    Returns
    -------
    dict
        ``days`` (NaN where nothing was invoiced), ``numerator`` (open), ``denominator`` (invoiced; currency), ``n`` (invoices of the window).

    Source: APQC, days sales outstanding; billings in place of revenue for prepaid contracts.

    Examples
    --------
    >>> rows = pd.DataFrame({"issued_on": ["2025-08-01", "2026-06-15"], "due_on": None, "paid_on": ["2025-09-01", None], "amount": [300.0, 100.0]})
    >>> days_sales_outstanding(rows, date(2026, 6, 30))["days"]
    91.25
    """
    need(invoices, "issued_on", "due_on", "paid_on", "amount")
    when = pd.Timestamp(as_of)
    issued = pd.to_datetime(invoices["issued_on"])
    window = invoices[(issued <= when) & (issued > when - pd.DateOffset(months=months))]
    owed, billed = float(open_invoices(invoices, as_of)["amount"].sum()), float(window["amount"].sum())
    days = owed / billed * DAYS * months / 12 if billed > 0 else float("nan")
    return {"days": days, "numerator": owed, "denominator": billed, "n": len(window)}


def payment_days(invoices: pd.DataFrame, as_of: date, *, months: int = 12) -> dict[str, float]:
    """Days to pay, days allowed and days over terms of invoices that fell due in the months before, weighted by amount.

    ``to pay = paid - issued``, ``terms = due - issued``, ``late = to pay - terms``. What is still unpaid counts up to the date, so the
    figures are floors while ``open_share`` is not nought. Credit notes are left out.

    Returns
    -------
    dict
        ``to_pay, terms, late`` (days, NaN without such invoices), ``late_share`` (of amount paid after due, or open beyond it),
        ``open_share`` (of amount not yet paid), ``denominator`` (currency), ``n``.

    Examples
    --------
    >>> rows = pd.DataFrame({"issued_on": ["2026-03-01", "2026-03-01"], "due_on": "2026-03-31", "paid_on": ["2026-04-10", "2026-03-31"], "amount": [10.0, 30.0]})
    >>> found = payment_days(rows, date(2026, 6, 30))
    >>> found["terms"], found["late"], found["late_share"]
    (30.0, 2.5, 0.25)
    """
    need(invoices, "issued_on", "due_on", "paid_on", "amount")
    when = pd.Timestamp(as_of)
    issued, due, paid = (pd.to_datetime(invoices[name]) for name in ("issued_on", "due_on", "paid_on"))
    amount = invoices["amount"].astype("float64")
    mine = (due <= when) & (due > when - pd.DateOffset(months=months)) & (amount > 0) & issued.notna()
    settled = paid.where(paid <= when, when)
    weight = amount[mine]
    total = float(weight.sum())
    if not total:
        return dict.fromkeys(("to_pay", "terms", "late", "late_share", "open_share"), float("nan")) | {"denominator": 0.0, "n": 0}

    def mean(values: pd.Series) -> float:
        return float((values[mine].astype("float64") * weight).sum()) / total

    to_pay, terms = mean((settled - issued).dt.days), mean((due - issued).dt.days)
    late, still = mean(settled > due), mean(~(paid <= when))
    return {
        "to_pay": to_pay,
        "terms": terms,
        "late": to_pay - terms,
        "late_share": late,
        "open_share": still,
        "denominator": total,
        "n": len(weight),
    }


def overdue_share(invoices: pd.DataFrame, as_of: date, *, days: int = 90) -> dict[str, float]:
    """Share of open receivables that is overdue by more than some days: ``open and late by more than days / open``.

    Open credit notes are left out of both.

    Returns
    -------
    dict
        ``share`` (fraction, NaN where nothing is open), ``numerator``, ``denominator`` (currency), ``n`` (open invoices).

    Examples
    --------
    >>> rows = pd.DataFrame({"issued_on": "2026-01-01", "due_on": ["2026-01-31", "2026-06-30"], "paid_on": None, "amount": [25.0, 75.0]})
    >>> overdue_share(rows, date(2026, 6, 30))["share"]
    0.25
    """
    found = open_invoices(invoices, as_of)
    found = found[found["amount"] > 0]
    total, old = float(found["amount"].sum()), float(found.loc[found["days_late"] > days, "amount"].sum())
    return {"share": old / total if total else float("nan"), "numerator": old, "denominator": total, "n": len(found)}


def ageing(invoices: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Open receivables by how late they are: ``share = open in the band / all open``.

    Returns
    -------
    DataFrame
        ``band`` (not due, 1-30, 31-60, 61-90, over 90, no due date), ``amount`` (currency), ``share``, ``n``; every band, in this order.

    Examples
    --------
    >>> rows = pd.DataFrame({"issued_on": "2026-01-01", "due_on": ["2026-06-10", "2026-07-30"], "paid_on": None, "amount": [25.0, 75.0]})
    >>> ageing(rows, date(2026, 6, 30))["share"].tolist()
    [0.75, 0.25, 0.0, 0.0, 0.0, 0.0]
    """
    found = open_invoices(invoices, as_of)
    bands = ["not due", "1-30", "31-60", "61-90", "over 90"]
    late = found["days_late"].astype("float64")
    cut = pd.cut(late, [-float("inf"), 0, 30, 60, 90, float("inf")], labels=bands).astype("object").fillna("no due date")
    sums = found["amount"].astype("float64").groupby(cut).agg(["sum", "size"]).reindex([*bands, "no due date"], fill_value=0)
    total = float(sums["sum"].sum())
    share = sums["sum"] / total if total else float("nan")
    return pd.DataFrame(
        {"band": sums.index, "amount": sums["sum"].to_numpy("float64"), "share": share, "n": sums["size"].to_numpy()}
    ).reset_index(drop=True)
