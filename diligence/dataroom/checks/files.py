"""Files: what was sent and nothing reads."""

from collections.abc import Iterator

from diligence.dataroom.checks.issue import Issue, Scope
from diligence.dataroom.schema import tables


def unread_columns(scope: Scope) -> Iterator[Issue]:
    """Columns of a file that the deal file maps to nothing: a service period left unmapped turns subscriptions into lumps."""
    for table, facts in scope.facts.items():
        if columns := facts["unread"]:
            named = ", ".join(columns[:8]) + (" …" if len(columns) > 8 else "")
            lacking = [column for column in tables()[table].names if column not in scope.given[table]]
            do = f"map what is one of: {', '.join(lacking[:12])}" if lacking else "nothing of the data model is left to map"
            yield scope.issue("unread_column", table, len(columns), 0.0, f"{table} has columns that nothing reads: {named}", do)


def unread_files(scope: Scope) -> Iterator[Issue]:
    """Files of the room that no table reads."""
    files = [file for file in scope.facts["revenue"]["unread_files"] if not file.rpartition("/")[2].lower().startswith("readme")]
    if files:
        noun = "file of the room is" if len(files) == 1 else "files of the room are"
        named = ", ".join(files[:8]) + (" …" if len(files) > 8 else "")
        do = "propose tables for them with `diligence map`, or take them out of the room"
        yield scope.issue("unread_file", "", len(files), 0.0, f"{len(files):,} {noun} read by no table: {named}", do)


def hidden_sheets(scope: Scope) -> Iterator[Issue]:
    """Sheets that a workbook hides: what was not meant to be seen is looked at first."""
    for table, facts in scope.facts.items():
        if sheets := facts["hidden"]:
            message = f"the workbook of {table} hides {'sheets' if len(sheets) > 1 else 'a sheet'}: {', '.join(sheets[:8])}"
            yield scope.issue("hidden_sheet", table, len(sheets), 0.0, message, "open it, and ask what it is for")


def unpadded_ids(scope: Scope) -> Iterator[Issue]:
    """Ids that lost their leading zeros in a program that read them as numbers."""
    for table, facts in scope.facts.items():
        for found in facts["unpadded"]:
            message, _, do = found.partition("; ")
            yield scope.issue("unpadded_ids", table, 0, 0.0, message, do)
