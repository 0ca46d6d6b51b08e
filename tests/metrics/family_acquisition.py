"""Acquisition: the funnel, the cycle, the cost of a customer, where customers come from, who claims them, who refers them."""

from datetime import date

import numpy as np
import pandas as pd
from family import Call, Family

from diligence.metrics import acquisition_cost, channel_mix, claims, funnel
from diligence.models import closing, rates, referral

AS_OF = date(2026, 6, 30)
END = pd.Timestamp("2026-06-01")
CHANNELS = np.array(["paid_search", "events", "partner", "organic_search"])


def leads() -> pd.DataFrame:
    random = np.random.default_rng(8)
    count = 60
    created = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.permutation(count) * 8, "D")
    frame = pd.DataFrame(
        {"lead_id": [f"l{n:02d}" for n in range(count)], "created_on": created, "channel": CHANNELS[random.integers(0, 4, count)]}
    )
    frame["mql_on"] = frame["created_on"].where(random.random(count) < 0.7) + pd.Timedelta(days=3)
    frame["sql_on"] = frame["mql_on"].where(random.random(count) < 0.7) + pd.Timedelta(days=4)
    frame["opportunity_id"] = [f"o{n % 20:02d}" if n < 40 else None for n in range(count)]
    return frame


def opportunities() -> pd.DataFrame:
    random = np.random.default_rng(9)
    count = 30
    created = pd.Timestamp("2025-02-01") + pd.to_timedelta(np.arange(count) * 15, "D")
    status = np.array(["won", "lost", "won", "open"])[np.arange(count) % 4]
    closed = pd.Series(created + pd.to_timedelta(20 + random.integers(0, 90, count), "D")).where(status != "open")
    frame = pd.DataFrame(
        {"opportunity_id": [f"o{n:02d}" for n in range(count)], "created_on": created, "closed_on": closed, "status": status}
    )
    frame["amount"] = 1000.0 + 64 * np.arange(count)
    frame["loss_reason"] = np.where(status == "lost", np.where(np.arange(count) % 8 == 1, "no_decision", "price"), None)
    frame["channel"] = CHANNELS[np.arange(count) % 3]
    frame["sourced_by"] = np.array(["marketing", "sales", "partner", None], dtype="object")[np.arange(count) % 4]
    frame["segment"] = np.where(np.arange(count) % 2, "large", "small")
    frame["rep_id"] = [f"r{n % 3}" for n in range(count)]
    frame["customer_id"] = [f"c{n:02d}" for n in range(count)]
    return frame


def won() -> pd.DataFrame:
    return acquisition_cost.new_business_won(opportunities(), as_of=AS_OF)


def staged() -> pd.DataFrame:
    return funnel.stage_dates(leads(), opportunities(), as_of=AS_OF)


def outcomes() -> pd.DataFrame:
    return funnel.deal_outcomes(opportunities(), as_of=AS_OF)


def incidence() -> pd.DataFrame:
    return closing.closing_incidence(outcomes())


def spend() -> pd.DataFrame:
    months = pd.date_range("2023-07-01", END, freq="MS")
    rows = [
        (month, channel, 100.0 + 8 * place + 16 * row, "programme")
        for row, month in enumerate(months)
        for place, channel in enumerate(CHANNELS[:3])
    ]
    rows += [(month, "all", 512.0 + row, "people") for row, month in enumerate(months)]
    return pd.DataFrame(rows, columns=["month", "channel", "amount", "kind"])


def costs() -> pd.DataFrame:
    return acquisition_cost.costs_by_loading(spend())


def recurring() -> pd.DataFrame:
    months = pd.date_range("2024-01-01", END, freq="MS")
    return pd.DataFrame({"month": months, "amount": 9000.0 + 128 * np.arange(len(months))})


def results() -> pd.DataFrame:
    days = pd.date_range("2023-07-01", "2026-06-30", freq="9D")
    return pd.DataFrame({"date": days, "channel": CHANNELS[np.arange(len(days)) % 3]})


def reps() -> pd.DataFrame:
    return pd.DataFrame({"rep_id": ["r0", "r1", "r2"], "role": ["account_executive", "founder", "sales_development"]})


def customers() -> pd.DataFrame:
    count = 30
    came = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(count) * 28, "D")
    left = pd.Series(came + pd.Timedelta(days=200)).where(np.arange(count) % 5 == 2)
    of = [f"c{n // 3:02d}" if n % 3 == 1 else None for n in range(count)]
    return pd.DataFrame({"customer_id": [f"c{n:02d}" for n in range(count)], "acquired_on": came, "referred_by": of, "left_on": left})


