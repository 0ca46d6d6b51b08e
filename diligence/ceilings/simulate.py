"""Stock and flow of recurring revenue, by segment and step, over all draws at once.

New business of a step is the smallest of what demand, market and selling capacity allow in each segment; then delivery, the founder's time
and cash allow for all segments together: what is scarce for all goes first to the customers who are worth most at the horizon. Recurring
revenue keeps what stays, grows by expansion within the wallet and by price within the headroom, and gains the new business:

``A' = A r^dt + N p (r^dt - 1) / ln r`` with ``r = kept + e + u``: new business comes evenly, and what is won in a step is lost again at the
same rate. For constant rates that is ``A r^T + B (1 - r^T) / (1 - r)`` at any step, with ``B = N p (r - 1) / ln r``, what a year's new
business is worth at the year's end. Customers likewise.

The minimum is hard: the draws smooth it.
"""

from dataclasses import dataclass

import numpy as np

from diligence.ceilings.company import CONSTRAINTS, Company

DEMAND, MARKET, CAPACITY, DELIVERY, FOUNDER, CASH = range(len(CONSTRAINTS))
STEPS_A_YEAR = 4
Array = np.ndarray


@dataclass(frozen=True)
class Paths:
    """Simulated paths.

    Attributes
    ----------
    revenue, customers
        Draws x segments x steps + 1: at the start of each step and at the end (currency a year; customers).
    won
        Draws x segments x steps: customers won in each step.
    binding
        The same: the place in :data:`CONSTRAINTS` of what was smallest.
    cash
        Draws x steps + 1.
    steps_a_year
        Steps of a year.
    """

    revenue: Array
    customers: Array
    won: Array
    binding: Array
    cash: Array
    steps_a_year: int

    def yearly(self) -> Array:
        """Recurring revenue of the company at each year's end, from today: draws x years + 1."""
        return self.revenue.sum(axis=1)[:, :: self.steps_a_year]

    def binding_share(self) -> Array:
        """Share of new business limited by each constraint, by year: draws pooled, weighted by customers won; years x constraints."""
        years = self.won.shape[2] // self.steps_a_year
        shares = np.full((years, len(CONSTRAINTS)), np.nan)
        for year in range(years):
            part = slice(year * self.steps_a_year, (year + 1) * self.steps_a_year)
            won, named = self.won[:, :, part], self.binding[:, :, part]
            if won.sum() > 0:
                shares[year] = np.bincount(named.ravel(), won.ravel(), len(CONSTRAINTS)) / won.sum()
        return shares


@dataclass
class _State:
    """What changes: revenue and customers of today's book and of each cohort won since, prices, cash."""

    base: Array
    base_customers: Array
    new: Array
    new_customers: Array
    index: Array
    cash: Array

    def revenue(self) -> Array:
        return self.base + self.new.sum(axis=2)

    def customers(self) -> Array:
        return self.base_customers + self.new_customers.sum(axis=2)


@dataclass(frozen=True)
class _Shape:
    """Turns a parameter into an array of draws x segments, or that of a year."""

    draws: int
    segments: int
    years: int

    def of(self, value: object) -> Array:
        return np.broadcast_to(np.asarray(value, dtype="float64"), (self.draws, self.segments))

    def by_year(self, value: object) -> Array:
        array = np.asarray(value, dtype="float64")
        return np.broadcast_to(
            array[..., None] if array.ndim and array.shape[-1] != self.years else array, (self.draws, self.segments, self.years)
        )

    def company_by_year(self, value: object) -> Array:
        array = np.asarray(value, dtype="float64")
        return np.broadcast_to(array[..., None] if array.ndim and array.shape[-1] != self.years else array, (self.draws, self.years))

    def company(self, value: object) -> Array:
        return np.broadcast_to(np.asarray(value, dtype="float64"), (self.draws,))


def simulate(company: Company, *, years: int, draws: int = 1, steps_a_year: int = STEPS_A_YEAR) -> Paths:
    """Simulate a company.

    Parameters
    ----------
    company
        Its parameters, joint draws of them.
    years
        How far.
    draws
        Number of draws; every array of the company broadcasts to it.
    steps_a_year
        Steps of a year.

    Examples
    --------
    >>> company = Company(("all",), revenue=20.0, customers=20.0, price=1.0, kept=0.88, kept_new=0.88, expansion=0.04, demand=6.2538)
    >>> simulate(company, years=3).yearly().round(2).tolist()
    [[20.0, 24.4, 28.45, 32.17]]
    """
    shape = _Shape(draws, len(company.segments), years)
    steps, dt = years * steps_a_year, 1 / steps_a_year
    size = (draws, shape.segments)
    state = _State(
        shape.of(company.revenue).copy(),
        shape.of(company.customers).copy(),
        np.zeros((*size, steps)),
        np.zeros((*size, steps)),
        np.ones(size),
        shape.company(company.cash.balance).copy(),
    )
    revenue, customers = np.empty((*size, steps + 1)), np.empty((*size, steps + 1))
    won, binding, cash = np.empty((*size, steps)), np.empty((*size, steps), dtype="int8"), np.empty((draws, steps + 1))
    revenue[..., 0], customers[..., 0], cash[:, 0] = state.revenue(), state.customers(), state.cash
    rates = _Rates.of(company, shape)
    for step in range(steps):
        won[..., step], binding[..., step] = _step(company, rates, shape, state, step, dt)
        revenue[..., step + 1], customers[..., step + 1], cash[:, step + 1] = state.revenue(), state.customers(), state.cash
    return Paths(revenue, customers, won, binding, cash, steps_a_year)


