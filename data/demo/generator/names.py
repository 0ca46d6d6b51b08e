"""Invented company and personal names. Customers' names are far apart, so that only the planted duplicates look alike."""

from numpy.random import Generator
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

HEADS = [
    "Al", "Bre", "Cor", "Dal", "Er", "Fen", "Gar", "Hal", "Ir", "Jor", "Kess", "Lan", "Mor", "Nor", "Ost", "Pel", "Quil", "Ros", "Sel",
    "Tor", "Ulm", "Ven", "Wes", "Yar", "Zan", "Bo", "Cra", "Dru", "Eli", "Fro", "Gli", "Hu", "Ilm", "Jas", "Kro", "Lu", "Mi", "Ne", "Ord",
    "Pra", "Stav", "Thim", "Vor", "Wil", "Tza", "Schel", "Brun", "Klie", "Drax", "Emb", "Gwen", "Haz", "Ilk", "Oph", "Pum", "Rix", "Sko",
    "Tyl", "Umb", "Vix",
]  # fmt: skip
MIDDLES = [
    "ba", "de", "fo", "gi", "hu", "ja", "ke", "lo", "mu", "na", "pe", "ri", "so", "ta", "ve", "wi", "xa", "zo", "bru", "cle", "dra",
    "flo", "gra", "kli", "mar", "nel", "pol", "ras", "stin", "tor", "vul", "wen", "zel", "bek", "cham", "dov", "gan", "hov", "jun", "lim",
    "mex", "nub", "pax", "rud", "syl", "tum",
]  # fmt: skip
TAILS = [
    "nik", "vel", "mont", "berg", "stad", "ric", "lund", "wyn", "tov", "mar", "dek", "fax", "gard", "holm", "ion", "jor", "kamp", "lith",
    "mus", "nau", "pont", "quist", "rode", "shaw", "tham", "urst", "verd", "wick", "xon", "yard", "zell", "bach", "croft", "dale", "feld",
    "grove", "hurst", "kirk", "moor", "ness",
]  # fmt: skip
SECTOR = {
    "lifts": ("Lifts", "Elevator Service", "Escalators"),
    "heating and cooling": ("Heating", "Climate", "Cooling"),
    "utilities": ("Utilities", "Energy", "Water"),
    "fire safety": ("Fire Safety", "Alarms", "Protection"),
    "facility management": ("Facilities", "Building Care", "Estates"),
    "medical devices": ("Medical", "Diagnostics", "Clinic Service"),
    "telecoms": ("Networks", "Telecom", "Fibre"),
}
LEGAL = {
    "DE": ("GmbH", "AG", "GmbH & Co. KG"),
    "AT": ("GmbH", "AG"),
    "CH": ("AG", "GmbH"),
    "FR": ("SAS", "SARL", "SA"),
    "NL": ("B.V.", "N.V."),
    "BE": ("NV", "BV"),
    "GB": ("Ltd", "plc"),
    "DK": ("A/S", "ApS"),
    "IT": ("S.r.l.", "S.p.A."),
}
# the same customer under two ids: (country, name in the list, variant under the second id)
ALIASES = (
    ("DE", "Kestrel Utilities GmbH", "Kestrl Utilities GmbH"),
    ("GB", "Alder & Sons Ltd", "Alder and Sons Limited"),
    ("DE", "Brückhagen Aufzüge GmbH", "Brueckhagen Aufzuege GmbH"),
    ("NL", "Lindqvaard Lift Service B.V.", "Lindquaard Lift Service BV"),
    ("FR", "Morvane Énergie SAS", "Morvane Energie S.A.S."),
    ("GB", "Harrowmere Heating Ltd", "Harowmere Heating Ltd."),
    ("DE", "Pellworth Kältetechnik AG", "Pellworth Kaltetechnik AG"),
    ("NL", "Oosterdam Fire Safety B.V.", "Oosterdam Firesafety B.V."),
    ("FR", "Delacombe Ascenseurs SARL", "Delacombe Ascenceurs SARL"),
)
FIRST = [
    "Ada", "Bram", "Clara", "Dirk", "Elke", "Femke", "Gustav", "Hanna", "Ivo", "Jule", "Karel", "Lotte", "Maarten", "Nadia", "Oskar",
    "Petra", "Quentin", "Rike", "Stefan", "Tessa", "Ulrik", "Vera", "Wim", "Xenia", "Yannick", "Zita", "Anton", "Birte", "Casper", "Dora",
    "Emil", "Fleur",
]  # fmt: skip
LAST = [
    "Arensholt", "Brakelmann", "Crowthorpe", "Dunkelaar", "Eversley", "Fensterwald", "Grotenhuis", "Hollinrake", "Ibsgaard", "Jongerius",
    "Kaltenmoor", "Lavendel", "Merrivale", "Noordwal", "Oberlicht", "Pennicot", "Quaxley", "Rosendaal", "Silbermoos", "Tannhof",
    "Ulverton", "Vossbrink", "Wetherlam", "Ysebrand", "Zandvoorde",
]  # fmt: skip


def distant_roots(draw: Generator, *, count: int) -> list[str]:
    """Invented words of which no two are within three letters in ten of each other."""
    roots: list[str] = []
    while len(roots) < count:
        root = str(draw.choice(HEADS)) + str(draw.choice(MIDDLES)) + str(draw.choice(TAILS))
        near = process.extractOne(root, roots, scorer=Levenshtein.normalized_similarity, score_cutoff=0.68)
        if near is None:
            roots.append(root)
    return roots


def prospect_roots(draw: Generator, roots: list[str], *, count: int) -> list[str]:
    """Longer words for accounts that never bought; each one used once, none close to a customer's."""
    found: dict[str, None] = {}
    while len(found) < count:
        root = str(draw.choice(HEADS)) + "".join(str(draw.choice(part)) for part in (MIDDLES, MIDDLES, TAILS))
        near = process.extractOne(root, roots, scorer=Levenshtein.normalized_similarity, score_cutoff=0.72)
        if near is None:
            found[root] = None
    return list(found)


def company_name(draw: Generator, root: str, industry: str, country: str) -> str:
    """A root with a word of its trade and a legal form of its country."""
    return f"{root} {draw.choice(SECTOR[industry])} {draw.choice(LEGAL[country])}"


def person_names(draw: Generator, *, count: int) -> list[str]:
    """Invented people, none twice."""
    pairs = draw.permutation(len(FIRST) * len(LAST))[:count]
    return [f"{FIRST[i % len(FIRST)]} {LAST[i // len(FIRST)]}" for i in pairs]
