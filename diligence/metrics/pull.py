"""Pull: what comes because the company is known, by its name, by a customer's word, or unasked."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

PULL = (
    "branded_search",
    "brand_search",
    "branded",
    "direct",
    "direct_traffic",
    "referral",
    "named_request",
    "word_of_mouth",
    "unsolicited_rfp",
)
"""Channels that count as pull, as intake writes them; organic search is not among them, since its terms are not known."""


def pulled(demand: pd.DataFrame, *, pull: tuple[str, ...] = PULL) -> pd.Series:
    """Say of each row whether it came by the name: ``channel in pull``, without regard to case, spaces or hyphens; a blank did not.

    Examples
    --------
    >>> pulled(pd.DataFrame({"channel": ["Branded search", "outbound", None]})).tolist()
    [True, False, False]
    """
    need(demand, "channel")
    named = demand["channel"].astype("str").str.lower().str.replace(r"[\s-]+", "_", regex=True)
    return (named.isin(pull) & demand["channel"].notna()).rename("pulled")


def pull_share(demand: pd.DataFrame, *, pull: tuple[str, ...] = PULL) -> pd.DataFrame:
    """Give the share of demand that was pulled by the name: ``pull / all``, in number and in money.

    Parameters
    ----------
    demand
        Opportunities or leads: ``channel``, and ``amount`` (currency) where it has one.
    pull
        Channels that count as pull, without regard to case, spaces or hyphens.

    Returns
    -------
    DataFrame
        One row: ``n``, ``pull``, ``share``, ``amount``, ``pull_amount``, ``amount_share`` (NaN without money), ``unknown`` (rows without a
        channel, which are in ``n`` and not in ``pull``).

    Examples
    --------
    >>> deals = pd.DataFrame({"channel": ["referral", "outbound", "Branded search", None], "amount": [1.0, 5.0, 2.0, 2.0]})
    >>> pull_share(deals)[["share", "amount_share", "unknown"]].values.tolist()
    [[0.5, 0.3, 1.0]]
    """
    mine = pulled(demand, pull=pull).to_numpy()
    n, amount, part = len(demand), np.nan, np.nan
    if "amount" in demand:
        money = demand["amount"].astype("float64")
        amount, part = float(money.sum()), float(money[mine].sum())
    row = (n, int(mine.sum()), mine.sum() / n if n else np.nan, amount, part, part / amount if amount > 0 else np.nan)
    columns = ["n", "pull", "share", "amount", "pull_amount", "amount_share"]
    return pd.DataFrame([row], columns=columns).assign(unknown=int(demand["channel"].isna().sum()))


def referral_share(customers: pd.DataFrame) -> pd.DataFrame:
    """Give the share of customers that another customer brought: ``referred / n``, and how many customers ever brought one.

    Parameters
    ----------
    customers
        ``customer_id``; ``referred_by`` (id of a customer) or ``sourced_by``; a customer counts once where both say so.

    Returns
    -------
    DataFrame
        One row: ``n``, ``referred``, ``share``, ``referrers`` (customers named), ``most_by_one`` (the most that one customer brought).

    Examples
    --------
    >>> listed = pd.DataFrame({"customer_id": list("abcd"), "referred_by": [None, "a", "a", None]})
    >>> referral_share(listed).values.tolist()
    [[4.0, 2.0, 0.5, 1.0, 2.0]]
    """
    need(customers, "customer_id")
    if "sourced_by" not in customers:
        need(customers, "referred_by")
    named = customers["referred_by"].notna() if "referred_by" in customers else pd.Series(False, index=customers.index)
    told = customers["sourced_by"].astype("str").eq("referral") if "sourced_by" in customers else pd.Series(False, index=customers.index)
    referred = int((named | told).sum())
    by_one = customers.loc[named, "referred_by"].value_counts() if "referred_by" in customers else pd.Series(dtype="int64")
    n = len(customers)
    row = (n, referred, referred / n if n else np.nan, len(by_one), int(by_one.max()) if len(by_one) else 0)
    return pd.DataFrame([row], columns=["n", "referred", "share", "referrers", "most_by_one"])
