"""Survival: how long customers stay, as curves with their intervals, why they leave, and the curve fitted to them."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

MOST = 6
"""Curves beyond which a figure is a tangle: the rest is left to the table."""


def survival(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 380) -> go.Figure:
    """Draw survival curves as steps, each with its band and named at its end, in the order given.

    Parameters
    ----------
    frame
        One row for each group and age: ``group`` (text, in reading order), ``age`` (months), ``survival, low, high`` (fractions).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        For each of the first six groups two ``scatter`` traces of lines: the band and the curve.

    Examples
    --------
    >>> frame = pd.DataFrame({"group": ["all"] * 2, "age": [0, 12], "survival": [1.0, 0.8], "low": [None, 0.7], "high": [None, 0.9]})
    >>> survival(frame).data[1].y
    (1.0, 0.8)
    """
    del currency
    known = frame[frame["survival"].notna() & frame["age"].notna()]
    if known.empty:
        return theme.empty()
    known = known.assign(group=known["group"].map(labels.plain))
    groups = list(dict.fromkeys(known["group"]))[:MOST]
    traces, ends = [], []
    for place, group in enumerate(groups):
        part = known[known["group"] == group].sort_values("age", kind="stable")
        colour = theme.SEQUENCE[place]
        traces.append(_band(part, colour))
        traces.append(
            go.Scatter(
                x=labels.numbers(part["age"]),
                y=labels.numbers(part["survival"]),
                mode="lines+markers" if len(part) == 1 else "lines",
                line={"color": colour, "width": 2.5, "shape": "hv"},
                name=labels.label(group, width=24),
                hovertemplate="month %{x}: %{y:.1%}<extra></extra>",
            )
        )
        ends.append((group, colour, labels.number(part["survival"].iloc[-1])))
    placed = labels.spread([end or 0.0 for *_, end in ends], gap=20 / (height - 60))
    notes = [
        theme.beside(f'<span style="color:{colour}">●</span> {labels.label(group, width=16)}', labels.number(where))
        for (group, colour, _), where in zip(ends, placed, strict=True)
    ]
    across = {"title": {"text": "Months since the customer began"}, "nticks": 12}
    up = {"tickformat": ".0%", "range": [0, 1.02], "nticks": 6}
    return theme.figure(traces, height=height, margin={"l": 8, "r": 140, "t": 16, "b": 8}, xaxis=across, yaxis=up, annotations=notes)


def _band(part: pd.DataFrame, colour: str) -> go.Scatter:
    """Give the interval around a curve as a pale step-shaped band."""
    known = part[part["low"].notna() & part["high"].notna()]
    ages, low, high = (labels.numbers(known[column]) for column in ("age", "low", "high"))
    return go.Scatter(
        x=[*_doubled(ages, first=True), *_doubled(ages, first=True)[::-1]],
        y=[*_doubled(high, first=False), *_doubled(low, first=False)[::-1]],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=colour,
        opacity=0.15,
        hoverinfo="skip",
        showlegend=False,
        name="interval",
    )


def _doubled(values: list[float | None], *, first: bool) -> list[float | None]:
    """Give the corners of steps: ages as each stands at its start and at the next one's, heights as each holds until then."""
    if first:
        return [value for one, after in zip(values, [*values[1:], *values[-1:]], strict=True) for value in (one, after)]
    return [value for one in values for value in (one, one)]


