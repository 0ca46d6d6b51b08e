"""The estimates that every family uses: intervals and seasons."""

import numpy as np
import pandas as pd
from family import Call, Family

from diligence.models import intervals, seasonality


def pairs() -> pd.DataFrame:
    random = np.random.default_rng(3)
    then = random.lognormal(5, 1, 40).round(2)
    return pd.DataFrame(
        {"customer_id": [f"c{one:02d}" for one in range(40)], "then": then, "now": (then * random.uniform(0, 1.6, 40)).round(2)}
    )


def series() -> pd.DataFrame:
    months = pd.date_range("2022-01-01", periods=48, freq="MS")
    rest = np.exp(np.random.default_rng(5).normal(0, 0.05, 48))
    return pd.DataFrame({"month": months, "amount": 1000 * 1.01 ** np.arange(48) * (1 + 0.2 * np.sin(np.arange(48) * np.pi / 6)) * rest})


NUMBERS = "takes numbers, not a frame: a caller names the columns"

FAMILY = Family(
    modules=(intervals, seasonality),
    examples={"pairs": pairs, "series": series},
    money={"pairs": ("then", "now"), "series": ("amount",)},
    ids=("customer_id",),
    calls={
        "wilson": Call(
            lambda t: intervals.wilson(float((t["pairs"]["now"] > t["pairs"]["then"]).sum()), len(t["pairs"])),
            ("pairs",),
            exempt={"lacks": NUMBERS},
        ),
        "ratio_interval": Call(
            lambda t: intervals.ratio_interval(t["pairs"]["now"], t["pairs"]["then"], np.random.default_rng(1), draws=200),
            ("pairs",),
            exempt={"lacks": NUMBERS},
        ),
        "seasonality": Call(
            lambda t: seasonality.seasonality(t["series"]), ("series",), loose=1e-6, exempt={"lacks": "reads two columns by name"}
        ),
    },
)
