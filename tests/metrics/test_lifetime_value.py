"""Lifetime value, renewals, clauses and the last quarter, worked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.contract_clauses import clause_exposure
from diligence.metrics.lifetime_value import lifetime_value, loss_deviation, monthly_survival, naive_retention
from diligence.metrics.recency_frequency import recency_frequency
from diligence.metrics.recent_quality import early_renewals, recent_discount, run_rate_quality, trend_deviation
from diligence.metrics.renewal_losses import renewal_loss, renewal_outcomes

STAY = pd.DataFrame({"age": [0, 60], "survival": [1.0, 1.0]})
AS_OF = date(2026, 6, 30)


def economics(churn: float = 0.2) -> pd.DataFrame:
    return pd.DataFrame({"annual_value": [120.0], "gross_margin": [1.0], "yearly_churn": [churn]})


def test_a_figure_over_36_months_is_the_sum_of_them_and_not_the_revenue_of_month_36() -> None:
    found = lifetime_value(STAY, economics(), discount_rate=0.0, horizon=36)
    assert found["value"].item() == pytest.approx(36 * 10.0)


def test_discounting_worked_by_hand() -> None:
    """Two months of 10, the second discounted by 1.21^(1/12)."""
    found = lifetime_value(STAY, economics(), discount_rate=0.21, horizon=2)
    assert found["value"].item() == pytest.approx(10 + 10 / 1.21 ** (1 / 12))


def test_the_naive_formula_stands_beside_and_has_no_horizon() -> None:
    """120 / 0.02 = 6,000 where five years bring at most 600: a low churn makes the formula run off."""
    found = lifetime_value(STAY, economics(0.02), discount_rate=0.0)
    assert (found["naive"].item(), found["value"].item()) == (pytest.approx(6000), pytest.approx(600))
    assert np.isnan(lifetime_value(STAY, economics(0.0))["naive"].item()), "without churn the formula divides by nought"


def test_beyond_what_anybody_lived_there_is_no_value() -> None:
    short = pd.DataFrame({"age": [0, 24], "survival": [1.0, 0.7]})
    assert np.isnan(lifetime_value(short, economics())["value"].item())
    assert lifetime_value(short, economics(), horizon=24)["value"].item() > 0
    dead = pd.DataFrame({"age": [0, 24], "survival": [1.0, 0.0]})
    assert lifetime_value(dead, economics(), discount_rate=0.0)["value"].item() == pytest.approx(240), "all are gone: nothing comes after"


def test_constant_churn_agrees_with_the_geometric_sum() -> None:
    ages = np.arange(2401)
    curve = pd.DataFrame({"age": ages, "survival": 0.95**ages})
    found = lifetime_value(curve, economics(), discount_rate=0.0, horizon=2400)
    assert found["value"].item() == pytest.approx(10 / 0.05)
    assert monthly_survival(curve, 3).tolist() == pytest.approx([1, 0.95, 0.9025])


def test_one_retention_rate_weighs_customers_and_is_no_mean_of_rates() -> None:
    """900 of 1,000 stay, then 50 of 100: 950 / 1,100, not the mean of 90% and 50%."""
    assert naive_retention(pd.DataFrame({"at_risk": [1000, 100], "lost": [100, 50]})) == pytest.approx(950 / 1100)


def test_the_deviation_of_the_loss_falls_with_the_number_of_customers() -> None:
    assert loss_deviation([1.0], 0.1) == pytest.approx(0.3)
    assert loss_deviation([0.01] * 100, 0.1) == pytest.approx(0.03)
    assert np.isnan(loss_deviation([], 0.1))


def contract(name: str, start: str, end: str | None, value: float = 100.0, renews: str | None = None, **more: object) -> dict[str, object]:
    return {
        "contract_id": name,
        "customer_id": name[0],
        "start_date": start,
        "end_date": end,
        "annual_value": value,
        "renews_contract_id": renews,
        **more,
    }


def test_annual_contracts_are_lost_over_what_came_up_and_not_over_all_under_contract() -> None:
    """Ten contracts of three years, one came up and was lost: 100% of what could leave, though 10% of all."""
    rows = [contract(f"{letter}1", "2024-01-01", "2026-12-31") for letter in "bcdefghij"] + [contract("a1", "2023-01-01", "2025-12-31")]
    found = renewal_loss(renewal_outcomes(pd.DataFrame(rows), AS_OF)).iloc[0]
    assert (found["value"], found["n"]) == (1.0, 1)


def test_what_ended_lately_without_a_word_is_open_unless_the_register_says_lost() -> None:
    rows = [contract("a1", "2025-06-01", "2026-05-31", status="active"), contract("b1", "2025-06-01", "2026-05-31", status="churned")]
    assert renewal_outcomes(pd.DataFrame(rows), AS_OF)["outcome"].tolist() == ["open", "lost"]


def test_a_customer_that_comes_back_much_later_was_lost_at_renewal() -> None:
    rows = [contract("a1", "2024-01-01", "2024-12-31"), contract("a2", "2026-01-01", "2026-12-31", renews="a1")]
    assert renewal_outcomes(pd.DataFrame(rows), AS_OF, months=24).set_index("contract_id").loc["a1", "outcome"] == "lost"


def test_what_happens_after_the_date_plays_no_part() -> None:
    rows = [
        contract("a1", "2024-06-01", "2025-05-31"),
        contract("a2", "2025-06-01", "2026-05-31", renews="a1"),
        contract("a3", "2026-07-15", "2027-07-14", renews="a2"),
    ]
    early = renewal_outcomes(pd.DataFrame(rows), date(2025, 5, 31))
    assert early[["contract_id", "outcome"]].to_numpy().tolist() == [["a1", "open"]]
    assert renewal_outcomes(pd.DataFrame(rows), AS_OF)[["contract_id", "outcome"]].to_numpy().tolist() == [["a2", "open"]]


def test_without_links_the_same_customer_and_product_renews() -> None:
    rows = [
        contract("a1", "2024-06-01", "2025-05-31", product_id="p"),
        contract("a2", "2025-06-15", "2026-06-14", product_id="p"),
        contract("b1", "2024-08-01", "2025-07-31", product_id="p"),
    ]
    found = renewal_outcomes(pd.DataFrame(rows).drop(columns="renews_contract_id"), AS_OF, months=13).set_index("contract_id")["outcome"]
    assert (found["a1"], found["b1"]) == ("renewed", "lost")


def test_renewals_are_counted_along_the_chain() -> None:
    rows = [
        contract("a1", "2022-07-01", "2023-06-30"),
        contract("a2", "2023-07-01", "2024-06-30", renews="a1"),
        contract("a3", "2024-07-01", "2025-06-30", renews="a2"),
        contract("b1", "2024-08-01", "2025-07-31"),
    ]
    found = renewal_outcomes(pd.DataFrame(rows), AS_OF, months=48).set_index("contract_id")["renewal"]
    assert found.to_dict() == {"a1": 1, "a2": 2, "a3": 3, "b1": 1}


def test_evergreen_contracts_never_come_up() -> None:
    assert len(renewal_outcomes(pd.DataFrame([contract("a1", "2020-01-01", None)]), AS_OF)) == 0


def test_a_blank_clause_stands_neither_above_nor_below_the_line() -> None:
    rows = [
        contract("a1", "2025-01-01", None, 60, change_of_control="termination_right"),
        contract("b1", "2025-01-01", None, 20, change_of_control="none"),
        contract("c1", "2025-01-01", None, 20),
    ]
    found = clause_exposure(pd.DataFrame(rows), AS_OF).set_index("clause").loc["change_of_control_termination"]
    assert (found["value"], found["denominator"], found["n"]) == (0.75, 80.0, 2)


def test_years_paid_in_advance_are_not_held_where_the_customer_may_terminate() -> None:
    """Three years prepaid: nothing comes up, yet all of it may go."""
    rows = [contract("a1", "2025-01-01", "2027-12-31", 300, terminable_for_convenience=True, billing="annual_upfront")]
    assert len(renewal_outcomes(pd.DataFrame(rows), AS_OF)) == 0
    assert clause_exposure(pd.DataFrame(rows), AS_OF).set_index("clause").loc["convenience", "value"] == 1.0


def test_ended_and_future_contracts_give_no_exposure() -> None:
    rows = [
        contract("a1", "2020-01-01", "2026-06-30", most_favoured=True),
        contract("b1", "2026-07-01", None, most_favoured=True),
        contract("c1", "2025-01-01", None, most_favoured=False),
    ]
    assert clause_exposure(pd.DataFrame(rows), AS_OF)[["value", "n"]].to_numpy().tolist() == [[0.0, 1.0]]


def test_a_quarter_made_by_one_offs_shows_as_such() -> None:
    """Twelve months of 100 and an installation of 300 in the last: 2,400 a year by the run rate against 1,500."""
    months = pd.date_range("2025-07-01", periods=12, freq="MS")
    cube = pd.concat(
        [
            pd.DataFrame({"month": months, "amount": 100.0, "kind": "recurring"}),
            pd.DataFrame({"month": months[-1:], "amount": 300.0, "kind": "one_off"}),
        ]
    )
    found = run_rate_quality(cube, pd.Timestamp("2026-06-01")).iloc[0]
    assert found[["value", "run_rate", "trailing"]].tolist() == pytest.approx([0.6, 2400, 1500])
    assert found["passing_excess"] == pytest.approx(0.5 - 0.2)
    assert run_rate_quality(cube.tail(6), pd.Timestamp("2026-06-01"))[["value", "run_rate"]].isna().all(axis=None)


def test_renewals_that_begin_before_the_old_term_ends_are_brought_forward() -> None:
    rows = [
        contract("a1", "2025-01-01", "2026-12-31", 80),
        contract("a2", "2026-06-01", "2028-05-31", 90, renews="a1"),
        contract("b1", "2025-05-01", "2026-04-30", 10),
        contract("b2", "2026-05-01", "2027-04-30", 10, renews="b1"),
    ]
    found = early_renewals(pd.DataFrame(rows), AS_OF).iloc[0]
    assert found[["value", "n", "median_days"]].tolist() == pytest.approx([0.9, 2, 214])


def test_only_what_was_won_is_a_discount() -> None:
    quotes = pd.DataFrame(
        {
            "date": pd.to_datetime(["2026-01-10", "2026-06-10", "2026-06-11"]),
            "quantity": 2.0,
            "list_price": 100.0,
            "net_price": [90.0, 70.0, 10.0],
            "won": [True, True, False],
        }
    )
    assert recent_discount(quotes, pd.Timestamp("2026-06-01"))["value"].item() == pytest.approx(0.2)


def test_steady_growth_is_smooth_and_a_jump_is_not() -> None:
    months = pd.date_range("2024-07-01", periods=24, freq="MS")
    steady = pd.DataFrame({"month": months, "amount": 100 * 1.02 ** np.arange(24)})
    assert trend_deviation(steady)["value"].item() == pytest.approx(0, abs=1e-12)
    jump = steady.assign(amount=steady["amount"].where(steady.index != 20, 300.0))
    found = trend_deviation(jump).iloc[0]
    assert found["value"] > 0.1 and found["month"] == months[20] and found["largest"] > 0.5


def test_days_with_nothing_bought_and_what_comes_later_are_no_purchases() -> None:
    """Two purchases of one day are one, a day at nought is none, and one of a day returned at once is none."""
    rows = [
        ("a", "2026-01-01", 10.0),
        ("a", "2026-01-05", 4.0),
        ("a", "2026-01-05", 6.0),
        ("a", "2026-01-07", 0.0),
        ("a", "2026-01-09", 8.0),
        ("a", "2026-01-09", -8.0),
        ("a", "2026-02-02", 5.0),
    ]
    purchases = pd.DataFrame(rows, columns=["customer_id", "date", "amount"]).assign(date=lambda frame: pd.to_datetime(frame["date"]))
    found = recency_frequency(purchases, pd.Timestamp("2026-01-31")).iloc[0]
    assert found[["frequency", "recency", "age", "mean_amount"]].tolist() == [1, 4.0, 30.0, 10.0]
