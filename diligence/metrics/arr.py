"""Annual recurring revenue as contracted, and the way from there to what invoices, spread over their service, say.

Contracted means live on the date: begun, and not past the last day of its term (or evergreen). What is signed and has not begun is
listed apart; what is under notice stays in until its service ends. ``annual_value`` is what the contract says is paid a year, net of
the discounts in force.
"""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import TICKS, need, ticks, within

LIVE, SIGNED, ENDED = "live", "signed", "ended"
STEPS = ("not_billed", "past_term", "no_contract", "uplift", "above_contract", "below_contract", "part_months")
PATH = ("fixed_term", "evergreen", "notice", "contracted", *STEPS, "invoiced", "metered", "with_metered")
TOTALS = ("contracted", "invoiced", "with_metered")


def contract_state(contracts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Say of each contract where it stands on a date: ``signed`` (start > date), ``ended`` (end < date), else ``live``.

    Parameters
    ----------
    contracts
        ``contract_id, customer_id, start_date, end_date, annual_value`` (currency a year), and ``notice`` (True where notice was given)
        where it is known. The end date is the last day of the term.

    Returns
    -------
    DataFrame
        The contracts with ``state``, and ``term`` of those live: ``fixed_term``, ``evergreen`` (no end), ``notice``; blank else.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("abc"), "customer_id": list("xyz"), "annual_value": [10.0, 20.0, 30.0],
    ...     "start_date": ["2025-01-01", "2026-08-01", "2025-03-01"], "end_date": ["2026-06-30", "2027-07-31", None]})
    >>> contract_state(contracts, date(2026, 6, 30))[["state", "term"]].values.tolist()
    [['live', 'fixed_term'], ['signed', ''], ['live', 'evergreen']]
    """
    need(contracts, "contract_id", "customer_id", "start_date", "end_date", "annual_value")
    when = pd.Timestamp(as_of)
    start, end = pd.to_datetime(contracts["start_date"]), pd.to_datetime(contracts["end_date"])
    state = np.select([start > when, end.notna() & (end < when)], [SIGNED, ENDED], default=LIVE)
    noticed = contracts["notice"].fillna(False).astype("bool") if "notice" in contracts else pd.Series(False, index=contracts.index)
    term = np.select([state != LIVE, noticed, end.isna()], ["", "notice", "evergreen"], default="fixed_term")
    return contracts.assign(state=state, term=term)


def annual_recurring_revenue(contracts: pd.DataFrame, as_of: date, *, by: str | None = None) -> pd.DataFrame:
    """Annual recurring revenue under contract on a date, and what is signed but not live.

    ``live = sum(annual_value of live contracts)``; ``committed = live + signed`` (CARR); ``known_churn = sum(annual_value under notice)``.
    A month's recurring revenue (MRR) is ``live / 12``.

    Parameters
    ----------
    contracts
        As in :func:`contract_state`, and the column ``by`` where given.

    Returns
    -------
    DataFrame
        ``by, live, evergreen, notice, signed, committed`` (currency a year), ``n`` (live contracts).

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("ab"), "customer_id": list("xy"), "annual_value": [10.0, 20.0],
    ...     "start_date": ["2025-01-01", "2026-08-01"], "end_date": ["2026-12-31", "2027-07-31"]})
    >>> annual_recurring_revenue(contracts, date(2026, 6, 30))[["live", "signed", "committed"]].values.tolist()
    [[10.0, 20.0, 30.0]]
    """
    need(contracts, *([by] if by else []))
    stated = contract_state(contracts, as_of)
    value, live = stated["annual_value"].astype("float64"), stated["state"] == LIVE
    parts = {"live": value.where(live, 0.0)}
    parts |= {term: value.where(stated["term"] == term, 0.0) for term in ("evergreen", "notice")}
    parts |= {"signed": value.where(stated["state"] == SIGNED, 0.0), "n": live.astype("int64")}
    frame = pd.DataFrame(parts)
    sums = frame.groupby(stated[by].astype("str")).sum().reset_index() if by else frame.sum().to_frame().T.astype({"n": "int64"})
    sums.insert(len(sums.columns) - 1, "committed", sums["live"] + sums["signed"])
    return sums


def arr_bridge(contracts: pd.DataFrame, cube: pd.DataFrame, *, as_of: date, month: pd.Timestamp, by: str | None = None) -> pd.DataFrame:
    """Lay the way from contracted to invoiced annual recurring revenue in money; the steps add up to the tick.

    Contracts and invoices meet by customer and product (by customer where a contract names no product). From ``contracted``:
    ``not_billed`` (live contracts without recurring revenue), ``past_term`` (billed although its contract has ended), ``no_contract``
    (billed and never under contract), ``uplift`` (contracted increases since the start of the term, as far as they are billed),
    ``above_contract`` and ``below_contract`` (what else is billed more or less than the contract says), ``part_months`` (the month's accrual
    x 12 against its last day) to ``invoiced`` (month x 12); then ``metered``: usage of the last three months x 4, a line of its own.

    Parameters
    ----------
    contracts
        As in :func:`contract_state`, and ``product_id``, ``uplift_rate`` where known.
    cube
        ``customer_id, product_id, month, amount, kind`` (``recurring`` and ``usage`` count), and ``amount_rate`` where known.
    as_of, month
        Date of the contracts; the last whole month of the revenue.
    by
        A column of both to cut by; a customer has one value of it.

    Returns
    -------
    DataFrame
        ``by, step, amount`` (currency a year), ``n`` (customer and product pairs or contracts), ``total``: whether it is a level.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": ["a"], "customer_id": ["x"], "annual_value": [120.0], "start_date": ["2025-01-01"],
    ...     "end_date": [None]})
    >>> cube = pd.DataFrame({"customer_id": ["x"], "product_id": ["p"], "month": pd.to_datetime(["2026-06-01"]), "amount": [11.0], "kind": "recurring"})
    >>> found = arr_bridge(contracts, cube, as_of=date(2026, 6, 30), month=pd.Timestamp("2026-06-01")).set_index("step")["amount"]
    >>> found[["evergreen", "contracted", "above_contract", "invoiced"]].tolist()
    [120.0, 120.0, 12.0, 132.0]
    """
    need(contracts, *([by] if by else []))
    need(cube, "customer_id", "product_id", "month", "amount", "kind", *([by] if by else []))
    pairs = _pairs(contract_state(contracts, as_of), cube, as_of, month, by)
    metered = cube[(cube["kind"] == "usage") & within(cube["month"], month, 3)]
    groups = sorted(set(pairs["by"]) | set(metered[by].astype("str"))) if by else [""]
    usage = pd.DataFrame({"by": metered[by].astype("str") if by else "", "ticks": ticks(metered["amount"]) * 4})
    rows = []
    for group in groups:
        steps = _steps(pairs[pairs["by"] == group], usage.loc[usage["by"] == group, "ticks"])
        rows += [(group, step, amount / TICKS, n, step in TOTALS) for step, amount, n in steps]
    table = pd.DataFrame(rows, columns=[by or "_", "step", "amount", "n", "total"])
    return table if by else table.drop(columns="_")


def _pairs(stated: pd.DataFrame, cube: pd.DataFrame, as_of: date, month: pd.Timestamp, by: str | None) -> pd.DataFrame:
    """One row a customer and product: contracted and billed ticks a year."""
    customer = stated["customer_id"].astype("str")
    product = stated["product_id"] if "product_id" in stated else pd.Series(None, index=stated.index, dtype="object")
    whole = set(customer[product.isna()])
    signed = pd.DataFrame({"customer": customer, "product": product.astype("object").where(~customer.isin(whole), "").astype("str")})
    value, live = ticks(stated["annual_value"].astype("float64")), (stated["state"] == LIVE).to_numpy()
    for term in ("fixed_term", "evergreen", "notice"):
        signed[term] = np.where(live & (stated["term"] == term).to_numpy(), value, 0)
    rate = stated["uplift_rate"].fillna(0.0).astype("float64").to_numpy() if "uplift_rate" in stated else np.zeros(len(stated))
    signed["owed"] = np.where(live, np.rint(value * ((1 + rate) ** _years(stated["start_date"], as_of) - 1)), 0).astype("int64")
    signed["ended"] = (stated["state"] == ENDED).astype("int64").to_numpy()
    signed["by"] = stated[by].astype("str") if by else ""
    now = cube[(cube["kind"] == "recurring") & within(cube["month"], month, 1)]
    buyer = now["customer_id"].astype("str")
    billed = pd.DataFrame({"customer": buyer, "product": now["product_id"].astype("str").where(~buyer.isin(whole), "")})
    billed["accrued"] = ticks(now["amount"]) * 12
    billed["rate"] = ticks(now["amount_rate"]) * 12 if "amount_rate" in now else billed["accrued"]
    billed["by"] = now[by].astype("str") if by else ""
    sums = [frame.groupby(["by", "customer", "product"]).sum() for frame in (signed, billed)]
    both = sums[0].join(sums[1], how="outer").fillna(0).astype("int64").reset_index()
    return both.assign(contracted=both["fixed_term"] + both["evergreen"] + both["notice"])


def _years(start: pd.Series, as_of: date) -> np.ndarray:
    """Whole years since the start of the term."""
    begins, when = pd.to_datetime(start), pd.Timestamp(as_of)
    months = 12 * (when.year - begins.dt.year) + when.month - begins.dt.month - (begins.dt.day > when.day)
    return np.clip(months.fillna(0).to_numpy() // 12, 0, None)


def _steps(pairs: pd.DataFrame, metered: pd.Series) -> list[tuple[str, int, int]]:
    contracted, rate = pairs["contracted"], pairs["rate"]
    under, billed = contracted != 0, rate != 0
    gap = (rate - contracted).where(under & billed, 0)
    uplift = np.minimum(gap.clip(lower=0), pairs["owed"])
    rest = gap - uplift
    series = {
        "fixed_term": pairs["fixed_term"],
        "evergreen": pairs["evergreen"],
        "notice": pairs["notice"],
        "contracted": contracted,
        "not_billed": -contracted.where(under & ~billed, 0),
        "past_term": rate.where(~under & (pairs["ended"] > 0), 0),
        "no_contract": rate.where(~under & (pairs["ended"] == 0), 0),
        "uplift": uplift,
        "above_contract": rest.clip(lower=0),
        "below_contract": rest.clip(upper=0),
        "part_months": pairs["accrued"] - rate,
        "invoiced": pairs["accrued"],
        "metered": metered,
    }
    found = [(name, int(values.sum()), int((values != 0).sum())) for name, values in series.items()]
    total = int(pairs["accrued"].sum()) + int(metered.sum())
    return [*found, ("with_metered", total, found[-2][2] + found[-1][2])]
