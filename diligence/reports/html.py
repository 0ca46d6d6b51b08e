"""The report as one HTML page: content in, text out. It loads nothing, prints on A4 and computes nothing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from diligence.reports import evidence, formats, plotly_script
from diligence.reports.exhibit import Exhibit, Narrative

STATUSES = {
    "red": "Red",
    "amber": "Amber",
    "green": "Green",
    "insufficient": "Insufficient data",
    "not_assessable": "Not assessable",
}
"""Statuses of a finding, in the order in which a reader wants them, with their words."""

_FINDING_KEYS = (
    *("rule", "name", "area", "layer", "status", "value", "format", "amber", "red"),
    *("n", "coverage", "source", "action", "question", "override"),
)
_FACT_KEYS = (
    *("key", "metric", "label", "segment", "period", "value", "low", "high", "n", "numerator", "denominator"),
    *("tie_low", "tie_high", "tie_source", "metric_label"),
    *("format", "unit", "definition", "formula", "sources", "status", "reason", "notebook"),
)
_ERROR_KEYS = ("notebook", "cell", "message")
_RECORD_FORMATS = {
    "amount": "money",
    "amount_touched": "money",
    "amount_a": "money_full",
    "amount_b": "money_full",
    "residual": "money_full",
    "unexplained": "money_full",
    "tolerance": "money_full",
    "value_at_stake": "money",
    "rows": "count",
    "rows_touched": "count",
    "rank": "count",
    "n": "count",
    "columns_given": "count",
    "columns_total": "count",
    "coverage": "percent",
    "share": "percent",
    "month": "month",
    "date": "date",
}


@dataclass(frozen=True)
class Section:
    """One chapter of the report, made from one notebook.

    Attributes
    ----------
    name, title, question
        The chapter's short name, its message, and the question that it answers.
    status
        ``ok``, ``failed`` or ``skipped``.
    error
        For a chapter that is not ok: ``notebook``, ``cell``, ``message``.
    narratives, exhibits
        What it says and shows.
    caveats
        What this does not tell you.
    workpaper
        Relative link to the notebook's page.
    """

    name: str
    title: str
    question: str
    status: str = "ok"
    error: Mapping[str, Any] | None = None
    narratives: Sequence[Narrative] = ()
    exhibits: Sequence[Exhibit] = ()
    caveats: Sequence[str] = ()
    workpaper: str = ""


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report shows, computed before.

    Attributes
    ----------
    target, as_of, currency
        Whose report it is, the day to which it speaks, the code of the currency.
    generated_from
        The suite and its version.
    scope_note
        What was looked at and what was not.
    headline
        The answer on one page.
    sections
        The chapters, in reading order.
    findings
        Rules, evaluated: ``rule, name, area, layer, status, value, format, amber, red, n, coverage, source, action, question,
        override``.
    facts
        ``key, metric, label, segment, period, value, low, high, n, numerator, denominator, format, unit, definition, formula,
        sources, status, reason, notebook``.
    requests, cleaning, tieout, coverage
        Records, shown as tables with their keys as columns.
    manifest
        ``inputs`` with hashes, ``versions``, ``parameters``, ``seed``.
    confidentiality
        The line on the cover.
    """

    target: str
    as_of: str
    currency: str
    generated_from: str
    scope_note: str
    headline: Narrative
    sections: Sequence[Section] = ()
    findings: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[Mapping[str, Any]] = ()
    requests: Sequence[Mapping[str, Any]] = ()
    cleaning: Sequence[Mapping[str, Any]] = ()
    tieout: Sequence[Mapping[str, Any]] = ()
    manifest: Mapping[str, Any] | None = None
    coverage: Sequence[Mapping[str, Any]] = ()
    confidentiality: str = "Strictly private and confidential"


def environment(template_dir: Path) -> jinja2.Environment:
    """Give the Jinja environment of the pages: everything escaped, a missing name an error.

    Parameters
    ----------
    template_dir
        The folder that holds ``report`` and ``workpaper``.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(template_dir)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "in_cell": formats.in_cell,
        "numeric": formats.is_numeric,
        "heading": formats.heading,
        "anchor": evidence.anchor,
        "json_block": json_block,
        "relative": relative,
    }
    return made


def json_block(value: Any) -> Markup:
    """Give JSON that is safe inside a script element, with its keys sorted.

    Examples
    --------
    >>> print(json_block({"name": "</script>"}))
    {"name":"\\u003c/script\\u003e"}
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that could end the element is escaped above


