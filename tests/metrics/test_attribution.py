"""Attribution: reconciled to the cent, frozen by quarter, honest about nulls, brand searches and what the data cannot tell."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.attribution import (
    NO_TOUCH,
    RULES,
    disagreement,
    distinct_paths,
    first_touch,
    last_touch,
    linear,
    path_steps,
    position_based,
    quarter_end,
    quarters,
    restated,
    time_decay,
    to_the_cent,
)  # fmt: skip
from diligence.metrics.paths import attributed_revenue, booked, brand_search, by_quarter, conversion_paths, without_nulls, without_outcomes
from diligence.metrics.shapley import shapley_attribution
from diligence.models.attribution_certainty import MODELS, attribution_certainty, attribution_intervals, attribution_table
from diligence.models.markov_attribution import markov_attribution, removal_effects

AS_OF = date(2026, 6, 30)


def touch(lead: str, when: str, channel: str) -> dict[str, Any]:
    return {"lead_id": lead, "touched_at": when, "channel": channel}


TOUCHES = pd.DataFrame(
    [
        touch("l1", "2026-01-05 09:00", "events"), touch("l1", "2026-01-20 08:00", "search"), touch("l1", "2026-02-10 23:30", "partner"),
        touch("l1", "2026-02-11 07:00", "social"), touch("l2", "2026-01-02 12:00", "content"), touch("l3", "2026-03-01 12:00", "search"),
        touch("l4", "2026-06-25 12:00", "search"), touch("l5", "2026-04-01 12:00", "search"), touch("l6", "2025-12-01 12:00", "events"),
    ]
)  # fmt: skip
LEADS = pd.DataFrame(
    {
        "lead_id": ["l1", "l2", "l3", "l4", "l5", "l6"],
        "created_on": pd.to_datetime(["2026-01-05", "2026-01-02", "2026-03-01", "2026-06-25", "2026-04-01", "2025-12-01"]),
        "opportunity_id": ["won", "won", "lost", None, "open", None],
    }
)
DEALS = pd.DataFrame(
    {
        "opportunity_id": ["won", "lost", "open", "untouched", "renewal"],
        "status": ["won", "lost", "open", "won", "won"],
        "closed_on": pd.to_datetime(["2026-02-10", "2026-04-02", None, "2026-05-05", "2026-02-01"]),
        "amount": [100.01, 70.0, 50.0, 40.0, 999.0],
        "type": ["new", "new", "new", "new", "renewal"],
    }
)


@pytest.fixture
def paths() -> pd.DataFrame:
    return conversion_paths(TOUCHES, LEADS, DEALS, as_of=AS_OF)


def test_a_path_is_of_the_opportunity_and_ends_with_its_decision(paths: pd.DataFrame) -> None:
    """Both leads of the opportunity speak, in the order of time; a touch on the day counts, one on the day after does not."""
    won = paths[paths["path_id"] == "o:won"]
    assert won["channel"].tolist() == ["content", "events", "search", "partner"]
    assert won["days_before"].tolist() == [39, 36, 21, 0]
    assert won["amount"].unique().tolist() == [100.01]


def test_open_opportunities_and_young_leads_are_no_nulls(paths: pd.DataFrame) -> None:
    assert set(paths["path_id"]) == {"o:won", "o:lost", "l:l6"}
    nulls = paths.drop_duplicates("path_id").set_index("path_id")["nulls"]
    assert nulls.to_dict() == {"o:won": 0, "o:lost": 1, "l:l6": 1}


def test_every_rule_shares_out_what_was_booked_to_the_cent(paths: pd.DataFrame) -> None:
    won = booked(DEALS, as_of=AS_OF)
    assert won["amount"].sum() == pytest.approx(140.01)
    for rule in (*MODELS.values(), time_decay):
        found = attributed_revenue(paths, won, rule)
        assert round(found["amount"].sum(), 10) == 140.01
        assert found.set_index("channel").loc[NO_TOUCH, "amount"] == 40
        np.testing.assert_allclose(found["amount"] * 100, np.round(found["amount"] * 100), atol=1e-9)


def test_the_weights_of_each_rule_by_hand(paths: pd.DataFrame) -> None:
    """Four touches: content, events, search, partner, 39, 36, 21 and 0 days before."""

    def shares(found: pd.DataFrame) -> list[float]:
        return found.set_index("channel")["conversions"][["content", "events", "search", "partner"]].tolist()

    assert shares(first_touch(paths)) == [1, 0, 0, 0]
    assert shares(last_touch(paths)) == [0, 0, 0, 1]
    assert shares(linear(paths)) == [0.25] * 4
    assert shares(position_based(paths)) == pytest.approx([0.4, 0.1, 0.1, 0.4])
    assert shares(position_based(paths, first=0.3, last=0.3)) == pytest.approx([0.3, 0.2, 0.2, 0.3])
    weights = np.exp2(-np.array([39, 36, 21, 0]) / 7)
    assert shares(time_decay(paths)) == pytest.approx(weights / weights.sum())
    assert shares(time_decay(paths, half_life_days=1e9)) == pytest.approx([0.25] * 4)


def test_paths_of_one_and_two_touches_by_position() -> None:
    found = position_based(path_steps(pd.DataFrame({"path": ["a", "a > b"], "conversions": [1, 1]})), first=0.6, last=0.2)
    assert found["conversions"].tolist() == pytest.approx([1.75, 0.25])


def test_touches_long_ago_still_share_out_the_whole_conversion() -> None:
    paths = path_steps(pd.DataFrame({"path": ["a > b"], "conversions": [1]})).assign(days_before=[99_000.0, 98_993.0])
    assert time_decay(paths)["conversions"].tolist() == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize("learns", [False, True])
def test_a_closed_quarter_does_not_change_with_what_comes_later(learns: bool) -> None:
    """A later won opportunity and later touches of an old lead leave what was credited before as it stood."""
    rule = markov_attribution if learns else linear
    more_touches = pd.concat(
        [TOUCHES, pd.DataFrame([touch("l1", "2026-05-01 12:00", "social"), touch("l7", "2026-05-02 12:00", "social")])]
    )
    more_leads = pd.concat(
        [LEADS, pd.DataFrame({"lead_id": ["l7"], "created_on": pd.to_datetime(["2026-05-02"]), "opportunity_id": ["later"]})]
    )
    later = {
        "opportunity_id": ["later"],
        "status": ["won"],
        "closed_on": pd.to_datetime(["2026-06-01"]),
        "amount": [500.0],
        "type": ["new"],
    }
    more_deals = pd.concat([DEALS, pd.DataFrame(later)])
    before = by_quarter(
        conversion_paths(TOUCHES, LEADS, DEALS, as_of=date(2026, 3, 31)), booked(DEALS, as_of=date(2026, 3, 31)), rule, learns=learns
    )
    after = by_quarter(
        conversion_paths(more_touches, more_leads, more_deals, as_of=AS_OF), booked(more_deals, as_of=AS_OF), rule, learns=learns
    )
    assert before["amount"].sum() == pytest.approx(100.01)
    assert after.groupby("quarter")["amount"].sum().round(2).to_dict() == {"2026Q1": 100.01, "2026Q2": 540.0}
    assert restated(before, after)["moved"].tolist() == pytest.approx([0.0])


def test_relabelled_closed_quarters_are_found() -> None:
    then = pd.DataFrame({"quarter": "2026Q1", "channel": ["a", "b"], "amount": [60.0, 40.0]})
    now = pd.DataFrame({"quarter": ["2026Q1", "2026Q1", "2026Q2"], "channel": ["a", "c", "a"], "amount": [70.0, 30.0, 9.0]})
    found = restated(then, now)
    assert found.values.tolist() == [["2026Q1", 40.0, 100.0, 0.4]]


def test_brand_search_is_an_outcome_and_not_a_channel() -> None:
    touches = pd.DataFrame(
        {"channel": ["paid_search"] * 5, "campaign": ["Brand DE", "non-brand DE", "nonbrand", "generic", "2024_branded"]}
    )
    assert brand_search(touches).tolist() == [True, False, False, False, True]
    mixed = pd.DataFrame({"lead_id": ["a", "a", "b"], "channel": ["events", "brand_search", "brand_search"]})
    assert without_outcomes(mixed)["channel"].tolist() == ["events", "brand_search"]


def test_without_nulls_a_channel_that_is_only_there_earns_as_much_as_one_that_converts() -> None:
    """Channel idle is on every path. With the nulls known its removal still costs all, but reach no longer adds to what converts."""
    text = {"path": ["idle > works", "idle"], "conversions": [5, 1], "amount": [5.0, 1.0]}
    bare, full = path_steps(pd.DataFrame(text)), path_steps(pd.DataFrame({**text, "nulls": [0, 94]}))
    assert without_nulls(bare) and not without_nulls(full)
    effect = {
        name: removal_effects(one).effects.set_index("channel")["effect"]["works"]
        for name, one in (("bare", bare.assign(nulls=0.0)), ("full", full))
    }
    assert removal_effects(bare.assign(nulls=0.0)).conversion == pytest.approx(1.0)
    assert removal_effects(full).conversion == pytest.approx(0.06)
    assert effect == {"bare": pytest.approx(5 / 6), "full": pytest.approx(5 / 6)}


def test_shapley_by_rate_takes_credit_from_a_channel_that_is_merely_present() -> None:
    """Paths: works converts 5 of 10 alone, idle 0 of 80 alone, both together 5 of 10."""
    text = pd.DataFrame({"path": ["works", "idle", "works > idle"], "conversions": [5, 0, 5], "nulls": [5, 80, 5], "amount": 0.0})
    by_count, by_rate = (shapley_attribution(path_steps(text), game=game).set_index("channel")["share"] for game in ("conversions", "rate"))
    assert by_count["idle"] == pytest.approx(0.25)
    # worth: works .5, idle 0, both 10/100 = .1; values: works (.5 + .1)/2 = .3, idle (0 - .4)/2 = -.2
    assert by_rate.to_dict() == {"works": pytest.approx(3.0), "idle": pytest.approx(-2.0)}


def test_disagreement_is_the_money_that_would_change_hands() -> None:
    table = attribution_table(
        path_steps(pd.DataFrame({"path": ["a > b"] * 2, "conversions": [1, 1], "amount": [5.0, 5.0]})).assign(nulls=0.0)
    )
    pair = disagreement(table[table["rule"].isin(["first", "last"])]).iloc[0]
    assert (pair["distance"], pair["rank_changes"], pair["leader_changes"]) == (1.0, 2, True)


def test_three_ways_in_which_the_data_cannot_tell() -> None:
    def intervals(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
        return pd.DataFrame(rows, columns=["rule", "channel", "share", "low", "high"])

    clear = intervals(("markov", "a", 0.6, 0.55, 0.65), ("markov", "b", 0.4, 0.35, 0.45))
    assert attribution_certainty(clear, coverage=0.8).can_tell
    assert attribution_certainty(clear, coverage=0.3).reasons == "less than 50% of what was booked has a recorded touch"
    near = intervals(("markov", "a", 0.52, 0.45, 0.6), ("markov", "b", 0.48, 0.4, 0.55))
    assert attribution_certainty(near, coverage=0.8).reasons == "the intervals of the two leading channels overlap"
    apart = pd.concat([clear, intervals(("last", "a", 0.2, 0.15, 0.25), ("last", "b", 0.8, 0.75, 0.85))])
    told = attribution_certainty(apart, coverage=0.8)
    assert told.reasons == "the rules last and markov disagree by more than 35% of the credit" and told.distance == pytest.approx(0.4)


def test_intervals_hold_their_shares_and_narrow_with_more_paths() -> None:
    text = pd.DataFrame({"path": ["a > b", "b", "a"], "conversions": [6, 4, 2], "nulls": [10, 20, 30], "amount": [6.0, 4.0, 2.0]})
    widths = []
    for times in (1, 50):
        many = path_steps(text.assign(conversions=text["conversions"] * times, nulls=text["nulls"] * times))
        found = attribution_intervals(many, np.random.default_rng(4), rules=RULES, draws=100)
        assert ((found["low"] <= found["share"] + 1e-9) & (found["share"] <= found["high"] + 1e-9)).all()
        widths.append((found["high"] - found["low"]).mean())
    assert widths[1] < widths[0] / 4


def test_cents_and_quarters() -> None:
    assert to_the_cent(pd.Series([1.0, 2.0, 0.0]), 0.01).tolist() == [0.0, 0.01, 0.0]
    assert to_the_cent(pd.Series([0.1] * 3), 0.3).sum() == pytest.approx(0.3)
    assert to_the_cent(pd.Series([0.0]), 5.0).isna().all()
    assert quarters(pd.Series(pd.to_datetime(["2025-12-31", None]))).tolist() == ["2025Q4", ""]
    assert quarter_end("2025Q4") == pd.Timestamp("2025-12-31")


def test_distinct_paths_are_those_of_the_same_sequence() -> None:
    """a > b twice, b > a, a and a > b > a: four sequences; every rule gives the same of both, in any order of rows."""
    text = {
        "path": ["a > b", "b > a", "a", "a > b", "a > b > a"],
        "conversions": [1, 2, 3, 4, 5],
        "nulls": [5, 4, 3, 2, 1],
        "amount": [1.0, 2, 3, 4, 5],
    }
    paths = path_steps(pd.DataFrame(text))
    joined = distinct_paths(paths.sample(frac=1, random_state=1))
    ends = joined.drop_duplicates("path_id")
    assert sorted(ends["conversions"]) == [2, 3, 5, 5] and ends["nulls"].sum() == 15
    for rule in MODELS.values():
        pd.testing.assert_frame_equal(rule(joined), rule(paths))
