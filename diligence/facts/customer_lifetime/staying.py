"""How long customers stay: survival by every cut, what sets the rate of leaving, and the curve that allows for unlike customers."""

import re
from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.customer_lifetime.scope import CUTS, HORIZON, Lifetimes
from diligence.facts.sheet import NAN
from diligence.metrics.lifespans import life_table
from diligence.models.intervals import wilson
from diligence.models.proportional_hazards import proportional_hazards
from diligence.models.retention_curve import RetentionCurve, curve_interval, pooling, shifted_beta_geometric
from diligence.models.survival import kaplan_meier, log_rank, median_life, restricted_life, survival_at

AGES = (12, 24, 36, 60)
FOLLOWED = 10
"""Customers at risk at an age, below which the curve says nothing of it."""
YEARS = 5
FEW = "at some age up to it fewer than ten customers were at risk"
RARE = 20
"""Words with fewer lives are put together before the rates of leaving are compared."""


def survival(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in survival at each age, median and restricted life, by every cut; give the curves."""
    lives = scope.lives
    if lives.empty:
        return {}
    unknown = int(lives["exit"].isna().sum())
    low, high = wilson(unknown, len(lives))
    scope.sheet.add("lifetime.customers", len(lives), n=len(lives))
    scope.sheet.add(
        "lifetime.age_unknown", unknown / len(lives), low=low, high=high, n=len(lives), numerator=unknown, denominator=len(lives)
    )
    if scope.known.empty:
        return {}
    curve = kaplan_meier(scope.known)
    _points(scope, scope.known, AGES, {})
    frames = {"survival": curve}
    if scope.segments:
        frames["survival_segments"] = kaplan_meier(scope.known, by="segment")
    for segment in scope.segments:
        _points(scope, scope.known[scope.known["segment"] == segment], AGES, {"segment": segment})
    rows = [_cut(scope, cut) for cut in ("segment", *CUTS)]
    frames["cuts"] = pd.concat(rows, ignore_index=True)
    _rates(scope)
    return frames


def _points(
    scope: Lifetimes, lives: pd.DataFrame, ages: tuple[int, ...], cut: dict[str, Any]
) -> list[tuple[int, float, float, float, int]]:
    """Add survival at the ages, the median and the restricted life of some lives; give the points."""
    n, curve, points = len(lives), kaplan_meier(lives), []
    if not n:
        return []
    for age in ages:
        found = survival_at(curve, age).iloc[0]
        value = float(found["survival"]) if followed(curve, age) else NAN
        scope.sheet.add(f"lifetime.survival_{age}m", value, low=found["low"], high=found["high"], n=n, reason=FEW, **cut)
        points.append((age, value, float(found["low"]), float(found["high"]), n))
    if "object" in cut:
        return points
    middle = median_life(curve).iloc[0]
    stay = "more than half stay longer than anybody was followed"
    scope.sheet.add("lifetime.median", middle["median"], low=middle["low"], high=middle["high"], n=n, reason=stay, **cut)
    short = restricted_life(curve, HORIZON).iloc[0]
    value = short["value"] if followed(curve, HORIZON) else NAN
    scope.sheet.add("lifetime.restricted_60m", value, low=short["low"], high=short["high"], n=n, reason=FEW, **cut)
    return points


def followed(curve: pd.DataFrame, age: float) -> bool:
    """Say whether a curve rests on enough customers at every age from nought up to one.

    With late entry few may stand at its beginning: those who entered at three years say nothing of how many leave before.
    """
    thinnest = float(curve.loc[curve["age"] <= age, "at_risk"].min())
    return min(thinnest, float(survival_at(curve, age)["at_risk"].iloc[0])) >= FOLLOWED


def _cut(scope: Lifetimes, cut: str) -> pd.DataFrame:
    """Fill in survival of each word of a cut, and whether they leave alike."""
    lives = scope.known[scope.known[cut].notna()]
    rows = []
    for name in sorted(lives[cut].astype("str").unique(), key=_place):
        part = lives[lives[cut].astype("str") == name]
        if cut == "segment":
            curve = kaplan_meier(part)
            found = survival_at(curve, 36)[["survival", "low", "high"]].iloc[0]
            rows.append((cut, name, *(found if followed(curve, 36) else (NAN, NAN, NAN)), len(part)))
            continue
        points = _points(scope, part, (12, 36), {"object": cut, "object_id": name})
        rows += [
            (cut, name, *((value, low, high) if np.isfinite(value) else (NAN, NAN, NAN)), n)
            for age, value, low, high, n in points
            if age == 36
        ]
    words = [name for _, name, *_, n in rows if n >= RARE]
    test = log_rank(lives[lives[cut].astype("str").isin(words)], by=cut)
    one = "there are no two groups of twenty customers to compare"
    scope.sheet.add("lifetime.log_rank", float(test["p_value"].iloc[0]), n=len(lives), object="cut", object_id=cut, reason=one)
    return pd.DataFrame(rows, columns=["cut", "name", "value", "low", "high", "n"])


def _place(word: str) -> tuple[float, str]:
    """Put bands of size in order of their number, other words in that of the alphabet."""
    number = re.match(r"\d+", word.replace(",", ""))
    return (float(number[0]) if number else float("inf"), word)


def _rates(scope: Lifetimes) -> None:
    """Compare the rates of leaving, each attribute with the others held; rare words are put together."""
    terms, lives = [], scope.known
    for cut in ("segment", "size_band", "country", "channel"):
        words = lives[cut].dropna().astype("str")
        counts = words.value_counts()
        if len(counts) < 2 or (cut != "segment" and scope.segment_by == cut):
            continue
        frequent = counts.index[counts >= RARE]
        if len(frequent) >= 2:
            lives = lives.assign(**{cut: words.where(words.isin(frequent), "other").reindex(lives.index)})
            terms.append(cut)
    found = proportional_hazards(lives, terms=terms) if terms else pd.DataFrame()
    for row in found.itertuples():
        cut, _, word = str(row.term).partition("=")
        scope.sheet.add("lifetime.hazard_ratio", row.ratio, low=row.low, high=row.high, n=row.n, object=cut, object_id=word)


def retention_curve(scope: Lifetimes) -> dict[str, pd.DataFrame]:
    """Fill in the shifted beta-geometric by years of age, and whether cohorts may share it; give it beside what was seen."""
    family = ["alpha", "beta", "polarisation", "expected_years", "restricted_years", "pooling"]
    table = life_table(scope.known, months=12) if len(scope.known) else pd.DataFrame()
    curve = shifted_beta_geometric(table) if len(table) else None
    if curve is None:
        scope.sheet.complete(
            [f"lifetime.{name}" for name in family], "fewer than two years of age with customers at risk, or none were lost"
        )
        return {}
    n = len(scope.known)
    fitted = curve_interval(curve, table, scope.generator(), periods=max(YEARS, curve.periods))
    within = fitted.iloc[YEARS - 1]
    scope.sheet.add("lifetime.alpha", curve.alpha if curve.converged else NAN, n=n, reason=_alike(curve))
    scope.sheet.add("lifetime.beta", curve.beta if curve.converged else NAN, n=n, reason=_alike(curve))
    scope.sheet.add("lifetime.polarisation", curve.polarisation, n=n)
    infinite = "alpha is 1 or less: the mean life is infinite; read the life within five years"
    scope.sheet.add("lifetime.expected_years", curve.expected_life, n=n, reason=infinite if curve.converged else _alike(curve))
    scope.sheet.add("lifetime.restricted_years", within["life"], low=within["life_low"], high=within["life_high"], n=n)
    cohorts = life_table(scope.known[scope.known["entry"] == 0], months=12, by="cohort")
    test = pooling(cohorts).iloc[0] if len(cohorts) else pd.Series({"p_value": NAN})
    scope.sheet.add("lifetime.pooling", float(test["p_value"]), n=n, reason="fewer than two cohorts were followed for a year")
    seen = table.set_index("age")[["survival", "at_risk"]].rename(columns={"survival": "observed"})
    return {"retention_curve": fitted.join(seen, on="age")}


def _alike(curve: RetentionCurve) -> str:
    way = "falls" if curve.alpha < 1 else "does not fall"
    return f"the fit runs to its bounds: the rate of leaving {way} with age as for customers who are all alike"
