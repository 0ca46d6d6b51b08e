"""Inputs of the benchmarks, the same for everyone: repeat buyers, durations, paths of touches."""

from pathlib import Path

import numpy as np
import pandas as pd

CHANNELS = ["paid_search", "organic", "email", "referral", "events", "social", "display", "partner", "direct", "webinar"]


def buyers(customers: int, generator: np.random.Generator) -> pd.DataFrame:
    """Repeat buyers who buy and drop out as BG/NBD has it: ``frequency``, ``recency``, ``T`` in weeks."""
    horizon = np.floor(generator.uniform(270, 390, customers)) / 7
    rate, quits = generator.gamma(0.8, 1 / 6.0, customers), generator.beta(0.9, 3.0, customers)
    frequency, recency, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    alive = np.ones(customers, dtype=bool)
    while alive.any():
        now = np.where(alive, now + generator.exponential(1 / rate), now)
        bought = alive & (now <= horizon)
        frequency, recency = frequency + bought, np.where(bought, np.ceil(now * 7) / 7, recency)
        alive = bought & (generator.random(customers) >= quits)
    return pd.DataFrame({"frequency": frequency.astype("int64"), "recency": np.minimum(recency, horizon), "T": horizon})


def durations(subjects: int, generator: np.random.Generator) -> pd.DataFrame:
    """Months until a customer leaves or is last seen: ``duration``, ``event``."""
    leaves, seen = generator.weibull(0.8, subjects) * 30, generator.uniform(1, 60, subjects)
    return pd.DataFrame({"duration": np.ceil(np.minimum(leaves, seen)), "event": leaves <= seen})


def paths(count: int, generator: np.random.Generator) -> pd.DataFrame:
    """Paths of touches in long form: ``path``, ``place``, ``channel``; and ``converted`` on every row of the path."""
    lengths = np.minimum(generator.geometric(0.35, count), 12)
    path = np.repeat(np.arange(count), lengths)
    place = np.arange(len(path)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    weights = np.arange(len(CHANNELS), 0, -1) / np.arange(1, len(CHANNELS) + 1).sum()
    channel = generator.choice(len(CHANNELS), size=len(path), p=weights)
    pull = np.linspace(-0.3, 0.4, len(CHANNELS))[channel]
    odds = np.bincount(path, weights=pull, minlength=count) - 1.5
    converted = generator.random(count) < 1 / (1 + np.exp(-odds))
    return pd.DataFrame({"path": path, "place": place, "channel": np.asarray(CHANNELS)[channel], "converted": converted[path]})


def write(folder: Path, *, seed: int = 20260630) -> None:
    """Write all tapes as Parquet."""
    generator = np.random.default_rng(seed)
    buyers(20_000, generator).to_parquet(folder / "buyers_20000.parquet")
    buyers(100_000, generator).to_parquet(folder / "buyers_100000.parquet")
    durations(100_000, generator).to_parquet(folder / "durations_100000.parquet")
    paths(100_000, generator).to_parquet(folder / "paths_100000.parquet")
