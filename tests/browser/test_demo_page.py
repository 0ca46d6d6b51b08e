"""The demo's own report and workpapers, opened as a reader opens them."""

import nbformat
import pytest
from pages import MARKS, MARKS_OF_A_PAGE_TEST, OVERLAPS, TYPES, Opened
from whole_run import demo_run

from diligence.reports.exhibit import EXHIBIT_MIME

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages are not opened")
pytestmark = MARKS_OF_A_PAGE_TEST


def figures() -> list[list[str]]:
    """The types of the traces of every figure in the run's notebooks, in the report's order."""
    books = sorted((demo_run() / "notebooks").glob("*.ipynb"))
    outputs = [output for book in books for cell in nbformat.read(book, as_version=4).cells for output in cell.get("outputs", [])]
    shown = [output["data"][EXHIBIT_MIME] for output in outputs if EXHIBIT_MIME in output.get("data", {})]
    return [[trace["type"] for trace in one["figure"]["data"]] for one in shown if one["figure"]]


def test_the_demo_report_draws_every_figure_without_a_request_or_a_word(browser):
    report = demo_run() / "report.html"
    assert report.stat().st_size < 4_000_000
    assert len(figures()) > 60
    with Opened(browser, report) as opened:
        page = opened.drawn()
        assert page.evaluate(TYPES) == figures()
        assert all(count > 0 for count in page.evaluate(MARKS))
        assert opened.said == []
        assert [url for url in opened.requests if not url.startswith("blob:")] == [report.as_uri()]


@pytest.mark.parametrize("width", [1440, 800])
def test_nothing_in_the_demo_report_overlaps_is_cut_off_or_empty(browser, width):
    with Opened(browser, demo_run() / "report.html", width=width) as opened:
        page = opened.drawn()
        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert (
            page.evaluate("[...document.querySelectorAll('main section, main figure')].filter((part) => !part.textContent.trim()).length")
            == 0
        )


@pytest.mark.parametrize("name", ["00_data_room", "01_revenue_quality"])
def test_workpapers_draw_their_figures(browser, name):
    paper = demo_run() / "notebooks" / f"{name}.html"
    with Opened(browser, paper) as opened:
        page = opened.drawn()
        assert all(count > 0 for count in page.evaluate(MARKS))
        assert opened.said == []
        assert [url for url in opened.requests if not url.startswith("blob:")] == [paper.as_uri()]


def test_the_demo_report_prints_on_a4(browser):
    with Opened(browser, demo_run() / "report.html") as opened:
        made = opened.drawn().pdf(format="A4", prefer_css_page_size=True)
        assert made.startswith(b"%PDF") and 10 <= made.count(b"/Type /Page\n") + made.count(b"/Type /Page ") <= 120
