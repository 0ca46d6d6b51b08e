"""What a deal puts at risk: renewals, clauses, losses that come together, and a run rate brought forward."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.customer_lifetime.scope import NOTHING, Lifetimes
from diligence.facts.sheet import NAN
from diligence.metrics.contract_clauses import clause_exposure
from diligence.metrics.recent_quality import early_renewals, recent_discount, run_rate_quality, trend_deviation
from diligence.metrics.renewal_losses import renewal_loss, renewal_outcomes
from diligence.metrics.renewals import running_contracts
from diligence.metrics.retention import logo_retention
from diligence.models.intervals import ratio_interval, wilson
from diligence.models.loss_at_risk import loss_at_risk
from diligence.periods import add_months

CORRELATION = 0.1
"""Assumed pull of a common shock on each customer's loss: no target's own history is long enough to tell it."""
NONE_UP = "no contract came up in the period"
SHARES = {
    "lifetime.consent": "change_of_control_consent",
    "lifetime.convenience": "convenience",
    "lifetime.most_favoured": "most_favoured",
}


def renewals(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in the loss among contracts that came up, at first and at later renewals; give it by renewal."""
    sheet, room = scope.sheet, scope.room
    names = ("renewal_loss", "renewal_loss_count", "renewal_open", "smeared_loss", "first_renewal_loss", "early_loss_ratio")
    lacks = sheet.lacking("lifetime.renewal_loss")
    if lacks:
        sheet.complete([f"lifetime.{name}" for name in names], lacks)
        return {}
    as_of, contracts = room.deal.target.as_of, room.table("contracts")
    year = renewal_outcomes(contracts, as_of)
    for segment in ("", *(scope.segments if len(year) else [])):
        part = year[year["customer_id"].map(room.segments(scope.segment_by or None)) == segment] if segment else year
        _losses(scope, part, {"segment": segment})
    _by_cut(scope, year)
    found = renewal_loss(year).iloc[0]
    up = float(year["annual_value"].sum())
    sheet.add(
        "lifetime.renewal_open", found["open"] / up if up else NAN, n=len(year), numerator=found["open"], denominator=up, reason=NONE_UP
    )
    then = (pd.Timestamp(as_of) - pd.DateOffset(years=1)).date()
    held = float(running_contracts(contracts, then)["annual_value"].sum())
    lost = found["numerator"]
    sheet.add(
        "lifetime.smeared_loss",
        lost / held if held else NAN,
        n=len(year),
        numerator=lost,
        denominator=held,
        reason="no contract was in force a year ago",
    )
    return {"renewal_loss": _by_renewal(scope, contracts)}


def _by_cut(scope: Lifetimes, year: pd.DataFrame) -> None:
    """Fill in the loss at renewal of each product, size, country and channel."""
    listed = scope.room.customers.set_index("customer_id")
    for cut, column in (("product", "product_id"), ("size_band", ""), ("country", ""), ("channel", "")):
        if not scope.room.has(*(("contracts", column) if column else ("customers", cut))):
            continue
        names = (year[column] if column else year["customer_id"].map(listed[cut])).astype("str").where(lambda words: words != "nan")
        for name in sorted(names.dropna().unique()):
            _losses(scope, year[names == name], {"object": cut, "object_id": name})


def _losses(scope: Lifetimes, part: pd.DataFrame, cut: dict[str, Any]) -> None:
    found = renewal_loss(part).iloc[0]
    settled = part[part["outcome"] != "open"]
    owner = (
        settled.assign(lost=settled["annual_value"].where(settled["outcome"] == "lost", 0.0))
        .groupby("customer_id")[["lost", "annual_value"]]
        .sum()
    )
    low, high = ratio_interval(owner["lost"], owner["annual_value"], scope.generator())
    if not found["lost"]:
        # where nobody was lost every draw is nought: that is no certainty; the interval by number has it
        low = high = NAN
    n, top, base = int(found["n"]), found["numerator"], found["denominator"]
    scope.sheet.add(
        "lifetime.renewal_loss", found["value"], low=low, high=high, n=n, numerator=top, denominator=base, reason=NONE_UP, **cut
    )
    low, high = wilson(found["lost"], n)
    lost, rate = found["lost"], found["count_value"]
    scope.sheet.add("lifetime.renewal_loss_count", rate, low=low, high=high, n=n, numerator=lost, denominator=n, reason=NONE_UP, **cut)


