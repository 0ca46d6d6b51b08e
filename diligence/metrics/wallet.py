"""Wallet: what of an account's spend on this kind of offer goes to the target, and what is left to expand into."""

import pandas as pd

from diligence.metrics.measure import need


def wallets(held: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Lay own revenue beside the potential of each named account that is a customer.

    ``wallet = potential``, ``share = amount / wallet``, ``headroom = max(wallet - amount, 0)``. A customer that spends more than its stated
    potential has no headroom, and shows that the potential is understated.

    Parameters
    ----------
    held
        ``account_id`` (ultimate parent), ``amount`` (currency a year), one or more rows an account.
    accounts
        ``account_id`` (ultimate parent), ``segment, potential`` (currency a year): the named accounts that are customers.

    Returns
    -------
    DataFrame
        ``account_id, segment, amount, wallet, share, headroom``; only accounts that both tables know, with a potential above zero.

    Examples
    --------
    >>> held = pd.DataFrame({"account_id": ["a", "a"], "amount": [20.0, 10.0]})
    >>> wallets(held, pd.DataFrame({"account_id": ["a"], "segment": ["mid"], "potential": [40.0]})).values.tolist()
    [['a', 'mid', 30.0, 40.0, 0.75, 10.0]]
    """
    need(held, "account_id", "amount")
    need(accounts, "account_id", "segment", "potential")
    own = held.assign(account_id=held["account_id"].astype("str")).groupby("account_id", observed=True)["amount"].sum().astype("float64")
    known = accounts.assign(account_id=accounts["account_id"].astype("str"), potential=accounts["potential"].astype("float64"))
    known = known.groupby("account_id", sort=True).agg(segment=("segment", "min"), wallet=("potential", "sum")).reset_index()
    known = known[(known["wallet"] > 0) & known["account_id"].isin(own.index)]
    amount = known["account_id"].map(own).astype("float64")
    table = known.assign(amount=amount, share=amount / known["wallet"], headroom=(known["wallet"] - amount).clip(lower=0))
    return table[["account_id", "segment", "amount", "wallet", "share", "headroom"]].reset_index(drop=True)


def wallet_share(table: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Share of wallet: ``sum(amount) / sum(wallet)``, a ratio of sums and not a mean of shares; and headroom over revenue.

    Parameters
    ----------
    table
        As :func:`wallets` gives it.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction), ``numerator, denominator`` (currency a year), ``headroom`` (currency a year), ``headroom_ratio`` (over revenue), ``n``.

    Examples
    --------
    >>> table = pd.DataFrame({"amount": [30.0, 10.0], "wallet": [40.0, 60.0], "headroom": [10.0, 50.0]})
    >>> wallet_share(table)[["value", "headroom_ratio"]].values.tolist()
    [[0.4, 1.5]]
    """
    need(table, "amount", "wallet", "headroom", *([by] if by else []))
    frame = pd.DataFrame({"numerator": table["amount"], "denominator": table["wallet"], "headroom": table["headroom"], "n": 1})
    if by:
        frame[by] = table[by].astype("str")
        sums = frame.groupby(by, sort=True).sum().reset_index()
    else:
        sums = frame.sum().to_frame().T.astype({"n": "int64"})
    sums.insert(1 if by else 0, "value", sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0))
    sums["headroom_ratio"] = sums["headroom"] / sums["numerator"].where(sums["numerator"] > 0)
    return sums[[*([by] if by else []), "value", "numerator", "denominator", "headroom", "headroom_ratio", "n"]]
