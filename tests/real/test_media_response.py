"""Published media-mix sets: PyMC-Marketing's example is recovered; Robyn's and Vexpower's exports are taken as they come."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from diligence.models.response import fit_response

REAL = Path(os.environ.get("DILIGENCE_REAL", Path(__file__).parents[2].parent / "shared" / "data"))

pytestmark = [pytest.mark.real, pytest.mark.skipif(not (REAL / "mmm_pymc").is_dir(), reason="no real inputs: mmm_pymc is not there")]


def test_pymc_example_is_recovered() -> None:
    """179 weeks; a plain least squares gives carry-over .389 and .176, saturation 4.07 and 3.53, ratio of effects 1.57, R2 .952."""
    weeks = pd.read_csv(REAL / "mmm_pymc" / "mmm_example.csv")
    turn = 2 * np.pi * weeks["dayofyear"] / 365.25
    weeks = weeks.assign(s1=np.sin(turn), c1=np.cos(turn), s2=np.sin(2 * turn), c2=np.cos(2 * turn))
    controls = ["t", "s1", "c1", "s2", "c2", "event_1", "event_2"]
    fit = fit_response(weeks, generator=np.random.default_rng(1), channels=["x1", "x2"], outcome="y", controls=controls, lags=8)
    assert fit.curves["theta"].tolist() == pytest.approx([0.3892, 0.1756], abs=0.06)
    assert fit.curves["rate"].tolist() == pytest.approx([4.073, 3.534], rel=0.2)
    assert fit.curves["ceiling"].iloc[0] / fit.curves["ceiling"].iloc[1] == pytest.approx(1.570, abs=0.1)
    assert fit.r2 == pytest.approx(0.952, abs=0.002)
    assert fit.n == 179 and not fit.pooled


def test_robyn_weeks_are_taken_for_their_shape() -> None:
    """208 weeks, spend of nought in most of them for tv and print: a fit by channel, finite, no answer claimed."""
    weeks = pd.read_csv(REAL / "mmm_robyn" / "dt_simulated_weekly.csv")
    channels = ["tv_S", "ooh_S", "print_S", "facebook_S", "search_S"]
    fit = fit_response(
        weeks,
        generator=np.random.default_rng(1),
        channels=channels,
        outcome="revenue",
        controls=["competitor_sales_B"],
        form="michaelis_menten",
        lags=8,
        starts=1,
    )
    assert fit.n == 208 and fit.inflation["inflation"].max() < 10
    assert (fit.curves["ceiling"] >= 0).all() and 0.5 < fit.r2 < 1


def test_half_a_year_of_days_is_refused() -> None:
    """180 days of a teaching brand: fewer than two years, so no curve."""
    days = pd.read_csv(REAL / "mmm_vexpower" / "GoolyBib-ABT - Sheet1.csv", thousands=",")
    numbers = days.select_dtypes("number").columns.tolist()
    outcome = next(name for name in numbers if "revenue" in name.lower())
    channels = [name for name in numbers if any(word in name.lower() for word in ("facebook", "affiliate", "tv"))][:3]
    fit = fit_response(days, generator=np.random.default_rng(1), channels=channels, outcome=outcome, per_year=365)
    assert fit.reason == "fewer than 2 years of periods" and fit.curves.empty
