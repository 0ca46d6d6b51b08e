"""The interval of a net promoter score: a bootstrap over customers."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.metrics.nps import DETRACTOR, PROMOTER, answer_weights
from diligence.models.intervals import ratio_interval


def nps_interval(
    nps: pd.DataFrame, generator: np.random.Generator, *, worth: pd.DataFrame | None = None, draws: int = 1000
) -> tuple[float, float]:
    """Interval of the net promoter score, drawing customers whole: ``sum(weight x sign) / sum(weight)`` of each draw.

    Several people of one customer answer alike; drawing answers one by one would make the interval too narrow. Answers without a
    customer stand for themselves.

    Parameters
    ----------
    nps
        ``score``, ``customer_id``.
    worth
        ``customer_id``, ``amount``: with it the score is weighted (:func:`diligence.metrics.nps.net_promoter_score`).

    Returns
    -------
    tuple of float
        Low and high, -1 to 1; NaN with fewer than two customers.

    Examples
    --------
    >>> answers = pd.DataFrame({"customer_id": list("abcd"), "score": [10, 10, 10, 10]})
    >>> nps_interval(answers, np.random.default_rng(1))
    (1.0, 1.0)
    """
    need(nps, "score", "customer_id")
    kept = nps[nps["score"].between(0, 10)].reset_index(drop=True)
    score = kept["score"].astype("float64")
    sign = (score >= PROMOTER).astype("float64") - (score <= DETRACTOR).astype("float64")
    weight = answer_weights(kept, worth) if worth is not None else pd.Series(1.0, index=kept.index)
    alone = pd.Series([f"answer {place}" for place in kept.index], index=kept.index, dtype="object")
    customer = kept["customer_id"].astype("object").where(kept["customer_id"].notna(), alone)
    sums = pd.DataFrame({"top": sign * weight, "whole": weight}).groupby(customer.astype("str"), sort=True).sum()
    return ratio_interval(sums["top"], sums["whole"], generator, draws=draws)
