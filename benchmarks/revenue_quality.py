"""How long the metrics of revenue quality take on a large cube, beside a floor: one bare group-by of the same cube.

    python -m benchmarks.revenue_quality [--customers 100000] [--months 60]

The cube is synthetic and seeded: customers join over time and leave, sizes are log-normal (the largest hundredth holds about a third of
the revenue), a third has several products, a tenth belongs to groups, a tenth pays in another currency, prices rise once a year.
"""

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from diligence.metrics.bridge import bridge, movements, movements_between
from diligence.metrics.cohorts import cohorts
from diligence.metrics.concentration import customer_shares, effective_number, herfindahl
from diligence.metrics.cuts import cohort_years, cut_cohorts, cut_retention, first_revenue, tenure_bands
from diligence.metrics.measure import recurring_revenue
from diligence.metrics.retention import ACCOUNT, CUSTOMER, PRODUCT, bridged_retention, opening_cohort, reading_steps
from diligence.metrics.upsell_split import upsell_split
from diligence.models.intervals import ratio_interval, ratio_intervals, wilson
from diligence.periods import add_months, month_index, month_starts

END = pd.Timestamp("2026-06-01")
SEGMENTS = ["enterprise", "mid_market", "small_business"]
SEED = 11


def synthetic_cube(customers: int, months: int, seed: int = SEED) -> pd.DataFrame:
    """Give a customer x month x product cube in the canonical columns."""
    random = np.random.default_rng(seed)
    last = month_index(END)
    first = last - months + 1
    products = random.choice([1, 2, 3], customers, p=[0.67, 0.23, 0.10])
    pair = np.repeat(np.arange(customers), products)
    product = _places(products)
    joined = np.where(random.random(customers) < 0.35, first, random.integers(first, last + 1, customers))
    start = np.minimum(joined[pair] + np.where(product > 0, random.integers(0, 18, len(pair)), 0), last)
    stay = random.geometric(0.014, len(pair))
    stop = np.minimum(start + stay, last + 1)
    size = np.exp(random.normal(5.0, 1.6, customers))[pair] / (1 + product)
    lengths = stop - start
    row = np.repeat(np.arange(len(pair)), lengths)
    month = start[row] + _places(lengths)
    age = (month - start[row]) // 12
    seats = np.maximum(1, np.rint(random.lognormal(2, 1, len(pair))))[row] + np.where(random.random(len(row)) < 0.01, 1, 0)
    amount = np.round(size[row] * 1.03**age * (1 + 0.02 * np.sign(np.sin(row + age))), 2)
    foreign = (pair % 10 == 3)[row]
    rate = 1.15 + 0.05 * np.sin(np.arange(first, last + 1) / 7)
    named = {
        "customer_id": pd.Categorical.from_codes(pair[row], [f"C{n:06d}" for n in range(customers)]),
        "account_id": pd.Categorical.from_codes(np.where(pair % 10 == 7, pair - 1, pair)[row], [f"C{n:06d}" for n in range(customers)]),
        "product_id": pd.Categorical.from_codes(product[row], ["P1", "P2", "P3"]),
        "currency": pd.Categorical.from_codes(foreign.astype("int8"), ["EUR", "GBP"]),
        "segment": pd.Categorical.from_codes((pair % 3)[row], SEGMENTS),
        "month": month_starts(month),
    }
    money = {"amount": np.where(foreign, np.round(amount * rate[month - first], 4), amount), "amount_local": amount, "quantity": seats}
    return pd.DataFrame(named | money)


