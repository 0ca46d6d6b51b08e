"""Two sides of a comparison for each name, and shares beside each other."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

COLOURS = (theme.ACCENT, theme.ACCENT_LIGHT, theme.WARNING, theme.GREY)


def pairs(
    frame: pd.DataFrame,
    *,
    left: str = "without",
    right: str = "with",
    signed: bool = False,
    points: bool = False,
    currency: str = "EUR",
    height: int | None = None,
) -> go.Figure:
    """Draw two values for each name as dots joined by a line, first name above.

    Parameters
    ----------
    frame
        ``label`` (text), ``left``, ``right`` (fractions; a missing one is left out).
    left, right
        What the two are called.
    signed
        Whether values can be below nought, so that the axis does not start there.
    points
        Whether they are told in points instead of per cent; the dots carry them, the axis then has no numbers.
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the number of names.

    Returns
    -------
    plotly.graph_objects.Figure
        Three ``scatter`` traces: the lines, the left dots (hollow), the right dots (full).

    Examples
    --------
    >>> pairs(pd.DataFrame({"label": ["a"], "left": [0.5], "right": [0.2]})).data[2].x
    (0.2,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    joined, dots = _joined(frame), [_dots(frame, column, name, points=points) for column, name in (("left", left), ("right", right))]
    ticks = theme.places([labels.label(name, width=40) for name in frame["label"]], lying=True)
    known = [value for column in ("left", "right") for value in labels.numbers(frame[column]) if value is not None] or [0.0, 1.0]
    pad = 0.1 * ((max(known) - min(known)) or abs(max(known)) or 1.0)
    reach: dict[str, Any] = {"range": [labels.number(min(known) - pad) if signed else 0, labels.number(max(known) + pad)]}
    xaxis = {"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 7, **reach}
    xaxis |= {"showticklabels": not points}
    tall = height or 110 + 36 * len(frame)
    return theme.figure(
        [joined, *dots],
        height=tall,
        showlegend=True,
        legend={"y": 1.05},
        margin={"l": 8, "r": 24, "t": 48, "b": 8},
        xaxis=xaxis,
        yaxis=ticks,
    )


def _joined(frame: pd.DataFrame) -> go.Scatter:
    """Give the line between the two values of each name that has both."""
    across: list[float | None] = []
    down: list[float | None] = []
    for place, (one, other) in enumerate(zip(labels.numbers(frame["left"]), labels.numbers(frame["right"]), strict=True)):
        if one is not None and other is not None:
            across += [one, other, None]
            down += [place, place, None]
    return go.Scatter(
        x=across, y=down, mode="lines", line={"color": theme.PALE, "width": 5}, hoverinfo="skip", showlegend=False, name="gap"
    )


def _dots(frame: pd.DataFrame, column: str, name: str, *, points: bool) -> go.Scatter:
    """Give one side's values: hollow on the left, full on the right."""
    fill, edge = (theme.PAPER, theme.GREY) if column == "left" else (theme.ACCENT, theme.ACCENT)
    return go.Scatter(
        x=labels.numbers(frame[column]),
        y=list(range(len(frame))),
        mode="markers+text",
        marker={"size": 12, "opacity": 1, "color": fill, "line": {"width": 2, "color": edge}},
        text=["" if labels.number(value) is None else labels.percent(value).removesuffix("%" if points else "") for value in frame[column]],
        textposition=_sides(frame, column),
        textfont={"size": theme.SMALL},
        hovertemplate="%{x:.1%}<extra></extra>",
        cliponaxis=False,
        name=labels.escaped(name),
    )


def _sides(frame: pd.DataFrame, column: str) -> list[str]:
    """Put each number on the outer side of its dot."""
    other = "right" if column == "left" else "left"
    ahead = (frame[column] > frame[other]) | ((frame[column] == frame[other]) & (column == "right")) | frame[other].isna()
    return ["middle right" if flag else "middle left" for flag in ahead]


def bars(
    frame: pd.DataFrame,
    *,
    series: Mapping[str, str],
    percent: bool = True,
    stacked: bool = False,
    currency: str = "EUR",
    height: int | None = None,
) -> go.Figure:
    """Draw lying bars for each name, one for each series, first name above.

    Parameters
    ----------
    frame
        ``label`` (text) and the columns of ``series`` (fractions, or money in full).
    series
        Column and what it is called, the first above.
    percent
        Fractions; else money.
    stacked
        Whether the series are parts of a whole.
    currency
        Code of the currency, for money.
    height
        Height in pixels; by default it follows the number of names.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace for each series.

    Examples
    --------
    >>> bars(pd.DataFrame({"label": ["a"], "share": [0.5]}), series={"share": "Share"}).data[0].x
    (0.5,)
    """
    if frame.empty:
        return theme.empty()
    unit = labels.Scale.of([value for column in series for value in frame[column]], currency=currency)
    traces = [
        _bar(frame[column], name, unit=None if percent else unit, colour=COLOURS[place % len(COLOURS)], told=not stacked)
        for place, (column, name) in enumerate(series.items())
    ]
    ticks = theme.places([labels.label(name, width=44) for name in frame["label"]], lying=True)
    across: dict[str, Any] = {
        "tickformat": ".0%" if percent else ",~f",
        "showgrid": True,
        "gridcolor": theme.RULE,
        "showline": False,
        "nticks": 6,
    }
    if not percent:
        across["title"] = {"text": unit.unit}
    tall = height or 90 + (26 if stacked else 14 + 14 * len(series)) * len(frame)
    several = len(series) > 1
    return theme.figure(
        traces,
        height=tall,
        barmode="relative" if stacked else "group",
        showlegend=several,
        legend={"y": 1.03},
        margin={"l": 8, "r": 48, "t": 48 if several else 16, "b": 8},
        xaxis=across,
        yaxis=ticks,
    )


def _bar(values: pd.Series, name: str, *, unit: labels.Scale | None, colour: str, told: bool) -> go.Bar:
    """Give the bars of one series: fractions, or money in a unit, whose noughts are not written."""
    drawn = labels.numbers(values) if unit is None else unit.drawn(values)
    words = [labels.percent(value) if unit is None else unit.text(value) for value in values]
    silent = [not told or value is None or (value == 0 and unit is not None) for value in drawn]
    return go.Bar(
        x=drawn,
        y=list(range(len(values))),
        orientation="h",
        name=labels.escaped(name),
        marker={"color": colour, "line": {"width": 0}},
        text=["" if flag else word for flag, word in zip(silent, words, strict=True)],
        textposition="outside",
        textfont={"size": theme.SMALL},
        cliponaxis=False,
        hovertemplate=f"{labels.escaped(name)}: %{{x:{'.1%' if unit is None else ',.2f'}}}<extra></extra>",
    )
