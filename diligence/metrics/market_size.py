"""The size of the market by two methods side by side: named accounts counted, and estimates from above.

A market that is a percentage of a larger one has not been counted. What is counted here is a list of named accounts with what each could
spend and how likely the offer fits; estimates from above stand beside it, never in its place.
"""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

ACCOUNT = ["account", "segment", "country", "potential", "fit", "sold", "sites"]


def named_accounts(universe: pd.DataFrame, customers: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give the named accounts, one row for each ultimate parent: sites of one customer group are one account.

    ``potential = sum of sites``, ``fit = sum(potential x fit) / sum(potential)``. A parent is of the segment (and country) in which its
    potential is the largest. Accounts that are not customers have no parent on record and stand for themselves.

    Parameters
    ----------
    universe
        ``account_id, segment``, and where known ``country, potential`` (currency a year), ``fit`` (0 to 1), ``customer_id`` (blank where it is
        no customer).
    customers
        ``customer_id, account_id`` (ultimate parent). Left out, every customer is its own parent.

    Returns
    -------
    DataFrame
        ``account, segment, country, potential, fit, sold`` (bool), ``sites`` (count); in order of ``account``.

    Examples
    --------
    >>> universe = pd.DataFrame({"account_id": ["u1", "u2", "u3"], "segment": "mid", "potential": [10.0, 30.0, 20.0],
    ...     "fit": [1.0, 0.5, 0.4], "customer_id": ["c1", "c2", None]})
    >>> parents = pd.DataFrame({"customer_id": ["c1", "c2"], "account_id": ["c1", "c1"]})
    >>> named_accounts(universe, parents)[["account", "potential", "fit", "sold", "sites"]].values.tolist()
    [['customer c1', 40.0, 0.625, True, 2], ['u3', 20.0, 0.4, False, 1]]
    """
    need(universe, "account_id", "segment")
    found = universe.reindex(columns=["account_id", "segment", "country", "potential", "fit", "customer_id"])
    found = found.astype({"potential": "float64", "fit": "float64"}).dropna(subset=["segment"])
    customer = found["customer_id"].where(found["customer_id"].notna() & (found["customer_id"].astype("str") != ""))
    owner = customer.astype("str")
    if customers is not None:
        need(customers, "customer_id", "account_id")
        parent = (
            customers.dropna(subset=["customer_id"]).drop_duplicates("customer_id").set_index("customer_id")["account_id"].astype("str")
        )
        owner = customer.map(parent).where(lambda known: known.notna(), owner)
    sold = customer.notna()
    found = found.assign(account=("customer " + owner.astype("str")).where(sold, found["account_id"].astype("str")), sold=sold)
    found = found.assign(fitted=found["potential"] * found["fit"], known=found["potential"].where(found["fit"].notna()))
    by_size = found.sort_values(["account", "potential", "segment", "country"], ascending=[True, False, True, True], kind="stable")
    grouped = by_size.groupby("account", sort=True)
    table = grouped.agg(
        segment=("segment", "first"), country=("country", "first"), fit=("fit", "mean"), sold=("sold", "first"), sites=("account", "size")
    )
    sums = grouped[["potential", "fitted", "known"]].sum(min_count=1)
    weighted = sums["fitted"] / sums["known"].where(sums["known"] > 0)
    table = table.assign(potential=sums["potential"], fit=weighted.where(weighted.notna(), table["fit"]))
    return table.reset_index().astype({"sites": "int64"})[ACCOUNT]


def bottom_up_market(accounts: pd.DataFrame, *, by: str | None = "segment") -> pd.DataFrame:
    """Market size counted from named accounts: ``TAM = sum(potential)``, ``SAM = sum(potential x fit)``.

    Parameters
    ----------
    accounts
        As :func:`named_accounts` gives them: ``account, potential, fit`` and ``by``.

    Returns
    -------
    DataFrame
        ``by, accounts`` (count), ``fitting`` (accounts weighted by fit), ``tam, sam`` (currency a year); NaN where nothing is known.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account": ["a", "b"], "segment": "mid", "potential": [40.0, 20.0], "fit": [0.5, 0.4]})
    >>> bottom_up_market(accounts)[["accounts", "tam", "sam"]].values.tolist()
    [[2.0, 60.0, 28.0]]
    """
    need(accounts, "account", "potential", "fit", *([by] if by else []))
    frame = accounts.assign(accounts=1, fitting=accounts["fit"], tam=accounts["potential"], sam=accounts["potential"] * accounts["fit"])
    columns = ["accounts", "fitting", "tam", "sam"]
    if by:
        return frame.groupby(by, observed=True, sort=True)[columns].sum(min_count=1).reset_index()
    return frame[columns].sum(min_count=1).to_frame().T


def top_down_market(market: pd.DataFrame, *, year: int | None = None, by: str | None = "segment") -> pd.DataFrame:
    """Market size estimated from above, in one year: ``accounts, tam, sam`` as the table states them, summed over its rows.

    Parameters
    ----------
    market
        ``segment, year`` and where known ``accounts`` (count), ``tam, sam`` (currency a year).
    year
        The latest one, where left out. A year that the table lacks gives no rows: nothing is carried forward.

    Returns
    -------
    DataFrame
        ``by, year, accounts, tam, sam``.

    Examples
    --------
    >>> market = pd.DataFrame({"segment": ["mid", "mid"], "year": [2025, 2026], "accounts": [9, 10], "tam": [90.0, 99.0], "sam": [40.0, 44.0]})
    >>> top_down_market(market)["sam"].tolist()
    [44.0]
    """
    need(market, "segment", "year")
    found = market.reindex(columns=list(dict.fromkeys(["segment", "year", "accounts", "tam", "sam", *([by] if by else [])])))
    found = found.astype({"accounts": "float64", "tam": "float64", "sam": "float64"}).dropna(subset=["year"])
    wanted = found["year"].max() if year is None else year
    keys = [*([by] if by else []), "year"]
    return found[found["year"] == wanted].groupby(keys, sort=True)[["accounts", "tam", "sam"]].sum(min_count=1).reset_index()


def market_triangulation(accounts: pd.DataFrame, market: pd.DataFrame, *, year: int | None = None) -> pd.DataFrame:
    """Hold the two methods side by side, by segment: ``ratio = bottom up / top down``; 1 is agreement.

    A SAM that is the same share of TAM in every segment and year is a percentage of a market, not a count: ``share_of_tam`` shows it.

    Parameters
    ----------
    accounts
        As :func:`named_accounts` gives them.
    market
        As for :func:`top_down_market`.

    Returns
    -------
    DataFrame
        ``segment, method_low`` (``bottom_up`` or ``top_down``: which SAM is lower), and for ``accounts, tam, sam`` each: ``_bottom_up``,
        ``_top_down``, ``_ratio``; ``share_of_tam`` (SAM over TAM from above). NaN where one method does not know the segment.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account": ["a", "b"], "segment": "mid", "potential": [40.0, 20.0], "fit": [0.5, 0.4]})
    >>> market = pd.DataFrame({"segment": ["mid"], "year": [2026], "accounts": [4], "tam": [60.0], "sam": [35.0]})
    >>> market_triangulation(accounts, market)[["accounts_ratio", "sam_ratio"]].round(2).values.tolist()
    [[0.5, 0.8]]
    """
    below = bottom_up_market(accounts).set_index("segment")[["accounts", "tam", "sam"]].astype("float64")
    above = top_down_market(market, year=year).set_index("segment")[["accounts", "tam", "sam"]]
    both = below.join(above, how="outer", lsuffix="_bottom_up", rsuffix="_top_down").sort_index()
    for name in ("accounts", "tam", "sam"):
        down = both[f"{name}_top_down"]
        both[f"{name}_ratio"] = both[f"{name}_bottom_up"] / down.where(down > 0)
    both["share_of_tam"] = both["sam_top_down"] / both["tam_top_down"].where(both["tam_top_down"] > 0)
    lower = np.where(both["sam_bottom_up"] < both["sam_top_down"], "bottom_up", "top_down")
    both.insert(0, "method_low", pd.Series(lower, index=both.index, dtype="str").where(both["sam_ratio"].notna(), ""))
    return both.rename_axis("segment").reset_index()


def market_growth(market: pd.DataFrame, *, start: int, end: int, measure: str = "sam", by: str | None = "segment") -> pd.DataFrame:
    """Growth of the market a year: ``(end / start)^(1 / years) - 1``.

    Parameters
    ----------
    market
        As for :func:`top_down_market`.
    start, end
        Years of the table.
    measure
        ``sam``, ``tam`` or ``accounts``.

    Returns
    -------
    DataFrame
        ``by, value`` (fraction a year), ``numerator`` (at the end), ``denominator`` (at the start); NaN where a year lacks.

    Examples
    --------
    >>> market = pd.DataFrame({"segment": "mid", "year": [2024, 2026], "sam": [100.0, 121.0]})
    >>> market_growth(market, start=2024, end=2026)["value"].round(4).tolist()
    [0.1]
    """
    keys = [by] if by else []
    ends = [top_down_market(market, year=year, by=by).set_index(keys or "year")[measure] for year in (start, end)]
    if not by:
        ends = [one.reset_index(drop=True) for one in ends]
    both = pd.concat({"denominator": ends[0], "numerator": ends[1]}, axis=1).astype("float64").sort_index()
    years = end - start
    both["value"] = (both["numerator"] / both["denominator"].where(both["denominator"] > 0)) ** (1 / years if years else np.nan) - 1
    return both.reset_index(drop=not by)[[*keys, "value", "numerator", "denominator"]]
