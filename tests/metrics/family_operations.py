"""The public functions of operations, with example tables."""

from datetime import date

import numpy as np
import pandas as pd
from family import Call, Family, Tables

from diligence.metrics import attainment, control, forecasts, handoffs, hygiene, pipeline, service, slippage, stack, stages, territories
from diligence.models import breaks, lead_score_lift, ramp_time

AS_OF = date(2026, 6, 30)
END = pd.Timestamp(AS_OF)
STAGES = ["1 Call", "2 Offer", "3 Terms"]


def opportunities() -> pd.DataFrame:
    random = np.random.default_rng(21)
    n = 50
    created = pd.Timestamp("2024-01-05") + pd.to_timedelta(random.integers(0, 800, n), unit="D")
    status = random.choice(["won", "lost", "open"], n, p=[0.5, 0.3, 0.2])
    closed = pd.Series(created + pd.to_timedelta(random.integers(1, 100, n), unit="D")).where(status != "open")
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{place:02d}" for place in range(n)],
            "customer_id": pd.Series([f"c{place % 9}" for place in range(n)]).where(random.random(n) < 0.8),
            "created_on": created,
            "closed_on": closed,
            "status": status,
            "amount": random.integers(1000, 90000, n).astype("float64"),
            "type": random.choice(["new", "renewal"], n),
            "rep_id": random.choice(["r1", "r2", "r3"], n),
            "expected_close_on": created + pd.to_timedelta(random.integers(20, 120, n), unit="D"),
            "loss_reason": pd.Series(random.choice(["price", "no_decision"], n)).where((status == "lost") & (random.random(n) < 0.7)),
        }
    )


def history() -> pd.DataFrame:
    random = np.random.default_rng(22)
    rows = []
    for deal in opportunities().itertuples():
        day, expected = pd.Timestamp(deal.created_on), pd.Timestamp(deal.expected_close_on)
        for stage in STAGES[: int(random.integers(1, 4))]:
            rows.append((deal.opportunity_id, stage, day, float(deal.amount) * random.uniform(0.8, 1.2), expected))
            day += pd.Timedelta(days=int(random.integers(1, 30)))
            expected += pd.Timedelta(days=int(random.integers(-5, 30)))
        if deal.status != "open":
            rows.append(
                (deal.opportunity_id, f"Closed {deal.status}", max(day, pd.Timestamp(deal.closed_on)), float(deal.amount), expected)
            )
    return pd.DataFrame(rows, columns=["opportunity_id", "stage", "entered_on", "amount", "expected_close_on"])


def told() -> pd.DataFrame:
    quarters = [f"{year}Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]
    rows = [
        (pd.Period(quarter, freq="Q").start_time + pd.DateOffset(months=month), quarter, 100000.0 * (1 + month) * share, category)
        for quarter in quarters
        for month in (0, 1)
        for category, share in (("commit", 1.0), ("best_case", 1.4))
    ]
    return pd.DataFrame(rows, columns=["snapshot_on", "period", "amount", "category"])


def leads() -> pd.DataFrame:
    random = np.random.default_rng(23)
    n = 120
    came = pd.Timestamp("2025-06-01 08:00") + pd.to_timedelta(random.integers(0, 380 * 24, n), unit="h")
    mql = pd.Series(came.normalize() + pd.to_timedelta(random.integers(0, 6, n), unit="D")).where(random.random(n) < 0.6)
    return pd.DataFrame(
        {
            "lead_id": [f"l{place:03d}" for place in range(n)],
            "created_on": came,
            "mql_on": mql,
            "sql_on": (mql + pd.to_timedelta(random.integers(0, 9, n), unit="D")).where(random.random(n) < 0.5),
            "responded_at": pd.Series(came + pd.to_timedelta(random.integers(1, 900, n), unit="min")).where(random.random(n) < 0.9),
            "score": random.integers(0, 100, n).astype("float64"),
            "channel": random.choice(["a", "b"], n),
            "utm_source": pd.Series(["g"] * n).where(random.random(n) < 0.9),
            "utm_medium": pd.Series(["m"] * n).where(random.random(n) < 0.8),
            "utm_campaign": pd.Series(["c"] * n).where(random.random(n) < 0.7),
        }
    )


def reps() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rep_id": ["r1", "r2", "r3", "r4"],
            "annual_quota": [300000.0, 250000.0, 200000.0, 100000.0],
            "annual_cost": [90000.0, 80000.0, 70000.0, 60000.0],
            "hired_on": pd.to_datetime(["2020-01-01", "2024-06-10", "2025-02-01", "2025-11-15"]),
            "left_on": pd.to_datetime([None, None, "2026-02-28", None]),
        }
    )


def territories_given() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "territory_id": [f"t{place}" for place in range(5)],
            "segment": ["big", "big", "small", "small", "small"],
            "rep_id": ["r1", "r2", "r3", "r4", "r4"],
            "accounts": [20.0, 60.0, 100.0, 120.0, 80.0],
            "potential": [5e6, 2e6, 1e6, 1.1e6, 9e5],
            "annual_cost": [1e4, 2e4, 1.5e4, 1.2e4, 1.1e4],
            "capacity": [3e5, 2.5e5, 1e5, 5e4, 5e4],
            "demand": [5e5, 1e5, 9e4, 1.1e5, 4e4],
        }
    )


