import dataclasses

import example_frames as frames
import pandas as pd
import pytest
from example_notebook import notebook
from example_report import TEMPLATES, content
from pages import MARKS, MARKS_OF_A_PAGE_TEST, OVERLAPS, TYPES, Opened, until

from diligence.charts import bridge, cohorts, concentration, dataroom, growth, renewals, retention
from diligence.reports.exhibit import exhibit
from diligence.reports.html import Section, render_report
from diligence.reports.workpaper import render_workpaper

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages are not opened")
pytestmark = MARKS_OF_A_PAGE_TEST
EXPECTED = [
    ["bar", "bar", "bar", "bar", "scatter"],
    ["waterfall"],
    ["scatter", "scatter"],
    ["waterfall"],
    ["scatter", "scatter"],
    ["heatmap"],
    ["heatmap"],
    ["scatter"] * 12,
    ["bar", "scatter", "scatter"],
    ["bar", "bar", "bar", "scatter"],
    ["scatter"],
    ["bar", "scatter"],
    ["bar", "bar"],
    ["scatter", "scatter", "bar"],
    ["bar"],
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(content(), TEMPLATES), encoding="utf-8")
    return path


def test_every_figure_is_drawn_trace_type_by_trace_type_from_the_file_alone(browser, report):
    with Opened(browser, report) as opened:
        page = opened.drawn()
        assert page.evaluate(TYPES) == EXPECTED
        assert all(count > 0 for count in page.evaluate(MARKS))
        assert page.evaluate("document.querySelectorAll('.waterfalllayer .point').length") == 15
        assert page.evaluate("document.querySelectorAll('.heatmaplayer .hm').length") == 2
        assert opened.said == []
        assert [url for url in opened.requests if not url.startswith("blob:")] == [report.as_uri()]


@pytest.mark.parametrize("width", [1440, 800])
def test_nothing_overflows_and_no_text_overlaps(browser, report, width):
    with Opened(browser, report, width=width) as opened:
        page = opened.drawn()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(OVERLAPS) == []
        ends = "[...document.querySelectorAll('.plot .main-svg')].map((drawing) => drawing.getBoundingClientRect().right)"
        assert max(page.evaluate(ends)) <= width


def crowded():
    """Every chart with forty long, hostile or alike names."""
    names = [f"{place:02d} <b>Société</b> Générale & Söhne of the <a href='x'>Northern</a> Territories ${{x}}" for place in range(40)]
    one = {name: getattr(frames, name)().iloc[0] for name in ("readings", "issues", "coverage", "revenue_bridge", "cohorts", "renewals")}
    many = {name: pd.DataFrame([row] * 40).reset_index(drop=True) for name, row in one.items()}
    months = pd.date_range("2024-01-01", periods=18, freq="MS")
    segments = pd.DataFrame([(month, name, 1e5 * (place - 3)) for month in months for place, name in enumerate(names)])
    drawn = [
        growth.recurring_revenue(segments.set_axis(["month", "segment", "amount"], axis=1)),
        bridge.waterfall(many["revenue_bridge"].assign(label=names)),
        bridge.waterfall(frames.revenue_bridge().assign(label=names[:9])),
        retention.readings(many["readings"].assign(label=names, value=[1 + place / 50 for place in range(40)])),
        cohorts.heat_map(many["cohorts"].assign(cohort=names)),
        cohorts.curves(frames.cohorts().replace({"cohort": {"2022 Q1": names[0]}})),
        renewals.wall(many["renewals"].assign(quarter=names)),
        dataroom.coverage(many["coverage"].assign(table=names, area=names)),
        dataroom.issues(many["issues"].assign(label=names)),
        concentration.curve(frames.concentration().head(1).assign(share=1.0, cumulative_share=1.0)),
        retention.trend(frames.trend().assign(grr=frames.trend()["nrr"])),
    ]
    made = [exhibit(one, id=f"e{place}", title=f"Chart {place}", table=None, formats={}, source="s") for place, one in enumerate(drawn)]
    return dataclasses.replace(content(), sections=[Section("all", "All", "All?", exhibits=made)])


@pytest.mark.parametrize("width", [1440, 800])
def test_forty_long_hostile_names_are_shown_as_written_and_do_not_overlap(browser, tmp_path, width):
    path = tmp_path / "crowded.html"
    path.write_text(render_report(crowded(), TEMPLATES), encoding="utf-8")
    with Opened(browser, path, width=width) as opened:
        page = opened.drawn()
        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate("document.querySelectorAll('.plot svg a, .plot svg image:not(.hm image, [class*=hm])').length") == 0
        assert "<b>Société" in page.evaluate("[...document.querySelectorAll('.plot svg text')].map((text) => text.textContent).join(' ')")
        assert opened.said == []


def test_a_number_opens_its_evidence_by_keyboard(browser, report):
    with Opened(browser, report) as opened:
        page = opened.drawn()
        page.locator("#summary a.evidence", has_text="108%").focus()
        page.keyboard.press("Enter")
        card = page.locator("#evidence-card")
        assert card.is_visible()
        assert "Net revenue retention" in card.inner_text()
        assert "412" in card.inner_text()
        page.keyboard.press("Escape")
        assert not card.is_visible()
        assert page.evaluate("document.activeElement.textContent") == "108%"
        page.keyboard.press("Enter")
        card.locator("a.whole").click()
        # the page hears of its new address a moment after the click
        until(page, "document.getElementById('fact-nrr').open", 5)


def test_the_skip_link_comes_first(browser, report):
    with Opened(browser, report) as opened:
        page = opened.drawn()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"


@pytest.mark.parametrize("case", ["scripts off", "no DecompressionStream"])
def test_without_figures_the_tables_are_open(browser, report, case):
    scripts = case != "scripts off"
    with Opened(browser, report, scripts=scripts, prelude="delete window.DecompressionStream;" if scripts else "") as opened:
        tables = opened.page.locator("details.data table")
        assert tables.count() == 14
        assert all(tables.nth(place).is_visible() for place in range(tables.count()))
        assert opened.page.locator(".js-plotly-plot").count() == 0
        assert opened.said == []


def test_it_prints_on_a4_with_figures_within_the_sheet(browser, report, tmp_path):
    with Opened(browser, report) as opened:
        page = opened.drawn()
        printed = page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
        assert printed.startswith(b"%PDF")
        assert 8 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page>") <= 30
        assert opened.said == []
        until(page, "document.querySelector('.js-plotly-plot').getBoundingClientRect().height === 400")


def test_a_workpaper_draws_its_exhibits(browser, tmp_path):
    path = tmp_path / "workpaper.html"
    path.write_text(render_workpaper(notebook(), TEMPLATES), encoding="utf-8")
    with Opened(browser, path, width=800) as opened:
        page = opened.drawn()
        assert page.evaluate(TYPES) == [["scatter", "scatter"], ["heatmap"]]
        assert page.evaluate("document.documentElement.scrollWidth") == 800
        assert opened.said == []
        assert [url for url in opened.requests if not url.startswith("blob:")] == [path.as_uri()]
