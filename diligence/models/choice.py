"""Choice among alternatives: the conditional logit, estimated by maximum likelihood, with errors clustered by respondent.

``P(j) = exp(x_j b) / sum_k exp(x_k b)`` over the alternatives of a task (McFadden 1974). The likelihood is concave; Newton's steps are
our own, since the libraries of the house have no conditional logit with weights, clustered errors and a none option together.
The model holds that the odds of two alternatives do not hang on a third (independence of irrelevant alternatives): a new alternative
draws from all in proportion, also where it is a near copy of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

KEYS = ("respondent_id", "task")
RESERVED = (*KEYS, "alternative", "chosen", "price", "weight", "source_file", "source_row")
NONE = "none"
STEPS, LARGEST = 60, 25.0


@dataclass(frozen=True)
class ChoiceModel:
    """A fitted conditional logit.

    Attributes
    ----------
    estimates
        ``term, estimate, std_error, low, high``: utility a unit of the term, 95% intervals.
    covariance
        Of the estimates, clustered by respondent unless asked otherwise.
    bases
        For each attribute in words, the level against which the others are read.
    log_likelihood, null_log_likelihood
        At the estimates, and where all alternatives are alike.
    n
        Choices; ``respondents`` made them.
    identified
        Whether the data determine the estimates; else they are NaN.
    """

    estimates: pd.DataFrame
    covariance: np.ndarray
    bases: Mapping[str, str]
    constants: str
    log_likelihood: float
    null_log_likelihood: float
    n: int
    respondents: int
    identified: bool

    @property
    def fit(self) -> float:
        """McFadden's share of the likelihood explained, ``1 - LL / LL0``."""
        return 1 - self.log_likelihood / self.null_log_likelihood if self.null_log_likelihood else float("nan")

    def coefficient(self, term: str) -> float:
        """Give one estimate by its term."""
        return float(self.estimates.set_index("term")["estimate"].get(term, float("nan")))


def long_choices(wide: pd.DataFrame, *, alternatives: Sequence[str], chosen: str = "chosen", separator: str = ".") -> pd.DataFrame:
    """Wide choice data, one row a task with columns ``price.a, price.b``, laid long: one row an alternative; ``rows = tasks * alternatives``.

    Parameters
    ----------
    wide
        ``chosen`` (the name of the alternative that was taken), and for each attribute one column an alternative; ``respondent_id`` and
        ``task`` where known, else every row is a respondent of its own.
    alternatives
        Names of the alternatives.

    Returns
    -------
    DataFrame
        ``respondent_id, task, alternative, chosen`` and the attributes.

    Examples
    --------
    >>> wide = pd.DataFrame({"chosen": ["bus"], "price.car": [9.0], "price.bus": [3.0]})
    >>> long_choices(wide, alternatives=["car", "bus"])[["alternative", "chosen", "price"]].values.tolist()
    [['car', False, 9.0], ['bus', True, 3.0]]
    """
    need(wide, chosen)
    ends = {name: f"{separator}{name}" for name in alternatives}
    last = ends[alternatives[-1]]
    attributes = [str(column).removesuffix(last) for column in wide.columns if str(column).endswith(last)]
    need(wide, *(f"{attribute}{end}" for attribute in attributes for end in ends.values()))
    who = wide["respondent_id"] if "respondent_id" in wide else pd.Series(range(len(wide)), index=wide.index)
    task = wide["task"] if "task" in wide else pd.Series(1, index=wide.index)
    parts = []
    for place, (name, end) in enumerate(ends.items()):
        part = pd.DataFrame({"respondent_id": who, "task": task, "alternative": name, "chosen": wide[chosen].astype("str") == name})
        parts.append(part.assign(**{attribute: wide[f"{attribute}{end}"] for attribute in attributes}, _row=range(len(wide)), _place=place))
    return pd.concat(parts).sort_values(["_row", "_place"], kind="stable", ignore_index=True).drop(columns=["_row", "_place"])


def choice_attributes(choices: pd.DataFrame) -> list[str]:
    """The attributes of choice data: price first, then every column that is neither a key nor a weight, such as ``["price", "brand"]``.

    >>> choice_attributes(pd.DataFrame(columns=["respondent_id", "task", "alternative", "chosen", "price", "brand"]))
    ['price', 'brand']
    """
    return [*(["price"] if "price" in choices else []), *(str(column) for column in choices.columns if column not in RESERVED)]


