"""What holds of every public metric: nothing is changed, order and names play no part, money scales, the undefined is NaN."""

import inspect
from collections.abc import Callable
from datetime import date
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from random_cubes import END

from diligence.metrics import bridge, cohorts, concentration, events, lapse, measure, renewals, retention

MODULES = (measure, events, bridge, retention, cohorts, concentration, renewals, lapse)
KEYS = ["account_id", "customer_id", "product_id", "currency"]
Frame = pd.DataFrame


def example() -> Frame:
    random = np.random.default_rng(7)
    months = pd.date_range("2024-01-01", END, freq="MS")
    rows = [
        (
            f"c{customer}",
            f"a{customer // 2}",
            f"p{product}",
            "EUR",
            "big" if customer < 3 else "small",
            month,
            10.0 * (1 + customer) + random.integers(0, 4),
        )
        for customer in range(7)
        for product in range(1 + customer % 2)
        for month in months
        if random.random() < 0.9
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "account_id", "product_id", "currency", "segment", "month", "amount"])
    return frame.assign(amount_local=frame["amount"])


def bridged(cube: Frame) -> Frame:
    return bridge.bridge(cube, bridge.movements(cube))


def contracts(cube: Frame) -> Frame:
    totals = cube.groupby("customer_id")["amount"].sum()
    ends = [pd.Timestamp("2025-06-30") + pd.DateOffset(months=4 * place) for place in range(len(totals))]
    return pd.DataFrame(
        {"contract_id": totals.index, "start_date": pd.Timestamp("2023-01-01"), "end_date": ends, "annual_value": totals.to_numpy()}
    )


CALLS: dict[str, Callable[[Frame], Any]] = {
    "level": lambda cube: measure.level(cube, END, ["account_id"]),
    "recurring_revenue": measure.recurring_revenue,
    "recurring_revenue by segment": lambda cube: measure.recurring_revenue(cube, window=12, by="segment"),
    "monthly_levels": lambda cube: measure.monthly_levels(cube, "amount").rename(columns={"": "amount"}),
    "changes": events.changes,
    "movements": bridge.movements,
    "movements of twelve months": lambda cube: bridge.movements(cube, window=12),
    "movements_between": lambda cube: bridge.movements_between(cube, pd.Timestamp("2024-06-01"), END),
    "streams_between": lambda cube: bridge.streams_between(cube, pd.Timestamp("2024-06-01"), END),
    "bridge": bridged,
    "bridge by segment": lambda cube: bridge.bridge(
        cube, bridge.movements(cube).merge(cube[["customer_id", "segment"]].drop_duplicates()), by="segment"
    ),
    "opening_cohort": lambda cube: retention.opening_cohort(cube, END),
    "net_revenue_retention": lambda cube: retention.net_revenue_retention(cube, END),
    "net_revenue_retention by segment": lambda cube: retention.net_revenue_retention(cube, END, by="segment", grain=retention.PRODUCT),
    "gross_revenue_retention": lambda cube: retention.gross_revenue_retention(cube, END, grain=retention.CUSTOMER),
    "logo_retention": lambda cube: retention.logo_retention(cube, END),
    "bridged_retention": lambda cube: retention.bridged_retention(bridged(cube), END),
    "constant_currency_cohort": lambda cube: retention.constant_currency_cohort(cube, END),
    "joiners_losses": lambda cube: retention.joiners_losses(cube, bridge.movements(cube), END),
    "reading_steps": lambda cube: retention.reading_steps(cube, bridge.movements(cube), bridged(cube), END),
    "cohorts": lambda cube: cohorts.cohorts(cube, END, cohort_months=3),
    "customer_shares": lambda cube: concentration.customer_shares(cube, END),
    "herfindahl": lambda cube: concentration.herfindahl(concentration.customer_shares(cube, END)["share"]),
    "effective_number": lambda cube: concentration.effective_number(concentration.customer_shares(cube, END)["share"]),
    "top_share": lambda cube: concentration.top_share(concentration.customer_shares(cube, END)["share"], 2),
    "purchase_gaps": lambda cube: lapse.purchase_gaps(cube, END),
    "lapse_months": lambda cube: lapse.lapse_months(cube, END),
    "lapsed": lambda cube: lapse.lapsed(cube, END, gap=2)[0],
    "repeat_accounts": lambda cube: len(lapse.repeat_accounts(cube, END)),
    "running_contracts": lambda cube: renewals.running_contracts(contracts(cube), date(2025, 6, 30)),
    "renewal_wall": lambda cube: renewals.renewal_wall(contracts(cube), date(2025, 6, 30)),
}
PLUMBING = {"need", "ticks", "annualised", "first_months", "codes", "joined", "within", "named"}
MONEY = {
    "ticks",
    "amount",
    "then",
    "now",
    "numerator",
    "denominator",
    "base",
    "step_amount",
    "now_constant",
    "annual_value",
    "opening",
    "closing",
    "opening_rate",
    *("delta", "part", "t0", "t1", "l0", "l1", "before", "after", "before_account", "after_account"),
} | set(bridge.MOVEMENTS)


def public(module: ModuleType) -> list[str]:
    return [
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    ]


def frame_of(result: Any) -> Frame:
    if isinstance(result, Frame):
        return result
    return pd.DataFrame(result) if isinstance(result, dict) else pd.DataFrame({"value": [result]})


def sorted_rows(result: Any) -> Frame:
    frame = frame_of(result)
    keys = frame.apply(lambda row: "|".join(map(str, row)), axis=1) if len(frame) else pd.Series(dtype="str")
    return frame.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)


