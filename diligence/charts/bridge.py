"""Bridges: from one total to another, step by step; of revenue, or between two readings of one metric."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

UPRIGHT_STEPS = 9
"""More steps than these are drawn lying, so that no name is cut."""

_MEASURE = {"total": "absolute", "up": "relative", "down": "relative"}


def waterfall(frame: pd.DataFrame, *, currency: str = "EUR", unit: str = "money", zoom: bool = False, height: int = 400) -> go.Figure:
    """Draw a bridge.

    Parameters
    ----------
    frame
        One row for each step in reading order: ``step`` (id), ``label`` (text), ``amount`` (signed: what a movement adds,
        or the level of a total), ``kind`` (``total``, ``up`` or ``down``).
    currency
        Code of the currency.
    unit
        ``money`` (millions, or thousands where all is smaller) or ``percent`` (fractions in).
    zoom
        Whether the axis starts near the lowest level instead of zero, where the steps are small against it; the axis says so.
    height
        Height in pixels; a bridge of many steps is taller.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``waterfall`` trace.

    Raises
    ------
    ValueError
        Where a kind is none of the three, or the sign of an amount contradicts its kind.

    Examples
    --------
    >>> frame = pd.DataFrame({"step": ["a", "b"], "label": ["Opening", "Churn"], "amount": [5e6, -1e6], "kind": ["total", "down"]})
    >>> waterfall(frame).data[0].y
    (5.0, -1.0)
    """
    _refuse(frame)
    if frame.empty:
        return theme.empty()
    scale = labels.Scale(0.01, "%") if unit == "percent" else labels.Scale.of(frame["amount"], currency=currency)
    lying = len(frame) > UPRIGHT_STEPS
    amounts = scale.drawn(frame["amount"])
    steps, values = ("y", "x") if lying else ("x", "y")
    texts = [scale.text(amount, plus=kind != "total") for amount, kind in zip(frame["amount"], frame["kind"], strict=True)]
    trace = go.Waterfall(
        {steps: list(range(len(frame))), values: amounts},
        orientation="h" if lying else "v",
        measure=[_MEASURE[kind] for kind in frame["kind"]],
        text=[f"<b>{text}</b>" if kind == "total" else text for text, kind in zip(texts, frame["kind"], strict=True)],
        textposition="outside",
        textfont={"size": theme.SIZE, "color": theme.INK},
        cliponaxis=False,
        connector={"line": {"color": theme.GREY, "width": 1}},
        increasing={"marker": {"color": theme.ACCENT_LIGHT}},
        decreasing={"marker": {"color": theme.WARNING}},
        totals={"marker": {"color": theme.ACCENT}},
        customdata=[labels.label(name, width=60) for name in frame["label"]],
        hovertemplate=f"%{{customdata}}<br>%{{text}} {scale.unit}<extra></extra>",
    )
    value_axis: dict[str, Any] = {"title": {"text": scale.unit}, "tickformat": ",~f", "rangemode": "tozero"}
    reach = _zoomed(frame, amounts) if zoom else None
    if reach is not None:
        value_axis |= {"range": reach, "title": {"text": f"{scale.unit}, axis starts at {reach[0]:,.1f}"}}
    if lying:
        return _lying(trace, frame, value_axis)
    names = [labels.wrapped(name, width=9 if len(frame) > 6 else 15, lines=4) for name in frame["label"]]
    return theme.figure(
        [trace],
        height=height,
        waterfallgap=0.35,
        xaxis=theme.places(names, tickangle=0, tickfont={"size": 11, "color": theme.INK}),
        yaxis=value_axis,
    )


def _lying(trace: go.Waterfall, frame: pd.DataFrame, axis: dict[str, Any]) -> go.Figure:
    """Give the bridge lying, first step above."""
    names = [labels.label(name, width=34) for name in frame["label"]]
    ticks = theme.places(names, lying=True)
    value_axis = {**axis, "showgrid": True, "gridcolor": theme.RULE}
    margin = {"l": 8, "r": 56, "t": 16, "b": 8}
    return theme.figure([trace], height=90 + 28 * len(frame), waterfallgap=0.35, xaxis=value_axis, yaxis=ticks, margin=margin)


def _zoomed(frame: pd.DataFrame, amounts: list[float | None]) -> list[float] | None:
    """Give the reach of an axis that starts near the lowest level; none where zero is near enough."""
    levels, level = list[float](), 0.0
    for amount, kind in zip(amounts, frame["kind"], strict=True):
        level = (amount or 0.0) if kind == "total" else level + (amount or 0.0)
        levels.append(level)
    low, high = min(levels), max(levels)
    if low <= 0 or high <= 0 or low < 0.6 * high:
        return None
    span = max(high - low, 0.02 * high)
    return [float(f"{low - 0.6 * span:.3g}"), float(f"{high + 0.15 * span:.4g}")]


def _refuse(frame: pd.DataFrame) -> None:
    """Raise where kinds and signs do not say the same."""
    for name, amount, kind in zip(frame["label"], frame["amount"], frame["kind"], strict=True):
        if kind not in _MEASURE:
            raise ValueError(f"bridge step {labels.plain(name)!r}: expected kind total, up or down, got {kind!r}; name the step's kind")
        signed = labels.number(amount) or 0.0
        if (kind == "up" and signed < 0) or (kind == "down" and signed > 0):
            raise ValueError(
                f"bridge step {labels.plain(name)!r}: expected the sign of the amount to fit its kind, "
                f"got {kind!r} with {signed:g}; amounts are signed, so a decrease is negative"
            )
