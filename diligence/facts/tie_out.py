"""How far the revenue ties: to the ledger, the invoices, the contracts, the proof of billings, and what management reported."""

import pandas as pd

from diligence.dataroom.room import Room
from diligence.dataroom.tieout.billings import LINES
from diligence.dataroom.tieout.classes import CLASSES
from diligence.dataroom.tieout.pairs import CONTRACTS, INVOICES, LEDGER, LEDGER_RECURRING
from diligence.dataroom.tieout.registers import UNBILLED, UNCONTRACTED
from diligence.dataroom.tieout.statement import OPEN
from diligence.facts.reported import reported_against_ours
from diligence.facts.sheet import NAN, FactSheet
from diligence.periods import add_months, month_label

UNPROVED = "no deferred revenue in the ledger, and no line has a service period: nothing shows what is billed ahead"
BY_CONSTRUCTION = "revenue, deferral and billing all come from the lines, where they agree by construction: ask for invoices or the ledger's deferred revenue"


def tie_out(room: Room, sheet: FactSheet) -> dict[str, pd.DataFrame]:
    """Fill in how far the room ties.

    Returns
    -------
    dict
        ``tieout`` (the best pair by month), ``tieout_pairs`` (each pair over the last twelve months), ``tieout_items`` (invoices and
        customers that differ), ``billings`` and ``reported``.
    """
    whole = room.tieout.assign(month=lambda frame: pd.to_datetime(frame["month"] + "-01"))
    present = set(whole["source_b"])
    best = next((source for source in (LEDGER_RECURRING, LEDGER, INVOICES) if source in present), "")
    months = whole[whole["source_b"] == best].reset_index(drop=True)
    months = months.assign(share=months["unexplained"].abs() / months["amount_b"].abs().where(months["amount_b"] != 0))
    year = whole[whole["month"] > add_months(room.month, -12)]
    if best in (LEDGER_RECURRING, LEDGER):
        _ledger(room, sheet, months)
    if best:
        sheet.add("data.tie_open", int((months["status"] == OPEN).sum()), n=len(months))
    _share(sheet, "data.invoices_residual", year[year["source_b"] == INVOICES])
    _contracts(room, sheet, whole[whole["source_b"] == CONTRACTS])
    items = room.tieout_items
    if INVOICES in present and room.has("revenue", "invoice_id"):
        sheet.add("data.invoices_differ", int((items["register"] == "invoices").sum()), n=room.given["invoices"]["rows"])
    frames = {"tieout": months, "tieout_pairs": _pairs(year), "tieout_items": items, "billings": _billings(room, sheet)}
    return frames | {"reported": _reported(room, sheet)}


def _share(sheet: FactSheet, metric: str, part: pd.DataFrame) -> None:
    gap, base = float(part["unexplained"].abs().sum()), float(part["amount_b"].abs().sum())
    if len(part):
        sheet.add(metric, gap / base if base else NAN, n=len(part), numerator=gap, denominator=base)


def _ledger(room: Room, sheet: FactSheet, months: pd.DataFrame) -> None:
    year = months[months["month"] > add_months(room.month, -12)]
    for metric, part in (("data.ledger_residual", year), ("data.ledger_residual_all", months)):
        gap, base = float(part["unexplained"].abs().sum()), float(part["amount_b"].abs().sum())
        sheet.add(metric, gap / base if base else NAN, n=len(part), numerator=gap, denominator=base)
    if months["share"].notna().any():
        worst = months.loc[months["share"].idxmax()]
        sheet.add(
            "data.ledger_worst",
            float(worst["share"]),
            n=len(months),
            numerator=abs(worst["unexplained"]),
            denominator=worst["amount_b"],
            period=month_label(worst["month"]),
        )


def _contracts(room: Room, sheet: FactSheet, months: pd.DataFrame) -> None:
    now = months[months["month"] == room.month]
    if now.empty:
        return
    row, spot = now.iloc[0], month_label(room.month)
    base = float(row["amount_b"])
    gap = float(row["residual"])
    sheet.add("data.contracts_residual", gap / base if base else NAN, numerator=gap, denominator=base, period=spot)
    items = room.tieout_items
    for metric, word, column in (("data.uncontracted", UNCONTRACTED, "amount_a"), ("data.unbilled", UNBILLED, "amount_b")):
        part = items[items["difference"] == word]
        sheet.add(metric, float(part[column].sum()), n=max(len(part), 1), period=spot)


def _pairs(year: pd.DataFrame) -> pd.DataFrame:
    """Sum each pair over the last twelve months; a stock is that of the last month."""
    rows = []
    money = ["amount_a", "amount_b", "residual", *CLASSES, "unexplained"]
    for (ours, theirs), part in year.groupby(["source_a", "source_b"], sort=False):
        summed = part[part["month"] == part["month"].max()][money].sum() if theirs == CONTRACTS else part[money].sum()
        rows.append(
            {"source_a": ours, "source_b": theirs, **summed.to_dict(), "months": len(part), "open": int((part["status"] == OPEN).sum())}
        )
    return pd.DataFrame(rows, columns=["source_a", "source_b", *money, "months", "open"])


def _billings(room: Room, sheet: FactSheet) -> pd.DataFrame:
    frame = room.billings.assign(month=lambda found: pd.to_datetime(found["month"] + "-01"))
    if frame.empty:
        sheet.refuse("data.billings_residual", UNPROVED)
        return frame
    year = frame[frame["month"] > add_months(room.month, -12)]
    sources = set(frame[["revenue_from", "deferred_from", "invoiced_from"]].iloc[-1])
    gap, base = abs(float(year["residual"].sum())), abs(float(year["invoiced"].sum()))
    if sources == {LINES}:
        sheet.refuse("data.billings_residual", BY_CONSTRUCTION)
    else:
        sheet.add("data.billings_residual", gap / base if base else NAN, n=len(year), numerator=gap, denominator=base)
    last = frame.iloc[-1]
    gap, base = float(last["deferred_lines"] - last["deferred_ledger"]), float(last["deferred_ledger"])
    reason = "the ledger has no deferred revenue, or no line has a service period"
    value = gap / base if base else NAN
    sheet.add("data.deferred_residual", value, numerator=gap, denominator=base, period=month_label(last["month"]), reason=reason)
    return frame


def _reported(room: Room, sheet: FactSheet) -> pd.DataFrame:
    """Hold the latest figure of each name against ours; the whole series is in the frame."""
    frame = reported_against_ours(room) if room.has("reported") else pd.DataFrame(columns=["metric", "month", "share", "reported", "ours"])
    for metric, part in frame[frame["share"].notna()].groupby("metric", sort=True) if len(frame) else ():
        last = part.sort_values("month", kind="stable").iloc[-1]
        sheet.add(
            "data.reported_gap",
            float(last["share"]),
            object="reported",
            object_id=str(metric),
            numerator=float(last["difference"]),
            denominator=float(last["ours"]),
            period=str(last["period"]),
        )
    if len(frame) and not frame["share"].notna().any():
        sheet.refuse("data.reported_gap", "no reported figure has a period that the data reach")
    return frame
