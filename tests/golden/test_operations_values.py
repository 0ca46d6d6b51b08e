"""Published values of operations, each with its source.

``pistonrings.csv``: pistonrings of R's package qcc (GPL; data of Montgomery, Introduction to Statistical Quality Control, 1991, pages 206 to 213):
forty samples of five inside diameters, in millimetres, the first 25 taken when the process was in control.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import ruptures
import statsmodels.api as sm

from diligence.metrics.control import tabular_cusum
from diligence.metrics.stages import compounding
from diligence.models.breaks import level_breaks, single_break

HERE = Path(__file__).parent
MONTGOMERY = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08,
    9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip
"""Montgomery, Introduction to Statistical Quality Control, table 9.1: twenty values about 10, ten about 11."""


@pytest.fixture(scope="module")
def nile() -> pd.DataFrame:
    """Yearly flow of the Nile at Aswan, 1871 to 1970 (Cobb 1978), as R and statsmodels carry it."""
    return sm.datasets.nile.load_pandas().data.rename(columns={"volume": "value"})


def test_the_break_of_the_nile(nile: pd.DataFrame) -> None:
    """After 1898: means 1097.75 and 849.97; RSS 1,597,457 against 2,835,157; F 75.93 (strucchange's Fstats: the maximum, at 28)."""
    found = single_break(nile)
    assert found is not None
    assert (found.at, int(nile["year"].iloc[found.at - 1])) == (28, 1898)
    assert (found.rss, found.rss_one) == (pytest.approx(1_597_457, abs=1), pytest.approx(2_835_157, abs=1))
    assert found.f == pytest.approx(75.92977, abs=1e-3)
    assert (found.before, found.after) == (pytest.approx(1097.75), pytest.approx(849.972, abs=1e-3))


def test_a_search_at_every_fifth_place_misses_the_break_of_the_nile(nile: pd.DataFrame) -> None:
    """The library's default puts it at 30."""
    assert ruptures.Binseg(model="l2").fit(nile["value"].to_numpy()).predict(n_bkps=1)[0] == 30
    assert single_break(nile).at == 28  # type: ignore[union-attr]


def test_the_nile_has_one_break_and_no_more(nile: pd.DataFrame) -> None:
    found = level_breaks(nile.assign(month=pd.to_datetime(nile["year"].astype("int64").astype("str"))))
    assert found["month"].dt.year.tolist() == [1899]


def test_the_cusum_of_montgomery() -> None:
    """Target 10, K 0.5, H 5: the first signal is at 29 with C+ 5.28 after seven periods, 5.30 at 30: the shift began at 23."""
    found = tabular_cusum(pd.DataFrame({"value": MONTGOMERY}), target=10, slack=0.5, limit=5)
    assert (np.flatnonzero(found["signal"]) + 1).tolist() == [29, 30]
    assert found["up"].iloc[28:].tolist() == pytest.approx([5.28, 5.30], abs=0.005)
    assert found["up_for"].iloc[28] == 7


def test_the_cusum_of_the_piston_rings() -> None:
    """qcc's cusum: centre 74.001176, standard deviation 0.009785; of the samples of five, 37 to 40 lie beyond five standard errors."""
    rings = pd.read_csv(HERE / "pistonrings.csv")
    samples = rings.groupby("sample")["diameter"]
    trial = samples.mean().head(25)
    center = float(trial.mean())
    d2 = 2.325929  # expected range of five values over their standard deviation
    sd = float((samples.max() - samples.min()).head(25).mean() / d2)
    assert (center, sd) == (pytest.approx(74.001176, abs=1e-6), pytest.approx(0.009785, abs=1e-6))
    standard = (samples.mean() - center) / (sd / np.sqrt(5))
    found = tabular_cusum(pd.DataFrame({"value": standard.to_numpy()}), target=0, slack=0.5, limit=5)
    assert (np.flatnonzero(found["signal"]) + 1).tolist() == [37, 38, 39, 40]


def test_seven_conversions_a_tenth_better_about_double_the_result() -> None:
    """Winning by Design's bow-tie: 1.1 ^ 7 = 1.948717."""
    rates = pd.DataFrame({"conversion": [0.5, 0.3, 0.8, 0.25, 0.9, 0.85, 0.4]})
    found = compounding(rates)
    assert found["times"] == pytest.approx(1.948717, abs=1e-6)
    assert found["now"] == pytest.approx(0.5 * 0.3 * 0.8 * 0.25 * 0.9 * 0.85 * 0.4)
    assert compounding(pd.DataFrame({"conversion": [0.95]}))["lifted"] == 1.0, "no step passes on more than it gets"
