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
    from diligence.dataroom.drops.compare import compare_drops as compare_drops
    from diligence.dataroom.mapping.propose import propose_mapping as propose_mapping
    from diligence.dataroom.room import Room as Room
    from diligence.dataroom.room import open_room as open_room
    from diligence.deal import load_deal as load_deal
    from diligence.errors import InputError as InputError
    from diligence.facts.authority import authority as authority
    from diligence.facts.catalogue import catalogue as catalogue
    from diligence.facts.data_room import data_room as data_room
    from diligence.facts.drop_effects import drop_effects as drop_effects
    from diligence.facts.operations import operations as operations
    from diligence.facts.record import record as record
    from diligence.facts.revenue_quality import revenue_quality as revenue_quality
    from diligence.facts.sheet import fact as fact
    from diligence.facts.trace import trace as trace
    from diligence.judgement.rules import evaluate as evaluate
    from diligence.metrics.attainment import attainment_spread as attainment_spread
    from diligence.metrics.attainment import quota_attainment as quota_attainment
    from diligence.metrics.attainment import selling_capacity as selling_capacity
    from diligence.metrics.bridge import bridge as bridge
    from diligence.metrics.bridge import movements as movements
    from diligence.metrics.bridge import movements_between as movements_between
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
    from diligence.metrics.control import tabular_cusum as tabular_cusum
    from diligence.metrics.forecasts import forecast_accuracy as forecast_accuracy
    from diligence.metrics.forecasts import forecast_errors as forecast_errors
    from diligence.metrics.handoffs import handoff_times as handoff_times
    from diligence.metrics.handoffs import lead_conversion as lead_conversion
    from diligence.metrics.handoffs import response_times as response_times
    from diligence.metrics.handoffs import utm_coverage as utm_coverage
    from diligence.metrics.hygiene import crm_hygiene as crm_hygiene
    from diligence.metrics.key_people import share_of_wins as share_of_wins
    from diligence.metrics.key_people import top_fifth_share as top_fifth_share
    from diligence.metrics.key_people import wins_by_person as wins_by_person
    from diligence.metrics.losses import loss_reasons as loss_reasons
    from diligence.metrics.matching import standardised_rates as standardised_rates
    from diligence.metrics.matching import win_rate_by_cell as win_rate_by_cell
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.nps import net_promoter_score as net_promoter_score
    from diligence.metrics.pipeline import pipeline_at as pipeline_at
    from diligence.metrics.pipeline import pipeline_coverage as pipeline_coverage
    from diligence.metrics.pipeline import pipeline_yield as pipeline_yield
    from diligence.metrics.pull import pull_share as pull_share
    from diligence.metrics.pull import referral_share as referral_share
    from diligence.metrics.renewals import renewal_wall as renewal_wall
    from diligence.metrics.retention import gross_revenue_retention as gross_revenue_retention
    from diligence.metrics.retention import logo_retention as logo_retention
    from diligence.metrics.retention import net_revenue_retention as net_revenue_retention
    from diligence.metrics.service import resolution_times as resolution_times
    from diligence.metrics.service import seat_utilisation as seat_utilisation
    from diligence.metrics.service import ticket_load as ticket_load
    from diligence.metrics.service import usage_decline as usage_decline
    from diligence.metrics.share_of_voice import excess_share_of_voice as excess_share_of_voice
    from diligence.metrics.share_of_voice import share_of_market as share_of_market
    from diligence.metrics.share_of_voice import share_of_voice as share_of_voice
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
    from diligence.metrics.win_rate import win_rate as win_rate
    from diligence.metrics.win_rate import win_rate_cohorts as win_rate_cohorts
    from diligence.models.breaks import breaks_at_changes as breaks_at_changes
    from diligence.models.breaks import level_breaks as level_breaks
    from diligence.models.breaks import single_break as single_break
    from diligence.models.discount_gap import discount_gap as discount_gap
    from diligence.models.esov import required_share_of_voice as required_share_of_voice
    from diligence.models.esov import share_half_life as share_half_life
    from diligence.models.esov import share_path as share_path
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import wilson as wilson
    from diligence.models.lead_score_lift import lead_score_lift as lead_score_lift
    from diligence.models.matched_odds import matched_odds as matched_odds
    from diligence.models.nps_interval import nps_interval as nps_interval
    from diligence.models.ramp_time import ramp_table as ramp_table
    from diligence.models.ramp_time import ramp_time as ramp_time
    from diligence.models.rep_variance import rep_funnel as rep_funnel
    from diligence.models.rep_variance import rep_variance as rep_variance
    from diligence.models.seasonality import seasonality as seasonality
    from diligence.models.share_intervals import with_wilson as with_wilson
    from diligence.reports.exhibit import Exhibit as Exhibit
    from diligence.reports.exhibit import exhibit as exhibit
    from diligence.reports.exhibits import show as show
    from diligence.reports.narrative import headlines as headlines
    from diligence.runner.session import check_parameters as check_parameters

