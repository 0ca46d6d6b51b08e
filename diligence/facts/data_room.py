"""The data room itself as facts: what was given, how sound it is, how far it ties."""

import pandas as pd

from diligence.dataroom.room import Room
from diligence.dataroom.schema import CORE, UNIDENTIFIED, tables
from diligence.facts.analysis import Analysis, Check
from diligence.facts.catalogue import catalogue
from diligence.facts.match_thresholds import match_thresholds
from diligence.facts.new_sheet import new_sheet
from diligence.facts.repair_effects import repair_effects
from diligence.facts.requests import requests
from diligence.facts.sheet import NAN, FactSheet
from diligence.facts.tie_out import tie_out
from diligence.periods import month_index

JOINED = ("misspelt_customer", "recoded_customer", "renamed_customer", "decided_customer")
"""Repairs that join a customer to another."""

QUIET = ("second_date_format", "currency_conversion", "service_period_spread", "missing_customer_row", "wild_quantity", "after_as_of")
"""Repairs that change how a line reads, not whether or where it counts."""


def data_room(room: Room) -> Analysis:
    """Compute the facts of the data room.

    Returns
    -------
    Analysis
        Facts; frames ``regime, coverage, issues, cleaning, review, match_thresholds, repair_effects, requests`` and those of
        :func:`diligence.facts.tie_out.tie_out`; and the checks that must hold.
    """
    sheet = new_sheet(room, "00_data_room", period=f"as of {room.deal.target.as_of}")
    coverage = _coverage(room, sheet)
    _revenue(room, sheet)
    _repairs(room, sheet)
    _customers(room, sheet)
    thresholds = match_thresholds(room, sheet)
    effects = repair_effects(room, sheet)
    ties = tie_out(room, sheet)
    _opportunities(room, sheet)
    sheet.complete([name for name in catalogue() if name.startswith("data.")], "nothing to count")
    regime = pd.DataFrame([(room.regime, bool(room.described["regime_found"]))], columns=["regime", "found"])
    frames = {
        "regime": regime,
        "coverage": coverage,
        "issues": room.issues,
        "cleaning": room.cleaning,
        "review": room.review,
        "match_thresholds": thresholds,
        "repair_effects": effects,
        "requests": requests(room),
        **ties,
    }
    held = float(room.cube["amount"].sum()) + room.described["beyond"]
    return Analysis(
        "00_data_room",
        room.deal,
        sheet.frame(),
        frames,
        (Check("the cube holds the revenue lines", held, room.described["revenue"], 0.01),),
    )


def _coverage(room: Room, sheet: FactSheet) -> pd.DataFrame:
    rows = []
    for name, table in tables().items():
        facts = room.given.get(name, {"rows": 0, "columns": []})
        needed = sum(1 for fact in catalogue().values() if any(need.partition(".")[0] == name for need in fact.needs))
        rows.append(
            (
                name,
                "core" if name in CORE else "further",
                facts["rows"],
                len(facts["columns"]),
                len(table.names),
                name in room.given,
                needed,
            )
        )
    frame = pd.DataFrame(rows, columns=["table", "area", "rows", "columns_given", "columns_total", "given", "facts"])
    frame = frame.sort_values(["area", "table"], key=lambda column: column.map(lambda word: (word != "revenue", word)), ignore_index=True)
    sheet.add("data.tables_given", int(frame["given"].sum()), n=len(frame), numerator=int(frame["given"].sum()), denominator=len(frame))
    columns, total = int(frame["columns_given"].sum()), int(frame["columns_total"].sum())
    sheet.add("data.columns_given", columns / total, n=total, numerator=columns, denominator=total)
    for row in frame[frame["given"]].itertuples():
        sheet.add("data.table_rows", row.rows, n=max(row.rows, 1), object="table", object_id=row.table)
    return frame


