"""Forecasts against what was won: bias and accuracy, by category and by how early they were made."""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


def forecast_errors(forecasts: pd.DataFrame, opportunities: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Hold each forecast of a quarter against what was won in it: ``error = forecast / won - 1``.

    Only quarters that have ended by ``as_of`` have an outcome. What had been won by the day of the snapshot stands beside it: a forecast
    of the last month is mostly known.

    Parameters
    ----------
    forecasts
        ``snapshot_on, period`` (2025Q3), ``amount`` (currency), ``category``.
    opportunities
        ``status, closed_on, amount``: the deals that the forecast speaks of (leave renewals out where it does).

    Returns
    -------
    DataFrame
        ``period, snapshot_on, month`` (1 to 3 within the quarter, 0 and below before it), ``category, amount, actual, won_by_then`` (currency),
        ``error`` (fraction; NaN where nothing was won).

    Examples
    --------
    >>> told = pd.DataFrame({"snapshot_on": ["2026-01-01"], "period": ["2026Q1"], "amount": [110.0], "category": ["commit"]})
    >>> won = pd.DataFrame({"status": ["won"], "closed_on": ["2026-02-02"], "amount": [100.0]})
    >>> forecast_errors(told, won, date(2026, 6, 30))["error"].round(2).tolist()
    [0.1]
    """
    need(forecasts, "snapshot_on", "period", "amount", "category")
    need(opportunities, "status", "closed_on", "amount")
    columns = ["period", "snapshot_on", "month", "category", "amount", "actual", "won_by_then", "error"]
    named = forecasts["period"].astype("str").str.fullmatch(r"\d{4}Q[1-4]") & forecasts["snapshot_on"].notna()
    kept = forecasts[named]
    if kept.empty:
        return pd.DataFrame(columns=columns).astype({"amount": "float64", "actual": "float64", "error": "float64"})
    quarter = pd.PeriodIndex(kept["period"].astype("str"), freq="Q")
    kept = kept[quarter.end_time.normalize() <= pd.Timestamp(as_of)]
    quarter = pd.PeriodIndex(kept["period"].astype("str"), freq="Q")
    snapshot = pd.DatetimeIndex(pd.to_datetime(kept["snapshot_on"]))
    won = opportunities[opportunities["status"].astype("str").eq("won") & opportunities["closed_on"].notna()]
    closed = pd.DatetimeIndex(pd.to_datetime(won["closed_on"]))
    money, of = won["amount"].astype("float64").fillna(0.0).to_numpy(), pd.PeriodIndex(closed, freq="Q")
    actual = pd.Series(money).groupby(of.astype("str")).sum()
    before = [float(money[(of == q) & (closed < day)].sum()) for q, day in zip(quarter, snapshot, strict=True)]
    starts = quarter.start_time
    found = pd.DataFrame(
        {
            "period": kept["period"].astype("str").to_numpy(),
            "snapshot_on": snapshot,
            "month": 12 * (snapshot.year - starts.year) + snapshot.month - starts.month + 1,
            "category": kept["category"].astype("str").to_numpy(),
            "amount": kept["amount"].astype("float64").to_numpy(),
            "actual": actual.reindex(quarter.astype("str")).fillna(0.0).to_numpy(),
            "won_by_then": before,
        }
    )
    found["error"] = found["amount"] / found["actual"].where(found["actual"] > 0) - 1
    return found.sort_values(["period", "snapshot_on", "category"], ignore_index=True)[columns]


def forecast_accuracy(errors: pd.DataFrame) -> pd.DataFrame:
    """Summarise forecast errors: ``bias = mean(error)``, ``absolute = mean(|error|)``, by category and month of the quarter.

    Bias and accuracy are two things: errors of plus and minus a third have no bias and no worth.

    Parameters
    ----------
    errors
        ``category, month, error, amount, actual``, as :func:`forecast_errors` gives them.

    Returns
    -------
    DataFrame
        ``category, month, n`` (quarters), ``bias, absolute`` (fractions), ``spread`` (standard deviation of the errors; NaN for one),
        ``of_sums`` (``sum(forecast) / sum(won) - 1``).

    Examples
    --------
    >>> errors = pd.DataFrame({"category": "commit", "month": 1, "error": [0.3, -0.3], "amount": [130.0, 70.0], "actual": 100.0})
    >>> forecast_accuracy(errors)[["bias", "absolute"]].values.tolist()
    [[0.0, 0.3]]
    """
    need(errors, "category", "month", "error", "amount", "actual")
    known = errors[errors["error"].notna()]
    frame = known.assign(size=known["error"].abs())
    found = frame.groupby(["category", "month"], sort=True).agg(
        n=("error", "size"),
        bias=("error", "mean"),
        absolute=("size", "mean"),
        spread=("error", "std"),
        told=("amount", "sum"),
        won=("actual", "sum"),
    )
    found = found.reset_index()
    found["of_sums"] = found["told"] / found["won"].where(found["won"] > 0) - 1
    return found.drop(columns=["told", "won"]).replace({np.inf: np.nan})
