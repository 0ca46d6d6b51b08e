"""The facts of the demo are the planted truth (data/demo/truth.json, written by the generator from its own clean state)."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny import repaired

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.sheet import fact
from diligence.metrics.bridge import bridge, movements
from diligence.resources import shipped

TRUTH: dict[str, Any] = json.loads((shipped("data") / "demo" / "truth.json").read_text(encoding="utf-8"))
REPAIRS = TRUTH["repairs"]


@pytest.fixture(scope="module")
def facts(demo_quality: Analysis, demo_data: Analysis) -> pd.DataFrame:
    return pd.concat([demo_quality.facts, demo_data.facts], ignore_index=True)


def value(facts: pd.DataFrame, metric: str, **cut: str) -> float:
    return float(fact(facts, metric, **cut)["value"])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("retention.nrr_ltm", TRUTH["ltm_parent_level"]["nrr"]),
        ("retention.grr_ltm", TRUTH["ltm_parent_level"]["grr"]),
        ("retention.logo_ltm", TRUTH["ltm_parent_level"]["logo_retention"]),
        ("retention.nrr_customer", TRUTH["ltm_customer_level"]["nrr"]),
        ("retention.grr_customer", TRUTH["ltm_customer_level"]["grr"]),
        ("retention.logo_customer", TRUTH["ltm_customer_level"]["logo_retention"]),
        ("concentration.hhi", TRUTH["hhi_parent"]),
        ("concentration.top10", TRUTH["top10_share_parent"]),
        ("concentration.top1", TRUTH["top_customer_share"]),
        ("revenue.recurring_growth", TRUTH["arr_growth_by_fiscal_year"]["FY26"]),
    ],
)
def test_ratios_to_a_millionth(facts: pd.DataFrame, metric: str, expected: float) -> None:
    assert value(facts, metric) == pytest.approx(expected, abs=1e-6)


def test_the_cohorts_behind_the_ratios(facts: pd.DataFrame) -> None:
    for metric, level in (("retention.nrr_ltm", "ltm_parent_level"), ("retention.nrr_customer", "ltm_customer_level")):
        row, truth = fact(facts, metric), TRUTH[level]
        assert row["n"] == truth["opening_customers"]
        assert row["denominator"] == pytest.approx(12 * truth["opening_mrr"], abs=12)
        assert row["numerator"] == pytest.approx(12 * truth["closing_mrr_of_opening_cohort"], abs=12)
    for metric, level in (("retention.logo_ltm", "ltm_parent_level"), ("retention.logo_customer", "ltm_customer_level")):
        row = fact(facts, metric)
        assert row["denominator"] - row["numerator"] == TRUTH[level]["lost_customers"]


def test_levels(facts: pd.DataFrame, demo_room: Room) -> None:
    assert value(facts, "revenue.recurring") == pytest.approx(TRUTH["arr"], abs=12)
    for segment, arr in TRUTH["arr_by_segment"].items():
        assert value(facts, "revenue.recurring", segment=segment) == pytest.approx(arr, abs=12)
    june = demo_room.revenue()
    june = june[(june["month"] == demo_room.month)]
    live = june.groupby("customer_id", observed=True)["amount"].sum() > 0
    assert live.sum() == TRUTH["customers_active"]
    assert (june.groupby("account_id", observed=True)["amount"].sum() > 0).sum() == TRUTH["parents_active"]
    assert value(facts, "data.customers") == TRUTH["customers_ever"]
    assert value(facts, "revenue.services_share") * value(facts, "revenue.total_ltm") <= TRUTH["services_ltm"]


def test_every_month_within_a_euro(demo_room: Room) -> None:
    monthly = demo_room.revenue().groupby("month")["amount"].sum()
    found = {f"{month:%Y-%m}": amount for month, amount in monthly.items()}
    assert set(found) == set(TRUTH["mrr"])
    assert max(abs(found[month] - amount) for month, amount in TRUTH["mrr"].items()) < 1.0


def test_services_of_the_last_twelve_months(demo_room: Room) -> None:
    cube = demo_room.cube
    year = cube[(cube["month"] <= demo_room.month) & (cube["month"] > pd.Timestamp("2025-06-01"))]
    assert year.loc[year["kind"].isin(["services", "one_off"]), "amount"].sum() == pytest.approx(TRUTH["services_ltm"], abs=1.0)


def test_exactly_the_planted_spellings_are_joined(demo_room: Room) -> None:
    log = demo_room.cleaning
    joined = log[log["repair"].isin(["misspelt_customer", "recoded_customer"])]
    pairs = {(entry["after"].split()[0], entry["before"].split()[0]) for _, entry in joined.iterrows()}
    assert pairs == {tuple(pair) for pair in TRUTH["duplicates"]}
    found = {entry["before"].split()[0]: (entry["rows"], entry["amount"]) for _, entry in joined.iterrows()}
    for planted in REPAIRS["misspelt_duplicates"]:
        rows, amount = found[planted["second_id"]]
        assert rows == planted["lines"]
        assert amount == pytest.approx(planted["amount"], abs=0.05)


@pytest.mark.parametrize(
    ("id", "rows", "amount"),
    [
        ("duplicate_lines", REPAIRS["repeated_lines"]["lines"], REPAIRS["repeated_lines"]["amount"]),
        ("currency_conversion", REPAIRS["sterling"]["lines"], REPAIRS["sterling"]["amount_eur"]),
        ("missing_customer_row", REPAIRS["orphan_lines"]["lines"], REPAIRS["orphan_lines"]["amount"]),
        ("service_period_spread", REPAIRS["service_periods"]["with_service_period"], None),
        ("second_date_format/revenue.date", REPAIRS["two_date_formats"]["iso_lines"] - REPAIRS["future_lines"]["lines"], None),
    ],
)
def test_planted_disorder_is_found_and_weighed(demo_room: Room, id: str, rows: int, amount: float | None) -> None:
    found = repaired(demo_room)[id]
    assert found[0] == rows
    assert amount is None or found[1] == pytest.approx(amount, abs=0.5)


def test_no_line_is_lost_and_none_is_made(demo_room: Room) -> None:
    log = demo_room.cleaning
    late = log[(log["repair"] == "after_as_of") & (log["table"] == "revenue")]["rows"].sum()
    assert late == REPAIRS["future_lines"]["lines"]
    assert demo_room.given["revenue"]["rows"] == REPAIRS["revenue_rows"] - late
    assert demo_room.described["lines"] == REPAIRS["revenue_rows"] - late - REPAIRS["repeated_lines"]["lines"]
    assert demo_room.described["revenue_as_given"] - demo_room.described["revenue"] == pytest.approx(
        REPAIRS["repeated_lines"]["amount"], abs=0.05
    )


def test_the_month_that_lacks_is_named_and_no_other(demo_room: Room) -> None:
    gaps = demo_room.issues.query("code == 'missing_month'")
    assert gaps[["table", "rows", "message"]].values.tolist() == [["spend", 1, f"spend has no row for {REPAIRS['missing_month']['month']}"]]


def test_lost_customers_that_the_list_lacks(demo_room: Room) -> None:
    found = demo_room.issues.set_index("code").loc["survivorship"]
    assert (found["rows"], found["amount"]) == (
        REPAIRS["orphan_lines"]["lines"],
        pytest.approx(REPAIRS["orphan_lines"]["amount"], abs=0.005),
    )
    lacking = demo_room.customers[demo_room.customers["name"].isna()]["customer_id"]
    assert set(lacking) == set(REPAIRS["orphan_lines"]["customer_ids"])


@pytest.mark.parametrize("line", ["revenue", "recurring_revenue"])
def test_the_ledger_ties_but_for_what_was_planted(demo_room: Room, line: str) -> None:
    """The truth states ledger less lines; the tie-out lines less ledger."""
    tied = demo_room.tieout
    tied = tied[tied["source_b"] == f"ledger, {line}"].set_index("month")
    left = tied.loc[tied["unexplained"].abs() > 50, "unexplained"]
    assert set(left.index) == set(REPAIRS["ledger"]["unexplained"])
    assert (-left - pd.Series(REPAIRS["ledger"]["unexplained"])).abs().max() < 1.0
    assert (tied["amount_a"] - tied["amount_b"] - tied["explained"] - tied["unexplained"]).abs().max() < 1e-6
    assert tied["unexplained"].drop(left.index).abs().max() < 1.0


def test_nothing_else_of_the_ledger_or_the_invoices_is_left_open(demo_room: Room, demo_data: Analysis) -> None:
    tied = demo_room.tieout[demo_room.tieout["source_b"] != "contracts, annual value in force"]
    left = tied[tied["unexplained"].abs() > 1]
    assert set(left["month"]) == set(REPAIRS["ledger"]["unexplained"]) and len(left) == 4
    assert set(left["source_b"]) == {"ledger, revenue", "ledger, recurring_revenue"}
    assert (tied.loc[tied["source_b"] == "invoices", "status"] == "ties").all() and demo_room.tieout_items["register"].eq("contracts").all()


def test_the_ledgers_deferred_revenue_is_that_of_the_lines(demo_room: Room) -> None:
    """The proof of billings leaves what the ledger does: credit notes a month late, and the two planted months."""
    frame = demo_room.billings.set_index("month")
    assert (frame["deferred_lines"] - frame["deferred_ledger"]).abs().max() < 20
    credits, planted = REPAIRS["ledger"]["late_credit_notes"], REPAIRS["ledger"]["unexplained"]
    months = {*planted, *credits, *(f"{pd.Period(month) + 1}" for month in credits)}
    assert set(frame.index[frame["residual"].abs() > 1]) == months
    assert frame.loc[list(planted), "residual"].tolist() == pytest.approx(list(planted.values()), abs=1)


@pytest.mark.parametrize(("line", "planted"), [("revenue", "late_credit_notes"), ("recurring_revenue", "late_credit_notes_recurring")])
def test_credit_notes_booked_a_month_later_explain_what_they_explain(demo_room: Room, line: str, planted: str) -> None:
    tied = demo_room.tieout
    tied = tied[(tied["source_b"] == f"ledger, {line}") & (tied["explained"] != 0)].set_index("month")
    late = REPAIRS["ledger"][planted]
    months = sorted({*late, *(f"{pd.Period(month) + 1}" for month in late)})
    assert tied.index.tolist() == months
    expected = [late.get(month, 0.0) - late.get(str(pd.Period(month) - 1), 0.0) for month in months]
    assert tied["explained"].tolist() == pytest.approx(expected, abs=0.005)
    assert set(tied["explained_by"]) == {"credit notes that the ledger books a month later"}


def test_every_check_holds_and_every_month_segment_and_product_closes(demo_quality: Analysis, demo_data: Analysis, demo_room: Room) -> None:
    assert len(demo_quality.prove()) >= 4 and len(demo_data.prove()) == 1
    cube = demo_room.revenue()
    moves = movements(cube)
    for by in (None, "product_id"):
        assert bridge(cube, moves, by=by)["residual"].abs().max() < 0.01
    cut = demo_quality.frames["bridge_segment"]
    assert cut["residual"].abs().max() < 0.01
    whole = demo_quality.frames["bridge"].set_index("month")
    columns = [column for column in whole.columns if column != "residual"]
    assert np.abs(cut.groupby("month")[columns].sum() - whole[columns]).to_numpy().max() < 0.01


def test_the_cube_and_what_lies_beyond_are_the_lines(demo_room: Room) -> None:
    lines = pd.read_parquet(demo_room.folder / "lines.parquet")
    assert lines["ticks"].sum() == round(demo_room.described["revenue"] * 10_000)
    assert round(demo_room.cube["amount"].sum() * 10_000) + round(demo_room.described["beyond"] * 10_000) == lines["ticks"].sum()
    held = demo_room.cube.groupby("customer_id", observed=True)["amount"].sum()
    whole = lines[lines["last_day"].isna()].groupby("customer_id")["ticks"].sum()
    assert set(whole.index) <= set(held.index.astype("str"))


def test_the_acquired_book_came_when_it_came(demo_quality: Analysis, demo_room: Room) -> None:
    """Six acquired customers belong to groups that were there: what they brought is bought all the same, and retained by nobody."""
    acquired = demo_quality.frames["bridge"].set_index("month")["acquired"]
    when = acquired.idxmax()
    assert f"{when:%Y-%m-%d}" == REPAIRS["acquired_book"]["on"]
    customers = demo_room.customers.query("sourced_by == 'acquisition'")
    moves = movements(demo_room.revenue(), acquired=frozenset(customers["customer_id"]))
    book = moves[(moves["month"] == when) & moves["customer_id"].isin(customers["customer_id"])]
    assert len(customers) == REPAIRS["acquired_book"]["customers"]
    assert book["ticks"].sum() * 12 / 10_000 == pytest.approx(REPAIRS["acquired_book"]["arr"], abs=12)
    assert set(book.loc[book["movement"] != "proration", "movement"]) == {"acquired"}
    assert acquired.sum() == pytest.approx(REPAIRS["acquired_book"]["arr"], rel=0.02)


def test_readings_tie_from_the_narrowest_to_the_widest(demo_quality: Analysis) -> None:
    assert demo_quality.frames["reading_steps"]["residual"].abs().max() < 0.01
    assert TRUTH["ltm_parent_level"]["nrr"] < TRUTH["management_nrr_2026Q2"]["stated"]


def test_demo_facts_are_the_same_twice(demo_room: Room, demo_quality: Analysis) -> None:
    from diligence.facts.revenue_quality import revenue_quality

    pd.testing.assert_frame_equal(revenue_quality(demo_room).facts, demo_quality.facts, check_exact=True)


def test_every_fact_carries_what_the_house_asks(facts: pd.DataFrame) -> None:
    good, bad = facts[facts["status"] == "ok"], facts[facts["status"] != "ok"]
    assert good["value"].notna().all() and bad["value"].isna().all()
    assert (bad["reason"] != "").all() and (good["reason"] == "").all()
    assert (
        good[["definition", "unit", "sources", "notebook", "period"]].map(bool).all().all()
        or (good.loc[good["sources"] == "", "metric"].str.startswith("data.")).all()
    )
    assert not facts.duplicated(["metric", "segment", "object", "object_id"]).any()
    both = good.dropna(subset=["low", "high"])
    assert (both["low"] <= both["value"] + 1e-12).all() and (both["value"] <= both["high"] + 1e-12).all()
    ratios = good[good["unit"].eq("fraction") & good["denominator"].notna() & ~good["metric"].str.contains("growth")]
    assert np.allclose(ratios["numerator"] / ratios["denominator"], ratios["value"])
