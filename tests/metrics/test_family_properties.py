"""What holds of every public function of metrics and models: nothing is changed, order and names play no part, money scales, the undefined is NaN."""

import inspect
import pkgutil
from dataclasses import asdict, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from family import Call, Family, Tables
from test_metric_properties import MODULES

from diligence import metrics, models
from diligence.errors import InputError

FAMILIES: dict[str, Family] = {
    file.stem.removeprefix("family_"): import_module(file.stem).FAMILY for file in sorted(Path(__file__).parent.glob("family_*.py"))
}
CALLS = {f"{family}: {name}": (FAMILIES[family], name) for family in FAMILIES for name in FAMILIES[family].calls}


def call_of(key: str) -> tuple[Family, Call, Tables]:
    family, name = CALLS[key]
    return family, family.calls[name], family.tables(name)


def without(prop: str) -> list[str]:
    return [key for key, (family, name) in CALLS.items() if prop not in family.calls[name].exempt]


def frame_of(found: Any) -> pd.DataFrame:
    """Give a result of any kind as a frame: a fitted model by its fields."""
    if isinstance(found, pd.DataFrame):
        return found.reset_index(drop=True)
    if isinstance(found, pd.Series):
        return found.rename("value").reset_index()
    if is_dataclass(found) and not isinstance(found, type):
        fields = {key: value for key, value in asdict(found).items() if isinstance(value, (int, float, str)) or value is None}
        return pd.DataFrame([fields])
    if isinstance(found, dict):
        return pd.DataFrame([found]) if all(np.isscalar(value) for value in found.values()) else pd.DataFrame(found)
    return pd.DataFrame({"value": np.atleast_1d(np.asarray(found))})


def in_order(found: Any) -> pd.DataFrame:
    frame = frame_of(found)
    words = frame.select_dtypes(exclude="number")
    keys = list(words.columns) or list(frame.columns)
    return frame.sort_values(keys, kind="stable", key=lambda column: column.astype("str"), ignore_index=True)


def assert_same(left: Any, right: Any, loose: float) -> None:
    pd.testing.assert_frame_equal(in_order(left), in_order(right), rtol=max(loose, 1e-9), atol=max(loose, 1e-9), check_dtype=False)


def public(module: Any) -> set[str]:
    return {
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_every_public_function_of_the_family_is_here(family: str) -> None:
    one = FAMILIES[family]
    assert {name for module in one.modules for name in public(module)} == {name.split()[0] for name in one.calls} | one.plumbing


def test_every_module_is_of_a_family() -> None:
    there = {entry.name for place in (metrics, models) for entry in pkgutil.iter_modules(place.__path__, f"{place.__name__}.")}
    held = {module.__name__ for family in FAMILIES.values() for module in family.modules} | {module.__name__ for module in MODULES}
    assert there == held


@pytest.mark.parametrize("key", CALLS)
def test_inputs_are_not_changed(key: str) -> None:
    _, call, tables = call_of(key)
    before = {name: table.copy(deep=True) for name, table in tables.items()}
    call.run(tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize("key", without("order"))
def test_the_order_of_rows_plays_no_part(key: str) -> None:
    _, call, tables = call_of(key)
    shuffled = {name: table.sample(frac=1, random_state=3).reset_index(drop=True) for name, table in tables.items()}
    assert_same(call.run(shuffled), call.run(tables), call.loose)


@pytest.mark.parametrize("key", without("index"))
def test_the_same_is_given_from_any_index(key: str) -> None:
    _, call, tables = call_of(key)
    moved = {name: table.set_index(pd.Index(range(500, 500 + len(table)))) for name, table in tables.items()}
    assert_same(call.run(moved), call.run(tables), 0.0)


@pytest.mark.parametrize("key", without("scale"))
def test_money_scales_and_the_rest_stays(key: str) -> None:
    family, call, tables = call_of(key)
    many = {name: table.assign(**{col: table[col] * 8 for col in family.money.get(name, ())}) for name, table in tables.items()}
    one, eight = in_order(call.run(tables)), in_order(call.run(many))
    assert len(one) == len(eight)
    for column in one.select_dtypes("number").columns:
        times = 8 if column in call.money else 1
        left, right = eight[column].astype("float64"), one[column].astype("float64") * times
        np.testing.assert_allclose(left, right, rtol=max(call.loose, 1e-9), atol=max(call.loose, 1e-9), err_msg=column)


@pytest.mark.parametrize("key", without("names"))
def test_names_play_no_part(key: str) -> None:
    family, call, tables = call_of(key)
    renamed = {
        name: table.assign(**{col: ("zz" + table[col].astype("str")).where(table[col].notna()) for col in family.ids if col in table})
        for name, table in tables.items()
    }
    numbers = [frame_of(call.run(some)).select_dtypes("number") for some in (tables, renamed)]
    pd.testing.assert_frame_equal(numbers[0], numbers[1], rtol=max(call.loose, 1e-9), atol=max(call.loose, 1e-9))


EDGES = {
    "no rows": lambda table: table.head(0),
    "one row": lambda table: table.head(1),
    "two rows": lambda table: table.tail(2),
    "one and the same row": lambda table: pd.concat([table.head(1)] * 5, ignore_index=True),
    "money of nought": lambda table: table,
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("key", without("edges"))
def test_edges_raise_nothing_and_nothing_is_infinite(key: str, edge: str) -> None:
    family, call, tables = call_of(key)
    cut = {name: EDGES[edge](table).reset_index(drop=True) for name, table in tables.items()}
    if edge == "money of nought":
        cut = {name: table.assign(**{col: table[col] * 0 for col in family.money.get(name, ())}) for name, table in cut.items()}
    numbers = frame_of(call.run(cut)).select_dtypes("number").to_numpy(dtype="float64")
    assert not np.isinf(numbers).any()


@pytest.mark.parametrize("key", without("lacks"))
def test_a_column_that_lacks_is_named(key: str) -> None:
    _, call, tables = call_of(key)
    first = call.tables[0]
    with pytest.raises(InputError, match="expected a column"):
        call.run({**tables, first: pd.DataFrame({"something": [1.0]})})
