"""Key purchase criteria: what buyers weigh, how they score the target, and how far it is ahead of or behind the rival they know."""

import pandas as pd

from diligence.metrics.measure import need

QUADRANTS = {(True, True): "keep", (True, False): "fix", (False, True): "overdone", (False, False): "leave"}
"""Importance above the mean, and ahead of the rival (Martilla and James 1977)."""


def criteria_scores(answers: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Importance and performance of each criterion: ``gap = mean(target score - rival score)`` over those who scored both.

    Those who scored one side only are in its mean and not in the gap: a gap of two means would compare different people.

    Parameters
    ----------
    answers
        ``respondent_id, criterion, importance`` (1 to 10), and where asked ``target_score, competitor_score`` (1 to 10); ``by`` where given.

    Returns
    -------
    DataFrame
        ``by, criterion, importance`` (mean), ``weight`` (share of the sum of importances), ``target, rival`` (means), ``gap`` (points), ``quadrant``
        (``fix``: weighs much and behind; ``keep``: weighs much and ahead; ``overdone``; ``leave``; blank where unknown), ``n`` (respondents), ``n_both``.
        Heaviest first.

    Examples
    --------
    >>> answers = pd.DataFrame({"respondent_id": ["r", "r"], "criterion": ["price", "trust"], "importance": [6, 9], "target_score": [7, 5], "competitor_score": [6, 9]})
    >>> criteria_scores(answers)[["criterion", "gap", "quadrant"]].values.tolist()
    [['trust', -4.0, 'fix'], ['price', 1.0, 'overdone']]
    """
    need(answers, "respondent_id", "criterion", "importance", *([by] if by else []))
    frame = answers.reindex(
        columns=list(dict.fromkeys([*([by] if by else []), "respondent_id", "criterion", "importance", "target_score", "competitor_score"]))
    )
    frame = frame.astype(dict.fromkeys(("importance", "target_score", "competitor_score"), "float64")).dropna(subset=["criterion"])
    group = by or "whole"
    frame = frame.assign(**({} if by else {"whole": ""}), gap=frame["target_score"] - frame["competitor_score"])
    # a respondent who was asked about two rivals counts once
    once = (
        frame.groupby([group, "criterion", "respondent_id"], observed=True)[["importance", "target_score", "competitor_score", "gap"]]
        .mean()
        .reset_index()
    )
    table = once.groupby([group, "criterion"], observed=True).agg(
        importance=("importance", "mean"),
        target=("target_score", "mean"),
        rival=("competitor_score", "mean"),
        gap=("gap", "mean"),
        n=("importance", "count"),
        n_both=("gap", "count"),
    )
    table = table.reset_index()
    within = table.groupby(group, observed=True)["importance"]
    table["weight"] = table["importance"] / within.transform("sum").where(lambda some: some > 0)
    heavy = table["importance"] >= within.transform("mean")
    pairs = zip(heavy, table["gap"] >= 0, table["gap"].notna() & table["importance"].notna(), strict=True)
    table["quadrant"] = [QUADRANTS[bool(much), bool(ahead)] if known else "" for much, ahead, known in pairs]
    table = table.sort_values([group, "importance", "criterion"], ascending=[True, False, True], kind="stable", ignore_index=True)
    return table[[*([by] if by else []), "criterion", "importance", "weight", "target", "rival", "gap", "quadrant", "n", "n_both"]]


def weighted_gap(scores: pd.DataFrame) -> float:
    """Gap to the rival over all criteria, each by its importance: ``sum(importance x gap) / sum(importance)``, in points.

    >>> round(weighted_gap(pd.DataFrame({"importance": [9.0, 6.0], "gap": [-4.0, 1.0]})), 6)
    -2.0
    """
    need(scores, "importance", "gap")
    known = scores.dropna(subset=["importance", "gap"])
    whole = float(known["importance"].sum())
    return float((known["importance"] * known["gap"]).sum()) / whole if whole > 0 else float("nan")
