"""How a family of public functions is called by the properties that hold of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pandas as pd

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Call:
    """One public function, called on example tables.

    Attributes
    ----------
    run
        Calls it; reads only the tables that it is given.
    tables
        The example tables that it takes, by name; the first is the one from which a column is taken away.
    money
        Columns of the result that scale with money; ``value`` where the result is a number or a sequence of them.
    loose
        Relative difference allowed where an optimiser stands behind; 0 for arithmetic.
    exempt
        For each property that does not apply (``order``, ``scale``, ``names``, ``edges``, ``lacks``, ``index``), the reason.
    """

    run: Callable[[Tables], Any]
    tables: tuple[str, ...]
    money: tuple[str, ...] = ()
    loose: float = 0.0
    exempt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """The public functions of some modules, with example tables for them.

    Attributes
    ----------
    modules
        Homes of the functions, of metrics or models.
    examples
        For each table a function that makes it anew: some tens of rows, no two customers alike.
    money
        For each table, its columns of money.
    ids
        Columns that are names: of customers, products, people, accounts.
    calls
        By the function's name; a second call of one function has a word after it: ``win_rate by segment``.
    plumbing
        Public functions of the modules that take no frame and have tests of their own.
    """

    modules: tuple[ModuleType, ...]
    examples: Mapping[str, Callable[[], pd.DataFrame]]
    money: Mapping[str, tuple[str, ...]]
    ids: tuple[str, ...]
    calls: Mapping[str, Call]
    plumbing: frozenset[str] = frozenset()

    def tables(self, name: str) -> Tables:
        """Make the tables of a call anew."""
        return {table: self.examples[table]() for table in self.calls[name].tables}
