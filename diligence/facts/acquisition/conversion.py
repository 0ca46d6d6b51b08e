"""How far leads come and how long it takes: the funnel by created cohort, outcomes as competing risks, the cycle."""

import pandas as pd

from diligence.facts.acquisition.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.funnel import created_at_close, funnel, funnel_cohorts, stage_dates
from diligence.models.closing import OUTCOMES, closing_incidence, cycle, incidence_at
from diligence.models.intervals import wilson
from diligence.periods import add_months

YEAR = 365
COHORT_YEARS = 3


def conversion(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the funnel, the outcomes and the cycle; give the tables behind."""
    return {**_funnel(scope), **_outcomes(scope), **_cycle(scope)}


def _funnel(scope: Scope) -> dict[str, pd.DataFrame]:
    sheet = scope.sheet
    if not scope.room.has("leads", "created_on") or scope.leads.empty:
        return {}
    staged = stage_dates(scope.leads, scope.deals, as_of=scope.as_of)
    dated = {"mql_to_sql": "mql_on", "lead_to_mql": "mql_on", "sql_to_opportunity": "sql_on", "opportunity_to_won": "opportunity_id"}
    lacking = {f"acquisition.{step}": sheet.lacking(f"acquisition.{step}") for step in dated}
    for segment, rows in scope.cuts(staged):
        _steps(scope, funnel(rows, as_of=scope.as_of, months=12), lacking, segment=segment)
    found = funnel(staged, as_of=scope.as_of, months=12, by="channel") if scope.room.has("leads", "channel") else pd.DataFrame()
    for channel, rows in found.groupby("channel", sort=True) if len(found) else ():
        _steps(scope, rows, lacking, object="channel", object_id=str(channel))
    cohorts = funnel_cohorts(staged, as_of=scope.as_of)
    old = staged[pd.to_datetime(staged["lead"]).le(pd.Timestamp(scope.as_of) - pd.Timedelta(days=390))]
    reached, n = int(old["won"].notna().sum()), len(old)
    low, high = wilson(reached, n)
    reason = sheet.lacking("acquisition.lead_to_won") or "no lead is old enough to have been won or lost"
    value = NAN if sheet.lacking("acquisition.lead_to_won") or not n else reached / n
    sheet.add(
        "acquisition.lead_to_won",
        value,
        low=low,
        high=high,
        n=n,
        numerator=reached,
        denominator=n,
        reason=reason,
        period="all mature leads",
    )
    return {"funnel": funnel(staged, as_of=scope.as_of, months=12), "funnel_channel": found, "funnel_cohorts": cohorts}


def _steps(scope: Scope, found: pd.DataFrame, lacking: dict[str, str], **cut: str) -> None:
    for row in found.itertuples():
        metric = f"acquisition.{row.step}"
        low, high = wilson(row.went_on, row.entered)
        scope.sheet.add(
            metric,
            NAN if lacking[metric] else row.rate,
            low=low,
            high=high,
            n=row.entered,
            numerator=row.went_on,
            denominator=row.entered,
            reason=lacking[metric] or "nobody entered this stage long enough ago",
            **cut,  # type: ignore[arg-type]
        )


def _outcomes(scope: Scope) -> dict[str, pd.DataFrame]:
    """Share won, lost and left without decision a year after creation, open ones censored; by segment, channel and year of creation."""
    if scope.deals.empty:
        return {}
    outcomes = scope.outcomes
    frames = []
    for segment, rows in scope.cuts(outcomes):
        frames.append(_incidence(scope, rows, segment=segment).assign(segment=segment or "all"))
    if scope.room.has("opportunities", "channel"):
        for channel, rows in outcomes.groupby("channel", sort=True):
            _incidence(scope, rows, object="channel", object_id=str(channel))
    created = pd.to_datetime(outcomes["created_on"])
    for back in range(COHORT_YEARS):
        rows = outcomes[(created < add_months(scope.end, 1 - 12 * back)) & (created >= add_months(scope.end, -11 - 12 * back))]
        if len(rows):
            _incidence(
                scope,
                rows,
                object="created",
                object_id=f"{add_months(scope.end, -11 - 12 * back):%Y-%m}..{add_months(scope.end, -12 * back):%Y-%m}",
            )
    recent = scope.won[pd.to_datetime(scope.won["closed_on"]) >= add_months(scope.end, -23)]
    late, n = int(created_at_close(recent).sum()), len(recent)
    low, high = wilson(late, n)
    scope.sheet.add(
        "acquisition.created_at_close",
        late / n if n else NAN,
        low=low,
        high=high,
        n=n,
        numerator=late,
        denominator=n,
        reason="no new business won in the last two years",
    )
    return {"outcomes": pd.concat(frames, ignore_index=True)}


def _incidence(scope: Scope, rows: pd.DataFrame, **cut: str) -> pd.DataFrame:
    found = closing_incidence(rows)
    at = incidence_at(found, days=YEAR).set_index("outcome")
    for outcome in OUTCOMES:
        metric = f"acquisition.{outcome}_within_year"
        reason = scope.sheet.lacking(metric) or "no opportunity of this cut has been decided"
        known = outcome in at.index and not scope.sheet.lacking(metric)
        row = at.loc[outcome] if known else None
        value, low, high = (NAN, NAN, NAN) if row is None else (row["incidence"], row["low"], row["high"])
        scope.sheet.add(metric, value, low=low, high=high, n=len(rows), reason=reason, period="by creation, a year on", **cut)  # type: ignore[arg-type]
    return found


def _cycle(scope: Scope) -> dict[str, pd.DataFrame]:
    if scope.deals.empty:
        return {}
    rows, never = [], "fewer than half of the opportunities have been decided"
    for segment, part in scope.cuts(scope.outcomes):
        found = cycle(part)
        rows.append((segment or "all", found.decided, found.low, found.high, found.won, found.lost, found.closed, found.n))
        for name, value in (("cycle_days", found.decided), ("cycle_won_days", found.won), ("cycle_lost_days", found.lost)):
            low, high = (found.low, found.high) if name == "cycle_days" else (NAN, NAN)
            scope.sheet.add(
                f"acquisition.{name}", value, low=low, high=high, n=found.n, segment=segment, reason=never, period="by creation"
            )
    created = pd.to_datetime(scope.outcomes["created_on"])
    now = cycle(scope.outcomes[created >= add_months(scope.end, -11)])
    before = cycle(scope.outcomes[(created >= add_months(scope.end, -35)) & (created < add_months(scope.end, -11))])
    value = now.decided / before.decided if before.decided > 0 else NAN
    scope.sheet.add("acquisition.cycle_inflation", value, n=now.n, reason=never)
    columns = ["segment", "decided", "low", "high", "won", "lost", "closed", "n"]
    return {"cycle": pd.DataFrame(rows, columns=columns)}
