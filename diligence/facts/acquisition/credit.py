"""Who gets the credit: every rule reconciled to what was booked, how far they disagree, and whether the data can tell at all."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from diligence.facts.acquisition.scope import Scope
from diligence.facts.analysis import Check
from diligence.facts.sheet import NAN
from diligence.metrics.attribution import NO_TOUCH, RULES, disagreement, distinct_paths, restated, time_decay
from diligence.metrics.paths import attributed_revenue, booked, brand_search, by_quarter, conversion_paths, without_nulls
from diligence.metrics.shapley import shapley_attribution
from diligence.models.attribution_certainty import attribution_certainty, attribution_intervals
from diligence.models.intervals import wilson
from diligence.models.markov_attribution import markov_attribution
from diligence.periods import add_months

Rule = Callable[[pd.DataFrame], pd.DataFrame]
EVERY: dict[str, Rule] = {**RULES, "decay": time_decay, "shapley": shapley_attribution, "markov": markov_attribution}
COMPARED = ("first", "last", "markov")
"""The rules whose largest distance is the disagreement that is read against a threshold."""
DRAWS = 100
CENT = 0.005
NO_PATHS = "no recorded touch of an opportunity that was decided"


def credit(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in shares by every rule and their certainty; give the tables behind and the proof that each rule shares out what was booked."""
    if not scope.room.has("touches") or not scope.room.has("leads", "opportunity_id") or scope.deals.empty:
        return {}, []
    paths = conversion_paths(scope.touches, scope.leads, scope.deals, as_of=scope.as_of)
    won = booked(scope.deals, as_of=scope.as_of)
    _quality(scope, paths, won)
    if not paths["conversions"].sum() > 0:
        return {}, []
    bare = without_nulls(paths)
    rules = {name: rule for name, rule in EVERY.items() if not (bare and name == "markov")}
    table = pd.concat([attributed_revenue(paths, won, rule).assign(rule=name) for name, rule in rules.items()], ignore_index=True)
    by_order = {name: rule for name, rule in rules.items() if name != "decay"}
    drawn = [
        attribution_intervals(distinct_paths(paths), scope.generator(), rules=by_order, draws=DRAWS),
        attribution_intervals(paths, scope.generator(), rules={"decay": time_decay}, draws=DRAWS),
    ]
    intervals = pd.concat(drawn, ignore_index=True)
    _shares(scope, intervals, paths, bare)
    _certainty(scope, intervals, paths, won, bare)
    total = float(won["amount"].sum())
    checks = [
        Check(f"credit by rule {name} is what was booked", float(part["amount"].sum()), total, CENT) for name, part in table.groupby("rule")
    ]
    frames = {"attribution": table, "attribution_intervals": intervals, "attribution_pairs": disagreement(intervals)}
    frames["attribution_quarters"] = _frozen(scope, paths, won, bare)
    return frames, checks


def _quality(scope: Scope, paths: pd.DataFrame, won: pd.DataFrame) -> None:
    """What the paths cover, and what is wrong with them."""
    sheet, total = scope.sheet, float(won["amount"].sum())
    covered = won[("o:" + won["opportunity_id"].astype("str")).isin(paths["path_id"])]
    low, high = wilson(len(covered), len(won))
    part = float(covered["amount"].sum())
    sheet.add(
        "acquisition.touch_coverage",
        part / total if total > 0 else NAN,
        n=len(won),
        numerator=part,
        denominator=total,
        reason="nothing was won",
        period="all",
    )
    sheet.add("acquisition.touched_customers", len(covered) / len(won) if len(won) else NAN, low=low, high=high, n=len(won), numerator=len(covered), denominator=len(won), reason="nothing was won", period="all")  # fmt: skip
    ends = paths.drop_duplicates("path_id")
    sheet.add("acquisition.null_paths", float(ends["nulls"].sum()), n=max(len(ends), 1), period="all")
    searched = scope.touches[scope.touches["channel"].fillna("").astype("str").str.contains("search", case=False)]
    brand = brand_search(searched)
    reason = "no channel or campaign names a search for the brand: paid search cannot be split into demand made and demand met"
    sheet.add("acquisition.brand_search_share", float(brand.mean()) if brand.any() else NAN, n=len(searched), numerator=float(brand.sum()), denominator=len(searched), reason=reason, period="all")  # fmt: skip


def _shares(scope: Scope, intervals: pd.DataFrame, paths: pd.DataFrame, bare: bool) -> None:
    conversions = int(paths.drop_duplicates("path_id")["conversions"].sum())
    for row in intervals.itertuples():
        scope.sheet.add(
            f"acquisition.credit_{row.rule}", row.share, low=row.low, high=row.high, n=conversions, object="channel", object_id=str(row.channel),
            period="all", reason=NO_PATHS,
        )  # fmt: skip
    if bare:
        scope.sheet.refuse(
            "acquisition.credit_markov",
            "the paths hold conversions alone: nothing tells a channel that converts from one that is only there",
        )


def _certainty(scope: Scope, intervals: pd.DataFrame, paths: pd.DataFrame, won: pd.DataFrame, bare: bool) -> None:
    sheet = scope.sheet
    n = int(paths.drop_duplicates("path_id")["conversions"].sum())
    pairs = disagreement(intervals)
    for metric, kept in (("attribution_distance", COMPARED), ("attribution_distance_all", tuple(EVERY))):
        asked = pairs[pairs["rule"].isin(kept) & pairs["other"].isin(kept)]
        sheet.add(f"acquisition.{metric}", float(asked["distance"].max()) if len(asked) else NAN, n=n, period="all", reason=NO_PATHS)
    changes = pairs[pairs["rule"].isin(COMPARED) & pairs["other"].isin(COMPARED)]["rank_changes"]
    sheet.add("acquisition.attribution_rank_changes", float(changes.max()) if len(changes) else NAN, n=n, period="all", reason=NO_PATHS)
    coverage = float(sheet.row("acquisition.touch_coverage")["value"])
    told = attribution_certainty(intervals, coverage=coverage, rule="linear" if bare else "markov")
    sheet.add("acquisition.attribution_can_tell", float(told.can_tell), n=n, period="all")
    scope.sheet.rows[-1]["reason"] = told.reasons


def _frozen(scope: Scope, paths: pd.DataFrame, won: pd.DataFrame, bare: bool) -> pd.DataFrame:
    """Each quarter as it stood at its end; and how much of it a chain learnt from today's paths would move."""
    rule, learns = (EVERY["linear"], False) if bare else (EVERY["markov"], True)
    recent = won[pd.to_datetime(won["closed_on"]) > add_months(scope.end, -23)]
    frozen = by_quarter(paths, recent, rule, learns=learns)
    if bare:
        scope.sheet.refuse("acquisition.attribution_restated", "the paths hold conversions alone: no rule that learns is applied")
        return frozen
    now = paths.assign(ended_on=pd.Timestamp("1900-01-01"))
    today = by_quarter(now, recent, rule, learns=True)
    touched = frozen[frozen["channel"] != NO_TOUCH]
    moved = restated(touched, today[today["channel"] != NO_TOUCH])
    amount = float(moved["amount"].sum())
    value = float(moved["moved"].sum()) / amount if amount > 0 else NAN
    scope.sheet.add("acquisition.attribution_restated", value, n=len(moved), numerator=float(moved["moved"].sum()), denominator=amount, reason=NO_PATHS, period="last eight quarters")  # fmt: skip
    return frozen.assign(amount=np.round(frozen["amount"], 2))