def conditional_logit(
    choices: pd.DataFrame,
    *,
    attributes: Sequence[str] | None = None,
    constants: str = "",
    bases: Mapping[str, str] | None = None,
    clustered: bool = True,
) -> ChoiceModel:
    """Conditional logit of choices on the attributes of the alternatives: ``P(j) = exp(x_j b) / sum_k exp(x_k b)``.

    Parameters
    ----------
    choices
        ``respondent_id, task, alternative, chosen`` (boolean), ``price`` (currency a unit), any attribute columns, and ``weight`` (of the
        respondent) where there is one. Numbers enter as they are; words and flags as one term for each level but the base. A row whose
        attributes beside the price are all blank is the none option and has the term ``none``.
    attributes
        Which columns; all by default.
    constants
        The alternative against which each other has a constant of its own (labelled alternatives); blank gives none.
    bases
        For an attribute in words, the level to compare with; the first in order otherwise.
    clustered
        Errors clustered by respondent (a panel answers many tasks); else those of the information matrix.

    Returns
    -------
    ChoiceModel
        Tasks without exactly one chosen alternative, or with a blank attribute, are left out. Where the data do not determine the
        estimates (no choices, attributes that never vary, one that always decides), they are NaN and ``identified`` is False.

    Source: McFadden 1974; Train, Discrete Choice Methods with Simulation, chapter 3.

    Examples
    --------
    >>> rows = [(who, 1, alt, alt == took, price) for who, took in ((1, 1), (2, 1), (3, 2), (4, 1)) for alt, price in ((1, 10.0), (2, 12.0))]
    >>> data = pd.DataFrame(rows, columns=["respondent_id", "task", "alternative", "chosen", "price"])
    >>> round(conditional_logit(data).coefficient("price"), 4)
    -0.5493
    """
    need(choices, *KEYS, "alternative", "chosen", *(["price"] if attributes is None else attributes))
    choices = choices.reset_index(drop=True)
    names = list(attributes) if attributes is not None else choice_attributes(choices)
    found_bases = dict(bases or {}) | _first_levels(choices, names, bases or {})
    design = choice_terms(choices, attributes=names, bases=found_bases, constants=constants)
    rows = _whole_tasks(choices, design)
    design, rows = design.loc[rows.index], rows.reset_index(drop=True)
    matrix = design.to_numpy(dtype="float64")
    task = rows.groupby(list(KEYS), sort=False).ngroup().to_numpy() if len(rows) else np.array([], dtype="int64")
    order = np.argsort(task, kind="stable")
    data = _Tasks(matrix[order], task[order], rows["chosen"].to_numpy(dtype="bool")[order], _weights(rows)[order])
    return _fitted(data, rows["respondent_id"].astype("str").to_numpy()[order], list(design.columns), found_bases, constants, clustered)


def choice_terms(choices: pd.DataFrame, *, attributes: Sequence[str], bases: Mapping[str, str], constants: str = "") -> pd.DataFrame:
    """The terms of the utility for each row: numbers as they are, words as ``attribute=level``, none and constants as nought or one.

    >>> rows = pd.DataFrame({"alternative": [1, 2], "price": [3.0, 4.0], "brand": ["us", "them"]})
    >>> choice_terms(rows, attributes=["price", "brand"], bases={"brand": "them"}).values.tolist()
    [[3.0, 1.0], [4.0, 0.0]]
    """
    need(choices, "alternative", *attributes)
    words = [name for name in attributes if name != "price"]
    blank = choices[words].isna().all(axis=1) if words else pd.Series(False, index=choices.index)
    terms: dict[str, pd.Series] = {}
    for name in attributes:
        if name in bases:
            texts = choices[name].astype("object").map(str, na_action="ignore")
            levels = sorted({*texts.dropna().unique(), bases[name]} - {bases[name]})
            for level in levels:
                terms[f"{name}={level}"] = (texts == level).astype("float64").where(texts.notna() | blank)
        else:
            values = pd.to_numeric(choices[name], errors="coerce").astype("float64")
            terms[name] = values.mask(blank & values.isna(), 0.0)
    if blank.any():
        terms[NONE] = blank.astype("float64")
    if constants:
        own = choices["alternative"].astype("str")
        terms |= {f"constant={name}": (own == name).astype("float64") for name in sorted(set(own) - {constants})}
    return pd.DataFrame(terms, index=choices.index)


def _first_levels(choices: pd.DataFrame, names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    first = {}
    for name in names:
        column = choices[name]
        if name not in given and not (pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)):
            levels = sorted(column.dropna().map(str).unique())
            first[name] = levels[0] if levels else ""
    return first


def _whole_tasks(choices: pd.DataFrame, design: pd.DataFrame) -> pd.DataFrame:
    """Tasks with two alternatives or more, exactly one of them chosen, and nothing blank."""
    rows = choices.assign(chosen=choices["chosen"].eq(True).fillna(False).astype("bool"), whole=design.notna().all(axis=1))
    if rows.empty:
        return rows
    grouped = rows.groupby(list(KEYS), sort=False)
    good = (grouped["chosen"].transform("sum") == 1) & (grouped["chosen"].transform("size") > 1) & grouped["whole"].transform("all")
    return rows[good]


