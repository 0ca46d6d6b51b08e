"""Conversion of leads by month, with the breaks of its level."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def conversion(frame: pd.DataFrame, breaks: pd.DataFrame, *, currency: str = "EUR", height: int = 360) -> go.Figure:
    """Draw the conversion of each step by month, and a line where its level breaks: orange on a change of definition.

    Parameters
    ----------
    frame
        ``month`` (datetime), ``step`` (text), ``value`` (fraction).
    breaks
        ``month``, ``explained`` (bool).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``scatter`` trace for each step; breaks are upright lines.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": pd.to_datetime(["2026-01-01"]), "step": ["a"], "value": [0.3]})
    >>> conversion(frame, frame.head(0)).data[0].y
    (0.3,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    colours = (theme.ACCENT, theme.GREY, theme.ACCENT_LIGHT)
    traces = [
        go.Scatter(
            x=labels.months(part["month"]),
            y=labels.numbers(part["value"]),
            mode="lines",
            line={"color": colours[place % len(colours)], "width": 2.5},
            name=labels.escaped(step),
            hovertemplate="%{x|%b %Y}: %{y:.1%}<extra></extra>",
        )
        for place, (step, part) in enumerate(frame.groupby("step", sort=False))
    ]
    lines = [
        {
            "type": "line", "xref": "x", "yref": "paper", "x0": month, "x1": month, "y0": 0, "y1": 1,
            "line": {"color": theme.WARNING if flag else theme.MUTED, "width": 2, "dash": "solid" if flag else "dot"},
        }
        for month, flag in zip(labels.months(breaks["month"]), breaks.get("explained", []), strict=False)
    ]  # fmt: skip
    return theme.figure(
        traces,
        height=height,
        showlegend=True,
        legend={"y": 1.08},
        margin={"l": 8, "r": 16, "t": 56, "b": 8},
        xaxis={"tickformat": "%b %Y", "nticks": 8},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "nticks": 6},
        shapes=lines,
    )
