"""The simulation's invariants: closed forms, what relaxing does, the roll-forward, the market, the step."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diligence.ceilings.company import CONSTRAINTS, Cash, Company
from diligence.ceilings.simulate import CAPACITY, CASH, DELIVERY, DEMAND, FOUNDER, MARKET, simulate
from diligence.errors import InputError


def flow(worth: float, r: float) -> float:
    """Business a year, coming evenly, that is worth so much at the year's end: ``B ln r / (r - 1)``."""
    return worth if r == 1 else worth * np.log(r) / (r - 1)


PLAIN = Company(("all",), revenue=20.0, customers=20.0, price=1.0, kept=0.88, kept_new=0.88, expansion=0.04, demand=flow(6.0, 0.92))


def closed(start: float, worth: float, r: float, years: int) -> list[float]:
    return [start * r**t + worth * (t if r == 1 else (1 - r**t) / (1 - r)) for t in range(years + 1)]


def random_company(seed: int, draws: int = 40, years: int = 4) -> Company:
    random = np.random.default_rng(seed)
    size = (draws, 3)
    return Company(
        ("a", "b", "c"),
        revenue=random.uniform(5, 50, size),
        customers=random.uniform(20, 80, size),
        price=random.uniform(0.2, 1.0, size),
        kept=random.uniform(0.8, 0.97, (*size, years)),
        kept_new=random.uniform(0.7, 0.95, (*size, years)),
        stays=random.uniform(0.8, 0.95, (*size, years)),
        stays_new=random.uniform(0.7, 0.95, (*size, years)),
        expansion=random.uniform(0, 0.1, size),
        wallet=random.uniform(1, 5, size),
        uplift=random.uniform(0, 0.05, size),
        headroom=random.uniform(0, 0.2, size),
        accounts=random.uniform(80, 300, size),
        hazard=random.uniform(0.02, 0.3, size),
        demand=random.uniform(2, 20, (*size, years)),
        lift=random.uniform(0.8, 1.2, size),
        referral=random.uniform(0, 0.1, size),
        capacity=random.uniform(2, 20, (*size, years)),
        delivery=random.uniform(10, 40, (draws, years)),
        founder=random.uniform(10, 60, (draws, years)),
    )


@pytest.mark.parametrize("steps", [1, 2, 4, 12])
@pytest.mark.parametrize(("kept", "expansion"), [(0.88, 0.04), (0.9, 0.1), (0.95, 0.12), (0.5, 0.0)])
def test_demand_alone_is_the_closed_form_at_any_step(steps: int, kept: float, expansion: float) -> None:
    company = replace(PLAIN, kept=kept, kept_new=kept, expansion=expansion, demand=flow(6.0, kept + expansion))
    found = simulate(company, years=10, steps_a_year=steps).yearly()[0]
    np.testing.assert_allclose(found, closed(20.0, 6.0, kept + expansion, 10), rtol=1e-9)


def test_the_recursion_of_twenty_six_twelve_and_four() -> None:
    # A0 = 20, B = 6, c = 12%, e = 4%: worked year by year
    worked = [20, 24.4, 28.448, 32.172, 35.598, 38.751, 41.650, 44.318, 46.773, 49.031, 51.109]
    np.testing.assert_allclose(simulate(PLAIN, years=10, steps_a_year=1).yearly()[0], worked, atol=1e-3)
    assert simulate(PLAIN, years=150, steps_a_year=1).yearly()[0, -1] == pytest.approx(6 / (0.12 - 0.04), rel=1e-4)


def test_twenty_customers_a_month_and_five_percent_churn_end_at_four_hundred() -> None:
    # the textbook example: 20 new a month at 100, 5% churn a month: 400 customers, 40,000 a month; in months as steps of a year of one month
    company = Company(
        ("all",), revenue=0.0, customers=0.0, price=100.0, kept=0.95, kept_new=0.95, stays=0.95, stays_new=0.95, demand=flow(20.0, 0.95)
    )
    paths = simulate(company, years=200, steps_a_year=1)
    assert paths.customers[0, 0, -1] == pytest.approx(400, rel=1e-3)
    assert paths.revenue[0, 0, -1] == pytest.approx(40_000, rel=1e-3)
    reached = np.argmax(paths.customers[0, 0] >= 300)
    assert reached == 28, "three quarters of the ceiling from nothing after 27.03 months"


