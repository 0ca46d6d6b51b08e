"""Growth: recurring revenue by month and segment."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

MOST_SEGMENTS = len(theme.SEQUENCE)


MONTH_WIDTH = 25 * 24 * 3600 * 1000
"""Milliseconds: left to itself a single bar on an axis of dates is as thin as a line."""


def recurring_revenue(frame: pd.DataFrame, *, currency: str = "EUR", fiscal_year_end: int = 12, height: int = 400) -> go.Figure:
    """Draw recurring revenue as stacked bars by month, with the total named at the end of each fiscal year.

    Parameters
    ----------
    frame
        One row for each month and segment: ``month`` (datetime), ``segment`` (text), ``amount`` (money, in full).
    currency
        Code of the currency.
    fiscal_year_end
        The calendar month, 1 to 12, in which the fiscal year ends.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace for each segment in the frame's order, the largest below; beyond six segments the smallest are
        shown as one. A ``scatter`` trace holds the totals as text.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": pd.to_datetime(["2024-12-01"]), "segment": ["SMB"], "amount": [2e6]})
    >>> recurring_revenue(frame).data[0].y
    (2.0,)
    """
    wide = _stacked(frame)
    if wide.empty:
        return theme.empty()
    totals = wide.sum(axis=1, min_count=1)
    unit = labels.Scale.of(totals, currency=currency)
    months = labels.months(wide.index.to_series())
    traces: list[Any] = []
    for place, segment in enumerate(wide.columns):
        traces.append(
            go.Bar(
                x=months,
                y=unit.drawn(wide[segment]),
                name=labels.label(segment),
                width=MONTH_WIDTH,
                marker={"color": theme.SEQUENCE[place % len(theme.SEQUENCE)], "line": {"width": 0}},
                hovertemplate=f"%{{x|%b %Y}}<br>%{{y:,.2f}} {unit.unit}",
            )
        )
    traces.append(_totals(totals, unit, fiscal_year_end))
    return theme.figure(
        traces,
        height=height,
        barmode="relative",
        bargap=0.12,
        margin={"l": 8, "r": 150, "t": 24, "b": 8},
        xaxis={"tickformat": "%b %Y", "nticks": 9, "range": _reach(wide.index)},
        yaxis={"title": {"text": unit.unit}, "tickformat": ",~f"},
        annotations=_names(wide, unit, height),
    )


def _stacked(frame: pd.DataFrame) -> pd.DataFrame:
    """Give months down and segments across; the smallest segments beyond six are one column."""
    known = frame[frame["month"].notna()]
    if known.empty:
        return pd.DataFrame()
    names = known["segment"].map(lambda name: labels.plain(name) or "not stated")
    wide = known.assign(segment=names).pivot_table(index="month", columns="segment", values="amount", aggfunc="sum", sort=False)
    wide = wide.sort_index()
    if len(wide.columns) <= MOST_SEGMENTS:
        return wide
    largest = wide.abs().sum().sort_values(ascending=False, kind="stable").index[: MOST_SEGMENTS - 1]
    shown = [name for name in wide.columns if name in set(largest)]
    rest = [name for name in wide.columns if name not in set(largest)]
    return wide[shown].assign(**{f"{len(rest)} other segments": wide[rest].sum(axis=1, min_count=1)})


def _totals(totals: pd.Series, unit: labels.Scale, fiscal_year_end: int) -> go.Scatter:
    """Give the totals of the last month of each fiscal year, and of the last month of all, as text above the bars."""
    ends = [moment for moment in totals.index if moment.month == fiscal_year_end]
    last = totals.index[-1]
    kept = [moment for moment in ends if moment == last or (last - moment).days > 150]
    shown = totals.loc[[*kept, *([] if last in kept else [last])]]
    return go.Scatter(
        x=labels.months(shown.index.to_series()),
        y=unit.drawn(totals.rolling(5, center=True, min_periods=1).max().loc[shown.index]),
        mode="text",
        text=[f"<b>{unit.text(value)}</b>" for value in shown],
        textposition="top center",
        textfont={"size": theme.SIZE, "color": theme.INK},
        cliponaxis=False,
        hoverinfo="skip",
        name="total",
    )


def _reach(months: pd.Index) -> list[str]:
    """Give the ends of the axis: half a month beyond the first and the last."""
    half = pd.Timedelta(days=16)
    return [f"{months[0] - half:%Y-%m-%d}", f"{months[-1] + half:%Y-%m-%d}"]


def _names(wide: pd.DataFrame, unit: labels.Scale, height: int) -> list[dict[str, Any]]:
    """Give the segments' names beside the last bar, in its order, apart from one another."""
    last = [value or 0.0 for value in unit.drawn(wide.iloc[-1])]
    above = below = 0.0
    middles: list[float] = []
    for value in last:
        base = above if value >= 0 else below
        middles.append(base + value / 2)
        above, below = (above + value, below) if value >= 0 else (above, below + value)
    reach = max(float(wide.sum(axis=1).abs().max()) / unit.divisor, above - below, 1e-9)
    placed = labels.spread(middles, gap=reach * 20 / (height - 80))
    notes = []
    for place, (segment, where) in enumerate(zip(wide.columns, placed, strict=True)):
        colour = theme.SEQUENCE[place % len(theme.SEQUENCE)]
        notes.append(theme.beside(f'<span style="color:{colour}">■</span> {labels.label(segment, width=18)}', labels.number(where)))
    return notes
