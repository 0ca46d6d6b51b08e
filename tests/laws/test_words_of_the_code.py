"""Docstrings of the metrics and models say what they compute, examples run, and the data model is the one designed."""

import doctest
import inspect
import pkgutil
import re
from importlib import import_module
from types import FunctionType, ModuleType

import pytest

from diligence import dataroom, facts, metrics, models
from diligence.dataroom import room as rooms
from diligence.dataroom.room import Room
from diligence.dataroom.schema import CORE, tables

SINGLE = ["diligence.errors", "diligence.periods", "diligence.deal", "diligence.resources"]


def modules_of(package: ModuleType) -> list[str]:
    return [entry.name for entry in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if not entry.ispkg]


FIELD = [name for package in (metrics, models) for name in modules_of(package)]
EXAMPLES = SINGLE + FIELD + modules_of(dataroom) + [name for name in modules_of(facts) if not name.endswith((".trace", ".record"))]


def functions() -> list[FunctionType]:
    return [
        thing
        for name in FIELD
        for word, thing in vars(import_module(name)).items()
        if inspect.isfunction(thing) and thing.__module__ == name and not word.startswith("_")
    ]


@pytest.fixture
def opened_once(monkeypatch: pytest.MonkeyPatch, demo_room: Room) -> None:
    """Examples that open the demo look at the room that is open already."""
    opens = rooms.open_room
    monkeypatch.setattr(rooms, "open_room", lambda deal="demo", **more: demo_room if deal == "demo" and not more else opens(deal, **more))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, opened_once: None) -> None:
    assert doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    assert sum(len(test.examples) > 0 for name in EXAMPLES for test in finder.find(import_module(name))) >= 25


@pytest.mark.parametrize("function", functions(), ids=lambda function: f"{function.__module__.split('.')[-1]}.{function.__name__}")
def test_a_metric_says_what_it_is(function: FunctionType) -> None:
    words = inspect.getdoc(function) or ""
    signature = inspect.signature(function)
    assert words.split("\n")[0].endswith((".", ":")) or ". " in words.split("\n")[0]
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())
    positional = [parameter for parameter in signature.parameters.values() if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    assert len(positional) <= 4, "tables and the date first, all else by keyword"
    assert not re.match(r"(calc|get|compute)_", function.__name__)
    assert re.search(r">>>|``[^`]*[/*+(=][^`]*``|:func:", words), "an example, a formula, or the function that has them"


def test_the_data_model_is_the_one_designed() -> None:
    """33 tables and 242 columns (product.md)."""
    assert len(tables()) == 33
    assert sum(len(table.columns) for table in tables().values()) == 242


@pytest.mark.parametrize("table", tables().values(), ids=list(tables()))
def test_a_table_holds_together(table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert sum(column.key == "primary" for column in table.columns) <= 1
    assert sum(column.as_of == "row" for column in table.columns) <= 1
    for column in table.columns:
        assert column.type in {"string", "date", "month", "datetime", "decimal", "integer", "boolean", "any"}
        assert column.as_of in {"", "row", "mask"}
        owner, _, key = column.key.partition(".")
        assert column.key in ("", "primary") or key in tables()[owner].names
        if column.type in ("date", "month", "datetime") and column.as_of == "":
            assert (table.name, column.name) in AHEAD, "a date either dates the row, happened later, or lies ahead by nature"


AHEAD = {
    ("revenue", "service_start"),
    ("revenue", "service_end"),
    ("contracts", "end_date"),
    ("opportunities", "expected_close_on"),
    ("stage_history", "expected_close_on"),
    ("invoices", "due_on"),
}


def test_core_tables_are_tables() -> None:
    assert set(CORE) <= set(tables())
    assert [column.name for column in tables()["revenue"].columns if column.required] == ["customer_id", "date", "amount"]
