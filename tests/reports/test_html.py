import base64
import dataclasses
import hashlib
import re

import pandas as pd
import pytest
from example_report import TEMPLATES, content

from diligence.charts import bridge
from diligence.reports import plotly_script
from diligence.reports.exhibit import Narrative, exhibit
from diligence.reports.html import ReportContent, Section, relative, render_report

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>${1234*4321}{{1234*4321}}"
SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)


@pytest.fixture(scope="module")
def page():
    return render_report(content(), TEMPLATES)


def own(page):
    """The page without the packed script, which is only letters."""
    return page.replace(plotly_script.packed(), "")


def hostile(value):
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, list):
        return [hostile(part) for part in value]
    return (
        {key: part if key in {"status", "format", "key", "tone", "facts", "metric"} else hostile(part) for key, part in value.items()}
        if isinstance(value, dict)
        else value
    )


def hostile_content():
    whole = content()
    table = pd.DataFrame({HOSTILE: [HOSTILE], "amount": [1.0]})
    frame = pd.DataFrame({"step": ["a"], "label": [HOSTILE], "amount": [1e6], "kind": ["total"]})
    one = exhibit(
        bridge.waterfall(frame),
        id="h",
        title=HOSTILE,
        table=table,
        formats={},
        source=HOSTILE,
        note=HOSTILE,
        question=HOSTILE,
        alt=HOSTILE,
        facts=("nrr",),
    )
    told = Narrative(HOSTILE, ({"text": HOSTILE + " 108%", "facts": ["nrr"], "tone": "bad"},))
    error = {"notebook": HOSTILE, "cell": HOSTILE, "message": HOSTILE}
    section = Section(
        "one",
        HOSTILE,
        HOSTILE,
        status="failed",
        error=error,
        narratives=[told],
        exhibits=[one],
        caveats=[HOSTILE],
        workpaper="javascript:alert(1)",
    )
    lists = {
        name: [hostile(dict(row)) for row in getattr(whole, name)]
        for name in ("findings", "facts", "requests", "cleaning", "tieout", "coverage")
    }
    texts = dict.fromkeys(("target", "as_of", "currency", "generated_from", "scope_note", "confidentiality"), HOSTILE)
    return ReportContent(headline=told, sections=[section], manifest=hostile(dict(whole.manifest)), **texts, **lists)


def test_the_same_content_gives_the_same_bytes(page):
    assert render_report(content(), TEMPLATES) == page


def test_the_page_is_small_and_holds_the_figures_script_once(page):
    assert len(page.encode()) < 3_000_000
    assert page.count(plotly_script.packed()) == 1
    assert page.count('class="plot"') == 15


def test_nothing_is_loaded(page):
    text = own(page)
    assert not re.search(r"<(link|iframe|object|embed|img|base|form)\b", text)
    assert not re.search(r"\bsrc\s*=", text)
    assert "@import" not in text
    assert "url(" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_the_policy_names_the_hash_of_every_script_and_no_other(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1).replace("&#39;", "'")
    named = set(re.findall(r"'sha256-([^']+)'", policy))
    scripts = [body for attributes, body in SCRIPT.findall(page) if "type=" not in attributes]
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in [*scripts, plotly_script.source()]}
    assert named == hashes
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy
    assert "connect-src 'none'" in policy


def test_hostile_names_are_text_everywhere():
    page = own(render_report(hostile_content(), TEMPLATES))
    assert "<img" not in page
    assert "alert(2)</script>" not in page
    assert "javascript:" not in page
    assert "5332114" not in page
    scripts = SCRIPT.findall(page)
    assert len([1 for attributes, _ in scripts if "type=" not in attributes]) == 2


def test_every_link_inside_the_page_has_its_target(page):
    targets = set(re.findall(r'\bid="([^"]+)"', page))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(targets)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


def test_every_number_of_a_named_fact_opens_its_evidence(page):
    summary = page[page.index('id="summary"') : page.index('id="chapter-growth"')]
    for words, key in (
        ("€32.8m", "arr"),
        ("15.5%", "arr_growth"),
        ("108%", "nrr"),
        ("118%", "nrr_management"),
        ("23%", "plan_probability"),
    ):
        assert re.search(rf'href="#fact-{key}"[^>]*>{re.escape(words)}</a>', summary)


def test_a_failed_chapter_is_a_message_with_its_cause(page):
    chapter = page[page.index('id="chapter-pricing"') : page.index('id="chapter-season"')]
    assert "This part failed" in chapter
    assert "map it in the deal file" in chapter
    assert "05_pricing.ipynb" in chapter
    assert "This part was not run" in page


def test_findings_carry_colour_and_word(page):
    for status, word in (
        ("red", "Red"),
        ("amber", "Amber"),
        ("green", "Green"),
        ("not_assessable", "Not assessable"),
        ("insufficient", "Insufficient data"),
    ):
        assert f'<span class="status {status}">{word}</span>' in page


def test_landmarks_and_language(page):
    assert '<html lang="en-GB">' in page
    for part in ("<main", "<nav", "<header", "<footer", 'class="skip"'):
        assert part in page


def test_a_report_with_nothing_in_it_is_still_a_page():
    bare = ReportContent("T", "2025-06-30", "EUR", "diligence", "All.", Narrative("Nothing was given."))
    page = render_report(bare, TEMPLATES)
    assert "Nothing was given." in page
    assert plotly_script.packed() not in page


def test_an_unknown_status_is_refused():
    odd = dataclasses.replace(content(), findings=[{"rule": "x", "status": "purple"}])
    with pytest.raises(ValueError, match=r"expected statuses of findings out of red, .* got purple"):
        render_report(odd, TEMPLATES)


@pytest.mark.parametrize("link", ["https://x.example/a", "//x.example/a", "/etc/passwd", "javascript:alert(1)", "\\\\host\\a"])
def test_links_leave_the_folder_for_nothing(link):
    assert relative(link) == ""
