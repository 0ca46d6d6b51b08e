"""Contracts, renewals, parts of upsell, cuts and definitions as facts: the demo's planted truth, and rooms of a few rows."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny import line, monthly

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.revenue_quality.cuts import CUTS
from diligence.facts.sheet import fact
from diligence.metrics.arr import STEPS
from diligence.resources import shipped

Build = Callable[..., Room]
TRUTH: dict[str, Any] = json.loads((shipped("data") / "demo" / "truth.json").read_text(encoding="utf-8"))


def value(found: Analysis, metric: str, **cut: str) -> float:
    return float(fact(found.facts, metric, **cut)["value"])


def why(found: Analysis, metric: str) -> str:
    return str(fact(found.facts, metric)["reason"])


# the demo's truth


def test_managements_definition_of_annual_recurring_revenue_is_found(demo_quality: Analysis) -> None:
    """Planted: recurring revenue x 12 and the metered usage of the quarter x 4, in thousands."""
    table = demo_quality.frames["definition_bridge"].query("metric == 'arr'")
    assert set(table["step"]) == {"reported", "metered", "unexplained", "ours"} and table["month"].nunique() == 20
    assert table.loc[table["step"] == "unexplained", "amount"].abs().max() <= 500
    assert value(demo_quality, "definition.arr_ours") == pytest.approx(TRUTH["arr"], abs=12)
    assert value(demo_quality, "definition.arr_step", object="step", object_id="metered") == pytest.approx(
        value(demo_quality, "arr.metered")
    )


def test_managements_definition_of_net_retention_is_found_in_every_quarter(demo_quality: Analysis) -> None:
    """Planted: customers won back, new accounts of groups (which ours by parent has), and in its first year the acquired book."""
    table = demo_quality.frames["definition_bridge"].query("metric == 'nrr'")
    assert set(table["step"]) == {"reported", "acquired", "returned", "unexplained", "ours"} and table["month"].nunique() == 16
    assert table.loc[table["step"] == "unexplained", "share"].abs().max() <= 0.00075
    spring = table[table["month"] == pd.Timestamp("2024-06-01")].set_index("step")["amount"]
    planted = TRUTH["management_nrr_2024Q2"]
    # some acquired customers belong to groups that were there: bought all the same, though management adds them as accounts of groups
    assert planted["acquired_mrr"] < -spring["acquired"] / 12 < planted["acquired_mrr"] + planted["new_accounts_of_groups_mrr"]
    assert value(demo_quality, "definition.nrr_reported") == pytest.approx(TRUTH["management_nrr_2026Q2"]["stated"], abs=0.0005)


@pytest.mark.parametrize(("metric", "added"), [("grr", 0.006), ("logo", 0.008)])
def test_what_management_simply_adds_is_explained_by_no_definition(demo_quality: Analysis, metric: str, added: float) -> None:
    """Planted: its gross retention adds 0.6 points to that by customer, its logo retention 0.8."""
    by_customer = TRUTH["ltm_customer_level"]["grr" if metric == "grr" else "logo_retention"]
    assert value(demo_quality, f"definition.{metric}_reported") == pytest.approx(by_customer + added, abs=0.0006)
    assert value(demo_quality, f"definition.{metric}_explained") == 0.0
    assert value(demo_quality, f"definition.{metric}_unexplained") == value(demo_quality, f"definition.{metric}_gap") > 0
    assert why(demo_quality, f"definition.{metric}_step") == "no difference of definition explains what was reported"


def test_the_contract_register_of_the_demo_meets_its_invoices_pair_by_pair(demo_quality: Analysis) -> None:
    for step in ("not_billed", "past_term", "no_contract"):
        assert value(demo_quality, f"arr.{step}") == 0.0
    path = ["contracted", *STEPS]
    assert sum(value(demo_quality, f"arr.{step}") for step in path) == pytest.approx(value(demo_quality, "arr.invoiced"), abs=0.01)
    assert value(demo_quality, "arr.invoiced") == pytest.approx(TRUTH["arr"], abs=12)
    assert value(demo_quality, "arr.contracted") - value(demo_quality, "arr.ends_on_the_day") == pytest.approx(
        value(demo_quality, "renewal.contracted"), abs=0.01
    )
    assert value(demo_quality, "arr.committed") == pytest.approx(value(demo_quality, "arr.contracted") + value(demo_quality, "arr.signed"))
    for segment in TRUTH["arr_by_segment"]:
        steps = [value(demo_quality, f"arr.{step}", segment=segment) for step in path]
        assert sum(steps) == pytest.approx(TRUTH["arr_by_segment"][segment], abs=12)


def test_the_parts_of_upsell_and_contraction_are_the_bridges(demo_quality: Analysis) -> None:
    for movement in ("upsell", "contraction"):
        for segment in ("", *TRUTH["arr_by_segment"]):
            parts = [value(demo_quality, f"bridge.{movement}_{part}", segment=segment) for part in ("price", "uplift", "volume", "unsplit")]
            assert sum(parts) == pytest.approx(value(demo_quality, f"bridge.{movement}", segment=segment), abs=0.01)


def test_every_cut_has_its_facts_and_adds_up_to_the_whole(demo_quality: Analysis) -> None:
    facts = demo_quality.facts
    whole, opened = value(demo_quality, "revenue.recurring"), fact(facts, "retention.nrr_ltm")
    for cut in CUTS:
        levels = facts[(facts["metric"] == "revenue.recurring") & (facts["object"] == cut)]
        assert levels["value"].sum() == pytest.approx(whole, abs=0.01)
        rows = facts[(facts["metric"] == "retention.nrr_ltm") & (facts["object"] == cut)]
        told = rows[rows["status"] == "ok"]
        assert len(told) >= 2 and (told["low"] <= told["value"]).all() and (told["value"] <= told["high"]).all()
        assert (rows.loc[rows["status"] == "insufficient", "n"] < 10).all()
    tenure = facts[(facts["metric"] == "retention.nrr_ltm") & (facts["object"] == "tenure") & (facts["status"] == "ok")]
    assert tenure["numerator"].sum() == pytest.approx(opened["numerator"], abs=0.01)
    assert tenure["n"].sum() == opened["n"]


# rooms of a few rows


def test_quarterly_payers_with_service_periods_are_neither_lost_nor_won_again(tiny_room: Build) -> None:
    def quarter(customer: str, start: pd.Timestamp) -> dict[str, Any]:
        last = start + pd.DateOffset(months=3) - pd.Timedelta(days=1)
        return line(customer, f"{start:%Y-%m-%d}", 300, service_start=f"{start:%Y-%m-%d}", service_end=f"{last:%Y-%m-%d}", kind="recurring")

    starts = pd.date_range("2024-07-01", "2026-04-01", freq="3MS")
    found = revenue_quality(tiny_room([quarter(f"c{n:02d}", start) for n in range(12) for start in starts]))
    assert value(found, "retention.logo_ltm") == 1.0 and value(found, "bridge.churn") == 0.0
    moved = found.frames["bridge"][["churn", "lost_product", "reactivation", "win_back", "new_logo", "cross_sell"]]
    assert moved.abs().to_numpy().max() == 0.0


def test_an_invoice_for_the_next_year_sent_ninety_days_early_counts_once(tiny_room: Build) -> None:
    """Each customer is billed 1,200 for a year in advance, and the renewal is invoiced in April for July."""
    rows = []
    for n in range(12):
        for year, sent in ((2024, "2024-07-01"), (2025, "2025-04-02"), (2026, "2026-04-02")):
            rows.append(line(f"c{n}", sent, 1200, service_start=f"{year}-07-01", service_end=f"{year + 1}-06-30", kind="recurring"))
    found = revenue_quality(tiny_room(rows))
    assert value(found, "retention.nrr_ltm") == pytest.approx(1.0, abs=0.001)
    assert value(found, "revenue.recurring") == pytest.approx(12 * 1200, rel=0.02)


def test_a_spike_of_services_is_no_expansion(tiny_room: Build) -> None:
    rows = [row for n in range(12) for row in monthly(f"c{n}", "2024-06", "2026-06", 100, kind="recurring")]
    spike = [line(f"c{n}", "2026-06-10", 5_000, kind="services") for n in range(12)]
    found = revenue_quality(tiny_room(rows + spike))
    assert value(found, "retention.nrr_ltm") == 1.0 and value(found, "bridge.upsell") == 0.0


BOOK = [row for n in range(12) for row in monthly(f"c{n:02d}", "2024-06", "2026-06", 100, kind="recurring", product_id="p", quantity=10)]


def contract(n: int, start: str, end: str, annual: float = 1200, **more: Any) -> dict[str, Any]:
    return {
        "contract_id": f"k{n}-{start[:4]}",
        "customer_id": f"c{n:02d}",
        "product_id": "p",
        "start_date": start,
        "end_date": end,
        "annual_value": annual,
        **more,
    }


def test_notice_is_known_churn_from_a_renewal_lost_in_its_term_and_signed_business_is_apart(tiny_room: Build) -> None:
    register = [contract(n, "2026-01-01", "2026-12-31") for n in range(12)]
    deals = [
        {
            "opportunity_id": "o1",
            "customer_id": "c01",
            "created_on": "2026-05-01",
            "closed_on": "2026-06-01",
            "status": "lost",
            "type": "renewal",
            "amount": 1200,
        },
        {
            "opportunity_id": "o2",
            "customer_id": "c02",
            "created_on": "2025-05-01",
            "closed_on": "2025-12-01",
            "status": "lost",
            "type": "renewal",
            "amount": 1200,
        },
        {
            "opportunity_id": "o3",
            "customer_id": "n1",
            "created_on": "2026-05-01",
            "closed_on": "2026-06-20",
            "status": "won",
            "type": "new",
            "amount": 900,
        },
        {
            "opportunity_id": "o4",
            "customer_id": "n2",
            "created_on": "2025-05-01",
            "closed_on": "2025-06-20",
            "status": "won",
            "type": "new",
            "amount": 700,
        },
        {
            "opportunity_id": "o5",
            "customer_id": "c03",
            "created_on": "2026-05-01",
            "closed_on": "2026-06-20",
            "status": "won",
            "type": "new",
            "amount": 500,
        },
        {
            "opportunity_id": "o6",
            "customer_id": "n3",
            "created_on": "2026-05-01",
            "closed_on": "2026-07-02",
            "status": "won",
            "type": "new",
            "amount": 300,
        },
    ]
    found = revenue_quality(tiny_room(BOOK, contracts=register, opportunities=deals))
    assert value(found, "arr.contracted") == 14_400.0 and value(found, "arr.notice") == 1_200.0
    assert value(found, "arr.signed") == 900.0 and value(found, "arr.committed") == 15_300.0
    without = revenue_quality(tiny_room(BOOK, contracts=register))
    assert "opportunities" in why(without, "arr.notice") and "opportunities" in why(without, "arr.committed")


def test_years_paid_ahead_with_a_right_to_terminate_are_told(tiny_room: Build) -> None:
    more = {"billing": "annual_upfront", "terminable_for_convenience": "true"}
    register = [contract(0, "2025-01-01", "2027-12-31", **more), contract(1, "2026-01-01", "2026-12-31", **more)]
    register.append(contract(2, "2025-01-01", "2027-12-31", billing="annual_upfront", terminable_for_convenience="false"))
    assert value(revenue_quality(tiny_room(BOOK, contracts=register)), "arr.prepaid_terminable") == 1_200.0


def test_a_price_increase_that_hides_a_loss_of_volume_is_told(tiny_room: Build) -> None:
    rows = [row for row in BOOK if row["customer_id"] != "c00"]
    rows += monthly("c00", "2024-06", "2025-06", 100, kind="recurring", product_id="p", quantity=10)
    rows += monthly("c00", "2025-07", "2026-06", 102, kind="recurring", product_id="p", quantity=8)
    found = revenue_quality(tiny_room(rows))
    assert value(found, "bridge.upsell") == pytest.approx(24.0)
    assert value(found, "bridge.hidden_contraction") == pytest.approx(-22.75 * 12)
    assert value(found, "retention.grr_ltm") == 1.0
    assert value(found, "retention.grr_volume") == pytest.approx((11 * 10 + 8) / 120)


def test_what_lacks_is_refused_with_its_reason_and_never_left_out(tiny_room: Build) -> None:
    found = revenue_quality(tiny_room([{key: cell for key, cell in row.items() if key not in ("quantity", "product_id")} for row in BOOK]))
    assert why(found, "arr.contracted") == "not given: contracts" and why(found, "bridge.upsell_volume") == "not given: revenue.quantity"
    assert why(found, "retention.renewal_gross").startswith("not given: contracts")
    assert why(found, "definition.nrr_gap") == "not given: reported"
    mine = {name for name in catalogue() if name.startswith(("arr.", "definition.", "bridge.", "retention.renewal_"))}
    assert mine <= set(found.facts["metric"])
    cut = found.facts[(found.facts["object"] == "industry") & (found.facts["metric"] == "retention.nrr_ltm")]
    assert cut[["status", "reason"]].values.tolist() == [["not_assessable", "not given: customers.industry"]]


def test_figures_reported_for_times_before_the_data_are_no_bridge(tiny_room: Build) -> None:
    said = [{"period": "2024Q3", "metric": "nrr", "reported_by": "management", "value": 1.05}]
    found = revenue_quality(tiny_room(BOOK, reported=said))
    assert why(found, "definition.nrr_gap") == "the data do not reach back a year before what was reported"
    assert why(found, "definition.arr_gap") == "management reported none within the data"


def test_management_comes_before_others_who_report_the_same(tiny_room: Build) -> None:
    said = [
        {"period": "2026Q2", "metric": "NRR", "reported_by": who, "value": figure}
        for who, figure in (("finance", 0.9), ("management", 1.1))
    ]
    found = revenue_quality(tiny_room(BOOK, reported=said))
    assert value(found, "definition.nrr_reported") == 1.1
    assert value(found, "definition.nrr_gap") == pytest.approx(0.1 * 14_400)


def test_the_loss_of_a_bad_year_by_hand(tiny_room: Build) -> None:
    """One of twelve equal accounts left: c = 1/12; eleven of equal size: HHI = 1/11."""
    rows = [row for row in BOOK if row["customer_id"] != "c00" or row["date"] < "2026-01-01"]
    lost = 1 / 12
    expected = lost + 1.645 * np.sqrt(lost * (1 - lost) / 11)
    assert value(revenue_quality(tiny_room(rows)), "concentration.loss_p95") == pytest.approx(expected)
