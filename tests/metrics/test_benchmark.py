"""The benchmark of revenue quality runs, and its cube closes month by month."""

import pytest

from benchmarks.revenue_quality import measured, synthetic_cube
from diligence.metrics.bridge import bridge, movements


def test_the_synthetic_cube_is_the_same_twice_and_its_bridge_closes() -> None:
    cube = synthetic_cube(300, 24)
    assert cube.equals(synthetic_cube(300, 24))
    assert not cube.duplicated(["account_id", "customer_id", "product_id", "currency", "month"]).any()
    moves = movements(cube)
    assert {"new_logo", "upsell", "contraction", "churn", "fx", "cross_sell"} <= set(moves["movement"])
    assert bridge(cube, moves)["residual"].abs().max() == 0


def test_every_task_is_timed_against_the_floor() -> None:
    table = measured(300, 30)
    assert table["task"].iloc[0].startswith("floor") and len(table) == 14
    assert table["cpu_seconds"].iloc[-1] == pytest.approx(table["cpu_seconds"].iloc[1:-1].sum())
