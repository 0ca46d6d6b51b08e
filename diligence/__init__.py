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
    from diligence.facts.catalogue import catalogue as catalogue
    from diligence.facts.data_room import data_room as data_room
    from diligence.facts.drop_effects import drop_effects as drop_effects
    from diligence.facts.market import market as market
    from diligence.facts.offer import offer as offer
    from diligence.facts.record import record as record
    from diligence.facts.revenue_quality import revenue_quality as revenue_quality
    from diligence.facts.sheet import fact as fact
    from diligence.facts.trace import trace as trace
    from diligence.judgement.rules import evaluate as evaluate
    from diligence.metrics.attach import attach_rates as attach_rates
    from diligence.metrics.attach import products_held as products_held
    from diligence.metrics.attach import products_per_customer as products_per_customer
    from diligence.metrics.attach import second_product_spans as second_product_spans
    from diligence.metrics.bridge import bridge as bridge
    from diligence.metrics.bridge import movements as movements
    from diligence.metrics.bridge import movements_between as movements_between
    from diligence.metrics.cohorts import cohorts as cohorts
    from diligence.metrics.concentration import customer_shares as customer_shares
    from diligence.metrics.concentration import effective_number as effective_number
    from diligence.metrics.concentration import herfindahl as herfindahl
    from diligence.metrics.concentration import top_share as top_share
    from diligence.metrics.growth_sources import growth_sources as growth_sources
    from diligence.metrics.losses import loss_reasons as loss_reasons
    from diligence.metrics.market_share import share_of_market as share_of_market
    from diligence.metrics.market_share import stated_shares as stated_shares
    from diligence.metrics.market_share import vendor_concentration as vendor_concentration
    from diligence.metrics.market_size import bottom_up_market as bottom_up_market
    from diligence.metrics.market_size import market_growth as market_growth
    from diligence.metrics.market_size import market_triangulation as market_triangulation
    from diligence.metrics.market_size import named_accounts as named_accounts
    from diligence.metrics.market_size import top_down_market as top_down_market
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.new_customers import conversion_hazard as conversion_hazard
    from diligence.metrics.new_customers import new_customers as new_customers
    from diligence.metrics.offer_mix import booking_mix as booking_mix
    from diligence.metrics.offer_mix import launch_share as launch_share
    from diligence.metrics.offer_mix import margin_mix as margin_mix
    from diligence.metrics.offer_mix import revenue_mix as revenue_mix
    from diligence.metrics.offer_mix import share_shift as share_shift
    from diligence.metrics.penetration import locked_share as locked_share
    from diligence.metrics.penetration import penetration as penetration
    from diligence.metrics.penetration import white_space as white_space
    from diligence.metrics.purchase_criteria import criteria_scores as criteria_scores
    from diligence.metrics.purchase_criteria import weighted_gap as weighted_gap
    from diligence.metrics.renewals import renewal_wall as renewal_wall
    from diligence.metrics.retention import gross_revenue_retention as gross_revenue_retention
    from diligence.metrics.retention import logo_retention as logo_retention
    from diligence.metrics.retention import net_revenue_retention as net_revenue_retention
    from diligence.metrics.segment_advantage import advantage as advantage
    from diligence.metrics.segment_advantage import segment_contribution as segment_contribution
    from diligence.metrics.segment_advantage import win_rates as win_rates
    from diligence.metrics.time_to_value import time_to_value_spans as time_to_value_spans
    from diligence.metrics.wallet import wallet_share as wallet_share
    from diligence.metrics.wallet import wallets as wallets
    from diligence.models.criteria_gap import criteria_gaps as criteria_gaps
    from diligence.models.diffusion import bass_peak as bass_peak
    from diligence.models.diffusion import bass_steady_share as bass_steady_share
    from diligence.models.diffusion import curve_choice as curve_choice
    from diligence.models.expansion import expansion_headroom as expansion_headroom
    from diligence.models.growth_curves import bass_diffusion as bass_diffusion
    from diligence.models.growth_curves import gompertz_growth as gompertz_growth
    from diligence.models.growth_curves import logistic_growth as logistic_growth
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import wilson as wilson
    from diligence.models.saturation import hazard_change as hazard_change
    from diligence.models.saturation import relative_trend as relative_trend
    from diligence.models.seasonality import seasonality as seasonality
    from diligence.models.share_intervals import ratio_by_group as ratio_by_group
    from diligence.models.share_intervals import with_wilson as with_wilson
    from diligence.models.shrinkage import beta_binomial_prior as beta_binomial_prior
    from diligence.models.shrinkage import shrunken_rates as shrunken_rates
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
    "dataroom.drops.compare": ("compare_drops",),
    "dataroom.mapping.propose": ("propose_mapping",),
    "dataroom.room": ("Room", "open_room"),
    "deal": ("load_deal",),
    "errors": ("InputError",),
    "facts.catalogue": ("catalogue",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.market": ("market",),
    "facts.offer": ("offer",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.attach": ("attach_rates", "products_held", "products_per_customer", "second_product_spans"),
    "metrics.bridge": ("bridge", "movements", "movements_between"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.growth_sources": ("growth_sources",),
    "metrics.losses": ("loss_reasons",),
    "metrics.market_share": ("share_of_market", "stated_shares", "vendor_concentration"),
    "metrics.market_size": ("bottom_up_market", "market_growth", "market_triangulation", "named_accounts", "top_down_market"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.new_customers": ("conversion_hazard", "new_customers"),
    "metrics.offer_mix": ("booking_mix", "launch_share", "margin_mix", "revenue_mix", "share_shift"),
    "metrics.penetration": ("locked_share", "penetration", "white_space"),
    "metrics.purchase_criteria": ("criteria_scores", "weighted_gap"),
    "metrics.renewals": ("renewal_wall",),
    "metrics.retention": ("gross_revenue_retention", "logo_retention", "net_revenue_retention"),
    "metrics.segment_advantage": ("advantage", "segment_contribution", "win_rates"),
    "metrics.time_to_value": ("time_to_value_spans",),
    "metrics.wallet": ("wallet_share", "wallets"),
    "models.criteria_gap": ("criteria_gaps",),
    "models.diffusion": ("bass_peak", "bass_steady_share", "curve_choice"),
    "models.expansion": ("expansion_headroom",),
    "models.growth_curves": ("bass_diffusion", "gompertz_growth", "logistic_growth"),
    "models.intervals": ("ratio_interval", "wilson"),
    "models.saturation": ("hazard_change", "relative_trend"),
    "models.seasonality": ("seasonality",),
    "models.share_intervals": ("ratio_by_group", "with_wilson"),
    "models.shrinkage": ("beta_binomial_prior", "shrunken_rates"),
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