def incidence(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 380) -> go.Figure:
    """Draw what share has left for each reason by age, one area upon the other: their top is all who left.

    Parameters
    ----------
    frame
        One row for each reason and age: ``cause`` (text), ``age`` (months), ``incidence`` (fraction).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``scatter`` trace for each reason, the largest at the foot.

    Examples
    --------
    >>> frame = pd.DataFrame({"cause": ["price"] * 2, "age": [12, 24], "incidence": [0.1, 0.2]})
    >>> incidence(frame).data[0].y
    (0.0, 0.1, 0.2)
    """
    del currency
    known = frame[frame["incidence"].notna() & frame["age"].notna()]
    if known.empty:
        return theme.empty()
    wide = known.assign(cause=known["cause"].map(labels.plain)).pivot_table(
        index="age", columns="cause", values="incidence", aggfunc="last"
    )
    order = sorted(wide.columns, key=lambda name: (-float(wide[name].iloc[-1]), name))
    pattern = ("", "/", "")
    traces = [
        go.Scatter(
            x=[0.0, *labels.numbers(wide.index)],
            y=[0.0, *labels.numbers(wide[name])],
            mode="lines",
            stackgroup="one",
            line={"width": 1, "color": theme.PAPER, "shape": "hv"},
            fillcolor=theme.SEQUENCE[place % len(theme.SEQUENCE)],
            fillpattern={"shape": pattern[place // len(theme.SEQUENCE) % 3], "fgcolor": theme.GREY},
            name=labels.label(name.replace("_", " "), width=20),
            hovertemplate="month %{x}: %{y:.1%}",
        )
        for place, name in enumerate(order)
    ]
    across = {"title": {"text": "Months since the customer began"}, "nticks": 12}
    up = {"title": {"text": "Share of customers that have left"}, "tickformat": ".0%", "nticks": 6}
    legend = {"orientation": "v", "x": 1.02, "y": 1, "yanchor": "top", "traceorder": "reversed"}
    return theme.figure(
        traces, height=height, margin={"l": 8, "r": 130, "t": 16, "b": 8}, xaxis=across, yaxis=up, showlegend=True, legend=legend
    )


def fitted(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 360) -> go.Figure:
    """Draw a fitted retention curve with its band, and what was observed as dots.

    Parameters
    ----------
    frame
        One row for each year of age: ``age``, ``survival, low, high`` (fitted, fractions), ``observed`` (fraction; blank where not seen).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Three ``scatter`` traces: the band, the curve, the dots.

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [0, 1], "survival": [1.0, 0.8], "low": [1.0, 0.7], "high": [1.0, 0.9], "observed": [None, 0.82]})
    >>> fitted(frame).data[2].y
    (0.82,)
    """
    del currency
    known = frame[frame["age"].notna() & frame["survival"].notna()].sort_values("age", kind="stable")
    if known.empty:
        return theme.empty()
    ages = labels.numbers(known["age"])
    within = known[known["low"].notna() & known["high"].notna()]
    edge = labels.numbers(within["age"])
    band = go.Scatter(
        x=[*edge, *edge[::-1]],
        y=[*labels.numbers(within["high"]), *labels.numbers(within["low"])[::-1]],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=theme.ACCENT_LIGHT,
        opacity=0.4,
        hoverinfo="skip",
        name="interval",
    )
    line = go.Scatter(x=ages, y=labels.numbers(known["survival"]), mode="lines+markers" if len(known) == 1 else "lines", name="Fitted")
    line.update(line={"color": theme.ACCENT, "width": 2.5}, hovertemplate="year %{x}: %{y:.1%}<extra></extra>")
    seen = known[known["observed"].notna()]
    dots = go.Scatter(x=labels.numbers(seen["age"]), y=labels.numbers(seen["observed"]), mode="markers", name="Observed")
    dots.update(
        marker={"size": 9, "color": theme.WARNING, "line": {"color": theme.PAPER, "width": 1}},
        hovertemplate="year %{x}: %{y:.1%}<extra></extra>",
    )
    across = {"title": {"text": "Years since the customer began"}, "dtick": 1}
    band.showlegend = False
    up = {"tickformat": ".0%", "range": [0, 1.02], "nticks": 6}
    margin = {"l": 8, "r": 16, "t": 44, "b": 8}
    return theme.figure([band, line, dots], height=height, margin=margin, xaxis=across, yaxis=up, showlegend=True, legend={"y": 1.04})
