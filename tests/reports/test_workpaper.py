import copy
import re

import nbformat.v4 as nb
from example_notebook import notebook
from example_report import TEMPLATES

from diligence.reports import plotly_script
from diligence.reports.workpaper import render_workpaper


def own(page):
    return page.replace(plotly_script.packed(), "")


def test_the_same_notebook_gives_the_same_page_and_is_left_alone():
    given = notebook()
    before = copy.deepcopy(given)
    page = render_workpaper(given, TEMPLATES)
    assert page == render_workpaper(notebook(), TEMPLATES)
    assert given == before


def test_every_output_is_shown():
    page = own(render_workpaper(notebook(), TEMPLATES))
    assert page.count('class="plot"') == 2
    assert page.count('class="exhibit"') == 3
    assert "read 48,210 rows &lt;b&gt;" in page
    assert "Halden is a well-operated business" in page
    assert "<td>Invoice based</td>" in page
    assert "This cell failed: ZeroDivisionError" in page
    assert "division by zero" in page
    assert "\x1b" not in page
    assert page.count('<details class="code">') == 8


def test_the_figures_script_is_in_the_page_once_and_nothing_is_loaded():
    page = render_workpaper(notebook(), TEMPLATES)
    assert page.count(plotly_script.packed()) == 1
    text = own(page)
    assert not re.search(r"<(link|iframe|object|embed|base|form)\b|\bsrc\s*=\s*[\"'](?!data:)|url\(|@import", text)
    assert "require" not in text.lower()
    assert "mathjax" not in text.lower()
    assert "https://" not in text


def test_html_that_is_not_ours_is_cut_down():
    html = '<style>td{color:red}</style><table onclick="x()"><tr><td><script>alert(1)</script><img src=x onerror=y>5</td></tr></table>'
    outputs = [nb.new_output("display_data", data={"text/html": html})]
    made = nb.new_notebook(
        cells=[nb.new_markdown_cell("<script>alert(2)</script>\n\n[a](javascript:x)"), nb.new_code_cell("x", outputs=outputs)]
    )
    page = render_workpaper(made, TEMPLATES)
    body = page[page.index("<main") : page.index("</main>")]
    assert "alert" not in body
    assert "onclick" not in body
    assert "<img" not in body
    assert "color:red" not in body
    assert "javascript:" not in body
    assert "5</td>" in body
    assert plotly_script.packed() not in page


def test_a_script_may_be_named_in_code():
    made = nb.new_notebook(cells=[nb.new_code_cell('text = "</details><script>alert(1)</script>"')])
    page = render_workpaper(made, TEMPLATES)
    assert "<script>alert(1)" not in page
    assert "alert" in page
