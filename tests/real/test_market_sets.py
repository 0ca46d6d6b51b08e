"""Real series of adoption, disclosures and deals, held to what is published about them."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.growth_sources import EFFECTS, growth_sources
from diligence.metrics.segment_advantage import win_rates
from diligence.models.growth_curves import bass_diffusion
from diligence.models.shrinkage import shrunken_rates

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("DILIGENCE_REAL", ROOT.parent / "shared" / "data"))
REGIONS = ("UCAN", "EMEA", "LATM", "APAC")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"no real inputs: there is no folder {REAL.name} beside the repository, and DILIGENCE_REAL names none"
    ),
]


def table(folder: str, file: str, **how: object) -> pd.DataFrame:
    path = REAL / folder / file
    if not path.is_file():
        pytest.skip(f"no real inputs: {folder}/{file} is not there")
    return pd.read_csv(path, **how)  # type: ignore[call-overload]


def iphone() -> pd.DataFrame:
    units = table("diffusion_bass", "DBdimora.csv")["iPhone"].dropna().reset_index(drop=True)
    return pd.DataFrame({"period": range(1, len(units) + 1), "adopters": units})


def test_bass_on_quarterly_units_of_a_telephone() -> None:
    """Fitted to the cumulative units by least squares: m 1,823.7m, p 0.00141, q 0.1259; 46 quarters sum to 1,468.15m."""
    data = iphone()
    assert len(data) == 46 and data["adopters"].sum() == pytest.approx(1468.15, abs=0.01)
    so_far = bass_diffusion(data, form="cumulative")
    assert (so_far.asymptote, so_far.first, so_far.second) == pytest.approx((1823.7, 0.00141, 0.1259), rel=3e-3)
    fit = bass_diffusion(data)
    assert fit.identified and fit.low < 1823.7 < fit.high
    assert fit.second == pytest.approx(0.1259, rel=0.15)
    assert fit.high - fit.low > so_far.high - so_far.low, "errors of a sum of quarters are not independent"


def test_a_potential_told_in_mid_life_moves_a_lot_and_early_there_is_none() -> None:
    data = iphone()
    early = bass_diffusion(data.head(20))
    assert not early.identified and np.isnan(early.potential)
    later, whole = bass_diffusion(data.head(36)), bass_diffusion(data)
    assert not later.identified or abs(later.asymptote / whole.asymptote - 1) > 0.02


def test_growth_of_members_and_of_revenue_per_member_adds_up_by_region() -> None:
    raw = table("disclosures_netflix", "netflix_revenue_updated.csv", encoding="utf-8-sig")
    raw.columns = [" ".join(name.split()) for name in raw.columns]
    ends = {"then": raw.iloc[0], "now": raw.iloc[-1]}
    sales = pd.DataFrame(
        [
            (region, "streaming", end, float(row[f"{region} Streaming Revenue"]), float(row[f"{region} Members"]))
            for region in REGIONS
            for end, row in ends.items()
        ],
        columns=["segment", "product_id", "period", "amount", "quantity"],
    )
    reach = sales.rename(columns={"quantity": "customers"})[["segment", "period", "customers"]].assign(accounts=3e8)
    found = growth_sources(sales, reach)
    assert found[list(EFFECTS)].sum(axis=1).tolist() == pytest.approx((found["now"] - found["then"]).tolist())
    assert found["market"].abs().max() == 0 and found["mix"].abs().max() < 1 and found["range"].abs().max() == 0
    prices = {end: found.set_index("segment")[end] / sales[sales["period"] == end].set_index("segment")["quantity"] for end in ends}
    assert (
        np.sign(found.set_index("segment")["price"]).tolist() == np.sign(prices["now"] - prices["then"]).reindex(found["segment"]).tolist()
    )
    assert sales.loc[sales["period"] == "now", "quantity"].sum() == 269_602_000


def test_win_rate_by_product_of_a_seller_of_hardware() -> None:
    """Won 4,238 and lost 2,473: 63.15 per cent of decided deals; `GTXPro` is the product's name in the deals."""
    deals = table("crm_maven", "sales_pipeline.csv").rename(columns={"product": "segment"})
    rates = win_rates(deals.assign(status=deals["deal_stage"].str.lower()))
    assert rates["numerator"].sum() == 4238 and rates["denominator"].sum() == 4238 + 2473
    assert "GTXPro" in set(rates["segment"]) and len(rates) == 7
    drawn = shrunken_rates(rates)
    assert (drawn["value"] - 4238 / 6711).abs().max() <= (drawn["raw"] - 4238 / 6711).abs().max()