def _weights(rows: pd.DataFrame) -> np.ndarray:
    return rows["weight"].to_numpy(dtype="float64") if "weight" in rows else np.ones(len(rows))


@dataclass(frozen=True)
class _Tasks:
    """Rows in order of their tasks."""

    matrix: np.ndarray
    task: np.ndarray
    chosen: np.ndarray
    weight: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        return np.flatnonzero(np.diff(self.task, prepend=-1))

    def probabilities(self, beta: np.ndarray) -> tuple[np.ndarray, float]:
        """Give the chance of each row, and the log-likelihood."""
        utility = self.matrix @ beta
        utility = utility - np.maximum.reduceat(utility, self.starts)[self.task]
        grown = np.exp(utility)
        total = np.add.reduceat(grown, self.starts)[self.task]
        logs = utility - np.log(total)
        return grown / total, float((self.weight * logs)[self.chosen].sum())

    def centred(self, chances: np.ndarray) -> np.ndarray:
        """Give the rows less the mean of their task."""
        means = np.add.reduceat(chances[:, None] * self.matrix, self.starts, axis=0)
        return self.matrix - means[self.task]


def _fitted(data: _Tasks, who: np.ndarray, names: list[str], bases: Mapping[str, str], constants: str, clustered: bool) -> ChoiceModel:
    n, width = int(data.chosen.sum()), len(names)
    beta = covariance = None
    null = likelihood = float("nan")
    if n and width:
        # in units of each term's own spread, so that the steps are alike whatever the currency
        spread = data.matrix.std(axis=0)
        if (spread > 1e-12).all():
            scaled = _Tasks(data.matrix / spread, data.task, data.chosen, data.weight)
            null = scaled.probabilities(np.zeros(width))[1]
            beta, likelihood, covariance = _newton(scaled, who if clustered else None)
            if beta is not None and covariance is not None:
                beta, covariance = beta / spread, covariance / np.outer(spread, spread)
    identified = beta is not None
    if beta is None or covariance is None:
        beta, covariance, likelihood = np.full(width, np.nan), np.full((width, width), np.nan), float("nan")
    errors = np.sqrt(np.diag(covariance))
    estimates = pd.DataFrame({"term": names, "estimate": beta, "std_error": errors})
    estimates = estimates.assign(low=beta - 1.959963984540054 * errors, high=beta + 1.959963984540054 * errors)
    return ChoiceModel(estimates, covariance, dict(bases), constants, likelihood, null, n, len(set(who)), identified)


def _newton(data: _Tasks, who: np.ndarray | None) -> tuple[np.ndarray | None, float, np.ndarray | None]:
    """Newton's steps, halved where they overshoot; None where the information is singular or an estimate runs away."""
    beta = np.zeros(data.matrix.shape[1])
    chances, likelihood = data.probabilities(beta)
    for _ in range(STEPS):
        centred = data.centred(chances)
        gradient = (data.weight[:, None] * centred)[data.chosen].sum(axis=0)
        information = (data.weight * chances * centred.T) @ centred
        if np.linalg.matrix_rank(information, hermitian=True) < len(beta):
            return None, float("nan"), None
        step = np.linalg.solve(information, gradient)
        if np.abs(step).max() < 1e-10:
            inverse = np.linalg.inv(information)
            return beta, likelihood, inverse if who is None else _clustered(data, centred, who, inverse)
        size, better = 1.0, -np.inf
        while better < likelihood - 1e-12 * abs(likelihood) and size > 1e-6:
            fresh, better = data.probabilities(beta + size * step)
            size /= 2
        beta, chances, likelihood = beta + 2 * size * step, fresh, better
        if np.abs(beta).max() > LARGEST or likelihood > -1e-6 * data.weight[data.chosen].sum():
            return None, float("nan"), None
    return None, float("nan"), None


def _clustered(data: _Tasks, centred: np.ndarray, who: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """The sandwich over respondents: bread, scores added up by respondent, bread; with G / (G - 1)."""
    scores = (data.weight[:, None] * centred)[data.chosen]
    _, group = np.unique(who[data.chosen], return_inverse=True)
    sums = np.zeros((group.max() + 1, scores.shape[1]))
    np.add.at(sums, group, scores)
    groups = len(sums)
    correction = groups / (groups - 1) if groups > 1 else float("nan")
    found = inverse @ (sums.T @ sums) @ inverse * correction
    return np.asarray((found + found.T) / 2)
