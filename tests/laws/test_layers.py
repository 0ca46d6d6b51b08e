"""The house's laws, held by walking syntax trees: who may import whom, how long a file may be, what may not stand in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "diligence"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "shipped" not in path.parts)
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]

FLOORS = [
    {"errors", "periods", "resources"},
    {"deal"},
    {"dataroom"},
    {"metrics", "models"},
    {"facts"},
    {"judgement", "ceilings"},
    {"charts"},
    {"reports"},
    {"runner"},
    {"cli"},
    {"__init__", "__main__"},
]
LEVEL = {part: height for height, floor in enumerate(FLOORS) for part in floor}
GROUND = {"errors", "periods", "resources"}
ONLY = {"metrics": GROUND | {"metrics"}, "models": GROUND | {"models", "metrics"}, "charts": {"charts"}, "deal": GROUND | {"deal"}}
HOMES = {
    "plotly": ("charts/", "reports/exhibit.py", "reports/plotly_script.py"),
    "statsmodels": ("models/",),
    "scipy": ("models/",),
    "jinja2": ("reports/",),
    "xlsxwriter": ("reports/",),
    "papermill": ("runner/", "reports/workpaper.py"),
    "nbclient": ("runner/", "reports/workpaper.py"),
    "nbconvert": ("runner/", "reports/workpaper.py"),
    "duckdb": ("dataroom/",),
    "ibis": ("dataroom/",),
    "rapidfuzz": ("dataroom/",),
    "openpyxl": ("dataroom/",),
    "python_calamine": ("dataroom/reading/",),
    "charset_normalizer": ("dataroom/reading/", "dataroom/mapping/"),
    "psycopg": ("dataroom/reading/",),
    "tomlkit": ("dataroom/mapping/",),
    "typer": ("cli",),
    "linearmodels": ("models/",),
    "ruptures": ("models/",),
}
FACE = {"runner"}
"""May name the package itself, for its version."""
CHARTS_MAY = {"numpy", "pandas", "plotly", "diligence"}
TOO_LONG, FUNCTION_TOO_LONG = 400, 50


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(module: ast.Module) -> Iterator[str]:
    """Every module named, at the top or within a function; what only the type checker reads counts too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names) if node.module == "diligence" else (node.module or "",)


def faults(module: ast.Module, here: str) -> list[str]:
    found = []
    for name in imports(module):
        words = name.split(".")
        if words[0] != "diligence" or (name == "diligence" and here in FACE):
            continue
        there = words[1] if len(words) > 1 else "__init__"
        if (
            there not in LEVEL
            or LEVEL[there] > LEVEL[here]
            or there not in ONLY.get(here, set(LEVEL))
            or (LEVEL[there] == LEVEL[here] and there != here and there not in GROUND | {"metrics"})
        ):
            found.append(name)
    return found


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_nothing_imports_upward(path: Path) -> None:
    assert part(path) in LEVEL, "a new part of the package needs its floor"
    if part(path) not in ("__init__", "__main__"):
        assert faults(tree(path), part(path)) == []


@pytest.mark.parametrize(
    ("here", "text"),
    [
        ("metrics", "from diligence.dataroom.room import Room"),
        ("metrics", "def f():\n    from diligence.deal import Deal"),
        ("models", "import diligence.facts.sheet"),
        ("facts", "from diligence.judgement import rules"),
        ("charts", "from diligence.metrics import bridge"),
        ("dataroom", "from diligence import cli"),
        ("deal", "from diligence.dataroom.cleaning import REPAIRS"),
        ("errors", "from diligence.deal import Deal"),
    ],
)
def test_the_law_would_catch_it(here: str, text: str) -> None:
    assert faults(ast.parse(text), here) != []


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_each_heavy_library_has_one_home(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    strays = {name.split(".")[0] for name in imports(tree(path))} & set(HOMES)
    assert [library for library in sorted(strays) if not place.startswith(HOMES[library])] == []


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) == "charts"], ids=lambda path: path.stem)
def test_charts_import_nothing_else(path: Path) -> None:
    import sys

    assert {name.split(".")[0] for name in imports(tree(path))} - set(sys.stdlib_module_names) <= CHARTS_MAY


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_files_and_functions_are_short_and_imports_absolute(path: Path) -> None:
    module = tree(path)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= TOO_LONG
    assert not re.search(r"^(utils?|helpers?|misc)$|manager", path.stem)
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert length(node) <= FUNCTION_TOO_LONG, f"{node.name} has {length(node)} lines"


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        whole -= (first.end_lineno or first.lineno) - first.lineno + 1
    return whole


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) in ("metrics", "models")], ids=lambda path: path.stem)
def test_metrics_and_models_have_no_disk_clock_print_or_chance_of_their_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}
    assert [
        call for call in calls if re.search(r"^print$|^open$|\bnow$|today$|^np\.random\.(?!Generator)|read_|to_csv|to_parquet", call)
    ] == []


def test_no_path_of_a_machine_stands_in_the_product_or_its_tests() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:work|home|Users|root|tmp)/\w|[A-Z]:\\\\")
    texts = [path for folder in ("diligence", "tests", "templates", "notebooks", "data") for path in (ROOT / folder).rglob("*")]
    found = [
        path.relative_to(ROOT).as_posix()
        for path in texts
        if path.suffix in {".py", ".toml", ".md", ".ipynb", ".json", ".csv", ".jinja", ".html", ".css"}
        and path != Path(__file__)
        and "__pycache__" not in path.parts
        and pattern.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


REAL = {
    "UCI Online Retail": ["WHITE HANGING HEART T-LIGHT HOLDER", "C581484", "CREAM CUPID HEARTS COAT HANGER"],
    "Iowa": ["INV-00035300001", "HY-VEE FOOD STORE", "Kum & Go #", "Heaven Hill Brands"],
    "Maven": ["1C1I7A6R", "Z063OYW0", "Betasoloin", "Kan-code"],
}


def test_no_file_of_the_product_holds_rows_of_the_real_inputs() -> None:
    words = [word.casefold().encode() for listed in REAL.values() for word in listed]
    shipped = [path for folder in ("diligence", "data", "templates", "notebooks") for path in (ROOT / folder).rglob("*") if path.is_file()]
    found = [
        path.relative_to(ROOT).as_posix()
        for path in shipped
        if "__pycache__" not in path.parts and any(word in path.read_bytes().lower() for word in words)
    ]
    assert found == []
    names = {"online_retail.parquet", "invoices_luxco.parquet", "invoices_cedar_ridge.parquet", "sales_pipeline.csv", "stores.csv"}
    assert not names & {path.name for path in shipped}
