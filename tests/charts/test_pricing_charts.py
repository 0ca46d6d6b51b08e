"""Charts of pricing: what is drawn is what was given, names are escaped, nothing is computed or changed."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from diligence.charts import pricing

HOSTILE = '<a href="https://evil.example">click</a>'


def worth() -> pd.DataFrame:
    return pd.DataFrame({"label": ["optimiser", HOSTILE], "value": [15.0, -4.25], "low": [11.0, None], "high": [19.0, None]})


def curves() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price": [1.0, 2.0, 3.0],
            "too_cheap": [0.5, 0.1, 0.0],
            "cheap": [0.9, 0.5, 0.0],
            "expensive": [0.0, 0.5, 1.0],
            "too_expensive": [0.0, 0.1, 0.9],
        }
    )


def points() -> pd.DataFrame:
    return pd.DataFrame({"label": ["Paid", HOSTILE], "price": [2.0, None]})


def increases() -> pd.DataFrame:
    return pd.DataFrame({"label": ["P10, 2025-01", HOSTILE], "announced": [0.04, 0.05], "realised": [0.03, None]})


def terms() -> pd.DataFrame:
    return pd.DataFrame({"billing": ["as billed today", "annual_upfront"], "growth": [0.144, None]})


CHARTS: dict[str, tuple[Callable[..., Any], Callable[[], pd.DataFrame], list[str]]] = {
    "ranges": (pricing.ranges, worth, ["scatter", "scatter"]),
    "sensitivity": (lambda frame, **more: pricing.sensitivity(frame, points(), **more), curves, ["scatter"] * 4),
    "announced": (pricing.announced, increases, ["scatter"] * 3),
    "growth_by_terms": (pricing.growth_by_terms, terms, ["bar"]),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_draws_its_traces_without_a_title_and_leaves_its_frame_alone(name: str) -> None:
    chart, frame, types = CHARTS[name]
    given = frame()
    before = given.copy(deep=True)
    drawn = chart(given, currency="GBP")
    assert [trace.type for trace in drawn.data] == types and drawn.layout.title.text is None
    pd.testing.assert_frame_equal(given, before)
    text = drawn.to_json()
    assert text == chart(frame(), currency="GBP").to_json()
    assert "NaN" not in text and "<a href" not in text and "bdata" not in text


@pytest.mark.parametrize("name", CHARTS)
def test_no_rows_are_said_in_words(name: str) -> None:
    chart, frame, _ = CHARTS[name]
    assert chart(frame().head(0)).layout.annotations[0].text == "no rows"


def test_values_stand_beside_their_dots_and_what_lacks_is_said() -> None:
    drawn = pricing.ranges(worth(), unit="price", currency="EUR")
    assert drawn.data[1].x == (15.0, -4.25) and drawn.data[0].x == (11.0, 19.0, None)
    assert "15.0" in drawn.layout.annotations[0].text and "11.0 to 19.0" in drawn.layout.annotations[0].text
    assert len(drawn.layout.shapes) == 1, "a line at nought, since one value lies below it"
    assert not pricing.ranges(worth().head(1)).layout.shapes


def test_the_prices_that_are_known_are_marked() -> None:
    drawn = pricing.sensitivity(curves(), points())
    assert [shape.x0 for shape in drawn.layout.shapes] == [2.0]
    assert drawn.layout.annotations[0].text == "Paid 2.0"


def test_cash_that_sets_no_limit_has_words_and_no_bar() -> None:
    drawn = pricing.growth_by_terms(terms(), target=0.2)
    assert list(drawn.data[0].text) == ["14.4%", "cash sets no limit"] and drawn.data[0].x[1] is None
    assert drawn.layout.shapes[0].x0 == 0.2
    assert not pricing.growth_by_terms(terms()).layout.shapes
