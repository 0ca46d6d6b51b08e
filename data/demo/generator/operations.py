"""How well the company is run, measured from its own tables (for TRUTH.md)."""

from typing import Any

import pandas as pd

from data.demo.generator.months import DAY, first_day, index_of, quarter
from data.demo.generator.truth import money, share
from data.demo.generator.world import World


def operations(world: World) -> dict[str, Any]:
    """Forecasts, slippage, renewals in time, answers to leads, and what paid search brought."""
    tables = world.tables
    opps = tables["opportunities"]
    won = opps[(opps["status"] == "won") & (opps["type"] != "renewal")]
    late = pd.to_datetime(won["closed_on"]) - pd.to_datetime(won["expected_close_on"]) > pd.Timedelta(days=7)
    renewals = opps[(opps["type"] == "renewal") & (opps["status"] == "won")]
    in_time = pd.to_datetime(renewals["closed_on"]) <= pd.to_datetime(renewals["expected_close_on"])
    actual = won.groupby(won["closed_on"].map(lambda day: quarter(index_of(day))))["amount"].sum()
    first = tables["forecasts"]
    first = first[(first["category"] == "commit") & first["snapshot_on"].map(lambda day: (day.month - 1) % 3 == 0)]
    miss = first["amount"].to_numpy() / actual.reindex(first["period"]).to_numpy() - 1
    spend, leads = tables["spend"], tables["leads"]
    search = spend[spend["channel"] == "paid_search"].groupby("month")["amount"].sum()
    came = leads[leads["channel"] == "paid_search"]["created_on"].map(lambda day: index_of(day) // 12).value_counts()
    answered = pd.to_datetime(leads["responded_at"]).dropna()
    asked = pd.to_datetime(leads.loc[answered.index, "created_on"]) + pd.Timedelta(hours=12)
    return {
        "forecast_bias": share(miss.mean()),
        "forecast_absolute_error": share(abs(miss).mean()),
        "slipped_share": share(late.mean()),
        "renewals_on_time": share(in_time.mean()),
        "median_response_minutes": money(max(0.0, ((answered - asked).dt.total_seconds() / 60).median())),
        "answered_same_or_next_day": share(
            (answered.dt.normalize() <= pd.to_datetime(leads.loc[answered.index, "created_on"]) + DAY).mean()
        ),
        "paid_search_spend_fy22": money(search[: str(first_day(11))[:7]].sum()),
        "paid_search_spend_fy26": money(search[str(first_day(48))[:7] :].sum()),
        "paid_search_leads_fy22": int(came[0]),
        "paid_search_leads_fy26": int(came[4]),
    }
