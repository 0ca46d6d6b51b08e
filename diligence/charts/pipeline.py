"""The pipeline of each quarter, and what became of it."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def became(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 360) -> go.Figure:
    """Draw for each quarter the pipeline that stood open for it, what was won of it, and all that was won.

    Parameters
    ----------
    frame
        ``quarter`` (text, in order), ``open``, ``won_of_open``, ``won`` (money, in full), ``value`` (yield, fraction).
    currency
        Code of the currency.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Three ``bar`` traces; the yield is written above the first.

    Examples
    --------
    >>> frame = pd.DataFrame({"quarter": ["2026Q1"], "open": [9.0], "won_of_open": [3.0], "won": [5.0], "value": [1 / 3]})
    >>> became(frame).data[0].text
    ('33%',)
    """
    if frame.empty:
        return theme.empty()
    columns = (
        ("open", "Open at the start", theme.PALE),
        ("won_of_open", "Won of it", theme.ACCENT),
        ("won", "All won", theme.ACCENT_LIGHT),
    )
    unit = labels.Scale.of([value for column, _, _ in columns for value in frame[column]], currency=currency)
    traces = [
        go.Bar(
            x=list(range(len(frame))),
            y=unit.drawn(frame[column]),
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            text=[labels.percent(value) for value in frame["value"]] if column == "open" else None,
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"{name}: %{{y:,.2f}} {unit.unit}<extra></extra>",
        )
        for column, name, colour in columns
    ]
    return theme.figure(
        traces,
        height=height,
        barmode="group",
        showlegend=True,
        legend={"y": 1.08},
        margin={"l": 8, "r": 16, "t": 56, "b": 8},
        xaxis=theme.places([labels.label(name, width=10) for name in frame["quarter"]]),
        yaxis={"title": {"text": unit.unit}, "tickformat": ",~f"},
    )