def claimed() -> pd.DataFrame:
    return claims.sourcing_claims(won(), leads=leads(), reps=reps())


WORDS = {"names": "channels are read as words"}
ROWS = {"order": "one answer a row", "index": "one answer a row"}

FAMILY = Family(
    modules=(funnel, acquisition_cost, channel_mix, claims, closing, rates, referral),
    examples={
        "leads": leads, "opportunities": opportunities, "won": won, "staged": staged, "outcomes": outcomes, "incidence": incidence, "spend": spend,
        "costs": costs, "recurring": recurring, "results": results, "reps": reps, "customers": customers, "claims": claimed,
    },
    money={"opportunities": ("amount",), "won": ("amount",), "spend": ("amount",), "costs": ("amount",), "recurring": ("amount",), "claims": ("amount",)},
    ids=("lead_id", "opportunity_id", "rep_id", "customer_id", "referred_by"),
    calls={
        "stage_dates": Call(lambda t: funnel.stage_dates(t["leads"], t["opportunities"], as_of=AS_OF), ("leads", "opportunities"), exempt={"index": "the leads' own rows and index"}),
        "funnel": Call(lambda t: funnel.funnel(t["staged"], as_of=AS_OF), ("staged",)),
        "funnel by channel": Call(lambda t: funnel.funnel(t["staged"], as_of=AS_OF, by="channel", months=12), ("staged",)),
        "funnel_cohorts": Call(lambda t: funnel.funnel_cohorts(t["staged"], as_of=AS_OF), ("staged",)),
        "created_at_close": Call(lambda t: funnel.created_at_close(t["opportunities"]), ("opportunities",), exempt=ROWS),
        "deal_outcomes": Call(lambda t: funnel.deal_outcomes(t["opportunities"], as_of=AS_OF), ("opportunities",), money=("amount",)),

        "costs_by_loading": Call(lambda t: acquisition_cost.costs_by_loading(t["spend"]), ("spend",), money=("amount",)),
        "acquisition_cost": Call(lambda t: acquisition_cost.acquisition_cost(t["costs"], t["won"], end=END, lag_months=2), ("costs", "won"), money=("cost", "amount", "cac")),
        "acquisition_cost by channel": Call(lambda t: acquisition_cost.acquisition_cost(t["costs"], t["won"], end=END, by="channel"), ("costs", "won"), money=("cost", "amount", "cac", "cost_spread")),
        "magic_number": Call(lambda t: acquisition_cost.magic_number(t["recurring"], t["spend"]), ("recurring", "spend"), money=("net_new", "cost")),
        "incremental_cost": Call(lambda t: acquisition_cost.incremental_cost(t["spend"], t["results"], end=END), ("spend", "results"), money=("cost_then", "cost", "average", "incremental")),
        "new_business_won": Call(lambda t: acquisition_cost.new_business_won(t["opportunities"], as_of=AS_OF), ("opportunities",), money=("amount",)),
        "channel_mix": Call(lambda t: channel_mix.channel_mix(t["won"]), ("won",), money=("amount",)),
        "overwritten_sources": Call(lambda t: channel_mix.overwritten_sources(t["leads"], t["opportunities"]), ("leads", "opportunities")),
        "source_agreement": Call(lambda t: channel_mix.source_agreement(t["leads"], t["leads"].rename(columns={"created_on": "touched_at"})), ("leads",)),
        "sourcing_claims": Call(lambda t: claims.sourcing_claims(t["won"], leads=t["leads"], reps=t["reps"]), ("won", "leads", "reps"), money=("amount",)),
        "reconciled_claims": Call(lambda t: claims.reconciled_claims(t["claims"], t["won"]), ("claims", "won"), money=("claimed", "sole", "shared", "credited")),
        "double_counted": Call(lambda t: claims.double_counted(t["claims"]), ("claims",), money=("value",)),
        "shared_claims": Call(lambda t: claims.shared_claims(t["claims"]), ("claims",), money=("amount",)),
        "closing_incidence": Call(lambda t: closing.closing_incidence(t["outcomes"]), ("outcomes",)),
        "incidence_at": Call(lambda t: closing.incidence_at(t["incidence"], days=60), ("incidence",)),
        "cycle": Call(lambda t: closing.cycle(t["outcomes"]), ("outcomes",)),
        "referral_reproduction": Call(lambda t: referral.referral_reproduction(t["customers"], end=END), ("customers",)),
    },
    plumbing=frozenset({"is_media", "payback_months", "lifetime_to_cost", "is_inbound", "is_paid", "rate_interval", "rate_ratio_interval", "total_interval"}),
)  # fmt: skip
