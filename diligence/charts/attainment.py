"""Quota reached by each seller."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def reached(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 340) -> go.Figure:
    """Draw the quota that each seller reached, the highest first, against the whole; leavers are hatched.

    Parameters
    ----------
    frame
        ``label`` (text), ``attainment`` (fraction), ``left`` (bool), in order.
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``bar`` trace.

    Examples
    --------
    >>> reached(pd.DataFrame({"label": ["r"], "attainment": [0.9], "left": [False]})).data[0].y
    (0.9,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    whole = [value is not None and value >= 1 for value in labels.numbers(frame["attainment"])]
    bars = go.Bar(
        x=list(range(len(frame))),
        y=labels.numbers(frame["attainment"]),
        marker={
            "color": [theme.ACCENT if flag else theme.ACCENT_LIGHT for flag in whole],
            "line": {"width": 0},
            "pattern": {"shape": ["/" if flag else "" for flag in frame["left"]], "fgcolor": theme.GREY},
        },
        text=[labels.percent(value) for value in frame["attainment"]],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y:.1%}<extra></extra>",
        name="attainment",
    )
    ticks = theme.places([labels.label(name, width=14) for name in frame["label"]], tickangle=-90 if len(frame) > 14 else 0)
    return theme.figure(
        [bars], height=height, xaxis=ticks, yaxis={"tickformat": ".0%", "rangemode": "tozero", "nticks": 6}, shapes=[theme.level()]
    )
