"""Proportional hazards: what sets the rate at which customers leave, each attribute with the others held (statsmodels stands behind)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

COLUMNS = ["term", "coefficient", "std_error", "ratio", "low", "high", "p_value", "n", "lost"]


def proportional_hazards(
    lives: pd.DataFrame, *, terms: Sequence[str], cluster: str | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Cox regression: ``hazard(t) = hazard_0(t) exp(sum of coefficient x term)``, ties by Efron's method, late entry allowed.

    Numbers go in as they are; a column of words is compared with its most frequent word. What never varies, or
    follows from the terms before it, is left out.

    Parameters
    ----------
    lives
        ``exit`` (age), ``lost``, ``entry`` where it is known, and the terms. Rows with a blank in any are left out.
    terms
        Columns.
    cluster
        A column within which lives are not independent (customers of one parent); the errors are then robust to it.
    confidence
        Of the interval.

    Returns
    -------
    DataFrame
        ``term`` (``column`` or ``column=word``), ``coefficient, std_error, ratio`` (of hazards, ``exp(coefficient)``), ``low, high`` (of the
        ratio), ``p_value``, ``n, lost`` (customers), in order of the term; no rows where fewer than ten were lost for each term.
        ``attrs["log_likelihood"]`` is that of the fit.

    References
    ----------
    Cox 1972; Efron 1977; Lin and Wei 1989 for the robust errors.

    Examples
    --------
    >>> lives = pd.DataFrame({"exit": [1.0, 2, 3, 4] * 5, "lost": [True, True, True, False] * 5, "seats": [9.0, 1, 4, 5] * 5})
    >>> bool(proportional_hazards(lives, terms=["seats"])["ratio"].iloc[0] > 1)
    True
    """
    need(lives, "exit", "lost", *terms, *([cluster] if cluster else []))
    known = lives.dropna(subset=["exit", *terms, *(["entry"] if "entry" in lives else []), *([cluster] if cluster else [])])
    design = _design(known, terms)
    lost = known["lost"].to_numpy(dtype="bool")
    blank = pd.DataFrame({column: pd.Series(dtype="str" if column == "term" else "float64") for column in COLUMNS})
    if design.empty or lost.sum() < 10 * design.shape[1]:
        return blank
    from scipy.special import ndtri
    from statsmodels.duration.hazard_regression import PHReg

    exits = known["exit"].to_numpy(dtype="float64")
    entry = known["entry"].to_numpy(dtype="float64") if "entry" in known else None
    model = PHReg(exits, design.to_numpy(), status=lost.astype("int64"), entry=entry, ties="efron")
    groups = pd.factorize(known[cluster], sort=True)[0] if cluster else None
    fit = model.fit(groups=groups) if groups is not None else model.fit()
    wide = float(ndtri(0.5 + confidence / 2))
    value, error = np.asarray(fit.params), np.asarray(fit.bse)
    found = pd.DataFrame(
        {
            "term": design.columns,
            "coefficient": value,
            "std_error": error,
            "ratio": np.exp(value),
            "low": np.exp(value - wide * error),
            "high": np.exp(value + wide * error),
            "p_value": np.asarray(fit.pvalues),
            "n": len(known),
            "lost": int(lost.sum()),
        }
    )
    found.attrs["log_likelihood"] = float(fit.llf)
    return found


def _design(known: pd.DataFrame, terms: Sequence[str]) -> pd.DataFrame:
    """Give numbers as they are and words as one column each, the most frequent word left out; nothing that the columns before tell."""
    columns: dict[str, np.ndarray] = {}
    for term in terms:
        if pd.api.types.is_numeric_dtype(known[term]) or pd.api.types.is_bool_dtype(known[term]):
            columns[term] = known[term].to_numpy(dtype="float64")
            continue
        words = known[term].astype("str")
        counts = words.value_counts()
        ranked = sorted(counts.index, key=lambda word: (-int(counts[word]), word))
        columns |= {f"{term}={word}": (words == word).to_numpy(dtype="float64") for word in sorted(ranked[1:])}
    kept: dict[str, np.ndarray] = {}
    for name, values in columns.items():
        trial = np.column_stack([*kept.values(), values])
        if len(values) and np.linalg.matrix_rank(trial - trial.mean(axis=0)) == trial.shape[1]:
            kept[name] = values
    return pd.DataFrame(kept, index=known.index)
