"""How long attribution takes on 100,000 paths: ``python benchmarks/attribution.py [paths]``; the best of seven runs each.

Peers on paths of this size: ChannelAttribution's Markov 0.28 s (0.17 s on grouped paths), marketing-attribution-models' Markov 0.136 s and
Shapley 0.083 s on grouped paths. The floor is one pass of pandas over the touches: a group-by with a sum.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from diligence.metrics.attribution import distinct_paths, linear
from diligence.metrics.shapley import shapley_attribution
from diligence.models.markov_attribution import markov_attribution

CHANNELS = 12
RUNS = 7


def paths(count: int) -> pd.DataFrame:
    """Make paths of 1 to about 15 touches over twelve channels, one in five of which converts."""
    random = np.random.default_rng(1)
    length = 1 + random.poisson(3.9, count)
    path = np.repeat(np.arange(count), length)
    position = np.arange(len(path)) - np.repeat(np.cumsum(length) - length, length)
    channel = np.array([f"channel_{place}" for place in range(CHANNELS)])[random.integers(0, CHANNELS, len(path))]
    won = (random.random(count) < 0.2).astype("float64")
    columns = {"path_id": path, "position": position, "channel": channel}
    return pd.DataFrame({**columns, "conversions": won[path], "amount": 100 * won[path], "nulls": 1 - won[path]})


def best(call: Callable[[], object]) -> float:
    """Give the shortest of several runs, in seconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def main(count: int = 100_000) -> None:
    """Print a table of times with their ratio to the floor."""
    frame = paths(count)
    coded = frame.assign(channel=frame["channel"].astype("category"))

    def one_pass() -> pd.Series:
        return frame.groupby("channel")["conversions"].sum()

    floor = best(one_pass)
    calls: dict[str, Callable[[pd.DataFrame], object]] = {
        "linear": linear,
        "Markov, first order": markov_attribution,
        "Markov, second order": lambda table: markov_attribution(table, order=2),
        "Shapley": shapley_attribution,
        "Shapley by rate": lambda table: shapley_attribution(table, game="rate"),
        "distinct paths": distinct_paths,
    }
    print(f"{count:,} paths, {len(frame):,} touches, {CHANNELS} channels; floor {floor * 1000:.1f} ms")
    for name, call in calls.items():
        text, category = (best(lambda call=call, table=table: call(table)) for table in (frame, coded))
        print(f"{name:22} {text * 1000:8.1f} ms as text  {category * 1000:8.1f} ms as category  {text / floor:5.1f} x floor")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
