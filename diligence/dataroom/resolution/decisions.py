"""Decisions on pairs of customers, kept in a file beside the deal and used again on the next data drop; and the room's own aliases."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime
from pathlib import Path

import duckdb

from diligence.deal import Deal
from diligence.errors import InputError, Problem, nearest

SAME, PARENT, DIFFERENT = DECISIONS = ("same", "parent", "different")
NEEDED = ("left_id", "left_name", "right_id", "right_name", "decision")
ALIAS_COLUMNS = ("alias", "name")
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is written with an apostrophe before it: a spreadsheet would compute it."""
RULINGS = ("decision_rows", "alias_rows")
"""Tables of the engine, and files of the evidence, that hold the decisions and the aliases."""


@dataclass(frozen=True)
class Decision:
    """One row of the decisions file. ``parent``: the right one is the parent of the left."""

    row: int
    left_id: str
    left_name: str
    right_id: str
    right_name: str
    decision: str
    by: str = ""
    on: str = ""
    note: str = ""

    @property
    def sides(self) -> tuple[str, str]:
        """What it speaks of: the ids, or the names where it gives none."""
        return self.left_id or self.left_name, self.right_id or self.right_name

    @property
    def told(self) -> str:
        """The decision in words: by whom, when, in which row."""
        by = (f" by {self.by}" if self.by else "") + (f" on {self.on}" if self.on else "")
        return f"decided '{self.decision}'{by} (row {self.row} of the decisions file)"


def take_rulings(connection: duckdb.DuckDBPyConnection, deal: Deal) -> None:
    """Read the files that ``[room] decisions`` and ``aliases`` name into the engine; empty tables where none is named.

    Raises
    ------
    InputError
        With every problem of both files.
    """
    problems, decisions, aliases = list[Problem](), list[Decision](), list[tuple[str, str]]()
    for key, folder in (("decisions", deal.path.parent), ("aliases", deal.room_path)):
        named = getattr(deal.room, key)
        if not named:
            continue
        try:
            file = _inside(folder, named, key, deal)
            if key == "decisions":
                decisions = read_decisions(file)
            else:
                aliases = read_aliases(file)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    put_rulings(connection, decisions, aliases)


def put_rulings(connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], aliases: Sequence[tuple[str, str]]) -> None:
    """Make the tables of the rulings."""
    columns = ", ".join(f'"{field.name}" {"BIGINT" if field.type is int else "VARCHAR"}' for field in fields(Decision))
    connection.execute(f"CREATE OR REPLACE TABLE decision_rows ({columns})")
    connection.execute("CREATE OR REPLACE TABLE alias_rows (alias VARCHAR, name VARCHAR)")
    for table, rows in (("decision_rows", [astuple(decision) for decision in decisions]), ("alias_rows", aliases)):
        if rows:
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def rulings(connection: duckdb.DuckDBPyConnection) -> tuple[list[Decision], list[tuple[str, str]]]:
    """Give the decisions, in order of the file, and the aliases."""
    decisions = connection.execute('SELECT * FROM decision_rows ORDER BY "row"').fetchall()
    aliases = connection.execute("SELECT alias, name FROM alias_rows ORDER BY ALL").fetchall()
    return [Decision(*row) for row in decisions], aliases


def ruling_files(deal: Deal) -> dict[str, Path]:
    """Give the files of the rulings that are there, by how a record of inputs names them."""
    named = {deal.room.decisions: deal.path.parent, deal.room.aliases: deal.room_path}
    return {name: (folder / name).resolve() for name, folder in named.items() if name and (folder / name).is_file()}


def read_decisions(file: Path) -> list[Decision]:
    """Read and validate a decisions file; a row without a decision is one not yet decided.

    Raises
    ------
    InputError
        With every problem: columns that lack, words that are no decision, and decisions that contradict one another.
    """
    read, problems = list[Decision](), list[Problem]()
    for row, cells in _rows(file, NEEDED, "start from review.csv of a run, which has every column"):
        decision = Decision(row, *(cells.get(field.name, "") for field in fields(Decision)[1:]))
        if not decision.decision:
            continue
        decision = replace(decision, decision=decision.decision.casefold())
        problems += (wrong := list(_faults(decision, str(file))))
        read += [decision] if not wrong else []
    problems += contradictions(read, str(file))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.row or 0))
    return read


def read_aliases(file: Path) -> list[tuple[str, str]]:
    """Read the room's list of aliases: ``alias`` is another name of ``name``."""
    read, problems = list[tuple[str, str]](), list[Problem]()
    for row, cells in _rows(file, ALIAS_COLUMNS, "give the file the columns alias and name"):
        empty = [column for column in ALIAS_COLUMNS if not cells[column]]
        do = "fill it in, or leave the row out"
        problems += [Problem("a name", "an empty cell", do, str(file), row=row, column=column) for column in empty]
        read.append((cells["alias"], cells["name"]))
    if problems:
        raise InputError(problems)
    return read


