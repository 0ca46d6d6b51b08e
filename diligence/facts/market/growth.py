"""Where growth came from, how far adoption has run, and what the plan asks of the market."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.customer_scope import NO_REVENUE
from diligence.facts.market.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.concentration import herfindahl
from diligence.metrics.growth_sources import EFFECTS, growth_sources
from diligence.metrics.market_size import market_growth
from diligence.metrics.measure import level
from diligence.metrics.new_customers import new_customers
from diligence.metrics.retention import logo_retention
from diligence.models.diffusion import FITS, bass_steady_share, curve_choice
from diligence.models.growth_curves import GrowthCurve, bass_diffusion
from diligence.periods import add_months, month_index, month_label

CENT = 0.01
ADOPTION = ("potential_customers", "saturation_headroom", "adoption_peak", "steady_share")
NO_SKILL = "potential not identified: no curve forecasts better than the mean of the last four quarters"
NO_MARKET = "a table that stands beside it is not given"
NO_YEAR = "the data do not reach back to the opening of the period"


def sources(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Take twelve months of growth apart into market, share, price, mix and range; the parts are the whole."""
    names = [f"market.growth_{name}" for name in EFFECTS]
    if scope.lacks(*names, "market.growth_gap"):
        scope.sheet.complete([*names, "market.growth_gap"], NO_MARKET)
        return {}, []
    years = set(scope.market["year"])
    if not scope.has_year or not {scope.start.year, scope.end.year} <= years:
        scope.sheet.complete(
            [*names, "market.growth_gap"], NO_YEAR if not scope.has_year else "the market table lacks a year of the period"
        )
        return {}, []
    table = growth_sources(_sales(scope), _reach(scope))
    whole = table[["then", "now", *EFFECTS]].sum(skipna=False)
    n = len(scope.live)
    for name in EFFECTS:
        place: dict[str, Any] = {"n": n, "denominator": whole["then"], "reason": "not every segment is in the market table"}
        scope.sheet.add(f"market.growth_{name}", whole[name], numerator=whole[name], **place)
        for row in table.to_dict("records"):
            segment = str(row["segment"])
            scope.sheet.add(f"market.growth_{name}", row[name], n=n, segment=segment, reason="the market table does not have the segment")
    _gap(scope, table)
    known = table.dropna(subset=list(EFFECTS))
    parts = float(known[list(EFFECTS)].sum().sum())
    return {"growth_sources": table}, [
        Check("market, share, price, mix and range make the growth", parts, float((known["now"] - known["then"]).sum()), CENT)
    ]


def _sales(scope: Scope) -> pd.DataFrame:
    """Revenue and units by segment and product at both ends; a product without units counts the accounts that take it."""
    parts = []
    for period, month in (("then", scope.start), ("now", scope.end)):
        months = scope.cube["month"]
        inside = scope.cube[(months <= month) & (months > add_months(month, -scope.room.window))]
        grouped = inside.groupby(["segment", "product_id"], observed=True)
        sums = grouped.agg(amount=("amount", "sum"), quantity=("quantity", "sum"), takers=("account_id", "nunique")).reset_index()
        parts.append(sums.assign(period=period, amount=sums["amount"] * 12 / scope.room.window))
    table = pd.concat(parts, ignore_index=True)
    blank = (table["quantity"].fillna(0) <= 0).groupby([table["segment"], table["product_id"]]).transform("any")
    return table.assign(quantity=table["quantity"].mask(blank, table["takers"].astype("float64")))


def _reach(scope: Scope) -> pd.DataFrame:
    accounts = scope.market.groupby(["segment", "year"])["accounts"].sum(min_count=1)
    parts = []
    for period, month in (("then", scope.start), ("now", scope.end)):
        found = level(scope.cube, month, ["segment", "account_id"], window=scope.room.window)
        customers = found[found["ticks"] > 0].groupby("segment").size()
        parts.append(
            pd.DataFrame({"period": period, "customers": customers, "accounts": accounts.xs(month.year, level="year")})
            .rename_axis("segment")
            .reset_index()
        )
    return pd.concat(parts, ignore_index=True).astype({"segment": "str"})


def _gap(scope: Scope, table: pd.DataFrame) -> None:
    """Growth of the segment at the target less growth of the segment itself."""
    market = market_growth(scope.market, start=scope.end.year - 1, end=scope.end.year).set_index("segment")["value"]
    for row in table.itertuples():
        own = row.now / row.then - 1 if row.then else NAN
        gap = own - float(market.get(row.segment, NAN))
        scope.sheet.add(
            "market.growth_gap", gap, segment=str(row.segment), n=len(scope.live), reason="the segment's growth is not known on one side"
        )


def concentration(scope: Scope) -> None:
    """Fill in how much of the revenue rests on how few segments."""
    own = scope.recurring[scope.recurring > 0]
    if own.empty:
        scope.sheet.refuse("market.segment_hhi", NO_REVENUE)
        return
    shares = own / own.sum()
    scope.sheet.add("market.segment_hhi", herfindahl(shares), n=len(scope.live), period=month_label(scope.end))


