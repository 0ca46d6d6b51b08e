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
    from diligence.facts.customer_lifetime import customer_lifetime as customer_lifetime
    from diligence.facts.data_room import data_room as data_room
    from diligence.facts.drop_effects import drop_effects as drop_effects
    from diligence.facts.record import record as record
    from diligence.facts.revenue_quality import revenue_quality as revenue_quality
    from diligence.facts.sheet import fact as fact
    from diligence.facts.trace import trace as trace
    from diligence.judgement.rules import evaluate as evaluate
    from diligence.metrics.bridge import bridge as bridge
    from diligence.metrics.bridge import movements as movements
    from diligence.metrics.bridge import movements_between as movements_between
    from diligence.metrics.cohorts import cohorts as cohorts
    from diligence.metrics.concentration import customer_shares as customer_shares
    from diligence.metrics.concentration import effective_number as effective_number
    from diligence.metrics.concentration import herfindahl as herfindahl
    from diligence.metrics.concentration import top_share as top_share
    from diligence.metrics.contract_clauses import clause_exposure as clause_exposure
    from diligence.metrics.contract_clauses import has_clause as has_clause
    from diligence.metrics.lifespans import cohort_life_table as cohort_life_table
    from diligence.metrics.lifespans import life_table as life_table
    from diligence.metrics.lifespans import lifespans as lifespans
    from diligence.metrics.lifetime_value import lifetime_value as lifetime_value
    from diligence.metrics.lifetime_value import loss_deviation as loss_deviation
    from diligence.metrics.lifetime_value import monthly_survival as monthly_survival
    from diligence.metrics.lifetime_value import naive_retention as naive_retention
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.recency_frequency import recency_frequency as recency_frequency
    from diligence.metrics.recent_quality import early_renewals as early_renewals
    from diligence.metrics.recent_quality import recent_discount as recent_discount
    from diligence.metrics.recent_quality import run_rate_quality as run_rate_quality
    from diligence.metrics.recent_quality import trend_deviation as trend_deviation
    from diligence.metrics.renewal_losses import renewal_loss as renewal_loss
    from diligence.metrics.renewal_losses import renewal_outcomes as renewal_outcomes
    from diligence.metrics.renewals import renewal_wall as renewal_wall
    from diligence.metrics.retention import gross_revenue_retention as gross_revenue_retention
    from diligence.metrics.retention import logo_retention as logo_retention
    from diligence.metrics.retention import net_revenue_retention as net_revenue_retention
    from diligence.models.bg_nbd import bg_nbd as bg_nbd
    from diligence.models.bg_nbd import future_purchases as future_purchases
    from diligence.models.competing_risks import cumulative_incidence as cumulative_incidence
    from diligence.models.gamma_gamma import expected_spend as expected_spend
    from diligence.models.gamma_gamma import gamma_gamma as gamma_gamma
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import wilson as wilson
    from diligence.models.loss_at_risk import loss_at_risk as loss_at_risk
    from diligence.models.pareto_nbd import active_pareto as active_pareto
    from diligence.models.pareto_nbd import pareto_nbd as pareto_nbd
    from diligence.models.proportional_hazards import proportional_hazards as proportional_hazards
    from diligence.models.retention_curve import alike as alike
    from diligence.models.retention_curve import beta_discrete_weibull as beta_discrete_weibull
    from diligence.models.retention_curve import curve_interval as curve_interval
    from diligence.models.retention_curve import pooling as pooling
    from diligence.models.retention_curve import residual_value as residual_value
    from diligence.models.retention_curve import shifted_beta_geometric as shifted_beta_geometric
    from diligence.models.seasonality import seasonality as seasonality
    from diligence.models.survival import kaplan_meier as kaplan_meier
    from diligence.models.survival import log_rank as log_rank
    from diligence.models.survival import median_life as median_life
    from diligence.models.survival import restricted_life as restricted_life
    from diligence.models.survival import survival_at as survival_at
    from diligence.models.value_interval import lifetime_value_interval as lifetime_value_interval
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
    "facts.customer_lifetime": ("customer_lifetime",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.bridge": ("bridge", "movements", "movements_between"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.contract_clauses": ("clause_exposure", "has_clause"),
    "metrics.lifespans": ("cohort_life_table", "life_table", "lifespans"),
    "metrics.lifetime_value": ("lifetime_value", "loss_deviation", "monthly_survival", "naive_retention"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.recency_frequency": ("recency_frequency",),
    "metrics.recent_quality": ("early_renewals", "recent_discount", "run_rate_quality", "trend_deviation"),
    "metrics.renewal_losses": ("renewal_loss", "renewal_outcomes"),
    "metrics.renewals": ("renewal_wall",),
    "metrics.retention": ("gross_revenue_retention", "logo_retention", "net_revenue_retention"),
    "models.bg_nbd": ("bg_nbd", "future_purchases"),
    "models.competing_risks": ("cumulative_incidence",),
    "models.gamma_gamma": ("expected_spend", "gamma_gamma"),
    "models.intervals": ("ratio_interval", "wilson"),
    "models.loss_at_risk": ("loss_at_risk",),
    "models.pareto_nbd": ("active_pareto", "pareto_nbd"),
    "models.proportional_hazards": ("proportional_hazards",),
    "models.retention_curve": ("alike", "beta_discrete_weibull", "curve_interval", "pooling", "residual_value", "shifted_beta_geometric"),
    "models.seasonality": ("seasonality",),
    "models.survival": ("kaplan_meier", "log_rank", "median_life", "restricted_life", "survival_at"),
    "models.value_interval": ("lifetime_value_interval",),
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
