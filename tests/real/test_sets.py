"""Every real set taken in by a deal file alone, held to what is published about it (each folder's NOTE.md), to the cent and the row.

Where nothing is published, the expected value is computed here from the file with the csv module. Folders as in ``test_real_rooms``.
"""

import csv
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from tiny import lines_of, repaired

from diligence.dataroom.room import Room, open_room
from diligence.facts.data_room import data_room

HERE = Path(__file__).parent
REAL = Path(os.environ.get("DILIGENCE_REAL", HERE.parents[1].parent / "shared" / "data"))
FOLDERS = {
    "olist_funnel/deal": "olist_funnel",
    "price_sensitivity/deal": "price_sensitivity",
    "mmm_robyn/deal": "mmm_robyn",
    "mmm_vexpower/deal": "mmm_vexpower",
    "mmm_vexpower/ads_manager": "mmm_vexpower",
    "mmm_vexpower/television": "mmm_vexpower",
    "adventureworks_resellers/deal": "adventureworks_sales_targets",
    "cdnow/deal": "cdnow",
    "cdnow/sample": "cdnow",
    "cdnow/elog": "cdnow",
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"no real inputs: there is no folder {REAL.name} beside the repository, and DILIGENCE_REAL names none"
    ),
]

Opened = Callable[[str], Room]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Open a set by its deal file once, its source where the real inputs lie."""
    opened: dict[str, Room] = {}

    def room(name: str) -> Room:
        if name not in opened:
            folder = REAL / FOLDERS[name]
            if not folder.is_dir():
                pytest.skip(f"no real inputs: {folder.name} is not there")
            text = (HERE / f"{name}.toml").read_text(encoding="utf-8")
            lines = [f'source = "{folder.as_posix()}"' if line.startswith("source = ") else line for line in text.splitlines()]
            copy = tmp_path_factory.mktemp(FOLDERS[name]) / "deal.toml"
            copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
            opened[name] = open_room(copy)
        return opened[name]

    return room


def cells(file: str, encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    with (REAL / file).open(encoding=encoding, newline="") as stream:
        yield from csv.DictReader(stream)


def added(file: str, column: str) -> Decimal:
    return sum((Decimal(row[column].replace(",", "")) for row in cells(file) if row[column]), Decimal())


@pytest.mark.parametrize("name", FOLDERS)
def test_the_facts_of_the_data_room_hold(real: Opened, name: str) -> None:
    found = data_room(real(name))
    found.prove()
    counted = found.facts.set_index("metric").loc["data.revenue_lines"]
    if real(name).has("revenue"):
        assert counted["value"] == real(name).described["lines"] > 0
    else:
        assert (counted["status"], counted["reason"]) == ("not_assessable", "not given: revenue")


@pytest.mark.parametrize("name", [name for name in FOLDERS if not name.startswith(("olist", "price", "mmm_vexpower/"))])
def test_all_lines_and_all_money_are_kept(real: Opened, name: str) -> None:
    """None of these sets needs a repair but the name for whom no line names; rows and money in are rows and money out."""
    room = real(name)
    assert set(room.cleaning["repair"]) <= {"unidentified_customer"}
    lines = lines_of(room)
    assert room.given["revenue"]["rows"] == len(lines) == room.described["lines"]
    assert lines["ticks"].sum() == round(room.described["revenue_as_given"] * 10_000)


class TestAdventureWorks:
    """57,851 lines, 3,616 orders, 632 resellers, $77,548,570.20: 2017 8.07m, 2018 24.33m, 2019 32.50m, 2020 12.65m; 10 territories, 17 reps."""

    def test_lines(self, real: Opened) -> None:
        lines = lines_of(real("adventureworks_resellers/deal"))
        assert len(lines) == 57_851
        assert round(lines["amount"].sum(), 2) == 77_548_570.20
        assert (lines["invoice_id"].nunique(), lines["customer_id"].nunique()) == (3_616, 632)

    def test_by_year(self, real: Opened) -> None:
        lines = lines_of(real("adventureworks_resellers/deal"))
        years = lines.groupby(pd.to_datetime(lines["date"]).dt.year)["amount"].sum() / 1e6
        assert years.round(2).to_dict() == {2017: 8.07, 2018: 24.33, 2019: 32.50, 2020: 12.65}

    def test_files_without_a_header(self, real: Opened) -> None:
        room = real("adventureworks_resellers/deal")
        assert len(room.table("territories")) == 10 and len(room.table("reps")) == 17
        assert room.table("territories").set_index("territory_id").loc["2", ["name", "region"]].tolist() == ["Northeast", "North America"]
        assert room.table("reps")["annual_quota"].dropna().unique().tolist() == [300_000, 250_000]


class TestCdnow:
    """Master: 69,659 transactions, 23,570 customers, $2,500,315.63, 167,881 CDs, 80 of zero; one in ten: 6,919 rows, 2,357 customers."""

    def test_master(self, real: Opened) -> None:
        room = real("cdnow/deal")
        lines = lines_of(room)
        assert (len(lines), lines["customer_id"].nunique()) == (69_659, 23_570)
        assert round(lines["amount"].sum(), 2) == 2_500_315.63
        assert int(lines["quantity"].sum()) == 167_881
        issues = room.issues.set_index("code")["rows"]
        assert (issues["zero_line"], issues["possible_duplicate"]) == (80, 255)

    def test_no_new_customer_after_march(self, real: Opened) -> None:
        first = lines_of(real("cdnow/deal")).groupby("customer_id")["date"].min()
        assert pd.Timestamp(first.min()) == pd.Timestamp("1997-01-01")
        assert pd.Timestamp(first.max()) < pd.Timestamp("1997-04-01")

    def test_the_sample_is_one_set_in_both_of_its_files(self, real: Opened) -> None:
        bare, log = lines_of(real("cdnow/sample")), lines_of(real("cdnow/elog"))
        for lines in (bare, log):
            assert (len(lines), lines["customer_id"].nunique()) == (6_919, 2_357)
        assert bare["ticks"].tolist() == log["ticks"].tolist()
        assert bare["amount"].sum() == pytest.approx(float(added("cdnow/BTYD_cdnowElog.csv", "sales")), abs=0.001)

    def test_the_sample_is_of_the_master(self, real: Opened) -> None:
        """Ids keep their zeros: 00004 is the same customer in both."""
        master, sample = lines_of(real("cdnow/deal")), lines_of(real("cdnow/sample"))
        whole = master.groupby("customer_id")["ticks"].sum()
        part = sample.groupby("customer_id")["ticks"].sum()
        assert part.index[0] == "00004"
        assert whole.loc[part.index].equals(part)


class TestRobyn:
    """208 weeks, 2015-11-23 to 2019-11-11; revenue 379,005,696.67."""

    def test_revenue_belongs_to_nobody_named(self, real: Opened) -> None:
        room = real("mmm_robyn/deal")
        assert room.described["lines"] == 208
        assert round(room.described["revenue"], 2) == 379_005_696.67
        assert repaired(room)["unidentified_customer"][0] == 208
        assert room.revenue(None).empty, "of no customer: outside retention and concentration"

    def test_spend_by_channel_and_month(self, real: Opened) -> None:
        spend, file = real("mmm_robyn/deal").table("spend"), "mmm_robyn/dt_simulated_weekly.csv"
        assert len(spend) == 5 * 208
        for channel, amount in spend.groupby("channel")["amount"].sum().items():
            assert amount == pytest.approx(float(added(file, f"{channel}_S")), abs=0.01)
        first = sum(Decimal(row["tv_S"]) for row in cells(file) if row["DATE"].startswith("2016-02"))
        found = spend[(spend["channel"] == "tv") & (pd.to_datetime(spend["month"]) == "2016-02-01")]
        assert found["amount"].sum() == pytest.approx(float(first), abs=0.01)


class TestVexpower:
    """180 days: revenue 7,398,874.93, facebook 1,165,185.77, affiliate 483,116.96, tv 500,000.10; advertising account 107 rows, 75,888.09."""

    def test_revenue_and_spend(self, real: Opened) -> None:
        room = real("mmm_vexpower/deal")
        assert (room.described["lines"], round(room.described["revenue"], 2)) == (180, 7_398_874.93)
        spend = room.table("spend").groupby("channel")["amount"].sum().round(2)
        assert spend.to_dict() == {"affiliate": 483_116.96, "facebook": 1_165_185.77, "tv": 500_000.10}

    def test_searches_with_marks_of_thousands_up_to_the_as_of_date(self, real: Opened) -> None:
        found = real("mmm_vexpower/deal").table("visibility")
        rows = [row for row in cells("mmm_vexpower/Brand Searches Interpolate - Sheet1.csv") if row["Date"] <= "2020-10-31"]
        assert len(found) == len(rows) == 882
        assert found["value"].sum() == sum(Decimal(row["Brand Searches"].replace(",", "")) for row in rows)

    def test_advertising_account(self, real: Opened) -> None:
        spend = real("mmm_vexpower/ads_manager").table("spend")
        assert (len(spend), spend["campaign"].nunique(), round(spend["amount"].sum(), 2)) == (107, 5, 75_888.09)

    def test_weeks_across_the_page_without_their_totals(self, real: Opened) -> None:
        spend = real("mmm_vexpower/television").table("spend")
        assert spend["amount"].tolist() == [40_000, 70_000, 50_000, 60_000, 70_000, 50_000, 60_000, 60_000, 40_000]
        assert spend["amount"].sum() == 500_000


class TestOlist:
    """842 of 8,000 leads: 10.525%; paid search 12.3% of 1,586, organic 11.8% of 2,296, social 5.6% of 1,350, email 3.0% of 493."""

    def test_leads_to_deals_by_channel(self, real: Opened) -> None:
        room = real("olist_funnel/deal")
        leads, deals = room.table("leads"), room.table("opportunities")
        assert (len(leads), len(deals), set(deals["status"])) == (8_000, 842, {"won"})
        won = leads["opportunity_id"].isin(deals["opportunity_id"])
        assert round(won.mean(), 5) == 0.10525
        by = won.groupby(leads["channel"]).agg(["mean", "count"])
        named = by.loc[["paid search", "organic search", "social", "email"]]
        assert named["count"].tolist() == [1_586, 2_296, 1_350, 493]
        assert named["mean"].round(3).tolist() == [0.123, 0.118, 0.056, 0.030]
        assert leads["channel"].isna().sum() == 60

    def test_days_to_close(self, real: Opened) -> None:
        """Median 14, mean 48.4, in whole days; one deal closes two days before its first contact."""
        room = real("olist_funnel/deal")
        joined = room.table("leads").merge(room.table("opportunities"), on="opportunity_id", suffixes=("", "_deal"))
        days = (pd.to_datetime(joined["closed_on"]) - pd.to_datetime(joined["created_on"])).dt.days
        assert days.median() == 14 and abs(days.mean() - 48.4) < 0.6
        assert (days < 0).sum() == 1

    def test_who_sold(self, real: Opened) -> None:
        assert real("olist_funnel/deal").table("opportunities")["rep_id"].nunique() == 22

    def test_blank_days_of_creation_are_told(self, real: Opened) -> None:
        assert repaired(real("olist_funnel/deal")) == {"undated_row/opportunities": (842, 0.0)}


class TestPriceSurvey:
    """1,000 respondents in mac_roman; 991 answer in order; at 75: too cheap .0283, cheap .1635, expensive .3663, too expensive .0898."""

    def test_valid_respondents(self, real: Opened) -> None:
        asked = real("price_sensitivity/deal").table("price_survey")
        answers = asked[["too_cheap", "cheap", "expensive", "too_expensive"]]
        assert (len(asked), asked["respondent_id"].nunique()) == (1_000, 1_000)
        assert int((answers.diff(axis=1).iloc[:, 1:] > 0).all(axis=1).sum()) == 991

    def test_shares_at_75(self, real: Opened) -> None:
        asked = real("price_sensitivity/deal").table("price_survey")
        answers = asked[["too_cheap", "cheap", "expensive", "too_expensive"]]
        valid = answers[(answers.diff(axis=1).iloc[:, 1:] > 0).all(axis=1)]
        falling = [round((valid[name] > 75).mean(), 4) for name in ("too_cheap", "cheap")]
        rising = [round((valid[name] <= 75).mean(), 4) for name in ("expensive", "too_expensive")]
        assert falling + rising == [0.0283, 0.1635, 0.3663, 0.0898]

    def test_words_of_intent(self, real: Opened) -> None:
        chances = real("price_sensitivity/deal").table("price_survey")["would_buy"].value_counts().to_dict()
        file = list(cells("price_sensitivity/responses.csv", "mac_roman"))
        words = [row["How likely would you purchase your next smartphone at $[PIPE ANSWER FROM Q1.16_2]?"] for row in file]
        scale = {"Very unlikely": 0.0, "Unlikely": 0.25, "Neither likely nor unlikely": 0.5, "Likely": 0.75, "Very likely": 1.0}
        assert chances == {chance: words.count(word) for word, chance in scale.items()}
