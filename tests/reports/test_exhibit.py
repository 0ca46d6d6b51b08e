import json

import example_frames as frames
import numpy as np
import pandas as pd
import pytest
from example_report import exhibits, headline

from diligence.charts import retention
from diligence.reports.exhibit import EXHIBIT_MIME, NARRATIVE_MIME, PLOTLY_MIME, Exhibit, Narrative, exhibit


@pytest.mark.parametrize("name", exhibits())
def test_an_exhibit_comes_back_from_json(name):
    one = exhibits()[name]
    text = json.dumps(one.to_json(), allow_nan=False)
    assert Exhibit.from_json(json.loads(text)) == one


def test_a_notebook_keeps_the_exhibit_in_four_forms():
    bundle = exhibits()["readings"]._repr_mimebundle_()
    assert list(bundle) == [EXHIBIT_MIME, PLOTLY_MIME, "text/html", "text/plain"]
    assert bundle[PLOTLY_MIME]["data"][1]["type"] == "scatter"
    assert bundle[PLOTLY_MIME]["layout"]["title"]["text"].startswith("Management's 118%")
    assert "title" not in bundle[EXHIBIT_MIME]["figure"]["layout"]


def test_a_long_title_is_broken_within_900_pixels_and_given_room():
    long = "A title that says <b>much</b> " * 8
    one = exhibit(retention.readings(frames.readings()), id="x", title=long, table=None, formats={}, source="s")
    layout = one._repr_mimebundle_()[PLOTLY_MIME]["layout"]
    lines = layout["title"]["text"].split("<br>")
    assert len(lines) == 3
    assert max(len(line.replace("&lt;", "<").replace("&gt;", ">")) for line in lines) <= 88
    assert "&lt;b&gt;much" in layout["title"]["text"]
    assert (
        layout["margin"]["t"] - one.figure["layout"]["margin"]["t"]
        == layout["height"] - one.figure["layout"]["height"]
        == 22 * 3 + 16 + 14 * 2
    )


def test_a_table_alone_has_no_figure():
    bundle = exhibits()["options"]._repr_mimebundle_()
    assert PLOTLY_MIME not in bundle
    assert "€8.4m" in bundle["text/html"]
    assert "Source: Management interviews" in bundle["text/plain"]


def test_html_is_escaped():
    table = pd.DataFrame({"<i>col</i>": ["<script>alert(1)</script>"]})
    one = exhibit(None, id="x", title="<b>t</b>", table=table, formats={}, source="<u>s</u>", note="<u>n</u>", question="<u>q</u>")
    html = one._repr_mimebundle_()["text/html"]
    for tag in ("<script", "<b>", "<i>", "<u>"):
        assert tag not in html


def test_cells_are_json_types_and_the_missing_is_none():
    table = pd.DataFrame({"a": [np.int64(3), pd.NA], "b": [1.5, np.nan], "c": pd.to_datetime(["2024-01-31", None]), "d": [True, False]})
    one = exhibit(None, id="x", title="t", table=table, formats={"a": "count", "b": "money", "c": "date"}, source="s")
    assert one.rows == ((3, 1.5, "2024-01-31", True), (None, None, None, False))
    assert one.cells() == [["3", "€2", "31 Jan 2024", "yes"], ["–", "–", "–", "no"]]


def test_formats_must_fit_the_table():
    table = pd.DataFrame({"nrr": [1.0]})
    with pytest.raises(ValueError, match=r"expected formats of the table's columns \(nrr\), got 'grr'"):
        exhibit(None, id="x", title="t", table=table, formats={"grr": "percent"}, source="s")
    with pytest.raises(ValueError, match=r"column 'nrr': expected a format out of .* got 'pct'"):
        exhibit(None, id="x", title="t", table=table, formats={"nrr": "pct"}, source="s")


def test_a_narrative_comes_back_and_is_escaped():
    told = headline()
    assert Narrative.from_json(json.loads(json.dumps(told.to_json()))) == told
    bundle = Narrative("<b>lead</b>", ({"text": "<script>", "facts": [], "tone": "plain"},))._repr_mimebundle_()
    assert list(bundle) == [NARRATIVE_MIME, "text/html", "text/plain"]
    assert "<script>" not in bundle["text/html"]
    assert "<b>" not in bundle["text/html"]


def test_a_narrative_refuses_an_unknown_tone():
    with pytest.raises(ValueError, match="expected a tone out of good, warn, bad, plain, got 'great'"):
        Narrative("x", ({"text": "y", "facts": [], "tone": "great"},))
