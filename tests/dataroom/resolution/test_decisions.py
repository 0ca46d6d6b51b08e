"""Decisions: the review list filled in, read back, held by id and by name on the next drop, refused where they contradict."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import line, monthly, open_tiny, repaired, write_deal, write_table

from diligence.dataroom.resolution.clusters import Clusters, Span
from diligence.dataroom.resolution.decisions import Decision, contradictions, guarded, read_aliases, read_decisions, unguarded
from diligence.dataroom.resolution.names import Name
from diligence.dataroom.resolution.rulings import rule
from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError
from diligence.runner.keys import inputs

Build = Callable[..., Room]
DEAL = '[room]\ndecisions = "room/customer_decisions.csv"'
HEAD = "left_id,left_name,right_id,right_name,decision,by,on,note\n"
ROWS = monthly("c1", "2025-01", "2026-06", 10) + monthly("c2", "2025-01", "2026-06", 30)


def named(*names: str, first: int = 1) -> list[dict[str, str]]:
    return [{"customer_id": f"c{place}", "name": name, "country": "NO"} for place, name in enumerate(names, start=first)]


def decided(left: tuple[str, str], right: tuple[str, str], word: str, **more: str) -> dict[str, str]:
    sides = {"left_id": left[0], "left_name": left[1], "right_id": right[0], "right_name": right[1]}
    return {**sides, "decision": word, "by": "", "on": "", "note": "", **more}


def accounts(room: Room) -> dict[str, float]:
    return {str(key): value for key, value in room.cube.groupby("account_id", observed=True)["amount"].sum().items()}


AIR, AIRE = ("c1", "Nordic Air"), ("c2", "Nordic Aire")


def test_the_review_list_filled_in_is_the_decisions_file(tmp_path: Path) -> None:
    customers = named("Nordic Air", "Nordic Aire")
    room = open_tiny(tmp_path / "first", ROWS, customers=customers)
    review = (room.folder / "review.csv").read_text(encoding="utf-8")
    assert review.splitlines()[0] == (
        "left_id,left_name,right_id,right_name,level,score,months_side_by_side,months_between,left_revenue,right_revenue,share,proposal,"
        "evidence,decision,by,on,note"
    )
    file = write_deal(tmp_path / "second", ROWS, customers=customers, deal='[room]\ndecisions = "customer_decisions.csv"')
    filled = review.rstrip("\n")
    assert filled.endswith(",,,,")
    (file.parent / "customer_decisions.csv").write_text(filled.removesuffix(",,,,") + ",same,ANN,2026-07-01,one fleet\n", encoding="utf-8")
    again = open_room(file)
    assert repaired(again) == {"decided_customer/c2": (18, 540.0)}
    entry = again.cleaning.iloc[0]
    assert entry[["before", "after", "turn_off"]].tolist() == ["c2 Nordic Aire", "c1 Nordic Air", '[repairs] off = ["decided_customer/c2"]']
    assert entry["reason"] == "decided 'same' by ANN on 2026-07-01 (row 2 of the decisions file)"
    assert accounts(again) == {"c1": 720.0} and again.review.empty


@pytest.mark.parametrize(
    ("word", "found"),
    [("same", {"c1": 720.0}), ("different", {"c1": 180.0, "c2": 540.0}), ("parent", {"c2": 720.0}), ("", {"c1": 180.0, "c2": 540.0})],
)
def test_each_word_does_what_it_says_and_the_pair_is_not_proposed_again(word: str, found: dict[str, float], tiny_room: Build) -> None:
    room = tiny_room(ROWS, customers=named("Nordic Air", "Nordic Aire"), deal=DEAL, customer_decisions=[decided(AIR, AIRE, word)])
    assert accounts(room) == found
    assert len(room.review) == (1 if not word else 0)


def test_different_undoes_what_two_signs_would_join(tiny_room: Build) -> None:
    rows = monthly("c1", "2025-01", "2025-12", 10) + monthly("c2", "2026-01", "2026-06", 10)
    customers = named("Nordic Air", "Nordic Air AS")
    assert set(repaired(tiny_room(rows, customers=customers))) == {"recoded_customer/c2"}
    apart = [decided(AIR, ("c2", "Nordic Air AS"), "different")]
    room = tiny_room(rows, customers=customers, deal=DEAL, customer_decisions=apart)
    assert room.cleaning.empty and room.review.empty and accounts(room) == {"c1": 120.0, "c2": 60.0}


def test_on_the_next_drop_a_new_id_joins_by_its_name_and_a_near_one_is_for_review(tiny_room: Build) -> None:
    """c7 is a member's name under a new id; c8 is near it; c9 bears the name abroad."""
    new = monthly("c7", "2026-01", "2026-06", 5) + monthly("c8", "2025-01", "2026-06", 1) + monthly("c9", "2025-01", "2026-06", 2)
    customers = [*named("Nordic Air", "Boreal Wings"), *named("BOREAL WINGS AS", "Boreal Wing", "Boreal Wings", first=7)]
    customers[-1]["country"] = "SE"
    decisions = [decided(AIR, ("c2", "Boreal Wings"), "same")]
    room = tiny_room(ROWS + new, customers=customers, deal=DEAL, customer_decisions=decisions)
    assert repaired(room) == {"decided_customer/c2": (18, 540.0), "decided_customer/c7": (6, 30.0)}
    assert room.cleaning.set_index("id").loc["decided_customer/c7", "reason"] == "joins a cluster decided before, by its name: row 2"
    assert room.review[["left_id", "right_id", "level", "proposal"]].to_numpy().tolist() == [
        ["c1", "c9", "exact", "parent"],
        ["c1", "c8", "spelling", "different"],
        ["c8", "c9", "spelling", "parent"],
    ]
    assert room.review["evidence"].iloc[0].endswith("country differs (NO, SE); as 'Boreal Wings'")


