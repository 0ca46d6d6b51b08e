"""Rates of small groups, times with censoring, expansion against headroom, hazards and trends: worked values, then what must hold."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom

from diligence.models.criteria_gap import criteria_gaps
from diligence.models.expansion import expansion_headroom
from diligence.models.intervals import wilson
from diligence.models.saturation import hazard_change, relative_trend
from diligence.models.share_intervals import ratio_by_group, with_wilson
from diligence.models.shrinkage import beta_binomial_prior, shrunken_rates
from diligence.models.waiting_time import happened_by, waiting_curve, waiting_quantile

SIX_MP = [6, 6, 6, 7, 10, 13, 16, 22, 23]
SIX_MP_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
GROUPS = pd.DataFrame({"segment": list("abcdef"), "numerator": [2, 18, 9, 5, 1, 40], "denominator": [20, 25, 20, 30, 1, 100]})


def spans(events: list[int], censored: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"duration": events + censored, "observed": [True] * len(events) + [False] * len(censored)})


def test_waiting_curve_of_the_leukaemia_trial() -> None:
    """Freireich et al. 1963, the arm with 6-MP: survival and Greenwood's errors as printed in textbooks; median 23, placebo 8."""
    curve = waiting_curve(spans(SIX_MP, SIX_MP_CENSORED))
    assert curve["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["waiting"].tolist() == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=1e-4)
    assert curve["se"].tolist() == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=1e-4)
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert waiting_quantile(spans(SIX_MP, SIX_MP_CENSORED))["value"] == 23
    assert waiting_quantile(spans(PLACEBO, []))["value"] == 8


def test_those_who_still_wait_count_and_beyond_the_watch_nothing_is_known() -> None:
    watched = spans(SIX_MP, SIX_MP_CENSORED)
    only_those_who_got_there = np.mean(np.array(SIX_MP) <= 10)
    assert happened_by(watched, 10)["value"] == pytest.approx(1 - 0.7529, abs=1e-4)
    assert happened_by(watched, 10)["value"] < only_those_who_got_there
    assert np.isnan(happened_by(watched, 36)["value"]) and happened_by(watched, 35)["watched"] == 1
    assert np.isnan(waiting_quantile(watched, 0.75)["value"])
    assert happened_by(spans([1, 2], []), 5)["value"] == 1.0
    assert happened_by(spans([3], [9]), 1)["value"] == 0.0
    zero = waiting_curve(spans([0, 0], [4, 4]))
    assert zero[["time", "waiting"]].values.tolist() == [[0.0, 0.5]]


def test_the_prior_is_the_one_of_highest_marginal_likelihood() -> None:
    a, b = beta_binomial_prior(GROUPS)
    best = betabinom.logpmf(GROUPS["numerator"], GROUPS["denominator"], a, b).sum()
    for mean in np.linspace(0.2, 0.7, 26):
        for strength in np.geomspace(0.5, 500, 40):
            assert betabinom.logpmf(GROUPS["numerator"], GROUPS["denominator"], mean * strength, (1 - mean) * strength).sum() <= best + 1e-6


def test_the_best_of_small_groups_comes_back_to_the_mean() -> None:
    found = shrunken_rates(GROUPS).set_index("segment")
    a, b = beta_binomial_prior(GROUPS)
    assert found.loc["e", "raw"] == 1.0 == found["raw"].max()
    assert found["value"].idxmax() != "e", "one deal won of one is luck, not the best segment"
    assert found["value"].tolist() == pytest.approx(((a + GROUPS["numerator"]) / (a + b + GROUPS["denominator"])).tolist())
    assert ((found["value"] - found["raw"]).abs() <= (a / (a + b) - found["raw"]).abs() + 1e-12).all()
    assert (found["low"] < found["value"]).all() and (found["value"] < found["high"]).all()


def test_groups_that_differ_by_chance_alone_get_one_rate() -> None:
    alike = pd.DataFrame({"numerator": [50, 101, 24], "denominator": [100, 200, 50]})
    assert shrunken_rates(alike)["value"].to_numpy() == pytest.approx([0.5, 0.5, 0.5], abs=0.002)
    assert np.isnan(shrunken_rates(alike.head(1))["value"]).all()


def test_intervals_of_a_table_are_those_of_its_rows() -> None:
    table = with_wilson(pd.DataFrame({"numerator": [0, 15, 0], "denominator": [20, 148, 0]}))
    assert table[["low", "high"]].head(2).to_numpy().ravel() == pytest.approx([*wilson(0, 20), *wilson(15, 148)])
    assert table[["low", "high"]].iloc[2].isna().all()