__version__ = "0.1.0"

_HOMES = {
    "dataroom.drops.compare": ("compare_drops",),
    "dataroom.mapping.propose": ("propose_mapping",),
    "dataroom.room": ("Room", "open_room"),
    "deal": ("load_deal",),
    "errors": ("InputError",),
    "facts.authority": ("authority",),
    "facts.catalogue": ("catalogue",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.operations": ("operations",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.attainment": ("attainment_spread", "quota_attainment", "selling_capacity"),
    "metrics.bridge": ("bridge", "movements", "movements_between"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.contest": ("deal_discounts", "discount_to_win", "price_premium", "tag_coverage", "tagged_win_rate_bounds"),
    "metrics.control": ("tabular_cusum",),
    "metrics.forecasts": ("forecast_accuracy", "forecast_errors"),
    "metrics.handoffs": ("handoff_times", "lead_conversion", "response_times", "utm_coverage"),
    "metrics.hygiene": ("crm_hygiene",),
    "metrics.key_people": ("share_of_wins", "top_fifth_share", "wins_by_person"),
    "metrics.losses": ("loss_reasons",),
    "metrics.matching": ("standardised_rates", "win_rate_by_cell"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.nps": ("net_promoter_score",),
    "metrics.pipeline": ("pipeline_at", "pipeline_coverage", "pipeline_yield"),
    "metrics.pull": ("pull_share", "referral_share"),
    "metrics.renewals": ("renewal_wall",),
    "metrics.retention": ("gross_revenue_retention", "logo_retention", "net_revenue_retention"),
    "metrics.service": ("resolution_times", "seat_utilisation", "ticket_load", "usage_decline"),
    "metrics.share_of_voice": ("excess_share_of_voice", "share_of_market", "share_of_voice"),
    "metrics.slippage": ("close_date_pushes", "on_time_renewals", "slipped_share"),
    "metrics.stack": ("tool_overlap",),
    "metrics.stages": ("compounding", "stage_ageing", "stage_conversion", "stage_discipline", "stage_order", "stage_visits"),
    "metrics.territories": ("imbalance_loss", "territory_results"),
    "metrics.win_rate": ("win_rate", "win_rate_cohorts"),
    "models.breaks": ("breaks_at_changes", "level_breaks", "single_break"),
    "models.discount_gap": ("discount_gap",),
    "models.esov": ("required_share_of_voice", "share_half_life", "share_path"),
    "models.intervals": ("ratio_interval", "wilson"),
    "models.lead_score_lift": ("lead_score_lift",),
    "models.matched_odds": ("matched_odds",),
    "models.nps_interval": ("nps_interval",),
    "models.ramp_time": ("ramp_table", "ramp_time"),
    "models.rep_variance": ("rep_funnel", "rep_variance"),
    "models.seasonality": ("seasonality",),
    "models.share_intervals": ("with_wilson",),
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
