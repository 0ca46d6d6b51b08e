"""Penetration and white space: how much of the named market is taken, and how much is left to win.

Accounts are ultimate parents (:func:`diligence.metrics.market_size.named_accounts`): counted by sites, a group that is a customer at one of
ten looks nine times open. What is left is net of what rivals hold and will not give up.
"""

import pandas as pd

from diligence.metrics.measure import need

WEIGHTS = ("accounts", "fit", "money")


def penetration(accounts: pd.DataFrame, *, by: str | None = "segment", weight: str = "accounts") -> pd.DataFrame:
    """Penetration of the named market: ``sum(weight of sold accounts) / sum(weight of all)``.

    Parameters
    ----------
    accounts
        ``account, potential, fit, sold`` (bool) and ``by``.
    by
        A column to cut by, or None.
    weight
        ``accounts``: each counts one; ``fit``: by the probability that the offer fits; ``money``: by potential times fit.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction), ``numerator, denominator`` (of the weight), ``n`` (accounts).

    Examples
    --------
    >>> accounts = pd.DataFrame({"account": list("abc"), "segment": "mid", "potential": 10.0, "fit": [0.9, 0.6, 0.3], "sold": [True, False, False]})
    >>> penetration(accounts)["value"].round(3).tolist(), penetration(accounts, weight="fit")["value"].round(3).tolist()
    ([0.333], [0.5])
    """
    need(accounts, "account", "potential", "fit", "sold", *([by] if by else []))
    weights = account_weights(accounts, weight)
    frame = accounts.assign(numerator=weights.where(accounts["sold"].astype("bool"), 0.0), denominator=weights, n=1)
    frame = frame[weights.notna()]
    return _ratio(frame, by)


def account_weights(accounts: pd.DataFrame, weight: str) -> pd.Series:
    """Give what each account counts for: 1, its fit, or ``potential x fit``.

    >>> account_weights(pd.DataFrame({"potential": [10.0], "fit": [0.5]}), "money").tolist()
    [5.0]
    """
    need(accounts, "potential", "fit")
    if weight == "accounts":
        return pd.Series(1.0, index=accounts.index)
    fit = accounts["fit"].astype("float64")
    return fit if weight == "fit" else accounts["potential"].astype("float64") * fit


def white_space(accounts: pd.DataFrame, *, by: str | None = "segment", locked: pd.Series | None = None) -> pd.DataFrame:
    """White space: what accounts that are not customers could spend, weighted by fit, and what of it can be obtained.

    ``open = sum(potential x fit)`` over unsold accounts; ``obtainable = open x (1 - locked)``, where ``locked`` is the share of the unsold that
    rivals hold and keep (:func:`locked_share`). The obtainable share is never above what incumbents leave.

    Parameters
    ----------
    accounts
        ``account, potential, fit, sold`` and ``by``.
    locked
        Share locked in (fraction), indexed by the values of ``by``; a value that it lacks leaves the obtainable part unknown. Left out,
        the obtainable part is unknown everywhere.

    Returns
    -------
    DataFrame
        ``by, accounts`` (unsold), ``fitting`` (unsold accounts weighted by fit), ``amount`` (currency a year), ``obtainable_accounts,
        obtainable`` (the same less what is locked in), ``penetration`` (sold over sold and obtainable, weighted by fit).

    Examples
    --------
    >>> accounts = pd.DataFrame({"account": list("abc"), "segment": "mid", "potential": 10.0, "fit": [0.9, 0.6, 0.3], "sold": [True, False, False]})
    >>> white_space(accounts, locked=pd.Series({"mid": 0.4}))[["amount", "obtainable", "penetration"]].round(3).values.tolist()
    [[9.0, 5.4, 0.625]]
    """
    need(accounts, "account", "potential", "fit", "sold", *([by] if by else []))
    taken = accounts["sold"].astype("bool")
    fit = accounts["fit"].astype("float64")
    frame = accounts.assign(
        accounts=(~taken).astype("int64"),
        fitting=fit.where(~taken, 0.0),
        amount=(accounts["potential"] * fit).astype("float64").where(~taken, 0.0),
        taken=fit.where(taken, 0.0),
        whole="",
    )
    key = by or "whole"
    columns = ["accounts", "fitting", "amount", "taken"]
    table = frame.groupby(key, observed=True, sort=True)[columns].sum(min_count=1).reset_index()
    kept = 1 - table[key].astype("str").map(locked if locked is not None else pd.Series(dtype="float64")).astype("float64").clip(0, 1)
    table = table.assign(obtainable_accounts=table["fitting"] * kept, obtainable=table["amount"] * kept)
    whole = table["taken"] + table["obtainable_accounts"]
    table["penetration"] = table["taken"] / whole.where(whole > 0)
    return table.drop(columns=["taken", *([] if by else ["whole"])])


def locked_share(rivals: pd.DataFrame, switching: pd.DataFrame) -> pd.DataFrame:
    """Share of the unsold market that rivals hold and keep: ``locked = held / (1 - own) x (1 - win rate against a rival)``.

    ``held`` is the rivals' share of the segment's spend and ``own`` the target's; what is neither is with nobody of note and open.

    Parameters
    ----------
    rivals
        ``segment, competitor, share`` (fraction of the segment's spend) of one year; the target is the row ``self``.
    switching
        ``segment, value``: win rate in deals with a named rival.

    Returns
    -------
    DataFrame
        ``segment, held`` (of the unsold), ``switching, locked`` (fractions). NaN where a side lacks.

    Examples
    --------
    >>> rivals = pd.DataFrame({"segment": "mid", "competitor": ["self", "A", "B"], "share": [0.5, 0.3, 0.1]})
    >>> locked_share(rivals, pd.DataFrame({"segment": ["mid"], "value": [0.25]}))[["held", "locked"]].round(2).values.tolist()
    [[0.8, 0.6]]
    """
    need(rivals, "segment", "competitor", "share")
    need(switching, "segment", "value")
    own = rivals["competitor"] == "self"
    shares = rivals.assign(own=rivals["share"].where(own, 0.0), held=rivals["share"].where(~own, 0.0).astype("float64"))
    table = shares.groupby("segment", sort=True)[["own", "held"]].sum().astype("float64")
    open_part = 1 - table["own"]
    table["held"] = (table["held"] / open_part.where(open_part > 0)).clip(0, 1)
    table["switching"] = table.index.map(switching.drop_duplicates("segment").set_index("segment")["value"]).astype("float64")
    table["locked"] = table["held"] * (1 - table["switching"])
    return table.drop(columns="own").reset_index()


def _ratio(frame: pd.DataFrame, by: str | None) -> pd.DataFrame:
    columns = ["numerator", "denominator", "n"]
    sums = frame.groupby(by, observed=True, sort=True)[columns].sum().reset_index() if by else frame[columns].sum().to_frame().T
    sums.insert(1 if by else 0, "value", sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0))
    return sums.astype({"n": "int64"})
