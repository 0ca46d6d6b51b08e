"""How sure the gap to a rival is on each purchase criterion: respondents drawn whole."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.metrics.purchase_criteria import criteria_scores


def criteria_gaps(answers: pd.DataFrame, generator: np.random.Generator, *, draws: int = 1000, confidence: float = 0.95) -> pd.DataFrame:
    """Add intervals to importance and gap of each criterion: percentile bootstrap over respondents, who answer all criteria together.

    ``gap = mean(target score - rival score)``; ``weighted`` is the gap over all criteria by importance, drawn with them.

    Parameters
    ----------
    answers
        As for :func:`diligence.metrics.purchase_criteria.criteria_scores`.
    generator
        Source of randomness.

    Returns
    -------
    DataFrame
        ``criterion, importance, importance_low, importance_high, gap, low, high, weight, target, rival, quadrant, n, n_both``; and in ``weighted,
        weighted_low, weighted_high`` the gap over all criteria, the same in every row.

    Examples
    --------
    >>> answers = pd.DataFrame({"respondent_id": ["r", "s"], "criterion": "price", "importance": 8, "target_score": [7, 9], "competitor_score": [6, 6]})
    >>> criteria_gaps(answers, np.random.default_rng(1))[["gap", "low", "high"]].values.tolist()
    [[2.0, 1.0, 3.0]]
    """
    need(answers, "respondent_id", "criterion", "importance")
    table = criteria_scores(answers)
    names = table["criterion"].tolist()
    if not names:
        return table.assign(**{name: pd.Series(dtype="float64") for name in (*ENDS, *WEIGHTED)})
    cubes = {name: _wide(answers, name, names) for name in ("importance", "gap")}
    people = len(cubes["gap"])
    counts = generator.multinomial(people, np.full(people, 1 / people), size=draws).astype("float64")
    means = {name: _means(counts, cube) for name, cube in cubes.items()}
    whole = _weighted(means["importance"], means["gap"])
    tail = [(1 - confidence) / 2, (1 + confidence) / 2]
    ends = {name: _quantiles(drawn, tail, enough=(~np.isnan(cubes[name])).sum(axis=0) > 1) for name, drawn in means.items()}
    point = float(_weighted(table[["importance"]].to_numpy().T, table[["gap"]].to_numpy().T)[0])
    over = np.nanquantile(whole, tail) if people > 1 and np.isfinite(whole).any() else [np.nan, np.nan]
    return table.assign(
        importance_low=ends["importance"][0], importance_high=ends["importance"][1], low=ends["gap"][0], high=ends["gap"][1],
        weighted=point, weighted_low=over[0], weighted_high=over[1],
    )  # fmt: skip


ENDS = ("importance_low", "importance_high", "low", "high")
WEIGHTED = ("weighted", "weighted_low", "weighted_high")


def _wide(answers: pd.DataFrame, name: str, criteria: list[str]) -> np.ndarray:
    """Give respondents down and criteria across, in an order that is theirs and not that of the rows or of their names."""
    frame = answers.reindex(columns=["respondent_id", "criterion", "importance", "target_score", "competitor_score"])
    frame = frame.dropna(subset=["criterion"]).astype(dict.fromkeys(("importance", "target_score", "competitor_score"), "float64"))
    frame = frame.assign(gap=frame["target_score"] - frame["competitor_score"])
    values = {
        one: frame.pivot_table(index="respondent_id", columns="criterion", values=one, aggfunc="mean", dropna=False)
        for one in ("importance", "gap")
    }
    people = values["importance"].index
    both = [values[one].reindex(index=people, columns=criteria).to_numpy(dtype="float64") for one in ("importance", "gap")]
    stacked = np.nan_to_num(np.hstack(both), nan=-1e9)
    return both[0 if name == "importance" else 1][np.lexsort(stacked.T[::-1])]


def _means(counts: np.ndarray, cube: np.ndarray) -> np.ndarray:
    known = ~np.isnan(cube)
    base = counts @ known
    return np.asarray((counts @ np.where(known, cube, 0.0)) / np.where(base > 0, base, np.nan))


def _weighted(importance: np.ndarray, gap: np.ndarray) -> np.ndarray:
    known = ~np.isnan(importance) & ~np.isnan(gap)
    below = np.where(known, importance, 0.0).sum(axis=1)
    return np.asarray(np.where(known, importance * gap, 0.0).sum(axis=1) / np.where(below > 0, below, np.nan))


def _quantiles(drawn: np.ndarray, tail: list[float], *, enough: np.ndarray) -> np.ndarray:
    held = np.where(np.isnan(drawn).all(axis=0), 0.0, drawn)
    return np.asarray(np.where(enough & ~np.isnan(drawn).all(axis=0), np.nanquantile(held, tail, axis=0), np.nan))
