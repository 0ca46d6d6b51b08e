"""Renewals: the wall of contracts that come up, quarter by quarter."""

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

MOST_NAMED = 12
"""Quarters beyond which names stand upright and totals are left to the table, for want of room."""

_CLASSES = (
    ("negotiated", "Negotiated", theme.ACCENT, ""),
    ("automatic", "Renews automatically", theme.ACCENT_LIGHT, ""),
    ("unknown", "Not stated", theme.PALE, "/"),
)


def wall(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 380) -> go.Figure:
    """Draw what comes up for renewal in each quarter, parted into automatic and negotiated.

    Parameters
    ----------
    frame
        One row for each quarter and manner: ``quarter`` (text, in reading order), ``amount`` (money, in full),
        ``auto_renew`` (bool, or NA where not stated), ``share`` (fraction of all recurring revenue).
    currency
        Code of the currency.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A ``bar`` trace for each manner that occurs, and a ``scatter`` trace with each quarter's total and share as text
        (up to twelve quarters).

    Examples
    --------
    >>> frame = pd.DataFrame({"quarter": ["2025 Q1"], "amount": [2e6], "auto_renew": [True], "share": [0.1]})
    >>> wall(frame).data[0].name
    'Renews automatically'
    """
    if frame.empty:
        return theme.empty()
    quarters = list(dict.fromkeys(labels.plain(quarter) for quarter in frame["quarter"]))
    manner = frame["auto_renew"].map(lambda flag: "unknown" if pd.isna(flag) else "automatic" if bool(flag) else "negotiated")
    tidy = frame.assign(quarter=frame["quarter"].map(labels.plain), manner=manner.astype(str))
    unit = labels.Scale.of(tidy.groupby("quarter", sort=False)["amount"].sum(), currency=currency)
    traces = []
    for key, name, colour, pattern in _CLASSES:
        part = tidy[tidy["manner"] == key].groupby("quarter", sort=False)["amount"].sum(min_count=1).reindex(quarters)
        if part.notna().any():
            fill = {"color": colour, "pattern": {"shape": pattern, "fgcolor": theme.GREY}, "line": {"width": 0}}
            hover = f"{name}: %{{y:,.2f}} {unit.unit}<extra></extra>"
            traces.append(go.Bar(x=list(range(len(quarters))), y=unit.drawn(part), name=name, marker=fill, hovertemplate=hover))
    if len(quarters) <= MOST_NAMED:
        traces.append(_totals(tidy, quarters, unit))
    upright = len(quarters) <= MOST_NAMED
    names = [labels.wrapped(quarter, width=9, lines=2) if upright else labels.label(quarter, width=12) for quarter in quarters]
    ticks = theme.places(names, tickangle=0 if upright else -90, tickfont={"size": 11})
    return theme.figure(
        traces,
        height=height,
        barmode="relative",
        showlegend=True,
        margin={"l": 8, "r": 16, "t": 56, "b": 8},
        legend={"y": 1.1},
        xaxis=ticks,
        yaxis={"title": {"text": unit.unit}, "tickformat": ",~f"},
    )


def _totals(tidy: pd.DataFrame, quarters: list[str], unit: labels.Scale) -> go.Scatter:
    """Give each quarter's total, and its share of all, above its bar."""
    amounts = tidy.groupby("quarter", sort=False)["amount"].sum(min_count=1).reindex(quarters)
    shares = tidy.groupby("quarter", sort=False)["share"].sum(min_count=1).reindex(quarters)
    tops = tidy["amount"].clip(lower=0).groupby(tidy["quarter"], sort=False).sum().reindex(quarters)
    texts = [
        f"<b>{unit.text(amount)}</b>" + ("" if pd.isna(share) else f'<br><span style="color:{theme.MUTED}">{labels.percent(share)}</span>')
        for amount, share in zip(amounts, shares, strict=True)
    ]
    return go.Scatter(
        x=list(range(len(quarters))),
        y=unit.drawn(tops),
        mode="text",
        text=["" if pd.isna(amount) else text for amount, text in zip(amounts, texts, strict=True)],
        textposition="top center",
        textfont={"size": theme.SMALL},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        name="total",
    )
