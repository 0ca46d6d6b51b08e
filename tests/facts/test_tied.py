"""The interval of the tie-out, worked by hand: what stays unexplained, carried into every fact that rests on it."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import monthly

from diligence.dataroom.room import Room
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.sheet import fact
from diligence.facts.tied import CARRIES, Tied
from diligence.facts.trace import Trace
from diligence.reports.narrative import headlines
from diligence.reports.told import Told

Build = Callable[..., Room]
MONTHS = [f"{day:%Y-%m}" for day in pd.date_range("2025-06-01", "2026-06-01", freq="MS")]
TWELVE = [row for one in range(12) for row in monthly(f"c{one:02d}", "2025-01", "2026-06", 1000)]


def ledger(now: float = 12_000, then: float = 12_000, line: str = "recurring_revenue", lacking: str = "") -> list[dict[str, Any]]:
    amounts = dict.fromkeys(MONTHS, 12_000.0) | {"2025-06": then, "2026-06": now}
    return [{"month": f"{month}-01", "line": line, "amount": amount} for month, amount in amounts.items() if month != lacking]


def ties(facts: pd.DataFrame, metric: str) -> tuple[float, float, str]:
    row = fact(facts, metric)
    return row["tie_low"], row["tie_high"], row["tie_source"]


def test_worked_by_hand(tiny_room: Build) -> None:
    """June 2026: 12,000 against 11,640 is 360 open, e = 3%; June 2025: 12,000 against 12,120, e = 1%.

    Recurring revenue 144,000 +- 3%: 139,680 to 148,320. Net retention 1: 0.97 / 1.01 = 0.9604 to 1.03 / 0.99 = 1.0404; gross no more than 1.
    Growth 0: the same less one. Twelve months: 360 over 144,000 is 0.25%. The largest of twelve customers holds 1/12:
    0.97 / (0.97 + 11 x 1.03) to 1.03 / (1.03 + 11 x 0.97).
    """
    facts = revenue_quality(tiny_room(TWELVE, ledger=ledger(11_640, 12_120))).facts
    book = "ledger, recurring_revenue"
    expected = {
        "revenue.recurring": (139_680, 148_320),
        "retention.nrr_ltm": (0.97 / 1.01, 1.03 / 0.99),
        "retention.grr_ltm": (0.97 / 1.01, 1.0),
        "revenue.recurring_growth": (0.97 / 1.01 - 1, 1.03 / 0.99 - 1),
        "bridge.opening": (144_000 * 0.99, 144_000 * 1.01),
        "concentration.top1": (0.97 / (0.97 + 11 * 1.03), 1.03 / (1.03 + 11 * 0.97)),
        "concentration.hhi": ((0.97 / 1.03) ** 2 / 12, (1.03 / 0.97) ** 2 / 12),
        "retention.churn_rate": (0.0, 0.0),
    }
    for metric, (low, high) in expected.items():
        assert ties(facts, metric) == (pytest.approx(low), pytest.approx(high), book), metric
    assert ties(facts, "retention.logo_ltm")[2] == "" and fact(facts, "retention.logo_ltm")[["tie_low", "tie_high"]].isna().all()


def test_the_statistical_interval_stays_where_there_is_one(tiny_room: Build) -> None:
    facts = revenue_quality(tiny_room(TWELVE, ledger=ledger(11_640, 12_120))).facts
    nrr, level = fact(facts, "retention.nrr_ltm"), fact(facts, "revenue.recurring")
    assert nrr[["low", "high"]].tolist() == [1.0, 1.0] != nrr[["tie_low", "tie_high"]].tolist()
    assert level[["low", "high"]].tolist() == level[["tie_low", "tie_high"]].tolist()


def test_books_that_tie_to_the_cent_give_no_width(tiny_room: Build) -> None:
    facts = revenue_quality(tiny_room(TWELVE, ledger=[*ledger(), *ledger(line="revenue")])).facts
    known = facts[facts["tie_low"].notna()]
    assert len(known) > 25 and (known["tie_low"] == known["value"]).all() and (known["tie_high"] == known["value"]).all()


def test_the_best_book_that_has_the_months(tiny_room: Build) -> None:
    """Without June 2025 in the recurring line, what needs the opening is tied to all revenue; the level stays."""
    both = [*ledger(lacking="2025-06"), *ledger(11_640, line="revenue")]
    facts = revenue_quality(tiny_room(TWELVE, ledger=both)).facts
    assert ties(facts, "revenue.recurring") == (144_000, 144_000, "ledger, recurring_revenue")
    assert ties(facts, "retention.nrr_ltm")[2] == "ledger, revenue"
    alone = revenue_quality(tiny_room(TWELVE, ledger=ledger(lacking="2025-06"))).facts
    assert ties(alone, "retention.nrr_ltm")[2] == "not tied: ledger, recurring_revenue has no 2025-06"


def test_nothing_to_tie_to_is_said(tiny_room: Build) -> None:
    found = revenue_quality(tiny_room(TWELVE))
    row = fact(found.facts, "revenue.recurring")
    assert row[["tie_low", "tie_high", "low", "high"]].isna().all() and row["tie_source"] == "not tied: no ledger, invoices"
    texts = [one["text"] for one in headlines(found).sentences]
    assert "These figures are not tied: no ledger, invoices: nothing outside the lines says how far they may be off." in texts


def test_a_difference_as_large_as_the_revenue_bounds_nothing(tiny_room: Build) -> None:
    facts = revenue_quality(tiny_room(TWELVE, ledger=ledger(36_000))).facts
    assert ties(facts, "revenue.recurring")[2] == "not tied: the difference to ledger, recurring_revenue is as large as the revenue"


def test_shown_beside_the_fact(tiny_room: Build) -> None:
    found = revenue_quality(tiny_room(TWELVE, ledger=ledger(11_640, 12_120)))
    told = Told(found.facts, "EUR")
    assert told.tied("retention.nrr_ltm") == " (96.0% to 104.0% with the unexplained ledger difference)"
    assert told.interval("revenue.recurring") == "", "the interval of the tie-out is not told as one of 95 per cent"
    assert headlines(found).lead.startswith("Recurring revenue of €144k a year (€140k to €148k with the unexplained ledger difference)")
    row = fact(found.facts, "revenue.recurring").copy()
    row["key"] = "revenue.recurring"
    shown = str(Trace(row, definition("revenue.recurring"), "filter", pd.DataFrame(), pd.DataFrame()))
    assert "  tie-out      139,680 to 148,320 with what does not tie to ledger, recurring_revenue" in shown.splitlines()


def test_every_way_to_carry_is_one_of_the_list() -> None:
    made_of_others = {"revenue.plan_gap", "concentration.hhi_change_2y"}
    for known in catalogue().values():
        assert known.rests_on in ("", "recurring", "revenue")
        assert known.carries in CARRIES if known.rests_on and known.id not in made_of_others else known.carries == ""
        assert not known.rests_on or known.unit.startswith(("currency", "fraction", "0-1")), known.id


book = pd.DataFrame({"amount": [1000.0] * 30, "unexplained": [0.0] * 30}, index=range(24300, 24330))


@given(error=st.floats(0, 900), value=st.floats(0, 1), wider=st.floats(0, 99))
def test_an_interval_holds_its_value_and_widens_with_the_error(error: float, value: float, wider: float) -> None:
    for metric in ("retention.grr_ltm", "revenue.recurring", "concentration.top1", "retention.churn_rate", "revenue.recurring_growth"):
        widths = []
        for gap in (error, error + wider):
            tied = Tied({"ledger, recurring_revenue": book.assign(unexplained=gap)}, 1, 24317)
            low, high, _ = tied.interval(definition(metric), value, numerator=value, denominator=1.0, period="2025-07..2026-06")
            assert low - 1e-9 <= value <= high + 1e-9
            widths.append(high - low)
        assert widths[1] >= widths[0] - 1e-9
