"""Commercial due diligence: from a data room to an evidenced report.

The analyst's face: names are handed on from their homes and load when they are used.

>>> import diligence as dd
>>> room = dd.open_room("demo")
>>> found = dd.revenue_quality(room)
>>> str(dd.fact(found.facts, "retention.nrr_ltm")["status"])
'ok'
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "ceilings.company": ("Cash", "Company"),
    "ceilings.simulate": ("simulate",),
    "ceilings.verdict": ("judged",),
    "charts.bridge": ("waterfall",),
    "charts.cohorts": ("heat_map",),
    "charts.retention": ("trend",),
    "charts.seasonality": ("factors", "smoothness"),
    "dataroom.drops.compare": ("compare_drops",),
    "dataroom.mapping.propose": ("propose_mapping",),
    "dataroom.room": ("Room", "open_room"),
    "deal": ("load_deal",),
    "errors": ("InputError",),
    "facts.acquisition": ("acquisition",),
    "facts.authority": ("authority",),
    "facts.catalogue": ("catalogue",),
    "facts.commercial_model": ("commercial_model",),
    "facts.customer_lifetime": ("customer_lifetime",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.market": ("market",),
    "facts.offer": ("offer",),
    "facts.operations": ("operations",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.acquisition_cost": ("acquisition_cost", "costs_by_loading", "incremental_cost", "magic_number", "payback_months"),
    "metrics.arr": ("annual_recurring_revenue", "arr_bridge"),
    "metrics.attach": ("attach_rates", "products_held", "products_per_customer", "second_product_spans"),
    "metrics.attainment": ("attainment_spread", "quota_attainment", "selling_capacity"),
    "metrics.attribution": (
        "disagreement",
        "first_touch",
        "last_touch",
        "linear",
        "path_steps",
        "position_based",
        "restated",
        "time_decay",
    ),
    "metrics.bridge": ("bridge", "movements", "movements_between"),
    "metrics.cash": ("cash_bridge", "cash_conversion", "rule_of_40", "working_capital_intensity"),
    "metrics.channel_mix": ("channel_mix",),
    "metrics.claims": ("reconciled_claims", "sourcing_claims"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.contest": ("deal_discounts", "discount_to_win", "price_premium", "tag_coverage", "tagged_win_rate_bounds"),
    "metrics.contract_clauses": ("clause_exposure", "has_clause"),
    "metrics.contract_terms": ("billing_mix", "contract_terms", "lost_on_terms", "prepay_months"),
    "metrics.control": ("tabular_cusum",),
    "metrics.cuts": ("cut_cohorts", "cut_retention"),
    "metrics.definition_bridge": ("definition_bridge", "level_differences", "retention_differences"),
    "metrics.discounts": ("discount_by", "discount_dispersion", "pocket_waterfall", "price_realisation", "quarter_end_discount"),
    "metrics.forecasts": ("forecast_accuracy", "forecast_errors"),
    "metrics.funnel": ("deal_outcomes", "funnel", "funnel_cohorts", "stage_dates"),
    "metrics.growth_sources": ("growth_sources",),
    "metrics.handoffs": ("handoff_times", "lead_conversion", "response_times", "utm_coverage"),
    "metrics.hygiene": ("crm_hygiene",),
    "metrics.key_people": ("share_of_wins", "top_fifth_share", "wins_by_person"),
    "metrics.lifespans": ("cohort_life_table", "life_table", "lifespans"),
    "metrics.lifetime_value": ("lifetime_value", "loss_deviation", "monthly_survival", "naive_retention"),
    "metrics.losses": ("loss_reasons",),
    "metrics.market_share": ("share_of_market", "stated_shares", "vendor_concentration"),
    "metrics.market_size": ("bottom_up_market", "market_growth", "market_triangulation", "named_accounts", "top_down_market"),
    "metrics.matching": ("standardised_rates", "win_rate_by_cell"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.new_customers": ("conversion_hazard", "new_customers"),
    "metrics.nps": ("net_promoter_score",),
    "metrics.offer_mix": ("booking_mix", "launch_share", "margin_mix", "revenue_mix", "share_shift"),
    "metrics.paths": ("attributed_revenue", "booked", "conversion_paths", "without_outcomes"),
    "metrics.penetration": ("locked_share", "penetration", "white_space"),
    "metrics.pipeline": ("pipeline_at", "pipeline_coverage", "pipeline_yield"),
    "metrics.price_events": ("churn_after_increase", "increase_realisation", "list_price_changes", "price_increases", "unit_prices"),
    "metrics.price_position": ("below_list", "price_by_size", "rival_price_index", "static_cohort_growth"),
    "metrics.price_volume": ("price_changes", "price_volume", "price_volume_mix"),
    "metrics.pull": ("pull_share", "referral_share"),
    "metrics.purchase_criteria": ("criteria_scores", "weighted_gap"),
    "metrics.receivables": ("ageing", "days_sales_outstanding", "overdue_share", "payment_days"),
    "metrics.recency_frequency": ("recency_frequency",),
    "metrics.recent_quality": ("early_renewals", "recent_discount", "run_rate_quality", "trend_deviation"),
    "metrics.renewal_losses": ("renewal_loss", "renewal_outcomes"),
    "metrics.renewal_rates": ("renewal_rates", "renewals_due", "subscription_cohort"),
    "metrics.renewals": ("renewal_wall",),
    "metrics.retention": (
        "bridged_retention",
        "constant_currency_cohort",
        "gross_revenue_retention",
        "joiners_losses",
        "logo_retention",
        "net_revenue_retention",
        "reading_steps",
    ),
    "metrics.returns": ("internal_rate", "multiple_of_money", "present_value", "rate_of_multiple"),
    "metrics.saturation": ("geometric_adstock", "hill", "michaelis_menten", "normalised_adstock", "spend_cap"),
    "metrics.segment_advantage": ("advantage", "segment_contribution", "win_rates"),
    "metrics.self_financing": ("cash_cycle_growth", "self_financed_growth", "sustainable_growth"),
    "metrics.service": ("resolution_times", "seat_utilisation", "ticket_load", "usage_decline"),
    "metrics.shapley": ("shapley", "shapley_attribution"),
    "metrics.share_of_voice": ("excess_share_of_voice", "share_of_voice", "stated_share_of_market"),
    "metrics.slippage": ("close_date_pushes", "on_time_renewals", "slipped_share"),
    "metrics.stack": ("tool_overlap",),
    "metrics.stages": ("compounding", "stage_ageing", "stage_conversion", "stage_discipline", "stage_order", "stage_visits"),
    "metrics.territories": ("imbalance_loss", "territory_results"),
    "metrics.time_to_value": ("time_to_value_spans",),
    "metrics.upsell_split": ("upsell_split", "volume_retention"),
    "metrics.wallet": ("wallet_share", "wallets"),
    "metrics.win_rate": ("win_rate", "win_rate_cohorts"),
    "models.attribution_certainty": ("attribution_certainty", "attribution_intervals", "attribution_table"),
    "models.bg_nbd": ("bg_nbd", "future_purchases"),
    "models.breaks": ("breaks_at_changes", "level_breaks", "single_break"),
    "models.choice": ("conditional_logit", "long_choices"),
    "models.choice_use": ("choice_shares", "logit_optimal_price", "willingness_to_pay"),
    "models.closing": ("closing_incidence", "cycle"),
    "models.competing_risks": ("cumulative_incidence",),
    "models.criteria_gap": ("criteria_gaps",),
    "models.diffusion": ("bass_peak", "bass_steady_share", "curve_choice"),
    "models.discount_gap": ("discount_gap",),
    "models.discount_structure": ("churn_difference", "discount_structure", "dispersion_interval"),
    "models.elasticity": ("instrumented_elasticity", "list_change_response", "price_elasticity"),
    "models.esov": ("required_share_of_voice", "share_half_life", "share_path"),
    "models.expansion": ("expansion_headroom",),
    "models.forecast_scores": ("ensemble_score", "forecast_skill", "normal_score", "pinball_loss"),
    "models.gabor_granger": ("demand_curve", "revenue_price"),
    "models.gamma_gamma": ("expected_spend", "gamma_gamma"),
    "models.growth_curves": ("bass_diffusion", "gompertz_growth", "logistic_growth"),
    "models.intervals": ("ratio_interval", "ratio_intervals", "wilson"),
    "models.lead_score_lift": ("lead_score_lift",),
    "models.loss_at_risk": ("loss_at_risk",),
    "models.markov_attribution": ("markov_attribution", "removal_effects"),
    "models.matched_odds": ("matched_odds",),
    "models.nps_interval": ("nps_interval",),
    "models.pareto_nbd": ("active_pareto", "pareto_nbd"),
    "models.price_sensitivity": ("best_prices", "newton_miller_smith", "price_sensitivity", "price_sensitivity_curves"),
    "models.proportional_hazards": ("proportional_hazards",),
    "models.ramp_time": ("ramp_table", "ramp_time"),
    "models.referral": ("referral_reproduction",),
    "models.rep_variance": ("rep_funnel", "rep_variance"),
    "models.response": ("fit_response", "variance_inflation"),
    "models.response_certainty": ("response_intervals",),
    "models.retention_curve": ("alike", "beta_discrete_weibull", "curve_interval", "pooling", "residual_value", "shifted_beta_geometric"),
    "models.saturation": ("hazard_change", "relative_trend"),
    "models.seasonality": ("seasonality",),
    "models.share_intervals": ("ratio_by_group", "with_wilson"),
    "models.shrinkage": ("beta_binomial_prior", "shrunken_rates"),
    "models.survival": ("kaplan_meier", "log_rank", "median_life", "restricted_life", "survival_at"),
    "models.value_interval": ("lifetime_value_interval",),
    "models.waiting_time": ("happened_by", "waiting_curve", "waiting_quantile"),
    "reports.exhibit": ("Exhibit", "exhibit"),
    "reports.exhibits": ("show",),
    "reports.narrative": ("headlines",),
    "runner.session": ("check_parameters",),
}
_HOME_OF = {name: f"diligence.{home}" for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605 - the names are those of the homes above


def __getattr__(name: str) -> Any:
    """Load a name from its home when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'diligence' has no name '{name}'")
    found = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the names that the face hands on."""
    return [*__all__, "__version__"]
