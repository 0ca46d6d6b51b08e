"""An open room: what notebooks and facts read. Frames and figures of intake; never the lines."""

import json
import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from diligence.dataroom.cleaning import REPAIRS
from diligence.dataroom.resolution.review import read_review
from diligence.dataroom.schema import UNIDENTIFIED, tables
from diligence.deal import Deal, load_deal
from diligence.errors import InputError, Problem, nearest
from diligence.periods import month_starts

TICKS = 10_000
NOT_GIVEN = "(not given)"


@dataclass(frozen=True)
class Room:
    """A governed data room as of a date.

    Attributes
    ----------
    deal
        The deal, with the as-of date that holds here.
    folder
        Where intake left its evidence.
    month
        The last whole month at the as-of date; metrics end with it.
    regime
        ``contractual`` or ``repeat``: whether a month without an invoice is a loss.
    """

    deal: Deal
    folder: Path
    described: dict[str, Any]

    @property
    def month(self) -> pd.Timestamp:
        """Last whole month."""
        return pd.Timestamp(self.described["last_month"] + "-01")

    @property
    def first_month(self) -> pd.Timestamp:
        """First month with a revenue line."""
        return pd.Timestamp(self.described["first_month"] + "-01")

    @property
    def regime(self) -> str:
        """How the revenue recurs."""
        return str(self.described["regime"])

    @property
    def window(self) -> int:
        """Months that make the measure of an account: one under contract, twelve for repeat purchase."""
        return 1 if self.regime == "contractual" else 12

    @property
    def given(self) -> dict[str, dict[str, Any]]:
        """For each table given: file, hash, rows and columns."""
        return {table: facts for table, facts in self.described["given"].items() if not facts.get("absent")}

    def has(self, table: str, *columns: str) -> bool:
        """Say whether a table, and these columns of it, were given."""
        return table in self.given and set(columns) <= set(self.given[table]["columns"])

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Customer x month x product: ``customer_id, account_id, month, product_id, kind, currency, quantity, lines`` and money.

        ``amount`` is what accrues to the month; ``amount_rate`` what is worth a month on its last day; ``amount_local`` and
        ``amount_local_rate`` the same in the currency of the lines; ``quantity_rate`` the quantity in force on the last day.
        """
        import pyarrow.parquet as pq

        table = pq.read_table(self.folder / "cube.parquet")
        frame = _to_pandas(table).sort_values(
            ["customer_id", "month_index", "product_id", "kind", "currency"], kind="stable", ignore_index=True
        )
        frame["month"] = month_starts(frame.pop("month_index").to_numpy())
        for column in ("", "local_", "rate_", "local_rate_"):
            frame["_".join(["amount", *column.split("_")]).strip("_")] = frame.pop(f"{column}ticks") / TICKS
        frame["quantity_rate"] = frame.pop("rate_quantity")
        frame["product_id"] = frame["product_id"].fillna(NOT_GIVEN)
        for column in ("customer_id", "account_id", "product_id", "kind", "currency"):
            frame[column] = frame[column].astype("category")
        return frame

    def revenue(self, kind: str | None = "recurring") -> pd.DataFrame:
        """Give the cube of one kind of revenue, of identified customers, up to the last whole month."""
        cube = self.cube
        keep = (cube["month"] <= self.month) & (cube["customer_id"] != UNIDENTIFIED)
        return cube[keep if kind is None else keep & (cube["kind"] == kind)]

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row a customer, with ``account_id`` (ultimate parent)."""
        return self.table("customers")

    def segments(self, by: str | None = None) -> pd.Series:
        """Give the segment of each customer, indexed by ``customer_id``.

        Parameters
        ----------
        by
            A column of ``customers``; left out, the deal file's ``segment_by``.
        """
        column = by or self.deal.defaults.segment_by
        if column not in self.customers.columns:
            known = [name for name in tables()["customers"].names if name in self.customers.columns]
            raise InputError(Problem("a column of customers", f"'{column}'", nearest(column, known), key="segment_by"))
        return self.customers.set_index("customer_id")[column].fillna(NOT_GIVEN).astype("str")

    def table(self, name: str) -> pd.DataFrame:
        """Give a governed table, as of the date; empty with its columns where it was not given."""
        import pyarrow.parquet as pq

        if name not in tables():
            raise InputError(Problem("a governed table", f"'{name}'", nearest(name, list(tables())), key="table"))
        file = self.folder / "tables" / f"{name}.parquet"
        return _to_pandas(pq.read_table(file)) if file.is_file() else pd.DataFrame(columns=list(tables()[name].names))

    @property
    def cleaning(self) -> pd.DataFrame:
        """The cleaning log."""
        return pd.read_csv(self.folder / "cleaning.csv", keep_default_na=False)

    @property
    def issues(self) -> pd.DataFrame:
        """What the checks found."""
        return pd.read_csv(self.folder / "issues.csv")

    @property
    def review(self) -> pd.DataFrame:
        """Pairs of customers that a person decides on, with their evidence; the most money first."""
        return read_review(self.folder)

    @property
    def tieout(self) -> pd.DataFrame:
        """Lines against the ledger, invoices and contracts, by month, with what explains the difference."""
        return pd.read_csv(self.folder / "tieout.csv", dtype={"explained_by": "str"}).fillna({"explained_by": ""})

    @property
    def tieout_items(self) -> pd.DataFrame:
        """Invoices and customers on which the lines and a register differ."""
        return pd.read_csv(self.folder / "tieout_items.csv", dtype={"item": "str", "customer_id": "str"})

    @property
    def billings(self) -> pd.DataFrame:
        """The proof of billings, by month."""
        return pd.read_csv(self.folder / "billings.csv")


