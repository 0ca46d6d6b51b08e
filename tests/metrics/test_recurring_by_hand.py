"""Contracts, renewals, price and volume, cuts and definitions, each worked by hand; and the mistakes that the field makes with them."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diligence.metrics.arr import TOTALS, annual_recurring_revenue, arr_bridge
from diligence.metrics.bridge import bridge, movements, movements_between
from diligence.metrics.cohorts import cohorts
from diligence.metrics.cuts import cut_cohorts, cut_retention, tenure_bands
from diligence.metrics.definition_bridge import definition_bridge, retention_differences
from diligence.metrics.events import changes
from diligence.metrics.measure import codes, joined
from diligence.metrics.renewal_rates import renewal_rates, renewals_due, subscription_cohort
from diligence.metrics.retention import constant_currency_cohort, gross_revenue_retention, joiners_losses, net_revenue_retention
from diligence.metrics.upsell_split import PARTS, upsell_split, volume_retention
from diligence.models.intervals import ratio_interval, ratio_intervals

START, END, AS_OF = pd.Timestamp("2025-06-01"), pd.Timestamp("2026-06-01"), date(2026, 6, 30)
YEAR = pd.date_range(START, END, freq="MS")


def contract(id: str, customer: str, start: str, end: str | None, value: float, **more: Any) -> dict[str, Any]:
    return {"contract_id": id, "customer_id": customer, "start_date": start, "end_date": end, "annual_value": value, **more}


def stream(customer: str, amounts: dict[str, float], *, account: str = "", product: str = "p", **more: Any) -> list[dict[str, Any]]:
    key = {"customer_id": customer, "account_id": account or customer, "product_id": product, "currency": "EUR", "kind": "recurring"}
    return [
        key | {"month": pd.Timestamp(f"{month}-01"), "amount": amount, "amount_local": amount} | more for month, amount in amounts.items()
    ]


def ends(then: float, now: float) -> dict[str, float]:
    return {month: amount for month, amount in (("2025-06", then), ("2026-06", now)) if amount}


# annual recurring revenue


def test_fifty_plans_of_600_a_year_are_2500_a_month_and_not_fifty_times_800_over_twelve() -> None:
    """A public glossary prints the MRR of fifty customers on a plan of 600 a year as 50 x (800 / 12)."""
    plans = pd.DataFrame([contract(f"k{n}", f"c{n}", "2026-01-01", "2026-12-31", 600.0) for n in range(50)])
    assert annual_recurring_revenue(plans, AS_OF)["live"].item() / 12 == 2_500.0


@pytest.mark.parametrize(
    ("start", "end", "live", "signed"),
    [
        ("2025-07-01", "2026-06-30", 100.0, 0.0),
        ("2025-07-01", "2026-06-29", 0.0, 0.0),
        ("2026-06-30", None, 100.0, 0.0),
        ("2026-07-01", "2027-06-30", 0.0, 100.0),
    ],
)
def test_live_from_the_first_to_the_last_day_of_the_term_and_signed_apart(start: str, end: str | None, live: float, signed: float) -> None:
    found = annual_recurring_revenue(pd.DataFrame([contract("k", "c", start, end, 100.0)]), AS_OF).iloc[0]
    assert (found["live"], found["signed"], found["committed"]) == (live, signed, live + signed)


def arr_inputs() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Seven customers, one for each step.

    A 1,200 fixed, billed 100; B 600 evergreen, billed 55 (+60); C 240 under notice, billed 20; D 480, not billed; E ended in March, billed 30;
    F never under contract, billed 10; G 1,200 from June 2024 with 5% a year: 60 owed, billed 108 a month, 1,296: 60 uplift and 36 above;
    H 600, billed 40, 480: -120. Usage of A: 5, 6, 7 in three months, 72 a year.
    """
    rows = [
        contract("a", "A", "2026-01-01", "2026-12-31", 1200.0),
        contract("b", "B", "2024-01-01", None, 600.0),
        contract("c", "C", "2026-01-01", "2026-12-31", 240.0, notice=True),
        contract("d", "D", "2026-01-01", "2026-12-31", 480.0),
        contract("e", "E", "2025-04-01", "2026-03-31", 360.0),
        contract("g", "G", "2024-06-01", "2027-05-31", 1200.0, uplift_rate=0.025),
        contract("h", "H", "2026-01-01", "2026-12-31", 600.0),
        contract("z", "Z", "2026-08-01", "2027-07-31", 999.0),
    ]
    billed = {"A": 100.0, "B": 55.0, "C": 20.0, "E": 30.0, "F": 10.0, "G": 108.0, "H": 40.0}
    lines = [row for customer, amount in billed.items() for row in stream(customer, {"2026-06": amount})]
    usage = stream("A", {"2026-03": 99.0, "2026-04": 5.0, "2026-05": 6.0, "2026-06": 7.0}, kind="usage")
    table = pd.DataFrame(rows).assign(notice=lambda frame: frame["notice"] == True)  # noqa: E712 - a blank is no notice
    return table, pd.DataFrame(lines + usage)


