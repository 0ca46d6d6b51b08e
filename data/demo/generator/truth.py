"""What an honest calculation on the cleaned data gives, from the clean state of the generator: levels, retention, concentration."""

from typing import Any

import numpy as np
import pandas as pd

from data.demo.generator.book import Customer
from data.demo.generator.months import MONTHS, label
from data.demo.generator.reporting import customer_months, management_retention
from data.demo.generator.world import World

THEN, NOW = MONTHS - 13, MONTHS - 1


def retention(wide: pd.DataFrame) -> dict[str, float]:
    """Opening cohort of June 2025 against June 2026."""
    then, now = wide[THEN], wide[NOW]
    cohort = then > 0
    return {
        "opening_mrr": money(then.sum()),
        "closing_mrr_of_opening_cohort": money(now[cohort].sum()),
        "nrr": share(now[cohort].sum() / then.sum()),
        "grr": share(np.minimum(then, now)[cohort].sum() / then.sum()),
        "logo_retention": share((cohort & (now > 0)).sum() / cohort.sum()),
        "opening_customers": int(cohort.sum()),
        "lost_customers": int((cohort & (now <= 0)).sum()),
        "new_mrr": money(now[~cohort & (now > 0)].sum()),
    }


def money(value: Any) -> float:
    """An amount to the cent."""
    return round(float(value), 2)


def share(value: Any) -> float:
    """A fraction to six places."""
    return round(float(value), 6)


def by_parent(wide: pd.DataFrame, book: list[Customer]) -> pd.DataFrame:
    """Customers summed to their ultimate parents."""
    parents = {c.customer_id: c.parent_id or c.customer_id for c in book}
    return wide.groupby([parents[c] for c in wide.index]).sum()


def levels(world: World) -> dict[str, Any]:
    """Recurring revenue, customers, retention and concentration."""
    wide = customer_months(world.shares, "recurring")
    wide = wide.loc[(wide != 0).any(axis=1)]
    parents = by_parent(wide, world.book)
    now, heads = wide[NOW], parents[NOW]
    ranked = heads.sort_values(ascending=False)
    segment = {c.customer_id: c.segment for c in world.book}
    index = {c.customer_id: c for c in world.book}
    stated = management_retention(wide, index, NOW)
    years = wide.sum()
    served = world.shares[world.shares["kind"].isin(("services", "one_off")) & (world.shares["index"] > THEN)]
    return {
        "arr": money(years[NOW] * 12),
        "mrr": {label(month): money(years[month]) for month in range(MONTHS)},
        "arr_growth_by_fiscal_year": {f"FY{22 + y}": share(years[12 * y + 11] / years[12 * y - 1] - 1) for y in range(1, 5)},
        "arr_by_segment": {k: money(v * 12) for k, v in now.groupby(now.index.map(segment)).sum().items()},
        "services_ltm": money(served["cents"].sum() / 100),
        "customers_ever": len(wide),
        "customers_active": int((now > 0).sum()),
        "parents_active": int((heads > 0).sum()),
        "ltm_customer_level": retention(wide),
        "ltm_parent_level": retention(parents),
        "nrr_ltm": retention(wide)["nrr"],
        "grr_ltm": retention(wide)["grr"],
        "nrr_ltm_parent": retention(parents)["nrr"],
        "grr_ltm_parent": retention(parents)["grr"],
        "logo_retention": retention(wide)["logo_retention"],
        "top_customer_share": share(now.max() / now.sum()),
        "top10_share_parent": share(ranked.iloc[:10].sum() / ranked.sum()),
        "hhi_parent": share(((heads / heads.sum()) ** 2).sum()),
        "management_nrr_2026Q2": {
            "stated": share(stated[0]),
            "won_back_mrr": money(stated[1]),
            "new_accounts_of_groups_mrr": money(stated[2]),
            "acquired_mrr": money(stated[3]),
        },
        "management_nrr_2024Q2": dict(
            zip(
                ("stated", "won_back_mrr", "new_accounts_of_groups_mrr", "acquired_mrr"),
                map(share, management_retention(wide, index, 35)),
                strict=True,
            )
        ),
    }


