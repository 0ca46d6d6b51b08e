"""From every number back to the rows of the target's own export, whose sum is the number."""

import csv
import shutil
from collections.abc import Callable
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tiny import line, monthly
from whole_run import ROOT, book, customers, demo_run

from diligence.dataroom.room import Room, read_room
from diligence.errors import InputError
from diligence.facts.catalogue import definition
from diligence.facts.record import WORKSPACE, record
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.revenue_quality.cuts import CUTS
from diligence.facts.sheet import with_keys
from diligence.facts.trace import Trace, trace

EXPORT = ROOT / "data" / "demo" / "room" / "Revenue export FY22-FY26.csv"


@cache
def followed(key: str) -> Trace:
    return trace(demo_run(), key)


def addable(run: Path) -> list[str]:
    facts = with_keys(pd.read_parquet(run / "facts.parquet"))
    known = [definition(metric) for metric in facts["metric"]]
    rows = zip(facts["key"], facts["status"], known, strict=True)
    return once_a_cut([key for key, status, one in rows if status == "ok" and one.numerator and one.adds_up])


def once_a_cut(keys: list[str]) -> list[str]:
    """One value of each cut, of net retention: its rows are selected by all that the others are, and the other values alike."""
    found: dict[str, str] = {}
    for key in keys:
        cut = key.partition("[")[2].partition("=")[0]
        if cut not in CUTS or key.startswith("retention.nrr_ltm"):
            found.setdefault(cut if cut in CUTS else key, key)
    return list(found.values())


def summed(rows: pd.DataFrame, known: Any, predicate: str, window: int) -> float:
    if known.table == "contracts":
        return float(rows["annual_value"].sum())
    yearly = 1.0 if "year_from" in predicate or "$year" in predicate else 12 / window
    return float(rows["amount"].sum()) * yearly


def assert_adds_up(found: Trace, window: int) -> None:
    known, fact = found.definition, found.fact
    top = fact["numerator"] if pd.notna(fact["numerator"]) else abs(fact["value"])
    assert summed(found.rows, known, known.numerator, window) == pytest.approx(top, rel=1e-6, abs=0.01), fact["key"]
    if known.denominator:
        assert summed(found.denominator_rows, known, known.denominator, window) == pytest.approx(fact["denominator"], rel=1e-6), fact["key"]


def test_the_rows_behind_every_fact_of_the_demo_sum_to_it() -> None:
    keys = addable(demo_run())
    # the law would hold of nothing, too
    assert {"revenue.recurring", "bridge.churn", "retention.nrr_ltm", "concentration.top1", "renewal.next_12m"} <= set(keys)
    assert {f"retention.nrr_ltm[segment={one}]" for one in ("enterprise", "mid_market", "small_business")} <= set(keys)
    assert {key.partition("[")[2].partition("=")[0] for key in keys} >= set(CUTS)
    # of each metric the whole and two of its cuts
    for _, some in groupby(sorted(keys), key=lambda key: key.partition("[")[0]):
        for key in islice(some, 3):
            assert_adds_up(followed(key), window=1)


