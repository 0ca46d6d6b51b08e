"""The commercial model on the demo against its planted truth, and on rooms of a few rows worked by hand."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from test_narrative import KNOWN_WORDS, NUMBER, allowed
from tiny import line, monthly

from diligence.dataroom.room import Room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue, definition
from diligence.facts.commercial_model import commercial_model
from diligence.facts.record import WORKSPACE, record
from diligence.facts.sheet import fact, with_keys
from diligence.facts.trace import Trace, trace
from diligence.reports.exhibits import BOOK, show
from diligence.reports.narrative import headlines
from diligence.resources import shipped

Build = Callable[..., Room]
TRUTH: dict[str, Any] = json.loads((shipped("data") / "demo" / "truth.json").read_text(encoding="utf-8"))
EVERY = {metric for metric in catalogue() if metric.startswith("commercial.")}


@pytest.fixture(scope="module")
def demo(demo_room: Room) -> Analysis:
    return commercial_model(demo_room)


def value(analysis: Analysis, metric: str, **cut: str) -> float:
    return float(fact(analysis.facts, f"commercial.{metric}", **cut)["value"])


def reason(analysis: Analysis, metric: str, **cut: str) -> str:
    return str(fact(analysis.facts, f"commercial.{metric}", **cut)["reason"])


def test_discounts_with_and_without_a_rival_are_those_planted(demo: Analysis) -> None:
    assert value(demo, "discount_contested") == pytest.approx(TRUTH["discounts"]["contested"], abs=5e-4)
    assert value(demo, "discount_uncontested") == pytest.approx(TRUTH["discounts"]["uncontested"], abs=5e-4)
    assert value(demo, "discount_to_win") == pytest.approx(0.1, abs=0.005)


def test_the_survey_is_the_one_planted(demo: Analysis) -> None:
    planted = TRUTH["market_position"]
    assert value(demo, "wtp_drop_rate") * fact(demo.facts, "commercial.wtp_drop_rate")["n"] == planted["price_survey_intransitive_rows"]
    assert value(demo, "wtp_median_expensive") == planted["median_expensive"]
    assert value(demo, "wtp_realised") == pytest.approx(planted["median_realised_core_price_ltm"], rel=0.03)
    assert value(demo, "wtp_headroom") > 0.1, "the price is not above willingness to pay"


def test_the_two_list_increases_are_found_once_for_each_product(demo: Analysis) -> None:
    changes = demo.facts[demo.facts["metric"] == "commercial.list_change"]
    assert len(changes) == 10
    assert changes["value"].tolist() == pytest.approx([0.04] * 10, abs=5e-4)
    assert {name[:4] for name in changes["period"]} == {"2023", "2025"}
    assert value(demo, "list_staleness") == 16


def test_terms_are_shares_of_what_is_contracted(demo: Analysis, demo_quality: Analysis) -> None:
    contracted = fact(demo_quality.facts, "renewal.contracted")["value"]
    for metric in ("annual_prepay", "multi_year", "uplift_clause", "most_favoured"):
        assert fact(demo.facts, f"commercial.{metric}")["denominator"] == pytest.approx(contracted)
    mix = demo.facts[demo.facts["metric"] == "commercial.billing_share"]["value"]
    assert mix.sum() == pytest.approx(1)
    assert value(demo, "annual_prepay") == pytest.approx(value(demo, "billing_share", object="billing", object_id="annual_upfront"))


def test_the_closing_is_recurring_revenue(demo: Analysis, demo_quality: Analysis) -> None:
    for ours, theirs in (("pvm_opening", "bridge.opening"), ("pvm_closing", "bridge.closing")):
        known = float(fact(demo_quality.facts, theirs)["value"])
        assert value(demo, ours) == pytest.approx(known, rel=0.02), "what is worth a month on its last day, against what accrues to it"
    moved = [value(demo, f"pvm_{name}") for name in ("opening", "lost", "price", "volume", "new", "unpriced", "fx")]
    assert sum(moved) == pytest.approx(value(demo, "pvm_closing"), abs=0.01)


def test_demand_lost_on_terms_counts_new_business_decided(demo: Analysis) -> None:
    row = fact(demo.facts, "commercial.lost_on_terms")
    assert row["denominator"] == TRUTH["new_business"]["decided_new_opportunities"]
    assert row["numerator"] == 22 and row["low"] < row["value"] < row["high"]


def test_no_point_is_given_where_the_gate_is_shut(demo: Analysis) -> None:
    assert reason(demo, "elasticity_discounts").startswith("discounts are given to deals about to be lost")
    assert reason(demo, "elasticity_list").startswith("the list of every product moved at the same time")
    assert reason(demo, "burn_multiple") == "cash is not burnt"
    shut = demo.facts[demo.facts["metric"].isin(["commercial.elasticity_discounts", "commercial.elasticity_list"])]
    assert shut["value"].isna().all()


def test_every_fact_has_a_number_or_a_reason_and_too_few_are_none(demo: Analysis) -> None:
    demo.prove()
    assert set(demo.facts["metric"]) == EVERY
    silent = demo.facts[demo.facts["status"] != "ok"]
    assert silent["value"].isna().all() and (silent["reason"] != "").all()
    few = fact(demo.facts, "commercial.price_realisation", segment="enterprise")
    assert (few["status"], few["reason"]) == ("insufficient", "n is 9, 30 are needed")


def test_intervals_hold_their_values(demo: Analysis) -> None:
    known = demo.facts[(demo.facts["status"] == "ok") & demo.facts["low"].notna()]
    assert len(known) > 40
    assert ((known["low"] <= known["value"] + 1e-9) & (known["value"] <= known["high"] + 1e-9)).all()


def test_nothing_dated_later_counts(demo_room: Room) -> None:
    from diligence.dataroom.room import open_room

    early = commercial_model(open_room("demo", as_of="2024-06-30"))
    changes = early.facts[early.facts["metric"] == "commercial.list_change"]
    assert len(changes) == 5 and {name[:4] for name in changes["period"]} == {"2023"}
    assert fact(early.facts, "commercial.lost_on_terms")["n"] < 1_005
    early.prove()


def quote(one: int, day: str, net: float, **more: Any) -> dict[str, Any]:
    row = {
        "quote_id": f"q{one}",
        "opportunity_id": f"o{one}",
        "customer_id": "",
        "product_id": "p",
        "date": day,
        "quantity": 1,
        "list_price": 100,
    }
    return {**row, "net_price": net, "won": "true", "discount_reason": "volume", "approved_by": "", **more}


PARTIAL = '[room]\nsource = "room"\npartial = true\n'
ROOMS: dict[str, dict[str, Any]] = {
    "one line": {"revenue": [line("a", "2026-06-01", 5)]},
    "services only": {"revenue": monthly("a", "2024-01", "2026-06", 100, kind="services")},
    "without quantities": {"revenue": monthly("a", "2024-01", "2026-06", 100)},
    "one customer": {"revenue": monthly("a", "2024-01", "2026-06", 100, quantity=4, product_id="p")},
    "repeat purchase": {"revenue": monthly("a", "2023-01", "2026-06", 100, quantity=4), "deal": '[defaults]\nregime = "repeat"'},
    "no revenue": {"deal": PARTIAL, "quotes": [quote(one, "2026-05-01", 90 - one) for one in range(40)]},
    "quotes never won": {"deal": PARTIAL, "quotes": [quote(one, "2026-05-01", 90 - one, won="false") for one in range(40)]},
    "headers only": {
        "revenue": monthly("a", "2024-01", "2026-06", 100),
        "quotes": "quote_id,date,quantity,list_price,net_price,won\n",
        "choices": "respondent_id,task,alternative,chosen,price\n",
        "price_survey": "respondent_id,too_cheap,cheap,expensive,too_expensive,price_shown,would_buy\n",
        "invoices": "invoice_id,customer_id,issued_on,due_on,paid_on,amount\n",
        "contracts": "contract_id,customer_id,start_date,annual_value,billing\n",
        "opportunities": "opportunity_id,created_on,status,loss_reason,amount,rival_price,competitive,type\n",
        "competitors": "segment,competitor,year,share,price_index\n",
        "ledger": "month,line,amount\n",
    },
    "a survey of two products": {
        "deal": PARTIAL,
        "price_survey": [
            {"respondent_id": one, "product_id": "pq"[one % 2], "too_cheap": 1, "cheap": 2, "expensive": 3, "too_expensive": 4} for one in range(40)
        ]
    },
    "a loss": {
        "revenue": monthly("a", "2024-01", "2026-06", 100, quantity=4),
        "ledger": [
            {"month": f"{day:%Y-%m-%d}", "line": name, "amount": amount}
            for day in pd.date_range("2024-01-01", "2026-06-01", freq="MS")
            for name, amount in {"revenue": 100, "ebitda": -20, "capex": 1, "receivables": 10, "deferred_revenue": 5}.items()
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ROOMS)
def test_small_rooms_give_every_fact_or_its_reason_and_exhibits_that_say_so(tiny_room: Build, name: str) -> None:
    found = commercial_model(tiny_room(**ROOMS[name]))
    found.prove()
    assert set(found.facts["metric"]) >= EVERY
    silent = found.facts[found.facts["status"] != "ok"]
    assert silent["value"].isna().all() and (silent["reason"] != "").all()
    for exhibit in BOOK[found.name]:
        title = show(found, exhibit).title
        assert title.startswith("Not assessable: ") or "not assessable" not in title, title
    assert "nan" not in headlines(found).lead


def test_prices_and_quantities_of_a_tiny_room(tiny_room: Build) -> None:
    """a: 4 at 10, a year later 6 at 11; b leaves with 20 a month; c comes with 30. Price (11 - 10) x 5 x 12, volume 2 x 10.5 x 12."""
    rows = [
        *monthly("a", "2025-01", "2025-08", 40, product_id="p", quantity=4), *monthly("a", "2025-09", "2026-06", 66, product_id="p", quantity=6),
        *monthly("b", "2025-01", "2025-12", 20, product_id="p", quantity=2), *monthly("c", "2026-01", "2026-06", 30, product_id="p", quantity=3),
    ]  # fmt: skip
    found = commercial_model(tiny_room(rows))
    assert {name: value(found, f"pvm_{name}") for name in ("opening", "lost", "price", "volume", "new", "closing")} == {
        "opening": 720, "lost": -240, "price": 60, "volume": 252, "new": 360, "closing": 1_152,
    }  # fmt: skip


def test_repeat_purchase_is_measured_over_twelve_months(tiny_room: Build) -> None:
    """2 a month at 10, then 2 a month at 12 from July 2025: 24 x 10 to 24 x 12, all of it price."""
    rows = [
        *monthly("a", "2024-01", "2025-06", 20, product_id="p", quantity=2),
        *monthly("a", "2025-07", "2026-06", 24, product_id="p", quantity=2),
    ]
    found = commercial_model(tiny_room(rows, deal='[defaults]\nregime = "repeat"'))
    assert [value(found, f"pvm_{name}") for name in ("opening", "price", "volume", "closing")] == [240, 48, 0, 288]


def test_the_cut_is_the_one_asked(tiny_room: Build) -> None:
    people = [
        {"customer_id": "a", "name": "A", "segment": "x", "country": "DE"},
        {"customer_id": "b", "name": "B", "segment": "x", "country": "FR"},
    ]
    contracts = [
        {
            "contract_id": one,
            "customer_id": one,
            "start_date": "2026-01-01",
            "end_date": "2026-12-31",
            "annual_value": worth,
            "billing": way,
        }
        for one, worth, way in (("a", 30, "annual_upfront"), ("b", 70, "monthly"))
    ]
    room = tiny_room(
        [*monthly("a", "2025-01", "2026-06", 10), *monthly("b", "2025-01", "2026-06", 10)], customers=people, contracts=contracts
    )
    facts = commercial_model(room, segment_by="country").facts
    shares = facts[facts["metric"] == "commercial.annual_prepay"].set_index("segment")[["numerator", "status"]]
    assert set(shares.index) == {"", "DE", "FR"} and (shares["status"] == "insufficient").all()


@pytest.fixture(scope="module")
def traced(demo: Analysis, demo_room: Room, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Trace]:
    """Leave the facts of the demo beside its evidence, as a run does."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("traced")
        for entry in demo_room.folder.iterdir():
            if entry.name != "facts":
                (folder / entry.name).symlink_to(entry)
        patch.setenv(WORKSPACE, str(folder))
        record(demo)
    demo.facts.to_parquet(folder / "facts.parquet", index=False)
    return lambda key: trace(folder, key)


