"""The deal file: what is asked, of whom, as of when, and where things lie. Validated whole, then frozen."""

import os
import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_serializer, model_validator

from diligence.errors import InputError, Problem, nearest
from diligence.resources import demo_deal

Kind = Literal["recurring", "usage", "services", "one_off"]
Regime = Literal["", "contractual", "repeat"]


SIZE = r"^\d+(\.\d+)? ?(MB|GB)$"
PATTERNS = {
    "currency": "a code of three capitals, such as EUR (ISO 4217)",
    "memory_limit": "a size such as 2GB or 500MB",
    "largest_file": "a size such as 2GB or 500MB",
    "separator": "one sign, or the word whitespace",
}

DEMO = "demo"
"""The word that stands for the demo target's deal file."""

NAMED = r"\$\{\w+\}"
"""How a deal file names a variable of the environment."""

SCHEMES, FILES = ("postgresql", "postgres"), (".zip", ".duckdb")

OWN = ("path", "seen_from")
"""Fields that a deal file does not set."""


def redacted(address: str) -> str:
    """Give an address of a database without its password; the name of a variable may stay.

    >>> redacted("postgresql://ann:secret@host/room"), redacted("postgresql://ann:${PW}@host/room")
    ('postgresql://ann:***@host/room', 'postgresql://ann:${PW}@host/room')
    """
    stripped = re.sub(rf"(://[^:/?#]*):(?!{NAMED}@).*@", r"\1:***@", address)
    return re.sub(rf"([?&]password=)(?!{NAMED}(?:&|$))[^&]*", r"\1***", stripped)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Formats = Annotated[list[str], BeforeValidator(_listed)]
Pair = Annotated[list[str], Field(min_length=2, max_length=2)]
Width = Annotated[int, Field(ge=1, le=64)]
Year = Annotated[int, Field(strict=False, ge=1990, le=2100)]
Month = Annotated[int, Field(ge=1, le=12)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Target(_Part):
    """Who is looked at, and as of when."""

    name: str = Field(min_length=1)
    currency: str = Field(pattern="^[A-Z]{3}$")
    fiscal_year_end_month: Month = 12
    as_of: date


class Unpivot(_Part):
    """A wide layout made long: each of these columns becomes rows; ``name`` takes the header, ``value`` the cell."""

    columns: Formats
    name: str
    value: str
    labels: dict[str, str] = {}


class TableSource(_Part):
    """Where one governed table lies in the room, and how its columns read."""

    file: str = ""
    sheet: str = ""
    header_row: int = Field(default=1, ge=0)
    header_rows: int = Field(default=1, ge=1, le=5)
    comment: str = ""
    formulas: Literal["refuse", "stored"] = "refuse"
    unpivot: Unpivot | None = None
    pad: dict[str, Width] = {}
    negate: list[str] = []
    subtract: dict[str, Pair] = {}
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, str] = {}
    multiply: dict[str, list[str]] = {}
    keep: dict[str, list[str]] = {}
    scale: dict[str, float] = {}
    blanks: list[str] = []
    date_format: Formats = []
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    separator: str = Field(default="", pattern="^(.?|whitespace)$")
    encoding: str = ""


class Room(_Part):
    """The data room: a folder, a zip of one, a DuckDB file, or the address of a PostgreSQL database."""

    source: str = "room"
    largest_file: str = Field(default="1GB", pattern=SIZE)
    preset: Literal["", "salesforce", "hubspot", "stripe", "chartmogul", "quickbooks", "xero", "netsuite"] = ""
    aliases: str = ""
    decisions: str = ""
    partial: bool = False
    tables: dict[str, TableSource] = {}

    @field_serializer("source")
    def _without_password(self, source: str) -> str:
        return redacted(source)

    @property
    def is_database(self) -> bool:
        """Whether the room is asked over a connection."""
        return "://" in self.source

    @property
    def largest_bytes(self) -> int:
        """Size in bytes above which a text file is not read."""
        number, unit = float(self.largest_file[:-2]), self.largest_file[-2:]
        return int(number * {"MB": 1 << 20, "GB": 1 << 30}[unit])


