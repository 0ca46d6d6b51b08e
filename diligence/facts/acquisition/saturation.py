"""Where the next customer stops paying: response of leads to spend, behind the gates of the model."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.acquisition.lifetime import lifetime_value
from diligence.facts.acquisition.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.saturation import highest_cost, hill, spend_cap
from diligence.models.response import MOST_INFLATION, Response, fit_response
from diligence.models.response_certainty import holdout_error, response_intervals
from diligence.periods import month_index, month_indices, month_start

LAGS, HELD, DRAWS = 3, 6, 60
FORM = "michaelis_menten"
TOTAL = "(total)"
BY_MODEL = ("saturation_index", "marginal_cost_ratio", "marginal_cac", "marginal_payback_months", "spend_cap", "spend_over_cap")
ALL = ("spend_inflation", "response_fit", "response_error", *BY_MODEL)
GRID = 41
NEVER = "even the first customer that spend brings costs more than one may"


def saturation(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in collinearity, saturation and the cost of the next customer, for the total and by channel where the data can tell."""
    if not scope.room.has("leads", "channel") or not scope.room.has("spend", "channel") or scope.spend.empty:
        return {}
    months, channels = _months(scope)
    if not channels:
        scope.sheet.complete([f"acquisition.{name}" for name in ALL], "no channel has both spend and leads")
        return {}
    asked = {"channels": channels, "per_year": 12, "form": FORM, "lags": LAGS}
    fit = fit_response(months, generator=scope.generator(), **asked)  # type: ignore[arg-type]
    worst = fit.inflation["inflation"].max()
    scope.sheet.add(
        "acquisition.spend_inflation", float(worst), n=fit.n, period="all", reason="a single channel of spend, or none that varies"
    )
    for row in fit.inflation.itertuples():
        scope.sheet.add("acquisition.spend_inflation", row.inflation, n=fit.n, object="channel", object_id=str(row.channel), period="all", reason="spend does not vary")  # fmt: skip
    if fit.reason:
        scope.sheet.complete([f"acquisition.{name}" for name in ALL], fit.reason)
        return {}
    error = holdout_error(months, generator=scope.generator(), held=HELD, **asked)  # type: ignore[arg-type]
    scope.sheet.add("acquisition.response_fit", fit.r2, n=fit.n, period="all")
    scope.sheet.add("acquisition.response_error", error, n=HELD, period="all", reason="too few months to hold the last six out")
    intervals = response_intervals(months, generator=scope.generator(), draws=DRAWS, **asked)  # type: ignore[arg-type]
    _curves(scope, fit, intervals, channels)
    return {
        "response": fit.curves,
        "response_curve": _drawn(fit, months, channels),
        "response_months": months.assign(month=_dates(scope, months)),
    }


def _months(scope: Scope) -> tuple[pd.DataFrame, list[str]]:
    """Give spend by channel and the leads of these channels together, by month; months without spend booked are left out."""
    spend = scope.spend[scope.spend["kind"].fillna("programme") == "programme"]
    index = month_indices(spend["month"])
    table = spend.assign(index=index).pivot_table(index="index", columns="channel", values="amount", aggfunc="sum", observed=True)
    came = scope.leads[scope.leads["channel"].notna()]
    channels = sorted(name for name in table.columns if name in set(came["channel"]))
    if not channels:
        return pd.DataFrame(), []
    inside = came[came["channel"].isin(channels)]
    counts = pd.Series(month_indices(inside["created_on"])).value_counts()
    table = table[channels].fillna(0.0)
    table = table[(table.sum(axis=1) > 0) & (table.index <= month_index(scope.end))]
    return table.assign(results=counts.reindex(table.index).fillna(0.0).to_numpy(dtype="float64")), [str(name) for name in channels]


def _dates(scope: Scope, months: pd.DataFrame) -> list[pd.Timestamp]:
    return [month_start(int(index)) for index in months.index]


