"""Figures of acquisition: what is drawn is what was given; nothing to draw is said; a hostile name is shown as it is written."""

import pandas as pd
import pytest

from diligence.charts import acquisition as charts

RATES = pd.DataFrame({"label": ["Lead <b>x</b>", "b"], "value": [0.4, None], "low": [0.3, None], "high": [0.55, None]})
EMPTY = [
    lambda: charts.rates(RATES.head(0)),
    lambda: charts.incidence(pd.DataFrame({"outcome": [], "days": [], "incidence": []})),
    lambda: charts.money_bars(pd.DataFrame({"label": [], "cac": []}), series=(("cac", "x"),)),
    lambda: charts.credits(pd.DataFrame({"channel": [], "rule": [], "share": []})),
    lambda: charts.response(
        pd.DataFrame({"channel": [], "spend": [], "results": [], "seen": []}), pd.DataFrame({"spend": [], "results": []})
    ),
]


@pytest.mark.parametrize("draw", EMPTY)
def test_nothing_to_draw_is_said(draw) -> None:
    assert draw().layout.annotations[0].text == "no rows"


def test_rates_have_their_intervals_and_names_are_escaped() -> None:
    drawn = charts.rates(RATES)
    (dots,) = drawn.data
    assert list(dots.x) == [0.4, None]
    assert list(dots.error_x.array) == [pytest.approx(0.15), None]
    assert list(dots.error_x.arrayminus) == [pytest.approx(0.1), None]
    assert drawn.layout.yaxis.ticktext[0] == "Lead &lt;b&gt;x&lt;/b&gt;"


def test_outcomes_start_at_nothing_and_keep_their_colours() -> None:
    frame = pd.DataFrame({"outcome": ["lost", "won", "won"], "days": [9.0, 5.0, 10.0], "incidence": [0.2, 0.1, 0.3]})
    won, lost = charts.incidence(frame).data
    assert (won.name, list(won.x), list(won.y)) == ("won", [0, 5, 10], [0, 0.1, 0.3])
    assert won.line.color != lost.line.color and won.line.shape == "hv"


@pytest.mark.parametrize(
    ("most", "unit", "text"), [(940.0, "€", "940"), (61_107.0, "€k", "61.1"), (840_399.0, "€k", "840"), (12_300_000.0, "€m", "12.3")]
)
def test_money_is_in_the_unit_that_reads_best(most: float, unit: str, text: str) -> None:
    drawn = charts.money_bars(pd.DataFrame({"label": ["a"], "cost": [most]}), series=(("cost", "Cost"),))
    assert (drawn.layout.xaxis.title.text, drawn.data[0].text[0]) == (unit, text)


def test_credits_span_from_the_least_to_the_most() -> None:
    frame = pd.DataFrame({"channel": ["a", "a", "b", "b"], "rule": ["first", "last"] * 2, "share": [0.2, 0.3, 0.8, 0.7]})
    span, first, last = charts.credits(frame).data
    assert list(span.x) == [0.2, 0.3, None, 0.7, 0.8, None]
    assert (first.name, list(first.x), list(first.y)) == ("first", [0.2, 0.8], [1, 0])
    assert first.marker.symbol != last.marker.symbol


def test_beyond_what_was_spent_the_curve_is_dotted() -> None:
    curve = pd.DataFrame(
        {"channel": "(total)", "spend": [0.0, 1e4, 2e4, 3e4], "results": [0.0, 5.0, 8.0, 9.0], "seen": [True, True, False, False]}
    )
    dots, seen, beyond = charts.response(curve, pd.DataFrame({"spend": [9e3], "results": [4.0]})).data
    assert list(dots.x) == [9.0]
    assert (list(seen.x), seen.line.dash) == ([0, 10], "solid")
    assert (list(beyond.x), beyond.line.dash) == ([10, 20, 30], "dot")