def _revenue(room: Room, sheet: FactSheet) -> None:
    if not room.has("revenue"):
        return
    described = room.described
    sheet.add("data.revenue_as_given", described["revenue_as_given"], n=described["lines"])
    sheet.add("data.revenue_governed", described["revenue"], n=described["lines"])
    sheet.add("data.revenue_lines", described["lines"], n=described["lines"])
    sheet.add("data.months", month_index(room.month) - month_index(room.first_month) + 1)
    cube = room.cube
    known = cube[cube["customer_id"] != UNIDENTIFIED]
    everyone = known["customer_id"].nunique()
    sheet.add("data.customers", everyone, n=everyone)
    for metric, month in (("data.left_truncated", room.first_month), ("data.right_censored", room.month)):
        there = known.loc[(known["month"] == month) & (known["amount"] > 0), "customer_id"].nunique()
        sheet.add(metric, there / everyone if everyone else NAN, n=everyone, numerator=there, denominator=everyone)
    ahead = room.issues.loc[room.issues["code"] == "look_ahead", "amount"].abs().max()
    touched, absolute = float(ahead) if pd.notna(ahead) else 0.0, described["absolute_revenue"]
    sheet.add("data.look_ahead", touched / absolute if absolute else NAN, n=described["lines"], numerator=touched, denominator=absolute)


def _repairs(room: Room, sheet: FactSheet) -> None:
    log, lines, absolute = room.cleaning, room.described["lines"], room.described["absolute_revenue"]
    rows = log.groupby("repair")["rows"].sum() if len(log) else pd.Series(dtype="int64")
    done = log[log["repair"] != "after_as_of"]
    sheet.add("data.repairs", len(done), n=max(len(done), 1))
    loud = int(rows.drop([name for name in QUIET if name in rows.index]).sum())
    sheet.add("data.repaired_rows", loud / lines if lines else NAN, n=lines, numerator=loud, denominator=lines)
    sheet.add("data.reading_errors", int(rows.get("second_date_format", 0)))
    cube = room.cube
    nobody = float(cube.loc[cube["customer_id"] == UNIDENTIFIED, "amount"].abs().sum())
    sheet.add("data.unidentified", nobody / absolute if absolute else NAN, n=lines, numerator=nobody, denominator=absolute)
    gaps = room.issues
    sheet.add("data.missing_months", int(gaps.loc[gaps["code"] == "missing_month", "rows"].sum()))
    if room.has("revenue", "currency"):
        named, known = room.described["lines_with_currency"], room.described["lines_known"]
        sheet.add("data.currency_coverage", named / known if known else NAN, n=known, numerator=named, denominator=known)


def _customers(room: Room, sheet: FactSheet) -> None:
    if not room.has("customers"):
        return
    log, listed = room.cleaning, int(room.described["listed_customers"])
    cube, named = room.cube, room.customers
    unlisted = set(named.loc[named["source_file"].isna(), "customer_id"]) - {UNIDENTIFIED}
    lacking = float(cube.loc[cube["customer_id"].isin(list(unlisted)), "amount"].abs().sum())
    absolute = float(cube["amount"].abs().sum())
    sheet.add(
        "data.not_listed", lacking / absolute if absolute else NAN, n=room.described["lines"], numerator=lacking, denominator=absolute
    )
    joined = int(log["repair"].isin(JOINED).sum()) if len(log) else 0
    if room.has("customers", "name"):
        sheet.add("data.joined_customers", joined / listed if listed else NAN, n=listed, numerator=joined, denominator=listed)
    if room.has("customers", "parent_id"):
        frame = room.customers
        named = int((frame["account_id"] != frame["customer_id"]).sum())
        sheet.add("data.parents_given", named / len(frame) if len(frame) else NAN, n=len(frame), numerator=named, denominator=len(frame))


def _opportunities(room: Room, sheet: FactSheet) -> None:
    if not room.has("opportunities"):
        return
    deals = room.table("opportunities")
    for status in ("won", "lost", "open"):
        sheet.add(f"data.opportunities_{status}", int((deals["status"] == status).sum()), n=len(deals))
    if room.has("opportunities", "amount"):
        won = deals.loc[deals["status"] == "won", "amount"]
        sheet.add("data.opportunities_won_amount", float(won.sum()), n=len(won))
