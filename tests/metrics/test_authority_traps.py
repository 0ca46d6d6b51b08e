"""What goes wrong with win rates, rivals, discounts and founders, each worked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.contest import deal_discounts, discount_to_win, price_premium, tag_coverage, tagged_win_rate_bounds
from diligence.metrics.key_people import share_of_wins, top_fifth_share, wins_by_person
from diligence.metrics.losses import loss_reasons
from diligence.metrics.matching import standardised_rates, win_rate_by_cell
from diligence.metrics.nps import net_promoter_score
from diligence.metrics.pull import pull_share
from diligence.metrics.share_of_voice import excess_share_of_voice, share_of_voice, stated_share_of_market
from diligence.metrics.win_rate import decided_within, win_rate, win_rate_cohorts
from diligence.models.matched_odds import matched_odds
from diligence.models.nps_interval import nps_interval
from diligence.models.rep_variance import rep_funnel, rep_variance
from diligence.models.share_intervals import with_wilson

MANY = 40


def deals(*groups: tuple[int, dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame([row for count, row in groups for _ in range(count)])


def test_no_decision_left_out_flatters_the_win_rate() -> None:
    found = win_rate(
        deals(
            (3, {"status": "won"}), (2, {"status": "lost", "loss_reason": "price"}), (5, {"status": "lost", "loss_reason": "no_decision"})
        )
    ).iloc[0]
    assert (found["narrow"], found["broad"]) == (3 / 5, 3 / 10)


def test_without_reasons_no_decision_cannot_be_told() -> None:
    found = win_rate(deals((3, {"status": "won"}), (2, {"status": "lost"}))).iloc[0]
    assert np.isnan(found["narrow"]) and found["broad"] == 0.6


def test_win_rate_by_close_date_moves_with_the_cycle_and_the_created_cohort_does_not() -> None:
    """Every cohort wins half: wins close after a month, losses after nine. Of what closed so far the last months show wins only."""
    months = pd.date_range("2025-01-01", "2026-06-01", freq="MS")
    rows = []
    for month in months:
        for outcome, wait in (("won", 1), ("lost", 9)):
            closed = month + pd.DateOffset(months=wait)
            known = closed <= pd.Timestamp("2026-06-30")
            rows += [{"created_on": month, "closed_on": closed if known else None, "status": outcome if known else "open"}] * 5
    frame = pd.DataFrame(rows)
    first = decided_within(frame, date(2025, 2, 1), date(2025, 9, 30))
    assert win_rate(first).iloc[0]["broad"] == 1.0
    cohorts = win_rate_cohorts(frame)
    assert set(cohorts.loc[cohorts["mature"], "value"]) == {0.5} and cohorts["mature"].sum() == 3
    young = cohorts[~cohorts["mature"]]
    assert (young["value"] <= 0.5).all() and (young["most"] >= 0.5).all()


def test_crude_win_rates_turn_round_within_segments_and_the_matched_gap_follows_the_segments() -> None:
    """With a rival 30 of 40 small and 1 of 10 large are won, without 8 of 10 and 6 of 40: better crude, worse in each cell."""
    frame = pd.concat(
        [
            deals((30, {"status": "won"}), (10, {"status": "lost"})).assign(segment="small", competitive=True),
            deals((1, {"status": "won"}), (9, {"status": "lost"})).assign(segment="large", competitive=True),
            deals((8, {"status": "won"}), (2, {"status": "lost"})).assign(segment="small", competitive=False),
            deals((6, {"status": "won"}), (34, {"status": "lost"})).assign(segment="large", competitive=False),
        ]
    )
    found = matched_odds(win_rate_by_cell(frame, factor="competitive", cells=("segment",)))
    assert (found.crude_with, found.crude_without) == (0.62, 0.28)
    assert found.gap == pytest.approx(-0.05) and found.odds_ratio < 1 < found.crude_odds_ratio


def test_what_has_no_like_is_not_compared_and_the_overlap_says_so() -> None:
    frame = pd.concat(
        [
            deals((6, {"status": "won"}), (4, {"status": "lost"})).assign(segment="a", founder_involved=True),
            deals((3, {"status": "won"}), (7, {"status": "lost"})).assign(segment="a", founder_involved=False),
            deals((20, {"status": "won"})).assign(segment="only the founder", founder_involved=True),
        ]
    )
    found = standardised_rates(win_rate_by_cell(frame, factor="founder_involved", cells=("segment",)))
    assert (found["overlap"], found["n"]) == (0.5, 20)
    assert (found["crude_with"], found["adjusted_with"]) == (pytest.approx(26 / 30), 0.6)
    alone = matched_odds(win_rate_by_cell(frame[frame["segment"] != "a"], factor="founder_involved", cells=("segment",)))
    assert np.isnan(alone.gap) and np.isnan(alone.odds_ratio) and alone.overlap == 0


def test_a_cell_without_a_loss_is_not_taken_for_certain() -> None:
    table = pd.DataFrame([[5, 0, 0, 5]], columns=["won_with", "lost_with", "won_without", "lost_without"])
    found = matched_odds(table)
    assert found.gap == 1 and found.gap_low < 0.8


def test_competitive_tag_kept_for_losses_only_is_seen_and_the_win_rate_bounded() -> None:
    """Ten losses are tagged as contested, of the twenty wins two: contested wins may be 2 to 20."""
    frame = deals(
        (2, {"status": "won", "competitive": True}),
        (18, {"status": "won", "competitive": None}),
        (10, {"status": "lost", "competitive": True}),
        (4, {"status": "lost", "competitive": False, "loss_reason": "competitor"}),
    )
    found = tag_coverage(frame).set_index("status")
    assert found["coverage"].to_dict() == {"won": 0.1, "lost": 1.0}
    assert found.loc["lost", "contradicted"] == 4
    bounds = tagged_win_rate_bounds(frame)
    assert (bounds["value"], bounds["low"], bounds["high"]) == (2 / 12, 2 / 12, 20 / 30)


def test_discount_to_win_compares_wins_of_the_same_cell() -> None:
    """Enterprise discounts are high with and without a rival; the crude gap of 8 points is 2 within cells."""
    rows = [("ent", True, 0.30, 8), ("ent", False, 0.28, 2), ("smb", True, 0.12, 2), ("smb", False, 0.10, 8)]
    quotes, frame, count = [], [], 0
    for segment, rival, discount, n in rows:
        for _ in range(n):
            quotes.append({"opportunity_id": count, "quantity": 1, "list_price": 100.0, "net_price": 100 * (1 - discount)})
            frame.append({"opportunity_id": count, "status": "won", "competitive": rival, "segment": segment})
            count += 1
    found = discount_to_win(pd.DataFrame(quotes), pd.DataFrame(frame), cells=("segment",)).set_index("cell")
    assert found["gap"].round(6).to_dict() == {"ent": 0.02, "smb": 0.02, "all cells": 0.02}
    lost = pd.DataFrame(frame).assign(status="lost")
    assert discount_to_win(pd.DataFrame(quotes), lost, cells=("segment",))["gap"].isna().all()


def test_discount_of_a_deal_is_a_ratio_of_sums_and_no_mean_of_ratios() -> None:
    lines = pd.DataFrame({"opportunity_id": "o", "quantity": [1, 1], "list_price": [1000.0, 1.0], "net_price": [900.0, 0.5]})
    assert deal_discounts(lines)["discount"].iloc[0] == pytest.approx(1 - 900.5 / 1001)


def test_price_premium_is_of_deals_with_a_known_rival_price() -> None:
    frame = pd.DataFrame(
        {"status": ["won", "won", "won", "lost"], "amount": [110.0, 90.0, 50.0, 80.0], "rival_price": [100.0, 100.0, None, 100.0]}
    )
    found = price_premium(frame).set_index("status")
    assert found.loc["won", ["n", "of"]].tolist() == [2, 3]
    assert found["mean"].round(6).to_dict() == {"won": 0.0, "lost": -0.2}


def test_pull_does_not_count_a_channel_that_is_not_known() -> None:
    found = pull_share(pd.DataFrame({"channel": ["direct", None, "outbound", "organic_search"]})).iloc[0]
    assert (found["share"], found["unknown"]) == (0.25, 1) and np.isnan(found["amount_share"])


def test_share_of_voice_sums_before_it_divides() -> None:
    seen = pd.DataFrame({"measure": "search", "brand": ["self", "x", "self", "x"], "value": [1.0, 1.0, 10.0, 90.0]})
    assert share_of_voice(seen)["value"].iloc[0] == pytest.approx(11 / 102)
    nobody = seen.assign(value=0.0)
    assert np.isnan(share_of_voice(nobody)["value"].iloc[0])


def test_share_of_market_without_the_target_is_not_nought() -> None:
    found = stated_share_of_market(pd.DataFrame({"segment": "a", "competitor": ["x"], "year": 2026, "share": [0.4]}))
    assert np.isnan(found["value"].iloc[0]) and np.isnan(found["relative"].iloc[0])
    pairs = excess_share_of_voice(
        pd.DataFrame({"measure": ["s"], "value": [0.1]}), pd.DataFrame({"segment": ["a", "b"], "value": [0.4, 0.05]})
    )
    assert pairs["excess"].round(6).tolist() == [-0.3, 0.05]


def test_founders_share_of_money_is_not_the_share_of_deals() -> None:
    found = share_of_wins(
        deals(
            (1, {"status": "won", "amount": 90.0, "founder_involved": True}),
            (9, {"status": "won", "amount": 10.0, "founder_involved": None}),
        )
    ).iloc[0]
    assert (found["share"], found["amount_share"], found["blank"]) == (0.1, 0.5, 9)


def test_top_fifth_rounds_up_to_a_whole_person() -> None:
    people = wins_by_person(pd.DataFrame({"status": "won", "amount": [5.0, 3.0, 1.0, 1.0, 0.0, 0.0], "rep_id": list("abcdef")}))
    assert top_fifth_share(people) == pytest.approx(0.8)
    assert np.isnan(top_fifth_share(people.head(0)))


def test_loss_reasons_are_of_coded_losses_and_say_how_many_are_coded() -> None:
    found = loss_reasons(
        deals(
            (3, {"status": "lost", "loss_reason": "price"}),
            (1, {"status": "lost", "loss_reason": "terms"}),
            (6, {"status": "lost", "loss_reason": None}),
            (9, {"status": "won", "loss_reason": "price"}),
        )
    )
    assert found[["loss_reason", "numerator", "value", "denominator", "lost"]].values.tolist() == [
        ["price", 3, 0.75, 4, 10],
        ["terms", 1, 0.25, 4, 10],
    ]


def test_chance_alone_makes_no_variance_between_sellers() -> None:
    """Two hundred draws of eight alike sellers: the interval holds nought in nearly all of them, and the estimate is small."""
    random, held, found = np.random.default_rng(5), 0, []
    for _ in range(60):
        frame = pd.DataFrame({"status": np.where(random.random(320) < 0.35, "won", "lost"), "rep_id": np.repeat(list("abcdefgh"), MANY)})
        estimate = rep_variance(frame, cells=())
        held += estimate.low == 0
        found.append(estimate.icc)
    assert held >= 54 and np.median(found) < 0.02


def test_variance_between_sellers_is_found_where_it_is_planted() -> None:
    """Rates drawn from Beta(a, b) with a + b = 4 have an intra-class correlation of 1 / (a + b + 1) = 0.2."""
    random = np.random.default_rng(6)
    rates = random.beta(1.6, 2.4, size=150)
    frame = pd.DataFrame(
        {
            "status": np.where(random.random((150, MANY)) < rates[:, None], "won", "lost").ravel(),
            "rep_id": np.repeat([f"r{place}" for place in range(150)], MANY),
        }
    )
    found = rep_variance(frame, cells=())
    assert found.low < 0.2 < found.high and abs(found.icc - 0.2) < 0.05 and found.p_value < 1e-6


def test_variance_of_the_mix_is_not_variance_of_sellers() -> None:
    """Half the sellers sell to a segment that buys at 10%, half to one at 70%; within segments all are alike."""
    rows = [
        (f"{segment}{seller}", segment, "won" if place < rate * 100 else "lost")
        for segment, rate in (("hard", 0.1), ("easy", 0.7))
        for seller in range(5)
        for place in range(100)
    ]
    frame = pd.DataFrame(rows, columns=["rep_id", "segment", "status"])
    assert rep_variance(frame, cells=()).icc > 0.2
    assert rep_variance(frame, cells=("segment",)).icc == 0.0
    assert (rep_funnel(frame)["outside"] == 0).all() and (rep_funnel(frame, cells=())["outside"] != 0).all()


def test_net_promoter_score_weighted_by_worth_and_its_interval_draws_customers_whole() -> None:
    answers = pd.DataFrame({"customer_id": ["big"] * 3 + list("abcdef"), "score": [0, 0, 0] + [10] * 6})
    worth = pd.DataFrame({"customer_id": ["big", *"abcdef"], "amount": [94.0] + [1.0] * 6})
    found = net_promoter_score(answers, worth).iloc[0]
    assert (found["value"], found["weighted"], found["at_risk"]) == (pytest.approx(3 / 9), pytest.approx(-0.88), 94)
    one_voice = nps_interval(answers, np.random.default_rng(1))
    alone = nps_interval(answers.assign(customer_id=[str(place) for place in range(9)]), np.random.default_rng(1))
    assert one_voice[0] < alone[0] and one_voice[1] - one_voice[0] > alone[1] - alone[0]


@given(won=st.integers(0, 50), lost=st.integers(0, 50), silent=st.integers(0, 50), still=st.integers(0, 50))
def test_readings_of_the_win_rate_keep_their_order(won: int, lost: int, silent: int, still: int) -> None:
    frame = deals(
        (won, {"status": "won", "loss_reason": None}),
        (lost, {"status": "lost", "loss_reason": "price"}),
        (silent, {"status": "lost", "loss_reason": "no_decision"}),
        (still, {"status": "open"}),
    )
    if frame.empty:
        return
    found = with_wilson(win_rate(frame.reindex(columns=["status", "loss_reason"])), part="won", of="n").iloc[0]
    if won + lost:
        assert found["narrow"] >= found["broad"] >= found["of_created"] >= 0
        assert found["low"] - 1e-12 <= found["broad"] <= found["high"] + 1e-12
