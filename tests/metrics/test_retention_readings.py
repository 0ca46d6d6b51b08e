"""Retention of four customers, worked by hand in every reading.

June 2025 to June 2026, a month's revenue each; A and B belong to parent P; C has two products.

    customer  parent  product  Jun 25 .. Dec 25   Jan 26 .. Mar 26   Apr 26 .. Jun 26
    A         P       x        100                120                120
    B         P       x        -                  30                 30      (a new subsidiary)
    C         C       x        200                200                150
    C         C       y        -                  40                 40      (a product added)
    D         D       x        50                 -                  -       (lost in January, back in April with 20)
    D         D       x                                              20
    E         E       x        -                  60                 90      (joined in January, grew in April)

Opening: 100 + 200 + 50 = 350 a month, 4,200 a year.
"""

import pandas as pd
import pytest
from hypothesis import given, settings
from random_cubes import CUBES, END

from diligence.metrics.bridge import bridge, movements
from diligence.metrics.retention import (
    ACCOUNT,
    CUSTOMER,
    PRODUCT,
    bridged_retention,
    gross_revenue_retention,
    logo_retention,
    net_revenue_retention,
    reading_steps,
)

STREAMS = [
    ("A", "P", "x", [100] * 7 + [120] * 6),
    ("B", "P", "x", [0] * 7 + [30] * 6),
    ("C", "C", "x", [200] * 10 + [150] * 3),
    ("C", "C", "y", [0] * 7 + [40] * 6),
    ("D", "D", "x", [50] * 7 + [0] * 3 + [20] * 3),
    ("E", "E", "x", [0] * 7 + [60] * 3 + [90] * 3),
]
MONTHS = pd.date_range("2025-06-01", "2026-06-01", freq="MS")
JUNE = MONTHS[-1]


@pytest.fixture
def cube() -> pd.DataFrame:
    rows = [
        (customer, account, product, "EUR", month, float(amount), float(amount))
        for customer, account, product, amounts in STREAMS
        for month, amount in zip(MONTHS, amounts, strict=True)
        if amount
    ]
    return pd.DataFrame(rows, columns=["customer_id", "account_id", "product_id", "currency", "month", "amount", "amount_local"])


@pytest.mark.parametrize(
    ("grain", "nrr", "grr", "logo", "n"),
    [
        # P 150 of 100, C 190 of 200, D 20 of 50: 360 / 350; 100 + 190 + 20 = 310 / 350
        (ACCOUNT, 360 / 350, 310 / 350, 1.0, 3),
        # A 120 of 100, C 190 of 200, D 20 of 50: B was not there
        (CUSTOMER, 330 / 350, 310 / 350, 1.0, 3),
        # A-x 120 of 100, C-x 150 of 200, D-x 20 of 50: C-y was not there
        (PRODUCT, 290 / 350, 270 / 350, 1.0, 3),
    ],
)
def test_point_to_point_at_every_grain(cube: pd.DataFrame, grain: tuple[str, ...], nrr: float, grr: float, logo: float, n: int) -> None:
    found = [metric(cube, JUNE, grain=grain).iloc[0] for metric in (net_revenue_retention, gross_revenue_retention, logo_retention)]
    assert [row["value"] for row in found] == pytest.approx([nrr, grr, logo], abs=1e-12)
    assert [row["n"] for row in found] == [n] * 3
    assert found[0]["denominator"] == 4_200.0
    assert found[0]["numerator"] == pytest.approx(nrr * 4_200.0)


def test_logo_retention_counts_and_money_plays_no_part(cube: pd.DataFrame) -> None:
    """In March D is away: two of three accounts stay, whatever they pay."""
    march = MONTHS[9]
    assert logo_retention(cube, march, months=9)["value"].tolist() == [2 / 3]
    assert net_revenue_retention(cube, march, months=9)["value"].tolist() == pytest.approx([(150 + 240) / 350])
    assert gross_revenue_retention(cube, march, months=9)["value"].tolist() == pytest.approx([(100 + 200) / 350])


def test_the_readings_that_rest_on_the_bridge(cube: pd.DataFrame) -> None:
    """Movements a month: January +20 (A) +30 (B, cross-sell of P) +40 (C y) -50 (D) +60 (E new); April -50 (C x) +20 (D back) +30 (E).

    Bridge: 350 + 20 + 30 + 40 - 50 - 50 + 30 = 370, joiners' growth in it, returns not. With returns 390. Losses only: 350 - 50 - 50 = 250.
    Monthly: January 350 -> (350 + 40) / 350; April opens at 350 + 40 + 60 = 450: (450 - 20) / 450.
    """
    moves = movements(cube)
    found = bridged_retention(bridge(cube, moves), JUNE)
    assert {name: top / base for name, (top, base) in found.items()} == pytest.approx(
        {
            "nrr_bridge": 370 / 350,
            "nrr_bridge_reactivation": 390 / 350,
            "nrr_monthly": 390 / 350 * 430 / 450,
            "grr_bridge": 250 / 350,
            "grr_monthly": 300 / 350 * 400 / 450,
        },
        abs=1e-12,
    )
    assert {base for _, base in found.values()} == {4_200.0}


