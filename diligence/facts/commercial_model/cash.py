"""Receivables, conversion of earnings to cash, and the growth that pays for itself."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.analysis import Check
from diligence.facts.commercial_model.scope import Scope
from diligence.facts.sheet import NAN
from diligence.metrics.bridge import movements_between
from diligence.metrics.cash import (
    burn_multiple,
    cash_bridge,
    cash_conversion,
    conversion_by_month,
    ledger_window,
    rule_of_40,
    working_capital_intensity,
)
from diligence.metrics.contract_terms import MONTHS_IN_ADVANCE
from diligence.metrics.measure import TICKS
from diligence.metrics.receivables import ageing, days_sales_outstanding, overdue_share, payment_days
from diligence.metrics.self_financing import free_cash_flow_rate, is_self_funding, self_financed_growth
from diligence.periods import month_index

NO_LINE = "the accounts lack a line of it, or a month"
WON = ("new_logo",)
LOST = ("churn", "contraction", "lost_product")
GAINED = ("upsell", "cross_sell", "reactivation")


def receivables(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in days outstanding, days over terms and what is overdue; give the ageing."""
    sheet, as_of = scope.sheet, scope.room.deal.target.as_of
    if sheet.lacking("commercial.dso"):
        return {}
    invoices = scope.room.table("invoices")
    found = days_sales_outstanding(invoices, as_of)
    sheet.add(
        "commercial.dso",
        found["days"],
        n=found["n"],
        numerator=found["numerator"],
        denominator=found["denominator"],
        reason="nothing was invoiced in the year",
    )
    if not sheet.lacking("commercial.days_over_terms"):
        paid = payment_days(invoices, as_of)
        reason = "no invoice fell due in the year"
        for metric, name in (("days_to_pay", "to_pay"), ("days_over_terms", "late"), ("late_share", "late_share")):
            sheet.add(f"commercial.{metric}", paid[name], n=paid["n"], reason=reason)
        late = overdue_share(invoices, as_of)
        sheet.add(
            "commercial.overdue_90", late["share"], n=late["n"], numerator=late["numerator"], denominator=late["denominator"], period=scope.spot,
            reason="nothing is open",
        )  # fmt: skip
    return {"ageing": ageing(invoices, as_of)}


