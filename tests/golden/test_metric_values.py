"""Published values, each with its source beside it in metric_values.csv."""

import csv
from pathlib import Path

import pytest

from diligence.metrics.concentration import effective_number, herfindahl
from diligence.models.intervals import wilson

ROWS = list(csv.DictReader((Path(__file__).parent / "metric_values.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_published_value(row: dict[str, str]) -> None:
    given, expected = ([float(word) for word in row[key].split()] for key in ("input", "expected"))
    found = list(wilson(*given)) if row["metric"] == "wilson" else [herfindahl([share / sum(given) for share in given]) * 10_000]
    assert found == pytest.approx(expected, abs=float(row["tolerance"]))


def test_the_effective_number_of_equal_customers_is_their_number() -> None:
    assert effective_number([0.3, 0.3, 0.2, 0.2]) == pytest.approx(1 / 0.26)
    for count in (1, 7, 400):
        assert effective_number([1 / count] * count) == pytest.approx(count)
