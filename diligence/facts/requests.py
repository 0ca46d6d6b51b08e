"""What to ask the target for: the tables, columns, rows and answers that would widen the verdict's evidence most."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from diligence.dataroom.room import Room
from diligence.dataroom.schema import Table, tables
from diligence.facts.catalogue import Definition, catalogue
from diligence.periods import month_label

AREAS = ("market", "offer", "commercial_model", "authority", "acquisition", "retention", "capacity", "cash")
"""The five areas of architecture, and the three other places where growth meets a ceiling."""

COLUMNS = ["rank", "table", "columns", "facts", "why", "kind", "weight", "areas", "unlocks", "period", "format"]
SHOWN = COLUMNS[:5]
"""Columns that a page shows; the file has them all."""

TABLE, SOME_COLUMNS, ROWS, QUESTION = "table", "columns", "rows", "question"

LEAST = 0.01
"""A finding with little money behind it is asked as if a hundredth of the revenue stood behind it."""

TOLERANCE = 0.005
"""A month of the ledger is asked about where more than half a per cent of it stays unexplained."""

OF_ROWS = ("missing_month", "orphan", "survivorship", "outlier_line", "possible_duplicate")
"""Checks whose answer is rows that are lacking; what else a check would have asked is a question."""

HINTS = {
    TABLE: "one CSV or Excel sheet, one row a record, dates as YYYY-MM-DD, amounts as plain numbers; the sheet '{table}' shows the columns",
    SOME_COLUMNS: "the same export again with these columns, so that rows can be matched",
    ROWS: "the rows as the system holds them, in the columns of the export already sent",
    QUESTION: "an answer in a sentence, with the list or document that shows it",
}


@dataclass(frozen=True)
class Bearing:
    """What a table bears on: a weight for each area, and why."""

    why: str
    areas: Mapping[str, int]

    @property
    def weight(self) -> int:
        """Its weights together."""
        return sum(self.areas.values())


@cache
def bearings() -> dict[str, Bearing]:
    """Give what each table bears on, from the data beside this file.

    >>> bearings()["delivery"].areas
    {'capacity': 3}
    """
    content = tomllib.loads((files("diligence.facts") / "evidence_weights.toml").read_text(encoding="utf-8"))
    return {table: Bearing(entry["why"], {area: entry[area] for area in AREAS if area in entry}) for table, entry in content.items()}


def requests(room: Room) -> pd.DataFrame:
    """Rank what would widen the verdict's evidence, the most telling first.

    A table weighs the sum over areas of its weight in the area times the share of the area that is still lacking: an area with nothing
    to go by gains most. Missing columns of a given table weigh as their share of its columns. What the checks found weighs as the
    table that it touches, times the share of revenue behind it.

    Returns
    -------
    DataFrame
        ``rank, table, columns, facts`` (how many of the catalogue it lets assess), ``why, kind`` (table, columns, rows, question),
        ``weight, areas, unlocks`` (the facts, separated by semicolons), ``period`` asked for, ``format``.

    Examples
    --------
    >>> from diligence.dataroom.room import open_room
    >>> sorted(requests(open_room("demo"))["kind"].unique())
    ['columns', 'question', 'rows']
    """
    given = {table: tuple(facts["columns"]) for table, facts in room.given.items()}
    span = f"{month_label(room.first_month)} to {month_label(room.month)}"
    asked = [*_lacking(given, span, str(room.deal.target.as_of)), *_found(room), *_ledger(room), *_rates(room)]
    return _ranked(asked)


def requests_of_nothing() -> pd.DataFrame:
    """Rank every table, for a target that has sent nothing yet."""
    return _ranked(_lacking({}, "the last five years, and to date", "the date of the export"))


def areas_lacking(given: Mapping[str, Collection[str]]) -> dict[str, float]:
    """Give for each area the share of it that is still lacking: the mean over its tables, by weight, and over the facts that read them.

    >>> areas_lacking({})["market"]
    1.0
    """
    facts = catalogue().values()
    lacking = {}
    for area in AREAS:
        weights = {table: bearing.areas[area] for table, bearing in bearings().items() if area in bearing.areas}
        held = sum(weight * _share_given(table, given) for table, weight in weights.items()) / sum(weights.values())
        # what needs the revenue lines alone can always be assessed, and says nothing of how much of an area is lacking
        resting = [fact for fact in facts if any(need.partition(".")[0] in weights and need != "revenue" for need in fact.needs)]
        open_ = sum(_missing(fact, given) for fact in resting) / len(resting) if resting else 1.0 - held
        lacking[area] = (1.0 - held + open_) / 2
    return lacking


def _lacking(given: Mapping[str, Collection[str]], span: str, as_of: str) -> list[dict[str, Any]]:
    """Ask for tables that are not there, and for the missing columns of those that are."""
    still, rows = areas_lacking(given), []
    for name, table in tables().items():
        absent = [column for column in table.names if column not in given.get(name, ())]
        if not absent:
            continue
        whole = name not in given
        unlocked = [fact for fact in catalogue().values() if _missing(fact, given) and _answers(fact, name, absent, whole)]
        weight = sum(points * still[area] for area, points in bearings()[name].areas.items()) * (
            1.0 if whole else len(absent) / len(table.names)
        )
        required = [column.name for column in table.columns if column.required] if whole else []
        kind = TABLE if whole else SOME_COLUMNS
        rows.append(
            _request(
                name,
                ", ".join(dict.fromkeys([*required, *absent])),
                kind,
                weight,
                _why(name, unlocked),
                _period(table, span, as_of),
                unlocked,
            )
        )
    return rows


def _found(room: Room) -> list[dict[str, Any]]:
    """Ask about what the checks found and only the target can answer: their remedy is to ask."""
    rows = []
    for issue in room.issues.itertuples():
        # columns that nothing reads may be the ones lacking, and only the target knows what they hold
        remedy = issue.do.replace("map what is one of:", "ask whether one of them holds")
        if re.search(r"\bask\b", remedy):
            weight = bearings()[issue.table].weight * max(LEAST, float(issue.share) if pd.notna(issue.share) else 0.0)
            period = ", ".join(re.findall(r"\b\d{4}-\d{2}\b", issue.message))
            kind = ROWS if issue.code in OF_ROWS else QUESTION
            rows.append(_request(issue.table, "", kind, weight, f"{issue.message}; {remedy}", period))
    return rows


def _ledger(room: Room) -> list[dict[str, Any]]:
    """Ask about the months in which the lines and the ledger stay apart."""
    tied = room.tieout
    tied = tied[tied["source_b"].str.startswith("ledger")]
    apart = tied[tied["unexplained"].abs() > TOLERANCE * tied["amount_b"].abs()]
    if apart.empty:
        return []
    months = sorted({str(month) for month in apart["month"]})
    booked = float(tied["amount_b"].abs().sum())
    share = float(apart["unexplained"].abs().sum()) / booked if booked else 1.0
    why = f"revenue differs from the ledger by more than half a per cent in {len(months)} of {tied['month'].nunique()} months; ask for their journal entries"
    return [_request("ledger", "", ROWS, bearings()["ledger"].weight * max(LEAST, share), why, ", ".join(months))]


def _rates(room: Room) -> list[dict[str, Any]]:
    """Ask for the rates that were carried over from the month before."""
    log = room.cleaning
    gaps = log[log["repair"] == "rate_gap"] if len(log) else log
    if gaps.empty:
        return []
    why = "rates are missing and those of the month before stand in for them; ask for the monthly averages"
    return [_request("fx", "month, currency, rate", ROWS, bearings()["fx"].weight * LEAST, why)]


def _request(
    table: str, columns: str, kind: str, weight: float, why: str, period: str = "", unlocked: Collection[Definition] = ()
) -> dict[str, Any]:
    return {
        "table": table,
        "columns": columns,
        "facts": len(unlocked),
        "why": why,
        "kind": kind,
        "weight": round(weight, 4),
        "areas": ", ".join(area.replace("_", " ") for area in bearings()[table].areas),
        "unlocks": "; ".join(fact.id for fact in unlocked),
        "period": period,
        "format": HINTS[kind].format(table=table),
    }


def _ranked(asked: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(asked, columns=COLUMNS[1:])
    order = ["weight", "facts", "table", "kind", "why"]
    frame = frame.sort_values(order, ascending=[False, False, True, True, True], ignore_index=True)
    return frame.assign(rank=range(1, len(frame) + 1))[COLUMNS]


def _why(table: str, unlocked: Collection[Definition]) -> str:
    """Say in one sentence what the table is for, and what of the catalogue it would let assess."""
    labels = [fact.label for fact in unlocked]
    lets = f" Lets assess: {'; '.join(labels[:4])}{' …' if len(labels) > 4 else ''}." if labels else ""
    return bearings()[table].why + lets


def _period(table: Table, span: str, as_of: str) -> str:
    """Say which period to ask for: all months of the lines for what is dated, else how things stand."""
    return span if table.row_date is not None else f"as of {as_of}"


def _share_given(table: str, given: Mapping[str, Collection[str]]) -> float:
    return len([column for column in tables()[table].names if column in given.get(table, ())]) / len(tables()[table].names)


def _missing(fact: Definition, given: Mapping[str, Collection[str]]) -> bool:
    """Say whether a fact cannot be assessed from what is given."""
    parts = [need.partition(".") for need in fact.needs]
    return any(table not in given or (column and column not in given[table]) for table, _, column in parts)


def _answers(fact: Definition, table: str, absent: Collection[str], whole: bool) -> bool:
    """Say whether a fact needs what the request asks for."""
    parts = [need.partition(".") for need in fact.needs]
    return any(name == table and (whole or column in absent) for name, _, column in parts)
