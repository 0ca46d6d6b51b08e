import itertools
import json
import re

import example_frames as frames
import numpy as np
import pandas as pd
import pytest

from diligence.charts import (
    adoption,
    bridge,
    cohorts,
    concentration,
    criteria,
    cuts,
    dataroom,
    growth,
    labels,
    parts,
    renewals,
    retention,
    seasonality,
    theme,
)

CHARTS = {
    "recurring_revenue": (growth.recurring_revenue, frames.recurring_revenue, ["bar"] * 4 + ["scatter"]),
    "waterfall": (bridge.waterfall, frames.revenue_bridge, ["waterfall"]),
    "readings": (retention.readings, frames.readings, ["scatter", "scatter"]),
    "trend": (retention.trend, frames.trend, ["scatter", "scatter"]),
    "heat_map": (cohorts.heat_map, frames.revenue_cohorts, ["heatmap"]),
    "cuts": (cuts.dots, frames.cuts, ["scatter"] * 3),
    "curves": (cohorts.curves, frames.cohorts, ["scatter"] * 12),
    "concentration": (concentration.curve, frames.concentration, ["bar", "scatter", "scatter"]),
    "wall": (renewals.wall, frames.renewals, ["bar", "bar", "bar", "scatter"]),
    "factors": (seasonality.factors, frames.factors, ["scatter"]),
    "smoothness": (seasonality.smoothness, frames.smoothness, ["bar", "scatter"]),
    "coverage": (dataroom.coverage, frames.coverage, ["bar", "bar"]),
    "tie_out": (dataroom.tie_out, frames.tie_out, ["scatter", "scatter", "bar"]),
    "issues": (dataroom.issues, frames.issues, ["bar"]),
    "parts": (parts.lying, frames.space, ["bar", "bar"]),
    "by_quarter": (parts.by_quarter, frames.quarters, ["bar", "bar"]),
    "adoption": (adoption.adoption, frames.adoption, ["scatter"] * 5),
    "reached": (adoption.reached, frames.reached, ["scatter", "scatter"]),
    "quadrants": (criteria.quadrants, frames.criteria, ["scatter", "scatter"]),
    "match_thresholds": (dataroom.match_thresholds, frames.match_thresholds, ["scatter"] * 4),
}
NAMES = {
    "recurring_revenue": "segment",
    "waterfall": "label",
    "readings": "label",
    "heat_map": "cohort",
    "cuts": "label",
    "curves": "cohort",
    "wall": "quarter",
    "coverage": "table",
    "issues": "label",
    "parts": "label",
    "by_quarter": "part",
    "adoption": "segment",
    "quadrants": "label",
}
HOSTILE = [
    "<b>bold</b>",
    '<a href="https://evil.example">click</a>',
    "${x} %{y}",
    "A & B <br> C",
    "\u202egnp.exe\n\x07",
    "<img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("name", CHARTS)
def test_the_types_drawn_are_the_types_meant(name):
    chart, frame, types = CHARTS[name]
    assert [trace.type for trace in chart(frame()).data] == types


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_no_title_takes_a_currency_and_leaves_its_frame_alone(name):
    chart, frame, _ = CHARTS[name]
    given = frame()
    before = given.copy(deep=True)
    drawn = chart(given, currency="GBP")
    assert drawn.layout.title.text is None
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_frame_gives_the_same_json(name):
    chart, frame, _ = CHARTS[name]
    text = chart(frame()).to_json()
    assert text == chart(frame()).to_json()
    assert "NaN" not in text
    assert "bdata" not in text


@pytest.mark.parametrize("name", CHARTS)
def test_numbers_have_eight_significant_digits(name):
    chart, frame, _ = CHARTS[name]

    def walk(value):
        if isinstance(value, dict):
            return [number for part in value.values() for number in walk(part)]
        if isinstance(value, list):
            return [number for part in value for number in walk(part)]
        return [value] if isinstance(value, float) else []

    for number in walk(json.loads(chart(frame()).to_json())["data"]):
        assert number == float(f"{number:.8g}")


@pytest.mark.parametrize("name", CHARTS)
def test_no_rows_say_so(name):
    chart, frame, _ = CHARTS[name]
    drawn = chart(frame().iloc[:0])
    assert len(drawn.data) == 0
    assert [note.text for note in drawn.layout.annotations] == ["no rows"]


@pytest.mark.parametrize("name", CHARTS)
def test_one_row_is_drawn(name):
    chart, frame, types = CHARTS[name]
    drawn = chart(frame().iloc[:1])
    assert {trace.type for trace in drawn.data} <= set(types)
    assert len(drawn.data) >= 1


@pytest.mark.parametrize("name", CHARTS)
def test_missing_numbers_are_gaps(name):
    chart, frame, _ = CHARTS[name]
    given = frame()
    for column in given.select_dtypes("float").columns:
        given[column] = given[column].where(given.index != 0, np.nan)
    assert "NaN" not in chart(given).to_json()


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_shown_as_written(name):
    chart, frame, _ = CHARTS[name]
    given = frame()
    kinds = list(dict.fromkeys(given[NAMES[name]]))[: len(HOSTILE)]
    given[NAMES[name]] = given[NAMES[name]].replace(dict(zip(kinds, HOSTILE, strict=False)))
    text = json.loads(chart(given).to_json())
    shown = json.dumps(text, ensure_ascii=False)
    for raw in ("<b>bold", "<a href", "<img", "A & B <br>", "\u202e", "\x07", "\\u0007"):
        assert raw not in shown
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown
    for trace in text["data"]:
        assert "${x}" not in trace.get("hovertemplate", "")


@pytest.mark.parametrize("name", NAMES)
def test_forty_long_names_are_elided(name):
    chart, frame, _ = CHARTS[name]
    one = frame().iloc[[0]]
    given = pd.concat(
        [one.assign(**{NAMES[name]: f"{place:02d} a name that goes on and on " * 4}) for place in range(40)], ignore_index=True
    )
    drawn = chart(given)
    texts = [*(drawn.layout.xaxis.ticktext or ()), *(drawn.layout.yaxis.ticktext or ()), *(note.text for note in drawn.layout.annotations)]
    assert texts
    assert max(len(re.sub("<[^>]+>", "", line)) for text in texts for line in text.split("<br>")) <= 45


@pytest.mark.parametrize("name", ["recurring_revenue", "wall", "tie_out", "issues", "smoothness", "concentration"])
def test_negative_amounts_are_drawn_below(name):
    chart, frame, _ = CHARTS[name]
    given = frame()
    column = {"tie_out": "residual", "issues": "amount_touched", "concentration": "share"}.get(name, "amount")
    given[column] = -given[column].abs()
    bars = [trace for trace in chart(given).data if trace.type == "bar"]
    values = [value for bar in bars for value in (bar.x if bar.orientation == "h" else bar.y) if value is not None]
    assert values
    assert max(values) <= 0


def test_recurring_revenue_draws_the_frames_amounts_in_millions():
    frame = frames.recurring_revenue()
    drawn = growth.recurring_revenue(frame)
    for trace, segment in zip(drawn.data[:4], frames.SEGMENTS, strict=True):
        assert trace.name == segment
        assert list(trace.y) == pytest.approx(frame.loc[frame["segment"] == segment, "amount"] / 1e6, rel=1e-7)
    assert list(drawn.data[4].x) == ["2021-12-01", "2022-12-01", "2023-12-01", "2024-12-01", "2025-06-01"]
    totals = frame.groupby("month")["amount"].sum()
    assert drawn.data[4].text[-1] == f"<b>{totals.iloc[-1] / 1e6:.1f}</b>"


def test_fiscal_years_may_end_in_any_month():
    drawn = growth.recurring_revenue(frames.recurring_revenue(), fiscal_year_end=3)
    assert list(drawn.data[-1].x) == ["2021-03-01", "2022-03-01", "2023-03-01", "2024-03-01", "2025-06-01"]


def test_a_bridge_keeps_amounts_measures_and_true_minus_signs():
    drawn = bridge.waterfall(frames.revenue_bridge()).data[0]
    assert list(drawn.y) == [28.4, 4.9, 1.1, 0.9, 1.7, -1.35, -2.65, -0.2, 32.8]
    assert drawn.measure[0] == drawn.measure[-1] == "absolute"
    assert set(drawn.measure[1:-1]) == {"relative"}
    assert drawn.text[1] == "+4.9"
    assert drawn.text[7] == "−0.2"
    assert drawn.text[0] == "<b>28.4</b>"


def test_a_bridge_of_percentages():
    drawn = bridge.waterfall(frames.nrr_bridge(), unit="percent").data[0]
    assert list(drawn.y) == [118.0, -2.1, -4.6, -3.7, 0.6, 108.2]


def test_a_long_bridge_lies_down():
    frame = pd.concat([frames.revenue_bridge(), frames.revenue_bridge()], ignore_index=True)
    drawn = bridge.waterfall(frame)
    assert drawn.data[0].orientation == "h"
    assert drawn.data[0].type == "waterfall"
    assert drawn.layout.yaxis.range == (17.6, -0.6)


@pytest.mark.parametrize(
    ("amount", "kind", "message"),
    [
        (5.0, "down", "expected the sign of the amount to fit its kind, got 'down' with 5; amounts are signed, so a decrease is negative"),
        (-5.0, "up", "expected the sign of the amount to fit its kind, got 'up' with -5"),
        (5.0, "sideways", "expected kind total, up or down, got 'sideways'; name the step's kind"),
    ],
)
def test_a_bridge_refuses_contradictions(amount, kind, message):
    frame = pd.DataFrame({"step": ["x"], "label": ["Churn"], "amount": [amount], "kind": [kind]})
    with pytest.raises(ValueError, match="bridge step 'Churn'") as caught:
        bridge.waterfall(frame)
    assert message in str(caught.value)


def test_readings_keep_their_order_and_mark_the_recommended():
    frame = frames.readings()
    drawn = retention.readings(frame)
    assert list(drawn.data[1].x) == list(frame["value"])
    assert [size == 13 for size in drawn.data[1].marker.size] == list(frame["recommended"])
    assert drawn.data[0].x[:3] == (1.051, 1.112, None)
    assert drawn.layout.yaxis.range[0] > drawn.layout.yaxis.range[1]


def test_trend_draws_both_series():
    frame = frames.trend()
    drawn = retention.trend(frame)
    assert list(drawn.data[0].y) == pytest.approx(frame["nrr"], rel=1e-7)
    assert list(drawn.data[1].y) == pytest.approx(frame["grr"], rel=1e-7)
    assert {note.text.split("</b> ")[1] for note in drawn.layout.annotations} == {"Net retention", "Gross retention"}


def test_cohorts_leave_the_unobserved_blank_and_never_zero():
    frame = frames.cohorts()
    trace = cohorts.heat_map(frame).data[0]
    for place, row in enumerate(trace.z):
        seen = frame[frame["cohort"] == f"{2022 + place // 4} Q{place % 4 + 1}"]["value"]
        assert [value is None for value in row] == list(seen.isna())
        assert [value for value in row if value is not None] == pytest.approx(seen.dropna(), rel=1e-7)
    assert trace.text[-1][1] == ""
    assert trace.zmax == 1.0


def test_cohorts_beyond_the_whole_part_at_the_whole():
    trace = cohorts.heat_map(frames.revenue_cohorts()).data[0]
    assert (trace.zmin + trace.zmax) / 2 == pytest.approx(1.0)


def test_concentration_names_four_ranks():
    drawn = concentration.curve(frames.concentration())
    assert [note.text.split(":")[0] for note in drawn.layout.annotations] == ["Largest", "Top 5", "Top 10", "Top 20"]
    assert list(drawn.data[1].y) == pytest.approx(frames.concentration()["cumulative_share"], rel=1e-7)


def test_wall_parts_manner_and_keeps_what_is_not_stated():
    frame = frames.renewals()
    drawn = renewals.wall(frame)
    assert [trace.name for trace in drawn.data] == ["Negotiated", "Renews automatically", "Not stated", "total"]
    automatic = frame[[flag is True for flag in frame["auto_renew"]]]
    assert list(drawn.data[1].y) == pytest.approx(automatic["amount"] / 1e6, rel=1e-7)


def test_factors_and_smoothness_draw_the_frames_values():
    assert list(seasonality.factors(frames.factors()).data[0].y) == list(frames.factors()["factor"])
    bars, line = seasonality.smoothness(frames.smoothness()).data
    assert list(bars.y) == pytest.approx(frames.smoothness()["amount"] / 1e6, rel=1e-7)
    assert list(line.y) == pytest.approx(frames.smoothness()["adjusted"] / 1e6, rel=1e-7)


def test_coverage_marks_what_is_missing():
    frame = frames.coverage()
    drawn = dataroom.coverage(frame)
    assert list(drawn.data[0].x) == list(frame["columns_total"])
    assert list(drawn.data[1].x) == list(frame["columns_given"])
    missing = [note for note in drawn.layout.annotations if "not given" in note.text]
    assert [note.y for note in missing] == list(frame.index[~frame["given"]])


def test_tie_out_warns_beyond_the_tolerance():
    frame = frames.tie_out()
    upper, lower, bars = dataroom.tie_out(frame).data
    assert list(bars.y) == pytest.approx(frame["residual"] / 1e3, rel=1e-7)
    assert list(upper.y) == [-value for value in lower.y]
    beyond = frame["residual"].abs() > frame["tolerance"]
    assert [colour == theme.WARNING for colour in bars.marker.color] == list(beyond)


def test_issues_draw_amounts_and_rows():
    drawn = dataroom.issues(frames.issues())
    assert list(drawn.data[0].x) == [1.24, 3.86, -0.31, 0.64, 2.15]
    assert drawn.layout.annotations[0].text == "<b>1.2</b> · 412 rows"


@pytest.mark.parametrize(("heights", "gap"), [([1.0, 1.0, 1.0], 2.0), ([0.0, 5.0, 5.1], 1.0), ([3.0, 1.0, 2.0], 10.0), ([], 1.0)])
def test_spread_keeps_order_and_distance(heights, gap):
    placed = labels.spread(heights, gap=gap)
    ordered = sorted(placed)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(ordered))
    assert sorted(range(len(heights)), key=lambda place: heights[place]) == sorted(range(len(heights)), key=lambda place: placed[place])


def test_small_amounts_are_in_thousands():
    assert labels.Scale.of([12_000.0, None], currency="GBP").unit == "£k"
    assert labels.Scale.of([12_000_000.0], currency="CHF").unit == "CHF m"
