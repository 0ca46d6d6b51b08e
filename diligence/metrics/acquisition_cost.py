"""What a new customer costs: three loadings, lagged by the cycle, with what cannot be allocated shown; payback, LTV to CAC, magic number.

Loadings, each within the next: ``media`` is money paid for reach (search, social, display ...), ``programme`` all marketing programmes,
``loaded`` everything that is spent to sell: people, tools and commission as well. The loaded one is the only one that can be held against
what a customer is worth.
"""

import re
from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.attribution import quarters
from diligence.metrics.measure import need
from diligence.periods import add_months, month_index, month_indices, month_start

LOADINGS = ("media", "programme", "loaded")
UNALLOCATED = "(unallocated)"
MEDIA = re.compile(
    r"paid|search_ads|adwords|ads\b|display|social|tv|television|radio|print|ooh|outdoor|facebook|linkedin|affiliate|sponsor"
)
NO_CHANNEL = frozenset({"", "all", "none", "general", "overhead", "(not given)", "unallocated", "other"})
"""Words by which books say that a cost is of no channel."""
NAN = float("nan")


def is_media(channels: pd.Series) -> pd.Series:
    """Say for each channel whether it is bought reach, by its name; organic channels are none.

    >>> is_media(pd.Series(["paid_search", "organic_social", "events"])).tolist()
    [True, False, False]
    """
    words = channels.fillna("").astype("str").str.lower()
    return words.str.contains(MEDIA) & ~words.str.contains("organic|unpaid|earned")


def costs_by_loading(spend: pd.DataFrame) -> pd.DataFrame:
    """Give the spend of each loading: a row of spend stands once in every loading that it belongs to.

    Parameters
    ----------
    spend
        ``month, channel, amount`` (currency), and ``kind`` (programme, people, tools, commission; blank is programme) and ``segment`` where given.

    Returns
    -------
    DataFrame
        ``loading, month, channel, segment, amount``; a channel that names none is ``(unallocated)``, as is a blank segment.

    Examples
    --------
    >>> spend = pd.DataFrame({"month": ["2026-06-01"] * 2, "channel": ["events", "all"], "amount": [5.0, 9.0], "kind": ["programme", "people"]})
    >>> costs_by_loading(spend).groupby("loading")["amount"].sum().to_dict()
    {'loaded': 14.0, 'programme': 5.0}
    """
    need(spend, "month", "channel", "amount")
    kind = spend["kind"].fillna("programme") if "kind" in spend.columns else pd.Series("programme", index=spend.index)
    channel = spend["channel"].fillna("").astype("str")
    named = channel.where(~channel.str.strip().str.lower().isin(NO_CHANNEL), UNALLOCATED)
    segment = spend["segment"] if "segment" in spend.columns else pd.Series(None, index=spend.index, dtype="object")
    base = pd.DataFrame(
        {"month": pd.to_datetime(spend["month"]), "channel": named, "segment": segment.fillna(UNALLOCATED), "amount": spend["amount"]}
    )
    programme = (kind == "programme").to_numpy(dtype="bool")
    kept = {
        "media": programme & is_media(channel).to_numpy(dtype="bool"),
        "programme": programme,
        "loaded": np.ones(len(base), dtype="bool"),
    }
    parts = [base[kept[loading]].assign(loading=loading) for loading in LOADINGS]
    found = pd.concat(parts, ignore_index=True)[["loading", "month", "channel", "segment", "amount"]]
    return found.astype({"amount": "float64"})


