"""Price, volume and mix: published values, sums that are exact, and what depends on how fine an item is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.price_volume import price_changes, price_volume, price_volume_mix


def lines(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Rows of product, units, price."""
    frame = pd.DataFrame(rows, columns=["product_id", "quantity", "price"])
    return frame.assign(amount=frame["quantity"] * frame["price"])


THEN = lines(("A", 1000, 10), ("B", 800, 15), ("C", 500, 20))
NOW = lines(("A", 1000, 11), ("B", 700, 15), ("C", 800, 23))


def effects(frame: pd.DataFrame) -> dict[str, float]:
    return frame.set_index("effect")["amount"].to_dict()


def test_two_factors_as_accountancy_index_works_them() -> None:
    """accountancyindex.com, price volume analysis: 32,000 to 39,900; price at old volume 2,500, volume at old price 4,500, joint 900."""
    found = effects(price_volume(THEN, NOW, method="laspeyres"))
    assert found == {
        "opening": 32_000,
        "lost": 0,
        "price": 2_500,
        "volume": 4_500,
        "joint": 900,
        "new": 0,
        "unpriced": 0,
        "closing": 39_900,
    }


def test_the_symmetric_way_splits_the_joint_term_in_half() -> None:
    found = effects(price_volume(THEN, NOW))
    assert (found["price"], found["volume"], found["joint"]) == (2_950, 4_950, 0)


def test_three_ways_of_the_same() -> None:
    """By hand: 2,300 units at 13.913 to 2,500; at old prices 36,500. Volume 2,782.6087, mix 1,717.3913, price 3,400: sum 7,900."""
    found = effects(price_volume_mix(THEN, NOW))
    assert found["volume"] == pytest.approx(2_782.6087, abs=1e-4)
    assert found["mix"] == pytest.approx(1_717.3913, abs=1e-4)
    assert found["price"] == pytest.approx(3_400, abs=1e-9)


def test_new_and_lost_products_stand_apart_and_carry_no_price_effect() -> None:
    then, now = lines(("A", 10, 5), ("OLD", 4, 100)), lines(("A", 10, 5), ("NEW", 2, 900))
    found = effects(price_volume(then, now))
    assert (found["lost"], found["new"], found["price"], found["volume"]) == (-400, 1_800, 0, 0)
    assert effects(price_volume_mix(then, now))["mix"] == 0


def test_mix_depends_on_how_fine_an_item_is() -> None:
    """One product, two customers at 10 and 20; nobody's price moves, the cheap one doubles: by product it is a price cut, by customer it is none."""
    then = lines(("P", 10, 10), ("P", 10, 20)).assign(customer_id=["a", "b"])
    now = lines(("P", 20, 10), ("P", 10, 20)).assign(customer_id=["a", "b"])
    coarse, fine = (effects(price_volume_mix(then, now, by=by)) for by in (["product_id"], ["product_id", "customer_id"]))
    assert coarse["mix"] == 0 and coarse["price"] == pytest.approx(-50)
    assert fine["price"] == 0 and fine["mix"] == pytest.approx(-50)
    assert sum(coarse[name] for name in ("volume", "mix", "price")) == pytest.approx(sum(fine[name] for name in ("volume", "mix", "price")))


def test_the_joint_term_is_not_mix() -> None:
    """One product only: there is nothing to mix, though price and volume both move."""
    then, now = lines(("A", 10, 5)), lines(("A", 20, 6))
    assert effects(price_volume(then, now, method="laspeyres"))["joint"] == 10
    assert effects(price_volume_mix(then, now))["mix"] == 0


def test_what_has_no_quantity_is_neither_price_nor_volume() -> None:
    then = pd.DataFrame({"product_id": ["A", "S", "R"], "quantity": [10, np.nan, 5], "amount": [100.0, 70.0, 50.0]})
    now = pd.DataFrame({"product_id": ["A", "S", "R"], "quantity": [10, np.nan, 5], "amount": [120.0, 90.0, -10.0]})
    found = effects(price_volume(then, now))
    assert (found["price"], found["volume"], found["unpriced"]) == (20, 0, -40)


def test_another_method_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the method symmetric or laspeyres, got 'paasche'"):
        price_volume(THEN, NOW, method="paasche")


unit = st.tuples(st.sampled_from("ABCDE"), st.integers(0, 50), st.integers(-5, 500))
side = st.lists(unit, max_size=12).map(lambda rows: pd.DataFrame(rows, columns=["product_id", "quantity", "amount"]))


@given(then=side, now=side)
def test_every_way_sums_to_the_movement(then: pd.DataFrame, now: pd.DataFrame) -> None:
    for found in (price_volume(then, now), price_volume(then, now, method="laspeyres"), price_volume_mix(then, now)):
        amount = found["amount"].to_numpy()
        assert amount[:-1].sum() == pytest.approx(amount[-1], abs=1e-6)
        assert amount[0] == pytest.approx(then["amount"].sum(), abs=1e-6)
        assert amount[-1] == pytest.approx(now["amount"].sum(), abs=1e-6)


@given(then=side, now=side)
def test_the_symmetric_way_looks_the_same_backwards(then: pd.DataFrame, now: pd.DataFrame) -> None:
    there, back = effects(price_volume(then, now)), effects(price_volume(now, then))
    for name in ("price", "volume"):
        assert there[name] == pytest.approx(-back[name], abs=1e-6)


def test_several_lines_of_an_item_are_one() -> None:
    split = pd.concat([THEN.assign(quantity=THEN["quantity"] / 2, amount=THEN["amount"] / 2)] * 2)
    pd.testing.assert_frame_equal(price_changes(split, NOW), price_changes(THEN, NOW))
