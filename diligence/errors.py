"""One family of errors: what was expected, what was found, what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

DONE = 0
DONE_WITH_FAILURES = 1
BAD_INPUT = 2
OUR_FAULT = 3


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input, with its place and its remedy."""

    expected: str
    got: str
    do: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    key: str = ""

    def __str__(self) -> str:
        """Give the problem as one line: place, expected, got, do this."""
        place = [printable(self.file)] if self.file else []
        place += [f"sheet '{printable(self.sheet)}'"] if self.sheet else []
        place += [f"row {self.row}"] if self.row is not None else []
        place += [f"column '{printable(self.column)}'"] if self.column else []
        place += [f"key {printable(self.key)}"] if self.key else []
        where = ", ".join(place)
        return f"{where}{': ' if where else ''}expected {self.expected}, got {printable(self.got)}; do this: {self.do}"


class DiligenceError(Exception):
    """Root of the family."""

    exit_status = OUR_FAULT


class InputError(DiligenceError):
    """An input that cannot be used; carries every problem found, not the first."""

    exit_status = BAD_INPUT

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which known word was probably meant, or list the known ones.

    >>> nearest("segmnt", ["segment", "country"])
    "did you mean 'segment'?"
    """
    match = get_close_matches(word, known, n=1, cutoff=0.6)
    if match:
        return f"did you mean '{match[0]}'?"
    return "use one of " + ", ".join(sorted(known)[:40])


def printable(text: object, limit: int = 120) -> str:
    """Make text from a data room safe for a terminal: no control or direction signs, no endless cells."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(text))
    return plain if len(plain) <= limit else f"{plain[:limit]}… ({len(plain)} characters)"
