"""Price increases: found from what was charged, and what followed them."""

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.price_events import churn_after_increase, increase_realisation, list_price_changes, price_increases, unit_prices

MONTHS = pd.date_range("2024-01-01", "2026-06-01", freq="MS")


def charged(customer: str, prices: list[float], first: int = 0, **more: object) -> pd.DataFrame:
    months = MONTHS[first : first + len(prices)]
    frame = pd.DataFrame({"customer_id": customer, "product_id": "p", "month": months, "price": prices, "quantity": 2.0})
    return frame.assign(amount=frame["price"] * 2, **more)


def test_an_increase_is_a_rise_that_holds() -> None:
    found = price_increases(charged("a", [10, 10, 12, 10, 10, 10.5, 10.5]))
    assert found["month"].tolist() == [MONTHS[5]]
    assert found["change"].iloc[0] == pytest.approx(0.05)


def test_a_gap_in_the_bills_and_a_rounding_are_no_increase() -> None:
    gap = pd.concat([charged("a", [10.0, 10.0]), charged("a", [11.0, 11.0], first=4)])
    assert price_increases(gap).empty
    assert price_increases(charged("a", [10.0, 10.01, 10.0])).empty


def test_a_move_of_the_exchange_rate_is_no_price_increase() -> None:
    cube = pd.DataFrame({"customer_id": "a", "product_id": "p", "month": MONTHS[:4], "quantity": 2.0, "amount": [20.0, 20.0, 24.0, 24.0]})
    assert len(price_increases(unit_prices(cube))) == 1
    assert price_increases(unit_prices(cube.assign(amount_local=17.0))).empty


def test_a_change_of_quantity_is_no_price_increase() -> None:
    cube = pd.DataFrame(
        {"customer_id": "a", "product_id": "p", "month": MONTHS[:4], "quantity": [2.0, 2.0, 4.0, 4.0], "amount": [20.0, 20.0, 40.0, 40.0]}
    )
    assert price_increases(unit_prices(cube)).empty


def test_list_changes_are_dated_by_the_first_quote_at_the_new_list() -> None:
    days = pd.to_datetime(["2024-12-03", "2025-01-08", "2025-01-09", "2025-01-10", "2025-02-01", "2025-02-01"])
    listed = [100.0, 100.0, 104.0, 104.0, 104.0, 1.0]
    found = list_price_changes(pd.DataFrame({"product_id": "p", "date": days, "list_price": listed}).head(5))
    assert found[["list_then", "list_now", "n"]].values.tolist() == [[100, 104, 4]]
    assert found["date"].iloc[0] == pd.Timestamp("2025-01-09")


def test_weeks_in_which_both_lists_are_quoted_are_one_change() -> None:
    days = pd.to_datetime(["2024-12-03"] + [f"2025-01-{day:02d}" for day in range(5, 15)] + ["2025-02-03"])
    listed = [100.0, *[100.0, 104.0] * 5, 104.0]
    found = list_price_changes(pd.DataFrame({"product_id": "p", "date": days, "list_price": listed}))
    assert found["change"].tolist() == pytest.approx([0.04])


def test_half_of_an_announced_increase_arrives() -> None:
    """List +4% in March 2024. One customer pays +4% a year later, one +0%: 2% of 4% realised; the one who left is not in it."""
    book = pd.concat([charged("a", [10.0] * 2 + [10.4] * 20), charged("b", [10.0] * 22), charged("c", [10.0] * 5)])
    change = pd.DataFrame({"product_id": ["p"], "date": pd.to_datetime(["2024-03-15"]), "change": [0.04]})
    found = increase_realisation(book, change).iloc[0]
    assert (found["realised"], found["share"], found["n"]) == (pytest.approx(0.02), pytest.approx(0.5), 2)
    late = change.assign(date=pd.Timestamp("2026-01-15"))
    assert np.isnan(increase_realisation(book, late)["share"].iloc[0]), "twelve months have not passed"


def test_churn_is_held_against_like_customers_of_the_same_month() -> None:
    """Raised in March 2024: a, b; not raised: c, d, e. Twelve months on b and e are gone."""
    flat, left = [10.0] * 30, [10.0] * 8
    book = pd.concat(
        [
            charged("a", [10.0] * 2 + [11.0] * 28), charged("b", [10.0] * 2 + [11.0] * 6), charged("c", flat), charged("d", flat), charged("e", left),
            charged("z", flat).assign(product_id="other"),
        ]
    )  # fmt: skip
    found = churn_after_increase(book)
    assert found[["product_id", "month", "raised", "raised_left", "others", "others_left"]].values.tolist() == [
        ["p", MONTHS[2], 2, 1, 3, 1]
    ]


def test_increases_whose_year_is_not_over_are_not_counted_as_kept() -> None:
    book = pd.concat([charged("a", [10.0] * 25 + [11.0] * 5), charged("b", [10.0] * 30)])
    assert churn_after_increase(book).empty
