"""Pages opened in headless Chromium, with the network blocked and every word that the console says kept."""

import shutil
import time
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MARKS_OF_A_PAGE_TEST = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path: pages are not opened"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN = "document.documentElement.dataset.figures === 'drawn'"
TYPES = "[...document.querySelectorAll('.js-plotly-plot')].map((plot) => plot._fullData.map((trace) => trace.type))"
MARKS = """[...document.querySelectorAll('.js-plotly-plot')].map((plot) =>
  plot.querySelectorAll('.point path, .scatterlayer .trace path, .hm image, .heatmaplayer image, .textpoint').length)"""
OVERLAPS = """() => {
  const found = [];
  const wide = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const tall = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const over = (a, b) => wide(a, b) > 2 && tall(a, b) > 3;
  const compare = (parts, where) => {
    const boxes = parts.map((part) => [part.getBoundingClientRect(), part.textContent.trim()])
      .filter(([box, text]) => text && box.width && box.height);
    boxes.forEach(([a, one], place) => boxes.slice(place + 1).forEach(([b, two]) => {
      if (over(a, b)) found.push(`${where}: ${one} | ${two}`);
    }));
  };
  document.querySelectorAll('.js-plotly-plot').forEach((plot) =>
    compare([...plot.querySelectorAll('svg text')], plot.getAttribute('aria-label')));
  compare([...document.querySelectorAll('main h2, main h3, main p, main li, main .plot, main table, main summary')].filter((part) =>
    !part.closest('details:not([open])') && !part.querySelector('p, h3') && part.checkVisibility() &&
    !(part.tagName !== 'TABLE' && part.closest('table'))), 'page');
  return found;
}"""


def until(page, expression, seconds=30):
    """Ask the page until it holds; the page's own policy forbids it to evaluate text, so it is asked from outside."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        time.sleep(0.02)


class Opened:
    def __init__(self, browser, path: Path, *, width=1440, scripts=True, prelude=""):
        self.requests, self.said = [], []
        self.context = browser.new_context(viewport={"width": width, "height": 1000}, offline=True, java_script_enabled=scripts)
        self.page = self.context.new_page()
        if prelude:
            self.page.add_init_script(prelude)
        self.context.route("**", self._route)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(path.as_uri())

    def _route(self, route):
        self.requests.append(route.request.url)
        if route.request.url.startswith("file://"):
            route.continue_()
        else:
            route.abort()

    def drawn(self):
        until(self.page, DRAWN)
        return self.page

    def __enter__(self):
        return self

    def __exit__(self, *ended):
        self.context.close()
