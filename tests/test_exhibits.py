"""Each exhibit: a message, a figure or a table; where nothing can be said, the reason, never an exception."""

import re
from collections.abc import Callable

import pytest
from test_narrative import ROOMS, assert_only_facts, assert_reads_well, everything
from tiny import line, monthly
from whole_run import ANALYSES, book, customers

from diligence.dataroom.room import Room
from diligence.errors import InputError
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.sheet import with_keys
from diligence.reports.exhibit import Exhibit
from diligence.reports.exhibits import BOOK, show
from diligence.reports.told import Told

Build = Callable[..., Room]
EVERY = [(notebook, name) for notebook, exhibits in BOOK.items() for name in exhibits]
ODD_ROOMS = {
    **ROOMS,
    "credit only": {"revenue": [line("a", "2026-06-01", -100, kind="recurring")]},
    "nothing moves": {"revenue": [row for one in range(12) for row in monthly(f"c{one}", "2024-01", "2026-06", 100)]},
    "all leave": {"revenue": [row for one in range(12) for row in monthly(f"c{one}", "2024-01", "2026-03", 100)]},
    "contracts that ended": {
        "revenue": book(12),
        "customers": customers(12),
        "contracts": [
            {
                "contract_id": "k1",
                "customer_id": "c01",
                "start_date": "2024-01-01",
                "end_date": "2024-12-31",
                "annual_value": 100,
                "product_id": "p",
            }
        ],
    },
}


def assert_sound(shown: Exhibit, notebook: str, name: str) -> None:
    assert shown.id == f"{notebook}.{name}"
    assert shown.question.endswith("?")
    assert shown.title.strip() == shown.title
    assert shown.title[0].isupper() or shown.title[0].isdigit()
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b", shown.title), shown.title
    assert shown.source


@pytest.mark.parametrize(("notebook", "name"), EVERY)
def test_an_exhibit_of_the_demo_has_a_message_and_its_data(notebook: str, name: str, of_demo: Callable[[str], Analysis]) -> None:
    analysis = of_demo(notebook)
    shown = show(analysis, name)
    assert_sound(shown, notebook, name)
    assert "not assessable" not in shown.title.lower()
    assert shown.rows
    assert shown.figure is None or shown.figure["data"]
    assert shown.facts or notebook == "00_data_room"
    keys = set(with_keys(analysis.facts)["key"])
    assert [key for key in shown.facts if key not in keys] == []
    assert Exhibit.from_json(shown.to_json()) == shown


@pytest.mark.parametrize("room", ODD_ROOMS)
def test_a_poor_room_gives_reasons_and_never_an_exception_and_every_number_of_a_sentence_is_a_fact(room: str, tiny_room: Build) -> None:
    opened = tiny_room(**ODD_ROOMS[room])
    analyses = [make(opened) for make in ANALYSES.values()]
    for facts, narrative in everything(opened, analyses):
        assert_only_facts(facts, narrative)
        assert_reads_well(narrative)
    for analysis in analyses:
        for name in BOOK[analysis.name]:
            shown = show(analysis, name)
            assert_sound(shown, analysis.name, name)
            if shown.title.startswith("Not assessable"):
                assert re.fullmatch(r"Not assessable: \S.+", shown.title)
                assert shown.figure is None
            else:
                assert "not assessable" not in shown.title.replace("is not assessable for lack of history", ""), shown.title


def test_one_line_of_revenue_says_what_it_lacks(tiny_room: Build) -> None:
    deal = '[defaults]\nregime = "contractual"\n'
    analysis = revenue_quality(tiny_room([line("a", "2026-06-01", 100, kind="recurring")], deal=deal))
    titles = {name: show(analysis, name).title for name in BOOK[analysis.name]}
    short = "Not assessable: the data do not reach back to the opening of the period"
    assert (titles["bridge"], titles["readings"], titles["definitions"]) == (short, short, short)
    assert titles["renewals"] == "Not assessable: not given: contracts"
    assert titles["contracted"] == "Not assessable: not given: contracts"
    assert titles["growth"] == "Recurring revenue stands at €1.2k a year"
    reasons = {row[0]: row[2] for row in show(analysis, "renewals").rows}
    assert set(reasons) == {name for name in catalogue() if name.startswith("renewal.")}
    assert all(reason.startswith("not given: contracts") for reason in reasons.values())


