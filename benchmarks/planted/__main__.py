"""Write companies of each kind, or show what is true of them.

python -m benchmarks.planted --each 3 --truth
python -m benchmarks.planted --each 25 --out FOLDER
"""

import argparse
import sys
import time
from pathlib import Path

from benchmarks.planted.kinds import KINDS
from benchmarks.planted.truth import FUTURES, SCENARIOS, Truth, truth_of
from benchmarks.planted.write import lived, write

HEAD = ("kind", "seed", "revenue, m", "customers", "growth", "plan", *SCENARIOS, "verdict", "binding", "adds", "seconds")


def row(kind: str, seed: int, folder: Path | None, count: int) -> tuple[str, ...]:
    """One company: lived, written where asked, and what is true of it."""
    began = time.perf_counter()
    record = lived(kind, seed)
    found: Truth = (
        write(folder / f"{kind}-{seed:03d}", kind, seed, count=count) if folder else truth_of(record.world, record.plan, record.seed, count)
    )
    books = record.journal.table("books").set_index("month")["mrr"]
    took = time.perf_counter() - began
    return (
        kind, str(seed), f"{found.plan.today / 1e6:.1f}", str(int((record.world.state.status == 2).sum())), f"{books[-1] / books[-13] - 1:.1%}",
        f"{found.plan.growth:.1%}", *(f"{found.chance(name):.2f}" for name in SCENARIOS), found.verdict, found.binding,
        f"{found.gains[found.binding] / found.plan.today:.0%}", f"{took:.1f}",
    )  # fmt: skip


def main() -> None:
    """Write or show a population."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--each", type=int, default=25, help="companies of each kind")
    ask.add_argument("--first-seed", type=int, default=1)
    ask.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    ask.add_argument("--futures", type=int, default=FUTURES, help="futures of each scenario")
    ask.add_argument("--out", type=Path, help="folder for the rooms; left out, rooms are not written")
    ask.add_argument("--truth", action="store_true", help="show what is true of each company")
    chosen = ask.parse_args()
    if not chosen.truth and chosen.out is None:
        ask.error("name --out, --truth or both")
    sys.stdout.write(("| " + " | ".join(HEAD) + " |\n" + "|---" * len(HEAD) + "|\n") if chosen.truth else "")
    for kind in chosen.kinds:
        for seed in range(chosen.first_seed, chosen.first_seed + chosen.each):
            cells = row(kind, seed, chosen.out, chosen.futures)
            sys.stdout.write(f"| {' | '.join(cells)} |\n" if chosen.truth else "")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
