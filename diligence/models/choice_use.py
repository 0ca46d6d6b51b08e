"""What a choice model says: willingness to pay, shares of a simulated market, and the price that earns most."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.models.choice import ChoiceModel, choice_terms

DELTA, KRINSKY_ROBB = "delta", "krinsky_robb"
Z = 1.959963984540054
NAN = float("nan")


def willingness_to_pay(
    model: ChoiceModel, *, price: str = "price", generator: np.random.Generator | None = None, draws: int = 10_000
) -> pd.DataFrame:
    """Willingness to pay for each attribute: ``-b_k / b_price``, money a unit of the attribute.

    Intervals by the delta method; with a generator by Krinsky and Robb, draws from the normal of the estimates. NaN where the price
    coefficient is not below zero: who does not mind paying has no price for anything.

    Parameters
    ----------
    model
        A fitted conditional logit with a price.
    price
        The term that is money.
    generator
        Source of randomness for Krinsky and Robb; blank takes the delta method.

    Returns
    -------
    DataFrame
        ``term``, ``value``, ``low``, ``high`` (currency a unit), ``method``.

    Source: Krinsky and Robb 1986; Train, chapter 3.

    Examples
    --------
    >>> estimates = pd.DataFrame({"term": ["price", "support"], "estimate": [-0.5, 1.0], "std_error": [0.1, 0.2]})
    >>> model = ChoiceModel(estimates, np.diag([0.01, 0.04]), {}, "", -1.0, -2.0, 50, 10, True)
    >>> willingness_to_pay(model)[["value", "low", "high"]].round(3).values.tolist()
    [[2.0, 0.891, 3.109]]
    """
    terms = model.estimates["term"].tolist()
    method = DELTA if generator is None else KRINSKY_ROBB
    others = [term for term in terms if term != price]
    blank = pd.DataFrame({"term": others, "value": NAN, "low": NAN, "high": NAN, "method": method})
    if price not in terms or not model.identified or not model.coefficient(price) < 0:
        return blank
    beta = model.estimates["estimate"].to_numpy()
    at = terms.index(price)
    drawn = None if generator is None else generator.multivariate_normal(beta, model.covariance, size=draws, method="cholesky")
    rows = []
    for term in others:
        place = terms.index(term)
        value = -beta[place] / beta[at]
        if drawn is None:
            slope = np.zeros(len(beta))
            slope[place], slope[at] = -1 / beta[at], beta[place] / beta[at] ** 2
            half = Z * float(np.sqrt(slope @ model.covariance @ slope))
            low, high = value - half, value + half
        else:
            low, high = np.quantile(-drawn[:, place] / drawn[:, at], [0.025, 0.975])
        rows.append((term, float(value), float(low), float(high), method))
    return pd.DataFrame(rows, columns=list(blank.columns))


def choice_shares(
    model: ChoiceModel, alternatives: pd.DataFrame, *, generator: np.random.Generator | None = None, draws: int = 2000
) -> pd.DataFrame:
    """Shares of a simulated market: ``exp(x_j b) / sum_k exp(x_k b)`` over the alternatives given.

    Independence of irrelevant alternatives holds by construction: an added alternative takes from all in proportion. Without a none
    option nobody stays away, so the shares are of those who buy, and the pull of any one offer is overstated.

    Parameters
    ----------
    model
        A fitted conditional logit.
    alternatives
        One row an alternative: ``alternative`` and the attributes of the model; all but the price blank is the none option.
    generator
        Source of randomness for 95% intervals by draws from the normal of the estimates; blank gives none.

    Returns
    -------
    DataFrame
        ``alternative``, ``share``, ``low``, ``high`` (fractions).

    Examples
    --------
    >>> estimates = pd.DataFrame({"term": ["price"], "estimate": [-1.0], "std_error": [0.1]})
    >>> model = ChoiceModel(estimates, np.array([[0.01]]), {}, "", -1.0, -2.0, 50, 10, True)
    >>> choice_shares(model, pd.DataFrame({"alternative": ["a", "b"], "price": [2.0, 2.0]}))["share"].tolist()
    [0.5, 0.5]
    """
    need(alternatives, "alternative")
    terms = model.estimates["term"].tolist()
    named = [term.partition("=")[0] for term in terms if term != "none" and not term.startswith("constant=")]
    attributes = list(dict.fromkeys([*named, *model.bases]))
    design = choice_terms(alternatives, attributes=attributes, bases=model.bases, constants=model.constants)
    matrix = design.reindex(columns=terms, fill_value=0.0).to_numpy(dtype="float64")

    def shares(betas: np.ndarray) -> np.ndarray:
        utility = betas @ matrix.T
        grown = np.exp(utility - utility.max(axis=1, keepdims=True, initial=-np.inf))
        return np.asarray(grown / grown.sum(axis=1, keepdims=True))

    beta = model.estimates["estimate"].to_numpy(dtype="float64")
    found = pd.DataFrame({"alternative": alternatives["alternative"].to_numpy(), "share": NAN, "low": NAN, "high": NAN})
    if not model.identified or not len(matrix):
        return found
    found["share"] = shares(beta[None, :])[0]
    if generator is not None:
        drawn = shares(generator.multivariate_normal(beta, model.covariance, size=draws, method="cholesky"))
        found[["low", "high"]] = np.quantile(drawn, [0.025, 0.975], axis=0).T
    return found


def logit_optimal_price(*, appeal: float, price_weight: float, unit_cost: float = 0.0) -> dict[str, float]:
    """The price of the highest margin for one product against an outside option: ``c + (1 + W(exp(a - b c - 1))) / b`` (Lambert's W, scipy).

    Parameters
    ----------
    appeal
        ``a``: utility of the product at no price, over the outside option.
    price_weight
        ``b``: utility lost for each unit of price, above zero.
    unit_cost
        ``c``: currency a unit.

    Returns
    -------
    dict
        ``price``, ``share`` (of buyers at it), ``margin`` (currency a prospect). NaN where the price has no weight.

    Source: Corless et al. 1996 for W; first-order condition ``(p - c) b (1 - share) = 1``.

    Examples
    --------
    >>> found = logit_optimal_price(appeal=2.0, price_weight=0.05)
    >>> round(found["price"], 6), round(found["share"], 6)
    (40.0, 0.5)
    """
    if not price_weight > 0 or not np.isfinite(appeal):
        return {"price": NAN, "share": NAN, "margin": NAN}
    from scipy.special import lambertw

    weight = float(lambertw(np.exp(appeal - price_weight * unit_cost - 1)).real)
    price, share = unit_cost + (1 + weight) / price_weight, weight / (1 + weight)
    return {"price": price, "share": share, "margin": (price - unit_cost) * share}