def test_the_way_from_contracted_to_invoiced_in_named_steps() -> None:
    contracts, cube = arr_inputs()
    found = arr_bridge(contracts, cube, as_of=AS_OF, month=END).set_index("step")["amount"]
    # two whole years at 2.5%: 1,200 x (1.025^2 - 1) = 60.75 owed of the 96 that are billed above
    assert found.round(6).to_dict() == {
        "fixed_term": 3480.0, "evergreen": 600.0, "notice": 240.0, "contracted": 4320.0, "not_billed": -480.0, "past_term": 360.0,
        "no_contract": 120.0, "uplift": 60.75, "above_contract": 35.25 + 60.0, "below_contract": -120.0, "part_months": 0.0,
        "invoiced": 4356.0, "metered": 72.0, "with_metered": 4428.0,
    }  # fmt: skip


@pytest.mark.parametrize("by", [None, "segment"])
def test_the_steps_add_up_from_total_to_total(by: str | None) -> None:
    contracts, cube = arr_inputs()
    cut = {name: "big" if name in "ABGZ" else "small" for name in "ABCDEFGHZ"}
    contracts, cube = (frame.assign(segment=frame["customer_id"].map(cut)) for frame in (contracts, cube))
    found = arr_bridge(contracts, cube, as_of=AS_OF, month=END, by=by).assign(group=lambda frame: frame[by] if by else "")
    assert len(found) == 14 * (2 if by else 1)
    for _, part in found.groupby("group"):
        level = 0.0
        for row in part.itertuples():
            level = level if row.step in TOTALS else level + row.amount
            assert row.step not in TOTALS or row.amount == pytest.approx(level, abs=1e-9)


def test_a_contract_without_a_product_meets_all_that_its_customer_is_billed() -> None:
    cube = pd.DataFrame(stream("A", {"2026-06": 10.0}, product="x") + stream("A", {"2026-06": 20.0}, product="y"))
    whole = pd.DataFrame([contract("a", "A", "2026-01-01", None, 360.0)])
    found = arr_bridge(whole.assign(product_id=None), cube, as_of=AS_OF, month=END).set_index("step")["amount"]
    assert found[["not_billed", "no_contract", "above_contract"]].tolist() == [0.0, 0.0, 0.0]
    split = arr_bridge(whole.assign(product_id="x"), cube, as_of=AS_OF, month=END).set_index("step")["amount"]
    assert split[["no_contract", "below_contract"]].tolist() == [240.0, -240.0]


# renewals


