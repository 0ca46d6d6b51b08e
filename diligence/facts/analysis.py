"""What one notebook rests on: its facts, the frames that its exhibits draw, and the checks that must hold."""

from dataclasses import dataclass

import pandas as pd

from diligence.deal import Deal
from diligence.errors import DiligenceError


class CheckFailed(DiligenceError):
    """An identity that must hold does not: a fault of ours, or of the data, that no number may hide."""


@dataclass(frozen=True)
class Check:
    """One tie-out or identity: both numbers, the difference, the tolerance."""

    name: str
    left: float
    right: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the two meet within the tolerance."""
        return bool(abs(self.left - self.right) <= self.tolerance)

    def __str__(self) -> str:
        """State both numbers, the difference and the tolerance."""
        word = "holds" if self.holds else "FAILS"
        return f"{self.name}: {self.left:,.2f} against {self.right:,.2f}, difference {self.left - self.right:,.2f}, tolerance {self.tolerance:,.2f}: {word}"


@dataclass(frozen=True)
class Analysis:
    """Facts, frames and checks of one area, computed once."""

    name: str
    deal: Deal
    facts: pd.DataFrame
    frames: dict[str, pd.DataFrame]
    checks: tuple[Check, ...]

    def prove(self) -> pd.DataFrame:
        """Raise where a check fails; else give them all.

        Raises
        ------
        CheckFailed
            With every check that fails.
        """
        failed = [str(check) for check in self.checks if not check.holds]
        if failed:
            raise CheckFailed("\n".join(failed))
        return pd.DataFrame(
            [(c.name, c.left, c.right, c.left - c.right, c.tolerance) for c in self.checks],
            columns=["check", "left", "right", "difference", "tolerance"],
        )