def money(rows: pd.DataFrame, column: str) -> float:
    return float((rows[column] * rows["quantity"]).sum())


def test_quotes_behind_price_realisation(traced: Callable[[str], Trace]) -> None:
    for key in (
        "commercial.price_realisation",
        "commercial.price_realisation[segment=mid_market]",
        "commercial.price_realisation[product=P10]",
    ):
        found = traced(key)
        assert len(found.rows) == found.fact["n"], key
        assert money(found.rows, "net_price") == pytest.approx(found.fact["numerator"])
        assert money(found.rows, "list_price") == pytest.approx(found.fact["denominator"])


def test_quotes_behind_leaks_and_approvers(traced: Callable[[str], Trace]) -> None:
    for key in ("commercial.leak[reason=rival offer]", "commercial.approver_discount[approver=Founder]"):
        found = traced(key)
        assert len(found.rows) == found.fact["n"], key
        assert money(found.rows, "list_price") - money(found.rows, "net_price") == pytest.approx(found.fact["numerator"])


def test_invoices_and_deals_behind_the_ratios(traced: Callable[[str], Trace]) -> None:
    for key in ("commercial.dso", "commercial.overdue_90", "commercial.credit_note_rate"):
        found = traced(key)
        assert abs(float(found.rows["amount"].sum())) == pytest.approx(found.fact["numerator"]), key
        assert float(found.denominator_rows["amount"].sum()) == pytest.approx(found.fact["denominator"]), key
    for key in ("commercial.lost_on_terms", "commercial.lost_on_terms[segment=enterprise]", "commercial.approved_share"):
        found = traced(key)
        assert (len(found.rows), len(found.denominator_rows)) == (found.fact["numerator"], found.fact["denominator"]), key


