"""Pricing: what buyers accept, what increases became, what an attribute is worth, and how terms move growth."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

CURVES = {"too_cheap": "Too cheap", "cheap": "Cheap", "expensive": "Expensive", "too_expensive": "Too expensive"}
DASHES = {"too_cheap": "dot", "cheap": "solid", "expensive": "solid", "too_expensive": "dot"}


def ranges(frame: pd.DataFrame, *, currency: str = "EUR", unit: str = "percent", height: int | None = None) -> go.Figure:
    """Draw values as dots with the range around them, one below the other, in the order given.

    Parameters
    ----------
    frame
        One row for each: ``label`` (text), ``value``, ``low``, ``high``, and ``n`` where it is to be told.
    currency
        Code of the currency, where ``unit`` is ``price``.
    unit
        ``percent`` (fractions in) or ``price`` (money a unit).
    height
        Height in pixels; by default it follows the rows.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces: the ranges as lines, the values as dots.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["P10"], "value": [0.1], "low": [0.05], "high": [0.2]})
    >>> ranges(frame).data[1].x
    (0.1,)
    """
    if frame.empty:
        return theme.empty()
    across: list[float | None] = []
    down: list[float | None] = []
    for place, (low, high) in enumerate(zip(labels.numbers(frame["low"]), labels.numbers(frame["high"]), strict=True)):
        if low is not None and high is not None:
            across += [low, high, None]
            down += [place, place, None]
    bars = go.Scatter(x=across, y=down, mode="lines", line={"color": theme.PALE, "width": 7}, hoverinfo="skip", name="range")
    dots = go.Scatter(
        x=labels.numbers(frame["value"]),
        y=list(range(len(frame))),
        mode="markers",
        marker={"opacity": 1, "size": 11, "color": theme.ACCENT, "line": {"width": 1, "color": theme.PAPER}},
        customdata=[labels.label(name, width=60) for name in frame["label"]],
        hovertemplate="%{customdata}<br>%{x}<extra></extra>",
        cliponaxis=False,
        name="value",
    )
    ticks = theme.places([labels.label(name, width=44) for name in frame["label"]], lying=True)
    form = ".0%" if unit == "percent" else ",~f"
    axis = {
        "tickformat": form,
        "showgrid": True,
        "gridcolor": theme.RULE,
        "showline": False,
        "nticks": 7,
        "title": {"text": _unit(unit, currency)},
    }
    notes = [theme.beside(_told(row, unit), place) for place, row in enumerate(frame.itertuples())]
    margin = {"l": 8, "r": 170, "t": 16, "b": 8}
    zero = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": 0, "x1": 0, "line": {"color": theme.MUTED, "width": 1, "dash": "dot"}}
    signs = [number for number in [*labels.numbers(frame["low"]), *labels.numbers(frame["value"])] if number is not None]
    shapes = [zero] if signs and min(signs) < 0 else []
    return theme.figure(
        [bars, dots], height=height or 90 + 34 * len(frame), xaxis=axis, yaxis=ticks, margin=margin, annotations=notes, shapes=shapes
    )


def _unit(unit: str, currency: str) -> str:
    return "" if unit == "percent" else f"{labels.escaped(currency)} a unit"


def _told(row: Any, unit: str) -> str:
    def text(number: float) -> str:
        return labels.percent(number, decimals=1) if unit == "percent" else labels.signed(f"{number:,.1f}")

    if labels.number(row.value) is None:
        return "not assessable"
    words = f"<b>{text(row.value)}</b>"
    if labels.number(row.low) is not None and labels.number(row.high) is not None:
        words += f' <span style="color:{theme.MUTED};font-size:11px">{text(row.low)} to {text(row.high)}</span>'
    return words


def sensitivity(frame: pd.DataFrame, points: pd.DataFrame, *, currency: str = "EUR", height: int = 400) -> go.Figure:
    """Draw the four curves of a price survey, and the prices that matter as upright lines.

    Parameters
    ----------
    frame
        ``price``, ``too_cheap, cheap, expensive, too_expensive`` (fractions).
    points
        ``label`` (text), ``price``: what to mark, such as the acceptable range and the price paid.
    currency
        Code of the currency.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Four ``scatter`` traces of lines: outer answers dotted, inner solid.

    Examples
    --------
    >>> frame = pd.DataFrame({"price": [1.0], "too_cheap": [0.5], "cheap": [1.0], "expensive": [0.0], "too_expensive": [0.0]})
    >>> len(sensitivity(frame, pd.DataFrame({"label": ["paid"], "price": [1.0]})).data)
    4
    """
    if frame.empty:
        return theme.empty()
    colours = {"too_cheap": theme.ACCENT_LIGHT, "cheap": theme.ACCENT, "expensive": theme.WARNING, "too_expensive": theme.WARNING}
    traces = [
        go.Scatter(
            x=labels.numbers(frame["price"]),
            y=labels.numbers(frame[name]),
            mode="lines",
            line={"color": colours[name], "width": 2, "dash": DASHES[name], "shape": "hv"},
            name=word,
            hovertemplate="%{x:,.2f}: %{y:.0%}",
        )
        for name, word in CURVES.items()
    ]
    known = points[points["price"].notna()].sort_values("price", kind="stable")
    shapes = [_upright(price) for price in known["price"]]
    notes = [_named(label, price, place) for place, (label, price) in enumerate(zip(known["label"], known["price"], strict=True))]
    return theme.figure(
        traces,
        height=height,
        showlegend=True,
        margin={"l": 8, "r": 16, "t": 40 + 18 * len(known), "b": 8},
        legend={"y": -0.18, "yanchor": "top"},
        xaxis={"title": {"text": f"Price, {labels.escaped(currency)}"}, "tickformat": ",~f", "range": _told_prices(frame)},
        yaxis={"tickformat": ".0%", "range": [0, 1.02], "title": {"text": "Respondents"}},
        shapes=shapes,
        annotations=notes,
    )


def _told_prices(frame: pd.DataFrame) -> list[float | None]:
    """Give the prices between which the curves move: beyond them all but one in a hundred agree."""
    moves = frame[(frame["cheap"] < 1 - 0.01) | (frame["too_cheap"] < 1 - 0.01)]
    moves = moves[moves["too_expensive"] < 1 - 0.01]
    shown = moves if len(moves) > 1 else frame
    return [labels.number(shown["price"].min()), labels.number(shown["price"].max())]


def _upright(price: float) -> dict[str, Any]:
    line = {"color": theme.MUTED, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": labels.number(price), "x1": labels.number(price), "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _named(label: object, price: float, place: int) -> dict[str, Any]:
    words = f"{labels.label(label, width=44)} {price:,.1f}"
    return {
        "x": labels.number(price), "y": 1, "yref": "paper", "yshift": 10 + 18 * place, "yanchor": "bottom", "showarrow": False, "text": words,
        "xanchor": "left", "font": {"size": theme.SMALL, "color": theme.INK},
    }  # fmt: skip


def announced(frame: pd.DataFrame, *, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw price increases: what was announced as an open dot, what arrived as a full one, joined by a line.

    Parameters
    ----------
    frame
        One row for each increase: ``label`` (text), ``announced``, ``realised`` (fractions).
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the rows.

    Returns
    -------
    plotly.graph_objects.Figure
        Three ``scatter`` traces: the way between, announced, realised.

    Examples
    --------
    >>> announced(pd.DataFrame({"label": ["P10"], "announced": [0.04], "realised": [0.02]})).data[2].x
    (0.02,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    places = list(range(len(frame)))
    first, second = labels.numbers(frame["announced"]), labels.numbers(frame["realised"])
    across = [value for left, right in zip(first, second, strict=True) for value in (left, right, None)]
    way = go.Scatter(
        x=across, y=[place for one in places for place in (one, one, None)], mode="lines", line={"color": theme.PALE, "width": 4}, hoverinfo="skip",
        showlegend=False, name="between",
    )  # fmt: skip
    open_dots = _dots(first, places, "Announced", theme.PAPER)
    full = _dots(second, places, "Arrived after twelve months", theme.ACCENT)
    ticks = theme.places([labels.label(name, width=44) for name in frame["label"]], lying=True)
    axis = {"tickformat": ".0%", "rangemode": "tozero", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 6}
    return theme.figure([way, open_dots, full], height=height or 110 + 32 * len(frame), showlegend=True, xaxis=axis, yaxis=ticks)


def _dots(values: list[float | None], places: list[int], name: str, fill: str) -> go.Scatter:
    marker = {"opacity": 1, "size": 11, "color": fill, "line": {"width": 2, "color": theme.ACCENT}}
    return go.Scatter(x=values, y=places, mode="markers", marker=marker, name=name, hovertemplate="%{x:.1%}", cliponaxis=False)


def growth_by_terms(frame: pd.DataFrame, *, target: float | None = None, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw the growth that pays for itself by way of billing, against the growth that is asked for.

    Parameters
    ----------
    frame
        One row for each way: ``billing`` (text), ``growth`` (fraction a year, blank where cash sets no limit).
    target
        Growth that the plan asks for, drawn as a line.
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the rows.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``bar`` trace.

    Examples
    --------
    >>> growth_by_terms(pd.DataFrame({"billing": ["monthly"], "growth": [0.12]})).data[0].x
    (0.12,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    values = labels.numbers(frame["growth"])
    texts = ["cash sets no limit" if value is None else labels.percent(value, decimals=1) for value in values]
    colours = [theme.ACCENT, *[theme.ACCENT_LIGHT] * (len(frame) - 1)]
    bars = go.Bar(
        x=values, y=list(range(len(frame))), orientation="h", marker={"color": colours}, text=texts, textposition="outside", cliponaxis=False,
        hoverinfo="skip", name="growth",
    )  # fmt: skip
    ticks = theme.places([labels.label(str(name).replace("_", " "), width=36) for name in frame["billing"]], lying=True)
    goal = labels.number(target)
    line = {"color": theme.WARNING, "width": 2, "dash": "dash"}
    shapes = [] if goal is None else [{"type": "line", "x0": goal, "x1": goal, "yref": "paper", "y0": 0, "y1": 1, "line": line}]
    note = {"x": goal, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": "Plan", "font": {"color": theme.WARNING}}
    axis = {"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "rangemode": "tozero"}
    return theme.figure(
        [bars], height=height or 100 + 38 * len(frame), margin={"l": 8, "r": 110, "t": 36, "b": 8}, xaxis=axis, yaxis=ticks, shapes=shapes,
        annotations=[] if goal is None else [note],
    )  # fmt: skip