def _curves(scope: Scope, fit: Response, intervals: pd.DataFrame, channels: list[str]) -> None:
    won = scope.sheet.row("acquisition.lead_to_won")["value"] if _has(scope, "acquisition.lead_to_won") else NAN
    worth = _highest(scope)
    for curve in fit.curves.to_dict("records"):
        total = str(curve["channel"]) == TOTAL
        cut: dict[str, Any] = {} if total or len(fit.curves) == 1 else {"object": "channel", "object_id": str(curve["channel"])}
        ends = intervals[intervals["channel"] == curve["channel"]].set_index("quantity")[["low", "high"]]
        _curve(scope, curve, ends, won, worth, fit.n, cut)
    refused = channels if fit.pooled else []
    for channel in refused:
        for name in BY_MODEL:
            scope.sheet.add(f"acquisition.{name}", NAN, n=fit.n, object="channel", object_id=channel, period="all", reason=f"variance inflation above {MOST_INFLATION:.0f}: channels were raised together, only their total is told")  # fmt: skip


def _curve(
    scope: Scope, curve: dict[str, Any], ends: pd.DataFrame, won: float, worth: tuple[float, float], n: int, cut: dict[str, Any]
) -> None:
    """Add what one curve says; costs of leads become costs of customers by the share of mature leads that were won."""
    most, margin = worth
    sheet, lead = scope.sheet, "no lead is old enough, or none was won: a lead cannot be turned into a customer"
    span = {name: (float(ends.loc[name, "low"]), float(ends.loc[name, "high"])) for name in ("saturation", "marginal")}
    cost = curve["marginal"] / won if won > 0 else NAN
    costs = [end / won if won > 0 else NAN for end in span["marginal"]]
    cap = spend_cap(ceiling=curve["ceiling"], half=curve["half"], highest_cost=most * won) if won > 0 else NAN
    paid = " or the value of a customer is not known"
    rows: tuple[tuple[str, float, float, float, float, float, str], ...] = (
        ("saturation_index", curve["saturation"], *span["saturation"], curve["spend"], curve["half"], ""),
        ("marginal_cost_ratio", curve["marginal"] / curve["average"], NAN, NAN, curve["marginal"], curve["average"], ""),
        ("marginal_cac", cost, *costs, curve["marginal"], won, lead),
        ("marginal_payback_months", cost / margin, costs[0] / margin, costs[1] / margin, cost, margin, lead + paid),
        ("spend_cap", cap, NAN, NAN, NAN, NAN, lead + paid),
        ("spend_over_cap", curve["spend"] / cap if cap > 0 else NAN, NAN, NAN, curve["spend"], cap, NEVER if cap == 0 else lead + paid),
    )  # fmt: skip
    for name, value, low, high, top, below, reason in rows:
        sheet.add(
            f"acquisition.{name}", value, low=low, high=high, n=n, numerator=top, denominator=below, reason=reason, period="all", **cut
        )


def _has(scope: Scope, metric: str) -> bool:
    return any(row["metric"] == metric and not row["segment"] and not row["object_id"] for row in scope.sheet.rows)


def _highest(scope: Scope) -> tuple[float, float]:
    """Give what a customer may cost, and its margin a month."""
    worth = lifetime_value(scope)
    if worth.reason or not worth.value > 0:
        return NAN, NAN
    most = highest_cost(lifetime_value=worth.value, annual_value=worth.annual_value, gross_margin=worth.gross_margin)
    return most, worth.annual_value * worth.gross_margin / 12


def _drawn(fit: Response, months: pd.DataFrame, channels: list[str]) -> pd.DataFrame:
    """Give each curve at spends from nothing to half as much again as was ever spent, on what comes without spend: ``channel, spend, results, seen``."""
    rows = []
    for curve in fit.curves.to_dict("records"):
        own = months[channels].sum(axis=1) if fit.pooled else months[str(curve["channel"])]
        spends = np.linspace(0, 1.5 * float(own.max()), GRID)
        results = fit.base + hill(spends, half=curve["half"], ceiling=curve["ceiling"], shape=curve["shape"])
        rows.append(pd.DataFrame({"channel": curve["channel"], "spend": spends, "results": results, "seen": spends <= float(own.max())}))
    return pd.concat(rows, ignore_index=True)
