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
    from diligence.facts.catalogue import catalogue as catalogue
    from diligence.facts.data_room import data_room as data_room
    from diligence.facts.drop_effects import drop_effects as drop_effects
    from diligence.facts.record import record as record
    from diligence.facts.revenue_quality import revenue_quality as revenue_quality
    from diligence.facts.sheet import fact as fact
    from diligence.facts.trace import trace as trace
    from diligence.judgement.rules import evaluate as evaluate
    from diligence.metrics.arr import annual_recurring_revenue as annual_recurring_revenue
    from diligence.metrics.arr import arr_bridge as arr_bridge
    from diligence.metrics.bridge import bridge as bridge
    from diligence.metrics.bridge import movements as movements
    from diligence.metrics.bridge import movements_between as movements_between
    from diligence.metrics.cohorts import cohorts as cohorts
    from diligence.metrics.concentration import customer_shares as customer_shares
    from diligence.metrics.concentration import effective_number as effective_number
    from diligence.metrics.concentration import herfindahl as herfindahl
    from diligence.metrics.concentration import top_share as top_share
    from diligence.metrics.cuts import cut_cohorts as cut_cohorts
    from diligence.metrics.cuts import cut_retention as cut_retention
    from diligence.metrics.definition_bridge import definition_bridge as definition_bridge
    from diligence.metrics.definition_bridge import level_differences as level_differences
    from diligence.metrics.definition_bridge import retention_differences as retention_differences
    from diligence.metrics.measure import recurring_revenue as recurring_revenue
    from diligence.metrics.price_volume import price_volume as price_volume
    from diligence.metrics.price_volume import volume_retention as volume_retention
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
    from diligence.models.intervals import ratio_interval as ratio_interval
    from diligence.models.intervals import ratio_intervals as ratio_intervals
    from diligence.models.intervals import wilson as wilson
    from diligence.models.seasonality import seasonality as seasonality
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
    "dataroom.room": ("Room", "open_room"),
    "deal": ("load_deal",),
    "errors": ("InputError",),
    "facts.catalogue": ("catalogue",),
    "facts.data_room": ("data_room",),
    "facts.drop_effects": ("drop_effects",),
    "facts.record": ("record",),
    "facts.revenue_quality": ("revenue_quality",),
    "facts.sheet": ("fact",),
    "facts.trace": ("trace",),
    "judgement.rules": ("evaluate",),
    "metrics.arr": ("annual_recurring_revenue", "arr_bridge"),
    "metrics.bridge": ("bridge", "movements", "movements_between"),
    "metrics.cohorts": ("cohorts",),
    "metrics.concentration": ("customer_shares", "effective_number", "herfindahl", "top_share"),
    "metrics.cuts": ("cut_cohorts", "cut_retention"),
    "metrics.definition_bridge": ("definition_bridge", "level_differences", "retention_differences"),
    "metrics.measure": ("recurring_revenue",),
    "metrics.price_volume": ("price_volume", "volume_retention"),
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
    "models.intervals": ("ratio_interval", "ratio_intervals", "wilson"),
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
