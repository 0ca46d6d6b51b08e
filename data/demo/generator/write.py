"""Records to files, the same bytes each time: fixed number formats, Parquet without metadata, workbooks with fixed properties and times."""

import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from data.demo.generator.export import EXPORTS
from data.demo.generator.mess import SWITCH

EPOCH = (2026, 7, 6, 9, 0, 0)
STAMP = "2026-07-06T09:00:00Z"
WHOLE = {"quantity", "accounts", "value", "potential", "annual_quota", "annual_cost", "score", "annual_spend", "tam", "sam", "importance"}
WHOLE |= {"target_score", "competitor_score", "too_cheap", "cheap", "expensive", "too_expensive", "price_shown"}


MONEY = {"amount", "net_price", "list_price", "cost"}


def text(value: Any, column: str) -> str:
    """One cell: dates in ISO form, truth values in lower case, whole numbers without decimals, blanks empty."""
    if pd.isna(value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, float):
        if column in WHOLE and value == round(value):
            return str(int(value))
        return f"{value:.2f}" if column in MONEY else f"{value:.10g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return str(value)


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of text."""
    return pd.DataFrame({c: [text(v, c) for v in frame[c].astype(object)] for c in frame.columns}, dtype=object)


def coded(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The target's own codes and column names."""
    export = EXPORTS[name]
    frame = frame.copy()
    for column, codes in export.codes.items():
        frame[column] = [codes.get(v, v) for v in frame[column]]
    return frame[list(export.columns)].rename(columns=export.columns)


def revenue_cells(lines: pd.DataFrame) -> pd.DataFrame:
    """The billing export: decimal commas, and the old system's dates before July 2023."""
    frame = cells(lines[list(EXPORTS["revenue"].columns)])
    frame["amount"] = frame["amount"].str.replace(".", ",")
    frame["quantity"] = frame["quantity"].str.replace(".", ",")
    old = [day < SWITCH for day in lines["date"]]
    for column in ("date", "service_start", "service_end"):
        days = zip(frame[column], old, strict=True)
        frame[column] = [".".join(reversed(day.split("-"))) if legacy and day else day for day, legacy in days]
    return frame


def plain(value: Any) -> Any:
    """A workbook cell: blanks empty, numbers of Python's own."""
    if pd.isna(value) or value == "":
        return None
    return value.item() if hasattr(value, "item") else value


def csv(frame: pd.DataFrame, path: Path, *, separator: str = ",") -> None:
    """A text file with line feeds."""
    path.write_bytes(frame.to_csv(index=False, sep=separator, lineterminator="\n").encode("utf-8"))


def parquet(frame: pd.DataFrame, path: Path) -> None:
    """A Parquet file without metadata of the writer."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", store_schema=False)


def workbook(sheets: dict[str, pd.DataFrame], path: Path) -> None:
    """A workbook whose properties and member times are fixed; openpyxl would write the present."""
    book = Workbook()
    book.remove(book.active)
    for title, frame in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False):
            sheet.append([plain(v) for v in row])
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + STAMP.encode(), content)
                content = content.replace(b"openpyxl", b"Wrenfield Systems")
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            target.writestr(member, content)


def room(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Every table to its file."""
    folder.mkdir(parents=True, exist_ok=True)
    books: dict[str, dict[str, pd.DataFrame]] = {}
    for name, frame in tables.items():
        export = EXPORTS.get(name)
        if export is None:
            csv(cells(frame), folder / f"{name}.csv")
        elif export.sheet:
            books.setdefault(export.file, {})[export.sheet] = coded(frame, name)
        elif name == "usage":
            parquet(coded(frame, name), folder / export.file)
        elif name == "revenue":
            kinds = frame.assign(kind=[EXPORTS[name].codes["kind"][kind] for kind in frame["kind"]])
            csv(revenue_cells(kinds).rename(columns=export.columns), folder / export.file, separator=";")
        else:
            csv(coded(cells(frame), name), folder / export.file)
    for file, sheets in books.items():
        workbook(sheets, folder / file)


def truth_file(figures: dict[str, object], path: Path) -> None:
    """Figures as indented JSON."""
    path.write_bytes((json.dumps(figures, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
