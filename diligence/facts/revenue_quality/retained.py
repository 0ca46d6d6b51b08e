"""Who stayed: retention in every reading, the bridge between readings, the trend, and cohorts."""

import numpy as np
import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.revenue_quality.growth import CENT, NOTHING, TOO_SHORT
from diligence.facts.revenue_quality.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.bridge import RETURNED
from diligence.metrics.cohorts import BEFORE, cohorts
from diligence.metrics.lapse import lapse_months, lapsed, purchase_gaps, repeat_accounts
from diligence.metrics.measure import TICKS
from diligence.metrics.retention import ACCOUNT, CUSTOMER, PRODUCT, bridged_retention, opening_cohort, reading_steps
from diligence.models.intervals import ratio_interval, wilson
from diligence.periods import add_months, month_index

READINGS = ("nrr_ltm", "nrr_customer", "nrr_product", "nrr_bridge", "nrr_bridge_reactivation", "nrr_monthly", "nrr_ex_uplift")
GROSS = ("grr_ltm", "grr_customer", "grr_product", "grr_bridge", "grr_monthly")
TREND_MONTHS = 24
TOP = 5


def retention(scope: Scope, bridge: pd.DataFrame) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in every reading of retention, by segment for the recommended ones."""
    if not scope.has_period:
        metrics = [
            f"retention.{name}" for name in (*READINGS, *GROSS, "logo_ltm", "logo_customer", "churn_rate", "contraction_rate", "grr_trend")
        ]
        metrics += ["retention.nrr_ex_top5", "retention.nrr_top5_dependence", *(f"retention.reactivated_{k}m" for k in (3, 6, 12))]
        scope.sheet.complete(metrics, TOO_SHORT if not scope.cube.empty else NOTHING)
        return {}, []
    for segment, accounts in scope.cuts():
        _trio(scope, accounts, ACCOUNT, ("nrr_ltm", "grr_ltm", "logo_ltm"), segment)
    for grain, names in ((CUSTOMER, ("nrr_customer", "grr_customer", "logo_customer")), (PRODUCT, ("nrr_product", "grr_product", ""))):
        _trio(scope, scope.organic(scope.end), grain, names, "")
    _by_bridge(scope, bridge)
    _uplift(scope)
    _largest_expansions(scope)
    _losses(scope)
    _returns(scope)
    moves = scope.moves.assign(bought=scope.moves["customer_id"].isin(list(scope.arrivals(scope.end))))
    steps = reading_steps(scope.organic(scope.end), moves, bridge, scope.end, months=scope.months, window=scope.window)
    tied = float(steps["residual"].abs().max())
    frames = {"readings": _readings(scope), "reading_steps": steps, "trend": _trend(scope)}
    return frames, [Check("readings of net revenue retention tie in money", tied, 0.0, CENT)]


def _trio(scope: Scope, cube: pd.DataFrame, grain: tuple[str, ...], names: tuple[str, str, str], segment: str) -> None:
    cohort = opening_cohort(cube, scope.end, months=scope.months, window=scope.window, grain=grain)
    then, now, n = cohort["then"], cohort["now"], len(cohort)
    kept = np.minimum(now, then).clip(lower=0)
    for name, numerator in zip(names, (now, kept, None), strict=True):
        if not name:
            continue
        if numerator is None:
            alive = int((now > 0).sum())
            low, high = wilson(alive, n)
            scope.sheet.add(
                f"retention.{name}", alive / n if n else NAN, low=low, high=high, n=n, numerator=alive, denominator=n, segment=segment
            )
            continue
        low, high = ratio_interval(numerator, then, scope.generator())
        top, base = float(numerator.sum()), float(then.sum())
        scope.sheet.add(f"retention.{name}", _over(top, base), low=low, high=high, n=n, numerator=top, denominator=base, segment=segment)


def _over(top: float, base: float) -> float:
    return top / base if base else NAN


def _by_bridge(scope: Scope, bridge: pd.DataFrame) -> None:
    names = ("nrr_bridge", "nrr_bridge_reactivation", "nrr_monthly", "grr_bridge", "grr_monthly")
    found = bridged_retention(bridge, scope.end, months=scope.months) if scope.window == 1 else {}
    n = len(opening_cohort(scope.organic_accounts(scope.end), scope.end, months=scope.months, window=scope.window))
    for name in names:
        if name not in found:
            reason = (
                "without contracts a month without an invoice is no movement: read the opening cohort" if scope.window > 1 else TOO_SHORT
            )
            scope.sheet.refuse(f"retention.{name}", reason)
            continue
        top, base = found[name]
        scope.sheet.add(f"retention.{name}", top / base, n=n, numerator=top, denominator=base)


def _uplift(scope: Scope) -> None:
    """Contracted uplift of an account: its increase, up to what its contracts provide for."""
    metric = "retention.nrr_ex_uplift"
    if not scope.room.has("contracts", "uplift_rate"):
        scope.sheet.refuse(metric, scope.sheet.lacking(metric))
        return
    contracts, owner = scope.room.table("contracts"), scope.room.customers.set_index("customer_id")["account_id"]
    start, end = pd.to_datetime(contracts["start_date"]), pd.to_datetime(contracts["end_date"])
    live = contracts[(start <= scope.start) & (end.isna() | (end > scope.start))]
    live = live.assign(account_id=live["customer_id"].map(owner), uplift=live["annual_value"] * live["uplift_rate"].fillna(0))
    rates = live.groupby("account_id")[["uplift", "annual_value"]].sum()
    cohort = opening_cohort(scope.organic_accounts(scope.end), scope.end, months=scope.months, window=scope.window)
    rate = cohort["account_id"].astype("str").map(rates["uplift"] / rates["annual_value"].where(rates["annual_value"] > 0)).fillna(0.0)
    uplift = np.minimum((cohort["now"] - cohort["then"]).clip(lower=0), cohort["then"] * rate * scope.months / 12)
    now, base = cohort["now"] - uplift, float(cohort["then"].sum())
    low, high = ratio_interval(now, cohort["then"], scope.generator())
    scope.sheet.add(metric, _over(float(now.sum()), base), low=low, high=high, n=len(cohort), numerator=float(now.sum()), denominator=base)


def _largest_expansions(scope: Scope) -> None:
    cohort = opening_cohort(scope.organic_accounts(scope.end), scope.end, months=scope.months, window=scope.window)
    grown = (cohort["now"] - cohort["then"]).sort_values(ascending=False, kind="stable")
    rest = cohort.drop(grown.index[:TOP])
    base, n = float(rest["then"].sum()), len(rest)
    value = _over(float(rest["now"].sum()), base)
    low, high = ratio_interval(rest["now"], rest["then"], scope.generator())
    scope.sheet.add("retention.nrr_ex_top5", value, low=low, high=high, n=n, numerator=float(rest["now"].sum()), denominator=base)
    whole = _over(float(cohort["now"].sum()), float(cohort["then"].sum()))
    scope.sheet.add("retention.nrr_top5_dependence", whole - value, n=n)


def _losses(scope: Scope) -> None:
    cohort = opening_cohort(scope.organic_accounts(scope.end), scope.end, months=scope.months, window=scope.window)
    base, n = float(cohort["then"].sum()), len(cohort)
    left = cohort["then"].where(cohort["now"] <= 0, 0.0)
    low, high = ratio_interval(left, cohort["then"], scope.generator())
    scope.sheet.add(
        "retention.churn_rate", _over(float(left.sum()), base), low=low, high=high, n=n, numerator=float(left.sum()), denominator=base
    )
    lost = [
        row
        for row in scope.sheet.rows
        if row["metric"] in ("bridge.contraction", "bridge.lost_product") and not row["segment"] and not row["object_id"]
    ]
    amount = -sum(row["value"] for row in lost)
    scope.sheet.add("retention.contraction_rate", _over(amount, base), n=n, numerator=amount, denominator=base)


def _returns(scope: Scope) -> None:
    """Returns at three, six and twelve months: the one parameter on which the field disagrees most."""
    found = scope.moves[scope.moves["movement"].isin(RETURNED)]
    found = found[(found["month"] <= scope.end) & (found["month"] > add_months(scope.end, -scope.months))]
    for gap in (3, 6, 12):
        back = found.loc[found["gap"] <= gap, "ticks"]
        scope.sheet.add(f"retention.reactivated_{gap}m", float(back.sum()) * 12 / scope.window / TICKS, n=max(int(back.size), 1))


def lapse(scope: Scope) -> None:
    """Fill in who has lapsed where customers buy again and again: at the base's own gap, at half and at twice of it."""
    names = ("revenue.repeat_ltm", "retention.lapse_months", "retention.lapsed", "retention.lapsed_half", "retention.lapsed_double")
    if scope.cube.empty or scope.window == 1:
        scope.sheet.complete(list(names), NOTHING if scope.cube.empty else "under contract a month without revenue is a loss, not a gap")
        return
    accounts, end = scope.accounts, scope.end
    year = accounts[(accounts["month"] <= end) & (accounts["month"] > add_months(end, -12))]
    again = year[year["account_id"].isin(repeat_accounts(accounts, end))]
    whole = float(year["amount"].sum())
    scope.sheet.add(
        names[0], float(again["amount"].sum()), n=again["account_id"].nunique(), numerator=float(again["amount"].sum()), denominator=whole
    )
    gap = lapse_months(accounts, end)
    scope.sheet.add(names[1], gap, n=len(purchase_gaps(accounts, end)), reason="no customer has bought twice")
    for name, times in zip(names[2:], (1.0, 0.5, 2.0), strict=True):
        gone, ever = lapsed(accounts, end, gap=gap * times)
        low, high = wilson(gone, ever)
        value = _over(gone, ever) if np.isfinite(gap) else NAN
        scope.sheet.add(name, value, low=low, high=high, n=ever, numerator=gone, denominator=ever, reason="no customer has bought twice")


