"""What exhibits share: a frame for what cannot be assessed, and the line that names the source."""

import pandas as pd

from diligence.facts.analysis import Analysis
from diligence.facts.sheet import OK
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.told import Told


def source_line(analysis: Analysis, *tables: str) -> str:
    """Name the files behind an exhibit, and the date to which they speak."""
    lines = analysis.facts["sources"].str.split("; ").explode().dropna().unique()
    named = [line for line in lines if line.partition(" (")[0] in tables]
    return f"{'; '.join(named) or ', '.join(tables)}; as of {analysis.deal.target.as_of}"


def not_assessable(analysis: Analysis, name: str, question: str, prefix: str | tuple[str, ...]) -> Exhibit:
    """Say what is not assessable and why, instead of an empty figure."""
    facts = analysis.facts
    mine = facts[facts["metric"].str.startswith(prefix) & (facts["status"] != OK)].drop_duplicates("metric")
    table = pd.DataFrame({"metric": mine["metric"], "status": mine["status"].str.replace("_", " "), "reason": mine["reason"]})
    why = mine["reason"].iloc[0] if len(mine) else "nothing to show"
    return exhibit(
        None,
        id=f"{analysis.name}.{name}",
        question=question,
        title=f"Not assessable: {why}",
        table=table,
        formats={},
        source=source_line(analysis, "revenue"),
        currency=analysis.deal.target.currency,
    )


def clean(analysis: Analysis, name: str, question: str, title: str) -> Exhibit:
    """Say in the title alone what there is to say: no figure, no table."""
    return exhibit(
        None,
        id=f"{analysis.name}.{name}",
        question=question,
        title=title,
        table=None,
        formats={},
        source=f"data room; as of {analysis.deal.target.as_of}",
    )


def currency_of(analysis: Analysis) -> str:
    """Give the currency of the deal."""
    return analysis.deal.target.currency


def told_of(analysis: Analysis) -> Told:
    """Give the facts of an analysis as words."""
    return Told(analysis.facts, currency_of(analysis))
