"""Curves over time since a start: customers won against the curve that was fitted, and shares for whom something has happened."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def adoption(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 380) -> go.Figure:
    """Draw customers ever won by quarter, the curve fitted to them, and the potential where it is told.

    Parameters
    ----------
    frame
        One row for each quarter and segment: ``period`` (``2026Q2``), ``segment``, ``adopters, fitted`` (counts so far), ``potential`` (count, or nothing).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        For each segment a ``scatter`` trace of dots and one of the curve; for each potential a dashed line.

    Examples
    --------
    >>> frame = pd.DataFrame({"period": ["2026Q1", "2026Q2"], "segment": "mid", "adopters": [3, 5], "fitted": [3.1, 4.8], "potential": [9.0, 9.0]})
    >>> len(adoption(frame).data)
    3
    """
    del currency
    if frame.empty:
        return theme.empty()
    quarters = sorted(dict.fromkeys(frame["period"]))
    places = {name: place for place, name in enumerate(quarters)}
    traces: list[Any] = []
    notes: list[tuple[str, str, float]] = []
    for place, (segment, some) in enumerate(frame.groupby("segment", sort=False)):
        drawn, named = _segment(str(segment), some.assign(place=some["period"].map(places)), place, len(quarters) - 1)
        traces += drawn
        notes += named
    reach = max([at for _, _, at in notes], default=1.0)
    placed = labels.spread([at for _, _, at in notes], gap=reach * 20 / (height - 60))
    told = [
        theme.beside(text, labels.number(at), font={"size": theme.SMALL, "color": colour})
        for (text, colour, _), at in zip(notes, placed, strict=True)
    ]
    shown = list(range(0, len(quarters), max(1, len(quarters) // 8)))
    axis = {"tickmode": "array", "tickvals": shown, "ticktext": [labels.label(quarters[one]) for one in shown]}
    up = {"title": {"text": "customers ever won"}, "tickformat": ",~f", "rangemode": "tozero"}
    return theme.figure(traces, height=height, margin={"l": 8, "r": 165, "t": 16, "b": 8}, xaxis=axis, yaxis=up, annotations=told)


def _segment(segment: str, some: pd.DataFrame, place: int, last: int) -> tuple[list[Any], list[tuple[str, str, float]]]:
    """Give the traces of one segment, and what stands beside them: text, colour, height."""
    colour, name = theme.SEQUENCE[(2 * place) % len(theme.SEQUENCE)], labels.label(segment, width=18)
    across = [int(one) for one in some["place"]]
    dots = {"color": colour, "size": 5, "symbol": ["circle", "square", "diamond", "cross"][place % 4]}
    traces = [
        go.Scatter(x=across, y=labels.numbers(some["adopters"]), mode="markers", marker=dots, name=name, hovertemplate="%{y:,.0f}"),
        go.Scatter(
            x=across, y=labels.numbers(some["fitted"]), mode="lines", line={"color": colour, "width": 2}, name="fitted", hoverinfo="skip"
        ),
    ]
    notes = []
    top, reached_so_far = labels.number(some["potential"].iloc[-1]), labels.number(some["adopters"].iloc[-1])
    if top is not None:
        dashed = {"color": colour, "width": 1.5, "dash": "dash"}
        traces.append(go.Scatter(x=[across[0], last], y=[top, top], mode="lines", line=dashed, name="potential", hoverinfo="skip"))
        notes.append((f"potential {top:,.0f}", colour, top))
    if reached_so_far is not None:
        notes.append((f"<b>{reached_so_far:,.0f}</b> {name}", colour, reached_so_far))
    return traces, notes


def reached(frame: pd.DataFrame, *, currency: str = "EUR", unit: str = "months", height: int = 340) -> go.Figure:
    """Draw the share for whom it has happened by a time since the start, with its band.

    Parameters
    ----------
    frame
        One row for each time: the column named by ``unit``, ``value, low, high`` (fractions).
    currency
        Not used; every chart takes it.
    unit
        Column of the time, and its unit: ``months`` or ``days``.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces: the band, and the curve in steps.

    Examples
    --------
    >>> frame = pd.DataFrame({"months": [0.0, 6.0], "value": [0.1, 0.4], "low": [0.05, 0.3], "high": [0.2, 0.5]})
    >>> reached(frame).data[1].y
    (0.1, 0.4)
    """
    del currency
    if frame.empty:
        return theme.empty()
    ordered = frame.sort_values(unit, kind="stable")
    times, known = labels.numbers(ordered[unit]), ordered.dropna(subset=["low", "high"])
    band_x = labels.numbers(known[unit])
    band = go.Scatter(
        x=[*band_x, *band_x[::-1]],
        y=[*labels.numbers(known["high"]), *labels.numbers(known["low"])[::-1]],
        mode="lines",
        line={"width": 0, "shape": "hv"},
        fill="toself",
        fillcolor=theme.RULE,
        hoverinfo="skip",
        name="interval",
    )
    curve = go.Scatter(
        x=times,
        y=labels.numbers(ordered["value"]),
        mode="lines" if len(ordered) > 1 else "markers",
        line={"color": theme.ACCENT, "width": 2.5, "shape": "hv"},
        name="share",
        hovertemplate=f"%{{x:,.0f}} {unit}: %{{y:.1%}}<extra></extra>",
    )
    across = {"title": {"text": f"{unit} since the start"}, "tickformat": ",~f", "rangemode": "tozero"}
    return theme.figure([band, curve], height=height, xaxis=across, yaxis={"tickformat": ".0%", "range": [0, 1.02]})
