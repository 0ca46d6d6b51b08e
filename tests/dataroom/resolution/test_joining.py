"""What is joined without asking has two signs: a name alike, and revenue that hands over. The rest waits for a person."""

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import line, monthly, repaired

from diligence.dataroom.resolution.candidates import name_evidence
from diligence.dataroom.resolution.clusters import Clusters, Span, join_handovers
from diligence.dataroom.resolution.names import Name
from diligence.dataroom.resolution.parents import circles, ultimate_parents
from diligence.dataroom.room import Room

Build = Callable[..., Room]
SLIPS = ["Kestrel Utilities", "Kestrl Utilities", "Kestrel Utilitis", "KESTREL UTILITIES Ltd", "Castle Bakery", "Castel Bakery"]


def joined(
    names: list[str], spans: list[tuple[int, int]], *, countries: list[str] | None = None, apart: list[tuple[str, str]] | None = None
) -> dict[str, str]:
    ids = [f"c{place}" for place in range(1, len(names) + 1)]
    listed = [Name(*row) for row in zip(ids, names, countries or ["DE"] * len(names), strict=True)]
    clusters = Clusters({one: Span(*span) for one, span in zip(ids, spans, strict=True)}, apart or [])
    join_handovers(name_evidence(listed), clusters)
    return clusters.merged()


def pair(one: str, other: str, first: tuple[int, int] = (0, 11), second: tuple[int, int] = (12, 20), **more) -> dict[str, str]:
    return joined([one, other], [first, second], **more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alder & Sons Ltd", "Alder and Sons Limited"),
        ("Brückhagen Aufzüge GmbH", "Brueckhagen Aufzuege G.m.b.H."),
        ("Oosterdam Fire Safety B.V.", "Oosterdam Firesafety BV"),
        ("Kestrel Utilities GmbH", "Kestrl Utilities GmbH"),
        ("Morvane Énergie SAS", "MORVANE ENERGIE S.A.S."),
        ("Acme Corp", "Acme Corporation"),
        ("Lift 24 Service", "Lift24 Service"),
        ("Weber, Hans", "Hans Weber"),
        ("Bolt AB", "Nut AB (ex Bolt AB)"),
    ],
)
def test_a_second_spelling_that_takes_over_is_joined(one: str, other: str) -> None:
    assert pair(one, other) == {"c2": "c1"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour Logistics 1 Ltd", "Harbour Logistics 2 Ltd"),
        ("Store 4471 Main Street", "Store 4417 Main Street"),
        ("Northern Steel Works", "Southern Steel Works"),
        ("Stadtwerke Nordhausen", "Stadtwerke Nordheim"),
        ("Alpha Energy Trading", "Alpha Energy Training Centre"),
        ("Meyer Logistik", "Mayer Antriebe"),
        ("Klinik am See", "Klinik am Wald"),
        ("Western Foods East", "Western Foods West"),
        ("Acme Corp", "Acme Corporation International"),
        ("Acme Deutschland", "Acme Holding"),
    ],
)
def test_another_company_with_a_near_name_is_not(one: str, other: str) -> None:
    assert pair(one, other) == {}


def test_another_country_is_another_company() -> None:
    assert pair("Kestrel Utilities", "Kestrl Utilities", countries=["DE", "AT"]) == {}
    assert pair("Kestrel Utilities", "Kestrl Utilities", countries=["DE", ""]) == {"c2": "c1"}


@pytest.mark.parametrize(
    ("second", "found"),
    [((12, 20), True), ((11, 20), True), ((10, 20), True), ((9, 20), False), ((5, 20), False), ((15, 20), True), ((16, 20), False),
     ((3, 9), False), ((11, 11), False), ((0, 11), False)],
)  # fmt: skip
def test_the_one_must_take_over_from_the_other(second: tuple[int, int], found: bool) -> None:
    """The first runs from month 0 to 11: two months in both at the most, three months in neither."""
    assert bool(pair("Kestrel Utilities", "Kestrl Utilities", second=second)) is found


def test_three_spellings_in_turn_are_one_customer() -> None:
    assert joined(SLIPS[:3], [(0, 11), (12, 23), (24, 35)]) == {"c2": "c1", "c3": "c1"}


def test_slips_do_not_add_up_to_another_company() -> None:
    """The third is like the second, and not like the first."""
    assert joined(["Kestrel Marina", "Kestrol Marina", "Kostrol Marena"], [(0, 11), (12, 23), (24, 35)]) == {"c2": "c1"}


def test_of_two_that_could_take_over_the_nearer_name_does() -> None:
    assert joined(["Kestrel Utilities", "Kestrl Utilities", "KESTREL UTILITIES"], [(0, 11), (12, 23), (12, 30)]) == {"c3": "c1"}