def conversion(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in cash conversion, deferred revenue, working capital, burn and the rule of 40."""
    sheet = scope.sheet
    if not scope.room.has("ledger"):
        return {}, []
    ledger, end = scope.room.table("ledger"), scope.end
    held = ledger_window(ledger, end)
    found = cash_conversion(ledger, end)
    lossy = "EBITDA is not above zero" if held.get("ebitda", 1.0) <= 0 else NO_LINE
    sheet.add(
        "commercial.cash_conversion", found["conversion"], n=12, numerator=found["numerator"], denominator=found["ebitda"], reason=lossy
    )
    sheet.add("commercial.operating_cash_flow", found["numerator"], n=12, reason=NO_LINE)
    _health(scope, held, found["numerator"])
    steps = cash_bridge(ledger, end)
    checks = (
        [Check("EBITDA + steps = operating cash flow", float(steps["amount"].iloc[:-1].sum()), float(steps["amount"].iloc[-1]), 0.01)]
        if len(steps)
        else []
    )
    return {"cash_bridge": steps, "conversion": conversion_by_month(ledger)}, checks


def _health(scope: Scope, held: dict[str, float], cash: float) -> None:
    """Deferred revenue, working capital, burn and the rule of 40."""
    sheet = scope.sheet
    deferred = held.get("deferred_revenue", NAN)
    sheet.add(
        "commercial.deferred_cover",
        deferred / scope.recurring,
        n=1,
        numerator=deferred,
        denominator=scope.recurring,
        period=scope.month,
        reason=NO_LINE,
    )
    tied = working_capital_intensity(scope.room.table("ledger"), scope.end)
    grew = "revenue did not grow" if tied["denominator"] <= 0 else NO_LINE
    sheet.add(
        "commercial.working_capital_intensity",
        tied["intensity"],
        n=24,
        numerator=tied["numerator"],
        denominator=tied["denominator"],
        reason=grew,
    )
    then = float(scope.live(scope.start)["amount"].sum()) * scope.to_year
    growth = scope.recurring / then - 1 if then > 0 else NAN
    margin = held.get("ebitda", NAN) / held["revenue"] if held.get("revenue", 0.0) > 0 else NAN
    sheet.add("commercial.rule_of_40", rule_of_40(growth, margin), n=12, reason=NO_LINE)
    burn = -cash
    burning = "cash is not burnt" if burn <= 0 else NO_LINE if np.isnan(burn) else "recurring revenue did not grow"
    sheet.add(
        "commercial.burn_multiple",
        burn_multiple(burn, scope.recurring - then),
        n=12,
        numerator=burn,
        denominator=scope.recurring - then,
        reason=burning,
    )


def self_financing(scope: Scope) -> tuple[dict[str, pd.DataFrame], list[Check]]:
    """Fill in the growth that the company's own cash pays for, as billed today and under other ways of billing."""
    sheet = scope.sheet
    inputs, reason = _inputs(scope)
    if reason:
        sheet.complete(
            [
                f"commercial.{name}"
                for name in ("gross_margin", "other_costs", "acquisition_cost", "self_financed_growth", "self_financed_gap")
            ],
            reason,
        )
        return {}, []
    for name in ("gross_margin", "other_costs", "acquisition_cost"):
        sheet.add(f"commercial.{name}", inputs[name], n=12, period=scope.year)
    here = _value("commercial.prepay_months", scope), _value("commercial.dso", scope)
    if np.isnan(here).any():
        lacks = "months billed in advance and days outstanding are both needed: see contracts.billing and invoices"
        sheet.complete(["commercial.self_financed_growth", "commercial.self_financed_gap"], lacks)
        return {}, []
    rows, checks = [], []
    ways = {"": here[0], **{way: months for way, months in MONTHS_IN_ADVANCE.items() if way not in ("usage", "cash_on_delivery")}}
    for way, months in ways.items():
        setting = {**inputs, "prepay_months": months, "receivable_days": here[1]}
        growth = self_financed_growth(**setting)
        free = is_self_funding(acquisition_cost=inputs["acquisition_cost"], prepay_months=months, receivable_days=here[1])
        why = "customers pay for their own acquisition on signing: cash sets no limit" if free else ""
        cut: dict[str, Any] = {"object": "billing", "object_id": way} if way else {}
        sheet.add("commercial.self_financed_growth", growth, n=12, period=scope.year, reason=why, **cut)
        rows.append((way or "as billed today", months, growth))
        if np.isfinite(growth):
            checks.append(
                Check(
                    f"no cash flow at self-financed growth, {way or 'as billed today'}", free_cash_flow_rate(growth, **setting), 0.0, 1e-9
                )
            )
    plan = _plan_growth(scope)
    gap = rows[0][2] - plan
    sheet.add(
        "commercial.self_financed_gap",
        gap,
        n=12,
        period=scope.year,
        reason="the deal file has no plan" if np.isnan(plan) else "cash sets no limit",
    )
    return {"self_financing": pd.DataFrame(rows, columns=["billing", "months", "growth"])}, checks


def _inputs(scope: Scope) -> tuple[dict[str, float], str]:
    if not scope.room.has("ledger"):
        return {}, scope.sheet.lacking("commercial.gross_margin")
    held = ledger_window(scope.room.table("ledger"), scope.end)
    lines = ("revenue", "cogs", "sales", "marketing", "customer_success", "research", "general", "capex")
    lacks = [line for line in lines if line not in held]
    if lacks or held["revenue"] <= 0:
        return {}, f"the accounts lack twelve months of: {', '.join(lacks)}" if lacks else "there is no revenue"
    if not scope.has_year or not np.isfinite(scope.recurring):
        return {}, "there is no recurring revenue at both ends of the year"
    found = movements_between(scope.cube, scope.start, scope.end, window=scope.room.window)
    moved = found.groupby("movement")["ticks"].sum() * scope.to_year / TICKS
    base = float(scope.live(scope.start)["amount"].sum()) * scope.to_year

    def share(names: tuple[str, ...]) -> float:
        return float(sum(moved.get(name, 0.0) for name in names)) / base

    won = float(sum(moved.get(name, 0.0) for name in WON))
    if won <= 0:
        return {}, "no recurring revenue was won in the year: the cost of winning it is undefined"
    revenue = held["revenue"]
    other = held["customer_success"] + held["research"] + held["general"] + held["capex"]
    return {
        "gross_margin": 1 - held["cogs"] / revenue, "other_costs": other / revenue, "acquisition_cost": (held["sales"] + held["marketing"]) / won,
        "churn": -share(LOST), "expansion": share(GAINED),
    }, ""  # fmt: skip


def _value(metric: str, scope: Scope) -> float:
    rows = [row for row in scope.sheet.rows if row["metric"] == metric and not row["segment"] and not row["object_id"]]
    return float(rows[0]["value"]) if rows else NAN


def _plan_growth(scope: Scope) -> float:
    plan, deal = scope.room.deal.plan.recurring_revenue, scope.room.deal
    if not plan:
        return NAN
    year = max(plan)
    months = 12 * year + deal.target.fiscal_year_end_month - 1 - month_index(scope.end)
    return float((plan[year] / scope.recurring) ** (12 / months) - 1) if months > 0 else NAN
