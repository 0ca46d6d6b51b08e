"""Win rates: by quarter of creation with what is still open, and each seller against chance."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def cohorts(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 340) -> go.Figure:
    """Draw the win rate of each cohort of creation, with the reach that its open opportunities leave.

    Parameters
    ----------
    frame
        ``cohort`` (text, in order), ``value``, ``most`` (fractions), ``mature`` (bool).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``scatter`` trace with error bars upwards; cohorts that are not mature are hollow.

    Examples
    --------
    >>> cohorts(pd.DataFrame({"cohort": ["2026-01"], "value": [0.4], "most": [0.5], "mature": [False]})).data[0].y
    (0.4,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    value, most = labels.numbers(frame["value"]), labels.numbers(frame["most"])
    ripe = [bool(flag) for flag in frame["mature"]]
    dots = go.Scatter(
        x=list(range(len(frame))),
        y=value,
        mode="lines+markers",
        line={"color": theme.ACCENT_LIGHT, "width": 2},
        marker={
            "size": 10,
            "opacity": 1,
            "color": [theme.ACCENT if flag else theme.PAPER for flag in ripe],
            "line": {"width": 2, "color": theme.ACCENT},
        },
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [None if a is None or b is None else labels.number(b - a) for a, b in zip(value, most, strict=True)],
            "arrayminus": [0.0] * len(frame),
            "color": theme.PALE,
            "thickness": 5,
            "width": 0,
        },
        hovertemplate="%{y:.1%}<extra></extra>",
        cliponaxis=False,
        name="win rate",
    )
    ticks = theme.places([labels.label(name, width=10) for name in frame["cohort"]], tickangle=-90 if len(frame) > 12 else 0)
    return theme.figure([dots], height=height, xaxis=ticks, yaxis={"tickformat": ".0%", "rangemode": "tozero", "nticks": 6})


def against_chance(frame: pd.DataFrame, *, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw each seller's win rate over the band that chance leaves at the mix of its deals.

    Parameters
    ----------
    frame
        ``label`` (text), ``value``, ``low``, ``high``, ``expected`` (fractions), ``outside`` (-1, 0, 1).
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the number of sellers.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces: the bands as lines, the rates as dots; those outside are orange.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["r"], "value": [0.4], "low": [0.3], "high": [0.5], "expected": [0.4], "outside": [0]})
    >>> against_chance(frame).data[1].x
    (0.4,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    across: list[float | None] = []
    down: list[float | None] = []
    for place, (low, high) in enumerate(zip(labels.numbers(frame["low"]), labels.numbers(frame["high"]), strict=True)):
        across += [low, high, None]
        down += [place, place, None]
    band = go.Scatter(x=across, y=down, mode="lines", line={"color": theme.PALE, "width": 10}, hoverinfo="skip", name="what chance leaves")
    dots = go.Scatter(
        x=labels.numbers(frame["value"]),
        y=list(range(len(frame))),
        mode="markers",
        marker={"size": 11, "opacity": 1, "color": [theme.WARNING if flag else theme.ACCENT for flag in frame["outside"]]},
        hovertemplate="%{x:.1%}<extra></extra>",
        cliponaxis=False,
        name="win rate",
    )
    ticks = theme.places([labels.label(name, width=24) for name in frame["label"]], lying=True)
    across_axis = {"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 7, "rangemode": "tozero"}
    tall = height or 90 + 28 * len(frame)
    return theme.figure(
        [band, dots],
        height=tall,
        showlegend=True,
        legend={"y": 1.05},
        margin={"l": 8, "r": 16, "t": 48, "b": 8},
        xaxis=across_axis,
        yaxis=ticks,
    )
