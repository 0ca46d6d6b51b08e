"""``diligence check``: intake alone, told in lines."""

from pathlib import Path

from diligence.dataroom.room import open_room
from diligence.errors import InputError, Problem, printable
from diligence.facts.analysis import Analysis
from diligence.facts.data_room import data_room
from diligence.reports.formats import as_text
from diligence.reports.narrative import headlines
from diligence.reports.request_list import write_request_list
from diligence.runner.against import changes_told
from diligence.runner.run import known_deal


def checked(path: str, *, against: Path | None = None, csv: Path | None = None, requests: Path | None = None) -> str:
    """Take in a room and say what was found: the answer first, then issues, repairs, tie-out and requests.

    Parameters
    ----------
    against
        The folder of an earlier run: what changed since, and what that does to the headline, comes first.
    csv
        File for every changed row.
    requests
        Workbook for the request list, ready to send.

    Raises
    ------
    InputError
        Bad input; ``csv`` without ``against``; a file to be written that lies in the data room.
    """
    if csv is not None and against is None:
        raise InputError(Problem("a run to compare with", "--csv alone", "name the run with --against RUN", key="--csv"))
    deal = known_deal(path)
    for key, file in (("--csv", csv), ("--requests", requests)):
        if file is not None and file.resolve().is_relative_to(deal.room_path):
            raise InputError(Problem("a file outside the data room", f"'{file}'", "name another file", key=key))
    room = open_room(deal)
    changed = changes_told(room, against, csv) if against is not None else []
    found = data_room(room)
    lines = [*changed, *_found(found)]
    if requests is not None:
        asked, target = found.frames["requests"], deal.target
        write_request_list(asked, requests, target=target.name, as_of=str(target.as_of), currency=target.currency)
        lines += ["", f"request list: {requests}"]
    return "\n".join(printable(line, 400) for line in lines)


def _found(found: Analysis) -> list[str]:
    told = headlines(found)
    lines = [told.lead, *(f"- {one['text']}" for one in told.sentences), "", "Odd:"]
    lines += [f"- {row.message}; {row.do}" for row in found.frames["issues"].itertuples()] or ["- nothing"]
    lines += ["", "Repaired:"]
    lines += [
        f"- {row.id}: {row.rows:,} rows, {row.amount:,.2f}: {row.before} -> {row.after}" for row in found.frames["cleaning"].itertuples()
    ] or ["- nothing"]
    lines += _effects(found)
    tied = found.frames["tieout"]
    if len(tied):
        worst = tied.loc[tied["unexplained"].abs() >= 1]
        lines += ["", f"Against {tied['source_b'].iloc[0]}: {len(worst)} of {len(tied)} months have an unexplained difference"]
        lines += [f"- {row.month:%Y-%m}: {row.unexplained:,.2f} ({row.status})" for row in worst.itertuples()]
        lines += ["", "Every pair of sources, last twelve months:"]
        lines += [
            f"- {row.source_a} {row.amount_a:,.2f} against {row.source_b} {row.amount_b:,.2f}: difference {row.residual:,.2f}, unexplained {row.unexplained:,.2f}"
            for row in found.frames["tieout_pairs"].itertuples()
        ]
    asked = found.frames["requests"]
    lines += ["", "Ask for:"]
    lines += [f"{row.rank}. {row.table}{f': {row.columns}' if row.columns else ''} ({row.why})" for row in asked.head(10).itertuples()] or [
        "- nothing"
    ]
    return lines


def _effects(found: Analysis) -> list[str]:
    """Say what the headline would read without each repair that moves it."""
    frame = found.frames["repair_effects"]
    words = {"revenue_ltm": ("revenue of twelve months", "money"), "nrr": ("NRR", "percent1"), "grr": ("GRR", "percent1")}
    words |= {"logo": ("logo retention", "percent1"), "top10": ("ten largest", "percent1")}
    lines = []
    for row in frame.to_dict("records"):
        moved = [name for name in words if abs(row[f"{name}_effect"]) >= (1 if name == "revenue_ltm" else 0.0005)]
        shown = [
            f"{words[name][0]} {as_text(row[f'{name}_without'], words[name][1], currency=found.deal.target.currency)}, "
            f"not {as_text(row[name], words[name][1], currency=found.deal.target.currency)}"
            for name in moved
        ]
        if shown:
            lines.append(f"- {row['repair']}: {'; '.join(shown)}")
    return ["", "Without a repair the headline would read:", *lines] if lines else []
