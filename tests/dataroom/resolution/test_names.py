"""What a name says: its plain form whatever the legal form of its country, its numbers, its former names."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diligence.dataroom.resolution.names import Name, name_key, plain_name, split_former

LEGAL = {
    "Britain": ["Velden Ltd", "Velden Limited", "VELDEN plc", "Velden L.L.P."],
    "Ireland": ["Velden D.A.C.", "Velden Teoranta"],
    "United States": ["Velden, Inc.", "Velden LLC", "Velden Corporation", "The Velden Co."],
    "Germany": ["Velden GmbH", "Velden G.m.b.H. & Co. KG", "Velden AG", "Velden UG (haftungsbeschränkt)"],
    "Austria": ["Velden Ges.m.b.H."],
    "Netherlands": ["Velden B.V.", "Velden N.V."],
    "Belgium": ["Velden BVBA", "Velden SPRL"],
    "France": ["Velden S.A.S.", "VELDEN SARL", "Velden S.à r.l.", "Vélden SA"],
    "Italy": ["Velden S.p.A.", "Velden S.r.l."],
    "Spain": ["Velden S.L.", "Velden S.A.U."],
    "Portugal": ["Velden, Lda."],
    "Denmark": ["Velden ApS", "Velden A/S"],
    "Norway": ["Velden AS", "Velden ASA"],
    "Sweden": ["Velden AB", "Velden Aktiebolag"],
    "Finland": ["Velden Oy", "Velden Oyj"],
    "Poland": ["Velden Sp. z o.o."],
    "Czechia": ["Velden s.r.o.", "Velden a.s."],
    "Hungary": ["Velden Kft.", "Velden Zrt."],
    "Mexico": ["Velden S.A. de C.V.", "Velden S. de R.L. de C.V."],
    "Australia": ["Velden Pty Ltd"],
    "Singapore": ["Velden Pte. Ltd."],
}


@pytest.mark.parametrize("country", LEGAL)
def test_the_legal_forms_of_a_country_say_nothing(country: str) -> None:
    assert {name_key(written.removeprefix("The ")) for written in LEGAL[country]} == {"velden"}


@pytest.mark.parametrize(
    ("written", "own", "others"),
    [
        ("Northwind Ltd (formerly Eastwind Ltd)", "Northwind Ltd", ("Eastwind Ltd",)),
        ("J Smith t/a The Corner Shop", "J Smith", ("The Corner Shop",)),
        ("Orla Inc d/b/a Sunny's", "Orla Inc", ("Sunny's",)),
        ("Orla Inc DBA Sunny's", "Orla Inc", ("Sunny's",)),
        ("Rhenus AG, f/k/a Mosel AG", "Rhenus AG", ("Mosel AG",)),
        ("Rhenus AG [ehemals: Mosel AG]", "Rhenus AG", ("Mosel AG",)),
        ("Rhenus AG (vormals Mosel AG)", "Rhenus AG", ("Mosel AG",)),
        ("Loire SA anciennement Seine SA", "Loire SA", ("Seine SA",)),
        ("Bolt AB (ex Nut AB)", "Bolt AB", ("Nut AB",)),
        ("Ex Libris Ltd", "Ex Libris Ltd", ()),
        ("Formerly Ltd", "Formerly Ltd", ()),
        ("Data Systems", "Data Systems", ()),
    ],
)
def test_a_former_or_other_name_is_told_from_the_name(written: str, own: str, others: tuple[str, ...]) -> None:
    assert split_former(written) == (own, others)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Store #1921", "Store #1922", False),
        ("Store #0012", "Store 12", True),
        ("Lift 24 Service", "Lift24 Service", True),
        ("AJ's Wine II", "AJ's Wine III", False),
        ("Shop 1 23", "Shop 12 3", False),
    ],
)
def test_numbers_are_compared_run_by_run(one: str, other: str, same: bool) -> None:
    assert (Name("a", one).digits == Name("b", other).digits) is same


def test_a_name_of_nothing_but_a_legal_form_keeps_it() -> None:
    assert (plain_name("AG"), plain_name("***"), plain_name("")) == ("ag", "", "")


@example("\N{MATHEMATICAL BOLD ITALIC CAPITAL A}")
@given(st.text(max_size=40))
def test_plain_names_are_plain_and_settled(name: str) -> None:
    plain = plain_name(name)
    assert plain == plain.strip() and "  " not in plain
    assert plain == plain.casefold()


@given(st.lists(st.sampled_from(["Kestrel", "Ünal", "Søn", "12", "(West)", "&", "GmbH", "Ltd."]), min_size=1, max_size=5), st.randoms())
def test_the_order_of_words_does_not_matter_to_the_key(words: list[str], chance) -> None:
    mixed = [word for word in words if word not in ("GmbH", "Ltd.", "&")]
    again = list(mixed)
    chance.shuffle(again)
    assert name_key(" ".join(mixed)) == name_key(" ".join(again))
