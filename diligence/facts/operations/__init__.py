"""Operations: how well the commercial system is run."""

from diligence.facts.operations.analysis import operations

__all__ = ["operations"]
