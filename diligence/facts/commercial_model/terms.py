"""Terms of the contracts in force, what they cost in demand, and whether the price follows the use."""

from typing import Any

import pandas as pd

from diligence.facts.commercial_model.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.contract_terms import billing_mix, contract_terms, lost_on_terms, prepay_months, term_averages
from diligence.metrics.price_position import rank_correlation
from diligence.metrics.renewals import running_contracts
from diligence.models.intervals import ratio_interval, wilson

SHARES = ("annual_prepay", "multi_year", "remaining_12m", "uplift_clause", "locked_multi_year", "most_favoured", "short_notice")
AVERAGES = ("term_months", "uplift_rate", "notice_days", "payment_terms_days")
SAYS_NOTHING = "no contract in force says it"


def terms(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in what the contracts in force say, whole and by segment; give the billing mix and the shares."""
    room, as_of = scope.room, scope.room.deal.target.as_of
    if not room.has("contracts"):
        return {}
    given = set(room.given["contracts"]["columns"])
    contracts = room.table("contracts")
    contracts = contracts[[column for column in contracts.columns if column in given or column in ("end_date", "contract_id")]]
    of_customer = contracts["customer_id"].astype("object").map(scope.segment_of)
    frames: dict[str, pd.DataFrame] = {}
    for segment in ["", *scope.segments]:
        mine = contracts[of_customer == segment] if segment else contracts
        shares = contract_terms(mine, as_of)
        for row in shares[shares["term"].isin(SHARES)].itertuples():
            scope.sheet.add(
                f"commercial.{row.term}", row.share, n=row.n, numerator=row.numerator, denominator=row.denominator, segment=segment,
                period=scope.spot, reason=SAYS_NOTHING,
            )  # fmt: skip
        for row in term_averages(mine, as_of).itertuples():
            scope.sheet.add(f"commercial.{row.term}", row.average, n=row.n, segment=segment, period=scope.spot, reason=SAYS_NOTHING)
        if "billing" in given:
            _billing(scope, mine, segment)
        if not segment:
            frames["terms"] = shares
    if "billing" in given:
        frames["billing"] = billing_mix(contracts, as_of)
        _one_way(scope, contracts)
    return frames


def _billing(scope: Scope, contracts: pd.DataFrame, segment: str) -> None:
    as_of = scope.room.deal.target.as_of
    mix = billing_mix(contracts, as_of)
    n = int(mix.loc[mix["months"].notna(), "n"].sum())
    live = running_contracts(contracts, as_of).dropna(subset=["billing"])
    months = live["billing"].map(dict(zip(mix["billing"], mix["months"], strict=True))).astype("float64")
    sums = (
        pd.DataFrame({"c": live["customer_id"].astype("str"), "m": months * live["annual_value"], "v": live["annual_value"]})
        .groupby("c")
        .sum()
    )
    low, high = ratio_interval(sums["m"], sums["v"], scope.generator())
    scope.sheet.add(
        "commercial.prepay_months",
        prepay_months(contracts, as_of),
        low=low,
        high=high,
        n=n,
        segment=segment,
        period=scope.spot,
        reason=SAYS_NOTHING,
    )
    for row in mix.itertuples() if not segment else ():
        cut: dict[str, Any] = {"object": "billing", "object_id": str(row.billing), "period": scope.spot}
        scope.sheet.add("commercial.billing_share", row.share, n=row.n, numerator=row.amount, denominator=float(mix["amount"].sum()), **cut)


def _one_way(scope: Scope, contracts: pd.DataFrame) -> None:
    """Of what was signed in the year, the share of the commonest way of billing."""
    start = pd.to_datetime(contracts["start_date"])
    fresh = contracts[(start > scope.as_of - pd.DateOffset(years=1)) & (start <= scope.as_of) & contracts["billing"].notna()]
    sums = fresh.groupby("billing")["annual_value"].sum()
    total = float(sums.sum())
    value = float(sums.max()) / total if total else NAN
    scope.sheet.add(
        "commercial.single_billing", value, n=len(fresh), numerator=float(sums.max()) if total else NAN, denominator=total,
        reason="no contract began in the year",
    )  # fmt: skip


def demand(scope: Scope) -> None:
    """Fill in what was lost on terms: new business decided, won or lost."""
    if scope.sheet.lacking("commercial.lost_on_terms"):
        return
    deals = scope.room.table("opportunities")
    deals = deals[deals["type"].eq("new").fillna(False)] if scope.room.has("opportunities", "type") else deals
    by_segment = (scope.segment_by or scope.room.deal.defaults.segment_by) == "segment"
    names = sorted(deals["segment"].dropna().unique()) if by_segment and scope.room.has("opportunities", "segment") else []
    for segment in ["", *names]:
        found = lost_on_terms(deals[deals["segment"] == segment] if segment else deals)
        low, high = wilson(found["numerator"], found["denominator"])
        scope.sheet.add(
            "commercial.lost_on_terms", found["share"], low=low, high=high, n=found["denominator"], numerator=found["numerator"],
            denominator=found["denominator"], segment=str(segment), period=f"to {scope.spot}", reason="nothing was decided",
        )  # fmt: skip


def usage_priced(scope: Scope) -> None:
    """Fill in what is paid by use without a commitment, and whether who uses more pays more."""
    cube = scope.room.cube
    year = cube[(cube["month"] <= scope.end) & (cube["month"] > scope.start) & cube["kind"].isin(["recurring", "usage"])]
    part, whole = float(year.loc[year["kind"] == "usage", "amount"].sum()), float(year["amount"].sum())
    if scope.room.has("revenue"):
        scope.sheet.add(
            "commercial.uncommitted_usage", part / whole if whole else NAN, n=len(year), numerator=part, denominator=whole,
            reason="no recurring revenue and none by use",
        )  # fmt: skip
    if not scope.room.has("usage", "events"):
        return
    usage = scope.room.table("usage")
    month = pd.to_datetime(usage["month"])
    used = usage[(month > scope.start) & (month <= scope.end)].groupby("customer_id")["events"].sum()
    paid = scope.live(scope.end).groupby("customer_id")["amount"].sum()
    found = rank_correlation(pd.concat([paid, used], axis=1, join="inner", keys=["paid", "used"]), left="paid", right="used")
    scope.sheet.add(
        "commercial.value_alignment", found["rho"], n=found["n"], period=scope.year, reason="fewer than three customers with use"
    )
