"""How much of the discounts is structure: what their drivers explain, how sure their dispersion is, and who leaves after an increase."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diligence.metrics.discounts import CELLS, discount_dispersion, discount_lines, within_cell_range
from diligence.metrics.measure import need

NAN = float("nan")


@dataclass(frozen=True)
class DiscountStructure:
    """The structural part of discounts.

    Attributes
    ----------
    r_squared, adjusted
        Share of the variance that the drivers explain; ``adjusted`` for their number.
    low, high
        95% interval of ``r_squared``, bootstrap over deals.
    terms
        Terms in the regression.
    n
        Quote lines.
    """

    r_squared: float
    adjusted: float
    low: float
    high: float
    terms: int
    n: int


def discount_structure(
    quotes: pd.DataFrame, generator: np.random.Generator, *, drivers: Sequence[str] = CELLS, draws: int = 200
) -> DiscountStructure:
    """Share of the variance of discounts that is structure: R2 of ``discount ~ ln(quantity) + a term for each level of the drivers``.

    What is left is discretion, or a driver that is not in the data. statsmodels' ordinary least squares stands behind.

    Parameters
    ----------
    quotes
        ``quote_id``, ``quantity, list_price, net_price`` and the drivers (words); ``opportunity_id`` where known is drawn whole.
    generator
        Source of randomness of the interval.

    Returns
    -------
    DiscountStructure
        NaN with fewer lines than twice the terms, or where discounts do not vary.

    Examples
    --------
    >>> quotes = pd.DataFrame({"quote_id": range(40), "segment": ["a", "b"] * 20, "quantity": 1.0, "list_price": 100.0, "net_price": [90.0, 80.0] * 20})
    >>> round(discount_structure(quotes, np.random.default_rng(1), drivers=["segment"], draws=5).r_squared, 6)
    1.0
    """
    need(quotes, "quote_id", "quantity", "list_price", "net_price", *drivers)
    lines = discount_lines(quotes)
    words = pd.DataFrame({name: lines[name].astype("object").fillna("").astype("str") for name in drivers})
    size = np.log(lines["quantity"]).rename("ln_quantity")
    terms = pd.concat([size, pd.get_dummies(words, drop_first=True, dtype="float64")], axis=1) if len(lines) else pd.DataFrame(size)
    terms = terms.loc[:, terms.max() - terms.min() > 1e-12]
    matrix = np.column_stack([np.ones(len(lines)), terms.to_numpy(dtype="float64")])
    discount = lines["discount"].to_numpy(dtype="float64")
    n, width = matrix.shape
    if n < 2 * width or n < 3 or np.ptp(discount) < 1e-9:
        return DiscountStructure(NAN, NAN, NAN, NAN, width - 1, n)
    import statsmodels.api as sm

    fit = sm.OLS(discount, matrix).fit()
    deal = lines["opportunity_id"] if "opportunity_id" in lines else lines["quote_id"]
    groups = deal.fillna(lines["quote_id"]).astype("str").to_numpy()
    low, high = _interval(matrix, discount, groups, generator, draws)
    return DiscountStructure(float(fit.rsquared), float(fit.rsquared_adj), low, high, width - 1, n)


def _interval(
    matrix: np.ndarray, discount: np.ndarray, groups: np.ndarray, generator: np.random.Generator, draws: int
) -> tuple[float, float]:
    """Draw deals whole; each draw is solved from the moments of its deals, so that rows are added up once."""
    _, group = np.unique(groups, return_inverse=True)
    full = np.column_stack([matrix, discount])
    moments = np.zeros((group.max() + 1, full.shape[1], full.shape[1]))
    np.add.at(moments, group, full[:, :, None] * full[:, None, :])
    flat = moments.reshape(len(moments), -1)
    flat = flat[np.lexsort(flat.T)]
    width, shape = matrix.shape[1], (full.shape[1], full.shape[1])
    found = []
    for weights in generator.multinomial(len(flat), np.full(len(flat), 1 / len(flat)), size=draws):
        drawn = (weights @ flat).reshape(shape)
        beta = np.linalg.lstsq(drawn[:width, :width], drawn[:width, width], rcond=None)[0]
        total = drawn[width, width] - drawn[0, width] ** 2 / drawn[0, 0]
        rest = drawn[width, width] - beta @ drawn[:width, width]
        found.append(1 - rest / total if total > 1e-12 else NAN)
    if not np.isfinite(found).any():
        return NAN, NAN
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def dispersion_interval(
    quotes: pd.DataFrame, generator: np.random.Generator, *, by: Sequence[str] = CELLS, least: int = 5, draws: int = 200
) -> dict[str, float]:
    """The discount dispersion within cells in one number with its interval: ``sum(iqr * n) / sum(n)``, bootstrap over lines.

    Parameters
    ----------
    quotes
        ``quantity, list_price, net_price`` and the columns of the cells.

    Returns
    -------
    dict
        ``iqr``, ``low``, ``high`` (fractions), ``n`` (lines in cells that have a range).

    Examples
    --------
    >>> quotes = pd.DataFrame({"segment": "s", "quantity": 1, "list_price": 100.0, "net_price": [100.0, 95.0, 90.0, 85.0, 80.0]})
    >>> round(dispersion_interval(quotes, np.random.default_rng(1), by=["segment"], draws=5)["iqr"], 3)
    0.1
    """
    cells = discount_dispersion(quotes, by=by, least=least)
    value, n = within_cell_range(cells), int(cells.loc[cells["iqr"].notna(), "n"].sum())
    if not n:
        return {"iqr": NAN, "low": NAN, "high": NAN, "n": 0}
    lines = discount_lines(quotes)
    words = [lines[name].astype("object").fillna("").astype("str") for name in by]
    code = lines.groupby(words, sort=True).ngroup().to_numpy()
    drawn = np.zeros(draws)
    for cell in np.unique(code):
        held = np.sort(lines["discount"].to_numpy()[code == cell])
        if len(held) >= least:
            sample = held[generator.integers(0, len(held), (draws, len(held)))]
            q1, q3 = np.quantile(sample, [0.25, 0.75], axis=1)
            drawn += (q3 - q1) * len(held) / n
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"iqr": value, "low": float(low), "high": float(high), "n": n}


def churn_difference(cells: pd.DataFrame) -> dict[str, float]:
    """Churn after a price increase less churn of like customers without one, over all cells, each weighted by its raised items.

    ``sum(raised_left) / sum(raised) - sum(raised * others_left / others) / sum(raised)``; Newcombe's interval of a difference of shares
    (statsmodels stands behind), with as many others as weigh in: ``(sum raised)^2 / sum(raised^2 / others)``.

    Parameters
    ----------
    cells
        ``raised, raised_left, others, others_left`` as :func:`diligence.metrics.price_events.churn_after_increase` gives them.

    Returns
    -------
    dict
        ``difference, low, high``, ``raised_churn``, ``others_churn`` (fractions, NaN without cells), ``n`` (raised items), ``others`` (that weigh in).

    Source: Newcombe 1998, method 10.

    Examples
    --------
    >>> cells = pd.DataFrame({"raised": [50, 50], "raised_left": [10, 5], "others": [100, 100], "others_left": [10, 10]})
    >>> round(churn_difference(cells)["difference"], 3)
    0.05
    """
    need(cells, "raised", "raised_left", "others", "others_left")
    known = cells[(cells["raised"] > 0) & (cells["others"] > 0)]
    n = float(known["raised"].sum())
    if not n:
        return dict.fromkeys(("difference", "low", "high", "raised_churn", "others_churn"), NAN) | {"n": 0, "others": 0}
    left = float(known["raised_left"].sum())
    rate = float((known["raised"] * known["others_left"] / known["others"]).sum()) / n
    others = n**2 / float((known["raised"] ** 2 / known["others"]).sum())
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(left, n, rate * others, others, method="newcomb", compare="diff")
    return {
        "difference": left / n - rate, "low": float(low), "high": float(high), "raised_churn": left / n, "others_churn": rate,
        "n": int(n), "others": round(others),
    }  # fmt: skip
