"""Parents: the customer at the top of each, and the circles that a list may hold."""

import pandas as pd


def ultimate_parents(customers: pd.DataFrame) -> pd.Series:
    """Follow ``parent_id`` to its end; a circle ends at its smallest id.

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": ["a", "b", "c"], "parent_id": [None, "a", "b"]})
    >>> ultimate_parents(frame).tolist()
    ['a', 'a', 'a']
    """
    parent = _links(customers)
    tops = {customer: (path[-1] if not circle else min(circle)) for customer, path, circle in _paths(customers["customer_id"], parent)}
    return pd.Series([tops[customer] for customer in customers["customer_id"]], index=customers.index, dtype="str")


def circles(customers: pd.DataFrame) -> list[tuple[str, ...]]:
    """Give the circles among the parents, each from its smallest id on.

    >>> circles(pd.DataFrame({"customer_id": ["a", "b", "c"], "parent_id": ["b", "a", "a"]}))
    [('a', 'b')]
    """
    found = set()
    for _, _, circle in _paths(customers["customer_id"], _links(customers)):
        start = circle.index(min(circle)) if circle else 0
        found |= {(*circle[start:], *circle[:start])} if circle else set()
    return sorted(found)


def _links(customers: pd.DataFrame) -> dict[str, str]:
    pairs = zip(customers["customer_id"], customers["parent_id"], strict=True)
    return {child: up for child, up in pairs if isinstance(up, str) and up and up != child}


def _paths(customers: pd.Series, parent: dict[str, str]) -> list[tuple[str, list[str], list[str]]]:
    """Give for each customer the way up, and the circle that it ends in, if any."""
    found = []
    for customer in customers:
        path, seen = [customer], {customer}
        while (up := parent.get(path[-1])) is not None and up not in seen:
            path.append(up)
            seen.add(up)
        found.append((customer, path, [] if up is None else path[path.index(up) :]))
    return found
