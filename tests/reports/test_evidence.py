import pytest

from diligence.reports.evidence import anchor, linked

FACTS = {
    "nrr": {"key": "nrr", "label": "NRR", "value": 1.082, "low": 1.051, "high": 1.112, "format": "percent", "n": 412, "numerator": 30.72e6},
    "arr": {"key": "arr", "label": "ARR", "value": 32.8e6, "format": "money"},
    "payback": {"key": "payback", "label": "Payback", "value": None, "format": "months"},
    "fall": {"key": "fall", "label": "Fall", "value": -0.034, "format": "percent1"},
}


def links(text, *keys):
    html = str(linked(text, keys, FACTS))
    return [part.split("</a>")[0].split(">", 1)[1] for part in html.split('<a class="evidence')[1:]]


@pytest.mark.parametrize(
    ("text", "keys", "expected"),
    [
        ("NRR is 108% (105% to 111%).", ["nrr"], ["108%", "105%", "111%"]),
        ("NRR is 108.2% of 412 customers.", ["nrr"], ["108.2%", "412"]),
        ("ARR is €32.8m, NRR 108%.", ["arr", "nrr"], ["€32.8m", "108%"]),
        ("It fell by −3.4%.", ["fall"], ["−3.4%"]),
        ("It is 1,108% or 108%p.", ["nrr"], ["evidence"]),
        ("Payback is not assessable.", ["payback"], ["evidence"]),
        ("NRR is 108%.", ["unknown"], []),
        ("NRR is 108%.", [], []),
    ],
)
def test_numbers_of_named_facts_are_links(text, keys, expected):
    assert links(text, *keys) == expected


def test_sentences_and_labels_are_escaped():
    facts = {"nrr": {**FACTS["nrr"], "label": '"><script>'}}
    html = str(linked("<script>108%</script> & more", ["nrr"], facts))
    assert "<script" not in html
    assert "&amp; more" in html


def test_anchors_are_safe_and_distinct():
    assert anchor("a b") != anchor("a-b") != anchor("a|b")
    assert all(sign not in anchor('x" onclick="y|<z>') for sign in '" <>|=')
