"""Discounts: where they go, how far they spread among like deals, and what is known of our prices against rivals."""

from typing import Any

import pandas as pd

from diligence.facts.commercial_model.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.discounts import CELLS, bundle_discount, discount_by, discount_dispersion, discount_lines, quarter_end_discount
from diligence.metrics.price_position import rival_price_index
from diligence.models.discount_structure import discount_structure, dispersion_interval
from diligence.models.intervals import wilson

DRIVERS = ("segment", "product_id", "type", "size_band")


def discounts(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in dispersion, structure, authority, quarter end, competition and bundles."""
    sheet = scope.sheet
    won = discount_lines(scope.won)
    if won.empty:
        return {}
    for segment in ["", *scope.segments]:
        mine = won[won["segment"] == segment] if segment else won
        found = dispersion_interval(mine, scope.generator(), by=CELLS)
        sheet.add(
            "commercial.discount_dispersion", found["iqr"], low=found["low"], high=found["high"], n=found["n"], segment=segment,
            period=_since(won), reason="no cell of like deals has five lines",
        )  # fmt: skip
    fit = discount_structure(won, scope.generator(), drivers=DRIVERS)
    sheet.add(
        "commercial.discount_structure", fit.r_squared, low=fit.low, high=fit.high, n=fit.n, period=_since(won),
        reason="too few lines for the drivers, or discounts that do not vary",
    )  # fmt: skip
    quarter = quarter_end_discount(won, by=CELLS, year_end_month=scope.room.deal.target.fiscal_year_end_month)
    sheet.add(
        "commercial.quarter_end_discount", quarter["difference"], n=quarter["n"], period=_since(won),
        reason="no cell of like deals has lines both at quarter end and before",
    )  # fmt: skip
    bundle = bundle_discount(won)
    sheet.add(
        "commercial.bundle_discount", bundle["discount"], n=bundle["n"], numerator=bundle["numerator"], denominator=bundle["denominator"],
        period=_since(won), reason="no deal of three products",
    )  # fmt: skip
    frames = {"dispersion": discount_dispersion(won), "discounted": won[["discount", "segment", "size_band"]]}
    return frames | _authority(scope, won) | _contested(scope)


def _since(lines: pd.DataFrame) -> str:
    return f"{lines['date'].min():%Y-%m}..{lines['date'].max():%Y-%m}"


def _authority(scope: Scope, won: pd.DataFrame) -> dict[str, pd.DataFrame]:
    sheet = scope.sheet
    lacks = sheet.lacking("commercial.approved_share")
    if lacks:
        return {}
    approved, n = int(won["approved_by"].notna().sum()), len(won)
    low, high = wilson(approved, n)
    known = approved > 0
    reason = "no line names an approver"
    sheet.add(
        "commercial.approved_share", approved / n if known else NAN, low=low, high=high, n=n, numerator=approved, denominator=n,
        period=_since(won), reason=reason,
    )  # fmt: skip
    found = discount_by(won)
    for row in found.itertuples() if known else ():
        cut: dict[str, Any] = {"object": "approver", "object_id": str(row.approved_by), "period": _since(won)}
        sheet.add("commercial.approver_discount", row.discount, n=row.n, numerator=row.numerator, denominator=row.denominator, **cut)
    return {"approvers": found} if known else {}


def _contested(scope: Scope) -> dict[str, pd.DataFrame]:
    """New business quoted, won or not: discounts with and without a rival in the running, each line counting once."""
    sheet = scope.sheet
    lines = discount_lines(scope.quotes[scope.quotes["type"] == "new"])
    named = {True: "commercial.discount_contested", False: "commercial.discount_uncontested"}
    if sheet.lacking(named[True]) or lines.empty:
        return {}
    means = {}
    for rival, metric in named.items():
        mine = lines.loc[lines["competitive"].eq(rival).fillna(False), "discount"]
        half = 1.96 * float(mine.std()) / len(mine) ** 0.5 if len(mine) > 1 else NAN
        means[rival] = float(mine.mean()) if len(mine) else NAN
        sheet.add(
            metric,
            means[rival],
            low=means[rival] - half,
            high=means[rival] + half,
            n=len(mine),
            period=_since(lines),
            reason="no such line",
        )
    gap = means[True] - means[False]
    sheet.add("commercial.discount_to_win", gap, n=len(lines), period=_since(lines), reason="one of the two has no line")
    return {}


def rivals(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in our price level against rivals, by the market's index."""
    sheet, frames = scope.sheet, {}
    if not sheet.lacking("commercial.rival_index"):
        index = rival_price_index(scope.room.table("competitors"))
        for row in index.itertuples():
            sheet.add("commercial.rival_index", row.premium, n=row.n, segment=str(row.segment), period=str(row.year))
        frames["rivals"] = index
    return frames
