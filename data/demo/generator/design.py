"""The design of the company: segments, countries, products, rivals and the planted behaviour of buyers.

Planted here: enterprise buyers seldom choose the target; a rival in the deal cuts the chance of winning to well under half;
the founder in the deal doubles it; the mid-market is a short list of accounts that has been worked through.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """How one segment of the market behaves; chances are yearly unless said otherwise."""

    name: str
    accounts: int
    opening_customers: int
    acquired_customers: int
    seats: float
    seat_spread: float
    contact_rate: float  # monthly chance, per unit of fit, that an account not yet sold opens an opportunity
    win_factor: float
    contested: float
    founder: float
    churn: float
    cycle_days: float
    potential: float


SEGMENTS = {
    "enterprise": Segment("enterprise", 340, 12, 2, 112.0, 0.40, 0.0180, 0.47, 0.78, 0.46, 0.060, 125, 420_000),
    "mid_market": Segment("mid_market", 530, 134, 31, 38.5, 0.50, 0.1750, 1.03, 0.50, 0.43, 0.116, 62, 74_000),
    "small_business": Segment("small_business", 1500, 118, 12, 7.5, 0.45, 0.0190, 1.05, 0.36, 0.14, 0.200, 28, 15_000),
}

UNCONTESTED_WIN = 0.415
CONTESTED_WIN = 0.170
FOUNDER_WIN_RATIO = 2.15
RIVALS = ("Dispatchly", "OrbitFSM")

COUNTRIES = {"DE": 0.38, "FR": 0.17, "NL": 0.14, "AT": 0.09, "GB": 0.14, "BE": 0.03, "CH": 0.02, "DK": 0.015, "IT": 0.015}
REGION = {"DE": "DACH", "AT": "DACH", "CH": "DACH", "FR": "France", "NL": "Benelux", "BE": "Benelux", "GB": "United Kingdom"}
INDUSTRIES = ("lifts", "heating and cooling", "utilities", "fire safety", "facility management", "medical devices", "telecoms")
SIZE_BANDS = {"enterprise": ("1000-4999", "5000+"), "mid_market": ("100-249", "250-999"), "small_business": ("1-49", "50-99")}

# product: (name, family, brand, pricing metric, list price a month in 2026, gross margin, launched on, share of new customers)
PRODUCTS = {
    "P10": ("Wrenfield Dispatch", "platform", "Wrenfield", "seat", 74.00, 0.81, "2014-03-01", 1.00),
    "P20": ("Wrenfield Mobile", "platform", "Wrenfield", "seat", 21.00, 0.83, "2015-09-01", 0.55),
    "P30": ("Scheduling Optimiser", "extensions", "Wrenfield", "seat", 32.00, 0.79, "2020-02-01", 0.22),
    "P40": ("Parts Inventory", "extensions", "Wrenfield", "tier", 410.00, 0.80, "2018-05-01", 0.16),
    "P50": ("Customer Portal", "extensions", "Wrenfield Go", "flat", 290.00, 0.76, "2021-10-01", 0.14),
    "P90": ("Implementation and Training", "services", "Wrenfield", "project", 1180.00, 0.28, "2014-03-01", 0.0),
}
SUBSCRIPTIONS = ("P10", "P20", "P30", "P40", "P50")
TIER_SEATS = {"enterprise": 7, "mid_market": 1.6, "small_business": 1}
LIST_INCREASES = {18: 1.04, 42: 1.04}  # January 2023 and January 2025


def list_price(product: str, month: int) -> float:
    """List price a month as it stood in a month index."""
    price = float(PRODUCTS[product][4])
    for since, step in LIST_INCREASES.items():
        if month < since:
            price /= step
    return round(price, 2)
