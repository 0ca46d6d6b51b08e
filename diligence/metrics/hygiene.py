"""Hygiene of the customer system: what of the pipeline cannot be believed as it stands."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

OPEN = "open"


def crm_hygiene(opportunities: pd.DataFrame, as_of: date, *, contacts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count what is amiss with opportunities: ``share = n / of`` for each check that the columns allow.

    Parameters
    ----------
    opportunities
        ``status``; ``amount, expected_close_on, created_on, closed_on, loss_reason, rep_id, customer_id`` where given.
    as_of
        A close date before this day is past.
    contacts
        ``customer_id``, ``left_on``: with it, open deals of known customers with fewer than two contacts are counted.

    Returns
    -------
    DataFrame
        ``check, n, of, share, amount`` (currency of the rows found). Checks: ``no_amount, no_close_date, close_date_past, no_owner``
        (of open deals), ``created_at_close`` (decided within a day of creation), ``no_loss_reason`` (of lost), ``single_contact``.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["open", "open"], "amount": [None, 5.0], "expected_close_on": ["2026-01-01", "2026-12-31"]})
    >>> crm_hygiene(deals, date(2026, 6, 30))[["check", "n"]].values.tolist()
    [['no_amount', 1], ['no_close_date', 0], ['close_date_past', 1]]
    """
    need(opportunities, "status")
    status = opportunities["status"].astype("str")
    money = (
        opportunities["amount"].astype("float64").fillna(0.0) if "amount" in opportunities else pd.Series(np.nan, index=opportunities.index)
    )
    still, lost = status.eq(OPEN), status.eq("lost")
    found: list[tuple[str, pd.Series, pd.Series]] = []
    if "amount" in opportunities:
        found.append(("no_amount", still & ~(opportunities["amount"].astype("float64") > 0), still))
    if "expected_close_on" in opportunities:
        expected = pd.to_datetime(opportunities["expected_close_on"])
        found.append(("no_close_date", still & expected.isna(), still))
        found.append(("close_date_past", still & (expected < pd.Timestamp(as_of)), still & expected.notna()))
    if "rep_id" in opportunities:
        found.append(("no_owner", still & opportunities["rep_id"].isna(), still))
    if {"created_on", "closed_on"} <= set(opportunities):
        days = (pd.to_datetime(opportunities["closed_on"]) - pd.to_datetime(opportunities["created_on"])).dt.days
        found.append(("created_at_close", days.le(1) & ~still, days.notna() & ~still))
    if "loss_reason" in opportunities:
        found.append(("no_loss_reason", lost & opportunities["loss_reason"].isna(), lost))
    if contacts is not None and "customer_id" in opportunities:
        need(contacts, "customer_id")
        here = contacts[contacts["left_on"].isna()] if "left_on" in contacts else contacts
        people = opportunities["customer_id"].map(here["customer_id"].value_counts()).astype("float64").fillna(0)
        known = still & opportunities["customer_id"].notna()
        found.append(("single_contact", known & (people < 2), known))
    rows = [
        (check, int(hit.sum()), int(of.sum()), hit.sum() / of.sum() if of.sum() else np.nan, float(money[hit].sum(min_count=0)))
        for check, hit, of in found
    ]
    return pd.DataFrame(rows, columns=["check", "n", "of", "share", "amount"])