def test_an_annual_contract_cannot_leave_before_its_term_so_the_renewal_rate_holds_only_what_came_up() -> None:
    """Ten of a hundred contracts came up and four left: 60% renewed, while the base as a whole kept 96%."""
    due = [contract(f"d{n}", f"d{n}", "2025-01-01", "2025-12-31", 10.0) for n in range(10)]
    renewed = [contract(f"r{n}", f"d{n}", "2026-01-01", "2026-12-31", 10.0, renews_contract_id=f"d{n}") for n in range(6)]
    others = [contract(f"o{n}", f"o{n}", "2025-01-01", "2027-12-31", 10.0) for n in range(90)]
    found = renewals_due(pd.DataFrame(due + renewed + others), date(2025, 7, 1), AS_OF)
    rates = renewal_rates(found).set_index("reading")
    assert rates["value"].to_dict() == {"gross": 0.6, "net": 0.6, "count": 0.6}
    assert rates["n"].tolist() == [10] * 3
    cube = pd.DataFrame([row for n in range(100) for row in stream(f"c{n}", {"2025-06": 10.0} | ({"2026-06": 10.0} if n >= 4 else {}))])
    assert gross_revenue_retention(cube, END)["value"].item() == pytest.approx(0.96)


def test_a_contract_that_ends_on_the_day_is_not_due_yet() -> None:
    rows = pd.DataFrame([contract("k", "c", "2025-07-01", "2026-06-30", 10.0)])
    assert renewals_due(rows, date(2025, 7, 1), AS_OF).empty


@pytest.mark.parametrize(("start", "followed"), [("2025-10-05", 12.0), ("2026-03-20", 12.0), ("2026-05-01", 0.0), ("2025-08-01", 0.0)])
def test_a_renewal_may_begin_ninety_days_early_or_late_and_is_one_renewal(start: str, followed: float) -> None:
    rows = pd.DataFrame([contract("a", "c", "2025-01-01", "2025-12-31", 10.0), contract("b", "c", start, "2026-12-31", 12.0)])
    found = renewals_due(rows, date(2025, 7, 1), AS_OF)
    assert found[["contract_id", "followed"]].values.tolist() == [["a", followed]]
    assert renewal_rates(found)["value"].round(9).tolist() == ([1.0, 1.2, 1.0] if followed else [0.0, 0.0, 0.0])


def test_a_successor_follows_one_contract_only() -> None:
    """Two contracts of a customer come up and one new one follows: one of them is lost."""
    rows = [contract("a", "c", "2025-01-01", "2025-12-31", 10.0), contract("b", "c", "2025-01-01", "2025-12-31", 10.0)]
    found = renewals_due(pd.DataFrame([*rows, contract("n", "c", "2026-01-01", "2026-12-31", 10.0)]), date(2025, 7, 1), AS_OF)
    assert sorted(found["followed"]) == [0.0, 10.0]


def test_a_subsidiary_that_is_consolidated_into_its_parents_contract_is_no_loss() -> None:
    rows = [
        contract("child", "c2", "2025-01-01", "2025-12-31", 10.0, account_id="G", end_reason="consolidation"),
        contract("parent", "c1", "2025-01-01", "2027-12-31", 90.0, account_id="G"),
        contract("gone", "c3", "2025-01-01", "2025-12-31", 30.0, account_id="H", end_reason="consolidation"),
    ]
    found = renewals_due(pd.DataFrame(rows), date(2025, 7, 1), AS_OF)
    assert found.set_index("contract_id")["consolidated"].to_dict() == {"child": True, "gone": False}
    assert renewal_rates(found).set_index("reading").loc["gross", ["numerator", "denominator"]].tolist() == [0.0, 30.0]


def test_a_subsidiary_that_moves_to_its_parent_is_no_churn_by_parent_and_churn_by_customer() -> None:
    cube = pd.DataFrame(stream("child", ends(10.0, 0), account="G") + stream("head", ends(90.0, 100.0), account="G"))
    assert gross_revenue_retention(cube, END)["value"].item() == 1.0
    assert gross_revenue_retention(cube, END, grain=("customer_id",))["value"].item() == 0.9
    assert set(movements_between(cube, START, END)["movement"]) == {"upsell", "contraction"}


