"""Exhibits of the data room: what was given, what is odd, what was repaired, how it ties, what to ask for."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import dataroom
from diligence.facts.analysis import Analysis
from diligence.facts.requests import SHOWN
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import clean, currency_of, source_line, told_of
from diligence.reports.exhibits.tie_out import billings, reported, sources, tie_out
from diligence.reports.told import Told, counted

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
        title=f"{told('data.tables_given')} of 33 tables are given, with {told('data.columns_given')} of their columns{named}",
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
    """The kinds of repair, and what each does to the headline."""
    frame, told, question = analysis.frames["cleaning"], told_of(analysis), "What was repaired, and what does it do to the headline?"
    if frame.empty:
        return clean(analysis, "repairs", question, "Nothing had to be repaired")
    grouped = frame.groupby("repair", sort=False).agg(rows=("rows", "sum"), amount=("amount", "sum")).reset_index()
    effects = analysis.frames["repair_effects"]
    shown = [f"{name}_effect" for name in ("revenue_ltm", "nrr", "grr", "logo", "top10")]
    # what is no repair (rows after the as-of date) has no switch, and so no effect; it stands last
    table = effects[["repair", *shown]].merge(grouped, on="repair", how="outer").set_index("repair")
    order = [*effects["repair"], *(kind for kind in grouped["repair"] if kind not in set(effects["repair"]))]
    table = table.loc[order, ["rows", "amount", *shown]].reset_index()
    table["repair"] = table["repair"].str.replace("_", " ")
    return exhibit(
        None,
        id=f"{NAME}.repairs",
        question=question,
        title=_repairs_title(told, effects),
        table=table,
        formats={"rows": "count", "amount": "money", "revenue_ltm_effect": "money"}
        | dict.fromkeys(("nrr_effect", "grr_effect", "logo_effect", "top10_effect"), "percent1"),
        labels={
            "revenue_ltm_effect": "Revenue, 12 m",
            "nrr_effect": "NRR",
            "grr_effect": "GRR",
            "logo_effect": "Logos",
            "top10_effect": "Ten largest",
        },
        note="The last five columns: the number as reported less the number with this repair left undone, the room governed again (retention and "
        "share in points of a hundred; a dash where the room cannot be read without it). Every entry, with its switch, is in cleaning.csv.",
        source=f"cleaning log; as of {analysis.deal.target.as_of}",
        facts=("data.repairs",),
        currency=currency_of(analysis),
    )


def _repairs_title(told: Told, effects: pd.DataFrame) -> str:
    done = counted(told.value("data.repairs"), "repair")
    if len(effects):
        first = effects["repair"].iloc[0]
        without, as_is = f"data.without_nrr[repair={first}]", "data.match_nrr[threshold=off]"
        if told.knows(without, as_is) and told(without) != told(as_is):
            named = first.replace("_", " ")
            return f"{done}; the one that weighs most is {named}: without it net revenue retention would read {told(without)}, not {told(as_is)}"
    return f"{done}, none of which moves net revenue retention; each can be left undone by its id in the deal file"


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
        # without a pair every threshold reads as the first
        table=(frame if pairs else frame.head(1))[["threshold", "pairs", "customers", "nrr", "grr", "logo", "top10"]],
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
        return clean(analysis, "requests", "What should we ask for?", "Every column of the data model is given")
    first = frame.iloc[0]
    return exhibit(
        None,
        id=f"{NAME}.requests",
        question="What should we ask for?",
        title=f"Ask first about {first['table']}: {first['why'].partition('. ')[0].partition('; ')[0].rstrip('.')}",
        table=frame.head(20)[SHOWN],
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
    "match_thresholds": match_thresholds,
    "requests": requests,
}
