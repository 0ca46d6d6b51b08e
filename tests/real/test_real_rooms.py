"""Real inputs that nobody here wrote, held to what is published about them (each folder's NOTE.md), to the cent.

They lie beside the repository (``../shared/data``), or where ``DILIGENCE_REAL`` says; without them these tests are skipped.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tiny import lines_of, repaired
from whole_run import ANALYSES

from diligence.dataroom.resolution.names import name_key
from diligence.dataroom.room import Room, open_room
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import catalogue
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BESIDE = ROOT.parent / "shared" / "data"
REAL = Path(os.environ.get("DILIGENCE_REAL", BESIDE))
FOLDERS = {"luxco": "iowa_liquor", "cedar_ridge": "iowa_liquor", "online_retail": "online_retail_uci", "crm_maven": "crm_maven"}
ALL = [pytest.param(name, marks=pytest.mark.slow if name == "luxco" else ()) for name in FOLDERS]

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"no real inputs: there is no folder {REAL.name} beside the repository, and DILIGENCE_REAL names none"
    ),
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Room]:
    """Open a real room once; from elsewhere by a copy of its deal file with another source."""
    opened: dict[tuple[str, str], Room] = {}

    def room(name: str, off: str = "") -> Room:
        if (name, off) not in opened:
            text = (HERE / name / "deal.toml").read_text(encoding="utf-8")
            folder = REAL / FOLDERS[name]
            if not folder.is_dir():
                pytest.skip(f"no real inputs: {folder.name} is not there")
            lines = [f'source = "{folder.as_posix()}"' if line.startswith("source = ") else line for line in text.splitlines()]
            copy = tmp_path_factory.mktemp(name) / "deal.toml"
            copy.write_text("\n".join(lines) + (f'\n[repairs]\noff = ["{off}"]\n' if off else "\n"), encoding="utf-8")
            opened[name, off] = open_room(copy)
        return opened[name, off]

    return room


@pytest.fixture(scope="module")
def quality(real: Callable[..., Room]) -> Callable[[str], Analysis]:
    found: dict[str, Analysis] = {}

    def analysis(name: str) -> Analysis:
        if name not in found:
            found[name] = revenue_quality(real(name))
        return found[name]

    return analysis


def by_year(room: Room) -> pd.Series:
    lines = lines_of(room)
    return lines.groupby(pd.to_datetime(lines["date"]).dt.year)["amount"].sum()


@pytest.mark.parametrize("name", ALL)
def test_opening_and_movements_make_closing_and_the_cube_holds_the_lines(
    quality: Callable[[str], Analysis], real: Callable[..., Room], name: str
) -> None:
    assert len(quality(name).prove()) >= 1
    data_room(real(name)).prove()
    for table in ("bridge", "bridge_segment"):
        if table in quality(name).frames:
            assert not (quality(name).frames[table]["residual"].abs() > 0.01).any()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("notebook", [name for name in ANALYSES if name not in ("00_data_room", "01_revenue_quality")])
def test_every_analysis_gives_what_it_can_and_says_why_not_the_rest(real: Callable[..., Room], name: str, notebook: str) -> None:
    found = ANALYSES[notebook](real(name))
    found.prove()
    facts = found.facts
    given, refused = facts[facts["status"] == "ok"], facts[facts["status"] != "ok"]
    assert given["value"].notna().all() and (given["n"] > 0).all()
    assert (refused["reason"].str.len() > 5).all() and refused["value"].isna().all()
    assert set(facts["metric"]) >= {one for one in catalogue() if one.startswith(f"{facts['metric'].iloc[0].partition('.')[0]}.")}


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_dropped_without_a_word(real: Callable[..., Room], name: str) -> None:
    """Rows given are the lines kept and the rows that the log says were left out; the money given is the money kept and left out."""
    room = real(name)
    log = room.cleaning
    left_out = log[
        log["repair"].isin(["after_as_of", "duplicate_lines", "near_duplicate_lines", "zero_lines"]) & (log["table"] == "revenue")
    ]
    lines = lines_of(room)
    once = lines["source_row"].nunique()
    assert room.given["revenue"]["rows"] == once + left_out["rows"].sum() == room.described["lines"] + left_out["rows"].sum()
    # only a credit is split, over the lines that it takes back
    assert (lines.loc[lines["source_row"].duplicated(keep=False), "ticks"] < 0).all()
    duplicates = left_out.loc[left_out["repair"].str.contains("duplicate"), "amount"].sum()
    assert room.described["revenue_as_given"] == pytest.approx(room.described["revenue"] + duplicates, abs=0.005)
    assert lines["ticks"].sum() == round(room.described["revenue"] * 10_000)


@pytest.mark.parametrize("name", ALL)
def test_every_repair_is_told_with_its_switch_and_its_reason(real: Callable[..., Room], name: str) -> None:
    log = real(name).cleaning
    assert len(log) and (log["rows"] > 0).all() and not log["id"].duplicated().any()
    assert (log["reason"].str.len() > 20).all() and log["turn_off"].str.contains(r"off = |as_of|\.keep").all()


@pytest.mark.slow
class TestLuxco:
    """2,167,527 lines; $18.6m in 2012, 17.8 in 2016, 17.3 in 2019, 16.8 in 2021; stores 1,197 to 1,881."""

    def test_lines_and_yearly_sales(self, real: Callable[..., Room]) -> None:
        room = real("luxco")
        assert room.described["lines"] == 2_167_527
        printed = by_year(room).loc[[2012, 2016, 2019, 2021]] / 1e6
        assert printed.round(1).tolist() == [18.6, 17.8, 17.3, 16.8]

    def test_stores_as_given_and_after_four_moved_under_a_new_number(self, real: Callable[..., Room]) -> None:
        room = real("luxco")
        given = pd.read_parquet(room.folder / "typed" / "revenue.parquet", columns=["customer_id", "date"])
        stores = given.groupby(pd.to_datetime(given["date"]).dt.year)["customer_id"].nunique()
        assert stores.loc[[2012, 2021]].tolist() == [1_197, 1_881]
        lines = lines_of(room)
        joined = lines.groupby(pd.to_datetime(lines["date"]).dt.year)["customer_id"].nunique()
        assert joined.loc[[2012, 2021]].tolist() == [1_197, 1_877]

    def test_what_is_odd_is_counted(self, real: Callable[..., Room]) -> None:
        issues = real("luxco").issues.set_index("code")
        assert issues.loc["zero_line", "rows"] == 2_931
        assert issues.loc["negative_line", ["rows", "message"]].tolist() == [33, "33 lines are negative, the first in 2022-07"]
        assert issues.loc["survivorship", ["rows", "amount"]].tolist() == [227_527, 14_843_312.31]
        assert repaired(real("luxco"))["missing_customer_row"] == (227_527, 14_843_312.31)

    def test_stores_joined_are_the_same_store(self, real: Callable[..., Room]) -> None:
        """Nineteen licences that went over to a new number: no two names differ by more than a letter, a sign or the order of words."""
        log = real("luxco").cleaning
        joined = log[log["repair"].isin(["misspelt_customer", "recoded_customer"])]
        names = [
            tuple(name_key(entry[column].split(" ", 1)[1].replace("FREDERICKS", "FREDRICKS")) for column in ("before", "after"))
            for _, entry in joined.iterrows()
        ]
        assert len(names) == 19 and all(before == after for before, after in names)


class TestCedarRidge:
    """78,430 lines; from $0.7m to $3.7m; the ten largest stores 34.5% of sales (of the whole ledger, 2012 to October 2022)."""

    def test_lines_and_growth(self, real: Callable[..., Room]) -> None:
        room = real("cedar_ridge")
        assert room.described["lines"] == 78_430
        assert (by_year(room).loc[[2012, 2021]] / 1e6).round(1).tolist() == [0.7, 3.7]
        assert f"{room.month:%Y-%m}" == "2022-10"

    @pytest.mark.parametrize("off", ["", "misspelt_customer"])
    def test_the_ten_largest_stores(self, real: Callable[..., Room], off: str) -> None:
        lines = lines_of(real("cedar_ridge", off))
        stores = lines.groupby("customer_id")["amount"].sum()
        assert round(stores.nlargest(10).sum() / stores.sum(), 3) == 0.345


class TestOnlineRetail:
    """Net GBP 9,747,747.93; 25,900 invoices; 4,372 customers; with id and positive: 397,884 lines and GBP 8,911,407.90."""

    def test_totals(self, real: Callable[..., Room]) -> None:
        room = real("online_retail")
        lines = lines_of(room)
        assert room.described["lines"] == 541_909
        assert round(lines["amount"].sum(), 2) == 9_747_747.93
        assert lines["invoice_id"].nunique() == 25_900
        known = lines[lines["customer_id"] != "(unidentified)"]
        assert (known["customer_id"].nunique(), lines["product_id"].str.upper().nunique() <= 4_070) == (4_372, True)
        positive = known[known["amount"] > 0]
        assert (len(positive), positive["customer_id"].nunique(), round(positive["amount"].sum(), 2)) == (397_884, 4_338, 8_911_407.90)

    def test_months(self, real: Callable[..., Room]) -> None:
        """By the month of the invoice, credit notes where they were booked."""
        lines = lines_of(real("online_retail"))
        months = lines.groupby(pd.to_datetime(lines["date"]).dt.strftime("%Y-%m"))["amount"].sum().round()
        assert months.loc[["2010-12", "2011-11", "2011-12"]].tolist() == [748_957, 1_461_756, 433_668]
        assert len(months) == 13

    def test_what_was_repaired(self, real: Callable[..., Room]) -> None:
        log = repaired(real("online_retail"))
        assert log["unidentified_customer"][0] == 135_080
        assert "duplicate_lines" not in log, "the deal file keeps them, as the published totals do"

    def test_cancellations_are_matched_and_no_money_is_lost(self, real: Callable[..., Room]) -> None:
        room = real("online_retail")
        giant = lines_of(room).query("invoice_id in ['581483', 'C581484', '541431', 'C541433']")
        assert giant.groupby("customer_id")["ticks"].sum().tolist() == [0, 0]
        assert giant.groupby("customer_id")["month_index"].nunique().tolist() == [1, 1]
        assert f"{room.month:%Y-%m}" == "2011-11", "December 2011 has nine days"
        assert "incomplete_month" in set(room.issues["code"])

    def test_the_season_of_thirteen_months_cannot_be_told(self, quality: Callable[[str], Analysis]) -> None:
        season = quality("online_retail").facts.query("metric == 'season.strength'")
        assert season["status"].tolist() == ["not_assessable"]


class TestMaven:
    """Won 4,238, lost 2,473, open 1,589 + 500; won revenue $10,005,534; win rate of closed 63.15%."""

    def test_opportunities(self, real: Callable[..., Room]) -> None:
        facts = data_room(real("crm_maven")).facts.set_index("metric")["value"]
        assert facts[["data.opportunities_won", "data.opportunities_lost", "data.opportunities_open"]].tolist() == [
            4_238,
            2_473,
            1_589 + 500,
        ]
        assert facts["data.opportunities_won_amount"] == 10_005_534
        assert round(4_238 / (facts["data.opportunities_won"] + facts["data.opportunities_lost"]), 4) == 0.6315

    def test_won_deals_as_revenue_by_quarter(self, real: Callable[..., Room]) -> None:
        room = real("crm_maven")
        lines = lines_of(room)
        quarters = lines.groupby(pd.to_datetime(lines["date"]).dt.quarter)["amount"].sum()
        assert quarters.tolist() == [1_134_672, 3_086_111, 2_982_255, 2_802_496]
        assert quarters.sum() == 10_005_534 == room.described["revenue"]

    def test_by_region_through_the_rep(self, real: Callable[..., Room]) -> None:
        room = real("crm_maven")
        won = room.table("opportunities").query("status == 'won'").merge(room.table("reps"), on="rep_id", suffixes=("", "_rep"))
        regions = won.groupby("segment_rep")["amount"].sum()
        assert regions[["West", "Central", "East"]].tolist() == [3_568_647, 3_346_293, 3_090_594]

    def test_the_product_written_two_ways_is_one(self, real: Callable[..., Room]) -> None:
        room = real("crm_maven")
        deals = room.table("opportunities")
        assert set(deals["product_id"]) <= set(room.table("products")["product_id"])
        assert (deals["product_id"] == "GTX Pro").sum() == 1_480
        assert "orphan" not in set(room.issues["code"])

    def test_prospects_without_a_date_are_kept_and_told(self, real: Callable[..., Room]) -> None:
        assert repaired(real("crm_maven")) == {
            "undated_row/opportunities": (500, 0.0),
            "keep/revenue": (4562, 0.0),
            "parent_consolidation": (738, 1732081.0),
        }

    def test_the_same_file_after_a_spreadsheet_changed_its_dates(self, tmp_path: Path) -> None:
        resaved = REAL / "crm_maven" / "excel_resaved"
        if not resaved.is_dir():
            pytest.skip("no real inputs: excel_resaved is not there")
        text = (HERE / "crm_maven" / "deal.toml").read_text(encoding="utf-8")
        text = text.replace('file = "sales_pipeline.csv"', 'file = "sales_pipeline.csv"\ndate_format = "%m/%d/%Y"')
        lines = [f'source = "{resaved.as_posix()}"' if line.startswith("source = ") else line for line in text.splitlines()]
        deal = tmp_path / "deal.toml"
        deal.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = lines_of(open_room(deal))
        assert found.groupby(pd.to_datetime(found["date"]).dt.quarter)["amount"].sum().tolist() == [
            1_134_672,
            3_086_111,
            2_982_255,
            2_802_496,
        ]