def test_contracts_behind_every_term_whole_and_by_segment(demo: Analysis, traced: Callable[[str], Trace]) -> None:
    facts = with_keys(demo.facts)
    mine = facts[
        facts["metric"].map(lambda metric: definition(metric).table == "contracts" and bool(definition(metric).numerator))
        & (facts["status"] == "ok")
    ]
    assert len(mine) > 25
    for key in mine["key"]:
        found = traced(key)
        assert found.rows["annual_value"].sum() == pytest.approx(found.fact["numerator"]), key
        assert found.denominator_rows["annual_value"].sum() == pytest.approx(found.fact["denominator"]), key


def test_every_exhibit_of_the_demo_has_a_message_and_facts_that_are_there(demo: Analysis) -> None:
    keys = set(with_keys(demo.facts)["key"])
    for name in BOOK[demo.name]:
        shown = show(demo, name)
        assert "not assessable" not in shown.title.lower() and shown.rows and shown.figure
        assert [key for key in shown.facts if key not in keys] == [], name
        assert "nan" not in shown.title


def test_every_number_of_the_answer_is_a_fact_that_it_names(demo: Analysis) -> None:
    for one in headlines(demo).sentences:
        known = allowed(demo.facts, set(one["facts"]))
        text = KNOWN_WORDS.sub("", one["text"])
        assert [number for number in NUMBER.findall(text) if number not in known] == [], text
