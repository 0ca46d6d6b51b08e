"""The whole way with real folders: a mapping proposed and written, accepted as it stands, read by intake, and not changed by a second look."""

import os
from pathlib import Path

import pytest

from diligence.dataroom.mapping.propose import propose
from diligence.dataroom.mapping.write import write_mapping
from diligence.dataroom.room import Room, open_room
from diligence.deal import load_deal
from diligence.errors import InputError

REAL = Path(os.environ.get("DILIGENCE_REAL", Path(__file__).parents[3].parent / "shared" / "data"))
DATES = {"crm_maven": "2017-12-31", "iowa_liquor": "2022-10-31", "cdnow": "1998-06-30"}
ROWS = {
    "crm_maven": {"customers": 85, "opportunities": 8_800, "products": 7, "reps": 35, "revenue": 4_238},
    "olist_funnel": {"customers": 3_095, "leads": 8_000},
    "online_retail_uci": {"revenue": 541_909},
    "iowa_liquor": {"customers": 2_296, "market": 9_716, "products": 6_482, "revenue": 2_167_527},
    "adventureworks_sales_targets": {"customers": 701, "products": 397, "revenue": 57_851},
    "mmm_robyn": {"spend": 1_040},
    "mmm_vexpower": {"spend": 540, "visibility": 882},
    "price_sensitivity": {"price_survey": 1_000},
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"no real inputs: there is no folder {REAL.name} beside the repository, and DILIGENCE_REAL names none"
    ),
]


def proposed(name: str, folder: Path) -> Room:
    """Map a folder, twice, and open it with nothing corrected."""
    if not (REAL / name).is_dir():
        pytest.skip(f"no real inputs: {name} is not there")
    deal = folder / "deal.toml"
    target = f'[target]\nname = "{name}"\ncurrency = "USD"\nas_of = {DATES.get(name, "2024-01-01")}\n'
    deal.write_text(f'{target}\n[room]\nsource = "{(REAL / name).as_posix()}"\npartial = true\n', encoding="utf-8")
    assert write_mapping(load_deal(deal), propose(load_deal(deal)))
    first = deal.read_bytes()
    assert not write_mapping(load_deal(deal), propose(load_deal(deal)))
    assert deal.read_bytes() == first
    return open_room(deal)


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name == "iowa_liquor" else ()) for name in ROWS])
def test_what_is_proposed_is_read_as_it_stands(name: str, tmp_path: Path) -> None:
    assert {table: facts["rows"] for table, facts in proposed(name, tmp_path).given.items()} == ROWS[name]


def test_revenue_and_products_of_won_deals_without_a_correction(tmp_path: Path) -> None:
    """The published 10,005,534; GTXPro and GTX Pro are one product."""
    room = proposed("crm_maven", tmp_path)
    assert room.described["revenue"] == 10_005_534
    assert (room.table("opportunities")["product_id"] == "GTX Pro").sum() == 1_480


def test_ids_of_two_numberings_are_told_in_one_line(tmp_path: Path) -> None:
    """The summary counts the sample's customers and the ledger all of them: intake does not take them for the same."""
    with pytest.raises(InputError) as told:
        proposed("cdnow", tmp_path)
    assert str(told.value).splitlines() == [
        "cdnow_customers_summary.csv, column 'customer_id': expected ids as in revenue, got ids without their leading zeros: 2,357 of "
        "revenue.customer_id match customers.customer_id padded to 5 digits; do this: set room.tables.customers.pad = { customer_id = 5 }"
    ]
