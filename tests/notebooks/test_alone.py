"""A notebook works by itself under papermill; its parameters do what they say, and one it does not know is refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from tiny import monthly
from whole_run import ROOT, book, customers, demo_run

from diligence.dataroom.room import Room
from diligence.errors import InputError
from diligence.facts.revenue_quality import revenue_quality
from diligence.facts.sheet import fact
from diligence.runner.session import check_parameters, refuse_unknown

DECLARED = 'deal: str = "demo"  # a deal\nas_of: str = ""  # a date\nsegment_by: str = ""  # a column\n'
INJECTED = "# Parameters\n"


def papermill(notebook: str, out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "papermill", notebook, str(out), "--no-progress-bar", *words]
    surroundings = {key: value for key, value in os.environ.items() if key != "DILIGENCE_WORKSPACE"}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=surroundings, timeout=120, check=False)


@pytest.mark.slow
def test_papermill_alone_runs_a_notebook_and_gives_what_the_suite_gives(tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    done = papermill("notebooks/01_revenue_quality.ipynb", out, "-p", "deal", "data/demo/deal.toml")
    assert done.returncode == 0, done.stderr
    exhibits = []
    for file in (out, demo_run() / "notebooks" / "01_revenue_quality.ipynb"):
        outputs = [output for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code" for output in cell.outputs]
        exhibits.append(
            [
                output.data["application/vnd.diligence.exhibit+json"]
                for output in outputs
                if "application/vnd.diligence.exhibit+json" in output.get("data", {})
            ]
        )
    assert len(exhibits[0]) == 9
    assert exhibits[0] == exhibits[1]


def test_papermill_is_told_of_a_parameter_that_the_notebook_does_not_know(tmp_path: Path) -> None:
    done = papermill("notebooks/01_revenue_quality.ipynb", tmp_path / "out.ipynb", "-p", "segmnt_by", "x")
    assert done.returncode != 0
    assert "expected a parameter of this notebook, got 'segmnt_by'; do this: did you mean 'segment_by'?" in done.stderr


@pytest.mark.parametrize(
    "cells",
    [
        [DECLARED],
        ["", DECLARED, INJECTED + 'deal = "x"\nas_of = "2026-06-30"'],
        [DECLARED, "import diligence as dd\nroom = 1"],
        ["import os", DECLARED, INJECTED + 'segment_by = "country"'],
        [],
    ],
)
def test_known_parameters_pass(cells: list[str]) -> None:
    refuse_unknown(cells)


def test_every_unknown_parameter_is_told_at_once_with_what_was_meant() -> None:
    with pytest.raises(InputError) as caught:
        refuse_unknown([DECLARED, INJECTED + 'deal = "x"\nsegmnt_by = "x"\nasof = 1'])
    assert str(caught.value).splitlines() == [
        "key segmnt_by: expected a parameter of this notebook, got 'segmnt_by'; do this: did you mean 'segment_by'?",
        "key asof: expected a parameter of this notebook, got 'asof'; do this: did you mean 'as_of'?",
    ]


def test_a_name_assigned_later_does_not_make_a_parameter_known() -> None:
    with pytest.raises(InputError):
        refuse_unknown([DECLARED, INJECTED + "months = 6", "months = 12"])


def test_outside_a_notebook_nothing_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    check_parameters()


def test_the_date_changes_the_closing(tiny_room: Callable[..., Room]) -> None:
    now = revenue_quality(tiny_room(book(), customers=customers()))
    then = revenue_quality(tiny_room(book(), customers=customers(), look_from="2025-12-31"))
    # c00 (100 a month) leaves and c01 (200 a month) grows by half at the turn of the year
    assert fact(now.facts, "revenue.recurring")["value"] == 12 * (7800 - 100 + 100)
    assert fact(then.facts, "revenue.recurring")["value"] == 12 * 7800
    assert fact(then.facts, "revenue.recurring")["period"] == "2025-12"
    assert fact(then.facts, "bridge.churn")["value"] == 0
    assert fact(now.facts, "bridge.churn")["value"] == -1200


def test_the_months_change_the_opening(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room(book() + monthly("new", "2025-09", "2026-06", 1000, kind="recurring"), customers=customers())
    year, half = (revenue_quality(room, months=months).facts for months in (12, 6))
    assert [fact(facts, "bridge.new_logo")["value"] for facts in (year, half)] == pytest.approx([12_000, 0])
    assert (fact(year, "bridge.opening")["period"], fact(half, "bridge.opening")["period"]) == ("2025-07..2026-06", "2026-01..2026-06")
    assert fact(half, "retention.nrr_ltm")["denominator"] == 12 * 8800
    assert fact(year, "retention.nrr_ltm")["denominator"] == 12 * 7800
    for months in (0, 61, -3):
        with pytest.raises(InputError, match=f"expected months between 1 and 60, got {months}"):
            revenue_quality(room, months=months)


def test_the_cut_changes_the_segments(tiny_room: Callable[..., Room]) -> None:
    listed = [{**row, "country": "NL"} | ({"country": "DE"} if row["customer_id"] > "c05" else {}) for row in customers()]
    room = tiny_room(book(), customers=listed)
    cuts: dict[str, pd.DataFrame] = {by: revenue_quality(room, segment_by=by).facts for by in ("", "country")}
    recurring = {by: frame[(frame["metric"] == "revenue.recurring") & (frame["segment"] != "")] for by, frame in cuts.items()}
    assert set(recurring[""]["segment"]) == {"large", "small"}
    assert dict(zip(recurring["country"]["segment"], recurring["country"]["value"], strict=True)) == {"DE": 12 * 5700, "NL": 12 * 2100}
    with pytest.raises(InputError, match="expected a column of customers, got 'contry'; do this: did you mean 'country'"):
        revenue_quality(room, segment_by="contry")
