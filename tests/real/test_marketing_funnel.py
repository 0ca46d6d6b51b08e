"""Olist's 8,000 qualified leads and 842 deals: conversion by channel and time to close as every public notebook gives them."""

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from diligence.metrics.channel_mix import UNKNOWN, channel_mix
from diligence.metrics.funnel import funnel, funnel_cohorts, stage_dates

REAL = Path(os.environ.get("DILIGENCE_REAL", Path(__file__).parents[2].parent / "shared" / "data")) / "olist_funnel"
AS_OF = date(2018, 11, 30)

pytestmark = [pytest.mark.real, pytest.mark.skipif(not REAL.is_dir(), reason="no real inputs: olist_funnel is not there")]


@pytest.fixture(scope="module")
def deals() -> pd.DataFrame:
    found = pd.read_csv(REAL / "olist_closed_deals_dataset.csv")
    won = pd.to_datetime(found["won_date"], format="mixed").dt.normalize()
    return pd.DataFrame({"opportunity_id": found["mql_id"], "created_on": won, "closed_on": won, "status": "won", "amount": 1.0})


@pytest.fixture(scope="module")
def staged(deals: pd.DataFrame) -> pd.DataFrame:
    found = pd.read_csv(REAL / "olist_marketing_qualified_leads_dataset.csv")
    leads = pd.DataFrame(
        {"lead_id": found["mql_id"], "created_on": pd.to_datetime(found["first_contact_date"]), "channel": found["origin"]}
    )
    leads = leads.assign(
        mql_on=leads["created_on"], sql_on=pd.NaT, opportunity_id=leads["lead_id"].where(leads["lead_id"].isin(deals["opportunity_id"]))
    )
    return stage_dates(leads, deals, as_of=AS_OF)


def test_one_in_ten_becomes_a_seller(staged: pd.DataFrame) -> None:
    """842 of 8,000 leads, 10.525 per cent."""
    assert (len(staged), int(staged["won"].notna().sum())) == (8_000, 842)


def test_by_channel(staged: pd.DataFrame) -> None:
    """Paid search 12.3% of 1,586, organic search 11.8% of 2,296, social 5.6% of 1,350, email 3.0% of 493."""
    found = funnel(staged, as_of=AS_OF, by="channel").query("step == 'mql_to_sql'").set_index("channel")
    named = found.loc[
        [
            "paid_search" if "paid_search" in found.index else "paid search",
            "organic_search" if "organic_search" in found.index else "organic search",
            "social",
            "email",
        ]
    ]
    assert named["entered"].tolist() == [1_586, 2_296, 1_350, 493]
    assert named["rate"].round(3).tolist() == [0.123, 0.118, 0.056, 0.030]


def test_time_to_close(staged: pd.DataFrame) -> None:
    """Median 14 days, mean 48.4; one deal closed two days before its first contact."""
    days = (staged["won"] - staged["lead"]).dt.days.dropna()
    assert days.median() == 14 and days.mean() == pytest.approx(48.4, abs=0.6)
    assert (days < 0).sum() == 1


def test_late_cohorts_have_had_less_time(staged: pd.DataFrame) -> None:
    found = funnel_cohorts(staged, as_of=AS_OF).set_index("cohort")
    assert found["entered"].sum() == 8_000
    assert found.index.tolist() == ["2017Q2", "2017Q3", "2017Q4", "2018Q1", "2018Q2"]
    assert not found.loc["2018Q2", "mature"] and found.loc["2017Q3", "mature"]


def test_leads_of_unknown_origin_are_shown(staged: pd.DataFrame) -> None:
    """60 blank, and these convert best: attribution by origin is biased."""
    won = staged[staged["won"].notna()].assign(amount=1.0)
    mix = channel_mix(won).set_index("channel")
    blank = staged["channel"].isna()
    assert blank.sum() == 60 and mix.loc[UNKNOWN, "customers"] == staged.loc[blank, "won"].notna().sum() > 0
    assert staged.loc[blank, "won"].notna().mean() > 2 * staged["won"].notna().mean()
