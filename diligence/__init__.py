"""Commercial due diligence: from a data room to an evidenced report.

The analyst's face: names are handed on from their homes and load when they are used.

>>> import diligence as dd
>>> room = dd.open_room("demo")
>>> found = dd.revenue_quality(room)
>>> str(dd.fact(found.facts, "retention.nrr_ltm")["status"])
'ok'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diligence.charts.bridge import waterfall as waterfall
    from diligence.charts.cohorts import heat_map as heat_map
    from diligence.charts.retention import trend as trend
    from diligence.charts.seasonality import factors as factors
    from diligence.dataroom.drops.compare import compare_drops as compare_drops
    from diligence.dataroom.mapping.propose import propose_mapping as propose_mapping
    from diligence.dataroom.room import Room as Room
    from diligence.dataroom.room import open_room as open_room
    from diligence.deal import load_deal as load_deal
    from diligence.errors import InputError as InputError
    from diligence.facts.acquisition import acquisition as acquisition
    from diligence.facts.authority import authority as authority
    from diligence.facts.catalogue import catalogue as catalogue
    from diligence.facts.commercial_model import commercial_model as commercial_model
    from diligence.facts.customer_lifetime import customer_lifetime as customer_lifetime
    from diligence.facts.data_room import data_room as data_room
    from diligence.facts.drop_effects import drop_effects as drop_effects
    from diligence.facts.market import market as market
    from diligence.facts.offer import offer as offer
    from diligence.facts.operations import operations as operations
    from diligence.facts.record import record as record
    from diligence.facts.revenue_quality import revenue_quality as revenue_quality
    from diligence.facts.sheet import fact as fact
    from diligence.facts.trace import trace as trace
    from diligence.judgement.rules import evaluate as evaluate
    from diligence.metrics.acquisition_cost import acquisition_cost as acquisition_cost
    from diligence.metrics.acquisition_cost import costs_by_loading as costs_by_loading
    from diligence.metrics.acquisition_cost import incremental_cost as incremental_cost
    from diligence.metrics.acquisition_cost import magic_number as magic_number
    from diligence.metrics.acquisition_cost import payback_months as payback_months
    from diligence.metrics.arr import annual_recurring_revenue as annual_recurring_revenue
    from diligence.metrics.arr import arr_bridge as arr_bridge
    from diligence.metrics.attach import attach_rates as attach_rates
    from diligence.metrics.attach import products_held as products_held
    from diligence.metrics.attach import products_per_customer as products_per_customer
    from diligence.metrics.attach import second_product_spans as second_product_spans
    from diligence.metrics.attainment import attainment_spread as attainment_spread
    from diligence.metrics.attainment import quota_attainment as quota_attainment
    from diligence.metrics.attainment import selling_capacity as selling_capacity
    from diligence.metrics.attribution import disagreement as disagreement
    from diligence.metrics.attribution import first_touch as first_touch
    from diligence.metrics.attribution import last_touch as last_touch
    from diligence.metrics.attribution import linear as linear
    from diligence.metrics.attribution import path_steps as path_steps
    from diligence.metrics.attribution import position_based as position_based
    from diligence.metrics.attribution import restated as restated
    from diligence.metrics.attribution import time_decay as time_decay
    from diligence.metrics.bridge import bridge as bridge
    from diligence.metrics.bridge import movements as movements
    from diligence.metrics.bridge import movements_between as movements_between
    from diligence.metrics.cash import cash_bridge as cash_bridge
    from diligence.metrics.cash import cash_conversion as cash_conversion
    from diligence.metrics.cash import rule_of_40 as rule_of_40
    from diligence.metrics.cash import working_capital_intensity as working_capital_intensity
    from diligence.metrics.channel_mix import channel_mix as channel_mix
    from diligence.metrics.claims import reconciled_claims as reconciled_claims
    from diligence.metrics.claims import sourcing_claims as sourcing_claims
    from diligence.metrics.cohorts import cohorts as cohorts
    from diligence.metrics.concentration import customer_shares as customer_shares
    from diligence.metrics.concentration import effective_number as effective_number
    from diligence.metrics.concentration import herfindahl as herfindahl
    from diligence.metrics.concentration import top_share as top_share
    from diligence.metrics.contest import deal_discounts as deal_discounts
    from diligence.metrics.contest import discount_to_win as discount_to_win
    from diligence.metrics.contest import price_premium as price_premium
    from diligence.metrics.contest import tag_coverage as tag_coverage
    from diligence.metrics.contest import tagged_win_rate_bounds as tagged_win_rate_bounds
    from diligence.metrics.contract_clauses import clause_exposure as clause_exposure
    from diligence.metrics.contract_clauses import has_clause as has_clause
    from diligence.metrics.contract_terms import billing_mix as billing_mix
    from diligence.metrics.contract_terms import contract_terms as contract_terms
    from diligence.metrics.contract_terms import lost_on_terms as lost_on_terms
    from diligence.metrics.contract_terms import prepay_months as prepay_months
    from diligence.metrics.control import tabular_cusum as tabular_cusum
    from diligence.metrics.cuts import cut_cohorts as cut_cohorts
    from diligence.metrics.cuts import cut_retention as cut_retention
    from diligence.metrics.definition_bridge import definition_bridge as definition_bridge
    from diligence.metrics.definition_bridge import level_differences as level_differences
    from diligence.metrics.definition_bridge import retention_differences as retention_differences
    from diligence.metrics.discounts import discount_by as discount_by
    from diligence.metrics.discounts import discount_dispersion as discount_dispersion
    from diligence.metrics.discounts import pocket_waterfall as pocket_waterfall
    from diligence.metrics.discounts import price_realisation as price_realisation
    from diligence.metrics.discounts import quarter_end_discount as quarter_end_discount
    from diligence.metrics.forecasts import forecast_accuracy as forecast_accuracy
    from diligence.metrics.forecasts import forecast_errors as forecast_errors
    from diligence.metrics.funnel import deal_outcomes as deal_outcomes
    from diligence.metrics.funnel import funnel as funnel
    from diligence.metrics.funnel import funnel_cohorts as funnel_cohorts
    from diligence.metrics.funnel import stage_dates as stage_dates
    from diligence.metrics.growth_sources import growth_sources as growth_sources
    from diligence.metrics.handoffs import handoff_times as handoff_times
    from diligence.metrics.handoffs import lead_conversion as lead_conversion
    from diligence.metrics.handoffs import response_times as response_times
    from diligence.metrics.handoffs import utm_coverage as utm_coverage
    from diligence.metrics.hygiene import crm_hygiene as crm_hygiene
    from diligence.metrics.key_people import share_of_wins as share_of_wins
    from diligence.metrics.key_people import top_fifth_share as top_fifth_share
    from diligence.metrics.key_people import wins_by_person as wins_by_person
    from diligence.metrics.lifespans import cohort_life_table as cohort_life_table
    from diligence.metrics.lifespans import life_table as life_table
    from diligence.metrics.lifespans import lifespans as lifespans
    from diligence.metrics.lifetime_value import lifetime_value as lifetime_value
    from diligence.metrics.lifetime_value import loss_deviation as loss_deviation
    from diligence.metrics.lifetime_value import monthly_survival as monthly_survival
    from diligence.metrics.lifetime_value import naive_retention as naive_retention
    from diligence.metrics.losses import loss_reasons as loss_reasons
    from diligence.metrics.market_share import share_of_market as share_of_market
    from diligence.metrics.market_share import stated_shares as stated_shares
    from diligence.metrics.market_share import vendor_concentration as vendor_concentration
    from diligence.metrics.market_size import bottom_up_market as bottom_up_market
    from diligence.metrics.market_size import market_growth as market_growth
    from diligence.metrics.market_size import market_triangulation as market_triangulation
    from diligence.metrics.market_size import named_accounts as named_accounts
    from diligence.metrics.market_size import top_down_market as top_down_market
    from diligence.metrics.matching import standardised_rates as standardised_rates
    from diligence.metrics.matching import win_rate_by_cell as win_rate_by_cell
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.new_customers import conversion_hazard as conversion_hazard
    from diligence.metrics.new_customers import new_customers as new_customers
    from diligence.metrics.nps import net_promoter_score as net_promoter_score
    from diligence.metrics.offer_mix import booking_mix as booking_mix
    from diligence.metrics.offer_mix import launch_share as launch_share
    from diligence.metrics.offer_mix import margin_mix as margin_mix
    from diligence.metrics.offer_mix import revenue_mix as revenue_mix
    from diligence.metrics.offer_mix import share_shift as share_shift
    from diligence.metrics.paths import attributed_revenue as attributed_revenue
    from diligence.metrics.paths import booked as booked
    from diligence.metrics.paths import conversion_paths as conversion_paths
    from diligence.metrics.penetration import locked_share as locked_share
    from diligence.metrics.penetration import penetration as penetration
    from diligence.metrics.penetration import white_space as white_space
    from diligence.metrics.pipeline import pipeline_at as pipeline_at
    from diligence.metrics.pipeline import pipeline_coverage as pipeline_coverage
    from diligence.metrics.pipeline import pipeline_yield as pipeline_yield
    from diligence.metrics.price_events import churn_after_increase as churn_after_increase
    from diligence.metrics.price_events import increase_realisation as increase_realisation
    from diligence.metrics.price_events import list_price_changes as list_price_changes
    from diligence.metrics.price_events import price_increases as price_increases
    from diligence.metrics.price_events import unit_prices as unit_prices
    from diligence.metrics.price_position import below_list as below_list
    from diligence.metrics.price_position import price_by_size as price_by_size
    from diligence.metrics.price_position import rival_price_index as rival_price_index
    from diligence.metrics.price_position import static_cohort_growth as static_cohort_growth
    from diligence.metrics.price_volume import price_changes as price_changes
    from diligence.metrics.price_volume import price_volume as price_volume
    from diligence.metrics.price_volume import price_volume_mix as price_volume_mix
    from diligence.metrics.pull import pull_share as pull_share
    from diligence.metrics.pull import referral_share as referral_share
    from diligence.metrics.purchase_criteria import criteria_scores as criteria_scores
    from diligence.metrics.purchase_criteria import weighted_gap as weighted_gap
    from diligence.metrics.receivables import ageing as ageing
    from diligence.metrics.receivables import days_sales_outstanding as days_sales_outstanding
    from diligence.metrics.receivables import overdue_share as overdue_share
    from diligence.metrics.receivables import payment_days as payment_days
    from diligence.metrics.recency_frequency import recency_frequency as recency_frequency
    from diligence.metrics.recent_quality import early_renewals as early_renewals
    from diligence.metrics.recent_quality import recent_discount as recent_discount
    from diligence.metrics.recent_quality import run_rate_quality as run_rate_quality
    from diligence.metrics.recent_quality import trend_deviation as trend_deviation
    from diligence.metrics.renewal_losses import renewal_loss as renewal_loss
    from diligence.metrics.renewal_losses import renewal_outcomes as renewal_outcomes
    from diligence.metrics.renewal_rates import renewal_rates as renewal_rates
    from diligence.metrics.renewal_rates import renewals_due as renewals_due
    from diligence.metrics.renewal_rates import subscription_cohort as subscription_cohort
    from diligence.metrics.renewals import renewal_wall as renewal_wall
    from diligence.metrics.retention import bridged_retention as bridged_retention
    from diligence.metrics.retention import constant_currency_cohort as constant_currency_cohort
    from diligence.metrics.retention import gross_revenue_retention as gross_revenue_retention
    from diligence.metrics.retention import joiners_losses as joiners_losses
    from diligence.metrics.retention import logo_retention as logo_retention
    from diligence.metrics.retention import net_revenue_retention as net_revenue_retention
    from diligence.metrics.retention import reading_steps as reading_steps
    from diligence.metrics.saturation import geometric_adstock as geometric_adstock
    from diligence.metrics.saturation import hill as hill
    from diligence.metrics.saturation import michaelis_menten as michaelis_menten
    from diligence.metrics.saturation import normalised_adstock as normalised_adstock
    from diligence.metrics.saturation import spend_cap as spend_cap
    from diligence.metrics.segment_advantage import advantage as advantage
    from diligence.metrics.segment_advantage import segment_contribution as segment_contribution
    from diligence.metrics.segment_advantage import win_rates as win_rates
    from diligence.metrics.self_financing import cash_cycle_growth as cash_cycle_growth
    from diligence.metrics.self_financing import self_financed_growth as self_financed_growth
    from diligence.metrics.self_financing import sustainable_growth as sustainable_growth
    from diligence.metrics.service import resolution_times as resolution_times
    from diligence.metrics.service import seat_utilisation as seat_utilisation
    from diligence.metrics.service import ticket_load as ticket_load
    from diligence.metrics.service import usage_decline as usage_decline
    from diligence.metrics.shapley import shapley as shapley
    from diligence.metrics.shapley import shapley_attribution as shapley_attribution
    from diligence.metrics.share_of_voice import excess_share_of_voice as excess_share_of_voice
    from diligence.metrics.share_of_voice import share_of_voice as share_of_voice
    from diligence.metrics.share_of_voice import stated_share_of_market as stated_share_of_market
    from diligence.metrics.slippage import close_date_pushes as close_date_pushes
    from diligence.metrics.slippage import on_time_renewals as on_time_renewals
    from diligence.metrics.slippage import slipped_share as slipped_share
    from diligence.metrics.stack import tool_overlap as tool_overlap
    from diligence.metrics.stages import compounding as compounding
    from diligence.metrics.stages import stage_ageing as stage_ageing
    from diligence.metrics.stages import stage_conversion as stage_conversion
    from diligence.metrics.stages import stage_discipline as stage_discipline
    from diligence.metrics.stages import stage_order as stage_order
    from diligence.metrics.stages import stage_visits as stage_visits
    from diligence.metrics.territories import imbalance_loss as imbalance_loss
    from diligence.metrics.territories import territory_results as territory_results
    from diligence.metrics.time_to_value import time_to_value_spans as time_to_value_spans
    from diligence.metrics.upsell_split import upsell_split as upsell_split
    from diligence.metrics.upsell_split import volume_retention as volume_retention
    from diligence.metrics.wallet import wallet_share as wallet_share
    from diligence.metrics.wallet import wallets as wallets
    from diligence.metrics.win_rate import win_rate as win_rate
    from diligence.metrics.win_rate import win_rate_cohorts as win_rate_cohorts
    from diligence.models.attribution_certainty import attribution_certainty as attribution_certainty
    from diligence.models.attribution_certainty import attribution_intervals as attribution_intervals
    from diligence.models.attribution_certainty import attribution_table as attribution_table
    from diligence.models.bg_nbd import bg_nbd as bg_nbd
    from diligence.models.bg_nbd import future_purchases as future_purchases
    from diligence.models.breaks import breaks_at_changes as breaks_at_changes
    from diligence.models.breaks import level_breaks as level_breaks
    from diligence.models.breaks import single_break as single_break
    from diligence.models.choice import conditional_logit as conditional_logit
    from diligence.models.choice import long_choices as long_choices
    from diligence.models.choice_use import choice_shares as choice_shares
    from diligence.models.choice_use import logit_optimal_price as logit_optimal_price
    from diligence.models.choice_use import willingness_to_pay as willingness_to_pay
    from diligence.models.closing import closing_incidence as closing_incidence
    from diligence.models.closing import cycle as cycle
    from diligence.models.competing_risks import cumulative_incidence as cumulative_incidence
    from diligence.models.criteria_gap import criteria_gaps as criteria_gaps
    from diligence.models.diffusion import bass_peak as bass_peak
    from diligence.models.diffusion import bass_steady_share as bass_steady_share
    from diligence.models.diffusion import curve_choice as curve_choice
    from diligence.models.discount_gap import discount_gap as discount_gap
    from diligence.models.discount_structure import churn_difference as churn_difference
    from diligence.models.discount_structure import discount_structure as discount_structure
    from diligence.models.discount_structure import dispersion_interval as dispersion_interval
    from diligence.models.elasticity import instrumented_elasticity as instrumented_elasticity
    from diligence.models.elasticity import list_change_response as list_change_response
    from diligence.models.elasticity import price_elasticity as price_elasticity
    from diligence.models.esov import required_share_of_voice as required_share_of_voice
    from diligence.models.esov import share_half_life as share_half_life
    from diligence.models.esov import share_path as share_path
    from diligence.models.expansion import expansion_headroom as expansion_headroom
    from diligence.models.gabor_granger import demand_curve as demand_curve
    from diligence.models.gabor_granger import revenue_price as revenue_price
    from diligence.models.gamma_gamma import expected_spend as expected_spend
    from diligence.models.gamma_gamma import gamma_gamma as gamma_gamma
    from diligence.models.growth_curves import bass_diffusion as bass_diffusion
    from diligence.models.growth_curves import gompertz_growth as gompertz_growth
    from diligence.models.growth_curves import logistic_growth as logistic_growth
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import ratio_intervals as ratio_intervals
    from diligence.models.intervals import wilson as wilson
    from diligence.models.lead_score_lift import lead_score_lift as lead_score_lift
    from diligence.models.loss_at_risk import loss_at_risk as loss_at_risk
    from diligence.models.markov_attribution import markov_attribution as markov_attribution
    from diligence.models.markov_attribution import removal_effects as removal_effects
    from diligence.models.matched_odds import matched_odds as matched_odds
    from diligence.models.nps_interval import nps_interval as nps_interval
    from diligence.models.pareto_nbd import active_pareto as active_pareto
    from diligence.models.pareto_nbd import pareto_nbd as pareto_nbd
    from diligence.models.price_sensitivity import best_prices as best_prices
    from diligence.models.price_sensitivity import newton_miller_smith as newton_miller_smith
    from diligence.models.price_sensitivity import price_sensitivity as price_sensitivity
    from diligence.models.price_sensitivity import price_sensitivity_curves as price_sensitivity_curves
    from diligence.models.proportional_hazards import proportional_hazards as proportional_hazards
    from diligence.models.ramp_time import ramp_table as ramp_table
    from diligence.models.ramp_time import ramp_time as ramp_time
    from diligence.models.referral import referral_reproduction as referral_reproduction
    from diligence.models.rep_variance import rep_funnel as rep_funnel
    from diligence.models.rep_variance import rep_variance as rep_variance
    from diligence.models.response import fit_response as fit_response
    from diligence.models.response import variance_inflation as variance_inflation
    from diligence.models.response_certainty import response_intervals as response_intervals
    from diligence.models.retention_curve import alike as alike
    from diligence.models.retention_curve import beta_discrete_weibull as beta_discrete_weibull
    from diligence.models.retention_curve import curve_interval as curve_interval
    from diligence.models.retention_curve import pooling as pooling
    from diligence.models.retention_curve import residual_value as residual_value
    from diligence.models.retention_curve import shifted_beta_geometric as shifted_beta_geometric
    from diligence.models.saturation import hazard_change as hazard_change
    from diligence.models.saturation import relative_trend as relative_trend
    from diligence.models.seasonality import seasonality as seasonality
    from diligence.models.share_intervals import ratio_by_group as ratio_by_group
    from diligence.models.share_intervals import with_wilson as with_wilson
    from diligence.models.shrinkage import beta_binomial_prior as beta_binomial_prior
    from diligence.models.shrinkage import shrunken_rates as shrunken_rates
    from diligence.models.survival import kaplan_meier as kaplan_meier
    from diligence.models.survival import log_rank as log_rank
    from diligence.models.survival import median_life as median_life
    from diligence.models.survival import restricted_life as restricted_life
    from diligence.models.survival import survival_at as survival_at
    from diligence.models.value_interval import lifetime_value_interval as lifetime_value_interval
    from diligence.models.waiting_time import happened_by as happened_by
    from diligence.models.waiting_time import waiting_curve as waiting_curve
    from diligence.models.waiting_time import waiting_quantile as waiting_quantile
    from diligence.reports.exhibit import Exhibit as Exhibit
    from diligence.reports.exhibit import exhibit as exhibit
    from diligence.reports.exhibits import show as show
    from diligence.reports.narrative import headlines as headlines
    from diligence.runner.session import check_parameters as check_parameters

__version__ = "0.1.0"

_HOMES = {
    "charts.bridge": ("waterfall",),
    "charts.cohorts": ("heat_map",),
    "charts.retention": ("trend",),
    "charts.seasonality": ("factors",),
    "dataroom.drops.compare": ("compare_drops",),
    "dataroom.mapping.propose": ("propose_mapping",),
    "dataroom.room": (
        "Room",
        "open_room",
    ),
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
    "metrics.acquisition_cost": (
        "acquisition_cost",
        "costs_by_loading",
        "incremental_cost",
        "magic_number",
        "payback_months",
    ),
    "metrics.arr": (
        "annual_recurring_revenue",
        "arr_bridge",
    ),
    "metrics.attach": (
        "attach_rates",
        "products_held",
        "products_per_customer",
        "second_product_spans",
    ),
    "metrics.attainment": (
        "attainment_spread",
        "quota_attainment",
        "selling_capacity",
    ),
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
    "metrics.bridge": (
        "bridge",
        "movements",
        "movements_between",
    ),
    "metrics.cash": (
        "cash_bridge",
        "cash_conversion",
        "rule_of_40",
        "working_capital_intensity",
    ),
    "metrics.channel_mix": ("channel_mix",),
    "metrics.claims": (
        "reconciled_claims",
        "sourcing_claims",
    ),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": (
        "customer_shares",
        "effective_number",
        "herfindahl",
        "top_share",
    ),
    "metrics.contest": (
        "deal_discounts",
        "discount_to_win",
        "price_premium",
        "tag_coverage",
        "tagged_win_rate_bounds",
    ),
    "metrics.contract_clauses": (
        "clause_exposure",
        "has_clause",
    ),
    "metrics.contract_terms": (
        "billing_mix",
        "contract_terms",
        "lost_on_terms",
        "prepay_months",
    ),
    "metrics.control": ("tabular_cusum",),
    "metrics.cuts": (
        "cut_cohorts",
        "cut_retention",
    ),
    "metrics.definition_bridge": (
        "definition_bridge",
        "level_differences",
        "retention_differences",
    ),
    "metrics.discounts": (
        "discount_by",
        "discount_dispersion",
        "pocket_waterfall",
        "price_realisation",
        "quarter_end_discount",
    ),
    "metrics.forecasts": (
        "forecast_accuracy",
        "forecast_errors",
    ),
    "metrics.funnel": (
        "deal_outcomes",
        "funnel",
        "funnel_cohorts",
        "stage_dates",
    ),
    "metrics.growth_sources": ("growth_sources",),
    "metrics.handoffs": (
        "handoff_times",
        "lead_conversion",
        "response_times",
        "utm_coverage",
    ),
    "metrics.hygiene": ("crm_hygiene",),
    "metrics.key_people": (
        "share_of_wins",
        "top_fifth_share",
        "wins_by_person",
    ),
    "metrics.lifespans": (
        "cohort_life_table",
        "life_table",
        "lifespans",
    ),
    "metrics.lifetime_value": (
        "lifetime_value",
        "loss_deviation",
        "monthly_survival",
        "naive_retention",
    ),
    "metrics.losses": ("loss_reasons",),
    "metrics.market_share": (
        "share_of_market",
        "stated_shares",
        "vendor_concentration",
    ),
    "metrics.market_size": (
        "bottom_up_market",
        "market_growth",
        "market_triangulation",
        "named_accounts",
        "top_down_market",
    ),
    "metrics.matching": (
        "standardised_rates",
        "win_rate_by_cell",
    ),
    "metrics.measure": ("recurring_revenue",),
    "metrics.new_customers": (
        "conversion_hazard",
        "new_customers",
    ),
    "metrics.nps": ("net_promoter_score",),
    "metrics.offer_mix": (
        "booking_mix",
        "launch_share",
        "margin_mix",
        "revenue_mix",
        "share_shift",
    ),
    "metrics.paths": (
        "attributed_revenue",
        "booked",
        "conversion_paths",
    ),
    "metrics.penetration": (
        "locked_share",
        "penetration",
        "white_space",
    ),
    "metrics.pipeline": (
        "pipeline_at",
        "pipeline_coverage",
        "pipeline_yield",
    ),
    "metrics.price_events": (
        "churn_after_increase",
        "increase_realisation",
        "list_price_changes",
        "price_increases",
        "unit_prices",
    ),
    "metrics.price_position": (
        "below_list",
        "price_by_size",
        "rival_price_index",
        "static_cohort_growth",
    ),
    "metrics.price_volume": ("price_changes", "price_volume", "price_volume_mix"),
    "metrics.upsell_split": ("upsell_split", "volume_retention"),
    "metrics.pull": (
        "pull_share",
        "referral_share",
    ),
    "metrics.purchase_criteria": (
        "criteria_scores",
        "weighted_gap",
    ),
    "metrics.receivables": (
        "ageing",
        "days_sales_outstanding",
        "overdue_share",
        "payment_days",
    ),
    "metrics.recency_frequency": ("recency_frequency",),
    "metrics.recent_quality": (
        "early_renewals",
        "recent_discount",
        "run_rate_quality",
        "trend_deviation",
    ),
    "metrics.renewal_losses": (
        "renewal_loss",
        "renewal_outcomes",
    ),
    "metrics.renewal_rates": (
        "renewal_rates",
        "renewals_due",
        "subscription_cohort",
    ),
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
    "metrics.saturation": (
        "geometric_adstock",
        "hill",
        "michaelis_menten",
        "normalised_adstock",
        "spend_cap",
    ),
    "metrics.segment_advantage": (
        "advantage",
        "segment_contribution",
        "win_rates",
    ),
    "metrics.self_financing": (
        "cash_cycle_growth",
        "self_financed_growth",
        "sustainable_growth",
    ),
    "metrics.service": (
        "resolution_times",
        "seat_utilisation",
        "ticket_load",
        "usage_decline",
    ),
    "metrics.shapley": (
        "shapley",
        "shapley_attribution",
    ),
    "metrics.share_of_voice": (
        "excess_share_of_voice",
        "share_of_voice",
        "stated_share_of_market",
    ),
    "metrics.slippage": (
        "close_date_pushes",
        "on_time_renewals",
        "slipped_share",
    ),
    "metrics.stack": ("tool_overlap",),
    "metrics.stages": (
        "compounding",
        "stage_ageing",
        "stage_conversion",
        "stage_discipline",
        "stage_order",
        "stage_visits",
    ),
    "metrics.territories": (
        "imbalance_loss",
        "territory_results",
    ),
    "metrics.time_to_value": ("time_to_value_spans",),
    "metrics.wallet": (
        "wallet_share",
        "wallets",
    ),
    "metrics.win_rate": (
        "win_rate",
        "win_rate_cohorts",
    ),
    "models.attribution_certainty": (
        "attribution_certainty",
        "attribution_intervals",
        "attribution_table",
    ),
    "models.bg_nbd": (
        "bg_nbd",
        "future_purchases",
    ),
    "models.breaks": (
        "breaks_at_changes",
        "level_breaks",
        "single_break",
    ),
    "models.choice": (
        "conditional_logit",
        "long_choices",
    ),
    "models.choice_use": (
        "choice_shares",
        "logit_optimal_price",
        "willingness_to_pay",
    ),
    "models.closing": (
        "closing_incidence",
        "cycle",
    ),
    "models.competing_risks": ("cumulative_incidence",),
    "models.criteria_gap": ("criteria_gaps",),
    "models.diffusion": (
        "bass_peak",
        "bass_steady_share",
        "curve_choice",
    ),
    "models.discount_gap": ("discount_gap",),
    "models.discount_structure": (
        "churn_difference",
        "discount_structure",
        "dispersion_interval",
    ),
    "models.elasticity": (
        "instrumented_elasticity",
        "list_change_response",
        "price_elasticity",
    ),
    "models.esov": (
        "required_share_of_voice",
        "share_half_life",
        "share_path",
    ),
    "models.expansion": ("expansion_headroom",),
    "models.gabor_granger": (
        "demand_curve",
        "revenue_price",
    ),
    "models.gamma_gamma": (
        "expected_spend",
        "gamma_gamma",
    ),
    "models.growth_curves": (
        "bass_diffusion",
        "gompertz_growth",
        "logistic_growth",
    ),
    "models.intervals": (
        "ratio_interval",
        "ratio_intervals",
        "wilson",
    ),
    "models.lead_score_lift": ("lead_score_lift",),
    "models.loss_at_risk": ("loss_at_risk",),
    "models.markov_attribution": (
        "markov_attribution",
        "removal_effects",
    ),
    "models.matched_odds": ("matched_odds",),
    "models.nps_interval": ("nps_interval",),
    "models.pareto_nbd": (
        "active_pareto",
        "pareto_nbd",
    ),
    "models.price_sensitivity": (
        "best_prices",
        "newton_miller_smith",
        "price_sensitivity",
        "price_sensitivity_curves",
    ),
    "models.proportional_hazards": ("proportional_hazards",),
    "models.ramp_time": (
        "ramp_table",
        "ramp_time",
    ),
    "models.referral": ("referral_reproduction",),
    "models.rep_variance": (
        "rep_funnel",
        "rep_variance",
    ),
    "models.response": (
        "fit_response",
        "variance_inflation",
    ),
    "models.response_certainty": ("response_intervals",),
    "models.retention_curve": (
        "alike",
        "beta_discrete_weibull",
        "curve_interval",
        "pooling",
        "residual_value",
        "shifted_beta_geometric",
    ),
    "models.saturation": (
        "hazard_change",
        "relative_trend",
    ),
    "models.seasonality": ("seasonality",),
    "models.share_intervals": (
        "ratio_by_group",
        "with_wilson",
    ),
    "models.shrinkage": (
        "beta_binomial_prior",
        "shrunken_rates",
    ),
    "models.survival": (
        "kaplan_meier",
        "log_rank",
        "median_life",
        "restricted_life",
        "survival_at",
    ),
    "models.value_interval": ("lifetime_value_interval",),
    "models.waiting_time": (
        "happened_by",
        "waiting_curve",
        "waiting_quantile",
    ),
    "reports.exhibit": (
        "Exhibit",
        "exhibit",
    ),
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