def test_a_decision_holds_by_name_where_both_ids_are_new(tiny_room: Build) -> None:
    rows = monthly("N-1", "2025-01", "2026-06", 10) + monthly("N-2", "2025-01", "2026-06", 30)
    customers = [{"customer_id": "N-1", "name": "NORDIC AIR"}, {"customer_id": "N-2", "name": "Nordic Aire AS"}]
    room = tiny_room(rows, customers=customers, deal=DEAL, customer_decisions=[decided(AIR, AIRE, "same")])
    assert set(repaired(room)) == {"decided_customer/N-2"}
    assert "stale_decision" not in set(room.issues["code"])


def test_an_id_given_to_another_company_since_is_not_the_one_decided_on(tiny_room: Build) -> None:
    room = tiny_room(ROWS, customers=named("Nordic Air", "Ziegelwerk Pohl"), deal=DEAL, customer_decisions=[decided(AIR, AIRE, "same")])
    assert accounts(room) == {"c1": 180.0, "c2": 540.0}
    assert "stale_decision" in set(room.issues["code"])


def test_a_customer_that_is_gone_is_an_issue_and_no_error(tiny_room: Build) -> None:
    gone = [decided(AIR, ("c5", "Boreal Wings"), "same"), decided(("c6", ""), AIRE, "different")]
    room = tiny_room(ROWS, customers=named("Nordic Air", "Nordic Aire"), deal=DEAL, customer_decisions=gone)
    issue = room.issues.set_index("code").loc["stale_decision"]
    assert issue[["rows", "message"]].tolist() == [
        2, "decisions on customers that this room lacks (2): row 2 (c1 and c5), row 3 (c6 and c2)"
    ]  # fmt: skip
    assert room.cleaning.empty