def test_a_subscription_is_a_chain_of_contracts_however_long() -> None:
    chain = [
        contract(f"k{n}", "c", f"{2018 + n}-01-01", f"{2018 + n}-12-31", 10.0 + n, renews_contract_id=f"k{n - 1}" if n else None)
        for n in range(9)
    ]
    found = subscription_cohort(pd.DataFrame(chain).sample(frac=1, random_state=1), date(2025, 6, 30), AS_OF)
    assert found[["subscription", "then", "now"]].values.tolist() == [["k0", 17.0, 18.0]]


# price and volume


def test_a_price_increase_does_not_hide_that_a_customer_uses_less() -> None:
    """100 for 10 seats, then 102 for 8: 10.00 to 12.75 a seat. The bridge says upsell of 2; price +24.75, volume -22.75, a month."""
    cube = pd.DataFrame(stream("c", {"2025-06": 100.0}, quantity=10.0) + stream("c", {"2026-06": 102.0}, quantity=8.0))
    row = upsell_split(cube, start=START, end=END).iloc[0]
    assert row["movement"] == "upsell"
    assert (row[["amount", "price", "volume"]].astype(float) / 12).round(9).tolist() == [2.0, 24.75, -22.75]
    kept = volume_retention(cube, END)
    assert kept["kept"].sum() / kept["then"].sum() == 0.8


def test_contracted_uplift_is_what_the_contract_provides_for_and_no_more_than_was_charged() -> None:
    """100 to 110 for the same seats. At 3% contracted 3 are uplift and 7 price; at 30% all 10 are uplift; below, none."""
    cube = pd.DataFrame(stream("c", {"2025-06": 100.0}, quantity=10.0) + stream("c", {"2026-06": 110.0}, quantity=10.0))
    for rate, uplift in ((0.03, 3.0), (0.30, 10.0), (0.0, 0.0)):
        owed = pd.DataFrame([contract("k", "c", "2025-01-01", "2025-12-31", 1200.0, product_id="p", uplift_rate=rate)])
        row = upsell_split(cube, owed, start=START, end=END).iloc[0]
        assert (row[["uplift", "price", "volume"]].astype(float) / 12).round(9).tolist() == [uplift, 10.0 - uplift, 0.0]


def test_without_a_quantity_nothing_is_split_and_a_new_subsidiary_is_volume() -> None:
    bare = pd.DataFrame(stream("c", ends(100.0, 110.0))).assign(quantity=np.nan)
    assert upsell_split(bare, start=START, end=END)[["price", "volume", "unsplit"]].values.tolist() == [[0.0, 0.0, 120.0]]
    rows = stream("c1", ends(100.0, 100.0), account="G", quantity=4.0) + stream("c2", ends(0, 50.0), account="G", quantity=2.0)
    assert upsell_split(pd.DataFrame(rows), start=START, end=END)[["customer_id", "volume"]].values.tolist() == [["c2", 600.0]]


AMOUNT, SEATS, RATE = st.floats(0.01, 1e6), st.one_of(st.just(0.0), st.floats(0.1, 1e4)), st.floats(0.5, 2)


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.tuples(AMOUNT, SEATS, AMOUNT, SEATS, RATE), min_size=1, max_size=6))
def test_the_parts_add_up_to_upsell_and_contraction_of_the_bridge_whatever_prices_quantities_and_rates(
    rows: list[tuple[float, ...]],
) -> None:
    lines = []
    for n, (then, q0, now, q1, rate) in enumerate(rows):
        key = {"currency": "GBP" if n % 2 else "EUR"}
        moved = rate if n % 2 else 1.0
        lines += stream(f"c{n}", {"2025-06": then}, quantity=q0, **key)
        lines += stream(f"c{n}", {"2026-06": now * moved}, quantity=q1, **key | {"amount_local": now})
    cube = pd.DataFrame(lines)
    split = upsell_split(cube, start=START, end=END)
    moves = movements_between(cube, START, END)
    for movement in ("upsell", "contraction"):
        mine = split[split["movement"] == movement]
        assert mine["amount"].sum() == pytest.approx(moves.loc[moves["movement"] == movement, "ticks"].sum() * 12 / 10_000, abs=1e-6)
        assert mine[list(PARTS)].to_numpy().sum() == pytest.approx(mine["amount"].sum(), rel=1e-9, abs=1e-6)


