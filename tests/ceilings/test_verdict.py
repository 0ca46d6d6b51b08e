"""Every line of the verdict's table, each side of every threshold, and what must never be claimed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.ceilings.verdict import COVERAGE, LIKELY, NOT_PROVEN, UNLIKELY, judged

ENOUGH = {"coverage": 1.0, "skill": 0.1}
SHARE = st.floats(0, 1)


@pytest.mark.parametrize(
    ("as_is", "operations", "architecture", "expected"),
    [
        (0.7, 0.0, 0.0, "sound"),
        (0.699, 0.7, 0.0, "operational_gap"),
        (0.699, 0.699, 0.9, "not_proven"),
        (0.1, 0.5, 0.9, "not_proven"),
        (0.1, 0.499, 0.7, "structural_ceiling"),
        (0.1, 0.499, 0.699, "not_proven"),
        (0.1, 0.499, 0.5, "not_proven"),
        (0.1, 0.499, 0.499, "out_of_reach"),
        (np.nan, 0.4, 0.9, "not_proven"),
    ],
)
def test_each_line_of_the_table(as_is: float, operations: float, architecture: float, expected: str) -> None:
    assert judged(as_is=as_is, operations=operations, architecture=architecture, **ENOUGH).verdict == expected


@pytest.mark.parametrize(
    ("coverage", "skill", "expected"),
    [
        (COVERAGE, 1e-9, "sound"),
        (0.699, 0.1, "not_proven"),
        (np.nan, 0.1, "not_proven"),
        (1.0, 0.0, "not_proven"),
        (1.0, np.nan, "not_proven"),
    ],
)
def test_without_evidence_or_skill_nothing_is_claimed(coverage: float, skill: float, expected: str) -> None:
    found = judged(as_is=0.9, operations=0.9, architecture=0.9, coverage=coverage, skill=skill)
    assert found.verdict == expected and found.reasons


def test_everything_that_stands_in_the_way_is_told() -> None:
    found = judged(as_is=0.1, operations=0.6, architecture=0.6, coverage=0.3, skill=-1.0)
    assert found.reasons == (
        "coverage of the evidence is below 70%",
        "the backtest shows no skill over the best baseline",
        "with operations at the frontier the plan is neither likely nor unlikely",
    )


@given(SHARE, SHARE, SHARE, SHARE, st.floats(-1, 1))
def test_a_claim_is_never_made_on_a_middling_probability(
    as_is: float, operations: float, architecture: float, coverage: float, skill: float
) -> None:
    found = judged(as_is=as_is, operations=operations, architecture=architecture, coverage=coverage, skill=skill).verdict
    if found != NOT_PROVEN:
        assert coverage >= COVERAGE and skill > 0
        decided = {"sound": as_is, "operational_gap": operations, "structural_ceiling": architecture, "out_of_reach": architecture}[found]
        assert decided >= LIKELY or decided < UNLIKELY
        assert (found in ("structural_ceiling", "out_of_reach")) <= (operations < UNLIKELY)