@dataclass(frozen=True)
class _Rates:
    """The company's yearly rates as arrays."""

    kept: Array
    kept_new: Array
    stays: Array
    stays_new: Array
    demand: Array
    capacity: Array
    delivery: Array
    founder: Array

    @classmethod
    def of(cls, company: Company, shape: _Shape) -> "_Rates":
        by_segment = (shape.by_year(getattr(company, name)) for name in ("kept", "kept_new", "stays", "stays_new", "demand", "capacity"))
        whole = (shape.company_by_year(getattr(company, name)) for name in ("delivery", "founder"))
        return cls(*by_segment, *whole)


def _step(company: Company, rates: _Rates, shape: _Shape, state: _State, step: int, dt: float) -> tuple[Array, Array]:
    year = min(int(step * dt + 1e-9), shape.years - 1)
    held, count = state.revenue(), state.customers()
    growth = _growth(company, shape, state, held, count, dt)
    ages = np.minimum(((step - 1 - np.arange(step)) * dt + 1e-9).astype("int64"), shape.years - 1)
    add, add_customers = _added(rates.kept_new[..., 0] + growth, dt), _added(rates.stays_new[..., 0], dt)
    possible = {
        DEMAND: rates.demand[..., year] * shape.of(company.lift) + _referred(company, shape, count),
        MARKET: _open(company, shape, count, rates.stays[..., year], dt) / dt,
        CAPACITY: rates.capacity[..., year],
    }
    flows = np.stack(list(possible.values()))
    named = flows.argmin(axis=0)
    rate = flows.min(axis=0)
    kept_base = (rates.kept[..., year] + growth) ** dt
    kept_new = (rates.kept_new[..., ages] + growth[..., None]) ** dt
    state.base = state.base * kept_base
    state.new[..., :step] *= kept_new
    rest = state.revenue()
    price = shape.of(company.price) * state.index
    worth = price * (rates.kept_new[..., 0] + growth) ** (shape.years - step * dt)
    for place, limit in ((DELIVERY, rates.delivery[:, year]), (FOUNDER, rates.founder[:, year])):
        rate, named = _shared(rate, named, place, limit, worth)
    rate, named = _affordable(company, shape, state, rate, named, (held, rest, price * add), dt)
    state.new[..., step] = rate * price * add
    state.base_customers = state.base_customers * rates.stays[..., year] ** dt
    state.new_customers[..., :step] *= rates.stays_new[..., ages] ** dt
    state.new_customers[..., step] = rate * add_customers
    return rate * dt, named.astype("int8")


def _growth(company: Company, shape: _Shape, state: _State, held: Array, count: Array, dt: float) -> Array:
    """Expansion within what is left of the wallet, and price within what is left of the headroom; moves the price index on."""
    wallet = shape.of(company.wallet)
    each = held / np.where(count > 0, count, np.inf)
    expansion = shape.of(company.expansion) * np.clip(1 - each / wallet, 0, None)
    left = np.maximum((1 + shape.of(company.headroom)) / state.index, 1.0)
    uplift = np.minimum(shape.of(company.uplift), left ** (1 / dt) - 1)
    state.index = state.index * (1 + uplift) ** dt
    return expansion + uplift


def _referred(company: Company, shape: _Shape, count: Array) -> Array:
    accounts = shape.of(company.accounts)
    return shape.of(company.referral) * count * np.clip(1 - count / accounts, 0, None)


def _open(company: Company, shape: _Shape, count: Array, stays: Array, dt: float) -> Array:
    """Accounts that can be won in the step: those unsold, of which a share converts in a year."""
    unsold = np.clip(shape.of(company.accounts) - count * stays**dt, 0, None)
    return unsold * (1 - (1 - shape.of(company.hazard)) ** dt)


def _added(r: Array, dt: float) -> Array:
    """What is there at the end of a step of a flow of one a year: ``(r^dt - 1) / ln r``, ``dt`` where nothing is lost or grows."""
    level = np.abs(r - 1) < 1e-9
    return np.where(level, dt, (r**dt - 1) / np.log(np.where(level, 2.0, r)))


def _shared(rate: Array, named: Array, place: int, limit: Array, worth: Array) -> tuple[Array, Array]:
    """Give a limit of the whole company to the segments in the order of their worth, and name the limit where it cuts."""
    order = np.argsort(-worth, axis=1, kind="stable")
    asked = np.take_along_axis(rate, order, axis=1)
    before = np.cumsum(asked, axis=1) - asked
    given = np.empty_like(rate)
    np.put_along_axis(given, order, np.clip(limit[:, None] - before, 0, asked), axis=1)
    return given, np.where(given < rate, place, named)


def _affordable(
    company: Company, shape: _Shape, state: _State, rate: Array, named: Array, books: tuple[Array, Array, Array], dt: float
) -> tuple[Array, Array]:
    """Scale new business to what cash pays for, and move the balance on."""
    held, rest, worth = books
    cash = company.cash
    ahead = shape.company(cash.prepaid_months) / 24 - shape.company(cash.collection_days) / 365
    running = (shape.company(cash.margin) - shape.company(cash.running)) * held.sum(axis=1) * dt + shape.company(cash.external) * dt
    budget = state.cash - shape.company(cash.floor) + running + ahead * (rest - held).sum(axis=1)
    need = (rate * (shape.of(cash.cost) * dt - ahead[:, None] * worth)).sum(axis=1)
    share = np.minimum(np.where(need > 0, np.maximum(budget, 0), 1.0) / np.where(need > 0, need, 1.0), 1.0)
    state.cash = state.cash + running + ahead * (rest - held).sum(axis=1) - need * share
    return rate * share[:, None], np.where((share < 1)[:, None], CASH, named)
