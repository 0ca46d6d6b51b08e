"""Losses at renewal: a contract can only be lost when it comes up, so the rate is over what came up.

Money lost over all money under contract, month by month, smears the losses of yearly contracts over months in which nobody could leave.
"""

from datetime import date

import pandas as pd

from diligence.metrics.measure import need

RENEWED, LOST, OPEN = "renewed", "lost", "open"


def renewal_outcomes(contracts: pd.DataFrame, as_of: date, *, months: int = 12, grace_days: int = 90) -> pd.DataFrame:
    """Give the contracts that came up in the months before a date, and what became of each.

    A contract is renewed where another that names it begins no later than ``grace_days`` after its end or, where none names any, where the
    customer has such a one for the same product; one who comes back later was lost and is won again. What is not renewed is lost; within
    ``grace_days`` of the date it is open, unless the register calls it churned. What happens after the date plays no part.

    Parameters
    ----------
    contracts
        ``contract_id, customer_id, start_date, end_date`` (last day), ``annual_value`` (currency a year); ``product_id``,
        ``renews_contract_id``, ``status`` and ``end_reason`` where they are known.
    as_of
        Date from which one looks.
    months
        Months before it in which contracts came up.
    grace_days
        Days after an end in which a late renewal may still come.

    Returns
    -------
    DataFrame
        The contracts that came up, with ``outcome`` (``renewed``, ``lost``, ``open``), ``renewal`` (1 for a first renewal, 2 for the
        next) and ``end_reason`` (blank unless lost); evergreen contracts never come up.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": ["k1", "k2", "k3"], "customer_id": ["a", "a", "b"], "annual_value": [10.0, 12.0, 8.0],
    ...     "start_date": ["2024-01-01", "2025-01-01", "2024-02-01"], "end_date": ["2024-12-31", "2025-12-31", "2025-01-31"],
    ...     "renews_contract_id": [None, "k1", None]})
    >>> renewal_outcomes(contracts, date(2025, 6, 30))[["contract_id", "outcome"]].values.tolist()
    [['k1', 'renewed'], ['k3', 'lost']]
    """
    need(contracts, "contract_id", "customer_id", "start_date", "end_date", "annual_value")
    when = pd.Timestamp(as_of)
    known = contracts.assign(start=pd.to_datetime(contracts["start_date"]), end=pd.to_datetime(contracts["end_date"]))
    known = known[known["start"] <= when]
    up = known[(known["end"] <= when) & (known["end"] > when - pd.DateOffset(months=months))]
    renewed = _renewed(up, known, grace_days)
    late = up["end"] > when - pd.Timedelta(days=grace_days)
    churned = up["status"].isin(["churned", "cancelled"]) if "status" in up else pd.Series(False, index=up.index)
    outcome = pd.Series(LOST, index=up.index).mask(late & ~churned, OPEN).mask(renewed, RENEWED)
    reason = up["end_reason"] if "end_reason" in up else pd.Series(None, index=up.index, dtype="object")
    found = up.drop(columns=["start", "end"]).assign(
        outcome=outcome, renewal=_order(known).reindex(up["contract_id"]).to_numpy(), end_reason=reason.where(outcome == LOST)
    )
    return found.sort_values("contract_id", kind="stable", ignore_index=True)


def _renewed(up: pd.DataFrame, known: pd.DataFrame, grace_days: int) -> pd.Series:
    if "renews_contract_id" in known and known["renews_contract_id"].notna().any():
        names = known.loc[known["renews_contract_id"].notna(), ["renews_contract_id", "start"]]
        later = up[["contract_id", "end"]].merge(names, left_on="contract_id", right_on="renews_contract_id")
        return up["contract_id"].isin(later.loc[(later["start"] - later["end"]).dt.days <= grace_days, "contract_id"])
    keys = ["customer_id", *(["product_id"] if "product_id" in known else [])]
    later = up[[*keys, "contract_id", "start", "end"]].merge(known[[*keys, "start"]], on=keys, suffixes=("", "_next"))
    wait = (later["start_next"] - later["end"]).dt.days
    return up["contract_id"].isin(later.loc[(later["start_next"] > later["start"]) & (wait <= grace_days), "contract_id"])


def _order(known: pd.DataFrame) -> pd.Series:
    """Count the terms of each contract's chain up to it: the first one comes up for its first renewal."""
    order = pd.Series(1, index=known["contract_id"])
    if "renews_contract_id" not in known:
        return order
    before = pd.Series(known["renews_contract_id"].to_numpy(), index=known["contract_id"])
    earlier = before.where(before.isin(known["contract_id"]))
    for _ in range(len(known)):
        if not earlier.notna().any():
            break
        order = order + earlier.notna()
        earlier = earlier.map(before).where(lambda ids: ids.isin(known["contract_id"]))
    return order


def renewal_loss(outcomes: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Rate of loss among contracts that came up and are settled: ``lost value / (lost + renewed value)``, and by number.

    Parameters
    ----------
    outcomes
        As :func:`renewal_outcomes` gives it: ``outcome, annual_value``, and ``by`` where given.
    by
        A column to cut by, such as ``renewal``.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction of money), ``numerator, denominator`` (currency a year), ``count_value`` (fraction of contracts), ``lost, n``
        (contracts), ``open`` (currency a year, in neither).

    Examples
    --------
    >>> outcomes = pd.DataFrame({"outcome": ["lost", "renewed", "open"], "annual_value": [10.0, 30.0, 5.0]})
    >>> renewal_loss(outcomes)[["value", "count_value", "n"]].values.tolist()
    [[0.25, 0.5, 2.0]]
    """
    need(outcomes, "outcome", "annual_value", *([by] if by else []))
    value = outcomes["annual_value"].astype("float64")
    lost, kept = outcomes["outcome"] == LOST, outcomes["outcome"] == RENEWED
    frame = pd.DataFrame(
        {
            "numerator": value.where(lost, 0.0),
            "denominator": value.where(lost | kept, 0.0),
            "lost": lost.astype("int64"),
            "n": (lost | kept).astype("int64"),
            "open": value.where(outcomes["outcome"] == OPEN, 0.0),
        }
    )
    if by:
        sums = frame.groupby(outcomes[by], observed=True, sort=True).sum().reset_index()
    else:
        sums = frame.sum().to_frame().T.astype({"lost": "int64", "n": "int64"})
    sums.insert(1 if by else 0, "value", sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0))
    sums.insert(4 if by else 3, "count_value", sums["lost"] / sums["n"].where(sums["n"] > 0))
    return sums