def _inside(folder: Path, named: str, key: str, deal: Deal) -> Path:
    file, base = (folder / named).resolve(), folder.resolve()
    place = "beside the deal file" if key == "decisions" else "in the room"
    if not file.is_relative_to(base):
        raise InputError(Problem(f"a file {place}", named, "a path may not leave it", str(deal.path), key=f"room.{key}"))
    if not file.is_file():
        files = sorted(path.name for path in base.glob("*.csv"))
        do = nearest(named, files) if files else f"put it {place}, or take the key out"
        raise InputError(Problem(f"a file {place}", f"'{named}', which is not there", do, str(deal.path), key=f"room.{key}"))
    return file


def _rows(file: Path, needed: Sequence[str], do: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row that holds anything, with the line it stands in; a spreadsheet may have changed encoding and separator."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise InputError(Problem("a CSV file", "another kind of file", "save it as CSV", str(file)))
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        columns = [column.strip().casefold() for column in next(reader, [])]
        lacking = [column for column in needed if column not in columns]
        if lacking:
            raise InputError(Problem(f"a column '{column}'", "none", do, str(file), row=1, column=column) for column in lacking)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [*map(unguarded, cells), *[""] * len(columns)]
                yield reader.line_num, dict(zip(columns, padded, strict=False))
    except csv.Error as error:
        raise InputError(Problem("a CSV file", str(error), "save it as CSV again", str(file), row=reader.line_num)) from None


def guarded(cell: str) -> str:
    """Write a cell so that a spreadsheet does not compute it.

    >>> guarded("=1+1"), guarded("Acme")
    ("'=1+1", 'Acme')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """Read a cell back.

    >>> unguarded("'=1+1"), unguarded("'t Hof")
    ('=1+1', "'t Hof")
    """
    return (cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell).strip()


def _faults(decision: Decision, file: str) -> Iterator[Problem]:
    if decision.decision not in DECISIONS:
        do = "correct the word, or leave it blank to decide later"
        yield Problem("same, parent or different", f"'{decision.decision}'", do, file, row=decision.row, column="decision")
    for side, named in zip(("left", "right"), decision.sides, strict=True):
        if not named:
            do = "give its id or its name, as the review list has them"
            yield Problem("a customer", "neither id nor name", do, file, row=decision.row, column=f"{side}_id")
    if decision.sides[0] and decision.sides[0] == decision.sides[1]:
        do = "name the two customers of the pair"
        yield Problem("two customers", f"'{decision.sides[0]}' twice", do, file, row=decision.row, column="right_id")
    if decision.on and not any(_reads(decision.on, form) for form in DATES):
        yield Problem("a date YYYY-MM-DD, or blank", f"'{decision.on}'", "correct it", file, row=decision.row, column="on")


def _reads(cell: str, form: str) -> bool:
    try:
        datetime.strptime(cell, form)
    except ValueError:
        return False
    return True


def contradictions(decisions: Sequence[Decision], file: str = "") -> list[Problem]:
    """Find decisions that cannot all hold: two that are the same and different, the same and parent, or each under the other."""
    links: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for decision in decisions:
        if decision.decision == SAME:
            one, other = decision.sides
            links[one].append((other, decision.row))
            links[other].append((one, decision.row))
    problems, above = [], dict[str, tuple[str, int]]()
    group = {side: min(_reach(side, links)) for decision in decisions for side in decision.sides}
    for decision in decisions:
        one, other = decision.sides
        if decision.decision != SAME and group[one] == group[other]:
            rows = ", ".join(map(str, _reach(one, links)[other]))
            told = "different" if decision.decision == DIFFERENT else "unit and parent"
            got = f"'{one}' and '{other}' are the same by row {rows}, and {told} by row {decision.row}"
            problems.append(_at_odds(got, decision.row, file))
        elif decision.decision == PARENT:
            named, row = above.setdefault(group[one], (group[other], decision.row))
            if named != group[other]:
                problems.append(_at_odds(f"'{one}' has one parent by row {row}, and another by row {decision.row}", decision.row, file))
            elif above.get(group[other], ("", 0))[0] == group[one]:
                got = f"'{one}' is under '{other}' by row {decision.row}, and over it by row {above[group[other]][1]}"
                problems.append(_at_odds(got, decision.row, file))
    return problems


def _at_odds(got: str, row: int, file: str) -> Problem:
    return Problem("decisions that can all hold", got, "change one of these rows", file, row=row, column="decision")


def _reach(start: str, links: dict[str, list[tuple[str, int]]]) -> dict[str, tuple[int, ...]]:
    """Give everyone that is the same as one, with the rows that lead there."""
    found: dict[str, tuple[int, ...]] = {start: ()}
    queue = [start]
    for one in queue:
        for other, row in links.get(one, []):
            if other not in found:
                found[other] = (*found[one], row)
                queue.append(other)
    return found