def test_the_way_from_reading_to_reading_in_money(cube: pd.DataFrame) -> None:
    moves = movements(cube)
    steps = reading_steps(cube, moves, bridge(cube, moves), JUNE).set_index("reading")
    assert (steps["amount"] / 12).round(6).to_dict() == {
        "nrr_product": 290.0, "nrr_customer": 330.0, "nrr_ltm": 360.0, "nrr_bridge": 370.0, "nrr_bridge_reactivation": 390.0,
        "nrr_monthly": round(350 * 390 / 350 * 430 / 450, 6),
    }  # fmt: skip
    assert (steps["step_amount"] / 12).round(6).to_dict() | {"nrr_bridge_reactivation": 0} == {
        "nrr_product": 40.0, "nrr_customer": 30.0, "nrr_ltm": 10.0, "nrr_bridge": 20.0, "nrr_bridge_reactivation": 0, "nrr_monthly": 0.0,
    }  # fmt: skip
    assert steps["residual"].abs().max() < 1e-6


def test_new_customers_are_never_in_the_numerator(cube: pd.DataFrame) -> None:
    more = cube.assign(customer_id="N", account_id="N", amount=1e9, amount_local=1e9)
    both = pd.concat([cube, more[more["month"] > MONTHS[0]]], ignore_index=True)
    for metric in (net_revenue_retention, gross_revenue_retention, logo_retention):
        assert metric(both, JUNE).equals(metric(cube, JUNE))


def test_repeat_purchase_compares_the_last_twelve_months_with_the_twelve_before() -> None:
    """a: 100 then 60; b: 40 once, then nothing; c: joined. A month without an invoice is no loss."""
    days = {"a": [("2024-08", 100), ("2026-06", 60)], "b": [("2025-06", 40)], "c": [("2025-07", 500)]}
    rows = [(name, pd.Timestamp(f"{month}-01"), float(amount)) for name, parts in days.items() for month, amount in parts]
    cube = pd.DataFrame(rows, columns=["account_id", "month", "amount"])
    found = net_revenue_retention(cube, JUNE, window=12)
    assert found[["value", "numerator", "denominator", "n"]].values.tolist() == [[60 / 140, 60.0, 140.0, 2.0]]
    assert logo_retention(cube, JUNE, window=12)["value"].tolist() == [0.5]


def test_without_an_opening_retention_is_undefined(cube: pd.DataFrame) -> None:
    for metric in (net_revenue_retention, gross_revenue_retention, logo_retention):
        found = metric(cube, JUNE, months=36)
        assert len(found) == 1 and found["value"].isna().all() and found["n"].tolist() == [0]
    table = bridge(cube, movements(cube))
    assert bridged_retention(table, JUNE, months=36) == {}


def test_a_credit_balance_keeps_nothing_and_takes_nothing() -> None:
    """Now below zero: net counts it, gross is zero for that customer and not below."""
    cube = pd.DataFrame({"account_id": ["a", "b"] * 2, "month": [MONTHS[0]] * 2 + [JUNE] * 2, "amount": [100.0, 100.0, -10.0, 50.0]})
    assert net_revenue_retention(cube, JUNE)["value"].tolist() == [0.2]
    assert gross_revenue_retention(cube, JUNE)["value"].tolist() == [0.25]
    assert logo_retention(cube, JUNE)["value"].tolist() == [0.5]


@settings(deadline=None, max_examples=25)
@given(CUBES)
def test_gross_is_at_most_one_and_at_most_net_and_the_steps_tie(cube: pd.DataFrame) -> None:
    for window in (1, 12):
        months = 12 if window == 1 else 6
        for grain in (ACCOUNT, CUSTOMER, PRODUCT):
            nrr, grr, logo = (m(cube, END, months=months, window=window, grain=grain)["value"].iloc[0] for m in METRICS)
            if pd.isna(nrr):
                continue
            assert 0 <= grr <= 1 + 1e-12 and 0 <= logo <= 1
            left = (cube.groupby("customer_id")["amount"].min() < 0).any()
            assert grr <= nrr + 1e-12 or left, "only a credit balance can bring net below gross"
    moves = movements(cube)
    steps = reading_steps(cube, moves, bridge(cube, moves), END)
    assert steps["residual"].abs().max() < 1e-4


METRICS = (net_revenue_retention, gross_revenue_retention, logo_retention)
