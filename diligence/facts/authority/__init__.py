"""Authority: whether the company is chosen, or has to win."""

from diligence.facts.authority.analysis import authority

__all__ = ["authority"]
