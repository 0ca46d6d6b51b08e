"""Terms, receivables, cash and the growth that pays for itself: published values, and what is easily done wrong."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.cash import burn_multiple, cash_bridge, cash_conversion, ledger_window, rule_of_40, working_capital_intensity
from diligence.metrics.contract_terms import billing_mix, contract_terms, lost_on_terms, prepay_months, term_averages
from diligence.metrics.receivables import ageing, days_sales_outstanding, open_invoices, overdue_share, payment_days
from diligence.metrics.self_financing import (
    cash_cycle_growth,
    free_cash_flow_rate,
    is_self_funding,
    self_financed_growth,
    sustainable_growth,
)

AS_OF = date(2026, 6, 30)
BUSINESS = {"gross_margin": 0.78, "other_costs": 0.45, "acquisition_cost": 1.6, "churn": 0.12, "expansion": 0.04}


@pytest.mark.parametrize(
    ("months", "days", "growth"),
    [(12, 45, 0.165129), (3, 45, 0.126385), (1, 45, 0.120122), (0, 0, 0.126250), (-1, 45, 0.114451)],
    ids=["a year upfront", "quarterly", "monthly", "cash with order", "monthly in arrears"],
)
def test_billing_terms_alone_move_self_financed_growth_by_five_points(months: float, days: float, growth: float) -> None:
    """Closed form ``(0.78 - 0.45 - 1.6 * 0.08) / (1.6 - m / 24 + d / 365)``; free cash flow is nought there."""
    terms = {**BUSINESS, "prepay_months": months, "receivable_days": days}
    assert self_financed_growth(**terms) == pytest.approx(growth, abs=1e-6)
    assert free_cash_flow_rate(self_financed_growth(**terms), **terms) == pytest.approx(0, abs=1e-12)


@given(k=st.floats(0.05, 4), m=st.floats(-2, 12), d=st.floats(0, 120), churn=st.floats(0, 0.5))
def test_at_self_financed_growth_there_is_no_cash_flow_and_below_it_there_is(k: float, m: float, d: float, churn: float) -> None:
    terms = {**BUSINESS, "acquisition_cost": k, "churn": churn, "prepay_months": m, "receivable_days": d}
    growth = self_financed_growth(**terms)
    if is_self_funding(acquisition_cost=k, prepay_months=m, receivable_days=d):
        assert np.isnan(growth), "cash sets no limit where customers pay for themselves on signing"
    else:
        assert free_cash_flow_rate(growth, **terms) == pytest.approx(0, abs=1e-9 * max(1, abs(growth)))
        assert free_cash_flow_rate(growth - 0.01, **terms) > 0 or k - m / 24 + d / 365 < 1e-6


def test_the_cash_cycle_of_chullins() -> None:
    """Churchill and Mullins 2001: sales 2,000, goods 1,200, costs 700; 80 + 70 days, suppliers wait 30. 0.655 a dollar, 7.6336% a cycle, 18.575% a year."""
    found = cash_cycle_growth(sales=2_000, cost_of_goods=1_200, operating_costs=700, inventory_days=80, receivable_days=70, payable_days=30)
    assert (found.cycle_days, found.need) == (150, pytest.approx(0.655))
    assert found.per_cycle == pytest.approx(0.076336, abs=1e-6)
    assert found.annual == pytest.approx(0.18575, abs=1e-5)
    assert np.isnan(
        cash_cycle_growth(sales=0, cost_of_goods=0, operating_costs=0, inventory_days=1, receivable_days=1, payable_days=1).annual
    )


def test_sustainable_growth_by_hand() -> None:
    """``0.78 * 0.158 = 0.12324``; ``0.12324 / 0.87676 = 0.14056``. At a return of 14%: ``0.1092 / 0.8908 = 0.12259``."""
    assert sustainable_growth(return_on_equity=0.158, payout=0.22) == pytest.approx(0.14056, abs=1e-5)
    assert sustainable_growth(return_on_equity=0.14, payout=0.22) == pytest.approx(0.12259, abs=1e-5)
    assert np.isnan(sustainable_growth(return_on_equity=1.2, payout=0.0))


def invoice(issued: str, due: str | None, paid: str | None, amount: float) -> dict[str, Any]:
    return {"issued_on": issued, "due_on": due, "paid_on": paid, "amount": amount}


def test_days_outstanding_stand_on_billings_and_not_on_revenue_with_prepay() -> None:
    """Twelve customers, one signed a month, each billed 1,200 for a year in advance and paying after 30 days as agreed.

    Billed 14,400, open the last 1,200: 30.4 days. Of it only 7,800 was earned by then (100 a month served): on revenue it would read 56.
    """
    firsts = pd.date_range("2025-07-02", periods=12, freq=pd.DateOffset(months=1))
    bills = [
        invoice(f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=30):%Y-%m-%d}", f"{day + pd.Timedelta(days=30):%Y-%m-%d}", 1_200)
        for day in firsts
    ]
    found = days_sales_outstanding(pd.DataFrame(bills), AS_OF)
    earned = sum(100 * months for months in range(1, 13))
    assert (found["numerator"], found["denominator"]) == (1_200, 14_400)
    assert found["days"] == pytest.approx(365 / 12)
    assert found["numerator"] / earned * 365 == pytest.approx(56.15, abs=0.01)
    assert payment_days(pd.DataFrame(bills), AS_OF)["late"] == 0


def test_what_is_unpaid_counts_up_to_the_date() -> None:
    rows = pd.DataFrame([invoice("2026-06-01", "2026-07-01", None, 1_200)])
    assert payment_days(rows, date(2026, 8, 10))["late"] == 40 and payment_days(rows, date(2026, 8, 10))["open_share"] == 1


def test_what_was_paid_after_the_date_was_open_on_it() -> None:
    rows = pd.DataFrame([invoice("2026-05-01", "2026-05-31", "2026-07-15", 10), invoice("2026-07-01", "2026-07-31", None, 20)])
    assert open_invoices(rows, AS_OF)["amount"].tolist() == [10]
    assert days_sales_outstanding(rows, AS_OF)["numerator"] == 10


def test_days_are_weighted_by_money() -> None:
    rows = pd.DataFrame([invoice("2026-01-01", "2026-01-31", "2026-01-31", 900), invoice("2026-01-01", "2026-01-31", "2026-03-02", 100)])
    found = payment_days(rows, AS_OF)
    assert (found["late"], found["late_share"], found["n"]) == (pytest.approx(3), pytest.approx(0.1), 2)


def test_ageing_has_every_band_and_the_whole() -> None:
    rows = pd.DataFrame(
        [
            invoice("2026-01-01", due, None, 10)
            for due in ("2026-06-30", "2026-06-29", "2026-05-31", "2026-05-30", "2026-04-01", "2026-03-31", None)
        ]
    )
    found = ageing(rows, AS_OF).set_index("band")["amount"]
    assert found.to_dict() == {"not due": 10, "1-30": 20, "31-60": 10, "61-90": 10, "over 90": 10, "no due date": 10}
    assert overdue_share(rows, AS_OF)["share"] == pytest.approx(1 / 7)


def contract(value: float, **more: Any) -> dict[str, Any]:
    return {"contract_id": str(value), "start_date": "2026-01-01", "end_date": "2026-12-31", "annual_value": value, **more}


def test_months_in_advance_count_arrears_below_nought_and_leave_out_what_is_not_stated() -> None:
    rows = pd.DataFrame(
        [
            contract(60, billing="annual_upfront"),
            contract(30, billing="quarterly"),
            contract(10, billing="arrears"),
            contract(900, billing=None),
        ]
    )
    assert prepay_months(rows, AS_OF) == pytest.approx((60 * 12 + 30 * 3 - 10) / 100)
    mix = billing_mix(rows, AS_OF).set_index("billing")
    assert mix.loc["(not stated)", "share"] == 0.9 and mix["share"].sum() == pytest.approx(1)


def test_only_contracts_in_force_say_anything() -> None:
    rows = pd.DataFrame([contract(50, billing="monthly"), contract(50, billing="annual_upfront") | {"end_date": "2026-03-31"}])
    assert prepay_months(rows, AS_OF) == 1


def test_a_blank_is_not_a_no() -> None:
    rows = pd.DataFrame([contract(40, auto_renew=True, uplift_rate=0.03), contract(60, auto_renew=None, uplift_rate=None)])
    found = contract_terms(rows, AS_OF).set_index("term")
    assert found.loc["auto_renew", ["share", "denominator", "n"]].tolist() == [1, 40, 1]
    assert found.loc["uplift_clause", "denominator"] == 40
    assert found.loc["locked_multi_year", "share"] == 0


def test_terms_by_value_and_not_by_count() -> None:
    rows = pd.DataFrame([contract(90, notice_days=30), contract(10, notice_days=180)])
    assert term_averages(rows, AS_OF).set_index("term").loc["notice_days", "average"] == 45
    assert contract_terms(rows, AS_OF).set_index("term").loc["short_notice", "share"] == 0.9


def test_open_deals_are_not_demand_lost_on_terms() -> None:
    deals = pd.DataFrame(
        {"status": ["won"] * 6 + ["lost"] * 4 + ["open"] * 9, "loss_reason": [None] * 6 + ["terms", "terms", "price", None] + ["terms"] * 9}
    )
    found = lost_on_terms(deals)
    assert (found["share"], found["denominator"], found["uplift"]) == (0.2, 10, 1.25)


def accounts(**lines: list[float]) -> pd.DataFrame:
    months = pd.date_range(end="2026-06-01", periods=len(next(iter(lines.values()))), freq="MS")
    return pd.concat([pd.DataFrame({"month": months, "line": line, "amount": amounts}) for line, amounts in lines.items()])


END = pd.Timestamp("2026-06-01")


def test_from_earnings_to_cash_by_hand() -> None:
    """EBITDA 30, capex 4, receivables up 6, deferred revenue up 10: 30 of 30."""
    books = accounts(ebitda=[0, 10, 20], capex=[9, 2, 2], receivables=[50, 80, 56], deferred_revenue=[20, 25, 30])
    found = cash_conversion(books, END, months=2)
    assert (found["numerator"], found["conversion"]) == (30, 1.0)
    steps = cash_bridge(books, END, months=2).set_index("step")["amount"]
    assert steps.to_dict() == {"ebitda": 30, "capex": -4, "receivables": -6, "deferred_revenue": 10, "operating_cash_flow": 30}
    assert steps.iloc[:-1].sum() == steps.iloc[-1]


def test_a_share_of_a_loss_is_no_conversion_and_a_gap_no_sum() -> None:
    books = accounts(ebitda=[0, -10, 5], capex=[1, 1, 1], receivables=[5, 5, 5], deferred_revenue=[5, 5, 5])
    assert np.isnan(cash_conversion(books, END, months=2)["conversion"])
    gap = books[~((books["line"] == "ebitda") & (books["month"] == "2026-05-01"))]
    assert "ebitda" not in ledger_window(gap, END, months=2)
    assert np.isnan(cash_conversion(gap, END, months=2)["numerator"])


def test_growth_that_frees_cash_has_an_intensity_below_nought() -> None:
    books = accounts(revenue=[0, 50, 50, 60, 60], receivables=[9, 9, 9, 9, 10], deferred_revenue=[9, 9, 9, 9, 14])
    assert working_capital_intensity(books, END, months=2)["intensity"] == pytest.approx(-4 / 20)


def test_small_ratios() -> None:
    assert burn_multiple(3, 2) == 1.5 and np.isnan(burn_multiple(-3, 2)) and np.isnan(burn_multiple(3, 0))
    assert rule_of_40(0.3, -0.05) == pytest.approx(25)