@pytest.mark.parametrize("off", ["decided_customer", "decided_customer/c2"])
def test_a_decision_can_be_left_undone(off: str, tiny_room: Build) -> None:
    decisions = [decided(AIR, AIRE, "same")]
    room = tiny_room(ROWS, customers=named("Nordic Air", "Nordic Aire"), deal=DEAL, customer_decisions=decisions, off=[off])
    assert accounts(room) == {"c1": 180.0, "c2": 540.0} and room.cleaning.empty


def test_decisions_hold_when_a_room_is_looked_at_from_another_date(tmp_path: Path) -> None:
    file = write_deal(
        tmp_path, ROWS, customers=named("Nordic Air", "Nordic Aire"), deal=DEAL, customer_decisions=[decided(AIR, AIRE, "same")]
    )
    room = open_room(file)
    kept = tmp_path / "evidence"
    shutil.copytree(room.folder, kept)
    (tmp_path / "room" / "customer_decisions.csv").unlink()
    assert accounts(open_room(kept, as_of="2025-12-31")) == {"c1": 480.0}


def test_a_changed_decision_is_another_input(tmp_path: Path) -> None:
    file = write_deal(tmp_path, ROWS, deal=DEAL, customer_decisions=[decided(AIR, AIRE, "same")])
    deal = open_room(file).deal.model_copy(update={"path": file})
    before = inputs(deal)["room/customer_decisions.csv"]
    write_table(file.parent / "room" / "customer_decisions.csv", [decided(AIR, AIRE, "different")])
    assert inputs(deal)["room/customer_decisions.csv"] != before


def told(file: Path, read: Callable = read_decisions) -> list[str]:
    with pytest.raises(InputError) as refused:
        read(file)
    return [str(problem).removeprefix(str(file)) for problem in refused.value.problems]


def test_every_problem_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    rows = ["c1,A,c2,B,merge,,,", ",,c2,B,same,,,", "c1,A,c1,A,same,,,", "c3,C,c4,D,same,,soon,"]
    file = write_table(tmp_path / "d.csv", HEAD + "\n".join(rows))
    assert told(file) == [
        ", row 2, column 'decision': expected same, parent or different, got 'merge'; do this: correct the word, or leave it blank to decide later",
        ", row 3, column 'left_id': expected a customer, got neither id nor name; do this: give its id or its name, as the review list has them",
        ", row 4, column 'right_id': expected two customers, got 'c1' twice; do this: name the two customers of the pair",
        ", row 5, column 'on': expected a date YYYY-MM-DD, or blank, got 'soon'; do this: correct it",
    ]


def test_columns_that_lack_are_told(tmp_path: Path) -> None:
    file = write_table(tmp_path / "d.csv", "left_id,left_name,right_id,decision\n")
    do = "start from review.csv of a run, which has every column"
    assert told(file) == [f", row 1, column 'right_name': expected a column 'right_name', got none; do this: {do}"]
    aliases = write_table(tmp_path / "a.csv", "alias,name\nBig Blue,\n")
    assert told(aliases, read_aliases) == [
        ", row 2, column 'name': expected a name, got an empty cell; do this: fill it in, or leave the row out"
    ]


@pytest.mark.parametrize(
    ("rows", "got"),
    [
        (["a,,b,,same", "b,,c,,same", "a,,c,,different"], "'a' and 'c' are the same by row 2, 3, and different by row 4"),
        (["a,,b,,different", "b,,a,,same"], "'a' and 'b' are the same by row 3, and different by row 2"),
        (["a,,b,,same", "a,,b,,parent"], "'a' and 'b' are the same by row 2, and unit and parent by row 3"),
        (["a,,b,,parent", "a,,c,,parent"], "'a' has one parent by row 2, and another by row 3"),
        (["a,,b,,parent", "b,,a,,parent"], "'b' is under 'a' by row 3, and over it by row 2"),
    ],
)
def test_decisions_that_cannot_all_hold_are_refused_by_their_rows(rows: list[str], got: str, tmp_path: Path) -> None:
    file = write_table(tmp_path / "d.csv", "left_id,left_name,right_id,right_name,decision\n" + "\n".join(rows) + "\n")
    (line_,) = told(file)
    assert f"expected decisions that can all hold, got {got}; do this: change one of these rows" in line_


