"""Repeat purchase, spend, loss at risk and the interval of a value: recovery, identities, large counts."""

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.lifetime_value import lifetime_value
from diligence.models.bg_nbd import BetaGeometric, bg_nbd, future_purchases
from diligence.models.gamma_gamma import GammaGamma, expected_spend, gamma_gamma
from diligence.models.loss_at_risk import loss_at_risk
from diligence.models.pareto_nbd import active_pareto, pareto_nbd
from diligence.models.survival import kaplan_meier
from diligence.models.value_interval import lifetime_value_interval


def buyers(n: int = 3000, seed: int = 1, horizon: float = 39.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Customers of a known BG/NBD, and what each buys in the next 26 weeks."""
    random = np.random.default_rng(seed)
    rate, leave = random.gamma(0.6, 1 / 5.0, n), random.beta(0.8, 2.5, n)
    at, x, last, alive, later = np.zeros(n), np.zeros(n, dtype="int64"), np.zeros(n), np.ones(n, dtype="bool"), np.zeros(n)
    while alive.any():
        at = at + random.exponential(1 / rate)
        alive &= at < horizon + 26
        seen = alive & (at < horizon)
        x[seen] += 1
        last[seen] = at[seen]
        later += alive & (at >= horizon)
        alive &= random.random(n) >= leave
    return pd.DataFrame({"frequency": x, "recency": last, "age": horizon}), later


def test_bg_nbd_forecasts_what_its_customers_buy() -> None:
    seen, later = buyers()
    model = bg_nbd(seen)
    ahead = future_purchases(seen, model, time=26)["purchases"]
    assert ahead.sum() == pytest.approx(later.sum(), rel=0.08)
    assert model is not None and model.r == pytest.approx(0.6, rel=0.15) and model.alpha == pytest.approx(5.0, rel=0.2)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    from diligence.models.bg_nbd import _Rows

    seen, _ = buyers(200)
    rows, at = _Rows.of(seen.astype("float64"), 39.0), np.log([0.5, 0.2, 0.9, 2.0])
    value, slopes = rows.loss(at)
    for place in range(4):
        step = np.eye(4)[place] * 1e-6
        assert (rows.loss(at + step)[0] - rows.loss(at - step)[0]) / 2e-6 == pytest.approx(slopes[place], abs=1e-7)
    assert np.isfinite(value)


def test_the_unit_of_time_plays_no_part() -> None:
    seen, _ = buyers(500)
    weeks, days = bg_nbd(seen), bg_nbd(seen.assign(recency=seen["recency"] * 7, age=seen["age"] * 7))
    assert weeks is not None and days is not None
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-3)
    assert (days.r, days.a) == (pytest.approx(weeks.r, rel=1e-3), pytest.approx(weeks.a, rel=1e-3))


def test_customers_who_buy_thousands_of_times_stay_finite() -> None:
    """By hand: active 1 / (1 + a / (b+x-1) ((alpha+T) / (alpha+t))^(r+x)) = 0.859; of some 4,508 purchases each may be the last, 3,434 are left."""
    model = BetaGeometric(0.243, 4.414, 0.793, 2.426, 0.0, 1)
    found = future_purchases(pd.DataFrame({"frequency": [5000, 5000], "recency": [38.8, 1.0], "age": [38.86, 38.86]}), model, time=39)
    assert found["active"].tolist() == pytest.approx([0.859, 0.0], abs=1e-3)
    assert found["purchases"].iloc[0] == pytest.approx(0.859 * 3434, rel=0.005)


def test_no_time_brings_no_purchases_and_silence_lowers_the_odds() -> None:
    model = BetaGeometric(0.243, 4.414, 0.793, 2.426, 0.0, 1)
    frame = pd.DataFrame({"frequency": [4] * 3, "recency": [38.0, 25, 10], "age": [38.86] * 3})
    assert future_purchases(frame, model, time=0)["purchases"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert (np.diff(future_purchases(frame, model, time=10)["active"]) < 0).all()
    assert future_purchases(frame.assign(frequency=0, recency=0.0), model, time=10)["active"].tolist() == [1.0] * 3


def test_at_a_of_one_the_expectation_does_not_break() -> None:
    frame = pd.DataFrame({"frequency": [3], "recency": [20.0], "age": [38.0]})
    near, at = (future_purchases(frame, BetaGeometric(0.3, 4.0, a, 2.0, 0.0, 1), time=20)["purchases"].item() for a in (1.001, 1.0))
    assert at == pytest.approx(near, rel=1e-3)


def test_pareto_forecasts_what_its_customers_buy() -> None:
    random, n = np.random.default_rng(4), 2500
    rate, leaves = random.gamma(0.6, 1 / 5.0, n), random.exponential(1 / random.gamma(0.7, 1 / 12.0, n))
    at, x, last, later = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for _ in range(400):
        at = at + random.exponential(1 / rate)
        there = at < leaves
        seen = there & (at < 39)
        x, last, later = x + seen, np.where(seen, at, last), later + (there & (at >= 39) & (at < 65))
    frame = pd.DataFrame({"frequency": x, "recency": last, "age": 39.0})
    model = pareto_nbd(frame)
    assert model is not None and model.r == pytest.approx(0.6, rel=0.2)
    found = active_pareto(frame, model, time=26)
    assert found["purchases"].sum() == pytest.approx(later.sum(), rel=0.08)
    assert found["active"].sum() == pytest.approx((leaves > 39).sum(), rel=0.12)


def test_nobody_who_bought_again_is_not_assessable() -> None:
    frame = pd.DataFrame({"frequency": [0, 0], "recency": [0.0, 0.0], "age": [10.0, 12.0], "mean_amount": [np.nan, np.nan]})
    assert bg_nbd(frame) is None and pareto_nbd(frame) is None and gamma_gamma(frame) is None
    assert future_purchases(frame, None, time=5)["purchases"].isna().all()


def test_a_fit_that_runs_to_its_bounds_says_so_and_stays_finite() -> None:
    few = pd.DataFrame({"frequency": [2, 2, 0, 1], "recency": [2.0, 11, 0, 1], "age": [11.0, 11, 10, 2]})
    model = bg_nbd(few)
    assert model is not None and not model.converged
    found = future_purchases(few, model, time=6)
    assert (found["purchases"] >= 0).all() and found["active"].between(0, 1).all()


def test_customers_who_all_buy_at_one_rate_are_forecast_at_it() -> None:
    """Each buys in four months of ten and hardly any leaves: in the next twelve months some 4.8 purchases."""
    random = np.random.default_rng(2)
    months = random.random((400, 30)) < 0.4
    last = 29 - months[:, ::-1].argmax(axis=1)
    frame = pd.DataFrame({"frequency": months.sum(axis=1), "recency": last + 1.0, "age": 30.0})
    ahead = future_purchases(frame, bg_nbd(frame), time=12)
    assert ahead["purchases"].mean() == pytest.approx(4.8, rel=0.1)


def test_gamma_gamma_is_found_again_and_draws_towards_the_mean() -> None:
    random = np.random.default_rng(8)
    x = random.integers(1, 15, 4000)
    mean = random.gamma(6.0 * x, 1.0) / (random.gamma(4.0, 1 / 15.0, 4000) * x)
    frame = pd.DataFrame({"frequency": x, "mean_amount": mean})
    found = gamma_gamma(frame)
    assert found is not None
    assert found.mean == pytest.approx(6 * 15 / 3, rel=0.05) and found.q == pytest.approx(4, rel=0.1)
    few, many = expected_spend(pd.DataFrame({"frequency": [1, 50], "mean_amount": [100.0, 100.0]}), found)["spend"]
    assert found.mean < few < many < 100


def test_gamma_gamma_scales_with_money_but_for_its_density() -> None:
    frame = pd.DataFrame({"frequency": [2, 1, 4, 3, 6, 2], "mean_amount": [20.0, 35.0, 28.0, 60.0, 31.0, 44.0]})
    one, eight = gamma_gamma(frame), gamma_gamma(frame.assign(mean_amount=frame["mean_amount"] * 8))
    assert one is not None and eight is not None
    assert eight.mean == pytest.approx(8 * one.mean, rel=1e-3)
    assert eight.log_likelihood == pytest.approx(one.log_likelihood - 6 * np.log(8), abs=1e-3)
    assert np.isnan(GammaGamma(6.0, 0.9, 15.0, 0.0, 1).mean)


def test_independent_losses_have_the_spread_of_the_closed_form() -> None:
    accounts = pd.DataFrame({"amount": np.random.default_rng(1).lognormal(0, 1, 60)})
    found = loss_at_risk(accounts, np.random.default_rng(2), churn=0.12, draws=20_000)
    assert found is not None
    assert found.expected == pytest.approx(0.12, abs=0.003)
    assert found.deviation == pytest.approx(found.independent_deviation, rel=0.03)


def test_a_common_shock_widens_the_loss_and_leaves_its_mean() -> None:
    accounts = pd.DataFrame({"amount": [1.0] * 400})
    alone, shock = (loss_at_risk(accounts, np.random.default_rng(3), churn=0.1, correlation=rho, draws=8000) for rho in (0.0, 0.3))
    assert alone is not None and shock is not None
    assert shock.expected == pytest.approx(alone.expected, abs=0.006)
    assert shock.p95 > 1.8 * alone.p95
    # Vasicek 1987: of many equal customers the share lost in the worst twentieth of years is N((N^-1(c) + sqrt(rho) N^-1(.95)) / sqrt(1 - rho))
    assert shock.p95 == pytest.approx(0.3246, abs=0.015)


def test_sites_of_one_parent_leave_with_it() -> None:
    """Forty sites of one parent and of forty parents: the loss of the one is all or nothing."""
    sites = pd.DataFrame({"account_id": [f"p{one // 40}" for one in range(80)], "amount": 1.0})
    parents = sites.groupby("account_id")["amount"].sum().reset_index()
    few, many = (loss_at_risk(frame, np.random.default_rng(1), churn=0.1, draws=4000) for frame in (parents, sites))
    assert few is not None and many is not None
    assert few.p95 == 0.5 and many.p95 < 0.2


def test_a_vertical_falls_together() -> None:
    accounts = pd.DataFrame({"amount": 1.0, "vertical": [f"v{one % 8}" for one in range(160)]})
    apart, whole = (
        loss_at_risk(frame, np.random.default_rng(5), churn=0.1, correlation=0.5, draws=4000)
        for frame in (accounts, accounts.drop(columns="vertical"))
    )
    assert apart is not None and whole is not None
    assert apart.p95 < whole.p95


def test_rates_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="expected churn in 0 to 1 and correlation in 0 to below 1, got"):
        loss_at_risk(pd.DataFrame({"amount": [1.0]}), np.random.default_rng(1), churn=1.5)


def test_the_interval_of_a_value_holds_it_and_the_value_is_that_of_the_curve() -> None:
    random = np.random.default_rng(7)
    exits, lost = random.integers(1, 80, 200), random.random(200) < 0.5
    lives = pd.DataFrame({"entry": 0.0, "exit": exits, "lost": lost, "amount": np.where(lost, np.nan, random.lognormal(5, 1, 200))})
    found = lifetime_value_interval(lives, np.random.default_rng(1), gross_margin=0.8, horizon=36).iloc[0]
    economics = pd.DataFrame({"annual_value": [float(lives["amount"].mean())], "gross_margin": [0.8]})
    assert found["value"] == pytest.approx(lifetime_value(kaplan_meier(lives), economics, horizon=36)["value"].item(), rel=1e-12)
    assert found["low"] < found["value"] < found["high"]


def test_late_entry_is_kept_in_the_interval_of_a_value() -> None:
    lives = pd.DataFrame(
        {"entry": [0.0, 0, 12, 12], "exit": [14.0, 30, 30, 30], "lost": [True, False, False, False], "amount": [None, 12.0, 12, 12]}
    )
    value = lifetime_value_interval(lives, np.random.default_rng(1), gross_margin=1.0, discount_rate=0.0, horizon=24)["value"].item()
    # at 14 months one of four at risk leaves: 14 months at one, ten at three quarters
    assert value == pytest.approx(14 + 10 * 0.75)
