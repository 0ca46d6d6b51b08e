"""Exhibits of the data room: what was given, what is odd, what was repaired, how it ties, what to ask for."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import dataroom
from diligence.facts.analysis import Analysis
from diligence.facts.requests import SHOWN
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, source_line, told_of
from diligence.reports.told import counted

NAME = "00_data_room"


def coverage(analysis: Analysis) -> Exhibit:
    """Columns given of each governed table."""
    frame, told = analysis.frames["coverage"], told_of(analysis)
    missing = frame.loc[~frame["given"], "table"].tolist()
    named = f"; not given: {', '.join(missing[:6])}{' …' if len(missing) > 6 else ''}" if missing else ""
    return exhibit(
        dataroom.coverage(frame),
        id=f"{NAME}.coverage",
        question="What was given?",
        title=f"{told('data.tables_given')} of 33 tables are given, with {told('data.columns_given', code='percent')} of their columns{named}",
        table=frame[["table", "rows", "columns_given", "columns_total", "facts"]],
        formats={"rows": "count", "columns_given": "count", "columns_total": "count", "facts": "count"},
        labels={"facts": "Facts that need it"},
        source=f"data room; as of {analysis.deal.target.as_of}",
        alt="Bars: for each of 33 governed tables the columns given, of those in the data model",
        facts=("data.tables_given", "data.columns_given"),
    )


def issues(analysis: Analysis) -> Exhibit:
    """What the checks found, by the money that it touches."""
    frame = analysis.frames["issues"]
    if frame.empty:
        return _clean(analysis, "issues", "What is odd in it?", "The checks found nothing odd")
    names = frame["code"].str.replace("_", " ") + ", " + frame["table"]
    shown = pd.DataFrame({"label": names, "amount_touched": frame["amount"].abs(), "rows": frame["rows"]})
    first = frame.iloc[0]
    share = f", {first['share']:.1%} of revenue" if pd.notna(first["share"]) and first["amount"] else ""
    return exhibit(
        dataroom.issues(shown, currency=currency_of(analysis)),
        id=f"{NAME}.issues",
        question="What is odd in it?",
        title=f"{counted(len(frame), 'thing is', 'things are')} odd; the heaviest: {first['message']}{share}",
        table=frame[["code", "table", "rows", "amount", "message", "do"]],
        formats={"rows": "count", "amount": "money"},
        labels={"do": "What to ask"},
        source=f"checks of intake; as of {analysis.deal.target.as_of}",
        alt="Bars: money touched by each finding of the checks",
        currency=currency_of(analysis),
    )


def repairs(analysis: Analysis) -> Exhibit:
    """The cleaning log."""
    frame, told = analysis.frames["cleaning"], told_of(analysis)
    if frame.empty:
        return _clean(analysis, "repairs", "What was repaired?", "Nothing had to be repaired")
    kinds = frame["repair"].nunique()
    grouped = frame.groupby(["repair", "table"], sort=False).agg(entries=("id", "count"), rows=("rows", "sum"), amount=("amount", "sum"))
    grouped = grouped.reset_index().merge(frame.drop_duplicates("repair")[["repair", "before", "after"]], on="repair")
    return exhibit(
        None,
        id=f"{NAME}.repairs",
        question="What was repaired?",
        title=f"{counted(told.value('data.repairs'), 'repair')} of {counted(kinds, 'kind')}: each can be left undone by its id in the deal file",
        table=grouped,
        formats={"entries": "count", "rows": "count", "amount": "money"},
        labels={"before": "Before (the first)", "after": "After (the first)"},
        note="Every entry, with its switch, is in the cleaning log of the report and in cleaning.csv.",
        source=f"cleaning log; as of {analysis.deal.target.as_of}",
        facts=("data.repairs",),
        currency=currency_of(analysis),
    )


def tie_out(analysis: Analysis) -> Exhibit:
    """Revenue lines against the ledger, by month."""
    frame, told, question = analysis.frames["tieout"], told_of(analysis), "Does it tie to the ledger?"
    if frame.empty:
        return _clean(analysis, "tie_out", question, "Not assessable: the room has no ledger")
    beyond = int((frame["unexplained"].abs() > frame["tolerance"]).sum())
    word = "every month" if not beyond else f"all but {beyond} of {len(frame)} months"
    drawn = pd.DataFrame(
        {
            "month": frame["month"],
            "residual": frame["unexplained"],
            "tolerance": frame["tolerance"],
            "amount_a": frame["amount_a"],
            "amount_b": frame["amount_b"],
        }
    )
    table = frame[frame["residual"].abs() >= 1][["month", "amount_a", "amount_b", "residual", "explained_by", "unexplained"]]
    return exhibit(
        dataroom.tie_out(drawn, currency=currency_of(analysis)),
        id=f"{NAME}.tie_out",
        question=question,
        title=f"Revenue lines tie to the ledger within half a per cent in {word}; over twelve months {told('data.ledger_residual')} is unexplained",
        table=table,
        formats={
            "month": "month",
            "amount_a": "money_full",
            "amount_b": "money_full",
            "residual": "money_full",
            "unexplained": "money_full",
        },
        labels={"amount_a": "Lines", "amount_b": "Ledger"},
        source=source_line(analysis, "revenue", "ledger"),
        note="Lines less ledger. Shown are months that differ by one unit of the currency or more.",
        alt="Bars: unexplained difference of revenue lines and ledger by month, within a band of half a per cent",
        facts=("data.ledger_residual", "data.ledger_worst"),
        currency=currency_of(analysis),
    )


def match_thresholds(analysis: Analysis) -> Exhibit:
    """What retention and concentration would be, were the pairs in doubt joined."""
    frame, told = analysis.frames["match_thresholds"], told_of(analysis)
    pairs, question = int(frame["pairs"].max()), "How far do the numbers rest on who is one customer?"
    nrr = [f"data.match_nrr[threshold={threshold}]" for threshold in (frame["threshold"].iloc[0], frame["threshold"].iloc[-1])]
    if not pairs:
        title = "No pair of customers is in doubt: the numbers do not rest on a match threshold"
    elif told.knows(*nrr):
        title = f"Joining {counted(pairs, 'pair')} in doubt moves net revenue retention from {told(nrr[0])} to {told(nrr[1])}"
    else:
        accounts = [
            f"data.match_customers[threshold={threshold}]" for threshold in (frame["threshold"].iloc[0], frame["threshold"].iloc[-1])
        ]
        title = f"Joining {counted(pairs, 'pair')} in doubt makes {told(accounts[1])} accounts of {told(accounts[0])}"
    return exhibit(
        dataroom.match_thresholds(frame, currency=currency_of(analysis)) if pairs else None,
        id=f"{NAME}.match_thresholds",
        question=question,
        title=title,
        table=frame[["threshold", "pairs", "customers", "nrr", "grr", "logo", "top10"]],
        formats={"pairs": "count", "customers": "count"} | dict.fromkeys(("nrr", "grr", "logo", "top10"), "percent1"),
        labels={
            "threshold": "Joined from score",
            "pairs": "Pairs joined",
            "customers": "Accounts",
            "nrr": "Net revenue retention",
            "grr": "Gross revenue retention",
            "logo": "Logo retention",
            "top10": "Ten largest",
        },
        source=source_line(analysis, "revenue", "customers"),
        note="Off is what is reported. The pairs, with their evidence, are review.csv; decide on them in the deal's decisions file.",
        alt="Lines: net, gross and logo retention and the share of the ten largest, over the score from which pairs in doubt are joined",
        facts=tuple(nrr),
        currency=currency_of(analysis),
    )


def requests(analysis: Analysis) -> Exhibit:
    """What to ask the target for, most telling first."""
    frame = analysis.frames["requests"]
    if frame.empty:
        return _clean(analysis, "requests", "What should we ask for?", "Every column of the data model is given")
    first = frame.iloc[0]
    return exhibit(
        None,
        id=f"{NAME}.requests",
        question="What should we ask for?",
        title=f"Ask first for {first['table']}: {first['why'].partition('. ')[0].rstrip('.')}",
        table=frame.head(20)[SHOWN],
        formats={"rank": "count", "facts": "count"},
        labels={"facts": "Facts that it opens"},
        source="data model and catalogue of facts against the room",
        note="The whole list is requests.csv." if len(frame) > 20 else "",
        currency=currency_of(analysis),
    )


def _clean(analysis: Analysis, name: str, question: str, title: str) -> Exhibit:
    return exhibit(
        None,
        id=f"{NAME}.{name}",
        question=question,
        title=title,
        table=None,
        formats={},
        source=f"data room; as of {analysis.deal.target.as_of}",
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "coverage": coverage,
    "issues": issues,
    "repairs": repairs,
    "tie_out": tie_out,
    "match_thresholds": match_thresholds,
    "requests": requests,
}
