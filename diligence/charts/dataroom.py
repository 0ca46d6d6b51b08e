"""The data room: what was given, whether it ties out, and what had to be mended."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme


def coverage(frame: pd.DataFrame, *, currency: str = "EUR") -> go.Figure:
    """Draw for each table how many of its columns were given; a table that is missing says so.

    Parameters
    ----------
    frame
        One row for each table in reading order: ``table``, ``area`` (text), ``rows``, ``columns_given``, ``columns_total``
        (counts), ``given`` (bool).
    currency
        Not used; every chart takes it.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``bar`` traces, lying: the columns that the table has, and over it those that were given.

    Examples
    --------
    >>> row = {"table": ["revenue"], "area": ["Revenue"], "rows": [9], "columns_given": [7], "columns_total": [8], "given": [True]}
    >>> coverage(pd.DataFrame(row)).data[1].x
    (7.0,)
    """
    del currency
    if frame.empty:
        return theme.empty()
    places = list(range(len(frame)))
    names = [labels.label(table, width=22) for table in frame["table"]]
    lines = (("columns in the model", "columns_total", theme.RULE), ("columns given", "columns_given", theme.ACCENT))
    traces = [
        go.Bar(
            x=labels.numbers(frame[column]),
            y=places,
            orientation="h",
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=names,
            hovertemplate=f"%{{customdata}}<br>{name}: %{{x}}<extra></extra>",
        )
        for name, column, colour in lines
    ]
    return theme.figure(
        traces,
        height=64 + 20 * len(frame),
        barmode="overlay",
        bargap=0.35,
        margin={"l": 284, "r": 150, "t": 8, "b": 8},
        xaxis={"title": {"text": "Columns"}, "tickformat": "d", "nticks": 8, "showline": False},
        yaxis=theme.places(names, lying=True, automargin=False),
        annotations=[*_given(frame), *_areas(frame)],
    )


def _given(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give what is there, in words, right of each bar."""
    notes = []
    for place, (given, some, total, rows) in enumerate(
        zip(frame["given"], frame["columns_given"], frame["columns_total"], frame["rows"], strict=True)
    ):
        here = pd.notna(given) and bool(given)
        count = labels.number(rows)
        words = f"{labels.number(some) or 0:,.0f} of {labels.number(total) or 0:,.0f}" + ("" if count is None else f" · {count:,.0f} rows")
        text = f'<span style="color:{theme.MUTED}">{words}</span>' if here else f'<span style="color:{theme.WARNING}">✕ not given</span>'
        notes.append(theme.beside(text, place))
    return notes