def _places(lengths: np.ndarray) -> np.ndarray:
    """Count 0, 1, 2 ... within each run."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)


def floor(cube: pd.DataFrame) -> pd.DataFrame:
    """One bare group-by: what reading the cube once costs."""
    return cube.groupby(["account_id", "month"], observed=True)["amount"].sum().reset_index()


def _readings(cube: pd.DataFrame) -> list[Any]:
    found = []
    for grain in (ACCOUNT, CUSTOMER, PRODUCT):
        cohort = opening_cohort(cube, END, grain=grain)
        then, now = cohort["then"], cohort["now"]
        for top in (now, np.minimum(now, then).clip(lower=0)):
            found.append((top.sum() / then.sum(), ratio_interval(top, then, np.random.default_rng(SEED))))
        found.append(wilson(int((now > 0).sum()), len(cohort)))
    return found


def _cuts(cube: pd.DataFrame) -> list[Any]:
    """Eight cuts of some six values each, net and gross retention with their intervals."""
    customers = pd.Index(cube["customer_id"].cat.categories, name="customer_id")
    first, start = first_revenue(cube), int(month_index(cube["month"].min()))
    values = {f"attribute {n}": pd.Series(np.arange(len(customers)) * (n + 3) % (n + 4), index=customers).astype("str") for n in range(5)}
    values |= {"product": pd.Series({"P1": "P1", "P2": "P2", "P3": "P3"}).rename_axis("product_id")}
    values |= {"tenure": tenure_bands(first, add_months(END, -12), start=start), "cohort": cohort_years(first, start=start)}
    cohorts_of = cut_cohorts(cube, END, cuts=values)
    found = [cut_retention(cohorts_of)]
    for _, part in cohorts_of[cohorts_of["then"] > 0].groupby(["cut", "value"]):
        kept = np.minimum(part["now"], part["then"]).clip(lower=0)
        found.append(ratio_intervals(np.column_stack([part["now"], kept]), part["then"], np.random.default_rng(SEED)))
    return found


def tasks(cube: pd.DataFrame) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """Give the set of revenue quality, each step with what came before."""
    return {
        "movements of every month": lambda done: movements(cube),
        "bridge by month": lambda done: bridge(cube, done["movements of every month"]),
        "bridge by month and product": lambda done: bridge(cube, done["movements of every month"], by="product_id"),
        "bridge point to point": lambda done: movements_between(cube, add_months(END, -12), END),
        "recurring revenue by segment": lambda done: recurring_revenue(cube, by="segment"),
        "readings of retention with intervals": lambda done: _readings(cube),
        "readings by the bridge": lambda done: bridged_retention(done["bridge by month"], END),
        "steps between readings": lambda done: reading_steps(cube, done["movements of every month"], done["bridge by month"], END),
        "cohorts": lambda done: cohorts(cube, END),
        "upsell by price and volume": lambda done: upsell_split(cube, start=add_months(END, -12), end=END),
        "every cut with intervals": lambda done: _cuts(cube),
        "concentration": lambda done: [measure(customer_shares(cube, END)["share"]) for measure in (herfindahl, effective_number)],
    }


def _timed(name: str, task: Callable[[], Any]) -> tuple[tuple[str, float, float], Any]:
    """Time a task on the clock, and on the processor: what else the machine does is in the first only."""
    clock, processor = time.perf_counter(), time.process_time()
    found = task()
    return (name, time.perf_counter() - clock, time.process_time() - processor), found


def measured(customers: int, months: int) -> pd.DataFrame:
    """Time each task once, and the floor."""
    cube = synthetic_cube(customers, months)
    rows, done = [_timed("floor: one group-by", lambda: floor(cube))[0]], dict[str, Any]()
    for name, task in tasks(cube).items():
        row, done[name] = _timed(name, partial(task, done))
        rows.append(row)
    table = pd.DataFrame(rows, columns=["task", "seconds", "cpu_seconds"])
    table.loc[len(table)] = ["all but the floor", *table[["seconds", "cpu_seconds"]].iloc[1:].sum()]
    table["times_the_floor"] = table["cpu_seconds"] / table["cpu_seconds"].iloc[0]
    table.attrs["rows"] = len(cube)
    table.attrs["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=60)
    choice = parser.parse_args()
    table = measured(choice.customers, choice.months)
    print(f"{choice.customers:,} customers, {choice.months} months, {table.attrs['rows']:,} rows, peak {table.attrs['memory']:.1f} GB")
    print(table.round({"seconds": 2, "cpu_seconds": 2, "times_the_floor": 1}).to_string(index=False))


if __name__ == "__main__":
    main()
