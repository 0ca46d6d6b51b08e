"""Acquisition: rates with their intervals, outcomes by age, what customers cost, who claims and who is credited."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

ROW = 34
"""Pixels of a row of a lying chart."""


def rates(frame: pd.DataFrame, *, currency: str = "EUR") -> go.Figure:
    """Draw shares as dots with their intervals, one row each, the first above.

    Parameters
    ----------
    frame
        ``label`` (text), ``value, low, high`` (fractions; NaN where there is none).
    currency
        Not used; every chart takes it.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``scatter`` trace with error bars.

    Examples
    --------
    >>> rates(pd.DataFrame({"label": ["a"], "value": [0.4], "low": [0.3], "high": [0.5]})).data[0].x
    (0.4,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    values = labels.numbers(frame["value"])
    dots = _dots(frame, values, list(range(len(frame))), theme.ACCENT, "share", theme.PALE)
    dots.update(
        mode="markers+text",
        text=[f"  {labels.percent(value, decimals=1)}" for value in values],
        textposition="top center",
        textfont={"size": theme.SMALL, "color": theme.INK},
        cliponaxis=False,
    )
    return _lying([dots], frame["label"], {"tickformat": ".0%", "rangemode": "tozero"})


def incidence(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 360) -> go.Figure:
    """Draw what became of opportunities by age: a stepped line for each outcome.

    Parameters
    ----------
    frame
        ``outcome`` (won, lost, no_decision), ``days, incidence`` (fraction).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``scatter`` trace an outcome, named beside its end.

    Examples
    --------
    >>> incidence(pd.DataFrame({"outcome": ["won"], "days": [10.0], "incidence": [0.3]})).data[0].y
    (0.0, 0.3)
    """
    del currency
    if frame.empty:
        return theme.empty()
    colours = {"won": theme.ACCENT, "lost": theme.WARNING, "no_decision": theme.GREY}
    traces, ends = [], []
    for outcome in [name for name in colours if name in set(frame["outcome"])]:
        own = frame[frame["outcome"] == outcome].sort_values("days", kind="stable")
        line = {"color": colours[outcome], "width": 2.5, "shape": "hv"}
        days, shares = [0.0, *labels.numbers(own["days"])], [0.0, *labels.numbers(own["incidence"])]
        traces.append(
            go.Scatter(x=days, y=shares, mode="lines", line=line, name=outcome.replace("_", " "), hovertemplate="%{y:.1%} by day %{x}")
        )
        ends.append((outcome, shares[-1] or 0.0))
    placed = labels.spread([end for _, end in ends], gap=0.05 * max(*(end for _, end in ends), 0.1) * 400 / height)
    notes = [
        theme.beside(f'<span style="color:{colours[outcome]}">●</span> {labels.label(outcome.replace("_", " "))}', labels.number(where))
        for (outcome, _), where in zip(ends, placed, strict=True)
    ]
    across = {"title": {"text": "Days since creation"}, "rangemode": "tozero"}
    up = {"tickformat": ".0%", "rangemode": "tozero", "title": {"text": "Share of all opportunities"}}
    return theme.figure(traces, height=height, margin={"l": 8, "r": 110, "t": 16, "b": 8}, xaxis=across, yaxis=up, annotations=notes)


def money_bars(frame: pd.DataFrame, *, currency: str = "EUR", series: tuple[tuple[str, str], ...], stacked: bool = False) -> go.Figure:
    """Draw money as lying bars, one row each, with one or several series side by side or stacked.

    Parameters
    ----------
    frame
        ``label`` (text) and a column of money for each series.
    currency
        Code of the currency.
    series
        For each its column and its name.
    stacked
        Whether the series are parts of one bar.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``bar`` trace a series.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["media"], "cac": [9000.0]})
    >>> money_bars(frame, series=(("cac", "Cost of a customer"),)).data[0].x
    (9.0,)
    """
    if frame.empty:
        return theme.empty()
    scale, decimals = _unit([value for column, _ in series for value in frame[column]], currency)
    colours = (theme.ACCENT, theme.ACCENT_LIGHT, theme.WARNING) if stacked else (theme.PALE, theme.ACCENT)[-max(len(series), 1) :]
    traces: list[Any] = []
    for place, (column, name) in enumerate(series):
        text = ["" if value is None else f"{value / scale.divisor:,.{decimals}f}" for value in labels.numbers(frame[column])]
        traces.append(
            go.Bar(
                x=scale.drawn(frame[column]),
                y=list(range(len(frame))),
                orientation="h",
                name=labels.label(name),
                marker={"color": colours[place % len(colours)], "line": {"width": 0}},
                text=None if stacked else text,
                textposition="outside",
                cliponaxis=False,
                hovertemplate=f"%{{x:,.1f}} {scale.unit}",
            )
        )
    axis = {"title": {"text": scale.unit}, "tickformat": ",~f", "rangemode": "tozero"}
    return _lying(
        traces,
        frame["label"],
        axis,
        rows=1.0 if stacked else 0.6 + 0.5 * len(series),
        legend=len(series) > 1,
        barmode="stack" if stacked else "group",
    )


def _unit(values: list[Any], currency: str) -> tuple[labels.Scale, int]:
    """Give the unit in which bars of money read best, and the decimals of their labels."""
    most = max((abs(real) for real in labels.numbers(values) if real is not None), default=0.0)
    thousands = labels.Scale.of([1.0], currency=currency)
    if most < 10_000:
        return labels.Scale(1.0, thousands.unit.removesuffix("k").strip()), 0
    return (thousands, 1 if most < 100_000 else 0) if most < 10_000_000 else (labels.Scale.of([most], currency=currency), 1)


def credits(frame: pd.DataFrame, *, currency: str = "EUR") -> go.Figure:
    """Draw the share that each rule gives each channel: a row a channel, a dot a rule, a line from the least to the most.

    Parameters
    ----------
    frame
        ``channel, rule, share`` (fraction).
    currency
        Not used; every chart takes it.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``scatter`` trace of the spans, then one for each rule.

    Examples
    --------
    >>> credits(pd.DataFrame({"channel": ["a", "a"], "rule": ["first", "last"], "share": [0.4, 0.6]})).data[1].x
    (0.4,)
    """
    del currency
    known = frame[frame["share"].notna()]
    if known.empty:
        return theme.empty()
    order = known.groupby("channel")["share"].mean().sort_values(ascending=False, kind="stable").index
    place = {channel: row for row, channel in enumerate(order)}
    spans: dict[str, list[Any]] = {"x": [], "y": []}
    for channel, part in known.groupby("channel"):
        spans["x"] += [labels.number(part["share"].min()), labels.number(part["share"].max()), None]
        spans["y"] += [place[channel], place[channel], None]
    traces: list[Any] = [
        go.Scatter(**spans, mode="lines", line={"color": theme.PALE, "width": 6}, hoverinfo="skip", showlegend=False, name="span")
    ]
    marks = ("circle", "square", "diamond", "cross", "triangle-up", "star", "x")
    for number, (rule, part) in enumerate(known.groupby("rule", sort=False)):
        traces.append(
            go.Scatter(
                x=labels.numbers(part["share"]),
                y=[place[channel] for channel in part["channel"]],
                mode="markers",
                name=labels.label(rule),
                marker={
                    "size": 9,
                    "symbol": marks[number % len(marks)],
                    "color": theme.SEQUENCE[number % len(theme.SEQUENCE)],
                    "line": {"width": 0.5, "color": theme.INK},
                },
                hovertemplate="%{x:.1%}",
            )
        )
    return _lying(traces, pd.Series(order), {"tickformat": ".0%", "rangemode": "tozero"}, legend=True)


def response(frame: pd.DataFrame, points: pd.DataFrame, *, currency: str = "EUR", height: int = 380) -> go.Figure:
    """Draw fitted response curves over what was seen: full where spend has been, dotted beyond.

    Parameters
    ----------
    frame
        ``channel, spend`` (money), ``results, seen`` (whether spend ever was so high).
    points
        ``spend, results`` of each period.
    currency
        Code of the currency.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``scatter`` trace of the periods, then two for each curve.

    Examples
    --------
    >>> curve = pd.DataFrame({"channel": "(total)", "spend": [0.0, 1e4], "results": [0.0, 5.0], "seen": [True, True]})
    >>> response(curve, pd.DataFrame({"spend": [5e3], "results": [3.0]})).data[0].x
    (5.0,)
    """
    if frame.empty:
        return theme.empty()
    scale = labels.Scale.of([*frame["spend"], *points["spend"]], currency=currency)
    traces = [
        go.Scatter(
            x=scale.drawn(points["spend"]),
            y=labels.numbers(points["results"]),
            mode="markers",
            marker={"size": 7, "color": theme.ACCENT_LIGHT},
            name="months",
            hovertemplate="%{y:,.0f}",
        )
    ]
    for place, (channel, part) in enumerate(frame.groupby("channel", sort=False)):
        colour = theme.ACCENT if place == 0 else theme.SEQUENCE[place % len(theme.SEQUENCE)]
        seen = part["seen"].astype("bool")
        beyond = part[~seen | (part["spend"] == part.loc[seen, "spend"].max())]
        for piece, dash in ((part[seen], "solid"), (beyond, "dot")):
            line = {"color": colour, "width": 2.5, "dash": dash}
            traces.append(
                go.Scatter(
                    x=scale.drawn(piece["spend"]),
                    y=labels.numbers(piece["results"]),
                    mode="lines",
                    line=line,
                    name=labels.label(channel),
                    hovertemplate="%{y:,.0f}",
                )
            )
    across = {"title": {"text": f"Spend a month, {scale.unit}"}, "rangemode": "tozero"}
    return theme.figure(traces, height=height, xaxis=across, yaxis={"title": {"text": "Leads a month"}, "rangemode": "tozero"})


def _dots(frame: pd.DataFrame, values: list[float | None], rows: list[int], colour: str, name: str, pale: str) -> go.Scatter:
    reach = [
        [None if a is None or b is None else labels.number(max(a - b, 0.0)) for a, b in pairs]
        for pairs in (
            zip(labels.numbers(frame["high"]), values, strict=True),
            zip(values, labels.numbers(frame["low"]), strict=True),
        )
    ]
    error = {"type": "data", "symmetric": False, "array": reach[0], "arrayminus": reach[1], "color": pale, "thickness": 6, "width": 0}
    return go.Scatter(
        x=values,
        y=rows,
        mode="markers",
        marker={"size": 10, "color": colour},
        error_x=error,
        name=name,
        hovertemplate="%{x:.1%}<extra></extra>",
    )


def _lying(
    traces: list[Any], names: pd.Series, axis: dict[str, Any], *, rows: float = 1.0, legend: bool = False, **layout: Any
) -> go.Figure:
    ticks = theme.places([labels.label(name, width=34) for name in names], lying=True)
    value_axis = {"showgrid": True, "gridcolor": theme.RULE, "showline": False, **axis}
    margin = {"l": 8, "r": 56, "t": 40 if legend else 16, "b": 8}
    extra = {"showlegend": True, "legend": {"y": 1.02}} if legend else {}
    return theme.figure(traces, height=int(90 + ROW * rows * len(names)), xaxis=value_axis, yaxis=ticks, margin=margin, **extra, **layout)