def _by_renewal(scope: Lifetimes, contracts: pd.DataFrame) -> pd.DataFrame:
    """First renewals against later ones, over five years: whether the early ones are the hurdle."""
    every = renewal_outcomes(contracts, scope.room.deal.target.as_of, months=60)
    linked = scope.room.has("contracts", "renews_contract_id")
    why = "" if linked else "not given: contracts.renews_contract_id"
    table = renewal_loss(every.assign(step=np.minimum(every["renewal"].astype("float64"), 5).astype("int64")), by="step")
    first = table[table["step"] == 1].sum(numeric_only=True)
    later = table[table["step"] > 1].sum(numeric_only=True)
    known = linked and first["n"] > 0
    low, high = wilson(first["lost"], first["n"]) if known else (NAN, NAN)
    rate = first["lost"] / first["n"] if known else NAN
    scope.sheet.add(
        "lifetime.first_renewal_loss",
        rate,
        low=low,
        high=high,
        n=first["n"],
        numerator=first["lost"],
        denominator=first["n"],
        reason=why or NONE_UP,
    )
    after = later["lost"] / later["n"] if later["n"] > 0 and later["lost"] > 0 else NAN
    scope.sheet.add("lifetime.early_loss_ratio", rate / after, n=first["n"], reason=why or "nobody was lost at a later renewal")
    bounds = [wilson(row.lost, row.n) for row in table.itertuples()]
    return (
        table.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])
        if linked
        else table.head(0).assign(low=NAN, high=NAN)
    )


