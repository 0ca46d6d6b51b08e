"""Choice models: closed forms, what is not identified, willingness to pay, simulated shares."""

import numpy as np
import pandas as pd
import pytest
from pricing_examples import choices, offers

from diligence.models.choice import ChoiceModel, conditional_logit, long_choices
from diligence.models.choice_use import choice_shares, logit_optimal_price, willingness_to_pay


def pairs(first: int, second: int) -> pd.DataFrame:
    """So many took the first of two offers at 10 and 12, so many the second."""
    took = [1] * first + [2] * second
    rows = [
        (who, 1, alternative, alternative == one, price) for who, one in enumerate(took) for alternative, price in ((1, 10.0), (2, 12.0))
    ]
    return pd.DataFrame(rows, columns=["respondent_id", "task", "alternative", "chosen", "price"])


def test_two_offers_have_a_closed_form() -> None:
    """30 of 40 take the cheaper: ``b = -ln(3) / 2``; the variance of the log-odds is ``1/30 + 1/10``, over 4."""
    model = conditional_logit(pairs(30, 10), clustered=False)
    assert model.coefficient("price") == pytest.approx(-np.log(3) / 2)
    assert model.estimates["std_error"].iloc[0] == pytest.approx(np.sqrt(1 / 30 + 1 / 10) / 2)
    assert model.log_likelihood == pytest.approx(30 * np.log(0.75) + 10 * np.log(0.25))
    assert model.null_log_likelihood == pytest.approx(40 * np.log(0.5))
    assert (model.n, model.respondents, model.identified) == (40, 40, True)


def test_constants_of_labelled_alternatives_are_the_log_odds() -> None:
    rows = [(who, 1, name, name == took) for who, took in enumerate(["a"] * 5 + ["b"] * 10 + ["c"] * 20) for name in "abc"]
    data = pd.DataFrame(rows, columns=["respondent_id", "task", "alternative", "chosen"])
    model = conditional_logit(data, attributes=[], constants="a")
    assert model.coefficient("constant=b") == pytest.approx(np.log(2))
    assert model.coefficient("constant=c") == pytest.approx(np.log(4))


def test_weights_stand_for_respondents() -> None:
    data = pairs(30, 10)
    weighted = conditional_logit(pairs(3, 1).assign(weight=10.0), clustered=False)
    assert weighted.coefficient("price") == pytest.approx(conditional_logit(data).coefficient("price"))
    assert weighted.log_likelihood == pytest.approx(conditional_logit(data).log_likelihood)


def test_a_panel_that_answers_alike_is_no_more_sure_than_one_answer_each() -> None:
    """Every respondent answers the same task ten times, always alike: ten times the choices, the same uncertainty."""
    once = pairs(30, 10)
    often = pd.concat([once.assign(task=task) for task in range(10)])
    single, panel = conditional_logit(once), conditional_logit(often)
    assert panel.estimates["std_error"].iloc[0] == pytest.approx(single.estimates["std_error"].iloc[0])
    assert conditional_logit(often, clustered=False).estimates["std_error"].iloc[0] < panel.estimates["std_error"].iloc[0] / 3


def test_money_in_another_unit_moves_the_coefficient_by_its_inverse() -> None:
    data = choices()
    plain, cents = conditional_logit(data), conditional_logit(data.assign(price=data["price"] * 100))
    assert cents.coefficient("price") == pytest.approx(plain.coefficient("price") / 100)
    assert cents.coefficient("support=full") == pytest.approx(plain.coefficient("support=full"))
    assert cents.log_likelihood == pytest.approx(plain.log_likelihood)


@pytest.mark.parametrize(
    "data",
    [pairs(20, 0), pairs(20, 20).assign(price=10.0), pairs(0, 0), pairs(20, 20).assign(again=lambda frame: frame["price"] * 2)],
    ids=["the cheaper is always taken", "the price never varies", "no choices", "two attributes that are one"],
)
def test_what_the_data_do_not_determine_is_not_a_number(data: pd.DataFrame) -> None:
    model = conditional_logit(data)
    assert not model.identified and model.estimates["estimate"].isna().all() and np.isnan(model.log_likelihood)
    assert willingness_to_pay(model)[["value", "low", "high"]].isna().all().all()


def test_tasks_without_one_choice_or_with_a_blank_attribute_are_left_out() -> None:
    broken = pairs(30, 10)
    broken.loc[[0, 1], "chosen"] = False
    broken.loc[2, "price"] = np.nan
    assert conditional_logit(broken).n == 38


