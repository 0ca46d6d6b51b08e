"""People who sell and serve, their territories, and the capacity to deliver.

Planted: the founder is a rep like any other row, with the role founder, and owns far more new business than a person could hand over.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.generator.design import REGION, SEGMENTS
from data.demo.generator.months import AS_OF, MONTHS, first_day, label
from data.demo.generator.names import person_names
from data.demo.generator.pipeline import Opportunity
from data.demo.generator.streams import stream

FOUNDER = "R001"
# role, segment, hired in month, left in month (None = still there), yearly quota, yearly cost
ROSTER = (
    ("founder", "", -86, None, None, 240_000),
    ("account_executive", "enterprise", -30, None, 420_000, 165_000),
    ("account_executive", "enterprise", 8, None, 420_000, 158_000),
    ("account_executive", "enterprise", 20, 41, 400_000, 155_000),
    ("account_executive", "enterprise", 43, None, 400_000, 160_000),
    ("account_executive", "mid_market", -44, None, 380_000, 132_000),
    ("account_executive", "mid_market", -28, 31, 380_000, 128_000),
    ("account_executive", "mid_market", -16, None, 380_000, 126_000),
    ("account_executive", "mid_market", -6, None, 360_000, 124_000),
    ("account_executive", "mid_market", 7, None, 360_000, 122_000),
    ("account_executive", "mid_market", 16, 47, 360_000, 122_000),
    ("account_executive", "mid_market", 29, None, 350_000, 121_000),
    ("account_executive", "mid_market", 37, None, 350_000, 121_000),
    ("account_executive", "mid_market", 49, None, 340_000, 120_000),
    ("account_executive", "small_business", -22, None, 190_000, 84_000),
    ("account_executive", "small_business", -4, 26, 190_000, 82_000),
    ("account_executive", "small_business", 14, None, 190_000, 82_000),
    ("account_executive", "small_business", 27, None, 180_000, 81_000),
    ("sales_development", "mid_market", -10, 22, None, 61_000),
    ("sales_development", "mid_market", 3, None, None, 60_000),
    ("sales_development", "enterprise", 12, None, None, 62_000),
    ("sales_development", "mid_market", 23, None, None, 59_000),
    ("sales_development", "small_business", 30, None, None, 57_000),
    ("account_manager", "enterprise", -20, None, 260_000, 112_000),
    ("account_manager", "mid_market", -12, None, 240_000, 98_000),
    ("account_manager", "mid_market", 10, None, 240_000, 97_000),
    ("account_manager", "mid_market", 32, None, 230_000, 96_000),
    ("customer_success", "enterprise", -14, None, None, 86_000),
    ("customer_success", "mid_market", -18, None, None, 79_000),
    ("customer_success", "mid_market", 4, None, None, 78_000),
    ("customer_success", "mid_market", 25, None, None, 77_000),
    ("customer_success", "small_business", 6, None, None, 69_000),
    ("partner_manager", "", 5, None, None, 108_000),
)
TERRITORY = {
    "enterprise": ("DACH", "West"),
    "mid_market": ("DACH", "France", "Benelux", "United Kingdom", "Other"),
    "small_business": ("DACH", "West"),
}


def reps(seed: int) -> pd.DataFrame:
    """The sales organisation, past and present."""
    draw = stream(seed, "reps")
    names = person_names(draw, count=len(ROSTER))
    rows = []
    for number, (role, segment, hired, left, quota, cost) in enumerate(ROSTER, start=1):
        begin = first_day(hired) + timedelta(days=int(draw.integers(0, 15)))
        end = first_day(left) - timedelta(days=1) if left is not None else None
        rows.append((f"R{number:03d}", names[number - 1], role, segment, begin, end, quota, cost))
    return pd.DataFrame(rows, columns=["rep_id", "name", "role", "segment", "hired_on", "left_on", "annual_quota", "annual_cost"])


def on_staff(staff: pd.DataFrame, role: str, segment: str, day: date) -> list[str]:
    """Who of a role served a segment on a day."""
    there = (staff["role"] == role) & (staff["segment"] == segment) & (staff["hired_on"] <= day)
    there &= staff["left_on"].isna() | (staff["left_on"].fillna(date.max) >= day)
    return list(staff.loc[there, "rep_id"])


def assign_reps(seed: int, staff: pd.DataFrame, deals: list[Opportunity]) -> None:
    """New business to account executives (half of the founder's own deals to the founder), the rest to account managers."""
    draw = stream(seed, "deal owners")
    cache: dict[tuple[str, str, date], list[str]] = {}
    for deal in deals:
        role = "account_executive" if deal.type == "new" or deal.segment == "small_business" else "account_manager"
        if deal.founder and draw.random() < 0.45:
            deal.rep_id = FOUNDER
            continue
        key = (role, deal.segment, deal.created_on.replace(day=1))
        if key not in cache:
            cache[key] = on_staff(staff, role, deal.segment, deal.created_on) or on_staff(staff, role, "mid_market", deal.created_on)
        deal.rep_id = str(draw.choice(cache[key]))


def territory_of(segment: str, country: str) -> str:
    """Territory of an account by segment and country."""
    region = REGION.get(country, "Other")
    if region not in TERRITORY[segment]:
        region = "DACH" if region == "DACH" else ("West" if "West" in TERRITORY[segment] else "Other")
    return f"T-{segment[:3].upper()}-{region[:3].upper()}"


def territories(seed: int, universe: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Each account lies in exactly one territory; potentials differ more than the people who work them."""
    ids = pd.Series([territory_of(s, c) for s, c in zip(universe["segment"], universe["country"], strict=True)], index=universe.index)
    rows = []
    for segment in SEGMENTS:
        owners = on_staff(staff, "account_executive", segment, AS_OF)
        for number, region in enumerate(TERRITORY[segment]):
            key = f"T-{segment[:3].upper()}-{region[:3].upper()}"
            within = universe[ids == key]
            name = f"{segment.replace('_', ' ').title()} {region}"
            cost = 14_000 + 25 * len(within)
            rows.append((key, name, segment, region, owners[number % len(owners)], len(within), round(within["potential"].sum(), -3), cost))
    columns = ["territory_id", "name", "segment", "region", "rep_id", "accounts", "potential", "annual_cost"]
    return pd.DataFrame(rows, columns=columns)


def delivery(seed: int, live_dates: list[date], services: dict[int, float]) -> pd.DataFrame:
    """Days of onboarding staff by month: used days follow the services invoiced, and there is room to spare."""
    draw = stream(seed, "delivery")
    rows = []
    for month in range(MONTHS):
        used = services.get(month, 0.0) / 1180 * 1.04
        capacity = round(190 + 2.2 * month)
        went = sum(1 for day in live_dates if label(month) == day.strftime("%Y-%m"))
        rows.append((label(month), capacity, round(float(np.clip(used * draw.uniform(0.95, 1.05), 0, capacity * 0.97)), 1), went))
    return pd.DataFrame(rows, columns=["month", "capacity_days", "used_days", "go_lives"])
