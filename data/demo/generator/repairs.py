"""The room as it is handed over: the clean tables with the disorder laid on, and the list of what was done, in counts and amounts."""

from typing import Any

import numpy as np
import pandas as pd

from data.demo.generator.accrual import in_euro
from data.demo.generator.finance import UNEXPLAINED, late_credits
from data.demo.generator.mess import ALIAS_MONTHS, SWITCH, moved, repeated_lines, second_ids
from data.demo.generator.months import AS_OF, first_day, label
from data.demo.generator.names import ALIASES
from data.demo.generator.truth import money
from data.demo.generator.world import World

ORDER = [
    "revenue",
    "customers",
    "contracts",
    "products",
    "quotes",
    "opportunities",
    "stage_history",
    "leads",
    "touches",
    "spend",
    "reps",
    "territories",
    "market",
    "universe",
    "competitors",
    "price_survey",
    "choices",
    "purchase_criteria",
    "nps",
    "visibility",
    "ledger",
    "invoices",
    "usage",
    "tickets",
    "delivery",
    "contacts",
    "forecasts",
    "reported",
    "definitions",
    "stack",
    "brands",
    "blueprint",
    "fx",
]
MISSING_SPEND = "2024-11"


def untidy(seed: int, world: World) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables as exported, and the defects planted in them."""
    tables = dict(world.tables)
    moves = second_ids(world.lines, world.aliased)
    barred = world.dropped + [c.customer_id for c in world.aliased]
    repeated = repeated_lines(seed, world.lines, barred)
    lines = pd.concat([world.lines, repeated]).sort_values(["date", "invoice_id", "product_id"], kind="stable", ignore_index=True)
    lines = moved(lines, moves, day="date")
    tables["revenue"] = lines
    tables["invoices"] = moved(tables["invoices"], moves, day="issued_on")
    tables["contracts"] = moved(tables["contracts"], moves, day="start_date")
    tables["customers"] = listed(tables["customers"], world, moves)
    tables["spend"] = tables["spend"][tables["spend"]["month"] != MISSING_SPEND].reset_index(drop=True)
    rates = pd.concat([world.fx, world.fx.iloc[[-1]].assign(month="2026-07")])
    return {name: tables[name] for name in ORDER}, planted(world, lines, repeated, rates)


def listed(frame: pd.DataFrame, world: World, moves: dict[str, tuple[str, int]]) -> pd.DataFrame:
    """The customer list: two lost customers are gone from it, nine stand in it twice under names that differ."""
    frame = frame[~frame["customer_id"].isin(world.dropped)]
    extra = []
    for (first, (second, month)), (_, _, variant) in zip(moves.items(), ALIASES, strict=True):
        row = frame[frame["customer_id"] == first].iloc[0].to_dict()
        extra.append(
            {**row, "customer_id": second, "name": variant, "acquired_on": first_day(month), "referred_by": "", "went_live_on": None}
        )
    return pd.concat([frame, pd.DataFrame(extra).astype(object)], ignore_index=True)


def planted(world: World, lines: pd.DataFrame, repeated: pd.DataFrame, rates: pd.DataFrame) -> dict[str, Any]:
    """Counts and amounts of every defect; amounts in euro, with sterling at the rate of the invoice month."""
    cents = in_euro(world.lines, rates)
    known, future = world.lines["date"] <= AS_OF, world.lines["date"] > AS_OF
    credit, pounds = world.lines["amount"] < 0, world.lines["currency"] == "GBP"
    orphan = world.lines["customer_id"].isin(world.dropped)
    yearly = world.lines["service_end"].notna() & (world.lines["batch"] != "OB")
    spans = (pd.to_datetime(world.lines["service_end"]) - pd.to_datetime(world.lines["service_start"])).dt.days + 1
    old = np.array([day < SWITCH for day in lines["date"]])
    late = late_credits(world.lines[known], world.fx)
    spend = world.tables["spend"]
    acquired = [c.customer_id for c in world.book if c.origin == "acquired"]
    first = world.shares[
        (world.shares["kind"] == "recurring") & (world.shares["month"] == "2024-01") & world.shares["customer_id"].isin(acquired)
    ]

    def total(rows: Any) -> float:
        return money(cents[rows].sum() / 100)

    return {
        "misspelt_duplicates": duplicates(world, lines, rates),
        "credit_notes": {
            "lines": int(credit.sum()),
            "amount": total(credit),
            "full": int((world.lines["batch"] == "FULL").sum()),
            "full_amount": total(world.lines["batch"] == "FULL"),
            "partial": int((world.lines["batch"] == "PART").sum()),
            "partial_amount": total(world.lines["batch"] == "PART"),
        },
        "service_periods": {
            "year_or_longer_lines": int((yearly & (spans > 360) & ~credit).sum()),
            "year_or_longer_amount": total(yearly & (spans > 360) & ~credit),
            "opening_lines": int((world.lines["batch"] == "OB").sum()),
            "opening_amount": total(world.lines["batch"] == "OB"),
            "with_service_period": int(world.lines["service_end"].notna().sum()),
            "without": int(world.lines["service_end"].isna().sum()),
        },
        "missing_month": {
            "table": "spend",
            "month": MISSING_SPEND,
            "rows": int((spend["month"] == MISSING_SPEND).sum()),
            "amount": money(spend.loc[spend["month"] == MISSING_SPEND, "amount"].sum()),
        },
        "two_date_formats": {"legacy_lines": int(old.sum()), "iso_lines": int((~old).sum()), "switched_on": SWITCH.isoformat()},
        "acquired_book": {
            "customers": len(acquired),
            "on": "2024-01-01",
            "mrr_2024_01": money(first["amount"].sum()),
            "arr": money(first["amount"].sum() * 12),
        },
        "sterling": {
            "lines": int((pounds & known).sum()),
            "amount_gbp": money(world.lines.loc[pounds & known, "amount"].sum()),
            "amount_eur": total(pounds & known),
        },
        "repeated_lines": {"lines": len(repeated), "amount": money(in_euro(repeated, rates).sum() / 100)},
        "orphan_lines": {"lines": int(orphan.sum()), "amount": total(orphan), "customer_ids": sorted(world.dropped)},
        "future_lines": {
            "lines": int(future.sum()),
            "amount": total(future),
            "invoices": int(world.lines.loc[future, "invoice_id"].nunique()),
        },
        "ledger": {
            "unexplained": {label(month): amount for month, amount in sorted(UNEXPLAINED.items())},
            "late_credit_notes": {label(m): money(v) for m, v in late.groupby("index")["amount"].sum().items()},
            "late_credit_notes_recurring": {
                label(m): money(v) for m, v in late[late["kind"] == "recurring"].groupby("index")["amount"].sum().items()
            },
        },
        "revenue_rows": len(lines),
    }


def duplicates(world: World, lines: pd.DataFrame, rates: pd.DataFrame) -> list[dict[str, Any]]:
    """The nine pairs, with what was invoiced under the second id up to the as-of date."""
    pairs = []
    moves = second_ids(world.lines, world.aliased)
    for (first, (second, _)), month, (country, name, variant) in zip(moves.items(), ALIAS_MONTHS, ALIASES, strict=True):
        rows = lines[(lines["customer_id"] == second) & (lines["date"] <= AS_OF)]
        pairs.append(
            {
                "first_id": first,
                "second_id": second,
                "name": name,
                "variant": variant,
                "country": country,
                "moved_from": label(month),
                "lines": len(rows),
                "amount": money(in_euro(rows, rates).sum() / 100),
            }
        )
    return pairs
