"""What would mislead is refused before a run, or told in its first lines."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from tiny import line, monthly, open_tiny, write_deal
from whole_run import ROOT, diligence

from diligence.errors import InputError
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality
from diligence.judgement.rules import evaluate
from diligence.periods import months_in
from diligence.reports.narrative import headlines, summary
from diligence.runner.run import known_deal, run


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"months": "0"}, "key -p months: expected months between 1 and 60, got 0"),
        ({"months": "99"}, "key -p months: expected months between 1 and 60, got 99"),
        ({"segment_by": "Sector"}, "key -p segment_by: expected a column to cut customers by, got 'Sector'"),
    ],
)
def test_a_value_that_a_notebook_would_refuse_is_refused_before_the_run(tmp_path: Path, given: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        run("demo", out=tmp_path / "out", parameters=given)
    assert str(caught.value).startswith(told)
    assert list(tmp_path.iterdir()) == []


def test_a_run_does_not_go_into_the_data_room(tmp_path: Path) -> None:
    deal = write_deal(tmp_path)
    before = sorted(path.name for path in (tmp_path / "room").iterdir())
    with pytest.raises(InputError, match="expected a folder outside the data room"):
        run(deal, out=tmp_path / "room" / "out")
    assert sorted(path.name for path in (tmp_path / "room").iterdir()) == before


@pytest.mark.parametrize(("amber", "red", "fine"), [(0.9, 0.85, True), (0.8, 0.9, False), (0.9, 0.9, True)])
def test_an_amber_beyond_its_red_is_refused(tmp_path: Path, amber: float, red: float, fine: bool) -> None:
    deal = write_deal(tmp_path, deal=f'[thresholds]\n"R-001" = {{ amber = {amber}, red = {red} }}')
    if fine:
        assert known_deal(deal).thresholds["R-001"].amber == amber
    else:
        with pytest.raises(InputError, match=r"key thresholds\.R-001: .*exchange them"):
            known_deal(deal)


def test_rows_that_keep_leaves_out_are_logged_and_columns_that_nothing_reads_are_told(tmp_path: Path) -> None:
    rows = [line("a", "2026-01-31", 10, Status="Won", Remark="x"), line("a", "2026-02-28", 99, Status="Lost", Remark="y")]
    room = open_tiny(tmp_path, rows, deal='[room.tables.revenue]\nkeep = { Status = ["Won"] }')
    entry = room.cleaning.set_index("id").loc["keep/revenue"]
    assert (entry["rows"], entry["turn_off"]) == (1, "room.tables.revenue.keep")
    odd = room.issues.set_index("code").loc["unread_column"]
    assert odd["message"] == "revenue has columns that nothing reads: Remark"
    assert "service_start" in odd["do"]


def test_the_headline_begins_with_a_ledger_that_does_not_tie(tmp_path: Path) -> None:
    revenue = [row for number in range(12) for row in monthly(f"c{number:02d}", "2024-07", "2026-06", 10)]
    ledger = [{"month": f"{day:%Y-%m}", "line": "revenue", "amount": 200} for day in pd.date_range("2024-07-01", "2026-06-01", freq="MS")]
    room = open_tiny(tmp_path, revenue, ledger=ledger)
    found = pd.concat([data_room(room).facts, revenue_quality(room).facts], ignore_index=True)
    told = summary(found, evaluate(found), room.deal, room.month)
    assert told.lead == (
        "The revenue does not tie to the ledger (40.0% unexplained over twelve months): settle that before any figure here is used."
    )
    lead = headlines(data_room(room)).lead
    assert lead.endswith("all revenue does not tie to the ledger: 40.0% of the last twelve months is unexplained.")


def test_a_failed_part_is_the_headline(demo_quality) -> None:
    told = summary(demo_quality.facts, evaluate(demo_quality.facts), demo_quality.deal, pd.Timestamp("2026-06-01"), failed=["Data room"])
    assert told.lead == "A part of this run failed and is not in these pages: Data room. Read nothing into what is missing."


def test_two_years_are_not_held_against_thresholds_of_one(demo_room) -> None:
    found = evaluate(revenue_quality(demo_room, months=24).facts).query("segment == ''").set_index("rule")
    assert found.loc["R-001", "status"] == "not_assessable"
    assert found.loc["R-001", "reason"] == "the thresholds are for a year, the fact covers 24 months"
    assert found.loc["R-003", "status"] in ("green", "amber", "red")
    assert found.loc["K-001", "status"] in ("green", "amber", "red")


@pytest.mark.parametrize(
    ("label", "months"), [("2025-07..2026-06", 12), ("2026-06", 1), ("as of 2026-06-30", None), ("2026-06..FY2029", None)]
)
def test_the_months_of_a_period(label: str, months: int | None) -> None:
    assert months_in(label) == months


def test_control_c_is_told_in_one_line(tmp_path: Path) -> None:
    # a job in the background of a shell is deaf to the interrupt, and so would its children be
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    deal = write_deal(tmp_path, monthly("a", "2024-07", "2026-06", 10))
    command = [sys.executable, "-m", "diligence", "run", str(deal), "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        while process.poll() is None:
            # a library that is just being loaded may swallow the first
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
        told = process.stderr.read()
    signal.signal(signal.SIGINT, before)
    assert process.returncode == 130
    assert told.strip().splitlines()[-1] == "stopped; the same command takes up where it stopped"
    assert "Traceback" not in told
    assert diligence("rules").returncode == 0


def test_lines_that_name_no_currency_are_counted(tmp_path: Path) -> None:
    rows = [line("a", "2026-01-31", 1, currency="EUR"), *(line("a", f"2026-0{month}-28", 1) for month in (2, 3, 4))]
    fact = data_room(open_tiny(tmp_path, rows)).facts.set_index("metric").loc["data.currency_coverage"]
    assert (fact["value"], fact["numerator"], fact["denominator"]) == (0.25, 1, 4)
