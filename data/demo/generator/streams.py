"""Randomness: one seed, and one child stream for each subject, so that editing one table leaves the others as they were."""

from zlib import crc32

from numpy.random import Generator, SeedSequence, default_rng

SEED = 20260624


def stream(seed: int, *subject: str) -> Generator:
    """The child stream of a named subject: the same name always gives the same draws."""
    return default_rng(SeedSequence(seed, spawn_key=tuple(crc32(part.encode()) for part in subject)))
