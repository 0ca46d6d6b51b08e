"""``diligence check``: intake alone, told in lines."""

from pathlib import Path

from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError, Problem, printable
from diligence.facts.data_room import data_room
from diligence.reports.narrative import headlines
from diligence.runner.against import changes_told
from diligence.runner.run import known_deal


def checked(path: str, *, against: Path | None = None, csv: Path | None = None) -> str:
    """Take in a room and say what was found: the answer first, then issues, repairs, tie-out and requests.

    Parameters
    ----------
    against
        The folder of an earlier run: what changed since, and what that does to the headline, comes first.
    csv
        File for every changed row.

    Raises
    ------
    InputError
        Bad input; ``csv`` without ``against``.
    """
    if csv is not None and against is None:
        raise InputError(Problem("a run to compare with", "--csv alone", "name the run with --against RUN", key="--csv"))
    room = open_room(known_deal(path))
    changed = changes_told(room, against, csv) if against is not None else []
    return "\n".join(printable(line, 400) for line in [*changed, *_found(room)])


def _found(room: Room) -> list[str]:
    found = data_room(room)
    told = headlines(found)
    lines = [told.lead, *(f"- {one['text']}" for one in told.sentences), "", "Odd:"]
    lines += [f"- {row.message}; {row.do}" for row in found.frames["issues"].itertuples()] or ["- nothing"]
    lines += ["", "Repaired:"]
    lines += [
        f"- {row.id}: {row.rows:,} rows, {row.amount:,.2f}: {row.before} -> {row.after}" for row in found.frames["cleaning"].itertuples()
    ] or ["- nothing"]
    tied = found.frames["tieout"]
    if len(tied):
        worst = tied.loc[tied["unexplained"].abs() >= 1]
        lines += ["", f"Ledger: {len(worst)} of {len(tied)} months have an unexplained difference"]
        lines += [f"- {row.month:%Y-%m}: {row.unexplained:,.2f}" for row in worst.itertuples()]
    asked = found.frames["requests"]
    lines += ["", "Ask for:"]
    lines += [f"{row.rank}. {row.table}: {row.columns} ({row.why})" for row in asked.head(10).itertuples()] or ["- nothing"]
    return lines