def clauses(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in the share of contracted value under each clause."""
    sheet, room = scope.sheet, scope.room
    if not room.has("contracts"):
        return {}
    contracts, spot = room.table("contracts"), str(room.deal.target.as_of)
    contracts = contracts[[column for column in contracts if room.has("contracts", column) or column in ("contract_id", "end_date")]]
    found = clause_exposure(contracts, room.deal.target.as_of).set_index("clause")
    none = "no contract is in force"
    for metric, clause in SHARES.items():
        lacks = sheet.lacking(metric)
        if lacks or clause not in found.index:
            sheet.refuse(metric, lacks or none)
            continue
        row = found.loc[clause]
        sheet.add(metric, row["value"], n=row["n"], numerator=row["numerator"], denominator=row["denominator"], period=spot, reason=none)
    by_segment = contracts.assign(segment=contracts["customer_id"].map(room.segments(scope.segment_by or None)))
    for row in clause_exposure(by_segment, room.deal.target.as_of, by="segment").itertuples() if scope.segments else ():
        metric = next((name for name, clause in SHARES.items() if clause == row.clause), "")
        if metric and row.denominator > 0:
            sheet.add(metric, row.value, n=row.n, numerator=row.numerator, denominator=row.denominator, segment=row.segment, period=spot)
    if "change_of_control_consent" in found.index:
        both = found.loc[["change_of_control_consent", "change_of_control_termination"]]
        top, base, n = float(both["numerator"].sum()), float(both["denominator"].iloc[0]), int(both["n"].iloc[0])
        sheet.add("lifetime.change_of_control", top / base if base else NAN, n=n, numerator=top, denominator=base, period=spot, reason=none)
    return {"clauses": found.reset_index()} if len(found) and found["denominator"].max() > 0 else {}


def losses_at_risk(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in the yearly loss that one year in twenty exceeds: customers alone, and with a common shock."""
    names = ("loss_expected", "loss_deviation", "loss_p95", "loss_p95_alone")
    today = scope.lives[scope.lives["amount"].notna()] if len(scope.lives) else scope.lives
    kept = logo_retention(scope.cube, scope.end, window=scope.room.window).iloc[0] if len(today) else None
    if kept is None or not np.isfinite(kept["value"]):
        reason = NOTHING if scope.cube.empty else "the data do not reach back a year: no rate of loss is known"
        scope.sheet.complete([f"lifetime.{name}" for name in names], reason)
        return {}
    churn = 1 - float(kept["value"])
    accounts = pd.DataFrame({"amount": today["amount"].to_numpy()})
    alone = loss_at_risk(accounts, scope.generator(), churn=churn)
    shock = loss_at_risk(accounts, scope.generator(), churn=churn, correlation=CORRELATION)
    if alone is None or shock is None:
        return {}
    for name, value in zip(names, (shock.expected, alone.independent_deviation, shock.p95, alone.p95), strict=True):
        scope.sheet.add(f"lifetime.{name}", value, n=len(today), period=scope.spot)
    rows = [("expected", churn), ("one year in twenty, each alone", alone.p95), ("one year in twenty, with a common shock", shock.p95)]
    return {"losses": pd.DataFrame([*rows, ("one year in a hundred, with a common shock", shock.p99)], columns=["loss", "value"])}


def recent_months(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in the quality of the last three months."""
    sheet, room = scope.sheet, scope.room
    whole = room.cube[room.cube["month"] <= scope.end]
    rate = run_rate_quality(whole, scope.end).iloc[0]
    short = "fewer than twelve months of revenue"
    sheet.add("lifetime.run_rate_excess", rate["value"], numerator=rate["run_rate"], denominator=rate["trailing"], reason=short)
    sheet.add("lifetime.passing_excess", rate["passing_excess"], reason=short)
    monthly = scope.cube.groupby("month")["amount_rate"].sum().rename("amount").reset_index()
    smooth = trend_deviation(monthly).iloc[0]
    rough = "fewer than four months, or a month without recurring revenue"
    sheet.add("lifetime.trend_deviation", smooth["value"], n=smooth["n"], reason=rough)
    if room.has("contracts", "renews_contract_id", "end_date"):
        early = early_renewals(room.table("contracts"), room.deal.target.as_of).iloc[0]
        top, base = early["numerator"], early["denominator"]
        sheet.add(
            "lifetime.early_renewals",
            early["value"],
            n=early["n"],
            numerator=top,
            denominator=base,
            reason="no contract was renewed in the last three months",
        )
    if not sheet.lacking("lifetime.recent_discount"):
        discount = recent_discount(room.table("quotes"), scope.end).iloc[0]
        sheet.add(
            "lifetime.recent_discount", discount["value"], n=discount["n"], reason="nothing was won in one of the two parts of the year"
        )
    if room.has("invoices"):
        _credits(scope)
    rows = {row["metric"]: row for row in sheet.rows if not row["segment"] and not row["object_id"]}
    names = ("run_rate_excess", "passing_excess", "early_renewals", "recent_discount", "recent_credits", "trend_deviation")
    found = [rows[f"lifetime.{name}"] for name in names if f"lifetime.{name}" in rows]
    known = [(row["metric"], row["value"], row["n"]) for row in found if row["status"] == "ok"]
    return {"recent": pd.DataFrame(known, columns=["metric", "value", "n"])} if known else {}


def _credits(scope: Lifetimes) -> None:
    """Credits of the last three months over what was invoiced, less the same of the nine months before."""
    invoices = scope.room.table("invoices")
    month = pd.to_datetime(invoices["issued_on"])
    cut, start, stop = add_months(scope.end, -2), add_months(scope.end, -11), add_months(scope.end, 1)
    shares = []
    for part in (invoices[(month >= cut) & (month < stop)], invoices[(month >= start) & (month < cut)]):
        given, billed = -float(part["amount"].clip(upper=0).sum()), float(part["amount"].clip(lower=0).sum())
        shares.append(given / billed if billed else NAN)
    n = int(((month >= start) & (month < stop)).sum())
    scope.sheet.add(
        "lifetime.recent_credits", shares[0] - shares[1], n=n, reason="nothing was invoiced in one of the two parts of the year"
    )
