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
    from diligence.facts.acquisition import acquisition as acquisition
    from diligence.facts.catalogue import catalogue as catalogue
    from diligence.facts.data_room import data_room as data_room
    from diligence.facts.drop_effects import drop_effects as drop_effects
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
    from diligence.metrics.channel_mix import channel_mix as channel_mix
    from diligence.metrics.claims import reconciled_claims as reconciled_claims
    from diligence.metrics.claims import sourcing_claims as sourcing_claims
    from diligence.metrics.cohorts import cohorts as cohorts
    from diligence.metrics.concentration import customer_shares as customer_shares
    from diligence.metrics.concentration import effective_number as effective_number
    from diligence.metrics.concentration import herfindahl as herfindahl
    from diligence.metrics.concentration import top_share as top_share
    from diligence.metrics.funnel import deal_outcomes as deal_outcomes
    from diligence.metrics.funnel import funnel as funnel
    from diligence.metrics.funnel import funnel_cohorts as funnel_cohorts
    from diligence.metrics.funnel import stage_dates as stage_dates
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.paths import attributed_revenue as attributed_revenue
    from diligence.metrics.paths import booked as booked
    from diligence.metrics.paths import conversion_paths as conversion_paths
    from diligence.metrics.renewals import renewal_wall as renewal_wall
    from diligence.metrics.retention import gross_revenue_retention as gross_revenue_retention
    from diligence.metrics.retention import logo_retention as logo_retention
    from diligence.metrics.retention import net_revenue_retention as net_revenue_retention
    from diligence.metrics.saturation import geometric_adstock as geometric_adstock
    from diligence.metrics.saturation import hill as hill
    from diligence.metrics.saturation import michaelis_menten as michaelis_menten
    from diligence.metrics.saturation import normalised_adstock as normalised_adstock
    from diligence.metrics.saturation import spend_cap as spend_cap
    from diligence.metrics.shapley import shapley as shapley
    from diligence.metrics.shapley import shapley_attribution as shapley_attribution
    from diligence.models.attribution_certainty import attribution_certainty as attribution_certainty
    from diligence.models.attribution_certainty import attribution_intervals as attribution_intervals
    from diligence.models.attribution_certainty import attribution_table as attribution_table
    from diligence.models.closing import closing_incidence as closing_incidence
    from diligence.models.closing import cycle as cycle
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import wilson as wilson
    from diligence.models.markov_attribution import markov_attribution as markov_attribution
    from diligence.models.markov_attribution import removal_effects as removal_effects
    from diligence.models.referral import referral_reproduction as referral_reproduction
    from diligence.models.response import fit_response as fit_response
    from diligence.models.response import variance_inflation as variance_inflation
    from diligence.models.response_certainty import response_intervals as response_intervals
    from diligence.models.seasonality import seasonality as seasonality
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
    "facts.acquisition": ("acquisition",),
    "facts.catalogue": ("catalogue",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.acquisition_cost": ("acquisition_cost", "costs_by_loading", "incremental_cost", "magic_number", "payback_months"),
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
    "metrics.channel_mix": ("channel_mix",),
    "metrics.claims": ("reconciled_claims", "sourcing_claims"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.funnel": ("deal_outcomes", "funnel", "funnel_cohorts", "stage_dates"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.paths": ("attributed_revenue", "booked", "conversion_paths"),
    "metrics.renewals": ("renewal_wall",),
    "metrics.retention": ("gross_revenue_retention", "logo_retention", "net_revenue_retention"),
    "metrics.saturation": ("geometric_adstock", "hill", "michaelis_menten", "normalised_adstock", "spend_cap"),
    "metrics.shapley": ("shapley", "shapley_attribution"),
    "models.attribution_certainty": ("attribution_certainty", "attribution_intervals", "attribution_table"),
    "models.closing": ("closing_incidence", "cycle"),
    "models.intervals": ("ratio_interval", "wilson"),
    "models.markov_attribution": ("markov_attribution", "removal_effects"),
    "models.referral": ("referral_reproduction",),
    "models.response": ("fit_response", "variance_inflation"),
    "models.response_certainty": ("response_intervals",),
    "models.seasonality": ("seasonality",),
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
