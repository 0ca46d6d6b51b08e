"""Acquisition: how customers are won, what they cost, who gets the credit, and where the next one stops paying."""

from diligence.facts.acquisition.analysis import acquisition

__all__ = ["acquisition"]
