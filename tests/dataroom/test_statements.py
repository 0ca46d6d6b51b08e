"""The statements that intake runs are those of the expressions."""

from importlib.resources import files

import pytest

from diligence.dataroom.statements import FORMS, compiled, cube, monthly_lines


@pytest.mark.parametrize("form", FORMS)
def test_the_text_is_that_of_the_expressions(form: str) -> None:
    assert (files("diligence.dataroom.statements") / f"{form}.sql").read_text(encoding="utf-8") == compiled(form)


def test_the_names_of_the_tables_are_put_in() -> None:
    for text in (cube("booked", "later"), monthly_lines("booked", "later")):
        assert '"booked"' in text and '"later"' in text and "_here" not in text
