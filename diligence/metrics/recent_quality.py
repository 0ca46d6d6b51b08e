"""The last months before a deal: is the run rate that is sold the one that stays, or was it brought forward?"""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import month_index, month_indices


def run_rate_quality(cube: pd.DataFrame, end: pd.Timestamp, *, months: int = 3) -> pd.DataFrame:
    """Hold the last months against the year: ``run rate = 12 / months x last months``, ``value = run rate / last twelve months - 1``.

    Parameters
    ----------
    cube
        ``month, amount``, and ``kind`` where it is known (``one_off`` and ``services`` do not recur).
    end
        Last whole month.
    months
        Months of the run rate.

    Returns
    -------
    DataFrame
        One row: ``value`` (fraction), ``run_rate, trailing`` (currency a year), ``passing_recent, passing_year`` (share of what does not
        recur, fraction), ``passing_excess`` (the difference). NaN where there are fewer than twelve months.

    Examples
    --------
    >>> cube = pd.DataFrame({"month": pd.date_range("2025-07-01", periods=12, freq="MS"), "amount": [10.0] * 9 + [12.0] * 3, "kind": "recurring"})
    >>> run_rate_quality(cube, pd.Timestamp("2026-06-01"))[["run_rate", "trailing"]].values.tolist()
    [[144.0, 126.0]]
    """
    need(cube, "month", "amount")
    index, last = month_indices(cube["month"]), month_index(end)
    amount = cube["amount"].to_numpy(dtype="float64")
    year, recent = (index <= last) & (index > last - 12), (index <= last) & (index > last - months)
    whole = bool(len(index)) and int(index.min()) <= last - 11
    trailing, run_rate = (float(amount[part].sum()) if whole else np.nan for part in (year, recent))
    run_rate *= 12 / months
    passing = cube["kind"].isin(["one_off", "services"]).to_numpy() if "kind" in cube else np.zeros(len(cube), dtype="bool")
    recent_share = float(amount[recent & passing].sum()) * 12 / months / run_rate if run_rate > 0 else np.nan
    year_share = float(amount[year & passing].sum()) / trailing if trailing > 0 else np.nan
    value = run_rate / trailing - 1 if trailing > 0 else np.nan
    row = (value, run_rate, trailing, recent_share, year_share, recent_share - year_share)
    return pd.DataFrame([row], columns=["value", "run_rate", "trailing", "passing_recent", "passing_year", "passing_excess"])


def early_renewals(contracts: pd.DataFrame, as_of: date, *, months: int = 3) -> pd.DataFrame:
    """Share of renewals that were brought forward: begun before the contract that they renew had ended, ``early value / renewed value``.

    Parameters
    ----------
    contracts
        ``contract_id, start_date, end_date, annual_value`` (currency a year), ``renews_contract_id``.
    as_of
        Date from which one looks.
    months
        Months before it in which the renewals began.

    Returns
    -------
    DataFrame
        One row: ``value`` (fraction), ``numerator, denominator`` (currency a year), ``n`` (renewals), ``median_days`` by which the early ones
        came before the end.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": ["k1", "k2"], "start_date": ["2025-01-01", "2026-06-01"], "end_date": ["2026-12-31", "2028-05-31"],
    ...     "annual_value": [10.0, 12.0], "renews_contract_id": [None, "k1"]})
    >>> early_renewals(contracts, date(2026, 6, 30))[["value", "n", "median_days"]].values.tolist()
    [[1.0, 1.0, 214.0]]
    """
    need(contracts, "contract_id", "start_date", "end_date", "annual_value", "renews_contract_id")
    when = pd.Timestamp(as_of)
    start = pd.to_datetime(contracts["start_date"])
    recent = contracts.assign(start=start)[(start <= when) & (start > when - pd.DateOffset(months=months))]
    ends = pd.Series(pd.to_datetime(contracts["end_date"]).to_numpy(), index=contracts["contract_id"])
    was = pd.to_datetime(ends[~ends.index.duplicated()].reindex(recent["renews_contract_id"].to_numpy()).to_numpy())
    ahead = pd.Series(was, index=recent.index) - recent["start"]
    renewals = recent.assign(ahead=ahead.dt.days + 1)[ahead.notna()]
    early = renewals[renewals["ahead"] > 0]
    above, below = float(early["annual_value"].sum()), float(renewals["annual_value"].sum())
    row = (above / below if below > 0 else np.nan, above, below, len(renewals), float(early["ahead"].median()) if len(early) else np.nan)
    return pd.DataFrame([row], columns=["value", "numerator", "denominator", "n", "median_days"])