@given(st.lists(st.tuples(st.sampled_from(SLIPS), st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=8), st.data())
def test_joining_is_settled_and_the_order_does_not_matter(rows: list[tuple[str, int, int]], data) -> None:
    ids = [f"c{place}" for place in range(len(rows))]
    names = [Name(one, row[0]) for one, row in zip(ids, rows, strict=True)]
    spans = {one: Span(row[1], row[1] + row[2]) for one, row in zip(ids, rows, strict=True)}
    apart = data.draw(
        st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda two: two[0] != two[1]), max_size=3)
        if len(ids) > 1
        else st.just([])
    )
    clusters = Clusters(spans, apart)
    join_handovers(name_evidence(names), clusters)
    mixed = Clusters(spans, [two[::-1] for two in apart])
    join_handovers(reversed(name_evidence(data.draw(st.permutations(names)))), mixed)
    assert mixed.merged() == clusters.merged()
    assert all(clusters.head(one) != clusters.head(other) for one, other in apart), "what is kept apart is apart, by any way round"
    kept = [name for name in names if clusters.head(name.customer_id) == name.customer_id]
    whole = {name.customer_id: span for name in kept if (span := clusters.span(name.customer_id))}
    heads = [(clusters.head(one), clusters.head(other)) for one, other in apart]
    again = Clusters(whole, heads)
    assert join_handovers(name_evidence(kept), again) == [], "joined once, nothing is left to join"


ROWS = monthly("c1", "2025-01", "2025-12", 10) + monthly("c2", "2026-01", "2026-06", 10)


def named(*names: str, **more: str) -> list[dict[str, str]]:
    return [{"customer_id": f"c{place}", "name": name, **more} for place, name in enumerate(names, start=1)]


@pytest.mark.parametrize("second", SLIPS)
def test_revenue_is_what_it_was(second: str, tiny_room: Build) -> None:
    room = tiny_room(ROWS, customers=named("Kestrel Utilities", second))
    assert room.described["revenue"] == 180.0 == room.cube["amount"].sum()


def test_names_that_stand_as_ids_are_names(tiny_room: Build) -> None:
    rows = monthly("Acme Corp", "2025-01", "2025-12", 10) + monthly("ACME Corporation", "2026-01", "2026-06", 10)
    log = tiny_room(rows).cleaning
    assert log[["id", "before", "after"]].to_numpy().tolist() == [["recoded_customer/ACME Corporation", "ACME Corporation", "Acme Corp"]]


def test_side_by_side_twins_are_for_review_as_two(tiny_room: Build) -> None:
    rows = monthly("c1", "2025-01", "2026-06", 10) + monthly("c2", "2025-01", "2026-06", 30)
    room = tiny_room(rows, customers=named("Nordic Air", "Nordic Aire"))
    assert room.cleaning.empty
    found = room.review.iloc[0]
    assert found[["left_id", "right_id", "level", "score", "months_side_by_side", "months_between"]].tolist() == [
        "c1",
        "c2",
        "spelling",
        95.2,
        18,
        0,
    ]
    assert found[["left_revenue", "right_revenue", "share", "proposal"]].tolist() == [120.0, 360.0, 1.0, "different"]
    assert found["evidence"] == "names alike 95 of 100, every word recognisable"


def test_the_most_money_is_reviewed_first(tiny_room: Build) -> None:
    rows = [row for place, amount in enumerate((1, 2, 30, 40), start=1) for row in monthly(f"c{place}", "2025-01", "2026-06", amount)]
    review = tiny_room(rows, customers=named("Nordic Air", "Nordic Aire", "Delta Hotel", "Delta Hotels")).review
    assert review["left_id"].tolist() == ["c3", "c1"]
    assert review["share"].tolist() == [round(70 / 73, 6), round(3 / 73, 6)]


def test_a_head_without_revenue_is_proposed_as_parent(tiny_room: Build) -> None:
    room = tiny_room(monthly("c1", "2025-01", "2026-06", 10), customers=named("Acme Deutschland GmbH", "Acme Holding AG"))
    found = room.review[["left_id", "right_id", "level", "proposal", "right_revenue"]]
    assert found.to_numpy().tolist() == [["c1", "c2", "parent_child", "parent", 0.0]]
    assert room.review["months_between"].isna().all()


def test_the_rooms_aliases_join_what_hands_over(tiny_room: Build) -> None:
    aliases = [{"alias": "Big Blue", "name": "Harrow Machines"}]
    room = tiny_room(ROWS, customers=named("Harrow Machines Ltd", "Big Blue plc"), aliases=aliases, deal='[room]\naliases = "aliases.csv"')
    assert repaired(room) == {"renamed_customer/c2": (6, 60.0)}


