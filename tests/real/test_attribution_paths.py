"""The 10,000 simulated paths of the R package ChannelAttribution (data set PathData), against what is published of them."""

import os
from pathlib import Path

import pandas as pd
import pytest

from diligence.metrics.attribution import first_touch, last_touch, linear, path_steps
from diligence.metrics.shapley import shapley_attribution
from diligence.models.markov_attribution import markov_attribution, removal_effects

REAL = Path(os.environ.get("DILIGENCE_REAL", Path(__file__).parents[2].parent / "shared" / "data"))
FILE = REAL / "attribution_pathdata" / "Data.csv"

pytestmark = [pytest.mark.real, pytest.mark.skipif(not FILE.is_file(), reason="no real inputs: attribution_pathdata is not there")]

FIRST = {"eta": 3164, "alpha": 6308, "beta": 2831, "iota": 4606, "theta": 1606, "lambda": 902}
LAST = {"eta": 4167, "alpha": 8447, "beta": 989, "iota": 3355, "theta": 653, "lambda": 1207}
LINEAR = {"eta": 3539.9512, "alpha": 7574.7186, "beta": 2083.5001, "iota": 3857.10, "theta": 1022.80, "lambda": 1035.26}
REMOVAL = {
    "alpha": 0.558399, "iota": 0.405835, "eta": 0.349026, "beta": 0.264039, "theta": 0.206010, "lambda": 0.134022, "epsilon": 0.062639,
    "zeta": 0.039811, "kappa": 0.028663, "gamma": 0.017880, "delta": 0.000482, "mi": 0.000180,
}  # fmt: skip
MARKOV = {"alpha": 5344.948, "iota": 3884.615, "eta": 3340.847, "beta": 2527.352, "theta": 1971.913, "lambda": 1282.847}


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    names = {"total_conversions": "conversions", "total_conversion_value": "amount", "total_null": "nulls"}
    return path_steps(pd.read_csv(FILE).rename(columns=names))


def conversions(found: pd.DataFrame, names: dict[str, float]) -> list[float]:
    return found.set_index("channel")["conversions"][list(names)].tolist()


def test_heuristics(paths: pd.DataFrame) -> None:
    """First, last and linear touch as the package gives them; 19,785 conversions in each."""
    for rule, expected in ((first_touch, FIRST), (last_touch, LAST), (linear, LINEAR)):
        found = rule(paths)
        assert conversions(found, expected) == pytest.approx(list(expected.values()), abs=0.005)
        assert found["conversions"].sum() == pytest.approx(19_785)
        assert found["amount"].sum() == pytest.approx(74_802.97, abs=0.01)


def test_removal_effects_are_exact(paths: pd.DataFrame) -> None:
    found = removal_effects(paths)
    assert found.conversion == pytest.approx(0.2238451356, abs=1e-10)
    assert found.effects.set_index("channel")["effect"][list(REMOVAL)].tolist() == pytest.approx(list(REMOVAL.values()), abs=1e-6)


def test_markov_conversions(paths: pd.DataFrame) -> None:
    found = markov_attribution(paths)
    assert conversions(found, MARKOV) == pytest.approx(list(MARKOV.values()), abs=0.01)
    assert found["conversions"].sum() == pytest.approx(19_785)


def test_the_package_simulates_what_is_solved_here(paths: pd.DataFrame) -> None:
    """ChannelAttribution's own simulation gives .5544 for alpha at 100,000 paths: within a hundredth of the exact value."""
    assert removal_effects(paths).effects.set_index("channel")["effect"]["alpha"] == pytest.approx(0.5544, abs=0.01)


def test_higher_orders_convert_alike(paths: pd.DataFrame) -> None:
    """A chain with more memory is fitted to the same paths: the probability to convert is the data's in every order."""
    assert removal_effects(paths, order=2).conversion == pytest.approx(19_785 / (19_785 + 68_602), abs=1e-10)


def test_shapley_shares_out_every_conversion(paths: pd.DataFrame) -> None:
    for game in ("conversions", "rate"):
        assert shapley_attribution(paths, game=game)["conversions"].sum() == pytest.approx(19_785)
