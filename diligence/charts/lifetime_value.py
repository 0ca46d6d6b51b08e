"""Lifetime value: the observed against the naive, by segment; and shares of revenue as lying bars."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def values(frame: pd.DataFrame, *, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw the value of a customer from survival as a dot with its interval, and the naive one beside it as a ring.

    Parameters
    ----------
    frame
        One row for each segment, in the order given: ``segment`` (text), ``value, low, high, naive`` (money, in full; blank where unknown).
    currency
        Code of the currency.
    height
        Height in pixels; by default it follows the number of rows.

    Returns
    -------
    plotly.graph_objects.Figure
        Three ``scatter`` traces: intervals, values, naive values.

    Examples
    --------
    >>> frame = pd.DataFrame({"segment": ["all"], "value": [2e6], "low": [1e6], "high": [3e6], "naive": [4e6]})
    >>> values(frame).data[1].x
    (2.0,)
    """
    if frame.empty:
        return theme.empty()
    unit = labels.Scale.of([*frame["value"], *frame["naive"]], currency=currency)
    places = list(range(len(frame)))
    across: list[float | None] = []
    down: list[float | None] = []
    for place, (low, high) in enumerate(zip(unit.drawn(frame["low"]), unit.drawn(frame["high"]), strict=True)):
        if low is not None and high is not None:
            across += [low, high, None]
            down += [place, place, None]
    names = [labels.label(name, width=40) for name in frame["segment"]]
    hover = f"%{{customdata}}<br>%{{x:,.3f}} {unit.unit}<extra></extra>"
    traces = [
        go.Scatter(
            x=across, y=down, mode="lines", line={"color": theme.PALE, "width": 6}, hoverinfo="skip", showlegend=False, name="interval"
        ),
        go.Scatter(
            x=unit.drawn(frame["value"]), y=places, mode="markers", name="From survival, five years", customdata=names, hovertemplate=hover
        ),
        go.Scatter(
            x=unit.drawn(frame["naive"]), y=places, mode="markers", name="Revenue x margin / churn", customdata=names, hovertemplate=hover
        ),
    ]
    traces[1].update(marker={"size": 12, "color": theme.ACCENT}, cliponaxis=False)
    traces[2].update(marker={"size": 12, "color": theme.PAPER, "line": {"color": theme.WARNING, "width": 2}}, cliponaxis=False)
    return theme.figure(
        traces,
        height=height or 120 + 42 * len(frame),
        showlegend=True,
        legend={"y": 1.04},
        margin={"l": 8, "r": 24, "t": 44, "b": 8},
        xaxis={
            "title": {"text": unit.unit},
            "showgrid": True,
            "gridcolor": theme.RULE,
            "showline": False,
            "rangemode": "tozero",
            "tickformat": ",~f",
        },
        yaxis=theme.places(names, lying=True),
    )


def shares(frame: pd.DataFrame, *, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw shares as lying bars with their percentage, in the order given; a warning colour where ``worst`` is true.

    Parameters
    ----------
    frame
        One row for each share: ``label`` (text), ``value`` (fraction), ``worst`` (bool).
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the number of rows.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``bar`` trace.

    Examples
    --------
    >>> shares(pd.DataFrame({"label": ["Consent"], "value": [0.12], "worst": [False]})).data[0].x
    (0.12,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    names = [labels.label(name, width=44) for name in frame["label"]]
    bars = go.Bar(
        x=labels.numbers(frame["value"]),
        y=list(range(len(frame))),
        orientation="h",
        marker={
            "color": [theme.WARNING if pd.notna(flag) and bool(flag) else theme.ACCENT for flag in frame["worst"]],
            "line": {"width": 0},
        },
        text=[labels.percent(value, decimals=1) for value in frame["value"]],
        textposition="outside",
        cliponaxis=False,
        customdata=names,
        hovertemplate="%{customdata}: %{x:.1%}<extra></extra>",
        name="share",
    )
    across = {"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 6}
    margin = {"l": 8, "r": 60, "t": 8, "b": 8}
    return theme.figure([bars], height=height or 70 + 38 * len(frame), xaxis=across, yaxis=theme.places(names, lying=True), margin=margin)
