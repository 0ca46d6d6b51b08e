"""What may be changed after the deal: how the company is run, and each part of its design, to an option that companies have taken."""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.planted.traits import FRONTIER, Traits

OPERATIONS_FROM, ARCHITECTURE_FROM = 3, 6
"""Months after the deal from which a change of running, or of design, is felt."""

LIFTS: dict[str, Callable[[Traits], Traits]] = {
    # the offer is made to fit the next segment
    "market": lambda t: replace(t, adjacent_fit=max(t.adjacent_fit, 0.92)),
    # a mechanism that reaches those whom the channels of today do not
    "channel": lambda t: replace(t, audience=max(t.audience, 0.93)),
    # a method that carries the founder's word without the founder
    "founder": lambda t: replace(t, wants_founder=min(t.wants_founder, 0.08)),
    # what customers get for their money is designed anew, for those whom it does not keep
    "churn": lambda t: replace(t, leaving=min(t.leaving, 0.08)),
    # a position and proof as good as the best rival's
    "authority": lambda t: replace(t, name=max(t.name, 0.35)),
    # the price follows what the account has of it
    "price": lambda t: replace(t, fitted_price=True),
    # a year is paid ahead, and onboarding is charged
    "cash": lambda t: replace(
        t, upfront=max(t.upfront, 0.85), arrears=0.0, terms=min(t.terms, 30.0), upfront_cost=min(t.upfront_cost, 30.0)
    ),
}


def as_run(traits: Traits) -> dict[int, Traits]:
    """Nothing changes."""
    return {}


def well_run(traits: Traits) -> dict[int, Traits]:
    """Operations at the frontier, the design as it is."""
    return {OPERATIONS_FROM: replace(traits, operations=FRONTIER)}


def lifted(traits: Traits, constraint: str) -> dict[int, Traits]:
    """One constraint of the design lifted, run as today."""
    return {ARCHITECTURE_FROM: LIFTS[constraint](traits)}


def both(traits: Traits, constraint: str) -> dict[int, Traits]:
    """Operations at the frontier, then the constraint lifted."""
    better = replace(traits, operations=FRONTIER)
    return {OPERATIONS_FROM: better, ARCHITECTURE_FROM: LIFTS[constraint](better)}