def relative(link: str) -> str:
    """Give a link if it stays in the folder of the page, else nothing.

    Examples
    --------
    >>> relative("notebooks/01.html"), relative("javascript:alert(1)")
    ('notebooks/01.html', '')
    """
    parts = urlsplit(link)
    return "" if parts.scheme or parts.netloc or link.startswith(("/", "\\")) else link


def page_parts(environment: jinja2.Environment, *, styles: Sequence[str], scripts: Sequence[str], figures: bool) -> dict[str, Any]:
    """Give what every page of the house carries: styles, scripts, the policy that allows them, plotly's script once.

    Parameters
    ----------
    environment
        As `environment` makes it.
    styles, scripts
        Files in the template folder, in order.
    figures
        Whether the page draws figures.
    """
    texts = [_file(environment, name) for name in scripts]
    return {
        "style": Markup("\n").join(Markup(_file(environment, name)) for name in styles),  # noqa: S704 - our own files
        "scripts": [Markup(text) for text in texts],  # noqa: S704 - our own files
        "policy": plotly_script.content_security_policy(texts, figures=figures),
        "packed": Markup(plotly_script.packed()) if figures else "",  # noqa: S704 - base64
    }


def _file(environment: jinja2.Environment, name: str) -> str:
    """Give the text of a file in the template folder as a browser reads it."""
    loader = environment.loader
    assert loader is not None
    return loader.get_source(environment, name)[0].replace("\r\n", "\n").strip()


def render_report(content: ReportContent, template_dir: Path) -> str:
    """Give the report's page.

    Parameters
    ----------
    content
        Everything that it shows.
    template_dir
        The folder that holds the folder ``report`` of templates.

    Returns
    -------
    str
        One HTML page without a link to load; the same content gives the same text.
    """
    made = environment(template_dir)
    facts = {str(fact["key"]): _complete(fact, _FACT_KEYS) for fact in content.facts}
    made.filters["linked"] = lambda text, keys: evidence.linked(str(text), [str(key) for key in keys], facts, currency=content.currency)
    figures = any(exhibit.figure is not None for section in content.sections for exhibit in section.exhibits)
    parts = page_parts(
        made,
        styles=["report/house.css", "report/report.css"],
        scripts=["report/draw.js", "report/evidence.js"],
        figures=figures,
    )
    return made.get_template("report/page.html.j2").render(
        content=content,
        facts=facts,
        metrics=_by_metric(facts.values()),
        findings=_by_status([_complete(finding, _FINDING_KEYS) for finding in content.findings]),
        statuses=STATUSES,
        numbers=_exhibit_numbers(content.sections),
        errors=[_complete(section.error or {}, _ERROR_KEYS) for section in content.sections],
        record_formats=_RECORD_FORMATS,
        **parts,
    )


def _complete(record: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Give a record with every key that the page asks for, None where nothing is known."""
    return dict.fromkeys(keys) | {key: None if formats.missing(value) else value for key, value in record.items()}


def _by_status(findings: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Give the findings of each status, in the order given."""
    unknown = sorted({str(finding["status"]) for finding in findings} - set(STATUSES))
    if unknown:
        raise ValueError(f"expected statuses of findings out of {', '.join(STATUSES)}, got {', '.join(unknown)}; mend the finding")
    return {status: [finding for finding in findings if finding["status"] == status] for status in STATUSES}


def _by_metric(facts: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Give the facts of each metric, in the order given."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for fact in facts:
        grouped.setdefault(str(fact.get("metric") or fact["key"]), []).append(fact)
    return grouped


def _exhibit_numbers(sections: Sequence[Section]) -> dict[tuple[int, int], int]:
    """Number the exhibits through the report, by the places of chapter and exhibit."""
    places = [(chapter, place) for chapter, section in enumerate(sections) for place in range(len(section.exhibits))]
    return {place: number for number, place in enumerate(places, start=1)}
