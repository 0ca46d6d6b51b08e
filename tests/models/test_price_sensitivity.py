"""Surveys of price: the published example of the R package, crossings by hand, the right names for the right points."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.models.gabor_granger import demand_curve, revenue_price
from diligence.models.price_sensitivity import (
    ANSWERS,
    best_prices,
    newton_miller_smith,
    price_sensitivity,
    price_sensitivity_curves,
    transitive_answers,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "price_sensitivity_vignette.csv"


@pytest.fixture(scope="module")
def vignette() -> pd.DataFrame:
    return pd.read_csv(GOLDEN, comment="#")


def at(found: pd.DataFrame, column: str = "price") -> dict[str, float]:
    return found.set_index("point")[column].to_dict()


def test_the_vignette_of_the_r_package(vignette: pd.DataFrame) -> None:
    """pricesensitivitymeter, vignette on small samples, interpolated: range 9.56 to 18.74, IDP 14.91, OPP 10.14; 4 of 50 left out."""
    found = price_sensitivity(vignette, step=0.01, acceptable_range="narrower")
    assert at(found) == {"marginal_cheapness": 9.56, "optimal": 10.14, "indifference": 14.91, "marginal_expensiveness": 18.74}
    assert found[["n", "dropped", "drop_rate"]].iloc[0].tolist() == [46, 4, 0.08]
    assert at(price_sensitivity(vignette, acceptable_range="narrower"))["indifference"] == 15.13, (
        "without straight lines, at a price that was named"
    )


def test_intransitive_answers_are_left_out_and_counted(vignette: pd.DataFrame) -> None:
    assert len(transitive_answers(vignette)) == 46
    kept = price_sensitivity(vignette, validate=False)
    assert kept["n"].iloc[0] == 50 and kept["dropped"].iloc[0] == 0


def test_indifference_and_optimal_are_not_swapped() -> None:
    """All alike but for the outer answers: cheap meets expensive at 50; too cheap meets too expensive at 30 or 70, never at 50."""
    answers = pd.DataFrame(
        {"too_cheap": [30.0] * 4, "cheap": [49.0, 49.0, 50.0, 50.0], "expensive": [51.0] * 4, "too_expensive": [70.0] * 4}
    )
    found = at(price_sensitivity(answers))
    assert found["indifference"] == 50.0
    assert found["optimal"] == 30.0
    assert at(price_sensitivity(answers, intersection="max"))["optimal"] == 51.0


def test_the_curves_fall_and_rise_as_their_names_say(vignette: pd.DataFrame) -> None:
    curves = price_sensitivity_curves(vignette)
    for name, way in (("too_cheap", -1), ("cheap", -1), ("expensive", 1), ("too_expensive", 1)):
        assert (np.diff(curves[name]) * way >= -1e-12).all()
    assert curves[list(ANSWERS)].iloc[-1].tolist() == [0, 0, 1, 1]
    assert (curves["too_cheap"] <= curves["cheap"] + 1e-12).all() and (curves["too_expensive"] <= curves["expensive"] + 1e-12).all()


def test_a_convention_of_another_name_is_refused(vignette: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="expected one of min, max, mean, median, got 'mode'"):
        price_sensitivity(vignette, intersection="mode")
    with pytest.raises(ValueError, match="expected one of original, narrower, got 'wide'"):
        price_sensitivity(vignette, acceptable_range="wide")


def test_intervals_hold_their_points_and_narrow_with_more_respondents(vignette: pd.DataFrame) -> None:
    few = price_sensitivity(vignette, generator=np.random.default_rng(1), draws=100)
    many = price_sensitivity(pd.concat([vignette] * 10), generator=np.random.default_rng(1), draws=100)
    assert ((few["low"] <= few["price"]) & (few["price"] <= few["high"])).all()
    assert ((many["high"] - many["low"]) < (few["high"] - few["low"])).all()


def test_trial_and_revenue_of_two_respondents_by_hand() -> None:
    """At 5 the first is half way from 0.7 to 0.5, the second half way up to 0.3: (0.6 + 0.15) / 2."""
    answers = pd.DataFrame({"too_cheap": [2.0, 4.0], "cheap": [4.0, 6.0], "expensive": [6.0, 8.0], "too_expensive": [8.0, 9.0]})
    found = newton_miller_smith(
        pd.concat([answers, pd.DataFrame({"too_cheap": [5.0], "cheap": [1], "expensive": [1], "too_expensive": [1]})]).assign(
            intent_cheap=[5, 3, 5], intent_expensive=[4, 2, 5]
        )
    )
    trial = found.set_index("price")["trial"]
    assert trial.to_dict() == pytest.approx({2: 0, 4: 0.35, 6: 0.4, 8: 0.05, 9: 0})
    assert best_prices(found) == {"trial_price": 6.0, "revenue_price": 6.0, "trial": pytest.approx(0.4)}
    half = newton_miller_smith(answers.assign(intent_cheap=[0.9, 0.1], intent_expensive=[0.2, 0.0]), calibration=None)
    assert half.set_index("price")["trial"].loc[4] == pytest.approx(0.45)


def shown(prices: list[float], would: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"respondent_id": [f"r{one}" for one in range(len(prices))], "price_shown": prices, "would_buy": would})


def test_demand_never_rises_with_the_price() -> None:
    """Pooling by hand: 0.4 and 0.6 become 0.5 with equal answers; with three answers at the dearer price, (0.4 + 3 * 0.6) / 4."""
    assert demand_curve(shown([10, 20, 30], [0.9, 0.4, 0.6]))["demand"].tolist() == pytest.approx([0.9, 0.5, 0.5])
    assert demand_curve(shown([10, 20, 30, 30, 30], [0.9, 0.4, 0.6, 0.6, 0.6]))["demand"].tolist() == pytest.approx([0.9, 0.55, 0.55])


def test_the_price_that_earns_most() -> None:
    found = revenue_price(shown([10, 20, 30] * 30, [0.9, 0.6, 0.3] * 30), np.random.default_rng(1), draws=50)
    assert (found.price, found.revenue, found.at_edge, found.n) == (20, pytest.approx(12), False, 90)
    assert found.low <= 20 <= found.high
    rising = revenue_price(shown([10, 20, 30] * 30, [0.9, 0.8, 0.75] * 30), np.random.default_rng(1), draws=50)
    assert rising.price == 30 and rising.at_edge, "the best price lies beyond what was asked"


def test_a_respondent_who_answered_at_many_prices_counts_once() -> None:
    many = shown([10, 20, 30] * 20, [0.9, 0.6, 0.3] * 20).assign(respondent_id=[f"r{one // 3}" for one in range(60)])
    assert revenue_price(many, np.random.default_rng(1), draws=20).n == 20


answer = st.lists(st.integers(1, 60), min_size=4, max_size=4, unique=True).map(sorted)


@given(rows=st.lists(answer, min_size=1, max_size=20))
def test_the_range_holds_the_points_within_it(rows: list[list[int]]) -> None:
    found = at(price_sensitivity(pd.DataFrame(rows, columns=list(ANSWERS))))
    assert found["marginal_cheapness"] <= found["indifference"] <= found["marginal_expensiveness"]
    assert found["marginal_cheapness"] <= found["optimal"] <= found["marginal_expensiveness"]
