"""Intervals and seasons: known answers, coverage, order, seeds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.models.intervals import ratio_interval, wilson
from diligence.models.seasonality import seasonality


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_stays_within_zero_and_one(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n)
    assert -1e-12 <= low <= successes / n + 1e-12 and successes / n - 1e-12 <= high <= 1 + 1e-12
    mirrored = wilson(n - successes, n)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-12)
    wider = wilson(successes, n, confidence=0.99)
    assert wider[0] <= low + 1e-12 and high <= wider[1] + 1e-12


def test_nothing_tried_is_undefined() -> None:
    assert all(np.isnan(bound) for bound in wilson(0, 0))


def test_the_bootstrap_covers_the_truth_about_as_often_as_it_says() -> None:
    random, inside = np.random.default_rng(11), 0
    for seed in range(200):
        then = random.lognormal(size=60)
        now = then * random.binomial(1, 0.9, size=60)
        low, high = ratio_interval(now, then, np.random.default_rng(seed), draws=400)
        inside += low <= 0.9 <= high
    assert 0.85 <= inside / 200 <= 0.99


def test_the_bootstrap_is_the_same_for_the_same_seed_and_any_order() -> None:
    random = np.random.default_rng(3)
    then, now, order = random.uniform(1, 9, 40), random.uniform(1, 9, 40), random.permutation(40)
    one = ratio_interval(now, then, np.random.default_rng(5))
    assert ratio_interval(now[order], then[order], np.random.default_rng(5)) == one
    assert ratio_interval(now, then, np.random.default_rng(6)) != one
    assert ratio_interval(now * 4, then * 4, np.random.default_rng(5)) == pytest.approx(one, rel=1e-12)


def test_a_ratio_that_is_the_same_for_all_has_no_width() -> None:
    assert ratio_interval([2.0, 4.0, 6.0], [1.0, 2.0, 3.0], np.random.default_rng(1)) == pytest.approx((2.0, 2.0))


@pytest.mark.parametrize(("top", "base"), [([], []), ([1.0], [1.0]), ([1.0, 2.0], [0.0, 0.0])])
def test_too_few_customers_have_no_interval(top: list[float], base: list[float]) -> None:
    assert all(np.isnan(bound) for bound in ratio_interval(top, base, np.random.default_rng(1)))


FACTORS = np.array([0.80, 0.90, 1.00, 1.05, 1.10, 1.20, 0.95, 0.85, 1.00, 1.10, 1.15, 1.0])
FACTORS = FACTORS / np.exp(np.log(FACTORS).mean())


def series(years: int, growth: float = 0.01, noise: float = 0.0) -> pd.DataFrame:
    months = pd.date_range("2020-01-01", periods=12 * years, freq="MS")
    rest = np.exp(np.random.default_rng(1).normal(0, noise, len(months)))
    return pd.DataFrame({"month": months, "amount": 1_000 * (1 + growth) ** np.arange(len(months)) * np.tile(FACTORS, years) * rest})


def test_known_factors_are_found_again() -> None:
    """Constructed: 1 per cent a month of growth times these factors, nothing else."""
    found = seasonality(series(6))
    assert found is not None
    assert found.factors["factor"].to_numpy() == pytest.approx(FACTORS, rel=0.005)
    assert found.strength > 0.99
    assert (found.months, found.factors["n"].tolist()) == (72, [6] * 12)


def test_with_noise_the_factors_lie_within_their_intervals() -> None:
    found = seasonality(series(8, noise=0.03))
    assert found is not None
    inside = (found.factors["low"] <= FACTORS) & (found.factors["high"] >= FACTORS)
    assert inside.sum() >= 10 and 0.5 < found.strength < 1


def test_growth_alone_is_no_season() -> None:
    months = pd.date_range("2020-01-01", periods=48, freq="MS")
    found = seasonality(pd.DataFrame({"month": months, "amount": 1_000 * 1.02 ** np.arange(48)}))
    assert found is not None
    assert found.factors["factor"].to_numpy() == pytest.approx(np.ones(12), abs=1e-6)


def test_the_order_of_months_plays_no_part_and_money_scales_out() -> None:
    frame = series(4, noise=0.02)
    one, other = seasonality(frame), seasonality(frame.sample(frac=1, random_state=2).assign(amount=lambda f: f["amount"] * 1000))
    assert one is not None and other is not None
    assert other.factors["factor"].to_numpy() == pytest.approx(one.factors["factor"].to_numpy(), rel=1e-9)
    assert other.strength == pytest.approx(one.strength, abs=1e-9)


@pytest.mark.parametrize("fault", ["short", "gap", "zero", "negative", "blank", "empty"])
def test_what_cannot_be_assessed_is_not(fault: str) -> None:
    frame = series(3)
    faults = {
        "short": frame.head(23),
        "gap": frame.drop(index=7),
        "zero": frame.assign(amount=frame["amount"].where(frame.index != 7, 0.0)),
        "negative": frame.assign(amount=frame["amount"].where(frame.index != 7, -1.0)),
        "blank": frame.assign(amount=frame["amount"].where(frame.index != 7)),
        "empty": frame.head(0),
    }
    assert seasonality(faults[fault]) is None
