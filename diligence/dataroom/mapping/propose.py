"""A mapping of the whole room: every file looked at, each governed table given to the file that fits it best, what is left named with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from diligence.dataroom.mapping.entry import across_of, entry_of, settled_order
from diligence.dataroom.mapping.layout import Layout, find_layout
from diligence.dataroom.mapping.match import Candidate, Match, candidates
from diligence.dataroom.mapping.names import homelessness
from diligence.dataroom.mapping.near import near_misses
from diligence.dataroom.mapping.profile import Profile, profile
from diligence.dataroom.mapping.sample import sampled
from diligence.dataroom.mapping.wide import Wide, find_wide, lengthened
from diligence.dataroom.reading import Item, items, open_place
from diligence.dataroom.schema import tables
from diligence.dataroom.typed import MAY_BE_BLANK, ROW
from diligence.deal import Deal, TableSource, load_deal
from diligence.errors import InputError

THRESHOLD = 0.5
SECOND_CHOICE = 0.6
ALSO = {"revenue": "invoices", "invoices": "revenue"}
"""What else a file may be where its first table comes from another: a register of invoices has lines or heads."""
STAND_IN = 0.75
ONE_ROW_EACH = ("price_survey", "nps")
"""Surveys in which a respondent has one row."""
KEYS = 200_000
COLUMNS = ["table", "column", "file", "sheet", "source_column", "confidence", "evidence", "status"]


@dataclass(frozen=True)
class Looked:
    """One file or sheet, looked at."""

    item: Item
    layout: Layout
    profiles: tuple[Profile, ...]
    wide: Wide | None
    whole: bool
    near: Mapping[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """For a column and a key of another file: words that miss a value of it by blanks, signs or case."""

    @property
    def name(self) -> str:
        """File and sheet in one word."""
        return f"{self.item.label}#{self.item.sheet}" if self.item.sheet else self.item.label


@dataclass(frozen=True)
class FileProposal:
    """What one file is proposed to be. ``status``: proposed, below threshold, incomplete, second source or unplaced."""

    looked: Looked
    candidate: Candidate | None
    status: str
    why: str
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def columns_left(self) -> list[tuple[str, str]]:
        """Columns of the file without a place, each with the reason."""
        placed = {match.source for match in self.candidate.matches} if self.candidate else set()
        placed |= set(self.candidate.multiply or ()) if self.candidate else set()
        if self.looked.wide is not None and self.looked.wide.value in placed:
            placed |= {self.looked.wide.name, self.looked.wide.value}
        return [(p.name, _why_left(p)) for p in self.looked.profiles if p.name not in placed]

    @property
    def words_left(self) -> list[tuple[str, tuple[str, ...]]]:
        """Words that no allowed word is known for, by column."""
        matches = self.candidate.matches if self.candidate else ()
        return [(match.source, match.fit.words.unplaced) for match in matches if match.fit.words is not None and match.fit.words.unplaced]


def propose_mapping(deal: str | Path | Deal) -> pd.DataFrame:
    """Propose which file of a room is which governed table, and which of its columns is which.

    Parameters
    ----------
    deal
        A deal, its file or its folder. Files that its ``[room.tables]`` name are taken as mapped.

    Returns
    -------
    pandas.DataFrame
        One row a column of a file: ``table, column, file, sheet, source_column, confidence, evidence, status``. The confidence lies between
        0 and 1. ``status`` is ``proposed``, ``below threshold``, ``incomplete`` (a required column is lacking), ``second source`` (the table
        comes from another file) or ``no home``.

    Raises
    ------
    InputError
        The deal file has problems.

    Examples
    --------
    >>> found = propose_mapping("demo")
    >>> list(found.columns)
    ['table', 'column', 'file', 'sheet', 'source_column', 'confidence', 'evidence', 'status']
    """
    return as_frame(propose(deal if isinstance(deal, Deal) else load_deal(deal)))


def propose(deal: Deal, threshold: float = THRESHOLD) -> list[FileProposal]:
    """Propose a mapping for what the deal file does not map, file by file in the order of their names."""
    seen, broken = list[Looked](), list[FileProposal]()
    with open_place(deal) as place:
        for item in items(place):
            try:
                one = look_at(item, deal.target.currency)
            except InputError as error:
                broken.append(
                    FileProposal(Looked(item, Layout(), (), None, True), None, "unplaced", f"it does not open: {error.problems[0].got}")
                )
            else:
                seen += [one] if one is not None else []
    first = {one.name: candidates(one.name, one.profiles, {}, headless=one.layout.header_row == 0) for one in seen}
    keys = _keys(seen, first)
    seen = [replace(one, near=_near(one, keys)) for one in seen]
    ranked = {
        one.name: candidates(one.name, one.profiles, shared, headless=one.layout.header_row == 0)
        if (shared := _overlaps(one, keys))
        else first[one.name]
        for one in seen
    }
    mapped = {(entry.file, entry.sheet) for entry in deal.room.tables.values()}
    open_ = [one for one in seen if not _is_mapped(one, mapped) and not _reads_by_name(one)]
    taken = {table: _named(entry) or table for table, entry in deal.room.tables.items()}
    taken |= {Path(one.item.label).stem: one.item.label for one in seen if _reads_by_name(one) and Path(one.item.label).stem not in taken}
    headers = {one.name: one.layout.header for one in seen if one.layout.header_row}
    return [*_given(open_, ranked, taken, headers, threshold), *(one for one in broken if not _is_mapped(one.looked, mapped))]


def look_at(item: Item, currency: str = "") -> Looked | None:
    """Find a file's layout and profile its columns; None where it holds no table."""
    layout = find_layout(item)
    if layout is None:
        return None
    cells, whole = sampled(item, layout)
    profiles = settled_order([profile(name, values) for name, values in cells.items()], currency)
    profiles = [p for p in profiles if p.type != "blank" or p.rows]
    wide = find_wide(profiles, item.label)
    return Looked(item, layout, tuple(lengthened(profiles, wide) if wide else profiles), wide, whole) if profiles else None


