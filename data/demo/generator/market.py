"""The market: named accounts, its size by year, shares, and how visible each brand is.

Planted: a mid-market of which about 62% (weighted by fit) already buys; an enterprise segment that is wide open; and a brand whose
share of search and of voice lies well below its share of the market.
"""

import numpy as np
import pandas as pd
from numpy.random import Generator

from data.demo.generator.design import COUNTRIES, INDUSTRIES, RIVALS, SEGMENTS, SIZE_BANDS
from data.demo.generator.months import MONTHS, label

MEASURES = {"search": 9000, "media": 160, "analyst": 14, "social": 2600, "events": 30, "direct_traffic": 22000, "inbound": 420}
VOICE = {"self": 0.115, "Dispatchly": 0.50, "OrbitFSM": 0.30, "FieldQuay": 0.085}
BOUND_FIT, LEFT_FIT = 0.78, 0.60
PRICE_INDEX = {"self": 100.0, "Dispatchly": 104.0, "OrbitFSM": 92.0, "FieldQuay": 85.0}


def account_list(draw: Generator) -> pd.DataFrame:
    """Every account the target could sell to, before any of them has bought."""
    parts = []
    for segment in SEGMENTS.values():
        n = segment.accounts
        fit = draw.beta(3.2, 1.9, n) if segment.name == "mid_market" else draw.beta(2.2, 2.4, n)
        parts.append(
            pd.DataFrame(
                {
                    "segment": segment.name,
                    "country": draw.choice(list(COUNTRIES), n, p=np.array(list(COUNTRIES.values())) / sum(COUNTRIES.values())),
                    "industry": draw.choice(INDUSTRIES, n),
                    "size_band": draw.choice(SIZE_BANDS[segment.name], n, p=(0.62, 0.38)),
                    "potential": np.round(segment.potential * draw.lognormal(-0.08, 0.4, n), -2),
                    "fit": np.round(fit.clip(0.03, 0.98), 2),
                }
            )
        )
    accounts = pd.concat(parts, ignore_index=True)
    accounts.insert(0, "account_id", [f"ACC{i:05d}" for i in range(1, len(accounts) + 1)])
    return accounts


def market_size(draw: Generator, universe: pd.DataFrame) -> pd.DataFrame:
    """Accounts, total and serviceable spend by segment and year: the named list, back-cast at a slow growth of spend."""
    rows = []
    for name, group in universe.groupby("segment", sort=False):
        for year in range(2021, 2027):
            level = 1.035 ** (year - 2026)
            spend = group["potential"].sum() * level
            served = (group["potential"] * group["fit"]).sum() * level
            accounts = round(len(group) * 1.006 ** (year - 2026))
            noise = 1 + draw.normal(0, 0.004)
            rows.append((name, year, accounts, round(spend * noise, -3), round(served * noise, -3), "named account list; Fieldmark survey"))
    return pd.DataFrame(rows, columns=["segment", "year", "accounts", "tam", "sam", "source"])


def competitor_shares(draw: Generator, market: pd.DataFrame, revenue: pd.DataFrame) -> pd.DataFrame:
    """Shares of each segment's spend by year; the target's own share is its December recurring revenue over that spend."""
    rows = []
    for row in market.itertuples():
        own_month = "2026-06" if row.year == 2026 else f"{row.year}-12"
        own = revenue.loc[(revenue["segment"] == row.segment) & (revenue["month"] == own_month), "amount"].sum() * 12 / (row.tam * 0.93)
        rest = 1 - own
        split = {"Dispatchly": 0.46, "OrbitFSM": 0.29, "FieldQuay": 0.10}
        rows.append((row.segment, "self", row.year, round(own, 4), 100.0))
        for rival, part in split.items():
            share = rest * part * (1 + draw.normal(0, 0.015))
            rows.append((row.segment, rival, row.year, round(share, 4), round(PRICE_INDEX[rival] + draw.normal(0, 1.0), 1)))
    return pd.DataFrame(rows, columns=["segment", "competitor", "year", "share", "price_index"])


def visibility(draw: Generator) -> pd.DataFrame:
    """Counts by month, brand and measure; the planted share of the target's own brand falls slowly from 13% to 11%."""
    rows = []
    for month in range(MONTHS):
        for measure, level in MEASURES.items():
            growth = 1 + 0.006 * month
            season = 1 + 0.08 * np.sin(month / 12 * 2 * np.pi)
            for brand, share in VOICE.items():
                tilt = 1.12 - 0.0034 * month if brand == "self" else 1.0
                value = draw.poisson(level * growth * season * share * tilt)
                rows.append((label(month), brand, measure, int(value)))
    return pd.DataFrame(rows, columns=["month", "brand", "measure", "value"])


def rescored(accounts: pd.DataFrame, *, bound: set[int], left: set[int]) -> pd.Series:
    """Fit as sales sees it today: lower for accounts bound to a rival, lower still for those who left."""
    fit = accounts["fit"].to_numpy().copy()
    fit[sorted(bound)] *= BOUND_FIT
    fit[sorted(left)] *= LEFT_FIT
    return pd.Series(np.round(fit, 2), accounts.index)


def rival_in(draw: Generator) -> str:
    """The rival in a contested deal."""
    return str(draw.choice(RIVALS, p=(0.62, 0.38)))
