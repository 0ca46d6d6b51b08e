"""Kernels beside the public packages that have them: the same tapes, the same run, medians of five, the answers compared.

    make benchmark-kernels

The peers run in an environment of their own (``benchmarks/peers.lock``), since some are archived and need an older pandas.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import tapes
from benchmarks.peers import grouped, timed
from diligence.metrics.shapley import shapley_attribution
from diligence.models.bg_nbd import bg_nbd
from diligence.models.markov_attribution import markov_attribution
from diligence.models.survival import kaplan_meier

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
START, END = "<!-- kernels -->", "<!-- /kernels -->"
HEAD = ["kernel", "peer", "ours, ms", "peer's, ms", "times as fast", "largest difference of the answers"]


def buyers(folder: Path, count: int) -> tuple[float, dict[str, float]]:
    """BG/NBD."""
    tape = pd.read_parquet(folder / f"buyers_{count}.parquet").rename(columns={"T": "age"})
    took, model = timed(lambda: bg_nbd(tape))
    assert model is not None
    return took, {name: float(getattr(model, name)) for name in ("r", "alpha", "a", "b")}


def durations(folder: Path) -> tuple[float, dict[str, float]]:
    """Kaplan-Meier."""
    tape = pd.read_parquet(folder / "durations_100000.parquet").rename(columns={"duration": "exit", "event": "lost"})
    took, curve = timed(lambda: kaplan_meier(tape))
    return took, {"S(12)": float(curve.loc[curve["age"] <= 12, "survival"].iloc[-1])}


def paths(folder: Path, rule: Callable[[pd.DataFrame], pd.DataFrame]) -> tuple[float, dict[str, float]]:
    """Attribution of grouped paths, which is what the peers are given."""
    tape = grouped(folder / "paths_100000.parquet")
    touches = tape["path"].str.split(" > ")
    lengths = touches.str.len().to_numpy()
    rows = np.repeat(np.arange(len(tape)), lengths)
    laid = pd.DataFrame(
        {
            "path_id": rows,
            "position": np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths),
            "channel": np.concatenate(touches.to_numpy()),
            "conversions": tape["conversions"].to_numpy(dtype="float64")[rows],
            "nulls": tape["nulls"].to_numpy(dtype="float64")[rows],
            "amount": 0.0,
        }
    )
    took, found = timed(lambda: rule(laid))
    return took, dict(zip(found["channel"], found["conversions"].astype("float64"), strict=True))


def measured(folder: Path, peers: dict[str, Any]) -> pd.DataFrame:
    """Hold each of ours against the peers' figures."""
    ours = {
        "bg_nbd_20000": buyers(folder, 20_000),
        "bg_nbd_100000": buyers(folder, 100_000),
        "kaplan_meier_100000": durations(folder),
        "markov_100000": paths(folder, markov_attribution),
        "shapley_100000": paths(folder, lambda laid: shapley_attribution(laid, game="rate")),
    }
    rows = []
    for name, there in peers.items():
        kernel, _, peer = name.partition(" ")
        took, answer = ours[kernel]
        both = [key for key in answer if key in there["answer"]]
        apart = max((abs(answer[key] / there["answer"][key] - 1) for key in both if there["answer"][key]), default=float("nan"))
        rows.append((kernel, peer, 1000 * took, 1000 * there["seconds"], there["seconds"] / took, apart))
    return pd.DataFrame(rows, columns=HEAD)


def markdown(found: pd.DataFrame) -> str:
    """Write the table for the page."""
    lines = [f"| {' | '.join(HEAD)} |", "|---|---|---:|---:|---:|---:|"]
    for row in found.itertuples(index=False):
        lines.append(f"| {row[0]} | {row[1]} | {row[2]:.1f} | {row[3]:.1f} | {row[4]:.1f} | {row[5]:.1%} |")
    return "\n".join(lines)


def main() -> None:
    """Write the tapes, ask the peers, measure ours, and put the table into the page of benchmarks."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--peers", type=Path, required=True, help="Python of the peers' environment")
    ask.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    chosen = ask.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tapes.write(folder)
        command = [str(chosen.peers), str(Path(__file__).with_name("peers.py")), str(folder)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = measured(folder, json.loads(told.splitlines()[-1]))
    table = markdown(found) if chosen.write else found.to_string(index=False)
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        head, _, rest = page.partition(START)
        PAGE.write_text(f"{head}{START}\n\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    sys.stdout.write(table + "\n")


if __name__ == "__main__":
    main()
