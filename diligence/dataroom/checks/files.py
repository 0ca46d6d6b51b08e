"""Files: what was sent and nothing reads."""

from collections.abc import Iterator

from diligence.dataroom.checks.issue import Issue, Scope
from diligence.dataroom.schema import tables


def unread_columns(scope: Scope) -> Iterator[Issue]:
    """Columns of a file that the deal file maps to nothing: a service period left unmapped turns subscriptions into lumps."""
    for table, columns in scope.unread.items():
        if columns:
            named = ", ".join(columns[:8]) + (" …" if len(columns) > 8 else "")
            lacking = [column for column in tables()[table].names if column not in scope.given[table]]
            do = f"map what is one of: {', '.join(lacking[:12])}" if lacking else "nothing of the data model is left to map"
            yield scope.issue("unread_column", table, len(columns), 0.0, f"{table} has columns that nothing reads: {named}", do)
