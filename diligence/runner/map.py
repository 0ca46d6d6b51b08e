"""``diligence map``: a mapping proposed for the files that the deal file does not map, told in lines and written into the deal file."""

from collections.abc import Iterator, Sequence

from diligence.dataroom.mapping.propose import FileProposal, propose
from diligence.dataroom.mapping.write import accepted, write_mapping
from diligence.errors import printable
from diligence.runner.run import known_deal


def mapped(path: str, *, threshold: float, dry_run: bool) -> str:
    """Propose a mapping, write it unless ``dry_run``, and say what was found."""
    deal = known_deal(path)
    proposals = [accepted(one) for one in propose(deal, threshold)]
    if not proposals:
        return "every file of the room is mapped already"
    lines = [line for one in proposals for line in _told(one)]
    count = sum(one.status == "proposed" for one in proposals)
    if dry_run:
        lines.append(f"{count} tables proposed; nothing written (--dry-run)")
    elif write_mapping(deal, proposals, threshold):
        lines.append(f"{count} tables written into {deal.path.name}, each with its reasons; look at them, then run `diligence check`")
    else:
        lines.append(f"{deal.path.name} says all of this already")
    return "\n".join(printable(line, 300) for line in lines)


def _told(one: FileProposal) -> Iterator[str]:
    item = one.looked.item
    sheet = f", sheet '{item.sheet}'" + (" (hidden)" if item.hidden else "") if item.sheet else ""
    if one.candidate is None:
        yield f"{item.label}{sheet}: not placed: {one.why}"
        if one.looked.profiles:
            yield f"  columns: {', '.join(p.name for p in one.looked.profiles)}"
        yield ""
        return
    yield f"{item.label}{sheet}: {one.candidate.table} {one.candidate.confidence:.2f} ({one.status}: {one.why})"
    yield from (f"  {note}" for note in one.looked.layout.notes)
    if one.looked.wide is not None:
        yield f"  {one.looked.wide.evidence}: they become rows"
    for match in sorted(one.candidate.matches, key=lambda match: -match.confidence):
        yield f"  {match.confidence:.2f}  {match.column} = {match.source}: {'; '.join(match.evidence)}"
    yield from (f"  always {column} = {word}" for column, word in one.candidate.constants.items())
    yield from _left(one.columns_left)
    for column, words in one.words_left:
        yield f"  words of {column} not placed: {', '.join(words[:12])}"
    yield ""


def _left(columns: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Columns without a place, together where the reason is the same."""
    reasons: dict[str, list[str]] = {}
    for name, why in columns:
        reasons.setdefault(why, []).append(name)
    yield from (f"  not placed: {', '.join(names)}: {why}" for why, names in reasons.items())