def open_room(deal: str | Path | Deal = "demo", *, as_of: str | date | None = None, step: Callable[[str], None] = lambda _: None) -> Room:
    """Open a data room: from a deal file (intake runs), or from the evidence of a run (nothing is read twice).

    Parameters
    ----------
    deal
        A deal file, its folder, the word ``demo``, or the folder of a run.
    as_of
        Look from another date than the deal's, ``YYYY-MM-DD``; blank or None keeps the deal's.

    Examples
    --------
    >>> room = open_room("demo")
    >>> room.month
    Timestamp('2026-06-01 00:00:00')
    """
    when = _date(as_of)
    evidence = None if isinstance(deal, Deal) else evidence_folder(Path(deal))
    if evidence is not None:
        room = read_room(evidence)
        if when is None or when == room.deal.target.as_of:
            return room
        from diligence.dataroom.intake import govern_again

        return _opened_aside(lambda folder: govern_again(room.deal.as_of(when), evidence, folder))
    from diligence.dataroom.intake import take_in

    read = deal if isinstance(deal, Deal) else load_deal(deal, repairs=REPAIRS)
    return _opened_aside(lambda folder: take_in(read if when is None else read.as_of(when), folder, step))


def _opened_aside(govern: Callable[[Path], None]) -> Room:
    """Govern into a folder of its own, which goes with the room; nothing of the target stays behind, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="diligence-"))
    try:
        govern(folder)
        room = read_room(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(room, shutil.rmtree, folder, ignore_errors=True)
    return room


def govern_variant(room: Room, deal: Deal, folder: Path) -> Room:
    """Govern the room's typed tables for another deal (other repairs, another date), as far as the cube; the caller owns the folder."""
    from diligence.dataroom.intake import govern_again

    govern_again(deal, room.folder, folder, cube_only=True)
    return read_room(folder)


def evidence_folder(path: Path) -> Path | None:
    """Find the evidence of a run: the folder itself, or ``evidence`` in it."""
    for folder in (path, path / "evidence"):
        if (folder / "room.json").is_file():
            return folder
    return None


def read_room(folder: Path) -> Room:
    """Open the evidence that intake left in a folder."""
    described = json.loads((folder / "room.json").read_text(encoding="utf-8"))
    return Room(Deal.model_validate_json(json.dumps(described["deal"])), folder, described)


def _date(as_of: str | date | None) -> date | None:
    if not as_of:
        return None
    if isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise InputError(Problem("a date YYYY-MM-DD", f"'{as_of}'", "write it like 2026-06-30", key="as_of")) from None


def _to_pandas(table: Any) -> pd.DataFrame:
    """Decimals come to the analyst as floats; the engine has added them exactly by now."""
    import pyarrow as pa

    schema = pa.schema([pa.field(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type) for f in table.schema])
    return table.cast(schema).to_pandas()
