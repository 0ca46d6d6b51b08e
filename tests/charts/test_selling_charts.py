"""Charts of authority and operations: what is drawn is what was given, hostile names are text, frames are left alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diligence.charts import attainment, comparisons, leads, pipeline, service, voice, win_rates

MONTHS = pd.date_range("2026-01-01", periods=2, freq="MS")
HOSTILE = '<a href="https://evil.example">x</a> ${y} %{z}'
FRAMES: dict[str, tuple[Callable[..., Any], pd.DataFrame, str, list[str]]] = {
    "pairs": (comparisons.pairs, pd.DataFrame({"label": ["a", "b"], "left": [0.5, np.nan], "right": [0.2, 0.3]}), "label", ["scatter"] * 3),
    "bars": (lambda frame, **more: comparisons.bars(frame, series={"share": "Share"}, **more), pd.DataFrame({"label": ["a", "b"], "share": [0.5, np.nan]}), "label", ["bar"]),
    "money": (lambda frame, **more: comparisons.bars(frame, series={"x": "X", "y": "Y"}, percent=False, **more), pd.DataFrame({"label": ["a"], "x": [5e6], "y": [1e6]}), "label", ["bar", "bar"]),
    "cohorts": (win_rates.cohorts, pd.DataFrame({"cohort": ["2026-01", "2026-04"], "value": [0.4, 0.1], "most": [0.4, np.nan], "mature": [True, False]}), "cohort", ["scatter"]),
    "against_chance": (win_rates.against_chance, pd.DataFrame({"label": ["r"], "value": [0.4], "low": [0.1], "high": [0.3], "expected": [0.2], "outside": [1]}), "label", ["scatter"] * 2),
    "against_market": (lambda frame, **more: voice.against_market(frame, frame, **more), pd.DataFrame({"label": ["Search"], "value": [0.1]}), "label", ["bar", "bar"]),
    "became": (pipeline.became, pd.DataFrame({"quarter": ["2026Q1"], "open": [9e6], "won_of_open": [3e6], "won": [5e6], "value": [1 / 3]}), "quarter", ["bar"] * 3),
    "conversion": (lambda frame, **more: leads.conversion(frame, pd.DataFrame({"month": MONTHS[:1], "explained": [True]}), **more), pd.DataFrame({"month": MONTHS, "step": "a", "value": [0.3, np.nan]}), "step", ["scatter"]),
    "reached": (attainment.reached, pd.DataFrame({"label": ["r", "s"], "attainment": [1.2, np.nan], "left": [False, True]}), "label", ["bar"]),
    "load": (service.load, pd.DataFrame({"month": MONTHS, "load": [0.3, 0.4], "severe_load": [0.1, 0.1]}), "", ["bar", "bar"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_the_types_drawn_are_those_meant_and_the_frame_is_left_alone(name: str) -> None:
    chart, frame, _, types = FRAMES[name]
    before = frame.copy(deep=True)
    drawn = chart(frame, currency="GBP")
    assert [trace.type for trace in drawn.data] == types and drawn.layout.title.text is None
    pd.testing.assert_frame_equal(frame, before)
    text = drawn.to_json()
    assert text == chart(frame, currency="GBP").to_json() and "NaN" not in text and "bdata" not in text


@pytest.mark.parametrize("name", [name for name in FRAMES if FRAMES[name][2]])
def test_a_hostile_name_is_shown_as_it_is_written(name: str) -> None:
    chart, frame, column, _ = FRAMES[name]
    text = chart(frame.assign(**{column: HOSTILE})).to_json()
    assert "<a href" not in text.replace("\\u003c", "<") and ("&lt;a" in text or column == "")
    drawn = chart(frame.assign(**{column: HOSTILE}))
    assert not [trace for trace in drawn.data if "%{z}" in str(trace.hovertemplate)]


@pytest.mark.parametrize("name", FRAMES)
def test_no_rows_give_a_figure_that_says_so(name: str) -> None:
    chart, frame, _, _ = FRAMES[name]
    drawn = chart(frame.head(0))
    assert not drawn.data and drawn.layout.annotations[0].text == "no rows"


def test_numbers_are_drawn_as_they_are_and_the_one_unit_is_named() -> None:
    drawn = comparisons.bars(pd.DataFrame({"label": ["a"], "x": [2_500_000.0]}), series={"x": "X"}, percent=False, currency="USD")
    assert drawn.data[0].x == (2.5,) and drawn.layout.xaxis.title.text == "$m"
    pair = comparisons.pairs(pd.DataFrame({"label": ["a"], "left": [0.15], "right": [0.15]}))
    assert [trace.textposition for trace in pair.data[1:]] == [("middle left",), ("middle right",)], (
        "two equal dots keep their numbers apart"
    )
    breaks = leads.conversion(FRAMES["conversion"][1], pd.DataFrame({"month": MONTHS, "explained": [True, False]}))
    assert [line.line.dash for line in breaks.layout.shapes] == ["solid", "dot"]
