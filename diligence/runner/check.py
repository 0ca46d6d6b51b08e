"""``diligence check``: intake alone, told in lines."""

from diligence.dataroom.room import open_room
from diligence.errors import printable
from diligence.facts.data_room import data_room
from diligence.reports.narrative import headlines
from diligence.runner.run import known_deal


def checked(path: str) -> str:
    """Take in a room and say what was found: the answer first, then issues, repairs, tie-out and requests."""
    found = data_room(open_room(known_deal(path)))
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
        lines += ["", f"Against {tied['source_b'].iloc[0]}: {len(worst)} of {len(tied)} months have an unexplained difference"]
        lines += [f"- {row.month:%Y-%m}: {row.unexplained:,.2f} ({row.status})" for row in worst.itertuples()]
        lines += ["", "Every pair of sources, last twelve months:"]
        lines += [
            f"- {row.source_a} {row.amount_a:,.2f} against {row.source_b} {row.amount_b:,.2f}: difference {row.residual:,.2f}, unexplained {row.unexplained:,.2f}"
            for row in found.frames["tieout_pairs"].itertuples()
        ]
    asked = found.frames["requests"]
    lines += ["", "Ask for:"]
    lines += [f"{row.rank}. {row.table}: {row.columns} ({row.why})" for row in asked.head(10).itertuples()] or ["- nothing"]
    return "\n".join(printable(line, 400) for line in lines)
