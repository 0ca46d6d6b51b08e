"""From earnings to cash: conversion, deferred revenue, working capital, burn, the rule of 40. From the monthly accounts."""

import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import add_months, month_index, month_indices

NAN = float("nan")
BALANCES = ("receivables", "deferred_revenue", "cash")


def ledger_window(ledger: pd.DataFrame, end: pd.Timestamp, *, months: int = 12) -> dict[str, float]:
    """Accounts of a window: the sum of each flow, and of each balance its opening and its closing: ``flow = sum over the months``.

    Parameters
    ----------
    ledger
        ``month, line, amount`` (currency; flows for the month, balances at its end), as the data model names the lines.
    end
        The last month.

    Returns
    -------
    dict
        Each flow by its name, each balance as ``<name>`` (closing) and ``<name>_opening``. A flow without every month, or a balance
        without its month, is not in it: a sum over gaps is no sum.

    Examples
    --------
    >>> months = pd.date_range("2025-07-01", periods=12, freq="MS")
    >>> ledger = pd.DataFrame({"month": months, "line": "revenue", "amount": 10.0})
    >>> ledger_window(ledger, pd.Timestamp("2026-06-01"))
    {'revenue': 120.0}
    """
    need(ledger, "month", "line", "amount")
    at, last = month_indices(pd.to_datetime(ledger["month"])), month_index(end)
    sums = ledger["amount"].astype("float64").groupby([ledger["line"].astype("str"), at]).sum()
    found: dict[str, float] = {}
    for line in sorted(set(sums.index.get_level_values(0))):
        of_line = sums.loc[line]
        if line in BALANCES:
            for name, month in ((line, last), (f"{line}_opening", last - months)):
                if month in of_line.index:
                    found[name] = float(of_line.loc[month])
            continue
        inside = of_line[(of_line.index > last - months) & (of_line.index <= last)]
        if len(inside) == months:
            found[line] = float(inside.sum())
    return found


def cash_conversion(ledger: pd.DataFrame, end: pd.Timestamp, *, months: int = 12) -> dict[str, float]:
    """Cash conversion: how much of EBITDA is cash after capital expenditure and working capital.

    ``(EBITDA - capex - change in net working capital) / EBITDA``, with net working capital = receivables - deferred revenue (the
    accounts of the data model hold no payables). NaN where EBITDA is not above zero: a share of a loss says nothing.

    Returns
    -------
    dict
        ``conversion``, ``numerator`` (operating cash flow), ``ebitda``, ``capex``, ``receivables_change``, ``deferred_change`` (currency;
        NaN where the accounts lack it).

    Examples
    --------
    >>> month = pd.Timestamp("2026-06-01")
    >>> lines = {"ebitda": 100.0, "capex": 10.0}
    >>> flows = [(month, line, amount) for line, amount in lines.items()]
    >>> levels = [(at, "receivables", value) for at, value in ((month, 50.0), (pd.Timestamp("2026-05-01"), 30.0))]
    >>> rows = flows + levels + [(month, "deferred_revenue", 40.0), (pd.Timestamp("2026-05-01"), "deferred_revenue", 35.0)]
    >>> cash_conversion(pd.DataFrame(rows, columns=["month", "line", "amount"]), month, months=1)["conversion"]
    0.75
    """
    held = ledger_window(ledger, end, months=months)
    ebitda, capex = held.get("ebitda", NAN), held.get("capex", NAN)
    owed = held.get("receivables", NAN) - held.get("receivables_opening", NAN)
    deferred = held.get("deferred_revenue", NAN) - held.get("deferred_revenue_opening", NAN)
    cash = ebitda - capex - owed + deferred
    return {
        "conversion": cash / ebitda if ebitda > 0 else NAN, "numerator": cash, "ebitda": ebitda, "capex": capex,
        "receivables_change": owed, "deferred_change": deferred,
    }  # fmt: skip


