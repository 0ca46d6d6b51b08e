"""Time to value: from the first contract to first productive use, with those who are not live yet."""

import pandas as pd

from diligence.metrics.measure import need


def time_to_value_spans(
    customers: pd.DataFrame, as_of: pd.Timestamp, *, by: str | None = None, since: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Days from the first contract to first productive use; customers not live yet are censored at the as-of date.

    ``duration = went_live_on - acquired_on``. Leaving out those who are not live yet would show the fast ones only. A go-live before the contract is no
    span and is left out.

    Parameters
    ----------
    customers
        ``customer_id, acquired_on, went_live_on`` (dates) and ``by``.
    as_of
        Day on which the watch ends; customers acquired later are left out.
    since
        Only customers acquired on this day or later.

    Returns
    -------
    DataFrame
        ``customer_id, by, duration`` (days), ``observed`` (bool: live).

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b"], "acquired_on": pd.to_datetime(["2026-01-01", "2026-06-01"]), "went_live_on": pd.to_datetime(["2026-03-02", None])})
    >>> time_to_value_spans(customers, pd.Timestamp("2026-06-30"))[["duration", "observed"]].values.tolist()
    [[60, True], [29, False]]
    """
    need(customers, "customer_id", "acquired_on", "went_live_on", *([by] if by else []))
    signed, live = pd.to_datetime(customers["acquired_on"]), pd.to_datetime(customers["went_live_on"])
    live = live.where(live <= as_of)
    until = live.where(live.notna(), as_of)
    keep = signed.notna() & (until >= signed)
    if since is not None:
        keep &= signed >= since
    columns = ["customer_id", *([by] if by else [])]
    table = customers.loc[keep, columns].assign(duration=(until - signed)[keep].dt.days.astype("int64"), observed=live.notna()[keep])
    return table.reset_index(drop=True)
