"""The suite: which notebooks there are, in reading order, and which parameters each knows."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diligence.dataroom.schema import tables
from diligence.errors import InputError, Problem, nearest
from diligence.resources import shipped

LONGEST = 60
OWN = ("deal",)
"""Parameters that a run sets itself."""


@dataclass(frozen=True)
class Notebook:
    """One notebook of the suite. ``needs`` names those that run before it."""

    name: str
    title: str
    question: str
    needs: tuple[str, ...]
    file: Path


def suite(only: tuple[str, ...] = ()) -> list[Notebook]:
    """Give the notebooks in reading order, or those named with what they need.

    Raises
    ------
    InputError
        A name that the suite does not know.
    """
    folder = shipped("notebooks")
    records = tomllib.loads((folder / "suite.toml").read_text(encoding="utf-8"))["notebook"]
    known = {r["name"]: Notebook(r["name"], r["title"], r["question"], tuple(r["needs"]), folder / f"{r['name']}.ipynb") for r in records}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise InputError(Problem("a notebook of the suite", f"'{name}'", nearest(name, list(known)), key="--only") for name in unknown)
    wanted: set[str] = set()

    def take(name: str) -> None:
        if name not in wanted:
            wanted.add(name)
            for before in known[name].needs:
                take(before)

    for name in only or known:
        take(name)
    return [book for name, book in known.items() if name in wanted]


def declared(book: Notebook) -> dict[str, str]:
    """Give the parameters that a notebook declares, with the type of each."""
    import papermill

    found: dict[str, Any] = papermill.inspect_notebook(str(book.file))
    return {name: str(entry["inferred_type_name"]) for name, entry in found.items()}


def _refused(name: str, value: Any) -> list[Problem]:
    """Refuse before the run what a notebook would refuse in it."""
    key = f"-p {name}"
    if name == "months" and not 1 <= value <= LONGEST:
        return [Problem(f"months between 1 and {LONGEST}", str(value), "write it like months=12", key=key)]
    if name == "segment_by" and value and value not in tables()["customers"].names:
        return [Problem("a column to cut customers by", f"'{value}'", nearest(value, tables()["customers"].names), key=key)]
    return []


def parameters_for(books: list[Notebook], given: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Give each notebook those of the parameters that it declares, in their types.

    Raises
    ------
    InputError
        A parameter that no notebook declares, or a value that does not read as its type: all at once.
    """
    known = {book.name: declared(book) for book in books}
    names = sorted({name for declared_names in known.values() for name in declared_names if name not in OWN})
    problems = [
        Problem("a parameter of the suite", f"'{name}'", nearest(name, names), key=f"-p {name}") for name in given if name not in names
    ]
    found: dict[str, dict[str, Any]] = {book.name: {} for book in books}
    for book, types in known.items():
        for name, value in given.items():
            if name in types and name not in OWN:
                try:
                    found[book][name] = int(value) if types[name] == "int" else float(value) if types[name] == "float" else value
                except ValueError:
                    problems.append(Problem(f"a value of type {types[name]}", f"'{value}'", f"write it like {name}=12", key=f"-p {name}"))
                else:
                    problems += _refused(name, found[book][name])
    if problems:
        raise InputError(dict.fromkeys(problems))
    return found