def _readings(scope: Scope) -> pd.DataFrame:
    rows = {row["metric"]: row for row in scope.sheet.rows if not row["segment"] and not row["object_id"]}
    found = [rows[f"retention.{name}"] for name in (*READINGS, *GROSS) if rows[f"retention.{name}"]["status"] == "ok"]
    frame = pd.DataFrame(found, columns=["metric", "value", "low", "high", "tie_low", "tie_high", "numerator", "denominator", "n"])
    # a chart of readings shows how sure each is as a statistic; what does not tie moves them all alike
    tied = frame["low"].eq(frame["tie_low"]) & frame["high"].eq(frame["tie_high"])
    frame[["low", "high"]] = frame[["low", "high"]].mask(tied)
    return frame.drop(columns=["tie_low", "tie_high"]).assign(recommended=frame["metric"].isin(["retention.nrr_ltm", "retention.grr_ltm"]))


def _trend(scope: Scope) -> pd.DataFrame:
    earliest = month_index(scope.room.first_month) + scope.window - 1 + scope.months
    rows = []
    for back in range(TREND_MONTHS, -1, -1):
        when = add_months(scope.end, -back)
        if month_index(when) < earliest:
            continue
        cohort = opening_cohort(scope.organic_accounts(when), when, months=scope.months, window=scope.window)
        base = cohort["then"].sum()
        if base > 0:
            rows.append((when, cohort["now"].sum() / base, np.minimum(cohort["now"], cohort["then"]).clip(lower=0).sum() / base))
    trend = pd.DataFrame(rows, columns=["month", "nrr", "grr"])
    slope = float(np.polyfit(np.arange(len(trend)), trend["grr"], 1)[0]) * 12 if len(trend) > 2 else NAN
    scope.sheet.add("retention.grr_trend", slope, n=len(trend), reason="fewer than three month ends with a whole year before them")
    return trend


