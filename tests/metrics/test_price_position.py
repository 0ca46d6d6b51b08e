"""Where prices stand: worked by hand."""

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.price_position import (
    below_list,
    price_by_size,
    rank_correlation,
    rival_price_index,
    static_cohort_growth,
)


def test_the_rivals_index_is_weighted_by_their_share_and_taken_from_the_last_year() -> None:
    rows = pd.DataFrame(
        [("s", "self", 2025, 0.4, 100), ("s", "a", 2025, 0.3, 80), ("s", "b", 2025, 0.1, 120), ("s", "a", 2024, 0.5, 50)],
        columns=["segment", "competitor", "year", "share", "price_index"],
    )
    found = rival_price_index(rows).iloc[0]
    assert (found["rivals_index"], found["premium"], found["n"]) == (pytest.approx(90), pytest.approx(100 / 90 - 1), 2)


def test_revenue_far_below_list_is_counted_by_money() -> None:
    items = pd.DataFrame({"product_id": ["p", "p", "q"], "quantity": [10.0, 1.0, 1.0], "amount": [84.0 * 10, 86.0, 5.0]})
    found = below_list(items, pd.DataFrame({"product_id": ["p"], "list_price": [100.0]}))
    assert found["share"] == pytest.approx(840 / 926) and found["n"] == 2
    assert found["realisation"] == pytest.approx(926 / 1_100)


def test_bands_of_size_hold_equal_numbers_of_customers_and_the_price_is_of_money() -> None:
    items = pd.DataFrame({"product_id": "p", "quantity": [1.0, 1.0, 10.0, 90.0], "amount": [10.0, 12.0, 90.0, 630.0]})
    found = price_by_size(items, bands=2)
    assert found[["from", "to", "n"]].values.tolist() == [[1, 1, 2], [10, 90, 2]]
    assert found["price"].tolist() == pytest.approx([11, 7.2])


def test_the_static_cohort_leaves_out_who_came_and_who_left() -> None:
    then, now = pd.Timestamp("2024-06-01"), pd.Timestamp("2026-06-01")
    rows = [("a", then, 100), ("a", now, 144), ("gone", then, 900), ("new", now, 900)]
    found = static_cohort_growth(pd.DataFrame(rows, columns=["account_id", "month", "amount"]), now)
    assert (found["growth"], found["n"]) == (pytest.approx(0.2), 1)


def test_ranks_against_a_published_table() -> None:
    """Spearman's rho of hours of television and IQ (ten people), the example of Wikipedia: -29/165."""
    iq = [86, 97, 99, 100, 101, 103, 106, 110, 112, 113]
    hours = [2, 20, 28, 27, 50, 29, 7, 17, 6, 12]
    assert rank_correlation(pd.DataFrame({"x": iq, "y": hours}), left="x", right="y")["rho"] == pytest.approx(-29 / 165)
    assert np.isnan(rank_correlation(pd.DataFrame({"x": [1, 1, 1], "y": [1, 2, 3]}), left="x", right="y")["rho"])
