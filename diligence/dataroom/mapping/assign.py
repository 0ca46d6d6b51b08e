"""Each column of a file to one governed column, and each governed column to one of the file, by the best total."""

from collections.abc import Sequence


def assigned(scores: Sequence[Sequence[float]]) -> dict[int, int]:
    """Give for each row its column so that the total is the greatest; pairs without a score stay apart.

    The Hungarian method, by shortest augmenting paths. It stands here because the optimiser of scipy lives in the models, and taking
    the best pair first would give ``close date`` to ``created_on`` where ``closed_on`` fits it nearly as well and nothing else does.

    >>> assigned([[0.9, 0.8], [0.85, 0.0]])
    {0: 1, 1: 0}
    """
    rows, columns = len(scores), len(scores[0]) if scores else 0
    if not rows or not columns:
        return {}
    size = max(rows, columns)
    cost = [[-scores[r][c] if r < rows and c < columns else 0.0 for c in range(size)] for r in range(size)]
    by_row, by_column = [0.0] * (size + 1), [0.0] * (size + 1)
    holder = [0] * (size + 1)
    for row in range(1, size + 1):
        _augment(row, cost, by_row, by_column, holder)
    pairs = {holder[c] - 1: c - 1 for c in range(1, size + 1)}
    return {r: c for r, c in sorted(pairs.items()) if r < rows and c < columns and scores[r][c] > 0}


def _augment(row: int, cost: list[list[float]], by_row: list[float], by_column: list[float], holder: list[int]) -> None:
    """Find a place for one more row, moving those before it along the cheapest path."""
    size = len(cost)
    holder[0], column = row, 0
    slack, came, seen = [float("inf")] * (size + 1), [0] * (size + 1), [False] * (size + 1)
    while True:
        seen[column] = True
        here, least, following = holder[column], float("inf"), 0
        for other in range(1, size + 1):
            if seen[other]:
                continue
            reduced = cost[here - 1][other - 1] - by_row[here] - by_column[other]
            if reduced < slack[other]:
                slack[other], came[other] = reduced, column
            if slack[other] < least:
                least, following = slack[other], other
        for other in range(size + 1):
            if seen[other]:
                by_row[holder[other]] += least
                by_column[other] -= least
            else:
                slack[other] -= least
        column = following
        if holder[column] == 0:
            break
    while column:
        holder[column] = holder[came[column]]
        column = came[column]
