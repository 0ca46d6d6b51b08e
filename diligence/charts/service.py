"""Tickets by customer over time."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def load(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 320) -> go.Figure:
    """Draw tickets by customer and month, parted into severe and other ones where severity is known.

    Parameters
    ----------
    frame
        ``month`` (datetime), ``load`` (tickets by customer), ``severe_load`` (missing where not known).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``bar`` traces, or one.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": pd.to_datetime(["2026-06-01"]), "load": [0.4], "severe_load": [0.1]})
    >>> [trace.y[0] for trace in load(frame).data]
    [0.1, 0.3]
    """
    del currency
    known = frame[frame["load"].notna()]
    if known.empty:
        return theme.empty()
    months = labels.months(known["month"])
    severe = known["severe_load"].fillna(0.0)
    parts = [("Severe", severe, theme.WARNING), ("Other", known["load"] - severe, theme.ACCENT_LIGHT)]
    if known["severe_load"].isna().all():
        parts = [("Tickets", known["load"], theme.ACCENT_LIGHT)]
    traces = [
        go.Bar(
            x=months,
            y=labels.numbers(part),
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"{name}: %{{y:.2f}}<extra></extra>",
        )
        for name, part, colour in parts
    ]
    return theme.figure(
        traces,
        height=height,
        barmode="relative",
        showlegend=len(traces) > 1,
        legend={"y": 1.08},
        margin={"l": 8, "r": 16, "t": 48, "b": 8},
        xaxis={"tickformat": "%b %Y", "nticks": 8},
        yaxis={"title": {"text": "Tickets by customer"}, "nticks": 6},
    )
