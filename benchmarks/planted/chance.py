"""Chance by name: the draw of an agent in a month is the same in every scenario, whatever else happened there."""

from zlib import crc32

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

Array = np.ndarray
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
WHOLE = (1 << 64) - 1


def stream(seed: int, *subject: str) -> Generator:
    """The generator of a named subject."""
    return default_rng(SeedSequence(seed, spawn_key=tuple(crc32(part.encode()) for part in subject)))


class Chance:
    """Draws by subject, month and agent: a counter mixed (splitmix64), so no draw depends on how many were made before it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _base(self, subject: str, month: int) -> int:
        base = (self.seed * GOLDEN + crc32(subject.encode()) * FIRST + (month + 1000) * SECOND) & WHOLE
        base = ((base ^ (base >> 31)) * FIRST) & WHOLE
        return base ^ (base >> 29)

    def uniform(self, subject: str, month: int, agents: Array) -> Array:
        """Between 0 and 1, ends apart."""
        mixed = agents.astype(np.uint64) * np.uint64(GOLDEN) + np.uint64(self._base(subject, month))
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(FIRST)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(SECOND)
        mixed ^= mixed >> np.uint64(31)
        return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, subject: str, month: int, agents: Array) -> Array:
        """Standard normal (Box and Muller)."""
        radius = np.sqrt(-2 * np.log(self.uniform(subject, month, agents)))
        return radius * np.cos(2 * np.pi * self.uniform(subject + ", angle", month, agents))

    def gumbel(self, subject: str, month: int, agents: Array) -> Array:
        """What a chooser adds to the worth of an option."""
        return -np.log(-np.log(self.uniform(subject, month, agents)))

    def everyone(self, subject: str, month: int, count: int) -> Array:
        """One draw for each of many agents at once."""
        seeds = (self.seed & WHOLE, crc32(subject.encode()), month + 1000)
        return default_rng(SeedSequence(seeds)).random(count, dtype=np.float32)
