"""Returns of a deal, and scores of forecasts."""

import pandas as pd
from family import Call, Family

from diligence.metrics import returns
from diligence.models import forecast_scores


def flows() -> pd.DataFrame:
    dates = pd.to_datetime(["2026-06-30", "2027-06-30", "2028-06-30", "2029-06-30", "2029-12-31"])
    return pd.DataFrame({"date": dates, "amount": [-100.0, 4.0, 7.0, -3.0, 190.0]})


def scores() -> pd.DataFrame:
    rows = [(m, o, h, s + h) for m, s in (("ours", 1.0), ("naive", 2.0)) for o in ("2024-06", "2024-09") for h in (1, 2, 3)]
    return pd.DataFrame(rows, columns=["method", "origin", "horizon", "score"])


FAMILY = Family(
    modules=(returns, forecast_scores),
    examples={"flows": flows, "scores": scores},
    money={"flows": ("amount",), "scores": ("score",)},
    ids=("origin",),
    calls={
        "present_value": Call(lambda t: returns.present_value(t["flows"], 0.1), ("flows",), money=("value",)),
        "internal_rate": Call(lambda t: returns.internal_rate(t["flows"]), ("flows",)),
        "multiple_of_money": Call(lambda t: returns.multiple_of_money(t["flows"]), ("flows",)),
        "forecast_skill": Call(lambda t: forecast_scores.forecast_skill(t["scores"], method="ours", against="naive"), ("scores",)),
    },
    plumbing=frozenset({"rate_of_multiple", "normal_score", "ensemble_score", "pinball_loss"}),
)