def _named(entry: TableSource) -> str:
    return f"{entry.file}#{entry.sheet}" if entry.sheet else entry.file


def _is_mapped(one: Looked, mapped: set[tuple[str, str]]) -> bool:
    return (one.item.label, one.item.sheet) in mapped or (one.item.label, "") in mapped


def _reads_by_name(one: Looked) -> bool:
    """Whether intake reads the file already: it has the name of a governed table, and its required columns."""
    label = Path(one.item.label)
    table = tables().get(label.stem) if len(label.parts) == 1 else None
    return table is not None and {column.name for column in table.columns if column.required} <= {p.name for p in one.profiles}


def _keys(seen: Sequence[Looked], ranked: Mapping[str, list[Candidate]]) -> dict[str, tuple[str, frozenset[str]]]:
    """Collect the values of each key, from the file that is likeliest to be its table."""
    found: dict[str, tuple[float, str, frozenset[str]]] = {}
    for one in seen:
        best = ranked[one.name][0]
        key = tables()[best.table].primary
        match = next((match for match in best.matches if match.column == key and match.fit.factor > 0.8), None)
        if match is None or best.confidence < THRESHOLD:
            continue
        values = next(p.words for p in one.profiles if p.name == match.source)
        if len(values) >= 5 and best.confidence > found.get(f"{best.table}.{key}", (0.0,))[0]:
            found[f"{best.table}.{key}"] = (best.confidence, one.name, frozenset(list(values)[:KEYS]))
    return {place: (name, values) for place, (_, name, values) in found.items()}


def _overlaps(one: Looked, keys: Mapping[str, tuple[str, frozenset[str]]]) -> dict[tuple[str, str], float]:
    """Share of a column's values that stand in a key of another file. Small numbers stand in every list of small numbers, and say nothing."""
    found = {}
    for p in one.profiles:
        if p.type not in ("text", "integer") or (p.type == "integer" and (p.high or 0) < 1_000) or not p.words:
            continue
        for place, (name, values) in keys.items():
            if name != one.name:
                share = sum(word in values for word in p.words) / len(p.words)
                if share >= 0.6 or (one.whole and p.type == "text"):
                    found[p.name, place] = share
    return found


