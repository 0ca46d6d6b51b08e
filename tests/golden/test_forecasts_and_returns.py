"""Published and closed values of scores of forecasts, and of returns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.returns import internal_rate, multiple_of_money, present_value, rate_of_multiple
from diligence.models.forecast_scores import ensemble_score, forecast_skill, normal_score, pinball_loss

SHEET = pd.DataFrame(
    {
        "date": pd.to_datetime(["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]),
        "amount": [-10_000.0, 2_750.0, 4_250.0, 3_250.0, 2_750.0],
    }
)
"""The example of the documentation of XIRR and XNPV (Microsoft)."""


def test_the_spreadsheets_example_of_dated_flows() -> None:
    assert internal_rate(SHEET) == pytest.approx(0.3733625, abs=1e-6)
    assert present_value(SHEET, 0.09) == pytest.approx(2086.6476, abs=1e-3)
    assert present_value(SHEET, internal_rate(SHEET)) == pytest.approx(0, abs=1e-6)


def test_three_times_the_money_in_five_years() -> None:
    assert rate_of_multiple(3.0, 5) == pytest.approx(0.24573, abs=1e-5)
    assert multiple_of_money(SHEET) == pytest.approx(1.3)


@given(st.floats(-0.5, 3.0), st.integers(1, 8))
def test_the_rate_of_two_flows_is_that_of_their_multiple(rate: float, years: int) -> None:
    flows = pd.DataFrame({"date": ["2001-01-01", str(pd.Timestamp("2001-01-01").date() + pd.Timedelta(days=365 * years))]})
    flows["amount"] = [-100.0, 100 * (1 + rate) ** years]
    assert internal_rate(flows) == pytest.approx(rate, abs=1e-6)
    assert rate_of_multiple(multiple_of_money(flows), years) == pytest.approx(rate, abs=1e-9)


def test_flows_without_a_rate_have_none() -> None:
    dates = ["2020-01-01", "2021-01-01", "2022-01-01"]
    assert np.isnan(internal_rate(pd.DataFrame({"date": dates, "amount": [1.0, 1.0, 1.0]})))
    # two rates, 10% and 20%, and so none
    assert np.isnan(internal_rate(pd.DataFrame({"date": ["2021-01-01", "2022-01-01", "2023-01-01"], "amount": [-100.0, 230.0, -132.0]})))


def test_the_score_of_a_normal_forecast() -> None:
    # N(0,1) at 0 and at 1, N(2,3) at 1.5: closed form of Gneiting and Raftery 2007
    found = normal_score([0.0, 0.0, 2.0], [1.0, 1.0, 3.0], [0.0, 1.0, 1.5])
    np.testing.assert_allclose(found, [0.2336949772, 0.6024413576, 0.7342533786], atol=1e-9)
    assert normal_score(3.0, 0.0, 5.0) == 2.0


def test_the_score_of_drawn_paths() -> None:
    assert ensemble_score([0.0, 1.0, 2.0, 3.0], 1.0, fair=False) == pytest.approx(0.375, abs=1e-9)
    assert ensemble_score([3.0, 0.0, 2.0, 1.0], 1.0) == pytest.approx(1 / 6, abs=1e-9)
    drawn = np.random.default_rng(1).normal(2, 3, (1, 200_000))
    assert ensemble_score(drawn, [1.5])[0] == pytest.approx(0.73425, abs=0.01)


def test_the_median_has_the_least_pinball_loss() -> None:
    seen = np.random.default_rng(2).lognormal(0, 1, 4_001)
    losses = {q: pinball_loss(np.quantile(seen, q), seen, quantile=0.5).mean() for q in (0.3, 0.5, 0.7)}
    assert min(losses, key=losses.__getitem__) == 0.5


def test_skill_compares_only_what_both_forecast() -> None:
    rows = [("ours", "a", 1, 1.0), ("naive", "a", 1, 2.0), ("ours", "b", 1, 100.0)]
    scores = pd.DataFrame(rows, columns=["method", "origin", "horizon", "score"])
    assert forecast_skill(scores, method="ours", against="naive") == 0.5
    assert np.isnan(forecast_skill(scores, method="ours", against="drift"))
