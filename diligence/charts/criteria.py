"""Purchase criteria: how much each weighs, and how far the target is ahead of the rival or behind."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def quadrants(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 420) -> go.Figure:
    """Draw criteria by the gap to the rival (across) and their importance (up), with the interval of the gap.

    Parameters
    ----------
    frame
        One row for each criterion: ``label`` (text), ``importance`` (points), ``gap, low, high`` (points).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces: the intervals, and the criteria. Those behind with their whole interval are in the colour of warning.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["trust"], "importance": [8.2], "gap": [-3.0], "low": [-3.3], "high": [-2.8]})
    >>> quadrants(frame).data[1].x
    (-3.0,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    across: list[float | None] = []
    up: list[float | None] = []
    for low, high, weight in zip(
        labels.numbers(frame["low"]), labels.numbers(frame["high"]), labels.numbers(frame["importance"]), strict=True
    ):
        across += [low, high, None]
        up += [weight, weight, None]
    lines = go.Scatter(x=across, y=up, mode="lines", line={"color": theme.PALE, "width": 5}, hoverinfo="skip", name="interval")
    behind = [high is not None and high < 0 for high in labels.numbers(frame["high"])]
    names = [labels.label(name, width=40) for name in frame["label"]]
    dots = go.Scatter(
        x=labels.numbers(frame["gap"]),
        y=labels.numbers(frame["importance"]),
        mode="markers",
        customdata=names,
        marker={
            "size": 11,
            "symbol": ["diamond" if flag else "circle" for flag in behind],
            "color": [theme.WARNING if flag else theme.ACCENT for flag in behind],
        },
        hovertemplate="%{customdata}: %{x:+.1f}<extra></extra>",
        cliponaxis=False,
        name="criterion",
    )
    style = {"showarrow": False, "yshift": 16, "font": {"size": theme.SMALL, "color": theme.INK}}
    points = zip(names, labels.numbers(frame["gap"]), labels.numbers(frame["importance"]), strict=True)
    notes = [style | {"text": name, "x": gap, "y": weight} for name, gap, weight in points if gap is not None and weight is not None]
    weights = [weight for weight in labels.numbers(frame["importance"]) if weight is not None]
    shapes = [
        theme.level(labels.number(sum(weights) / len(weights) if weights else 0.0) or 0.0),
        {"type": "line", "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "line": {"color": theme.MUTED, "width": 1}, "layer": "below"},
    ]
    side, rise = _axes(frame, weights)
    return theme.figure([lines, dots], height=height, shapes=shapes, annotations=notes, xaxis=side, yaxis=rise)


def _axes(frame: pd.DataFrame, weights: list[float]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the axes: across as far to one side as to the other, up with room for the names."""
    ends = [end for column in ("gap", "low", "high") for end in labels.numbers(frame[column]) if end is not None]
    far = labels.number(1.25 * max([abs(end) for end in ends], default=1.0) or 1.0) or 1.0
    pad = 0.15 * (max(weights) - min(weights)) or 0.5 if weights else 0.5
    reach = [labels.number(min(weights) - pad), labels.number(max(weights) + 2 * pad)] if weights else [0, 10]
    title = "behind the rival  ◂  points  ▸  ahead of the rival"
    side = {"title": {"text": title}, "range": [-far, far], "showgrid": True, "gridcolor": theme.RULE}
    return side, {"title": {"text": "importance, 1 to 10"}, "range": reach}
