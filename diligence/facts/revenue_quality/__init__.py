"""Revenue quality: how it grew, who stayed, on whom it rests, when it comes up."""

from diligence.facts.revenue_quality.analysis import revenue_quality

__all__ = ["revenue_quality"]
