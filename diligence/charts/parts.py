"""Parts of a whole: by name, lying; by quarter, upright; two methods side by side."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

MOST = len(theme.SEQUENCE)


def lying(frame: pd.DataFrame, *, currency: str = "EUR", unit: str = "money", stacked: bool = True, height: int | None = None) -> go.Figure:
    """Draw amounts by name as lying bars, the parts of one name stacked or side by side.

    Parameters
    ----------
    frame
        One row for each name and part: ``label`` (text), ``part`` (text), ``amount`` (money in full, or a count).
    currency
        Code of the currency.
    unit
        ``money``, ``count`` or ``percent`` (fractions in).
    stacked
        Whether parts add up to a whole; else they stand side by side, as two methods of one number do.
    height
        Height in pixels; by default it follows the number of names.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace for each part, in the frame's order.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["mid"], "part": ["taken"], "amount": [2e6]})
    >>> lying(frame).data[0].x
    (2.0,)
    """
    wide = _wide(frame, "label")
    if wide.empty:
        return theme.empty()
    fixed = {"count": labels.Scale(1, "count"), "percent": labels.Scale(0.01, "%")}
    scale = fixed.get(unit) or labels.Scale.of(wide.to_numpy().ravel(), currency=currency)
    traces: list[Any] = []
    for place, part in enumerate(wide.columns):
        texts = [_text(value, scale, unit) for value in wide[part]]
        traces.append(
            go.Bar(
                y=list(range(len(wide))),
                x=scale.drawn(wide[part]),
                orientation="h",
                name=labels.label(part),
                text=texts,
                textposition="auto",
                insidetextanchor="middle",
                textfont={"size": theme.SMALL},
                marker={"color": theme.SEQUENCE[place % MOST], "line": {"color": theme.PAPER, "width": 1}},
                hovertemplate="%{text}",
                cliponaxis=False,
            )
        )
    names = theme.places([labels.label(name, width=34) for name in wide.index], lying=True)
    across = {"title": {"text": scale.unit}, "tickformat": ",~f", "showgrid": True, "gridcolor": theme.RULE, "showline": False}
    tall = height or 110 + (44 if stacked else 30 * len(wide.columns)) * len(wide)
    mode = "relative" if stacked else "group"
    return theme.figure(
        traces, height=tall, barmode=mode, showlegend=True, margin={"l": 8, "r": 40, "t": 40, "b": 8}, xaxis=across, yaxis=names
    )


def by_quarter(frame: pd.DataFrame, *, currency: str = "EUR", unit: str = "count", height: int = 360) -> go.Figure:
    """Draw parts by quarter as stacked bars.

    Parameters
    ----------
    frame
        One row for each quarter and part: ``label`` (the quarter), ``part`` (text), ``amount`` (a count, or a fraction).
    currency
        Not used; every chart takes it.
    unit
        ``count`` or ``percent``.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace for each part, in the frame's order.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["2026Q1"], "part": ["mid"], "amount": [4.0]})
    >>> by_quarter(frame).data[0].y
    (4.0,)
    """
    del currency
    wide = _wide(frame, "label", ordered=True)
    if wide.empty:
        return theme.empty()
    shape = ".0%" if unit == "percent" else ",.0f"
    traces: list[Any] = [
        go.Bar(
            x=list(range(len(wide))),
            y=labels.numbers(wide[part]),
            name=labels.label(part),
            marker={"color": theme.SEQUENCE[place % MOST], "line": {"color": theme.PAPER, "width": 1}},
            texttemplate=f"%{{y:{shape}}}",
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=f"%{{y:{shape}}}",
        )
        for place, part in enumerate(wide.columns)
    ]
    up = {"tickformat": ".0%" if unit == "percent" else ",~f", "title": {"text": "" if unit == "percent" else "count"}}
    quarters = theme.places([labels.label(name) for name in wide.index])
    return theme.figure(
        traces, height=height, barmode="relative", showlegend=True, margin={"l": 8, "r": 16, "t": 40, "b": 8}, xaxis=quarters, yaxis=up
    )


def _wide(frame: pd.DataFrame, key: str, *, ordered: bool = False) -> pd.DataFrame:
    if frame.empty:
        return pd.DataFrame()
    plain = frame.assign(**{name: [labels.plain(text) or "not stated" for text in frame[name]] for name in (key, "part")})
    wide = plain.pivot_table(index=key, columns="part", values="amount", aggfunc="sum", sort=False, dropna=False)
    wide = wide.reindex(index=list(dict.fromkeys(plain[key])), columns=list(dict.fromkeys(plain["part"])))
    wide = wide.sort_index() if ordered else wide
    if len(wide.columns) <= MOST:
        return wide
    shown: Sequence[str] = list(wide.columns[: MOST - 1])
    return wide[shown].assign(others=wide.drop(columns=list(shown)).sum(axis=1, min_count=1))


def _text(value: object, scale: labels.Scale, unit: str) -> str:
    real = labels.number(value)
    return "" if real is None else f"{real:,.0f}" if unit == "count" else scale.text(real)
