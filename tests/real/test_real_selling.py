"""Authority and operations on inputs that nobody here wrote, held to what is published about them (each folder's NOTE.md).

They lie beside the repository (``../shared/data``), or where ``DILIGENCE_REAL`` says; without them these tests are skipped.
"""

from datetime import date

import pandas as pd
import pytest
from test_real_rooms import HERE, REAL, pytestmark  # noqa: F401 - marks and skips this file too

from diligence.dataroom.room import Room, open_room
from diligence.facts.authority import authority
from diligence.facts.operations import operations
from diligence.facts.sheet import fact
from diligence.metrics.handoffs import handoff_times, lead_conversion
from diligence.metrics.hygiene import crm_hygiene
from diligence.metrics.key_people import wins_by_person
from diligence.metrics.win_rate import decided_within, win_rate


def opened(name: str, folder: str, tmp_path_factory: pytest.TempPathFactory) -> Room:
    if not (REAL / folder).is_dir():
        pytest.skip(f"no real inputs: {folder} is not there")
    text = (HERE / name / "deal.toml").read_text(encoding="utf-8")
    lines = [f'source = "{(REAL / folder).as_posix()}"' if line.startswith("source = ") else line for line in text.splitlines()]
    copy = tmp_path_factory.mktemp(name) / "deal.toml"
    copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_room(copy)


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return opened("crm_maven", "crm_maven", tmp_path_factory)


@pytest.fixture(scope="module")
def olist(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return opened("olist_funnel", "olist_funnel", tmp_path_factory)


def test_maven_wins_63_in_a_hundred_of_closed_deals(maven: Room) -> None:
    """Won 4,238, lost 2,473, open 2,089: 63.15% of closed."""
    counts = win_rate(maven.table("opportunities")).iloc[0]
    assert counts[["won", "lost", "open"]].tolist() == [4_238, 2_473, 2_089]
    assert round(counts["broad"], 4) == 0.6315


def test_maven_won_value_by_region_and_quarter(maven: Room) -> None:
    """West 3,568,647, Central 3,346,293, East 3,090,594; by quarter 1,134,672, 3,086,111, 2,982,255, 2,802,496."""
    deals = maven.table("opportunities")
    people = wins_by_person(deals).merge(maven.table("reps")[["rep_id", "segment"]], on="rep_id")
    assert people.groupby("segment")["amount"].sum()[["West", "Central", "East"]].tolist() == [3_568_647, 3_346_293, 3_090_594]
    quarters = [(date(2017, 3 * q + 1, 1), (pd.Timestamp(2017, 3 * q + 1, 1) + pd.offsets.QuarterEnd(0)).date()) for q in range(4)]
    won = [decided_within(deals, *quarter).query("status == 'won'")["amount"].sum() for quarter in quarters]
    assert won == [1_134_672, 3_086_111, 2_982_255, 2_802_496]


def test_maven_amounts_that_are_filled_in_at_the_win_make_no_rate_in_money(maven: Room) -> None:
    """Lost deals have a value of nought, so that money and size know the outcome: neither is used."""
    found = authority(maven)
    found.prove()
    facts = found.facts
    assert fact(facts, "authority.win_rate_broad")["value"] == pytest.approx(4_238 / 6_711)
    for metric in ("authority.win_rate_money", "authority.win_rate_size"):
        assert fact(facts, metric)["reason"].startswith("lost deals carry no amounts as won ones do")
    spread = fact(facts, "authority.rep_variance")
    assert spread["n"] == 6_711 and spread["high"] < 0.01, "thirty sellers between 55% and 70% are all alike but for chance"


def test_maven_hygiene(maven: Room) -> None:
    """No amount stands on any of the 2,089 open deals."""
    checks = crm_hygiene(maven.table("opportunities"), date(2017, 12, 31)).set_index("check")
    assert checks.loc["no_amount", ["n", "of"]].tolist() == [2_089, 2_089]
    assert fact(operations(maven).facts, "operations.no_amount")["value"] == 1.0


def funnel(olist: Room) -> pd.DataFrame:
    closed = olist.table("opportunities")[["opportunity_id", "closed_on"]].rename(columns={"closed_on": "mql_on"})
    return olist.table("leads").drop(columns="mql_on").merge(closed, on="opportunity_id", how="left")


def test_olist_converts_one_lead_in_ten_and_the_last_months_are_not_mature(olist: Room) -> None:
    """842 of 8,000 leads: 10.525%; paid search 12.3% of 1,586, organic 11.8% of 2,296, social 5.6% of 1,350, email 3.0% of 493."""
    leads = funnel(olist)
    months = lead_conversion(leads, date(2018, 6, 30), of="created_on", to="mql_on")
    assert (months["converted"].sum(), months["n"].sum()) == (842, 8_000)
    assert not months["mature"].iloc[-1] and months["mature"].iloc[0]
    by = {channel: lead_conversion(part, date(2018, 6, 30), of="created_on", to="mql_on") for channel, part in leads.groupby("channel")}
    for channel, n, rate in (
        ("paid search", 1_586, 0.123),
        ("organic search", 2_296, 0.118),
        ("social", 1_350, 0.056),
        ("email", 493, 0.030),
    ):
        key = next(name for name in by if name.replace("_", " ") == channel)
        assert by[key]["n"].sum() == n and round(by[key]["converted"].sum() / n, 3) == rate


def test_olist_times_to_close_without_the_deal_that_closed_before_it_came(olist: Room) -> None:
    """Median 14 days; one deal closes two days before the first contact."""
    row = handoff_times(funnel(olist)).iloc[0]
    assert (row["n"] + row["reversed"], row["reversed"], row["median_days"]) == (842, 1, 14)


def test_olist_lists_won_deals_only_and_that_is_no_win_rate(olist: Room) -> None:
    row = fact(authority(olist).facts, "authority.win_rate_broad")
    assert (row["status"], row["reason"]) == (
        "not_assessable",
        "the opportunities hold won deals only: a list without the others gives no rate",
    )
