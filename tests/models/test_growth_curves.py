"""Curves of adoption: published fits met, parameters found again, and no potential where the data cannot tell it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from diligence.models.diffusion import bass_peak, bass_steady_share, crps_normal, curve_choice
from diligence.models.growth_curves import (
    BEFORE,
    TOO_FEW,
    bass_diffusion,
    bass_share,
    gompertz_growth,
    gompertz_share,
    logistic_growth,
    logistic_share,
)

SERIES = pd.read_csv(Path(__file__).parents[1] / "golden" / "growth_series.csv")


def series(name: str, value: str = "adopters") -> pd.DataFrame:
    return SERIES[SERIES["series"] == name][["period", "value"]].rename(columns={"value": value}).reset_index(drop=True)


def test_bass_of_differences_meets_the_reference_fits() -> None:
    """Srinivasan and Mason's form; the video recorders by a second implementation, the television sets as in their data."""
    vcr, colour = bass_diffusion(series("vcr")), bass_diffusion(series("colour_tv"))
    assert (vcr.potential, vcr.first, vcr.second) == pytest.approx((67_660.0, 0.008789, 0.642159), rel=1e-4)
    assert (colour.potential, colour.first, colour.second) == pytest.approx((39_658.6, 0.018466, 0.615863), rel=1e-4)
    assert vcr.low < vcr.potential < vcr.high and vcr.identified


def test_the_density_form_is_another_convention_and_gives_another_potential() -> None:
    """Published R output for the same series: M 67,980.9 (3,127.5), P 0.006594 (0.00143), Q 0.638091 (0.0414), residual error 727 on 7."""
    fit = bass_diffusion(series("vcr"), form="density")
    assert (fit.potential, fit.first, fit.second) == pytest.approx((67_980.9, 0.006594, 0.638091), rel=1e-3)
    assert (fit.asymptote_se, fit.first_se, fit.second_se, fit.sigma) == pytest.approx((3127.5, 0.00143, 0.0414, 727), rel=2e-3)
    assert abs(fit.potential - bass_diffusion(series("vcr")).potential) > 300


def test_logistic_meets_the_published_fit_and_before_the_inflection_no_potential_is_told() -> None:
    """R's SSlogis on ChickWeight: Asym 937.030, xmid 35.2230, scal 11.4052; the data end on day 21, long before day 35."""
    fit = logistic_growth(series("chick1", "level"))
    assert (fit.asymptote, fit.first, fit.second) == pytest.approx((937.030, 35.2230, 11.4052), rel=1e-4)
    assert not fit.identified and fit.reason == BEFORE
    assert np.isnan([fit.potential, fit.low, fit.high]).all()


def test_gompertz_meets_the_published_fit() -> None:
    """R's SSgompertz on DNase run 1, x = log(conc): 4.60333, 2.27134, 0.716466."""
    data = series("dnase1", "level")
    fit = gompertz_growth(data.assign(period=np.log(data["period"])))
    assert (fit.asymptote, fit.first, fit.second) == pytest.approx((4.60333, 2.27134, 0.716466), rel=1e-4)


@pytest.mark.parametrize(
    ("curve", "shape", "parameters"),
    [("bass", bass_share, (0.01, 0.4)), ("logistic", logistic_share, (9.0, 2.0)), ("gompertz", gompertz_share, (6.0, 0.75))],
)
def test_the_parameters_behind_made_data_are_found(curve: str, shape: object, parameters: tuple[float, float]) -> None:
    times = np.arange(1, 25.0)
    share = [shape(times - back, *parameters) for back in (0, 1)]  # type: ignore[operator]
    made = pd.DataFrame({"period": times.astype(int), "adopters": 5000 * (share[0] - share[1])})
    fit = {"bass": bass_diffusion, "logistic": logistic_growth, "gompertz": gompertz_growth}[curve](made)
    assert (fit.asymptote, fit.first, fit.second) == pytest.approx((5000, *parameters), rel=1e-4)
    assert fit.identified and fit.potential == fit.asymptote
    assert fit.adopters([3.0]) == pytest.approx([made["adopters"][2]], rel=1e-4)


