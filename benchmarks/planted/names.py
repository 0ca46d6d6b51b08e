"""Invented names of companies and people."""

import numpy as np

from benchmarks.planted.chance import Array, stream

HEADS = ("Al", "Bar", "Cor", "Dun", "Es", "Fal", "Gris", "Hol", "Iv", "Jor", "Kes", "Lor", "Mar", "Nor", "Os", "Pel", "Quen", "Ros", "Sel", "Tar", "Ul", "Var", "Wex", "Yar", "Zel")  # fmt: skip
MIDDLES = ("an", "be", "cro", "da", "el", "fi", "gor", "hu", "im", "ka", "lan", "mo", "ni", "or", "pre", "ri", "so", "ta")
TAILS = ("beck", "dale", "feld", "gate", "holm", "ing", "mere", "ner", "rup", "stad", "thal", "vik", "wick", "zen")
TRADES = ("Clinics", "Fabrication", "Freight", "Labs", "Foods", "Interiors", "Pumps", "Systems", "Timber", "Optics", "Textiles", "Works")
FORMS = ("GmbH", "BV", "SAS", "Ltd", "AG")
GIVEN = ("Ada", "Ben", "Carla", "Dirk", "Elin", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Lars", "Mona", "Nils", "Olga", "Piet", "Rosa", "Sven", "Tilda", "Uwe")  # fmt: skip
FAMILY = ("Abel", "Brandt", "Claes", "Dorn", "Ekman", "Frank", "Gruber", "Haas", "Iversen", "Jansen", "Keller", "Lund", "Meyer", "Noll", "Otto", "Peters", "Quist", "Roth", "Sauer", "Thiel")  # fmt: skip


def companies(seed: int, count: int) -> Array:
    """Names, each with a stem of its own."""
    draw = stream(seed, "company names")
    stems = np.array([head + middle + tail for head in HEADS for middle in MIDDLES for tail in TAILS])
    stems = draw.permutation(stems)[:count]
    trades, forms = draw.choice(TRADES, count), draw.choice(FORMS, count)
    return np.array([f"{stem} {trade} {form}" for stem, trade, form in zip(stems, trades, forms, strict=True)])


def persons(seed: int, count: int) -> list[str]:
    """Names of people."""
    draw = stream(seed, "person names")
    pairs = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    return [pairs[place] for place in draw.permutation(len(pairs))[:count]]
