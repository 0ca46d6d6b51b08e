"""The statements that intake runs are those of the expressions."""

import pytest

from diligence.dataroom.statements import FORMS, compiled, statement


@pytest.mark.parametrize("form", FORMS)
def test_the_text_is_that_of_the_expressions(form: str) -> None:
    assert statement(form, "lines_here", "months_here") == compiled(form)


def test_the_names_of_the_tables_are_put_in() -> None:
    text = statement("cube", "booked", "later")
    assert '"booked"' in text and '"later"' in text and "_here" not in text
