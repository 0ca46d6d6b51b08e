"""Net promoter score: in answers, and in what the answering customers are worth."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

PROMOTER, DETRACTOR = 9, 6


def net_promoter_score(nps: pd.DataFrame, worth: pd.DataFrame | None = None, *, by: str = "") -> pd.DataFrame:
    """Net promoter score: ``(promoters - detractors) / n``; promoters answer 9 or 10, detractors 0 to 6.

    Answers count equally; the weighted score counts each customer by its worth, parted evenly over its answers, so that a large account
    with one angry user is not outvoted by ten small ones.

    Parameters
    ----------
    nps
        ``score`` (0 to 10; others are left out), ``customer_id`` where ``worth`` is given, ``by``.
    worth
        ``customer_id``, ``amount`` (currency a year). Customers without an amount weigh nothing.
    by
        A column to cut by.

    Returns
    -------
    DataFrame
        ``by``, ``promoters, passives, detractors, n``, ``value`` (-1 to 1), ``weighted`` (-1 to 1), ``worth`` (currency behind the
        answers), ``at_risk`` (currency of the detractors' part); the last three NaN without ``worth``.

    Notes
    -----
    Source: Reichheld, The one number you need to grow, HBR December 2003.

    Examples
    --------
    >>> answers = pd.DataFrame({"customer_id": ["a", "b", "c"], "score": [10, 9, 3]})
    >>> worth = pd.DataFrame({"customer_id": ["a", "b", "c"], "amount": [1.0, 1.0, 8.0]})
    >>> net_promoter_score(answers, worth)[["value", "weighted", "at_risk"]].round(3).values.tolist()
    [[0.333, -0.6, 8.0]]
    """
    need(nps, "score", *(["customer_id"] if worth is not None else []), *([by] if by else []))
    kept = nps[nps["score"].between(0, 10)]
    score = kept["score"].astype("float64")
    flags = pd.DataFrame(
        {"promoters": score >= PROMOTER, "passives": score.between(DETRACTOR + 0.5, PROMOTER - 0.5), "detractors": score <= DETRACTOR}
    )
    flags = flags.astype("int64")
    weight = answer_weights(kept, worth) if worth is not None else pd.Series(np.nan, index=kept.index)
    frame = flags.assign(worth=weight, up=weight * flags["promoters"], at_risk=weight * flags["detractors"])
    key = kept[by].astype("object").where(kept[by].notna(), "(not given)").astype("str").rename(by) if by else None
    found = frame.sum(min_count=1).to_frame().T if key is None else frame.groupby(key, sort=True).sum(min_count=1).reset_index()
    counts = ["promoters", "passives", "detractors"]
    found[counts] = found[counts].fillna(0)
    found["n"] = found[counts].sum(axis=1)
    found["value"] = (found["promoters"] - found["detractors"]) / found["n"].where(found["n"] > 0)
    found["weighted"] = (found["up"] - found["at_risk"]) / found["worth"].where(found["worth"] > 0)
    return found[[*([by] if by else []), *counts, "n", "value", "weighted", "worth", "at_risk"]]


def answer_weights(nps: pd.DataFrame, worth: pd.DataFrame) -> pd.Series:
    """Give each answer its customer's worth, parted evenly: ``amount / answers of the customer``; nought where the worth is not known.

    Examples
    --------
    >>> answers = pd.DataFrame({"customer_id": ["a", "a", "b"]})
    >>> answer_weights(answers, pd.DataFrame({"customer_id": ["a"], "amount": [8.0]})).tolist()
    [4.0, 4.0, 0.0]
    """
    need(nps, "customer_id")
    need(worth, "customer_id", "amount")
    customer = nps["customer_id"].astype("object").where(nps["customer_id"].notna(), "").astype("str")
    known = worth.groupby(worth["customer_id"].astype("str"))["amount"].sum()
    answers = customer.groupby(customer).transform("size").astype("float64")
    return (customer.map(known).astype("float64").fillna(0.0) / answers).rename("weight")
