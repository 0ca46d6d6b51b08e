"""Whether a lead score knows anything: area under the curve, and the lift of the best tenth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")


@dataclass(frozen=True)
class LeadScoreLift:
    """What a score tells of an outcome.

    Attributes
    ----------
    auc, low, high
        Probability that a lead that converted had the higher score than one that did not, with its 95% interval (DeLong); a half is chance.
    lift, lift_low, lift_high
        Conversion of the best tenth over that of all; its interval is Wilson's of the tenth.
    tenth
        Leads in the best tenth: more than a tenth where the score has ties.
    skill
        Whether the interval of ``auc`` lies above a half.
    converted, n
        Leads.
    """

    auc: float
    low: float
    high: float
    lift: float
    lift_low: float
    lift_high: float
    tenth: int
    skill: bool
    converted: int
    n: int


def lead_score_lift(leads: pd.DataFrame, *, converted: str = "sql_on") -> LeadScoreLift:
    """Set the score against the outcome: ``AUC = P(score converted > score not) + P(equal) / 2``, ``lift = rate of best tenth / rate of all``.

    The interval is that of DeLong, DeLong and Clarke-Pearson 1988, by ranks (Sun and Xu 2014); scipy ranks, statsmodels gives Wilson.
    Pass leads that have had their time to convert. A step that is taken because of the score (qualified at 50 points) is no outcome: the
    score predicts it by rule.

    Parameters
    ----------
    leads
        ``score``; ``converted``: a date or flag that is filled, and not false, where the lead converted. Leads without a score are left out.

    Returns
    -------
    LeadScoreLift
        NaN where all or none converted.

    Examples
    --------
    >>> leads = pd.DataFrame({"score": [1, 2, 3, 4], "sql_on": [None, None, "2026-01-01", "2026-01-01"]})
    >>> lead_score_lift(leads).auc
    1.0
    """
    need(leads, "score", converted)
    kept = leads[leads["score"].notna()]
    score = kept["score"].to_numpy(dtype="float64")
    outcome = kept[converted]
    won = (outcome.notna() & ~outcome.astype("object").eq(False)).to_numpy(dtype="bool")
    m, n = int(won.sum()), len(won)
    if m in (0, n):
        return LeadScoreLift(NAN, NAN, NAN, NAN, NAN, NAN, 0, False, m, n)
    auc, error = _delong(score[won], score[~won])
    low, high = (max(0.0, auc - 1.96 * error), min(1.0, auc + 1.96 * error)) if np.isfinite(error) else (NAN, NAN)
    from diligence.models.intervals import wilson

    cut = np.sort(score)[::-1][max(1, int(np.ceil(n / 10))) - 1]
    best = score >= cut
    base, hits, size = m / n, int(won[best].sum()), int(best.sum())
    ends = wilson(hits, size)
    return LeadScoreLift(auc, low, high, hits / size / base, ends[0] / base, ends[1] / base, size, bool(low > 0.5), m, n)


def _delong(positive: np.ndarray, negative: np.ndarray) -> tuple[float, float]:
    from scipy.stats import rankdata

    m, n = len(positive), len(negative)
    ranks = rankdata(np.concatenate([positive, negative]))
    v10 = (ranks[:m] - rankdata(positive)) / n
    v01 = 1 - (ranks[m:] - rankdata(negative)) / m
    auc = float(v10.mean())
    if min(m, n) < 2:
        return auc, NAN
    return auc, float(np.sqrt(v10.var(ddof=1) / m + v01.var(ddof=1) / n))