@pytest.fixture
def traced_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Leave the facts of a room beside its evidence, as a run does."""

    def leave(room: Room, **choices: Any) -> Path:
        found = revenue_quality(room, **choices)
        monkeypatch.setenv(WORKSPACE, str(room.folder))
        record(found, segment_by=choices.get("segment_by", ""))
        # the folder of a room goes with the room
        folder = Path(shutil.copytree(room.folder, tmp_path / "run"))
        found.facts.to_parquet(folder / "facts.parquet", index=False)
        return folder

    return leave


@pytest.mark.parametrize("months", [12, 6, 3])
def test_the_rows_are_those_of_the_period_that_was_asked(
    months: int, tiny_room: Callable[..., Room], traced_room: Callable[..., Path]
) -> None:
    room = tiny_room(book(), customers=customers())
    folder = traced_room(room, months=months)
    keys = addable(folder)
    assert {"retention.nrr_ltm", "retention.churn_rate", "bridge.opening[segment=small]"} <= set(keys) or months == 3
    for key in keys:
        assert_adds_up(trace(folder, key), window=1)


def test_repeat_purchase_is_measured_over_twelve_months(tiny_room: Callable[..., Room], traced_room: Callable[..., Path]) -> None:
    room = tiny_room(book(), customers=customers(), deal='[defaults]\nregime = "repeat"\n')
    folder = traced_room(room)
    assert room.window == 12
    keys = addable(folder)
    assert "retention.nrr_ltm" in keys
    for key in keys:
        assert_adds_up(trace(folder, key), window=12)


def test_an_earlier_date_has_earlier_rows(tiny_room: Callable[..., Room], traced_room: Callable[..., Path]) -> None:
    room = tiny_room(book(), customers=customers(), look_from="2025-12-31")
    folder = traced_room(room)
    found = trace(folder, "revenue.recurring")
    assert set(found.rows["month"]) == {"2025-12"}
    assert_adds_up(found, window=1)


def test_the_cut_that_was_chosen_is_the_cut_that_is_traced(tiny_room: Callable[..., Room], traced_room: Callable[..., Path]) -> None:
    listed = [{**row, "country": "NL" if row["customer_id"] < "c02" else "DE"} for row in customers()]
    folder = traced_room(tiny_room(book(), customers=listed), segment_by="country")
    found = trace(folder, "retention.nrr_ltm[segment=DE]")
    assert set(found.rows["customer_id"]) == {f"c{one:02d}" for one in range(2, 12)}
    assert_adds_up(found, window=1)


@pytest.mark.parametrize("name", ['O\'Brien "&" Söhne', "'; DROP TABLE monthly; --", "$as_of", "a]b[segment=c", "%_\\"])
def test_hostile_segments_are_values_and_never_words_of_the_engine(
    name: str, tiny_room: Callable[..., Room], traced_room: Callable[..., Path]
) -> None:
    listed = [{**row, "segment": name if int(row["customer_id"][1:]) else "plain"} for row in customers()]
    folder = traced_room(tiny_room(book(), customers=listed))
    found = trace(folder, f"retention.nrr_ltm[segment={name}]")
    assert set(found.rows["customer_id"]) == {f"c{one:02d}" for one in range(1, 12)}
    assert_adds_up(found, window=1)
    assert name in str(found)


def test_every_row_stands_in_the_export_where_the_trace_says() -> None:
    rows = followed("revenue.total_ltm").rows
    assert set(rows["source_file"]) == {EXPORT.name}
    with EXPORT.open(encoding="utf-8", newline="") as stream:
        export = dict(enumerate(csv.reader(stream, delimiter=";"), start=1))
    names = export[1]
    merged = set(read_room(demo_run() / "evidence").cleaning["id"].str.partition("/")[2])
    shares, customers_seen = 0, 0
    for row in rows.itertuples():
        there = dict(zip(names, export[row.source_row], strict=True))
        if there["Cust No"] not in merged:
            assert there["Cust No"] == row.customer_id
            customers_seen += 1
        if not there["Service From"] and there["Curr"] == "EUR":
            assert float(there["Net Amount"].replace(",", ".")) == pytest.approx(row.amount, abs=0.005)
            shares += 1
    assert customers_seen > 0.9 * len(rows)
    assert shares > 100


def test_a_spread_line_is_shared_over_its_months_to_the_cent(tiny_room: Callable[..., Room], traced_room: Callable[..., Path]) -> None:
    year = {"service_start": "2025-07-01", "service_end": "2026-06-30"}
    rows = [line("a", "2025-07-01", 1200, kind="recurring", **year), line("b", "2026-03-15", 50, kind="services")]
    folder = traced_room(tiny_room(rows))
    found = trace(folder, "revenue.total_ltm").rows
    spread = found[found["customer_id"] == "a"]
    assert len(spread) == 12
    assert spread["amount"].sum() == pytest.approx(1200, abs=0.0001)
    assert spread["source_row"].unique().tolist() == [2]
    assert found.loc[found["customer_id"] == "b", ["month", "amount", "source_row"]].to_numpy().tolist() == [["2026-03", 50.0, 3]]


def test_the_trace_tells_number_definition_and_filter() -> None:
    found = followed("retention.nrr_ltm")
    told = str(found)
    for words in (
        found.definition.label,
        found.definition.formula,
        f"{found.fact['value']:,.6g}",
        f"{found.fact['numerator']:,.2f}",
        f"{len(found.rows):,} behind the number, {len(found.denominator_rows):,} below the line",
        "BETWEEN 2026-06 AND 2026-06",
        EXPORT.name,
    ):
        assert words in told
    assert "$closing" not in told


def test_a_fact_that_is_no_sum_says_its_formula_and_has_no_rows() -> None:
    found = followed("season.strength")
    assert (len(found.rows), found.filter.startswith("table revenue; no single filter: ")) == (0, True)


def test_a_fact_that_is_not_assessable_says_why(tiny_room: Callable[..., Room], traced_room: Callable[..., Path]) -> None:
    folder = traced_room(tiny_room(monthly("a", "2026-01", "2026-06", 10)))
    found = trace(folder, "retention.nrr_ltm")
    assert len(found.rows) == 0
    assert "not_assessable: the data do not reach back to the opening of the period" in str(found)


def test_an_unknown_fact_proposes_the_nearest() -> None:
    with pytest.raises(
        InputError, match=r"expected a fact of this run, got 'retention.nrr_ltn'; do this: did you mean 'retention.nrr_ltm'"
    ):
        followed("retention.nrr_ltn")


def test_what_is_not_a_run_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", Path("data/demo")):
        with pytest.raises(InputError, match=r"expected the folder of a run, got .*name the OUT folder"):
            trace(folder, "retention.nrr_ltm")
