"""Response: carry-over, saturation, what the next result costs."""

import numpy as np
import pandas as pd
from family import Call, Family, Tables

from diligence.metrics import saturation
from diligence.models import response, response_certainty


def periods() -> pd.DataFrame:
    random = np.random.default_rng(6)
    search, events = random.uniform(0, 100, 36), random.uniform(0, 50, 36)
    results = 5 + saturation.michaelis_menten(search, ceiling=80, half=40) + saturation.michaelis_menten(events, ceiling=30, half=20)
    return pd.DataFrame({"search": search, "events": events, "results": results + random.normal(0, 0.5, 36)})


def fit(tables: Tables) -> response.Response:
    made = {
        "generator": np.random.default_rng(1),
        "channels": ["search", "events"],
        "per_year": 12,
        "form": "michaelis_menten",
        "lags": 1,
        "starts": 2,
    }
    return response.fit_response(tables["periods"], **made)  # type: ignore[arg-type]


def curves(tables: Tables) -> pd.DataFrame:
    return fit(tables).curves.drop(columns=["rate", "theta"])


def fits(tables: Tables) -> np.ndarray:
    return response.fitted(tables["periods"], fit(tables), channels=["search", "events"], lags=1)


def drawn(tables: Tables) -> pd.DataFrame:
    made = {"generator": np.random.default_rng(1), "channels": ["search", "events"], "per_year": 12, "lags": 1, "draws": 3}
    return response_certainty.response_intervals(tables["periods"], **made)  # type: ignore[arg-type]


def held(tables: Tables) -> float:
    made = {"generator": np.random.default_rng(1), "channels": ["search", "events"], "per_year": 12, "lags": 1, "held": 6}
    return response_certainty.holdout_error(tables["periods"], **made)  # type: ignore[arg-type]


TIME = {"order": "periods stand in the order of time"}
MONEY = ("half", "spend", "average", "marginal")

FAMILY = Family(
    modules=(saturation, response, response_certainty),
    examples={"periods": periods},
    money={"periods": ("search", "events")},
    ids=(),
    calls={
        "variance_inflation": Call(lambda t: response.variance_inflation(t["periods"]), ("periods",), exempt={"lacks": "any columns of numbers are channels"}),
        "fit_response": Call(curves, ("periods",), money=MONEY, loose=1e-3, exempt=TIME),
        "fitted": Call(fits, ("periods",), loose=1e-3, exempt=TIME),
        "response_intervals": Call(drawn, ("periods",), loose=1e-3, exempt={**TIME, "scale": "money and counts stand in one column"}),
        "holdout_error": Call(held, ("periods",), loose=1e-3, exempt=TIME),
    },
    plumbing=frozenset(
        {"geometric_adstock", "normalised_adstock", "hill", "michaelis_menten", "logistic_saturation", "marginal_results", "spend_cap", "highest_cost"}
    ),
)  # fmt: skip