# what annual retention does not see, and what it must not


def test_exchange_rates_are_no_growth_of_a_customer() -> None:
    cube = pd.DataFrame(stream("c", {"2025-06": 115.0}, currency="GBP") + stream("c", {"2026-06": 120.0}, currency="GBP"))
    cube["amount_local"] = 100.0
    assert net_revenue_retention(cube, END)["value"].item() == pytest.approx(120 / 115)
    row = constant_currency_cohort(cube, END).iloc[0]
    assert (row["now_constant"], row["then"]) == (1380.0, 1380.0)


def test_customers_that_join_and_leave_between_two_year_ends_are_told_apart() -> None:
    """J joins in September with 30 and leaves in March: nothing of it is in the annual rates, and all of it is in the joiners' losses."""
    rows = stream("old", {f"{month:%Y-%m}": 100.0 for month in YEAR}) + stream("J", {f"{month:%Y-%m}": 30.0 for month in YEAR[3:9]})
    cube = pd.DataFrame(rows)
    assert gross_revenue_retention(cube, END)["value"].item() == 1.0
    lost = joiners_losses(cube, movements(cube), END).set_index("movement")
    assert lost.loc["churn", ["amount", "n"]].tolist() == [-360.0, 1]
    assert joiners_losses(cube[cube["customer_id"] == "old"], movements(cube).head(0), END)["n"].sum() == 0


def test_cohort_periods_that_nobody_has_lived_through_are_blank_and_not_nought() -> None:
    rows = stream("a", {f"{month:%Y-%m}": 10.0 for month in YEAR}) + stream("b", {f"{month:%Y-%m}": 10.0 for month in YEAR[6:]})
    found = cohorts(pd.DataFrame(rows), END, cohort_months=3)
    late = found[found["cohort"] == "2025Q4"].set_index("age")["value"]
    assert late[[0, 3]].tolist() == [1.0, 1.0] and late.loc[6:].isna().all()


def test_customers_billed_by_the_quarter_are_not_lost_and_won_again_once_their_invoices_are_spread() -> None:
    """As billed, a quarter's invoice is 3 months in one; spread over its service it is one customer without a movement."""
    billed = pd.DataFrame(stream("q", {f"{month:%Y-%m}": 300.0 for month in YEAR[::3]}))
    assert {"churn", "reactivation"} <= set(movements(billed)["movement"])
    spread = pd.DataFrame(stream("q", {f"{month:%Y-%m}": 100.0 for month in YEAR}))
    assert movements(spread).empty


# cuts


def test_a_cut_takes_customers_apart_and_adds_up_to_the_whole() -> None:
    rows = (
        stream("a", ends(100.0, 90.0))
        + stream("b", ends(50.0, 80.0))
        + stream("n", ends(0, 40.0))
        + stream("g", ends(0, 10.0), account="a")
    )
    country = pd.Series({"a": "DE", "b": "FR", "n": "FR", "g": "FR"}).rename_axis("customer_id")
    found = cut_retention(cut_cohorts(pd.DataFrame(rows), END, cuts={"country": country})).set_index("value")
    assert found["nrr"].to_dict() == {"DE": 0.9, "FR": 1.6} and found["grr"].to_dict() == {"DE": 0.9, "FR": 1.0}
    assert found["n"].to_dict() == {"DE": 1, "FR": 1}
    assert (found["opening"].sum(), found["closing"].sum()) == (1800.0, 2640.0)
    assert found.loc["FR", "growth"] == pytest.approx(130 / 50 - 1)


