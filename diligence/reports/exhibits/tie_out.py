"""Exhibits of the tie-out: the best book by month, every pair of sources, the proof of billings, what management reported."""

import pandas as pd

from diligence.charts import dataroom
from diligence.dataroom.tieout.classes import CLASSES
from diligence.facts.analysis import Analysis
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import clean, currency_of, source_line, told_of
from diligence.reports.formats import as_text
from diligence.reports.told import counted

NAME = "00_data_room"
BOOKS = {"ledger, revenue": "the ledger", "ledger, recurring_revenue": "the ledger", "invoices": "the invoices"}


def tie_out(analysis: Analysis) -> Exhibit:
    """Revenue lines against the best book that the room holds, by month."""
    frame, told, question = analysis.frames["tieout"], told_of(analysis), "Does it tie to the ledger?"
    if frame.empty:
        return clean(analysis, "tie_out", question, "Not assessable: the room has no ledger and no invoices")
    book = BOOKS[frame["source_b"].iloc[0]]
    allowed = as_text(analysis.deal.tieout.tolerance, "percent1")
    beyond = int((frame["unexplained"].abs() > frame["tolerance"]).sum())
    word = "every month" if not beyond else f"all but {beyond} of {len(frame)} months"
    metrics = ("data.invoices_residual",) if book == "the invoices" else ("data.ledger_residual", "data.ledger_worst")
    drawn = frame[["month", "tolerance", "amount_a", "amount_b"]].assign(residual=frame["unexplained"])
    table = frame[frame["residual"].abs() >= 1][["month", "amount_a", "amount_b", "residual", "explained_by", "unexplained", "status"]]
    return exhibit(
        dataroom.tie_out(drawn, currency=currency_of(analysis)),
        id=f"{NAME}.tie_out",
        question=question,
        title=f"Revenue lines tie to {book} within {allowed} in {word}; over twelve months {told(metrics[0])} is unexplained",
        table=table,
        formats={"month": "month"} | dict.fromkeys(("amount_a", "amount_b", "residual", "unexplained"), "money_full"),
        labels={"amount_a": "Lines", "amount_b": book.removeprefix("the ").capitalize()},
        source=source_line(analysis, "revenue", frame["source_b"].iloc[0].partition(",")[0]),
        note=f"Lines less {book}. Shown are months that differ by one unit of the currency or more.",
        alt=f"Bars: unexplained difference of revenue lines and {book} by month, within the band of the tolerance",
        facts=metrics,
        currency=currency_of(analysis),
    )


def sources(analysis: Analysis) -> Exhibit:
    """Every pair of sources over the last twelve months, taken apart by class."""
    frame, question = analysis.frames["tieout_pairs"], "Do the other books agree?"
    if frame.empty:
        return clean(analysis, "sources", question, "Not assessable: the room has no ledger, no invoices and no contracts")
    allowed = as_text(analysis.deal.tieout.tolerance, "percent1")
    left = frame[frame["unexplained"].abs() > analysis.deal.tieout.tolerance * frame["amount_b"].abs()]
    open_ = f"; not within {allowed}: {', '.join(left['source_b'])}" if len(left) else f", all within {allowed} once explained"
    used = [kind for kind in CLASSES if frame[kind].abs().max() >= 1]
    return exhibit(
        None,
        id=f"{NAME}.sources",
        question=question,
        title=f"{counted(len(frame), 'pair of sources', 'pairs of sources')} can be held against each other{open_}",
        table=frame[["source_a", "source_b", "amount_a", "amount_b", "residual", *used, "unexplained", "open"]].replace(
            "_", " ", regex=True
        ),
        formats=dict.fromkeys(("amount_a", "amount_b", "residual", *used, "unexplained"), "money_full") | {"open": "count"},
        labels={
            "source_a": "Ours",
            "source_b": "Theirs",
            "amount_a": "Amount",
            "amount_b": "Their amount",
            "residual": "Apart",
            "unexplained": "Left",
            "open": "Open",
        },
        note="Sums of the last twelve months; contracts and annualised lines as they stand at the end of the last. Each class holds what rows explain; "
        "left is what none does, open counts the months in which that is material.",
        source=source_line(analysis, "revenue", "ledger", "invoices", "contracts"),
        currency=currency_of(analysis),
    )


def billings(analysis: Analysis) -> Exhibit:
    """The proof of billings, by month of the last year."""
    frame, told, question = analysis.frames["billings"], told_of(analysis), "Does what was billed prove the revenue?"
    metric = "data.billings_residual"
    if frame.empty or not told.knows(metric):
        return clean(analysis, "billings", question, f"Not assessable: {told.reason(metric)}")
    last = frame.iloc[-1]
    columns = ["month", "revenue", "deferred_opening", "deferred_closing", "billings", "invoiced", "residual"]
    return exhibit(
        None,
        id=f"{NAME}.billings",
        question=question,
        title=f"Revenue and the change of deferred revenue prove the billings but for {told(metric)} of twelve months' invoices",
        table=frame[columns].tail(12),
        formats={"month": "month"} | dict.fromkeys(columns[1:], "money_full"),
        labels={"billings": "Revenue and change"},
        note=f"Revenue from {last['revenue_from']}, deferred revenue from {last['deferred_from']}, billed amounts from {last['invoiced_from']}.",
        source=source_line(analysis, "revenue", "ledger", "invoices"),
        facts=(metric,),
        currency=currency_of(analysis),
    )


def reported(analysis: Analysis) -> Exhibit:
    """What management reported against our reading of the same period."""
    frame, told, question = analysis.frames["reported"], told_of(analysis), "Does management report what the lines say?"
    known = frame[frame["share"].notna()] if len(frame) else frame
    if known.empty:
        return clean(analysis, "reported", question, f"Not assessable: {told.reason('data.reported_gap')}")
    latest = known.sort_values("month", kind="stable").groupby(["metric", "reported_by"], sort=True).tail(1)
    latest = latest.sort_values("share", key=lambda column: column.abs(), ascending=False, kind="stable", ignore_index=True)
    first = latest.iloc[0]
    side = "above" if first["share"] > 0 else "below"
    word = f"the furthest off is {first['metric']}, {as_text(abs(first['share']), 'percent1')} {side} ours in {first['period']}"
    return exhibit(
        None,
        id=f"{NAME}.reported",
        question=question,
        title=f"{counted(len(latest), 'reported figure')} can be held against the lines; {word}",
        table=latest.assign(**{side: _written(latest, side, currency_of(analysis)) for side in ("reported", "ours")})[
            ["metric", "reported_by", "period", "reported", "ours", "share", "reading"]
        ],
        formats={"share": "percent1"},
        labels={"share": "Apart", "reading": "Our reading"},
        note="The latest period of each name; apart is reported over ours, less one. A gap may be a definition: see the readings of retention. "
        "Revenue that is reported by month is in the tie-out, month by month.",
        source=source_line(analysis, "reported", "revenue"),
        currency=currency_of(analysis),
    )


def _written(frame: pd.DataFrame, side: str, currency: str) -> list[str]:
    """Money, counts and shares stand in one column, each as it reads."""
    return [as_text(value, code, currency=currency) for value, code in zip(frame[side], frame["format"], strict=True)]
