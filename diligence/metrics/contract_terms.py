"""Commercial terms in force: how customers are billed, for how long they are bound, what may raise the price and what may end it."""

from datetime import date

import pandas as pd

from diligence.metrics.measure import need
from diligence.metrics.renewals import running_contracts

MONTHS_IN_ADVANCE = {"annual_upfront": 12.0, "quarterly": 3.0, "monthly": 1.0, "cash_on_delivery": 0.0, "arrears": -1.0, "usage": -1.0}
"""Months billed before they are served, by way of billing; what is billed after it was served is below zero."""
NOT_STATED = "(not stated)"
YEAR = 365.25


def billing_mix(contracts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Annual value in force by way of billing: ``share = value / all value``.

    Parameters
    ----------
    contracts
        ``contract_id, start_date, end_date, annual_value`` (currency a year), ``billing``.

    Returns
    -------
    DataFrame
        ``billing``, ``amount`` (currency a year), ``share``, ``months`` (billed in advance), ``n``; the largest first.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("ab"), "start_date": "2025-01-01", "end_date": None, "annual_value": [75.0, 25.0], "billing": ["annual_upfront", "monthly"]})
    >>> billing_mix(contracts, date(2026, 1, 1))[["billing", "share"]].values.tolist()
    [['annual_upfront', 0.75], ['monthly', 0.25]]
    """
    need(contracts, "contract_id", "start_date", "end_date", "annual_value", "billing")
    live = running_contracts(contracts, as_of)
    words = live["billing"].astype("object").fillna(NOT_STATED)
    sums = live["annual_value"].astype("float64").groupby(words).agg(["sum", "size"])
    found = sums.rename_axis("billing").reset_index().set_axis(["billing", "amount", "n"], axis=1)
    total = found["amount"].sum()
    found.insert(2, "share", found["amount"] / total if total else float("nan"))
    found.insert(3, "months", found["billing"].map(MONTHS_IN_ADVANCE).astype("float64"))
    return found.sort_values(["amount", "billing"], ascending=[False, True], ignore_index=True)


def prepay_months(contracts: pd.DataFrame, as_of: date) -> float:
    """Months billed in advance, weighted by annual value: ``sum(months * value) / sum(value)``; billing in arrears counts below zero.

    Contracts whose way of billing is not stated are left out. NaN where none states it.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("ab"), "start_date": "2025-01-01", "end_date": None, "annual_value": [50.0, 50.0], "billing": ["annual_upfront", "arrears"]})
    >>> prepay_months(contracts, date(2026, 1, 1))
    5.5
    """
    known = billing_mix(contracts, as_of).dropna(subset=["months"])
    total = float(known["amount"].sum())
    return float((known["amount"] * known["months"]).sum()) / total if total else float("nan")


def contract_terms(contracts: pd.DataFrame, as_of: date, *, short_notice: int = 30) -> pd.DataFrame:
    """Shares of annual value in force by what the contract says, each over the contracts that say it.

    ``share = sum(annual value where the term holds) / sum(annual value where the term is stated)``. Terms: ``annual_prepay`` (twelve
    months or more in advance), ``multi_year`` (term longer than 13 months), ``remaining_12m`` (twelve months or more still to run),
    ``uplift_clause`` (a contracted increase), ``locked_multi_year`` (multi-year without increase), ``auto_renew``, ``convenience`` (may
    be ended without cause), ``most_favoured``, ``short_notice``.

    Parameters
    ----------
    contracts
        ``contract_id, start_date, end_date, annual_value`` (currency a year) and those of ``billing, uplift_rate, auto_renew,
        terminable_for_convenience, most_favoured, notice_days`` that are known; a term without its column is left out.
    short_notice
        Days of notice that are short.

    Returns
    -------
    DataFrame
        ``term``, ``share``, ``numerator``, ``denominator`` (currency a year), ``n`` (contracts that state it).

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("ab"), "start_date": "2025-06-01", "end_date": ["2028-05-31", "2026-05-31"], "annual_value": [40.0, 60.0], "uplift_rate": [0.0, 0.03]})
    >>> contract_terms(contracts, date(2026, 1, 1)).set_index("term")["share"].to_dict()
    {'multi_year': 0.4, 'remaining_12m': 0.4, 'uplift_clause': 0.6, 'locked_multi_year': 0.4}
    """
    need(contracts, "contract_id", "start_date", "end_date", "annual_value")
    live = running_contracts(contracts, as_of)
    value = live["annual_value"].astype("float64")
    start, end = pd.to_datetime(live["start_date"]), pd.to_datetime(live["end_date"])
    uplift = pd.to_numeric(live["uplift_rate"], errors="coerce") if "uplift_rate" in live else None
    multi = (end - start).dt.days > 13 * YEAR / 12
    flags: dict[str, tuple[pd.Series, pd.Series]] = {}
    if "billing" in live:
        months = live["billing"].map(MONTHS_IN_ADVANCE)
        flags["annual_prepay"] = months >= 12, months.notna()
    flags["multi_year"] = multi, end.notna()
    flags["remaining_12m"] = end >= pd.Timestamp(as_of) + pd.DateOffset(months=12), end.notna()
    if uplift is not None:
        flags["uplift_clause"] = uplift > 0, uplift.notna()
        flags["locked_multi_year"] = multi & (uplift == 0), uplift.notna() & end.notna()
    for term, column in (("auto_renew", "auto_renew"), ("convenience", "terminable_for_convenience"), ("most_favoured", "most_favoured")):
        if column in live:
            flags[term] = live[column].eq(True).fillna(False).astype("bool"), live[column].notna()
    if "notice_days" in live:
        notice = pd.to_numeric(live["notice_days"], errors="coerce")
        flags["short_notice"] = notice <= short_notice, notice.notna()
    rows = [(term, float(value[holds & said].sum()), float(value[said].sum()), int(said.sum())) for term, (holds, said) in flags.items()]
    found = pd.DataFrame(rows, columns=["term", "numerator", "denominator", "n"])
    found.insert(1, "share", (found["numerator"] / found["denominator"].where(found["denominator"] > 0)).astype("float64"))
    return found


def term_averages(contracts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Averages of what the contracts in force say, weighted by annual value: ``sum(x * value) / sum(value)`` over those that say it.

    Parameters
    ----------
    contracts
        ``contract_id, start_date, end_date, annual_value`` and those of ``uplift_rate, notice_days, payment_terms_days`` that are known.

    Returns
    -------
    DataFrame
        ``term`` (term_months, uplift_rate, notice_days, payment_terms_days), ``average``, ``n`` (contracts that state it).

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("ab"), "start_date": "2025-06-01", "end_date": None, "annual_value": [25.0, 75.0], "notice_days": [30, 90]})
    >>> term_averages(contracts, date(2026, 1, 1)).set_index("term")["average"].to_dict()
    {'term_months': nan, 'notice_days': 75.0}
    """
    need(contracts, "contract_id", "start_date", "end_date", "annual_value")
    live = running_contracts(contracts, as_of)
    value = live["annual_value"].astype("float64")
    months = (pd.to_datetime(live["end_date"]) - pd.to_datetime(live["start_date"])).dt.days * 12 / YEAR
    stated = {"term_months": months.astype("float64")}
    for column in ("uplift_rate", "notice_days", "payment_terms_days"):
        if column in live:
            stated[column] = pd.to_numeric(live[column], errors="coerce").astype("float64")
    rows = []
    for term, values in stated.items():
        known = values.notna()
        weight = float(value[known].sum())
        rows.append((term, float((values[known] * value[known]).sum()) / weight if weight else float("nan"), int(known.sum())))
    return pd.DataFrame(rows, columns=["term", "average", "n"])


def lost_on_terms(opportunities: pd.DataFrame) -> dict[str, float]:
    """Demand lost on billing or contract terms: ``lost for terms / decided``, by number of opportunities.

    Of what was decided, won and lost alike: a loss without a reason stays in the denominator, so the share is a floor.

    Parameters
    ----------
    opportunities
        ``status`` (open, won, lost), ``loss_reason``.

    Returns
    -------
    dict
        ``share`` (fraction, NaN where nothing is decided), ``numerator``, ``denominator`` (opportunities), ``uplift`` (how much more
        demand there would be without, ``1 / (1 - share)``).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost", "lost", "open"], "loss_reason": [None, "terms", "price", None]})
    >>> round(lost_on_terms(deals)["share"], 3)
    0.333
    """
    need(opportunities, "status", "loss_reason")
    decided = opportunities[opportunities["status"].isin(["won", "lost"])]
    lost, n = int(((decided["status"] == "lost") & (decided["loss_reason"] == "terms")).sum()), len(decided)
    share = lost / n if n else float("nan")
    return {"share": share, "numerator": lost, "denominator": n, "uplift": 1 / (1 - share) if share < 1 else float("nan")}
