"""How recurring revenue grew, and by which movements."""

from typing import Any

import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.revenue_quality.scope import SEGMENT, Scope
from diligence.metrics.bridge import MOVEMENTS, bridge, movements_between
from diligence.metrics.measure import TICKS, level, recurring_revenue, within
from diligence.models.seasonality import seasonality
from diligence.periods import add_months, fiscal_year, month_index, month_label, window_label

NOTHING = "no recurring revenue of identified customers"
TOO_SHORT = "the data do not reach back to the opening of the period"
CENT = 0.01


def growth(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in recurring revenue, its growth and its share; give the series by segment."""
    sheet, end = scope.sheet, scope.end
    monthly = recurring_revenue(scope.accounts, window=scope.window, by=SEGMENT)
    if monthly.empty:
        _shares(scope)
        return {"recurring": monthly}
    total = monthly.groupby("month")["amount"].sum()
    spot = month_label(end)
    n_live = scope.accounts.loc[scope.accounts["month"] == end, "account_id"].nunique()
    sheet.add("revenue.recurring", total.get(end, float("nan")), n=n_live, period=spot, reason=TOO_SHORT)
    for segment in scope.segments:
        now = monthly[(monthly[SEGMENT] == segment) & (monthly["month"] == end)]["amount"].sum()
        sheet.add("revenue.recurring", now, segment=segment, period=spot)
    _growth_rate(scope, total)
    _plan(scope, total)
    _shares(scope)
    return {"recurring": monthly}


def _growth_rate(scope: Scope, total: pd.Series) -> None:
    now, then = total.get(scope.end), total.get(scope.start)
    old = total.get(add_months(scope.end, -36))
    sheet = scope.sheet
    if now is None or not then:
        sheet.refuse("revenue.recurring_growth", TOO_SHORT)
    else:
        sheet.add("revenue.recurring_growth", now / then - 1, numerator=now, denominator=then)
    if now is None or not old:
        sheet.refuse("revenue.recurring_cagr_3y", "fewer than three years of data")
    else:
        sheet.add(
            "revenue.recurring_cagr_3y", (now / old) ** (1 / 3) - 1, numerator=now, denominator=old, period=window_label(scope.end, 36)
        )


def _plan(scope: Scope, total: pd.Series) -> None:
    plan, deal = scope.room.deal.plan.recurring_revenue, scope.room.deal
    if not plan:
        for metric in ("revenue.plan_growth", "revenue.plan_gap"):
            scope.sheet.refuse(metric, "the deal file has no plan")
        return
    year = max(plan)
    months = 12 * year + deal.target.fiscal_year_end_month - 1 - month_index(scope.end)
    now = total.get(scope.end)
    value = (plan[year] / now) ** (12 / months) - 1 if now and months > 0 else float("nan")
    period = f"{month_label(scope.end)}..FY{year}"
    scope.sheet.add("revenue.plan_growth", value, numerator=plan[year], denominator=now or float("nan"), period=period, reason=TOO_SHORT)
    then = total.get(scope.start)
    grown = (now / then) ** (12 / scope.months) - 1 if now and then else float("nan")
    scope.sheet.add("revenue.plan_gap", value - grown, period=period, reason=TOO_SHORT, tie=_gap_tie(scope))


def _gap_tie(scope: Scope) -> tuple[float, float]:
    """The plan's growth is highest where revenue is lowest, and growth so far lowest then: the ends of both are taken across."""
    asked, grown = scope.sheet.row("revenue.plan_growth"), scope.sheet.row("revenue.recurring_growth")
    power = 12 / scope.months
    fast, slow = ((1 + grown[end]) ** power - 1 for end in ("tie_high", "tie_low"))
    return asked["tie_low"] - fast, asked["tie_high"] - slow


def _shares(scope: Scope) -> None:
    cube = scope.room.cube
    year = cube[(cube["month"] <= scope.end) & (cube["month"] > add_months(scope.end, -12))]
    total, n = year["amount"].sum(), int(year["lines"].sum())
    if scope.room.has("revenue"):
        scope.sheet.add("revenue.total_ltm", total, n=n)
    for metric, kind in (("revenue.recurring_share", "recurring"), ("revenue.services_share", "services")):
        part = year.loc[year["kind"] == kind, "amount"].sum()
        scope.sheet.add(
            metric,
            part / total if total else float("nan"),
            n=n,
            numerator=part,
            denominator=total,
            reason="no revenue in the last twelve months",
        )


def revenue_bridge(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in the bridge of the period, of each fiscal year and segment; give the proof that every month closes."""
    if scope.cube.empty:
        return {}, []
    moves = scope.moves
    product = moves.assign(product_id=moves["product_id"].astype("str"))
    tables = {"bridge": bridge(scope.cube, moves, window=scope.window)}
    residuals = [float(tables["bridge"]["residual"].abs().max() or 0) if len(tables["bridge"]) else 0.0]
    for by, frame in ((SEGMENT, moves), ("product_id", product)):
        cut = bridge(scope.cube, frame, window=scope.window, by=by)
        residuals.append(float(cut["residual"].abs().max()) if len(cut) else 0.0)
        if by == SEGMENT:
            tables["bridge_segment"] = cut
    worst = max(residuals)
    if tables["bridge"].empty:
        scope.sheet.refuse("bridge.residual", TOO_SHORT)
    else:
        scope.sheet.add("bridge.residual", worst, n=len(tables["bridge"]))
    checks = [Check("opening + movements = closing, every month, segment and product", worst, 0.0, CENT)]
    if not scope.has_period:
        return tables, checks
    moved = _moved(scope, scope.start, scope.end)
    point = _between(scope, scope.start, scope.end, moved)
    _bridge_facts(scope, point, "")
    tables["bridge_period"] = point
    _organic(scope, point.set_index("movement")["amount"])
    for segment in scope.segments:
        _bridge_facts(scope, _between(scope, scope.start, scope.end, moved, segment), segment)
    tables["bridge_years"] = _years(scope)
    checks.append(Check("opening + movements = closing over the period", point["amount"].iloc[:-1].sum(), point["amount"].iloc[-1], CENT))
    return tables, checks


def _moved(scope: Scope, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    back = scope.room.deal.defaults.reactivation_months
    found = movements_between(scope.cube, start, end, window=scope.window, reactivation_months=back, acquired=scope.acquired)
    return found.assign(segment=found["customer_id"].map(scope.segment_of))


def _between(scope: Scope, start: pd.Timestamp, end: pd.Timestamp, found: pd.DataFrame, segment: str = "") -> pd.DataFrame:
    factor = 12 / scope.window / TICKS
    found = found[found[SEGMENT] == segment] if segment else found
    cube, accounts = (frame[frame[SEGMENT] == segment] if segment else frame for frame in (scope.cube, scope.accounts))
    sides, pairs = [], []
    for when in (start, end):
        inside = accounts[within(accounts["month"], when, scope.window)]
        sides.append(float(inside["amount"].sum()) * 12 / scope.window)
        held = level(cube, when, ["customer_id", "product_id"], window=scope.window)
        pairs.append(int((held["ticks"] > 0).sum()))
    sums = found.groupby("movement")["ticks"].agg(["sum", "count"]).reindex(MOVEMENTS, fill_value=0)
    rows = [("opening", sides[0], pairs[0])] + [(m, float(sums.loc[m, "sum"]) * factor, int(sums.loc[m, "count"])) for m in MOVEMENTS]
    return pd.DataFrame([*rows, ("closing", sides[1], pairs[1])], columns=["movement", "amount", "n"])


def _bridge_facts(scope: Scope, point: pd.DataFrame, segment: str, **cut: Any) -> None:
    for row in point.itertuples():
        lacks = scope.sheet.lacking(f"bridge.{row.movement}")
        if lacks:
            scope.sheet.add(f"bridge.{row.movement}", float("nan"), segment=segment, reason=lacks, **cut)
        else:
            scope.sheet.add(f"bridge.{row.movement}", row.amount, n=max(row.n, 1), segment=segment, **cut)


def _organic(scope: Scope, point: pd.Series) -> None:
    metric = "revenue.organic_growth"
    grown, opening = point["closing"] - point["acquired"] - point["opening"], point["opening"]
    lacks = scope.sheet.lacking(metric)
    scope.sheet.add(metric, float("nan") if lacks or opening <= 0 else grown / opening, numerator=grown, denominator=opening, reason=lacks)


def _years(scope: Scope) -> pd.DataFrame:
    """Bridge whole fiscal years, and the months since the last one."""
    close = scope.room.deal.target.fiscal_year_end_month
    first = month_index(scope.room.first_month) + scope.window - 1
    end, frames = scope.end, []
    ends = [add_months(end, -back) for back in range((end.month - close) % 12, 12 * 30, 12)]
    for year_end in ends:
        start = add_months(year_end, -12)
        if month_index(start) < first:
            break
        label = f"FY{fiscal_year(year_end, close)}"
        point = _between(scope, start, year_end, _moved(scope, start, year_end))
        _bridge_facts(scope, point, "", object="fiscal_year", object_id=label, period=window_label(year_end, 12))
        frames.append(point.assign(fiscal_year=label))
    return pd.concat(frames[::-1], ignore_index=True) if frames else pd.DataFrame(columns=["movement", "amount", "n", "fiscal_year"])


def season(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the season of all monthly revenue."""
    cube = scope.room.cube
    cube = cube[cube["month"] <= scope.end]
    # at the rate of each month's last day: a short February is no season
    monthly = cube.groupby("month", observed=True)["amount_rate"].sum().rename("amount").reset_index()
    found = seasonality(monthly)
    if found is None:
        for metric in ("season.strength", "season.peak", "season.trough"):
            scope.sheet.refuse(metric, "fewer than 24 whole months of positive revenue without a gap")
        return {}
    period = window_label(scope.end, found.months)
    scope.sheet.add("season.strength", found.strength, n=found.months, period=period)
    for metric, row in (("season.peak", found.factors["factor"].idxmax()), ("season.trough", found.factors["factor"].idxmin())):
        factor = found.factors.loc[row]
        scope.sheet.add(metric, factor["factor"] - 1, low=factor["low"] - 1, high=factor["high"] - 1, n=found.months, period=period)
    return {"season": found.factors}
