"""What a result depends on, as one hash: inputs, settings, code. Equal keys, equal bytes; so a run takes up where one stopped."""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from diligence.dataroom.mapping.presets import with_presets
from diligence.dataroom.reading import find_sources, open_place
from diligence.dataroom.resolution.decisions import ruling_files
from diligence.dataroom.schema import tables
from diligence.deal import Deal
from diligence.resources import shipped

LIBRARIES = ("pandas", "numpy", "pyarrow", "duckdb", "ibis-framework", "plotly", "statsmodels", "scipy", "papermill", "nbconvert")


def versions() -> dict[str, str]:
    """Give the versions of this package and of what its numbers rest on."""
    import platform

    import diligence

    return {"diligence": diligence.__version__, "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


@cache
def code_key() -> str:
    """Hash the package, the notebooks and the templates."""
    package = Path(__file__).resolve().parents[1]
    folders = [(package, "package"), (shipped("notebooks"), "notebooks"), (shipped("templates"), "templates")]
    digest = hashlib.sha256()
    for folder, label in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and "shipped" not in file.relative_to(folder).parts:
                digest.update(f"{label}/{file.relative_to(folder).as_posix()}".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def inputs(deal: Deal) -> dict[str, str]:
    """Hash the deal file and every file that it reads: of the room (of a database, the rows as they come), and the decisions on customers."""
    with open_place(deal) as place:
        read = {source.label: source.sha256() for source in find_sources(place, with_presets(deal, place), tuple(tables()))}
    ruled = {label: _sha256(file) for label, file in ruling_files(deal).items()}
    return {"deal.toml": _sha256(deal.path), **dict(sorted((read | ruled).items()))}


def intake_key(deal: Deal, hashed: dict[str, str]) -> str:
    """Hash what intake depends on."""
    return _key({"inputs": hashed, "deal": deal.model_dump(mode="json"), "code": code_key(), "versions": versions()})


def notebook_key(intake: str, notebook: Path, parameters: dict[str, Any]) -> str:
    """Hash what a notebook's record depends on."""
    return _key({"intake": intake, "notebook": _sha256(notebook), "parameters": parameters})


def _key(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