def test_means_of_ratios_are_not_the_ratio_of_the_whole() -> None:
    """A small customer that trebles and a large one that halves: 53% retained, not the 175% of the two rates' mean."""
    cube = pd.DataFrame(stream("small", ends(1.0, 3.0)) + stream("large", ends(99.0, 50.0)))
    assert net_revenue_retention(cube, END)["value"].item() == pytest.approx(0.53)


def test_tenure_of_those_there_before_the_data_is_not_guessed() -> None:
    first = pd.Series({"old": 24270, "new": 24305, "three": 24271, "later": 24310})
    assert tenure_bands(first, START, start=24270).to_dict() == {
        "old": "before the data", "new": "under 1 year", "three": "2 to 3 years", "later": "joined since",
    }  # fmt: skip


# definitions


def test_what_a_reported_figure_adds_is_found_over_all_periods_and_what_fits_nowhere_stays_unexplained() -> None:
    """Three quarters: ours 90, 95, 92 of 100; reported with returns of 3, 0 and 5, once with a book of 20; then with half a point on top."""
    parts = pd.DataFrame(
        [(month, step, amount) for month, ours, back, book in (("2025-12-01", 90, 3, 0), ("2026-03-01", 95, 0, 20), ("2026-06-01", 92, 5, 0))
         for step, amount in (("ours", ours), ("base", 100), ("returned", back), ("acquired", book))],
        columns=["month", "step", "amount"],
    ).assign(month=lambda frame: pd.to_datetime(frame["month"]), amount=lambda frame: frame["amount"].astype("float64"))  # fmt: skip
    said = pd.DataFrame({"month": pd.to_datetime(["2025-12-01", "2026-03-01", "2026-06-01"]), "value": [0.93, 1.15, 0.97]})
    found = definition_bridge(said, parts)
    assert found.groupby("month", sort=False)["step"].agg(list).iloc[0] == ["reported", "acquired", "returned", "unexplained", "ours"]
    assert found.loc[found["step"] == "unexplained", "amount"].abs().max() < 1e-9
    off = definition_bridge(said.assign(value=[0.955, 0.905, 0.985]), parts)
    assert set(off["step"]) == {"reported", "unexplained", "ours"}
    for table in (found, off):
        levels = table[~table["total"]].groupby("month")["amount"].sum() + table[table["step"] == "reported"].set_index("month")["amount"]
        assert levels.tolist() == pytest.approx(table.loc[table["step"] == "ours", "amount"].tolist())


def test_the_differences_of_definition_worked_by_hand() -> None:
    """Opening: G (c1 100), H (h 50). Since: c2 of G new with 20, r back with 7, b bought with 30, n new with 9; h halves."""
    rows = stream("c1", ends(100.0, 100.0), account="G") + stream("h", ends(50.0, 25.0)) + stream("c2", ends(0, 20.0), account="G")
    rows += stream("r", {"2025-01": 5.0, "2026-06": 7.0}) + stream("b", ends(0, 30.0)) + stream("n", ends(0, 9.0))
    found = retention_differences(pd.DataFrame(rows), END, acquired={"b"}).set_index(["metric", "step"])["amount"]
    assert (found["nrr"] / 12).round(9).to_dict() == {
        "ours": 145.0, "base": 150.0, "returned": 7.0, "subsidiaries": -20.0, "subsidiary_returns": 0.0, "products": 0.0, "acquired": 30.0,
        "returned_groups": 0.0, "new_logos": 9.0,
    }  # fmt: skip
    assert (found["grr"] / 12).round(9).to_dict() == {
        "ours": 125.0, "base": 150.0, "subsidiaries": 0.0, "products": 0.0, "downgrades": 25.0, "returned": 7.0,
    }  # fmt: skip
    assert found["logo"].to_dict() == {"ours": 2.0, "base": 2.0, "subsidiaries": 0.0, "returned": 1.0}


