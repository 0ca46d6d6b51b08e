"""How sure an attribution is: intervals by drawing paths anew, and whether the data can tell channels apart at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.attribution import RULES, disagreement
from diligence.metrics.measure import need
from diligence.metrics.shapley import shapley_attribution
from diligence.models.markov_attribution import markov_attribution

Rule = Callable[[pd.DataFrame], pd.DataFrame]
MODELS: dict[str, Rule] = {**RULES, "shapley": shapley_attribution, "markov": markov_attribution}
"""Every rule that needs no dates, by its name."""

MOST_DISTANCE = 0.35
"""Total variation distance between two rules from which a design decision is needed, not a better tool."""
LEAST_COVERAGE = 0.5
"""Share of what was booked with a recorded touch below which the recorded paths do not speak for the rest."""


@dataclass(frozen=True)
class Certainty:
    """Whether the recorded paths can tell the channels apart.

    Attributes
    ----------
    can_tell
        True where none of the three reasons against holds.
    reasons
        Those that hold, in words.
    leader
        Channel with the most credit by the rule that was asked.
    distance
        Largest total variation distance between two rules.
    coverage
        Share of what was booked that has a touch.
    """

    can_tell: bool
    reasons: str
    leader: str
    distance: float
    coverage: float


def attribution_table(paths: pd.DataFrame, *, rules: Mapping[str, Rule] | None = None) -> pd.DataFrame:
    """Attribute by several rules side by side.

    Parameters
    ----------
    paths
        ``path_id, position, channel, conversions, amount, nulls``: one row a touch.
    rules
        Rules by name; left out, first, last, linear, position, Shapley and Markov.

    Returns
    -------
    DataFrame
        ``rule, channel, conversions, amount`` (currency), ``share`` (of conversions).

    Examples
    --------
    >>> paths = pd.DataFrame({"path_id": [1, 1], "position": [0, 1], "channel": ["a", "b"], "conversions": 1, "amount": 9.0, "nulls": 0})
    >>> attribution_table(paths).query("rule == 'first'")["share"].tolist()
    [1.0, 0.0]
    """
    need(paths, "path_id", "position", "channel", "conversions", "amount", "nulls")
    found = [rule(paths).assign(rule=name) for name, rule in (rules or MODELS).items()]
    return pd.concat(found, ignore_index=True)[["rule", "channel", "conversions", "amount", "share"]]


def attribution_intervals(
    paths: pd.DataFrame,
    generator: np.random.Generator,
    *,
    rules: Mapping[str, Rule] | None = None,
    draws: int = 200,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Give each rule's shares with percentile intervals over paths drawn anew (Poisson bootstrap: each path counts Poisson(1) times).

    Parameters
    ----------
    paths
        As :func:`attribution_table` takes them. A row that stands for many paths is drawn as often as it stands.
    generator
        Source of randomness; the same seed gives the same interval, whatever the order of rows.

    Returns
    -------
    DataFrame
        ``rule, channel, share, low, high``.

    Examples
    --------
    >>> paths = pd.DataFrame({"path_id": [1, 2], "position": 0, "channel": ["a", "a"], "conversions": 1, "amount": 9.0, "nulls": [0, 1]})
    >>> attribution_intervals(paths, np.random.default_rng(1))[["low", "high"]].drop_duplicates().values.tolist()
    [[1.0, 1.0]]
    """
    need(paths, "path_id", "position", "channel", "conversions", "amount", "nulls")
    ordered = paths.sort_values(["path_id", "position", "channel"], kind="stable", ignore_index=True)
    ordered = ordered.assign(channel=ordered["channel"].astype("category"))
    point = attribution_table(ordered, rules=rules).astype({"channel": "object"})
    path = np.unique(ordered["path_id"].astype("str").to_numpy(), return_inverse=True)[1]
    begins = np.unique(path, return_index=True)[1]
    each = {name: ordered[name].to_numpy(dtype="float64")[begins] for name in ("conversions", "nulls", "amount")}
    mean = np.divide(each["amount"], each["conversions"], out=np.zeros(len(begins)), where=each["conversions"] > 0)
    drawn = np.full((draws, len(point)), np.nan)
    for draw in range(draws if len(begins) else 0):
        conversions, nulls = generator.poisson(each["conversions"]).astype("float64"), generator.poisson(each["nulls"]).astype("float64")
        again = ordered.assign(conversions=conversions[path], nulls=nulls[path], amount=(conversions * mean)[path])
        drawn[draw] = attribution_table(again, rules=rules)["share"].to_numpy()
    tail = (1 - confidence) / 2
    known = np.isfinite(drawn).any(axis=0)
    bounds = np.full((2, len(point)), np.nan)
    if known.any():
        bounds[:, known] = np.nanquantile(drawn[:, known], [tail, 1 - tail], axis=0)
    return point[["rule", "channel", "share"]].assign(low=bounds[0], high=bounds[1])


def attribution_certainty(intervals: pd.DataFrame, *, coverage: float, rule: str = "markov") -> Certainty:
    """Say whether the data can tell, by a rule stated beforehand.

    They cannot where two rules are more than 0.35 apart in total variation; where less than half of what was booked has a touch; or where the
    interval of the leading channel reaches into that of the next.

    Parameters
    ----------
    intervals
        ``rule, channel, share, low, high``, as :func:`attribution_intervals` gives it.
    coverage
        Share of what was booked with a recorded touch.
    rule
        The rule whose leader is held against the next channel.

    Examples
    --------
    >>> table = pd.DataFrame({"rule": "markov", "channel": ["a", "b"], "share": [0.6, 0.4], "low": [0.5, 0.3], "high": [0.7, 0.45]})
    >>> attribution_certainty(table, coverage=0.9).can_tell
    True
    """
    need(intervals, "rule", "channel", "share", "low", "high")
    pairs = disagreement(intervals[intervals["share"].notna()])
    distance = float(pairs["distance"].max()) if len(pairs) else 0.0
    own = intervals[(intervals["rule"] == rule) & intervals["share"].notna()].sort_values(["share", "channel"], ascending=[False, True])
    reasons = []
    if distance > MOST_DISTANCE:
        worst = pairs.loc[pairs["distance"].idxmax()]
        reasons.append(f"the rules {worst['rule']} and {worst['other']} disagree by more than {MOST_DISTANCE:.0%} of the credit")
    if not coverage >= LEAST_COVERAGE:
        reasons.append(f"less than {LEAST_COVERAGE:.0%} of what was booked has a recorded touch")
    if own.empty:
        reasons.append(f"no path speaks for the rule {rule}")
    elif len(own) > 1 and not own["low"].iloc[0] > own["high"].iloc[1]:
        reasons.append("the intervals of the two leading channels overlap")
    return Certainty(not reasons, "; ".join(reasons), str(own["channel"].iloc[0]) if len(own) else "", distance, float(coverage))
