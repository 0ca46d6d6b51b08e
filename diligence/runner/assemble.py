"""From executed notebooks and facts to the files of a run: report, findings, facts, logs."""

from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from diligence.dataroom.room import Room
from diligence.dataroom.schema import tables
from diligence.dataroom.tieout.pairs import CONTRACTS
from diligence.facts.catalogue import definition
from diligence.facts.requests import SHOWN, requests
from diligence.facts.sheet import COLUMNS, with_keys
from diligence.judgement.asked import with_rules
from diligence.judgement.rules import evaluate
from diligence.reports.exhibit import EXHIBIT_MIME, NARRATIVE_MIME, Exhibit, Narrative
from diligence.reports.html import ReportContent, Section, render_report
from diligence.reports.narrative import ledger_words, summary, unassessed
from diligence.reports.workpaper import render_workpaper
from diligence.resources import shipped
from diligence.runner.suite import Notebook

CAVEATS = "## What this does not tell you"
SHOWN_CLEANING = ["id", "table", "rows", "amount", "before", "after"]


def collect_facts(evidence: Path, books: list[Notebook]) -> pd.DataFrame:
    """Put the facts of the notebooks together, in reading order."""
    files = [evidence / "facts" / f"{book.name}.parquet" for book in books]
    frames = [pd.read_parquet(file) for file in files if file.is_file()]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def write_outputs(folder: Path, room: Room, books: list[Notebook], errors: dict[str, dict[str, Any]], manifest: dict[str, Any]) -> None:
    """Write everything of a run but its manifest and the notebooks themselves."""
    facts = collect_facts(folder / "evidence", books)
    facts.to_parquet(folder / "facts.parquet", index=False)
    findings = evaluate(facts, room.deal.thresholds)
    findings.to_csv(folder / "findings.csv", index=False, lineterminator="\n")
    asked = requests(room)
    with_rules(asked).to_csv(folder / "requests.csv", index=False, lineterminator="\n")
    for name in ("cleaning", "tieout", "tieout_items", "billings", "review"):
        (folder / f"{name}.csv").write_bytes((room.folder / f"{name}.csv").read_bytes())
    sections = [_section(folder, book, errors.get(book.name)) for book in books]
    content = _content(room, facts, findings, asked, sections, manifest)
    (folder / "report.html").write_text(render_report(content, shipped("templates")), encoding="utf-8", newline="\n")


def write_workpaper(record: Path) -> None:
    """Write the page of an executed notebook beside it."""
    notebook = nbformat.read(record, as_version=4)
    record.with_suffix(".html").write_text(render_workpaper(notebook, shipped("templates")), encoding="utf-8", newline="\n")


def _section(folder: Path, book: Notebook, error: dict[str, Any] | None) -> Section:
    record = folder / "notebooks" / f"{book.name}.ipynb"
    notebook = nbformat.read(record, as_version=4) if record.is_file() else nbformat.v4.new_notebook()
    bundles = [output.get("data", {}) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return Section(
        name=book.name,
        title=book.title,
        question=book.question,
        status="failed" if error else "ok",
        error=error,
        narratives=tuple(Narrative.from_json(bundle[NARRATIVE_MIME]) for bundle in bundles if NARRATIVE_MIME in bundle),
        exhibits=tuple(Exhibit.from_json(bundle[EXHIBIT_MIME]) for bundle in bundles if EXHIBIT_MIME in bundle),
        caveats=_caveats(notebook),
        workpaper=f"notebooks/{book.name}.html",
    )


def _caveats(notebook: NotebookNode) -> tuple[str, ...]:
    """Take the caveats from the notebook's own words."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown" and cell.source.startswith(CAVEATS)]
    return tuple(line[2:].strip() for cell in cells for line in cell.splitlines() if line.startswith("- "))


def _scope_note(room: Room, facts: pd.DataFrame) -> str:
    silent = unassessed(facts)
    rest = f" Nothing could be said of {' and '.join(silent)}." if silent else ""
    return f"{len(room.given)} of 33 tables of the data model were given.{rest}"


def _content(
    room: Room, facts: pd.DataFrame, findings: pd.DataFrame, asked: pd.DataFrame, sections: list[Section], manifest: dict[str, Any]
) -> ReportContent:
    deal = room.deal
    tied = room.tieout
    nothing: dict[str, Any] = {"rows": 0, "columns": [], "file": "not given"}
    held = {name: (room.given.get(name, nothing), len(table.names)) for name, table in tables().items()}
    coverage = [
        {"table": name, "rows": f["rows"], "columns_given": len(f["columns"]), "columns_total": total, "file": f["file"]}
        for name, (f, total) in held.items()
    ]
    return ReportContent(
        target=deal.target.name,
        as_of=str(deal.target.as_of),
        currency=deal.target.currency,
        generated_from=f"diligence {manifest['versions']['diligence']}",
        scope_note=_scope_note(room, facts),
        headline=summary(
            facts, findings, deal, room.month, against=ledger_words(tied), failed=[one.title for one in sections if one.status == "failed"]
        ),
        sections=sections,
        findings=_finding_records(findings),
        facts=_fact_records(_told_facts(facts, sections)),
        requests=_records(asked.head(30)[SHOWN]),
        cleaning=_records(room.cleaning[SHOWN_CLEANING]),
        tieout=_records(_apart(tied)),
        manifest={key: value for key, value in manifest.items() if value},
        coverage=coverage,
    )


def _apart(tied: pd.DataFrame) -> pd.DataFrame:
    """Months in which sources differ; of the contracts, which are a stock, those of the last year. All of them are in tieout.csv."""
    year = sorted(tied["month"].unique())[-12:]
    shown = tied[(tied["residual"].abs() >= 1) & ((tied["source_b"] != CONTRACTS) | tied["month"].isin(year))]
    return shown[["month", "source_b", "amount_a", "amount_b", "residual", "explained_by", "unexplained", "status"]]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _finding_records(findings: pd.DataFrame) -> list[dict[str, Any]]:
    records = []
    for row in _records(findings):
        cut = f" ({row['segment']})" if row["segment"] else ""
        records.append({**row, "name": f"{row['name']}{cut}", "format": definition(row["metric"]).format})
    return records


def _told_facts(facts: pd.DataFrame, sections: list[Section]) -> pd.DataFrame:
    """Give the facts that the report opens: those of the whole company and its segments, and of further cuts those that it names."""
    named = {key for section in sections for exhibit in section.exhibits for key in exhibit.facts}
    named |= {
        key for section in sections for told in section.narratives for sentence in told.sentences for key in sentence.get("facts", ())
    }
    keyed = with_keys(facts)
    return keyed[(keyed["object_id"] == "") | keyed["key"].isin(named)]


def _fact_records(facts: pd.DataFrame) -> list[dict[str, Any]]:
    records = []
    for row in _records(with_keys(facts)):
        known = definition(row["metric"])
        cut = row["object_id"] or row["segment"]
        label = f"{known.label}, {str(cut).replace('_', ' ')}" if cut else known.label
        records.append({**row, "label": label, "metric_label": known.label, "format": known.format, "formula": known.formula})
    return records