def test_rows_that_say_the_same_twice_are_no_contradiction() -> None:
    rows = [
        ("a", "b", "same"),
        ("b", "a", "same"),
        ("c", "a", "parent"),
        ("c", "b", "parent"),
        ("a", "d", "different"),
        ("d", "a", "parent"),
    ]
    assert contradictions([Decision(place, one, "", other, "", word) for place, (one, other, word) in enumerate(rows, start=2)]) == []


@pytest.mark.parametrize(
    "content",
    [
        HEAD.replace(",", ";") + "c1;Möwe;c2;Mowe;SAME;;;\n",
        (HEAD + "c1,Möwe,c2,Mowe,Same,,01.07.2026,\n").encode("cp1252"),
        "\N{ZERO WIDTH NO-BREAK SPACE}" + HEAD + "\nc1,Möwe,c2,Mowe, same ,,,\n",
        HEAD.replace(",", "\t") + "c1\tMöwe\tc2\tMowe\tsame\n",
    ],
)
def test_a_file_as_spreadsheets_save_it_is_read(content: str | bytes, tmp_path: Path) -> None:
    (found,) = read_decisions(write_table(tmp_path / "d.csv", content))
    assert (found.left_name, found.right_id, found.decision) == ("Möwe", "c2", "same")


@pytest.mark.parametrize(
    ("named_", "got"), [("../elsewhere.csv", "../elsewhere.csv"), ("missing.csv", "'missing.csv', which is not there")]
)
def test_a_file_elsewhere_or_nowhere_is_refused(named_: str, got: str, tiny_room: Build) -> None:
    for key, place in (("decisions", "beside the deal file"), ("aliases", "in the room")):
        with pytest.raises(InputError) as refused:
            tiny_room(ROWS, deal=f'[room]\n{key} = "{named_}"')
        (problem,) = refused.value.problems
        assert (problem.expected, problem.got, problem.key) == (f"a file {place}", got, f"room.{key}")


def test_hostile_names_are_text_to_a_spreadsheet_and_come_back_as_they_were(tiny_room: Build) -> None:
    hostile = '=HYPERLINK("http://x","Nordic Air")'
    room = tiny_room(ROWS, customers=named(hostile, hostile + " AS"))
    text = (room.folder / "review.csv").read_text(encoding="utf-8")
    assert ",=" not in text and ',"=' not in text
    assert room.review["left_name"].tolist() == [hostile]


@given(st.text())
def test_a_guarded_cell_comes_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell.strip() or cell.startswith("'")


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["same", "different"])).filter(lambda row: row[0] != row[1]),
        max_size=8,
    ),
    st.lists(st.sampled_from(["Nordic Air", "NORDIC AIR", "Nordic Aire", "Bolt"]), min_size=6, max_size=6),
)
def test_different_always_wins(rows: list[tuple[int, int, str]], names: list[str]) -> None:
    decisions = [
        Decision(place, f"c{one}", names[one], f"c{other}", names[other], word) for place, (one, other, word) in enumerate(rows, 2)
    ]
    if contradictions(decisions):
        return
    listed = {f"c{place}": Name(f"c{place}", name) for place, name in enumerate(names)}
    ruled = rule(decisions, listed)
    clusters = Clusters(dict.fromkeys(listed, Span(0, 1)), ruled.apart)
    ruled.settle(clusters)
    for decision in decisions:
        if decision.decision == "different":
            assert clusters.head(decision.left_id) != clusters.head(decision.right_id)


def test_a_line_without_a_customer_is_no_pair(tiny_room: Build) -> None:
    room = tiny_room([line("", "2026-01-31", 4), line("a", "2026-01-31", 1)])
    assert room.review.empty