def test_the_bridge_that_is_shown_adds_up(demo_quality: Analysis) -> None:
    amounts = [row[1] for row in show(demo_quality, "bridge").rows]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.01)
    assert amounts[-1] == pytest.approx(Told(demo_quality.facts, "EUR").value("bridge.closing"), abs=0.01)


def test_what_is_shown_is_the_fact(demo_quality: Analysis, demo_data: Analysis) -> None:
    told = Told(demo_quality.facts, "EUR")
    shown = show(demo_quality, "readings")
    values = {row[0]: row[1] for row in shown.rows}
    assert values["NRR, recommended"] == pytest.approx(told.value("retention.nrr_ltm"), rel=1e-11)
    assert f"is {told('retention.nrr_ltm')} in the reading" in shown.title
    assert show(demo_quality, "growth").rows[-1][-1] == pytest.approx(told.value("revenue.recurring"))
    shares = [row[-1] for row in show(demo_quality, "concentration").rows]
    assert shares[9] == pytest.approx(told.value("concentration.top10"))
    given = {row[0]: row[2] for row in show(demo_data, "coverage").rows}
    assert len(given) == 33
    assert given["revenue"] == 10


def test_the_bridge_shows_upsell_in_parts_where_quantities_tell_them(demo_quality: Analysis, tiny_room: Build) -> None:
    steps = [row[0] for row in show(demo_quality, "bridge").rows]
    assert {"Upsell: price", "Upsell: contracted uplift", "Upsell: volume"} <= set(steps) and "Upsell" not in steps
    bare = show(revenue_quality(tiny_room(book(12))), "bridge")
    assert "Upsell" in [row[0] for row in bare.rows]


def test_contracts_and_invoices_meet_in_the_exhibit(demo_quality: Analysis) -> None:
    rows = {row[0]: row[1] for row in show(demo_quality, "contracted").rows}
    told = Told(demo_quality.facts, "EUR")
    assert rows["Annual recurring revenue under contract"] == told.value("arr.contracted")
    assert rows["Annual recurring revenue as invoiced"] == pytest.approx(told.value("revenue.recurring"))


def test_the_definitions_of_management_are_found_and_what_none_explains_is_said(demo_quality: Analysis) -> None:
    shown = show(demo_quality, "definitions")
    assert "for metered usage (+" in shown.title
    assert shown.title.endswith("no definition explains the reported gross revenue retention and logo retention")
    acquired = [row for row in shown.rows if row[0] == "net revenue retention" and row[2] == "Acquired customers"]
    assert min(row[5] for row in acquired) == pytest.approx(-0.076, abs=0.002), "the quarter in which it weighed most is shown, too"


def test_the_cut_that_stands_out_holds_money_and_people(demo_quality: Analysis) -> None:
    shown = show(demo_quality, "cuts")
    assert re.match(r"Gross retention runs from 78\.5% \(tenure under 1 year\) to 99\.2% \(channel events\), against 92\.7%", shown.title)
    blank = [row for row in shown.rows if row[2] < 10]
    assert blank and all(row[5] is None and row[8] is None for row in blank)


def test_the_period_of_the_exhibits_is_the_one_that_was_asked(tiny_room: Build) -> None:
    analysis = revenue_quality(tiny_room(book(12)), months=6)
    assert show(analysis, "growth").title.endswith("in six months")
    assert Told(analysis.facts, "EUR").span("retention.nrr_ltm") == "six months"


def test_an_unknown_exhibit_proposes_the_nearest(demo_quality: Analysis) -> None:
    with pytest.raises(InputError, match="expected an exhibit of 01_revenue_quality, got 'cohort'; do this: did you mean 'cohorts'"):
        show(demo_quality, "cohort")