def acquisition_cost(
    costs: pd.DataFrame, won: pd.DataFrame, *, end: pd.Timestamp, months: int = 12, lag_months: int = 0, by: str | None = None
) -> pd.DataFrame:
    """Give the cost of a new customer: ``CAC = cost of the months before the cycle / customers won in the period``.

    The money that won a customer was spent before: costs are taken from a window that lies ``lag_months`` earlier. By channel or segment only
    costs booked there are taken; the rest stands in the row ``(unallocated)``, and ``cost_spread`` shows what each would bear if it were spread
    by customers won. Where nothing was booked, or nothing won, the ratio is NaN.

    Parameters
    ----------
    costs
        ``loading, month, amount`` (currency) and ``by``, as :func:`costs_by_loading` gives it.
    won
        ``closed_on, amount`` (currency a year) and ``by``: one row a customer.
    end
        Last month of the period.
    months
        Length of the period.
    lag_months
        Length of the cycle in months.
    by
        ``channel``, ``segment`` or another column of both.

    Returns
    -------
    DataFrame
        ``by, loading, cost, customers, amount, cac`` (currency a customer), ``cost_ratio`` (cost for one of new annual revenue), and with ``by``
        ``cost_spread``.

    Notes
    -----
    SaaS Metrics Standards Board: fully loaded, new customers apart.

    Examples
    --------
    >>> costs = pd.DataFrame({"loading": "loaded", "month": pd.to_datetime(["2026-04-01", "2026-06-01"]), "amount": [900.0, 7.0]})
    >>> won = pd.DataFrame({"closed_on": ["2026-06-09"] * 3, "amount": [100.0, 200.0, 300.0]})
    >>> acquisition_cost(costs, won, end=pd.Timestamp("2026-06-01"), months=1, lag_months=2)["cac"].tolist()
    [300.0]
    """
    need(costs, "loading", "month", "amount", *([by] if by else []))
    need(won, "closed_on", "amount", *([by] if by else []))
    last = month_index(end)
    booked, closed = month_indices(costs["month"]), pd.to_datetime(won["closed_on"])
    paid = costs[(booked <= last - lag_months) & (booked > last - lag_months - months)]
    window = (closed >= month_start(last - months + 1)) & (closed < month_start(last + 1))
    inside = won[window]
    keys = [by] if by else []
    cost = paid.assign(**({by: _named(paid[by])} if by else {})).groupby([*keys, "loading"], observed=True)["amount"].sum().rename("cost")
    gained = inside.assign(customers=1.0, all="", **({by: _named(inside[by])} if by else {}))
    sums = gained.groupby(by or "all", observed=True)[["customers", "amount"]].sum()
    loadings = [name for name in LOADINGS if name in set(costs["loading"])] + sorted(set(costs["loading"]) - set(LOADINGS))
    names = sorted(set(sums.index) | set(cost.index.get_level_values(by))) if by else [""]
    grid = pd.MultiIndex.from_product([names, loadings], names=[by or "all", "loading"]).to_frame(index=False)
    found = grid.join(cost, on=[*keys, "loading"]).join(sums, on=by or "all")
    found[["customers", "amount"]] = found[["customers", "amount"]].fillna(0.0)
    if not by:
        found["cost"] = found["cost"].fillna(0.0)
    found["cac"] = found["cost"] / found["customers"].where(found["customers"] > 0)
    found["cost_ratio"] = found["cost"] / found["amount"].where(found["amount"] > 0)
    if not by:
        return found[["loading", "cost", "customers", "amount", "cac", "cost_ratio"]]
    return _spread(found, by)[[by, "loading", "cost", "customers", "amount", "cac", "cost_ratio", "cost_spread"]]


def _named(values: pd.Series) -> pd.Series:
    return values.fillna(UNALLOCATED).astype("str")


