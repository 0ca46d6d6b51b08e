"""What a notebook shows and a report collects: exhibits and narratives, as values that travel through notebook outputs."""

import datetime
import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from diligence.charts import labels
from diligence.reports import formats

EXHIBIT_MIME = "application/vnd.diligence.exhibit+json"
NARRATIVE_MIME = "application/vnd.diligence.narrative+json"
PLOTLY_MIME = "application/vnd.plotly.v1+json"

TONES = ("good", "warn", "bad", "plain")
TITLE_WIDTH = 88
"""Characters of a title on one line of a figure 900 pixels wide."""


@dataclass(frozen=True)
class Exhibit:
    """One figure or table with its message, its data and its source.

    Attributes
    ----------
    id
        Short name, unique in a report.
    question
        What the exhibit answers.
    title
        The message.
    figure
        Plotly's JSON, or None where the exhibit is its table alone.
    columns
        For each column of the table ``name``, ``label``, ``format`` (a code of `formats`) and ``unit`` (the currency of money).
    rows
        The table: numbers as numbers, dates as ISO text, None where nothing is known.
    source, note
        Where the data come from; what a reader must know.
    alt
        The figure in words.
    facts
        Keys of the facts that it shows.
    """

    id: str
    question: str
    title: str
    figure: dict[str, Any] | None
    columns: tuple[dict[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    source: str
    note: str = ""
    alt: str = ""
    facts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the exhibit as JSON's types."""
        return {**asdict(self), "columns": [dict(column) for column in self.columns], "rows": [list(row) for row in self.rows]} | {
            "facts": list(self.facts)
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Exhibit":
        """Give the exhibit back from what `to_json` gave."""
        columns = tuple(dict(column) for column in value["columns"])
        rows = tuple(tuple(row) for row in value["rows"])
        return cls(**{**value, "columns": columns, "rows": rows, "facts": tuple(value.get("facts", ()))})

    def cells(self) -> list[list[str]]:
        """Give the table as text, each cell in its column's format."""
        return [
            [
                formats.in_cell(cell, column["format"], currency=column["unit"] or "EUR")
                for cell, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Give the forms in which a notebook keeps the exhibit: whole, as a figure, as HTML, as text."""
        del include, exclude
        bundle: dict[str, Any] = {EXHIBIT_MIME: self.to_json()}
        if self.figure is not None:
            bundle[PLOTLY_MIME] = _titled(self.figure, self.title)
        return bundle | {"text/html": self._html(), "text/plain": self._plain()}

    def _html(self) -> str:
        """Give title, table and source for a reader without the report."""
        heads = "".join(f"<th>{escape(column['label'])}</th>" for column in self.columns)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.cells())
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if self.columns else ""
        question = f"<p>{escape(self.question)}</p>" if self.question else ""
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return f"<div>{question}<h4>{escape(self.title)}</h4>{table}<p>Source: {escape(self.source)}</p>{note}</div>"

    def _plain(self) -> str:
        """Give title, table and source as text."""
        lines = [self.title, "  ".join(column["label"] for column in self.columns)]
        return "\n".join([*lines, *("  ".join(row) for row in self.cells()), f"Source: {self.source}"])


@dataclass(frozen=True)
class Narrative:
    """A lead and its sentences, each of which names the facts that it rests on.

    Attributes
    ----------
    lead
        The answer in one sentence.
    sentences
        For each ``text``, ``facts`` (keys of facts) and ``tone`` (``good``, ``warn``, ``bad`` or ``plain``).
    """

    lead: str
    sentences: tuple[dict[str, Any], ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a tone that no page can show."""
        for sentence in self.sentences:
            if sentence.get("tone", "plain") not in TONES:
                raise ValueError(f"expected a tone out of {', '.join(TONES)}, got {sentence['tone']!r}; use one of these")

    def to_json(self) -> dict[str, Any]:
        """Give the narrative as JSON's types."""
        whole = ({"text": one["text"], "facts": list(one.get("facts", ())), "tone": one.get("tone", "plain")} for one in self.sentences)
        return {"lead": self.lead, "sentences": list(whole)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Narrative":
        """Give the narrative back from what `to_json` gave."""
        return cls(lead=value["lead"], sentences=tuple(dict(sentence) for sentence in value["sentences"]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Give the forms in which a notebook keeps the narrative: whole, as HTML, as text."""
        del include, exclude
        items = "".join(f"<li>{escape(sentence['text'])}</li>" for sentence in self.sentences)
        html = f"<div><p><strong>{escape(self.lead)}</strong></p>" + (f"<ul>{items}</ul>" if items else "") + "</div>"
        plain = "\n".join([self.lead, *(f"- {sentence['text']}" for sentence in self.sentences)])
        return {NARRATIVE_MIME: self.to_json(), "text/html": html, "text/plain": plain}


def exhibit(
    figure: go.Figure | Mapping[str, Any] | None,
    *,
    id: str,
    title: str,
    table: pd.DataFrame | None,
    formats: Mapping[str, str],
    source: str,
    note: str = "",
    question: str = "",
    alt: str = "",
    facts: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    currency: str = "EUR",
) -> Exhibit:
    """Make an exhibit from a figure and the table of its data.

    Parameters
    ----------
    figure
        A plotly figure, its JSON, or None for a table alone.
    id, title, source, note, question, alt, facts
        As the attributes of `Exhibit`; without ``alt`` the title speaks for the figure.
    table
        The exhibit's data, or None.
    formats
        A format code for each column of the table; a column without one is ``text``.
    labels
        Headings; a column without one is headed by its name, in words.
    currency
        The currency of money columns.

    Returns
    -------
    Exhibit
        A frozen value, shown by a notebook as its last line.

    Raises
    ------
    ValueError
        Where ``formats`` names a column that the table lacks, or a code that does not exist.

    Examples
    --------
    >>> table = pd.DataFrame({"segment": ["SMB"], "nrr": [1.04]})
    >>> exhibit(None, id="nrr", title="SMB grows", table=table, formats={"nrr": "percent"}, source="revenue").cells()
    [['SMB', '104%']]
    """
    frame = pd.DataFrame() if table is None else table
    _refuse(frame, formats)
    heads = labels or {}
    columns = tuple(
        {
            "name": str(name),
            "label": heads.get(str(name)) or _heading(str(name)),
            "format": formats.get(str(name), "text"),
            "unit": currency if formats.get(str(name), "").startswith("money") else "",
        }
        for name in frame.columns
    )
    rows = tuple(tuple(_json_cell(cell) for cell in row) for row in frame.itertuples(index=False, name=None))
    drawn = figure.to_json() if isinstance(figure, go.Figure) else None if figure is None else json.dumps(figure, sort_keys=True)
    return Exhibit(
        id=id,
        question=question,
        title=title,
        figure=None if drawn is None else json.loads(drawn),
        columns=columns,
        rows=rows,
        source=source,
        note=note,
        alt=alt or title,
        facts=tuple(facts),
    )


def _heading(name: str) -> str:
    return formats.heading(name)


def _refuse(frame: pd.DataFrame, codes: Mapping[str, str]) -> None:
    """Raise where a format is of no column, or is no format."""
    for name, code in codes.items():
        if name not in frame.columns:
            have = ", ".join(map(str, frame.columns)) or "none"
            raise ValueError(f"expected formats of the table's columns ({have}), got {name!r}; drop it or add the column")
        if code not in formats.CODES:
            raise ValueError(f"column {name!r}: expected a format out of {', '.join(formats.CODES)}, got {code!r}; use one of these")


def _json_cell(value: Any) -> Any:
    """Give a cell as one of JSON's types."""
    if formats.missing(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime.date):
        midnight = not isinstance(value, datetime.datetime) or value.time() == datetime.time()
        return f"{value:%Y-%m-%d}" if midnight else value.isoformat()
    if isinstance(value, float):
        # the last digits of a sum differ between machines; a cell says twelve
        return float(f"{value:.12g}")
    return value if isinstance(value, (bool, int, str)) else str(value)


def _titled(figure: Mapping[str, Any], title: str) -> dict[str, Any]:
    """Give a figure with its title inside, broken so that it stays within 900 pixels, with room made above."""
    lines = textwrap.wrap(labels.plain(title), width=TITLE_WIDTH) or [""]
    layout = dict(figure["layout"])
    margin = dict(layout.get("margin", {}))
    # plotly anchors the first line of several higher than one line alone
    lift = 8 + 14 * (len(lines) - 1)
    room = 22 * len(lines) + 8 + lift
    heading = {"text": "<br>".join(labels.escaped(line) for line in lines), "x": 0, "xref": "container", "xanchor": "left"}
    heading |= {"xref": "container", "yref": "container", "y": 1, "yanchor": "top", "pad": {"l": 8, "t": lift}, "font": {"size": 16}}
    layout |= {"title": heading, "margin": {**margin, "t": margin.get("t", 24) + room}, "height": layout.get("height", 360) + room}
    return {"data": figure["data"], "layout": layout, "config": {"displayModeBar": False, "responsive": True, "typesetMath": False}}