def paying() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"c{place}" for place in range(9)],
            "territory_id": [None, *(f"t{place % 4}" for place in range(8))],
            "amount": [1000.0 * (place + 3) for place in range(9)],
        }
    )


def tools() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tool": ["a", "b", "c", "d"],
            "category": ["crm", "analytics", "analytics", None],
            "annual_cost": [50000.0, 9000.0, 20000.0, 4000.0],
            "used_share": [0.9, 0.4, None, 0.2],
            "owner": ["x", None, "y", None],
        }
    )


def tickets() -> pd.DataFrame:
    random = np.random.default_rng(24)
    opened = pd.Timestamp("2025-07-01") + pd.to_timedelta(random.integers(0, 360, 70), unit="D")
    return pd.DataFrame(
        {
            "customer_id": random.choice([f"c{place}" for place in range(9)], 70),
            "opened_on": opened,
            "closed_on": pd.Series(opened + pd.to_timedelta(random.integers(0, 20, 70), unit="D")).where(random.random(70) < 0.9),
            "severity": random.integers(1, 5, 70),
        }
    )


def usage() -> pd.DataFrame:
    random = np.random.default_rng(25)
    keys = [(f"c{customer}", month) for customer in range(9) for month in pd.date_range("2025-12-01", "2026-06-01", freq="MS")]
    frame = pd.DataFrame(keys, columns=["customer_id", "month"])
    return frame.assign(active_users=random.integers(1, 40, len(frame)), licensed_users=40)


def series() -> pd.DataFrame:
    random = np.random.default_rng(26)
    months = pd.date_range("2023-07-01", "2026-06-01", freq="MS")
    return pd.DataFrame({"month": months, "value": np.where(np.arange(36) < 20, 0.3, 0.5) + random.normal(0, 0.03, 36)})


def log() -> pd.DataFrame:
    return pd.DataFrame({"term": ["mql", "mql", "sql"], "effective_from": pd.to_datetime(["2021-01-01", "2025-03-01", "2021-01-01"])})


def visits() -> pd.DataFrame:
    return stages.stage_visits(history(), opportunities())


def errors() -> pd.DataFrame:
    return forecasts.forecast_errors(told(), opportunities(), AS_OF)


def reached() -> pd.DataFrame:
    return attainment.quota_attainment(opportunities(), reps(), date(2025, 7, 1), AS_OF)


def yields(t: Tables) -> pd.DataFrame:
    return pipeline.pipeline_yield(t["history"], t["opportunities"], AS_OF)


def covered(t: Tables) -> dict[str, float]:
    return pipeline.pipeline_coverage(t["pipeline"], date(2024, 1, 1), AS_OF, target=1e5, rate=0.3)


