"""Seasonality: which months stand above the year's level, and what is left when they are taken out."""

import calendar

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def factors(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 340) -> go.Figure:
    """Draw the seasonal factor of each calendar month with its interval, against the level of the year.

    Parameters
    ----------
    frame
        One row for each calendar month: ``month_of_year`` (1 to 12), ``factor`` (1 is the year's level), ``low``, ``high``.
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``scatter`` trace with error bars; months whose interval leaves out 1 are dark.

    Examples
    --------
    >>> frame = pd.DataFrame({"month_of_year": [1], "factor": [1.2], "low": [1.1], "high": [1.3]})
    >>> factors(frame).data[0].y
    (1.2,)
    """
    del currency
    ordered = frame[frame["month_of_year"].notna()].sort_values("month_of_year", kind="stable")
    if ordered.empty:
        return theme.empty()
    values = labels.numbers(ordered["factor"])
    low, high = labels.numbers(ordered["low"]), labels.numbers(ordered["high"])
    clear = [a is not None and b is not None and (a > 1 or b < 1) for a, b in zip(low, high, strict=True)]
    colours = [theme.ACCENT if flag else theme.GREY for flag in clear]
    dots = go.Scatter(
        x=[int(month) for month in ordered["month_of_year"]],
        y=values,
        mode="markers+text",
        marker={"size": 11, "color": colours},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [_reach(value, end) for value, end in zip(values, high, strict=True)],
            "arrayminus": [_reach(end, value) for value, end in zip(values, low, strict=True)],
            "color": theme.PALE,
            "thickness": 5,
            "width": 0,
        },
        text=["" if value is None else labels.percent(value) for value in values],
        textposition="middle right",
        textfont={"size": theme.SMALL, "color": theme.INK},
        cliponaxis=False,
        hovertemplate="%{y:.1%}<extra></extra>",
        name="factor",
    )
    ticks = {"tickmode": "array", "tickvals": list(range(1, 13)), "ticktext": list(calendar.month_abbr)[1:], "range": [0.5, 12.8]}
    across = {"title": {"text": "Share of an average month"}, "tickformat": ".0%", "nticks": 6}
    return theme.figure([dots], height=height, xaxis=ticks, yaxis=across, shapes=[theme.level()])


def smoothness(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 340) -> go.Figure:
    """Draw the monthly amounts as bars and what is left without the season as a line.

    Parameters
    ----------
    frame
        One row for each month: ``month`` (datetime), ``amount`` (money, in full), ``adjusted`` (money, without the season).
    currency
        Code of the currency.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace and a ``scatter`` trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": pd.to_datetime(["2024-01-01"]), "amount": [2e6], "adjusted": [1.8e6]})
    >>> smoothness(frame).data[1].y
    (1.8,)
    """
    ordered = frame[frame["month"].notna()].sort_values("month", kind="stable")
    if ordered.empty:
        return theme.empty()
    unit = labels.Scale.of([*ordered["amount"], *ordered["adjusted"]], currency=currency)
    months = labels.months(ordered["month"])
    hover = f"%{{x|%b %Y}}: %{{y:,.2f}} {unit.unit}<extra></extra>"
    bars = go.Bar(x=months, y=unit.drawn(ordered["amount"]), name="As invoiced", marker={"color": theme.PALE}, hovertemplate=hover)
    line = go.Scatter(
        x=months,
        y=unit.drawn(ordered["adjusted"]),
        mode="lines+markers" if len(months) == 1 else "lines",
        line={"color": theme.ACCENT, "width": 2.5},
        name="Without the season",
        hovertemplate=hover,
    )
    return theme.figure(
        [bars, line],
        height=height,
        showlegend=True,
        margin={"l": 8, "r": 16, "t": 44, "b": 8},
        legend={"y": 1.04},
        xaxis={"tickformat": "%b %Y", "nticks": 9},
        yaxis={"title": {"text": unit.unit}, "tickformat": ",~f"},
    )


def _reach(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else labels.number(max(end - start, 0.0))
