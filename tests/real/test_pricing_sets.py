"""Real surveys, choices and scanner panels, held to what is published about them (each folder's NOTE.md)."""

import os
from pathlib import Path

import pandas as pd
import pytest

from diligence.models.choice import ChoiceModel, conditional_logit, long_choices
from diligence.models.choice_use import choice_shares, willingness_to_pay
from diligence.models.elasticity import price_elasticity
from diligence.models.price_sensitivity import (
    best_prices,
    newton_miller_smith,
    price_sensitivity,
    price_sensitivity_curves,
    transitive_answers,
)

REAL = Path(os.environ.get("DILIGENCE_REAL", Path(__file__).parents[2].parent / "shared" / "data"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"no real inputs: there is no folder {REAL.name} beside the repository, and DILIGENCE_REAL names none"
    ),
]


def table(name: str, **options: str) -> pd.DataFrame:
    file = REAL / name
    if not file.is_file():
        pytest.skip(f"no real inputs: {name} is not there")
    return pd.read_csv(file, **options)


@pytest.fixture(scope="module")
def phones() -> pd.DataFrame:
    frame = table("price_sensitivity/responses.csv", encoding="mac_roman")
    frame.columns = ["too_cheap", "cheap", "expensive", "too_expensive", "intent_cheap", "intent_expensive"]
    scale = {"Very unlikely": 1, "Unlikely": 2, "Neither likely nor unlikely": 3, "Likely": 4, "Very likely": 5}
    return frame.assign(**{name: frame[name].map(scale) for name in ("intent_cheap", "intent_expensive")})


def test_the_price_points_of_the_package(phones: pd.DataFrame) -> None:
    """Published by pricesensitivitymeter: 991 valid, 40 to 98, indifference 67, optimal 70; trial 61, revenue 76."""
    found = price_sensitivity(phones, acceptable_range="narrower").set_index("point")
    assert found["n"].iloc[0] == 991
    assert found.loc[["marginal_cheapness", "marginal_expensiveness", "indifference"], "price"].tolist() == [40, 98, 67]
    prices = best_prices(newton_miller_smith(phones))
    assert (prices["trial_price"], prices["revenue_price"]) == (61, 76)


def test_the_optimal_price_is_where_the_counts_meet(phones: pd.DataFrame) -> None:
    """At 69 both curves are 45 of 991: they meet. The package prints 70, where ``1 - ecdf`` first passes by more than its rounding."""
    kept = transitive_answers(phones)
    assert ((kept["too_cheap"] > 69).sum(), (kept["too_expensive"] <= 69).sum()) == (45, 45)
    assert ((kept["too_cheap"] > 70).sum(), (kept["too_expensive"] <= 70).sum()) == (39, 63)
    assert price_sensitivity(phones).set_index("point").loc["optimal", "price"] == 69


def test_shares_at_75(phones: pd.DataFrame) -> None:
    at = price_sensitivity_curves(phones).set_index("price").loc[75].round(4)
    assert at.tolist() == [0.0283, 0.1635, 0.3663, 0.0898]


@pytest.fixture(scope="module")
def yogurt() -> pd.DataFrame:
    frame = table("choice/yogurt.csv").rename(columns={"id": "respondent_id", "obsID": "task", "alt": "alternative", "choice": "chosen"})
    return frame.assign(chosen=frame["chosen"] == 1)


def test_yogurt_as_logitr_prints_it(yogurt: pd.DataFrame) -> None:
    model = conditional_logit(yogurt, bases={"brand": "dannon"})
    expected = {"price": -0.36658, "feat": 0.49143, "brand=hiland": -3.7156, "brand=weight": -0.64118, "brand=yoplait": 0.73457}
    assert model.estimates.set_index("term")["estimate"].to_dict() == pytest.approx(expected, abs=1e-5)
    assert model.log_likelihood == pytest.approx(-2_656.8879, abs=1e-4)
    assert (model.n, model.respondents) == (2_412, 100)
    worth = willingness_to_pay(model).set_index("term")["value"].round(2).to_dict()
    assert worth == {"feat": 1.34, "brand=hiland": -10.14, "brand=weight": -1.75, "brand=yoplait": 2.0}