def test_a_ratio_of_money_draws_customers_whole_and_a_group_does_not_depend_on_the_others() -> None:
    generator = np.random.default_rng(3)
    rows = pd.DataFrame({"segment": ["a"] * 30 + ["b"] * 30, "denominator": generator.uniform(5, 100, 60)})
    rows["numerator"] = rows["denominator"] * generator.uniform(0.5, 1.2, 60)
    both = ratio_by_group(rows, np.random.default_rng(1), by="segment")
    alone = ratio_by_group(rows[rows["segment"] == "b"], np.random.default_rng(1), by="segment")
    pd.testing.assert_frame_equal(both.tail(1).reset_index(drop=True), alone)
    assert both["value"].iloc[0] == pytest.approx(rows["numerator"].head(30).sum() / rows["denominator"].head(30).sum())
    assert (both["low"] < both["value"]).all() and (both["value"] < both["high"]).all()


def stayed(kappa: float, noise: float, n: int = 200, seed: int = 11) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    wallet = generator.uniform(50, 150, n)
    then = wallet * generator.uniform(0.05, 0.95, n)
    return pd.DataFrame({"then": then, "wallet": wallet, "now": then * (1 + kappa * (1 - then / wallet) + generator.normal(0, noise, n))})


def test_growth_fades_as_the_wallet_fills_and_kappa_is_found() -> None:
    fit = expansion_headroom(stayed(0.3, 0.05), np.random.default_rng(1))
    assert fit.kappa == pytest.approx(0.3, abs=0.03) and fit.low < 0.3 < fit.high
    assert fit.slope_p < 0.01 and 0 < fit.rate < fit.kappa


def test_growth_that_headroom_does_not_explain_is_told_by_its_slope() -> None:
    tables = [stayed(0.0, 0.05, 80, seed).assign(now=lambda t: t["now"] * 1.1) for seed in range(30)]
    assert sum(expansion_headroom(one, np.random.default_rng(1), draws=10).slope_p < 0.05 for one in tables) <= 4
    table = tables[0]
    assert expansion_headroom(table.head(9), np.random.default_rng(1)).reason == "fewer than 10 customers stayed"
    full = table.assign(wallet=table["then"])
    assert expansion_headroom(full, np.random.default_rng(1)).reason == "no customer has headroom left"


def test_the_interval_of_a_gap_is_that_of_the_mean_of_differences() -> None:
    generator = np.random.default_rng(2)
    people = 60
    answers = pd.DataFrame(
        {"respondent_id": range(people), "criterion": "price", "importance": 8.0, "target_score": generator.normal(7, 1, people)}
    )
    answers["competitor_score"] = answers["target_score"] - generator.normal(1, 1.5, people)
    found = criteria_gaps(answers, np.random.default_rng(1), draws=4000).iloc[0]
    gap = answers["target_score"] - answers["competitor_score"]
    half = 1.96 * gap.std(ddof=0) / np.sqrt(people)
    assert found["gap"] == pytest.approx(gap.mean())
    assert (found["low"], found["high"]) == pytest.approx((gap.mean() - half, gap.mean() + half), abs=0.06)
    assert found["weighted"] == pytest.approx(found["gap"]) and found["weighted_low"] == pytest.approx(found["low"])


def test_saturation_falls_where_the_market_is_full_and_weak_execution_everywhere() -> None:
    before = pd.DataFrame({"tercile": ["low", "middle", "high"], "won": [20, 20, 40], "open": [400, 300, 200]})
    full = before.assign(won=[20, 20, 10])
    weak = before.assign(won=[5, 5, 25])
    saturated, tired = hazard_change(before, full), hazard_change(before, weak)
    assert saturated["value"] == pytest.approx((10 - 40) / 200) and saturated["high"] < 0
    assert tired["low"] < 0 < tired["high"]
    assert np.isnan(hazard_change(before, full[full["tercile"] != "low"])["value"])


def test_one_odd_quarter_does_not_turn_the_trend() -> None:
    steady = [20.0, 19, 18, 17, 16, 15, 14, 13]
    found = relative_trend(steady)
    assert found["value"] == pytest.approx(-4 / np.mean(steady))
    odd = relative_trend([20.0, 19, 18, 60, 16, 15, 14, 13])
    assert odd["value"] < 0
    assert np.isnan(relative_trend([1.0, 2.0, 3.0])["value"])
