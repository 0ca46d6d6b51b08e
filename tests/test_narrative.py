"""Every number of every sentence is a fact that the sentence names, written as the catalogue says."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd
import pytest
from tiny import line, monthly
from whole_run import ANALYSES, book, customers

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.sheet import fact_key
from diligence.judgement.rules import evaluate
from diligence.reports import formats
from diligence.reports.exhibit import Narrative
from diligence.reports.narrative import headlines, summary
from diligence.reports.told import Told, counted, sentence

Build = Callable[..., Room]
NUMBER = re.compile(r"(?<![\w.])[€£$]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:%|[km]\b)?")
KNOWN_WORDS = re.compile(r"33 tables|intervals of 95 per cent|95th percentile|\([A-Z]-\d{3}\)|[Ll]ess than 0\.1%")
MONTH = re.compile(r"\b\d{4}-\d{2}\b")
KEYS = re.compile(r"^[a-z_]+\.[a-z0-9_]+$")

ROOMS: dict[str, dict[str, Any]] = {
    "one line": {"revenue": [line("a", "2026-06-01", 100)]},
    "one month": {"revenue": [line("a", "2026-06-01", 100), line("b", "2026-06-02", 50)]},
    "services only": {"revenue": monthly("a", "2025-01", "2026-06", 10, kind="services")},
    "three customers": {"revenue": book(3), "customers": customers(3)},
    "no customer list": {"revenue": book(12)},
    "twelve customers": {"revenue": book(12), "customers": customers(12)},
    "repeat purchase": {"revenue": book(12), "deal": '[defaults]\nregime = "repeat"\n'},
    "with a plan": {"revenue": book(12), "deal": "[plan]\nrecurring_revenue = { 2027 = 200000, 2028 = 300000 }\n"},
    "ledger": {
        "revenue": book(12),
        "ledger": [
            {"month": f"{day:%Y-%m-%d}", "line": "revenue", "amount": 7800} for day in pd.date_range("2024-01-01", "2026-06-01", freq="MS")
        ],
    },
}


def allowed(facts: pd.DataFrame, keys: set[str]) -> set[str]:
    """The numbers that facts have: their value and interval in their own format, money above and below the line, n."""
    found = set()
    for row in facts[facts["status"] == "ok"].itertuples():
        if fact_key(row.metric, segment=row.segment, object=row.object, object_id=row.object_id) not in keys:
            continue
        own = definition(row.metric).format
        parts = [(row.value, own), (row.low, own), (row.high, own), (row.numerator, "money"), (row.denominator, "money"), (row.n, "count")]
        found |= {formats.as_text(abs(number), code) for number, code in parts if not formats.missing(number)}
    return found


def told_reasons(facts: pd.DataFrame, text: str) -> str:
    """Take out the reasons for which facts are not numbers; the catalogue and the sheet wrote them."""
    for reason in facts["reason"].unique():
        text = text.replace(reason, "") if reason else text
    return text


def numbers(facts: pd.DataFrame, text: str) -> set[str]:
    return set(NUMBER.findall(MONTH.sub("", KNOWN_WORDS.sub("", told_reasons(facts, text)))))


def everything(room: Room, sheets: Sequence[Analysis]) -> Iterator[tuple[pd.DataFrame, Narrative]]:
    """The answer of each analysis, and the summary of all."""
    for analysis in sheets:
        yield analysis.facts, headlines(analysis)
    facts = pd.concat([analysis.facts for analysis in sheets], ignore_index=True)
    yield facts, summary(facts, evaluate(facts), room.deal, room.month)


def assert_only_facts(facts: pd.DataFrame, narrative: Narrative) -> None:
    present = set(facts["metric"])
    every = {fact_key(r.metric, segment=r.segment, object=r.object, object_id=r.object_id) for r in facts.itertuples()}
    assert numbers(facts, narrative.lead) <= allowed(facts, every), narrative.lead
    for one in narrative.sentences:
        assert set(one["facts"]) <= present | every, one
        mine = allowed(facts, set(one["facts"]))
        if one["text"].startswith("For the company as a whole"):
            rows = evaluate(facts).query("segment == ''")
            mine = {str(n) for n in (len(rows), *rows["status"].value_counts())} | {"0", str((rows["coverage"] == 0).sum())}
        assert numbers(facts, one["text"]) <= mine, one


def assert_reads_well(narrative: Narrative) -> None:
    for text in [narrative.lead, *(one["text"] for one in narrative.sentences)]:
        assert text[0].isupper() or not text[0].isalpha(), text
        assert text.endswith("."), text
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b|  |\.\.|\{|;\s*[.;]|: *\.", text), text
        assert not re.search(r"(?<![\d.,])1 (?:months|tables|repairs|revenue lines|rules|accounts)\b", text), text


def test_every_number_of_the_demo_is_a_fact(demo_room: Room, of_demo: Callable[[str], Analysis]) -> None:
    count = 0
    for facts, narrative in everything(demo_room, [of_demo(notebook) for notebook in ANALYSES]):
        assert_only_facts(facts, narrative)
        assert_reads_well(narrative)
        count += sum(len(numbers(facts, one["text"])) for one in narrative.sentences)
    assert count > 30


def test_a_number_that_is_no_fact_would_be_caught(demo_quality: Analysis) -> None:
    told = headlines(demo_quality)
    wrong = Narrative(told.lead, (sentence("Net revenue retention is 104.9%.", "retention.nrr_ltm"),))
    with pytest.raises(AssertionError):
        assert_only_facts(demo_quality.facts, wrong)


def test_the_answer_of_the_demo_holds_its_facts(demo_quality: Analysis) -> None:
    told = Told(demo_quality.facts, "EUR")
    lead = headlines(demo_quality).lead
    expected = (
        f"Recurring revenue of {told('revenue.recurring')} a year grew {told('revenue.recurring_growth')} in twelve months; "
        f"customers of a year ago are worth {told('retention.nrr_ltm')} of what they were."
    )
    assert lead == expected


def test_without_a_year_of_history_retention_is_not_assessable(tiny_room: Build) -> None:
    found = revenue_quality(tiny_room(monthly("a", "2026-01", "2026-06", 10)))
    told = headlines(found)
    texts = [one["text"] for one in told.sentences]
    assert "Retention is not assessable: the data do not reach back to the opening of the period." in texts
    assert not any("%" in text for text in texts if "etention" in text)


def test_too_few_customers_are_no_claim(tiny_room: Build) -> None:
    room = tiny_room(**ROOMS["three customers"])
    found = revenue_quality(room)
    texts = [headlines(found).lead, *(one["text"] for one in headlines(found).sentences)]
    assert "Retention is not assessable: n is 3, 10 are needed." in texts
    assert not any("worth" in text or "sound quality" in text for text in texts)
    page = summary(found.facts, evaluate(found.facts), room.deal, room.month)
    assert page.lead == "The data carry totals but not retention: ask for what the request list names before judging the revenue."


def test_soundness_is_not_claimed_of_what_was_not_assessed(tiny_room: Build) -> None:
    room = tiny_room(book(12))
    found = revenue_quality(room)
    findings = evaluate(found.facts)
    green = findings.assign(status=findings["status"].replace("red", "green"))
    lead = summary(found.facts, green, room.deal, room.month).lead
    assert re.fullmatch(
        r"No rule on retention, contracts or concentration is red, but \d+ of \d+ could not be assessed: that is not yet sound quality\.",
        lead,
    )


def verdict(facts: pd.DataFrame, room: Room, *red: str) -> str:
    findings = evaluate(facts)
    colours = ["red" if one in red else "green" for one in findings["rule"]]
    return summary(facts, findings.assign(status=colours), room.deal, room.month).lead


def test_the_verdict_names_what_is_red(demo_quality: Analysis, demo_room: Room) -> None:
    say = partial(verdict, demo_quality.facts, demo_room)
    sound = "The revenue is of sound quality: no rule on retention, contracts or concentration is red."
    plan = " The plan asks for much more growth than the company shows."
    assert say() == sound
    assert say("V-012") == sound + plan
    assert say("R-001", "K-001") == "The revenue has a weakness that diligence must settle: largest customer, gross revenue retention."
    assert say("R-001", "V-012") == "The revenue has a weakness that diligence must settle: gross revenue retention." + plan


def test_the_summary_counts_the_rules_of_the_company(demo_quality: Analysis, demo_room: Room) -> None:
    findings = evaluate(demo_quality.facts)
    texts = [one["text"] for one in summary(demo_quality.facts, findings, demo_room.deal, demo_room.month).sentences]
    whole = findings[findings["segment"] == ""]["status"].value_counts()
    red, amber, green = (int(whole.get(colour, 0)) for colour in ("red", "amber", "green"))
    silent = int(whole.sum()) - red - amber - green
    said = (
        f"For the company as a whole {whole.sum()} rules give {red} red, {amber} amber and {green} green; {silent} could not be assessed."
    )
    assert said in texts


def test_colours_name_the_rules_that_are_set_off(tiny_room: Build) -> None:
    found = revenue_quality(tiny_room([line("a", "2026-06-01", 100, kind="recurring")]))
    texts = [(one["text"], one["tone"]) for one in headlines(found).sentences]
    assert any(
        text.startswith("Red by rule: Largest customer (K-001); Five largest customers (K-002)") and tone == "bad" for text, tone in texts
    )


@pytest.mark.parametrize(("months", "words"), [(12, "twelve months"), (6, "six months"), (24, "24 months")])
def test_the_period_is_said_as_it_was_asked(months: int, words: str, tiny_room: Build) -> None:
    found = revenue_quality(tiny_room(**ROOMS["with a plan"]), months=months)
    lead = headlines(found).lead
    assert f" in {words}; customers of " in lead
    assert f"customers of {'a year' if months == 12 else words} ago" in lead
    plan = next(one["text"] for one in headlines(found).sentences if one["text"].startswith("The plan"))
    assert f"the last {words} gave" in plan


def test_a_shrinking_company_shrank(tiny_room: Build) -> None:
    rows = [row for one in range(12) for row in monthly(f"c{one}", "2024-06", "2026-06" if one > 5 else "2025-12", 100)]
    lead = headlines(revenue_quality(tiny_room(rows))).lead
    assert "shrank 50.0% in twelve months" in lead


def test_one_is_singular(tiny_room: Build) -> None:
    told = headlines(data_room(tiny_room([line("a", "2026-06-01", 100)])))
    lead, first = told.lead, told.sentences[0]["text"]
    assert lead == "The room holds 1 of 33 tables and 1 month of revenue; there is no ledger to tie revenue to."
    assert first.startswith("1 revenue line carries €100; ")
    assert (counted(1, "repair is", "repairs are"), counted(2, "repair is", "repairs are")) == ("1 repair is", "2 repairs are")
    assert counted(0, "month") == "0 months"


def test_a_fact_that_is_no_number_is_said_so(demo_quality: Analysis) -> None:
    facts = demo_quality.facts.copy()
    facts.loc[facts["metric"] == "retention.nrr_ltm", "status"] = "insufficient"
    told = Told(facts, "EUR")
    assert told("retention.nrr_ltm") == "not assessable"
    assert told.interval("retention.nrr_ltm") == ""
    assert not told.knows("retention.grr_ltm", "retention.nrr_ltm")
    assert told.knows("retention.grr_ltm")
    assert told.reason("no.such") == "it was not computed"
    assert told.span("no.such") == ""


def test_hardly_anything_is_less_than_a_tenth_of_a_per_cent(demo_quality: Analysis) -> None:
    facts = demo_quality.facts.copy()
    told = Told(facts.assign(value=facts["value"].where(facts["metric"] != "revenue.services_share", 0.0004)), "EUR")
    assert told("revenue.services_share") == "less than 0.1%"
    assert Told(facts.assign(value=0.0), "EUR")("revenue.services_share") == "0.0%"
    assert Told(facts.assign(value=0.0006), "EUR")("revenue.services_share") == "0.1%"