def test_every_public_function_of_the_metrics_is_here() -> None:
    assert {name for module in MODULES for name in public(module)} == {call.split()[0] for call in CALLS} | PLUMBING


@pytest.mark.parametrize("name", CALLS)
def test_inputs_are_not_changed(name: str) -> None:
    cube = example()
    before = cube.copy(deep=True)
    CALLS[name](cube)
    pd.testing.assert_frame_equal(cube, before)


@pytest.mark.parametrize("name", CALLS)
def test_the_order_of_rows_plays_no_part(name: str) -> None:
    cube = example()
    shuffled = cube.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(sorted_rows(CALLS[name](shuffled)), sorted_rows(CALLS[name](cube)), check_exact=True)


@pytest.mark.parametrize("name", CALLS)
def test_the_same_is_given_twice_and_from_any_index(name: str) -> None:
    cube = example()
    again = cube.set_index(pd.Index(range(500, 500 + len(cube))))
    pd.testing.assert_frame_equal(sorted_rows(CALLS[name](again)), sorted_rows(CALLS[name](cube)))


@pytest.mark.parametrize("name", CALLS)
def test_money_scales_and_ratios_stay(name: str) -> None:
    cube = example()
    many = cube.assign(amount=cube["amount"] * 8, amount_local=cube["amount_local"] * 8)
    one, eight = frame_of(CALLS[name](cube)), frame_of(CALLS[name](many))
    assert len(one) == len(eight)
    for column in one.select_dtypes("number").columns:
        money = name != "logo_retention" and (column in MONEY or name == "bridged_retention")
        if column != "residual":
            np.testing.assert_allclose(
                eight[column].astype("float64"), one[column].astype("float64") * (8 if money else 1), rtol=1e-9, atol=1e-9
            )


@pytest.mark.parametrize("name", CALLS)
def test_names_of_customers_play_no_part(name: str) -> None:
    cube = example()
    order = (
        {f"c{place}": f"k{place}" for place in range(7)}
        | {f"a{place}": f"g{place}" for place in range(7)}
        | {f"p{place}": f"q{place}" for place in range(7)}
    )
    renamed = cube.assign(**{key: cube[key].replace(order) for key in KEYS[:3]})
    numbers = [frame_of(CALLS[name](frame)).select_dtypes("number") for frame in (cube, renamed)]
    pd.testing.assert_frame_equal(numbers[0], numbers[1])


EDGES = {
    "one customer": lambda cube: cube[cube["customer_id"] == "c2"],
    "one month": lambda cube: cube[cube["month"] == END],
    "one row": lambda cube: cube.head(1),
    "no rows": lambda cube: cube.head(0),
    "all churned": lambda cube: cube[cube["month"] < pd.Timestamp("2024-09-01")],
    "all new": lambda cube: cube[cube["month"] > pd.Timestamp("2024-12-01")],
    "all one segment": lambda cube: cube.assign(segment="only"),
    "all zero": lambda cube: cube.assign(amount=0.0, amount_local=0.0),
    "all credits": lambda cube: cube.assign(amount=-cube["amount"], amount_local=-cube["amount"]),
    "categories": lambda cube: cube.assign(**{key: cube[key].astype("category") for key in [*KEYS, "segment"]}),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", CALLS)
def test_edges_raise_nothing_and_nothing_is_infinite(name: str, edge: str) -> None:
    found = frame_of(CALLS[name](EDGES[edge](example()).reset_index(drop=True)))
    numbers = found.select_dtypes("number").to_numpy(dtype="float64")
    assert not np.isinf(numbers).any()


@pytest.mark.parametrize("edge", ["no rows", "all new", "all zero", "all credits"])
@pytest.mark.parametrize("metric", ["net_revenue_retention", "gross_revenue_retention", "logo_retention"])
def test_what_is_undefined_is_not_a_number_and_not_zero(metric: str, edge: str) -> None:
    found = getattr(retention, metric)(EDGES[edge](example()), END)
    assert found["value"].isna().tolist() == [True] and found["n"].tolist() == [0]


@pytest.mark.parametrize("edge", ["no rows", "all churned", "all zero", "all credits"])
def test_concentration_of_nobody_is_undefined(edge: str) -> None:
    cube = EDGES[edge](example())
    assert concentration.customer_shares(cube, END).empty
    assert all(np.isnan(CALLS[name](cube)) for name in ("herfindahl", "effective_number", "top_share"))


def test_all_churned_is_zero_and_not_undefined() -> None:
    cube = EDGES["all churned"](example())
    assert retention.net_revenue_retention(cube, END)["value"].tolist() == [0.0]
    assert retention.logo_retention(cube, END)["value"].tolist() == [0.0]


def test_shares_sum_to_one() -> None:
    shares = concentration.customer_shares(example(), END)
    assert shares["share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert shares["cumulative_share"].iloc[-1] == pytest.approx(1.0, abs=1e-12)
    assert shares["share"].is_monotonic_decreasing and shares["rank"].tolist() == list(range(1, len(shares) + 1))


@pytest.mark.parametrize("name", [name for name in CALLS if "contract" not in name and "renewal" not in name])
def test_a_column_that_lacks_is_named(name: str) -> None:
    from diligence.errors import InputError

    with pytest.raises(InputError, match=r"column 'amount': expected a column 'amount', got none; do this: did you mean 'amounts'\?"):
        CALLS[name](example().rename(columns={"amount": "amounts"}))
