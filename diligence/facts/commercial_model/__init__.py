"""The commercial model: price and volume, discounts, price increases, willingness to pay, terms, cash."""

from diligence.facts.commercial_model.analysis import commercial_model

__all__ = ["commercial_model"]
