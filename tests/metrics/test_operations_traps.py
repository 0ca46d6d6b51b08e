"""What goes wrong with pipelines, forecasts, leads, quotas and territories, each worked by hand."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.attainment import attainment_spread, quota_attainment, selling_capacity
from diligence.metrics.forecasts import forecast_accuracy, forecast_errors
from diligence.metrics.handoffs import handoff_times, lead_conversion, response_times, utm_coverage
from diligence.metrics.hygiene import crm_hygiene
from diligence.metrics.pipeline import pipeline_at, pipeline_coverage, pipeline_yield
from diligence.metrics.service import resolution_times, seat_utilisation, ticket_load, usage_decline
from diligence.metrics.slippage import close_date_pushes, on_time_renewals, slipped_share
from diligence.metrics.stack import tool_overlap
from diligence.metrics.stages import stage_ageing, stage_conversion, stage_discipline, stage_order, stage_visits
from diligence.metrics.territories import imbalance_loss, territory_results
from diligence.models.breaks import breaks_at_changes, level_breaks
from diligence.models.lead_score_lift import lead_score_lift
from diligence.models.ramp_time import ramp_table, ramp_time

AS_OF = date(2026, 6, 30)


def steps(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["opportunity_id", "stage", "entered_on"])


def outcome(**status: str) -> pd.DataFrame:
    return pd.DataFrame({"opportunity_id": list(status), "status": list(status.values())})


def test_a_past_pipeline_has_the_amounts_of_its_day_and_not_those_overwritten_later() -> None:
    history = pd.DataFrame(
        [
            ("a", "1", "2026-01-05", 10.0, "2026-03-01"),
            ("a", "2", "2026-02-20", 80.0, "2026-05-01"),
            ("b", "1", "2026-01-20", 5.0, "2026-03-15"),
            ("c", "1", "2026-02-02", 7.0, "2026-03-15"),
        ],
        columns=["opportunity_id", "stage", "entered_on", "amount", "expected_close_on"],
    )
    deals = pd.DataFrame({"opportunity_id": ["a", "b", "c"], "closed_on": [None, "2026-01-31", None], "amount": [80.0, 5.0, 7.0]})
    then = pipeline_at(history, deals, date(2026, 2, 1))
    assert then[["opportunity_id", "stage", "amount"]].values.tolist() == [["a", "1", 10.0]], "b was decided, c not yet there"
    later = history.assign(amount=history["amount"].where(pd.to_datetime(history["entered_on"]) <= "2026-02-01", 1e9))
    pd.testing.assert_frame_equal(pipeline_at(later, deals, date(2026, 2, 1)), then)


def test_coverage_of_three_times_is_not_enough_for_who_wins_a_fifth_of_it() -> None:
    pipeline = pd.DataFrame({"amount": [300.0, 900.0], "expected_close_on": pd.to_datetime(["2026-08-01", "2027-01-01"])})
    found = pipeline_coverage(pipeline, date(2026, 7, 1), date(2026, 9, 30), target=100.0, rate=0.2)
    assert (found["coverage"], found["required"], found["adequacy"]) == (3.0, 5.0, pytest.approx(0.6))
    assert found["open"] == 300, "what closes after the period covers nothing in it"
    assert math.isnan(pipeline_coverage(pipeline, date(2026, 7, 1), date(2026, 9, 30), target=0.0, rate=0.2)["coverage"])


def test_yield_counts_what_was_won_of_that_pipeline_within_the_quarter_only() -> None:
    history = pd.DataFrame(
        {
            "opportunity_id": list("abc"),
            "stage": "1",
            "entered_on": "2025-12-01",
            "amount": [10.0, 20.0, 30.0],
            "expected_close_on": "2026-03-01",
        }
    )
    deals = pd.DataFrame(
        {
            "opportunity_id": list("abcd"),
            "status": ["won", "won", "open", "won"],
            "closed_on": ["2026-03-01", "2026-04-02", None, "2026-02-20"],
            "amount": [10.0, 20.0, 30.0, 40.0],
        }
    )
    found = pipeline_yield(history, deals, date(2026, 5, 31), quarters=1).iloc[0]
    assert (found["quarter"], found["open"], found["won_of_open"], found["won"]) == ("2026Q1", 60.0, 10.0, 50.0)
    assert (found["value"], found["share_created_later"]) == (pytest.approx(1 / 6), 0.8)


def test_stages_are_ordered_by_their_numbers_or_by_how_deals_go_and_ends_are_no_stages() -> None:
    history = steps(
        ("a", "Call", "2026-01-01"),
        ("a", "Offer", "2026-02-01"),
        ("a", "Done", "2026-03-01"),
        ("b", "Call", "2026-01-01"),
        ("b", "Offer", "2026-04-01"),
    )
    order = stage_order(history, outcome(a="won", b="open"))
    assert (
        order["stage"].tolist() == ["Call", "Offer", "Done"] and order["place"].tolist()[:2] == [1, 2] and np.isnan(order["place"].iloc[2])
    )


def test_a_stage_that_was_renamed_ends_where_its_new_name_begins() -> None:
    rows = [(f"o{place}", "1 Lead" if place < 6 else "1 Qualified", f"2025-{place + 1:02d}-01") for place in range(12)]
    order = stage_order(steps(*rows), outcome(**{f"o{place}": "open" for place in range(12)})).set_index("stage")
    assert order["place"].tolist() == [1, 1] and order.loc["1 Lead", "last_seen"] < order.loc["1 Qualified", "first_seen"]


def test_skips_and_steps_back_are_counted_and_ends_are_neither() -> None:
    history = steps(
        ("a", "1", "2026-01-01"), ("a", "3", "2026-01-05"), ("a", "2", "2026-01-09"), ("a", "Won", "2026-02-01"),
        ("b", "1", "2026-01-01"), ("b", "2", "2026-01-02"), ("b", "Lost", "2026-01-03"),
    )  # fmt: skip
    found = stage_discipline(stage_visits(history, outcome(a="won", b="lost"))).iloc[0]
    assert found[["moves", "skips", "back", "deals", "deals_back"]].tolist() == [3, 1, 1, 2, 1]


def test_open_deals_are_in_no_conversion_and_a_deal_counts_once_a_stage() -> None:
    history = steps(
        ("a", "1", "2026-01-01"), ("a", "2", "2026-01-11"), ("a", "1", "2026-01-21"), ("b", "1", "2026-01-01"), ("c", "1", "2026-01-01")
    )
    found = stage_conversion(stage_visits(history, outcome(a="won", b="lost", c="open"))).set_index("stage")
    assert found.loc["1", ["entered", "advanced", "lost", "open", "conversion"]].tolist() == [3, 1, 1, 1, 0.5]


def test_age_in_a_stage_is_held_against_deals_that_were_won() -> None:
    history = steps(
        ("w", "1", "2026-01-01"), ("w", "2", "2026-01-11"), ("l", "1", "2025-01-01"), ("l", "2", "2026-01-01"), ("o", "1", "2026-05-31")
    )
    deals = outcome(w="won", l="lost", o="open").assign(amount=5.0)
    found = stage_ageing(stage_visits(history, deals), deals, pd.Timestamp(AS_OF))
    assert found[["days", "median_days", "ratio", "aged"]].values.tolist() == [[30.0, 10.0, 3.0, True]]


def test_a_deal_pushed_five_times_looks_on_time_in_the_record_of_today() -> None:
    days = pd.date_range("2026-01-01", periods=6, freq="MS")
    history = pd.DataFrame({"opportunity_id": "o", "entered_on": days, "expected_close_on": days + pd.Timedelta(days=40)})
    pushed = close_date_pushes(history)
    assert pushed[["pushes", "pulls"]].values.tolist() == [[5, 0]]
    deal = pd.DataFrame({"opportunity_id": ["o"], "status": "won", "closed_on": "2026-07-12", "expected_close_on": "2026-07-11"}).merge(
        pushed
    )
    assert slipped_share(deal)[["reading", "late"]].values.tolist() == [["last", 0], ["first", 1]]


def test_renewals_signed_in_time_leave_out_those_never_signed() -> None:
    deals = pd.DataFrame(
        {
            "type": ["renewal"] * 4 + ["new"],
            "status": ["won", "won", "lost", "open", "won"],
            "closed_on": ["2026-03-01", "2026-04-09", "2026-03-01", None, "2026-01-01"],
            "expected_close_on": ["2026-03-05"] * 3 + ["2026-09-01", "2026-01-01"],
        }
    )
    assert on_time_renewals(deals, AS_OF)[["n", "share"]].values.tolist() == [[2.0, 0.5], [3.0, pytest.approx(1 / 3)]]


def test_errors_of_plus_and_minus_have_no_bias_and_no_worth_and_quarters_that_run_have_no_outcome() -> None:
    told = pd.DataFrame(
        {
            "snapshot_on": ["2025-10-01", "2026-01-01", "2026-04-01"],
            "period": ["2025Q4", "2026Q1", "2026Q2"],
            "amount": [130.0, 70.0, 500.0],
            "category": "commit",
        }
    )
    won = pd.DataFrame(
        {"status": ["won", "won", "lost"], "closed_on": ["2025-11-01", "2026-02-01", "2026-02-01"], "amount": [100.0, 100.0, 999.0]}
    )
    errors = forecast_errors(told, won, date(2026, 5, 31))
    assert errors["period"].tolist() == ["2025Q4", "2026Q1"]
    found = forecast_accuracy(errors).iloc[0]
    assert (found["bias"], found["absolute"], found["n"]) == (pytest.approx(0, abs=1e-12), pytest.approx(0.3), 2)


def test_a_forecast_of_the_last_month_is_mostly_known() -> None:
    told = pd.DataFrame({"snapshot_on": ["2026-03-01"], "period": ["2026Q1"], "amount": [100.0], "category": ["commit"]})
    won = pd.DataFrame({"status": "won", "closed_on": ["2026-01-15", "2026-03-15"], "amount": [80.0, 20.0]})
    assert forecast_errors(told, won, AS_OF)[["month", "won_by_then", "error"]].values.tolist() == [[3, 80.0, 0.0]]


def test_deals_created_when_they_close_are_counted_among_the_decided() -> None:
    deals = pd.DataFrame(
        {
            "status": ["won", "lost", "won", "open"],
            "created_on": ["2026-01-01"] * 4,
            "closed_on": ["2026-01-01", "2026-01-02", "2026-02-01", None],
        }
    )
    found = crm_hygiene(deals, AS_OF).set_index("check")
    assert found.loc["created_at_close", ["n", "of"]].tolist() == [2, 3]


def test_single_contacts_are_of_open_deals_with_a_known_customer_and_people_who_left_are_none() -> None:
    deals = pd.DataFrame({"status": ["open", "open", "open", "won"], "customer_id": ["a", "b", None, "c"]})
    contacts = pd.DataFrame({"customer_id": ["a", "a", "b", "b"], "left_on": [None, None, None, "2026-01-01"]})
    found = crm_hygiene(deals, AS_OF, contacts=contacts).set_index("check")
    assert found.loc["single_contact", ["n", "of"]].tolist() == [1, 2]


def test_a_day_is_no_minute_and_no_answer_is_no_fast_answer() -> None:
    leads = pd.DataFrame(
        {"created_on": ["2026-01-01", "2026-01-01", "2026-01-01"], "responded_at": ["2026-01-01 19:00", "2026-01-02 07:00", None]}
    )
    found = response_times(leads).iloc[0]
    assert np.isnan(found["median_minutes"]) and np.isnan(found["within_sla"])
    assert (found["unanswered"], found["next_day"], found["most_hours"]) == (pytest.approx(1 / 3), 1.0, 25.0)


def test_a_handoff_before_the_lead_came_is_left_out_and_counted() -> None:
    leads = pd.DataFrame({"created_on": "2026-01-10", "mql_on": ["2026-01-08", "2026-01-14", None]})
    assert handoff_times(leads)[["of", "n", "median_days", "reversed"]].values.tolist() == [[3, 1, 4.0, 1]]


def test_young_months_of_leads_are_not_mature_and_months_without_leads_have_no_rate() -> None:
    leads = pd.DataFrame({"mql_on": ["2026-01-05", "2026-06-05"], "sql_on": ["2026-02-01", None]})
    found = lead_conversion(leads, AS_OF)
    assert found["n"].tolist() == [1, 0, 0, 0, 0, 1] and found["value"].isna().sum() == 4
    assert found["mature"].tolist() == [True, True, True, True, False, False]
    assert utm_coverage(pd.DataFrame({"utm_source": [None], "utm_medium": [None], "utm_campaign": [None]})).iloc[0]["value"] == 0


def test_attainment_without_leavers_is_that_of_survivors() -> None:
    reps = pd.DataFrame({"rep_id": list("abc"), "annual_quota": 365.25, "hired_on": "2020-01-01", "left_on": [None, None, "2025-12-31"]})
    won = pd.DataFrame({"status": "won", "closed_on": "2025-08-01", "amount": [400.0, 380.0, 20.0], "rep_id": list("abc")})
    found = attainment_spread(quota_attainment(won, reps, date(2025, 7, 1), AS_OF)).set_index("who")
    assert found["at_quota"].to_dict() == {"all": pytest.approx(2 / 3), "stayed": 1.0}
    assert found.loc["all", "n"] == 3 and found.loc["all", "median"] > found.loc["all", "of_sums"]


def test_quota_is_of_the_days_in_the_seat() -> None:
    reps = pd.DataFrame({"rep_id": ["a"], "annual_quota": [365.25], "hired_on": ["2026-04-01"]})
    won = pd.DataFrame({"status": ["won"], "closed_on": ["2026-05-01"], "amount": [91.0], "rep_id": ["a"]})
    assert quota_attainment(won, reps, date(2025, 7, 1), AS_OF)[["days", "quota", "attainment"]].values.tolist() == [
        [91.0, pytest.approx(91.0), pytest.approx(1.0)]
    ]


def test_the_sum_of_quotas_is_not_the_capacity() -> None:
    """Two ramped, one hired today (half a ramp of six months: 1 - 6 / 24 of a year), one gone; at 70% of quota."""
    reps = pd.DataFrame(
        {
            "rep_id": list("abcd"),
            "annual_quota": 100.0,
            "hired_on": ["2020-01-01", "2020-01-01", "2026-06-30", "2020-01-01"],
            "left_on": [None, None, None, "2026-01-31"],
        }
    )
    found = selling_capacity(reps, AS_OF, attainment=0.7)
    assert found["capacity"].tolist() == pytest.approx([70.0, 70.0, 52.5])
    assert found["capacity"].sum() < reps["annual_quota"].sum()
    assert selling_capacity(reps, AS_OF, ramp_months=0)["ramp"].tolist() == [1.0] * 3


def test_the_ramp_without_those_who_left_looks_short() -> None:
    table = pd.DataFrame(
        {
            "months": [3, 4, 5, 6, 6, 7],
            "productive": [True, True, False, False, True, False],
            "left": [False, False, True, True, False, False],
        }
    )
    found = ramp_time(table)
    assert found is not None
    # S(3) = 5/6, S(4) = 4/6, S(6) = 4/6 x 2/3 = 4/9 (of three there, one productive)
    assert found.curve["share"].round(6).tolist() == [1.0, round(5 / 6, 6), round(4 / 6, 6), round(4 / 9, 6)]
    assert (found.median, found.naive, found.gone) == (6.0, 4.0, 2)


def test_the_ramp_counts_three_months_together_and_only_who_was_hired_within_the_data() -> None:
    won = pd.DataFrame(
        {
            "status": "won",
            "closed_on": ["2024-01-01", "2025-02-10", "2025-03-10", "2025-05-01", "2025-06-01"],
            "amount": [1.0, 10.0, 10.0, 10.0, 10.0],
            "rep_id": ["old", "a", "a", "b", "b"],
        }
    )
    reps = pd.DataFrame(
        {
            "rep_id": ["old", "a", "b"],
            "hired_on": ["2020-01-01", "2025-01-05", "2025-01-05"],
            "annual_quota": [100.0, 80.0, 120.0],
            "left_on": [None, None, "2025-08-31"],
        }
    )
    found = ramp_table(won, reps, AS_OF).set_index("rep_id")
    assert found.loc["a"].tolist() == [3, True, False]
    assert found.loc["b"].tolist() == [8, False, True] and "old" not in found.index


def test_uneven_territories_sell_the_sum_of_the_minima_and_accounts_move_within_a_segment_only() -> None:
    uneven = pd.DataFrame({"segment": ["a", "a", "b"], "capacity": [10.0, 10.0, 10.0], "demand": [25.0, 5.0, 2.0]})
    found = imbalance_loss(uneven, by="segment").set_index("segment")
    assert found["loss"].to_dict() == {"a": 5.0, "b": 0.0, "all": 5.0}
    whole = imbalance_loss(uneven).iloc[-1]
    assert (whole["sold"], whole["most"], whole["loss"]) == (17.0, 30.0, 13.0), "min of sums is not the sum of minima"


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=8))
def test_no_balance_sells_less(pairs: list[tuple[float, float]]) -> None:
    frame = pd.DataFrame(pairs, columns=["capacity", "demand"])
    found = imbalance_loss(frame).iloc[-1]
    assert found["loss"] >= -1e-6 and found["sold"] <= min(frame["capacity"].sum(), frame["demand"].sum()) + 1e-6


def test_a_seller_of_two_territories_costs_each_half_and_customers_without_one_are_shown() -> None:
    listed = pd.DataFrame({"territory_id": ["n", "s"], "rep_id": "r", "annual_cost": [1.0, 2.0], "accounts": [10, 5]})
    paying = pd.DataFrame({"territory_id": ["n", None], "amount": [50.0, 7.0]})
    found = territory_results(listed, paying, reps=pd.DataFrame({"rep_id": ["r"], "annual_cost": [10.0]})).set_index("territory_id")
    assert found["cost"].to_dict() == {"(none)": pytest.approx(float("nan"), nan_ok=True), "n": 6.0, "s": 7.0}
    assert found.loc["(none)", "amount"] == 7 and found.loc["s", "amount"] == 0 and found.loc["n", "coverage"] == 0.1


def test_tools_without_a_category_do_not_overlap_with_each_other() -> None:
    found = tool_overlap(pd.DataFrame({"tool": list("abc"), "category": [None, None, "crm"], "annual_cost": [1.0, 2.0, 3.0]}))
    assert found["extra"].sum() == 0 and found["overlap_cost"].sum() == 0 and len(found) == 3


def test_load_is_of_customers_who_could_have_called_and_open_tickets_have_no_time_to_close() -> None:
    tickets = pd.DataFrame(
        {"customer_id": "a", "opened_on": ["2026-05-01", "2026-06-01"], "closed_on": ["2026-05-11", None], "severity": [1, 4]}
    )
    active = pd.DataFrame({"month": pd.to_datetime(["2026-04-01", "2026-05-01", "2026-06-01"]), "customers": [4, 5, 0]})
    found = ticket_load(tickets, active)
    assert found["load"].tolist() == [0.0, 0.2, pytest.approx(float("nan"), nan_ok=True)]
    times = resolution_times(tickets, AS_OF).set_index("severity")
    assert (times.loc[1, "median_days"], times.loc[4, "open"]) == (10.0, 1) and np.isnan(times.loc[4, "median_days"])


def test_seats_are_summed_before_they_are_divided_and_a_short_record_is_not_judged() -> None:
    usage = pd.DataFrame({"customer_id": ["a", "b"], "month": "2026-06-01", "active_users": [1, 90], "licensed_users": [1, 100]})
    assert seat_utilisation(usage)["value"].iloc[0] == pytest.approx(91 / 101)
    months = pd.date_range("2026-01-01", periods=6, freq="MS")
    long = pd.DataFrame({"customer_id": "a", "month": months, "active_users": [10, 10, 10, 7, 7, 7]})
    short = long.tail(5).assign(customer_id="b")
    found = usage_decline(pd.concat([long, short]), months[-1], worth=pd.DataFrame({"customer_id": ["a"], "amount": [5.0]}))
    assert found[["customer_id", "falling", "amount"]].values.tolist() == [["a", True, 5.0]]


def test_a_break_on_a_change_of_definition_is_told_from_one_of_the_business() -> None:
    months = pd.date_range("2023-01-01", periods=36, freq="MS")
    level = np.repeat([0.30, 0.45, 0.25], 12) + np.tile([0.01, -0.01], 18)
    breaks = level_breaks(pd.DataFrame({"month": months, "value": level}))
    assert breaks["month"].dt.strftime("%Y-%m").tolist() == ["2024-01", "2025-01"]
    log = pd.DataFrame({"term": ["mql", "mql"], "effective_from": ["2021-01-01", "2023-12-15"]})
    found = breaks_at_changes(breaks, log)
    assert found["explained"].tolist() == [True, False] and found["gap"].tolist() == [1.0, 13.0]
    first_only = breaks_at_changes(breaks, log.head(1))
    assert not first_only["explained"].any() and first_only["change_on"].isna().all(), "the first entry of a term changes nothing"


def test_a_level_that_holds_has_no_break() -> None:
    random = np.random.default_rng(3)
    months = pd.date_range("2021-07-01", periods=60, freq="MS")
    found = [len(level_breaks(pd.DataFrame({"month": months, "value": 0.4 + random.normal(0, 0.04, 60)}))) for _ in range(60)]
    assert np.mean([count > 0 for count in found]) < 0.15


def test_a_score_without_skill_says_so_and_auc_is_the_share_of_pairs() -> None:
    random = np.random.default_rng(4)
    noise = pd.DataFrame({"score": random.integers(0, 100, 600), "sql_on": np.where(random.random(600) < 0.3, "2026-01-01", None)})
    blind = lead_score_lift(noise)
    assert blind.low < 0.5 < blind.high and not blind.skill
    score, won = np.array([3, 1, 4, 4, 2, 5]), np.array([True, False, True, False, False, True])
    pairs = [(a > b) + (a == b) / 2 for a in score[won] for b in score[~won]]
    assert lead_score_lift(pd.DataFrame({"score": score, "sql_on": won})).auc == pytest.approx(np.mean(pairs))


def test_the_interval_of_the_area_holds_the_truth_as_often_as_it_says() -> None:
    """Normal scores one standard deviation apart: the area is Phi(1 / sqrt 2) = 0.7602."""
    random, held = np.random.default_rng(8), 0
    for _ in range(200):
        score = np.concatenate([random.normal(1, 1, 40), random.normal(0, 1, 60)])
        found = lead_score_lift(pd.DataFrame({"score": score, "sql_on": [True] * 40 + [False] * 60}))
        held += found.low <= 0.7602 <= found.high
    assert 180 <= held <= 198
