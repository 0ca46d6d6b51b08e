"""An executed notebook as a page of the house: exhibits drawn, code folded, errors framed, nothing loaded, nothing trusted."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bleach  # type: ignore[import-untyped]
import jinja2
from bs4 import BeautifulSoup
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from diligence.reports.exhibit import EXHIBIT_MIME, NARRATIVE_MIME, Exhibit, Narrative
from diligence.reports.html import environment, page_parts

_PRIORITY = (EXHIBIT_MIME, NARRATIVE_MIME, "text/html", "text/markdown", "image/png", "image/jpeg", "text/plain")
_TAGS = frozenset(
    (
        *("a", "abbr", "b", "blockquote", "br", "code", "em", "hr", "i", "p", "pre", "s", "span", "strong", "sub", "sup", "div"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "dd", "dl", "dt", "li", "ol", "ul"),
        *("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    )
)
_ATTRIBUTES = {"a": ["href", "title"], "th": ["colspan", "rowspan", "scope"], "td": ["colspan", "rowspan"], "ol": ["start"]}
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CODE_COLOURS = {"code": ["class"], "span": ["class"], "div": ["class"], "pre": ["class"]}


def render_workpaper(notebook: NotebookNode, template_dir: Path) -> str:
    """Give an executed notebook as one HTML page.

    Parameters
    ----------
    notebook
        A notebook with its outputs. Exhibits and narratives are rendered from their own mime types; any other HTML in it, from
        markdown or from an output, is cut down to text and tables.
    template_dir
        The folder that holds the folders ``report`` and ``workpaper`` of templates.

    Returns
    -------
    str
        One HTML page without a link to load; the same notebook gives the same text.
    """
    made = environment(template_dir)
    body = _body(notebook, made, template_dir)
    figures = any(output.get("data", {}).get(EXHIBIT_MIME, {}).get("figure") is not None for output in _outputs(notebook))
    parts = page_parts(
        made,
        styles=["report/house.css", "workpaper/workpaper.css"],
        scripts=["report/draw.js"],
        figures=figures,
    )
    return made.get_template("workpaper/page.html.j2").render(title=_title(notebook), body=body, **parts)


def clean(html: object) -> Markup:
    """Give HTML that is not trusted, with only text, tables, lists and links left of it.

    Examples
    --------
    >>> print(clean('<p onclick="x()">5</p><script>x()</script>'))
    <p>5</p>
    """
    return _cleaned(html, _ATTRIBUTES)


def _cleaned(html: object, attributes: Mapping[str, list[str]]) -> Markup:
    soup = BeautifulSoup(str(html), "html.parser")
    for part in soup(["script", "style", "template", "noscript", "iframe", "object"]):
        part.decompose()
    text = bleach.clean(str(soup), tags=_TAGS, attributes=attributes, protocols=["http", "https", "mailto"], strip=True)
    return Markup(text)  # noqa: S704 - bleach has cut it down to the tags above


def _outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _title(notebook: NotebookNode) -> str:
    """Give the first heading of the notebook."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("#"):
                    return str(line.lstrip("#").strip())
    return "Workpaper"


def _body(notebook: NotebookNode, made: jinja2.Environment, template_dir: Path) -> Markup:
    """Give the cells and outputs as HTML, through nbconvert and the house's template."""
    pieces: Any = made.get_template("report/pieces.html.j2").make_module({"packed": ""})
    config = Config()
    config.NbConvertBase.display_data_priority = list(_PRIORITY)
    exporter = HTMLExporter(
        config=config,
        extra_template_basedirs=[str(template_dir)],
        template_name="workpaper",
        anchor_link_text="",
        exclude_anchor_links=True,
        filters={
            "exhibit": lambda value: pieces.exhibit(Exhibit.from_json(value)),
            "narrative": lambda value: pieces.narrative(Narrative.from_json(value), False),
            "frame_error": _framed,
            "cleaned": clean,
            "coloured": lambda value: _cleaned(value, _CODE_COLOURS),
            "unwound": lambda text: Markup.escape(_TERMINAL.sub("", str(text))),
        },
    )
    html, _ = exporter.from_notebook_node(notebook)
    return Markup(html)  # noqa: S704 - every part is escaped or cleaned by the template's filters


def _framed(output: Mapping[str, Any]) -> Markup:
    """Give an error as a framed message, its traceback folded."""
    traceback = _TERMINAL.sub("", "\n".join(output.get("traceback", [])))
    return Markup(
        '<div class="failure" role="note"><h3>This cell failed: {}</h3><p>{}</p>'
        "<details><summary>Traceback</summary><pre>{}</pre></details></div>"
    ).format(_TERMINAL.sub("", str(output.get("ename", ""))), _TERMINAL.sub("", str(output.get("evalue", ""))), traceback)
