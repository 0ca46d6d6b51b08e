"""Retention curves of customers who are unlike: recovery, the pooled trap, infinite means, residual value."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.lifespans import cohort_life_table
from diligence.models.retention_curve import (
    RetentionCurve,
    alike,
    beta_discrete_weibull,
    curve_interval,
    pooling,
    residual_value,
    shifted_beta_geometric,
)


def curve(alpha: float, beta: float, shape: float = 1.0) -> RetentionCurve:
    return RetentionCurve(alpha, beta, shape, 0.0, 7, 1.0, True)


def cohorts(rates: dict[str, list[float]], size: float = 1000.0) -> pd.DataFrame:
    """Life table of cohorts that lose these shares of those at risk, year by year."""
    rows = []
    for cohort, hazards in rates.items():
        alive = size
        for age, hazard in enumerate(hazards, start=1):
            rows.append((cohort, age, alive, alive * hazard))
            alive *= 1 - hazard
    return pd.DataFrame(rows, columns=["cohort", "age", "at_risk", "lost"])


def test_a_curve_without_noise_is_found_again() -> None:
    truth = curve(0.8, 2.4)
    alive = pd.DataFrame({"cohort": "a", "age": range(8), "alive": 1000 * truth.survival(np.arange(8))})
    found = shifted_beta_geometric(cohort_life_table(alive))
    assert found is not None
    assert (found.alpha, found.beta) == (pytest.approx(0.8, rel=1e-5), pytest.approx(2.4, rel=1e-5))


def test_a_shape_is_found_again() -> None:
    truth = curve(0.5, 1.5, 1.4)
    alive = pd.DataFrame({"cohort": "a", "age": range(11), "alive": 1e6 * truth.survival(np.arange(11))})
    found = beta_discrete_weibull(cohort_life_table(alive))
    assert found is not None
    assert found.shape == pytest.approx(1.4, rel=1e-2)
    assert found.survival(np.arange(15)) == pytest.approx(truth.survival(np.arange(15)), abs=1e-4)


def test_several_cohorts_and_one_curve_of_their_sums_give_the_same() -> None:
    table = cohorts({"a": [0.3, 0.2, 0.1], "b": [0.3, 0.2]})
    summed = table.groupby("age")[["at_risk", "lost"]].sum().reset_index()
    one, other = shifted_beta_geometric(table), shifted_beta_geometric(summed)
    assert one is not None and other is not None
    assert one.alpha == pytest.approx(other.alpha, rel=1e-6)


def test_the_likelihood_is_that_of_losses_and_survivors() -> None:
    """Fader and Hardie's form: sum of losses x log P(T = t) and survivors x log S, worked from the fitted parameters."""
    alive = np.array([1000, 869, 743, 653.0])
    found = shifted_beta_geometric(cohort_life_table(pd.DataFrame({"cohort": "a", "age": range(4), "alive": alive})))
    assert found is not None
    stay = found.survival(np.arange(4))
    losses = -np.diff(alive)
    assert found.log_likelihood == pytest.approx(float((losses * np.log(-np.diff(stay))).sum() + alive[-1] * np.log(stay[-1])), abs=1e-6)


def test_a_retention_that_rises_with_age_is_no_improvement_of_any_customer() -> None:
    """Two kinds of customers with constant rates of their own: the cohort's hazard falls from 30% although nobody changes."""
    fickle, loyal = 500 * 0.5 ** np.arange(7), 500 * 0.9 ** np.arange(7)
    found = shifted_beta_geometric(cohort_life_table(pd.DataFrame({"cohort": "a", "age": range(7), "alive": fickle + loyal})))
    assert found is not None
    hazards = 1 - found.survival(np.arange(1, 7)) / found.survival(np.arange(6))
    assert hazards[0] == pytest.approx(0.3, abs=0.03) and hazards[-1] < 0.16 and (np.diff(hazards) < 0).all()
    assert found.polarisation > 0.05


def test_cohorts_that_change_are_not_one_curve_though_the_pooled_fit_sees_only_unlike_customers() -> None:
    """Constant hazard within each cohort, newer ones worse: pooled over ages the hazard falls, as if customers were unlike."""
    change = cohorts({"2019": [0.05] * 6, "2020": [0.1] * 5, "2021": [0.15] * 4, "2022": [0.22] * 3, "2023": [0.3] * 2, "2024": [0.4]})
    pooled = shifted_beta_geometric(change)
    assert pooled is not None and pooled.polarisation > 0.02, "the pooled fit reads change as heterogeneity"
    told = pooling(change).iloc[0]
    assert told["p_value"] < 1e-6 and told["trend"] > 0
    each = shifted_beta_geometric(change[change["cohort"] == "2019"])
    assert each is not None and each.polarisation < 0.01, "no cohort has any"


