"""CDNOW: repeat-purchase models on the real customers, held to what is published of them.

Fader, Hardie and Lee 2005 (Counting your customers the easy way; RFM and CLV: using iso-value curves) and the BTYD walkthrough, on the
tenth of the customers who first bought in the first quarter of 1997. Folders as in ``test_real_rooms``.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from diligence.metrics.recency_frequency import recency_frequency
from diligence.models.bg_nbd import bg_nbd, future_purchases
from diligence.models.gamma_gamma import expected_spend, gamma_gamma
from diligence.models.pareto_nbd import pareto_nbd

REAL = Path(os.environ.get("DILIGENCE_REAL", Path(__file__).parents[2].parent / "shared" / "data"))
FOLDER = REAL / "cdnow"

pytestmark = [pytest.mark.real, pytest.mark.skipif(not FOLDER.is_dir(), reason="no real inputs: cdnow is not there")]


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "cdnow_customers_summary_with_transactions.csv")
    return frame.rename(columns={"x": "frequency", "t_x": "recency", "T": "age", "zbar": "mean_amount"})


def test_the_bg_nbd_of_the_paper(customers: pd.DataFrame) -> None:
    found = bg_nbd(customers)
    assert found is not None and found.n == 2357
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.2426, 4.4136, 0.7929, 2.4259), abs=1e-3)
    assert found.log_likelihood == pytest.approx(-9582.4292, abs=0.01)
    ahead = future_purchases(pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86]}), found, time=39)
    assert ahead["purchases"].item() == pytest.approx(1.226, abs=5e-4)


def test_the_pareto_nbd_of_the_walkthrough(customers: pd.DataFrame) -> None:
    found = pareto_nbd(customers)
    assert found is not None
    assert (found.r, found.alpha, found.s, found.beta) == pytest.approx((0.5533, 10.578, 0.6062, 11.669), rel=2e-3)
    assert found.log_likelihood == pytest.approx(-9594.9762, abs=0.01)


def test_the_gamma_gamma_of_the_paper(customers: pd.DataFrame) -> None:
    found = gamma_gamma(customers)
    assert found is not None and found.n == 946
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), abs=1e-2)
    assert found.mean == pytest.approx(35.17, abs=0.01)
    assert expected_spend(pd.DataFrame({"frequency": [2], "mean_amount": [40.0]}), found)["spend"].item() == pytest.approx(
        39.1305, abs=1e-3
    )


def test_the_summary_is_made_from_the_purchases(customers: pd.DataFrame) -> None:
    """From the log of purchases: same-day purchases joined, nothing after 30 September 1997, time in weeks."""
    log = pd.read_csv(FOLDER / "BTYD_cdnowElog.csv").rename(columns={"sampleid": "customer_id", "sales": "amount"})
    log["date"] = pd.to_datetime(log["date"].astype("str"), format="%Y%m%d")
    found = recency_frequency(log.assign(customer_id=log["customer_id"].astype("str").str.zfill(5)), pd.Timestamp("1997-09-30"), days=7)
    paid = len(found)
    assert len(customers) - paid <= 10, "a few bought for nothing on their first day"
    assert found["frequency"].sum() == pytest.approx(customers["frequency"].sum(), abs=25)
    assert found["age"].max() == pytest.approx(38.86, abs=0.01)