def _areas(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the name of each area beside its first table."""
    areas = [labels.plain(area) for area in frame["area"]]
    firsts = [place for place, area in enumerate(areas) if place == 0 or areas[place - 1] != area]
    style = {"xref": "paper", "x": 0, "xanchor": "left", "showarrow": False, "align": "left"}
    return [
        style | {"y": place, "xshift": -280, "text": f"<b>{labels.label(areas[place], width=15)}</b>", "font": {"size": theme.SMALL}}
        for place in firsts
    ]


def tie_out(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 340) -> go.Figure:
    """Draw the unexplained residual of each month against the tolerance.

    Parameters
    ----------
    frame
        One row for each month: ``month`` (datetime), ``residual``, ``tolerance``, ``amount_a``, ``amount_b`` (money, in full).
    currency
        Code of the currency.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Two ``scatter`` traces, the tolerance above and below, and a ``bar`` trace of the residual.

    Examples
    --------
    >>> row = {"month": pd.to_datetime(["2024-01-01"]), "residual": [-2e6], "tolerance": [1e6], "amount_a": [8e6], "amount_b": [1e7]}
    >>> tie_out(pd.DataFrame(row)).data[2].y
    (-2.0,)
    """
    ordered = frame[frame["month"].notna()].sort_values("month", kind="stable")
    if ordered.empty:
        return theme.empty()
    unit = labels.Scale.of([*ordered["residual"], *ordered["tolerance"]], currency=currency)
    months = labels.months(ordered["month"])
    residual, band = unit.drawn(ordered["residual"]), unit.drawn(ordered["tolerance"])
    beyond = [a is not None and b is not None and abs(a) > b for a, b in zip(residual, band, strict=True)]
    edge = {"mode": "lines", "line": {"color": theme.GREY, "width": 1, "dash": "dot"}, "hoverinfo": "skip"}
    upper = go.Scatter(x=months, y=band, name="tolerance, upper", **edge)
    lower = go.Scatter(
        x=months,
        y=[None if b is None else -b for b in band],
        name="tolerance, lower",
        **edge,
    )
    bars = go.Bar(
        x=months,
        y=residual,
        marker={"color": [theme.WARNING if flag else theme.ACCENT for flag in beyond], "line": {"width": 0}},
        customdata=[[unit.text(a), unit.text(b)] for a, b in zip(ordered["amount_a"], ordered["amount_b"], strict=True)],
        hovertemplate=f"%{{x|%b %Y}}<br>%{{customdata[0]}} less %{{customdata[1]}} {unit.unit}<br>residual %{{y:,.3f}}<extra></extra>",
        name="residual",
    )
    note = theme.beside("lines: tolerance", 0, font={"size": theme.SMALL, "color": theme.MUTED})
    across = {
        "title": {"text": unit.unit},
        "tickformat": ",~f",
        "nticks": 6,
        "zeroline": True,
        "zerolinecolor": theme.GREY,
        "zerolinewidth": 1,
    }
    months_axis = {"tickformat": "%b %Y", "nticks": 9, "showline": False}
    margin = {"l": 8, "r": 110, "t": 16, "b": 8}
    return theme.figure([upper, lower, bars], height=height, xaxis=months_axis, yaxis=across, annotations=[note], margin=margin)


def issues(frame: pd.DataFrame, *, currency: str = "EUR") -> go.Figure:
    """Draw the repairs or faults of the data by the amount that they touch.

    Parameters
    ----------
    frame
        One row for each kind in reading order: ``label`` (text), ``amount_touched`` (money, in full), ``rows`` (count).
    currency
        Code of the currency.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``bar`` trace, lying.

    Examples
    --------
    >>> issues(pd.DataFrame({"label": ["Duplicates"], "amount_touched": [2e6], "rows": [4]})).data[0].x
    (2.0,)
    """
    if frame.empty:
        return theme.empty()
    unit = labels.Scale.of(frame["amount_touched"], currency=currency)
    texts = []
    for amount, rows in zip(frame["amount_touched"], frame["rows"], strict=True):
        count = labels.number(rows)
        texts.append(f"<b>{unit.text(amount)}</b>" + ("" if count is None else f" · {count:,.0f} row" + ("" if count == 1 else "s")))
    bars = go.Bar(
        x=unit.drawn(frame["amount_touched"]),
        y=list(range(len(frame))),
        orientation="h",
        marker={"color": theme.ACCENT, "line": {"width": 0}},
        customdata=[labels.label(name, width=70) for name in frame["label"]],
        hovertemplate=f"%{{customdata}}<br>%{{x:,.2f}} {unit.unit}<extra></extra>",
        name="amount touched",
    )
    names = [labels.label(name, width=40) for name in frame["label"]]
    ticks = theme.places(names, lying=True)
    across: dict[str, Any] = {"title": {"text": f"{unit.unit} touched"}, "tickformat": ",~f", "rangemode": "tozero"}
    across |= {"showgrid": True, "gridcolor": theme.RULE, "showline": False, "nticks": 6}
    margin = {"l": 8, "r": 130, "t": 8, "b": 8}
    notes = [theme.beside(text, place) for place, text in enumerate(texts)]
    return theme.figure([bars], height=80 + 28 * len(frame), xaxis=across, yaxis=ticks, bargap=0.4, margin=margin, annotations=notes)


def match_thresholds(frame: pd.DataFrame, *, currency: str = "EUR", height: int = 320) -> go.Figure:
    """Draw retention and concentration over the score from which pairs of customers in doubt are joined.

    Parameters
    ----------
    frame
        One row for each threshold, from nothing joined to all: ``threshold`` (text), ``nrr, grr, logo, top10`` (fractions).
    currency
        Not used; every chart takes it.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Four ``scatter`` traces.

    Examples
    --------
    >>> frame = pd.DataFrame({"threshold": ["off", "70"], "nrr": [0.9, 1.1], "grr": [0.8, 0.9], "logo": [0.7, 0.8], "top10": [0.3, 0.4]})
    >>> match_thresholds(frame).data[0].y
    (0.9, 1.1)
    """
    del currency
    if frame.empty:
        return theme.empty()
    names = {"nrr": "net revenue", "grr": "gross revenue", "logo": "logos", "top10": "ten largest"}
    drawn = {column: labels.numbers(frame[column]) for column in names}
    places = list(range(len(frame)))
    lines = [
        go.Scatter(
            x=places,
            y=drawn[column],
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 2},
            customdata=[labels.label(threshold) for threshold in frame["threshold"]],
            hovertemplate=f"joined from %{{customdata}}<br>{name} %{{y:.1%}}<extra></extra>",
        )
        for (column, name), colour in zip(names.items(), theme.SEQUENCE, strict=False)
    ]
    ends = {column: values[-1] for column, values in drawn.items() if values[-1] is not None}
    heights = labels.spread(list(ends.values()), gap=0.08)
    notes = [theme.beside(names[column], place) for column, place in zip(ends, heights, strict=True)]
    across = theme.places([labels.label(threshold) for threshold in frame["threshold"]], title={"text": "joined from this score on"})
    upright = {"tickformat": ".0%", "nticks": 6, "rangemode": "tozero"}
    margin = {"l": 8, "r": 120, "t": 16, "b": 8}
    return theme.figure(lines, height=height, xaxis=across, yaxis=upright, annotations=notes, margin=margin)