def cash_bridge(ledger: pd.DataFrame, end: pd.Timestamp, *, months: int = 12) -> pd.DataFrame:
    """EBITDA to operating cash flow in steps: ``EBITDA - capex - rise of receivables + rise of deferred revenue = cash flow``.

    Returns
    -------
    DataFrame
        ``step``, ``kind`` (total, up, down), ``amount`` (currency); no rows where the accounts lack one of the steps.

    Examples
    --------
    >>> cash_bridge(pd.DataFrame({"month": [pd.Timestamp("2026-06-01")], "line": ["ebitda"], "amount": [1.0]}), pd.Timestamp("2026-06-01")).empty
    True
    """
    found = cash_conversion(ledger, end, months=months)
    steps = [("ebitda", found["ebitda"]), ("capex", -found["capex"]), ("receivables", -found["receivables_change"])]
    steps += [("deferred_revenue", found["deferred_change"]), ("operating_cash_flow", found["numerator"])]
    frame = pd.DataFrame(steps, columns=["step", "amount"])
    frame.insert(1, "kind", ["total", *["down" if amount < 0 else "up" for amount in frame["amount"].iloc[1:-1]], "total"])
    return frame if frame["amount"].notna().all() else frame.iloc[:0]


def conversion_by_month(ledger: pd.DataFrame, *, months: int = 12) -> pd.DataFrame:
    """Cash conversion over the ``months`` up to each month: see :func:`cash_conversion`.

    Returns
    -------
    DataFrame
        ``month``, ``conversion`` (fraction), ``numerator``, ``ebitda`` (currency); months whose window is whole.

    Examples
    --------
    >>> conversion_by_month(pd.DataFrame({"month": [], "line": [], "amount": []})).empty
    True
    """
    need(ledger, "month", "line", "amount")
    ends = sorted(set(pd.to_datetime(ledger["month"]).dropna()))
    rows = []
    for end in ends:
        found = cash_conversion(ledger, end, months=months)
        if pd.notna(found["numerator"]):
            rows.append((end, found["conversion"], found["numerator"], found["ebitda"]))
    return pd.DataFrame(rows, columns=["month", "conversion", "numerator", "ebitda"])


def working_capital_intensity(ledger: pd.DataFrame, end: pd.Timestamp, *, months: int = 12) -> dict[str, float]:
    """Working capital that growth takes: ``change in net working capital / change in revenue``, over a year against the year before.

    Net working capital = receivables - deferred revenue. Below zero: growth frees cash.

    Returns
    -------
    dict
        ``intensity`` (NaN where revenue did not grow), ``numerator``, ``denominator`` (currency).

    Examples
    --------
    >>> rows = [(pd.Timestamp(f"2026-0{m}-01"), line, value) for m, revenue, owed in ((4, 0, 10.0), (5, 100.0, 10.0), (6, 120.0, 15.0)) for line, value in (("revenue", revenue), ("receivables", owed), ("deferred_revenue", 0.0))]
    >>> working_capital_intensity(pd.DataFrame(rows, columns=["month", "line", "amount"]), pd.Timestamp("2026-06-01"), months=1)["intensity"]
    0.25
    """
    now, before = ledger_window(ledger, end, months=months), ledger_window(ledger, add_months(end, -months), months=months)
    tied = [now.get(f"{name}{side}", NAN) for name in ("receivables", "deferred_revenue") for side in ("", "_opening")]
    change = (tied[0] - tied[1]) - (tied[2] - tied[3])
    grown = now.get("revenue", NAN) - before.get("revenue", NAN)
    return {"intensity": change / grown if grown > 0 else NAN, "numerator": change, "denominator": grown}


def burn_multiple(net_burn: float, net_new_recurring: float) -> float:
    """Burn multiple: ``net burn / net new recurring revenue``; NaN where cash was not burnt or nothing net was won.

    Source: Sacks, The Burn Multiple.

    >>> burn_multiple(3.0, 2.0), burn_multiple(-1.0, 2.0)
    (1.5, nan)
    """
    return net_burn / net_new_recurring if net_burn > 0 and net_new_recurring > 0 else NAN


def rule_of_40(growth: float, margin: float) -> float:
    """Rule of 40: growth and margin in points added, ``100 * (growth + margin)``; both fractions, the margin's definition stated beside it.

    >>> round(rule_of_40(0.25, 0.1), 6)
    35.0
    """
    return 100 * (growth + margin)
