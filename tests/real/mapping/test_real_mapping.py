"""The mapping proposed for public exports that nobody here wrote, held to a truth table made by hand before the method was tuned.

``pytest -s`` prints the table of results.
"""

import os
import tomllib
from datetime import date
from pathlib import Path

import pytest

from diligence.dataroom.mapping.propose import propose_mapping
from diligence.deal import Deal

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
REAL = Path(os.environ.get("DILIGENCE_REAL", ROOT.parent / "shared" / "data"))
TRUTH = tomllib.loads((HERE / "truth.toml").read_text(encoding="utf-8"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"no real inputs: there is no folder {REAL.name} beside the repository, and DILIGENCE_REAL names none"
    ),
]


def deal_of(name: str, where: Path) -> Deal:
    if not (REAL / name).is_dir():
        pytest.skip(f"no real inputs: {name} is not there")
    target = {"name": name, "currency": "USD", "as_of": date(2024, 1, 1)}
    return Deal.model_validate({"target": target, "room": {"source": str(REAL / name)}, "path": where / "deal.toml"})


@pytest.mark.parametrize("name", TRUTH)
def test_columns_come_home(name: str, tmp_path: Path) -> None:
    """Right for 85% of the columns that have a home; no wrong one, and none without a home, above 0.9."""
    found = propose_mapping(deal_of(name, tmp_path))
    found = found[found["table"] != ""]
    with_home, right, sure, wrong = 0, 0, 0, {}
    for file, columns in TRUTH[name].items():
        for column, homes in columns.items():
            rows = found[(found["file"] == file) & (found["source_column"] == column)]
            got = {f"{row.table}.{row.column}": row.confidence for row in rows.itertuples()}
            allowed = set(homes.split())
            if "-" not in allowed:
                with_home += 1
                right += bool(set(got) & allowed)
                sure += any(got[place] >= 0.5 for place in set(got) & allowed)
            wrong |= {(file, column, place): got[place] for place in set(got) - allowed}
    worst = max(wrong.values(), default=0.0)
    print(
        f"\n{name:30} {with_home:4} with a home {right:4} right ({sure} of them at 0.5 or more) {len(wrong):3} wrong, the surest {worst:.2f}"
    )
    assert right >= 0.85 * with_home
    assert {place: sure for place, sure in wrong.items() if sure > 0.9} == {}


def test_without_a_header_nothing_is_sure(tmp_path: Path) -> None:
    found = propose_mapping(deal_of("adventureworks_sales_targets", tmp_path))
    bare = found[found["file"].str.startswith("oltp/")]
    assert len(bare) and bare["confidence"].max() <= 0.7


def test_a_ledger_of_two_million_lines_is_mapped_in_seconds(tmp_path: Path) -> None:
    import time

    began = time.monotonic()
    found = propose_mapping(deal_of("iowa_liquor", tmp_path))
    assert "invoices_luxco.parquet" in set(found["file"])
    assert time.monotonic() - began < 60