def _near(one: Looked, keys: Mapping[str, tuple[str, frozenset[str]]]) -> dict[tuple[str, str], dict[str, str]]:
    texts = [p for p in one.profiles if p.type == "text"]
    pairs = {
        (p.name, place): near_misses(p.words, values, place) for p in texts for place, (name, values) in keys.items() if name != one.name
    }
    return {pair: found for pair, found in pairs.items() if found}


def _bridged(choice: Candidate, one: Looked) -> Candidate:
    """Tell with a column which of its words are a value of the other file's key, written otherwise."""
    matches = []
    for match in choice.matches:
        key = tables()[choice.table][match.column].key
        near = one.near.get((match.source, key), {})
        told = [f"'{theirs}' is '{ours}' of {key} written otherwise" for theirs, ours in near.items()]
        matches.append(replace(match, near=near, evidence=(*match.evidence, *told[:3])) if near else match)
    return replace(choice, matches=tuple(matches))


def _given(
    seen: Sequence[Looked],
    ranked: Mapping[str, list[Candidate]],
    taken: dict[str, str],
    headers: Mapping[str, tuple[str, ...]],
    threshold: float,
) -> list[FileProposal]:
    """Give each table to one file: the likeliest first, of equals the larger, and a file of the room's own folder before a copy below it."""
    order = sorted(seen, key=lambda one: (-round(ranked[one.name][0].confidence, 1), one.name.count("/"), -one.item.size, one.name))
    found = {}
    for one in order:
        best = ranked[one.name][0]
        alike = one.name in headers and headers.get(taken.get(best.table, "")) == one.layout.header
        settled = _settled(one, best, taken, threshold, alike)
        if best.table in taken and not alike:
            also = next((c for c in ranked[one.name][1:] if c.table == ALSO.get(best.table) and c.confidence >= SECOND_CHOICE), best)
            other = _settled(one, also, taken, threshold)
            settled = other if other.status == "proposed" else settled
        found[one.name] = settled
        if settled.status == "proposed" and settled.candidate is not None:
            taken[settled.candidate.table] = one.name
    proposals = [found[one.name] for one in seen]
    stand_in = None if "revenue" in taken else _stand_in(proposals, threshold)
    return [*proposals, stand_in] if stand_in else proposals


def _settled(one: Looked, choice: Candidate, taken: Mapping[str, str], threshold: float, alike: bool = False) -> FileProposal:
    if choice.confidence < 0.2 or not choice.matches:
        return FileProposal(one, None, "unplaced", "nothing of it is like a governed table")
    choice = _bridged(_numbered(choice), one)
    entry = entry_of(one.item.label, one.item.sheet, one.layout, choice, one.profiles, one.wide)
    if choice.table in taken:
        more = ", which has the same columns: of two parts make one file, of two copies leave one out" if alike else ""
        return FileProposal(one, choice, "second source", f"{choice.table} comes from {taken[choice.table]}{more}", entry)
    if choice.confidence < threshold:
        return FileProposal(one, choice, "below threshold", f"only {choice.confidence:.2f} sure that it is {choice.table}", entry)
    if lack := _lack(one, choice):
        return FileProposal(one, choice, "incomplete", lack, entry)
    weak = [m.column for m in choice.matches if tables()[choice.table][m.column].required and m.confidence < threshold]
    if weak:
        return FileProposal(
            one, choice, "below threshold", f"less than {threshold:.2f} sure of {', '.join(weak)}, which {choice.table} requires", entry
        )
    return FileProposal(one, choice, "proposed", "; ".join(choice.evidence), entry)


def _lack(one: Looked, choice: Candidate) -> str:
    """Say what keeps intake from reading the file as this table; blank where nothing does."""
    if one.wide is not None and len(across_of(choice, one.wide)) == 1:
        return f"its columns {one.wide.columns[0]} to {one.wide.columns[-1]} are rows, of which {choice.table} takes one part only"
    if not choice.missing:
        return ""
    lack = f"no column found for {', '.join(choice.missing)}, which {choice.table} requires"
    blank = all((choice.table, column) in MAY_BE_BLANK for column in choice.missing)
    return f"{lack}; it can be taken in with blanks there" if blank else lack


