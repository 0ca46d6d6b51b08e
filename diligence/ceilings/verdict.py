"""The verdict: what the probabilities of reaching the plan say, under which lever, and when nothing may be said."""

from dataclasses import dataclass

import numpy as np

LIKELY, UNLIKELY = 0.7, 0.5
"""A plan is likely reached from the first on, unlikely below the second."""
COVERAGE = 0.7
"""Share of the evidence that must be there."""

SOUND, OPERATIONAL_GAP, STRUCTURAL_CEILING = "sound", "operational_gap", "structural_ceiling"
OUT_OF_REACH, NOT_PROVEN = "out_of_reach", "not_proven"


@dataclass(frozen=True)
class Verdict:
    """A verdict and why it is that.

    Attributes
    ----------
    verdict
        ``sound``, ``operational_gap``, ``structural_ceiling``, ``out_of_reach`` or ``not_proven``.
    reasons
        What decided it; for ``not_proven`` everything that stands in the way of another.
    """

    verdict: str
    reasons: tuple[str, ...]


def judged(*, as_is: float, operations: float, architecture: float, coverage: float, skill: float) -> Verdict:
    """Give the verdict.

    Likely as it is run: sound. Not so, but likely with operations at the frontier: an operational gap. Unlikely with operations at the
    frontier: a structural ceiling where fixing the architecture makes it likely, out of reach where that leaves it unlikely. Anything
    between is not proven; so is everything where evidence or a proven forecast lacks.

    Parameters
    ----------
    as_is, operations, architecture
        Probability to reach the plan as run today, with operations at the frontier, with the architecture fixed.
    coverage
        Share of the evidence that is there.
    skill
        Of the forecast in the backtest, over the best baseline; NaN where none could be made.

    Examples
    --------
    >>> judged(as_is=0.1, operations=0.2, architecture=0.8, coverage=0.9, skill=0.2).verdict
    'structural_ceiling'
    """
    against = []
    if not coverage >= COVERAGE:
        against.append(f"coverage of the evidence is below {COVERAGE:.0%}")
    if not skill > 0:
        against.append("the backtest shows no skill over the best baseline" if np.isfinite(skill) else "no backtest could be made")
    found, why = _by_probability(as_is, operations, architecture)
    if found == NOT_PROVEN:
        against.append(why)
    return Verdict(NOT_PROVEN, tuple(against)) if against else Verdict(found, (why,))


def _by_probability(as_is: float, operations: float, architecture: float) -> tuple[str, str]:
    """Read the table from above; the first line that holds stands."""
    unknown = not all(np.isfinite(one) for one in (as_is, operations, architecture))
    fixed = "and with the architecture fixed"
    table = [
        (unknown, NOT_PROVEN, "a probability to reach the plan is not assessable"),
        (as_is >= LIKELY, SOUND, "the plan is likely as the company is run"),
        (operations >= LIKELY, OPERATIONAL_GAP, "the plan is likely with operations at the frontier and not as the company is run"),
        (operations >= UNLIKELY, NOT_PROVEN, "with operations at the frontier the plan is neither likely nor unlikely"),
        (
            architecture >= LIKELY,
            STRUCTURAL_CEILING,
            "the plan is unlikely with operations at the frontier, and likely with the architecture fixed",
        ),
        (architecture < UNLIKELY, OUT_OF_REACH, f"the plan is unlikely with operations at the frontier {fixed}"),
        (True, NOT_PROVEN, "with the architecture fixed the plan is neither likely nor unlikely"),
    ]
    return next((verdict, why) for holds, verdict, why in table if holds)
