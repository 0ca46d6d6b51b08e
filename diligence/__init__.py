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
    from diligence.facts.commercial_model import commercial_model as commercial_model
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
    from diligence.metrics.cash import cash_bridge as cash_bridge
    from diligence.metrics.cash import cash_conversion as cash_conversion
    from diligence.metrics.cash import rule_of_40 as rule_of_40
    from diligence.metrics.cash import working_capital_intensity as working_capital_intensity
    from diligence.metrics.cohorts import cohorts as cohorts
    from diligence.metrics.concentration import customer_shares as customer_shares
    from diligence.metrics.concentration import effective_number as effective_number
    from diligence.metrics.concentration import herfindahl as herfindahl
    from diligence.metrics.concentration import top_share as top_share
    from diligence.metrics.contract_terms import billing_mix as billing_mix
    from diligence.metrics.contract_terms import contract_terms as contract_terms
    from diligence.metrics.contract_terms import lost_on_terms as lost_on_terms
    from diligence.metrics.contract_terms import prepay_months as prepay_months
    from diligence.metrics.discounts import discount_by as discount_by
    from diligence.metrics.discounts import discount_dispersion as discount_dispersion
    from diligence.metrics.discounts import pocket_waterfall as pocket_waterfall
    from diligence.metrics.discounts import price_realisation as price_realisation
    from diligence.metrics.discounts import quarter_end_discount as quarter_end_discount
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.price_events import churn_after_increase as churn_after_increase
    from diligence.metrics.price_events import increase_realisation as increase_realisation
    from diligence.metrics.price_events import list_price_changes as list_price_changes
    from diligence.metrics.price_events import price_increases as price_increases
    from diligence.metrics.price_events import unit_prices as unit_prices
    from diligence.metrics.price_position import below_list as below_list
    from diligence.metrics.price_position import price_by_size as price_by_size
    from diligence.metrics.price_position import price_premium as price_premium
    from diligence.metrics.price_position import rival_price_index as rival_price_index
    from diligence.metrics.price_position import static_cohort_growth as static_cohort_growth
    from diligence.metrics.price_volume import price_changes as price_changes
    from diligence.metrics.price_volume import price_volume as price_volume
    from diligence.metrics.price_volume import price_volume_mix as price_volume_mix
    from diligence.metrics.receivables import ageing as ageing
    from diligence.metrics.receivables import days_sales_outstanding as days_sales_outstanding
    from diligence.metrics.receivables import overdue_share as overdue_share
    from diligence.metrics.receivables import payment_days as payment_days
    from diligence.metrics.renewals import renewal_wall as renewal_wall
    from diligence.metrics.retention import gross_revenue_retention as gross_revenue_retention
    from diligence.metrics.retention import logo_retention as logo_retention
    from diligence.metrics.retention import net_revenue_retention as net_revenue_retention
    from diligence.metrics.self_financing import cash_cycle_growth as cash_cycle_growth
    from diligence.metrics.self_financing import self_financed_growth as self_financed_growth
    from diligence.metrics.self_financing import sustainable_growth as sustainable_growth
    from diligence.models.choice import conditional_logit as conditional_logit
    from diligence.models.choice import long_choices as long_choices
    from diligence.models.choice_use import choice_shares as choice_shares
    from diligence.models.choice_use import logit_optimal_price as logit_optimal_price
    from diligence.models.choice_use import willingness_to_pay as willingness_to_pay
    from diligence.models.discount_structure import churn_difference as churn_difference
    from diligence.models.discount_structure import discount_structure as discount_structure
    from diligence.models.discount_structure import dispersion_interval as dispersion_interval
    from diligence.models.elasticity import instrumented_elasticity as instrumented_elasticity
    from diligence.models.elasticity import list_change_response as list_change_response
    from diligence.models.elasticity import price_elasticity as price_elasticity
    from diligence.models.gabor_granger import demand_curve as demand_curve
    from diligence.models.gabor_granger import revenue_price as revenue_price
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import wilson as wilson
    from diligence.models.price_sensitivity import best_prices as best_prices
    from diligence.models.price_sensitivity import newton_miller_smith as newton_miller_smith
    from diligence.models.price_sensitivity import price_sensitivity as price_sensitivity
    from diligence.models.price_sensitivity import price_sensitivity_curves as price_sensitivity_curves
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
    "facts.catalogue": ("catalogue",),
    "facts.commercial_model": ("commercial_model",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.bridge": ("bridge", "movements", "movements_between"),
    "metrics.cash": ("cash_bridge", "cash_conversion", "rule_of_40", "working_capital_intensity"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.contract_terms": ("billing_mix", "contract_terms", "lost_on_terms", "prepay_months"),
    "metrics.discounts": ("discount_by", "discount_dispersion", "pocket_waterfall", "price_realisation", "quarter_end_discount"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.price_events": ("churn_after_increase", "increase_realisation", "list_price_changes", "price_increases", "unit_prices"),
    "metrics.price_position": ("below_list", "price_by_size", "price_premium", "rival_price_index", "static_cohort_growth"),
    "metrics.price_volume": ("price_changes", "price_volume", "price_volume_mix"),
    "metrics.receivables": ("ageing", "days_sales_outstanding", "overdue_share", "payment_days"),
    "metrics.renewals": ("renewal_wall",),
    "metrics.retention": ("gross_revenue_retention", "logo_retention", "net_revenue_retention"),
    "metrics.self_financing": ("cash_cycle_growth", "self_financed_growth", "sustainable_growth"),
    "models.choice": ("conditional_logit", "long_choices"),
    "models.choice_use": ("choice_shares", "logit_optimal_price", "willingness_to_pay"),
    "models.discount_structure": ("churn_difference", "discount_structure", "dispersion_interval"),
    "models.elasticity": ("instrumented_elasticity", "list_change_response", "price_elasticity"),
    "models.gabor_granger": ("demand_curve", "revenue_price"),
    "models.intervals": ("ratio_interval", "wilson"),
    "models.price_sensitivity": ("best_prices", "newton_miller_smith", "price_sensitivity", "price_sensitivity_curves"),
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
