"""What the pipeline covers, and what forecasts were worth."""

import pandas as pd

from diligence.facts.deals import Deals, mean_interval
from diligence.facts.sheet import NAN
from diligence.metrics.attainment import selling_capacity
from diligence.metrics.forecasts import forecast_accuracy, forecast_errors
from diligence.metrics.pipeline import pipeline_at, pipeline_coverage, pipeline_yield
from diligence.models.intervals import ratio_interval
from diligence.periods import window_label

QUARTERS = 8
COMMIT, FIRST = "commit", 1
UNKNOWN = "no quarter had an open pipeline with expected dates"


def coverage(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what becomes of a quarter's pipeline, and whether the next quarter's is enough."""
    room = deals.room
    if not room.has("stage_history", "amount", "expected_close_on") or not room.has("opportunities", "closed_on", "amount"):
        return {}
    history, sold = room.table("stage_history"), deals.sold
    history = history[history["opportunity_id"].isin(sold["opportunity_id"])]
    yields = pipeline_yield(history, sold, deals.as_of, quarters=QUARTERS)
    period = window_label(deals.end, 3 * QUARTERS)
    there, won_of_it, won = (float(yields[name].sum()) for name in ("open", "won_of_open", "won"))
    rate, n = (won_of_it / there if there else NAN), float(yields["deals"].sum())
    low, high = ratio_interval(yields["won_of_open"], yields["open"], deals.generator())
    deals.number(
        "operations.pipeline_yield", rate, n=n, low=low, high=high, numerator=won_of_it, denominator=there, period=period, reason=UNKNOWN
    )
    later = 1 - won_of_it / won if won else NAN
    deals.number(
        "operations.created_later", later, n=n, numerator=won - won_of_it, denominator=won, period=period, reason="nothing was won"
    )
    deals.number(
        "operations.coverage_required",
        1 / rate if rate else NAN,
        n=n,
        low=1 / high if high else NAN,
        high=1 / low if low else NAN,
        period=period,
        reason=UNKNOWN,
    )
    return {"yields": yields, **_next_quarter(deals, history, rate, n)}


def _next_quarter(deals: Deals, history: pd.DataFrame, rate: float, n: float) -> dict[str, pd.DataFrame]:
    """The quarter that runs after the as-of date; within a quarter, that quarter, less what is won in it."""
    sold, day = deals.sold, pd.Timestamp(deals.as_of)
    quarter = pd.Period(day + pd.Timedelta(days=1), freq="Q")
    start, end = quarter.start_time.date(), quarter.end_time.date()
    there = pipeline_at(history, sold, deals.as_of)
    closed = pd.to_datetime(sold["closed_on"])
    won = sold["status"].eq("won")
    so_far = float(sold.loc[won & (closed >= quarter.start_time), "amount"].sum())
    year = float(sold.loc[won & (closed > day - pd.DateOffset(years=1)), "amount"].sum())
    label = str(quarter)
    rows = []
    for metric, target in (("coverage", _quota(deals) / 4 - so_far), ("coverage_run_rate", year / 4 - so_far)):
        found = pipeline_coverage(there, start, end, target=target, rate=rate)
        reason = "no quota or run-rate is left to be won in the quarter"
        deals.number(
            f"operations.{metric}",
            found["coverage"],
            n=found["deals"],
            numerator=found["open"],
            denominator=target,
            period=label,
            reason=reason,
        )
        if metric == "coverage":
            deals.number("operations.coverage_adequacy", found["adequacy"], n=n, period=label, reason=reason)
        rows.append({"target": metric, "needed": target, **found})
    return {"coverage": pd.DataFrame(rows)}


def _quota(deals: Deals) -> float:
    if not deals.room.has("reps", "annual_quota"):
        return NAN
    return float(selling_capacity(deals.room.table("reps"), deals.as_of)["quota"].sum())


def forecasts(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in bias and error of forecasts, commit of the first month before all."""
    room = deals.room
    if not room.has("forecasts", "category") or not room.has("opportunities", "closed_on", "amount"):
        return {}
    errors = forecast_errors(room.table("forecasts"), deals.sold, deals.as_of)
    known = errors[errors["error"].notna() & errors["month"].between(1, 3)]
    if known.empty:
        deals.sheet.complete(
            ["operations.forecast_bias", "operations.forecast_error"], "no quarter that was forecast has ended with value won"
        )
        return {}
    table = forecast_accuracy(known)
    span = f"{known['period'].min()}..{known['period'].max()}"
    for row in table.itertuples():
        mine = known[(known["category"] == row.category) & (known["month"] == row.month)]["error"]
        bias, size = mean_interval(mine), mean_interval(mine.abs())
        name = f"{row.category}, month {row.month}"
        cut = {"object": "forecast", "object_id": name, "period": span, "n": row.n}
        deals.number("operations.forecast_bias_by", row.bias, low=bias[0], high=bias[1], **cut)
        deals.number("operations.forecast_error_by", row.absolute, low=size[0], high=size[1], **cut)
        if row.category == COMMIT and row.month == FIRST:
            deals.number("operations.forecast_bias", row.bias, low=bias[0], high=bias[1], n=row.n, period=span)
            deals.number("operations.forecast_error", row.absolute, low=size[0], high=size[1], n=row.n, period=span)
    return {"forecast": table, "errors": known.reset_index(drop=True)}
