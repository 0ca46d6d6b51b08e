"""What is true of a company: how often it reaches the plan in many futures, as it is and with each lever, and which constraint binds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.planted import levers
from benchmarks.planted.chance import Array
from benchmarks.planted.life import futures
from benchmarks.planted.plan import YEARS, Plan
from benchmarks.planted.traits import Traits
from benchmarks.planted.world import World

FUTURES, TRIALS = 40, 16
LIKELY, UNLIKELY = 0.7, 0.5
SCENARIOS = ("as_is", "operations", "architecture", "both")


def verdict(as_is: float, operations: float, architecture: float) -> str:
    """The verdict of the probabilities to reach the plan."""
    if as_is >= LIKELY:
        return "sound"
    if operations >= LIKELY:
        return "operational_gap"
    if operations < UNLIKELY and architecture >= LIKELY:
        return "structural_ceiling"
    return "out_of_reach" if operations < UNLIKELY and architecture < UNLIKELY else "not_proven"


@dataclass(frozen=True)
class Truth:
    """Futures of a company: recurring revenue by scenario (futures x months), and what lifting each constraint adds at the horizon."""

    plan: Plan
    paths: dict[str, Array]
    gains: dict[str, float]

    @property
    def binding(self) -> str:
        """The constraint whose lifting adds most."""
        return max(self.gains, key=lambda name: self.gains[name])

    def chance(self, scenario: str) -> float:
        """Share of futures in which the plan's last year is reached."""
        return float((self.paths[scenario][:, -1] >= self.plan.at(YEARS[-1])).mean())

    @property
    def verdict(self) -> str:
        """By the table of the verdict."""
        return verdict(*(self.chance(name) for name in SCENARIOS[:3]))

    def figures(self) -> dict[str, Any]:
        """Everything, for a file."""
        at = [months - 1 for months in YEARS]
        spread = {
            name: {f"p{q}": [round(float(v), 2) for v in np.quantile(path[:, at], q / 100, axis=0)] for q in (10, 25, 50, 75, 90)}
            for name, path in self.paths.items()
        }
        last = {name: float(np.median(path[:, -1])) for name, path in self.paths.items()}
        target = self.plan.at(YEARS[-1])
        return {
            "verdict": self.verdict,
            "binding": self.binding,
            "gains": {name: round(gain, 2) for name, gain in sorted(self.gains.items(), key=lambda item: -item[1])},
            "probability": {name: self.chance(name) for name in self.paths},
            "recurring_revenue": round(self.plan.today, 2),
            "plan": {str(months): round(self.plan.at(months), 2) for months in YEARS},
            "plan_growth": round(self.plan.growth, 4),
            "months": list(YEARS),
            "quantiles": spread,
            "happened": [round(float(v), 2) for v in self.paths["as_is"][0, at]],
            "lives": [[round(float(v), 2) for v in life] for life in self.paths["as_is"][:, at]],
            "operations_gap": round(last["operations"] - last["as_is"], 2),
            "structural_gap": round(max(0.0, target - last["operations"]), 2),
        }


def truth_of(world: World, plan: Plan, seed: int, count: int = FUTURES, trials: int = TRIALS) -> Truth:
    """Live a company's futures, on the same chances in each scenario."""
    traits = world.traits

    def lives(change: dict[int, Traits], many: int) -> Array:
        return futures(world, seed + 104_729, many, change)[0]

    as_is = lives({}, count)
    trials = min(trials, count)
    base = as_is[:trials, -1]
    gains = {
        name: float((lives(levers.lifted(traits, name), trials)[:, -1] - base).mean()) if _differs(traits, name) else 0.0
        for name in levers.LIFTS
    }
    best = max(gains, key=lambda name: gains[name])
    paths = {
        "as_is": as_is,
        "operations": lives(levers.well_run(traits), count),
        "architecture": lives(levers.lifted(traits, best), count),
        "both": lives(levers.both(traits, best), count),
    }
    return Truth(plan, paths, gains)


def _differs(traits: Traits, constraint: str) -> bool:
    return levers.LIFTS[constraint](traits) != traits
