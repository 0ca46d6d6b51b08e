"""Attribution: paths, rules, Markov, Shapley, and how sure they are."""

from datetime import date

import numpy as np
import pandas as pd
from family import Call, Family, Tables

from diligence.metrics import attribution, paths, shapley
from diligence.models import attribution_certainty, markov_attribution

AS_OF = date(2026, 6, 30)
CHANNELS = np.array(["events", "search", "social", "partner"])


def touches() -> pd.DataFrame:
    random = np.random.default_rng(5)
    lead = np.repeat(np.arange(40), 1 + random.integers(0, 3, 40))
    when = pd.Timestamp("2026-01-01") + pd.to_timedelta(random.permutation(len(lead)) * 17, "h")
    return pd.DataFrame({"lead_id": [f"l{n:02d}" for n in lead], "touched_at": when, "channel": CHANNELS[random.integers(0, 4, len(lead))]})


def leads() -> pd.DataFrame:
    of = [f"o{n // 2:02d}" if n < 30 else None for n in range(40)]
    return pd.DataFrame({"lead_id": [f"l{n:02d}" for n in range(40)], "created_on": pd.Timestamp("2026-02-01"), "opportunity_id": of})


def opportunities() -> pd.DataFrame:
    closed = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(20) * 5, "D")
    status = ["won" if n % 3 else "lost" for n in range(20)]
    return pd.DataFrame(
        {"opportunity_id": [f"o{n:02d}" for n in range(20)], "status": status, "closed_on": closed, "amount": 1000.0 + 128 * np.arange(20)}
    )


def made() -> pd.DataFrame:
    return paths.conversion_paths(touches(), leads(), opportunities(), as_of=AS_OF)


def won() -> pd.DataFrame:
    return paths.booked(opportunities(), as_of=AS_OF)


def journeys() -> pd.DataFrame:
    text = ["a > b", "b > c > a", "a", "c > c", "b"]
    amounts = [4.0, 8.0, 2.0, 0.0, 6.0]
    return pd.DataFrame({"path": text, "conversions": [2.0, 1.0, 3.0, 0.0, 1.0], "amount": amounts, "nulls": [1.0, 4.0, 0.0, 2.0, 5.0]})


def table() -> pd.DataFrame:
    return attribution_certainty.attribution_table(made())


def intervals() -> pd.DataFrame:
    return attribution_certainty.attribution_intervals(made(), np.random.default_rng(1), draws=5)


def quarterly() -> pd.DataFrame:
    return paths.by_quarter(made(), won(), attribution.linear)


def game() -> pd.DataFrame:
    return pd.DataFrame({"coalition": ["a", "b", "c", "a+b", "a+c", "b+c", "a+b+c"], "worth": [1.0, 2.0, 0.0, 4.0, 1.0, 3.0, 7.0]})


def drawn(tables: Tables) -> pd.DataFrame:
    return attribution_certainty.attribution_intervals(tables["paths"], np.random.default_rng(1), draws=5)


CENTS = {"scale": "whole cents do not scale: the last cent goes to another channel"}
WORDS = {"names": "names are read as words", "scale": "no money"}

FAMILY = Family(
    modules=(attribution, paths, shapley, attribution_certainty, markov_attribution),
    examples={
        "touches": touches, "leads": leads, "opportunities": opportunities, "paths": made, "won": won, "journeys": journeys,
        "table": table, "intervals": intervals, "quarterly": quarterly, "game": game,
    },
    money={"opportunities": ("amount",), "paths": ("amount",), "won": ("amount",), "journeys": ("amount",), "table": ("amount",),
           "quarterly": ("amount",), "game": ("worth",)},
    ids=("lead_id", "opportunity_id", "path_id", "channel"),
    calls={
        "steps": Call(lambda t: float(attribution.steps(t["paths"]).amount.sum()), ("paths",), money=("value",)),
        "path_steps": Call(lambda t: attribution.path_steps(t["journeys"]), ("journeys",), money=("amount",), exempt={"order": "a path is named by its place"}),
        "distinct_paths": Call(lambda t: attribution.distinct_paths(t["paths"]), ("paths",), money=("amount",)),
        "first_touch": Call(lambda t: attribution.first_touch(t["paths"]), ("paths",), money=("amount",)),
        "last_touch": Call(lambda t: attribution.last_touch(t["paths"]), ("paths",), money=("amount",)),
        "linear": Call(lambda t: attribution.linear(t["paths"]), ("paths",), money=("amount",)),
        "position_based": Call(lambda t: attribution.position_based(t["paths"]), ("paths",), money=("amount",)),
        "time_decay": Call(lambda t: attribution.time_decay(t["paths"]), ("paths",), money=("amount",)),
        "disagreement": Call(lambda t: attribution.disagreement(t["table"]), ("table",)),
        "restated": Call(lambda t: attribution.restated(t["quarterly"], t["quarterly"].assign(**{column: t["quarterly"][column].mean() for column in {"amount"} & set(t["quarterly"])})), ("quarterly",), money=("moved", "amount")),
        "conversion_paths": Call(lambda t: paths.conversion_paths(t["touches"], t["leads"], t["opportunities"], as_of=AS_OF), ("touches", "leads", "opportunities"), money=("amount",)),
        "booked": Call(lambda t: paths.booked(t["opportunities"], as_of=AS_OF), ("opportunities",), money=("amount",)),
        "attributed_revenue": Call(lambda t: paths.attributed_revenue(t["paths"], t["won"], attribution.linear), ("paths", "won"), money=("amount",), exempt={**CENTS, "names": "a path of an opportunity is named after it"}),
        "by_quarter": Call(lambda t: paths.by_quarter(t["paths"], t["won"], attribution.linear), ("paths", "won"), money=("amount",), exempt={**CENTS, "names": "a path of an opportunity is named after it"}),
        "brand_search": Call(lambda t: paths.brand_search(t["touches"]), ("touches",), exempt={**WORDS, "order": "one answer a row", "index": "one answer a row"}),
        "without_outcomes": Call(lambda t: paths.without_outcomes(t["touches"]), ("touches",), exempt=WORDS),
        "without_nulls": Call(lambda t: float(paths.without_nulls(t["paths"])), ("paths",)),
        "shapley": Call(lambda t: shapley.shapley(t["game"]), ("game",), money=("value",), exempt={"edges": "every coalition must be there, else it is refused"}),
        "shapley_attribution": Call(lambda t: shapley.shapley_attribution(t["paths"]), ("paths",), money=("amount",)),
        "shapley_attribution by rate": Call(lambda t: shapley.shapley_attribution(t["paths"], game="rate"), ("paths",), money=("amount",)),
        "removal_effects": Call(lambda t: markov_attribution.removal_effects(t["paths"]).effects, ("paths",)),
        "markov_attribution": Call(lambda t: markov_attribution.markov_attribution(t["paths"]), ("paths",), money=("amount",)),
        "markov_attribution of order 2": Call(lambda t: markov_attribution.markov_attribution(t["paths"], order=2), ("paths",), money=("amount",)),
        "attribution_table": Call(lambda t: attribution_certainty.attribution_table(t["paths"]), ("paths",), money=("amount",)),
        "attribution_intervals": Call(drawn, ("paths",)),
        "attribution_certainty": Call(lambda t: attribution_certainty.attribution_certainty(t["intervals"], coverage=0.8), ("intervals",)),
    },
    plumbing=frozenset({"credited", "to_the_cent", "quarters", "quarter_end", "shapley_of"}),
)  # fmt: skip
