"""The revenue bridge closes, to the tick, for every month, segment and product, whatever the cube."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cubes import CUBES, END

from diligence.metrics.bridge import MOVEMENTS, bridge, movements, movements_between
from diligence.metrics.measure import level, recurring_revenue
from diligence.periods import add_months

HALF_A_TICK = 5e-5


@settings(deadline=None, max_examples=60)
@given(CUBES, st.sampled_from([1, 12]), st.sampled_from([None, "segment", "product_id", "customer_id"]))
def test_opening_and_movements_make_closing(cube: pd.DataFrame, window: int, by: str | None) -> None:
    moves = movements(cube, window=window)
    moves["segment"] = moves["customer_id"].map(cube.drop_duplicates("customer_id").set_index("customer_id")["segment"])
    table = bridge(cube, moves, window=window, by=by)
    assert table["residual"].abs().max() < HALF_A_TICK or table.empty
    if by and len(table):
        whole = bridge(cube, moves, window=window).set_index("month")
        summed = table.groupby("month")[["opening", *MOVEMENTS, "closing"]].sum()
        assert (summed - whole[summed.columns]).abs().to_numpy().max() < 1e-3, "the cuts add up to the company"


@settings(deadline=None, max_examples=60)
@given(CUBES, st.integers(1, 17), st.sampled_from([1, 12]))
def test_point_to_point_closes_too(cube: pd.DataFrame, months: int, window: int) -> None:
    start = add_months(END, -months)
    moves = movements_between(cube, start, END, window=window)
    was, now = (int(level(cube, when, ["account_id"], window=window)["ticks"].sum()) for when in (start, END))
    assert was + int(moves["ticks"].sum()) == now


@settings(deadline=None, max_examples=40)
@given(CUBES)
def test_each_movement_has_its_sign(cube: pd.DataFrame) -> None:
    moves = movements(cube)
    net = moves.groupby(["month", "account_id", "movement"])["ticks"].sum().unstack(fill_value=0)
    for movement in ("new_logo", "reactivation", "win_back"):
        if movement in net:
            assert (net[movement] >= 0).all()
    for movement in ("contraction",):
        if movement in net:
            assert (net[movement] <= 0).all()
    assert set(moves["movement"]) <= set(MOVEMENTS)
    assert (moves["ticks"] != 0).all()


def one(
    *amounts: float, product: str = "p", customer: str = "a", account: str = "", currency: str = "EUR", local: list[float] | None = None
) -> pd.DataFrame:
    months = pd.date_range("2025-01-01", periods=len(amounts), freq="MS")
    frame = pd.DataFrame(
        {"customer_id": customer, "account_id": account or customer, "product_id": product, "currency": currency, "month": months}
    )
    frame["amount"], frame["amount_local"] = list(amounts), list(local or amounts)
    return frame[frame["amount"] != 0]


def told(*frames: pd.DataFrame, **options: object) -> list[tuple[str, str, float]]:
    running = one(*[1.0] * 24, customer="z")
    moves = movements(pd.concat([running, *frames], ignore_index=True), **options)  # type: ignore[arg-type]
    return [
        (f"{row.month:%Y-%m}", row.movement, row.ticks / 10_000)
        for row in moves.sort_values(["month", "customer_id", "movement"]).itertuples()
    ]


@pytest.mark.parametrize(
    ("frames", "options", "found"),
    [
        ([one(0, 5, 5, 8)], {}, [("2025-02", "new_logo", 5.0), ("2025-04", "upsell", 3.0), ("2025-05", "churn", -8.0)]),
        ([one(5, 0, 0, 5, *[5] * 20)], {}, [("2025-02", "churn", -5.0), ("2025-04", "reactivation", 5.0)]),
        ([one(5, 0, 0, 5, *[5] * 20)], {"reactivation_months": 1}, [("2025-02", "churn", -5.0), ("2025-04", "win_back", 5.0)]),
        ([one(5, 0, 0, 5, *[5] * 20)], {"reactivation_months": 2}, [("2025-02", "churn", -5.0), ("2025-04", "reactivation", 5.0)]),
        ([one(0, 5, *[5] * 22)], {"acquired": {"a"}}, [("2025-02", "acquired", 5.0)]),
        ([one(*[5] * 24), one(0, 2, *[2] * 22, product="q")], {}, [("2025-02", "cross_sell", 2.0)]),
        ([one(*[5] * 24), one(2, 2, product="q")], {}, [("2025-03", "lost_product", -2.0)]),
        ([one(*[5] * 24), one(0, 2, *[2] * 22, customer="b", account="a")], {}, [("2025-02", "upsell", 2.0)]),
        ([one(5, *[3] * 23)], {}, [("2025-02", "contraction", -2.0)]),
        ([one(0, -5)], {}, [("2025-02", "credit", -5.0), ("2025-03", "credit", 5.0)]),
    ],
    ids=["new, upsell, churn", "back in time", "back too late", "the gap is two months", "acquired", "cross-sell", "lost product",
         "a subsidiary of a running parent", "contraction", "credit"],
)  # fmt: skip
def test_what_happened_has_a_name(frames: list[pd.DataFrame], options: dict[str, object], found: list[tuple[str, str, float]]) -> None:
    assert told(*frames, **options) == found


def test_the_rate_of_the_currency_is_no_upsell() -> None:
    """GBP 100 at 1.25, then GBP 120 at 1.20: 100 x (1.20 - 1.25) = -5 is the rate, 20 x 1.20 = 24 is more."""
    frame = one(125.0, 144.0, currency="GBP", local=[100.0, 120.0])
    assert told(frame)[:2] == [("2025-02", "fx", -5.0), ("2025-02", "upsell", 24.0)]


def test_a_product_changed_within_a_contract_is_both_lost_and_cross_sold_not_churn() -> None:
    moves = movements(pd.concat([one(5, 0, 0, product="p"), one(0, 6, 6, product="q")], ignore_index=True))
    assert moves.groupby("movement")["ticks"].sum().to_dict() == {"cross_sell": 60_000, "lost_product": -50_000}


def test_recurring_revenue_is_the_closing_of_the_bridge() -> None:
    cube = pd.concat([one(*range(1, 19)), one(*[7] * 18, customer="b")], ignore_index=True)
    for window in (1, 12):
        series = recurring_revenue(cube, window=window).set_index("month")["amount"]
        table = bridge(cube, movements(cube, window=window), window=window).set_index("month")
        assert np.allclose(series.iloc[1:], table["closing"], atol=1e-9) and len(table) == len(series) - 1
