"""Cohorts: what is left of each by age, as a map and as curves; what is not yet observed stays blank."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels, theme

MOST_WRITTEN = 20
"""Ages beyond which the cells of the map carry no text, for want of room."""

_AGES = {"month": "Months", "quarter": "Quarters", "year": "Years"}


def heat_map(frame: pd.DataFrame, *, currency: str = "EUR", age_unit: str = "quarter") -> go.Figure:
    """Draw cohorts as a map: one row for each cohort, one column for each age, blank where nothing is observed yet.

    Parameters
    ----------
    frame
        One row for each cohort and age: ``cohort`` (text, in reading order), ``age`` (int), ``value`` (fraction of the
        cohort's start, NaN where unobserved), ``n`` (customers at the start).
    currency
        Not used; every chart takes it.
    age_unit
        ``month``, ``quarter`` or ``year``.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``heatmap`` trace. Where a value exceeds the whole the colours part at 100%, else they run from little to much.

    Examples
    --------
    >>> frame = pd.DataFrame({"cohort": ["2023"] * 2, "age": [0, 1], "value": [1.0, None], "n": [9, 9]})
    >>> [list(row) for row in heat_map(frame).data[0].z]
    [[1.0, None]]
    """
    del currency
    wide = _square(frame)
    if wide.empty:
        return theme.empty()
    cells = [labels.numbers(row) for row in wide.to_numpy(dtype=float)]
    known = [value for row in cells for value in row if value is not None]
    written = len(wide.columns) <= MOST_WRITTEN
    trace = go.Heatmap(
        z=cells,
        x=[int(age) for age in wide.columns],
        y=list(range(len(wide))),
        text=[["" if value is None else labels.percent(value) for value in row] for row in cells],
        texttemplate="%{text}" if written else None,
        textfont={"size": 11},
        customdata=[[labels.label(name, width=40)] * len(wide.columns) for name in wide.index],
        hovertemplate="%{customdata}<br>age %{x}: %{text}<extra></extra>",
        hoverongaps=False,
        xgap=2,
        ygap=2,
        showscale=False,
        **_colours(known),
    )
    ticks = theme.places(_names(frame, wide.index), lying=True)
    ages = {"title": {"text": f"{_AGES.get(age_unit, 'Periods')} since the first invoice"}, "showline": False, "dtick": 1 if written else 6}
    margin = {"l": 8, "r": 8, "t": 8, "b": 8}
    return theme.figure([trace], height=80 + max(22, 30 - len(wide) // 3) * len(wide), xaxis=ages, yaxis=ticks, margin=margin)


def curves(frame: pd.DataFrame, *, currency: str = "EUR", age_unit: str = "quarter", height: int = 380) -> go.Figure:
    """Draw cohorts as curves over age, older ones pale and newer ones dark, each line ending where observation ends.

    Parameters
    ----------
    frame
        As `heat_map` takes it.
    currency
        Not used; every chart takes it.
    age_unit
        ``month``, ``quarter`` or ``year``.
    height
        Height in pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One ``scatter`` trace for each cohort.

    Examples
    --------
    >>> frame = pd.DataFrame({"cohort": ["2023"] * 2, "age": [0, 1], "value": [1.0, 0.9], "n": [9, 9]})
    >>> curves(frame).data[0].y
    (1.0, 0.9)
    """
    del currency
    wide = _square(frame)
    if wide.empty:
        return theme.empty()
    colours = _ramp(len(wide))
    traces = [
        go.Scatter(
            x=[int(age) for age in wide.columns],
            y=labels.numbers(row),
            mode="lines+markers",
            marker={"size": 4},
            line={"color": colours[place], "width": 2},
            connectgaps=False,
            name=labels.label(name, width=24),
            hovertemplate="age %{x}: %{y:.0%}",
        )
        for place, (name, row) in enumerate(wide.iterrows())
    ]
    return theme.figure(
        traces,
        height=height,
        margin={"l": 8, "r": 110, "t": 16, "b": 8},
        xaxis={
            "title": {"text": f"{_AGES.get(age_unit, 'Periods')} since the first invoice"},
            "range": [-0.1, int(wide.columns[-1]) + 0.2],
        },
        yaxis={"tickformat": ".0%", "nticks": 6},
        annotations=_line_names(wide, colours, height),
    )


def _square(frame: pd.DataFrame) -> pd.DataFrame:
    """Give cohorts down, in the frame's order, and every age from the first to the last across."""
    known = frame[frame["age"].notna()]
    if known.empty:
        return pd.DataFrame()
    wide = known.assign(cohort=known["cohort"].map(labels.plain)).pivot_table(
        index="cohort", columns="age", values="value", aggfunc="first", sort=False, dropna=False
    )
    order = list(dict.fromkeys(known["cohort"].map(labels.plain)))
    return wide.reindex(index=order, columns=range(int(known["age"].min()), int(known["age"].max()) + 1))


def _colours(known: list[float]) -> dict[str, Any]:
    """Give the colour scale: parted at the whole where a value exceeds it, else from little to much."""
    if not known:
        return {"colorscale": theme.SHADES, "zmin": 0, "zmax": 1}
    if max(known) > 1.0 + 1e-9:
        reach = max(abs(value - 1.0) for value in known)
        return {"colorscale": theme.DIVERGING, "zmin": labels.number(1.0 - reach), "zmax": labels.number(1.0 + reach)}
    return {"colorscale": theme.SHADES, "zmin": min(*known, 0.9), "zmax": 1.0}


def _names(frame: pd.DataFrame, order: pd.Index) -> list[str]:
    """Give each cohort's name with its size."""
    sizes = frame.assign(cohort=frame["cohort"].map(labels.plain)).groupby("cohort", sort=False)["n"].max()
    names = []
    for cohort in order:
        size = labels.number(sizes.get(cohort))
        count = "" if size is None else f' <span style="color:{theme.GREY}">n = {size:,.0f}</span>'
        names.append(labels.label(cohort, width=24) + count)
    return names


def _ramp(count: int) -> list[str]:
    """Give colours from pale to dark."""
    first, last = (0xC3, 0xD3, 0xE1), (0x1F, 0x4E, 0x79)
    steps = [place / (count - 1) if count > 1 else 1.0 for place in range(count)]
    return ["#" + "".join(f"{round(a + (b - a) * step):02x}" for a, b in zip(first, last, strict=True)) for step in steps]


def _line_names(wide: pd.DataFrame, colours: list[str], height: int) -> list[dict[str, Any]]:
    """Give the names of the lines at the right: all of them where they are few, else the oldest and the newest."""
    places = range(len(wide)) if len(wide) <= 8 else (0, len(wide) - 1)
    ends = [(place, wide.iloc[place].dropna()) for place in places]
    shown = [(place, row.index[-1], float(row.iloc[-1])) for place, row in ends if not row.empty]
    known = wide.to_numpy(dtype=float)
    reach = max(float(pd.Series(known.ravel()).max() - pd.Series(known.ravel()).min()), 1e-6) if shown else 1.0
    placed = labels.spread([end for _, _, end in shown], gap=reach * 18 / (height - 80))
    return [
        theme.beside(f'<span style="color:{colours[place]}">●</span> {labels.label(wide.index[place], width=14)}', labels.number(where))
        for (place, _, _), where in zip(shown, placed, strict=True)
    ]