class Defaults(_Part):
    """What holds where the data do not say."""

    revenue_kind: Kind = "recurring"
    regime: Regime = ""
    segment_by: Literal["segment", "industry", "country", "size_band", "channel"] = "segment"
    reactivation_months: int = Field(default=12, ge=1, le=60)


class Plan(_Part):
    """The sponsor's plan."""

    entry_value: float | None = Field(default=None, gt=0)
    exit_multiple: float | None = Field(default=None, gt=0)
    exit_metric: Literal["recurring_revenue", "ebitda"] = "recurring_revenue"
    hold_years: int | None = Field(default=None, ge=1, le=15)
    leverage: float | None = Field(default=None, ge=0, lt=1)
    hurdle_irr: float | None = Field(default=None, gt=0, lt=2)
    recurring_revenue: dict[Year, float] = {}


class Repairs(_Part):
    """Repairs to leave undone, by their ids."""

    off: list[str] = []


class TieOut(_Part):
    """When a difference between two sources is none, and when it is too small to matter."""

    tolerance: float = Field(default=0.005, ge=0, lt=1)
    materiality: float = Field(default=0.01, ge=0, lt=1)


class Threshold(_Part):
    """A rule's thresholds as this deal sets them."""

    amber: float
    red: float


class Run(_Part):
    """How a run computes."""

    seed: int = Field(default=20260630, ge=0)
    draws: int = Field(default=10_000, ge=100)
    engine: Literal["duckdb", "spark"] = "duckdb"
    memory_limit: str = Field(default="2GB", pattern=SIZE)


class Report(_Part):
    """How the report reads."""

    english: Literal["british", "american"] = "british"
    k_anonymity: int = Field(default=5, ge=2)


class Deal(_Part):
    """One deal, as its file states it.

    Attributes
    ----------
    path
        The file it was read from; the room's paths are relative to its folder.
    """

    target: Target
    room: Room = Room()
    defaults: Defaults = Defaults()
    plan: Plan = Plan()
    repairs: Repairs = Repairs()
    tieout: TieOut = TieOut()
    thresholds: dict[str, Threshold] = {}
    run: Run = Run()
    report: Report = Report()
    path: Path = Field(default=Path(), exclude=True)
    seen_from: date | None = None

    @model_validator(mode="after")
    def _plan_after_as_of(self) -> "Deal":
        early = [year for year in self.plan.recurring_revenue if year < self.target.as_of.year]
        if early:
            raise ValueError(f"plan.recurring_revenue names {early[0]}, before the as-of date {self.target.as_of}; a plan lies ahead of it")
        return self

    @property
    def room_path(self) -> Path:
        """Folder (or file) of the data room; a database has none, and nothing lies in it."""
        return Path(os.devnull) if self.room.is_database else (self.path.parent / self.room.source).resolve()

    def as_of(self, when: date) -> "Deal":
        """Give the same deal, looked at from another date."""
        return self.model_copy(update={"target": self.target.model_copy(update={"as_of": when}), "seen_from": self.exported})

    @property
    def exported(self) -> date:
        """The deal file's own as-of date, from wherever it is looked at: what has no date is known from then on."""
        return self.seen_from or self.target.as_of


def load_deal(path: str | Path, *, rules: Collection[str] | None = None, repairs: Collection[str] | None = None) -> Deal:
    """Read a deal file and validate all of it.

    Parameters
    ----------
    path
        A TOML file, a folder that holds a ``deal.toml``, or the word ``demo`` for the demo target.
    rules, repairs
        The ids that ``[thresholds]`` and ``[repairs]`` may name; where given, others are refused.

    Raises
    ------
    InputError
        With every problem found: unknown keys, wrong types, missing files, unknown ids.

    Examples
    --------
    >>> load_deal("demo").target.currency
    'EUR'
    """
    file = demo_deal() if str(path) == DEMO else Path(path)
    file = file / "deal.toml" if file.is_dir() else file
    raw = _read_toml(file)
    try:
        deal = Deal.model_validate({**raw, "path": file.resolve()})
    except ValidationError as error:
        problems = [_problem(file, detail) for detail in error.errors()]
        raise InputError([*problems, *_room_problems(file, raw)]) from None
    problems = [*_room_problems(file, raw), *_unknown_ids(file, deal, rules, repairs)]
    if problems:
        raise InputError(problems)
    return deal


