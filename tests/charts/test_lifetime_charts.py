"""Figures of customer lifetime: what is drawn is what was given; gaps stay gaps, hostile names stay text."""

import json

import numpy as np
import pandas as pd
import pytest

from diligence.charts import lifetime_value, survival


def curves() -> pd.DataFrame:
    rows = [(group, age, 0.98**age, 0.97**age - 0.01, 0.985**age) for group in ("all", "large") for age in range(0, 60, 6)]
    frame = pd.DataFrame(rows, columns=["group", "age", "survival", "low", "high"])
    return frame.assign(low=frame["low"].where(frame["age"] > 0))


def causes() -> pd.DataFrame:
    return pd.DataFrame(
        [(cause, age, age / 100 * share) for cause, share in (("price", 0.3), ("need_gone", 0.5)) for age in (12, 24)],
        columns=["cause", "age", "incidence"],
    )


def fit() -> pd.DataFrame:
    ages = np.arange(6)
    return pd.DataFrame(
        {"age": ages, "survival": 0.8**ages, "low": 0.75**ages, "high": 0.85**ages, "observed": [np.nan, 0.81, 0.66, np.nan, 0.4, 0.33]}
    )


def worth() -> pd.DataFrame:
    return pd.DataFrame(
        {"segment": ["all", "large"], "value": [2e5, 5e5], "low": [1e5, np.nan], "high": [3e5, np.nan], "naive": [6e5, np.nan]}
    )


def parts() -> pd.DataFrame:
    return pd.DataFrame({"label": ["Consent", "Termination"], "value": [0.12, 0.07], "worst": [False, True]})


CHARTS = {
    "survival": (survival.survival, curves, ["scatter"] * 4, "group"),
    "incidence": (survival.incidence, causes, ["scatter"] * 2, "cause"),
    "fitted": (survival.fitted, fit, ["scatter"] * 3, ""),
    "values": (lifetime_value.values, worth, ["scatter"] * 3, "segment"),
    "shares": (lifetime_value.shares, parts, ["bar"], "label"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_types_frames_and_repeats(name: str) -> None:
    chart, frame, types, _ = CHARTS[name]
    given = frame()
    before = given.copy(deep=True)
    drawn = chart(given, currency="GBP")
    assert [trace.type for trace in drawn.data] == types and drawn.layout.title.text is None
    pd.testing.assert_frame_equal(given, before)
    text = chart(frame()).to_json()
    assert text == chart(frame()).to_json() and "NaN" not in text and "bdata" not in text


@pytest.mark.parametrize("name", CHARTS)
def test_no_rows_say_so_and_one_row_or_a_missing_number_is_drawn(name: str) -> None:
    chart, frame, _, _ = CHARTS[name]
    assert [note.text for note in chart(frame().iloc[:0]).layout.annotations] == ["no rows"]
    assert chart(frame().iloc[:1]).data
    given = frame()
    for column in given.select_dtypes("float").columns:
        given[column] = given[column].where(given.index != 0, np.nan)
    assert "NaN" not in chart(given).to_json()


@pytest.mark.parametrize("name", [name for name in CHARTS if CHARTS[name][3]])
def test_hostile_names_are_shown_as_written(name: str) -> None:
    chart, frame, _, column = CHARTS[name]
    given = frame()
    given[column] = given[column].replace(given[column].iloc[0], '<b>bold</b> <a href="x">')
    shown = json.dumps(json.loads(chart(given).to_json()), ensure_ascii=False)
    assert "<b>bold" not in shown and "<a href" not in shown and "&lt;b&gt;bold" in shown


def test_the_steps_hold_until_the_next_loss() -> None:
    drawn = survival.survival(curves())
    assert drawn.data[1].line.shape == "hv" and list(drawn.data[1].y) == pytest.approx(curves()["survival"].head(10).tolist(), rel=1e-6)


def test_the_stack_of_reasons_has_all_who_left_as_its_top() -> None:
    drawn = survival.incidence(causes())
    assert sum(trace.y[-1] for trace in drawn.data) == pytest.approx(causes().query("age == 24")["incidence"].sum())
