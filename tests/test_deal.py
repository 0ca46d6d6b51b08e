"""The deal file: read whole, refused whole, frozen."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from tiny import line

from diligence.dataroom.cleaning import REPAIRS
from diligence.deal import Deal, load_deal
from diligence.errors import InputError
from diligence.resources import demo_deal, shipped

HEAD = '[target]\nname = "T"\ncurrency = "EUR"\nas_of = 2026-06-30\n'


def refused(folder: Path, text: str, **more: object) -> list[str]:
    (folder / "room").mkdir(exist_ok=True)
    file = folder / "deal.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_deal(file, **more)  # type: ignore[arg-type]
    return [str(problem).removeprefix(f"{file}, ").removeprefix(f"{file}: ") for problem in caught.value.problems]


def test_defaults_of_a_deal_that_says_little(tiny_deal: Callable[..., Path]) -> None:
    deal = load_deal(tiny_deal([line("a", "2026-01-01", 1)]))
    assert (deal.target.fiscal_year_end_month, deal.defaults.revenue_kind, deal.defaults.segment_by) == (12, "recurring", "segment")
    assert (deal.run.seed, deal.run.draws, deal.repairs.off, deal.thresholds) == (20260630, 10_000, [], {})
    assert deal.room_path.name == "room"


def test_tolerance_and_materiality_are_shares(tmp_path: Path) -> None:
    assert refused(tmp_path, f"{HEAD}[tieout]\ntolerance = -0.1\nmateriality = 1.0\n") == [
        "key tieout.tolerance: expected greater than or equal to 0, got -0.1; do this: correct tieout.tolerance",
        "key tieout.materiality: expected less than 1, got 1.0; do this: correct tieout.materiality",
    ]


def test_the_folder_stands_for_its_deal_file(tiny_deal: Callable[..., Path]) -> None:
    file = tiny_deal([line("a", "2026-01-01", 1)])
    assert load_deal(file.parent) == load_deal(file)


def test_the_word_demo_is_the_demo() -> None:
    assert load_deal("demo") == load_deal(demo_deal())
    assert load_deal("demo").target.as_of == date(2026, 6, 30)
    assert shipped("data") / "demo" / "deal.toml" == demo_deal()


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "deal.toml").write_text(HEAD, encoding="utf-8-sig")
    assert load_deal(tmp_path).target.name == "T"


def test_a_deal_is_frozen_and_looked_at_from_another_date_is_another() -> None:
    deal = load_deal("demo")
    with pytest.raises(ValidationError):
        deal.target.name = "Other"  # type: ignore[misc]
    earlier = deal.as_of(date(2025, 6, 30))
    assert (earlier.target.as_of, deal.target.as_of) == (date(2025, 6, 30), date(2026, 6, 30))
    assert earlier.target.name == deal.target.name


def test_a_deal_survives_json() -> None:
    deal = load_deal("demo")
    assert Deal.model_validate_json(deal.model_dump_json()).model_dump() == deal.model_dump()


BAD = {
    "unknown key": (
        HEAD + "[defaults]\nsegmnt_by = 'country'\n",
        "key defaults.segmnt_by: expected a known key, got 'segmnt_by'; do this: did you mean 'segment_by'?",
    ),
    "unknown section": (HEAD + "[repair]\noff = []\n", "key repair: expected a known key, got 'repair'; do this: did you mean 'repairs'?"),
    "unknown key of a table": (
        HEAD + "[room.tables.revenue]\nseparater = ';'\n",
        "key room.tables.revenue.separater: expected a known key, got 'separater'; do this: did you mean 'separator'?",
    ),
    "missing key": (
        "[target]\nname = 'T'\nas_of = 2026-06-30\n",
        "key target.currency: expected a value, got nothing; do this: set target.currency; `diligence new` writes every key explained",
    ),
    "text where a number is due": (
        HEAD.replace("as_of", "fiscal_year_end_month = 'June'\nas_of"),
        "key target.fiscal_year_end_month: expected a valid integer, got 'June'; do this: correct target.fiscal_year_end_month",
    ),
    "text where a date is due": (
        HEAD.replace("2026-06-30", "'2026-06-30'"),
        "key target.as_of: expected a valid date, got '2026-06-30'; do this: correct target.as_of",
    ),
    "thirteenth month": (
        HEAD.replace("as_of", "fiscal_year_end_month = 13\nas_of"),
        "key target.fiscal_year_end_month: expected less than or equal to 12, got 13; do this: correct target.fiscal_year_end_month",
    ),
    "a currency in words": (
        HEAD.replace('"EUR"', '"Euro"'),
        "key target.currency: expected a code of three capitals, such as EUR (ISO 4217), got 'Euro'; do this: correct target.currency",
    ),
    "a word that is not allowed": (
        HEAD + "[defaults]\nregime = 'subscription'\n",
        "key defaults.regime: expected '', 'contractual' or 'repeat', got 'subscription'; do this: correct defaults.regime",
    ),
    "a plan that lies behind": (
        HEAD + "[plan]\nrecurring_revenue = { 2024 = 5.0 }\n",
        "expected plan.recurring_revenue names 2024, before the as-of date 2026-06-30; a plan lies ahead of it, got this; do this: correct the file",
    ),
    "a path that leaves the room": (
        HEAD + "[room.tables.revenue]\nfile = '../deal.toml'\n",
        "key room.tables.revenue.file: expected a file inside the room, got ../deal.toml; do this: put the file into the room; a path may not leave it",
    ),
    "a file that is not there": (
        HEAD + "[room.tables.revenue]\nfile = 'sales.csv'\n",
        "key room.tables.revenue.file: expected a file of the room, got 'sales.csv', which is not there; do this: use one of ",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_deal_file_says_what_to_do(tmp_path: Path, case: str) -> None:
    text, told = BAD[case]
    assert refused(tmp_path, text) == [told]


def test_a_file_misspelt_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "sales lines.csv").write_text("a\n", encoding="utf-8")
    assert refused(tmp_path, HEAD + "[room.tables.revenue]\nfile = 'sale lines.csv'\n")[0].endswith(
        "do this: did you mean 'sales lines.csv'?"
    )


def test_an_absolute_path_leaves_the_room_too(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n", encoding="utf-8")
    assert "a path may not leave it" in refused(tmp_path, HEAD + f"[room.tables.revenue]\nfile = '{outside.as_posix()}'\n")[0]


def test_a_link_out_of_the_room_leaves_it(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n", encoding="utf-8")
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "inside.csv").symlink_to(outside)
    assert "a path may not leave it" in refused(tmp_path, HEAD + "[room.tables.revenue]\nfile = 'inside.csv'\n")[0]


def test_no_folder_and_no_file_and_no_toml(tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD + "[room]\nsource = 'elsewhere'\n")[0].endswith("got no such folder; do this: correct room.source")
    told = refused(tmp_path, "[target\nname = 1\n")[0]
    assert told.startswith("expected TOML in UTF-8, got ") and "line 1" in told
    (tmp_path / "deal.toml").write_bytes(b'[target]\nname = "\xe4"\n')
    with pytest.raises(InputError, match="expected TOML in UTF-8"):
        load_deal(tmp_path)
    with pytest.raises(InputError, match="expected a deal file, got no such file; do this: name an existing"):
        load_deal(tmp_path / "none.toml")


def test_unknown_rules_and_repairs_are_refused_with_the_nearest(tmp_path: Path) -> None:
    text = HEAD + "[thresholds]\n'R-0O1' = { amber = 1.0, red = 2.0 }\n[repairs]\noff = ['duplicate_line']\n"
    told = refused(tmp_path, text, rules=["R-001", "K-004"], repairs=REPAIRS)
    assert told == [
        "key thresholds: expected the id of a rule, got 'R-0O1'; do this: did you mean 'R-001'?",
        "key repairs.off: expected the id of a repair, got 'duplicate_line'; do this: did you mean 'duplicate_lines'?",
    ]
    assert load_deal(tmp_path).repairs.off == ["duplicate_line"], "where no ids are given, none is refused"


def test_all_problems_of_a_deal_file_are_told_at_once(tmp_path: Path) -> None:
    text = "[target]\nname = ''\ncurrency = 'euro'\n[room.tables.revenue]\nfile = 'none.csv'\n[run]\ndraws = 3\n[plan]\nhold = 3\n"
    told = refused(tmp_path, text)
    assert len(told) == 6
    for key in ("target.name", "target.currency", "target.as_of", "run.draws", "plan.hold", "room.tables.revenue.file"):
        assert sum(f"key {key}:" in entry for entry in told) == 1
