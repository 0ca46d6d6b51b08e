"""CRM tables out of the opportunities: the list itself, the stages they passed, quotes, and forecasts.

Planted: stages are kept up in order and in time, close dates seldom slip, forecasts miss by a few per cent either way;
discounts are deeper where a rival is present.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.random import Generator

from data.demo.generator.design import SUBSCRIPTIONS, list_price
from data.demo.generator.months import AS_OF, MONTHS, first_day, index_of, quarter
from data.demo.generator.pipeline import Opportunity, units
from data.demo.generator.streams import stream

STAGES = ("1 Qualified", "2 Discovery", "3 Solution", "4 Proposal", "5 Negotiation")
SHORT = ("1 Qualified", "4 Proposal")
SHARES = (0.0, 0.18, 0.42, 0.66, 0.86)


def numbered(deals: list[Opportunity]) -> list[Opportunity]:
    """Opportunities in the order of creation, with their numbers."""
    deals = sorted(deals, key=lambda d: (d.created_on, d.account, d.type, d.product, d.amount))
    for number, deal in enumerate(deals, start=1):
        deal.opportunity_id = f"OPP-{number:05d}"
    return deals


def stage_list(deal: Opportunity) -> tuple[str, ...]:
    """New business passes five stages, business with customers two."""
    return STAGES if deal.type == "new" else SHORT


def stage_history(seed: int, deals: list[Opportunity]) -> pd.DataFrame:
    """When each opportunity entered each stage; lost ones stop part way."""
    rows = []
    for deal in deals:
        draw = stream(seed, "stages", deal.opportunity_id)
        names = stage_list(deal)
        closed = deal.closed_on or deal.expected_on
        reached = len(names) if deal.status == "won" else int(draw.integers(2, len(names) + 1))
        span = (closed - deal.created_on).days
        pushed = (closed - deal.expected_on).days > 7
        for name, share in zip(names[:reached], SHARES if len(names) == 5 else (0.0, 0.5), strict=False):
            day = deal.created_on + timedelta(days=round(span * share * float(draw.uniform(0.9, 1.1))))
            if day > AS_OF:
                break
            drift = 1 + float(draw.normal(0, 0.05)) * (1 - share)
            expected = deal.expected_on if pushed and share < 0.6 else closed - timedelta(days=int(draw.integers(-4, 5)))
            rows.append((deal.opportunity_id, name, day, round(deal.amount * drift, 2), max(expected, day)))
        if deal.status != "open":
            rows.append((deal.opportunity_id, "Closed Won" if deal.status == "won" else "Closed Lost", closed, deal.amount, closed))
    return pd.DataFrame(rows, columns=["opportunity_id", "stage", "entered_on", "amount", "expected_close_on"])


def category(draw: Generator, deal: Opportunity, stage: str) -> str:
    """Forecast category, which follows the stage but for a few."""
    if deal.status == "won":
        return "commit"
    if deal.status == "lost":
        return "omitted"
    table = {"5 Negotiation": "commit", "4 Proposal": "best_case", "3 Solution": "best_case"}
    return table.get(stage, "pipeline") if draw.random() < 0.93 else "pipeline"


def opportunities(seed: int, deals: list[Opportunity], names: pd.Series, history: pd.DataFrame) -> pd.DataFrame:
    """The opportunity list with almost every field filled."""
    last = history.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")["stage"]
    rows = []
    for deal in deals:
        draw = stream(seed, "crm fields", deal.opportunity_id)
        stage = str(last[deal.opportunity_id])
        rows.append(
            (
                deal.opportunity_id,
                deal.customer_id,
                names[deal.account],
                deal.created_on,
                deal.closed_on,
                deal.status,
                stage,
                deal.amount,
                deal.type,
                deal.segment,
                deal.product,
                deal.rep_id,
                deal.channel,
                deal.sourced_by,
                deal.competitive,
                deal.competitor,
                deal.loss_reason,
                deal.expected_on,
                category(draw, deal, stage),
                deal.founder,
                deal.rival_price,
            )
        )
    columns = [
        "opportunity_id",
        "customer_id",
        "account",
        "created_on",
        "closed_on",
        "status",
        "stage",
        "amount",
        "type",
        "segment",
        "product_id",
        "rep_id",
        "channel",
        "sourced_by",
        "competitive",
        "competitor",
        "loss_reason",
        "expected_close_on",
        "forecast_category",
        "founder_involved",
        "rival_price",
    ]
    return pd.DataFrame(rows, columns=columns)


def quotes(seed: int, deals: list[Opportunity]) -> pd.DataFrame:
    """One line for each product quoted, in euro a unit and month; new business in full, additions for the product sold."""
    rows = []
    for deal in deals:
        if deal.type == "renewal":
            continue
        draw = stream(seed, "quotes", deal.opportunity_id)
        month = max(index_of(deal.created_on), 0)
        day = min(deal.created_on + timedelta(days=int(draw.integers(4, 25))), deal.closed_on or AS_OF, AS_OF)
        for product in deal.products:
            price = list_price(product, month)
            net = round(price * (1 - deal.discount + float(draw.normal(0, 0.004))), 2)
            new = deal.type == "new"
            quantity = float(units(deal.segment, product, deal.seats)) if new else max(1.0, round(deal.amount / 12 / net))
            won = None if deal.status == "open" else deal.status == "won"
            reason = "" if deal.discount < 0.05 else ("rival offer" if deal.competitive else "volume")
            approver = "" if deal.discount < 0.10 else ("VP Sales" if deal.discount < 0.22 else "Founder")
            rows.append((deal.opportunity_id, deal.customer_id, product, day, quantity, price, min(net, price), won, reason, approver))
    columns = [
        "opportunity_id",
        "customer_id",
        "product_id",
        "date",
        "quantity",
        "list_price",
        "net_price",
        "won",
        "discount_reason",
        "approved_by",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    assert set(frame["product_id"]) <= set(SUBSCRIPTIONS)
    frame.insert(0, "quote_id", [f"Q-{n:05d}" for n in range(1, len(frame) + 1)])
    return frame


def forecasts(seed: int, deals: list[Opportunity]) -> pd.DataFrame:
    """On the first of each month, what will be closed in the calendar quarter in new business and expansion."""
    draw = stream(seed, "forecasts")
    actual: dict[str, float] = {}
    for deal in deals:
        if deal.status == "won" and deal.type != "renewal" and deal.closed_on is not None:
            key = quarter(index_of(deal.closed_on))
            actual[key] = actual.get(key, 0.0) + deal.amount
    rows: list[tuple[date, str, float, str]] = []
    for month in range(6, MONTHS):
        period = quarter(month)
        into = (first_day(month).month - 1) % 3
        total = actual.get(period, 0.0)
        noise = float(draw.normal(0.006, (0.055, 0.038, 0.02)[into]))
        commit = total * (1 + noise)
        rows.append((first_day(month), period, round(commit, -2), "commit"))
        rows.append((first_day(month), period, round(commit * float(draw.uniform(1.10, 1.18)), -2), "best_case"))
        rows.append((first_day(month), period, round(commit * float(draw.uniform(2.3, 2.7)) * (1 - 0.2 * into), -2), "pipeline"))
    return pd.DataFrame(rows, columns=["snapshot_on", "period", "amount", "category"])


def discount_gap(frame: pd.DataFrame, opps: pd.DataFrame) -> dict[str, float]:
    """Mean discount on quoted new business, with and without a rival (for TRUTH.md)."""
    joined = frame.merge(opps[["opportunity_id", "type", "competitive"]], on="opportunity_id")
    joined = joined[joined["type"] == "new"]
    means = (1 - joined["net_price"] / joined["list_price"]).groupby(joined["competitive"]).mean()
    return {"contested": float(np.round(means[True], 4)), "uncontested": float(np.round(means[False], 4))}
