"""One metric by many cuts: a dot with its interval for each value, the cuts one below the other."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

ROW = 21
"""Pixels of one value."""


def dots(frame: pd.DataFrame, *, level: float = float("nan"), currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw gross and net retention of each value of each cut.

    Parameters
    ----------
    frame
        One row a value, in the order in which they stand: ``group`` (the cut), ``label`` (the value), ``nrr``, ``grr``, ``grr_low``,
        ``grr_high`` (fractions), ``n``.
    level
        The whole's gross retention, drawn as a line.
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the number of values.

    Returns
    -------
    plotly.graph_objects.Figure
        Three ``scatter`` traces: intervals of gross retention, gross, net.

    Examples
    --------
    >>> frame = pd.DataFrame({"group": ["Size"], "label": ["1-49"], "nrr": [1.02], "grr": [0.9], "grr_low": [0.8], "grr_high": [0.95], "n": [40]})
    >>> dots(frame).data[1].x
    (0.9,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    places, names = _places(frame)
    traces = [_intervals(frame, places), _dots(frame, places, "grr", "Gross retention", theme.ACCENT)]
    traces.append(_dots(frame, places, "nrr", "Net retention", theme.WARNING, symbol="diamond-open"))
    shapes = [] if pd.isna(level) else [{**theme.level(), "xref": "x", "yref": "paper", "x0": level, "x1": level, "y0": 0, "y1": 1}]
    return theme.figure(
        traces,
        height=height or 90 + ROW * (max(places) + 1),
        xaxis={"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 8, "side": "top"},
        yaxis={
            "tickmode": "array",
            "tickvals": [place for place, _ in names],
            "ticktext": [name for _, name in names],
            "range": [max(places) + 0.8, -0.8],
            "showgrid": False,
            "tickfont": {"color": theme.INK, "size": theme.SMALL},
        },
        margin={"l": 8, "r": 24, "t": 40, "b": 8},
        shapes=shapes,
        showlegend=True,
        legend={"y": -0.01, "yanchor": "top"},
    )


def _places(frame: pd.DataFrame) -> tuple[list[int], list[tuple[int, str]]]:
    """Give each value its place, below the name of its cut."""
    places, names, last, place = list[int](), list[tuple[int, str]](), None, -1
    for row in frame.itertuples():
        place += 1
        if row.group != last:
            last = row.group
            names.append((place, f"<b>{labels.label(row.group, width=30)}</b>"))
            place += 1
        places.append(place)
        names.append((place, f"{labels.label(row.label, width=30)} ({row.n:,.0f})"))
    return places, names


def _dots(frame: pd.DataFrame, places: list[int], column: str, name: str, colour: str, symbol: str = "circle") -> go.Scatter:
    return go.Scatter(
        x=labels.numbers(frame[column]),
        y=places,
        mode="markers",
        marker={"size": 9, "color": colour, "symbol": symbol, "line": {"width": 1.5, "color": colour}},
        customdata=[labels.label(label, width=60) for label in frame["label"]],
        hovertemplate=f"%{{customdata}}<br>{name} %{{x:.1%}}<extra></extra>",
        name=name,
    )


def _intervals(frame: pd.DataFrame, places: list[int]) -> go.Scatter:
    across: list[Any] = []
    down: list[Any] = []
    for place, low, high in zip(places, labels.numbers(frame["grr_low"]), labels.numbers(frame["grr_high"]), strict=True):
        if low is not None and high is not None:
            across += [low, high, None]
            down += [place, place, None]
    return go.Scatter(
        x=across, y=down, mode="lines", line={"color": theme.PALE, "width": 5}, hoverinfo="skip", showlegend=False, name="interval"
    )