def recent_discount(quotes: pd.DataFrame, end: pd.Timestamp, *, months: int = 3) -> pd.DataFrame:
    """Discount on what was won lately, over the discount of the nine months before: ``1 - sum(net x quantity) / sum(list x quantity)``.

    Parameters
    ----------
    quotes
        ``date, quantity, list_price, net_price`` (currency a unit), ``won``.
    end
        Last whole month.
    months
        Months of the recent part; the rest of the year is the earlier one.

    Returns
    -------
    DataFrame
        One row: ``value`` (recent less earlier, fraction), ``recent, earlier`` (fractions), ``n`` (quoted lines won in the year).

    Examples
    --------
    >>> quotes = pd.DataFrame({"date": pd.to_datetime(["2026-01-10", "2026-06-10"]), "quantity": 1.0, "list_price": 100.0, "net_price": [90.0, 70.0], "won": True})
    >>> recent_discount(quotes, pd.Timestamp("2026-06-01"))[["recent", "earlier"]].round(2).values.tolist()
    [[0.3, 0.1]]
    """
    need(quotes, "date", "quantity", "list_price", "net_price", "won")
    won = quotes[quotes["won"].fillna(False).astype("bool")]
    index, last = month_indices(won["date"]), month_index(end)
    asked, paid = (won[column] * won["quantity"] for column in ("list_price", "net_price"))
    shares = []
    for inside in ((index <= last) & (index > last - months), (index <= last - months) & (index > last - 12)):
        base = float(asked[inside].sum())
        shares.append(1 - float(paid[inside].sum()) / base if base > 0 else np.nan)
    n = int(((index <= last) & (index > last - 12)).sum())
    return pd.DataFrame([(shares[0] - shares[1], *shares, n)], columns=["value", "recent", "earlier", "n"])


def trend_deviation(series: pd.DataFrame, *, months: int = 24) -> pd.DataFrame:
    """How far months stand from their own trend: standard deviation of ``log(amount) - straight line`` over the last months.

    Smooth revenue stands within a few hundredths of its line; projects, true-ups and late invoices do not.

    Parameters
    ----------
    series
        ``month, amount``: one row a month; months with nothing or less have no logarithm and make it undefined.
    months
        Months looked back on.

    Returns
    -------
    DataFrame
        One row: ``value`` (fraction), ``largest`` (fraction, the furthest month, with its sign), ``month`` (that month), ``n`` (months).

    Examples
    --------
    >>> series = pd.DataFrame({"month": pd.date_range("2025-01-01", periods=6, freq="MS"), "amount": [100.0 * 1.01**t for t in range(6)]})
    >>> bool(trend_deviation(series)["value"].iloc[0] < 1e-9)
    True
    """
    need(series, "month", "amount")
    ordered = series.assign(m=month_indices(series["month"])).sort_values("m", kind="stable").tail(months)
    blank = pd.DataFrame([(np.nan, np.nan, pd.NaT, len(ordered))], columns=["value", "largest", "month", "n"])
    if ordered["m"].nunique() < 4 or not (ordered["amount"] > 0).all():
        return blank
    logs = np.log(ordered["amount"].to_numpy(dtype="float64"))
    place = ordered["m"].to_numpy(dtype="float64") - float(ordered["m"].mean())
    rest = logs - logs.mean() - place * float((place * logs).sum() / (place**2).sum())
    worst = int(np.argmax(np.abs(rest)))
    value = float(np.sqrt((rest**2).sum() / (len(rest) - 2)))
    row = (value, float(np.expm1(rest[worst])), ordered["month"].iloc[worst], len(ordered))
    return pd.DataFrame([row], columns=["value", "largest", "month", "n"])
