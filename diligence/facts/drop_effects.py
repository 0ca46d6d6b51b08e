"""What each change of a new drop does to the headline: the old drop, with one kind of change after another made to it."""

import math
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from diligence.dataroom.drops.compare import Changes, Drop, changes_between, compared, drop_of
from diligence.dataroom.drops.mixed import Change, Mixed
from diligence.dataroom.intake import govern_again
from diligence.dataroom.room import Room, read_room
from diligence.deal import Deal
from diligence.errors import InputError
from diligence.facts.headline import HEADLINE, headline
from diligence.facts.sheet import NAN

LINES_REST_ON = ("revenue", "customers", "contracts", "fx", "invoices", "products")
"""Tables that the governed lines are made from, each with its own steps; the changes of all others are made in one."""

OLD, FROM, OTHERS, DEAL, NEW = "old drop", "old drop, seen from the earlier date", "other tables", "deal file and order of rows", "new drop"
COLUMNS = ["step", "table", "kind", "dated", "as_of", "rows", "money", "refused"]


@dataclass(frozen=True)
class _Step:
    """One step: what it is called, what it changes, and the headline after it."""

    step: str
    as_of: date
    found: dict[str, float]
    table: str = ""
    kind: str = ""
    dated: str = ""
    rows: float = NAN
    money: float = NAN
    refused: str = ""


def drop_effects(old: Room | str | Path, new: Room | str | Path) -> pd.DataFrame:
    """Show what each kind of change of a new drop does to the headline.

    Both drops are seen from the earlier of their as-of dates. The changes are made to the old drop one after another (revenue first;
    within a table remapped, restated, removed, added), and the room is governed again after each; the step ``deal file and order of
    rows`` then holds the new drop whole, and a last one moves the as-of date. The steps add up: nothing is left over.

    Parameters
    ----------
    old, new
        As :func:`~diligence.dataroom.drops.compare.compare_drops` takes them.

    Returns
    -------
    DataFrame
        One row a step: ``step, table, kind, dated, as_of``; ``rows`` changed and the ``money`` of their table that this adds;
        ``refused`` where the room cannot be read at that step (its change is then in the next); the numbers of
        :data:`~diligence.facts.headline.HEADLINE` after the step, and ``<name>_change`` against the step before.

    Examples
    --------
    >>> from diligence.dataroom.room import open_room
    >>> room = open_room("demo")
    >>> drop_effects(room, room)["step"].tolist()
    ['old drop', 'deal file and order of rows']
    """
    one, other = drop_of(old), drop_of(new)
    return effects_between(one, other, changes_between(one, other))


def effects_between(old: Drop, new: Drop, changes: Changes) -> pd.DataFrame:
    """Give the steps from one drop to the other, for changes already found."""
    with tempfile.TemporaryDirectory(prefix="diligence-") as folder:
        steps = list(_steps(old, new, changes, Path(folder)))
    rows: list[dict[str, Any]] = []
    last = dict.fromkeys(HEADLINE, NAN)
    for step in steps:
        row = {column: getattr(step, column) for column in COLUMNS} | step.found
        rows.append(row | {f"{name}_change": _change(last[name], step.found[name], bool(rows)) for name in HEADLINE})
        last = last if step.refused else step.found
    return pd.DataFrame(rows, columns=[*COLUMNS, *HEADLINE, *(f"{name}_change" for name in HEADLINE)])


def _steps(old: Drop, new: Drop, changes: Changes, folder: Path) -> Iterator[_Step]:
    before, after = old.room.deal, new.room.deal
    earlier = min(before, after, key=lambda deal: deal.target.as_of)
    common = earlier.target.as_of
    yield _Step(OLD, before.target.as_of, headline(old.room))
    mixed = Mixed(old, new, folder / "mixed")
    if common != before.target.as_of:
        yield _seen(mixed, _from(before, earlier), _Step(FROM, common, {}))
    parts = changes.summary.to_dict("records")
    others = [part for part in parts if part["table"] not in LINES_REST_ON]
    done: defaultdict[str, list[Change]] = defaultdict(list)
    with compared(old, new) as (connection, _):
        for part in parts:
            done[part["table"]].append((part["kind"], part["dated"]))
            if part["table"] in LINES_REST_ON:
                mixed.apply(connection, part["table"], done[part["table"]])
                named = {key: part[key] for key in ("table", "kind", "dated", "rows", "money")}
                yield _seen(mixed, _from(before, earlier), _Step(_words(part), common, {}, **named))
        for table in dict.fromkeys(part["table"] for part in others):
            mixed.apply(connection, table, done[table])
    if others:
        yield _seen(mixed, _from(before, earlier), _Step(OTHERS, common, {}, rows=float(sum(part["rows"] for part in others))))
    mixed.take_over_all()
    yield _seen(mixed, _from(after, earlier), _Step(DEAL, common, {}))
    if common != after.target.as_of:
        yield _Step(NEW, after.target.as_of, headline(new.room))


def _words(part: dict[str, Any]) -> str:
    return f"{part['table']}, {part['kind']}" + (f" ({part['dated']})" if part["dated"] else "")


def _from(deal: Deal, earlier: Deal) -> Deal:
    """Look from the earlier drop's date, and know of undated rows what that drop knew."""
    if deal is earlier:
        return deal
    target = deal.target.model_copy(update={"as_of": earlier.target.as_of})
    return deal.model_copy(update={"target": target, "seen_from": earlier.exported})


def _seen(mixed: Mixed, deal: Deal, step: _Step) -> _Step:
    """Govern the mixed room and take its headline."""
    with tempfile.TemporaryDirectory(prefix="diligence-") as folder:
        try:
            govern_again(deal, mixed.folder, Path(folder), cube_only=True)
            found, refused = headline(read_room(Path(folder))), ""
        except InputError as error:
            found, refused = dict.fromkeys(HEADLINE, NAN), f"the room cannot be read yet: {error.problems[0].expected}"
    told = {field: getattr(step, field) for field in ("step", "as_of", "table", "kind", "dated", "rows", "money")}
    return _Step(**told, found=found, refused=refused)


def _change(before: float, now: float, follows: bool) -> float:
    """The change against the step before; from nothing to nothing is no change."""
    if not follows:
        return NAN
    return 0.0 if math.isnan(before) and math.isnan(now) else now - before
