"""A company to a folder: the room, the deal file with the sponsor's plan, and the truth beside them; and a whole population."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.planted import book, funnel, ledger, mess, scene
from benchmarks.planted.kinds import KINDS, company_number, traits_of
from benchmarks.planted.life import history
from benchmarks.planted.names import HEADS, TAILS
from benchmarks.planted.plan import sponsors_plan
from benchmarks.planted.record import Record
from benchmarks.planted.traits import MONTHS
from benchmarks.planted.truth import FUTURES, Truth, truth_of

LARGE = ("revenue", "invoices", "usage", "touches", "leads", "stage_history", "universe")
"""Tables written as Parquet."""
OF_LATE = (-6, -4)
"""Months in which the running of a company changes when it is lived again, run otherwise."""

DEAL = """# A company of the benchmark; what is true of it lies beside its folder's room and is no part of it.

[target]
name = "{name}"
currency = "EUR"
fiscal_year_end_month = 6
as_of = 2026-06-30

[room]
source = "room"

[defaults]
revenue_kind = "recurring"
segment_by = "segment"

[plan]
entry_value = {entry}
exit_multiple = 5.0
exit_metric = "recurring_revenue"
hold_years = 3
leverage = 0.3
hurdle_irr = 0.20
recurring_revenue = {{ 2027 = {year1}, 2028 = {year2}, 2029 = {year3} }}
"""


def tables(record: Record) -> dict[str, pd.DataFrame]:
    """Write down every table of the room."""
    listed = mess.cancelled(record.seed, book.dated(record, book.lines(record)))
    listed = listed.astype(dict.fromkeys(("date", "service_start", "service_end"), "datetime64[s]"))
    sent = book.invoices(record, listed)
    lines = mess.posted_late(record.seed, listed).drop(columns=["agent", "billed"])
    deals = funnel.opportunities(record, funnel.deals(record))
    leads, reps, size = funnel.leads(record, deals), funnel.reps(record, deals), scene.market(record)
    whole = {
        "customers": book.customers(record), "revenue": lines, "contracts": book.contracts(record), "products": book.products(record),
        "quotes": funnel.quotes(record, deals), "opportunities": deals[list(funnel.COLUMNS)], "stage_history": funnel.stage_history(record, deals),
        "leads": leads, "touches": funnel.touches(record, leads), "spend": funnel.spend(record), "reps": reps,
        "territories": scene.territories(record, reps), "market": size, "universe": scene.universe(record), "competitors": scene.competitors(record, size),
        "price_survey": scene.price_survey(record), "visibility": scene.visibility(record), "ledger": ledger.ledger(record, lines, sent), "invoices": sent,
        "delivery": scene.delivery(record), "forecasts": funnel.forecasts(record, deals), "usage": scene.usage(record), "nps": scene.nps(record),
    }  # fmt: skip
    return mess.blanked(record.seed, whole)


def lived(kind: str, seed: int, disorder: float | None = None) -> Record:
    """Live one company's history and make its plan.

    With ``disorder`` the same company, under the same plan, has of late been run otherwise: 0 well, 1 poorly.
    """
    traits, number = traits_of(kind, seed), company_number(kind, seed)
    world, journal = history(number, traits)
    plan = sponsors_plan(world, kind, number)
    if disorder is not None:
        world, journal = history(number, replace(traits, disorder=disorder, order_lost=OF_LATE))
        plan = replace(plan, today=12 * float(world.state.earned[0]))
    return Record(number, world, journal, plan)


def write(folder: Path, kind: str, seed: int, *, disorder: float | None = None, count: int = FUTURES) -> Truth:
    """Write one company.

    Parameters
    ----------
    folder
        Gets ``room/``, ``deal.toml`` and ``truth.json``.
    kind, seed
        Which company; the same two always give the same bytes.
    disorder
        Where given, the same company under the same plan, run otherwise of late: 0 well, 1 poorly.
    count
        Futures of each scenario.
    """
    record = lived(kind, seed, disorder)
    room = folder / "room"
    room.mkdir(parents=True, exist_ok=True)
    for name, table in tables(record).items():
        _put(table, room, name)
    found = truth_of(record.world, record.plan, record.seed, count)
    _deal(folder / "deal.toml", record)
    figures = {
        "kind": kind,
        "seed": seed,
        "why": KINDS[kind].why,
        "disorder": round(record.world.traits.disorder, 4),
        "history_months": MONTHS,
    } | found.figures()
    (folder / "truth.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return found


def population(folder: Path, each: int = 25, *, first_seed: int = 1) -> list[Path]:
    """Write companies of each kind, and give their folders."""
    made = []
    for kind in KINDS:
        for seed in range(first_seed, first_seed + each):
            made.append(folder / f"{kind}-{seed:03d}")
            write(made[-1], kind, seed)
    return made


def _put(table: pd.DataFrame, room: Path, name: str) -> None:
    frame = table.copy()
    for column in frame.columns:
        kind = str(frame[column].dtype)
        if kind in ("object", "str"):
            frame[column] = frame[column].where(frame[column].notna() & (frame[column] != ""), None)
        elif kind.startswith("datetime64"):
            clock = column in ("responded_at", "touched_at")
            frame[column] = frame[column].dt.strftime("%Y-%m-%dT%H:%M" if clock else "%Y-%m-%d")
    if name in LARGE:
        written = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(written, room / f"{name}.parquet", compression="zstd", store_schema=False)
    else:
        (room / f"{name}.csv").write_bytes(frame.to_csv(index=False, lineterminator="\n").encode("utf-8"))


def _deal(file: Path, record: Record) -> None:
    plan, seed = record.plan, record.seed
    name = f"{HEADS[seed * 7 % len(HEADS)]}{TAILS[seed * 3 % len(TAILS)]} Software"
    years: dict[str, Any] = {f"year{place}": round(plan.at(12 * place)) for place in (1, 2, 3)}
    file.write_text(DEAL.format(name=name, entry=100_000 * round(5e-5 * plan.today), **years), encoding="utf-8")
