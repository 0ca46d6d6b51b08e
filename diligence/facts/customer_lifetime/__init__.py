"""Customer lifetime: how long customers stay, why they leave, what they are worth, and what a change of owner puts at risk."""

from diligence.facts.customer_lifetime.analysis import customer_lifetime

__all__ = ["customer_lifetime"]