def change_of_system(names: bool) -> dict:
    words = ["Arden", "Bexley", "Corfe", "Dunmore", "Elstow", "Frome"]
    rows = [row for place in range(6) for row in monthly(f"C{place}", "2025-01", "2025-09", 100 + place, product_id="p")]
    rows += [row for place in range(6) for row in monthly(f"{7000 + place}", "2025-10", "2026-06", 100 + place, product_id="p")]
    listed = [{"customer_id": f"C{place}", "name": f"{word} Ltd" if names else ""} for place, word in enumerate(words)]
    listed += [{"customer_id": f"{7000 + place}", "name": word.upper() if names else ""} for place, word in enumerate(words)]
    return {"revenue": rows, "customers": listed}


def test_a_change_of_system_is_found_and_told(tiny_room: Build) -> None:
    room = tiny_room(**change_of_system(names=True))
    assert set(repaired(room)) == {f"recoded_customer/{7000 + place}" for place in range(6)}
    assert room.cleaning["reason"].iloc[0] == (
        "the same name but for case, signs, legal form or order of words, and the revenue of the one follows on that of the other (1 months); "
        "one of 6 that go over to ids of another form in 2025-10"
    )
    issue = room.issues.set_index("code").loc["change_of_system"]
    assert issue["message"] == "6 customers go over to ids of another form in 2025-10"


def test_without_names_equal_amounts_are_for_review(tiny_room: Build) -> None:
    room = tiny_room(**change_of_system(names=False))
    assert room.cleaning.empty
    assert room.review[["left_id", "right_id", "level", "score", "proposal"]].to_numpy().tolist() == [
        [f"C{place}", f"{7000 + place}", "recoded", 85.0, "same"] for place in reversed(range(6))
    ]
    assert room.review["evidence"].iloc[0] == "one of 6 that go over to ids of another form in 2025-10, with the same products and amounts"


def test_a_few_that_leave_as_others_come_are_no_change_of_system(tiny_room: Build) -> None:
    rows = [row for place in range(60) for row in monthly(f"K{place:02d}", "2025-01", "2026-06", 50 + place)]
    rows += [row for place in range(2) for row in monthly(f"C{place}", "2025-01", "2025-09", 100 + place)]
    rows += [row for place in range(2) for row in monthly(f"{7000 + place}", "2025-10", "2026-06", 100 + place)]
    room = tiny_room(rows)
    assert room.review.empty and "change_of_system" not in set(room.issues["code"])


def test_the_targets_own_group_is_told_and_stays(tiny_room: Build) -> None:
    """The target is Tiny: its namesake goes, a longer name and a customer under it are asked about."""
    rows = [line(f"c{place}", "2026-01-15", 10 * place) for place in range(1, 5)]
    listed = named("Tiny Ltd", "Tiny Logistics Ltd", "Acme", "Bolt")
    listed[2]["parent_id"] = "c1"
    room = tiny_room(rows, customers=listed)
    assert repaired(room) == {"intercompany_customer/c1": (1, 10.0), "parent_consolidation": (1, 30.0)}
    issue = room.issues.set_index("code").loc["intercompany"]
    assert issue[["rows", "amount", "message"]].tolist() == [
        2, 50.0, "bear the target's name or stand under one that does (2): c2 Tiny Logistics Ltd, c3 Acme"
    ]  # fmt: skip
    assert room.described["revenue"] == 90.0


def test_a_circle_of_parents_is_told(tiny_room: Build) -> None:
    listed = [{"customer_id": one, "name": "", "parent_id": up} for one, up in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))]
    room = tiny_room([line("d", "2026-01-15", 10)], customers=listed)
    assert room.customers["account_id"].tolist() == ["a", "a", "a", "a"]
    message = room.issues.set_index("code").loc["parent_circle", "message"]
    assert message == "parents run in circles (1): a under b under c under a; the smallest id is taken as the top"


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8))
def test_everyone_has_an_ultimate_parent_whatever_circles_the_list_holds(links: list[tuple[int, int]]) -> None:
    parent = {f"c{child}": f"c{up}" for child, up in links}
    frame = pd.DataFrame({"customer_id": [f"c{place}" for place in range(7)]})
    frame["parent_id"] = frame["customer_id"].map(parent)
    top = dict(zip(frame["customer_id"], ultimate_parents(frame), strict=True))
    for child, up in parent.items():
        assert top[child] == top[up], "child and parent end at the same customer"
    for customer in frame["customer_id"]:
        assert top[top[customer]] == top[customer]
    assert all(parent[one] in circle for circle in circles(frame) for one in circle)


def test_a_parent_that_the_list_lacks_is_still_the_parent() -> None:
    frame = pd.DataFrame({"customer_id": ["a", "b"], "parent_id": ["group", "a"]})
    assert ultimate_parents(frame).tolist() == ["group", "group"]
