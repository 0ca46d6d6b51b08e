"""Share of voice against share of market."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def against_market(voice: pd.DataFrame, market: pd.DataFrame, *, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw the share of voice by measure as bars, and below them the share of market by segment in another colour.

    Parameters
    ----------
    voice
        ``label`` (text), ``value`` (fraction).
    market
        ``label`` (text), ``value`` (fraction).
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the number of bars.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``bar`` traces.

    Examples
    --------
    >>> one = pd.DataFrame({"label": ["Search"], "value": [0.1]})
    >>> len(against_market(one, one).data)
    2
    """
    del currency
    if voice.empty and market.empty:
        return theme.empty()
    traces: list[go.Bar] = []
    names: list[str] = []
    for frame, name, colour in ((voice, "Share of voice", theme.ACCENT), (market, "Share of market", theme.ACCENT_LIGHT)):
        start = len(names)
        names += [labels.label(one, width=36) for one in frame["label"]]
        traces.append(
            go.Bar(
                x=labels.numbers(frame["value"]),
                y=list(range(start, len(names))),
                orientation="h",
                name=name,
                marker={"color": colour, "line": {"width": 0}},
                text=[labels.percent(value, decimals=1) for value in frame["value"]],
                textposition="outside",
                cliponaxis=False,
                hovertemplate="%{x:.1%}<extra></extra>",
            )
        )
    across = {"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 6}
    return theme.figure(
        traces,
        height=height or 90 + 28 * len(names),
        barmode="overlay",
        showlegend=True,
        legend={"y": 1.05},
        margin={"l": 8, "r": 48, "t": 48, "b": 8},
        xaxis=across,
        yaxis=theme.places(names, lying=True),
    )