def _read_toml(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise InputError(
            Problem("a deal file", "no such file", "name an existing deal.toml, or write one with `diligence new DIR`", str(file))
        )
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            Problem("TOML in UTF-8", str(error), "mend the line named, or start from `diligence new DIR`", str(file))
        ) from None
    for own in OWN:
        raw.pop(own, None)
    return raw


def _problem(file: Path, detail: Any) -> Problem:
    place = [str(step) for step in detail["loc"]]
    key = ".".join(place)
    if detail["type"] == "extra_forbidden":
        return Problem("a known key", f"'{place[-1]}'", nearest(place[-1], _known_keys(place[:-1])), str(file), key=key)
    if detail["type"] == "missing":
        return Problem("a value", "nothing", f"set {key}; `diligence new` writes every key explained", str(file), key=key)
    if detail["type"] == "string_pattern_mismatch":
        return Problem(PATTERNS.get(place[-1], "another form"), repr(detail["input"]), f"correct {key}", str(file), key=key)
    wanted = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    got = repr(detail["input"]) if not isinstance(detail["input"], dict) or len(str(detail["input"])) < 60 else "this"
    return Problem(wanted, got, f"correct {key or 'the file'}", str(file), key=key)


def _known_keys(place: list[str]) -> list[str]:
    model: Any = Deal
    for step in place:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        if step not in model.model_fields:
            continue
        annotation = model.model_fields[step].annotation
        inner = [part for part in get_args(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
        model = inner[0] if inner else annotation
    fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
    return [name for name in fields if name not in OWN]


def _room_problems(file: Path, raw: dict[str, Any]) -> Iterator[Problem]:
    """Missing files are told together with wrong keys, so they are looked for in the raw document."""
    room = raw.get("room", {})
    if not isinstance(room, dict) or not isinstance(room.get("source", "room"), str):
        return
    named_source = room.get("source", "room")
    if "://" in named_source:
        yield from _address_problems(file, named_source)
        return
    source = (file.parent / named_source).resolve()
    if source.suffix.lower() in FILES:
        if not source.is_file():
            yield Problem("a file with the data room", "no such file", "correct room.source", str(source), key="room.source")
        return
    if not source.is_dir():
        yield Problem("a folder with the data room", "no such folder", "correct room.source", str(source), key="room.source")
        return
    tables = room.get("tables", {})
    for name, entry in tables.items() if isinstance(tables, dict) else ():
        named = entry.get("file", "") if isinstance(entry, dict) else ""
        if not isinstance(named, str) or not named:
            continue
        inside = (source / named).resolve()
        key = f"room.tables.{name}.file"
        if not inside.is_relative_to(source):
            yield Problem("a file inside the room", named, "put the file into the room; a path may not leave it", str(file), key=key)
        elif not inside.is_file():
            files = [str(path.relative_to(source)) for path in sorted(source.rglob("*")) if path.is_file()]
            yield Problem("a file of the room", f"'{named}', which is not there", nearest(named, files), str(file), key=key)


def _address_problems(file: Path, address: str) -> Iterator[Problem]:
    scheme = address.partition("://")[0]
    if scheme not in SCHEMES:
        wanted = "a folder, a .zip, a .duckdb file or a postgresql:// address"
        yield Problem(wanted, f"'{scheme}://'", "export the tables into a folder, or correct room.source", str(file), key="room.source")
    elif redacted(address) != address:
        do = "write it as a variable of the environment, postgresql://user:${NAME}@host/database, or keep it in ~/.pgpass"
        yield Problem("no password in a deal file", f"'{redacted(address)}'", do, str(file), key="room.source")


def _unknown_ids(file: Path, deal: Deal, rules: Collection[str] | None, repairs: Collection[str] | None) -> Iterator[Problem]:
    for known, named, key, noun in ((rules, deal.thresholds, "thresholds", "rule"), (repairs, deal.repairs.off, "repairs.off", "repair")):
        if known is not None:
            loose = [word for word in named if word.partition("/")[0] not in known]
            yield from (Problem(f"the id of a {noun}", f"'{word}'", nearest(word, list(known)), str(file), key=key) for word in loose)
