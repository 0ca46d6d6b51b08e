"""The one look of every figure: colours, type, grid, and the template that carries them.

Colours are chosen so that a reader with any colour vision, or a print in grey, tells them apart: one dark blue for what
matters, one burnt orange for what worries, and greys for the rest. Figures carry no title; the exhibit's title stands above.
"""

from typing import Any

import plotly.graph_objects as go

INK = "#1b2733"
MUTED = "#5a6672"
GREY = "#8793a0"
PALE = "#c9d1d9"
RULE = "#e3e7eb"
ACCENT = "#1f4e79"
ACCENT_LIGHT = "#9dbbd6"
WARNING = "#c2571a"
PAPER = "#ffffff"

SEQUENCE = ("#1f4e79", "#8fb3d1", "#56718a", "#c9d6e2", "#3b8a8c", "#b9bfc6")
"""Colours of the parts of a stack, in turn dark and light so that neighbours differ in grey as well."""

SHADES = ((0.0, "#f4f7fa"), (0.35, "#c6d8e7"), (0.7, "#6f9cc2"), (1.0, "#1f4e79"))
"""From little to much, where nothing lies beyond the whole."""

DIVERGING = ((0.0, "#b5501a"), (0.25, "#e3a274"), (0.5, "#f7f6f4"), (0.75, "#8fb3d1"), (1.0, "#1f4e79"))
"""From below to above a middle; safe for every colour vision."""

FONT = '"Segoe UI", "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'
SIZE = 13
SMALL = 12


def _axis(*, grid: bool) -> dict[str, Any]:
    """Give the settings of one axis of the template."""
    return {
        "showgrid": grid,
        "gridcolor": RULE,
        "gridwidth": 1,
        "zeroline": False,
        "showline": not grid,
        "linecolor": GREY,
        "linewidth": 1,
        "ticks": "",
        "tickfont": {"size": SMALL, "color": MUTED},
        "title": {"font": {"size": SMALL, "color": MUTED}, "standoff": 12},
        "automargin": True,
        "fixedrange": True,
    }


TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": SIZE, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "colorway": list(SEQUENCE),
        "margin": {"l": 8, "r": 16, "t": 24, "b": 8},
        "xaxis": _axis(grid=False),
        "yaxis": _axis(grid=True),
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": SMALL, "color": INK},
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "bargap": 0.25,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": PALE, "font": {"family": FONT, "size": SMALL, "color": INK}},
        "uniformtext": {"minsize": 9, "mode": "hide"},
    }
)


def figure(traces: list[Any], *, height: int = 360, **layout: Any) -> go.Figure:
    """Give a figure in the house's look.

    Parameters
    ----------
    traces
        Plotly traces, drawn in this order.
    height
        Height in pixels; the width follows the page.
    **layout
        Further keys of plotly's layout.

    Returns
    -------
    plotly.graph_objects.Figure
        A figure with the house's template and no title.

    Examples
    --------
    >>> figure([go.Bar(x=[1], y=[2])], height=200).layout.height
    200
    """
    drawn = go.Figure(data=traces)
    drawn.update_layout(template=TEMPLATE, height=height, **layout)
    return drawn


def empty(words: str = "no rows") -> go.Figure:
    """Give the figure that says that there is nothing to draw.

    Examples
    --------
    >>> empty().layout.annotations[0].text
    'no rows'
    """
    hidden = {"visible": False, "range": [0, 1]}
    note = {"text": words, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    note["font"] = {"size": SIZE, "color": MUTED}
    return figure([], height=140, xaxis=hidden, yaxis=hidden, annotations=[note])


def places(names: list[str], *, lying: bool = False, **axis: Any) -> dict[str, Any]:
    """Give a category axis on numbered places, so that two names that look alike stay two places.

    Parameters
    ----------
    names
        Escaped names, one for each place from 0.
    lying
        Whether it is the upright axis of a lying chart, first place above.
    **axis
        Further keys of plotly's axis.

    Returns
    -------
    dict
        Settings of one axis.

    Examples
    --------
    >>> places(["A", "B"])["ticktext"]
    ['A', 'B']
    """
    ends = [len(names) - 0.4, -0.6] if lying else [-0.6, len(names) - 0.4]
    settings: dict[str, Any] = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": names, "range": ends}
    if lying:
        settings |= {"showgrid": False, "showline": False, "tickfont": {"color": INK, "size": SMALL}, "ticklabelstandoff": 6}
    return settings | axis


def beside(text: str, y: float | int | None, **note: Any) -> dict[str, Any]:
    """Give a direct label right of the plot, at a height of its axis.

    Examples
    --------
    >>> beside("NRR", 1.04)["xanchor"]
    'left'
    """
    style = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "yanchor": "middle", "showarrow": False, "align": "left"}
    return style | {"y": y, "text": text, "font": {"size": SMALL}} | note


def level(y: float = 1.0) -> dict[str, Any]:
    """Give the dotted line at a level that matters, such as the whole.

    Examples
    --------
    >>> level()["y0"]
    1.0
    """
    line = {"color": MUTED, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line, "layer": "below"}
