"""A proposal into the deal file: what the analyst wrote stays as it stands, what is proposed comes below it with its confidence and reasons."""

import os
import re
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import Table as Toml

from diligence.dataroom.mapping.propose import THRESHOLD, FileProposal
from diligence.deal import Deal, TableSource
from diligence.errors import InputError, Problem, printable

OPENS = "# Proposed by `diligence map` and not taken up: too unsure, lacking, or a second file for a table. Take away the # to accept."
CLOSES = "# End of what `diligence map` did not take up."
LONGEST = 160


def write_mapping(deal: Deal, proposals: Sequence[FileProposal], threshold: float = THRESHOLD) -> bool:
    """Write proposals into the deal file; say whether it changed.

    Raises
    ------
    InputError
        The file holds ``[room.tables]`` in a form that nothing can be added to; it is left as it is.
    """
    before = deal.path.read_bytes().decode("utf-8-sig")
    after = with_proposals(before, proposals, threshold)
    if after == before:
        return False
    try:
        Deal.model_validate({**tomllib.loads(after), "path": deal.path})
    except (tomllib.TOMLDecodeError, ValidationError):
        do = "write each table as [room.tables.NAME], not in one line, and run `diligence map` again; or use --dry-run and copy"
        raise InputError(
            Problem("a deal file to which tables can be added", "tables in one line", do, str(deal.path), key="room.tables")
        ) from None
    _write_whole(deal.path, after)
    return True


def with_proposals(before: str, proposals: Sequence[FileProposal], threshold: float = THRESHOLD) -> str:
    """Give the text of a deal file with proposals added; what an earlier run left as comments is written anew."""
    taken, left = [], []
    for one in map(accepted, proposals):
        text = rendered(one, threshold) if one.candidate is not None else ""
        if one.status == "proposed":
            taken.append(text)
        elif text:
            left.append("".join(f"# {line}".rstrip() + "\n" for line in text.splitlines()))
    kept = re.sub(rf"\n*{re.escape(OPENS)}\n.*?{re.escape(CLOSES)}\n?", "\n", before, flags=re.DOTALL)
    parts = [kept.rstrip("\n") + "\n", *taken]
    if left:
        parts.append("\n".join([OPENS, "#\n".join(left) + CLOSES, ""]))
    return "\n".join(parts) if taken or left else before if kept.rstrip() == before.rstrip() else kept


def accepted(one: FileProposal) -> FileProposal:
    """Leave as a comment what this version's deal file would refuse."""
    try:
        TableSource.model_validate(one.entry)
    except ValidationError as error:
        keys = ", ".join(sorted({str(detail["loc"][0]) for detail in error.errors()}))
        return replace(one, status="incomplete", why=f"this version's deal file does not take {keys}")
    return one


def rendered(one: FileProposal, threshold: float = THRESHOLD) -> str:
    """Write one proposal as a table of TOML; a column below the threshold is a comment."""
    assert one.candidate is not None
    name = one.candidate.table
    document, outer, tables, table = tomlkit.document(), tomlkit.table(True), tomlkit.table(True), tomlkit.table()
    table.add(tomlkit.comment(_said(f"proposed {one.candidate.confidence:.2f}: {one.why}")))
    if one.looked.item.hidden:
        table.add(tomlkit.comment(_said(f"sheet '{one.looked.item.sheet}' is hidden in the workbook")))
    for note in one.looked.layout.notes:
        table.add(tomlkit.comment(_said(note)))
    for column, words in one.words_left:
        table.add(tomlkit.comment(_said(f"'{column}' holds words that are not placed: {', '.join(words[:12])}")))
    for key, value in one.entry.items():
        if key not in ("columns", "values", "unpivot"):
            table.add(key, _inline(value))
    _columns(table, one, threshold)
    for key in ("values", "unpivot"):
        if key in one.entry:
            table.add(key, _inline(one.entry[key]))
    tables.add(name, table)
    outer.add("tables", tables)
    document.add("room", outer)
    return tomlkit.dumps(document).lstrip("\n")


def _columns(table: Toml, one: FileProposal, threshold: float) -> None:
    """One line a column, dotted, so that each carries its confidence and its reasons."""
    assert one.candidate is not None
    for match in one.candidate.matches:
        told = _said(f"proposed {match.confidence:.2f}: {'; '.join(match.evidence)}")
        if match.column not in one.entry["columns"]:
            table.add(tomlkit.comment(f"{match.column} {told}"))
        elif match.confidence < threshold:
            line = tomlkit.dumps({match.column: match.source}).strip()
            table.add(tomlkit.comment(f"columns.{line}  # {told}"))
        else:
            key = tomlkit.key(["columns", match.column])
            table.add(key, tomlkit.item(match.source).comment(told))


def _inline(value: Any) -> Any:
    """A value in one line, tables within it too."""
    if not isinstance(value, dict):
        return tomlkit.item(value)
    found = tomlkit.inline_table()
    for key, inner in value.items():
        found.add(key, _inline(inner))
    return found


def _said(text: str) -> str:
    """A comment of one line, whatever a header or cell of the room holds."""
    plain = printable(text, len(text)).replace("\ufffd", "?")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"


def _write_whole(file: Path, text: str) -> None:
    """Put a whole file in place of another: a reader finds the one or the other, never a part."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        Path(name).chmod(file.stat().st_mode & 0o777)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
