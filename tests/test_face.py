"""The analyst's face: light to import, complete, documented, and the same for a type checker as for Python."""

import ast
import importlib
import inspect
import subprocess
import sys

import pytest
from whole_run import ROOT

import diligence as dd

FACE = ROOT / "diligence" / "__init__.pyi"
HEAVY = ("pandas", "numpy", "plotly", "duckdb", "ibis", "scipy", "statsmodels", "papermill", "nbconvert", "pydantic", "pyarrow", "openpyxl")


def test_the_import_is_light() -> None:
    told = "import sys, diligence; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=ROOT, check=True)
    assert set(done.stdout.split()) & set(HEAVY) == set()
    assert "diligence" in done.stdout.split()


@pytest.mark.parametrize("name", dd.__all__)
def test_every_name_resolves_to_its_home_and_says_what_it_is(name: str) -> None:
    found = getattr(dd, name)
    assert callable(found)
    assert found.__module__.startswith("diligence.")
    assert len((inspect.getdoc(found) or "").split()) >= 4
    assert name in dir(dd)


def test_what_the_type_checker_sees_is_what_python_loads() -> None:
    declared = {}
    for node in ast.parse(FACE.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            # `as` with the same name is what hands a name on to users of the package
            assert alias.asname == alias.name
            declared[alias.name] = node.module
    assert declared == {name: f"diligence.{home}" for home, names in dd._HOMES.items() for name in names}
    assert dd.__all__ == sorted(declared)


def test_the_homes_are_where_the_names_are_defined() -> None:
    for home, names in dd._HOMES.items():
        module = importlib.import_module(f"diligence.{home}")
        for name in names:
            assert getattr(dd, name) is getattr(module, name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'diligence' has no name 'net_retention'"):
        dd.net_retention  # noqa: B018


def test_the_version_is_the_one_of_the_package() -> None:
    import tomllib

    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == dd.__version__