def test_the_none_option_has_a_term_of_its_own_and_can_be_chosen() -> None:
    rows = []
    for who in range(40):
        took = 3 if who < 10 else 1 if who < 32 else 2
        rows += [(who, 1, 1, took == 1, 10.0, "x"), (who, 1, 2, took == 2, 12.0, "x"), (who, 1, 3, took == 3, 0.0, None)]
    data = pd.DataFrame(rows, columns=["respondent_id", "task", "alternative", "chosen", "price", "brand"])
    model = conditional_logit(data, attributes=["price", "brand"])
    assert model.estimates["term"].tolist() == ["price", "none"]
    shares = choice_shares(model, data.head(3)[["alternative", "price", "brand"]])["share"]
    assert shares.tolist() == pytest.approx([22 / 40, 8 / 40, 10 / 40], abs=1e-6)


def test_without_an_outside_option_an_offer_is_overstated() -> None:
    """The same utilities, with and without staying away: the share of the offer can only be less with it."""
    estimates = pd.DataFrame({"term": ["price", "none"], "estimate": [-0.2, -1.5], "std_error": [0.1, 0.1]})
    model = ChoiceModel(estimates, np.eye(2) * 0.01, {"brand": "x"}, "", -1.0, -2.0, 50, 50, True)
    market = pd.DataFrame({"alternative": ["a", "b", "stay away"], "price": [10.0, 12.0, 0.0], "brand": ["x", "x", None]})
    alone = choice_shares(model, market.head(2))["share"]
    free = choice_shares(ChoiceModel(estimates, np.eye(2), {"brand": "x"}, "", -1.0, -2.0, 50, 50, True), market)["share"]
    assert free.iloc[0] < alone.iloc[0] and free.sum() == pytest.approx(1)


def test_a_new_alternative_draws_from_all_in_proportion() -> None:
    """Independence of irrelevant alternatives: each loses the same fraction of its share, however alike it is to the newcomer."""
    model = conditional_logit(choices())
    market = offers()
    before = choice_shares(model, market)["share"]
    after = choice_shares(model, pd.concat([market, market.tail(1).assign(alternative="copy of b")]))["share"]
    assert (after.iloc[:2] / before).round(9).nunique() == 1
    assert after.sum() == pytest.approx(1)


def test_willingness_to_pay_by_both_ways() -> None:
    model = conditional_logit(choices())
    delta = willingness_to_pay(model).iloc[0]
    drawn = willingness_to_pay(model, generator=np.random.default_rng(1)).iloc[0]
    assert delta["value"] == drawn["value"] == pytest.approx(-model.coefficient("support=full") / model.coefficient("price"))
    assert (delta["method"], drawn["method"]) == ("delta", "krinsky_robb")
    assert drawn["low"] == pytest.approx(delta["low"], abs=0.8) and drawn["high"] == pytest.approx(delta["high"], abs=0.8)


def test_who_does_not_mind_paying_has_no_price_for_anything() -> None:
    estimates = pd.DataFrame({"term": ["price", "x"], "estimate": [0.1, 1.0], "std_error": [0.1, 0.1]})
    assert willingness_to_pay(ChoiceModel(estimates, np.eye(2), {}, "", -1.0, -2.0, 5, 5, True))["value"].isna().all()


def test_wide_data_laid_long_keep_every_choice() -> None:
    wide = pd.DataFrame({"chosen": ["x", "y"], "price.x": [1.0, 2.0], "price.y": [3.0, 4.0], "oc.x": [5.0, 6.0], "oc.y": [7.0, 8.0]})
    long = long_choices(wide, alternatives=["x", "y"])
    assert long[["alternative", "chosen", "price", "oc"]].values.tolist() == [
        ["x", True, 1, 5],
        ["y", False, 3, 7],
        ["x", False, 2, 6],
        ["y", True, 4, 8],
    ]
    assert long["respondent_id"].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("cost", "price", "share"), [(0.0, 40.0, 0.5), (10.0, 45.32497, 0.433828)])
def test_the_price_of_the_highest_margin(cost: float, price: float, share: float) -> None:
    """a = 2, b = 0.05: at no cost ``W(e) = 1``, so ``2 / 0.05``; the first-order condition ``(p - c) b (1 - s) = 1`` holds."""
    found = logit_optimal_price(appeal=2.0, price_weight=0.05, unit_cost=cost)
    assert found["price"] == pytest.approx(price, abs=1e-5) and found["share"] == pytest.approx(share, abs=1e-6)
    assert (found["price"] - cost) * 0.05 * (1 - found["share"]) == pytest.approx(1)
    for other in (found["price"] - 1, found["price"] + 1):
        assert (other - cost) / (1 + np.exp(-(2 - 0.05 * other))) < found["margin"]
    assert np.isnan(logit_optimal_price(appeal=2.0, price_weight=0.0)["price"])
