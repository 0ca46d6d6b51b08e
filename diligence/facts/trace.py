"""From a number to its definition, its filter and the rows behind it."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from diligence.dataroom.evidence import Parameter, rows_behind
from diligence.dataroom.room import Room, evidence_folder, read_room
from diligence.errors import InputError, Problem, nearest
from diligence.facts.catalogue import Definition, definition
from diligence.facts.record import CUT
from diligence.facts.revenue_quality.cuts import CUTS, cut_values
from diligence.facts.sheet import with_keys
from diligence.periods import month_index, month_label, month_start


@dataclass(frozen=True)
class Trace:
    """One number and everything behind it.

    Attributes
    ----------
    fact
        Its row of the facts table.
    definition
        Its entry in the catalogue.
    filter
        What selects the rows, in words of the engine, with the values that were put in.
    rows
        The rows of the numerator, or of the number itself; for revenue with ``amount`` (the line's share of the month), and
        ``source_file``, ``source_row`` in the target's own export.
    denominator_rows
        The rows of the denominator; empty where there is none.
    """

    fact: pd.Series
    definition: Definition
    filter: str
    rows: pd.DataFrame
    denominator_rows: pd.DataFrame

    def __str__(self) -> str:
        """Tell the trace in lines."""
        known, row = self.definition, self.fact
        told = [
            f"{known.label}: {row['key']}",
            f"  value        {row['value']:,.6g} {known.unit}"
            if row["status"] == "ok"
            else f"  value        {row['status']}: {row['reason']}",
            f"  interval     {row['low']:,.6g} to {row['high']:,.6g}" if pd.notna(row["low"]) else "",
            f"  tie-out      {_tie(row)}" if row["tie_source"] else "",
            f"  n            {row['n']:,.0f}",
            f"  numerator    {row['numerator']:,.2f}" if pd.notna(row["numerator"]) else "",
            f"  denominator  {row['denominator']:,.2f}" if pd.notna(row["denominator"]) else "",
            f"  period       {row['period']}",
            f"  definition   {known.definition}",
            f"  formula      {known.formula}",
            f"  source       {known.source}",
            f"  tables       {row['sources']}",
            f"  filter       {self.filter}",
            "  rows         not traced row by row: its frame is in the notebook named by the fact"
            if not known.numerator
            else f"  rows         {len(self.rows):,} behind the number"
            + (f", {len(self.denominator_rows):,} below the line" if len(self.denominator_rows) else ""),
        ]
        return "\n".join(line for line in told if line)


def trace(run: str | Path, fact: str) -> Trace:
    """Follow a fact of a run back to its definition, its filter and its rows.

    Parameters
    ----------
    run
        Folder of a run.
    fact
        Name of the fact, ``retention.nrr_ltm``, with its cut in brackets where it has one, ``retention.nrr_ltm[segment=enterprise]``.

    Raises
    ------
    InputError
        No such run or fact; the nearest name is proposed.

    Examples
    --------
    >>> trace("out/demo", "retention.nrr_ltm").rows  # doctest: +SKIP
    """
    folder = evidence_folder(Path(run))
    table = Path(run) / "facts.parquet"
    if folder is None or not table.is_file():
        raise InputError(Problem("the folder of a run", f"'{run}'", "name the OUT folder of `diligence run`"))
    facts = with_keys(pd.read_parquet(table))
    match = facts[facts["key"] == fact]
    if match.empty:
        raise InputError(Problem("a fact of this run", f"'{fact}'", nearest(fact, facts["key"].tolist())))
    row, room = match.iloc[0], read_room(folder)
    known = definition(row["metric"])
    parameters = _parameters(room, row)
    cut = None
    if known.table == "revenue" and row["object"] in CUTS:
        cut = cut_values(room, month_start(int(str(parameters["opening_to"])))).get(row["object"])
    if cut is not None:
        parameters["segment"] = str(row["object_id"])
    segment_by = _segment_by(folder, row["notebook"])
    rows, below = (
        rows_behind(room, known.table, predicate, parameters, segment_by=segment_by, cut=cut)
        if predicate and row["status"] == "ok"
        else pd.DataFrame()
        for predicate in (known.numerator, known.denominator)
    )
    return Trace(row, known, _told(known, parameters), rows, below)


def _tie(row: pd.Series) -> str:
    if pd.isna(row["tie_low"]):
        return str(row["tie_source"])
    return f"{row['tie_low']:,.6g} to {row['tie_high']:,.6g} with what does not tie to {row['tie_source']}"


def _parameters(room: Room, row: pd.Series) -> dict[str, Parameter]:
    start, _, end = str(row["period"]).partition("..")
    dated = bool(re.fullmatch(r"\d{4}-\d{2}", start))
    closing = (
        month_index(pd.Timestamp(f"{end or start}-01")) if dated and re.fullmatch(r"\d{4}-\d{2}", end or start) else month_index(room.month)
    )
    opening = month_index(pd.Timestamp(f"{start}-01")) - 1 if dated and end else closing - 12
    window = room.window
    as_of: date = room.deal.target.as_of
    return {
        "closing_from": closing - window + 1, "closing_to": closing, "opening_from": opening - window + 1, "opening_to": opening,
        "year_from": closing - 11, "segment": str(row["segment"]), "cut": str(row["object"]),
        "object_id": str(row["object_id"]), "as_of": as_of,
    }  # fmt: skip


def _segment_by(folder: Path, notebook: str) -> str:
    file = folder / "facts" / f"{notebook}{CUT}"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def _told(known: Definition, parameters: dict[str, Parameter]) -> str:
    if not known.numerator:
        return f"table {known.table}; no single filter: {known.formula}"
    told = known.numerator + (f"; below the line: {known.denominator}" if known.denominator else "")
    for key, value in parameters.items():
        shown = month_label(month_start(value)) if isinstance(value, int) else f"'{value}'"
        told = re.sub(rf"\${key}\b", shown.replace("\\", r"\\"), told)
    return f"{known.table}: {told}"
