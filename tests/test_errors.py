"""The family of errors: what is said, in which order, with which exit status."""

import pytest

from diligence.errors import BAD_INPUT, OUR_FAULT, DiligenceError, InputError, Problem, nearest, printable
from diligence.facts.analysis import CheckFailed


def test_a_problem_is_one_line_with_place_expected_got_and_remedy() -> None:
    problem = Problem("a number", "'abc'", "set decimal", "revenue.xlsx", "Lines", 7, "Net", "room.tables.revenue")
    assert str(problem) == (
        "revenue.xlsx, sheet 'Lines', row 7, column 'Net', key room.tables.revenue: expected a number, got 'abc'; do this: set decimal"
    )


def test_a_problem_without_a_place_has_no_colon_before_it() -> None:
    assert str(Problem("x", "y", "z")) == "expected x, got y; do this: z"


def test_row_zero_is_a_place() -> None:
    assert str(Problem("x", "y", "z", row=0)).startswith("row 0: ")


def test_an_input_error_tells_every_problem_on_a_line_of_its_own() -> None:
    error = InputError(Problem("a", got, "b") for got in ("1", "2", "3"))
    assert [problem.got for problem in error.problems] == ["1", "2", "3"]
    assert str(error).splitlines() == [str(problem) for problem in error.problems]


def test_one_problem_may_stand_alone() -> None:
    assert InputError(Problem("a", "b", "c")).problems == (Problem("a", "b", "c"),)


def test_exit_status_tells_whose_fault_it_is() -> None:
    assert InputError([]).exit_status == BAD_INPUT == 2
    assert CheckFailed("x").exit_status == OUR_FAULT == 3
    assert issubclass(InputError, DiligenceError)


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("segmnt", ["segment", "country"], "did you mean 'segment'?"),
        ("zzz", ["b", "a"], "use one of a, b"),
        ("", ["b", "a"], "use one of a, b"),
    ],
)
def test_nearest_word(word: str, known: list[str], told: str) -> None:
    assert nearest(word, known) == told


def test_nearest_lists_forty_words_at_the_most() -> None:
    assert nearest("?", [f"column{place:03d}" for place in range(500)]).count(",") == 39


@pytest.mark.parametrize("sign", ["\x1b", "\x00", "\n", "\u202e", "\u200b", "\x9b"])
def test_what_a_data_room_says_cannot_steer_a_terminal(sign: str) -> None:
    assert sign not in printable(f"a{sign}b")
    assert sign not in str(Problem("x", f"a{sign}b", "z", file=f"f{sign}", column=f"c{sign}"))


def test_an_endless_cell_is_cut_and_its_length_told() -> None:
    assert printable("x" * 5_000) == "x" * 120 + "… (5000 characters)"
    assert printable("x" * 120) == "x" * 120
