"""Elasticity of demand to the price, where the variation of the price is one that can be read; refused where it is not.

A discount is given to the deal that is about to be lost, and also to the one already won: the price answers to demand in both
directions, and a regression on observed discounts estimates neither. What may be read: changes of the list, experiments, instruments
(cost, tax) that move the price and nothing else. Each result names its variation; without one of these the estimate is NaN with the reason.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")
LIST_CHANGE, EXPERIMENT, SHELF, DISCOUNT = "list_change", "experiment", "shelf_price", "observed_discount"
REFUSED = {
    DISCOUNT: "discounts are given to deals about to be lost and to deals already won: the price answers to demand, and no elasticity can be read from them"
}
WEAK = 10.0
COLUMNS = ["term", "estimate", "std_error", "low", "high", "method", "variation", "n", "accounts", "first_stage_f", "reason"]


def price_elasticity(sales: pd.DataFrame, *, variation: str, within: bool = True, controls: Sequence[str] = ()) -> pd.DataFrame:
    """Elasticity of quantity to price, in logarithms: ``ln q = e ln p + controls (+ an intercept for each account)``.

    Pooled over accounts, large accounts with low prices pass for demand that answers to the price; within accounts (recommended) each is
    compared with itself. Errors are clustered by account. linearmodels' PooledOLS and PanelOLS stand behind.

    Parameters
    ----------
    sales
        ``account_id``, ``quantity`` (units), ``price`` (currency a unit) and the controls; rows with a positive quantity and price count.
    variation
        Where the price moved from: ``list_change``, ``experiment``, ``shelf_price`` (one posted price for all buyers at an account), or
        ``observed_discount``, which is refused.
    within
        An intercept for each account; else pooled.
    controls
        Further columns, as they are.

    Returns
    -------
    DataFrame
        ``term`` (price and the controls), ``estimate, std_error, low, high``, ``method`` (pooled, within), ``variation``, ``n`` (rows),
        ``accounts``, ``first_stage_f`` (NaN), ``reason`` (blank where there is an estimate).

    Raises
    ------
    ValueError
        A variation of another name.

    Source: Boatwright, McCulloch and Rossi 1999 for the pooled and the within reading.

    Examples
    --------
    >>> sales = pd.DataFrame({"account_id": ["a", "a", "b"], "quantity": [4.0, 2.0, 1.0], "price": [1.0, 2.0, 3.0]})
    >>> price_elasticity(sales, variation="observed_discount")["estimate"].tolist()
    [nan]
    """
    if variation not in (LIST_CHANGE, EXPERIMENT, SHELF, DISCOUNT):
        known = ", ".join((LIST_CHANGE, EXPERIMENT, SHELF, DISCOUNT))
        raise ValueError(f"expected a variation out of {known}, got {variation!r}; name where the price moved from")
    need(sales, "account_id", "quantity", "price", *controls)
    method = "within" if within else "pooled"
    rows = _logged(sales, controls)
    accounts = rows["account_id"].nunique()
    if variation in REFUSED:
        return _refused(controls, method, variation, len(rows), accounts, REFUSED[variation])
    terms = ["price", *controls]
    if accounts < 2 or len(rows) < (accounts if within else 1) + len(terms) + 1 or not _varies(rows, terms, within):
        return _refused(controls, method, variation, len(rows), accounts, "too few accounts, or a price that does not vary within them")
    from linearmodels.panel import PanelOLS, PooledOLS

    panel = rows.set_index(["account_id", rows.groupby("account_id").cumcount().to_numpy()])
    model: PanelOLS | PooledOLS = PooledOLS(panel["quantity"], panel[terms].assign(constant=1.0))
    if within:
        model = PanelOLS(panel["quantity"], panel[terms], entity_effects=True)
    fit = model.fit(cov_type="clustered", cluster_entity=True)
    return _laid(fit, terms, method, variation, accounts, NAN)


def instrumented_elasticity(
    sales: pd.DataFrame, *, instruments: Sequence[str], controls: Sequence[str] = (), weak: float = WEAK
) -> pd.DataFrame:
    """Elasticity with instruments: ``ln q = e ln p + controls``, the price moved by the instruments alone (two-stage least squares).

    linearmodels' IV2SLS stands behind; errors robust to unequal variance. Instruments too weak to move the price (first-stage F below
    ``weak``) are refused: the estimate would lean to the biased one with false certainty.

    Parameters
    ----------
    sales
        ``quantity`` (units), ``price`` (currency a unit), the instruments and the controls, as they are.
    instruments
        Columns that move the price and touch demand in no other way (cost, tax).
    weak
        First-stage F below which the estimate is refused.

    Returns
    -------
    DataFrame
        As :func:`price_elasticity` gives it, with ``first_stage_f``.

    Source: Staiger and Stock 1997 for the rule of ten.

    Examples
    --------
    >>> sales = pd.DataFrame({"quantity": [4.0, 2.0, 1.0], "price": [1.0, 2.0, 3.0], "tax": [0.1, 0.1, 0.1]})
    >>> instrumented_elasticity(sales, instruments=["tax"])["reason"].tolist()
    ['too few rows, or an instrument that does not vary']
    """
    need(sales, "quantity", "price", *instruments, *controls)
    rows = _logged(sales.assign(account_id=""), [*controls, *instruments])
    outside = rows[[*controls, *instruments]]
    varies = np.linalg.matrix_rank((outside - outside.mean()).to_numpy()) == len(outside.columns) if len(rows) else False
    if len(rows) < len(outside.columns) + 3 or not varies or rows["price"].nunique() < 2:
        return _refused(controls, "instruments", "instrument", len(rows), 0, "too few rows, or an instrument that does not vary")
    from linearmodels.iv import IV2SLS

    exog = rows[list(controls)].assign(constant=1.0)
    fit = IV2SLS(rows["quantity"], exog, rows[["price"]], rows[list(instruments)]).fit(cov_type="robust", debiased=True)
    strength = _first_stage(rows, exog, list(instruments))
    if not strength >= weak:
        return _refused(
            controls,
            "instruments",
            "instrument",
            len(rows),
            0,
            f"weak instruments: first-stage F is {strength:.1f}, {weak:.0f} is needed",
            strength,
        )
    return _laid(fit, ["price", *controls], "instruments", "instrument", 0, strength)


def list_change_response(
    sold: pd.DataFrame, changes: pd.DataFrame, *, launches: pd.DataFrame | None = None, window: int = 6, near: int = 3
) -> pd.DataFrame:
    """What followed changes of the list: the quantity of the product before and after, against products whose list stood still.

    ``e = (d ln q of the product - d ln q of the others) / ln(1 + change)`` for each change, sums over ``window`` months each side. A
    product launched within ``near`` months of the change moves demand by itself: such a change is not read.

    Parameters
    ----------
    sold
        ``product_id, month, quantity`` (units sold in the month).
    changes
        ``product_id, date, change`` as :func:`diligence.metrics.price_events.list_price_changes` gives them.
    launches
        ``product_id, launched_on`` where known.

    Returns
    -------
    DataFrame
        ``product_id, date, change``, ``response`` (elasticity, NaN where it is not read), ``others`` (products compared with), ``reason``.

    Examples
    --------
    >>> months = pd.date_range("2025-01-01", periods=4, freq="MS")
    >>> sold = pd.concat([pd.DataFrame({"product_id": "a", "month": months, "quantity": [10.0, 10.0, 9.0, 9.0]}), pd.DataFrame({"product_id": "b", "month": months, "quantity": 5.0})])
    >>> changes = pd.DataFrame({"product_id": ["a"], "date": pd.to_datetime(["2025-03-01"]), "change": [0.1]})
    >>> list_change_response(sold, changes, window=2)["response"].round(3).tolist()
    [-1.105]
    """
    need(sold, "product_id", "month", "quantity")
    need(changes, "product_id", "date", "change")
    month = pd.to_datetime(sold["month"])
    frame = pd.DataFrame(
        {"product": sold["product_id"].astype("str"), "index": month.dt.year * 12 + month.dt.month - 1, "q": sold["quantity"]}
    )
    wide = frame.pivot_table(index="index", columns="product", values="q", aggfunc="sum", fill_value=0.0) if len(frame) else pd.DataFrame()
    dates = pd.to_datetime(changes["date"])
    events = changes.assign(product_id=changes["product_id"].astype("str"), at=dates.dt.year * 12 + dates.dt.month - 1)
    events = events.sort_values(["product_id", "date"], kind="stable", ignore_index=True)
    started = _launches(launches)
    rows = [_response(event, events, wide, started, window, near) for event in events.itertuples()]
    found = pd.DataFrame(rows, columns=["response", "others", "reason"])
    return pd.concat([events[["product_id", "date", "change"]], found], axis=1)


def _launches(launches: pd.DataFrame | None) -> list[int]:
    if launches is None:
        return []
    need(launches, "product_id", "launched_on")
    days = pd.to_datetime(launches["launched_on"]).dropna()
    return [int(day.year * 12 + day.month - 1) for day in days]


def _response(
    event: object, events: pd.DataFrame, wide: pd.DataFrame, started: list[int], window: int, near: int
) -> tuple[float, int, str]:
    product, at, change = str(event.product_id), int(event.at), float(event.change)  # type: ignore[attr-defined]
    if any(abs(start - at) <= near for start in started):
        return NAN, 0, "a product was launched at the same time"
    if wide.empty or wide.index.min() > at - window or wide.index.max() < at + window - 1 or change <= -1:
        return NAN, 0, "the data do not reach over the window"
    moved = set(events.loc[(events["at"] - at).abs() < window, "product_id"])
    still = [name for name in wide.columns if name not in moved]
    if not still:
        return NAN, 0, "the list of every product moved at the same time: there is nothing to compare with"
    before = wide[(wide.index >= at - window) & (wide.index < at)].sum()
    after = wide[(wide.index >= at) & (wide.index < at + window)].sum()
    sides = [before.get(product, 0.0), after.get(product, 0.0), before[still].sum(), after[still].sum()]
    if min(sides) <= 0:
        return NAN, len(still), "nothing was sold on one side of the change"
    grown = np.log(sides[1] / sides[0]) - np.log(sides[3] / sides[2])
    return float(grown / np.log1p(change)), len(still), ""


def _logged(sales: pd.DataFrame, others: Sequence[str]) -> pd.DataFrame:
    rows = pd.DataFrame({name: sales[name].astype("float64") for name in ("quantity", "price", *others)})
    rows.insert(0, "account_id", sales["account_id"].astype("str"))
    rows = rows[(rows["quantity"] > 0) & (rows["price"] > 0)].dropna()
    rows = rows.assign(quantity=np.log(rows["quantity"]), price=np.log(rows["price"]))
    return rows.sort_values(["account_id", "price", "quantity", *others], kind="stable", ignore_index=True)


def _varies(rows: pd.DataFrame, terms: list[str], within: bool) -> bool:
    """Say whether each term moves, within accounts where it has to, and by itself; what rounding leaves of a mean is no movement."""
    left = (rows[terms] - (rows.groupby("account_id")[terms].transform("mean") if within else rows[terms].mean())).to_numpy()
    size = np.linalg.norm(left, axis=0)
    if (size <= 1e-5 * np.linalg.norm(rows[terms].to_numpy(), axis=0)).any():
        return False
    return int(np.linalg.matrix_rank(left / size)) == len(terms)


def _first_stage(rows: pd.DataFrame, exog: pd.DataFrame, instruments: list[str]) -> float:
    """The robust Wald test that the instruments do not move the price, over their number: the first-stage F."""
    import statsmodels.api as sm

    fit = sm.OLS(rows["price"], pd.concat([exog, rows[instruments]], axis=1)).fit(cov_type="HC1")
    restricted = np.zeros((len(instruments), len(fit.params)))
    for place, name in enumerate(instruments):
        restricted[place, list(fit.params.index).index(name)] = 1.0
    return float(np.squeeze(fit.f_test(restricted).fvalue))


def _laid(fit: object, terms: list[str], method: str, variation: str, accounts: int, strength: float) -> pd.DataFrame:
    limits = fit.conf_int()  # type: ignore[attr-defined]
    rows = [
        (
            term, float(fit.params[term]), float(fit.std_errors[term]), float(limits.loc[term].iloc[0]), float(limits.loc[term].iloc[1]),  # type: ignore[attr-defined]
            method, variation, int(fit.nobs), accounts, strength, "",  # type: ignore[attr-defined]
        )
        for term in terms
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _refused(
    controls: Sequence[str], method: str, variation: str, n: int, accounts: int, reason: str, strength: float = NAN
) -> pd.DataFrame:
    rows = [(term, NAN, NAN, NAN, NAN, method, variation, n, accounts, strength, reason) for term in ("price", *controls)]
    return pd.DataFrame(rows, columns=COLUMNS)
