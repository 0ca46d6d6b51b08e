"""Market and offer by hand: worked values, identities, and the traps of the field."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.metrics.attach import attach_rates, products_held, second_product_spans
from diligence.metrics.growth_sources import EFFECTS, growth_sources
from diligence.metrics.losses import loss_reasons
from diligence.metrics.market_share import share_of_market, stated_shares, vendor_concentration
from diligence.metrics.market_size import bottom_up_market, market_growth, market_triangulation, named_accounts, top_down_market
from diligence.metrics.new_customers import conversion_hazard, new_customers
from diligence.metrics.offer_mix import booking_mix, launch_share, margin_mix, revenue_mix, share_shift
from diligence.metrics.penetration import locked_share, penetration, white_space
from diligence.metrics.purchase_criteria import criteria_scores
from diligence.metrics.segment_advantage import advantage, segment_contribution, win_rates
from diligence.metrics.time_to_value import time_to_value_spans
from diligence.metrics.wallet import wallet_share, wallets

ACCOUNTS = pd.DataFrame(
    {
        "account": list("abcdef"),
        "segment": ["mid", "mid", "mid", "big", "big", "big"],
        "country": ["NL", "NL", "DE", "DE", "FR", "FR"],
        "potential": [100.0, 50.0, 80.0, 400.0, 300.0, 500.0],
        "fit": [0.9, 0.5, 0.6, 0.2, 0.4, 0.3],
        "sold": [True, True, False, False, False, True],
    }
)


def test_a_group_of_ten_sites_is_one_account_and_not_ten() -> None:
    universe = pd.DataFrame({"account_id": [f"u{one}" for one in range(12)], "segment": "mid", "potential": 10.0, "fit": 0.5})
    universe["customer_id"] = [f"c{one}" for one in range(10)] + [None, None]
    parents = pd.DataFrame({"customer_id": [f"c{one}" for one in range(10)], "account_id": "c0"})
    by_parent, by_site = named_accounts(universe, parents), named_accounts(universe)
    assert penetration(by_parent, by=None)["value"].item() == pytest.approx(1 / 3)
    assert penetration(by_site, by=None)["value"].item() == pytest.approx(10 / 12)
    assert by_parent["potential"].sum() == by_site["potential"].sum(), "the money is the same, whoever counts"


def test_an_account_with_sites_in_two_segments_lies_where_most_of_its_potential_is() -> None:
    universe = pd.DataFrame(
        {"account_id": ["u1", "u2"], "segment": ["mid", "big"], "potential": [30.0, 70.0], "fit": [0.2, 0.8], "customer_id": ["c1", "c2"]}
    )
    parents = pd.DataFrame({"customer_id": ["c1", "c2"], "account_id": "c1"})
    found = named_accounts(universe, parents).iloc[0]
    assert (found["segment"], found["fit"], found["sites"]) == ("big", pytest.approx(0.62), 2)


def test_a_customer_id_of_the_list_never_meets_an_account_id_of_the_same_name() -> None:
    universe = pd.DataFrame({"account_id": ["x1", "x2"], "segment": "mid", "potential": 1.0, "fit": 1.0, "customer_id": ["x2", None]})
    assert len(named_accounts(universe)) == 2


def test_a_market_that_is_a_percentage_shows_itself() -> None:
    """A SAM of forty per cent of TAM in every segment was not counted; the named list disagrees with it."""
    market = pd.DataFrame({"segment": ["mid", "big"], "year": 2026, "accounts": [3, 3], "tam": [230.0, 1200.0], "sam": [92.0, 480.0]})
    found = market_triangulation(ACCOUNTS, market).set_index("segment")
    assert found["share_of_tam"].nunique() == 1
    assert found["tam_ratio"].tolist() == [1.0, 1.0]
    assert found["sam_ratio"].round(3).tolist() == [round(350 / 480, 3), round(163 / 92, 3)]
    assert found["method_low"].tolist() == ["bottom_up", "top_down"]


def test_sizes_add_up_over_segments_and_a_year_that_lacks_is_not_carried_forward() -> None:
    by, whole = bottom_up_market(ACCOUNTS), bottom_up_market(ACCOUNTS, by=None)
    assert by[["tam", "sam", "fitting"]].sum().tolist() == pytest.approx(whole[["tam", "sam", "fitting"]].iloc[0].tolist())
    market = pd.DataFrame({"segment": "mid", "year": [2024, 2026], "sam": [100.0, 121.0]})
    assert top_down_market(market, year=2025).empty
    assert market_growth(market, start=2024, end=2026)["value"].item() == pytest.approx(0.1)
    assert market_growth(market, start=2025, end=2026)["value"].isna().all()


def test_the_obtainable_share_is_never_above_what_incumbents_leave() -> None:
    rivals = pd.DataFrame({"segment": "mid", "competitor": ["self", "A", "B"], "share": [0.2, 0.5, 0.2]})
    locked = locked_share(rivals, pd.DataFrame({"segment": ["mid"], "value": [0.0]}))
    assert locked["locked"].item() == pytest.approx(0.7 / 0.8)
    space = white_space(ACCOUNTS, locked=locked.set_index("segment")["locked"]).set_index("segment")
    assert space.loc["mid", "obtainable"] == pytest.approx(80 * 0.6 * (1 - 0.7 / 0.8))
    assert np.isnan(space.loc["big", "obtainable"]), "nothing is known of rivals there"
    assert space.loc["mid", "penetration"] > penetration(ACCOUNTS, weight="fit").set_index("segment").loc["mid", "value"]
    free = locked_share(rivals, pd.DataFrame({"segment": ["mid"], "value": [1.0]}))
    assert free["locked"].item() == 0.0


@given(locked=st.floats(0, 1))
def test_penetration_of_what_can_be_had_lies_between_all_and_full(locked: float) -> None:
    space = white_space(ACCOUNTS, locked=pd.Series({"mid": locked, "big": locked}))
    plain = penetration(ACCOUNTS, weight="fit")
    assert (space["penetration"] >= plain["value"] - 1e-12).all() and (space["penetration"] <= 1).all()
    assert (space["obtainable"] <= space["amount"] + 1e-12).all()


def test_penetration_and_white_space_make_the_serviceable_market() -> None:
    sam = bottom_up_market(ACCOUNTS)["sam"]
    taken, space = penetration(ACCOUNTS, weight="money"), white_space(ACCOUNTS)
    assert (taken["numerator"] + space["amount"]).tolist() == pytest.approx(sam.tolist())


def test_share_of_a_segment_without_a_market_is_unknown_and_not_nought() -> None:
    own = pd.DataFrame({"segment": ["mid", "new"], "amount": [10.0, 5.0]})
    found = share_of_market(own, pd.DataFrame({"segment": ["mid", "big"], "tam": [100.0, np.nan]})).set_index("segment")["value"]
    assert found["mid"] == 0.1 and np.isnan(found["big"]) and "new" not in found


def test_sellers_of_the_published_example_and_the_leader_is_measured_against_the_second() -> None:
    """US Department of Justice: shares of 30, 30, 20 and 20 per cent make 2,600 points."""
    rows = pd.DataFrame({"segment": "s", "competitor": ["self", "b", "c", "d"], "year": 2026, "share": [0.3, 0.3, 0.2, 0.2]})
    assert vendor_concentration(rows)["value"].item() == pytest.approx(2600)
    found = stated_shares(rows.assign(share=[0.4, 0.2, 0.1, 0.1])).set_index("competitor")["relative_share"]
    assert (found["self"], found["b"]) == (2.0, 0.5)
    half = vendor_concentration(rows.head(2))
    assert half[["value", "high"]].values.tolist() == [[pytest.approx(1800), pytest.approx(1800 + 1600)]]


SALES = pd.DataFrame(
    [
        ("mid", "p", "then", 1000.0, 100.0),
        ("mid", "p", "now", 1320.0, 120.0),
        ("mid", "new", "now", 50.0, 5.0),
        ("big", "p", "then", 500.0, 10.0),
        ("big", "p", "now", 400.0, 10.0),
    ],
    columns=["segment", "product_id", "period", "amount", "quantity"],
)
REACH = pd.DataFrame(
    [("mid", "then", 50, 10), ("mid", "now", 60, 12), ("big", "then", 5, 1), ("big", "now", 5, 1)],
    columns=["segment", "period", "accounts", "customers"],
)


def test_growth_taken_apart_by_hand() -> None:
    """Mid: ten to twelve customers, fifty to sixty accounts, so no share; ten units each, so no mix; price 10 to 11 at 110 units. Big: price alone."""
    found = growth_sources(SALES, REACH).set_index("segment")
    assert found.loc["mid", list(EFFECTS)].tolist() == pytest.approx([210.0, 0.0, 110.0, 0.0, 50.0])
    assert found.loc["big", list(EFFECTS)].tolist() == pytest.approx([0.0, 0.0, -100.0, 0.0, 0.0])


def test_a_product_that_is_new_or_gone_is_range_and_no_mix() -> None:
    found = growth_sources(SALES, REACH).set_index("segment")
    assert found.loc["mid", "range"] == 50.0
    turned = SALES.assign(period=SALES["period"].map({"then": "now", "now": "then"}))
    back = REACH.assign(period=REACH["period"].map({"then": "now", "now": "then"}))
    mirrored = growth_sources(turned, back).set_index("segment")
    assert mirrored[list(EFFECTS)].to_numpy() == pytest.approx(-found[list(EFFECTS)].to_numpy()), "no order of the ends is preferred"


numbers = st.floats(1, 1000)


@given(st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=4), st.tuples(*[st.integers(1, 500)] * 4))
def test_the_five_sources_add_up_whatever_happened(products: list[tuple[float, ...]], market: tuple[int, ...]) -> None:
    rows = [
        ("s", f"p{one}", end, made[place], made[place + 2]) for one, made in enumerate(products) for place, end in ((0, "then"), (1, "now"))
    ]
    reach = pd.DataFrame({"segment": "s", "period": ["then", "now"], "accounts": market[:2], "customers": market[2:]})
    found = growth_sources(pd.DataFrame(rows, columns=SALES.columns), reach).iloc[0]
    assert sum(found[name] for name in EFFECTS) == pytest.approx(found["now"] - found["then"], abs=1e-6)


def test_a_segment_without_a_market_is_not_taken_apart() -> None:
    found = growth_sources(SALES, REACH[REACH["segment"] == "mid"]).set_index("segment")
    assert found.loc["big", ["market", "share"]].isna().all() and found.loc["mid"].notna().all()
    assert found.loc["big", "now"] == 400.0


def test_customers_of_an_acquired_company_are_no_new_customers_and_an_empty_quarter_is_nought() -> None:
    days = pd.to_datetime(["2025-01-10", "2025-02-01", "2025-02-02", "2025-08-01"])
    rows = pd.DataFrame({"customer_id": list("abcd"), "acquired_on": days, "sourced_by": ["sales", "acquisition", None, "sales"]})
    assert new_customers(rows)[["period", "n"]].values.tolist() == [["2025Q1", 2], ["2025Q2", 0], ["2025Q3", 1]]
    assert new_customers(rows, months=12)["period"].tolist() == ["2025"] and new_customers(rows, months=1)["n"].sum() == 3
    twice = pd.concat([rows, rows.assign(acquired_on=pd.Timestamp("2026-01-01"))], ignore_index=True)
    assert new_customers(twice)["n"].sum() == 3, "a customer is new once"


def test_conversion_by_hand_and_every_open_account_counts_once() -> None:
    start, end = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-01-01")
    rows = pd.DataFrame({"account": range(90), "segment": ["empty"] * 30 + ["half"] * 30 + ["full"] * 30, "country": "NL"})
    sold = [None] * 27 + ["2025-06-01"] * 3 + ["2024-06-01"] * 6 + ["2025-03-01"] * 2 + [None] * 22 + ["2024-06-01"] * 20 + [None] * 10
    found = conversion_hazard(rows.assign(sold_on=pd.to_datetime(pd.Series(sold))), start=start, end=end)
    assert found[["tercile", "won", "open"]].values.tolist() == [["low", 3, 30], ["middle", 2, 24], ["high", 0, 10]]
    assert found["penetration"].tolist() == pytest.approx([0, 1 / 5, 2 / 3])


def test_rates_of_the_others_are_ratios_of_sums_and_not_means_of_ratios() -> None:
    rates = pd.DataFrame({"segment": ["a", "b", "c"], "numerator": [50, 1, 90], "denominator": [100, 2, 100]})
    found = advantage(rates).set_index("segment")
    assert found.loc["a", "others"] == pytest.approx(91 / 102) and found.loc["a", "others"] != pytest.approx((0.5 + 0.9) / 2)
    assert found.loc["a", "ratio"] == pytest.approx(0.5 / (91 / 102))
    assert advantage(rates.head(1))[["others", "ratio"]].isna().all(axis=None)


def test_no_decision_is_a_loss_and_an_open_deal_is_neither() -> None:
    deals = pd.DataFrame(
        {
            "opportunity_id": range(4),
            "segment": "mid",
            "status": ["won", "lost", "lost", "open"],
            "loss_reason": [None, "no_decision", "price", None],
        }
    )
    assert win_rates(deals)[["numerator", "denominator"]].values.tolist() == [[1, 2 + 1]]
    assert loss_reasons(deals).set_index("loss_reason")["value"].to_dict() == {"no_decision": 0.5, "price": 0.5}


def test_a_segment_whose_product_has_no_margin_has_no_contribution() -> None:
    revenue = pd.DataFrame({"segment": ["mid", "mid", "big"], "amount": [100.0, 50.0, 80.0], "gross_margin": [0.8, None, 0.5]})
    found = segment_contribution(revenue, pd.DataFrame({"segment": ["big"], "amount": [60.0]})).set_index("segment")
    assert np.isnan(found.loc["mid", "value"]) and found.loc["big", "value"] == pytest.approx((40 - 60) / 80)


MONTHS = pd.date_range("2025-01-01", "2025-12-01", freq="MS")
END = pd.Timestamp("2025-12-01")


def paid(account: str, product: str, first: int, last: int = 12) -> pd.DataFrame:
    return pd.DataFrame({"account_id": account, "product_id": product, "month": MONTHS[first - 1 : last], "amount": 10.0})


def test_time_to_the_second_product_counts_those_without_one_and_leaves_out_those_who_were_there() -> None:
    cube = pd.concat(
        [
            paid("old", "p", 1),
            paid("old", "q", 5),
            paid("a", "p", 2),
            paid("a", "q", 6),
            paid("b", "p", 3),
            paid("c", "p", 4, 7),
            paid("d", "p", 5),
            paid("d", "q", 5),
        ]
    )
    found = second_product_spans(cube, END).set_index("account_id")
    assert found[["duration", "observed"]].values.tolist() == [[4, True], [9, False], [3, False], [0, True]]
    assert "old" not in found.index, "when its first product came is not known"
    later = second_product_spans(cube, pd.Timestamp("2025-04-01"))
    assert not later["observed"].any(), "what came after the end is not seen"


def test_attach_by_hand() -> None:
    cube = pd.concat([paid("a", "p", 1), paid("a", "q", 1), paid("b", "p", 1), paid("gone", "q", 1, 6)])
    rates = attach_rates(products_held(cube, END)).set_index("product_id")
    assert rates["value"].to_dict() == {"p": 1.0, "q": 0.5}
    assert rates.loc["q", ["amount", "amount_share"]].tolist() == pytest.approx([120.0, 1 / 3])


def test_wallet_share_is_a_ratio_of_sums_and_a_customer_above_its_potential_has_no_headroom() -> None:
    held = pd.DataFrame({"account_id": ["a", "b", "x"], "amount": [120.0, 10.0, 7.0]})
    known = pd.DataFrame({"account_id": ["a", "b", "c"], "segment": "mid", "potential": [100.0, 100.0, 50.0]})
    table = wallets(held, known)
    assert table["headroom"].tolist() == [0.0, 90.0]
    found = wallet_share(table).iloc[0]
    assert (found["value"], found["headroom_ratio"], found["n"]) == (0.65, pytest.approx(90 / 130), 2)


def test_booking_shares_and_their_shift_by_hand() -> None:
    days = pd.to_datetime([f"{year}-{month:02d}-15" for year in (2023, 2024, 2025) for month in (2, 5, 8, 11)])
    won = pd.concat(
        [
            pd.DataFrame({"closed_on": days, "product_id": product, "amount": amounts})
            for product, amounts in (("p", [10.0] * 4 + [20.0] * 4 + [30.0] * 4), ("q", [10.0] * 12))
        ]
    )
    mix = booking_mix(won)
    assert mix.groupby("period")["value"].sum().tolist() == pytest.approx([1.0] * 12)
    found = share_shift(mix, "p", end=int(mix["index"].max()))
    assert (found["now"], found["then"], found["shift"]) == pytest.approx((0.75, 0.5, 0.25))
    assert np.isnan(share_shift(mix, "p", end=int(mix["index"].max()), quarters=9)["shift"]), "four quarters are not there"


def test_mix_of_margin_and_launches_by_hand() -> None:
    products = pd.DataFrame(
        {
            "product_id": ["p", "q"],
            "pricing_metric": ["seat", None],
            "gross_margin": [0.8, 0.5],
            "launched_on": pd.to_datetime(["2020-01-01", None]),
        }
    )
    then, now = (pd.DataFrame({"product_id": ["p", "q"], "amount": some}) for some in ([100.0, 0.0], [60.0, 40.0]))
    assert margin_mix(then, now, products)["shift"] == pytest.approx(-0.12)
    assert revenue_mix(now, products)["pricing_metric"].tolist() == ["seat", "(not given)"]
    assert launch_share(now, products, END)["denominator"] == 60.0, "a product without a date of launch is neither old nor new"


def test_those_who_are_not_live_yet_are_not_left_out() -> None:
    rows = pd.DataFrame(
        {
            "customer_id": list("abc"),
            "acquired_on": pd.to_datetime(["2026-01-01"] * 3),
            "went_live_on": pd.to_datetime(["2026-01-31", None, "2026-09-01"]),
        }
    )
    found = time_to_value_spans(rows, pd.Timestamp("2026-06-30"))
    assert found[["duration", "observed"]].values.tolist() == [[30, True], [180, False], [180, False]], (
        "what lies after the date is not known"
    )


def test_a_gap_compares_the_same_people() -> None:
    """The second respondent knows no rival: the mean of the target falls, the gap does not."""
    answers = pd.DataFrame(
        {"respondent_id": ["r", "s"], "criterion": "price", "importance": [8, 6], "target_score": [7, 1], "competitor_score": [6, None]}
    )
    found = criteria_scores(answers).iloc[0]
    assert (found["gap"], found["target"] - found["rival"], found["n"], found["n_both"]) == (1.0, -2.0, 2, 1)


def test_weights_of_criteria_make_one_and_the_quadrants_are_told() -> None:
    answers = pd.DataFrame(
        {
            "respondent_id": "r",
            "criterion": ["a", "b", "c", "d"],
            "importance": [9, 9, 3, 3],
            "target_score": [5, 9, 5, 9],
            "competitor_score": [7, 7, 7, 7],
        }
    )
    found = criteria_scores(answers).set_index("criterion")
    assert found["weight"].sum() == pytest.approx(1.0)
    assert found["quadrant"].to_dict() == {"a": "fix", "b": "keep", "c": "leave", "d": "overdone"}