# intervals of large bases


def test_a_large_base_has_the_interval_of_the_bootstrap_that_draws_everyone() -> None:
    """Skewed sizes, 6,000 customers: drawn one by one, and the small ones together, to a fiftieth of the width."""
    random = np.random.default_rng(4)
    then = random.lognormal(3, 1.5, 6_000)
    now = then * (random.random(6_000) < 0.9) * random.uniform(0.8, 1.3, 6_000)
    counts = random.multinomial(6_000, np.full(6_000, 1 / 6_000), size=4_000)
    low, high = np.quantile((counts @ now) / (counts @ then), [0.025, 0.975])
    for found in (
        ratio_interval(now, then, np.random.default_rng(1), draws=4_000),
        tuple(ratio_intervals(np.column_stack([now]), then, np.random.default_rng(1), draws=4_000)[0]),
    ):
        assert found == (pytest.approx(low, abs=0.06 * (high - low)), pytest.approx(high, abs=0.06 * (high - low)))


def test_several_ratios_on_one_draw_have_the_intervals_that_each_has_alone() -> None:
    random = np.random.default_rng(4)
    then = random.lognormal(3, 1, 300)
    now = then * random.uniform(0.5, 1.3, 300)
    both = ratio_intervals(np.column_stack([now, np.minimum(now, then)]), then, np.random.default_rng(1))
    for row, top in zip(both, (now, np.minimum(now, then)), strict=True):
        low, high = ratio_interval(top, then, np.random.default_rng(1))
        assert tuple(row) == (pytest.approx(low, abs=0.1 * (high - low)), pytest.approx(high, abs=0.1 * (high - low)))
    assert np.isnan(ratio_intervals([[1.0]], [1.0], np.random.default_rng(1))).all()


def test_the_months_of_a_reactivation_are_counted_at_three_six_and_twelve() -> None:
    rows = stream("three", {"2025-06": 10.0, "2025-10": 10.0}) + stream("six", {"2025-06": 20.0, "2026-01": 20.0})
    moves = movements(pd.DataFrame(rows + stream("on", {f"{month:%Y-%m}": 1.0 for month in YEAR})))
    gaps = moves[moves["movement"] == "reactivation"].set_index("customer_id")["gap"].to_dict()
    assert gaps == {"three": 3.0, "six": 6.0}
    cube = pd.DataFrame(rows + stream("on", {f"{month:%Y-%m}": 1.0 for month in YEAR}))
    for limit, back in ((3, {"three"}), (6, {"three", "six"}), (2, set())):
        named = movements(cube, reactivation_months=limit)
        assert set(named.loc[named["movement"] == "reactivation", "customer_id"]) == back
        assert bridge(cube, named)["residual"].abs().max() == 0


def test_keys_too_many_to_join_in_one_number_keep_their_order() -> None:
    """Three keys of three billion values each pass 62 bits; the order of the joined key is that of the keys in turn."""
    huge = 3_000_000_000
    rows = np.array([[2_999_999_999, 5, 1], [0, 7, 9], [2_999_999_999, 5, 0], [0, 7, 9], [1, 0, 0]])
    key = joined(*((rows[:, place], huge) for place in range(3)))
    assert np.argsort(key, kind="stable").tolist() == [1, 3, 4, 2, 0]
    assert key[1] == key[3] and len(set(key.tolist())) == 4 and (key >= 0).all()


def test_a_blank_key_has_no_number_and_its_rows_move_nothing() -> None:
    assert codes(pd.Series(["b", None, "a"]))[0].tolist() == [1, -1, 0]
    whole = pd.DataFrame(stream("c", {"2026-05": 10.0, "2026-06": 12.0}))
    blank = whole.assign(customer_id=None, amount=99.0)
    pd.testing.assert_frame_equal(changes(pd.concat([whole, blank], ignore_index=True)), changes(whole), check_dtype=False)