def cohort_table(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in each cohort's money and logos after twelve months; give the table by age."""
    found = cohorts(
        scope.accounts,
        scope.end,
        window=scope.window,
        cohort_months=12,
        year_end_month=scope.room.deal.target.fiscal_year_end_month,
        step=3,
    )
    for row in found[found["age"] == 12].itertuples() if len(found) else ():
        name = str(row.cohort) if row.cohort != BEFORE else "before the data"
        low, high = wilson(row.logos * row.n, row.n) if np.isfinite(row.logos) else (NAN, NAN)
        unlived = "not every account of the cohort has reached twelve months"
        scope.sheet.add(
            "cohort.money_12m",
            row.value,
            n=row.n,
            numerator=row.amount,
            denominator=row.base,
            object="cohort",
            object_id=name,
            reason=unlived,
        )
        scope.sheet.add("cohort.logos_12m", row.logos, low=low, high=high, n=row.n, object="cohort", object_id=name, reason=unlived)
    _deterioration(scope)
    return {"cohorts": found}


def _deterioration(scope: Scope) -> None:
    """The newest quarterly cohorts that have lived a year against the oldest."""
    if scope.window > 1 or scope.cube.empty:
        return
    close = scope.room.deal.target.fiscal_year_end_month
    quarters = cohorts(scope.accounts, scope.end, cohort_months=3, year_end_month=close, step=12)
    lived = quarters[(quarters["age"] == 12) & quarters["logos"].notna() & (quarters["cohort"] != BEFORE)].sort_values("cohort")
    value = float(lived["logos"].tail(4).mean() - lived["logos"].head(4).mean()) if len(lived) >= 8 else NAN
    reason = "fewer than eight quarterly cohorts have lived a year"
    scope.sheet.add("cohort.deterioration", value, n=len(lived), reason=reason)