@pytest.mark.parametrize("periods", [6, 7, 8])
def test_a_curve_cut_off_before_its_inflection_tells_no_potential(periods: int) -> None:
    times = np.arange(1, periods + 1.0)
    noise = np.array([1.0, -2.0, 1.5, -1.0, 2.0, -1.5, 1.0, -2.0])[:periods]
    made = pd.DataFrame({"period": times, "adopters": 5000 * (bass_share(times, 0.002, 0.4) - bass_share(times - 1, 0.002, 0.4)) + noise})
    fit = bass_diffusion(made)
    assert fit.reason.startswith("potential not identified") and np.isnan(fit.potential)
    assert fit.inflection > 8 or fit.reason != BEFORE


def test_the_interval_of_the_potential_is_wider_the_earlier_the_data_end() -> None:
    vcr = series("vcr")
    whole, part = bass_diffusion(vcr), bass_diffusion(vcr.head(9))
    assert part.high - part.low > whole.high - whole.low > 0


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(5)
    times = np.arange(1, 16.0)
    mean = 5000 * (bass_share(times, 0.01, 0.5) - bass_share(times - 1, 0.01, 0.5))
    fits = [bass_diffusion(pd.DataFrame({"period": times, "adopters": mean + generator.normal(0, 30, 15)})) for _ in range(40)]
    assert all(fit.identified for fit in fits)
    assert 34 <= sum(fit.low <= 5000 <= fit.high for fit in fits) <= 40


def test_too_few_periods_give_nothing_but_the_reason() -> None:
    fit = bass_diffusion(series("vcr").head(4))
    assert fit.reason == TOO_FEW and np.isnan(fit.asymptote) and fit.n == 4


def test_a_missing_period_counts_as_no_adopters() -> None:
    gap = series("vcr").drop(index=3)
    assert bass_diffusion(gap).n == 10
    assert bass_diffusion(gap).reached == series("vcr")["adopters"].sum() - 4000


def test_peak_of_adoption_of_room_air_conditioners() -> None:
    """Bass 1969: p 0.010399, q 0.41861, m 16,895 thousand; peak in 8.6 years at 1,857 thousand."""
    time, size = bass_peak(0.010399, 0.41861, 16_895)
    assert (time, size) == pytest.approx((8.61, 1857), rel=5e-3)
    assert bass_peak(0.3, 0.1, 100) == (0.0, 30.0)
    around = [16_895 * (p + 0) for p in np.diff(bass_share(np.array([time - 0.5, time + 0.5]), 0.010399, 0.41861))]
    assert around == pytest.approx([size], rel=0.01)


def test_churn_lowers_the_steady_share() -> None:
    """Closed form 0.683592 for p 0.02, q 0.35, churn 0.12, and the fixed point of the recursion itself."""
    assert bass_steady_share(0.02, 0.35, 0.12) == pytest.approx(0.683592, abs=1e-6)
    held = 0.0
    for _ in range(400):
        held = held * (1 - 0.12) + (0.02 + 0.35 * held) * (1 - held)
    assert bass_steady_share(0.02, 0.35, 0.12) == pytest.approx(held, abs=1e-9)
    assert bass_steady_share(0.02, 0.35, 0.0) == pytest.approx(1.0)
    assert bass_steady_share(0.02, 0.0, 0.12) == pytest.approx(0.02 / 0.14)
    shares = [bass_steady_share(0.02, 0.35, churn) for churn in (0.0, 0.1, 0.2, 0.3)]
    assert shares == sorted(shares, reverse=True)


def test_score_of_a_normal_forecast() -> None:
    """properscoring's documented values."""
    assert crps_normal([0, 0, 2], [1, 1, 3], [0, 1, 1.5]) == pytest.approx([0.2336949772, 0.6024413576, 0.7342533786], abs=1e-9)
    assert crps_normal(1, 0, [3.0]).tolist() == [2.0]


def test_the_choice_is_made_out_of_sample() -> None:
    times = np.arange(1, 21.0)
    made = 5000 * (gompertz_share(times, 6.0, 0.75) - gompertz_share(times - 1, 6.0, 0.75))
    found = curve_choice(
        pd.DataFrame({"period": times.astype(int), "adopters": np.round(made + 5 * np.sin(7 * times), 1)}), ahead=3, origins=3
    )
    assert found["curve"].iloc[0] == "gompertz" and found["chosen"].tolist() == [True, False, False, False]
    assert found.loc[found["curve"] == "mean", "skill"].item() == 0 and found["n"].eq(9).all()
    short = curve_choice(series("vcr").head(5))
    assert short["score"].isna().all() and not short["chosen"].any()
