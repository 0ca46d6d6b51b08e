"""Exhibits of the data room: what was given, what is odd, what was repaired, how it ties, what to ask for."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import dataroom
from diligence.facts.analysis import Analysis
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import clean, currency_of, told_of
from diligence.reports.exhibits.tie_out import billings, reported, sources, tie_out
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
        return clean(analysis, "issues", "What is odd in it?", "The checks found nothing odd")
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
        return clean(analysis, "repairs", "What was repaired?", "Nothing had to be repaired")
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


def requests(analysis: Analysis) -> Exhibit:
    """What to ask the target for, most telling first."""
    frame = analysis.frames["requests"]
    if frame.empty:
        return clean(analysis, "requests", "What should we ask for?", "Every column of the data model is given")
    first = frame.iloc[0]
    return exhibit(
        None,
        id=f"{NAME}.requests",
        question="What should we ask for?",
        title=f"Ask first for {first['table']}: {first['why'].partition(': ')[2] or first['why']}",
        table=frame.head(20),
        formats={"rank": "count", "facts": "count"},
        labels={"facts": "Facts that it opens"},
        source="data model and catalogue of facts against the room",
        note="The whole list is requests.csv." if len(frame) > 20 else "",
        currency=currency_of(analysis),
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "coverage": coverage,
    "issues": issues,
    "repairs": repairs,
    "tie_out": tie_out,
    "sources": sources,
    "billings": billings,
    "reported": reported,
    "requests": requests,
}
