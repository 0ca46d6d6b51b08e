"""Retention: its readings side by side with their intervals, and its trend."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def readings(frame: pd.DataFrame, *, currency: str = "EUR", height: int | None = None) -> go.Figure:
    """Draw readings of one metric as dots with intervals, in the order given, the recommended one marked.

    Parameters
    ----------
    frame
        One row for each reading: ``label`` (text), ``value``, ``low``, ``high`` (fractions), ``recommended`` (bool).
    currency
        Not used; every chart takes it.
    height
        Height in pixels; by default it follows the number of readings.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces: the intervals as lines, the values as dots.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["NRR"], "value": [1.04], "low": [1.0], "high": [1.1], "recommended": [True]})
    >>> readings(frame).data[1].x
    (1.04,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    chosen = [bool(flag) if pd.notna(flag) else False for flag in frame["recommended"]]
    lines = _intervals(frame["low"], frame["high"])
    dots = go.Scatter(
        x=labels.numbers(frame["value"]),
        y=list(range(len(frame))),
        mode="markers",
        marker={
            "opacity": 1,
            "size": [13 if flag else 10 for flag in chosen],
            "color": [theme.ACCENT if flag else theme.PAPER for flag in chosen],
            "line": {"width": 2, "color": [theme.ACCENT if flag else theme.GREY for flag in chosen]},
        },
        customdata=[labels.label(name, width=60) for name in frame["label"]],
        hovertemplate="%{customdata}<br>%{x:.1%}<extra></extra>",
        cliponaxis=False,
        name="value",
    )
    names = [labels.label(name, width=44) for name in frame["label"]]
    names = [f"<b>{name}</b>" if flag else name for name, flag in zip(names, chosen, strict=True)]
    ticks = theme.places(names, lying=True)
    across = {"tickformat": ".0%", "showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 7, "range": _reach(frame)}
    margin = {"l": 8, "r": 150, "t": 16, "b": 8}
    tall = height or 70 + 38 * len(frame)
    return theme.figure([lines, dots], height=tall, xaxis=across, yaxis=ticks, margin=margin, annotations=_values(frame, chosen))


def _reach(frame: pd.DataFrame) -> list[float | None]:
    """Give the ends of the axis, a little beyond every interval."""
    known = [value for column in ("value", "low", "high") for value in labels.numbers(frame[column]) if value is not None] or [0.0, 1.0]
    pad = 0.06 * (max(known) - min(known)) or 0.05
    return [labels.number(min(known) - pad), labels.number(max(known) + pad)]


def _intervals(low: pd.Series, high: pd.Series) -> go.Scatter:
    """Give one line for each interval; nothing where an end is missing."""
    across: list[float | None] = []
    down: list[float | None] = []
    for place, (left, right) in enumerate(zip(labels.numbers(low), labels.numbers(high), strict=True)):
        if left is None or right is None:
            continue
        across += [left, right, None]
        down += [place, place, None]
    return go.Scatter(x=across, y=down, mode="lines", line={"color": theme.PALE, "width": 6}, hoverinfo="skip", name="interval")


def _values(frame: pd.DataFrame, chosen: list[bool]) -> list[dict[str, Any]]:
    """Give value and interval as text, right of the dots."""
    notes = []
    for place, (value, low, high) in enumerate(zip(frame["value"], frame["low"], frame["high"], strict=True)):
        words = "not assessable" if labels.number(value) is None else labels.percent(value, decimals=1)
        words = f"<b>{words}</b>" if chosen[place] else words
        if labels.number(low) is not None and labels.number(high) is not None:
            between = f"{labels.percent(low)} to {labels.percent(high)}"
            words += f' <span style="color:{theme.MUTED};font-size:11px">{between}</span>'
        notes.append(theme.beside(words, place, font={"size": theme.SIZE}))
    return notes


def trend(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 360) -> go.Figure:
    """Draw net and gross revenue retention by month, each named at its end.

    Parameters
    ----------
    frame
        One row for each month: ``month`` (datetime), ``nrr``, ``grr`` (fractions).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces of lines.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": pd.to_datetime(["2024-01-01"]), "nrr": [1.04], "grr": [0.9]})
    >>> trend(frame).data[1].y
    (0.9,)
    """
    del currency
    ordered = frame[frame["month"].notna()].sort_values("month", kind="stable")
    if ordered.empty:
        return theme.empty()
    months = labels.months(ordered["month"])
    series = (("nrr", "Net retention", theme.ACCENT), ("grr", "Gross retention", theme.GREY))
    traces = [
        go.Scatter(
            x=months,
            y=labels.numbers(ordered[column]),
            mode="lines+markers" if len(ordered) == 1 else "lines",
            line={"color": colour, "width": 2.5},
            name=name,
            hovertemplate=f"%{{x|%b %Y}}<br>{name} %{{y:.1%}}<extra></extra>",
        )
        for column, name, colour in series
    ]
    ends = [(name, colour, _last(ordered[column])) for column, name, colour in series]
    return theme.figure(
        traces,
        height=height,
        margin={"l": 8, "r": 165, "t": 16, "b": 8},
        xaxis={"tickformat": "%b %Y", "nticks": 8},
        yaxis={"tickformat": ".0%", "nticks": 6},
        shapes=[
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": {"color": theme.MUTED, "width": 1, "dash": "dot"}}
        ],
        annotations=_ends(ends, ordered[["nrr", "grr"]], height),
    )


def _last(values: pd.Series) -> float | None:
    known = values.dropna()
    return None if known.empty else labels.number(known.iloc[-1])


def _ends(ends: list[tuple[str, str, float | None]], values: pd.DataFrame, height: int) -> list[dict[str, Any]]:
    """Give the name and last value of each line beside its end, apart from one another."""
    shown = [(name, colour, end) for name, colour, end in ends if end is not None]
    known = [value for column in values for value in labels.numbers(values[column]) if value is not None]
    reach = max(max([*known, 1.0]) - min([*known, 1.0]), 1e-6) if known else 1.0
    placed = labels.spread([end for _, _, end in shown], gap=reach * 22 / (height - 60))
    return [
        theme.beside(
            f"<b>{labels.percent(end, decimals=1)}</b> {name}",
            labels.number(where),
            font={"size": theme.SIZE, "color": colour if colour == theme.ACCENT else theme.MUTED},
        )
        for (name, colour, end), where in zip(shown, placed, strict=True)
    ]
