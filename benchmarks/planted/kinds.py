"""The kinds of companies: what is planted in each and why it binds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.planted.chance import stream
from benchmarks.planted.traits import Traits

STRUCTURAL = ("market", "channel", "founder", "churn", "authority", "price", "cash")


@dataclass(frozen=True)
class Kind:
    """One kind.

    Attributes
    ----------
    why
        What is planted, and why it binds.
    traits
        In what it differs from a sound company.
    """

    why: str
    traits: dict[str, Any]


KINDS = {
    "sound": Kind("Buyers enough, reached, won and kept; money comes before it is spent.", {}),
    "market": Kind(
        "The segments served are a short list of accounts, most of which buy already; the next segment is large and the offer does not fit it.",
        {"core": 430, "adjacent": 380, "opening": 110, "name": 0.8, "name_before": 0.8, "cycle": 18.0},
    ),
    "channel": Kind(
        "The channels reach the same quarter of the market again and again; more money meets the same people.",
        {"core": 2900, "audience": 0.24, "referral": 0.001, "opening": 75},
    ),
    "founder": Kind(
        "Most buyers want to hear it from the founder, whose hours for selling are all taken.",
        {"core": 2600, "wants_founder": 0.85, "founder_hours": 34.0, "opening": 75},
    ),
    "churn": Kind(
        "What customers get keeps too few of them: as the book grows, what leaves comes up to what is won.",
        {"leaving": 0.45, "opening": 100},
    ),
    "authority": Kind(
        "Rivals come to mind first: most buyers never list the company, and those who do ask for a discount.",
        {"name": -1.0, "opening": 105},
    ),
    "price": Kind(
        "The list has risen faster than what the offer is worth to most accounts; one price a seat is above what half of them would pay.",
        {"worth": 0.95, "list_rise": 0.06, "uplift": 0.06, "opening": 110},
    ),
    "cash": Kind(
        "Customers pay months after the work is done, and each new one costs money first: cash stands at its floor, and hiring and spending wait.",
        {
            "upfront": 0.05,
            "arrears": 0.9,
            "terms": 75.0,
            "margin": 0.595,
            "overhead": 0.32,
            "marketing": 0.16,
            "contact_cost": 480.0,
            "referral": 0.0006,
            "upfront_cost": 300.0,
            "cash": 12.0,
            "floor": 2.0,
            "opening": 95,
        },
    ),
    "operations": Kind(
        "The design carries the plan; leads are answered late, deals slip, and half of those who sell fall behind since the way of working was lost.",
        {"disorder": 0.95},
    ),
    "out_of_reach": Kind("A sound company, and a plan that nothing in it reaches.", {}),
}


DIFFER = {"core": 0.12, "opening": 0.10, "cycle": 0.07, "leaving": 0.12, "worth": 0.04, "marketing": 0.08, "contact_cost": 0.10, "list_price": 0.10, "cash": 0.15}  # fmt: skip
"""How much companies of a kind differ in each trait: standard deviation of its logarithm."""


def company_number(kind: str, seed: int) -> int:
    """The number of a company, from which everything about it is drawn: those of two kinds have nothing in common but the seed's name."""
    return 1_000 * (1 + list(KINDS).index(kind)) + seed


def traits_of(kind: str, seed: int) -> Traits:
    """The traits of one company: those of its kind, and what it is by itself, how it is run among it."""
    draw, given = stream(company_number(kind, seed), "traits"), KINDS[kind].traits
    own = {name: getattr(Traits, name) for name in DIFFER} | given
    for name, spread in DIFFER.items():
        value = own[name] * float(np.exp(draw.normal(0, spread)))
        own[name] = round(value) if isinstance(own[name], int) else value
    disorder = float(draw.uniform(0.0, 0.08))
    return Traits(**{"disorder": disorder, "disorder_before": disorder} | own)
