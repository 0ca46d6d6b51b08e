"""The peers' side: run in their own environment, on tapes that are there, and print seconds and answers as JSON."""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

warnings.simplefilter("ignore")
TIMES = 5


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Median seconds of five, and the answer."""
    seconds, answer = [], None
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return median(seconds), answer


def bg_nbd(file: Path) -> tuple[float, dict[str, float]]:
    from lifetimes import BetaGeoFitter

    tape = pd.read_parquet(file)
    took, fitted = timed(lambda: BetaGeoFitter().fit(tape["frequency"], tape["recency"], tape["T"]))
    return took, {name: float(value) for name, value in fitted.params_.items()}


def kaplan_meier(file: Path) -> tuple[float, dict[str, float]]:
    from lifelines import KaplanMeierFitter

    tape = pd.read_parquet(file)
    took, fitted = timed(lambda: KaplanMeierFitter().fit(tape["duration"], tape["event"]))
    return took, {"S(12)": float(fitted.predict(12))}


def grouped(file: Path) -> pd.DataFrame:
    tape = pd.read_parquet(file)
    whole = tape.groupby("path").agg(path=("channel", " > ".join), converted=("converted", "first")).reset_index(drop=True)
    found = whole.groupby("path")["converted"].agg(conversions="sum", total="count").reset_index()
    return found.assign(nulls=found["total"] - found["conversions"])


def markov_simulated(file: Path) -> tuple[float, dict[str, float]]:
    import ChannelAttribution

    tape = grouped(file)

    def work() -> Any:
        return ChannelAttribution.markov_model(tape, "path", "conversions", var_null="nulls", seed=1, ncore=1, verbose=False, flg_pro=False)

    took, found = timed(work)
    return took, dict(zip(found["channel_name"], found["total_conversions"].astype(float), strict=True))


def by_journey(file: Path, method: str) -> tuple[float, dict[str, float]]:
    from mam import MAM

    tape = grouped(file)
    counted = {True: tape["conversions"], False: tape["nulls"]}
    rows = pd.concat([tape[["path"]].assign(converted=word, occurrences=times) for word, times in counted.items()], ignore_index=True)
    model = MAM(rows[rows["occurrences"] > 0], "grouped_journey", "path", "converted", occurrences_colname="occurrences")
    took, found = timed(getattr(model, method))
    names, values = found.to_pandas().iloc[:, 0], found.to_pandas().iloc[:, 1]
    return took, dict(zip(names.astype(str), values.astype(float), strict=True))


def main(folder: Path) -> None:
    """Measure all, and print them."""
    found = {
        "bg_nbd_20000 lifetimes": bg_nbd(folder / "buyers_20000.parquet"),
        "bg_nbd_100000 lifetimes": bg_nbd(folder / "buyers_100000.parquet"),
        "kaplan_meier_100000 lifelines": kaplan_meier(folder / "durations_100000.parquet"),
        "markov_100000 ChannelAttribution": markov_simulated(folder / "paths_100000.parquet"),
        "markov_100000 marketing-attribution-models": by_journey(folder / "paths_100000.parquet", "run_markov"),
        "shapley_100000 marketing-attribution-models": by_journey(folder / "paths_100000.parquet", "run_shapley"),
    }
    print(json.dumps({name: {"seconds": took, "answer": answer} for name, (took, answer) in found.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