PIPE = ("history", "opportunities")
FAMILY = Family(
    modules=(
        stages,
        slippage,
        pipeline,
        forecasts,
        hygiene,
        handoffs,
        attainment,
        territories,
        stack,
        service,
        control,
        breaks,
        lead_score_lift,
        ramp_time,
    ),
    examples={
        "opportunities": opportunities,
        "history": history,
        "told": told,
        "leads": leads,
        "reps": reps,
        "territories": territories_given,
        "paying": paying,
        "tools": tools,
        "tickets": tickets,
        "usage": usage,
        "series": series,
        "log": log,
        "visits": visits,
        "errors": errors,
        "reached": reached,
        "contacts": lambda: pd.DataFrame(
            {"contact_id": [f"p{place}" for place in range(12)], "customer_id": [f"c{place % 7}" for place in range(12)], "left_on": None}
        ),
        "conversions": lambda: pd.DataFrame({"conversion": [0.5, 0.4, 0.9, 0.2]}),
        "pipeline": lambda: pipeline.pipeline_at(history(), opportunities(), date(2025, 12, 31)),
        "active": lambda: pd.DataFrame({"month": pd.date_range("2025-07-01", "2026-06-01", freq="MS"), "customers": range(20, 32)}),
        "breaks": lambda: breaks.level_breaks(series()),
        "ramps": lambda: pd.DataFrame(
            {"months": [3, 5, 8, 12, 2], "productive": [True, True, True, False, False], "left": [False, False, False, False, True]}
        ),
    },
    money={
        "opportunities": ("amount",),
        "history": ("amount",),
        "told": ("amount",),
        "reps": ("annual_quota", "annual_cost"),
        "territories": ("potential", "annual_cost", "capacity", "demand"),
        "paying": ("amount",),
        "tools": ("annual_cost",),
        "reached": ("quota", "won"),
        "errors": ("amount", "actual", "won_by_then"),
        "pipeline": ("amount",),
    },
    ids=("opportunity_id", "customer_id", "rep_id", "territory_id", "contact_id", "lead_id", "tool"),
    calls={
        "stage_order": Call(lambda t: stages.stage_order(t["history"], t["opportunities"]), PIPE),
        "stage_visits": Call(lambda t: stages.stage_visits(t["history"], t["opportunities"]), PIPE),
        "stage_conversion": Call(lambda t: stages.stage_conversion(t["visits"]), ("visits",)),
        "stage_discipline": Call(lambda t: stages.stage_discipline(t["visits"]), ("visits",)),
        "stage_ageing": Call(
            lambda t: stages.stage_ageing(t["visits"], t["opportunities"], END), ("visits", "opportunities"), money=("amount",)
        ),
        "compounding": Call(lambda t: stages.compounding(t["conversions"]), ("conversions",)),
        "close_date_pushes": Call(lambda t: slippage.close_date_pushes(t["history"]), ("history",)),
        "slipped_share": Call(lambda t: slippage.slipped_share(t["opportunities"]), ("opportunities",)),
        "on_time_renewals": Call(lambda t: slippage.on_time_renewals(t["opportunities"], AS_OF), ("opportunities",)),
        "pipeline_at": Call(lambda t: pipeline.pipeline_at(t["history"], t["opportunities"], date(2025, 6, 30)), PIPE, money=("amount",)),
        "pipeline_yield": Call(yields, PIPE, money=("open", "won_of_open", "won")),
        "pipeline_coverage": Call(
            covered,
            ("pipeline",),
            exempt={"scale": "the target is a number beside the frame: it does not scale with it"},
        ),
        "forecast_errors": Call(
            lambda t: forecasts.forecast_errors(t["told"], t["opportunities"], AS_OF),
            ("told", "opportunities"),
            money=("amount", "actual", "won_by_then"),
        ),
        "forecast_accuracy": Call(lambda t: forecasts.forecast_accuracy(t["errors"]), ("errors",)),
        "crm_hygiene": Call(
            lambda t: hygiene.crm_hygiene(t["opportunities"], AS_OF, contacts=t["contacts"]),
            ("opportunities", "contacts"),
            money=("amount",),
        ),
        "handoff_times": Call(lambda t: handoffs.handoff_times(t["leads"]), ("leads",)),
        "response_times": Call(lambda t: handoffs.response_times(t["leads"]), ("leads",)),
        "lead_conversion": Call(lambda t: handoffs.lead_conversion(t["leads"], AS_OF), ("leads",)),
        "utm_coverage": Call(lambda t: handoffs.utm_coverage(t["leads"]), ("leads",)),
        "utm_coverage by channel": Call(lambda t: handoffs.utm_coverage(t["leads"], by="channel"), ("leads",)),
        "quota_attainment": Call(
            lambda t: attainment.quota_attainment(t["opportunities"], t["reps"], date(2025, 7, 1), AS_OF),
            ("opportunities", "reps"),
            money=("quota", "won"),
        ),
        "attainment_spread": Call(lambda t: attainment.attainment_spread(t["reached"]), ("reached",)),
        "selling_capacity": Call(
            lambda t: attainment.selling_capacity(t["reps"], AS_OF, attainment=0.8), ("reps",), money=("quota", "capacity")
        ),
        "territory_results": Call(
            lambda t: territories.territory_results(t["territories"], t["paying"], reps=t["reps"]),
            ("territories", "paying", "reps"),
            money=("potential", "amount", "cost", "result"),
        ),
        "imbalance_loss": Call(
            lambda t: territories.imbalance_loss(t["territories"], by="segment"),
            ("territories",),
            money=("capacity", "demand", "sold", "most", "loss"),
        ),
        "tool_overlap": Call(lambda t: stack.tool_overlap(t["tools"]), ("tools",), money=("cost", "overlap_cost", "idle_cost")),
        "ticket_load": Call(lambda t: service.ticket_load(t["tickets"], t["active"]), ("tickets", "active")),
        "resolution_times": Call(lambda t: service.resolution_times(t["tickets"], AS_OF), ("tickets",)),
        "seat_utilisation": Call(lambda t: service.seat_utilisation(t["usage"]), ("usage",)),
        "usage_decline": Call(
            lambda t: service.usage_decline(t["usage"], pd.Timestamp("2026-06-01"), worth=t["paying"]),
            ("usage", "paying"),
            money=("amount",),
        ),
        "tabular_cusum": Call(lambda t: control.tabular_cusum(t["series"], target=0.3, slack=0.02, limit=0.15), ("series",)),
        "single_break": Call(lambda t: breaks.single_break(t["series"]) or {"at": np.nan}, ("series",)),
        "level_breaks": Call(lambda t: breaks.level_breaks(t["series"]), ("series",)),
        "breaks_at_changes": Call(lambda t: breaks.breaks_at_changes(t["breaks"], t["log"]), ("breaks", "log")),
        "lead_score_lift": Call(lambda t: lead_score_lift.lead_score_lift(t["leads"]), ("leads",)),
        "ramp_table": Call(lambda t: ramp_time.ramp_table(t["opportunities"], t["reps"], AS_OF, level=0.3), ("opportunities", "reps")),
        "ramp_time": Call(lambda t: ramp_time.ramp_time(t["ramps"]) or {"median": np.nan}, ("ramps",)),
    },
)