def test_cohorts_that_are_alike_may_be_pooled() -> None:
    random = np.random.default_rng(3)
    rejected = 0
    for _ in range(30):
        rows = []
        for cohort in range(6):
            chance, alive = random.beta(0.8, 3.0, 400), np.ones(400, dtype="bool")
            for age in range(1, 8 - cohort):
                lost = alive & (random.random(400) < chance)
                rows.append((str(cohort), age, alive.sum(), lost.sum()))
                alive &= ~lost
        rejected += pooling(pd.DataFrame(rows, columns=["cohort", "age", "at_risk", "lost"]))["p_value"].item() < 0.05
    assert rejected <= 5


@pytest.mark.parametrize("alpha", [0.3, 0.668, 1.0])
def test_with_alpha_of_one_or_less_the_mean_life_is_infinite_and_only_a_horizon_gives_a_number(alpha: float) -> None:
    found = curve(alpha, 2.0)
    assert np.isnan(found.expected_life)
    assert found.restricted_life(2000) > 1.3 * found.restricted_life(200) > 0


def test_a_finite_mean_life_is_the_sum_of_the_curve() -> None:
    found = curve(3.0, 5.0)
    assert found.expected_life == pytest.approx(7 / 2)
    assert found.restricted_life(100_000) == pytest.approx(3.5, rel=1e-4)


def test_those_who_stayed_longer_stay_on_longer() -> None:
    found = curve(0.8, 2.4)
    lives = [found.restricted_life(5, age=age, discount_rate=0.1) for age in range(1, 8)]
    assert (np.diff(lives) > 0).all()


def test_customers_that_are_all_alike_run_to_the_bounds_and_say_so() -> None:
    found = shifted_beta_geometric(cohorts({"a": [0.2] * 8}, size=1e6))
    assert found is not None and not found.converged
    assert found.survival(5) == pytest.approx(0.8**5, abs=1e-3)
    assert alike(curve(1.0, 4.0)).survival(5) == pytest.approx(0.8**5, abs=1e-6)


@pytest.mark.parametrize("table", [[], [(1, 100, 10)], [(1, 100, 0), (2, 100, 0)], [(1, 100, 100), (2, 0, 0)]])
def test_what_cannot_be_fitted_is_not(table: list[tuple[int, int, int]]) -> None:
    frame = pd.DataFrame(table, columns=["age", "at_risk", "lost"])
    assert shifted_beta_geometric(frame) is None and beta_discrete_weibull(frame) is None


def test_the_interval_covers_the_truth() -> None:
    random, truth, inside = np.random.default_rng(5), curve(0.9, 3.0), 0
    for seed in range(20):
        alive, rows = 400, []
        for age in range(1, 6):
            hazard = 1 - float(truth.survival(age) / truth.survival(age - 1))
            lost = random.binomial(alive, hazard)
            rows.append((age, alive, lost))
            alive -= lost
        table = pd.DataFrame(rows, columns=["age", "at_risk", "lost"])
        fit = shifted_beta_geometric(table)
        assert fit is not None
        row = curve_interval(fit, table, np.random.default_rng(seed), periods=5, draws=30).iloc[5]
        inside += row["low"] <= float(truth.survival(5)) <= row["high"]
    assert inside >= 16


def test_residual_value_worked_by_hand() -> None:
    """alpha = beta = 1: S(t) = 1 / (t + 1). At age 0 the next two renewals are 1/2 and 1/3, at age 1 they are 2/3 and 1/2."""
    accounts = pd.DataFrame({"age": [0, 1], "amount": [60.0, 60.0]})
    found = residual_value(accounts, curve(1.0, 1.0), gross_margin=0.5, discount_rate=0.0, horizon=2).iloc[0]
    assert found["value"] == pytest.approx(0.5 * 60 * (1 / 2 + 1 / 3 + 2 / 3 + 1 / 2))
    rate = (1 / 2 + 2 / 3) / 2
    assert found["naive"] == pytest.approx(0.5 * 120 * (rate + rate**2))


def test_one_retention_rate_undervalues_a_base_of_unlike_customers() -> None:
    """Five cohorts of 10,000 that fall to 6,334, 4,367, 3,264 and 2,604 (of the form in Fader and Hardie 2010; counts not checked there): about a third is left out."""
    alive = [10_000, 6_334, 4_367, 3_264, 2_604]
    rows = [(str(2003 + cohort), age, alive[age]) for cohort in range(5) for age in range(5 - cohort)]
    fit = shifted_beta_geometric(cohort_life_table(pd.DataFrame(rows, columns=["cohort", "age", "alive"])))
    assert fit is not None
    base = pd.DataFrame({"age": range(5), "amount": [float(value) for value in alive]})
    far, near = (residual_value(base, fit, gross_margin=1.0, horizon=horizon)["understatement"].item() for horizon in (500, 5))
    assert far == pytest.approx(0.30, abs=0.01) and 0.05 < near < far


@given(st.floats(0.2, 5), st.floats(0.2, 9))
def test_survival_falls_from_one_and_retention_rises(alpha: float, beta: float) -> None:
    stay = curve(alpha, beta).survival(np.arange(12))
    assert stay[0] == pytest.approx(1) and (np.diff(stay) < 0).all()
    assert (np.diff(stay[1:] / stay[:-1]) > 0).all()
