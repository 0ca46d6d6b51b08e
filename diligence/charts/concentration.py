"""Concentration: how much of the revenue the largest customers hold."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

NAMED_RANKS = (1, 5, 10, 20)


def curve(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 360) -> go.Figure:
    """Draw the cumulative share of revenue against the rank of the customer, largest first.

    Parameters
    ----------
    frame
        One row for each customer: ``rank`` (1 is the largest), ``share``, ``cumulative_share`` (fractions).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace of the shares and a ``scatter`` trace of the cumulative share, which is named at ranks 1, 5, 10, 20.

    Examples
    --------
    >>> frame = pd.DataFrame({"rank": [1, 2], "share": [0.7, 0.3], "cumulative_share": [0.7, 1.0]})
    >>> curve(frame).data[1].y
    (0.7, 1.0)
    """
    del currency
    ordered = frame[frame["rank"].notna()].sort_values("rank", kind="stable")
    if ordered.empty:
        return theme.empty()
    ranks = [int(rank) for rank in ordered["rank"]]
    own = go.Bar(
        x=ranks,
        y=labels.numbers(ordered["share"]),
        marker={"color": theme.ACCENT_LIGHT, "line": {"width": 0}},
        name="own share",
        hovertemplate="rank %{x}: %{y:.1%}<extra></extra>",
    )
    together = go.Scatter(
        x=ranks,
        y=labels.numbers(ordered["cumulative_share"]),
        mode="lines+markers" if len(ranks) == 1 else "lines",
        line={"color": theme.ACCENT, "width": 2.5},
        name="cumulative share",
        hovertemplate="top %{x}: %{y:.1%}<extra></extra>",
        cliponaxis=False,
    )
    named = ordered[ordered["rank"].isin(NAMED_RANKS)]
    dots = go.Scatter(
        x=[int(rank) for rank in named["rank"]],
        y=labels.numbers(named["cumulative_share"]),
        mode="markers",
        marker={"size": 9, "color": theme.ACCENT, "line": {"color": theme.PAPER, "width": 2}},
        hoverinfo="skip",
        name="named",
        cliponaxis=False,
    )
    return theme.figure(
        [own, together, dots],
        height=height,
        bargap=0.2 if len(ranks) <= 60 else 0,
        xaxis={"title": {"text": "Customers by size, largest first"}, "range": [0, max(ranks) + 1], "nticks": 12},
        yaxis={"title": {"text": "Share of recurring revenue"}, "tickformat": ".0%", "range": [_floor(ordered), 1.02], "nticks": 6},
        annotations=_notes(named),
    )


def _floor(ordered: pd.DataFrame) -> float:
    """Give the foot of the axis: nought, or lower where a customer's revenue is negative."""
    least = [value for column in ("share", "cumulative_share") for value in labels.numbers(ordered[column]) if value is not None]
    return min([0.0, *least])


def _notes(named: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the labels at the named ranks, below and right of the line so that they never cross it."""
    return [
        {
            "x": int(rank),
            "y": labels.number(share),
            "xanchor": "left",
            "yanchor": "top",
            "xshift": 9,
            "yshift": 2,
            "showarrow": False,
            "text": f"Top {int(rank)}: <b>{labels.percent(share)}</b>" if rank > 1 else f"Largest: <b>{labels.percent(share)}</b>",
            "bgcolor": "rgba(255,255,255,0.85)",
        }
        for rank, share in zip(named["rank"], named["cumulative_share"], strict=True)
        if labels.number(share) is not None
    ]
