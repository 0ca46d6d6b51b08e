"""Carry-over, saturation and collinearity against the values of the libraries and the texts that define them."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import longley
from statsmodels.stats.outliers_influence import variance_inflation_factor

from diligence.metrics.saturation import (
    geometric_adstock,
    highest_cost,
    hill,
    logistic_saturation,
    marginal_results,
    michaelis_menten,
    normalised_adstock,
    spend_cap,
)
from diligence.models.response import fit_response, variance_inflation


def test_geometric_adstock_as_robyn_defines_it() -> None:
    assert geometric_adstock([100] * 5, theta=0.5).tolist() == [100, 150, 175, 187.5, 193.75]


def test_hill_as_robyn_defines_it() -> None:
    """alpha 3, gamma 0.5: half at half the largest value (Robyn, saturation_hill)."""
    found = hill([100, 150, 170, 190, 200], half=0.5 * 200, shape=3)
    assert found == pytest.approx([0.5, 0.771429, 0.830881, 0.872757, 0.888889], abs=1e-6)


def test_logistic_saturation_as_pymc_marketing_defines_it() -> None:
    assert logistic_saturation([1.0], rate=1.0) == pytest.approx([(1 - np.exp(-1)) / (1 + np.exp(-1))], abs=1e-15)
    assert logistic_saturation([1.0], rate=1.0) == pytest.approx([0.46211716], abs=1e-8)


def test_michaelis_menten_as_pymc_marketing_tests_it() -> None:
    """alpha 100, lam 5: x = 10 gives 66.67, x = 20 gives 80 (tests of PyMC-Marketing)."""
    assert michaelis_menten([10.0, 20.0], ceiling=100, half=5) == pytest.approx([66.67, 80.0], abs=0.01)


def test_normalised_adstock_keeps_the_sum() -> None:
    spend = np.r_[np.random.default_rng(1).uniform(0, 9, 40), np.zeros(8)]
    assert normalised_adstock(spend, theta=0.6, lags=8).sum() == pytest.approx(spend.sum())
    assert normalised_adstock(spend, theta=0.0, lags=8) == pytest.approx(spend)


def test_the_spend_at_which_the_next_customer_stops_paying() -> None:
    """V 400, K 500, at the most 4 a customer: S* = sqrt(V K 4) - K = 394.4272, N* = V - sqrt(V K / 4) = 176.3932 (closed form)."""
    cap = spend_cap(ceiling=400, half=500, highest_cost=4)
    assert cap == pytest.approx(394.4272, abs=1e-4)
    assert michaelis_menten([cap], ceiling=400, half=500) == pytest.approx([176.3932], abs=1e-4)
    assert 1 / marginal_results([cap], ceiling=400, half=500)[0] == pytest.approx(4.0)
    assert spend_cap(ceiling=400, half=500, highest_cost=1.0) == 0, "even the first costs 1.25"


@pytest.mark.parametrize("shape", [0.7, 1.0 + 1e-9, 1.5, 3.0])
def test_the_cap_lies_on_the_falling_branch(shape: float) -> None:
    cap = spend_cap(ceiling=400, half=500, highest_cost=4, shape=shape)
    before, at, after = 1 / marginal_results([0.9 * cap, cap, 1.1 * cap], ceiling=400, half=500, shape=shape)
    assert at == pytest.approx(4.0, rel=1e-9)
    assert before < at < after


def test_the_average_hides_the_ceiling() -> None:
    """At the cap the next customer costs 4 and the average one 2.24: a company that steers by the average spends on."""
    cap = spend_cap(ceiling=400, half=500, highest_cost=4)
    average = cap / michaelis_menten([cap], ceiling=400, half=500)[0]
    assert average == pytest.approx((500 + cap) / 400) and average < 0.6 * 4


def test_what_a_customer_may_cost() -> None:
    assert highest_cost(lifetime_value=30_000, annual_value=12_000, gross_margin=0.8, payback_months=24) == 10_000
    assert highest_cost(lifetime_value=90_000, annual_value=12_000, gross_margin=0.8, payback_months=24) == pytest.approx(19_200)


def test_variance_inflation_of_longley() -> None:
    """Longley 1967: 135.532, 1788.513, 33.619, 3.589, 399.151, 758.981."""
    data = longley.load_pandas().exog
    found = variance_inflation(data)["inflation"].tolist()
    assert found == pytest.approx([135.532, 1788.513, 33.619, 3.589, 399.151, 758.981], abs=1e-2)
    table = np.column_stack([np.ones(len(data)), data])
    assert found == pytest.approx([variance_inflation_factor(table, place) for place in range(1, 7)], rel=1e-6)


def test_a_planted_response_is_found_again() -> None:
    random = np.random.default_rng(11)
    spend = pd.DataFrame({"a": random.gamma(2, 50, 156), "b": random.gamma(2, 30, 156)})
    made = 40 + michaelis_menten(normalised_adstock(spend["a"], theta=0.5, lags=6), ceiling=300, half=120)
    made += michaelis_menten(normalised_adstock(spend["b"], theta=0.2, lags=6), ceiling=150, half=60)
    weeks = spend.assign(results=made + random.normal(0, 1, 156))
    fit = fit_response(weeks, generator=np.random.default_rng(1), channels=["a", "b"], form="michaelis_menten", lags=6)
    assert fit.curves["theta"].tolist() == pytest.approx([0.5, 0.2], abs=0.03)
    assert fit.curves["half"].tolist() == pytest.approx([120, 60], rel=0.15)
    assert fit.curves["ceiling"].tolist() == pytest.approx([300, 150], rel=0.1)
    assert fit.r2 > 0.99


def test_channels_raised_together_are_pooled_and_no_channel_is_told() -> None:
    random = np.random.default_rng(2)
    budget = np.linspace(10, 100, 120)
    weeks = pd.DataFrame({"a": budget + random.normal(0, 0.5, 120), "b": 2 * budget + random.normal(0, 0.5, 120)})
    weeks["results"] = michaelis_menten(weeks["a"] + weeks["b"], ceiling=90, half=80) + random.normal(0, 0.1, 120)
    fit = fit_response(weeks, generator=np.random.default_rng(1), channels=["a", "b"], form="michaelis_menten", lags=1)
    assert fit.inflation["inflation"].min() > 10
    assert fit.curves["channel"].tolist() == ["(total)"] and fit.pooled.startswith("variance inflation above 10")
    assert fit.curves["half"].item() == pytest.approx(80, rel=0.15)


@pytest.mark.parametrize(("per_year", "enough"), [(52, 104), (12, 24)])
def test_less_than_two_years_is_refused(per_year: int, enough: int) -> None:
    spend = np.random.default_rng(3).uniform(1, 9, enough)
    weeks = pd.DataFrame({"a": spend, "results": spend / (3 + spend)})
    made = {"generator": np.random.default_rng(1), "channels": ["a"], "per_year": per_year, "lags": 1}
    refused = fit_response(weeks.head(enough - 1), **made)  # type: ignore[arg-type]
    assert refused.curves.empty and refused.reason == "fewer than 2 years of periods"
    assert len(fit_response(weeks, **made).curves) == 1  # type: ignore[arg-type]