def new_business(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Win rates of decided new business, by rival and by founder, and what the last two years leaned on."""
    opps = tables["opportunities"]
    new = opps[(opps["type"] == "new") & (opps["status"] != "open")].copy()
    new["won"] = new["status"] == "won"
    won = new[new["won"]]
    days = pd.to_datetime(won["closed_on"])
    recent = won[days > pd.Timestamp("2024-06-30")]
    new["size"] = new.groupby("segment")["amount"].transform(lambda a: pd.qcut(a, 2, labels=["smaller", "larger"]))
    mid = won[(won["segment"] == "mid_market") & (days > pd.Timestamp("2024-06-30"))]
    quarters = pd.PeriodIndex(pd.to_datetime(mid["closed_on"]), freq="Q").astype(str)
    decided = new[(new["segment"] == "mid_market") & (pd.to_datetime(new["closed_on"]) > pd.Timestamp("2024-06-30"))]
    losses = new[~new["won"]]
    return {
        "decided_new_opportunities": len(new),
        "win_rate_uncontested": share(new.loc[~new["competitive"].astype(bool), "won"].mean()),
        "win_rate_contested": share(new.loc[new["competitive"].astype(bool), "won"].mean()),
        "win_rate_with_founder": share(new.loc[new["founder_involved"].astype(bool), "won"].mean()),
        "win_rate_without_founder": share(new.loc[~new["founder_involved"].astype(bool), "won"].mean()),
        "founder_ratio_in_cells": share(stratified_ratio(new)),
        "founder_share_of_new_arr_last_24_months": share(
            recent.loc[recent["founder_involved"].astype(bool), "amount"].sum() / recent["amount"].sum()
        ),
        "win_rate_by_segment": {k: share(v) for k, v in new.groupby("segment")["won"].mean().items()},
        "mid_market_new_logos_last_8_quarters": {k: int(v) for k, v in quarters.value_counts().sort_index().items()},
        "mid_market_win_rate_last_8_quarters": share(decided["won"].mean()),
        "mid_market_win_rate_before": share(new.loc[(new["segment"] == "mid_market") & ~new.index.isin(decided.index), "won"].mean()),
        "price_share_of_losses_contested": share((losses.loc[losses["competitive"].astype(bool), "loss_reason"] == "price").mean()),
        "price_share_of_losses_uncontested": share((losses.loc[~losses["competitive"].astype(bool), "loss_reason"] == "price").mean()),
    }


def stratified_ratio(new: pd.DataFrame) -> float:
    """Win rate with the founder over that without, with each segment and size weighted by its number of deals."""
    parts = []
    for _, cell in new.groupby(["segment", "size"], observed=True):
        rates = cell.groupby(cell["founder_involved"].astype(bool))["won"].mean()
        parts.append((len(cell), rates[True], rates[False]))
    return sum(n * a for n, a, _ in parts) / sum(n * b for n, _, b in parts)


def market_position(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Penetration weighted by fit, and how seen the brand is against how much of the market it has."""
    universe, seen, shares = tables["universe"], tables["visibility"], tables["competitors"]
    has = universe["customer_id"] != ""
    taken = (universe["fit"] * has).groupby(universe["segment"]).sum() / universe.groupby("segment")["fit"].sum()
    recent = seen[seen["month"] >= "2025-07"].groupby(["measure", "brand"])["value"].sum()
    voice = {m: share(recent[m]["self"] / recent[m].sum()) for m in ("search", "media")}
    own = shares[(shares["competitor"] == "self") & (shares["year"] == 2026)]
    survey = tables["price_survey"]
    ordered = (
        (survey["too_cheap"] < survey["cheap"]) & (survey["cheap"] < survey["expensive"]) & (survey["expensive"] < survey["too_expensive"])
    )
    quotes = tables["quotes"]
    core = quotes[(quotes["product_id"] == "P10") & (quotes["won"] == True) & (quotes["date"].map(str) >= "2025-07")]  # noqa: E712
    return {
        "penetration_by_fit": {k: share(v) for k, v in taken.items()},
        "share_of_voice_ltm": voice,
        "share_of_market_2026": {k: share(v) for k, v in zip(own["segment"], own["share"], strict=True)},
        "median_expensive": money(survey.loc[ordered, "expensive"].median()),
        "median_realised_core_price_ltm": money(core["net_price"].median()),
        "price_survey_intransitive_rows": int((~ordered).sum()),
    }
