"""Where new business comes from: the mix of channels, who claims it, whether the source can be believed, and what referral brings."""

import re

import pandas as pd

from diligence.facts.acquisition.scope import Scope
from diligence.facts.analysis import Check
from diligence.facts.reported import period_months
from diligence.facts.sheet import NAN
from diligence.metrics.channel_mix import UNKNOWN, channel_mix, is_inbound, is_paid, overwritten_sources, source_agreement
from diligence.metrics.claims import NOBODY, double_counted, reconciled_claims, shared_claims, sourcing_claims
from diligence.metrics.concentration import herfindahl
from diligence.metrics.measure import month_indices
from diligence.metrics.retention import CUSTOMER, opening_cohort
from diligence.models.intervals import ratio_interval, wilson
from diligence.models.referral import referral_reproduction
from diligence.periods import add_months, month_index, month_start

NO_WINS = "no new business won in the last twelve months"
CENT = 0.01
CLAIM_NAMES = re.compile(r"(?:sourced|influenced|generated)_(?:new_)?(?:arr|revenue|amount|bookings|won)")
"""Names under which a function reports money that it says it brought."""


def sources(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in the mix, the claims, the agreement of sources and the referrals; give the tables behind and the checks."""
    if scope.deals.empty:
        return {}, []
    claimed, checks = _claims(scope)
    _agreement(scope)
    _referrals(scope)
    _reported_leads(scope)
    return {**_mix(scope), **claimed}, checks


def _mix(scope: Scope) -> dict[str, pd.DataFrame]:
    sheet, won = scope.sheet, scope.won_year
    if not scope.room.has("opportunities", "channel") or won.empty:
        return {}
    mix = channel_mix(won)
    total, n = float(mix["amount"].sum()), len(won)
    named = won["channel"].fillna(UNKNOWN).astype("str")
    _share(scope, "acquisition.unknown_source", won, named == UNKNOWN)
    for row in mix.itertuples():
        _share(scope, "acquisition.channel_share", won, named == row.channel, object="channel", object_id=str(row.channel))
    sheet.add("acquisition.channel_hhi", herfindahl(mix["share"]), n=n)
    top = mix.iloc[0]
    low, high = _interval(scope, won, named == top["channel"])
    sheet.add(
        "acquisition.top_channel_share", float(top["share"]), low=low, high=high, n=n, numerator=float(top["amount"]), denominator=total
    )
    for segment, rows in scope.cuts(won):
        channels = rows["channel"].fillna(UNKNOWN).astype("str")
        _share(scope, "acquisition.inbound_share", rows, is_inbound(channels), segment=segment)
        source = rows["sourced_by"].fillna("") if scope.room.has("opportunities", "sourced_by") else channels
        _share(scope, "acquisition.referral_share", rows, (source == "referral") | (channels == "referral"), segment=segment)
        _share(scope, "acquisition.partner_share", rows, (source == "partner") | (channels == "partner"), segment=segment)
    created = pd.to_datetime(scope.deals["created_on"])
    pipeline = scope.deals[(created >= add_months(scope.end, -11)) & (created < add_months(scope.end, 1))]
    _share(scope, "acquisition.paid_pipeline_share", pipeline, is_paid(pipeline["channel"].fillna("").astype("str")))
    return {"mix": mix}


def _interval(scope: Scope, rows: pd.DataFrame, flag: pd.Series) -> tuple[float, float]:
    amount = rows["amount"].fillna(0.0)
    return ratio_interval(amount.where(flag, 0.0), amount, scope.generator())


def _share(scope: Scope, metric: str, rows: pd.DataFrame, flag: pd.Series, **cut: str) -> None:
    """Add the share of money of the rows that a flag picks, drawn over deals."""
    amount = rows["amount"].fillna(0.0)
    part, total = float(amount[flag].sum()), float(amount.sum())
    low, high = _interval(scope, rows, flag)
    scope.sheet.add(
        metric, part / total if total > 0 else NAN, low=low, high=high, n=len(rows), numerator=part, denominator=total, reason=NO_WINS,
        **cut,  # type: ignore[arg-type]
    )  # fmt: skip


def _claims(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Who can claim what was won, and how much is claimed more than once."""
    won, room, sheet = scope.won_year, scope.room, scope.sheet
    if won.empty:
        return {}, []
    given = {name: room.table(name) if room.has(name) else None for name in ("leads", "touches", "reps", "customers")}
    if not room.has("customers", "referred_by"):
        given["customers"] = None
    won = won[[name for name in won.columns if name in ("opportunity_id", "amount") or room.has("opportunities", name)]]
    won = won.assign(amount=won["amount"].fillna(0.0))
    claims = sourcing_claims(won, **given)
    table = reconciled_claims(claims, won)
    total, n = float(won["amount"].sum()), len(won)
    for row in table[table["claimant"] != NOBODY].itertuples():
        cut = {"object": "claimant", "object_id": str(row.claimant)}
        for name, part in (("claimed", row.claimed), ("claimed_alone", row.sole), ("credited", row.credited)):
            reason = sheet.lacking(f"acquisition.{name}") or NO_WINS
            sheet.add(f"acquisition.{name}", NAN if sheet.lacking(f"acquisition.{name}") else part, n=max(int(row.deals), 1), numerator=part, denominator=total, reason=reason, **cut)  # type: ignore[arg-type]  # fmt: skip
    twice = double_counted(claims)
    several = claims.groupby("opportunity_id")["claimant"].nunique()
    shared = int((several > 1).sum())
    low, high = wilson(shared, n)
    sheet.add("acquisition.double_counted", twice / total if total else NAN, n=n, numerator=twice, denominator=total, reason=NO_WINS)
    sheet.add("acquisition.claimed_by_several", shared / n, low=low, high=high, n=n, numerator=shared, denominator=n)
    _reported_claims(scope, total)
    checks = [
        Check("credited sources add up to new business won", float(table["credited"].sum()), total, CENT),
        Check("claims less what is counted twice, and what nobody claims, are new business won", float(table["claimed"].sum()) - twice, total, CENT),
    ]  # fmt: skip
    return {"claims": table, "claims_shared": shared_claims(claims)}, checks


def _reported_claims(scope: Scope, total: float) -> None:
    """Hold what each function reports to have sourced over the last twelve months against what was won."""
    metric, rows = "acquisition.reported_claims", scope.room.table("reported")
    named = rows["metric"].astype("str").str.lower().str.strip().str.replace(r"[\s-]+", "_", regex=True)
    rows = rows[named.str.fullmatch(CLAIM_NAMES)]
    last, end = month_index(scope.end) - 11, month_index(scope.end)
    kept = [months is not None and months[0] >= last and months[1] <= end for months in (_months(scope, p) for p in rows["period"])]
    rows = rows[kept]
    if rows.empty:
        scope.sheet.refuse(metric, scope.sheet.lacking(metric) or "nobody reports what it sourced in the last twelve months")
        return
    for reporter, part in rows.groupby("reported_by"):
        value = float(part["value"].sum())
        scope.sheet.add(metric, value / total if total else NAN, n=len(part), numerator=value, denominator=total, object="claimant", object_id=str(reporter), reason=NO_WINS)  # fmt: skip
    value = float(rows["value"].sum())
    scope.sheet.add(metric, value / total if total else NAN, n=len(rows), numerator=value, denominator=total, reason=NO_WINS)


def _months(scope: Scope, period: object) -> tuple[int, int] | None:
    return period_months(str(period), scope.room.deal.target.fiscal_year_end_month)


def _reported_leads(scope: Scope) -> None:
    """Hold the qualified leads that each function reports against those of the lead table, over the same months."""
    metric, rows = "acquisition.reported_mql", scope.room.table("reported")
    lacks = scope.sheet.lacking(metric)
    rows = rows[rows["metric"].astype("str").str.lower().str.strip() == "mql"]
    if lacks or rows.empty:
        scope.sheet.refuse(metric, lacks or "nobody reports qualified leads")
        return
    ours = pd.to_datetime(scope.leads["mql_on"]).dropna()
    counts = pd.Series(month_indices(ours.to_frame("day")["day"])).value_counts()
    last, end = month_index(scope.end) - 11, month_index(scope.end)
    for reporter, part in rows.groupby("reported_by"):
        spans = [(months, value) for months, value in ((_months(scope, p), v) for p, v in zip(part["period"], part["value"], strict=True)) if months and months[0] >= last and months[1] <= end]  # fmt: skip
        told = float(sum(value for _, value in spans))
        seen = float(sum(counts.get(month, 0) for months, _ in spans for month in range(months[0], months[1] + 1)))
        scope.sheet.add(metric, told / seen if seen else NAN, n=len(spans), numerator=told, denominator=seen, object="claimant", object_id=str(reporter), reason="no qualified lead in the months reported")  # fmt: skip


def _agreement(scope: Scope) -> None:
    """Whether the recorded source is the first touch, the last, or one that a merge put there."""
    sheet, room = scope.sheet, scope.room
    if room.has("leads", "channel") and room.has("touches"):
        found = source_agreement(scope.leads, scope.touches)
        for name, flag in (("source_is_first_touch", "is_first"), ("source_is_last_touch", "is_last")):
            _counted(scope, f"acquisition.{name}", int(found[flag].sum()), len(found), "no lead has more than one touch")
    if room.has("leads", "opportunity_id", "channel") and room.has("opportunities", "channel"):
        merged = overwritten_sources(scope.leads, scope.deals)
        _counted(scope, "acquisition.source_overwritten", int(merged["overwritten"].sum()), len(merged), "no opportunity has leads of more than one channel")  # fmt: skip
    if room.has("customers", "referred_by") and room.has("opportunities", "customer_id", "channel"):
        referred = scope.room.customers
        referred = referred.loc[referred["referred_by"].notna(), "customer_id"]
        won = scope.won[scope.won["customer_id"].isin(referred)]
        elsewhere = int((won["channel"].fillna("").astype("str") != "referral").sum())
        _counted(scope, "acquisition.referral_credited_elsewhere", elsewhere, len(won), "no won customer was referred")
    sheet.complete(["acquisition.source_is_first_touch", "acquisition.source_is_last_touch", "acquisition.source_overwritten"], "")


def _counted(scope: Scope, metric: str, count: int, n: int, reason: str) -> None:
    low, high = wilson(count, n)
    scope.sheet.add(metric, count / n if n else NAN, low=low, high=high, n=n, numerator=count, denominator=n, reason=reason, period="all")


def _referrals(scope: Scope) -> None:
    metrics = [
        f"acquisition.{name}" for name in ("referral_rate", "referral_reproduction", "referral_generation_months", "referral_top_referrers")
    ]
    if not scope.room.has("customers", "referred_by", "acquired_on") or not scope.room.customers["referred_by"].notna().any():
        reason = "no customer names who referred it"
        scope.sheet.complete(metrics, scope.sheet.lacking(metrics[0]) or reason)
        return
    customers = scope.room.customers.assign(left_on=_left(scope))
    found = referral_reproduction(customers, end=scope.end)
    n = found.referred
    scope.sheet.add(metrics[0], found.rate, low=found.rate_low, high=found.rate_high, n=n, numerator=n, denominator=found.customer_years)
    scope.sheet.add(
        metrics[1], found.reproduction, low=found.low, high=found.high, n=n, reason="nobody left in the period, or nobody is seen to leave"
    )
    scope.sheet.add(metrics[2], found.generation_months, n=n, reason="no customer referred in the period has a known referrer")
    scope.sheet.add(metrics[3], found.referrers, n=n, reason="nobody was referred in the period")


def _left(scope: Scope) -> pd.Series:
    """Give the day on which each customer left: the end of its last month with recurring revenue, where it was gone a year after the opening."""
    ids = scope.room.customers["customer_id"].astype("str")
    cube = scope.room.revenue("recurring")
    blank = pd.Series(pd.NaT, index=ids.index, dtype="datetime64[ns]")
    if cube.empty or month_index(scope.end) - 12 - scope.room.window + 1 < month_index(scope.room.first_month):
        return blank
    cohort = opening_cohort(cube, scope.end, window=scope.room.window, grain=CUSTOMER)
    gone = cohort.loc[cohort["now"] <= 0, "customer_id"].astype("str")
    alive = cube[(cube["amount"] > 0) & cube["customer_id"].isin(gone)]
    last = alive.groupby(alive["customer_id"].astype("str"))["month"].max()
    ended = last.map(lambda month: month_start(month_index(month) + 1))
    before = cube[cube["month"] <= add_months(scope.end, -12)]
    once = before.groupby(before["customer_id"].astype("str"))["month"].max()
    live = set(cohort["customer_id"].astype("str")) | set(cube.loc[cube["month"] > add_months(scope.end, -12), "customer_id"].astype("str"))
    earlier = once[[name for name in once.index if name not in live]].map(lambda month: month_start(month_index(month) + 1))
    days = pd.concat([ended, earlier])
    return pd.Series(pd.to_datetime(ids.map(days)).to_numpy(dtype="datetime64[ns]"), index=ids.index)