def _numbered(choice: Candidate) -> Candidate:
    """Let the number of the row name the respondent of a survey whose export leaves the id out: each row is one."""
    if choice.missing != ("respondent_id",) or choice.table not in ONE_ROW_EACH:
        return choice
    match = Match(ROW, "respondent_id", 0.7, ("no column names the respondent: each row is one, and its number stands for it",))
    return replace(choice, matches=(match, *choice.matches), missing=())


def _stand_in(proposals: Sequence[FileProposal], threshold: float) -> FileProposal | None:
    """Where no file has revenue lines, let the invoices stand in for them, else the deals that were won."""
    roles = {
        "invoices": {"customer_id": "customer_id", "issued_on": "date", "amount": "amount", "invoice_id": "invoice_id"},
        "opportunities": {
            "customer_id": "customer_id",
            "closed_on": "date",
            "amount": "amount",
            "product_id": "product_id",
            "opportunity_id": "invoice_id",
        },
    }
    for table, roles_of in roles.items():
        one = next((p for p in proposals if p.status == "proposed" and p.candidate and p.candidate.table == table), None)
        if one is None or one.candidate is None:
            continue
        why = f"no file of the room has revenue lines: {'invoices' if table == 'invoices' else 'won deals, at their close,'} stand in for them"
        matches = [
            replace(
                m,
                column=roles_of[m.column],
                confidence=round(m.confidence * STAND_IN, 2),
                evidence=(*m.evidence, "it stands in for revenue lines"),
                fit=replace(m.fit, words=None),
            )
            for m in one.candidate.matches
            if m.column in roles_of
        ]
        if not {"customer_id", "date", "amount"} <= {m.column for m in matches}:
            continue
        sure = round(min(m.confidence for m in matches), 2)
        candidate = Candidate("revenue", sure, tuple(matches), (), {}, None, (why,))
        looked = one.looked
        entry = entry_of(looked.item.label, looked.item.sheet, looked.layout, candidate, looked.profiles, looked.wide) | _won(
            one.candidate.matches
        )
        return FileProposal(looked, candidate, "proposed" if sure >= threshold else "below threshold", why, entry)
    return None


def _won(matches: Sequence[Match]) -> dict[str, Any]:
    status = next((m for m in matches if m.column == "status" and m.fit.words is not None), None)
    if status is None or status.fit.words is None:
        return {}
    return {"keep": {status.source: sorted(word for word, ours in status.fit.words.placed.items() if ours == "won")}}


def _why_left(found: Profile) -> str:
    if found.type == "blank":
        return "all its cells are blank"
    apart = homelessness(found.name)
    return (
        f"'{apart.known}' has no home in the data model"
        if apart.exact
        else "no governed column of this table is called so or holds such values"
    )


def as_frame(proposals: Sequence[FileProposal]) -> pd.DataFrame:
    """Give proposals as rows, one a column of a file."""
    rows = []
    for one in proposals:
        item, wide = one.looked.item, one.looked.wide
        table, matches = (one.candidate.table, one.candidate.matches) if one.candidate else ("", ())
        for match in matches:
            sources = wide.columns if wide is not None and match.source == wide.value else (match.source,)
            if wide is not None and match.source == wide.name:
                sources = ("(headers)",)
            told = "; ".join((*match.evidence, *((wide.evidence,) if len(sources) > 1 and wide else ())))
            rows += [(table, match.column, item.label, item.sheet, source, match.confidence, told, one.status) for source in sources]
        across = () if wide is None else (wide.name, wide.value)
        left = [(name, why) for name, why in one.columns_left if name not in across]
        if wide is not None and wide.value in dict(one.columns_left):
            left += [(name, wide.evidence) for name in wide.columns]
        rows += [("", "", item.label, item.sheet, name, 0.0, why, "no home") for name, why in left]
    return pd.DataFrame(rows, columns=COLUMNS)
