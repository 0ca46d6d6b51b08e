"""``diligence new``: a deal folder to fill in."""

from pathlib import Path

import pandas as pd

from diligence.dataroom.schema import CORE, tables
from diligence.errors import InputError, Problem
from diligence.facts.requests import requests_of_nothing
from diligence.reports.request_list import write_request_list
from diligence.resources import shipped


def new_deal(folder: Path) -> list[Path]:
    """Write ``deal.toml`` with every key explained, an empty ``room``, and what to ask for: ``requests.csv`` lists every table and column,
    ``requests.xlsx`` is ready to send, the most telling table first.

    Raises
    ------
    InputError
        The folder holds something already; nothing is written over.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(Problem("a new or empty folder", f"'{folder}'", "name another folder"))
    template = (shipped("templates") / "deal" / "deal.toml").read_text(encoding="utf-8")
    (folder / "room").mkdir(parents=True, exist_ok=True)
    deal, list_ = folder / "deal.toml", folder / "requests.csv"
    deal.write_text(template, encoding="utf-8", newline="\n")
    ordered = sorted(tables().values(), key=lambda table: (table.name != "revenue", table.name not in CORE, table.name))
    rows = [
        (table.name, column.name, column.type, "yes" if column.required else "no", column.allowed, column.unit, column.description)
        for table in ordered
        for column in table.columns
    ]
    columns = ["table", "column", "type", "required", "allowed", "unit", "description"]
    pd.DataFrame(rows, columns=columns).to_csv(list_, index=False, lineterminator="\n")
    book = folder / "requests.xlsx"
    write_request_list(requests_of_nothing(), book, target="", as_of="", currency="")
    return [deal, list_, book, folder / "room"]