def _spread(found: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add what each would bear with the unallocated cost spread by customers won: shown beside, never put in silently."""
    loose = found[by] == UNALLOCATED
    rest = found["loading"].map(found[loose].set_index("loading")["cost"]).astype("float64").fillna(0.0)
    customers = found["customers"].where(~loose, 0.0)
    whole = customers.groupby(found["loading"]).transform("sum")
    spread = found["cost"].fillna(0.0) + rest * customers / whole.where(whole > 0)
    return found.assign(cost_spread=spread.where(~loose, NAN))


def payback_months(cost: float, *, new_annual: float, gross_margin: float) -> float:
    """Give the months after which new customers have paid back what they cost: ``cost / (new_annual / 12 x gross_margin)``.

    Cost and revenue are both of the period, so that the customers drop out and months remain. The form *CAC over monthly new revenue*, which
    is in circulation, divides the cost of one customer by the revenue of all: its unit is months per customer.

    Parameters
    ----------
    cost
        Of the period, lagged by the cycle (currency).
    new_annual
        Annual revenue won in the period (currency a year).
    gross_margin
        Fraction.

    Examples
    --------
    >>> payback_months(1_200.0, new_annual=1_200.0, gross_margin=0.8)
    15.0
    """
    monthly = new_annual / 12 * gross_margin
    return float(cost / monthly) if monthly > 0 else NAN


def lifetime_to_cost(lifetime_value: float, cost: float) -> float:
    """Give what a customer is worth over what one costs: ``lifetime_value / cost``. The lifetime value is discounted margin from survival.

    >>> lifetime_to_cost(30_000.0, 10_000.0)
    3.0
    """
    return float(lifetime_value / cost) if cost > 0 else NAN


def magic_number(recurring: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Give the magic number by quarter: ``net new annual recurring revenue of the quarter / sales and marketing cost of the quarter before``.

    Parameters
    ----------
    recurring
        ``month, amount`` (annualised recurring revenue at the end of the month, currency a year).
    costs
        ``month, amount`` (all sales and marketing cost, currency).

    Returns
    -------
    DataFrame
        ``quarter, net_new, cost`` (of the quarter before), ``value``, and ``smoothed``: four quarters together over the four before.

    Notes
    -----
    Scale Venture Partners' magic number, on annualised revenue; quarters of the calendar, whole ones alone.

    Examples
    --------
    >>> months = pd.date_range("2025-12-01", "2026-06-01", freq="MS")
    >>> recurring = pd.DataFrame({"month": months, "amount": [100.0, 100, 100, 120, 130, 140, 150]})
    >>> magic_number(recurring, pd.DataFrame({"month": months, "amount": 10.0}))[["quarter", "value"]].tail(1).values.tolist()
    [['2026Q2', 1.0]]
    """
    need(recurring, "month", "amount")
    need(costs, "month", "amount")
    levels = recurring.groupby(month_indices(recurring["month"]))["amount"].sum()
    paid = costs.groupby(month_indices(costs["month"]))["amount"].sum()
    rows = []
    for month in levels.index:
        if month % 3 != 2 or month - 3 not in levels.index:
            continue
        before = [month - 3 - back for back in range(3)]
        known = set(before) <= set(paid.index)
        rows.append((month, levels[month] - levels[month - 3], float(paid[before].sum()) if known else NAN))
    found = pd.DataFrame(rows, columns=["month", "net_new", "cost"])
    found["value"] = found["net_new"] / found["cost"].where(found["cost"] > 0)
    whole = found["month"].diff(3).eq(9)
    found["smoothed"] = (found["net_new"].rolling(4).sum() / found["cost"].rolling(4).sum().where(lambda cost: cost > 0)).where(whole)
    ends = found["month"].map(lambda month: month_start(int(month))) if len(found) else pd.Series(dtype="datetime64[ns]")
    found.insert(0, "quarter", quarters(ends).to_numpy())
    return found.drop(columns="month")


def incremental_cost(spend: pd.DataFrame, results: pd.DataFrame, *, end: pd.Timestamp, years: int = 2) -> pd.DataFrame:
    """Hold the average cost of a result against what the last ones cost: ``(cost now - cost then) / (results now - results then)``.

    The average hides a ceiling: where spend was raised and results hardly rose, the last results cost many times the average.

    Parameters
    ----------
    spend
        ``month, channel, amount`` (currency).
    results
        ``date, channel``: one row a lead, an opportunity or a customer.
    end
        Last month; twelve months up to it are held against the twelve ``years`` before.
    years
        Years between the two.

    Returns
    -------
    DataFrame
        ``channel, cost_then, cost, results_then, results, average`` (cost a result now), ``incremental`` (NaN where spend did not rise or results
        did not), ``ratio`` (incremental over average). Channels without spend in both years are left out.

    Examples
    --------
    >>> spend = pd.DataFrame({"month": ["2024-06-01", "2026-06-01"], "channel": "ads", "amount": [100.0, 400.0]})
    >>> results = pd.DataFrame({"date": ["2024-06-09"] * 10 + ["2026-06-09"] * 20, "channel": "ads"})
    >>> incremental_cost(spend, results, end=pd.Timestamp("2026-06-01"))[["average", "incremental", "ratio"]].values.tolist()
    [[20.0, 30.0, 1.5]]
    """
    need(spend, "month", "channel", "amount")
    need(results, "date", "channel")
    now, then = month_index(end), month_index(add_months(end, -12 * years))
    paid, came = month_indices(spend["month"]), month_indices(results["date"]) if len(results) else np.zeros(0, dtype="int64")
    sums = {}
    for name, last in (("", now), ("_then", then)):
        sums[f"cost{name}"] = spend[(paid <= last) & (paid > last - 12)].groupby("channel", observed=True)["amount"].sum()
        sums[f"results{name}"] = results[(came <= last) & (came > last - 12)].groupby("channel", observed=True).size().astype("float64")
    found = pd.DataFrame(sums).reindex(columns=["cost_then", "cost", "results_then", "results"]).astype("float64")
    found[["results_then", "results"]] = found[["results_then", "results"]].fillna(0.0)
    found = found[(found["cost_then"] > 0) & (found["cost"] > 0)]
    more, gained = found["cost"] - found["cost_then"], found["results"] - found["results_then"]
    average = found["cost"] / found["results"].where(found["results"] > 0)
    incremental = more.where(more > 0) / gained.where(gained > 0)
    return found.assign(average=average, incremental=incremental, ratio=incremental / average).rename_axis("channel").reset_index()


def new_business_won(opportunities: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Give the opportunities of new business that were won by the as-of date, ``type = new`` where types are given; all columns are kept.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "lost"], "closed_on": ["2026-01-01"] * 2, "amount": [1.0, 2.0]})
    >>> new_business_won(deals, as_of=date(2026, 6, 30))["amount"].tolist()
    [1.0]
    """
    need(opportunities, "status", "closed_on", "amount")
    closed = pd.to_datetime(opportunities["closed_on"])
    kept = (opportunities["status"] == "won") & (closed <= pd.Timestamp(as_of))
    if "type" in opportunities.columns:
        kept &= opportunities["type"].fillna("new") == "new"
    return opportunities[kept]