def test_yogurt_against_another_brand_is_the_same_model(yogurt: pd.DataFrame) -> None:
    """Ecdat's Yogurt with base weight: yoplait 1.375755, dannon 0.641184, hiland -3.074416."""
    model = conditional_logit(yogurt, bases={"brand": "weight"})
    assert [model.coefficient(f"brand={name}") for name in ("yoplait", "dannon", "hiland")] == pytest.approx(
        [1.375755, 0.641184, -3.074416], abs=1e-5
    )
    assert model.log_likelihood == pytest.approx(-2_656.8879, abs=1e-4)


HEATERS = ["gc", "gr", "ec", "er", "hp"]


@pytest.fixture(scope="module")
def heating() -> pd.DataFrame:
    frame = table("choice/Heating.csv")
    return long_choices(frame.rename(columns={"depvar": "chosen"}), alternatives=HEATERS)


@pytest.fixture(scope="module")
def heaters(heating: pd.DataFrame) -> ChoiceModel:
    return conditional_logit(heating, attributes=["ic", "oc"], constants="hp", clustered=False)


def test_heating_without_constants_as_mlogit_prints_it(heating: pd.DataFrame) -> None:
    model = conditional_logit(heating, attributes=["ic", "oc"], clustered=False)
    assert model.estimates["estimate"].tolist() == pytest.approx([-0.00623187, -0.00458008], abs=1e-8)
    assert model.estimates["std_error"].tolist() == pytest.approx([0.00035277, 0.00032216], abs=1e-8)
    assert model.log_likelihood == pytest.approx(-1_095.2371, abs=1e-4)
    assert model.coefficient("oc") / model.coefficient("ic") == pytest.approx(0.7349453, abs=1e-7)


def test_heating_with_constants_gives_the_shares_of_the_sample(heating: pd.DataFrame, heaters: ChoiceModel) -> None:
    """mlogit's exercises: log-likelihood -1008.2; 573 gc, 129 gr, 64 ec, 84 er, 50 hp of 900."""
    assert heaters.log_likelihood == pytest.approx(-1_008.23, abs=0.01)
    assert heating.loc[heating["chosen"], "alternative"].value_counts()[HEATERS].tolist() == [573, 129, 64, 84, 50]


def test_a_new_heater_draws_a_tenth_from_every_other(heating: pd.DataFrame, heaters: ChoiceModel) -> None:
    """mlogit's exercises: an electric heater as ec at 200 more to install and 3/4 to run draws about 10% from each: gas no less than electric."""
    market = heating.groupby("alternative")[["ic", "oc"]].mean().reset_index()
    before = choice_shares(heaters, market).set_index("alternative")["share"]
    electric = market[market["alternative"] == "ec"]
    extra = electric.assign(ic=electric["ic"] + 200, oc=electric["oc"] * 0.75)
    after = choice_shares(heaters, pd.concat([market, extra]))["share"].iloc[:5]
    drawn = 1 - after.to_numpy() / before.to_numpy()
    assert drawn == pytest.approx([drawn[0]] * 5) and 0.05 < drawn[0] < 0.15


def test_cheese_pooled_and_within_accounts() -> None:
    """bayesm's cheese: -1.258 and .513 pooled, -2.388 and .914 within the key account."""
    cheese = table("cheese/cheese.csv").rename(
        columns={"RETAILER": "account_id", "VOLUME": "quantity", "PRICE": "price", "DISP": "display"}
    )
    pooled, within = (price_elasticity(cheese, variation="shelf_price", within=way, controls=["display"]) for way in (False, True))
    assert pooled["estimate"].round(3).tolist() == [-1.258, 0.513]
    assert within["estimate"].round(3).tolist() == [-2.388, 0.914]
    assert within[["n", "accounts"]].iloc[0].tolist() == [5_555, 88]
