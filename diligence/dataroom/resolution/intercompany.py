"""Revenue with the target's own group: it is no customer's."""

import duckdb

from diligence.dataroom.engine import has_table, text
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.resolution.evidence import COMMON_WEIGHT, Rarity
from diligence.dataroom.resolution.joining import name_in_id, tell
from diligence.dataroom.resolution.names import Name, words
from diligence.dataroom.resolution.parents import ultimate_parents

OWN, GROUP = "own", "group"


def leave_out_intercompany(bench: Bench) -> None:
    """Leave out the revenue of customers that bear the target's name; tell of those that may belong to its group.

    The same name up to legal form and country is left out, in the log with its switch. A longer name that holds the target's, and a
    customer under a parent that bears it, is an issue and stays.
    """
    connection = bench.connection
    money = {
        row[0]: (row[1], row[2])
        for row in connection.execute(
            "SELECT customer_id, count(*), sum(ticks)::BIGINT FROM lines WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
    }
    names = _names(connection, money)
    found = bearers(bench.deal.target.name, names)
    under = _under(connection, found, names)
    asked = []
    for customer in money:
        kind, written = found.get(customer, ""), names[customer].written
        if kind == OWN and bench.on("intercompany_customer", customer):
            lines = f"SELECT source_row, ticks FROM lines WHERE customer_id = {text(customer)}"
            bench.note("intercompany_customer", lines, before=f"{customer} {written}", after="not in any number", item=customer)
            connection.execute("DELETE FROM lines WHERE customer_id = ?", [customer])
        elif kind == GROUP or customer in under:
            asked.append(customer)
    if asked:
        named = ", ".join(f"{customer} {names[customer].written}".strip() for customer in asked[:6]) + (" …" if len(asked) > 6 else "")
        touched, sums = (sum(money[customer][place] for customer in asked) for place in (0, 1))
        message = f"bear the target's name or stand under one that does ({len(asked):,}): {named}"
        do = "ask whether they are of its group: revenue within the group is no customer's"
        tell(connection, "intercompany", touched, sums, message, do)


def bearers(target: str, names: dict[str, Name]) -> dict[str, str]:
    """Find the customers that bear the target's name: ``own`` up to legal form and country, ``group`` with other words beside it.

    A target whose name holds no telling word has none.

    Examples
    --------
    >>> names = {"a": Name("a", "Velden GmbH"), "b": Name("b", "Velden Logistics AG"), "c": Name("c", "Van Velden Bakery"), "d": Name("d", "Acme")}
    >>> bearers("Velden Ltd", names)
    {'a': 'own', 'b': 'group', 'c': 'group'}
    >>> bearers("Velden Logistics Group", names)
    {'b': 'group'}
    """
    own = Name("", target)
    told = _without(own, "country")
    core = _without(own, "country", "holding", "group")
    if not any(Rarity([own]).weight(word) > COMMON_WEIGHT and len(word) > 2 for word in core):
        return {}
    found = {}
    for customer, name in sorted(names.items()):
        if _without(name, "country") == told:
            found[customer] = OWN
        elif f" {' '.join(core)} " in f" {name.plain} ":
            found[customer] = GROUP
    return found


def _without(name: Name, *marks: str) -> list[str]:
    listed = frozenset[str]().union(*(words().marks[mark] for mark in marks))
    return [word for word in name.plain.split() if word not in listed]


def _names(connection: duckdb.DuckDBPyConnection, money: dict[str, tuple[int, int]]) -> dict[str, Name]:
    listed = connection.execute("SELECT customer_id, name FROM t_customers").fetchall() if has_table(connection, "t_customers") else []
    written = {row[0]: row[1] or "" for row in listed if row[0]}
    return {customer: Name(customer, written.get(customer, "") or name_in_id(customer)) for customer in {*written, *money}}


def _under(connection: duckdb.DuckDBPyConnection, found: dict[str, str], names: dict[str, Name]) -> set[str]:
    """Give the customers under a parent that bears the target's name."""
    if not found or not has_table(connection, "t_customers"):
        return set()
    listed = connection.execute("SELECT customer_id, parent_id FROM t_customers WHERE customer_id IS NOT NULL").df()
    tops = dict(zip(listed["customer_id"], ultimate_parents(listed), strict=True))
    return {customer for customer, top in tops.items() if top in found and customer in names}
