"""How much of the market is taken, what is left, and whether it still converts."""

from typing import Any

import pandas as pd

from diligence.facts.market.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.market_share import stated_shares
from diligence.metrics.market_size import named_accounts
from diligence.metrics.new_customers import conversion_hazard, new_customers
from diligence.metrics.penetration import account_weights, locked_share, penetration, white_space
from diligence.metrics.segment_advantage import win_rates
from diligence.models.saturation import hazard_change, relative_trend
from diligence.models.share_intervals import difference_interval, ratio_by_group, with_wilson
from diligence.models.shrinkage import shrunken_rates
from diligence.periods import add_months, month_index

QUARTERS = 8
FITS = 0.5
"""From this probability on an account counts as one that fits."""


def taken(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in penetration in accounts, by fit and in money, and the white space; give them by segment."""
    if scope.lacks("market.penetration"):
        return {}
    accounts = scope.accounts
    counted = with_wilson(penetration(accounts, by=None))
    scope.fill("market.penetration", counted.iloc[0].to_dict())
    for column in ("segment", "country"):
        if column == "segment" or scope.room.has("universe", column):
            scope.fill_cut("market.penetration", with_wilson(penetration(accounts.dropna(subset=[column]), by=column)), column)
    if scope.lacks("market.penetration_fit"):
        return {"penetration": with_wilson(penetration(accounts))}
    weighted = _weighted(scope, "market.penetration_fit", accounts, "fit")
    _weighted(scope, "market.penetration_money", accounts, "money")
    sites = named_accounts(scope.universe.assign(customer_id=scope.universe["customer_id"]))
    scope.fill("market.penetration_fit_sites", penetration(sites, by=None, weight="fit").iloc[0].to_dict())
    scope.fill_cut("market.penetration_fit_sites", penetration(sites, weight="fit"))
    space = _space(scope)
    return {"penetration": weighted, "white_space": space}


def _weighted(scope: Scope, metric: str, accounts: pd.DataFrame, weight: str) -> pd.DataFrame:
    values = account_weights(accounts, weight)
    rows = accounts.assign(numerator=values.where(accounts["sold"], 0.0), denominator=values)[values.notna()]
    scope.fill(metric, ratio_by_group(rows, scope.generator()).iloc[0].to_dict())
    table = ratio_by_group(rows, scope.generator(), by="segment")
    scope.fill_cut(metric, table)
    if weight == "fit" and scope.room.has("universe", "country"):
        scope.fill_cut(metric, ratio_by_group(rows.dropna(subset=["country"]), scope.generator(), by="country"), "country")
    return table


def _space(scope: Scope) -> pd.DataFrame:
    locked = _locked(scope)
    table = white_space(scope.accounts, locked=locked)
    whole = table[["accounts", "fitting", "amount"]].sum()
    scope.sheet.add("market.white_space", whole["amount"], n=whole["accounts"], period=scope.spot)
    rows = table.rename(columns={"amount": "value", "accounts": "n"})
    scope.fill_cut("market.white_space", rows[["segment", "value", "n"]])
    if locked is None:
        for metric in ("market.white_space_obtainable", "market.penetration_obtainable"):
            scope.sheet.refuse(metric, scope.sheet.lacking(metric) or "no decided deals with a named rival in two segments or more")
        return table
    # a segment for which nothing is known of rivals leaves the whole unknown
    scope.sheet.add(
        "market.white_space_obtainable", float(table["obtainable"].sum(skipna=False)), n=whole["accounts"], period=scope.spot,
        reason="what rivals keep is not known in every segment",
    )  # fmt: skip
    scope.fill_cut(
        "market.white_space_obtainable", table.rename(columns={"obtainable": "value", "accounts": "n"})[["segment", "value", "n"]]
    )
    scope.fill_cut(
        "market.penetration_obtainable", table.rename(columns={"penetration": "value", "accounts": "n"})[["segment", "value", "n"]]
    )
    fit = scope.accounts["fit"].where(scope.accounts["sold"]).sum()
    open_accounts = float(table["obtainable_accounts"].sum(skipna=False))
    scope.sheet.add(
        "market.penetration_obtainable", fit / (fit + open_accounts), n=len(scope.accounts), numerator=fit, denominator=fit + open_accounts, period=scope.spot,
        reason="what rivals keep is not known in every segment",
    )  # fmt: skip
    return table


def _locked(scope: Scope) -> pd.Series | None:
    """Share of the unsold that rivals keep, from their share and the target's win rate against them."""
    metric = "market.locked"
    if scope.lacks(metric):
        return None
    contested = win_rates(scope.new_deals[scope.new_deals["competitive"].eq(True)])
    rates = shrunken_rates(contested)
    if rates["value"].isna().all():
        scope.sheet.refuse(metric, "no decided deals with a named rival in two segments or more")
        return None
    found = locked_share(stated_shares(scope.rivals), rates)
    ends = rates.set_index("segment")
    for row in found.itertuples():
        low, high = ((1 - float(ends[side].get(row.segment, NAN))) * float(row.held) for side in ("high", "low"))
        n = float(ends["denominator"].get(row.segment, 0))
        scope.sheet.add(
            metric, float(row.locked), low=low, high=high, n=n, segment=str(row.segment), period=scope.spot, reason="no deals with a rival"
        )
    return found.set_index("segment")["locked"]


def arrivals(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in new customers by quarter and segment, their trend, and the rate at which open accounts convert."""
    frames: dict[str, pd.DataFrame] = {}
    if not scope.lacks("market.new_customers"):
        frames["new_customers"] = _by_quarter(scope)
    if not scope.lacks("market.fitting_new", "market.fitting_drift"):
        _fitting(scope)
    if not scope.lacks("market.hazard_change"):
        frames["hazard"] = _hazard(scope)
    return frames


def _by_quarter(scope: Scope) -> pd.DataFrame:
    customers = scope.room.customers.assign(segment=scope.room.customers["customer_id"].map(scope.segment_of))
    known = customers.dropna(subset=["acquired_on"])
    known = known[pd.to_datetime(known["acquired_on"]) <= pd.Timestamp(scope.room.deal.target.as_of)]
    last = month_index(scope.end) // 3 - (0 if scope.end.month % 3 == 0 else 1)
    table = new_customers(known.dropna(subset=["segment"]), by="segment")
    found = []
    for segment in ["", *sorted(set(table["segment"]))]:
        some = table if not segment else table[table["segment"] == segment]
        counts = some.groupby("index")["n"].sum().reindex(range(last - QUARTERS + 1, last + 1), fill_value=0)
        if some.empty or int(table["index"].min()) > last - QUARTERS + 1:
            scope.sheet.refuse("market.new_customer_trend", "fewer than eight quarters of first contracts")
            continue
        _quarters(scope, counts, segment)
        found.append(counts.rename("n").reset_index().assign(segment=segment or "all"))
    if not found:
        return pd.DataFrame()
    long = pd.concat(found, ignore_index=True)
    return long.assign(period=[f"{one // 4:04d}Q{one % 4 + 1}" for one in long["index"]])


def _quarters(scope: Scope, counts: pd.Series, segment: str) -> None:
    for quarter, count in counts.items():
        label = f"{int(quarter) // 4:04d}Q{int(quarter) % 4 + 1}"
        scope.sheet.add("market.new_customers", count, n=1, segment=segment, period=label, object="quarter", object_id=label)
    scope.sheet.add("market.new_customers_ltm", counts.tail(4).sum(), n=1, segment=segment, period=scope.spot)
    rolled = counts.rolling(4).sum().dropna()
    trend = relative_trend(rolled)
    few = "no new customers in eight quarters"
    place: dict[str, Any] = {"segment": segment, "period": scope.spot, "reason": few}
    scope.sheet.add("market.new_customer_trend", trend["value"], low=trend["low"], high=trend["high"], n=float(counts.sum()), **place)


def _sold_on(scope: Scope) -> pd.Series:
    """Month of the first recurring revenue of each account that is a customer."""
    first = scope.cube[scope.cube["amount"] > 0].groupby("customer_id", observed=True)["month"].min()
    owner = scope.room.customers.set_index("customer_id")["account_id"].astype("str")
    firsts = pd.DataFrame({"account": "customer " + first.index.astype("str").map(owner).astype("str"), "month": first.to_numpy()})
    return firsts.groupby("account")["month"].min()


def _fitting(scope: Scope) -> None:
    """New customers of the list that fit, last year against the year that ended two years before: who is won now, and who was."""
    accounts = scope.accounts[scope.accounts["sold"] & scope.accounts["fit"].notna()]
    won = accounts["account"].map(_sold_on(scope))
    ends = {}
    for name, back in (("now", 0), ("then", 24)):
        end = add_months(scope.end, -back)
        some = accounts[(won <= end) & (won > add_months(end, -12)) & (won > scope.room.first_month)]
        table = with_wilson(pd.DataFrame({"numerator": [int((some["fit"] >= FITS).sum())], "denominator": [len(some)]}))
        ends[name] = table.assign(value=table["numerator"] / table["denominator"].where(table["denominator"] > 0)).iloc[0]
    few = "no account of the list was won in one of the years"
    scope.fill("market.fitting_new", ends["now"].to_dict(), reason=few)
    now, then = (tuple(float(ends[name][part]) for part in ("value", "low", "high")) for name in ("now", "then"))
    low, high = difference_interval((now[0], now[1], now[2]), (then[0], then[1], then[2]))
    n = min(float(ends["now"]["denominator"]), float(ends["then"]["denominator"]))
    scope.sheet.add("market.fitting_drift", now[0] - then[0], low=low, high=high, n=n, period=scope.spot, reason=few)


def _hazard(scope: Scope) -> pd.DataFrame:
    accounts = scope.accounts.assign(sold_on=scope.accounts["account"].map(_sold_on(scope)))
    cell = ("segment", "country") if scope.room.has("universe", "country") else ("segment",)
    spans = [(add_months(scope.end, -24), add_months(scope.end, -12)), (add_months(scope.end, -12), scope.end)]
    reached = month_index(spans[0][0]) >= month_index(scope.room.first_month)
    tables = [conversion_hazard(accounts, start=start, end=end, cell=cell) for start, end in spans] if reached else []
    if not tables or tables[1].empty:
        scope.sheet.complete(["market.conversion", "market.hazard_change"], "the data do not reach back two years, or no account is open")
        return pd.DataFrame()
    for row in with_wilson(tables[1].rename(columns={"won": "numerator", "open": "denominator"})).to_dict("records"):
        scope.fill("market.conversion", row, object="penetration", object_id=str(row["tercile"]))
    change = hazard_change(*tables)
    scope.sheet.add("market.hazard_change", change["value"], low=change["low"], high=change["high"], n=change["n"], period=scope.spot)
    return pd.concat(
        [table.assign(period=name) for name, table in zip(("year before", "last year"), tables, strict=True)], ignore_index=True
    )