def adoption(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fit curves of adoption to first contracts by quarter, all customers and by segment; the curve is the one that forecast best."""
    names = [f"market.{name}" for name in ADOPTION]
    if scope.lacks(*names):
        scope.sheet.complete(names, NO_MARKET)
        return {}
    customers = scope.room.customers.assign(segment=scope.room.customers["customer_id"].map(scope.segment_of)).dropna(
        subset=["acquired_on"]
    )
    customers = customers[pd.to_datetime(customers["acquired_on"]) <= pd.Timestamp(scope.room.deal.target.as_of)]
    fits, curves = [], []
    for segment in ["", *sorted(set(customers["segment"].dropna()))]:
        some = customers if not segment else customers[customers["segment"] == segment]
        counts = new_customers(some)
        if counts.empty:
            continue
        whole = counts.assign(period=counts["index"] - counts["index"].min() + 1, adopters=counts["n"])[["period", "index", "adopters"]]
        choice = curve_choice(whole)
        best = choice[choice["curve"].isin(list(FITS)) & choice["score"].notna()]
        fit = FITS[str(best["curve"].iloc[0]) if len(best) else "bass"](whole)
        skill = float(best["skill"].iloc[0]) if len(best) else NAN
        reason = fit.reason or ("" if skill > 0 else NO_SKILL)
        _fitted(scope, fit, segment, reason)
        fits.append({"segment": segment or "all", "curve": fit.curve, "skill": skill, "potential": NAN if reason else fit.potential,
                     "reached": fit.reached, "n": fit.n, "reason": reason})  # fmt: skip
        curves.append(_curve(whole, fit, NAN if reason else fit.potential).assign(segment=segment or "all"))
    _steady(scope, customers)
    scope.sheet.complete(names, "no customer has a date of first contract")
    return {"adoption": pd.concat(curves, ignore_index=True), "adoption_fits": pd.DataFrame(fits)} if fits else {}


def _fitted(scope: Scope, fit: GrowthCurve, segment: str, reason: str) -> None:
    place: dict[str, Any] = {"segment": segment, "period": scope.spot, "reason": reason, "n": fit.reached}
    # there are no fewer customers to win than were won
    ends = [max(end, fit.reached) if not reason else NAN for end in (fit.potential, fit.low, fit.high)]
    scope.sheet.add("market.potential_customers", ends[0], low=ends[1], high=ends[2], **place)
    ratio = [end / fit.reached if fit.reached else NAN for end in ends]
    scope.sheet.add("market.saturation_headroom", ratio[0], low=ratio[1], high=ratio[2], **place)
    scope.sheet.add("market.adoption_peak", NAN if reason else fit.inflection / 4, **place)


def _curve(whole: pd.DataFrame, fit: GrowthCurve, potential: float) -> pd.DataFrame:
    fitted = fit.adopters(whole["period"].to_numpy()) if np.isfinite(fit.asymptote) else np.full(len(whole), NAN)
    period = [f"{one // 4:04d}Q{one % 4 + 1}" for one in whole["index"]]
    return pd.DataFrame({"period": period, "adopters": whole["adopters"].cumsum(), "fitted": np.cumsum(fitted), "potential": potential})


def _steady(scope: Scope, customers: pd.DataFrame) -> None:
    """Share of the potential that Bass and today's churn leave in the long run; only where Bass tells a potential."""
    counts = new_customers(customers)
    fit = bass_diffusion(counts.assign(period=counts["index"] - counts["index"].min() + 1, adopters=counts["n"])) if len(counts) else None
    if fit is None or not fit.identified or not scope.has_year:
        scope.sheet.refuse("market.steady_share", fit.reason or NO_YEAR if fit is not None else NO_YEAR)
        return
    kept = float(logo_retention(scope.cube, scope.end, window=scope.room.window)["value"].iloc[0])
    quarterly = 1 - kept**0.25 if kept > 0 else NAN
    value = bass_steady_share(fit.first, fit.second, quarterly)
    scope.sheet.add("market.steady_share", value, n=fit.reached, period=scope.spot, reason="retention of customers is not known")


def plan(scope: Scope) -> None:
    """Fill in what the sponsor's plan asks of the market: its growth against the market's, and how full the market would be."""
    names = ("market.plan_multiple", "market.plan_penetration", "market.runway")
    asked = scope.room.deal.plan.recurring_revenue
    own = float(scope.recurring.sum())
    if scope.lacks(*names):
        scope.sheet.complete(list(names), NO_MARKET)
        return
    if not asked or own <= 0:
        scope.sheet.complete(list(names), "the deal file has no plan" if not asked else NO_REVENUE)
        return
    last = max(asked)
    months = 12 * last + scope.room.deal.target.fiscal_year_end_month - 1 - month_index(scope.end)
    yearly = (asked[last] / own) ** (12 / months) - 1 if months > 0 else NAN
    period = f"{month_label(scope.end)}..FY{last}"
    whole = market_growth(scope.market, start=int(scope.market["year"].max()) - 3, end=int(scope.market["year"].max()), by=None)
    growth = float(whole["value"].iloc[0]) if len(whole) else NAN
    multiple = yearly / growth if growth > 0 else NAN
    scope.sheet.add(
        "market.plan_multiple",
        multiple,
        numerator=yearly,
        denominator=growth,
        period=period,
        reason="the market does not grow, or its growth is not known",
    )
    # at today's revenue for each customer and today's mix of segments
    each = own / max(int(scope.accounts["sold"].sum()), 1)
    fitting = float(scope.accounts["fit"].sum())
    wanted = asked[last] / each
    scope.sheet.add(
        "market.plan_penetration", wanted / fitting if fitting else NAN, n=len(scope.accounts), numerator=wanted, denominator=fitting, period=period,
        reason="no account of the list fits",
    )  # fmt: skip
    adds = (wanted - own / each) / (months / 12) if months > 0 else NAN
    runway = max(fitting - wanted, 0.0) / adds if adds > 0 else NAN
    scope.sheet.add("market.runway", runway, n=len(scope.accounts), period=period, reason="the plan adds no customers")
