"""The wheel holds everything that a run needs, and runs away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from whole_run import ROOT

pytestmark = pytest.mark.slow


def python(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    surroundings = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "DILIGENCE_WORKSPACE")}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, cwd=cwd, env=surroundings | env, timeout=200, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # the environment has no pip: the build backend makes the wheel itself, as pip would ask it to
    done = python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("*.whl")
    return file


def tracked(folder: str, pattern: str) -> list[str]:
    found = [file.relative_to(ROOT).as_posix() for file in sorted((ROOT / folder).glob(pattern)) if file.is_file()]
    assert found
    return [name for name in found if "__pycache__" not in name and ".ipynb_checkpoints" not in name]


def test_the_wheel_holds_code_catalogues_notebooks_templates_and_demo(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    wanted = [
        *tracked("diligence", "**/*.py"),
        *tracked("diligence/dataroom/schema", "*.csv"),
        *tracked("diligence/facts/catalogue", "*.toml"),
        *tracked("diligence/judgement/rules", "*.toml"),
        *(f"diligence/shipped/{name}" for folder in ("notebooks", "templates", "data/demo/room") for name in tracked(folder, "**/*")),
        "diligence/shipped/data/demo/deal.toml",
    ]
    assert [name for name in wanted if name not in names] == []
    assert [name for name in names if name.startswith("tests/") or "__pycache__" in name or "/out/" in name] == []
    assert any(name.endswith("entry_points.txt") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_an_installed_wheel_runs_the_demo_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    # to install a wheel of Python alone is to unpack it
    zipfile.ZipFile(wheel).extractall(site)
    out = tmp_path / "out"
    done = python("-P", "-m", "diligence", "run", "demo", "--out", str(out), "--only", "04_offer", cwd=tmp_path, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(out / "report.html")
    told = "import sys, diligence as dd; dd.open_room; dd.show; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('diligence')))"
    where = python("-P", "-c", told, cwd=tmp_path, PYTHONPATH=str(site))
    assert where.returncode == 0, where.stderr
    files = where.stdout.split()
    assert len(files) > 10
    assert all(file.startswith(str(site)) for file in files)
    # the kernel of the notebook wrote the facts from the same installation
    assert (out / "evidence" / "facts" / "04_offer.parquet").is_file()
    asked = python("-P", "-m", "diligence", "new", "deal", cwd=tmp_path, PYTHONPATH=str(site))
    assert asked.returncode == 0, asked.stderr
