"""Elasticity: published instruments, what is refused, and what a change of the list says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pricing_examples import sales

from diligence.models.discount_structure import churn_difference, discount_structure, dispersion_interval
from diligence.models.elasticity import instrumented_elasticity, list_change_response, price_elasticity

GOLDEN = Path(__file__).parents[1] / "golden" / "cigarettes_1995.csv"
INDEX_1995 = 1.5239999294281006


@pytest.fixture(scope="module")
def cigarettes() -> pd.DataFrame:
    states = pd.read_csv(GOLDEN, comment="#")
    return pd.DataFrame(
        {
            "account_id": states["state"],
            "quantity": states["packs"],
            "price": states["price"] / INDEX_1995,
            "income": np.log(states["income"] / states["population"] / INDEX_1995),
            "sales_tax": (states["taxs"] - states["tax"]) / INDEX_1995,
            "cigarette_tax": states["tax"] / INDEX_1995,
        }
    )


@pytest.mark.parametrize(
    ("instruments", "price", "error", "income", "strength"),
    [(["sales_tax"], -1.1434, 0.3723, 0.2145, 44.73), (["sales_tax", "cigarette_tax"], -1.2774, 0.2496, 0.2804, 209.68)],
)
def test_cigarettes_as_stock_and_watson_print_them(
    cigarettes: pd.DataFrame, instruments: list[str], price: float, error: float, income: float, strength: float
) -> None:
    """Stock and Watson, Introduction to Econometrics, chapter 12: 48 states in 1995, robust errors."""
    found = instrumented_elasticity(cigarettes, instruments=instruments, controls=["income"]).set_index("term")
    assert found.loc["price", "estimate"] == pytest.approx(price, abs=1e-4)
    assert found.loc["price", "std_error"] == pytest.approx(error, abs=1e-4)
    assert found.loc["income", "estimate"] == pytest.approx(income, abs=1e-4)
    assert found.loc["price", "first_stage_f"] == pytest.approx(strength, abs=0.01)


def test_least_squares_of_the_same(cigarettes: pd.DataFrame) -> None:
    found = price_elasticity(cigarettes, variation="shelf_price", within=False, controls=["income"])
    assert found["estimate"].iloc[0] == pytest.approx(-1.4065, abs=1e-4)


def test_no_elasticity_is_read_from_observed_discounts() -> None:
    for within in (True, False):
        found = price_elasticity(sales(), variation="observed_discount", within=within).iloc[0]
        assert np.isnan([found["estimate"], found["low"], found["high"]]).all()
        assert found["reason"].startswith("discounts are given to deals about to be lost") and found["n"] == 80


def test_discounting_to_save_deals_would_have_read_as_demand() -> None:
    """Demand does not answer to the price at all; whoever is about to buy less gets the discount: the slope is positive and false."""
    random = np.random.default_rng(2)
    want = random.normal(0, 1, 400)
    price = np.exp(0.2 * want + 0.01 * random.normal(size=400))
    data = pd.DataFrame({"account_id": np.repeat(np.arange(20), 20), "quantity": np.exp(3 + want), "price": price})
    told_otherwise = price_elasticity(data, variation="list_change").iloc[0]
    assert told_otherwise["estimate"] > 3, "which is why the variation has to be named, and discounts are refused"
    assert np.isnan(price_elasticity(data, variation="observed_discount")["estimate"].iloc[0])


def test_weak_instruments_are_refused_and_their_strength_is_told() -> None:
    random = np.random.default_rng(3)
    found = instrumented_elasticity(sales().assign(noise=random.normal(size=80)), instruments=["noise"]).iloc[0]
    assert np.isnan(found["estimate"]) and found["first_stage_f"] < 10
    assert found["reason"] == f"weak instruments: first-stage F is {found['first_stage_f']:.1f}, 10 is needed"


def test_within_accounts_pooling_is_undone() -> None:
    """True elasticity -1.5; large accounts pay more and buy more, so that pooled the price seems to matter less."""
    within, pooled = (price_elasticity(sales(), variation="list_change", within=way).iloc[0] for way in (True, False))
    assert within["estimate"] == pytest.approx(-1.5, abs=0.25)
    assert within["low"] < -1.5 < within["high"]
    assert pooled["estimate"] > within["estimate"] + 0.3
    assert (within["accounts"], within["n"]) == (8, 80)


def test_a_price_that_never_moves_within_an_account_says_nothing() -> None:
    flat = sales().assign(price=lambda frame: 5.0 + frame["account_id"].str[1:].astype(int))
    assert price_elasticity(flat, variation="list_change")["reason"].iloc[0].startswith("too few accounts, or a price that does not vary")


def test_where_the_price_moved_from_has_to_be_named() -> None:
    with pytest.raises(ValueError, match="expected a variation out of list_change, experiment, shelf_price, observed_discount, got 'any'"):
        price_elasticity(sales(), variation="any")


MONTHS = pd.date_range("2025-01-01", periods=8, freq="MS")


def sold(**products: float) -> pd.DataFrame:
    """Ten a month for four months, then as given."""
    return pd.concat(
        [pd.DataFrame({"product_id": name, "month": MONTHS, "quantity": [10.0] * 4 + [after] * 4}) for name, after in products.items()]
    )


CHANGE = pd.DataFrame({"product_id": ["a"], "date": pd.to_datetime(["2025-05-10"]), "change": [0.1]})


def test_a_change_of_the_list_is_held_against_products_whose_list_stood() -> None:
    """a falls by 10% while b rises by 5%: (ln 0.9 - ln 1.05) / ln 1.1."""
    found = list_change_response(sold(a=9.0, b=10.5), CHANGE, window=4).iloc[0]
    assert found["response"] == pytest.approx((np.log(0.9) - np.log(1.05)) / np.log(1.1))


def test_a_list_change_at_a_product_launch_is_not_read() -> None:
    launches = pd.DataFrame({"product_id": ["new"], "launched_on": pd.to_datetime(["2025-03-01"])})
    found = list_change_response(sold(a=9.0, b=10.5), CHANGE, window=4, launches=launches).iloc[0]
    assert np.isnan(found["response"]) and found["reason"] == "a product was launched at the same time"
    assert list_change_response(sold(a=9.0, b=10.5), CHANGE, window=4, launches=launches, near=1)["reason"].iloc[0] == ""


def test_when_every_list_moves_at_once_there_is_nothing_to_compare_with() -> None:
    both = pd.concat([CHANGE, CHANGE.assign(product_id="b")])
    found = list_change_response(sold(a=9.0, b=10.5), both, window=4)
    assert found["response"].isna().all() and found["reason"].str.startswith("the list of every product moved").all()


def lines(n: int = 200) -> pd.DataFrame:
    random = np.random.default_rng(4)
    segment = random.integers(0, 2, n)
    discount = 0.1 + 0.1 * segment + 0.02 * random.normal(size=n)
    return pd.DataFrame(
        {
            "quote_id": np.arange(n),
            "segment": segment,
            "size_band": "x",
            "quantity": random.integers(1, 9, n),
            "list_price": 100.0,
            "net_price": 100 * (1 - discount),
        }
    )


def test_the_structural_part_is_the_share_of_variance_between_segments() -> None:
    """Between: 0.05 squared; within: 0.02 squared: 0.0025 / 0.0029 = 0.86."""
    found = discount_structure(lines(), np.random.default_rng(1))
    assert found.r_squared == pytest.approx(0.0025 / 0.0029, abs=0.03)
    assert found.low < found.r_squared < found.high and found.terms == 2
    random = discount_structure(lines().assign(segment="all"), np.random.default_rng(1))
    assert random.r_squared < 0.05


def test_the_dispersion_has_its_interval() -> None:
    """Interquartile range of a normal: 1.349 standard deviations."""
    found = dispersion_interval(lines(), np.random.default_rng(1))
    assert found["iqr"] == pytest.approx(1.349 * 0.02, abs=0.006)
    assert found["low"] < found["iqr"] < found["high"] and found["n"] == 200


def test_newcombe_as_he_prints_it() -> None:
    """Newcombe 1998, example (a): 56/70 against 48/80, method 10: 0.2000 (0.0524 to 0.3339)."""
    found = churn_difference(pd.DataFrame({"raised": [70], "raised_left": [56], "others": [80], "others_left": [48]}))
    assert [found["difference"], found["low"], found["high"]] == pytest.approx([0.2, 0.0524, 0.3339], abs=1e-4)


def test_cells_are_weighted_by_who_was_raised() -> None:
    """Half of all raised are in a cell whose others leave at 50%: like is compared with like, and the difference is nought."""
    cells = pd.DataFrame({"raised": [10, 10], "raised_left": [5, 1], "others": [20, 200], "others_left": [10, 20]})
    found = churn_difference(cells)
    assert found["difference"] == pytest.approx(0) and found["n"] == 20
    assert found["low"] < 0 < found["high"]
