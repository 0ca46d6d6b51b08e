"""The sponsor's plan: what someone expects who does not see the constraint, or who prices a sound company with some care."""

from dataclasses import dataclass

import numpy as np

from benchmarks.planted import levers
from benchmarks.planted.chance import stream
from benchmarks.planted.kinds import STRUCTURAL
from benchmarks.planted.life import futures
from benchmarks.planted.traits import HORIZON
from benchmarks.planted.world import World

PILOTS = 12
YEARS = (12, 24, 36)
CARE, SHARE, BEYOND = (0.08, 0.14), (0.50, 0.60), (1.12, 1.25)
"""How far below its own way a sound company's plan lies; where, between what the company comes to as it is and with what the plan takes
for granted; how far above the best lever a plan lies that nothing reaches."""


@dataclass(frozen=True)
class Plan:
    """Recurring revenue promised at the end of each year, from what it is today."""

    today: float
    growth: float
    base: float

    def at(self, months: int) -> float:
        """Promised after some months: yearly growth on what it was made from."""
        return self.base * (1 + self.growth) ** (months / 12)


def sponsors_plan(world: World, kind: str, seed: int) -> Plan:
    """Make the plan of a company from a few lives of it that nobody else sees.

    A sound company's plan stays below its way. Where operations are out of order the plan expects what the company was able to do; where a
    part of the design binds it expects growth as if that part did not; and a plan out of reach expects more than every lever together.
    """
    draw, traits = stream(seed, "plan"), world.traits

    def comes_to(change: dict) -> float:
        return float(np.median(futures(world, seed + 7_919, PILOTS, change)[0][:, -1]))

    as_run = comes_to({})
    if kind == "sound":
        target = as_run * (1 - draw.uniform(*CARE))
    elif kind == "out_of_reach":
        best = max(comes_to(levers.both(traits, constraint)) for constraint in levers.LIFTS)
        target = best * draw.uniform(*BEYOND)
    else:
        well_run = comes_to(levers.well_run(traits))
        low, high = (max(as_run, well_run), comes_to(levers.lifted(traits, kind))) if kind in STRUCTURAL else (as_run, well_run)
        target = low * (max(high, low) / low) ** draw.uniform(*SHARE)
    today = 12 * float(world.state.earned[0])
    return Plan(today, float((target / today) ** (12 / HORIZON) - 1), today)