def test_referrals_fill_the_share_that_churn_leaves() -> None:
    # dn/dt = [r (1 - n/M) - c] n ends at M (1 - c/r): r = 0.3, c = 0.12, M = 1,000
    stays = float(np.exp(-0.12))
    company = Company(("all",), 1.0, 10.0, 0.1, stays=stays, stays_new=stays, demand=0.0, referral=0.3, accounts=1000.0)
    assert simulate(company, years=120, steps_a_year=12).customers[0, 0, -1] == pytest.approx(600, rel=2e-3)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [((12.0, 45.0), 0.165129), ((3.0, 45.0), 0.126385), ((1.0, 45.0), 0.120122), ((0.0, 0.0), 0.126250), ((-1.0, 45.0), 0.114451)],
)
def test_cash_alone_lets_it_grow_at_the_self_financed_rate(terms: tuple[float, float], expected: float) -> None:
    # gross margin 78%, running cost 45%, 1.6 of cash for one of new revenue, churn 12%, expansion 4%: g* = (GM - f - k(c - e)) / (k - m/24 + d/365)
    cash = Cash(balance=0.0, floor=0.0, margin=0.78, running=0.45, cost=1.6, prepaid_months=terms[0], collection_days=terms[1])
    company = Company(("all",), revenue=100.0, customers=100.0, price=1.0, kept=0.88, kept_new=0.88, expansion=0.04, demand=1e9, cash=cash)
    paths = simulate(company, years=3, steps_a_year=1000)
    growth = np.log(paths.yearly()[0, 2] / paths.yearly()[0, 1])
    # the closed form is a rate in continuous time, with churn and expansion as instantaneous rates: 0.08 a year against -ln(0.92)
    k, ahead = 1.6, terms[0] / 24 - terms[1] / 365
    instantaneous = (0.78 - 0.45 - k * -np.log(0.92)) / (k - ahead)
    assert growth == pytest.approx(instantaneous, rel=2e-3)
    assert instantaneous == pytest.approx(expected - k * (-np.log(0.92) - 0.08) / (k - ahead), abs=1e-6)
    assert (paths.binding == CASH).all()


def test_what_is_smallest_is_named() -> None:
    for place, limits in {
        DEMAND: {"demand": 2.0}, MARKET: {"accounts": 21.0}, CAPACITY: {"capacity": 2.0}, DELIVERY: {"delivery": 2.0}, FOUNDER: {"founder": 2.0},
    }.items():  # fmt: skip
        paths = simulate(replace(PLAIN, **limits), years=1)
        assert (paths.binding == place).all(), CONSTRAINTS[place]
        assert paths.binding_share()[0, place] == 1.0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([name for name in CONSTRAINTS if name != "cash"]))
def test_wider_is_never_worse_where_cash_is_no_matter(seed: int, constraint: str) -> None:
    company = random_company(seed)
    before, after = (simulate(one, years=4, draws=40).yearly()[:, -1] for one in (company, company.relaxed(constraint)))
    # what is scarce for all segments goes to the one worth most as it looks in the step: that is not foresight
    assert (after >= before * (1 - 0.002)).all() and after.mean() >= before.mean()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_market_is_never_passed_and_customers_roll_forward(seed: int) -> None:
    company = random_company(seed)
    paths = simulate(company, years=4, draws=40)
    assert (paths.customers[..., 1:] <= np.maximum(company.accounts, company.customers)[..., None] + 1e-9).all()
    assert (paths.won >= 0).all() and (np.diff(paths.customers) <= paths.won + 1e-9).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_half_the_step_moves_less_than_half_a_percent(seed: int) -> None:
    company = random_company(seed)
    coarse, fine = (simulate(company, years=4, draws=40, steps_a_year=steps).yearly()[:, -1] for steps in (4, 8))
    moved = np.abs(coarse / fine - 1)
    # a draw in which two segments change places in the order of worth may move more
    assert np.quantile(moved, 0.9) < 0.005 and moved.max() < 0.01


def test_a_customer_cannot_spend_more_than_the_wallet_nor_a_price_rise_above_the_headroom() -> None:
    grows = Company(("all",), revenue=10.0, customers=10.0, price=1.0, expansion=0.5, wallet=2.0, demand=0.0)
    assert simulate(grows, years=40).revenue[0, 0, -1] == pytest.approx(20.0, rel=1e-3)
    dearer = Company(("all",), revenue=10.0, customers=10.0, price=1.0, uplift=0.1, headroom=0.25, demand=0.0)
    assert simulate(dearer, years=6).revenue[0, 0, -1] == pytest.approx(12.5, rel=1e-9)


def test_draws_are_independent_of_one_another() -> None:
    company = random_company(5)
    whole = simulate(company, years=4, draws=40).yearly()
    fields = {name: np.asarray(value)[7:8] for name, value in vars(company).items() if isinstance(value, np.ndarray)}
    np.testing.assert_array_equal(simulate(replace(company, **fields), years=4, draws=1).yearly(), whole[7:8])


def test_an_unknown_constraint_is_refused() -> None:
    with pytest.raises(InputError, match="expected a constraint out of demand, market, capacity, delivery, founder, cash, got 'cashflow'"):
        PLAIN.relaxed("cashflow")
