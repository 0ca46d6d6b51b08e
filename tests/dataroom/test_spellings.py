"""Two spellings of one customer are joined; near names of two customers are not."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diligence.dataroom.customers import misspelt, plain_name, ultimate_parents


def pairs(
    one: str, other: str, *, first: tuple[int, int] = (0, 11), second: tuple[int, int] = (12, 20), countries: tuple[str, str] = ("DE", "DE")
) -> list:
    customers = pd.DataFrame({"customer_id": ["c1", "c2"], "name": [one, other], "country": list(countries)})
    spans = pd.DataFrame({"customer_id": ["c1", "c2"], "first": [first[0], second[0]], "last": [first[1], second[1]]})
    return [(pair.kept_id, pair.merged_id, pair.handover) for pair in misspelt(customers, spans)]


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
    ],
)
def test_a_second_spelling_that_takes_over_is_joined(one: str, other: str) -> None:
    assert pairs(one, other) == [("c1", "c2", 1)]


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
    ],
)
def test_another_company_with_a_near_name_is_not(one: str, other: str) -> None:
    assert pairs(one, other) == []


def test_another_country_is_another_company() -> None:
    assert pairs("Kestrel Utilities", "Kestrl Utilities", countries=("DE", "AT")) == []


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        ((12, 20), True),
        ((11, 20), True),
        ((10, 20), True),
        ((9, 20), False),
        ((5, 20), False),
        ((15, 20), True),
        ((16, 20), False),
        ((3, 9), False),
        ((11, 11), False),
    ],
)
def test_the_one_must_take_over_from_the_other(second: tuple[int, int], joined: bool) -> None:
    """The first runs from month 0 to 11: two months in both at the most, three months in neither."""
    found = pairs("Kestrel Utilities", "Kestrl Utilities", first=(0, 11), second=second)
    assert found == ([("c1", "c2", second[0] - 11)] if joined else [])


def test_two_that_run_side_by_side_are_two() -> None:
    assert pairs("Kestrel Utilities", "Kestrl Utilities", first=(0, 20), second=(0, 20)) == []


def test_three_alike_are_joined_once_and_not_chained() -> None:
    customers = pd.DataFrame(
        {"customer_id": ["c1", "c2", "c3"], "name": ["Kestrel Utilities", "Kestrl Utilities", "Kestrel Utilitis"], "country": "DE"}
    )
    spans = pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "first": [0, 12, 24], "last": [11, 23, 35]})
    assert [(pair.kept_id, pair.merged_id) for pair in misspelt(customers, spans)] == [("c1", "c2")]


@given(st.text(max_size=40))
def test_plain_names_are_plain_and_settled(name: str) -> None:
    plain = plain_name(name)
    assert plain == plain.strip() and "  " not in plain
    assert plain == plain.casefold()


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


def test_a_parent_that_the_list_lacks_is_still_the_parent() -> None:
    frame = pd.DataFrame({"customer_id": ["a", "b"], "parent_id": ["group", "a"]})
    assert ultimate_parents(frame).tolist() == ["group", "group"]
