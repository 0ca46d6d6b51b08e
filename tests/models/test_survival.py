"""Survival against statsmodels, against each other, and against hand: late entry, censoring, competing risks."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from diligence.models.competing_risks import cumulative_incidence
from diligence.models.proportional_hazards import proportional_hazards
from diligence.models.survival import kaplan_meier, log_rank, median_life, restricted_life, survival_at


def lives(n: int = 300, seed: int = 1, *, late: bool = False, whole: bool = True) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    entry = random.integers(0, 20, n) * (random.random(n) < 0.4) * late
    stay = random.exponential(20, n)
    stay = np.ceil(stay) if whole else stay
    lost = random.random(n) < 0.6
    cause = np.where(lost, random.choice(["price", "product"], n), None)
    return pd.DataFrame(
        {"entry": entry.astype("float64"), "exit": entry + stay, "lost": lost, "cause": cause, "size": random.choice(["a", "b", "c"], n)}
    )


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("late", [True, False])
def test_kaplan_meier_is_that_of_statsmodels(late: bool, whole: bool) -> None:
    frame = lives(late=late, whole=whole)
    peer = SurvfuncRight(
        frame["exit"].to_numpy(), frame["lost"].astype("int64").to_numpy(), entry=frame["entry"].to_numpy() if late else None
    )
    mine = kaplan_meier(frame)
    mine = mine[mine["lost"] > 0]
    np.testing.assert_array_equal(mine["age"], peer.surv_times)
    np.testing.assert_array_equal(mine["at_risk"], peer.n_risk)
    np.testing.assert_allclose(mine["survival"], peer.surv_prob, atol=1e-12)
    open_end = mine["survival"].to_numpy() > 0
    np.testing.assert_allclose(mine["std_error"].to_numpy()[open_end], peer.surv_prob_se[open_end], atol=1e-12)


def test_the_log_rank_test_is_that_of_statsmodels() -> None:
    frame = lives()
    mine = log_rank(frame, by="size").iloc[0]
    statistic, p_value = survdiff(frame["exit"].to_numpy(), frame["lost"].astype("int64").to_numpy(), frame["size"].to_numpy())
    assert (mine["statistic"], mine["df"], mine["p_value"]) == (pytest.approx(statistic), 2, pytest.approx(p_value))


def test_the_log_rank_test_with_late_entry_is_that_of_statsmodels() -> None:
    frame = lives(late=True)
    mine = log_rank(frame, by="size").iloc[0]
    statistic, _ = survdiff(
        frame["exit"].to_numpy(), frame["lost"].astype("int64").to_numpy(), frame["size"].to_numpy(), entry=frame["entry"].to_numpy()
    )
    assert mine["statistic"] == pytest.approx(statistic)


def test_incidence_is_that_of_statsmodels() -> None:
    last = pd.DataFrame({"exit": [900.0], "lost": [False], "cause": [None], "size": ["a"]})
    frame = pd.concat([lives().drop(columns="entry"), last], ignore_index=True)
    codes = frame["cause"].map({"price": 1, "product": 2}).fillna(0).astype("int64").to_numpy()
    peer = CumIncidenceRight(frame["exit"].to_numpy(), codes)
    found = cumulative_incidence(frame)
    for place, cause in enumerate(("price", "product")):
        mine = found[found["cause"] == cause].set_index("age")
        there = np.searchsorted(peer.times, mine.index)
        np.testing.assert_allclose(mine["incidence"], peer.cinc[place][there], atol=1e-12)
        np.testing.assert_allclose(mine["std_error"], peer.cinc_se[place][there], rtol=0.02)


@given(st.integers(0, 10_000), st.booleans())
def test_causes_add_up_to_all_that_left(seed: int, late: bool) -> None:
    frame = lives(40, seed, late=late)
    found, curve = cumulative_incidence(frame), kaplan_meier(frame)
    if found.empty:
        return
    whole = found.groupby("age")["incidence"].sum()
    left = 1 - curve.set_index("age").loc[whole.index, "survival"]
    np.testing.assert_allclose(whole, left, atol=1e-12)
    assert (found.groupby("cause")["incidence"].diff().dropna() >= -1e-12).all()


def test_one_less_kaplan_meier_of_one_cause_is_too_high() -> None:
    frame = lives(200)
    alone = 1 - kaplan_meier(frame.assign(lost=frame["cause"] == "price"))["survival"].iloc[-1]
    found = cumulative_incidence(frame)
    assert found.loc[found["cause"] == "price", "incidence"].iloc[-1] < alone - 0.05


def test_customers_still_there_are_not_taken_as_lost() -> None:
    """Ten customers: half lost at 6, half seen for 3 months only. Of those at risk at 6 all were lost, of those at 3 none."""
    frame = pd.DataFrame({"exit": [6.0] * 5 + [3.0] * 5, "lost": [True] * 5 + [False] * 5})
    assert survival_at(kaplan_meier(frame), 5)["survival"].item() == 1.0
    assert survival_at(kaplan_meier(frame), 6)["survival"].item() == 0.0


def test_ignoring_late_entry_makes_customers_look_immortal() -> None:
    """Of those who began long ago only the ones who stayed are seen: counted from nought they would have survived years unseen."""
    random = np.random.default_rng(4)
    stay = random.exponential(24, 4000)
    seen_from = random.uniform(0, 60, 4000)
    kept = stay > seen_from
    frame = pd.DataFrame({"entry": seen_from[kept], "exit": stay[kept], "lost": True})
    truth = np.exp(-24 / 24)
    right = survival_at(kaplan_meier(frame), 24)["survival"].item()
    wrong = survival_at(kaplan_meier(frame.assign(entry=0.0)), 24)["survival"].item()
    assert abs(right - truth) < 0.08 and wrong > truth + 0.15


def test_nothing_is_said_beyond_the_last_age_that_anybody_reached() -> None:
    curve = kaplan_meier(pd.DataFrame({"exit": [6.0, 12.0], "lost": [True, False]}))
    assert survival_at(curve, 12)["survival"].item() == 0.5
    assert survival_at(curve, 13).drop(columns="at_risk").isna().all(axis=None)
    assert restricted_life(curve, 13)["value"].isna().all()
    assert median_life(kaplan_meier(pd.DataFrame({"exit": [6.0, 12, 12], "lost": [True, False, False]})))["median"].isna().all()


def test_a_constant_rate_gives_the_exponential_and_its_intervals_cover() -> None:
    random, inside = np.random.default_rng(9), {"log-log": 0, "plain": 0}
    for _ in range(200):
        stay = random.exponential(10, 80)
        frame = pd.DataFrame({"exit": np.minimum(stay, 15), "lost": stay < 15})
        for interval in inside:
            low, high = survival_at(kaplan_meier(frame, interval=interval), 8)[["low", "high"]].iloc[0]
            inside[interval] += low <= np.exp(-0.8) <= high
    assert 0.90 <= inside["log-log"] / 200 <= 0.99 and 0.88 <= inside["plain"] / 200 <= 0.99


def test_the_restricted_life_is_the_area_and_its_error_that_of_the_bootstrap() -> None:
    frame = lives(250, 3)
    found = restricted_life(kaplan_meier(frame), 24).iloc[0]
    curve = kaplan_meier(frame)
    hand = sum(survival_at(curve, month)["survival"].item() for month in range(24))
    assert found["value"] == pytest.approx(hand)
    random = np.random.default_rng(1)
    drawn = [restricted_life(kaplan_meier(frame.iloc[random.integers(0, 250, 250)]), 24)["value"].item() for _ in range(200)]
    assert np.std(drawn) == pytest.approx(found["std_error"], rel=0.2)


def test_a_hundred_thousand_customers_take_milliseconds() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"exit": random.integers(1, 120, 100_000).astype("float64"), "lost": random.random(100_000) < 0.4, "entry": 0.0})
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        kaplan_meier(frame)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.05


def test_groups_that_are_alike_are_not_told_apart_and_groups_that_are_not_are() -> None:
    random = np.random.default_rng(2)
    stay = random.exponential(10, 600)
    group = np.where(np.arange(600) % 2, "a", "b")
    same = pd.DataFrame({"exit": stay, "lost": True, "size": group})
    assert log_rank(same, by="size")["p_value"].item() > 0.01
    unlike = same.assign(exit=np.where(group == "a", stay * 2, stay))
    assert log_rank(unlike, by="size")["p_value"].item() < 1e-6


def test_a_known_ratio_of_hazards_is_found_again_and_copies_of_a_customer_make_nothing_surer() -> None:
    random = np.random.default_rng(6)
    group = random.random(800) < 0.5
    stay = random.exponential(np.where(group, 5.0, 10.0))
    frame = pd.DataFrame(
        {
            "exit": np.minimum(stay, 12),
            "lost": stay < 12,
            "size": np.where(group, "small", "large"),
            "parent": [f"p{one}" for one in range(800)],
        }
    )
    found = proportional_hazards(frame, terms=["size"])
    ratio = found["ratio"].item() if found["term"].item() == "size=small" else 1 / found["ratio"].item()
    assert ratio == pytest.approx(2.0, rel=0.2)
    twice = pd.concat([frame, frame])
    assert proportional_hazards(twice, terms=["size"])["std_error"].item() < 0.8 * found["std_error"].item()
    assert proportional_hazards(twice, terms=["size"], cluster="parent")["std_error"].item() == pytest.approx(
        found["std_error"].item(), rel=0.1
    )


def test_too_few_losses_for_the_terms_give_no_ratios() -> None:
    assert len(proportional_hazards(lives(12), terms=["size"])) == 0
